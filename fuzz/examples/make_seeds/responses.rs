//! Seeds of the target `responses`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::seeds::Seeds;

/// Bodies as browsers write them. They are short, because nothing in them is verified.
const SHORT_REGISTRATION: &str = r#"{"id":"QUJD","rawId":"QUJD","type":"public-key","authenticatorAttachment":"platform","clientExtensionResults":{"credProps":{"rk":true}},"response":{"clientDataJSON":"e30","attestationObject":"oA","authenticatorData":"AAAA","transports":["internal","x"],"publicKey":"MAA","publicKeyAlgorithm":-7}}"#;
const SHORT_LOGIN: &str = r#"{"id":"QUJD","rawId":"QUJD","type":"public-key","authenticatorAttachment":null,"clientExtensionResults":{},"response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"MAA","userHandle":null}}"#;

/// The name of a seed, the old text and the new text. The old text is replaced in the registration,
/// or in the login if the registration does not contain it.
const CHANGED_RESPONSES: [(&str, &str, &str); 53] = [
    ("empty-id", r#""QUJD""#, r#""""#),
    ("id-null", r#""id":"QUJD""#, r#""id":null"#),
    ("raw-id-missing", r#""rawId":"QUJD","#, ""),
    ("raw-id-padded", r#""rawId":"QUJD""#, r#""rawId":"QUJD=""#),
    ("other-id", r#""id":"QUJD""#, r#""id":"QUJE""#),
    ("id-escaped", r#""id":"QUJD""#, r#""id":"QUJ\u0044""#),
    ("name-escaped", r#""id""#, r#""\u0069d""#),
    ("id-number", r#""QUJD""#, "7"),
    ("id-twice", r#""id""#, r#""rawId":null,"id""#),
    ("type-null", r#""public-key""#, "null"),
    ("other-type", r#""public-key""#, r#""password""#),
    ("type-twice", r#""type":"#, r#""type":"public-key","type":"#),
    ("signature-twice", r#""signature":"#, r#""signature":"AAAA","signature":"#),
    ("attachment-unknown", r#""platform""#, r#""elsewhere""#),
    ("attachment-object", r#""platform""#, "{}"),
    ("attachment-escaped", r#""platform""#, r#""\u0070latform""#),
    ("cross-platform", r#""platform""#, r#""cross-platform""#),
    ("unknown-member", r#""id""#, r#""more":[1,{"a":-0.5e+3}],"id""#),
    ("number-huge", r#""id""#, r#""more":1e999,"id""#),
    ("lone-surrogate", r#""id""#, r#""more":"\ud800","id""#),
    ("error", r#""id""#, r#""error":"NotAllowedError","id""#),
    ("error-alone", r#""response":"#, r#""error":"x","response":null,"other":"#),
    ("response-null", r#""response":{"#, r#""response":null,"other":{"#),
    ("response-array", r#""response":{"#, r#""response":[],"other":{"#),
    ("outputs-missing", r#""clientExtensionResults":{},"#, ""),
    ("outputs-array", r#""clientExtensionResults":{}"#, r#""clientExtensionResults":[{}]"#),
    ("outputs-null", r#"{"credProps":{"rk":true}}"#, "null"),
    ("outputs-spaced", r#"{"credProps":{"rk":true}}"#, r#"{ "credProps" : {"rk":true} }"#),
    ("outputs-false", r#""rk":true"#, r#""rk":false"#),
    ("outputs-escaped", r#""rk":true"#, r#""r\u006b":true,"a":1.5e300,"b":0.1"#),
    ("outputs-twice", r#"{"credProps":"#, r#"{"credProps":0,"credProps":"#),
    ("outputs-lone-surrogate", r#"{"rk":true}"#, r#"["\udc00",1e400]"#),
    ("copies-empty", r#""AAAA""#, r#""""#),
    ("copies-null", r#""AAAA""#, "null"),
    ("copies-array", r#""AAAA""#, "[0,0,0]"),
    ("copies-padded", r#""AAAA""#, r#""AA==""#),
    ("spare-bits", r#""MAA""#, r#""MB""#),
    ("algorithm-zero", "-7", "-0"),
    ("algorithm-fraction", "-7", "-7.0"),
    ("algorithm-large", "-7", "-9223372036854775809"),
    ("algorithm-text", "-7", r#""-7""#),
    ("algorithm-minus", "-7", "--7"),
    ("transports-empty", r#"["internal","x"]"#, "[]"),
    ("transports-text", r#"["internal","x"]"#, r#""internal""#),
    (
        "transports-various",
        r#""x""#,
        r#"1,null,"u\u0073b","\ud83d\ude00","0123456789012345678901234567890123","",["nfc"]"#,
    ),
    (
        "transports-many",
        r#""x""#,
        r#""a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p""#,
    ),
    ("transports-comma", r#""x"]"#, r#""x",]"#),
    ("user-handle", r#""userHandle":null"#, r#""userHandle":"AAAA""#),
    ("user-handle-empty", r#""userHandle":null"#, r#""userHandle":"""#),
    ("user-handle-object", r#""userHandle":null"#, r#""userHandle":{"0":1}"#),
    ("client-data-null", r#""e30""#, "null"),
    ("client-data-twice", r#""clientDataJSON""#, r#""clientDataJSON":null,"clientDataJSON""#),
    ("spaces", ",", " ,\n"),
];

pub fn add_to(seeds: &mut Seeds) {
    let mut add = |name: &str, body: &str| seeds.add("responses", name, body);
    let (registration, login) = (SHORT_REGISTRATION, SHORT_LOGIN);
    add("registration", registration);
    add("login", login);
    for (name, from, to) in CHANGED_RESPONSES {
        let body = if registration.contains(from) { registration } else { login };
        assert!(body.contains(from), "{name}");
        add(name, &body.replace(from, to));
    }
    add("registration-and-login", &registration.replace("\"oA\"", r#""oA","signature":"MAA""#));
    for length in [64, 65] {
        let user_handle = format!("\"userHandle\":\"{}\"", URL_SAFE_NO_PAD.encode(vec![7; length]));
        add(&format!("user-handle-{length}"), &login.replace("\"userHandle\":null", &user_handle));
    }
    for members in [64, 65] {
        let more: String = (6..members).map(|number| format!("\"{number}\":0,")).collect();
        add(&format!("members-{members}"), &login.replacen('{', &format!("{{{more}"), 1));
        let more: String = (0..members).map(|number| format!(",\"{number}\":0")).collect();
        let outputs = format!("{{{}}}", &more[1..]);
        add(&format!("outputs-{members}"), &login.replace("{}", &outputs));
    }
    for levels in [32, 33] {
        // The root and the outputs are two of the levels.
        let nested = "[".repeat(levels - 2) + &"]".repeat(levels - 2);
        add(&format!("depth-{levels}"), &login.replace("{}", &format!("{{\"a\":{nested}}}")));
    }
    for (name, body) in [
        ("empty", ""),
        ("empty-object", "{}"),
        ("null", "null"),
        ("array", "[1]"),
        ("text-in-text", r#""{\"id\":0}""#),
        ("byte-order-mark", "\u{feff}{}"),
        ("utf-16", "{\0"),
    ] {
        add(name, body);
    }
    add("not-closed", &login[..login.len() - 1]);
    add("trailing", &format!("{login} x"));
    seeds.add("responses", "not-utf-8", [&login.as_bytes()[..20], b"\xff", b"\"}"].concat());
}
