//! Generates the test vectors of Web Authentication Level 3, section 16, from their derivation.
//!
//! The specification publishes each value together with its derivation, so nothing is copied here.
//! Every random value is the HKDF-SHA-256 of a fixed string, numbered in the order in which a
//! ceremony needs the values. The software authenticator makes everything else. Each published
//! ceremony is followed by a twin with one fault, signed again if necessary. An example that was
//! published with a fault has no twin.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use serde::Serialize;
use sha2::{Digest, Sha256};
use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::{
    AttestationStatement, AuthenticatorDataBuilder, AuthenticatorError, CertificateBuilder,
    ClientDataBuilder, DistinguishedName, KeyDescriptionBuilder, PrivateKey, PublicNumbers,
    TpmStructure, ccd_to_string, flag, mersenne, u2f_signed_message,
};

type Result<T> = core::result::Result<T, AuthenticatorError>;

const RP_ID: &str = "example.org";
const ORIGIN: &str = "https://example.org";
const TOP_ORIGIN: &str = "https://example.com";

/// The flags that the specification chooses at random in a registration. An authentication keeps
/// the backup eligibility of its registration.
const DRAWN_FLAGS: u8 = flag::USER_VERIFIED | flag::BACKUP_ELIGIBLE | flag::BACKUP_STATE;

/// The examples that the software authenticator can generate, in the order of the specification.
const EXAMPLES: &[Example] = &[
    Example::new("none-es256", "none.ES256", Algorithm::Es256, Format::None),
    Example::new("packed-self-es256", "packed-self.ES256", Algorithm::Es256, Format::PackedSelf),
    Example {
        framing: Framing::CrossOrigin,
        ..Example::new(
            "none-es256-crossOrigin",
            "none.ES256.crossOrigin",
            Algorithm::Es256,
            Format::None,
        )
    },
    Example {
        framing: Framing::TopOrigin,
        ..Example::new(
            "none-es256-topOrigin",
            "none.ES256.topOrigin",
            Algorithm::Es256,
            Format::None,
        )
    },
    Example {
        credential_id_length: 1023,
        ..Example::new(
            "none-es256-long-credential-id",
            "none.ES256.long-credential-id",
            Algorithm::Es256,
            Format::None,
        )
    },
    Example::new("packed-es256", "packed.ES256", Algorithm::Es256, Format::Packed),
    Example::new("packed-es384", "packed.ES384", Algorithm::Es384, Format::Packed),
    Example {
        challenge_length: 128,
        ..Example::new("packed-es512", "packed.ES512", Algorithm::Es512, Format::Packed)
    },
    Example::new("packed-rs256", "packed.RS256", Algorithm::Rs256, Format::Packed),
    Example::new("packed-eddsa", "packed.EdDSA", Algorithm::EdDsa, Format::Packed),
    Example::new("packed-ed448", "packed.Ed448", Algorithm::Ed448, Format::Packed),
    Example::new("tpm-es256", "tpm.ES256", Algorithm::Es256, Format::Tpm),
    Example::new("android-key-es256", "android-key.ES256", Algorithm::Es256, Format::AndroidKey),
    Example {
        empty_authorization_lists: true,
        ..Example::new(
            "android-key-es256-empty-authorization-lists",
            "android-key.ES256",
            Algorithm::Es256,
            Format::AndroidKey,
        )
    },
    Example::new("apple-es256", "apple.ES256", Algorithm::Es256, Format::Apple),
    Example::new("fido-u2f-es256", "fido-u2f.ES256", Algorithm::Es256, Format::FidoU2f),
];

/// Returns the content of `test-vectors/w3c-level-3.json`.
pub fn vector_file() -> Result<String> {
    let authority = Authority::new("Attestation CA")?;
    let mut cases = Vec::new();
    for example in EXAMPLES {
        let pair = Pair::new(example, &authority)?;
        let registration = Case::registration(&pair, &authority, &pair.registration)?;
        if example.empty_authorization_lists {
            cases.push(registration.rejected("AttestationInvalid"));
            continue;
        }
        let authentication = Case::authentication(&pair, &pair.authentication)?;
        let rejected_registration = reject_registration(&pair, &authority, &registration)?;
        let rejected_authentication = reject_authentication(&pair, &authentication)?;
        cases.push(registration);
        cases.push(rejected_registration);
        cases.push(authentication);
        cases.push(rejected_authentication);
    }
    let file = VectorFile {
        format: 1,
        source: "W3C Web Authentication Level 3, section 16 (Test Vectors), branch L3-CR, commit \
                 8bbf3638 of 2026-05-15; android-key-es256-empty-authorization-lists as it stands \
                 in the editor's draft of 2026-07-30; the other rejected cases are made from the \
                 published ones",
        rp_id: RP_ID,
        origins: [ORIGIN],
        cases,
    };
    let json = serde_json::to_string_pretty(&file).expect("strings and numbers can be serialized");
    Ok(json + "\n")
}

