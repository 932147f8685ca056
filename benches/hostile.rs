//! What one request can cost: for each ceremony the worst requests within the limits, as a table in
//! Markdown.
//!
//! The time is the minimum of 20 runs on one thread: a run that nothing has interrupted. The heap is
//! what was held at most, beyond what was held before.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use webauthn_verify::attestation::{AttestationPolicy, CompoundRule};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Credential, KeyKind,
    PaymentInstrument, PaymentOrder, PendingRegistration, Quirk, RegistrationRequest,
    RegistrationResponse, RelyingParty, User, UserVerification,
};
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder, ClientDataBuilder,
    PrivateKey, PublicNumbers, der,
};

#[path = "../tests/it/common/certificates.rs"]
mod certificates;
#[path = "../tests/it/common/heap.rs"]
mod heap;
#[path = "../tests/it/common/worst.rs"]
mod worst;

use certificates::{issued_by, key, name, now};
use worst::{
    CHALLENGE, CREDENTIAL_ID, MAX_OBJECT, ORIGIN, RP_ID, Registering, USER_HANDLE, android_key,
    apple, chain, chain_of, compound, head, packed, packed_self,
};

const RUNS: usize = 20;

/// One line of the table.
#[derive(Clone)]
struct Row {
    name: String,
    body: usize,
    time: Duration,
    heap: usize,
    verdict: String,
}

impl Row {
    /// Runs it. What it gives is a verdict.
    fn of(name: impl Into<String>, body: usize, run: impl Fn() -> String) -> Row {
        let (verdict, heap) = heap::peak(&run);
        let time = || {
            let start = Instant::now();
            black_box(run());
            start.elapsed()
        };
        let time = (0..RUNS).map(|_| time()).min().unwrap();
        Row { name: name.into(), body, time, heap, verdict }
    }

    fn print(&self) {
        let Row { name, body, time, heap, verdict } = self;
        let milliseconds = time.as_secs_f64() * 1e3;
        #[allow(clippy::cast_precision_loss, reason = "a body is short")]
        let ratio = *heap as f64 / *body as f64;
        println!("| {name} | {body} | {milliseconds:.2} | {heap} | {ratio:.1} | {verdict} |");
    }
}

/// Prints a table, and gives the slowest row, the one with the most heap, and the one with the most
/// heap for its body.
fn table(title: &str, rows: &[Row]) -> Vec<Row> {
    println!("\n## {title}\n");
    header();
    rows.iter().for_each(Row::print);
    let slowest = rows.iter().max_by_key(|row| row.time).unwrap();
    let largest = rows.iter().max_by_key(|row| row.heap).unwrap();
    let multiplied = rows.iter().max_by_key(|row| row.heap * 1000 / row.body).unwrap();
    let mut worst = vec![slowest, largest, multiplied];
    worst.dedup_by_key(|row| &row.name);
    let named = |row: &Row| Row { name: format!("{title}: {}", row.name), ..row.clone() };
    worst.into_iter().map(named).collect()
}

/// Where this runs, as far as the system tells.
fn print_machine() {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |name| name.trim_start_matches(['\t', ' ', ':']));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("CPU: {model}, {cores} cores, load {}", read("/proc/loadavg").trim());
}

fn header() {
    println!("| request | body (bytes) | CPU time (ms) | heap (bytes) | heap / body | verdict |");
    println!("|---|---|---|---|---|---|");
}

fn verdict<T>(result: Result<T, webauthn_verify::Error>) -> String {
    match result {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.kind().name().to_owned(),
    }
}

fn relying_party() -> RelyingParty {
    RelyingParty::new(RP_ID, [ORIGIN]).unwrap()
}

fn with_quirks(rp: RelyingParty) -> RelyingParty {
    Quirk::ALL.iter().fold(rp, |rp, quirk| rp.tolerate(*quirk))
}

fn algorithms() -> Vec<Algorithm> {
    Algorithm::compiled_in().collect()
}

