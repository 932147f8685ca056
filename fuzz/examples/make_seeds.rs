//! Writes the seeds and the account that they are verified for: `site/` and `seeds/`.
//!
//! ```sh
//! cargo run --manifest-path fuzz/Cargo.toml --example make_seeds
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use webauthn_verify::parse::CoseKey;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Credential, Mediation, RegistrationResponse, UserVerification,
};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder,
    ClientDataBuilder, DistinguishedName, Fault, KeyDescriptionBuilder, PrivateKey, PublicNumbers,
    SoftwareAuthenticator, TpmStructure, der, flag, tpm2b,
};
use webauthn_verify_fuzz::{key_description, metadata, site, stored_states, tpm};

/// Larger ones would only slow the fuzzer down.
const LARGEST_SEED: usize = 4096;

/// Of whole messages there are seeds with these; of keys with every one.
const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Es384, Algorithm::Rs256];

const AAGUID: [u8; 16] = *b"a fuzzed device.";
const CREDENTIAL_ID: [u8; 16] = *b"a credential ID.";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// By target, then by name.
#[derive(Default)]
struct Seeds(BTreeMap<&'static str, BTreeMap<String, Vec<u8>>>);

impl Seeds {
    fn add(&mut self, target: &'static str, name: &str, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        if bytes.len() >= LARGEST_SEED {
            println!("left out, {} bytes: {target}/{name}", bytes.len());
            return;
        }
        let seeds = self.0.entry(target).or_default();
        assert!(seeds.insert(name.to_owned(), bytes.to_vec()).is_none(), "{target}/{name}");
    }

    fn write(&self, folder: &Path) -> Result<()> {
        for (target, seeds) in &self.0 {
            let folder = folder.join(target);
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder)?;
            let mut total = 0;
            for (name, bytes) in seeds {
                fs::write(folder.join(name), bytes)?;
                total += bytes.len();
            }
            println!("{target}: {} seeds, {total} bytes", seeds.len());
        }
        Ok(())
    }
}

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Seeds::default();
    add_client_data(&mut seeds);
    add_cose_keys(&mut seeds)?;
    add_authenticator_data(&mut seeds)?;
    add_certificates(&mut seeds)?;
    add_key_descriptions(&mut seeds);
    add_registrations(&mut seeds)?;
    add_metadata(&mut seeds)?;
    let (account, ceremonies) = add_authentications(&mut seeds)?;
    add_tpm(&mut seeds)?;
    add_responses(&mut seeds);
    add_extension_outputs(&mut seeds);
    add_stored_states(&mut seeds, &account)?;
    add_p256(&mut seeds);
    seeds.write(&root.join("seeds"))?;

    let site = root.join("site");
    fs::create_dir_all(&site)?;
    fs::write(site.join("account.json"), serde_json::to_string_pretty(&account)? + "\n")?;
    let authenticator = SoftwareAuthenticator::from_seed(b"fuzz");
    fs::write(site.join("attestation_root.der"), authenticator.attestation_root())?;
    for (name, body) in ceremonies {
        fs::write(site.join(name), body)?;
    }
    Ok(())
}

/// Two inputs for each relation and change; all are made of it, and none left out.
fn add_p256(seeds: &mut Seeds) {
    for relation in 0..9 {
        for change in 0..5 {
            // Numbers near zero, of which the edges have all that a relation needs.
            let edges = [&[relation, change, 3, 4, 3][..], b"edges"].concat();
            seeds.add("p256", &format!("edges-{relation}-{change}"), edges);
            let number =
                |byte: u8| [&[u8::MAX, 0, 0, 0, 0, 0, 0, 0, byte][..], &[byte; 24]].concat();
            let numbers = [number(0x5a), number(0x77), number(0xc3)].concat();
            let numbers = [&[relation, change][..], &numbers, b"numbers"].concat();
            seeds.add("p256", &format!("numbers-{relation}-{change}"), numbers);
        }
    }
}

/// Payments in client data, right ones and wrong ones.
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

