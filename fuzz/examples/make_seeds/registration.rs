//! Seeds of the targets `registration` and `attestation_object`.

use webauthn_verify::{Algorithm, CreationOptions, RegistrationResponse};
use webauthn_verify_authenticator::{
    AttestationKind, AttestationStatement, AuthenticatorDataBuilder, Fault,
};
use webauthn_verify_fuzz::site;

use super::common::{ALGORITHMS, add_variants, authenticator, fault_name};
use super::seeds::{Result, Seeds};

pub fn add_to(seeds: &mut Seeds) -> Result<()> {
    let rp = site::relying_party();
    let (options, _) = rp.start_registration(&site::registration_request(), site::now())?;
    for &kind in AttestationKind::ALL {
        add_right(seeds, kind, &options)?;
        for fault in Fault::all() {
            if is_shown(&fault, kind) {
                add_broken(seeds, kind, &fault, &options);
            }
        }
    }

    let none = || authenticator(Algorithm::EdDsa, AttestationKind::None);
    let body = none().with_backup(true, true).register(&options, site::ORIGIN)?;
    seeds.add("registration", "none-backed-up", body);
    let body = none().register(&options, site::ORIGIN)?;
    add_variants(seeds, "registration", &body)?;
    add_attestation_objects(seeds)
}

/// Adds an accepted registration with each algorithm that this kind can attest.
fn add_right(seeds: &mut Seeds, kind: AttestationKind, options: &CreationOptions) -> Result<()> {
    for algorithm in ALGORITHMS {
        let mut authenticator = authenticator(algorithm, kind);
        // Not every kind can attest every algorithm.
        let Ok(body) = authenticator.register(options, site::ORIGIN) else { continue };
        let response = RegistrationResponse::from_json(&body)?;
        // A U2F key always has the same algorithm, whatever is set.
        if kind == AttestationKind::FidoU2f && algorithm != Algorithm::Es256 {
            continue;
        }
        let name = format!("{}-{algorithm}", kind_name(kind));
        seeds.add("attestation_object", &name, response.attestation_object());
        // The certificate is larger than everything else together, with every algorithm.
        if matches!(kind, AttestationKind::None | AttestationKind::PackedSelf)
            || algorithm == Algorithm::Es256
        {
            seeds.add("registration", &name, &body);
        }
    }
    Ok(())
}

/// Returns whether there are seeds with this fault for this kind. A fault that does not depend on
/// the attestation has seeds for one kind only. Faults inside the members of a statement are in the
/// corpus of broken attestations.
fn is_shown(fault: &Fault, kind: AttestationKind) -> bool {
    let common = fault.applies_to_registration(AttestationKind::None)
        && fault.applies_to_registration(AttestationKind::FidoU2f);
    let below = matches!(
        fault,
        Fault::AttestationField(field) if !field.starts_with("attStmt.")
    );
    fault.applies_to_registration(kind) && !below && (!common || kind == AttestationKind::None)
}

/// Returns a registration with this fault.
fn add_broken(seeds: &mut Seeds, kind: AttestationKind, fault: &Fault, options: &CreationOptions) {
    let mut authenticator = authenticator(Algorithm::Es256, kind);
    authenticator.break_next(fault.clone());
    let name = format!("{}-{}", kind_name(kind), fault_name(fault));
    let body = match authenticator.register(options, site::ORIGIN) {
        Ok(body) => body,
        Err(error) => {
            println!("left out: {name}: {error}");
            return;
        }
    };
    if let Ok(response) = RegistrationResponse::from_json(&body)
        && attested_differently(fault)
    {
        seeds.add("attestation_object", &name, response.attestation_object());
    }
    if !matches!(fault, Fault::AttestationField(_)) {
        seeds.add("registration", &name, &body);
    }
}

/// Adds attestation objects that no authenticator writes.
fn add_attestation_objects(seeds: &mut Seeds) -> Result<()> {
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
        // The head byte can hold counts up to 23.
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

/// Returns whether a fault changes the attestation object, apart from signatures and hashes.
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
