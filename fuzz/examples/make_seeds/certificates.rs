//! Seeds of the target `certificates`: chains from the leaf upwards. The target also tries the last
//! certificate as the anchor.

use std::slice;

use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, PrivateKey};
use webauthn_verify_fuzz::site;

use super::common::AAGUID;
use super::seeds::{Result, Seeds};

pub fn add_to(seeds: &mut Seeds) -> Result<()> {
    let root = by("root", ca("root", None)?)?;
    let good = by("root", leaf()?)?;
    let mut add = |name: &str, chain: &[Vec<u8>]| seeds.add("certificates", name, chain.concat());
    add("root", &[site::ATTESTATION_ROOT.to_vec()]);
    add("leaf", slice::from_ref(&good));
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
    add("anchor-unconstrained", &[good.clone(), by("root", bare("root")?)?]);
    let denied = bare("root")?.basic_constraints(false, None);
    add("anchor-not-a-ca", &[good.clone(), by("root", denied)?]);
    let twin = CertificateBuilder::new(&name_of("root"), &key_of("another")?.public_numbers())
        .basic_constraints(true, None);
    add("twin", &[good.clone(), twin.sign(&key_of("another")?)]);
    let looped = [by("two", ca("one", None)?)?, by("one", ca("two", None)?)?];
    add("loop", &[by("one", leaf()?)?, looped[0].clone(), looped[1].clone(), root.clone()]);

    for (name, certificate) in leaves()? {
        add(name, &[by("root", certificate)?, root.clone()]);
    }
    for algorithm in [Algorithm::Es384, Algorithm::Es512, Algorithm::EdDsa, Algorithm::Rs256] {
        let authority = PrivateKey::from_seed(algorithm.cose_id(), b"fuzz")?;
        let own = CertificateBuilder::new(&name_of("other"), &authority.public_numbers())
            .basic_constraints(true, None);
        let issued = leaf()?.issuer(&name_of("other")).sign(&authority);
        add(algorithm.as_str(), &[issued, own.sign(&authority)]);
    }
    let cut = good.get(..good.len() - 1).unwrap_or_default().to_vec();
    add("cut", &[cut]);
    add("empty", &[]);
    Ok(())
}

/// Returns leaves that differ from the right leaf in one property.
fn leaves() -> Result<[(&'static str, CertificateBuilder); 18]> {
    Ok([
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
    ])
}

/// Returns a certificate without extensions.
fn bare(who: &str) -> Result<CertificateBuilder> {
    Ok(CertificateBuilder::new(&name_of(who), &key_of(who)?.public_numbers()))
}

fn ca(who: &str, path_length: Option<u8>) -> Result<CertificateBuilder> {
    let usage = CertificateBuilder::KEY_CERT_SIGN;
    Ok(bare(who)?.basic_constraints(true, path_length).key_usage(usage))
}

fn leaf() -> Result<CertificateBuilder> {
    let usage = CertificateBuilder::DIGITAL_SIGNATURE;
    Ok(bare("leaf")?.basic_constraints(false, None).key_usage(usage))
}

/// Returns the certificate, signed by this issuer.
fn by(issuer: &str, certificate: CertificateBuilder) -> Result<Vec<u8>> {
    Ok(certificate.issuer(&name_of(issuer)).sign(&key_of(issuer)?))
}

fn name_of(who: &str) -> DistinguishedName {
    DistinguishedName::new().common_name(who)
}

fn key_of(who: &str) -> Result<PrivateKey> {
    Ok(PrivateKey::from_seed(Algorithm::Es256.cose_id(), who.as_bytes())?)
}