/// The relying parties that ask for the most, each with what it asks for.
fn demanding() -> Vec<(&'static str, RelyingParty)> {
    let accept = |policy: AttestationPolicy| policy.accept_safetynet(Duration::from_secs(60));
    let trusting = |count: usize| {
        let anchors = worst::namesakes(count);
        AttestationPolicy::trusted(
            anchors.into_iter().map(|der| TrustAnchor::from_der(der).unwrap()),
        )
    };
    [
        ("all, no trust", AttestationPolicy::default()),
        ("any, no trust", AttestationPolicy::default().compound_rule(CompoundRule::Any)),
        ("all", trusting(1)),
        ("any", trusting(1).compound_rule(CompoundRule::Any)),
        ("any, 32 anchors", trusting(32).compound_rule(CompoundRule::Any)),
        ("any, 128 anchors", trusting(128).compound_rule(CompoundRule::Any)),
    ]
    .map(|(name, policy)| {
        (name, with_quirks(relying_party().attestation_policy(accept(policy)).unwrap()))
    })
    .into()
}

fn pending_registration() -> PendingRegistration {
    let user = User::new(USER_HANDLE, "alice@example.org", "Alice");
    let request =
        RegistrationRequest::security_key(&user).algorithms(&algorithms()).challenge(&CHALLENGE);
    relying_party().start_registration(&request, now()).unwrap().1
}

fn register(name: &str, rp: &RelyingParty, body: &str) -> Row {
    let pending = pending_registration();
    Row::of(name, body.len(), || {
        let finish = || {
            let response = RegistrationResponse::from_json(body)?;
            rp.finish_registration(pending.clone(), &response, now())
        };
        verdict(finish())
    })
}

/// A map of this many bytes about, with one member of one long byte string.
fn one_long_output(length: usize) -> Vec<u8> {
    [&b"\xa1\x61x"[..], &head(2, length), &vec![0; length]].concat()
}

/// Self attestation, alone and eight times in a compound one.
fn self_attestations(bodies: &mut Vec<(String, String)>) {
    let mut add = |of: &str, registering: &Registering, signature: &[u8]| {
        let statement = packed_self(registering, signature);
        bodies.push((format!("self attestation, {of}"), registering.body(&statement)));
        let several = compound(&statement, 8);
        bodies.push((format!("8 self attestations, {of}"), registering.body(&several)));
    };
    for algorithm in algorithms() {
        if !matches!(
            algorithm.name(),
            "ES256" | "ES384" | "ES512" | "ES256K" | "EdDSA" | "Ed448" | "ML-DSA-87"
        ) {
            continue;
        }
        let key = PrivateKey::from_seed(algorithm.cose_id(), b"credential").unwrap();
        let registering = Registering::new(&key);
        add(algorithm.name(), &registering, &key.sign(&registering.signed()));
        add(&format!("{algorithm}, wrong"), &registering, &key.sign(b"something else"));
    }
    let numbers = worst::slowest_rsa();
    for algorithm in [Algorithm::Rs256, Algorithm::Rs512, Algorithm::Ps512] {
        let registering = Registering::with_numbers(&numbers, algorithm);
        let of = format!("{algorithm}, 8192 bits, exponent 2^33 - 1, wrong");
        add(&of, &registering, &worst::wrong_rsa_signature());
    }
    let (numbers, _) = worst::slow_rsa_signature(b"");
    let registering = Registering::with_numbers(&numbers, Algorithm::Rs256);
    let (_, signature) = worst::slow_rsa_signature(&registering.signed());
    add("RS256, 8192 bits, exponent 2^33 - 9", &registering, &signature);

    let PublicNumbers::P256 { x, mut y } = key("credential").public_numbers() else { panic!() };
    y[31] ^= 1;
    let registering = Registering::with_numbers(&PublicNumbers::P256 { x, y }, Algorithm::Es256);
    add("ES256, not on the curve", &registering, &key("credential").sign(b""));
}

