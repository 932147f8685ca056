//! Seeds of the target `client_data`.

use webauthn_verify_authenticator::ClientDataBuilder;
use webauthn_verify_fuzz::site;

use super::seeds::Seeds;

/// Valid and invalid payments in client data.
const PAYMENTS: [(&str, &str); 8] = [
    (
        "whole",
        r#"{"rpId":"example.com","topOrigin":"https://shop.example","payeeName":"The shop","payeeOrigin":"https://shop.example","paymentEntitiesLogos":[{"url":"https://a.example/a.png","label":"A"},{"url":"","label":"B"}],"total":{"value":"49.90","currency":"EUR"},"instrument":{"icon":"data:,","displayName":"Card","iconMustBeShown":true,"details":"****1234"},"browserBoundPublicKey":"pQEC"}"#,
    ),
    (
        "least",
        r#"{"rpId":"","topOrigin":"","total":{"value":"","currency":""},"instrument":{"icon":"","displayName":""}}"#,
    ),
    (
        "escapes",
        r#"{"r\u0070Id":"\u0061","rp":"a","topOrigin":"\/","total":{"v\u0061lue":"5","currency":"\ud83d\ude00","label":0},"instrument":{"icon":"","displayName":"\"","x":[{}]},"later":{"a":1,"a":2}}"#,
    ),
    (
        "twice",
        r#"{"rpId":"","topOrigin":"","total":{"value":"1","value":"2","currency":""},"instrument":{"icon":"","displayName":""}}"#,
    ),
    ("no-total", r#"{"rpId":"","topOrigin":"","instrument":{"icon":"","displayName":""}}"#),
    (
        "other-rp",
        r#"{"rpId":"a","rp":"b","topOrigin":"","total":{"value":"","currency":""},"instrument":{"icon":"","displayName":""}}"#,
    ),
    (
        "logo-number",
        r#"{"rpId":"","topOrigin":"","paymentEntitiesLogos":[1],"total":{"value":"","currency":""},"instrument":{"icon":"","displayName":""}}"#,
    ),
    ("array", r#"[]"#),
];

pub fn add_to(seeds: &mut Seeds) {
    let mut add = |name: &str, json: &[u8]| seeds.add("client_data", name, json);
    let create = ClientDataBuilder::create(&site::CHALLENGE, site::ORIGIN);
    let get = ClientDataBuilder::get(&site::CHALLENGE, site::ORIGIN);
    let plain = get.build();
    add("create", &create.build());
    add("get", &plain);
    add("cross-origin", &get.clone().cross_origin(true).build());
    let framed = get.clone().cross_origin(true).top_origin("https://top.example");
    add("top-origin", &framed.build());
    let grease = r#"{"a":[1,-0.5e+3,true,null,{"b":"\ud83d\ude00"}],"c":{}}"#;
    add("grease", &create.clone().member("other_keys_can_be_added_here", grease).build());
    add("byte-order-mark", &[b"\xef\xbb\xbf", &plain[..]].concat());
    add("two-byte-order-marks", &[b"\xef\xbb\xbf\xef\xbb\xbf", &plain[..]].concat());
    add("escapes", br#"{"type":"webauthn\u002eget","challenge":"\b\f\n\r\t\"\\\/","origin":"https:\/\/example.com"}"#);
    add("white-space", b" {\n\"type\" : \"\" ,\t\"challenge\":\"\",\r\"origin\":\"\" } \n");
    add("names-escaped", br#"{"\u0074ype":"","challenge":"","origin":"","typ\u0065":""}"#);
    add("not-utf8", &get.clone().build().iter().map(|b| b | 0x80).collect::<Vec<_>>());
    add("not-closed", &plain[..plain.len() - 1]);
    add("trailing", &[&plain[..], b"}"].concat());
    add("twice", &get.clone().member("type", "\"webauthn.get\"").build());
    add("lone-surrogate", &get.clone().member("x", r#""\ud800""#).build());
    add("reversed-surrogates", &get.clone().member("x", r#""\udc00\ud800""#).build());
    add("top-origin-alone", &get.clone().top_origin("https://top.example").build());
    add("cross-origin-null", br#"{"type":"","challenge":"","origin":"","crossOrigin":null}"#);
    add("origin-number", br#"{"type":"","challenge":"","origin":1}"#);
    add("no-challenge", br#"{"type":"","origin":""}"#);
    add("array", b"[]");
    add("empty", b"");
    add("control-character", b"{\"type\":\"\n\",\"challenge\":\"\",\"origin\":\"\"}");
    for (name, number) in [
        ("number-huge", "1e999"),
        ("number-leading-zero", "01"),
        ("number-no-digit", "1."),
        ("number-minus", "-"),
    ] {
        add(name, &get.clone().member("x", number).build());
    }
    for levels in [31, 32] {
        let nested = "[".repeat(levels) + &"]".repeat(levels);
        add(&format!("depth-{}", levels + 1), &get.clone().member("x", &nested).build());
        let nested = "{\"a\":".repeat(levels) + "0" + &"}".repeat(levels);
        add(&format!("depth-objects-{}", levels + 1), &get.clone().member("x", &nested).build());
    }
    let payment = ClientDataBuilder::new("payment.get", &site::CHALLENGE, "https://shop.example");
    for (name, json) in PAYMENTS {
        add(&format!("payment-{name}"), &payment.clone().member("payment", json).build());
    }
    for members in [64, 65] {
        let more = (4..members).fold(get.clone(), |all, n| all.member(&format!("{n}"), "0"));
        add(&format!("members-{members}"), &more.build());
    }
}
