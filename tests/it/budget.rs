//! Limits the number of signature checks for one request. Accepting more quirks never rejects a
//! response.
#![cfg(feature = "attestation")]

use std::time::Duration;

use sha2::{Digest, Sha256};
use webauthn_verify::attestation::{AttestationPolicy, CompoundRule};
use webauthn_verify::certificate::{TrustAnchor, verify_path};
use webauthn_verify::parse::Aaguid;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Credential, Error, ErrorKind, Quirk,
    Quirks, RegistrationRequest, RegistrationResponse, RelyingParty, Step, User, UserVerification,
};
use webauthn_verify_authenticator::costly::{
    self, CHALLENGE, CREDENTIAL_ID, ORIGIN, RP_ID, Registering, USER_HANDLE, chain, compound,
    packed, packed_self,
};
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, CertificateBuilder, ClientDataBuilder,
    PrivateKey, PublicNumbers, der, u2f_signed_message,
};

use crate::common::certificates::{self, CertificateFields, ca, issued_by, key, name, now};
use crate::common::messages::padded;

fn relying_party(policy: AttestationPolicy) -> RelyingParty {
    RelyingParty::new(RP_ID, [ORIGIN]).unwrap().attestation_policy(policy).unwrap()
}

fn tolerating(rp: RelyingParty, quirks: Quirks) -> RelyingParty {
    rp.allow_quirks(quirks)
}

fn all_quirks() -> Quirks {
    Quirk::ALL.iter().copied().collect()
}

fn anchors(certificates: &[Vec<u8>]) -> Vec<TrustAnchor> {
    certificates.iter().map(|der| TrustAnchor::from_der(der.as_slice()).unwrap()).collect()
}

fn by_root() -> AttestationPolicy {
    AttestationPolicy::trusted(anchors(&[certificates::root("root")]))
}

fn any(policy: AttestationPolicy) -> AttestationPolicy {
    policy.compound_rule(CompoundRule::Any)
}

/// Registers, and returns the quirks that were needed.
fn register(rp: &RelyingParty, body: &str) -> Result<Quirks, Error> {
    let user = User::new(USER_HANDLE, "alice@example.org", "Alice");
    let request = RegistrationRequest::security_key(&user, &[])
        .algorithms(&Algorithm::compiled_in().collect::<Vec<_>>())
        .challenge(&CHALLENGE);
    let (_, pending) = rp.start_registration(&request, now())?;
    let response = RegistrationResponse::from_json(body)?;
    Ok(rp.finish_registration(pending, &response, now())?.quirks())
}

#[track_caller]
fn accepted(policy: AttestationPolicy, body: &str) {
    if let Err(error) = register(&relying_party(policy), body) {
        panic!("{error}");
    }
}

#[track_caller]
fn too_many(policy: AttestationPolicy, body: &str, step: Step) {
    let error = register(&relying_party(policy), body).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::TooManySignatureChecks, step), "{error}");
}

fn several(statements: &[AttestationStatement]) -> AttestationStatement {
    AttestationStatement::compound(statements).unwrap()
}

/// Returns a correct packed statement with a certificate issued by "root".
fn good(registering: &Registering) -> AttestationStatement {
    let certificates = chain(&key("attestation").public_numbers(), &key("root"), 1);
    packed(registering, &key("attestation"), &certificates)
}

#[test]
fn kb_109_eight_correct_statements_pass_under_every_policy() {
    let registering = Registering::new(&key("credential"));
    let body = registering.body(&compound(&good(&registering), 8));
    let several_roots = AttestationPolicy::trusted(anchors(&costly::namesakes(8)));
    for policy in [AttestationPolicy::default(), by_root(), several_roots] {
        for policy in [policy.clone(), any(policy)] {
            for quirks in [Quirks::NONE, all_quirks()] {
                let rp = tolerating(relying_party(policy.clone()), quirks);
                assert_eq!(register(&rp, &body).unwrap(), Quirks::NONE);
            }
        }
    }
}

