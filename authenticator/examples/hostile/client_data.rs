//! Client data that is not JSON, has wrong members, or belongs to another ceremony, another origin
//! or another frame.

use serde_json::{Value, json};
use webauthn_verify_authenticator::ClientDataBuilder;

use crate::case::{CHALLENGE, Case, ORIGIN, encode};
use crate::ceremony::Ceremony;

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for ceremony in Ceremony::BOTH {
        cases.extend(grammar(ceremony));
        cases.extend(text(ceremony));
        cases.extend(limits(ceremony));
        cases.extend(members(ceremony));
        cases.extend(types_and_challenges(ceremony));
        cases.extend(origins(ceremony));
        cases.extend(framing(ceremony));
    }
    cases
}

impl Ceremony {
    /// Returns the members of correct client data as JSON, without the braces.
    fn members(self) -> String {
        let json = String::from_utf8(self.client_data().build()).expect("JSON is UTF-8");
        json[1..json.len() - 1].to_owned()
    }

    /// Returns a case with this client data, whose hash is signed.
    fn case(self, name: &str, rule: &str, client_data: impl Into<Vec<u8>>) -> Case {
        let name = format!("client-data/{}/{name}", self.word());
        self.with_client_data(&name, rule, client_data)
    }

    /// Returns the number of a step. `registration` is its number in §7.1. In §7.2, these steps
    /// have a number that is higher by 3.
    fn step(self, registration: u32) -> String {
        self.either(registration, registration + 3).to_string()
    }

    fn not_json(self, name: &str, rule: &str, client_data: impl Into<Vec<u8>>) -> Value {
        self.case(name, rule, client_data).reject("InvalidClientDataJson", &self.step(6))
    }
}