/// Returns every value that the specification publishes for these examples, with names like
/// `none-es256/registration/challenge`.
pub fn published_values() -> Result<Vec<(String, Vec<u8>)>> {
    let authority = Authority::new("Attestation CA")?;
    let mut values = vec![
        ("attestation_ca_key".to_owned(), authority.scalar.clone()),
        ("attestation_ca_serial_number".to_owned(), authority.serial_number.clone()),
        ("attestation_ca_cert".to_owned(), authority.certificate.clone()),
    ];
    for example in EXAMPLES {
        let pair = Pair::new(example, &authority)?;
        let registration = &pair.registration;
        let authentication = &pair.authentication;
        let mut name = |ceremony, published: Vec<(&str, Vec<u8>)>| {
            for (value, bytes) in published {
                values.push((format!("{}/{ceremony}/{value}", example.name), bytes));
            }
        };
        let mut published = registration.drawn.clone();
        published.push(("clientDataJSON", registration.client_data_json.clone()));
        published.push(("attestationObject", registration.attestation_object()?));
        name("registration", published);
        let mut published = authentication.drawn.clone();
        published.push(("authenticatorData", authentication.authenticator_data()));
        published.push(("clientDataJSON", authentication.client_data_json.clone()));
        published.push(("signature", authentication.signature()));
        name("authentication", published);
    }
    Ok(values)
}

struct Example {
    name: &'static str,
    /// The `info` input of HKDF.
    info: &'static str,
    algorithm: Algorithm,
    format: Format,
    framing: Framing,
    challenge_length: usize,
    credential_id_length: usize,
    /// Whether to build the example as it was before its correction. Such a statement must be
    /// rejected.
    empty_authorization_lists: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    None,
    PackedSelf,
    Packed,
    Tpm,
    AndroidKey,
    Apple,
    FidoU2f,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    None,
    CrossOrigin,
    TopOrigin,
}

impl Example {
    const fn new(
        name: &'static str,
        info: &'static str,
        algorithm: Algorithm,
        format: Format,
    ) -> Example {
        Example {
            name,
            info,
            algorithm,
            format,
            framing: Framing::None,
            challenge_length: 32,
            credential_id_length: 32,
            empty_authorization_lists: false,
        }
    }

    /// Builds client data. Bit 01 of the drawn flags decides whether it contains an unknown member.
    fn client_data_json(&self, builder: ClientDataBuilder, draw: &mut Draw) -> Vec<u8> {
        let mut builder = match self.framing {
            Framing::None => builder,
            Framing::CrossOrigin => builder.cross_origin(true),
            Framing::TopOrigin => builder.cross_origin(true).top_origin(TOP_ORIGIN),
        };
        if draw.byte("client_data_gen_flags") & 0x01 != 0 {
            let extra_data = format!(
                "clientDataJSON may be extended with additional fields in the future, such as \
                 this: {}",
                base64url(&draw.bytes("extraData_random", 16))
            );
            builder = builder.member("extraData", &ccd_to_string(&extra_data));
        }
        builder.build()
    }

    fn credential_key(&self, draw: &mut Draw) -> Result<PrivateKey> {
        match self.algorithm {
            Algorithm::Es256 => PrivateKey::es256(&draw.array("credential_private_key")),
            Algorithm::Es384 => PrivateKey::es384(&draw.array("credential_private_key")),
            // The private key has 520 random bits. Its first bit, the 521st, is zero.
            Algorithm::Es512 => {
                let drawn = draw.bytes("credential_private_key", 65);
                let mut scalar = [0; 66];
                scalar[1..].copy_from_slice(&drawn);
                PrivateKey::es512(&scalar)
            }
            Algorithm::EdDsa => Ok(PrivateKey::ed25519(&draw.array("private_key"))),
            Algorithm::Ed448 => Ok(PrivateKey::ed448(&draw.array("private_key"))),
            // The two smallest Mersenne primes above 2^1024. They are not drawn, but published with
            // the other values.
            Algorithm::Rs256 => {
                let (p, q) = (mersenne(1279), mersenne(2203));
                let key = PrivateKey::rs256(&p, &q);
                draw.drawn.extend([("private_key_p", p), ("private_key_q", q)]);
                key
            }
            other => panic!("no published vector for {other}"),
        }
    }
}