#[test]
fn kb_109_the_number_of_self_attestations_with_slow_keys_is_limited() {
    let step = Step::AttestationStatement;
    // Two checks with the largest RSA key are too many. A statement without a signature costs
    // nothing.
    let key = costly::slow_rsa();
    let registering = Registering::new(&key);
    let statement = packed_self(&registering, &key.sign(&registering.signed()));
    let one = several(&[statement.clone(), AttestationStatement::none()]);
    accepted(AttestationPolicy::default(), &registering.body(&one));
    let two = registering.body(&compound(&statement, 2));
    too_many(AttestationPolicy::default(), &two, step);
    // If any statement is enough, the first one is.
    accepted(any(AttestationPolicy::default()), &two);

    for (algorithm, most) in [(Algorithm::Es384, 8), (Algorithm::Es512, 6)] {
        let key = PrivateKey::from_seed(algorithm.cose_id(), b"credential").unwrap();
        let registering = Registering::new(&key);
        let statement = packed_self(&registering, &key.sign(&registering.signed()));
        let body = |count| registering.body(&compound(&statement, count));
        accepted(AttestationPolicy::default(), &body(most));
        for more in most + 1..=8 {
            too_many(AttestationPolicy::default(), &body(more), step);
        }
    }
}

/// A second attempt with quirks would only repeat the failure.
#[test]
fn kb_109_a_statement_that_no_quirk_helps_is_tried_once() {
    let registering = Registering::new(&key("credential"));
    // The name of the issuer, but another key.
    let other = key("another key");
    let twin = CertificateBuilder::new(&name("root"), &other.public_numbers())
        .basic_constraints(true, None)
        .sign(&other);
    let policy = any(AttestationPolicy::trusted(anchors(&vec![twin; 100])));
    let statement = several(&[good(&registering), AttestationStatement::none()]);
    let body = registering.body(&statement);
    let rp = tolerating(relying_party(policy), all_quirks());
    let error = register(&rp, &body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UntrustedAttestation, "{error}");
}

/// Statements with keys in certificates are limited too, in every format.
#[test]
fn kb_109_the_number_of_statements_with_slow_attestation_keys_is_limited() {
    let credential = key("credential");
    let registering = Registering::new(&credential);
    let slow = PrivateKey::from_seed(Algorithm::Es512.cose_id(), b"attestation").unwrap();
    let certificates = chain(&slow.public_numbers(), &key("root"), 1);
    for statement in [
        packed(&registering, &slow, &certificates),
        costly::tpm(&registering, &credential, &slow, 1).unwrap(),
    ] {
        let body = |count| registering.body(&compound(&statement, count));
        accepted(AttestationPolicy::default(), &body(6));
        too_many(AttestationPolicy::default(), &body(7), Step::AttestationStatement);
    }
}

#[test]
fn kb_109_the_number_of_certificates_with_slow_keys_is_limited_if_trust_is_required() {
    let registering = Registering::new(&key("credential"));
    let slow = PrivateKey::from_seed(Algorithm::Es512.cose_id(), b"authority").unwrap();
    // Each chain has one signature by "root". The slow key made all others.
    let with_chain = |count: usize| {
        let certificates = chain(&key("attestation").public_numbers(), &slow, count);
        packed(&registering, &key("attestation"), &certificates)
    };
    let body = |counts: [usize; 3]| registering.body(&several(&counts.map(with_chain)));
    accepted(by_root(), &registering.body(&with_chain(8)));
    accepted(by_root(), &body([8, 8, 2]));
    accepted(by_root(), &body([6, 6, 6]));
    too_many(by_root(), &body([6, 6, 7]), Step::AttestationTrust);
    too_many(by_root(), &body([8, 8, 3]), Step::AttestationTrust);
    // Without required trust, the chains are not checked. If any statement is enough, the first one
    // is.
    accepted(AttestationPolicy::default(), &body([8, 8, 8]));
    accepted(any(by_root()), &body([8, 8, 8]));
}