/// Compound attestations with certificates.
fn certified(bodies: &mut Vec<(String, String)>) {
    let credential = key("credential");
    let registering = Registering::new(&credential);
    let mut add = |of: &str, statement: &AttestationStatement| {
        bodies.push((of.to_owned(), registering.body(statement)));
    };
    let es =
        |algorithm: Algorithm| PrivateKey::from_seed(algorithm.cose_id(), b"authority").unwrap();
    let rsa = worst::large_rsa();
    let authorities = [
        ("P-256", es(Algorithm::Es256)),
        ("P-384", es(Algorithm::Es384)),
        ("P-521", es(Algorithm::Es512)),
        ("Ed25519", es(Algorithm::EdDsa)),
        ("RSA of 7640 bits", rsa.clone()),
    ];
    for (of, authority) in &authorities {
        let certificates = chain(&key("attestation").public_numbers(), authority, 8);
        let statement = packed(&registering, &key("attestation"), &certificates);
        add(&format!("8 chains of 8 by {of}"), &compound(&statement, 8));
        let certificates = chain(&authority.public_numbers(), authority, 1);
        let statement = packed(&registering, authority, &certificates);
        for count in [3, 8] {
            add(&format!("{count} leaves of {of}"), &compound(&statement, count));
        }
    }
    let p521 = &authorities[2].1;
    let certificates = chain(&p521.public_numbers(), p521, 8);
    add(
        "3 chains of 8 by P-521 with such a leaf",
        &compound(&packed(&registering, p521, &certificates), 3),
    );
    let certificates = chain(&rsa.public_numbers(), &rsa, 8);
    add(
        "6 chains of 8 by RSA with such a leaf",
        &compound(&packed(&registering, &rsa, &certificates), 6),
    );

    // Every certificate names the anchors as its issuer.
    let leaf =
        CertificateBuilder::new(&worst::authenticator(), &key("attestation").public_numbers())
            .basic_constraints(false, None);
    let namesakes = chain_of(leaf, &key("authority"), 8, |_| name("root"));
    let statement = packed(&registering, &key("attestation"), &namesakes);
    add("8 chains of 8, all issuers with the name of the anchor", &compound(&statement, 8));

    add("8 android-key, chains of 8", &compound(&android_key(&registering, &credential, 8), 8));
    add("8 apple, chains of 8", &compound(&apple(&registering, &credential, 8), 8));
    for signer in [key("attestation"), es(Algorithm::Es512), rsa.clone()] {
        let statement = worst::tpm(&registering, &credential, &signer, 8);
        let algorithm = Algorithm::from_cose_id(signer.algorithm()).unwrap();
        add(&format!("8 tpm by {algorithm}, chains of 8"), &compound(&statement, 8));
    }
    for (more, count) in [(0, 8), (14_000, 1)] {
        let statement = worst::safetynet(&registering, more, count);
        let of = format!("8 android-safetynet, chains of {count}, {more} bytes more");
        add(&of, &compound(&statement, 8));
    }
}