/// The random values of an example, derived with HKDF-SHA-256. The salt contains a counter.
struct Draw {
    info: &'static str,
    salt: u8,
    drawn: Vec<(&'static str, Vec<u8>)>,
}

impl Draw {
    fn new(info: &'static str) -> Draw {
        Draw { info, salt: 0, drawn: Vec::new() }
    }

    fn bytes(&mut self, name: &'static str, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        Hkdf::<Sha256>::new(Some(&[self.salt]), b"WebAuthn test vectors")
            .expand(self.info.as_bytes(), &mut bytes)
            .expect("every value is short enough for HKDF");
        self.salt += 1;
        self.drawn.push((name, bytes.clone()));
        bytes
    }

    fn array<const N: usize>(&mut self, name: &'static str) -> [u8; N] {
        self.bytes(name, N).try_into().expect("the requested length")
    }

    fn byte(&mut self, name: &'static str) -> u8 {
        self.array::<1>(name)[0]
    }

    /// Returns the values that were drawn since the last call.
    fn take(&mut self) -> Vec<(&'static str, Vec<u8>)> {
        core::mem::take(&mut self.drawn)
    }
}

/// The attestation CA of all examples.
#[derive(Clone)]
struct Authority {
    scalar: Vec<u8>,
    serial_number: Vec<u8>,
    key: PrivateKey,
    certificate: Vec<u8>,
}

impl Authority {
    fn new(info: &'static str) -> Result<Authority> {
        let mut draw = Draw::new(info);
        let scalar = draw.array("attestation_ca_key");
        let serial_number = draw.bytes("attestation_ca_serial_number", 16);
        let key = PrivateKey::es256(&scalar)?;
        let name = name("Authenticator Attestation CA");
        let certificate = CertificateBuilder::new(&name, &key.public_numbers())
            .serial_number(&serial_number)
            .validity("240101000000Z", "30240101000000Z")
            .basic_constraints(true, None)
            .key_usage(CertificateBuilder::KEY_CERT_SIGN | CertificateBuilder::CRL_SIGN)
            .subject_key_identifier()
            .sign(&key);
        Ok(Authority { scalar: scalar.to_vec(), serial_number, key, certificate })
    }

    fn attestation_certificate(
        &self,
        key: &PublicNumbers,
        subject: &DistinguishedName,
        serial_number: &[u8],
    ) -> CertificateBuilder {
        CertificateBuilder::new(subject, key)
            .issuer(&name("Authenticator Attestation CA"))
            .serial_number(serial_number)
            .validity("240101000000Z", "30240101000000Z")
            .basic_constraints(false, None)
            .key_usage(CertificateBuilder::DIGITAL_SIGNATURE)
            .subject_key_identifier()
            .authority_key_identifier(&self.key.public_numbers())
    }
}

fn name(organizational_unit: &str) -> DistinguishedName {
    DistinguishedName::new()
        .common_name("WebAuthn test vectors")
        .organization("W3C")
        .organizational_unit(organizational_unit)
        .country("AA")
}

/// A registration and an authentication with the same credential.
struct Pair {
    example: &'static Example,
    registration: Registration,
    authentication: Authentication,
}

/// All parts of a registration. If a test changes one part, all parts that depend on it change too.
#[derive(Clone)]
struct Registration {
    drawn: Vec<(&'static str, Vec<u8>)>,
    challenge: Vec<u8>,
    client_data_json: Vec<u8>,
    aaguid: [u8; 16],
    credential_id: Vec<u8>,
    flags: u8,
    key: PrivateKey,
    public_key: PublicNumbers,
    attestation: Attestation,
    /// Flips the lowest bit of the attestation signature.
    breaks_signature: bool,
    /// Lets the TPM sign a structure that it did not create.
    breaks_magic: bool,
}

#[derive(Clone)]
enum Attestation {
    None,
    PackedSelf,
    Packed(Attester),
    Tpm(Attester),
    AndroidKey(KeyAttester),
    Apple(AppleAttester),
    FidoU2f(Attester),
}

/// Issues a certificate for the credential key itself.
#[derive(Clone)]
struct AppleAttester {
    authority: Authority,
    serial_number: Vec<u8>,
    /// Replaces the nonce of the registration.
    nonce: Option<[u8; 32]>,
}

#[derive(Clone)]
struct Attester {
    key: PrivateKey,
    serial_number: Vec<u8>,
    certificate: Vec<u8>,
}

/// Attests the credential key in a certificate for that key.
#[derive(Clone)]
struct KeyAttester {
    serial_number: Vec<u8>,
    certificate: Vec<u8>,
}

/// All parts of an authentication.
#[derive(Clone)]
struct Authentication {
    drawn: Vec<(&'static str, Vec<u8>)>,
    challenge: Vec<u8>,
    client_data_json: Vec<u8>,
    flags: u8,
    /// Bytes after the authenticator data, which must not be there.
    trailing: &'static [u8],
    key: PrivateKey,
    /// Flips the lowest bit of the signature.
    breaks_signature: bool,
}

impl Pair {
    fn new(example: &'static Example, authority: &Authority) -> Result<Pair> {
        let mut draw = Draw::new(example.info);
        let challenge = draw.bytes("challenge", example.challenge_length);
        let key = example.credential_key(&mut draw)?;
        let client_data = ClientDataBuilder::create(&challenge, ORIGIN);
        let client_data_json = example.client_data_json(client_data, &mut draw);
        let aaguid = draw.array("aaguid");
        let credential_id = draw.bytes("credential_id", example.credential_id_length);
        let mut flags = flag::USER_PRESENT | flag::ATTESTED_CREDENTIAL_DATA;
        if example.format != Format::FidoU2f {
            flags |= draw.byte("auth_data_UV_BE_BS") & DRAWN_FLAGS;
        }
        if flags & flag::BACKUP_ELIGIBLE == 0 {
            flags &= !flag::BACKUP_STATE;
        }
        let attestation = Attestation::new(example, authority, &key, &client_data_json, &mut draw)?;
        let registration = Registration {
            drawn: draw.take(),
            challenge,
            client_data_json,
            aaguid,
            credential_id,
            flags,
            public_key: key.public_numbers(),
            key: key.clone(),
            attestation,
            breaks_signature: false,
            breaks_magic: false,
        };
        let authentication = Authentication::new(example, key, flags, &mut draw);
        Ok(Pair { example, registration, authentication })
    }

