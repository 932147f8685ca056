//! Authenticator data that is cut or too long, has wrong flags or counters, or belongs to another
//! relying party.

mod credential;
mod records;

use serde_json::Value;
use webauthn_verify_authenticator::AuthenticatorDataBuilder;
use webauthn_verify_authenticator::algorithm::ES256;
use webauthn_verify_authenticator::flag::{
    ATTESTED_CREDENTIAL_DATA as AT, BACKUP_ELIGIBLE as BE, BACKUP_STATE as BS,
    EXTENSION_DATA as ED, USER_PRESENT as UP, USER_VERIFIED as UV,
};

use crate::case::{Case, RP_ID, attested, cose_key};
use crate::ceremony::Ceremony;

/// The reserved bits of the flags.
const RFU1: u8 = 0x02;
const RFU2: u8 = 0x20;

/// Extension outputs with one output of an unknown extension.
const EXTENSIONS: &[u8] = b"\xa1\x61x\x01";

pub(crate) fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for ceremony in Ceremony::BOTH {
        cases.extend(lengths(ceremony));
        cases.extend(parts(ceremony));
        cases.extend(flags(ceremony));
        cases.extend(rp_id_hashes(ceremony));
        cases.extend(credential::forms(ceremony));
        cases.extend(extension_forms(ceremony));
    }
    cases.extend(credential::ids());
    cases.extend(records::counters());
    cases.extend(records::backup_changes());
    cases
}

impl Ceremony {
    /// Returns the correct parts with these flags. In a registration, the flag AT is added.
    fn builder(self, flags: u8) -> AuthenticatorDataBuilder {
        self.authenticator_data(flags | self.either(AT, 0))
    }

    /// Returns correct authenticator data with these extension outputs.
    pub(crate) fn with_extensions(self, cbor: &[u8]) -> Vec<u8> {
        self.builder(UP | UV | ED).extensions(cbor).build()
    }

    fn own_case(self, name: &str, rule: &str, authenticator_data: Vec<u8>) -> Case {
        let name = format!("authenticator-data/{}/{name}", self.word());
        self.with_authenticator_data(&name, rule, authenticator_data)
    }

    /// Returns the step in which authenticator data is parsed.
    pub(crate) fn parsing(self) -> &'static str {
        self.either("13", "15")
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
    for (name, data, rule) in [
        ("no-credential", without(0), "AD-05"),
        ("only-extensions", without(ED).extensions(EXTENSIONS), "AD-09"),
    ] {
        cases.push(match ceremony {
            Ceremony::Registration => {
                case(name, "AD-11", &data).reject("MissingAttestedCredentialData", step)
            }
            Ceremony::Login => case(name, rule, &data).accept(),
        });
    }
    cases
}

/// Flags for the user and for backups.
fn flags(ceremony: Ceremony) -> Vec<Value> {
    let case = |name: &str, rule: &str, flags: u8| {
        ceremony.own_case(&format!("flags/{name}"), rule, ceremony.builder(flags).build())
    };
    let presence = ceremony.either("15", "16");
    let verification = ceremony.either("16", "17");
    let backup = ceremony.either("17", "18");
    let by_step = |registration, login| ceremony.either(registration, login);
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
    let rule = ceremony.either("REG-14", "AUTH-15");
    let step = ceremony.either("14", "15");
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