/// Certificates that are large, or take long to read.
fn large_certificates(bodies: &mut Vec<(String, String)>) {
    let registering = Registering::new(&key("credential"));
    let signer = key("attestation");
    let mut add = |of: &str, certificates: &[Vec<u8>], count: usize| {
        let statement = packed(&registering, &signer, certificates);
        bodies.push((of.to_owned(), registering.body(&compound(&statement, count))));
        if count > 2 {
            bodies.push((format!("{of}, alone"), registering.body(&statement)));
        }
    };
    let root = || name("root");
    let one = |size: usize| worst::stuffed(&worst::extensions(1, size), 0, &root());
    for (of, arc) in [("SHA-256", 2_u64), ("SHA-512", 4)] {
        let algorithm = der::sequence(&[der::object_identifier(&[1, 2, 840, 10045, 4, 3, arc])]);
        let certificate = one(65_000).algorithm(algorithm.clone()).sign(&key("nobody"));
        add(&format!("2 leaves of 65 KB, {of}, wrong signature"), &[certificate], 2);
        let certificate = one(22_000).algorithm(algorithm).sign(&key("nobody"));
        add(&format!("8 leaves of 22 KB, {of}, wrong signature"), &[certificate], 8);
    }
    // Issued by the anchor, or so they say, with signatures that are not looked at or by SHA-1.
    for (of, algorithm) in [
        ("an unknown algorithm", der::sequence(&[der::object_identifier(&[1, 2, 3])])),
        (
            "SHA-1",
            der::sequence(&[der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 5]), der::null()]),
        ),
    ] {
        let small = worst::stuffed(&[], 0, &root()).algorithm(algorithm);
        add(&format!("8 leaves signed by {of}"), &[small.sign(&key("nobody"))], 8);
    }
    let full = |parts: usize| worst::stuffed(&worst::extensions(31, 0), parts, &root());
    let leaf = full(28).sign(&key("root"));
    add("8 leaves with 32 extensions and 64 parts of a name", std::slice::from_ref(&leaf), 8);
    // Both names of the authorities are full as well.
    let full_name =
        |place: usize| (0..31).fold(name(&format!("CA {place}")), |name, _| name.common_name(""));
    let authority = key("authority");
    let mut certificates = Vec::new();
    let mut issuer = full_name(1);
    certificates.push(worst::stuffed(&worst::extensions(31, 0), 28, &issuer).sign(&authority));
    for place in 2..=8 {
        let builder = CertificateBuilder::new(&issuer, &authority.public_numbers())
            .basic_constraints(true, None)
            .key_usage(CertificateBuilder::KEY_CERT_SIGN);
        let builder =
            (0..30).fold(builder, |builder, one| builder.extension(&[1, 2, 3, one], false, &[]));
        issuer = full_name(place);
        certificates.push(if place == 8 {
            issued_by("root", builder)
        } else {
            builder.issuer(&issuer).sign(&authority)
        });
    }
    add("8 chains of 8, all full of extensions and name parts", &certificates, 8);
    // One attribute of many elements, and one of deep elements.
    let nulls = der::sequence(&vec![der::null(); 32_000]);
    let mut deep = der::null();
    for _ in 0..14 {
        deep = der::sequence(&[deep]);
    }
    let deep = der::sequence(&vec![deep; 2000]);
    for (of, value) in [("32,000 elements", nulls), ("deep elements", deep)] {
        let mut fields = worst::stuffed(&[], 0, &root());
        fields.subject = worst::authenticator().attribute(&[1, 2, 3], value).to_der();
        let leaf = fields.sign(&key("root"));
        let count = (MAX_OBJECT / leaf.len()).clamp(2, 8);
        add(&format!("{count} leaves with an attribute of {of}"), &[leaf], count);
    }
}

