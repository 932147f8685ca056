//! Authenticator data is parsed by its flags, up to its last byte, and signed as received.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

use webauthn_verify::parse::{Aaguid, AuthenticatorData, Flags};
use webauthn_verify::{Algorithm, ErrorKind, ParseError, Step};
use webauthn_verify_authenticator::{AuthenticatorDataBuilder, flag};

use crate::common::messages::{
    AAGUID, AT, CREDENTIAL_ID, ED, LoggingIn, RP_ID, Registering, UP, attested, key,
    kind_and_place, passes, refused,
};

/// The offsets of the parts of authenticator data.
const AAGUID_AT: usize = 37;
const LENGTH_AT: usize = 53;
const ID_AT: usize = 55;

fn cose_key() -> Vec<u8> {
    key(Algorithm::Es256).cose_key().unwrap_or_default()
}

fn plain(flags: u8) -> Vec<u8> {
    AuthenticatorDataBuilder::new(RP_ID, flags, 0x0102_0304).build()
}

fn with_extensions(flags: u8, extensions: &[u8]) -> Vec<u8> {
    AuthenticatorDataBuilder::new(RP_ID, flags | ED, 0).extensions(extensions).build()
}

#[track_caller]
fn accepted(bytes: &[u8]) -> AuthenticatorData<'_> {
    match AuthenticatorData::parse(bytes) {
        Ok(data) => data,
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
fn parse_error(bytes: &[u8], kind: ErrorKind, offset: usize) -> ParseError {
    let (found, error) = kind_and_place(AuthenticatorData::parse(bytes));
    assert_eq!((found, error.offset()), (kind, offset), "{error}");
    assert_eq!(error.structure(), "authenticator data");
    error
}

#[test]
fn ad_01_the_minimum_length_is_37_bytes() {
    let bytes = plain(UP);
    let data = accepted(&bytes);
    assert_eq!(data.rp_id_hash()[..4], [0xbf, 0xab, 0xc3, 0x74]);
    assert_eq!(data.flags().bits(), UP);
    assert_eq!(data.sign_count(), 0x0102_0304);
    assert!(data.attested_credential().is_none() && data.extensions().is_none());
    let error = parse_error(&bytes[..36], ErrorKind::InvalidAuthenticatorData, 36);
    assert_eq!(error.field(), Some("signature counter"));
    let error = parse_error(&bytes[..32], ErrorKind::InvalidAuthenticatorData, 32);
    assert_eq!(error.field(), Some("flags"));
    parse_error(&[], ErrorKind::InvalidAuthenticatorData, 0);
}

#[test]
fn ad_02_each_flag_has_its_own_bit() {
    let meanings: [fn(Flags) -> bool; 6] = [
        Flags::user_present,
        Flags::user_verified,
        Flags::backup_eligible,
        Flags::backup_state,
        Flags::attested_credential_data,
        Flags::extension_data,
    ];
    let bits = [Some(0), None, Some(1), Some(2), Some(3), None, Some(4), Some(5)];
    for (bit, meaning) in bits.iter().enumerate() {
        let flags = 1 << bit;
        let mut bytes = match flags {
            AT => attested(0, CREDENTIAL_ID, &cose_key()),
            _ => plain(flags),
        };
        if flags == ED {
            bytes.push(0xa0);
        }
        let read = accepted(&bytes).flags();
        assert_eq!(read.bits(), flags);
        for (position, is_set) in meanings.iter().enumerate() {
            assert_eq!(is_set(read), *meaning == Some(position), "bit {bit}");
        }
    }
}

#[test]
fn ad_03_kb_39_reserved_bits_are_ignored_and_kept() {
    assert_eq!(accepted(&plain(0x23)).flags().bits(), 0x23);
    let mut login = LoggingIn::new();
    login.authenticator_data = plain(0x23);
    let verdict = login.finish().unwrap();
    assert_eq!(verdict.flags().bits(), 0x23);
    let data = attested(0x23, CREDENTIAL_ID, &cose_key());
    let registration = Registering::with_authenticator_data(&data).finish().unwrap();
    assert_eq!(registration.flags().bits(), 0x63);
    // The reserved bits have no effect.
    login.authenticator_data = plain(0x22);
    refused(login.finish(), ErrorKind::UserNotPresent, Step::UserPresence);
}

#[test]
fn ad_04_backed_up_without_eligibility_is_rejected() {
    let (be, bs) = (flag::BACKUP_ELIGIBLE, flag::BACKUP_STATE);
    for flags in [UP, UP | be, UP | be | bs] {
        let mut login = LoggingIn::new();
        login.authenticator_data = plain(flags);
        passes(login.finish());
        let data = attested(flags, CREDENTIAL_ID, &cose_key());
        passes(Registering::with_authenticator_data(&data).finish());
    }
    let mut login = LoggingIn::new();
    login.authenticator_data = plain(UP | bs);
    refused(login.finish(), ErrorKind::InvalidBackupFlags, Step::BackupFlags);
    let data = attested(UP | bs, CREDENTIAL_ID, &cose_key());
    let registration = Registering::with_authenticator_data(&data).finish();
    refused(registration, ErrorKind::InvalidBackupFlags, Step::BackupFlags);
}

#[test]
fn ad_05_kb_24_nothing_follows_without_the_flags_at_and_ed() {
    let mut bytes = plain(UP);
    accepted(&bytes);
    bytes.push(0);
    parse_error(&bytes, ErrorKind::TrailingBytes, 37);
    let mut login = LoggingIn::new();
    passes(login.finish());
    login.authenticator_data = bytes;
    refused(login.finish(), ErrorKind::TrailingBytes, Step::RpIdHash);
}

#[test]
fn ad_06_every_part_of_the_attested_credential_data_is_bounded() {
    let bytes = attested(UP, CREDENTIAL_ID, &cose_key());
    let data = accepted(&bytes);
    let attested = data.attested_credential().unwrap();
    assert_eq!(*attested.aaguid().as_bytes(), AAGUID);
    assert_eq!(attested.credential_id(), CREDENTIAL_ID);
    assert_eq!(attested.public_key(), cose_key());

    let kind = ErrorKind::InvalidAuthenticatorData;
    let field = |length: usize| parse_error(&bytes[..length], kind, length).field();
    assert_eq!(field(AAGUID_AT), Some("AAGUID"));
    assert_eq!(field(LENGTH_AT), Some("credential ID length"));
    assert_eq!(field(54), Some("credential ID length"));
    assert_eq!(field(ID_AT + CREDENTIAL_ID.len() - 1), Some("credential ID"));

    // A length beyond the end, by one byte and by the maximum.
    let mut past = bytes.clone();
    let left = u16::try_from(bytes.len() - ID_AT).unwrap();
    for length in [left + 1, u16::MAX] {
        past[LENGTH_AT..ID_AT].copy_from_slice(&length.to_be_bytes());
        let error = parse_error(&past, kind, bytes.len());
        assert_eq!(error.field(), Some("credential ID"));
    }
    // If the ID takes all remaining bytes, none are left for the key.
    past[LENGTH_AT..ID_AT].copy_from_slice(&left.to_be_bytes());
    let error = parse_error(&past, ErrorKind::InvalidCbor, bytes.len());
    assert_eq!(error.field(), Some("credential public key"));
}

#[test]
fn ad_07_kb_75_a_credential_id_has_1_to_1023_bytes() {
    let empty = attested(UP, b"", &cose_key());
    let error = parse_error(&empty, ErrorKind::InvalidAuthenticatorData, LENGTH_AT);
    assert_eq!(error.field(), Some("credential ID length"));
    for length in [1, 268, 1023] {
        let id = vec![7; length];
        let data = attested(UP, &id, &cose_key());
        let mut registration = Registering::with_authenticator_data(&data);
        registration.credential_id = id.clone();
        assert_eq!(registration.finish().unwrap().credential().id(), id);
    }
    // An ID of 1024 bytes is well formed. A separate step rejects it.
    let id = vec![7; 1024];
    let data = attested(UP, &id, &cose_key());
    accepted(&data);
    let mut registration = Registering::with_authenticator_data(&data);
    registration.credential_id = id;
    refused(registration.finish(), ErrorKind::CredentialIdTooLong, Step::CredentialIdLength);
}

#[test]
fn ad_08_kb_25_the_key_ends_after_the_bytes_read_for_it() {
    // The length of x, 32, in three bytes instead of two. A parser that re-encodes the key to
    // measure it would be one byte short of the extensions.
    let good = cose_key();
    assert_eq!(good[8..10], [0x58, 0x20]);
    let padded = [&good[..8], &[0x59, 0x00, 0x20], &good[10..]].concat();
    let data = |key: &[u8]| {
        let mut bytes = attested(UP | ED, CREDENTIAL_ID, key);
        bytes.extend(b"\xa1\x61x\x01");
        bytes
    };
    let bytes = data(&good);
    let extensions = *accepted(&bytes).extensions().unwrap();
    assert_eq!(extensions.iter().collect::<Vec<_>>(), [("x", &[1][..])]);
    let at = ID_AT + CREDENTIAL_ID.len() + 8;
    parse_error(&data(&padded), ErrorKind::InvalidCbor, at);
    // The same in the extension map.
    let padded = with_extensions(UP, b"\xa1\x61x\x18\x01");
    parse_error(&padded, ErrorKind::InvalidCbor, 40);
    accepted(&with_extensions(UP, b"\xa1\x61x\x18\x18"));
}

#[test]
fn ad_09_extensions_are_one_map_with_text_keys_in_either_ceremony() {
    let bytes = with_extensions(UP, b"\xa1\x6bcredProtect\x02");
    let data = accepted(&bytes);
    assert_eq!(data.extensions().unwrap().get("credProtect"), Some(&[0x02][..]));
    accepted(&with_extensions(UP, b"\xa0"));

    parse_error(&with_extensions(UP, b""), ErrorKind::InvalidCbor, 37);
    let kind = ErrorKind::InvalidAuthenticatorData;
    for not_a_map in [&b"\x80"[..], b"\x41\xa0", b"\x61x", b"\x01", b"\xf6"] {
        parse_error(&with_extensions(UP, not_a_map), kind, 37);
    }
    parse_error(&with_extensions(UP, b"\xa1\x01\x02"), kind, 38);
    parse_error(&with_extensions(UP, b"\xa1\x41x\x02"), kind, 38);
    // Without ED, the same map is trailing data.
    let mut unannounced = plain(UP);
    unannounced.push(0xa0);
    parse_error(&unannounced, ErrorKind::TrailingBytes, 37);

    let mut login = LoggingIn::new();
    login.authenticator_data = bytes;
    let verdict = login.finish().unwrap();
    let outputs: Vec<_> = verdict.authenticator_outputs().unwrap().iter().collect();
    assert_eq!(outputs, [("credProtect", &[2][..])]);
    login.authenticator_data = with_extensions(UP, b"\x80");
    refused(login.finish(), kind, Step::RpIdHash);
}

#[test]
fn ad_10_kb_24_nothing_follows_the_last_part() {
    let mut key_last = attested(UP, CREDENTIAL_ID, &cose_key());
    accepted(&key_last);
    let end = key_last.len();
    key_last.push(0);
    parse_error(&key_last, ErrorKind::TrailingBytes, end);

    let mut extensions_last = attested(UP | ED, CREDENTIAL_ID, &cose_key());
    extensions_last.push(0xa0);
    accepted(&extensions_last);
    let end = extensions_last.len();
    extensions_last.push(0);
    parse_error(&extensions_last, ErrorKind::TrailingBytes, end);
    let registration = Registering::with_authenticator_data(&extensions_last);
    refused(registration.finish(), ErrorKind::TrailingBytes, Step::AttestationObject);
}

#[test]
fn ad_11_a_registration_carries_a_credential() {
    passes(Registering::new().finish());
    let registration = Registering::with_authenticator_data(&plain(UP));
    let kind = ErrorKind::MissingAttestedCredentialData;
    refused(registration.finish(), kind, Step::AttestationObject);
}

#[test]
fn ad_12_kb_77_attested_credential_data_in_an_assertion_is_parsed_and_ignored() {
    let mut login = LoggingIn::new();
    // Another credential than the one that signs in.
    login.authenticator_data = attested(UP, b"another", &cose_key());
    let verdict = login.finish().unwrap();
    assert_eq!(verdict.credential_id(), CREDENTIAL_ID);

    login.authenticator_data = attested(UP, b"another", b"\xa5\x01\x02");
    refused(login.finish(), ErrorKind::InvalidCbor, Step::RpIdHash);
    login.authenticator_data = attested(UP, b"another", &[&cose_key()[..], &[0]].concat());
    refused(login.finish(), ErrorKind::TrailingBytes, Step::RpIdHash);
}

#[test]
fn ad_13_any_aaguid_passes_without_attestation_and_is_reported() {
    for aaguid in [[0; 16], AAGUID] {
        let data = AuthenticatorDataBuilder::new(RP_ID, UP | AT, 0)
            .attested_credential_data(&aaguid, CREDENTIAL_ID, &cose_key())
            .unwrap()
            .build();
        let registration = Registering::with_authenticator_data(&data).finish().unwrap();
        assert_eq!(registration.unverified_aaguid(), Aaguid::from_bytes(aaguid));
        assert_eq!(registration.unverified_aaguid() == Aaguid::ZERO, aaguid == [0; 16]);
    }
}

#[test]
fn ad_14_the_signature_is_over_the_bytes_as_received() {
    let mut login = LoggingIn::new();
    // Reserved bits, extensions and a counter: data that a rebuilt copy might lose.
    login.authenticator_data = AuthenticatorDataBuilder::new(RP_ID, UP | ED | 0x22, 9)
        .extensions(b"\xa2\x61b\x01\x62aa\xf5")
        .build();
    passes(login.finish());
    let signature = login.key.sign(&login.signed());
    for (position, bit) in [(32, 0x02), (32, 0x20), (36, 0x02), (40, 0x03), (44, 0x01)] {
        let kept = login.authenticator_data.clone();
        login.authenticator_data[position] ^= bit;
        let body = login.body_with_signature(&signature);
        refused(login.finish_with(&body), ErrorKind::SignatureInvalid, Step::Signature);
        login.authenticator_data = kept;
    }
}

#[test]
fn kb_39_unknown_extensions_are_accepted_and_kept_raw() {
    let mut login = LoggingIn::new();
    let map = b"\xa2\x61x\x83\x01\xf6\x41\x00\x67unknown\xa1\x01\x02";
    login.authenticator_data = with_extensions(UP, map);
    let verdict = login.finish().unwrap();
    let data = accepted(&login.authenticator_data);
    let extensions: Vec<_> = data.extensions().unwrap().iter().collect();
    assert_eq!(extensions, [("x", &b"\x83\x01\xf6\x41\x00"[..]), ("unknown", b"\xa1\x01\x02")]);
    assert!(verdict.authenticator_outputs().unwrap().iter().eq(extensions));
    assert_eq!(data.extensions().unwrap().get("unknow"), None);
}

#[test]
fn kb_68_a_truncated_aaguid_is_an_ordinary_error() {
    // The AAGUID lacks its last byte, so all later parts begin one byte too early. The length is
    // read as 0F61, which is more than the remaining bytes.
    let good = attested(UP, CREDENTIAL_ID, &cose_key());
    accepted(&good);
    let mut short = good;
    short.remove(AAGUID_AT);
    let error = parse_error(&short, ErrorKind::InvalidAuthenticatorData, short.len());
    assert_eq!(error.field(), Some("credential ID"));
    let registration = Registering::with_authenticator_data(&short).finish();
    refused(registration, ErrorKind::InvalidAuthenticatorData, Step::AttestationObject);
    // The data ends inside the AAGUID.
    let error = parse_error(&short[..45], ErrorKind::InvalidAuthenticatorData, 45);
    assert_eq!(error.field(), Some("AAGUID"));
}

#[test]
fn equal_authenticator_data_is_equal_at_any_offset() {
    use webauthn_verify::parse::AttestationObject;
    use webauthn_verify_authenticator::{AttestationStatement, PrivateKey};
    let key = PrivateKey::from_seed(webauthn_verify::Algorithm::Es256.cose_id(), b"equal").unwrap();
    let bytes =
        webauthn_verify_authenticator::AuthenticatorDataBuilder::new("example.org", 0x41, 0)
            .attested_credential_data(&[7; 16], b"id", &key.cose_key().unwrap())
            .unwrap()
            .build();
    let object = AttestationStatement::none().attestation_object(&bytes).unwrap();
    let object = AttestationObject::parse(&object).unwrap();
    let data = AuthenticatorData::parse(&bytes).unwrap();
    assert_eq!(*object.authenticator_data(), data);
    assert_eq!(object.authenticator_data().attested_credential(), data.attested_credential());
    // Each part counts: the AAGUID, the credential ID and the public key.
    for changed in [AAGUID_AT, ID_AT, bytes.len() - 1] {
        let mut bytes = bytes.clone();
        bytes[changed] ^= 1;
        let other = AuthenticatorData::parse(&bytes).unwrap();
        assert_ne!(other.attested_credential(), data.attested_credential());
    }
}
