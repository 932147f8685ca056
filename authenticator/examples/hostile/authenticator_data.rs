//! Authenticator data that is cut or too long, has wrong flags or counters, or belongs to another
//! relying party.

use serde_json::{Value, json};
use webauthn_verify_authenticator::AuthenticatorDataBuilder;
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::flag::{
    ATTESTED_CREDENTIAL_DATA as AT, BACKUP_ELIGIBLE as BE, BACKUP_STATE as BS,
    EXTENSION_DATA as ED, USER_PRESENT as UP, USER_VERIFIED as UV,
};

use crate::case::{
    AAGUID, CREDENTIAL_ID, Case, Login, RP_ID, Registration, USER_HANDLE, attested, cose_key,
    encode,
};

/// The reserved bits of the flags.
const RFU1: u8 = 0x02;
const RFU2: u8 = 0x20;

/// Extension outputs with one output of an unknown extension.
const EXTENSIONS: &[u8] = b"\xa1\x61x\x01";

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for ceremony in [Ceremony::Registration, Ceremony::Login] {
        cases.extend(lengths(ceremony));
        cases.extend(parts(ceremony));
        cases.extend(flags(ceremony));
        cases.extend(rp_id_hashes(ceremony));
        cases.extend(credential_data(ceremony));
        cases.extend(extension_forms(ceremony));
    }
    cases.extend(credential_ids());
    cases.extend(counters());
    cases.extend(backup_changes());
    cases
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Ceremony {
    Registration,
    Login,
}

impl Ceremony {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Ceremony::Registration => "registration",
            Ceremony::Login => "login",
        }
    }

    /// Returns the correct parts with these flags. In a registration, the flag AT is added.
    pub(crate) fn builder(self, flags: u8) -> AuthenticatorDataBuilder {
        match self {
            Ceremony::Registration => attested(flags | AT, &cose_key(ES256)),
            Ceremony::Login => AuthenticatorDataBuilder::new(RP_ID, flags, 1),
        }
    }

    /// Returns correct authenticator data with these extension outputs.
    pub(crate) fn with_extensions(self, cbor: &[u8]) -> Vec<u8> {
        self.builder(UP | UV | ED).extensions(cbor).build()
    }

    /// Returns a case with this authenticator data, which is signed.
    pub(crate) fn case(self, name: &str, rule: &str, authenticator_data: Vec<u8>) -> Case {
        match self {
            Ceremony::Registration => {
                Registration::new().authenticator_data(authenticator_data).case(name, rule)
            }
            Ceremony::Login => Login::new().authenticator_data(authenticator_data).case(name, rule),
        }
    }

    fn own_case(self, name: &str, rule: &str, authenticator_data: Vec<u8>) -> Case {
        let name = format!("authenticator-data/{}/{name}", self.name());
        self.case(&name, rule, authenticator_data)
    }

    /// Returns the number of a step, first in §7.1 and then in §7.2.
    fn step(self, registration: &'static str, login: &'static str) -> &'static str {
        match self {
            Ceremony::Registration => registration,
            Ceremony::Login => login,
        }
    }

    /// Returns the step in which authenticator data is parsed.
    pub(crate) fn parsing(self) -> &'static str {
        self.step("13", "15")
    }
}

/// Authenticator data with all parts, cut in each part.
fn lengths(ceremony: Ceremony) -> Vec<Value> {
    const MALFORMED: &str = "InvalidAuthenticatorData";
    let flags = UP | UV | AT | ED;
    let whole = attested(flags, &cose_key(ES256)).extensions(EXTENSIONS).build();
    let mut cases = vec![ceremony.own_case("whole", "AD-01", whole.clone()).accept()];
    for (length, rule, kind, field) in [
        (0, "AD-01", MALFORMED, "RP ID hash"),
        (31, "AD-01", MALFORMED, "RP ID hash"),
        (32, "AD-01", MALFORMED, "flags"),
        (33, "AD-01", MALFORMED, "signature counter"),
        (36, "AD-01", MALFORMED, "signature counter"),
        (37, "AD-06", MALFORMED, "AAGUID"),
        (52, "KB-68", MALFORMED, "AAGUID"),
        (53, "AD-06", MALFORMED, "credential ID length"),
        (54, "AD-06", MALFORMED, "credential ID length"),
        (55, "AD-06", MALFORMED, "credential ID"),
        (70, "AD-06", MALFORMED, "credential ID"),
        (71, "AD-06", "InvalidCbor", "credential public key"),
        (147, "AD-06", "InvalidCbor", "credential public key"),
        (148, "AD-09", "InvalidCbor", "extensions"),
        (151, "AD-09", "InvalidCbor", "extension output"),
    ] {
        let case = ceremony.own_case(&format!("cut/{length}"), rule, whole[..length].to_vec());
        cases.push(case.reject_field(kind, ceremony.parsing(), field));
    }
    for (length, rule) in [(72, "AD-06"), (149, "AD-09")] {
        let case = ceremony.own_case(&format!("cut/{length}"), rule, whole[..length].to_vec());
        cases.push(case.reject("InvalidCbor", ceremony.parsing()));
    }
    let plain = AuthenticatorDataBuilder::new(RP_ID, UP | UV, 1).build();
    for length in [0, 32, 36] {
        let case =
            ceremony.own_case(&format!("plain-cut/{length}"), "AD-01", plain[..length].to_vec());
        cases.push(case.reject("InvalidAuthenticatorData", ceremony.parsing()));
    }
    cases
}