/// Each anchor with the name of an issuer costs a check.
#[test]
fn kb_109_anchors_with_one_name_are_tried_until_the_budget_is_spent() {
    let registering = Registering::new(&key("credential"));
    let body = registering.body(&good(&registering));
    let by = |count| AttestationPolicy::trusted(anchors(&costly::namesakes(count)));
    accepted(by(128), &body);
    too_many(by(129), &body, Step::AttestationTrust);

    // A large certificate is hashed for each anchor, so it costs more.
    let large =
        costly::stuffed_certificate(&costly::meaningless_extensions(1, 50_000), 0, &name("root"));
    let statement = packed(&registering, &key("attestation"), &[large.sign(&key("root"))]);
    let body = registering.body(&statement);
    accepted(by(32), &body);
    too_many(by(33), &body, Step::AttestationTrust);

    // An anchor that equals the leaf costs nothing, even after these anchors.
    let leaf = chain(&key("attestation").public_numbers(), &key("root"), 1).remove(0);
    let mut many = costly::namesakes(200);
    many.pop();
    many.push(leaf);
    let body = registering.body(&good(&registering));
    accepted(AttestationPolicy::trusted(anchors(&many)), &body);
}

#[test]
fn kb_109_exponents_in_certificates_are_at_most_65537() {
    const MESSAGE: &str = "an RSA key has an exponent above 65537";
    let registering = Registering::new(&key("credential"));
    let numbers = |exponent: &[u8]| PublicNumbers::Rsa {
        modulus: vec![0xff; 256],
        exponent: exponent.to_vec(),
    };
    let signed_by = |exponent: &[u8]| {
        let certificates = chain(&numbers(exponent), &key("root"), 1);
        let alg = Algorithm::Rs256.cose_id();
        let statement =
            AttestationStatement::packed(alg, &[0x7f; 256], Some(&certificates)).unwrap();
        register(&relying_party(AttestationPolicy::default()), &registering.body(&statement))
            .unwrap_err()
    };
    let path_by = |exponent: &[u8]| {
        let issuer = CertificateBuilder::new(&name("authority"), &numbers(exponent))
            .basic_constraints(true, None);
        let issuer = issued_by("root", issuer);
        let algorithm =
            der::sequence(&[der::object_identifier(certificates::SHA256_WITH_RSA), der::null()]);
        let mut leaf = CertificateFields::new().algorithm(algorithm);
        leaf.issuer = name("authority").to_der();
        let leaf = leaf.with_signature(&leaf.to_be_signed(), &[0x7f; 256]);
        let anchors = anchors(&[certificates::root("root")]);
        verify_path(&[&leaf, &issuer], &anchors, now(), Quirks::NONE).unwrap_err()
    };
    // 65539, 2^17 + 1, 2^33 - 1, 2^64 + 1.
    let beyond: [&[u8]; 4] =
        [&[1, 0, 3], &[2, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff], &[1, 0, 0, 0, 0, 0, 0, 0, 1]];
    for exponent in beyond {
        let error = signed_by(exponent);
        assert_eq!(error.kind(), ErrorKind::AttestationInvalid, "{error}");
        assert!(error.to_string().contains(MESSAGE), "{error}");
        let failure = path_by(exponent);
        assert_eq!(failure.kind(), ErrorKind::UntrustedAttestation, "{failure}");
        assert!(failure.to_string().contains(MESSAGE), "{failure}");
    }
    // With these exponents, the signature is wrong.
    for exponent in [&[3][..], &[17], &[1, 0, 1]] {
        let error = signed_by(exponent);
        assert_eq!(error.kind(), ErrorKind::SignatureInvalid, "{error}");
        let failure = path_by(exponent);
        assert_eq!(failure.field(), Some("certificate.signature"), "{failure}");
        assert!(!failure.to_string().contains(MESSAGE), "{failure}");
    }
    // With a correct signature, the response is accepted.
    let rsa = certificates::rsa_key();
    let certificates = chain(&rsa.public_numbers(), &rsa, 2);
    let body = registering.body(&packed(&registering, &rsa, &certificates));
    accepted(by_root(), &body);
}