/// Much to hash, and much to pass over.
fn large_messages(bodies: &mut Vec<(String, String)>) {
    let credential = key("credential");
    let cose_key = credential.cose_key().unwrap();
    let with = |cose_key: &[u8], extensions: &[u8]| {
        Registering::with_cose_key(cose_key, Algorithm::Es256, Some(extensions))
    };
    let large = with(&cose_key, &one_long_output(150_000));
    let mut add = |of: &str, registering: &Registering, statement: &AttestationStatement| {
        bodies.push((of.to_owned(), registering.body(statement)));
    };
    let signature = credential.sign(&large.signed());
    let padded = padded(&signature);
    add("150 KB of authenticator data", &large, &AttestationStatement::none());
    add("150 KB, 8 self attestations", &large, &compound(&packed_self(&large, &signature), 8));
    add("150 KB, 8 padded self attestations", &large, &compound(&packed_self(&large, &padded), 8));
    add("150 KB, 8 apple", &large, &compound(&apple(&large, &credential, 1), 8));
    add("150 KB, 8 android-key", &large, &compound(&android_key(&large, &credential, 1), 8));
    add("150 KB, 8 android-safetynet", &large, &compound(&worst::safetynet(&large, 0, 1), 8));
    let rs512 = PrivateKey::rs256(&worst::mersenne(1279), &worst::mersenne(2203)).unwrap();
    let rs512 = rs512.with_algorithm(Algorithm::Rs512.cose_id()).unwrap();
    add(
        "150 KB, 8 tpm by RS512",
        &large,
        &compound(&worst::tpm(&large, &credential, &rs512, 1), 8),
    );
    let certificates = chain(&rs512.public_numbers(), &key("authority"), 1);
    add("150 KB, 8 packed by RS512", &large, &compound(&packed(&large, &rs512, &certificates), 8));
    let eddsa = PrivateKey::from_seed(Algorithm::EdDsa.cose_id(), b"attestation").unwrap();
    let certificates = chain(&eddsa.public_numbers(), &key("authority"), 1);
    add("150 KB, 8 packed by EdDSA", &large, &compound(&packed(&large, &eddsa, &certificates), 8));

    let outputs = |count: usize, order: fn(usize, usize) -> usize| {
        let mut map = head(5, count);
        for one in 0..count {
            map.extend(format!("\x65{:05}", order(one, count)).as_bytes());
            map.extend(b"\xa0");
        }
        map
    };
    add(
        "25,000 extension outputs",
        &with(&cose_key, &outputs(25_000, |one, _| one)),
        &AttestationStatement::none(),
    );
    add(
        "16 extension outputs, reversed",
        &with(&cose_key, &outputs(16, |one, count| count - one)),
        &AttestationStatement::none(),
    );
    let long_keys = || {
        let mut map = vec![0xb0];
        for one in (0..16).rev() {
            let text = format!("{}{one:02}", "x".repeat(11_000));
            map.extend(&[&[0x79][..], &u16::try_from(text.len()).unwrap().to_be_bytes()].concat());
            map.extend(text.as_bytes());
            map.push(0);
        }
        map
    };
    add(
        "16 extension outputs of long names, reversed",
        &with(&cose_key, &long_keys()),
        &AttestationStatement::none(),
    );
    // A COSE key with a long unknown parameter.
    let long_key =
        [&[0xa6][..], &cose_key[1..], b"\x23", &head(2, 150_000), &vec![0; 150_000]].concat();
    let registering = Registering::with_cose_key(&long_key, Algorithm::Es256, None);
    add("a COSE key of 150 KB", &registering, &AttestationStatement::none());

    // An object that is rewritten, with large names and as many certificates as there can be.
    let registering = Registering::new(&credential);
    let long = |place: usize| name(&format!("{place}{}", "x".repeat(1350)));
    let leaf =
        CertificateBuilder::new(&worst::authenticator(), &key("attestation").public_numbers())
            .basic_constraints(false, None);
    let certificates = chain_of(leaf, &key("authority"), 8, long);
    let statement = compound(&packed(&registering, &key("attestation"), &certificates), 8);
    let mut object = statement.attestation_object(&registering.authenticator_data).unwrap();
    object[0] = 0xbf;
    object.push(0xff);
    bodies
        .push(("8 large chains of 8, indefinite lengths".to_owned(), registering.body_of(&object)));

    let mut raw = |of: &str, object: Vec<u8>| {
        bodies.push((of.to_owned(), registering.body_of(&object)));
    };
    let count = MAX_OBJECT - 1000;
    let maps = [head(4, count), vec![0xa0; count]].concat();
    raw("190,000 empty maps in the object", worst::object_with(&registering, &maps));
    raw(
        "190,000 empty maps, indefinite lengths",
        worst::indefinite_object_with(
            &registering,
            &[&[0x9f][..], &vec![0xa0; count], &[0xff]].concat(),
        ),
    );
    raw(
        "a byte string of indefinite length",
        worst::indefinite_object_with(
            &registering,
            &[&[0x5f][..], &head(2, count), &vec![0; count], &[0xff]].concat(),
        ),
    );
    raw(
        "190,000 empty chunks",
        worst::indefinite_object_with(
            &registering,
            &[&[0x5f][..], &vec![0x40; count], &[0xff]].concat(),
        ),
    );
    let nested = [vec![0x9f; 6], head(2, count), vec![0; count], vec![0xff; 6]].concat();
    raw(
        "nested indefinite arrays around much",
        worst::indefinite_object_with(&registering, &nested),
    );
    raw(
        "95,000 indefinite arrays",
        worst::indefinite_object_with(
            &registering,
            &[&[0x9f][..], &[0x9f, 0xff].repeat(count / 2), &[0xff]].concat(),
        ),
    );
}

/// The same ECDSA signature with a zero byte in front of r.
fn padded(signature: &[u8]) -> Vec<u8> {
    let [0x30, length, 0x02, r_length, rest @ ..] = signature else { panic!("{signature:02x?}") };
    [&[0x30, length + 1, 0x02, r_length + 1, 0][..], rest].concat()
}

