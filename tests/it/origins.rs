//! Origins are compared completely, RP IDs are domains, and framing is rejected unless it is
//! allowed.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, ConfigError, Error, ErrorKind,
    RegistrationRequest, RegistrationResponse, RelyingParty, Step,
};
use webauthn_verify_authenticator::{
    AuthenticatorDataBuilder, ClientDataBuilder, SoftwareAuthenticator,
};

use crate::common::messages::{
    self, CHALLENGE, LoggingIn, ORIGIN, RP_ID, Registering, UP, passes, refused, relying_party,
};
use crate::common::site::with_origins;

fn configured(origins: &[&str]) -> RelyingParty {
    match with_origins(RP_ID, origins) {
        Ok(rp) => rp,
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
fn not_configurable(id: &str, origins: &[&str]) -> String {
    RelyingParty::new(id, origins.iter().copied()).unwrap_err().to_string()
}

/// Runs both ceremonies with client data from this origin.
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

/// Runs both ceremonies in an iframe inside this page.
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
        // Correct origins before it do not help, and it cannot be the page around a frame either.
        not_configurable(RP_ID, &[ORIGIN, wrong]);
        let message = configured(&[ORIGIN]).allow_framing_by([wrong]).unwrap_err().to_string();
        assert!(message.contains(&format!("write {right:?}")), "{message}");
        configured(&[right]);
    }
}

