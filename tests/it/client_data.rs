//! Client data is parsed as strict JSON, and everything that browsers really send is accepted.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use webauthn_verify::parse::ClientData;
use webauthn_verify::{ErrorKind, ParseError, Step};
use webauthn_verify_authenticator::{ClientDataBuilder, ccd_to_string};

use crate::common::messages::{
    CHALLENGE, LoggingIn, ORIGIN, Registering, base64url, kind_and_place, passes, refused,
};

const PLAIN: &str = r#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.org"}"#;

/// Returns client data with more members after the three required ones.
fn with(members: &str) -> String {
    format!("{},{members}}}", PLAIN.trim_end_matches('}'))
}

#[track_caller]
fn accepted<'a>(json: &'a (impl AsRef<[u8]> + ?Sized)) -> ClientData<'a> {
    match ClientData::parse(json.as_ref()) {
        Ok(client_data) => client_data,
        Err(error) => panic!("{error}: {}", String::from_utf8_lossy(json.as_ref())),
    }
}

#[track_caller]
fn parse_error(json: impl AsRef<[u8]>, kind: ErrorKind) -> ParseError {
    let json = json.as_ref();
    let (found, error) = kind_and_place(ClientData::parse(json));
    assert_eq!(found, kind, "{error}: {}", String::from_utf8_lossy(json));
    assert_eq!(error.structure(), "client data");
    error
}

#[track_caller]
fn not_json(json: impl AsRef<[u8]>) -> ParseError {
    parse_error(json, ErrorKind::InvalidClientDataJson)
}

