//! The document of related origins lists what browsers need, and it reports which origins browsers
//! may ignore.

use serde_json::json;
use webauthn_verify::{RelatedOrigins, RelyingParty};

use crate::common::site::with_origins;

fn relying_party(origins: &[&str]) -> RelyingParty {
    with_origins("example.org", origins).unwrap()
}

/// Apps are not in the document.
fn with_apps(rp: RelyingParty) -> RelyingParty {
    rp.allow_android_certificate(&[0x7d; 32])
        .allow_ios_app("org.example.app")
        .and_then(|rp| rp.allow_browser_extension(&*format!("moz-extension://{}", "a".repeat(64))))
        .and_then(|rp| rp.allow_app_origin("example-os:https://example.de"))
        .unwrap()
}

fn document(origins: &[&str]) -> RelatedOrigins {
    relying_party(origins).related_origins_document().unwrap()
}

#[test]
fn org_09_the_document_lists_the_origins_outside_the_rp_id() {
    let rp = relying_party(&[
        "https://example.org",
        "https://www.example.org",
        "https://example.co.uk",
        "http://localhost:3000",
        "https://localhost",
        "https://login.examplecars.com:8443",
        "https://notexample.org",
    ]);
    let document = with_apps(rp).related_origins_document().unwrap();
    let origins =
        ["https://example.co.uk", "https://login.examplecars.com:8443", "https://notexample.org"];
    assert_eq!(serde_json::to_value(&document).unwrap(), json!({ "origins": origins }));
    assert_eq!(document.origins(), origins);
    assert_eq!(document.hosts(), ["example.co.uk", "login.examplecars.com", "notexample.org"]);
    assert_eq!(RelatedOrigins::PATH, "/.well-known/webauthn");
    assert_eq!(RelatedOrigins::CONTENT_TYPE, "application/json");
}

#[test]
fn org_09_a_document_without_an_origin_is_not_created() {
    for rp in [
        relying_party(&["https://example.org", "https://a.b.example.org:8443"]),
        with_apps(relying_party(&["http://localhost", "http://app.localhost"])),
        with_apps(RelyingParty::for_apps("example.org").unwrap()),
    ] {
        let error = rp.related_origins_document().unwrap_err().to_string();
        assert!(error.contains("outside example.org"), "{error}");
    }
}

#[test]
fn kb_100_an_rp_id_that_is_a_uri_has_no_document() {
    let id = "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk";
    let rp = with_apps(RelyingParty::with_uri_id(id).unwrap()).allow_subdomains();
    assert!(rp.related_origins_document().unwrap_err().to_string().contains("has no page outside"));
}

#[test]
fn org_10_origins_beyond_the_fifth_label_are_reported() {
    let origins = [
        "https://one.de",
        "https://www.two.co.uk",
        "https://one.co.uk",
        "https://three.example",
        "https://four.example",
        "https://five.example:8443",
        "https://six.example",
        "https://shop.one.example",
        "https://seven.example",
        "https://six.de",
    ];
    let domains = [
        "one.de",
        "two.co.uk",
        "one.co.uk",
        "three.example",
        "four.example",
        "five.example",
        "six.example",
        "one.example",
        "seven.example",
        "six.de",
    ];
    let ignored = |number: usize| -> Vec<String> {
        let document = document(&origins[..number]);
        let ignored = document.may_be_ignored(&domains[..number]).unwrap();
        ignored.into_iter().map(str::to_owned).collect()
    };
    // Six origins with five labels: one, two, three, four, five.
    assert_eq!(ignored(6), [""; 0]);
    assert_eq!(ignored(7), ["https://six.example"]);
    // A label that was counted earlier stays known.
    assert_eq!(ignored(8), ["https://six.example"]);
    assert_eq!(ignored(10), ["https://six.example", "https://seven.example", "https://six.de"]);
}

#[test]
fn org_10_a_registrable_domain_must_be_a_suffix_of_its_host() {
    let document = document(&["https://www.example.co.uk", "https://example.de"]);
    let ignored = |first: &str| document.may_be_ignored(&[first, "example.de"]);
    for good in ["example.co.uk", "www.example.co.uk"] {
        assert!(ignored(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "uk",
        "ample.co.uk",
        ".co.uk",
        ".example.co.uk",
        "example.co.uk.",
        "EXAMPLE.co.uk",
        "a.www.example.co.uk",
        "example.de",
        "https://www.example.co.uk",
    ] {
        let error = ignored(bad).unwrap_err().to_string();
        assert!(error.contains("is not the registrable domain of www.example.co.uk"), "{error}");
    }
    for wrong in [&[][..], &["example.co.uk"], &["example.co.uk", "example.de", "example.de"]] {
        let error = document.may_be_ignored(wrong).unwrap_err().to_string();
        assert!(error.contains("for 2 origins"), "{error}");
    }
}