fn add_client_data(seeds: &mut Seeds) {
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

fn keys() -> Result<Vec<PrivateKey>> {
    let key = |algorithm: Algorithm| Ok(PrivateKey::from_seed(algorithm.cose_id(), b"fuzz")?);
    Algorithm::compiled_in().map(key).collect()
}

fn algorithm_of(key: &PrivateKey) -> Result<Algorithm> {
    Ok(Algorithm::from_cose_id(key.algorithm()).ok_or("an algorithm that is not verified")?)
}

fn add_cose_keys(seeds: &mut Seeds) -> Result<()> {
    for key in keys()? {
        let name = algorithm_of(&key)?.name();
        let cose = key.cose_key()?;
        seeds.add("cose_key", name, &cose);
        let signature = key.sign(b"another message");
        seeds.add("cose_key", &format!("{name}-signature"), [&cose[..], &signature].concat());
        let other = key.public_numbers().cose_key(-65535)?;
        seeds.add("cose_key", &format!("{name}-RS1"), other);
        let other = key.public_numbers().cose_key(-7)?;
        if key.algorithm() != Algorithm::Es256.cose_id() {
            seeds.add("cose_key", &format!("{name}-as-ES256"), other);
        }
        seeds.add("cose_key", &format!("{name}-short"), &cose[..cose.len() - 1]);
    }
    let mut add = |name: &str, numbers: PublicNumbers, alg: i64| -> Result<()> {
        seeds.add("cose_key", name, numbers.cose_key(alg)?);
        Ok(())
    };
    add("off-curve-p256", PublicNumbers::P256 { x: [7; 32], y: [9; 32] }, -7)?;
    add("off-curve-p384", PublicNumbers::P384 { x: [7; 48], y: [9; 48] }, -35)?;
    add("not-reduced-p256", PublicNumbers::P256 { x: [0xff; 32], y: [0; 32] }, -7)?;
    let mut identity = [0; 32];
    identity[0] = 1;
    add("small-order-ed25519", PublicNumbers::Ed25519 { x: identity }, -8)?;
    add("zero-ed25519", PublicNumbers::Ed25519 { x: [0; 32] }, -8)?;
    for (bits, exponent) in [
        (2040, &[3][..]),
        (2048, &[3]),
        (2048, &[1]),
        (8192, &[1, 255, 255, 255, 255]),
        (8200, &[3]),
    ] {
        let numbers =
            PublicNumbers::Rsa { modulus: vec![0xff; bits / 8], exponent: exponent.to_vec() };
        add(&format!("rsa-{bits}-{}", exponent.len() + usize::from(exponent[0])), numbers, -257)?;
    }
    for (name, bytes) in [
        ("empty-map", &b"\xa0"[..]),
        ("one-parameter", b"\xa1\x01\x02"),
        ("not-canonical", b"\xa2\x03\x26\x01\x02"),
        ("twice", b"\xa2\x01\x02\x01\x02"),
        ("not-shortest", b"\xa2\x01\x02\x03\x38\x06"),
        ("text-key-type", b"\xa2\x01\x63EC2\x03\x26"),
        ("indefinite", b"\xbf\x01\x02\x03\x26\xff"),
        ("tag", b"\xc2\x41\x01"),
    ] {
        seeds.add("cose_key", name, bytes);
    }
    Ok(())
}

fn add_authenticator_data(seeds: &mut Seeds) -> Result<()> {
    const UP: u8 = flag::USER_PRESENT | flag::USER_VERIFIED;
    const AT: u8 = flag::ATTESTED_CREDENTIAL_DATA;
    const ED: u8 = flag::EXTENSION_DATA;
    // { "credProtect": 2, "hmac-secret": true }, and one with everything that CBOR may have.
    let extensions = b"\xa2\x6bcredProtect\x02\x6bhmac-secret\xf5";
    let various = b"\xa3\x61a\x84\x20\x19\x01\x00\x41\xff\xf6\x61b\xa2\x00\xf4\x20\x60\x62zz\x1b\
                    \xff\xff\xff\xff\xff\xff\xff\xff";
    let plain = |flags| AuthenticatorDataBuilder::new(site::RP_ID, flags, 7);
    let with_key =
        |flags, key: &[u8]| plain(flags).attested_credential_data(&AAGUID, &CREDENTIAL_ID, key);
    let mut add = |name: &str, builder: AuthenticatorDataBuilder| {
        seeds.add("authenticator_data", name, builder.build());
    };
    add("login", plain(UP));
    add("login-all-flags", plain(0x3f));
    add("login-extensions", plain(UP | ED).extensions(extensions));
    add("login-extensions-various", plain(UP | ED).extensions(various));
    add("login-extensions-empty", plain(UP | ED).extensions(b"\xa0"));
    add("flag-without-extensions", plain(UP | ED));
    add("flag-without-credential", plain(UP | AT));
    add("extensions-without-flag", plain(UP).extensions(extensions));
    add("extensions-not-map", plain(UP | ED).extensions(b"\x80"));
    add("extensions-not-text", plain(UP | ED).extensions(b"\xa1\x01\x02"));
    add("extensions-not-canonical", plain(UP | ED).extensions(b"\xa2\x61b\x01\x61a\x02"));
    add("extensions-twice", plain(UP | ED).extensions(b"\xa2\x61a\x01\x61a\x02"));
    let deep = [b"\xa1\x61a", &b"\x81".repeat(7)[..], b"\x00"].concat();
    add("extensions-depth-8", plain(UP | ED).extensions(&deep));
    let deep = [b"\xa1\x61a", &b"\x81".repeat(8)[..], b"\x00"].concat();
    add("extensions-depth-9", plain(UP | ED).extensions(&deep));
    for key in keys()? {
        let (name, key) = (algorithm_of(&key)?.name(), key.cose_key()?);
        if key.len() < 400 {
            add(name, with_key(UP | AT, &key)?);
        }
        if key.len() < 200 {
            let both = with_key(UP | AT | ED, &key)?.extensions(extensions);
            add(&format!("{name}-extensions"), both);
        }
    }
    add("key-not-a-map", with_key(UP | AT, b"\x00")?);
    add("key-not-canonical", with_key(UP | AT, b"\xa2\x03\x26\x01\x02")?);
    let no_id = plain(UP | AT).attested_credential_data(&AAGUID, &[], b"\xa0")?;
    add("empty-credential-id", no_id);
    let long = plain(UP | AT).attested_credential_data(&AAGUID, &[1; 1024], b"\xa0")?;
    add("long-credential-id", long);
    Ok(())
}

fn add_key_descriptions(seeds: &mut Seeds) {
    let hash = key_description::client_data_hash();
    let right = KeyDescriptionBuilder::new(&hash);
    let (sign, generated) =
        (KeyDescriptionBuilder::purpose(&[2]), KeyDescriptionBuilder::origin(0));
    let good = [sign.clone(), generated.clone()];
    let all_applications = KeyDescriptionBuilder::all_applications();
    // As devices write them: algorithm, key size, digest, curve, no authentication, creation, root
    // of trust, version, patch level, application.
    let root_of_trust = [
        der::octet_string(&[1; 32]),
        der::boolean(true),
        der::enumerated(0),
        der::octet_string(&[2; 32]),
    ];
    let others = [
        der::explicit(2, &der::integer(&[3])),
        der::explicit(3, &der::integer(&[1, 0])),
        der::explicit(5, &der::set(&[der::integer(&[4])])),
        der::explicit(10, &der::integer(&[1])),
        der::explicit(503, &der::null()),
        der::explicit(701, &der::integer(&1_767_225_600_000_u64.to_be_bytes())),
        der::explicit(704, &der::sequence(&root_of_trust)),
        der::explicit(705, &der::integer(&150_000_u32.to_be_bytes())),
        der::explicit(706, &der::integer(&202_601_u32.to_be_bytes())),
        der::explicit(709, &der::octet_string(&[0x30, 0])),
    ];
    let whole = right.build();
    let mut add = |name: &str, description: &KeyDescriptionBuilder| {
        seeds.add("key_description", name, description.build());
    };
    for (name, level) in
        [("software", 0), ("trusted-environment", 1), ("strong-box", 2), ("level-3", 3)]
    {
        let description = right.clone().attestation_security_level(level);
        add(name, &description.keymaster_security_level(level));
    }
    let in_software = right.clone().software_enforced(&good);
    add("both-lists", &in_software);
    add("software-list", &in_software.tee_enforced(&[]));
    add("empty-lists", &right.clone().tee_enforced(&[]));
    add(
        "other-fields",
        &right
            .clone()
            .software_enforced(&others[5..6])
            .tee_enforced(&[&good[..], &others].concat()),
    );
    add("other-order", &right.clone().tee_enforced(&[&others[..], &good].concat()));
    for (name, purposes) in [("verify", &[3][..]), ("two-purposes", &[2, 3]), ("no-purpose", &[])] {
        let list = [KeyDescriptionBuilder::purpose(purposes), generated.clone()];
        add(name, &right.clone().tee_enforced(&list));
    }
    add("imported", &right.clone().tee_enforced(&[sign.clone(), KeyDescriptionBuilder::origin(2)]));
    add("without-purpose", &right.clone().tee_enforced(&good[1..]));
    add("without-origin", &right.clone().tee_enforced(&good[..1]));
    add("contradiction", &right.clone().software_enforced(&[KeyDescriptionBuilder::origin(2)]));
    add("all-applications", &right.clone().software_enforced(&[all_applications.clone()]));
    add("hidden", &right.clone().software_enforced(&[vec![0x80], all_applications]));
    add("twice", &right.clone().tee_enforced(&[sign, generated.clone(), generated]));
    add(
        "long-tag",
        &right.clone().tee_enforced(&[&good[..], &[vec![0xbf, 0x80, 0x05, 2, 5, 0]]].concat()),
    );
    add("integer-level", &right.clone().member(1, der::integer(&[1])));
    add("no-list", &right.clone().member(7, Vec::new()));
    add(
        "old-version",
        &right.clone().attestation_version(1).keymaster_version(2).unique_id(&[9; 16]),
    );
    add("other-challenge", &KeyDescriptionBuilder::new(&[0; 32]));
    let mut add = |name: &str, bytes: &[u8]| seeds.add("key_description", name, bytes);
    add("trailing", &[&whole[..], &[0]].concat());
    add("cut", &whole[..whole.len() - 1]);
    add("empty", &[]);
}

/// An authenticator that makes keys for this algorithm.
fn authenticator(algorithm: Algorithm, kind: AttestationKind) -> SoftwareAuthenticator {
    SoftwareAuthenticator::from_seed(b"fuzz")
        .with_algorithm(algorithm.cose_id())
        .with_attestation(kind)
}

fn add_registrations(seeds: &mut Seeds) -> Result<()> {
    let rp = site::relying_party();
    let (options, _) = rp.start_registration(&site::registration_request(), site::now())?;
    let register =
        |authenticator: &mut SoftwareAuthenticator| authenticator.register(&options, site::ORIGIN);
    use AttestationKind::{FidoU2f, None};
    for &kind in AttestationKind::ALL {
        let kind_name = kind_name(kind);
        for algorithm in ALGORITHMS {
            let mut authenticator = authenticator(algorithm, kind);
            // Not every kind attests every algorithm.
            let Ok(body) = register(&mut authenticator) else { continue };
            let response = RegistrationResponse::from_json(&body)?;
            // A U2F key has the one algorithm, whichever is set.
            if kind == FidoU2f && algorithm != Algorithm::Es256 {
                continue;
            }
            let name = format!("{kind_name}-{algorithm}");
            seeds.add("attestation_object", &name, response.attestation_object());
            // A certificate takes more room than all the rest, whichever the algorithm.
            if matches!(kind, None | AttestationKind::PackedSelf) || algorithm == Algorithm::Es256 {
                seeds.add("registration", &name, &body);
            }
        }
        for fault in Fault::all() {
            // What does not depend on the attestation is shown once. The members below the
            // statement's own are in the corpus of broken attestations.
            let common =
                fault.applies_to_registration(None) && fault.applies_to_registration(FidoU2f);
            let below = matches!(
                &fault,
                Fault::AttestationField(field) if !field.starts_with("attStmt.")
            );
            let applies = fault.applies_to_registration(kind);
            if !applies || below || (common && kind != None) {
                continue;
            }
            let mut authenticator = authenticator(Algorithm::Es256, kind);
            authenticator.break_next(fault.clone());
            let name = format!("{kind_name}-{}", fault_name(&fault));
            let body = match register(&mut authenticator) {
                Ok(body) => body,
                Err(error) => {
                    println!("left out: {name}: {error}");
                    continue;
                }
            };
            if let Ok(response) = RegistrationResponse::from_json(&body)
                && attested_differently(&fault)
            {
                seeds.add("attestation_object", &name, response.attestation_object());
            }
            if !matches!(fault, Fault::AttestationField(_)) {
                seeds.add("registration", &name, &body);
            }
        }
    }

    let mut backed_up = authenticator(Algorithm::EdDsa, None).with_backup(true, true);
    seeds.add("registration", "none-backed-up", register(&mut backed_up)?);
    let body = register(&mut authenticator(Algorithm::EdDsa, None))?;
    add_variants(seeds, "registration", &body)?;

    // Attestation objects that no authenticator above writes.
    let data = AuthenticatorDataBuilder::new(site::RP_ID, 0x05, 0).build();
    let mut add = |name: &str, object: &[u8]| seeds.add("attestation_object", name, object);
    add("no-credential", &AttestationStatement::none().attestation_object(&data)?);
    add("statement-no-map", &AttestationStatement::new("x", b"\x00").attestation_object(&data)?);
    let data = [b"\x68authData\x58\x25", &data[..]].concat();
    let (fmt, statement) = (b"\x63fmt\x64none", b"\x67attStmt\xa0");
    let join = |head: u8, parts: &[&[u8]]| [&[head], &parts.concat()[..]].concat();
    add("another-order", &join(0xa3, &[&data, statement, fmt]));
    add("another-member", &join(0xa4, &[fmt, &data, b"\x61x\xa1\x00\x80", statement]));
    add(
        "member-not-canonical",
        &join(0xa4, &[fmt, &data, b"\x61x\xa2\x01\x00\x00\x00", statement]),
    );
    add(
        "statement-any-order",
        &join(0xa3, &[fmt, &data, b"\x67attStmt\xa3\x61b\x00\x61a\x01\x00\x02"]),
    );
    add("statement-twice", &join(0xa3, &[fmt, &data, b"\x67attStmt\xa2\x61a\x00\x61a\x01"]));
    add("member-twice", &join(0xa4, &[fmt, &data, statement, fmt]));
    add("member-missing", &join(0xa2, &[fmt, &data]));
    add("integer-keys", &join(0xa3, &[b"\x01\x64none\x02", &data[9..], b"\x03\xa0"]));
    for members in [16_u8, 17] {
        let more: Vec<u8> = (0..members).flat_map(|key| [key, 0]).collect();
        // The head byte holds counts up to 23.
        let map = [b"\x67attStmt", &[0xa0 | members][..], &more].concat();
        add(&format!("statement-members-{members}"), &join(0xa3, &[fmt, &data, &map]));
    }
    for levels in [7, 8] {
        let nested = [b"\x67attStmt", &b"\x81".repeat(levels)[..], b"\x00"].concat();
        add(&format!("depth-{}", levels + 1), &join(0xa3, &[fmt, &data, &nested]));
    }
    Ok(())
}

fn kind_name(kind: AttestationKind) -> &'static str {
    match kind {
        AttestationKind::None => "none",
        AttestationKind::PackedSelf => "packed-self",
        AttestationKind::PackedX5c => "packed-x5c",
        AttestationKind::Tpm => "tpm",
        AttestationKind::AndroidKey => "android-key",
        AttestationKind::AndroidSafetyNet => "android-safetynet",
        AttestationKind::FidoU2f => "fido-u2f",
        AttestationKind::Apple => "apple",
        AttestationKind::Compound => "compound",
        other => panic!("{other:?} has no name"),
    }
}

