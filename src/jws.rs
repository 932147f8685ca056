//! Signed text with certificates: the compact serialization of JWS (RFC 7515). FIDO metadata and
//! SafetyNet responses have this form.
//!
//! ```text
//! jws    = base64url(header) "." base64url(payload) "." base64url(signature)
//! header = { "alg": "RS256" / "ES256", "x5c": [ leaf, * issuer ], * any other member }
//! ```
//!
//! [`Jws::parse`] reads the parts, and [`Jws::verify_signature`] checks the signature with the
//! leaf's key. The caller decides whether the leaf is trusted, with a path to one of its own
//! anchors.
#![cfg_attr(not(feature = "metadata"), allow(dead_code, reason = "each feature uses only a part"))]

use crate::certificate::Certificate;
use crate::encoding::base64url;
use crate::encoding::json::{JsonReader, JsonValue};
use crate::error::{ErrorKind, Failure, ParseError, quote};
use crate::key::{Hash, KeyMaterial, Scheme};
use crate::quirk::Tolerance;
use crate::signature;
use crate::signature::budget::Budget;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The maximum length of a header. A header with eight certificates of the largest size is much
/// shorter.
const MAX_HEADER: usize = 256 * 1024;

/// The maximum number of certificates. It is also the limit of path validation.
const MAX_CERTIFICATES: usize = 8;

/// Members that are rejected, because they would select another key, require a download, or change
/// how the payload is read: RFC 7515, sections 4.1.2, 4.1.3, 4.1.5 and 4.1.11, and RFC 7797,
/// section 3.
const REFUSED_MEMBERS: [(&str, &str); 5] = [
    ("jku", "header.jku"),
    ("jwk", "header.jwk"),
    ("x5u", "header.x5u"),
    ("crit", "header.crit"),
    ("b64", "header.b64"),
];

/// A well-formed JWS. Its content is not proven until [`verify_signature`](Jws::verify_signature)
/// succeeds and its certificates have a path to an anchor.
#[derive(Debug)]
pub(crate) struct Jws<'a> {
    /// The signed text as received, `header "." payload`.
    signed: &'a str,
    header: Header,
    payload: Vec<u8>,
    signature: Vec<u8>,
    kind: ErrorKind,
}

impl<'a> Jws<'a> {
    /// Parses the three parts of `text`, without any white space. `structure` is the name of the
    /// text in errors. Errors have the kind `kind`. Their field is, for example, `"header"`,
    /// `"header.alg"`, `"header.x5c"`, `"payload"` or `"signature"`.
    pub(crate) fn parse(
        text: &'a str,
        structure: &'static str,
        kind: ErrorKind,
    ) -> Result<Jws<'a>, Failure> {
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            let reason = format!("a {structure} must have three parts, separated by dots");
            return Err(Failure::new(kind, reason));
        };
        let end_of_payload = header.len() + 1 + payload.len();
        let part = |text, base, field| decode(text, base, structure, field, kind);
        if header.len() > MAX_HEADER {
            return Err(Failure::of("header", kind, "longer than 256 KiB"));
        }
        Ok(Jws {
            signed: text.get(..end_of_payload).unwrap_or_default(),
            header: Header::parse(&part(header, 0, "header")?, kind)?,
            payload: part(payload, header.len() + 1, "payload")?,
            signature: part(signature, end_of_payload + 1, "signature")?,
            kind,
        })
    }

    /// Verifies the signature over the received text with the leaf's key. The key must be of the
    /// kind that `alg` requires.
    pub(crate) fn verify_signature(&self, budget: &Budget) -> Result<(), Failure> {
        let because =
            |field| move |failure: Failure| Failure::of(field, self.kind, failure.to_string());
        let leaf = self.header.certificates.first().map(Vec::as_slice).unwrap_or_default();
        let leaf = Certificate::parse(leaf, &Tolerance::strict()).map_err(because("header.x5c"))?;
        let key = leaf.key_material().map_err(because("header.x5c"))?;
        budget.pay(&key)?;
        let parts = [self.signed.as_bytes()];
        let verdict = match (self.header.algorithm, &key) {
            (JwsAlgorithm::Es256, KeyMaterial::P256 { .. }) => {
                signature::verify_es256_raw(&key, &parts, &self.signature)
            }
            (JwsAlgorithm::Rs256, KeyMaterial::Rsa { .. }) => {
                let scheme = Scheme::RsaPkcs1(Hash::Sha256);
                signature::verify_scheme(
                    &key,
                    scheme,
                    &parts,
                    &self.signature,
                    &Tolerance::strict(),
                )
            }
            (algorithm, key) => {
                let kind = key.kind().as_str();
                let reason = format!("{} with a key of type {kind}", algorithm.name());
                return Err(Failure::of("header.alg", self.kind, reason));
            }
        };
        verdict.map_err(because("signature"))
    }

    /// Checks that the leaf is for this host, which must be in its subjectAltName.
    pub(crate) fn check_host(&self, host: &str) -> Result<(), Failure> {
        let refused =
            |failure: Failure| Failure::of("header.x5c", self.kind, failure.detail().to_owned());
        let leaf = self.header.certificates.first().map(Vec::as_slice).unwrap_or_default();
        Certificate::parse(leaf, &Tolerance::strict())
            .and_then(|leaf| leaf.check_host(host))
            .map_err(refused)
    }

    /// The decoded payload.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The one to eight DER-encoded certificates in `x5c`, the leaf first.
    pub(crate) fn certificates(&self) -> &[Vec<u8>] {
        &self.header.certificates
    }
}