    fn case_name(&self, ceremony: &str) -> String {
        format!("{}/{ceremony}", self.example.name)
    }
}

impl Attestation {
    /// Draws the values that the attestation of the example needs.
    fn new(
        example: &Example,
        authority: &Authority,
        key: &PrivateKey,
        client_data_json: &[u8],
        draw: &mut Draw,
    ) -> Result<Attestation> {
        Ok(match example.format {
            Format::None => Attestation::None,
            Format::PackedSelf => Attestation::PackedSelf,
            Format::Packed => Attestation::Packed(Attester::new(authority, draw)?),
            Format::Tpm => Attestation::Tpm(Attester::new_tpm(authority, draw)?),
            Format::AndroidKey => {
                let serial_number = draw.bytes("attestation_cert_serial_number", 16);
                let mut description = published_description(&Sha256::digest(client_data_json));
                if example.empty_authorization_lists {
                    description = description.tee_enforced(&[]);
                }
                Attestation::AndroidKey(KeyAttester::new(
                    authority,
                    key,
                    serial_number,
                    &description,
                ))
            }
            Format::Apple => Attestation::Apple(AppleAttester {
                authority: authority.clone(),
                serial_number: draw.bytes("attestation_cert_serial_number", 16),
                nonce: None,
            }),
            Format::FidoU2f => Attestation::FidoU2f(Attester::new(authority, draw)?),
        })
    }
}

impl Attester {
    fn new(authority: &Authority, draw: &mut Draw) -> Result<Attester> {
        let key = PrivateKey::es256(&draw.array("attestation_private_key"))?;
        let serial_number = draw.bytes("attestation_cert_serial_number", 16);
        let subject = name("Authenticator Attestation");
        let certificate = authority
            .attestation_certificate(&key.public_numbers(), &subject, &serial_number)
            .sign(&authority.key);
        Ok(Attester { key, serial_number, certificate })
    }

    /// Returns a builder for the same certificate with this common name, to be changed and signed.
    fn certificate_named(&self, common_name: &str, authority: &Authority) -> CertificateBuilder {
        let key = self.key.public_numbers();
        authority.attestation_certificate(&key, &name(common_name), &self.serial_number)
    }