fn registrations() -> (Vec<Row>, Vec<Row>) {
    let mut bodies = Vec::new();
    self_attestations(&mut bodies);
    certified(&mut bodies);
    large_certificates(&mut bodies);
    large_messages(&mut bodies);
    let registering = Registering::new(&key("credential"));
    for (of, client_data) in worst::slow_client_data("webauthn.create") {
        let object = AttestationStatement::none()
            .attestation_object(&registering.authenticator_data)
            .unwrap();
        let body = worst::registration_body(&client_data, &object, "{}");
        bodies.push((format!("client data: {of}"), body));
    }
    let object =
        AttestationStatement::none().attestation_object(&registering.authenticator_data).unwrap();
    let results = worst::large_results(worst::MAX_BODY - 1000);
    let body = worst::registration_body(&registering.client_data, &object, &results);
    bodies.push(("large client extension results".to_owned(), body));

    let (rp, demanding) = (relying_party(), demanding());
    let default = bodies.iter().map(|(of, body)| register(of, &rp, body)).collect();
    let worst = bodies.iter().map(|(of, body)| {
        assert!(body.len() <= worst::MAX_BODY, "{of}: {} bytes", body.len());
        let rows =
            demanding.iter().map(|(policy, rp)| register(&format!("{of} ({policy})"), rp, body));
        rows.max_by_key(|row| row.time).unwrap()
    });
    (default, worst.collect())
}

/// Makes the signature of a message.
type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

struct Account {
    credential: Credential,
    signature: Sign,
}

/// Accounts with the slowest keys.
fn accounts() -> Vec<(String, Account)> {
    let credential = |cose_key: &[u8]| {
        Credential::from_parts(CREDENTIAL_ID, cose_key)
            .unwrap()
            .with_user_handle(USER_HANDLE)
            .unwrap()
    };
    let mut accounts = Vec::new();
    for algorithm in algorithms() {
        if algorithm.key_kind() == KeyKind::Rsa {
            continue;
        }
        let key = PrivateKey::from_seed(algorithm.cose_id(), b"credential").unwrap();
        let credential = credential(&key.cose_key().unwrap());
        let signature: Sign = Box::new(move |message| key.sign(message));
        accounts.push((algorithm.name().to_owned(), Account { credential, signature }));
    }
    let (numbers, _) = worst::slow_rsa_signature(b"");
    let cose_key = numbers.cose_key(Algorithm::Rs256.cose_id()).unwrap();
    let signature = Box::new(|message: &[u8]| worst::slow_rsa_signature(message).1);
    let account = Account { credential: credential(&cose_key), signature };
    accounts.push(("RS256, 8192 bits, exponent 2^33 - 9".to_owned(), account));
    let cose_key = worst::slowest_rsa().cose_key(Algorithm::Rs512.cose_id()).unwrap();
    let signature = Box::new(|_: &[u8]| worst::wrong_rsa_signature());
    let account = Account { credential: credential(&cose_key), signature };
    accounts.push(("RS512, 8192 bits, exponent 2^33 - 1, wrong".to_owned(), account));
    accounts
}

fn log_in(name: String, rp: &RelyingParty, credential: &Credential, body: &str) -> Row {
    let credentials = std::slice::from_ref(credential);
    let request = AuthenticationRequest::for_user(USER_HANDLE, credentials)
        .user_verification(UserVerification::Discouraged)
        .challenge(&CHALLENGE);
    let (_, pending) = rp.start_authentication(&request, now()).unwrap();
    Row::of(name, body.len(), || {
        let finish = || {
            let response = AuthenticationResponse::from_json(body)?;
            rp.finish_authentication(pending.clone(), &response, credentials, now())
        };
        verdict(finish())
    })
}