/// The accepted signature algorithms (RFC 7518, section 3.1). `none` and algorithms with a shared
/// key are never accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JwsAlgorithm {
    Rs256,
    Es256,
}

impl JwsAlgorithm {
    fn name(self) -> &'static str {
        match self {
            JwsAlgorithm::Rs256 => "RS256",
            JwsAlgorithm::Es256 => "ES256",
        }
    }
}

/// The members of the JOSE header that are used (RFC 7515, section 4).
#[derive(Debug)]
struct Header {
    algorithm: JwsAlgorithm,
    certificates: Vec<Vec<u8>>,
}

impl Header {
    /// Reads one JSON object without duplicate members.
    fn parse(json: &[u8], kind: ErrorKind) -> Result<Header, Failure> {
        let text = core::str::from_utf8(json)
            .map_err(|_| Failure::of("header", kind, "the header is not UTF-8"))?;
        let malformed =
            |field| move |error| Failure::from(ParseError { kind, field: Some(field), ..error });
        let (mut algorithm, mut certificates) = (None, None);
        let mut reader = JsonReader::new(text, 0, "JWS header", kind);
        reader.object(
            |error| error.into_failure("header", kind),
            |name, reader| {
                if let Some((_, field)) =
                    REFUSED_MEMBERS.iter().find(|(refused, _)| name == **refused)
                {
                    return Err(Failure::of(
                        field,
                        kind,
                        "this member of the header is not accepted",
                    ));
                }
                if name == *"alg" {
                    let value = reader.value().map_err(malformed("header.alg"))?;
                    algorithm = Some(read_algorithm(value, kind)?);
                } else if name == *"x5c" {
                    certificates = Some(read_certificates(reader, kind)?);
                } else {
                    reader.value().map_err(malformed("header"))?;
                }
                Ok(())
            },
        )?;
        reader.finish().map_err(malformed("header"))?;
        let missing = |field| Failure::of(field, kind, "the member is missing");
        Ok(Header {
            algorithm: algorithm.ok_or_else(|| missing("header.alg"))?,
            certificates: certificates.ok_or_else(|| missing("header.x5c"))?,
        })
    }
}

fn read_algorithm(value: JsonValue<'_>, kind: ErrorKind) -> Result<JwsAlgorithm, Failure> {
    let JsonValue::String(name) = value else {
        return Err(Failure::of("header.alg", kind, "not a string"));
    };
    let accepted = [JwsAlgorithm::Rs256, JwsAlgorithm::Es256];
    accepted.into_iter().find(|algorithm| name == *algorithm.name()).ok_or_else(|| {
        let reason = format!("{} is neither RS256 nor ES256", quote(name.chars()));
        Failure::of("header.alg", kind, reason)
    })
}

