//! Origins are compared whole, RP IDs are domains, and framing is denied unless it is allowed.

#![cfg(feature = "authenticator")]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

#[path = "common/messages.rs"]
mod messages;

use messages::{CHALLENGE, LoggingIn, ORIGIN, RP_ID, Registering, UP, passes, refused};
use webauthn_verify::authenticator::{AuthenticatorDataBuilder, ClientDataBuilder};
use webauthn_verify::{Error, ErrorKind, RelyingParty, Step};

fn configured(origins: &[&str]) -> RelyingParty {
    match RelyingParty::new(RP_ID, origins.iter().copied()) {
        Ok(rp) => rp,
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
fn not_configurable(id: &str, origins: &[&str]) -> String {
    RelyingParty::new(id, origins.iter().copied()).unwrap_err().to_string()
}

/// Both ceremonies with client data from this origin.
fn run(rp: &RelyingParty, origin: &str) -> [Result<(), Error>; 2] {
    let mut registration = Registering::new();
    registration.rp = rp.clone();
    registration.client_data = ClientDataBuilder::create(&CHALLENGE, origin).build();
    let mut login = LoggingIn::new();
    login.rp = rp.clone();
    login.client_data = ClientDataBuilder::get(&CHALLENGE, origin).build();
    [registration.finish().map(drop), login.finish().map(drop)]
}

#[track_caller]
fn accepted(rp: &RelyingParty, origin: &str) {
    run(rp, origin).into_iter().for_each(passes);
}

#[track_caller]
fn mismatch(rp: &RelyingParty, origin: &str) {
    for result in run(rp, origin) {
        refused(result, ErrorKind::OriginMismatch, Step::Origin);
    }
}

/// Both ceremonies in an iframe inside this page.
fn framed(rp: &RelyingParty, top_origin: Option<&str>) -> [Result<(), Error>; 2] {
    let framed = |builder: ClientDataBuilder| match top_origin {
        Some(top_origin) => builder.cross_origin(true).top_origin(top_origin).build(),
        None => builder.cross_origin(true).build(),
    };
    let mut registration = Registering::new();
    registration.rp = rp.clone();
    registration.client_data = framed(ClientDataBuilder::create(&CHALLENGE, ORIGIN));
    let mut login = LoggingIn::new();
    login.rp = rp.clone();
    login.client_data = framed(ClientDataBuilder::get(&CHALLENGE, ORIGIN));
    [registration.finish().map(drop), login.finish().map(drop)]
}

#[test]
fn org_01_kb_03_a_received_origin_is_compared_byte_for_byte() {
    let rp = configured(&[ORIGIN, "https://example.org:8444"]);
    accepted(&rp, ORIGIN);
    accepted(&rp, "https://example.org:8444");
    for other in [
        "http://example.org",
        "https://example.org:8443",
        "https://example.org:443",
        "https://example.org/",
        "https://example.org/login",
        "HTTPS://example.org",
        "https://Example.org",
        "https://example.org.",
        "https://example.org ",
        " https://example.org",
        "https://example.org\0",
        "https://example.or",
        "https://example.orga",
        "example.org",
        "//example.org",
    ] {
        mismatch(&rp, other);
    }
}

#[test]
fn org_01_kb_03_a_configured_origin_is_written_as_browsers_write_it() {
    for (wrong, right) in [
        ("https://example.org:443", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("HTTPS://EXAMPLE.org", "https://example.org"),
        ("https://example.org/login?next=%2F#top", "https://example.org"),
        ("http://localhost:80", "http://localhost"),
    ] {
        let message = not_configurable(RP_ID, &[wrong]);
        assert!(message.contains(&format!("write {right:?}")), "{message}");
        // Not even behind good ones, and not as the page around a frame.
        not_configurable(RP_ID, &[ORIGIN, wrong]);
        let message = configured(&[ORIGIN]).allow_framing_by([wrong]).unwrap_err().to_string();
        assert!(message.contains(&format!("write {right:?}")), "{message}");
        configured(&[right]);
    }
}

#[test]
fn org_02_kb_02_no_subdomain_and_no_neighbour_is_implied() {
    let rp = configured(&[ORIGIN]);
    accepted(&rp, ORIGIN);
    for other in [
        "https://user.example.org",
        "https://www.example.org",
        "https://evil-example.org",
        "https://evilexample.org",
        "https://example.org.evil.example",
        "https://example.org@evil.example",
        "https://a@example.org",
        "https://org",
    ] {
        mismatch(&rp, other);
    }
    accepted(&configured(&[ORIGIN, "https://user.example.org"]), "https://user.example.org");
}

#[test]
fn org_03_kb_02_subdomains_are_allowed_by_choice_and_only_at_a_dot() {
    let rp = configured(&[ORIGIN, "https://example.org:8444"]);
    mismatch(&rp, "https://user.example.org");
    let rp = rp.allow_subdomains();
    for good in [
        "https://example.org",
        "https://user.example.org",
        "https://a.b-c.example.org",
        "https://xn--bcher-kva.example.org",
        // Listed.
        "https://example.org:8444",
    ] {
        accepted(&rp, good);
    }
    for other in [
        // Another domain.
        "https://evilexample.org",
        "https://evil-example.org",
        "https://example.org.evil.example",
        "https://evil.example/.example.org",
        "https://evil.example/https://example.org",
        "https://evil.example?.example.org",
        "https://evil.example#.example.org",
        "https://evil.example\\.example.org",
        "https://evil.example:443.example.org",
        "https://org",
        "https://",
        "https://.example.org",
        "https://a..example.org",
        // A user, who is no part of an origin.
        "https://a@example.org",
        "https://a:b@user.example.org",
        "https://example.org@evil.example",
        // Another scheme or none.
        "http://example.org",
        "http://user.example.org",
        "HTTPS://example.org",
        "ftp://user.example.org",
        "android://user.example.org",
        "https:user.example.org",
        "https:/user.example.org",
        "https:///user.example.org",
        "//user.example.org",
        "user.example.org",
        // A port is listed or refused.
        "https://user.example.org:8443",
        "https://user.example.org:443",
        "https://user.example.org:",
        "https://example.org:8443",
        // Not as browsers serialise it.
        "https://User.example.org",
        "https://user.EXAMPLE.org",
        "https://user.example.org.",
        "https://user.example.org/",
        "https://user.example.org/login",
        "https://user.example.org ",
        " https://user.example.org",
        "https://user.example.org\u{0}",
        "https://us er.example.org",
        "https://us%65r.example.org",
        "https://b\u{fc}cher.example.org",
        "https://user.example\u{3002}org",
        "https://-user.example.org",
        "https://*.example.org",
        // Addresses and localhost are no subdomains.
        "https://[::1]",
        "https://[::1].example.org",
        "https://127.0.0.1",
        "http://localhost",
        "http://example.org.localhost",
        "null",
        "",
    ] {
        mismatch(&rp, other);
    }
    // A label has up to 63 bytes, and a host up to 253.
    accepted(&rp, &format!("https://{}.example.org", "a".repeat(63)));
    mismatch(&rp, &format!("https://{}.example.org", "a".repeat(64)));
    let host = |labels: usize| format!("https://{}example.org", "a.".repeat(labels));
    accepted(&rp, &host(121));
    mismatch(&rp, &host(122));
}

#[test]
fn org_03_on_localhost_the_scheme_may_be_http() {
    let local = |origin: &str| {
        let rp = RelyingParty::new("localhost", ["http://localhost:3000"]).unwrap();
        let mut login = LoggingIn::new();
        login.rp = rp.allow_subdomains();
        login.client_data = ClientDataBuilder::get(&CHALLENGE, origin).build();
        login.authenticator_data = AuthenticatorDataBuilder::new("localhost", UP, 0).build();
        login.finish()
    };
    for good in [
        "http://localhost",
        "http://app.localhost",
        "https://localhost",
        "https://app.localhost",
        "http://localhost:3000",
    ] {
        passes(local(good));
    }
    for other in ["http://notlocalhost", "http://localhost:3001", "http://localhost.example"] {
        refused(local(other), ErrorKind::OriginMismatch, Step::Origin);
    }
}

#[test]
fn org_03_07_subdomains_may_not_frame() {
    let subdomain = Some("https://user.example.org");
    let rp = configured(&[ORIGIN]).allow_subdomains();
    for result in framed(&rp, subdomain) {
        refused(result, ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin);
    }
    let rp = rp.allow_framing_by(["https://example.com"]).unwrap();
    for result in framed(&rp, subdomain) {
        refused(result, ErrorKind::UnexpectedTopOrigin, Step::TopOrigin);
    }
}

#[test]
fn org_04_kb_67_the_identity_of_an_app_is_an_opaque_text() {
    let android = "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0";
    let ios = "ios:bundle-id:org.example.app";
    let rp = configured(&[ORIGIN, android, ios]);
    accepted(&rp, android);
    accepted(&rp, ios);
    for other in [
        "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f1",
        "android:apk-key-hash:7D1043473D55BFA90E8530D35801D4E381BC69F0",
        "android:apk-key-hash-sha256:7d1043473d55bfa90e8530d35801d4e381bc69f0",
        "android:apk-key-hash:",
        "ios:bundle-id:org.example.app2",
        "ios:bundle-id:org.example",
        "IOS:bundle-id:org.example.app",
    ] {
        mismatch(&rp, other);
    }
    mismatch(&configured(&[ORIGIN]), android);
    mismatch(&configured(&[ORIGIN]), ios);
}

#[test]
fn org_05_kb_04_opaque_and_empty_origins_fail_and_cannot_be_listed() {
    let rp = configured(&[ORIGIN]);
    for opaque in ["null", ""] {
        mismatch(&rp, opaque);
        not_configurable(RP_ID, &[opaque]);
        not_configurable(RP_ID, &[ORIGIN, opaque]);
        assert!(configured(&[ORIGIN]).allow_framing_by([opaque]).is_err());
    }
    let message = not_configurable(RP_ID, &[]);
    assert!(message.contains("empty"), "{message}");
}

#[test]
fn org_06_kb_35_an_rp_id_is_a_domain() {
    for good in ["example.org", "localhost", "login.example.org", "xn--bcher-kva.example"] {
        assert_eq!(RelyingParty::new(good, [ORIGIN]).unwrap().id(), good);
    }
    for (bad, reason) in [
        ("https://example.org", "scheme"),
        ("example.org:443", "port"),
        ("example.org/", "path"),
        ("127.0.0.1", "IP address"),
        ("2130706433", "IP address"),
        ("0x7f.0.0.0x1", "IP address"),
        ("::1", "port"),
        ("[::1]", "port"),
        ("Example.org", "lower case"),
        ("b\u{fc}cher.example", "A-labels"),
        ("", "not a domain"),
        ("example..org", "not a domain"),
        ("example.org.", "not a domain"),
        ("exa mple.org", "not a domain"),
    ] {
        let message = not_configurable(bad, &[ORIGIN]);
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn org_06_the_bytes_of_the_rp_id_are_hashed_as_they_are_sent() {
    let mut login = LoggingIn::new();
    passes(login.finish());
    for other in ["https://example.org", "Example.org", "www.example.org", "org", ""] {
        login.authenticator_data = AuthenticatorDataBuilder::new(other, UP, 0).build();
        refused(login.finish(), ErrorKind::RpIdHashMismatch, Step::RpIdHash);
    }
    login.rp = RelyingParty::new("xn--bcher-kva.example", [ORIGIN]).unwrap();
    login.authenticator_data =
        AuthenticatorDataBuilder::new("xn--bcher-kva.example", UP, 0).build();
    passes(login.finish());
}

#[test]
fn org_07_framing_is_denied_by_default_and_not_implied_by_the_origins() {
    let rp = configured(&[ORIGIN, "https://example.com"]);
    accepted(&rp, ORIGIN);
    for top_origin in [Some("https://example.com"), Some(ORIGIN), None] {
        for result in framed(&rp, top_origin) {
            refused(result, ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin);
        }
    }
}

#[test]
fn org_07_only_listed_pages_may_frame() {
    let rp = configured(&[ORIGIN]).allow_framing_by(["https://example.com"]).unwrap();
    accepted(&rp, ORIGIN);
    framed(&rp, Some("https://example.com")).into_iter().for_each(passes);
    for other in [
        "https://example.com:443",
        "https://www.example.com",
        ORIGIN,
        "http://example.com",
        "null",
        "",
    ] {
        for result in framed(&rp, Some(other)) {
            refused(result, ErrorKind::UnexpectedTopOrigin, Step::TopOrigin);
        }
    }
    // A list is no leave to keep the page to oneself.
    for result in framed(&rp, None) {
        refused(result, ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin);
    }
    // And the frame itself is none of the origins.
    mismatch(&rp, "https://example.com");
}

#[test]
fn org_07_any_page_and_unnamed_pages_are_allowed_apart() {
    let rp = configured(&[ORIGIN]).allow_framing_by_any();
    framed(&rp, Some("https://whoever.example")).into_iter().for_each(passes);
    for opaque in ["null", ""] {
        for result in framed(&rp, Some(opaque)) {
            refused(result, ErrorKind::UnexpectedTopOrigin, Step::TopOrigin);
        }
    }
    for result in framed(&rp, None) {
        refused(result, ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin);
    }
    let rp = configured(&[ORIGIN]).allow_unnamed_framing();
    framed(&rp, None).into_iter().for_each(passes);
    for result in framed(&rp, Some("https://whoever.example")) {
        refused(result, ErrorKind::UnexpectedTopOrigin, Step::TopOriginFraming);
    }
}

#[test]
fn org_07_the_page_may_be_of_the_frames_own_origin() {
    let rp = configured(&[ORIGIN, "https://www.example.org"]).allow_framing_by_same_origin();
    accepted(&rp, ORIGIN);
    framed(&rp, Some(ORIGIN)).into_iter().for_each(passes);
    for other in ["https://www.example.org", "https://example.org:443", "https://example.com", ""] {
        for result in framed(&rp, Some(other)) {
            refused(result, ErrorKind::UnexpectedTopOrigin, Step::TopOrigin);
        }
    }
    for result in framed(&rp, None) {
        refused(result, ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin);
    }
}

#[test]
fn org_07_what_is_allowed_adds_up_and_nothing_else_follows() {
    let rp = configured(&[ORIGIN])
        .allow_framing_by(["https://a.example"])
        .and_then(|rp| rp.allow_framing_by(["https://b.example"]))
        .unwrap()
        .allow_framing_by_same_origin();
    for good in ["https://a.example", "https://b.example", ORIGIN] {
        framed(&rp, Some(good)).into_iter().for_each(passes);
    }
    for result in framed(&rp, Some("https://c.example")) {
        refused(result, ErrorKind::UnexpectedTopOrigin, Step::TopOrigin);
    }
    // An empty list allows nobody.
    let nobody: [&str; 0] = [];
    let rp = configured(&[ORIGIN]).allow_framing_by(nobody).unwrap();
    for result in framed(&rp, Some("https://a.example")) {
        refused(result, ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin);
    }
}

#[test]
fn org_07_kb_64_a_missing_page_is_no_leave_for_a_named_one() {
    let rp = configured(&[ORIGIN]).allow_framing_by(["https://a.example"]).unwrap();
    let rp = rp.allow_unnamed_framing();
    framed(&rp, None).into_iter().for_each(passes);
    framed(&rp, Some("https://a.example")).into_iter().for_each(passes);
    for other in ["https://b.example", ORIGIN, "", "null"] {
        for result in framed(&rp, Some(other)) {
            refused(result, ErrorKind::UnexpectedTopOrigin, Step::TopOrigin);
        }
    }
    // Nor where crossOrigin is false or missing beside it.
    for client_data in [
        ClientDataBuilder::get(&CHALLENGE, ORIGIN).top_origin("https://b.example").build(),
        ClientDataBuilder::get(&CHALLENGE, ORIGIN)
            .cross_origin(false)
            .top_origin("https://b.example")
            .build(),
    ] {
        let mut login = LoggingIn::new();
        login.client_data = client_data;
        for rp in [configured(&[ORIGIN]).allow_unnamed_framing(), rp.clone()] {
            login.rp = rp;
            refused(login.finish(), ErrorKind::InvalidClientDataJson, Step::ClientDataJson);
        }
    }
}

#[test]
fn org_08_related_origins_are_listed_and_share_one_rp_id() {
    let rp = configured(&[ORIGIN, "https://example.co.uk"]);
    accepted(&rp, "https://example.co.uk");
    mismatch(&rp, "https://example.de");
    let mut login = LoggingIn::new();
    login.rp = rp;
    login.client_data = ClientDataBuilder::get(&CHALLENGE, "https://example.co.uk").build();
    login.authenticator_data = AuthenticatorDataBuilder::new("example.co.uk", UP, 0).build();
    refused(login.finish(), ErrorKind::RpIdHashMismatch, Step::RpIdHash);
}