/// Runs a ceremony with a set of quirks, and returns the quirks that were needed.
type Ceremony = Box<dyn Fn(Quirks) -> Result<Quirks, Error>>;

fn registration(policy: AttestationPolicy, body: String) -> Ceremony {
    let rp = relying_party(policy);
    Box::new(move |quirks| register(&tolerating(rp.clone(), quirks), &body))
}

/// Returns a login with padded integers in its signature.
fn padded_login() -> Ceremony {
    let key = key("credential");
    let credential = Credential::from_parts(CREDENTIAL_ID, &key.cose_key().unwrap())
        .unwrap()
        .with_user_handle(USER_HANDLE)
        .unwrap();
    let client_data = ClientDataBuilder::get(&CHALLENGE, ORIGIN).build();
    let data = AuthenticatorDataBuilder::new(RP_ID, 0x01, 0).build();
    let signature = key.sign(&[&data[..], &Sha256::digest(&client_data)].concat());
    let body = costly::login_body(&client_data, &data, &padded(&signature), "{}");
    Box::new(move |quirks| {
        let rp = tolerating(relying_party(AttestationPolicy::default()), quirks);
        let credentials = std::slice::from_ref(&credential);
        let request = AuthenticationRequest::for_user(USER_HANDLE, credentials)
            .user_verification(UserVerification::Discouraged)
            .challenge(&CHALLENGE);
        let (_, pending) = rp.start_authentication(&request, now())?;
        let response = AuthenticationResponse::from_json(&body)?;
        Ok(rp.finish_authentication(pending, &response, credentials, now())?.quirks())
    })
}

const OLD_ROOT: &str = "an old root";

/// Returns a packed statement with a certificate that "an old root" signed with RSA and SHA-1, and
/// the certificate of that root.
fn by_sha1(registering: &Registering) -> (AttestationStatement, Vec<u8>) {
    let algorithm =
        der::sequence(&[der::object_identifier(&[1, 2, 840, 113_549, 1, 1, 5]), der::null()]);
    let fields = costly::stuffed_certificate(&[], 0, &name(OLD_ROOT)).algorithm(algorithm);
    let to_be_signed = fields.to_be_signed();
    let leaf = fields.with_signature(&to_be_signed, &certificates::sign_with_sha1(&to_be_signed));
    let numbers = certificates::rsa_key().public_numbers();
    let root = CertificateBuilder::new(&name(OLD_ROOT), &numbers).basic_constraints(true, None);
    (packed(registering, &key("attestation"), &[leaf]), issued_by("nobody", root))
}

/// Returns a correct statement that proves no model, with a certificate issued by "root".
fn fido_u2f(registering: &Registering) -> AttestationStatement {
    let message = u2f_signed_message(
        &Sha256::digest(RP_ID).into(),
        &registering.client_data_hash(),
        CREDENTIAL_ID,
        &key("credential").public_numbers(),
    );
    let certificate =
        CertificateBuilder::new(&name("U2F key"), &key("attestation").public_numbers());
    let signature = key("attestation").sign(&message);
    AttestationStatement::fido_u2f(&signature, &[issued_by("root", certificate)]).unwrap()
}

fn subsets() -> Vec<Quirks> {
    let count = Quirk::ALL.len();
    let set = |bits: u32| (0..count).filter(move |one| bits >> one & 1 == 1);
    (0..1_u32 << count).map(|bits| set(bits).map(|one| Quirk::ALL[one]).collect()).collect()
}

fn is_subset(one: Quirks, other: Quirks) -> bool {
    one.iter().all(|quirk| other.contains(quirk))
}