/// Logins, and what a caller may ask of their responses.
fn logins() -> (Vec<Row>, Vec<Row>) {
    let mut rows = Vec::new();
    let rp = with_quirks(relying_party());
    let client_data = ClientDataBuilder::get(&CHALLENGE, ORIGIN).build();
    let small = AuthenticatorDataBuilder::new(RP_ID, 0x01, 0).build();
    let large =
        AuthenticatorDataBuilder::new(RP_ID, 0x81, 0).extensions(&one_long_output(180_000)).build();
    for (of, Account { credential, signature }) in accounts() {
        let prepared = credential.clone().with_prepared_key().unwrap();
        for (size, data) in [("", &small), (", 180 KB of authenticator data", &large)] {
            let signed = [&data[..], &Sha256::digest(&client_data)].concat();
            let body = worst::login_body(&client_data, data, &signature(&signed), "{}");
            rows.push(log_in(format!("{of}{size}"), &rp, &credential, &body));
            rows.push(log_in(format!("{of}{size}, prepared"), &rp, &prepared, &body));
        }
    }
    let key = key("credential");
    let credential = Credential::from_parts(CREDENTIAL_ID, &key.cose_key().unwrap())
        .unwrap()
        .with_user_handle(USER_HANDLE)
        .unwrap();
    let sign =
        |data: &[u8], client_data: &[u8]| key.sign(&[data, &Sha256::digest(client_data)].concat());
    for (of, client_data) in worst::slow_client_data("webauthn.get") {
        let body = worst::login_body(&client_data, &small, &sign(&small, &client_data), "{}");
        rows.push(log_in(format!("client data: {of}"), &rp, &credential, &body));
    }
    let results = worst::large_results(worst::MAX_BODY - 1000);
    let body = worst::login_body(&client_data, &small, &sign(&small, &client_data), &results);
    rows.push(log_in("large client extension results".to_owned(), &rp, &credential, &body));

    let mut asked = Vec::new();
    let response = AuthenticationResponse::from_json(&body).unwrap();
    asked.push(Row::of("the unverified members of a response", body.len(), || {
        let id = response.unverified_credential_id().len();
        format!("{}", id + response.unverified_user_handle().map_or(0, <[u8]>::len))
    }));
    let outputs = response.client_extension_results();
    asked.push(Row::of("large results: what is lost", body.len(), || {
        format!("{} lost", outputs.lost().len())
    }));
    asked.push(Row::of("large results: each of 11 extensions, one by one", body.len(), || {
        let booleans = [
            outputs.app_id(),
            outputs.app_id_exclude(),
            outputs.hmac_create_secret(),
            outputs.cred_blob(),
            outputs.remote_client_data_json(),
        ];
        let others = [
            outputs.cred_props().is_some(),
            outputs.prf().is_some(),
            outputs.large_blob().is_some(),
            outputs.hmac_get_secret().is_some(),
            outputs.get_cred_blob().is_some(),
            outputs.uvm().is_some(),
        ];
        let found =
            booleans.iter().flatten().count() + others.iter().filter(|found| **found).count();
        format!("{found} of 11")
    }));
    (rows, asked)
}

