//! BLOBs as signed texts: their signature, their signer, and the form of their payload.

use serde_json::{Value, json};
use webauthn_verify_authenticator::certificates::{bare, ca, issued_by, key, name, root, rsa_key};
use webauthn_verify_authenticator::{CertificateBuilder, MetadataBlobBuilder};

use super::{Model, Pending, WithBlob, base64, blob, entry, sign, signer};
use crate::case::encode;
use crate::jws;

pub(super) fn cases() -> Vec<WithBlob> {
    [texts(), headers(), signers(), payloads(), updates(), configurations()]
        .into_iter()
        .flatten()
        .collect()
}

fn good() -> MetadataBlobBuilder {
    blob(&[entry()])
}

fn with(name: &str, rule: &str, blob: &str) -> Pending {
    Model::new().under(&format!("blob/{name}"), rule, blob)
}

/// The compact serialization and the signature.
fn texts() -> Vec<WithBlob> {
    let text = sign(&good());
    let [header, payload, signature] = jws::parts(&text);
    let other = good().member("no", 2);
    let [_, other_payload, _] = jws::parts(&sign(&other));
    let der = encode(&key("signer").sign(format!("{header}.{payload}").as_bytes()));
    let mut cases = vec![
        with("whole", "MDS-01", &text).accept(),
        with("line-break-behind", "MDS-01", &format!("{text}\r\n")).accept(),
        with("byte-order-mark", "MDS-01", &format!("\u{feff}{text}")).accept(),
    ];
    for (name, rule, text) in [
        ("other-payload", "MDS-01", format!("{header}.{other_payload}.{signature}")),
        ("no-signature", "MDS-01", format!("{header}.{payload}.")),
        ("der-signature", "MDS-02", format!("{header}.{payload}.{der}")),
        ("two-parts", "MDS-01", format!("{header}.{payload}")),
        ("four-parts", "MDS-01", format!("{text}.{signature}")),
        ("padded-signature", "MDS-01", format!("{text}==")),
        ("padded-payload", "MDS-01", format!("{header}.{payload}=.{signature}")),
        ("white-space-inside", "MDS-01", format!("{header}.\n{payload}.{signature}")),
        ("empty", "KB-33", String::new()),
        ("web-page", "KB-33", "<!DOCTYPE html><title>Not found</title>".to_owned()),
        ("plain-json", "KB-33", json!({ "no": 1, "entries": [entry()] }).to_string()),
    ] {
        cases.push(with(name, rule, &text).unusable());
    }
    let by_other = good().sign(&key("other"), &[issued_by("metadata root", signer())]);
    cases.push(with("other-signer", "MDS-01", &by_other).unusable());
    cases
}

fn headers() -> Vec<WithBlob> {
    let of = |name: &str, rule: &str, member: &str, value: Value| {
        with(&format!("header/{name}"), rule, &sign(&good().header(member, value)))
    };
    let certificate = issued_by("metadata root", signer());
    let make = |number: u8| issued_by("metadata root", signer().serial_number(&[number]));
    let padded = jws::certificate_with_padding(true, make);
    let unpadded = jws::certificate_with_padding(false, make);
    let mut cases = vec![of("more-members", "MDS-03", "kid", json!("1")).accept()];
    for (name, alg) in [
        ("alg-none", json!("none")),
        ("alg-lower-case", json!("es256")),
        ("alg-es384", json!("ES384")),
        ("alg-hs256", json!("HS256")),
        ("alg-rs256", json!("RS256")),
        ("alg-number", json!(-7)),
    ] {
        cases.push(of(name, "MDS-02", "alg", alg).unusable());
    }
    for member in ["x5u", "jku", "jwk", "crit", "b64"] {
        cases.push(of(member, "MDS-03", member, json!(["x"])).unusable());
    }
    for (name, x5c) in [
        ("x5c-empty", json!([])),
        ("x5c-null", Value::Null),
        ("x5c-text", json!(base64(&certificate))),
        ("x5c-unpadded", json!([base64(&padded).trim_end_matches('=')])),
        ("x5c-base64url", json!([encode(&unpadded)])),
        ("x5c-white-space", json!([format!("{}\n", base64(&certificate))])),
        ("x5c-of-9", json!(vec![base64(&certificate); 9])),
        ("x5c-root-first", json!([base64(&root("metadata root")), base64(&certificate)])),
    ] {
        cases.push(of(name, "MDS-03", "x5c", x5c).unusable());
    }
    let payload = jws::parts(&sign(&good()))[1].clone();
    let twice =
        format!("{{\"alg\":\"ES256\",\"x5c\":[\"{}\"],\"alg\":\"ES256\"}}", base64(&certificate));
    let payload = decode(&payload);
    let text = jws::sign(twice.as_bytes(), &payload, &key("signer"));
    cases.push(with("header/alg-twice", "MDS-03", &text).unusable());
    let text = jws::sign(b"[]", &payload, &key("signer"));
    cases.push(with("header/array", "MDS-03", &text).unusable());
    cases
}