/// Parts that the flags announce and that are missing, and parts that they do not announce.
fn parts(ceremony: Ceremony) -> Vec<Value> {
    let key = cose_key(ES256);
    let with = |flags: u8| attested(UP | UV | flags, &key);
    let without = |flags: u8| AuthenticatorDataBuilder::new(RP_ID, UP | UV | flags, 1);
    let case = |name: &str, rule: &str, data: &AuthenticatorDataBuilder| {
        ceremony.own_case(&format!("parts/{name}"), rule, data.build())
    };
    let step = ceremony.parsing();
    let mut cases = vec![
        case("credential", "AD-12", &with(AT)).accept(),
        case("credential-and-extensions", "AD-09", &with(AT | ED).extensions(EXTENSIONS)).accept(),
        case("unannounced-credential", "AD-05", &with(0)).reject("TrailingBytes", step),
        case("credential-announced-as-extensions", "AD-09", &with(ED)).reject_field(
            "InvalidAuthenticatorData",
            step,
            "extensions",
        ),
        case("missing-credential", "AD-06", &without(AT)).reject_field(
            "InvalidAuthenticatorData",
            step,
            "AAGUID",
        ),
        case("extensions-announced-as-credential", "AD-06", &without(AT).extensions(EXTENSIONS))
            .reject_field("InvalidAuthenticatorData", step, "AAGUID"),
        case("missing-extensions", "AD-09", &without(ED)).reject_field(
            "InvalidCbor",
            step,
            "extensions",
        ),
        case("missing-extensions-after-credential", "AD-09", &with(AT | ED)).reject_field(
            "InvalidCbor",
            step,
            "extensions",
        ),
        case("unannounced-extensions", "AD-05", &without(0).extensions(EXTENSIONS))
            .reject("TrailingBytes", step),
        case("unannounced-extensions-after-credential", "AD-10", &with(AT).extensions(b"\xa0"))
            .reject("TrailingBytes", step),
        case("reserved-bit-does-not-announce", "AD-03", &with(AT | RFU2).extensions(b"\xa0"))
            .reject("TrailingBytes", step),
        case("trailing-byte", "AD-05", &without(0).extensions(b"\0")).reject("TrailingBytes", step),
        case("trailing-byte-after-credential", "AD-10", &with(AT).extensions(b"\0"))
            .reject("TrailingBytes", step),
        case("trailing-byte-after-extensions", "AD-10", &without(ED).extensions(b"\xa0\0"))
            .reject("TrailingBytes", step),
        case("second-extensions", "AD-10", &with(AT | ED).extensions(b"\xa0\xa0"))
            .reject("TrailingBytes", step),
    ];
    cases.push(match ceremony {
        Ceremony::Registration => case("no-credential", "AD-11", &without(0))
            .reject("MissingAttestedCredentialData", step),
        Ceremony::Login => case("no-credential", "AD-05", &without(0)).accept(),
    });
    cases.push(match ceremony {
        Ceremony::Registration => {
            case("only-extensions", "AD-11", &without(ED).extensions(EXTENSIONS))
                .reject("MissingAttestedCredentialData", step)
        }
        Ceremony::Login => {
            case("only-extensions", "AD-09", &without(ED).extensions(EXTENSIONS)).accept()
        }
    });
    cases
}