/// Chains from the leaf upwards. The last certificate is tried as the anchor too.
fn add_certificates(seeds: &mut Seeds) -> Result<()> {
    const SIGN: u8 = CertificateBuilder::DIGITAL_SIGNATURE;
    const ISSUE: u8 = CertificateBuilder::KEY_CERT_SIGN;
    let key = |who: &str| PrivateKey::from_seed(Algorithm::Es256.cose_id(), who.as_bytes());
    let name = |who: &str| DistinguishedName::new().common_name(who);
    let bare = |who: &str| -> Result<CertificateBuilder> {
        Ok(CertificateBuilder::new(&name(who), &key(who)?.public_numbers()))
    };
    let ca = |who: &str, path_length: Option<u8>| -> Result<CertificateBuilder> {
        Ok(bare(who)?.basic_constraints(true, path_length).key_usage(ISSUE))
    };
    let leaf = || -> Result<CertificateBuilder> {
        Ok(bare("leaf")?.basic_constraints(false, None).key_usage(SIGN))
    };
    let by = |issuer: &str, certificate: CertificateBuilder| -> Result<Vec<u8>> {
        Ok(certificate.issuer(&name(issuer)).sign(&key(issuer)?))
    };
    let root = by("root", ca("root", None)?)?;
    let good = by("root", leaf()?)?;
    let mut add = |name: &str, chain: &[Vec<u8>]| seeds.add("certificates", name, chain.concat());

    add("root", &[site::ATTESTATION_ROOT.to_vec()]);
    add("leaf", &[good.clone()]);
    add("leaf-root", &[good.clone(), root.clone()]);
    add("leaf-twice", &[good.clone(), good.clone()]);
    add("root-leaf", &[root.clone(), good.clone()]);
    add("trailing", &[good.clone(), root.clone(), vec![0]]);
    let middle = by("root", ca("middle", Some(0))?)?;
    let below = by("middle", leaf()?)?;
    add("three", &[below.clone(), middle.clone(), root.clone()]);
    add("three-swapped", &[middle.clone(), below.clone(), root.clone()]);
    let constrained = by("root", ca("root", Some(0))?)?;
    add("path-length", &[below.clone(), middle, constrained]);
    add("not-a-ca", &[by("leaf", leaf()?)?, good.clone(), root.clone()]);
    let twin = CertificateBuilder::new(&name("root"), &key("another")?.public_numbers())
        .basic_constraints(true, None);
    add("twin", &[good.clone(), twin.sign(&key("another")?)]);
    let looped = [by("two", ca("one", None)?)?, by("one", ca("two", None)?)?];
    add("loop", &[by("one", leaf()?)?, looped[0].clone(), looped[1].clone(), root.clone()]);

    for (name, certificate) in [
        ("version-1", bare("leaf")?.version(None)),
        ("version-2", bare("leaf")?.version(Some(1))),
        ("version-2-extensions", leaf()?.version(Some(1))),
        ("version-9", leaf()?.version(Some(8))),
        ("bare", bare("leaf")?),
        ("twice", leaf()?.basic_constraints(false, None)),
        ("expired", leaf()?.validity("200101000000Z", "250101000000Z")),
        ("not-yet", leaf()?.validity("300101000000Z", "310101000000Z")),
        ("far-ahead", leaf()?.validity("240101000000Z", "99991231235959Z")),
        ("no-time", leaf()?.validity("24010100000Z", "24010100000Z")),
        ("crl-sign", bare("leaf")?.key_usage(CertificateBuilder::CRL_SIGN)),
        ("unknown-critical", leaf()?.extension(&[1, 2, 3], true, &[5, 0])),
        ("unknown", leaf()?.extension(&[1, 2, 3], false, &[5, 0])),
        ("policies-critical", leaf()?.extension(&[2, 5, 29, 32], true, &[48, 0])),
        ("names-critical", leaf()?.extension(&[2, 5, 29, 30], true, &[48, 0])),
        ("identifiers", leaf()?.subject_key_identifier().aaguid(&AAGUID)),
        ("serial-number", leaf()?.serial_number(&[0x80; 20])),
        ("no-key", leaf()?.subject_public_key_info(&[0x30, 0])),
    ] {
        add(name, &[by("root", certificate)?, root.clone()]);
    }
    for algorithm in [Algorithm::Es384, Algorithm::Es512, Algorithm::EdDsa, Algorithm::Rs256] {
        let authority = PrivateKey::from_seed(algorithm.cose_id(), b"fuzz")?;
        let own = CertificateBuilder::new(&name("other"), &authority.public_numbers())
            .basic_constraints(true, None);
        let issued = leaf()?.issuer(&name("other")).sign(&authority);
        add(algorithm.name(), &[issued, own.sign(&authority)]);
    }
    let cut = good.get(..good.len() - 1).unwrap_or_default().to_vec();
    add("cut", &[cut]);
    add("empty", &[]);
    Ok(())
}