fn decode(part: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url")
}

/// The certificates of the signer.
fn signers() -> Vec<WithBlob> {
    let by = |name: &str, rule: &str, chain: &[Vec<u8>]| {
        with(&format!("signer/{name}"), rule, &good().sign(&key("signer"), chain))
    };
    let from_root = |certificate: CertificateBuilder| [issued_by("metadata root", certificate)];
    let below = |issuer: CertificateBuilder| {
        [issued_by("one", signer()), issued_by("metadata root", issuer)]
    };
    let rsa = CertificateBuilder::new(&name("signer"), &rsa_key().public_numbers());
    let rsa = good().sign(&rsa_key(), &from_root(rsa));
    let unknown = signer().extension(&[1, 3, 6, 1, 4, 1, 32473, 1], true, &[5, 0]);
    let start = "240101000000Z";
    let trailing = [&from_root(signer())[0][..], &[0]].concat();
    let mut cases = vec![
        by("with-intermediate", "MDS-04", &below(ca("one"))).accept(),
        by("last-second", "MDS-04", &from_root(signer().validity(start, "260101000000Z"))).accept(),
        with("signer/rs256", "MDS-02", &rsa).accept(),
    ];
    for (name, chain) in [
        ("expired", from_root(signer().validity(start, "251231235959Z")).to_vec()),
        ("not-yet-valid", from_root(signer().validity("260101000001Z", "491231235959Z")).to_vec()),
        ("of-other-root", vec![issued_by("root", signer())]),
        ("self-signed", vec![issued_by("signer", signer())]),
        ("missing-intermediate", below(ca("one"))[..1].to_vec()),
        ("intermediate-is-no-ca", below(bare("one").basic_constraints(false, None)).to_vec()),
        ("wrong-signature", vec![signer().issuer(&name("metadata root")).sign(&key("mallory"))]),
        ("unknown-critical-extension", from_root(unknown).to_vec()),
        (
            "may-not-sign",
            from_root(bare("signer").key_usage(CertificateBuilder::CRL_SIGN)).to_vec(),
        ),
        ("trailing-byte", vec![trailing]),
    ] {
        cases.push(by(name, "MDS-04", &chain).unusable());
    }
    cases
}

