//! RP IDs and origins.

use serde_json::{Value, json};

use super::response_at;
use crate::case::{Case, ORIGIN, RP_ID};
use crate::ceremony::Ceremony;

const EXTENSION: &str = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
const OTHER_EXTENSION: &str = "chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba";
const ANDROID: &str = "android:apk-key-hash:MGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MDEyMzQ";
const OTHER_ANDROID: &str = "android:apk-key-hash:mGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MDEyMzQ";

pub(super) fn cases(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    cases.extend(hashes(ceremony));
    cases.extend(localhost(ceremony));
    cases.extend(addresses(ceremony));
    cases.extend(uris(ceremony));
    cases.extend(apps(ceremony));
    cases.extend(related(ceremony));
    // The configuration does not depend on the ceremony.
    if ceremony == Ceremony::Registration {
        cases.extend(unusable(ceremony));
    }
    cases
}

/// A response at a relying party with this RP ID and these origins.
fn at(
    ceremony: Ceremony,
    name: &str,
    rule: &str,
    rp_id: &str,
    origins: &[&str],
    origin: &str,
) -> Case {
    response_at(ceremony, &format!("place/{name}"), rule, rp_id, origin)
        .with("rp_id", rp_id)
        .with("origins", json!(origins))
}

/// Hashes of texts that are not the RP ID.
fn hashes(ceremony: Ceremony) -> Vec<Value> {
    let rule = ceremony.either("REG-14", "AUTH-15");
    let mut cases = Vec::new();
    for (name, hashed) in [
        ("other", "evil.example"),
        ("upper-case", "Example.org"),
        ("subdomain", "login.example.org"),
        ("parent", "org"),
        ("origin", ORIGIN),
        ("trailing-dot", "example.org."),
        ("trailing-line-break", "example.org\n"),
        ("empty", ""),
    ] {
        let case = response_at(ceremony, &format!("rp-id-hash/{name}"), rule, hashed, ORIGIN);
        cases.push(case.reject("RpIdHashMismatch", ceremony.either("14", "15")));
    }
    cases
}

fn localhost(ceremony: Ceremony) -> Vec<Value> {
    const LOCAL: &str = "http://localhost:8080";
    let step = ceremony.either("9", "12");
    let with = |name: &str, rule: &str, origin: &str| {
        at(ceremony, name, rule, "localhost", &[LOCAL], origin)
    };
    vec![
        with("localhost", "ORG-06", LOCAL).accept(),
        with("localhost-other-port", "KB-03", "http://localhost:8081")
            .reject("OriginMismatch", step),
        with("localhost-https", "KB-03", "https://localhost:8080").reject("OriginMismatch", step),
        with("subdomain-of-localhost", "ORG-03", "http://app.localhost")
            .with("subdomains", true)
            .accept(),
        with("subdomain-of-localhost-with-port", "ORG-03", "http://app.localhost:81")
            .with("subdomains", true)
            .reject("OriginMismatch", step),
    ]
}

/// RP IDs that are IP addresses. Only recordings can have them.
fn addresses(ceremony: Ceremony) -> Vec<Value> {
    const ADDRESS: &str = "127.0.0.1";
    const PAGE: &str = "http://127.0.0.1:8080";
    let step = ceremony.either("9", "12");
    let with = |name: &str, rule: &str, rp_id: &str, origins: &[&str], origin: &str| {
        at(ceremony, name, rule, rp_id, origins, origin).with("address_rp_id", true)
    };
    let mut cases = vec![
        with("address", "ORG-06", ADDRESS, &[PAGE], PAGE).accept(),
        with("address-v6", "ORG-06", "[::1]", &["https://[::1]"], "https://[::1]").accept(),
    ];
    for (name, origin) in [
        ("address-of-another-machine", "http://127.0.0.2:8080"),
        ("address-with-another-port", "http://127.0.0.1:8081"),
    ] {
        let case = with(name, "ORG-01", ADDRESS, &[PAGE], origin);
        cases.push(case.reject("OriginMismatch", step));
    }
    let not_declared = at(ceremony, "address-not-declared", "KB-35", ADDRESS, &[PAGE], PAGE);
    cases.push(not_declared.unusable());
    for (name, rule, rp_id, origins) in [
        ("address-is-a-domain", "KB-35", RP_ID, &[ORIGIN][..]),
        ("address-without-origins", "KB-04", ADDRESS, &[]),
        ("address-with-origin-elsewhere", "KB-35", ADDRESS, &["http://127.0.0.2:8080"]),
    ] {
        cases.push(with(name, rule, rp_id, origins, PAGE).unusable());
    }
    cases
}

/// RP IDs that are URIs, which browser extensions use.
fn uris(ceremony: Ceremony) -> Vec<Value> {
    let (step, hash_step) = (ceremony.either("9", "12"), ceremony.either("14", "15"));
    let mut cases = vec![
        at(ceremony, "uri", "KB-100", EXTENSION, &[], EXTENSION).accept(),
        at(ceremony, "uri-other-extension", "KB-100", EXTENSION, &[], OTHER_EXTENSION)
            .reject("OriginMismatch", step),
        at(ceremony, "uri-web-page", "KB-100", EXTENSION, &[], ORIGIN)
            .reject("OriginMismatch", step),
        at(ceremony, "uri-with-web-origin", "KB-100", EXTENSION, &[ORIGIN], EXTENSION).unusable(),
    ];
    for (name, hashed) in [
        ("host", "abcdefghijklmnopabcdefghijklmnop"),
        ("slash", "chrome-extension://abcdefghijklmnopabcdefghijklmnop/"),
        ("scheme", "chrome-extension:"),
    ] {
        let name = format!("place/uri-hash-of-{name}");
        let case = response_at(ceremony, &name, "KB-100", hashed, EXTENSION)
            .with("rp_id", EXTENSION)
            .with("origins", json!([]));
        cases.push(case.reject("RpIdHashMismatch", hash_step));
    }
    cases
}