    /// Creates a TPM. Its certificate has no subject, and its alternative name contains an
    /// unregistered manufacturer.
    fn new_tpm(authority: &Authority, draw: &mut Draw) -> Result<Attester> {
        let key = PrivateKey::es256(&draw.array("attestation_private_key"))?;
        let serial_number = draw.bytes("attestation_cert_serial_number", 16);
        let tpm = DistinguishedName::new()
            .tpm_manufacturer("id:00000000")
            .tpm_version("id:00000000")
            .tpm_model("WebAuthn test vectors");
        let certificate = authority
            .attestation_certificate(
                &key.public_numbers(),
                &DistinguishedName::new(),
                &serial_number,
            )
            .extended_key_usage(&[CertificateBuilder::TPM_AIK_CERTIFICATE])
            .subject_alt_name(true, &tpm.to_der_in_one_set())
            .sign(&authority.key);
        Ok(Attester { key, serial_number, certificate })
    }
}

impl KeyAttester {
    fn new(
        authority: &Authority,
        credential_key: &PrivateKey,
        serial_number: Vec<u8>,
        description: &KeyDescriptionBuilder,
    ) -> KeyAttester {
        let certificate = authority
            .attestation_certificate(
                &credential_key.public_numbers(),
                &name("Authenticator Attestation"),
                &serial_number,
            )
            .extension(KeyDescriptionBuilder::OBJECT_IDENTIFIER, false, &description.build())
            .sign(&authority.key);
        KeyAttester { serial_number, certificate }
    }
}

/// Returns the description of a software key by Keymaster version 0.
fn published_description(challenge: &[u8]) -> KeyDescriptionBuilder {
    KeyDescriptionBuilder::new(challenge)
        .attestation_version(300)
        .attestation_security_level(KeyDescriptionBuilder::SOFTWARE)
        .keymaster_version(0)
        .keymaster_security_level(KeyDescriptionBuilder::SOFTWARE)
        .tee_enforced(&[KeyDescriptionBuilder::purpose(&[2]), KeyDescriptionBuilder::origin(0)])
}

impl AppleAttester {
    fn certificate(&self, credential_key: &PublicNumbers, signed: &[u8]) -> Vec<u8> {
        let nonce = self.nonce.unwrap_or_else(|| Sha256::digest(signed).into());
        self.authority
            .attestation_certificate(
                credential_key,
                &name("Authenticator Attestation"),
                &self.serial_number,
            )
            .apple_nonce(&nonce)
            .sign(&self.authority.key)
    }
}

impl Registration {
    fn authenticator_data(&self) -> Result<Vec<u8>> {
        let cose_key = self.public_key.cose_key(self.key.algorithm())?;
        let builder = AuthenticatorDataBuilder::new(RP_ID, self.flags, 0);
        Ok(builder.attested_credential_data(&self.aaguid, &self.credential_id, &cose_key)?.build())
    }

    fn attestation_object(&self) -> Result<Vec<u8>> {
        let authenticator_data = self.authenticator_data()?;
        let client_data_hash: [u8; 32] = Sha256::digest(&self.client_data_json).into();
        let signed = [&authenticator_data[..], &client_data_hash].concat();
        let statement = match &self.attestation {
            Attestation::None => AttestationStatement::none(),
            Attestation::PackedSelf => {
                let signature = self.finish(self.key.sign(&signed));
                AttestationStatement::packed(self.key.algorithm(), &signature, None)?
            }
            Attestation::Packed(attester) => AttestationStatement::packed(
                attester.key.algorithm(),
                &self.finish(attester.key.sign(&signed)),
                Some(core::slice::from_ref(&attester.certificate)),
            )?,
            Attestation::Tpm(attester) => {
                let (pub_area, cert_info) = self.tpm_structures(&signed)?;
                AttestationStatement::tpm(
                    "2.0",
                    attester.key.algorithm(),
                    &self.finish(attester.key.sign(&cert_info)),
                    core::slice::from_ref(&attester.certificate),
                    &pub_area,
                    &cert_info,
                )?
            }
            Attestation::AndroidKey(attester) => AttestationStatement::android_key(
                self.key.algorithm(),
                &self.finish(self.key.sign(&signed)),
                core::slice::from_ref(&attester.certificate),
            )?,
            Attestation::Apple(attester) => {
                AttestationStatement::apple(&[attester.certificate(&self.public_key, &signed)])?
            }
            Attestation::FidoU2f(attester) => {
                let signed = u2f_signed_message(
                    &Sha256::digest(RP_ID).into(),
                    &client_data_hash,
                    &self.credential_id,
                    &self.public_key,
                );
                AttestationStatement::fido_u2f(
                    &self.finish(attester.key.sign(&signed)),
                    core::slice::from_ref(&attester.certificate),
                )?
            }
        };
        statement.attestation_object(&authenticator_data)
    }