/// Checks that a ceremony accepted with a set of quirks is accepted with every larger set. Every
/// quirk that was needed was also allowed, and without one of them the response is rejected.
#[track_caller]
fn never_refused_for_more(of: &str, ceremony: &Ceremony, needed_under_all: Option<Quirks>) {
    let verdicts: Vec<_> =
        subsets().into_iter().map(|quirks| (quirks, ceremony(quirks).ok())).collect();
    for (tolerated, needed) in &verdicts {
        let Some(needed) = *needed else { continue };
        assert!(is_subset(needed, *tolerated), "{of}: {needed:?} of {tolerated:?}");
        for (other, verdict) in &verdicts {
            if is_subset(*tolerated, *other) {
                assert!(
                    verdict.is_some(),
                    "{of}: accepted with {tolerated:?}, but not with {other:?}"
                );
            }
        }
        for quirk in needed.iter() {
            let without = tolerated.iter().filter(|one| *one != quirk).collect();
            let (_, verdict) = verdicts.iter().find(|(quirks, _)| *quirks == without).unwrap();
            assert!(verdict.is_none(), "{of}: {needed:?} needed, but accepted with {without:?}");
        }
    }
    let (_, under_all) = verdicts.last().unwrap();
    assert_eq!(*under_all, needed_under_all, "{of}");
}

#[test]
fn kb_106_accepting_more_quirks_never_rejects_more() {
    let credential = key("credential");
    let registering = Registering::new(&credential);
    let none = Some(Quirks::NONE);
    let padding = Quirks::NONE.with(Quirk::NonMinimalDerIntegers);
    let sha1 = Quirks::NONE.with(Quirk::Sha1Attestation);
    let check = |of: &str, policy: AttestationPolicy, statement: &AttestationStatement, needed| {
        let ceremony = registration(policy, registering.body(statement));
        never_refused_for_more(of, &ceremony, needed);
    };

    let eight = compound(&good(&registering), 8);
    check("eight good ones", AttestationPolicy::default(), &eight, none);
    check("eight good ones, any", any(by_root()), &eight, none);

    let signature = padded(&credential.sign(&registering.signed()));
    let quirky = packed_self(&registering, &signature);
    let mixed = several(&[quirky.clone(), good(&registering)]);
    check("one that needs a quirk, any", any(AttestationPolicy::default()), &mixed, none);
    check("one that needs a quirk, any, trust", any(by_root()), &mixed, none);
    check("one that needs a quirk, all", AttestationPolicy::default(), &mixed, Some(padding));
    let both = several(&[quirky.clone(), quirky]);
    check("two that need a quirk, any", any(AttestationPolicy::default()), &both, Some(padding));

    let (old, old_root) = by_sha1(&registering);
    let trusting =
        |certificates: &[Vec<u8>]| any(AttestationPolicy::trusted(anchors(certificates)));
    let roots = [certificates::root("root"), old_root];
    check("a path by SHA-1", trusting(&roots), &old, Some(sha1));
    // A denied model is rejected with every set of quirks, in every statement that claims it.
    let denied = [Aaguid::from_bytes(costly::AAGUID)];
    let statement = several(&[old.clone(), fido_u2f(&registering)]);
    check("a denied model", trusting(&roots).refuse_aaguids(denied), &statement, None);
    check("no model denied", trusting(&roots), &statement, none);
    let statement = several(&[old.clone(), AttestationStatement::none()]);
    check("a denied model alone", trusting(&roots).refuse_aaguids(denied), &statement, None);
    check("a path by SHA-1 beside nothing", trusting(&roots), &statement, Some(sha1));
    // Many anchors have the name of the old root, so its path uses up the budget.
    let other_key = |number: usize| {
        let key = key(&format!("other {number}"));
        CertificateBuilder::new(&name(OLD_ROOT), &key.public_numbers())
            .basic_constraints(true, None)
            .sign(&key)
    };
    let many: Vec<_> = (0..130).map(other_key).chain([issued_by("root", ca("root"))]).collect();
    let statement = several(&[old, good(&registering)]);
    check("a path by SHA-1 that spends the budget", trusting(&many), &statement, none);

    never_refused_for_more("a padded login", &padded_login(), Some(padding));
    let safetynet = costly::safetynet(&registering, 0, 1);
    let accepting = AttestationPolicy::default().allow_safetynet(Duration::from_secs(60));
    check("SafetyNet", accepting, &safetynet, none);
}