/// Flags for the user and for backups.
fn flags(ceremony: Ceremony) -> Vec<Value> {
    let case = |name: &str, rule: &str, flags: u8| {
        ceremony.own_case(&format!("flags/{name}"), rule, ceremony.builder(flags).build())
    };
    let presence = ceremony.step("15", "16");
    let verification = ceremony.step("16", "17");
    let backup = ceremony.step("17", "18");
    let by_step = |registration, login| ceremony.step(registration, login);
    let required = |case: Case| case.with("user_verification", "required");
    let mut cases = vec![
        case("user-not-verified", by_step("REG-16", "AUTH-17"), UP).accept(),
        case("not-present", by_step("REG-15", "AUTH-16"), UV).reject("UserNotPresent", presence),
        case("none", by_step("REG-15", "AUTH-16"), 0).reject("UserNotPresent", presence),
        // Each bit but UP.
        case("all-but-present", "AD-02", UV | BE | BS | RFU1 | RFU2)
            .reject("UserNotPresent", presence),
        required(case("required-and-verified", "AD-02", UP | UV)).accept(),
        required(case("required-but-not-verified", by_step("KB-15", "AUTH-17"), UP))
            .reject("UserNotVerified", verification),
        // Each bit but UV.
        required(case("required-but-all-others", "AD-02", UP | BE | BS | RFU1 | RFU2))
            .reject("UserNotVerified", verification),
        case("discouraged-but-verified", "AD-02", UP | UV)
            .with("user_verification", "discouraged")
            .accept(),
        case("backup-eligible", "AD-04", UP | UV | BE).accept(),
        case("backed-up", "AD-04", UP | UV | BE | BS).accept(),
        case("backed-up-but-not-eligible", "AD-04", UP | UV | BS)
            .reject("InvalidBackupFlags", backup),
        // Each bit but BE.
        case("backed-up-and-all-but-eligible", "AD-02", UP | UV | BS | RFU1 | RFU2)
            .reject("InvalidBackupFlags", backup),
    ];
    for (name, reserved) in [("first", RFU1), ("second", RFU2), ("both", RFU1 | RFU2)] {
        let name = format!("reserved-{name}");
        cases.push(case(&name, "AD-03", UP | UV | reserved).accept());
    }
    let conditional = case("not-present-but-conditional", by_step("KB-73", "AUTH-16"), UV);
    let conditional = conditional.with("mediation", "conditional");
    cases.push(match ceremony {
        Ceremony::Registration => conditional.accept(),
        Ceremony::Login => conditional.reject("UserNotPresent", presence),
    });
    cases
}

/// Hashes of other relying parties.
fn rp_id_hashes(ceremony: Ceremony) -> Vec<Value> {
    let rule = ceremony.step("REG-14", "AUTH-15");
    let step = ceremony.step("14", "15");
    let mismatch = |name: &str, data: Vec<u8>| {
        let case = ceremony.own_case(&format!("rp-id-hash/{name}"), rule, data);
        case.reject("RpIdHashMismatch", step)
    };
    let good = ceremony.builder(UP | UV).build();
    let mut cases = Vec::new();
    for (name, rp_id) in [
        ("other", "example.com"),
        ("subdomain", "www.example.org"),
        ("parent", "org"),
        ("origin", "https://example.org"),
        ("upper-case", "EXAMPLE.ORG"),
        ("trailing-dot", "example.org."),
        ("empty", ""),
    ] {
        let other = AuthenticatorDataBuilder::new(rp_id, 0, 0).build();
        cases.push(mismatch(name, [&other[..32], &good[32..]].concat()));
    }
    for (name, at) in [("first-byte", 0), ("last-byte", 31)] {
        let mut data = good.clone();
        data[at] ^= 0x01;
        cases.push(mismatch(name, data));
    }
    cases.push(mismatch("zeros", [&[0; 32], &good[32..]].concat()));
    cases
}