#[test]
fn org_02_kb_02_subdomains_and_similar_hosts_are_not_implied() {
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

/// Origins that are not subdomains of `https://example.org`.
const NO_SUBDOMAINS: [&str; 50] = [
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
    // User names, which are not part of an origin.
    "https://a@example.org",
    "https://a:b@user.example.org",
    "https://example.org@evil.example",
    // Another scheme or no scheme.
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
    // A port must be listed.
    "https://user.example.org:8443",
    "https://user.example.org:443",
    "https://user.example.org:",
    "https://example.org:8443",
    // Not written as browsers serialize it.
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
    "https://*.example.org",
    // IP addresses and localhost are not subdomains.
    "https://[::1]",
    "https://[::1].example.org",
    "https://127.0.0.1",
    "http://localhost",
    "http://example.org.localhost",
    "null",
    "",
];

#[test]
fn org_03_kb_02_subdomains_can_be_allowed_and_must_begin_at_a_dot() {
    let rp = configured(&[ORIGIN, "https://example.org:8444"]);
    mismatch(&rp, "https://user.example.org");
    let rp = rp.allow_subdomains();
    for good in [
        "https://example.org",
        "https://user.example.org",
        "https://a.b-c.example.org",
        "https://xn--bcher-kva.example.org",
        // URL parsers accept hyphens and underscores anywhere.
        "https://-user.example.org",
        "https://user-.example.org",
        "https://_user_.example.org",
        "https://1.example.org",
        // Listed.
        "https://example.org:8444",
    ] {
        accepted(&rp, good);
    }
    for other in NO_SUBDOMAINS {
        mismatch(&rp, other);
    }
    // A label has at most 63 bytes, and a host at most 253.
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
fn org_04_kb_67_the_identity_of_an_app_is_an_opaque_string() {
    let android = "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs";
    let ios = "ios:bundle-id:org.example.app";
    let chrome = "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk";
    let other = "example-os:appid:204ffa1a5af110ac483f131a1bef8a841a7adb0d8d135908";
    let rp = configured(&[ORIGIN])
        .allow_android_app(android)
        .and_then(|rp| rp.allow_ios_app("org.example.app"))
        .and_then(|rp| rp.allow_browser_extension(chrome))
        .and_then(|rp| rp.allow_app_origin(other))
        .unwrap();
    for good in [ORIGIN, android, ios, chrome, other] {
        accepted(&rp, good);
    }
    for other in [
        "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOt",
        "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs=",
        "android:apk-key-hash:FGEuJ4Y/Jv0vz4RRLZ3uNUq9VDA/0S1ECvBd+IutXOs",
        "android:apk-key-hash-sha256:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs",
        "Android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs",
        "android:apk-key-hash:",
        "ios:bundle-id:org.example.app2",
        "ios:bundle-id:org.example",
        "ios:bundle-id:org.example.App",
        "IOS:bundle-id:org.example.app",
        "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk/",
        "chrome-extension://MABEKIELMOIBBMLEPEOHHNCKLPNJMCPK",
        "mabekielmoibbmlepeohhncklpnjmcpk",
        "example-os:appid:204ffa1a5af110ac483f131a1bef8a841a7adb0d8d13590",
        "https://example.com",
    ] {
        mismatch(&rp, other);
    }
    for app in [android, ios, chrome, other] {
        mismatch(&configured(&[ORIGIN]), app);
        mismatch(&configured(&[ORIGIN]).allow_subdomains(), app);
    }
}

#[test]
fn org_04_apps_are_allowed_without_a_page() {
    let rp = RelyingParty::for_apps(RP_ID).unwrap();
    let rp = rp.allow_android_certificate(&[0x5a; 32]);
    accepted(&rp, "android:apk-key-hash:WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo");
    mismatch(&rp, ORIGIN);
    assert!(RelyingParty::for_apps("https://example.org").is_err());
}

#[test]
fn org_05_kb_04_opaque_and_empty_origins_are_rejected_and_cannot_be_listed() {
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
    let longest = format!("{}example.org", "a.".repeat(121));
    for good in [
        "example.org",
        "localhost",
        "login.example.org",
        "xn--bcher-kva.example",
        "-a-.b_c.example",
        "com",
        "1.example",
        longest.as_str(),
    ] {
        assert_eq!(with_origins(good, &[ORIGIN]).unwrap().id(), good);
        assert_eq!(RelyingParty::for_apps(good).unwrap().id(), good);
    }
    let long_label = format!("{}.example", "a".repeat(64));
    let too_long = format!("a.{longest}");
    for (bad, reason) in [
        (
            "https://example.org",
            "has a scheme, port or path; write the domain alone, \"example.org\"",
        ),
        ("https://www.example.org:8443/login", "write the domain alone, \"www.example.org\""),
        ("example.org:443", "write the domain alone, \"example.org\""),
        ("localhost:8080", "write the domain alone, \"localhost\""),
        ("example.org/", "write the domain alone, \"example.org\""),
        ("//example.org", "write the domain alone, \"example.org\""),
        (" example.org", "has white space around it; write \"example.org\""),
        ("Example.org", "has upper-case letters; write \"example.org\""),
        ("example.org.", "ends with a dot; write \"example.org\""),
        ("*.example.org", "wildcard"),
        ("b\u{fc}cher.example", "A-labels"),
        ("", "is not a domain"),
        (".", "is not a domain"),
        ("example..org", "is not a domain"),
        (".example.org", "is not a domain"),
        ("exa mple.org", "is not a domain"),
        ("ex%61mple.org", "is not a domain"),
        (&long_label, "is not a domain"),
        (&too_long, "is not a domain"),
        ("chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk", "RelyingParty::with_uri_id"),
        ("urn:example:bank", "RelyingParty::with_uri_id"),
        (
            "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs",
            "the origin of an app",
        ),
    ] {
        let message = not_configurable(bad, &[ORIGIN]);
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn org_06_kb_98_an_rp_id_is_not_an_ip_address_in_any_spelling() {
    for address in [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f.0.0.0x1",
        "0X7F.1",
        "0x7f000001",
        "017700000001",
        "0177.0.0.01",
        "256.1.1.1",
        "example.1",
        "127.0.0.1:8080",
        "https://127.0.0.1",
        "::1",
        "[::1]",
        "[::1]:8080",
        "fe80::1",
        "::ffff:127.0.0.1",
    ] {
        let message = not_configurable(address, &[ORIGIN]);
        assert!(message.contains("is an IP address"), "{message}");
        assert!(message.contains("localhost"), "{message}");
    }
}

#[test]
fn org_06_the_rp_id_is_hashed_exactly_as_sent() {
    let mut login = LoggingIn::new();
    passes(login.finish());
    for other in ["https://example.org", "Example.org", "www.example.org", "org", ""] {
        login.authenticator_data = AuthenticatorDataBuilder::new(other, UP, 0).build();
        refused(login.finish(), ErrorKind::RpIdHashMismatch, Step::RpIdHash);
    }
    login.rp = with_origins("xn--bcher-kva.example", &[ORIGIN]).unwrap();
    login.authenticator_data =
        AuthenticatorDataBuilder::new("xn--bcher-kva.example", UP, 0).build();
    passes(login.finish());
}

#[test]
fn org_07_framing_is_rejected_by_default_and_not_implied_by_the_origins() {
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
    // A list of pages does not allow an unnamed page.
    for result in framed(&rp, None) {
        refused(result, ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin);
    }
    // And a framing page is not an allowed origin.
    mismatch(&rp, "https://example.com");
}

#[test]
fn org_07_any_page_and_unnamed_pages_are_allowed_separately() {
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
fn org_07_the_page_may_have_the_origin_of_the_frame() {
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
fn org_07_framing_permissions_are_cumulative_and_imply_nothing_else() {
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
    // An empty list allows no page.
    let nobody: [&str; 0] = [];
    let rp = configured(&[ORIGIN]).allow_framing_by(nobody).unwrap();
    for result in framed(&rp, Some("https://a.example")) {
        refused(result, ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin);
    }
}

#[test]
fn org_07_kb_64_allowing_an_unnamed_page_does_not_allow_a_named_one() {
    let rp = configured(&[ORIGIN]).allow_framing_by(["https://a.example"]).unwrap();
    let rp = rp.allow_unnamed_framing();
    framed(&rp, None).into_iter().for_each(passes);
    framed(&rp, Some("https://a.example")).into_iter().for_each(passes);
    for other in ["https://b.example", ORIGIN, "", "null"] {
        for result in framed(&rp, Some(other)) {
            refused(result, ErrorKind::UnexpectedTopOrigin, Step::TopOrigin);
        }
    }
    // This also holds if crossOrigin is false or missing.
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

/// Returns the errors for a list with this origin: as the page of a ceremony, and as the page
/// around a frame.
#[track_caller]
fn not_a_page(origin: &str) -> [String; 2] {
    let message = not_configurable(RP_ID, &[origin]);
    // A correct origin before it does not help.
    assert_eq!(not_configurable(RP_ID, &[ORIGIN, origin]), message);
    let framing = configured(&[ORIGIN]).allow_framing_by([origin]).unwrap_err().to_string();
    [message, framing]
}

#[test]
fn kb_98_a_web_origin_must_have_a_scheme() {
    for (wrong, right) in [
        ("localhost", "http://localhost"),
        ("localhost:8080", "http://localhost:8080"),
        ("localhost:443", "https://localhost"),
        ("localhost:", "http://localhost"),
        ("localhost:8080/login", "http://localhost:8080"),
        ("LOCALHOST:8080", "http://localhost:8080"),
        ("app.localhost:3000", "http://app.localhost:3000"),
        ("//localhost:8080", "http://localhost:8080"),
        ("example.com", "https://example.com"),
        ("Example.com", "https://example.com"),
        ("example.com:443", "https://example.com"),
        ("example.com:80", "https://example.com"),
        ("example.com:8443", "https://example.com:8443"),
        ("example.com:", "https://example.com"),
        ("example.com.", "https://example.com"),
        ("example.com/", "https://example.com"),
        ("//example.com", "https://example.com"),
        ("://example.com", "https://example.com"),
        ("www.example.com/login", "https://www.example.com"),
        ("www.example.com/a:b", "https://www.example.com"),
        ("example", "https://example"),
        ("a@example.com", "https://example.com"),
    ] {
        for message in not_a_page(wrong) {
            assert!(message.ends_with(&format!("; write {right:?}")), "{message}");
        }
        configured(&[right]);
    }
    let message = not_configurable(RP_ID, &["localhost:8080"]);
    assert!(message.contains("has no scheme"), "{message}");
}

#[test]
fn kb_98_a_web_origin_must_be_https() {
    for (wrong, right) in [
        ("http://example.org", "https://example.org"),
        ("http://example.org:80", "https://example.org"),
        ("http://example.org:8080", "https://example.org:8080"),
        ("HTTP://example.org/login", "https://example.org"),
        ("http://localhost.example.org", "https://localhost.example.org"),
        ("http://notlocalhost", "https://notlocalhost"),
        ("http://localhost/", "http://localhost"),
        ("http://Localhost:3000", "http://localhost:3000"),
        ("wss://example.org", "https://example.org"),
        ("ws://example.org/socket", "https://example.org"),
        ("ftp://example.org", "https://example.org"),
    ] {
        for message in not_a_page(wrong) {
            assert!(message.ends_with(&format!("; write {right:?}")), "{message}");
        }
        configured(&[right]);
    }
    for (wrong, reason) in [
        ("javascript:alert(1)", "have no WebAuthn"),
        ("javascript:1", "have no WebAuthn"),
        ("JavaScript://example.org", "have no WebAuthn"),
        ("data:text/html,x", "have no WebAuthn"),
        ("file:///etc/passwd", "have no WebAuthn"),
        ("blob:https://example.org/1", "have no WebAuthn"),
        ("about:blank", "have no WebAuthn"),
        ("null", "pages without an origin"),
        (" null ", "pages without an origin"),
        ("", "is empty"),
        (" ", "is empty"),
        ("*", "wildcard"),
        ("https://*", "wildcard"),
        ("https://*.example.com", "wildcard"),
        ("*.example.com", "wildcard"),
        ("https://example.com:*", "wildcard"),
        ("localhost:*", "wildcard"),
    ] {
        for message in not_a_page(wrong) {
            assert!(message.contains(reason), "{message}");
        }
    }
    let [message, _] = not_a_page("https://*.example.com");
    assert!(message.contains("RelyingParty::allow_subdomains"), "{message}");
}

#[test]
fn kb_98_a_web_origin_is_written_as_browsers_write_it() {
    for (wrong, right) in [
        ("https:example.org", "https://example.org"),
        ("https:/example.org", "https://example.org"),
        ("https:///example.org", "https://example.org"),
        ("https:\\\\example.org\\login", "https://example.org"),
        ("https://a@example.org", "https://example.org"),
        ("https://a:b@example.org:8443/", "https://example.org:8443"),
        ("https://a@b@example.org", "https://example.org"),
        ("https://example.org:", "https://example.org"),
        ("https://example.org:0443", "https://example.org"),
        ("https://example.org:08443", "https://example.org:8443"),
        ("https://example.org?x", "https://example.org"),
        ("https://example.org#x", "https://example.org"),
        (" https://example.org", "https://example.org"),
        ("https://example.org\n", "https://example.org"),
        ("\u{feff}https://example.org", ""),
        ("https://example.org.", "https://example.org"),
        ("https://example.org.:8443", "https://example.org:8443"),
    ] {
        for message in not_a_page(wrong) {
            assert!(
                right.is_empty() || message.ends_with(&format!("; write {right:?}")),
                "{message}"
            );
        }
    }
}

#[test]
fn kb_98_the_error_for_another_form_names_the_difference() {
    let not_secure = "is not secure; http is for localhost only";
    let other_form = "is not in the form that browsers send";
    for (wrong, difference) in [
        ("http://example.org", not_secure),
        ("http://localhost.example", not_secure),
        (" http://example.org", not_secure),
        ("https://EXAMPLE.org", other_form),
        ("https://example.org:443", other_form),
        ("http://localhost:80", other_form),
        (" https://example.org", "has white space around it"),
        ("http://localhost\n", "has white space around it"),
    ] {
        for message in not_a_page(wrong) {
            assert!(message.contains(difference), "{message}");
        }
    }
}

#[test]
fn kb_98_an_invalid_web_origin_is_rejected_with_the_reason() {
    for (wrong, reason) in [
        ("https://b\u{fc}cher.example", "xn--"),
        ("b\u{fc}cher.example", "xn--"),
        ("https://example\u{3002}org", "xn--"),
        ("https://ex ample.org", "white space"),
        ("https://example.org https://example.com", "white space"),
        ("https://exam\tple.org", "white space or control"),
        ("https://exam\0ple.org", "white space or control"),
        ("https://", "is not a web origin"),
        ("https:", "is not a web origin"),
        ("https://:8443", "is not a web origin"),
        ("https://a..b", "is not a web origin"),
        ("https://.example.org", "is not a web origin"),
        ("https://example.org..", "is not a web origin"),
        ("https://ex%61mple.org", "is not a web origin"),
        ("https://example.org,https://example.com", "an item of its own"),
        ("https://example.org:65536", "above 65535"),
        ("example.org:99999", "above 65535"),
        ("https://example.org:0", "port 0"),
        ("https://example.org:00", "port 0"),
        ("https://example.org:-1", "port that is not a number"),
        ("https://example.org:+443", "port that is not a number"),
        ("https://example.org:https", "port that is not a number"),
        ("https://example.org:\u{664}", "port that is not a number"),
    ] {
        for message in not_a_page(wrong) {
            assert!(message.contains(reason), "{message}");
        }
    }
    let long_label = format!("https://{}.org", "a".repeat(64));
    let too_long = format!("https://{}example.org", "a.".repeat(122));
    for message in [&long_label, &too_long].into_iter().flat_map(|origin| not_a_page(origin)) {
        assert!(message.contains("1 to 63"), "{message}");
    }
    for good in [
        "https://example.org:1",
        "https://example.org:65535",
        "https://example.org:80",
        "http://localhost:443",
        "https://localhost:80",
        "https://-a.b-.c_d.example",
        "https://com",
        // It can be a related origin.
        "https://another.example",
        &format!("https://{}.org", "a".repeat(63)),
        &format!("https://{}example.org", "a.".repeat(121)),
    ] {
        configured(&[good]).allow_framing_by([good]).unwrap();
    }
}

#[test]
fn kb_98_the_host_of_an_origin_is_not_an_ip_address_in_any_spelling() {
    for host in [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0x",
        "017700000001",
        "256.1.1.1",
        "example.1",
        "[::1]",
        "[fe80::1]",
        "[::1",
    ] {
        for origin in [
            host.to_owned(),
            format!("https://{host}"),
            format!("https://{host}:8443"),
            format!("http://{host}:8080/login"),
        ] {
            for message in not_a_page(&origin) {
                assert!(
                    message.contains("IP address") && message.contains("localhost"),
                    "{message}"
                );
            }
        }
    }
}

#[test]
fn kb_98_the_error_for_an_app_in_the_list_names_the_right_method() {
    for (app, method) in [
        ("android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs", "allow_android_app"),
        ("Android:apk-key-hash:x", "allow_android_app"),
        ("ios:bundle-id:org.example.app", "allow_ios_app"),
        ("chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk", "allow_browser_extension"),
        ("moz-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55", "allow_browser_extension"),
        ("safari-web-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55", "allow_browser_extension"),
        ("example-os:appid:204ffa1a5af110ac", "allow_app_origin"),
        ("com.example.app://login", "allow_app_origin"),
    ] {
        let [message, framing] = not_a_page(app);
        assert!(message.contains(&format!("RelyingParty::{method}")), "{message}");
        assert!(framing.contains("allow_framing_by_any"), "{framing}");
    }
}

/// The SHA-256 hash of a signing certificate.
const CERTIFICATE_HASH: &str = "14612E27863F26FD2FCF84512D9DEE354ABD54303FD12D440AF05DF88BAD5CEB";

/// Returns the bytes of [`CERTIFICATE_HASH`] in hexadecimal.
fn certificate_hash_pairs() -> Vec<&'static str> {
    (0..32).map(|at| &CERTIFICATE_HASH[2 * at..2 * at + 2]).collect()
}

fn allow_android_app(origin: &str) -> Result<RelyingParty, ConfigError> {
    configured(&[ORIGIN]).allow_android_app(origin)
}

#[test]
fn kb_99_an_android_origin_is_converted_into_the_right_spelling() {
    let right = "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs";
    let (hex, pairs) = (CERTIFICATE_HASH, certificate_hash_pairs());
    let colons = pairs.join(":");
    assert!(allow_android_app(right).is_ok());
    for wrong in [
        colons.clone(),
        colons.to_lowercase(),
        pairs.join(" "),
        hex.to_owned(),
        hex.to_lowercase(),
        format!("SHA256: {colons}"),
        format!("SHA-256:{hex}"),
        format!("android:apk-key-hash:{colons}"),
        format!("android:apk-key-hash:{}", colons.to_lowercase()),
        format!("android:apk-key-hash:{hex}"),
        format!("android:apk-key-hash-sha256:{colons}"),
        "FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs".to_owned(),
        "FGEuJ4Y/Jv0vz4RRLZ3uNUq9VDA/0S1ECvBd+IutXOs=".to_owned(),
        format!("{right}="),
        format!(" {right}\n"),
        right.replace("android", "Android"),
        right
            .replace(['_', '-'], "+")
            .replacen("apk+key+hash", "apk-key-hash", 1)
            .replace("Y+J", "Y/J")
            .replace("A+0", "A/0"),
        // The last character has bits that belong to no byte.
        right.replace("XOs", "XOt"),
        right.replace("XOs", "XOv"),
    ] {
        let message = allow_android_app(&wrong).unwrap_err().to_string();
        assert!(message.ends_with(&format!("; write {right:?}")), "{message}");
    }
}

#[test]
fn kb_99_an_android_origin_that_cannot_be_converted_is_rejected_with_the_reason() {
    let pairs = certificate_hash_pairs();
    let sha1 = pairs[..20].join(":");
    for wrong in [
        sha1.clone(),
        format!("android:apk-key-hash:{sha1}"),
        "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0".to_owned(),
        "android:apk-key-hash:fRBDRz1Vv6kOhTDTWAHU44G8afA".to_owned(),
        "android:apk-key-hash:fRBDRz1Vv6kOhTDTWAHU44G8afA=".to_owned(),
    ] {
        let message = allow_android_app(&wrong).unwrap_err().to_string();
        assert!(message.contains("SHA-1") && message.contains("write its SHA-256"), "{message}");
    }
    let message = allow_android_app(&pairs[..16].join(":")).unwrap_err().to_string();
    assert!(message.contains("MD5"), "{message}");
    for wrong in [
        "",
        "android:apk-key-hash:",
        "android:apk-key-hash:7d10",
        &format!("android:apk-key-hash:{}", "+f".repeat(32)),
        "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXO",
        "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOsA",
        "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutX\u{e9}s",
        "android:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs",
        "org.example.app",
        "android-app://org.example.app",
    ] {
        let message = allow_android_app(wrong).unwrap_err().to_string();
        assert!(message.contains("43 characters of base64url"), "{message}");
    }
    for (wrong, method) in [
        (ORIGIN, "RelyingParty::new"),
        ("ios:bundle-id:org.example.app", "allow_ios_app"),
        ("chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk", "allow_browser_extension"),
    ] {
        let message = allow_android_app(wrong).unwrap_err().to_string();
        assert!(message.contains(method), "{message}");
    }
}

#[test]
fn kb_99_an_android_app_is_named_by_its_certificate() {
    let hash = std::array::from_fn(|at| 8 * at as u8);
    let origin = format!("android:apk-key-hash:{}", messages::base64url(&hash));
    let rp = configured(&[ORIGIN]).allow_android_certificate(&hash);
    accepted(&rp, &origin);
    accepted(&rp, ORIGIN);
    assert!(configured(&[ORIGIN]).allow_android_app(origin).is_ok());
}

#[test]
fn kb_98_an_ios_app_is_named_by_its_bundle_id() {
    let allow = |id: &str| configured(&[ORIGIN]).allow_ios_app(id);
    for good in ["org.example.app", "ios:bundle-id:org.example.app"] {
        accepted(&allow(good).unwrap(), "ios:bundle-id:org.example.app");
    }
    accepted(&allow("org.Example-2.app").unwrap(), "ios:bundle-id:org.Example-2.app");
    for wrong in [" org.example.app", "IOS:Bundle-ID:org.example.app", "org.example.app/"] {
        let message = allow(wrong).unwrap_err().to_string();
        assert!(message.ends_with("; write \"org.example.app\""), "{message}");
    }
    for wrong in
        ["", "ios:bundle-id:", "org_example", "org example", "ios:org.example.app", "\u{e9}"]
    {
        let message = allow(wrong).unwrap_err().to_string();
        assert!(message.contains("is not a bundle ID"), "{message}");
    }
    assert!(allow(ORIGIN).unwrap_err().to_string().contains("RelyingParty::new"));
}

#[test]
fn kb_98_a_browser_extension_is_written_as_browsers_write_it() {
    let chrome = "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk";
    let firefox = format!(
        "moz-extension://{}",
        "phobmmeddmpbdkbdpkhijniodhpgjhlppnocliefdedbjmnpocppidphfbkaaoff"
    );
    let old_firefox = "moz-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55";
    let safari = "safari-web-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55";
    let upper_safari = "safari-web-extension://DBAC9369-1D32-4F35-8B6D-0A9D7A2A8E55";
    let allow = |origin: &str| configured(&[ORIGIN]).allow_browser_extension(origin);
    for good in [chrome, &firefox, old_firefox, safari, upper_safari] {
        accepted(&allow(good).unwrap(), good);
    }
    for (wrong, right) in [
        ("chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk/", chrome),
        ("chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk/popup.html#x", chrome),
        ("Chrome-Extension://MABEKIELMOIBBMLEPEOHHNCKLPNJMCPK", chrome),
        ("chrome-extension:mabekielmoibbmlepeohhncklpnjmcpk", chrome),
        ("extension://mabekielmoibbmlepeohhncklpnjmcpk/popup.html", chrome),
        ("mabekielmoibbmlepeohhncklpnjmcpk", chrome),
        (" chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk", chrome),
        ("moz-extension://DBAC9369-1D32-4F35-8B6D-0A9D7A2A8E55/", old_firefox),
        ("moz-extension://@webauthn-test", &firefox),
        ("@webauthn-test", &firefox),
        ("safari-web-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55/", safari),
        ("safari-web-extension://DBAC9369-1d32-4f35-8b6d-0a9d7a2a8e55", safari),
        ("safari-web-extension://DBAC9369-1D32-4F35-8B6D-0A9D7A2A8E55/", upper_safari),
    ] {
        let message = allow(wrong).unwrap_err().to_string();
        assert!(message.ends_with(&format!("; write {right:?}")), "{message}");
    }
    let add_on = "moz-extension://{dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55}";
    let message = allow(add_on).unwrap_err().to_string();
    assert!(message.contains("; write \"moz-extension://"), "{message}");
    for wrong in [
        "",
        "chrome-extension://",
        "chrome-extension://mabekielmoibbmlepeohhncklpnjmcp",
        "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpkk",
        "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpq",
        "chrome-extension://*",
        "moz-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e5",
        "moz-extension://dbac93691d324f358b6d0a9d7a2a8e55",
        "moz-extension://gbac9369-1d32-4f35-8b6d-0a9d7a2a8e55",
        "moz-extension://mabekielmoibbmlepeohhncklpnjmcpk",
        "safari-web-extension://mabekielmoibbmlepeohhncklpnjmcpk",
        "safari-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55",
    ] {
        let message = allow(wrong).unwrap_err().to_string();
        assert!(message.contains("does not belong to a browser extension; write"), "{message}");
    }
    let message = allow("moz-extension://name").unwrap_err().to_string();
    assert!(message.contains("write moz-extension:// and 64 letters"), "{message}");
    assert!(allow(ORIGIN).unwrap_err().to_string().contains("RelyingParty::new"));
}

#[test]
fn kb_98_other_platforms_use_an_opaque_string() {
    let allow = |origin: &str| configured(&[ORIGIN]).allow_app_origin(origin);
    for good in ["example-os:appid:204ffa1a", "urn:example:app", "com.example.app://login"] {
        accepted(&allow(good).unwrap(), good);
    }
    for (wrong, reason) in [
        ("", "no scheme"),
        ("null", "no scheme"),
        ("example.org", "no scheme"),
        ("localhost:8080", "no scheme"),
        (":x", "no scheme"),
        ("example-os:", "no scheme"),
        ("example-os:\u{e9}", "not ASCII"),
        ("example-os: x", "white space"),
        (ORIGIN, "RelyingParty::new"),
        ("HTTPS://example.org", "RelyingParty::new"),
        ("http://localhost", "RelyingParty::new"),
        ("javascript:alert(1)", "have no WebAuthn"),
        ("file:///x", "have no WebAuthn"),
        ("android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs", "allow_android_app"),
        ("Android:x", "allow_android_app"),
        ("ios:bundle-id:org.example.app", "allow_ios_app"),
        ("chrome-extension://x", "allow_browser_extension"),
        ("MOZ-extension://x", "allow_browser_extension"),
    ] {
        let message = allow(wrong).unwrap_err().to_string();
        assert!(message.contains(reason), "{message}");
    }
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn kb_100_the_rp_id_of_an_extension_is_hashed_with_its_scheme_and_sent_without() {
    let extension = "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk";
    let id = "mabekielmoibbmlepeohhncklpnjmcpk";
    let rp = RelyingParty::with_uri_id(extension).unwrap();
    assert_eq!(rp.id(), extension);

    // Complete ceremonies in the extension. The software authenticator computes the hash as
    // Chromium does.
    let now = messages::now();
    let mut browser = SoftwareAuthenticator::from_seed(b"extension");
    let request = RegistrationRequest::passkey(&messages::user(), &[]);
    let (options, pending) = rp.start_registration(&request, now).unwrap();
    assert_eq!(serde_json::to_value(&options).unwrap()["publicKey"]["rp"]["id"], id);
    let body = browser.register(&options, extension).unwrap();
    let response = RegistrationResponse::from_json(&body).unwrap();
    let credential = rp.finish_registration(pending, &response, now).unwrap().into_credential();

    let credentials = [credential];
    let request = AuthenticationRequest::for_user(messages::USER_HANDLE, &credentials);
    let (options, pending) = rp.start_authentication(&request, now).unwrap();
    assert_eq!(serde_json::to_value(&options).unwrap()["publicKey"]["rpId"], id);
    let body = browser.authenticate(&options, extension).unwrap();
    let response = AuthenticationResponse::from_json(&body).unwrap();
    passes(rp.finish_authentication(pending, &response, &credentials, now));

    for signal in [
        serde_json::to_value(rp.unknown_credential(b"x").unwrap()).unwrap(),
        serde_json::to_value(rp.no_accepted_credentials(b"x").unwrap()).unwrap(),
        serde_json::to_value(rp.current_user_details(&messages::user()).unwrap()).unwrap(),
    ] {
        assert_eq!(signal["rpId"], id);
    }

    // The hash of the ID without its scheme belongs to another RP ID, and no web page is allowed.
    let mut login = LoggingIn::new();
    login.rp = rp.allow_subdomains();
    login.client_data = ClientDataBuilder::get(&CHALLENGE, extension).build();
    login.authenticator_data = AuthenticatorDataBuilder::new(extension, UP, 0).build();
    passes(login.finish());
    login.authenticator_data = AuthenticatorDataBuilder::new(id, UP, 0).build();
    refused(login.finish(), ErrorKind::RpIdHashMismatch, Step::RpIdHash);
    login.authenticator_data = AuthenticatorDataBuilder::new(extension, UP, 0).build();
    for other in [
        ORIGIN,
        "https://mabekielmoibbmlepeohhncklpnjmcpk",
        "https://chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk",
        "https://x.chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk",
        "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpa",
        "mabekielmoibbmlepeohhncklpnjmcpk",
    ] {
        login.client_data = ClientDataBuilder::get(&CHALLENGE, other).build();
        refused(login.finish(), ErrorKind::OriginMismatch, Step::Origin);
    }
}

#[test]
fn kb_100_an_extension_can_use_the_rp_id_of_a_site() {
    let extension = "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk";
    let rp = configured(&[ORIGIN]).allow_browser_extension(extension).unwrap();
    accepted(&rp, extension);
    accepted(&rp, ORIGIN);
}

#[cfg_attr(not(feature = "getrandom"), ignore = "its requests bring no challenge")]
#[test]
fn kb_100_an_rp_id_that_is_a_uri_must_belong_to_a_client() {
    for good in ["urn:example:bank", "example-os:appid:204ffa1a", "com.example.app://x"] {
        let rp = RelyingParty::with_uri_id(good).unwrap();
        assert_eq!(rp.id(), good);
        let (options, _) = rp
            .start_registration(
                &RegistrationRequest::passkey(&messages::user(), &[]),
                messages::now(),
            )
            .unwrap();
        assert_eq!(serde_json::to_value(&options).unwrap()["publicKey"]["rp"]["id"], good);
        let mut login = LoggingIn::new();
        login.rp = rp;
        login.client_data = ClientDataBuilder::get(&CHALLENGE, good).build();
        login.authenticator_data = AuthenticatorDataBuilder::new(good, UP, 0).build();
        passes(login.finish());
    }
    for (wrong, reason) in [
        ("", "is not a URI; for a domain, use RelyingParty::new"),
        ("example.org", "use RelyingParty::new"),
        ("localhost:8080", "use RelyingParty::new"),
        ("mabekielmoibbmlepeohhncklpnjmcpk", "use RelyingParty::new"),
        ("https://example.org", "use RelyingParty::new"),
        ("http://localhost", "use RelyingParty::new"),
        ("example-os:", "is not a URI"),
        ("urn:a b", "no URI has"),
        ("urn:\u{e9}", "no URI has"),
        ("urn:{a}", "no URI has"),
        ("javascript:alert(1)", "have no WebAuthn"),
        (
            "android:apk-key-hash:FGEuJ4Y_Jv0vz4RRLZ3uNUq9VDA_0S1ECvBd-IutXOs",
            "the domain of its site",
        ),
        ("ios:bundle-id:org.example.app", "the domain of its site"),
        ("moz-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55", "RelyingParty::for_apps"),
        ("safari-web-extension://dbac9369-1d32-4f35-8b6d-0a9d7a2a8e55", "RelyingParty::for_apps"),
        ("chrome-extension://x", "32 letters"),
        (
            "chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk/",
            "write \"chrome-extension://mabekielmoibbmlepeohhncklpnjmcpk\"",
        ),
    ] {
        let message = RelyingParty::with_uri_id(wrong).unwrap_err().to_string();
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn kb_98_a_bundle_id_has_no_team_and_no_empty_label() {
    let error = |id: &str| relying_party().allow_ios_app(id).unwrap_err().to_string();
    let text = error("9JA89QQLNQ.com.example.app");
    assert!(text.ends_with("write \"com.example.app\""), "{text}");
    for bad in ["com..example", ".com.example", "com.example."] {
        error(bad);
    }
    assert!(relying_party().allow_ios_app("EXAMPLEAPP").is_ok());
}

#[test]
fn kb_98_a_relying_party_without_an_app_cannot_start_a_ceremony() {
    let rp = RelyingParty::for_apps("example.org").unwrap();
    let login = LoggingIn::new();
    let error = rp.start_authentication(&login.request, messages::now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOptions);
    let request = Registering::new().request;
    let error = rp.start_registration(&request, messages::now()).unwrap_err();
    assert!(error.to_string().contains("no app is allowed to run the ceremony"), "{error}");
    let rp = rp.allow_ios_app("org.example.app").unwrap();
    assert!(rp.start_registration(&request, messages::now()).is_ok());
}

#[test]
fn kb_98_repeated_schemes_and_joined_origins_are_explained() {
    for (bad, right) in [
        ("https://https://example.org", "https://example.org"),
        ("http://http://localhost:3000", "http://localhost:3000"),
        ("https//example.org", "https://example.org"),
        ("HTTPS://Https://example.org/login", "https://example.org"),
    ] {
        let message = not_configurable(RP_ID, &[bad]);
        assert!(message.contains(&format!("write {right:?}")), "{message}");
    }
    for bad in [
        "https://example.org,https://www.example.org",
        "https://example.org;https://www.example.org",
        "https://example.org https://www.example.org",
    ] {
        let message = not_configurable(RP_ID, &[bad]);
        assert!(message.contains("write each origin as an item of its own"), "{message}");
    }
}