fn payments() -> Vec<Row> {
    let key = key("credential");
    let credential = Credential::from_parts(CREDENTIAL_ID, &key.cose_key().unwrap())
        .unwrap()
        .with_user_handle(USER_HANDLE)
        .unwrap();
    let credentials = std::slice::from_ref(&credential);
    let shop = "https://shop.example";
    let instrument = || PaymentInstrument::new("Card", "https://bank.example/card.png");
    let order = PaymentOrder::new(shop, "EUR", "5.00", instrument()).payee_name("A shop");
    let rp = with_quirks(relying_party());
    let request = AuthenticationRequest::for_user(USER_HANDLE, credentials).challenge(&CHALLENGE);
    let (_, pending) = rp.start_payment(&request, &order, now()).unwrap();
    let data = AuthenticatorDataBuilder::new(RP_ID, 0x05, 0).build();
    let with = |more: String| {
        let members = format!(
            r#""payment":{{"rpId":"{RP_ID}","topOrigin":"{shop}","payeeName":"A shop","total":{{"value":"5.00","currency":"EUR"}},"instrument":{{"icon":"https://bank.example/card.png","displayName":"Card"}}{more}}}"#
        );
        let text = String::from_utf8(worst::client_data("payment.get", &members)).unwrap();
        text.replace(ORIGIN, shop).into_bytes()
    };
    let room = worst::MAX_CLIENT_DATA - 600;
    let logos = worst::repeated(r#"{"url":"","label":""}"#, room);
    let escaped = "\\u0061".repeat(room / 6);
    let mut data_of = vec![
        ("many logos", with(format!(r#","paymentEntitiesLogos":[{logos}]"#))),
        (
            "many logos of no name",
            with(format!(r#","paymentEntitiesLogos":[{}]"#, worst::repeated("{}", room))),
        ),
        ("a payee origin full of escapes", with(format!(r#","payeeOrigin":"{escaped}""#))),
        ("a key full of escapes", with(format!(r#","browserBoundPublicKey":"{escaped}""#))),
    ];
    data_of.extend(worst::slow_client_data("payment.get"));
    let results = worst::large_results(100_000);
    data_of
        .into_iter()
        .map(|(of, client_data)| {
            let signature = key.sign(&[&data[..], &Sha256::digest(&client_data)].concat());
            let body = worst::login_body(&client_data, &data, &signature, &results);
            Row::of(of, body.len(), || {
                let finish = || {
                    let response = AuthenticationResponse::from_json(&body)?;
                    rp.finish_payment(pending.clone(), &response, credentials, &order, now())
                };
                verdict(finish())
            })
        })
        .collect()
}

#[derive(Deserialize)]
struct Nested<T> {
    #[serde(default)]
    _more: u32,
    credential: T,
}

#[derive(Deserialize)]
struct Flattened<T> {
    #[serde(default)]
    _more: u32,
    #[serde(flatten)]
    credential: T,
}

fn read<T: for<'de> Deserialize<'de>>(name: &str, body: &str, rows: &mut [Vec<Row>; 3]) {
    fn told<T>(result: Result<T, serde_json::Error>) -> String {
        match result {
            Ok(_) => "read".to_owned(),
            Err(_) => "refused".to_owned(),
        }
    }
    let [_, through_serde, flattened] = rows;
    through_serde.push(Row::of(format!("{name}: from_slice"), body.len(), || {
        told(serde_json::from_slice::<T>(body.as_bytes()))
    }));
    let nested = format!(r#"{{"credential":{body}}}"#);
    through_serde.push(Row::of(format!("{name}: nested"), nested.len(), || {
        told(serde_json::from_str::<Nested<T>>(&nested).map(|read| read.credential))
    }));
    flattened.push(Row::of(name, body.len(), || {
        told(serde_json::from_str::<Flattened<T>>(body).map(|read| read.credential))
    }));
}

/// With `from_json`, through serde, and through what serde buffers.
fn reading() -> [Vec<Row>; 3] {
    let mut rows = [Vec::new(), Vec::new(), Vec::new()];
    let mut bodies = worst::bodies();
    let registering = Registering::new(&key("credential"));
    let object = vec![0; MAX_OBJECT];
    bodies.push(("a large attestation object", registering.body_of(&object)));
    for (of, body) in &bodies {
        rows[0].push(Row::of(*of, body.len(), || verdict(RegistrationResponse::from_json(body))));
        rows[0].push(Row::of(format!("{of}, as a login"), body.len(), || {
            verdict(AuthenticationResponse::from_json(body))
        }));
        read::<RegistrationResponse>(of, body, &mut rows);
    }
    rows
}

fn main() {
    print_machine();
    let mut worst = Vec::new();
    let (default, demanding) = registrations();
    worst.extend(table("Registration, default policy", &default));
    worst.extend(table("Registration, all quirks, worst policy", &demanding));
    let (logins, asked) = logins();
    worst.extend(table("Login", &logins));
    worst.extend(table("Payment", &payments()));
    let [text, through_serde, flattened] = reading();
    worst.extend(table("Reading with `from_json`", &text));
    worst.extend(table("Reading through serde", &through_serde));
    table("What serde buffers for `#[serde(flatten)]`", &flattened);
    table("What a caller may ask of a response", &asked);
    println!("\n## The worst\n");
    header();
    worst.iter().for_each(Row::print);
}