/// Apps and browser extensions.
fn apps(ceremony: Ceremony) -> Vec<Value> {
    let step = ceremony.either("9", "12");
    let mut cases = Vec::new();
    for (name, rule, listed, other) in [
        ("android", "KB-67", ANDROID, OTHER_ANDROID),
        ("ios", "KB-67", "ios:bundle-id:org.example.app", "ios:bundle-id:org.example.App"),
        ("extension", "ORG-04", EXTENSION, OTHER_EXTENSION),
        (
            "firefox-extension",
            "ORG-04",
            "moz-extension://0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
            "moz-extension://0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f1",
        ),
        ("custom", "ORG-04", "myapp:main", "myapp:mainly"),
    ] {
        let with = |what: &str, origin: &str| {
            let name = format!("app-{name}{what}");
            at(ceremony, &name, rule, RP_ID, &[ORIGIN, listed], origin)
        };
        cases.push(with("", listed).accept());
        cases.push(with("-other", other).reject("OriginMismatch", step));
        cases.push(with("-longer", &format!("{listed}x")).reject("OriginMismatch", step));
        cases.push(with("-upper-case", &listed.to_uppercase()).reject("OriginMismatch", step));
        cases.push(with("-or-the-page", ORIGIN).accept());
        let alone = at(ceremony, &format!("app-{name}-alone"), rule, RP_ID, &[listed], listed);
        cases.push(alone.accept());
        let page = at(ceremony, &format!("app-{name}-but-a-page"), rule, RP_ID, &[listed], ORIGIN);
        cases.push(page.reject("OriginMismatch", step));
    }
    cases
}

/// Origins outside the RP ID.
fn related(ceremony: Ceremony) -> Vec<Value> {
    let step = ceremony.either("9", "12");
    let listed = &[ORIGIN, "https://example.net", "https://shop.example.com"];
    let with = |name: &str, origin: &str| {
        at(ceremony, &format!("related-{name}"), "ORG-08", RP_ID, listed, origin)
    };
    let hash =
        response_at(ceremony, "place/related-hash", "ORG-08", "example.net", "https://example.net")
            .with("origins", json!(listed));
    vec![
        with("first", "https://example.net").accept(),
        with("second", "https://shop.example.com").accept(),
        with("subdomain", "https://www.example.net").reject("OriginMismatch", step),
        with("parent", "https://example.com").reject("OriginMismatch", step),
        with("port", "https://example.net:444").reject("OriginMismatch", step),
        with("scheme", "http://example.net").reject("OriginMismatch", step),
        with("subdomain-although-subdomains-are-allowed", "https://www.example.net")
            .with("subdomains", true)
            .reject("OriginMismatch", step),
        hash.reject("RpIdHashMismatch", ceremony.either("14", "15")),
    ]
}

/// RP IDs and origins that no relying party can have.
fn unusable(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, rule, rp_id) in [
        ("upper-case", "ORG-06", "Example.org"),
        ("scheme", "ORG-06", "https://example.org"),
        ("port", "ORG-06", "example.org:443"),
        ("path", "ORG-06", "example.org/"),
        ("trailing-dot", "ORG-06", "example.org."),
        ("not-ascii", "ORG-06", "b\u{fc}cher.example"),
        ("wildcard", "ORG-06", "*.example.org"),
        ("empty", "ORG-06", ""),
        ("decimal-address", "KB-35", "2130706433"),
        ("hexadecimal-address", "KB-35", "0x7f000001"),
    ] {
        let case = at(ceremony, &format!("rp-id-{name}"), rule, rp_id, &[ORIGIN], ORIGIN);
        cases.push(case.unusable());
    }
    for (name, rule, origin) in [
        ("slash", "KB-98", "https://example.org/"),
        ("upper-case", "KB-98", "https://Example.org"),
        ("default-port", "KB-98", "https://example.org:443"),
        ("http", "KB-98", "http://example.org"),
        ("without-scheme", "KB-98", "example.org"),
        ("wildcard", "KB-98", "https://*.example.org"),
        ("white-space", "KB-98", " https://example.org"),
        ("two", "KB-98", "https://example.org,https://example.net"),
        ("user-information", "KB-98", "https://a@example.org"),
        ("port-0", "KB-98", "https://example.org:0"),
        ("port-65536", "KB-98", "https://example.org:65536"),
        ("opaque", "ORG-05", "null"),
        ("empty", "ORG-05", ""),
        ("short-android", "KB-99", "android:apk-key-hash:MGFiY2RlZmdo"),
        (
            "padded-android",
            "KB-99",
            "android:apk-key-hash:MGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MDEyMzQ=",
        ),
        ("file", "KB-98", "file:///login"),
    ] {
        // The response is correct for the relying party that was meant.
        let case = at(ceremony, &format!("origin-{name}"), rule, RP_ID, &[ORIGIN, origin], ORIGIN);
        cases.push(case.unusable());
    }
    cases.push(at(ceremony, "no-origins", "KB-04", RP_ID, &[], ORIGIN).unusable());
    let top = at(ceremony, "top-origin-slash", "KB-98", RP_ID, &[ORIGIN], ORIGIN)
        .with("top_origins", json!(["https://partner.example/"]));
    cases.push(top.unusable());
    cases
}