/// Reads `x5c`: an array of DER-encoded certificates in base64, with padding and not base64url (RFC
/// 7515, section 4.1.6).
fn read_certificates(
    reader: &mut JsonReader<'_>,
    kind: ErrorKind,
) -> Result<Vec<Vec<u8>>, Failure> {
    const FIELD: &str = "header.x5c";
    let malformed = |error| Failure::from(ParseError { kind, field: Some(FIELD), ..error });
    let mut certificates = Vec::new();
    reader.array_start().map_err(malformed)?;
    while reader.has_item(certificates.is_empty()).map_err(malformed)? {
        if certificates.len() == MAX_CERTIFICATES {
            return Err(Failure::of(FIELD, kind, "more than 8 certificates"));
        }
        let JsonValue::String(text) = reader.value().map_err(malformed)? else {
            return Err(Failure::of(FIELD, kind, "an item is not a string"));
        };
        let der = STANDARD
            .decode(text.to_string())
            .map_err(|error| Failure::of(FIELD, kind, format!("not base64: {error}")))?;
        certificates.push(der);
    }
    if certificates.is_empty() {
        return Err(Failure::of(FIELD, kind, "an empty array of certificates"));
    }
    Ok(certificates)
}

/// Decodes one part of the text. The part starts at position `base`.
fn decode(
    part: &str,
    base: usize,
    structure: &'static str,
    field: &'static str,
    kind: ErrorKind,
) -> Result<Vec<u8>, Failure> {
    base64url::decode(part, structure, field)
        .map_err(|error| ParseError { kind, offset: base + error.offset, ..error }.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Algorithm;
    use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, PrivateKey};

    const KIND: ErrorKind = ErrorKind::AttestationInvalid;

    fn certificate(key: &PrivateKey) -> Vec<u8> {
        let name = DistinguishedName::new().common_name("leaf");
        CertificateBuilder::new(&name, &key.public_numbers()).sign(key)
    }

    fn es256() -> PrivateKey {
        PrivateKey::from_seed(Algorithm::Es256.cose_id(), b"leaf").unwrap()
    }

    /// Creates an RSA key from the Mersenne primes 2^1279 - 1 and 2^2203 - 1, without a search for
    /// primes.
    fn rs256() -> PrivateKey {
        let mersenne = |bits: usize| {
            let mut number = vec![0xff; bits.div_ceil(8)];
            number[0] = 0xff >> (number.len() * 8 - bits);
            number
        };
        PrivateKey::rs256(&mersenne(1279), &mersenne(2203)).unwrap()
    }

    fn header(algorithm: &str, key: &PrivateKey) -> String {
        format!(r#"{{"alg":"{algorithm}","x5c":["{}"]}}"#, STANDARD.encode(certificate(key)))
    }

    /// Converts a DER signature to the form that JWS uses.
    fn raw(der: &[u8]) -> Vec<u8> {
        fn number(der: &[u8]) -> (Vec<u8>, &[u8]) {
            let (digits, rest) = der[2..].split_at(usize::from(der[1]));
            let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
            ([&vec![0; 32 - digits.len()], digits].concat(), rest)
        }
        let (r, rest) = number(&der[2..]);
        let (s, _) = number(rest);
        [r, s].concat()
    }

    fn sign(header: &str, payload: &[u8], key: &PrivateKey) -> String {
        let signed =
            format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload));
        let signature = key.sign(signed.as_bytes());
        let signature =
            if key.algorithm() == Algorithm::Es256.cose_id() { raw(&signature) } else { signature };
        format!("{signed}.{}", base64url::encode(&signature))
    }

    fn verify(text: &str) -> Result<Vec<u8>, Failure> {
        let jws = Jws::parse(text, "test text", KIND)?;
        jws.verify_signature(&Budget::for_statements())?;
        Ok(jws.payload().to_vec())
    }

    /// Returns the field of the failure, and checks the kind.
    fn refused(text: &str) -> Option<&'static str> {
        let failure = verify(text).unwrap_err();
        assert_eq!(failure.kind(), KIND, "{failure}");
        failure.field()
    }

    #[test]
    fn both_algorithms_verify_the_text_as_received() {
        for (name, key) in [("ES256", es256()), ("RS256", rs256())] {
            let text = sign(&header(name, &key), b"payload", &key);
            assert_eq!(verify(&text).unwrap(), b"payload");
            let jws = Jws::parse(&text, "test text", KIND).unwrap();
            assert_eq!(
                (jws.payload(), jws.certificates()),
                (&b"payload"[..], &[certificate(&key)][..])
            );
            // White space in the header is part of the signed text.
            let spaced = format!(" {} ", header(name, &key).replace(':', " : "));
            assert_eq!(verify(&sign(&spaced, b"", &key)).unwrap(), b"");
            let (signed, _) = text.rsplit_once('.').unwrap();
            let (_, signature) = text.rsplit_once('.').unwrap();
            let other =
                signed.replace(&base64url::encode(b"payload"), &base64url::encode(b"Payload"));
            assert_eq!(refused(&format!("{other}.{signature}")), Some("signature"));
        }
    }

    #[test]
    fn a_jws_has_three_parts_of_strict_base64url() {
        let text = sign(&header("ES256", &es256()), b"payload", &es256());
        let parts: Vec<_> = text.split('.').collect();
        assert_eq!(refused(""), None);
        assert_eq!(refused("<!DOCTYPE html>"), None);
        assert_eq!(refused(&parts[..2].join(".")), None);
        assert_eq!(refused(&format!("{text}.")), None);
        assert_eq!(refused(&format!("{text}=")), Some("signature"));
        assert_eq!(refused(&format!("{text}\n")), Some("signature"));
        assert_eq!(refused(&format!(" {text}")), Some("header"));
        assert_eq!(refused(&[parts[0], "cGF5bG9hZA==", parts[2]].join(".")), Some("payload"));
        let failure = verify(&[parts[0], "cG+", parts[2]].join(".")).unwrap_err();
        assert_eq!(failure.parse_error().unwrap().offset(), parts[0].len() + 3);
        let failure = verify(&[parts[0], parts[1], "cG+"].join(".")).unwrap_err();
        let offset = failure.parse_error().unwrap().offset();
        assert_eq!(offset, parts[0].len() + parts[1].len() + 4);
    }

    #[test]
    fn only_rs256_and_es256_are_accepted_and_only_with_a_matching_key() {
        for name in ["none", "None", "", "HS256", "ES384", "RS512", "PS256", "EdDSA", "es256"] {
            assert_eq!(refused(&sign(&header(name, &es256()), b"", &es256())), Some("header.alg"));
        }
        assert_eq!(refused(&sign(&header("RS256", &es256()), b"", &es256())), Some("header.alg"));
        assert_eq!(refused(&sign(&header("ES256", &rs256()), b"", &rs256())), Some("header.alg"));
        let without = header("ES256", &es256()).replace("alg", "typ");
        assert_eq!(refused(&sign(&without, b"", &es256())), Some("header.alg"));
        let number = header("ES256", &es256()).replace("\"ES256\"", "-7");
        assert_eq!(refused(&sign(&number, b"", &es256())), Some("header.alg"));
    }

    #[test]
    fn an_es256_signature_is_64_raw_bytes() {
        let key = es256();
        let text = sign(&header("ES256", &key), b"payload", &key);
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let der = base64url::encode(&key.sign(signed.as_bytes()));
        assert_eq!(refused(&format!("{signed}.{der}")), Some("signature"));
        let mut bytes = base64url::decode(signature, "", "").unwrap();
        for wrong in [&bytes[..63], &[&bytes[..], &[0]].concat(), &[0; 64], &[]] {
            assert_eq!(
                refused(&format!("{signed}.{}", base64url::encode(wrong))),
                Some("signature")
            );
        }
        bytes.swap(0, 63);
        assert_eq!(refused(&format!("{signed}.{}", base64url::encode(&bytes))), Some("signature"));
    }

    #[test]
    fn there_are_one_to_eight_certificates_in_padded_base64() {
        let key = es256();
        let der = certificate(&key);
        let base64 = STANDARD.encode(&der);
        let with = |x5c: &str| sign(&format!(r#"{{"alg":"ES256","x5c":{x5c}}}"#), b"", &key);
        let items = |count: usize| format!("[{}]", vec![format!("\"{base64}\""); count].join(","));
        for count in [1, 8] {
            verify(&with(&items(count))).unwrap();
        }
        let escaped = items(1).replace('/', "\\/");
        verify(&with(&escaped)).unwrap();
        for x5c in [
            "[]".to_owned(),
            "null".to_owned(),
            format!("\"{base64}\""),
            items(9),
            "[1]".to_owned(),
            "[\"\"]".to_owned(),
            format!("[\"{}\"]", base64url::encode(&der)),
            format!("[\"{base64}\\n\"]"),
            format!("[\"{}\"]", STANDARD.encode([&der[..], &[0]].concat())),
            format!("[\"{base64}\",]"),
        ] {
            assert_eq!(refused(&with(&x5c)), Some("header.x5c"), "{x5c}");
        }
        assert_eq!(refused(&sign(r#"{"alg":"ES256"}"#, b"", &key)), Some("header.x5c"));
        assert!(base64.contains('=') || base64.contains('+') || base64.contains('/'));
    }

    #[test]
    fn the_header_has_no_repeated_members_and_no_other_source_of_keys() {
        let key = es256();
        let good = header("ES256", &key);
        let with = |more: &str| sign(&good.replacen('{', &format!("{{{more},"), 1), b"", &key);
        verify(&with(r#""typ":"JWT","kid":"1","other":{"a":[1]}"#)).unwrap();
        for (member, field) in REFUSED_MEMBERS {
            assert_eq!(refused(&with(&format!(r#""{member}":["a"]"#))), Some(field));
            assert_eq!(refused(&with(&format!(r#""{member}":null"#))), Some(field));
        }
        assert_eq!(refused(&with(r#""x5\u0075":"https://example.com/""#)), Some("header.x5u"));
        assert_eq!(refused(&with(r#""alg":"ES256""#)), Some("header"));
        assert_eq!(refused(&with(r#""a":1,"\u0061":2"#)), Some("header"));
        let many = |count| (0..count).map(|n| format!("\"{n}\":0")).collect::<Vec<_>>().join(",");
        verify(&with(&many(62))).unwrap();
        assert_eq!(refused(&with(&many(63))), Some("header"));
        for header in ["", "[]", "null", "{", "{}x", "\u{feff}{}", "{\"alg\"}"] {
            assert_eq!(refused(&sign(header, b"", &key)), Some("header"), "{header}");
        }
        let not_utf8 = base64url::encode(b"\xff");
        assert_eq!(refused(&format!("{not_utf8}..")), Some("header"));
        // Deep nesting has the kind of the text, too.
        let deep = "[".repeat(1000);
        assert_eq!(refused(&with(&format!(r#""other":{deep}"#))), Some("header"));
        let deep = good.replace("\"x5c\":[", &format!("\"x5c\":[{deep}"));
        assert_eq!(refused(&sign(&deep, b"", &key)), Some("header.x5c"));
    }

    #[test]
    fn a_header_has_at_most_256_kib_of_base64url() {
        let key = es256();
        let good = header("ES256", &key);
        let padded = |length: usize| {
            let spaces = " ".repeat(length - good.len());
            sign(&format!("{good}{spaces}"), b"", &key)
        };
        verify(&padded(196_608)).unwrap();
        assert_eq!(refused(&padded(196_609)), Some("header"));
        let failure = verify(&padded(196_609)).unwrap_err();
        assert!(failure.to_string().contains("256 KiB"), "{failure}");
    }

    #[test]
    fn kb_90_a_certificate_is_valid_for_its_alternative_names() {
        const SUBJECT_ALT_NAME: &[u64] = &[2, 5, 29, 17];
        let key = es256();
        let is_for = |common_name: &str, alternative: Option<Vec<u8>>| {
            let name = DistinguishedName::new().common_name(common_name);
            let mut certificate = CertificateBuilder::new(&name, &key.public_numbers());
            if let Some(value) = alternative {
                certificate = certificate.extension(SUBJECT_ALT_NAME, false, &value);
            }
            let x5c = STANDARD.encode(certificate.sign(&key));
            let header = format!(r#"{{"alg":"ES256","x5c":["{x5c}"]}}"#);
            let text = sign(&header, b"", &key);
            let verdict = Jws::parse(&text, "test text", KIND).unwrap().check_host("a.example");
            verdict.inspect_err(|failure| {
                assert_eq!((failure.kind(), failure.field()), (KIND, Some("header.x5c")));
            })
        };
        let dns = |name: &str| webauthn_verify_authenticator::der::implicit(2, name.as_bytes());
        let names = |names: &[Vec<u8>]| Some(webauthn_verify_authenticator::der::sequence(names));
        is_for("", names(&[dns("b.example"), dns("A.example")])).unwrap();
        for other in ["", "b.example", "a.example.b", "xa.example", "*.example", "a.example\0"] {
            assert!(is_for("a.example", names(&[dns(other)])).is_err(), "{other}");
        }
        // The common name can be any text.
        assert!(is_for("a.example", None).is_err());
        assert!(is_for("a.example", names(&[])).is_err());
        let address = webauthn_verify_authenticator::der::implicit(1, b"a.example");
        assert!(is_for("a.example", names(&[address])).is_err());
        let trailing = names(&[dns("a.example")]).map(|names| [&names[..], &[0]].concat());
        assert!(is_for("a.example", trailing).is_err());
        assert!(is_for("a.example", Some(b"a.example".to_vec())).is_err());
    }
}