/// The credential in the authenticator data. A login ignores its content, but not its form.
fn credential_data(ceremony: Ceremony) -> Vec<Value> {
    let key = cose_key(ES256);
    let start = &AuthenticatorDataBuilder::new(RP_ID, UP | UV | AT, 1).build()[..];
    let case = |name: &str, rule: &str, parts: &[&[u8]]| {
        let data = [&[start], parts].concat().concat();
        ceremony.own_case(&format!("credential/{name}"), rule, data)
    };
    let malformed = |case: Case, field: &str| {
        case.reject_field("InvalidAuthenticatorData", ceremony.parsing(), field)
    };
    let id = &CREDENTIAL_ID[..];
    let rest = u16::try_from(id.len() + key.len()).expect("short");
    let [rest, beyond] = [rest, rest + 1].map(u16::to_be_bytes);
    let mut cases = vec![
        case("aaguid-zero", "AD-13", &[&[0; 16], &[0, 16], id, &key]).accept(),
        case("aaguid-ones", "AD-13", &[&[0xff; 16], &[0, 16], id, &key]).accept(),
        malformed(
            case("aaguid-of-15-bytes", "KB-68", &[&AAGUID[1..], &[0, 16], id, &key]),
            "credential ID",
        ),
        malformed(
            case("id-length-little-endian", "AD-06", &[&AAGUID, &[16, 0], id, &key]),
            "credential ID",
        ),
        malformed(case("id-length-0", "AD-07", &[&AAGUID, &[0, 0], &key]), "credential ID length"),
        malformed(case("id-beyond-end", "AD-06", &[&AAGUID, &beyond, id, &key]), "credential ID"),
        malformed(
            case("id-length-65535-beyond-end", "AD-06", &[&AAGUID, &[0xff, 0xff], id, &key]),
            "credential ID",
        ),
        case("id-takes-the-rest", "AD-06", &[&AAGUID, &rest, id, &key]).reject_field(
            "InvalidCbor",
            ceremony.parsing(),
            "credential public key",
        ),
    ];
    for (name, not_a_map) in [
        ("integer", &b"\x01"[..]),
        ("bytes", b"\x41\xa0"),
        ("text", b"\x61x"),
        ("array", b"\x80"),
        ("null", b"\xf6"),
    ] {
        let name = format!("key-is-{name}");
        let case = case(&name, "AD-06", &[&AAGUID, &[0, 16], id, not_a_map]);
        cases.push(malformed(case, "credential public key"));
    }
    // The length of x in three bytes instead of two. A parser that encodes the key again to measure
    // it finds the extensions at another place.
    let padded = [&key[..8], &[0x59, 0x00, 0x20], &key[10..]].concat();
    let data = attested(UP | UV | AT | ED, &padded).extensions(EXTENSIONS).build();
    let case = ceremony.own_case("credential/key-with-padded-length", "AD-08", data);
    cases.push(case.reject("InvalidCbor", ceremony.parsing()));
    cases
}

/// Extension outputs that are not a map with text keys.
fn extension_forms(ceremony: Ceremony) -> Vec<Value> {
    let case = |name: &str, rule: &str, cbor: &[u8]| {
        let data = ceremony.with_extensions(cbor);
        ceremony.own_case(&format!("extensions/{name}"), rule, data)
    };
    let mut cases = vec![
        case("empty", "AD-09", b"\xa0").accept(),
        case("unknown", "KB-39", b"\xa2\x61x\x83\x01\xf6\x41\x00\x67unknown\xa1\x01\x02").accept(),
        case("with-reserved-name", "EXT-01", b"\xa1\x69__proto__\xf5").accept(),
    ];
    for (name, cbor) in [
        ("array", &b"\x80"[..]),
        ("array-of-pairs", b"\x82\x61x\x01"),
        ("bytes", b"\x41\xa0"),
        ("text", b"\x61x"),
        ("integer", b"\x01"),
        ("null", b"\xf6"),
        ("integer-key", b"\xa1\x01\x02"),
        ("negative-key", b"\xa1\x20\x02"),
        ("bytes-key", b"\xa1\x41x\x02"),
        ("boolean-key", b"\xa1\xf5\x02"),
        ("second-key-is-null", b"\xa2\x61x\x01\xf6\x02"),
    ] {
        let case = case(name, "AD-09", cbor);
        let kind = "InvalidAuthenticatorData";
        cases.push(case.reject_field(kind, ceremony.parsing(), "extensions"));
    }
    cases
}

