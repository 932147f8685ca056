//! Memory use of a hostile request: at most four times its own size, for every way to read it.
#![cfg(feature = "attestation")]

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StringDeserializer};
use webauthn_verify::attestation::{AttestationPolicy, CompoundRule};
use webauthn_verify::certificate::TrustAnchor;
use webauthn_verify::{
    AuthenticationResponse, Quirk, Quirks, Registration, RegistrationRequest, RegistrationResponse,
    RelyingParty, User,
};
use webauthn_verify_authenticator::AttestationStatement;
use webauthn_verify_authenticator::costly::{self, MAX_BODY, Registering, compound, packed};

use crate::common::certificates::{self, key, now};
use crate::common::heap::peak;

const MIB: usize = 1024 * 1024;

/// The message of `InputTooLarge`.
const TOO_LARGE: &str = "the input exceeds a limit on size or nesting";

#[derive(Deserialize)]
struct Outer<T> {
    #[allow(dead_code, reason = "only reading it matters")]
    credential: T,
}

#[derive(Deserialize)]
struct Flattened<T> {
    #[serde(flatten)]
    #[allow(dead_code, reason = "only reading it matters")]
    credential: T,
}

/// Returns the maximum heap use for this body, for each way to read it.
fn ways_in<T: for<'de> Deserialize<'de>, E>(
    body: &str,
    from_json: fn(String) -> Result<T, E>,
) -> [(&'static str, usize); 4] {
    let nested = format!(r#"{{"credential":{body}}}"#);
    let text = body.to_owned();
    [
        ("from_json", peak(|| drop(from_json(text))).1),
        ("from_slice", peak(|| drop(serde_json::from_slice::<T>(body.as_bytes()))).1),
        ("from_str", peak(|| drop(serde_json::from_str::<T>(body))).1),
        ("nested", peak(|| drop(serde_json::from_str::<Outer<T>>(&nested))).1),
    ]
}

#[test]
fn kb_105_a_hostile_body_uses_at_most_four_times_its_size() {
    for (name, body) in costly::bodies() {
        let registration = ways_in(&body, RegistrationResponse::from_json);
        let login = ways_in(&body, AuthenticationResponse::from_json);
        for (way, held) in registration.into_iter().chain(login) {
            let size = body.len();
            assert!(held <= 4 * size, "{name}, {way}: {held} bytes for {size}");
        }
    }
}

/// `serde_json::from_reader` copies each string into its own buffer, which can be twice as long as
/// the string. It does so before the crate sees the string.
#[test]
fn kb_105_reading_from_a_reader_adds_only_its_buffer() {
    fn check<T: for<'de> Deserialize<'de>>(name: &str, body: &str) {
        let ((), held) = peak(|| drop(serde_json::from_reader::<_, T>(body.as_bytes())));
        let size = body.len();
        assert!(held <= (4 + 2) * size, "{name}: {held} bytes for {size}");
    }
    for (name, body) in costly::bodies() {
        check::<RegistrationResponse>(name, &body);
        check::<AuthenticationResponse>(name, &body);
    }
}

#[test]
fn kb_105_rewritten_json_is_not_longer_than_its_source() {
    for size in [20_000, 60_000, 131_601, 250_000] {
        for number in ["1e15", "1e9", "1e300", "1e-300", "0.1", "1.5e3", "18446744073709551615"] {
            let numbers = vec![number; size / (number.len() + 1)].join(",");
            let body = format!(
                r#"{{"id":"AAAA","x":[{numbers}],"response":{{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AAAA"}}}}"#
            );
            for (way, held) in ways_in(&body, AuthenticationResponse::from_json) {
                assert!(held <= 4 * body.len(), "{number}, {way}: {held} bytes for {}", body.len());
            }
            assert!(serde_json::from_str::<AuthenticationResponse>(&body).is_ok(), "{number}");
        }
        let escaped = format!(r#""\u0041{}""#, "A".repeat(size));
        let body = format!(
            r#"{{"id":"AAAA","response":{{"clientDataJSON":{escaped},"authenticatorData":"AAAA","signature":"AAAA"}}}}"#
        );
        for (way, held) in ways_in(&body, AuthenticationResponse::from_json) {
            assert!(held <= 4 * body.len(), "escapes, {way}: {held} bytes for {}", body.len());
        }
    }
}

#[test]
fn kb_105_serde_rejects_a_too_large_body_before_it_uses_much_memory() {
    fn refused<T: for<'de> Deserialize<'de>>(body: &str) {
        let nested = format!(r#"{{"credential":{body}}}"#);
        let (of_slice, held) = peak(|| serde_json::from_slice::<T>(body.as_bytes()).map(drop));
        let (of_nested, held_nested) = peak(|| serde_json::from_str::<Outer<T>>(&nested).map(drop));
        for (result, held) in [(of_slice, held), (of_nested, held_nested)] {
            let error = result.unwrap_err().to_string();
            assert!(error.contains(TOO_LARGE), "{error}");
            assert!(held < MIB, "{held} bytes");
        }
        let result = serde_json::from_reader::<_, T>(body.as_bytes()).map(drop);
        let error = result.unwrap_err().to_string();
        assert!(error.contains(TOO_LARGE), "{error}");
        // Serde buffers a flattened structure completely before the crate reads it. The caller must
        // limit its size.
        let result = serde_json::from_str::<Flattened<T>>(body).map(drop);
        let error = result.unwrap_err().to_string();
        assert!(error.contains(TOO_LARGE), "{error}");
    }
    fn refused_as_both(body: &str) {
        refused::<RegistrationResponse>(body);
        refused::<AuthenticationResponse>(body);
    }

    let empties = costly::repeated(r#"{"":0}"#, 4 * MIB);
    refused_as_both(&format!(r#"{{"a":[{empties}]}}"#));
    refused_as_both(&format!(r#"{{"response":{{"a":[{empties}]}}}}"#));
    refused_as_both(&format!(r#"{{"clientExtensionResults":{{"a":[{empties}]}}}}"#));
    refused_as_both(&format!(r#"{{"a":"{}"}}"#, "a".repeat(4 * MIB)));
    refused_as_both(&format!(r#"{{"{}":0}}"#, "a".repeat(4 * MIB)));

    // The limits are the same as in `from_json`, to the byte and to the level.
    let long = |length: usize| format!(r#"{{"x":"{}"}}"#, "a".repeat(length - r#"{"x":""}"#.len()));
    let deep = |levels: usize| {
        let inner = levels - 1;
        format!(r#"{{"x":{}{}}}"#, "[".repeat(inner), "]".repeat(inner))
    };
    let error = |body: &str| {
        serde_json::from_str::<RegistrationResponse>(body).map(drop).unwrap_err().to_string()
    };
    for (within, beyond) in [(long(MAX_BODY), long(MAX_BODY + 1)), (deep(32), deep(33))] {
        assert!(!error(&within).contains(TOO_LARGE), "{}", error(&within));
        refused_as_both(&beyond);
    }
}

/// White space is handled by the format and is not part of the deserialized data, so it uses no
/// memory.
#[test]
fn kb_105_white_space_uses_no_memory_through_serde() {
    let spaces = " ".repeat(4 * MIB);
    let ((), held) =
        peak(|| drop(serde_json::from_str::<RegistrationResponse>(&spaces).unwrap_err()));
    assert!(held < 1024, "{held} bytes");
    let body = format!("{{{spaces}}}");
    let (error, held) =
        peak(|| serde_json::from_str::<RegistrationResponse>(&body).map(drop).unwrap_err());
    assert!(held < 4096, "{held} bytes: {error}");
    // If the text itself is read, it is too large.
    let (error, held) = peak(|| RegistrationResponse::from_json(&body).map(drop).unwrap_err());
    assert_eq!(error.kind(), webauthn_verify::ErrorKind::InputTooLarge);
    assert!(held < 4096, "{held} bytes");
}

/// Formats other than JSON can contain strings of control characters. JSON writes each of these
/// characters in six bytes.
#[test]
fn kb_105_decoded_escapes_are_not_longer_than_the_body() {
    let text = "\u{1}".repeat(MAX_BODY);
    let deserializer: StringDeserializer<ValueError> = text.into_deserializer();
    let (error, held) =
        peak(|| RegistrationResponse::deserialize(deserializer).map(drop).unwrap_err());
    assert!(error.to_string().contains(TOO_LARGE), "{error}");
    assert!(held < MIB, "{held} bytes");
}

/// Registers with every policy.
#[track_caller]
fn finish(name: &str, body: &str) {
    finish_under(name, body, false);
}

/// Does the same. `needs_quirk` says whether the registration needs a quirk.
#[track_caller]
fn finish_under(name: &str, body: &str, needs_quirk: bool) {
    let root = || TrustAnchor::from_der(costly::namesakes(1).remove(0)).unwrap();
    for policy in [
        AttestationPolicy::default(),
        AttestationPolicy::default().compound_rule(CompoundRule::Any),
        AttestationPolicy::trusted([root()]),
        AttestationPolicy::trusted([root()]).compound_rule(CompoundRule::Any),
    ] {
        let rp = RelyingParty::new(costly::RP_ID, [costly::ORIGIN]).unwrap();
        let rp = rp.allow_quirks(Quirk::ALL.iter().copied());
        let rp = rp.attestation_policy(policy).unwrap();
        let registration = register(name, &rp, body);
        assert_eq!(registration.quirks() != Quirks::NONE, needs_quirk, "{name}");
    }
}

/// Registers, and checks that the heap use is at most four times the size of the body.
#[track_caller]
fn register(name: &str, rp: &RelyingParty, body: &str) -> Registration {
    let user = User::new(costly::USER_HANDLE, "alice@example.org", "Alice");
    let request = RegistrationRequest::security_key(&user, &[]).challenge(&costly::CHALLENGE);
    let (_, pending) = rp.start_registration(&request, now()).unwrap();
    let (verdict, held) = peak(|| {
        let response = RegistrationResponse::from_json(body)?;
        rp.finish_registration(pending, &response, now())
    });
    let size = body.len();
    assert!(held <= 4 * size, "{name}: {held} bytes for {size}");
    verdict.unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn kb_105_a_registration_with_large_certificates_uses_at_most_four_times_its_size() {
    let registering = Registering::new(&key("credential"));
    let large = |extensions: u64, size: usize| {
        let extensions = costly::meaningless_extensions(extensions, size);
        costly::stuffed_certificate(&extensions, 28, &certificates::name("root")).sign(&key("root"))
    };
    let statement = |certificates: &[Vec<u8>]| {
        let statement = packed(&registering, &key("attestation"), certificates);
        registering.body(&compound(&statement, 8))
    };
    finish("8 leaves of 22 KB", &statement(&[large(1, 21_000)]));
    finish("8 leaves of 31 extensions of 700 bytes", &statement(&[large(31, 680)]));

    // Eight certificates in each statement, all with large names.
    let full = |place: usize| {
        let name = certificates::name(&format!("authority {place}"));
        (0..31).fold(name, |name, _| name.common_name(""))
    };
    let leaf = certificates::attestation_certificate(&key("attestation").public_numbers());
    let chain = costly::chain_of(leaf, &key("authority"), 8, full);
    finish("8 chains of 8", &statement(&chain));
}

/// The heap holds the object, its rewritten form, and the certificates of the verdict and its
/// paths.
#[test]
fn kb_105_a_rewritten_registration_uses_at_most_four_times_its_size() {
    let registering = Registering::new(&key("credential"));
    let object = costly::indefinite_object_of_chains(&registering);
    assert!((170_000..costly::MAX_OBJECT).contains(&object.len()), "{} bytes", object.len());
    finish_under("8 large chains of 8, rewritten", &registering.body_of(&object), true);

    // A large object with indefinite lengths, which must be rewritten.
    let object = costly::nested_indefinite_object(&registering);
    finish_tolerating_indefinite_lengths("nested arrays", &registering.body_of(&object));
}

#[test]
fn kb_105_the_largest_authenticator_data_uses_at_most_four_times_its_size() {
    let outputs = costly::one_long_output(185_000);
    let cose_key = key("credential").cose_key().unwrap();
    let algorithm = webauthn_verify::Algorithm::Es256.cose_id();
    let registering = Registering::with_cose_key(&cose_key, algorithm, Some(&outputs));
    let body = registering.body(&AttestationStatement::none());
    finish_tolerating_indefinite_lengths("large authenticator data", &body);
}

/// Registers with a relying party that accepts indefinite lengths.
#[track_caller]
fn finish_tolerating_indefinite_lengths(name: &str, body: &str) {
    let rp = RelyingParty::new(costly::RP_ID, [costly::ORIGIN]).unwrap();
    let _ = register(name, &rp.allow_quirks([Quirk::IndefiniteLengthAttestation]), body);
}

/// Arrays nested without end.
struct Endless;

impl<'de> serde::Deserializer<'de> for Endless {
    type Error = ValueError;

    fn deserialize_any<V: serde::de::Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_seq(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> serde::de::SeqAccess<'de> for Endless {
    type Error = ValueError;

    fn next_element_seed<T: serde::de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ValueError> {
        seed.deserialize(Endless).map(Some)
    }
}

#[test]
fn kb_105_the_depth_is_limited_even_if_the_deserializer_has_no_limit() {
    let error = AuthenticationResponse::deserialize(Endless).unwrap_err().to_string();
    assert!(error.contains(TOO_LARGE), "{error}");
}