/// Whether a fault shows in the attestation object, beyond the bytes of signatures and hashes.
fn attested_differently(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::MissingAttestedCredentialData
            | Fault::AuthenticatorDataTrailingByte
            | Fault::AttestationObjectTrailingByte
            | Fault::CredentialIdTooLong
            | Fault::AlgorithmNotRequested
            | Fault::PublicKeyOffCurve
            | Fault::UnknownAttestationFormat
            | Fault::AttestationField(_)
    )
}

/// The name of a file, and what is in it.
type File = (&'static str, String);

/// Logins into an account with a credential for each algorithm. Returns the account, and one of each
/// ceremony.
fn add_authentications(seeds: &mut Seeds) -> Result<(Vec<Credential>, [File; 4])> {
    let rp = site::relying_party();
    let (mut account, mut authenticators) = (Vec::new(), Vec::new());
    for algorithm in ALGORITHMS {
        let seed = format!("account {algorithm}");
        let mut authenticator =
            SoftwareAuthenticator::from_seed(seed.as_bytes()).with_algorithm(algorithm.cose_id());
        let request = site::registration_request().user_verification(UserVerification::Required);
        let (options, pending) = rp.start_registration(&request, site::now())?;
        let response =
            RegistrationResponse::from_json(authenticator.register(&options, site::ORIGIN)?)?;
        let registration = rp.finish_registration(pending, &response, site::now())?;
        account.push(registration.into_credential());
        authenticators.push((algorithm, authenticator));
    }
    let request = AuthenticationRequest::passwordless().challenge(&site::CHALLENGE);
    let (options, _) = rp.start_authentication(&request, site::now())?;
    for (algorithm, authenticator) in &authenticators {
        let body = authenticator.clone().authenticate(&options, site::ORIGIN)?;
        seeds.add("authentication", algorithm.name(), &body);
        if *algorithm == Algorithm::EdDsa {
            add_variants(seeds, "authentication", &body)?;
        }
        for fault in Fault::all() {
            let applies = fault.applies_to_authentication();
            if !applies || (*algorithm != Algorithm::Es256 && fault != Fault::AssertionSignature) {
                continue;
            }
            let mut authenticator = authenticator.clone();
            authenticator.break_next(fault.clone());
            let name = format!("{algorithm}-{}", fault_name(&fault));
            match authenticator.authenticate(&options, site::ORIGIN) {
                Ok(body) => seeds.add("authentication", &name, &body),
                Err(error) => println!("left out: {name}: {error}"),
            }
        }
    }
    let ceremonies = ceremonies(&account, &authenticators)?;
    Ok((account, ceremonies))
}

/// A registration, logins and a payment, all right.
fn ceremonies(
    account: &[Credential],
    authenticators: &[(Algorithm, SoftwareAuthenticator)],
) -> Result<[File; 4]> {
    let rp = site::relying_party();
    let find = |algorithm| {
        let mut authenticators = authenticators.iter();
        let found = authenticators.find(|(other, _)| *other == algorithm);
        found.map(|(_, authenticator)| authenticator.clone()).ok_or("no such authenticator")
    };
    let (options, _) = rp.start_registration(&site::registration_request(), site::now())?;
    let registration =
        authenticator(Algorithm::EdDsa, AttestationKind::None).register(&options, site::ORIGIN)?;
    let request = AuthenticationRequest::passwordless().challenge(&site::CHALLENGE);
    let (options, _) = rp.start_authentication(&request, site::now())?;
    let login = |algorithm| -> Result<String> {
        Ok(find(algorithm)?.authenticate(&options, site::ORIGIN)?)
    };
    let request =
        AuthenticationRequest::for_user(site::USER_HANDLE, account).challenge(&site::CHALLENGE);
    let (options, _) = rp.start_payment(&request, &site::payment_order(), site::now())?;
    let payment = find(Algorithm::EdDsa)?.confirm_payment(&options, site::ORIGIN, site::ORIGIN)?;
    Ok([
        ("registration.json", registration.replace(r#"{"credProps":{"rk":true}}"#, "{}")),
        ("login.json", login(Algorithm::EdDsa)?),
        ("login-es256.json", login(Algorithm::Es256)?),
        ("payment.json", payment),
    ])
}

/// What TPMs and their certificates say: all that is accepted, and one thing wrong in each.
fn add_tpm(seeds: &mut Seeds) -> Result<()> {
    const ES256: u8 = 0;
    const RS256: u8 = 3;
    let (subject_alt_name, extended_key_usage) = tpm::good_extensions();
    let good_info = tpm_cert_info().to_bytes();
    let areas = tpm::registrations().iter().map(|one| TpmStructure::pub_area(&one.key));
    let areas = areas.collect::<std::result::Result<Vec<_>, _>>()?;
    let mut add = |name: &str, first: u8, area: &[u8], info: &[u8]| {
        let parts = tpm::Parts {
            pub_area: area,
            subject_alt_name: &subject_alt_name,
            extended_key_usage: &extended_key_usage,
            cert_info: info,
        };
        seeds.add("tpm", name, tpm_input(first, &parts));
    };
    let names = ["ES256", "ES384", "ES512", "RS256"];
    for (number, (name, area)) in (0_u8..).zip(names.iter().zip(&areas)) {
        add(name, number, &area.to_bytes(), &good_info);
    }
    let ecc = &areas[usize::from(ES256)];
    let rsa = &areas[usize::from(RS256)];
    for (name, member, bytes) in [
        ("bound", "pubArea.scheme", &[0, 0x18, 0, 0x0b][..]),
        ("attributes", "pubArea.objectAttributes", &[0xff; 4]),
        ("policy", "pubArea.authPolicy", &tpm2b(&[7; 32])),
        ("bound-otherwise", "pubArea.scheme", &[0, 0x18, 0, 0x0c]),
        ("ecdaa", "pubArea.scheme", &[0, 0x1a, 0, 0x0b, 0, 1]),
        ("key-type", "pubArea.type", &[0, 0x08]),
        ("name-algorithm", "pubArea.nameAlg", &[0, 0x12]),
        ("symmetric", "pubArea.symmetric", &[0, 6, 0, 128, 0, 0x43]),
        ("curve", "pubArea.curveID", &[0, 4]),
        ("kdf", "pubArea.kdf", &[0, 0x20, 0, 0x0b]),
        ("short-x", "pubArea.unique.x", &[0, 1, 7]),
    ] {
        let area = ecc.clone().with(member, bytes)?;
        add(&format!("area-{name}"), ES256, &area.to_bytes(), &good_info);
    }
    let PublicNumbers::P256 { x, .. } = &tpm::registrations()[usize::from(ES256)].key else {
        return Err("not a key on P-256".into());
    };
    let padded = ecc.clone().with("pubArea.unique.x", &tpm2b(&[&[0, 0], &x[..]].concat()))?;
    add("area-padded-x", ES256, &padded.to_bytes(), &good_info);
    add("area-with-length", ES256, &tpm2b(&ecc.to_bytes()), &good_info);
    add("area-trailing", ES256, &[&ecc.to_bytes()[..], &[0]].concat(), &good_info);
    for (name, member, bytes) in [
        ("bound", "pubArea.scheme", &[0, 0x14, 0, 0x0b][..]),
        ("exponent", "pubArea.exponent", &[0, 1, 0, 1]),
        ("exponent-3", "pubArea.exponent", &[0, 0, 0, 3]),
        ("bits", "pubArea.keyBits", &[8, 0]),
    ] {
        let area = rsa.clone().with(member, bytes)?;
        add(&format!("rsa-{name}"), RS256, &area.to_bytes(), &good_info);
    }
    for (name, first, name_alg, length) in [
        ("sha384", ES256, 0x0c, 48),
        ("sha512", ES256, 0x0d, 64),
        ("sha1", ES256, 0x04, 20),
        ("sha1-tolerated", tpm::TOLERANT, 0x04, 20),
    ] {
        let area = ecc.clone().with("pubArea.nameAlg", &[0, name_alg])?;
        let name_of_key = [&[0, name_alg][..], &vec![tpm::NAME; length]].concat();
        let info = tpm_cert_info().with("certInfo.name", &tpm2b(&name_of_key))?;
        add(&format!("name-{name}"), first, &area.to_bytes(), &info.to_bytes());
    }
    for (name, member, bytes) in [
        ("signer", "certInfo.qualifiedSigner", &tpm2b(&[7; 34])[..]),
        ("clock", "certInfo.clockInfo", &[0xff; 17]),
        ("firmware", "certInfo.firmwareVersion", &[0xff; 8]),
        ("qualified-name", "certInfo.qualifiedName", &tpm2b(&[7; 34])),
        ("magic", "certInfo.magic", b"\xffTCF"),
        ("type", "certInfo.type", &[0x80, 0x18]),
        ("extra-data", "certInfo.extraData", &tpm2b(&[7; 32])),
        ("name", "certInfo.name", &tpm2b(&[7; 34])),
    ] {
        let info = tpm_cert_info().with(member, bytes)?;
        add(&format!("info-{name}"), ES256, &ecc.to_bytes(), &info.to_bytes());
    }
    add("info-trailing", ES256, &ecc.to_bytes(), &[&good_info[..], &[0]].concat());

    let name = DistinguishedName::new()
        .tpm_version("id:1")
        .common_name("TPM")
        .tpm_model("Model")
        .tpm_manufacturer("id:ffffF1d0");
    let one_set = der::explicit(4, &name.to_der_in_one_set());
    let other = der::implicit(2, b"example.com");
    let without = der::explicit(4, &DistinguishedName::new().tpm_model("Model").to_der());
    let purposes =
        [CertificateBuilder::TPM_EK_CERTIFICATE, CertificateBuilder::TPM_AIK_CERTIFICATE]
            .map(der::object_identifier);
    for (name, names, purposes) in [
        ("one-set", der::sequence(&[&one_set]), &purposes[..]),
        ("other-names", der::sequence(&[&other, &one_set, &other]), &purposes[1..]),
        ("no-manufacturer", der::sequence(&[&without]), &purposes),
        ("twice", der::sequence(&[&one_set, &one_set]), &purposes),
        ("no-purpose", der::sequence(&[&one_set]), &purposes[..1]),
    ] {
        let parts = tpm::Parts {
            pub_area: &ecc.to_bytes(),
            subject_alt_name: &names,
            extended_key_usage: &der::sequence(purposes),
            cert_info: &good_info,
        };
        seeds.add("tpm", &format!("certificate-{name}"), tpm_input(ES256, &parts));
    }

    let parts = tpm::Parts {
        pub_area: &ecc.to_bytes(),
        subject_alt_name: &subject_alt_name,
        extended_key_usage: &extended_key_usage,
        cert_info: &good_info,
    };
    let registration = &tpm::registrations()[usize::from(ES256)];
    let statement = tpm::statement(&parts, &tpm::filled_cert_info(&parts, registration));
    // What stands in the object between the two other members.
    let object = statement.attestation_object(&[])?;
    let whole = object.get(17..object.len() - 10).ok_or("no statement")?;
    seeds.add("tpm", "whole", [&[tpm::WHOLE | ES256], whole].concat());
    let another_key = [&[tpm::WHOLE | RS256], whole].concat();
    seeds.add("tpm", "whole-another-key", another_key);
    Ok(())
}

/// The input that begins with this byte.
fn tpm_input(first: u8, parts: &tpm::Parts<'_>) -> Vec<u8> {
    let sized = [parts.pub_area, parts.subject_alt_name, parts.extended_key_usage].map(tpm2b);
    [&[first][..], &sized.concat(), parts.cert_info].concat()
}

/// `certInfo` with places for the hashes of SHA-256.
fn tpm_cert_info() -> TpmStructure {
    let name = [&[0, 0x0b][..], &[tpm::NAME; 32]].concat();
    TpmStructure::cert_info(&[tpm::EXTRA_DATA; 32], &name)
}

/// The same response, or none, in other words.
fn add_variants(seeds: &mut Seeds, target: &'static str, body: &str) -> Result<()> {
    let value: Value = serde_json::from_str(body)?;
    seeds.add(target, "pretty", serde_json::to_string_pretty(&value)?);
    seeds.add(target, "null", "null");
    seeds.add(target, "error", r#"{"error":"NotAllowedError"}"#);
    seeds.add(target, "empty-object", "{}");
    seeds.add(target, "not-closed", &body[..body.len() - 1]);
    seeds.add(target, "trailing", format!("{body} x"));
    let mut more = value.clone();
    more["more"] = serde_json::json!([{"a": [1, "\u{e9}"]}]);
    more["clientExtensionResults"]["uvm"] = serde_json::json!([[2, 4, 2]]);
    more["authenticatorAttachment"] = Value::Null;
    seeds.add(target, "more", more.to_string());
    let mut padded = value.clone();
    padded["rawId"] = format!("{}=", padded["rawId"].as_str().unwrap_or_default()).into();
    seeds.add(target, "padded", padded.to_string());
    let mut without = value;
    without["response"].as_object_mut().ok_or("no response")?.remove("clientDataJSON");
    seeds.add(target, "no-client-data", without.to_string());
    Ok(())
}

/// Payloads of metadata, and a BLOB.
fn add_metadata(seeds: &mut Seeds) -> Result<()> {
    let key = PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"fuzz")?;
    let name = DistinguishedName::new().common_name("fuzz");
    let certificate = CertificateBuilder::new(&name, &key.public_numbers()).sign(&key);
    let certificate = STANDARD.encode(certificate);
    let mut add = |name: &str, entries: Value| {
        let payload = json!({
            "no": 7, "nextUpdate": "2026-12-01", "legalHeader": "For tests.", "entries": entries,
        });
        seeds.add("metadata", name, payload.to_string());
    };
    let aaguid = "00010203-0405-0607-0809-0a0b0c0d0e0f";
    let with = |member: &str, value: Value| json!([{ "aaguid": aaguid, "statusReports": [], member: value }]);
    let history = |reports: &[(&str, &str)]| {
        let reports = reports.iter().map(|(status, date)| {
            json!({ "status": status, "effectiveDate": date, "url": "https://example.com/" })
        });
        with("statusReports", reports.collect())
    };
    add("no-entries", json!([]));
    add("plain", with("x", json!(null)));
    add(
        "aaguid-zero",
        json!([{ "aaguid": "00000000-0000-0000-0000-000000000000", "statusReports": [] }]),
    );
    add("aaguid-upper-case", json!([{ "aaguid": aaguid.to_uppercase(), "statusReports": [] }]));
    add("aaguid-short", json!([{ "aaguid": &aaguid[1..], "statusReports": [] }]));
    add("aaid", json!([{ "aaid": "1234#5678", "statusReports": [] }]));
    let identifiers = json!(["00".repeat(20), "7f".repeat(20)]);
    add("key-identifiers", with("attestationCertificateKeyIdentifiers", identifiers));
    add("no-reports", json!([{ "aaguid": aaguid }]));
    add(
        "certified",
        history(&[("FIDO_CERTIFIED", "2023-01-01"), ("FIDO_CERTIFIED_L2plus", "2024-02-29")]),
    );
    add("revoked", history(&[("REVOKED", "2024-01-01"), ("FIDO_CERTIFIED_L1", "2023-01-01")]));
    add(
        "certified-anew",
        history(&[("REVOKED", "2023-01-01"), ("FIDO_CERTIFIED_L1", "2024-01-01")]),
    );
    add(
        "update",
        history(&[("USER_VERIFICATION_BYPASS", "2023-01-01"), ("UPDATE_AVAILABLE", "2024-01-01")]),
    );
    add(
        "compromises",
        history(&[
            ("USER_KEY_REMOTE_COMPROMISE", "2023-01-01"),
            ("USER_KEY_PHYSICAL_COMPROMISE", "2023-01-01"),
        ]),
    );
    add("future", history(&[("NOT_FIDO_CERTIFIED", "2020-01-01"), ("RETIRED", "9999-12-31")]));
    add(
        "unknown-status",
        history(&[("INVENTED", "2024-01-01"), ("SELF_ASSERTION_SUBMITTED", "2024-01-01")]),
    );
    add("bad-date", history(&[("REVOKED", "2023-02-29")]));
    let named = json!([{
        "status": "ATTESTATION_KEY_COMPROMISE", "effectiveDate": "2024-01-01",
        "certificate": certificate, "authenticatorVersion": 3,
    }]);
    add("compromised-certificate", with("statusReports", named));
    let undated = json!([{ "status": "ATTESTATION_KEY_COMPROMISE", "certificateNumber": "1" }]);
    add("undated", with("statusReports", undated));
    let statement = json!({
        "aaguid": aaguid,
        "description": "A key",
        "attestationTypes": ["basic_full", "basic_surrogate", "attca", "anonca", "ecdaa", "none", "x"],
        "attestationRootCertificates": [certificate, format!(" {certificate}\n"), "?", "AAAA"],
        "icon": "data:image/png;base64,AAAA",
        "userVerificationDetails": [[{ "userVerificationMethod": "none" }]],
    });
    add("statement", with("metadataStatement", statement.clone()));
    let mut other = statement.clone();
    other["aaguid"] = json!("ffffffff-0405-0607-0809-0a0b0c0d0e0f");
    add("statement-of-another", with("metadataStatement", other));
    add("empty-statement", with("metadataStatement", json!({})));
    add("null-statement", with("metadataStatement", Value::Null));
    add("last-change", with("timeOfLastStatusChange", json!("2024-01-01")));
    add("bad-last-change", with("timeOfLastStatusChange", json!("")));
    add("unknown-members", with("future", json!({ "a": [1, -2.5, 1e300, "\u{e9}", { "b": [] }] })));
    add("not-objects", json!([1, "a", null, [], {}, true]));
    let entry = json!({ "aaguid": aaguid, "statusReports": [] });
    add("same-aaguid", json!([entry, entry, with("x", json!(1))[0]]));
    for (name, payload) in [
        ("empty", ""),
        ("html", "<!DOCTYPE html><title>503</title>"),
        ("twice", r#"{"no":1,"nextUpdate":"2030-01-01","entries":[],"\u006eo":1}"#),
        (
            "more-members",
            r#"{"x":[{}],"no":0,"nextUpdate":"2024-02-29","y":"\ud83d\ude00","entries":[]}"#,
        ),
        (
            "white-space",
            " {\n\"no\" : 1 ,\t\"nextUpdate\":\"0000-01-01\",\r\"entries\":[ { \"statusReports\" : [ ] } ] } ",
        ),
        (
            "number-huge",
            r#"{"no":1,"nextUpdate":"2030-01-01","entries":[{"statusReports":[],"x":1e999}]}"#,
        ),
        (
            "lone-surrogate",
            r#"{"no":1,"nextUpdate":"2030-01-01","entries":[{"statusReports":[],"x":"\ud800"}]}"#,
        ),
        ("largest-number", r#"{"no":18446744073709551615,"nextUpdate":"9999-12-31","entries":[]}"#),
        ("negative", r#"{"no":-1,"nextUpdate":"2030-01-01","entries":[]}"#),
    ] {
        seeds.add("metadata", name, payload);
    }
    let deep = "[".repeat(200) + &"]".repeat(200);
    let deep = format!(
        r#"{{"no":1,"nextUpdate":"2030-01-01","entries":[{{"statusReports":[],"x":{deep}}}]}}"#
    );
    seeds.add("metadata", "deep", deep);
    let payload = r#"{"no":1,"nextUpdate":"2030-01-01","entries":[]}"#;
    seeds.add("metadata", "blob", metadata::sign(payload.as_bytes()));
    Ok(())
}

/// Bodies as browsers write them, which are short because nothing in them is verified.
const SHORT_REGISTRATION: &str = r#"{"id":"QUJD","rawId":"QUJD","type":"public-key","authenticatorAttachment":"platform","clientExtensionResults":{"credProps":{"rk":true}},"response":{"clientDataJSON":"e30","attestationObject":"oA","authenticatorData":"AAAA","transports":["internal","x"],"publicKey":"MAA","publicKeyAlgorithm":-7}}"#;
const SHORT_LOGIN: &str = r#"{"id":"QUJD","rawId":"QUJD","type":"public-key","authenticatorAttachment":null,"clientExtensionResults":{},"response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"MAA","userHandle":null}}"#;

/// What is written in the place of what: each in one of the bodies, where it occurs.
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

fn add_responses(seeds: &mut Seeds) {
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
        // The root is a level, and so are the outputs.
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

/// What clients say about extensions, and what they do not.
fn add_extension_outputs(seeds: &mut Seeds) {
    let mut add = |name: &str, outputs: &str| seeds.add("extension_outputs", name, outputs);
    let secret = |byte: u8| URL_SAFE_NO_PAD.encode((byte..byte + 32).collect::<Vec<_>>());
    let (one, two) = (secret(1), secret(101));
    for (name, outputs) in [
        ("empty", "{}"),
        ("null", "null"),
        ("array", "[]"),
        ("text", "\"{}\""),
        ("spaced", " { } "),
        ("discoverable", r#"{"credProps":{"rk":true}}"#),
        ("not-discoverable", r#"{"credProps":{"rk":false}}"#),
        ("discoverable-spaced", r#"{"credProps":{"rk": true}}"#),
        ("discoverable-text", r#"{"credProps":{"rk":"true"}}"#),
        ("properties-empty", r#"{"credProps":{}}"#),
        ("properties-true", r#"{"credProps":true}"#),
        ("properties-twice", r#"{"credProps":{"rk":true,"rk":true}}"#),
        ("properties-escaped", r#"{"cr\u0065dProps":{"\u0072k":null,"x":[{}]}}"#),
        ("identifier-twice", r#"{"appid":true,"app\u0069d":true}"#),
        (
            "booleans",
            r#"{"appid":false,"appidExclude":true,"hmacCreateSecret":true,"credBlob":false,"remoteClientDataJSON":true}"#,
        ),
        (
            "booleans-lost",
            r#"{"appid":1,"appidExclude":"true","hmacCreateSecret":{},"credBlob":[],"remoteClientDataJSON":0.0}"#,
        ),
        (
            "booleans-null",
            r#"{"appid":null,"appidExclude":null,"hmacCreateSecret":null,"credBlob":null,"remoteClientDataJSON":null}"#,
        ),
        ("app-id", r#"{"appid":true}"#),
        ("prf-enabled", r#"{"prf":{"enabled":true}}"#),
        ("prf-disabled", r#"{"prf":{"enabled":false,"results":null}}"#),
        ("prf-array", r#"{"prf":[]}"#),
        ("prf-empty", r#"{"prf":{}}"#),
        ("prf-results-empty", r#"{"prf":{"enabled":true,"results":{}}}"#),
        ("prf-results-text", r#"{"prf":{"results":"x"}}"#),
        ("blob", r#"{"largeBlob":{"supported":true}}"#),
        ("blob-bytes", r#"{"largeBlob":{"blob":"QUJD","written":true}}"#),
        ("blob-padded", r#"{"largeBlob":{"blob":"QUI="},"getCredBlob":"QUI="}"#),
        ("blob-escaped", r#"{"largeBlob":{"blob":"Q\u0055I"},"getCredBlob":"\u0051UI"}"#),
        ("blob-lost", r#"{"largeBlob":{"supported":1,"blob":[65],"written":"true"}}"#),
        (
            "blob-twice",
            r#"{"largeBlob":{"supported":true,"supported":true,"blob":"","blob":null}}"#,
        ),
        ("blob-number", r#"{"largeBlob":5,"getCredBlob":5}"#),
        ("uvm", r#"{"uvm":[[2,4,2]]}"#),
        ("uvm-three", r#"{"uvm":[[4294967295,65535,65535],[0,0,0],[ 1 , 2 , 3 ]]}"#),
        ("uvm-four", r#"{"uvm":[[2,4,2],[2,4,2],[2,4,2],[2,4,2]]}"#),
        ("uvm-empty", r#"{"uvm":[]}"#),
        ("uvm-flat", r#"{"uvm":[2,4,2]}"#),
        ("uvm-short", r#"{"uvm":[[2,4]]}"#),
        ("uvm-long", r#"{"uvm":[[2,4,2,1]]}"#),
        ("uvm-large", r#"{"uvm":[[4294967296,4,2]]}"#),
        ("uvm-large-key", r#"{"uvm":[[2,65536,2]]}"#),
        ("uvm-fraction", r#"{"uvm":[[2.0,4,2]]}"#),
        ("uvm-minus", r#"{"uvm":[[-0,4,2]]}"#),
        ("uvm-text", r#"{"uvm":[["2",4,2]]}"#),
        ("uvm-object", r#"{"uvm":{"0":[2,4,2]}}"#),
        ("unknown", r#"{"example.extension":[1e300,{"a":null}],"":"","none":0}"#),
        ("unknown-null", r#"{"example.extension":null}"#),
        ("lone-surrogate", r#"{"prf":{"enabled":true},"\ud800":"\udc00","getCredBlob":"\ud800"}"#),
        ("number-huge", r#"{"appid":1e999,"uvm":[[1e999,4,2]]}"#),
        ("injected", r#"{},"authenticatorAttachment":null"#),
        ("not-closed", r#"{"a":1"#),
    ] {
        add(name, outputs);
    }
    for (name, first, second) in [
        ("one", format!("\"{one}\""), String::new()),
        ("two", format!("\"{one}\""), format!("\"{two}\"")),
        ("second-null", format!("\"{one}\""), "null".to_owned()),
        ("first-null", "null".to_owned(), format!("\"{two}\"")),
        ("short", format!("\"{}\"", &one[..40]), String::new()),
        ("padded", format!("\"{one}=\""), String::new()),
        ("second-short", format!("\"{one}\""), format!("\"{}\"", &two[..40])),
        ("second-array", format!("\"{one}\""), "[1,2]".to_owned()),
        ("first-twice", format!("\"{one}\",\"F\":\"{one}\""), String::new()),
        ("second-twice", format!("\"{one}\""), format!("\"{two}\",\"S\":null")),
    ] {
        let members = |names: [&str; 2]| {
            let first = first.replace("\"F\"", &format!("\"{}\"", names[0]));
            let second = second.replace("\"S\"", &format!("\"{}\"", names[1]));
            let second =
                if second.is_empty() { second } else { format!(",\"{}\":{second}", names[1]) };
            format!("{{\"{}\":{first}{second}}}", names[0])
        };
        let results = members(["first", "second"]);
        add(
            &format!("prf-{name}"),
            &format!(r#"{{"prf":{{"enabled":true,"results":{results}}}}}"#),
        );
        let results = members(["output1", "output2"]);
        add(&format!("hmac-{name}"), &format!(r#"{{"hmacGetSecret":{results}}}"#));
    }
    for levels in [31, 32] {
        let nested = "[".repeat(levels - 1) + &"]".repeat(levels - 1);
        add(&format!("depth-{levels}"), &format!("{{\"a\":{nested}}}"));
    }
}

/// What a server has stored of each kind, and what it has not.
fn add_stored_states(seeds: &mut Seeds, account: &[Credential]) -> Result<()> {
    let rp = site::relying_party();
    let mut add = |kind: u8, name: &str, stored: &Value, changes: &[(&str, &str, Value)]| {
        let stored_as = |stored: &Value| [&[kind], stored.to_string().as_bytes()].concat();
        seeds.add("stored_states", name, stored_as(stored));
        for (change, path, value) in changes {
            let mut changed = stored.clone();
            let (parent, member) = path.rsplit_once('/').unwrap_or_default();
            let parent = changed.pointer_mut(parent).and_then(Value::as_object_mut);
            let parent = parent.unwrap_or_else(|| panic!("{name}-{change}"));
            match value {
                Value::String(text) if text == "missing" => drop(parent.remove(member)),
                value => drop(parent.insert(member.to_owned(), value.clone())),
            }
            seeds.add("stored_states", &format!("{name}-{change}"), stored_as(&changed));
        }
    };
    let later = u64::from(site::NOW) + 24 * 60 * 60;
    let bytes = |length: usize| Value::from(URL_SAFE_NO_PAD.encode(vec![7; length]));
    let id = &account[0].id();

    let request = site::registration_request();
    let (_, pending) = rp.start_registration(&request, site::now())?;
    let registration = serde_json::to_value(&pending)?;
    let changes = [
        ("version-2", "/version", json!(2)),
        ("other-rp", "/rp_id", json!("example.org")),
        ("not-started", "/started_at", json!(u64::from(site::NOW) + 61)),
        ("start-unknown", "/started_at", json!("missing")),
        ("expired", "/expires_at", json!(u64::from(site::NOW) - 1)),
        ("a-day", "/expires_at", json!(later)),
        ("over-a-day", "/expires_at", json!(later + 1)),
        ("challenge-16", "/challenge", bytes(16)),
        ("challenge-15", "/challenge", bytes(15)),
        ("challenge-text", "/challenge", json!("the challenge")),
        ("user-handle-64", "/user_handle", bytes(64)),
        ("user-handle-65", "/user_handle", bytes(65)),
        ("user-handle-empty", "/user_handle", json!("")),
        ("excluded-empty", "/excluded", json!([""])),
        ("algorithms", "/algorithms", json!([-7, -7, -65535, 0])),
        ("algorithms-unknown", "/algorithms", json!([0])),
        ("demands-prf", "/extension_demands/prf", json!(true)),
        ("demands-blob", "/extension_demands/large_blob", json!(true)),
        (
            "demands-protection",
            "/extension_demands/cred_protect",
            json!("userVerificationRequired"),
        ),
        ("demands-pin", "/extension_demands/min_pin_length", json!(6)),
    ];
    add(stored_states::REGISTRATION, "registration", &registration, &changes);
    let response = RegistrationResponse::from_json(site::REGISTRATION)?;
    let registered = rp.finish_registration(pending, &response, site::now())?.into_credential();
    let (_, pending) = rp.start_registration(
        &request.exclude(&[registered]).mediation(Mediation::Conditional).payment(),
        site::now(),
    )?;
    add(stored_states::REGISTRATION, "registration-excluded", &serde_json::to_value(pending)?, &[]);

    let request = AuthenticationRequest::passwordless().challenge(&site::CHALLENGE);
    let (_, pending) = rp.start_authentication(&request, site::now())?;
    let login = serde_json::to_value(pending)?;
    let changes = [
        ("version-0", "/version", json!(0)),
        ("payment", "/extensions", json!(["payment"])),
        ("allowed", "/allowed", json!([bytes(3)])),
        ("user-handle", "/user_handle", bytes(3)),
        ("demands-missing", "/extension_demands", json!("missing")),
        ("app-id", "/app_id", json!("https://example.com/app-id.json")),
        ("padded", "/challenge", json!(format!("{}=", login["challenge"].as_str().unwrap_or("")))),
    ];
    add(stored_states::AUTHENTICATION, "login", &login, &changes);
    let request = AuthenticationRequest::for_user(site::USER_HANDLE, &account[..1])
        .challenge(&site::CHALLENGE)
        .app_id("https://example.com/app-id.json");
    let (_, pending) = rp.start_authentication(&request, site::now())?;
    let known = serde_json::to_value(pending)?;
    let record = serde_json::to_value(&account[0])?;
    let changes = [
        ("other-user", "/user_handle", bytes(3)),
        ("nobody", "/user_handle", Value::Null),
        ("nothing-allowed", "/allowed", json!([])),
        ("id-1023", "/allowed", json!([URL_SAFE_NO_PAD.encode(id), bytes(1023)])),
        ("not-asked", "/extensions", json!([])),
        ("decoy", "/decoys", json!([record])),
        ("other-decoy", "/decoys", json!([serde_json::to_value(&account[1])?])),
    ];
    add(stored_states::AUTHENTICATION, "known", &known, &changes);

    let request =
        AuthenticationRequest::for_user(site::USER_HANDLE, account).challenge(&site::CHALLENGE);
    let (_, pending) = rp.start_payment(&request, &site::payment_order(), site::now())?;
    let changes = [
        ("login", "/payment/extensions", json!([])),
        ("version-2", "/payment/version", json!(2)),
        ("expired", "/payment/expires_at", json!(1)),
    ];
    add(stored_states::PAYMENT, "payment", &serde_json::to_value(pending)?, &changes);

    let many: Vec<_> = (0..17).map(|number| number.to_string()).collect();
    let changes = [
        ("version-2", "/version", json!(2)),
        ("id-empty", "/id", json!("")),
        ("no-user-handle", "/user_handle", Value::Null),
        ("user-handle-65", "/user_handle", bytes(65)),
        ("counter", "/sign_count", json!(2)),
        ("counter-large", "/sign_count", json!(u64::from(u32::MAX) + 1)),
        ("eligible", "/backup_eligible", json!(true)),
        ("transports-many", "/transports", json!(many)),
        ("transports-long", "/transports", json!(["x".repeat(33), "\u{e9}".repeat(32)])),
        ("aaguid-short", "/aaguid", bytes(15)),
        ("no-aaguid", "/aaguid", json!("missing")),
        ("key-empty", "/public_key", json!("")),
        ("other-key", "/public_key", serde_json::to_value(&account[1])?["public_key"].clone()),
    ];
    add(stored_states::CREDENTIAL, "credential", &record, &changes);
    let prepared = serde_json::to_value(account[0].clone().with_prepared_key()?)?;
    let other = serde_json::to_value(&account[1])?["public_key"].clone();
    add(
        stored_states::CREDENTIAL,
        "credential-prepared",
        &prepared,
        &[("other-key", "/public_key", other)],
    );
    let es256 = account.iter().find(|record| is_es256(record)).ok_or("no ES256 in the account")?;
    let prepared = serde_json::to_value(es256.clone().with_prepared_key()?)?;
    add(stored_states::CREDENTIAL, "credential-prepared-ES256", &prepared, &[]);

    let mut add = |name: &str, bytes: &[u8]| {
        let stored = [&[stored_states::PREPARED_KEY], bytes].concat();
        seeds.add("stored_states", &format!("prepared-{name}"), stored);
    };
    for record in account {
        let key = CoseKey::parse(record.public_key())?;
        let bytes = key.public_key().prepare()?.to_bytes();
        let name = key.public_key().algorithm().name();
        add(name, &bytes);
        if is_es256(record) {
            let mut other = bytes.clone();
            // A coordinate of the last multiple.
            other.iter_mut().rev().take(32).for_each(|byte| *byte = 0xff);
            add(&format!("{name}-other"), &other);
        } else if name == "EdDSA" {
            add(&format!("{name}-more"), &[&bytes[..], &[0]].concat());
            add(&format!("{name}-version-2"), &[&[2], &bytes[1..]].concat());
        }
    }
    add("empty", &[]);
    Ok(())
}

fn is_es256(record: &Credential) -> bool {
    let key = CoseKey::parse(record.public_key());
    key.is_ok_and(|key| key.public_key().algorithm() == Algorithm::Es256)
}

/// `Origin("x")` is named without its parameter, `AttestationField("attStmt.sig")` by it.
fn fault_name(fault: &Fault) -> String {
    if let Fault::AttestationField(field) = fault {
        return field.replace(['[', ']'], "");
    }
    let name = format!("{fault:?}");
    name.split('(').next().unwrap_or_default().to_owned()
}
