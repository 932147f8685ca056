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
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use webauthn_verify::authenticator::{
    AttestationKind, AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder,
    ClientDataBuilder, DistinguishedName, Fault, KeyDescriptionBuilder, PrivateKey, PublicNumbers,
    SoftwareAuthenticator, TpmStructure, der, flag, tpm2b,
};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, Ceremony, Credential, RegistrationResponse, UserVerification,
};
use webauthn_verify_fuzz::{key_description, metadata, site, tpm};

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
    let account = add_authentications(&mut seeds)?;
    add_tpm(&mut seeds)?;
    add_p256(&mut seeds);
    seeds.write(&root.join("seeds"))?;

    let site = root.join("site");
    fs::create_dir_all(&site)?;
    fs::write(site.join("account.json"), serde_json::to_string_pretty(&account)? + "\n")?;
    let authenticator = SoftwareAuthenticator::from_seed(b"fuzz");
    fs::write(site.join("attestation_root.der"), authenticator.attestation_root())?;
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
    for members in [64, 65] {
        let more = (4..members).fold(get.clone(), |all, n| all.member(&format!("{n}"), "0"));
        add(&format!("members-{members}"), &more.build());
    }
}

fn keys() -> Result<Vec<PrivateKey>> {
    let key = |algorithm| Ok(PrivateKey::from_seed(algorithm, b"fuzz")?);
    Algorithm::compiled_in().map(key).collect()
}

fn add_cose_keys(seeds: &mut Seeds) -> Result<()> {
    for key in keys()? {
        let name = key.algorithm().name();
        let cose = key.cose_key()?;
        seeds.add("cose_key", name, &cose);
        let signature = key.sign(b"another message");
        seeds.add("cose_key", &format!("{name}-signature"), [&cose[..], &signature].concat());
        let other = key.public_numbers().cose_key(-65535)?;
        seeds.add("cose_key", &format!("{name}-RS1"), other);
        let other = key.public_numbers().cose_key(-7)?;
        if key.algorithm() != Algorithm::Es256 {
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
        let (name, key) = (key.algorithm().name(), key.cose_key()?);
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
    SoftwareAuthenticator::from_seed(b"fuzz").with_algorithm(algorithm).with_attestation(kind)
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
            let common = fault.applies_to(Ceremony::Registration, None)
                && fault.applies_to(Ceremony::Registration, FidoU2f);
            let below = matches!(
                &fault,
                Fault::AttestationField(field) if !field.starts_with("attStmt.")
            );
            let applies = fault.applies_to(Ceremony::Registration, kind);
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
    let key = |who: &str| PrivateKey::from_seed(Algorithm::Es256, who.as_bytes());
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
        let authority = PrivateKey::from_seed(algorithm, b"fuzz")?;
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

/// Logins into an account with a credential for each algorithm. Returns the account.
fn add_authentications(seeds: &mut Seeds) -> Result<Vec<Credential>> {
    let rp = site::relying_party();
    let (mut account, mut authenticators) = (Vec::new(), Vec::new());
    for algorithm in ALGORITHMS {
        let seed = format!("account {algorithm}");
        let mut authenticator =
            SoftwareAuthenticator::from_seed(seed.as_bytes()).with_algorithm(algorithm);
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
            let applies = fault.applies_to(Ceremony::Authentication, AttestationKind::None);
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
    Ok(account)
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
    let key = PrivateKey::from_seed(Algorithm::Es256, b"fuzz")?;
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

/// `Origin("x")` is named without its parameter, `AttestationField("attStmt.sig")` by it.
fn fault_name(fault: &Fault) -> String {
    if let Fault::AttestationField(field) = fault {
        return field.replace(['[', ']'], "");
    }
    let name = format!("{fault:?}");
    name.split('(').next().unwrap_or_default().to_owned()
}