    /// Builds pubArea and certInfo. Numbers that do not matter have the values of the
    /// specification.
    fn tpm_structures(&self, signed: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
        let pub_area = TpmStructure::pub_area(&self.public_key)?
            .with("pubArea.objectAttributes", &[0, 4, 0, 0])?;
        let mut clock_info = [0; 17];
        clock_info[8..12].fill(0x11);
        clock_info[12..16].fill(0x22);
        clock_info[16] = 0x33;
        let magic = if self.breaks_magic { b"\xffTCF" } else { b"\xffTCG" };
        let cert_info = TpmStructure::cert_info(&Sha256::digest(signed), &pub_area.name())
            .with("certInfo.magic", magic)?
            .with("certInfo.clockInfo", &clock_info)?;
        Ok((pub_area.to_bytes(), cert_info.to_bytes()))
    }

    fn finish(&self, signature: Vec<u8>) -> Vec<u8> {
        if self.breaks_signature { flip_last_bit(&signature) } else { signature }
    }
}

impl Authentication {
    /// Draws a login with the key that was registered with these flags.
    fn new(
        example: &Example,
        key: PrivateKey,
        registered_flags: u8,
        draw: &mut Draw,
    ) -> Authentication {
        let challenge = draw.bytes("challenge", example.challenge_length);
        let client_data = ClientDataBuilder::get(&challenge, ORIGIN);
        let client_data_json = example.client_data_json(client_data, draw);
        let backup_eligible = registered_flags & flag::BACKUP_ELIGIBLE;
        let changing = match backup_eligible {
            0 => flag::USER_VERIFIED,
            _ => flag::USER_VERIFIED | flag::BACKUP_STATE,
        };
        let drawn_flags = draw.byte("auth_data_UV_BS") & changing;
        Authentication {
            drawn: draw.take(),
            challenge,
            client_data_json,
            flags: flag::USER_PRESENT | backup_eligible | drawn_flags,
            trailing: &[],
            key,
            breaks_signature: false,
        }
    }

    fn authenticator_data(&self) -> Vec<u8> {
        let mut bytes = AuthenticatorDataBuilder::new(RP_ID, self.flags, 0).build();
        bytes.extend(self.trailing);
        bytes
    }