/// Texts that are not the JSON of RFC 8259, and texts that are.
fn grammar(ceremony: Ceremony) -> Vec<Value> {
    let members = ceremony.members();
    let with = |more: &str| format!("{{{members},{more}}}");
    let mut cases = Vec::new();
    for (name, text) in [
        ("grammar/trailing-comma", with(r#""x":1,"#)),
        ("grammar/leading-comma", format!("{{,{members}}}")),
        ("grammar/comment", with(r#""x":1/* comment */"#)),
        ("grammar/line-comment", with("\"x\":1// comment\n")),
        ("grammar/leading-zero", with(r#""x":01"#)),
        ("grammar/plus-sign", with(r#""x":+1"#)),
        ("grammar/number-without-fraction", with(r#""x":1."#)),
        ("grammar/nan", with(r#""x":NaN"#)),
        ("grammar/hexadecimal", with(r#""x":0x10"#)),
        ("grammar/single-quotes", with("\"x\":'a'")),
        ("grammar/unquoted-name", with("x:1")),
        ("grammar/unknown-word", with(r#""x":True"#)),
        ("grammar/control-character", with("\"x\":\"\n\"")),
        ("grammar/unknown-escape", with(r#""x":"\x41""#)),
        ("grammar/short-unicode-escape", with(r#""x":"\u004""#)),
        ("grammar/array-with-trailing-comma", with(r#""x":[1,]"#)),
        ("grammar/missing-colon", with(r#""x" 1"#)),
        ("grammar/no-closing-brace", format!("{{{members}")),
        ("grammar/empty", String::new()),
        ("grammar/array", format!("[{{{members}}}]")),
        ("grammar/null", "null".to_owned()),
    ] {
        cases.push(ceremony.not_json(name, "CD-01", text));
    }
    for (name, tail) in [
        ("trailing/brace", "}"),
        ("trailing/object", "{}"),
        ("trailing/nul", "\0"),
        ("trailing/letter", "x"),
        ("trailing/byte-order-mark", "\u{feff}"),
    ] {
        cases.push(ceremony.not_json(name, "KB-24", format!("{{{members}}}{tail}")));
    }
    for (name, rule, text) in [
        ("whole", "CD-11", format!("{{{members}}}")),
        ("trailing/white-space", "CD-01", format!("{{{members}}} \t\r\n")),
        ("white-space", "KB-80", format!("{{ {} }}", members.replace(',', " ,\n "))),
        ("unknown-members", "CD-05", with(r#""x":{"y":[1,-2.5e3,null,true]},"z":"\/""#)),
        ("token-binding", "CD-15", with(r#""tokenBinding":{"status":"supported"}"#)),
    ] {
        cases.push(ceremony.case(name, rule, text).accept());
    }
    let order = [
        format!(r#""crossOrigin":false,"origin":"{ORIGIN}""#),
        format!(r#""challenge":"{}","type":"{}""#, encode(&CHALLENGE), ceremony.ceremony_type()),
    ];
    cases.push(ceremony.case("other-order", "KB-80", format!("{{{}}}", order.join(","))).accept());
    cases
}

/// Encodings of the text and of its characters.
fn text(ceremony: Ceremony) -> Vec<Value> {
    let members = ceremony.members();
    let plain = format!("{{{members}}}");
    let utf_16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let not_utf_8 = |bytes: &[u8]| [b"{", members.as_bytes(), b",\"x\":\"", bytes, b"\"}"].concat();
    let mut cases = Vec::new();
    for (name, bytes) in [
        ("utf-8/lone-continuation", &b"\x80"[..]),
        ("utf-8/cut-short", b"\xe2\x82"),
        ("utf-8/overlong", b"\xc0\xaf"),
        ("utf-8/surrogate", b"\xed\xa0\x80"),
        ("utf-8/above-unicode", b"\xf4\x90\x80\x80"),
    ] {
        let case = ceremony.case(name, "CD-03", not_utf_8(bytes));
        cases.push(case.reject("InvalidUtf8", &ceremony.step(5)));
    }
    let with_mark = format!("\u{feff}{plain}");
    cases.push(ceremony.case("byte-order-mark", "CD-02", with_mark.as_str()).accept());
    cases.push(ceremony.not_json("two-byte-order-marks", "CD-02", format!("\u{feff}{with_mark}")));
    cases.push(ceremony.not_json("utf-16", "CD-03", utf_16));
    for (name, escape) in [
        ("surrogate/lone-high", r"\ud800"),
        ("surrogate/lone-low", r"\udc00"),
        ("surrogate/two-high", r"\ud800\ud800"),
    ] {
        let text = format!(r#"{{{members},"x":"{escape}"}}"#);
        cases.push(ceremony.not_json(name, "CD-09", text));
    }
    let escaped = plain.replacen("webauthn", r"\u0077ebauthn", 1);
    cases.push(ceremony.case("escaped-type", "CD-09", escaped).accept());
    let escaped = plain.replace("https://", r"https:\/\/");
    cases.push(ceremony.case("escaped-slashes", "KB-66", escaped).accept());
    cases
}

/// Sizes and depths at a limit and beyond it.
fn limits(ceremony: Ceremony) -> Vec<Value> {
    let members = ceremony.members();
    let nested = |depth: usize| {
        format!("{{{members},\"x\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1))
    };
    let many = |count: usize| {
        let more: String = (4..count).map(|number| format!(",\"x{number}\":0")).collect();
        format!("{{{members}{more}}}")
    };
    let long = |length: usize| {
        let text = format!("{{{members}}}");
        let space = " ".repeat(length - text.len());
        text + &space
    };
    // The size is checked before the text is decoded.
    let too_large = |name, text: String, step| {
        ceremony.case(name, "CD-10", text).reject("InputTooLarge", &ceremony.step(step))
    };
    vec![
        ceremony.case("limits/nested-32", "CD-10", nested(32)).accept(),
        too_large("limits/nested-33", nested(33), 6),
        ceremony.case("limits/64-members", "CD-04", many(64)).accept(),
        ceremony.not_json("limits/65-members", "CD-04", many(65)),
        ceremony.case("limits/64-kib", "CD-10", long(65_536)).accept(),
        too_large("limits/64-kib-and-a-byte", long(65_537), 5),
    ]
}

/// Members that are missing, repeated or of another type.
fn members(ceremony: Ceremony) -> Vec<Value> {
    let members = ceremony.members();
    let plain = format!("{{{members}}}");
    let mut cases = Vec::new();
    for name in ["type", "challenge", "origin"] {
        let mut object: Value = serde_json::from_str(&plain).expect("JSON");
        let case_name = |what: &str| format!("members/{name}-{what}");
        for (what, value) in
            [("null", Value::Null), ("number", json!(1)), ("array", json!([object[name]]))]
        {
            let mut other = object.clone();
            other[name] = value;
            let case = ceremony.case(&case_name(what), "CD-06", other.to_string());
            cases.push(case.reject_field("InvalidClientDataJson", &ceremony.step(6), name));
        }
        let value = object[name].take();
        object.as_object_mut().expect("an object").remove(name);
        let case = ceremony.case(&case_name("missing"), "CD-06", object.to_string());
        cases.push(case.reject_field("InvalidClientDataJson", &ceremony.step(6), name));
        let twice = format!("{{{members},\"{name}\":{value}}}");
        cases.push(ceremony.not_json(&case_name("twice"), "CD-04", twice));
        let escaped = format!("\\u00{:02x}{}", name.as_bytes()[0], &name[1..]);
        let twice = format!("{{{members},\"{escaped}\":{value}}}");
        cases.push(ceremony.not_json(&case_name("twice-and-escaped"), "CD-04", twice));
    }
    let twice = format!(r#"{{{members},"x":1,"x":1}}"#);
    cases.push(ceremony.not_json("members/unknown-twice", "CD-04", twice));
    for (name, value) in [("null", "null"), ("text", r#""true""#), ("number", "1")] {
        let text = plain.replace(r#""crossOrigin":false"#, &format!(r#""crossOrigin":{value}"#));
        let case = ceremony.case(&format!("members/cross-origin-{name}"), "CD-07", text);
        cases.push(case.reject_field("InvalidClientDataJson", &ceremony.step(6), "crossOrigin"));
    }
    let without = plain.replace(r#","crossOrigin":false"#, "");
    cases.push(ceremony.case("members/no-cross-origin", "CD-07", without).accept());
    let case = ceremony.case(
        "members/top-origin-not-text",
        "CD-08",
        ceremony.client_data().cross_origin(true).member("topOrigin", "1").build(),
    );
    cases.push(case.reject_field("InvalidClientDataJson", &ceremony.step(6), "topOrigin"));
    let case = ceremony.case(
        "members/top-origin-without-cross-origin",
        "CD-08",
        ceremony.client_data().top_origin(ORIGIN).build(),
    );
    cases.push(case.reject_field("InvalidClientDataJson", &ceremony.step(6), "topOrigin"));
    cases
}

fn types_and_challenges(ceremony: Ceremony) -> Vec<Value> {
    let (rule, other) = ceremony.either(("REG-07", "webauthn.get"), ("AUTH-10", "webauthn.create"));
    let own = ceremony.ceremony_type();
    let mut cases = Vec::new();
    for (name, ceremony_type) in [
        ("type/other-ceremony", other.to_owned()),
        ("type/payment", "payment.get".to_owned()),
        ("type/upper-case", own.to_uppercase()),
        ("type/trailing-space", format!("{own} ")),
        ("type/prefix", own[..own.len() - 1].to_owned()),
        ("type/longer", format!("{own}.x")),
        ("type/empty", String::new()),
        ("type/u2f", "navigator.id.getAssertion".to_owned()),
    ] {
        let client_data = ClientDataBuilder::new(&ceremony_type, &CHALLENGE, ORIGIN).build();
        let case = ceremony.case(name, rule, client_data);
        cases.push(case.reject("WrongCeremonyType", &ceremony.step(7)));
    }
    let rule = ceremony.either("REG-08", "AUTH-11");
    let challenge = encode(&CHALLENGE);
    // The last of the 22 characters has four spare bits, which are zero. This one has another value.
    let (start, last) = challenge.split_at(21);
    let spare = match last {
        "w" => "x",
        other => panic!("the challenge ends with {other}"),
    };
    for (name, text) in [
        ("challenge/other", encode(b"another request.")),
        ("challenge/empty", String::new()),
        ("challenge/cut-short", challenge[..20].to_owned()),
        ("challenge/longer", format!("{challenge}AAAA")),
        ("challenge/padded", format!("{challenge}=")),
        ("challenge/spare-bits", format!("{start}{spare}")),
        ("challenge/other-case", challenge.to_lowercase()),
        ("challenge/not-encoded", String::from_utf8(CHALLENGE.to_vec()).expect("text")),
        ("challenge/encoded-twice", encode(challenge.as_bytes())),
        ("challenge/white-space", format!(" {challenge}")),
    ] {
        let client_data = ceremony.client_data().challenge_text(&text).build();
        let case = ceremony.case(name, rule, client_data);
        cases.push(case.reject("ChallengeMismatch", &ceremony.step(8)));
    }
    cases
}

fn origins(ceremony: Ceremony) -> Vec<Value> {
    let mut cases = Vec::new();
    for (name, rule, origin) in [
        ("origin/other", "ORG-01", "https://evil.example"),
        ("origin/subdomain", "ORG-02", "https://login.example.org"),
        ("origin/parent", "ORG-01", "https://org"),
        ("origin/suffix", "KB-02", "https://evil-example.org"),
        ("origin/prefix", "ORG-01", "https://example.org.evil.example"),
        ("origin/user-information", "ORG-01", "https://example.org@evil.example"),
        ("origin/port", "ORG-02", "https://example.org:8443"),
        ("origin/default-port", "ORG-01", "https://example.org:443"),
        ("origin/scheme", "KB-03", "http://example.org"),
        ("origin/slash", "ORG-01", "https://example.org/"),
        ("origin/path", "ORG-01", "https://example.org/login"),
        ("origin/upper-case", "ORG-01", "https://EXAMPLE.org"),
        ("origin/trailing-dot", "ORG-01", "https://example.org."),
        ("origin/trailing-space", "ORG-01", "https://example.org "),
        ("origin/nul", "ORG-01", "https://example.org\0"),
        ("origin/homograph", "ORG-01", "https://ex\u{430}mple.org"),
        ("origin/without-scheme", "ORG-01", "example.org"),
        ("origin/opaque", "ORG-05", "null"),
        ("origin/empty", "ORG-05", ""),
        (
            "origin/android-app",
            "ORG-04",
            "android:apk-key-hash:MGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MDEyMzQ",
        ),
        (
            "origin/browser-extension",
            "ORG-04",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        ),
    ] {
        let client_data = ClientDataBuilder::new(ceremony.ceremony_type(), &CHALLENGE, origin);
        let case = ceremony.case(name, rule, client_data.build());
        cases.push(case.reject("OriginMismatch", &ceremony.step(9)));
    }
    for (name, origin, is_accepted) in [
        ("subdomains/own", "https://example.org", true),
        ("subdomains/one", "https://login.example.org", true),
        ("subdomains/two", "https://a.b.example.org", true),
        ("subdomains/suffix", "https://evil-example.org", false),
        ("subdomains/empty-label", "https://.example.org", false),
        ("subdomains/port", "https://login.example.org:8443", false),
        ("subdomains/scheme", "http://login.example.org", false),
        ("subdomains/parent", "https://org", false),
        ("subdomains/path", "https://evil.example/.example.org", false),
        ("subdomains/user-information", "https://evil.example@a.example.org", false),
    ] {
        let client_data = ClientDataBuilder::new(ceremony.ceremony_type(), &CHALLENGE, origin);
        let case = ceremony.case(name, "ORG-03", client_data.build()).with("subdomains", true);
        cases.push(match is_accepted {
            true => case.accept(),
            false => case.reject("OriginMismatch", &ceremony.step(9)),
        });
    }
    cases
}

fn framing(ceremony: Ceremony) -> Vec<Value> {
    const PARTNER: &str = "https://partner.example";
    let unnamed = || ceremony.client_data().cross_origin(true).build();
    let framed = |top: &str| ceremony.client_data().cross_origin(true).top_origin(top).build();
    let case = |name: &str, client_data: Vec<u8>| ceremony.case(name, "ORG-07", client_data);
    let (cross_origin, framed_at_all, top_origin) =
        ceremony.either(("10", "11.1", "11.2"), ("13", "14.1", "14.2"));
    let partner = json!([PARTNER]);
    vec![
        case("framing/unnamed", unnamed()).reject("UnexpectedCrossOrigin", cross_origin),
        case("framing/named", framed(PARTNER)).reject("UnexpectedCrossOrigin", cross_origin),
        case("framing/listed", framed(PARTNER)).with("top_origins", partner.clone()).accept(),
        case("framing/other-than-listed", framed("https://evil.example"))
            .with("top_origins", partner.clone())
            .reject("UnexpectedTopOrigin", top_origin),
        case("framing/subdomain-of-listed", framed("https://www.partner.example"))
            .with("top_origins", partner.clone())
            .reject("UnexpectedTopOrigin", top_origin),
        case("framing/listed-with-port", framed("https://partner.example:444"))
            .with("top_origins", partner.clone())
            .reject("UnexpectedTopOrigin", top_origin),
        case("framing/unnamed-but-listed", unnamed())
            .with("top_origins", partner)
            .reject("UnexpectedCrossOrigin", cross_origin),
        case("framing/unnamed-allowed", unnamed()).with("framing", json!(["unnamed"])).accept(),
        case("framing/named-but-only-unnamed-allowed", framed(PARTNER))
            .with("framing", json!(["unnamed"]))
            .reject("UnexpectedTopOrigin", framed_at_all),
        case("framing/any-allowed", framed(PARTNER)).with("framing", json!(["any"])).accept(),
        case("framing/any-but-opaque", framed("null"))
            .with("framing", json!(["any"]))
            .reject("UnexpectedTopOrigin", top_origin),
        case("framing/same-origin-allowed", framed(ORIGIN))
            .with("framing", json!(["same-origin"]))
            .accept(),
        case("framing/other-but-same-origin-allowed", framed(PARTNER))
            .with("framing", json!(["same-origin"]))
            .reject("UnexpectedTopOrigin", top_origin),
        case("framing/subdomain-is-not-a-frame", framed("https://www.example.org"))
            .with("subdomains", true)
            .reject("UnexpectedCrossOrigin", cross_origin),
    ]
}