/// Credential IDs in registrations, and another credential in a login.
fn credential_ids() -> Vec<Value> {
    let key = cose_key(ES256);
    let data = |id: &[u8]| {
        let builder = AuthenticatorDataBuilder::new(RP_ID, UP | UV | AT, 1);
        let attested = builder.attested_credential_data(&AAGUID, id, &key);
        attested.expect("at most 65535 bytes").build()
    };
    let registration = |length: usize| {
        let id = vec![0x69; length];
        let name = format!("credential-id/{length}-bytes");
        Ceremony::Registration.own_case(&name, "AD-07", data(&id)).edit(|response| {
            response["id"] = encode(&id).into();
            response["rawId"] = encode(&id).into();
        })
    };
    let mut cases = Vec::new();
    for length in [1, 2, 255, 256, 1023] {
        cases.push(registration(length).accept());
    }
    for length in [1024, 32_768] {
        cases.push(registration(length).reject("CredentialIdTooLong", "25"));
    }
    let other = Ceremony::Registration.own_case("credential-id/other", "KB-18", data(b"another"));
    cases.push(other.reject("CredentialIdMismatch", "13"));
    let longer = [&CREDENTIAL_ID[..], &[0]].concat();
    let longer = Ceremony::Registration.own_case("credential-id/longer", "KB-18", data(&longer));
    cases.push(longer.reject("CredentialIdMismatch", "13"));
    // In a login, any well-formed credential is ignored.
    for (name, id) in [("other", &b"another"[..]), ("1024-bytes", &[0x69; 1024])] {
        let name = format!("credential-id/{name}");
        cases.push(Ceremony::Login.own_case(&name, "AD-12", data(id)).accept());
    }
    let empty_key = attested(UP | UV | AT, b"\xa0").build();
    let empty_key = Ceremony::Login.own_case("credential/key-is-empty", "KB-77", empty_key);
    cases.push(empty_key.accept());
    cases
}

/// Adds members to the credential record of a login.
fn record(case: Case, members: &[(&str, Value)]) -> Case {
    let mut credential = json!({
        "id": encode(&CREDENTIAL_ID),
        "public_key": encode(&cose_key(ES256)),
        "user_handle": encode(&USER_HANDLE),
    });
    for (member, value) in members {
        credential[member] = value.clone();
    }
    case.with("credential", credential)
}

/// The signature counter, which is big-endian and must increase.
fn counters() -> Vec<Value> {
    const MAX: u32 = u32::MAX;
    let login = |stored: u32, received: u32| {
        let data = AuthenticatorDataBuilder::new(RP_ID, UP | UV, received).build();
        let name = format!("counter/{stored}-then-{received}");
        let rule = if received == 0 { "KB-81" } else { "AUTH-22" };
        record(Ceremony::Login.own_case(&name, rule, data), &[("sign_count", stored.into())])
    };
    let mut cases = Vec::new();
    // Some of these counters would decrease if they were little-endian or signed.
    for (stored, received) in [
        (0, 0),
        (0, 1),
        (1, 2),
        (5, 6),
        (5, 1000),
        (255, 256),
        (0x00ff_ffff, 0x0100_0000),
        (0x7fff_ffff, 0x8000_0000),
        (MAX - 1, MAX),
        (0, MAX),
    ] {
        cases.push(login(stored, received).accept());
    }
    for (stored, received) in
        [(1, 0), (1, 1), (5, 4), (5, 5), (256, 255), (256, 0), (MAX, MAX), (MAX, 0), (MAX, 1)]
    {
        cases.push(login(stored, received).reject("SignCountNotIncreased", "22"));
    }
    for policy in ["report", "ignore"] {
        let data = AuthenticatorDataBuilder::new(RP_ID, UP | UV, 4).build();
        let name = format!("counter/decreased-with-policy-{policy}");
        let case = Ceremony::Login.own_case(&name, "AUTH-22", data).with("sign_count", policy);
        cases.push(record(case, &[("sign_count", 5.into())]).accept());
    }
    for received in [1, MAX] {
        let builder = AuthenticatorDataBuilder::new(RP_ID, UP | UV | AT, received);
        let key = cose_key(ES256);
        let builder = builder.attested_credential_data(&AAGUID, &CREDENTIAL_ID, &key);
        let data = builder.expect("a short credential ID").build();
        let name = format!("counter/{received}");
        cases.push(Ceremony::Registration.own_case(&name, "AD-01", data).accept());
    }
    cases
}

/// Logins in which the backup flags differ from the record.
fn backup_changes() -> Vec<Value> {
    let login = |name: &str, eligible: bool, flags: u8| {
        let data = AuthenticatorDataBuilder::new(RP_ID, UP | UV | flags, 1).build();
        let case = Ceremony::Login.own_case(&format!("backup/{name}"), "AUTH-19", data);
        record(case, &[("backup_eligible", eligible.into())])
    };
    vec![
        login("still-eligible", true, BE).accept(),
        login("begins", true, BE | BS).accept(),
        login("still-not-eligible", false, 0).accept(),
        login("lost", true, 0).reject("BackupEligibilityChanged", "19.1"),
        login("gained", false, BE).reject("BackupEligibilityChanged", "19.2"),
        login("gained-and-backed-up", false, BE | BS).reject("BackupEligibilityChanged", "19.2"),
    ]
}