#[test]
fn cd_01_only_the_grammar_of_rfc_8259_passes() {
    for (good, bad) in [
        (r#""x":1"#, r#""x":1,"#),
        (r#""x":1"#, r#""x":1/* comment */"#),
        (r#""x":1"#, "\"x\":1// comment\n"),
        (r#""x":1"#, r#""x":01"#),
        (r#""x":null"#, r#""x":NaN"#),
        (r#""x":"a""#, r#""x":'a'"#),
        (r#""x":1"#, "x:1"),
        (r#""x":"\n""#, "\"x\":\"\n\""),
        (r#""x":[1]"#, r#""x":[1,]"#),
        (r#""x":1e5"#, r#""x":0x10"#),
    ] {
        accepted(&with(good));
        not_json(with(bad));
    }
}

#[test]
fn cd_01_only_white_space_may_follow_the_root() {
    accepted(&format!("{PLAIN} \t\r\n"));
    for tail in ["}", "x", "{}", "\0", "\u{feff}"] {
        assert_eq!(not_json(format!("{PLAIN}{tail}")).offset(), PLAIN.len());
    }
    assert_eq!(not_json(format!("{PLAIN}  }}")).offset(), PLAIN.len() + 2);
}

#[test]
fn cd_01_the_root_is_an_object() {
    for root in ["[]", "\"{}\"", "null", "1", "", " "] {
        not_json(root);
    }
}

#[test]
fn cd_02_exactly_one_byte_order_mark_is_dropped() {
    let marked = format!("\u{feff}{PLAIN}");
    assert!(accepted(&marked).origin() == *ORIGIN);
    assert_eq!(not_json(format!("\u{feff}\u{feff}{PLAIN}")).offset(), 3);
    // Offsets include the byte order mark.
    let error = not_json(format!("\u{feff}{PLAIN}x"));
    assert_eq!(error.offset(), 3 + PLAIN.len());
}

#[test]
fn cd_02_the_byte_order_mark_is_hashed_with_the_rest() {
    let mut login = LoggingIn::new();
    let plain = login.client_data.clone();
    let signature_without_mark = login.key.sign(&login.signed());
    login.client_data = [b"\xef\xbb\xbf", &plain[..]].concat();
    passes(login.finish());
    let body = login.body_with_signature(&signature_without_mark);
    refused(login.finish_with(&body), ErrorKind::SignatureInvalid, Step::Signature);
}

#[test]
fn cd_03_bytes_that_are_not_utf_8_are_rejected_at_their_offset() {
    let json = PLAIN.as_bytes();
    let at = PLAIN.find("example").unwrap();
    for bad in [&b"\xc0\x80"[..], b"\x80", b"\xff", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"] {
        let broken = [&json[..at], bad, &json[at..]].concat();
        assert_eq!(parse_error(broken, ErrorKind::InvalidUtf8).offset(), at);
    }
    let character = [&json[..at], "\u{e9}".as_bytes(), &json[at..]].concat();
    assert!(accepted(&character).origin() == *"https://\u{e9}example.org");
}

#[test]
fn cd_03_utf_16_and_utf_32_are_never_guessed() {
    let utf_16: Vec<u8> = PLAIN.encode_utf16().flat_map(u16::to_le_bytes).collect();
    not_json(&utf_16);
    parse_error([b"\xff\xfe", &utf_16[..]].concat(), ErrorKind::InvalidUtf8);
    let utf_16: Vec<u8> = PLAIN.encode_utf16().flat_map(u16::to_be_bytes).collect();
    not_json(&utf_16);
    parse_error([b"\xfe\xff", &utf_16[..]].concat(), ErrorKind::InvalidUtf8);
    let utf_32: Vec<u8> = PLAIN.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    not_json(utf_32);
}

#[test]
fn cd_03_each_of_the_two_decoding_steps_has_its_own_error() {
    let mut registration = Registering::new();
    let good = registration.client_data.clone();
    passes(registration.finish());
    registration.client_data = [&good[..], b"\xc0\x80"].concat();
    refused(registration.finish(), ErrorKind::InvalidUtf8, Step::ClientDataText);
    registration.client_data = [&good[..], b"}"].concat();
    refused(registration.finish(), ErrorKind::InvalidClientDataJson, Step::ClientDataJson);

    let mut login = LoggingIn::new();
    let good = login.client_data.clone();
    login.client_data = [&good[..], b"\xc0\x80"].concat();
    refused(login.finish(), ErrorKind::InvalidUtf8, Step::ClientDataText);
    login.client_data = b"[]".to_vec();
    refused(login.finish(), ErrorKind::InvalidClientDataJson, Step::ClientDataJson);
}

#[test]
fn cd_04_repeated_members_are_rejected() {
    accepted(&with(r#""types":1,"Type":2"#));
    for twice in [
        r#""origin":"https://evil.example""#,
        r#""type":"webauthn.get""#,
        r#""\u0074ype":"webauthn.create""#,
        r#""x":1,"x":1"#,
        r#""\u0078":1,"x":1"#,
        r#""crossOrigin":false,"crossOrigin":true"#,
    ] {
        not_json(with(twice));
    }
    let error = not_json(with(r#""origin":"https://evil.example""#));
    assert_eq!(error.offset(), PLAIN.len() - 1, "at the comma before the second one");
    // Members inside an ignored value are not members of the root.
    accepted(&with(r#""x":{"origin":1,"type":2}"#));
}

#[test]
fn cd_04_an_object_has_at_most_64_members() {
    let members = |count: usize| {
        let members: Vec<_> = (0..count - 3).map(|i| format!("\"{i}\":{i}")).collect();
        with(&members.join(","))
    };
    accepted(&members(64));
    let error = not_json(members(65));
    assert!(error.reason().contains("64"), "{error}");
}

#[test]
fn cd_05_unknown_members_of_any_type_are_ignored_in_any_order() {
    for value in ["1", "-1.5e-3", "true", "false", "null", "\"x\"", "[]", "{}", r#"[{"a":[{}]}]"#] {
        let json = with(&format!("\"unknown\":{value}"));
        assert!(accepted(&json).challenge() == *"AAAA");
    }
    let last = r#"{"x":{},"origin":"https://example.org","y":[],"challenge":"AAAA","type":"t"}"#;
    let client_data = accepted(last);
    assert!(client_data.type_() == *"t");
    assert!(client_data.origin() == *ORIGIN);
}

#[test]
fn cd_06_type_challenge_and_origin_are_required_strings() {
    for name in ["type", "challenge", "origin"] {
        let members = [("type", "t"), ("challenge", "AAAA"), ("origin", "https://example.org")];
        let with_value = |value: Option<&str>| {
            let members = members.iter().filter_map(|(member, text)| match value {
                _ if *member != name => Some(format!("\"{member}\":\"{text}\"")),
                Some(value) => Some(format!("\"{member}\":{value}")),
                None => None,
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        };
        accepted(&with_value(Some("\"text\"")));
        assert_eq!(not_json(with_value(None)).field(), Some(name));
        for value in ["1", "null", "true", "[]", "{}", "[\"text\"]"] {
            let json = with_value(Some(value));
            let error = not_json(&json);
            assert_eq!(error.field(), Some(name));
            let value_at = json.find(&format!("{name}\":")).unwrap() + name.len() + 2;
            assert_eq!(error.offset(), value_at, "{json}");
        }
    }
}

#[test]
fn cd_07_cross_origin_is_a_boolean_and_defaults_to_false() {
    assert!(!accepted(PLAIN).cross_origin());
    assert!(!accepted(&with(r#""crossOrigin":false"#)).cross_origin());
    assert!(accepted(&with(r#""crossOrigin":true"#)).cross_origin());
    for value in ["\"false\"", "\"true\"", "0", "1", "null", "[]", "{}"] {
        let error = not_json(with(&format!("\"crossOrigin\":{value}")));
        assert_eq!(error.field(), Some("crossOrigin"));
    }
}

#[test]
fn cd_08_top_origin_is_a_string_and_requires_cross_origin_true() {
    let json = with(r#""crossOrigin":true,"topOrigin":"https://example.com""#);
    assert!(accepted(&json).top_origin().is_some_and(|top| top == *"https://example.com"));
    // The order of the two members does not matter.
    accepted(&with(r#""topOrigin":"https://example.com","crossOrigin":true"#));
    assert_eq!(accepted(&with(r#""crossOrigin":true"#)).top_origin(), None);
    for members in [
        r#""crossOrigin":false,"topOrigin":"https://example.com""#,
        r#""topOrigin":"https://example.com""#,
        r#""crossOrigin":true,"topOrigin":1"#,
        r#""crossOrigin":true,"topOrigin":null"#,
    ] {
        assert_eq!(not_json(with(members)).field(), Some("topOrigin"), "{members}");
    }
}

#[test]
fn cd_09_escapes_are_decoded_before_comparison() {
    let mut login = LoggingIn::new();
    let challenge = base64url(&CHALLENGE);
    let escaped = |text: &str| -> String {
        text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect()
    };
    login.client_data = format!(
        r#"{{"\u0074ype":"{}","challenge":"{}","origin":"https:\/\/example.org"}}"#,
        escaped("webauthn.get"),
        escaped(&challenge),
    )
    .into_bytes();
    passes(login.finish());
    login.client_data = format!(
        r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":"{}"}}"#,
        escaped("https://example.orh"),
    )
    .into_bytes();
    refused(login.finish(), ErrorKind::OriginMismatch, Step::Origin);
}

#[test]
fn cd_09_a_lone_surrogate_is_rejected() {
    let json = with(r#""x":"\ud83d\ude00""#);
    accepted(&json);
    let json = r#"{"type":"\ud83d\ude00","challenge":"","origin":""}"#;
    assert!(accepted(json).type_() == *"\u{1f600}");
    for lone in [r"\ud800", r"\udc00", r"\ud83d\u0041", r"\ud83dx", r"\ude00\ud83d"] {
        let json = with(&format!("\"x\":\"{lone}\""));
        assert_eq!(not_json(&json).offset(), json.find('\\').unwrap());
        not_json(with(&format!("\"{lone}\":1")));
    }
}

#[test]
fn cd_10_size_is_limited_to_64_kib() {
    let filled = |size: usize| {
        let frame = with(r#""x":"""#).len();
        with(&format!("\"x\":\"{}\"", "a".repeat(size - frame)))
    };
    accepted(&filled(64 * 1024));
    parse_error(filled(64 * 1024 + 1), ErrorKind::InputTooLarge);
    parse_error("[".repeat(1_000_000), ErrorKind::InputTooLarge);

    let mut registration = Registering::new();
    registration.client_data = filled(64 * 1024 + 1).into_bytes();
    refused(registration.finish(), ErrorKind::InputTooLarge, Step::ClientDataText);
}

#[test]
fn cd_10_nesting_is_limited_to_32_levels() {
    // The root object is the first level.
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let nested = |levels: usize| {
            let levels = levels - 1;
            with(&format!("\"x\":{}1{}", open.repeat(levels), close.repeat(levels)))
        };
        accepted(&nested(32));
        parse_error(nested(33), ErrorKind::InputTooLarge);
        parse_error(nested(5000), ErrorKind::InputTooLarge);
    }
}

#[test]
fn cd_11_serialized_client_data_begins_with_the_type_and_reads_back() {
    for (cross_origin, top_origin) in
        [(false, None), (true, None), (true, Some("https://top.example"))]
    {
        let mut builder = ClientDataBuilder::get(&CHALLENGE, ORIGIN).cross_origin(cross_origin);
        if let Some(top_origin) = top_origin {
            builder = builder.top_origin(top_origin);
        }
        let json = builder.clone().build();
        assert_eq!(json[..8], [0x7b, 0x22, 0x74, 0x79, 0x70, 0x65, 0x22, 0x3a]);
        let prefix = format!(
            r#"{{"type":"webauthn.get","challenge":"{}","origin":"{ORIGIN}","crossOrigin":{cross_origin}"#,
            base64url(&CHALLENGE),
        );
        assert!(json.starts_with(prefix.as_bytes()));
        let json = builder.member("later", "[1]").build();
        let client_data = accepted(&json);
        assert!(client_data.type_() == *"webauthn.get");
        assert!(client_data.challenge() == *base64url(&CHALLENGE));
        assert_eq!(client_data.cross_origin(), cross_origin);
        let read = client_data.top_origin().map(|top| top.to_string());
        assert_eq!(read.as_deref(), top_origin);
    }
}

#[test]
fn cd_12_every_character_is_written_so_that_it_reads_back() {
    assert_eq!(ccd_to_string("\n"), r#""\u000a""#);
    assert_eq!(ccd_to_string("\"\\/ "), r#""\"\\/ ""#);
    let samples = (0..0x3000).chain((0x3000..0x11_0000).step_by(0x101)).chain([0x10_ffff]);
    let text: String = samples.filter_map(char::from_u32).collect();
    for chunk in text.chars().collect::<Vec<_>>().chunks(4000) {
        let text: String = chunk.iter().collect();
        let json = ClientDataBuilder::create(&[], &text).build();
        assert!(accepted(&json).origin() == *text);
    }
}

#[test]
fn cd_15_token_binding_is_ignored_in_any_form() {
    for value in [
        r#"{"status":"present","id":"AA"}"#,
        r#"{"status":"supported"}"#,
        r#"{"status":"unheard of"}"#,
        r#"{}"#,
        r#""x""#,
        "null",
        "7",
    ] {
        let mut login = LoggingIn::new();
        login.client_data =
            ClientDataBuilder::get(&CHALLENGE, ORIGIN).member("tokenBinding", value).build();
        passes(login.finish());
        login.client_data = ClientDataBuilder::get(&CHALLENGE, "https://evil.example")
            .member("tokenBinding", value)
            .build();
        refused(login.finish(), ErrorKind::OriginMismatch, Step::Origin);
    }
}

#[test]
fn kb_66_escaped_slashes_and_browser_specific_members_are_accepted() {
    let challenge = base64url(&CHALLENGE);
    let mut login = LoggingIn::new();
    login.client_data = format!(
        r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":"https:\/\/example.org","crossOrigin":false,"androidPackageName":"org.example.app","other_keys_can_be_added_here":"do not compare clientDataJSON against a template. See https://goo.gl/yabPex"}}"#
    )
    .into_bytes();
    passes(login.finish());
    // The slashes are part of the signed bytes.
    let signature = login.key.sign(&login.signed());
    let text = String::from_utf8(login.client_data).unwrap();
    login.client_data = text.replace("\\/", "/").into_bytes();
    let body = login.body_with_signature(&signature);
    refused(login.finish_with(&body), ErrorKind::SignatureInvalid, Step::Signature);
}

#[test]
fn kb_80_any_member_order_and_white_space_is_accepted() {
    let challenge = base64url(&CHALLENGE);
    let mut login = LoggingIn::new();
    login.client_data = format!(
        "{{\r\n\t\"origin\" : \"{ORIGIN}\",\r\n\t\"challenge\" : \"{challenge}\",\r\n\t\
         \"crossOrigin\" : false ,\r\n\t\"type\" : \"webauthn.get\"\r\n}}\r\n"
    )
    .into_bytes();
    passes(login.finish());
    let text = String::from_utf8(login.client_data.clone()).unwrap();
    login.client_data = text.replace("webauthn.get", "webauthn.create").into_bytes();
    refused(login.finish(), ErrorKind::WrongCeremonyType, Step::CeremonyType);
}