/// The JSON of the payload.
fn payloads() -> Vec<WithBlob> {
    let of = |name: &str, payload: &str| {
        let blob = good().payload(payload.as_bytes());
        with(&format!("payload/{name}"), "KB-33", &sign(&blob))
    };
    let entries = json!([entry()]).to_string();
    let members = format!("\"no\":1,\"nextUpdate\":\"2049-12-31\",\"entries\":{entries}");
    let more =
        |count: usize| -> String { (0..count).map(|number| format!(",\"x{number}\":0")).collect() };
    let mut cases = vec![
        of("whole", &format!("{{{members}}}")).accept(),
        of("64-unknown-members", &format!("{{{members}{}}}", more(64))).accept(),
        of("white-space", &format!(" {{{members}}}\n")).accept(),
    ];
    for (name, payload) in [
        ("empty", String::new()),
        ("array", format!("[{{{members}}}]")),
        ("null", "null".to_owned()),
        ("cut-short", format!("{{{members}")),
        ("trailing-text", format!("{{{members}}}x")),
        ("trailing-comma", format!("{{{members},}}")),
        ("65-unknown-members", format!("{{{members}{}}}", more(65))),
        ("no-twice", format!("{{{members},\"no\":1}}")),
        ("next-update-twice", format!("{{{members},\"nextUpdate\":\"2049-12-31\"}}")),
        ("entries-twice", format!("{{{members},\"entries\":[]}}")),
        ("legal-header-twice", format!("{{{members},\"legalHeader\":\"\",\"legalHeader\":\"\"}}")),
        ("unknown-twice", format!("{{{members},\"x\":1,\"x\":1}}")),
        ("escaped-name-twice", format!("{{{members},\"\\u006eo\":1}}")),
    ] {
        cases.push(of(name, &payload).unusable());
    }
    cases.push(
        with("payload/not-utf-8", "KB-33", &sign(&good().payload(b"{\"x\":\"\xff\"}"))).unusable(),
    );
    for (name, member, value) in [
        ("number-as-text", "no", json!("1")),
        ("negative-number", "no", json!(-1)),
        ("fraction", "no", json!(1.5)),
        ("no-number", "no", Value::Null),
        ("no-next-update", "nextUpdate", Value::Null),
        ("next-update-with-time", "nextUpdate", json!("2049-12-31T00:00:00Z")),
        ("next-update-that-does-not-exist", "nextUpdate", json!("2049-02-29")),
        ("entries-as-object", "entries", json!({})),
        ("no-entries", "entries", Value::Null),
        ("legal-header-as-number", "legalHeader", json!(1)),
    ] {
        let blob = sign(&good().member(member, value));
        cases.push(with(&format!("payload/{name}"), "KB-33", &blob).unusable());
    }
    cases
}

/// The date of the next update, compared with the day of the ceremony.
fn updates() -> Vec<WithBlob> {
    let due = |name: &str, date: &str, entries: &[Value]| {
        let blob = MetadataBlobBuilder::new(1, date).member("entries", entries);
        (format!("next-update/{name}"), sign(&blob))
    };
    let model = Model::new();
    let own = Model::new().anchors(&[root("root")]);
    let (name, blob) = due("today", "2026-01-01", &[entry()]);
    let today = model.under(&name, "MDS-06", &blob).accept();
    let overdue = |(name, blob): (String, String), model: &Model| {
        let case = model.under(&name, "MDS-06", &blob);
        case.reject_field("MetadataInvalid", "24", "nextUpdate")
    };
    vec![
        today,
        overdue(due("yesterday", "2025-12-31", &[entry()]), &model),
        overdue(due("long-ago", "2020-01-01", &[entry()]), &model),
        // Newer metadata may have an entry for the model.
        overdue(due("yesterday-without-entry", "2025-12-31", &[]), &own),
    ]
}

/// The members of the case.
fn configurations() -> Vec<WithBlob> {
    let with_root = |name: &str, root: Vec<u8>| {
        Model::new().root(root).under(&format!("configuration/{name}"), "MDS-04", &sign(&good()))
    };
    let at = |name: &str, path: &str| {
        let pending = Model::new().under(&format!("configuration/{name}"), "MDS-03", "");
        Pending { case: pending.case.with("metadata", path), blob: None }
    };
    let signed_by_root = good().sign(&key("metadata root"), &[root("metadata root")]);
    let own = Model::new().under("configuration/root-as-signer", "MDS-04", &signed_by_root);
    let without_root = {
        let pending = with_root("roots-of-the-fido-alliance", root("metadata root"));
        Pending { case: pending.case.with("metadata_root", Value::Null), ..pending }
    };
    let root_only = {
        let pending = at("root-without-metadata", "");
        Pending { case: pending.case.with("metadata", Value::Null), ..pending }
    };
    let intermediate = Model::new().root(issued_by("above", ca("metadata root")));
    vec![
        // The key usage of the root does not allow it to sign anything but certificates.
        own.unusable(),
        intermediate
            .under("configuration/root-that-is-not-a-root", "MDS-04", &sign(&good()))
            .accept(),
        with_root("other-root", root("other")).unusable(),
        with_root("root-with-trailing-byte", [root("metadata root"), vec![0]].concat()).unusable(),
        with_root("empty-root", Vec::new()).unusable(),
        without_root.unusable(),
        root_only.unusable(),
        at("no-such-file", "metadata/no-such-file.jwt").unusable(),
        at("folder-above", "../hostile/metadata/blob-whole.jwt").unusable(),
        at("absolute-path", "/metadata/blob-whole.jwt").unusable(),
    ]
}