    fn signature(&self) -> Vec<u8> {
        let mut signed = self.authenticator_data();
        signed.extend(Sha256::digest(&self.client_data_json));
        let signature = self.key.sign(&signed);
        if self.breaks_signature { flip_last_bit(&signature) } else { signature }
    }
}

/// Builds the twin of a published registration. It has one fault, a different one in each example.
fn reject_registration(pair: &Pair, authority: &Authority, published: &Case) -> Result<Case> {
    let mut case = published.clone();
    let mut changed = pair.registration.clone();
    let kind = match pair.example.name {
        "none-es256" => {
            case.challenge = base64url(&flip_last_bit(&changed.challenge));
            "ChallengeMismatch"
        }
        "none-es256-crossOrigin" => {
            case.cross_origin = false;
            "UnexpectedCrossOrigin"
        }
        "none-es256-topOrigin" => {
            case.top_origins = vec!["https://another.example"];
            "UnexpectedTopOrigin"
        }
        "none-es256-long-credential-id" => {
            changed.credential_id.push(0);
            "CredentialIdTooLong"
        }
        "packed-es256" => {
            let other = Authority::new("Another attestation CA")?;
            case.trust_anchors = vec![base64url(&other.certificate)];
            "UntrustedAttestation"
        }
        "packed-es384" => {
            case.algorithms = vec![-7, -8, -257];
            "AlgorithmNotRequested"
        }
        "packed-es512" => {
            changed.client_data_json = ClientDataBuilder::get(&changed.challenge, ORIGIN).build();
            "WrongCeremonyType"
        }
        "packed-ed448" => {
            if let PublicNumbers::Ed448 { x } = &changed.public_key {
                let x = core::array::from_fn(|i| x[i]);
                changed.public_key = PublicNumbers::Ed25519 { x };
            }
            "AlgorithmKeyMismatch"
        }
        "fido-u2f-es256" => {
            if let PublicNumbers::P256 { y, .. } = &mut changed.public_key {
                y[31] ^= 1;
            }
            "PointNotOnCurve"
        }
        other => changed.break_attestation(other, authority),
    };
    case.response = Response::registration(&changed)?;
    Ok(case.rejected(kind))
}

/// Builds the twin of a published authentication. Either the server expects another value, or the
/// response is wrong.
fn reject_authentication(pair: &Pair, published: &Case) -> Result<Case> {
    let mut case = published.clone();
    let mut changed = pair.authentication.clone();
    let mut raw_id = pair.registration.credential_id.clone();
    let kind = match pair.example.name {
        "packed-self-es256" => {
            case.origins = vec!["https://www.example.org"];
            "OriginMismatch"
        }
        "none-es256-crossOrigin" => {
            case.rp_id = Some("example.com");
            "RpIdHashMismatch"
        }
        "none-es256-topOrigin" => {
            case.cross_origin = false;
            case.top_origins = Vec::new();
            "UnexpectedCrossOrigin"
        }
        "none-es256-long-credential-id" => {
            raw_id = flip_last_bit(&raw_id);
            "CredentialIdMismatch"
        }
        "packed-rs256" => {
            case.user_verification = Some("required");
            "UserNotVerified"
        }
        "apple-es256" => {
            case.challenge = base64url(&flip_last_bit(&changed.challenge));
            "ChallengeMismatch"
        }
        other => changed.break_response(other),
    };
    case.response = Response::authentication(&pair.registration.credential_id, &raw_id, &changed);
    Ok(case.rejected(kind))
}

impl Authentication {
    /// Adds one fault to the response of the example, and returns the expected error kind.
    fn break_response(&mut self, example: &str) -> &'static str {
        match example {
            "none-es256" => {
                self.breaks_signature = true;
                "SignatureInvalid"
            }
            "packed-es256" => {
                self.trailing = &[0];
                "TrailingBytes"
            }
            "packed-es384" => {
                self.flags &= !(flag::BACKUP_ELIGIBLE | flag::BACKUP_STATE);
                "BackupEligibilityChanged"
            }
            "packed-es512" => {
                self.client_data_json.pop();
                "InvalidClientDataJson"
            }
            "packed-eddsa" => {
                self.flags &= !flag::USER_PRESENT;
                "UserNotPresent"
            }
            "packed-ed448" => {
                self.key = PrivateKey::ed448(&[7; 57]);
                "SignatureInvalid"
            }
            "android-key-es256" => {
                // Removes the first byte of a two-byte character and keeps the second.
                self.client_data_json.pop();
                self.client_data_json.extend(b",\"unknown\":\"\x80\"}");
                "InvalidUtf8"
            }
            "tpm-es256" => {
                self.client_data_json = ClientDataBuilder::create(&self.challenge, ORIGIN).build();
                "WrongCeremonyType"
            }
            "fido-u2f-es256" => {
                // The credential was not backup eligible at registration, so only BS is wrong.
                self.flags |= flag::BACKUP_STATE;
                "InvalidBackupFlags"
            }
            other => panic!("no fault is defined for the twin of {other}"),
        }
    }
}

impl Registration {
    /// Adds one fault to the attestation of the example, and returns the expected error kind.
    fn break_attestation(&mut self, example: &str, authority: &Authority) -> &'static str {
        match example {
            "packed-self-es256" => {
                self.breaks_signature = true;
                "SignatureInvalid"
            }
            "packed-rs256" => {
                let attester = self.attester_mut();
                attester.certificate = attester
                    .certificate_named("Authenticator Attestation", authority)
                    .aaguid(&[0; 16])
                    .sign(&authority.key);
                "AaguidMismatch"
            }
            "packed-eddsa" => {
                let attester = self.attester_mut();
                attester.certificate = attester
                    .certificate_named("authenticator attestation", authority)
                    .sign(&authority.key);
                "AttestationInvalid"
            }
            "android-key-es256" => {
                if let Attestation::AndroidKey(attester) = &mut self.attestation {
                    // The certificate contains the challenge instead of the hash of the client
                    // data.
                    *attester = KeyAttester::new(
                        authority,
                        &self.key,
                        attester.serial_number.clone(),
                        &published_description(&self.challenge),
                    );
                }
                "AttestationNonceMismatch"
            }
            "apple-es256" => {
                if let Attestation::Apple(attester) = &mut self.attestation {
                    attester.nonce = Some([0; 32]);
                }
                "AttestationNonceMismatch"
            }
            "tpm-es256" => {
                self.breaks_magic = true;
                "TpmMagicMismatch"
            }
            other => panic!("no fault is defined for the twin of {other}"),
        }
    }

    fn attester_mut(&mut self) -> &mut Attester {
        match &mut self.attestation {
            Attestation::Packed(attester) | Attestation::FidoU2f(attester) => attester,
            _ => panic!("the example has no attestation certificate"),
        }
    }
}

#[derive(Serialize)]
struct VectorFile {
    format: u32,
    source: &'static str,
    rp_id: &'static str,
    origins: [&'static str; 1],
    cases: Vec<Case>,
}

#[derive(Clone, Serialize)]
struct Case {
    name: String,
    ceremony: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rp_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<&'static str>,
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    cross_origin: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    top_origins: Vec<&'static str>,
    challenge: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_verification: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    algorithms: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trust_anchors: Vec<String>,
    now: &'static str,
    response: Response,
    expect: Expect,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Accept,
    Reject(&'static str),
}

/// `RegistrationResponseJSON` or `AuthenticationResponseJSON`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    id: String,
    raw_id: String,
    r#type: &'static str,
    client_extension_results: ClientExtensionResults,
    response: AuthenticatorResponse,
}

#[derive(Clone, Serialize)]
struct ClientExtensionResults {}

#[derive(Clone, Serialize)]
#[serde(untagged)]
enum AuthenticatorResponse {
    #[serde(rename_all = "camelCase")]
    Attestation {
        #[serde(rename = "clientDataJSON")]
        client_data_json: String,
        attestation_object: String,
        authenticator_data: String,
        transports: [String; 0],
        public_key: String,
        public_key_algorithm: i64,
    },
    #[serde(rename_all = "camelCase")]
    Assertion {
        #[serde(rename = "clientDataJSON")]
        client_data_json: String,
        authenticator_data: String,
        signature: String,
    },
}

impl Case {
    fn registration(
        pair: &Pair,
        authority: &Authority,
        registration: &Registration,
    ) -> Result<Case> {
        let trust_anchors = match pair.example.format {
            Format::None | Format::PackedSelf => Vec::new(),
            Format::Packed | Format::Tpm | Format::AndroidKey | Format::Apple | Format::FidoU2f => {
                vec![base64url(&authority.certificate)]
            }
        };
        // Not every reader of the file knows these algorithms.
        let algorithms = match pair.example.algorithm {
            algorithm @ (Algorithm::Es512 | Algorithm::Ed448) => vec![algorithm.cose_id()],
            _ => Vec::new(),
        };
        Ok(Case {
            algorithms,
            trust_anchors,
            ..Case::new(
                pair,
                "registration",
                &registration.challenge,
                Response::registration(registration)?,
            )
        })
    }

    fn authentication(pair: &Pair, authentication: &Authentication) -> Result<Case> {
        let id = &pair.registration.credential_id;
        Ok(Case {
            credential_from: Some(pair.case_name("registration")),
            ..Case::new(
                pair,
                "authentication",
                &authentication.challenge,
                Response::authentication(id, id, authentication),
            )
        })
    }

    fn new(pair: &Pair, ceremony: &'static str, challenge: &[u8], response: Response) -> Case {
        let framing = pair.example.framing;
        Case {
            name: pair.case_name(ceremony),
            ceremony,
            rp_id: None,
            origins: Vec::new(),
            cross_origin: framing != Framing::None,
            top_origins: if framing == Framing::TopOrigin { vec![TOP_ORIGIN] } else { Vec::new() },
            challenge: base64url(challenge),
            credential_from: None,
            user_verification: None,
            algorithms: Vec::new(),
            trust_anchors: Vec::new(),
            now: "2026-01-01T00:00:00Z",
            response,
            expect: Expect::Accept,
        }
    }

    fn rejected(mut self, kind: &'static str) -> Case {
        self.name = format!("{}/{kind}", self.name);
        self.expect = Expect::Reject(kind);
        self
    }
}

impl Response {
    fn registration(registration: &Registration) -> Result<Response> {
        let response = AuthenticatorResponse::Attestation {
            client_data_json: base64url(&registration.client_data_json),
            attestation_object: base64url(&registration.attestation_object()?),
            authenticator_data: base64url(&registration.authenticator_data()?),
            transports: [],
            public_key: base64url(&registration.public_key.subject_public_key_info()),
            public_key_algorithm: registration.key.algorithm(),
        };
        Ok(Response::new(&registration.credential_id, &registration.credential_id, response))
    }

    fn authentication(id: &[u8], raw_id: &[u8], authentication: &Authentication) -> Response {
        let response = AuthenticatorResponse::Assertion {
            client_data_json: base64url(&authentication.client_data_json),
            authenticator_data: base64url(&authentication.authenticator_data()),
            signature: base64url(&authentication.signature()),
        };
        Response::new(id, raw_id, response)
    }

    fn new(id: &[u8], raw_id: &[u8], response: AuthenticatorResponse) -> Response {
        Response {
            id: base64url(id),
            raw_id: base64url(raw_id),
            r#type: "public-key",
            client_extension_results: ClientExtensionResults {},
            response,
        }
    }
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn flip_last_bit(bytes: &[u8]) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    *flipped.last_mut().expect("the bytes are not empty") ^= 1;
    flipped
}
