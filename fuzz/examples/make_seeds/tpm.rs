//! Seeds of the target `tpm`: structures of TPMs and extensions of their certificates. Some seeds
//! have every value that is accepted. Each other seed has one wrong value.

use webauthn_verify_authenticator::{
    CertificateBuilder, DistinguishedName, PublicNumbers, TpmStructure, der, tpm2b,
};
use webauthn_verify_fuzz::tpm;

use super::seeds::{Result, Seeds};

/// The indexes of two algorithms in [`tpm::registrations`].
const ES256: u8 = 0;
const RS256: u8 = 3;

pub fn add_to(seeds: &mut Seeds) -> Result<()> {
    let good = Good::new()?;
    let names = ["ES256", "ES384", "ES512", "RS256"];
    for (number, (name, area)) in (0_u8..).zip(names.iter().zip(&good.areas)) {
        seeds.add("tpm", name, good.input(number, &area.to_bytes(), &good.cert_info));
    }
    add_areas(seeds, &good)?;
    add_names(seeds, &good)?;
    add_infos(seeds, &good)?;
    add_certificates(seeds, &good);
    add_statements(seeds, &good)
}

/// Accepted structures and extensions.
struct Good {
    /// `pubArea` of each of [`tpm::registrations`].
    areas: Vec<TpmStructure>,
    cert_info: Vec<u8>,
    subject_alt_name: Vec<u8>,
    extended_key_usage: Vec<u8>,
}

impl Good {
    fn new() -> Result<Good> {
        let areas = tpm::registrations().iter().map(|one| TpmStructure::pub_area(&one.key));
        let areas = areas.collect::<std::result::Result<Vec<_>, _>>()?;
        let (subject_alt_name, extended_key_usage) = tpm::good_extensions();
        let cert_info = cert_info().to_bytes();
        Ok(Good { areas, cert_info, subject_alt_name, extended_key_usage })
    }

    fn ecc(&self) -> &TpmStructure {
        &self.areas[usize::from(ES256)]
    }

    fn parts<'a>(&'a self, pub_area: &'a [u8], cert_info: &'a [u8]) -> tpm::Parts<'a> {
        tpm::Parts {
            pub_area,
            subject_alt_name: &self.subject_alt_name,
            extended_key_usage: &self.extended_key_usage,
            cert_info,
        }
    }

    /// Returns the input with these structures and the good extensions.
    fn input(&self, first: u8, pub_area: &[u8], cert_info: &[u8]) -> Vec<u8> {
        input(first, &self.parts(pub_area, cert_info))
    }
}

/// Adds other P-256 and RSA keys in `pubArea`.
fn add_areas(seeds: &mut Seeds, good: &Good) -> Result<()> {
    let mut add = |name: &str, first: u8, area: &[u8]| {
        seeds.add("tpm", name, good.input(first, area, &good.cert_info));
    };
    for (name, member, bytes) in [
        ("bound", "pubArea.scheme", &[0, 0x18, 0, 0x0b][..]),
        ("attributes", "pubArea.objectAttributes", &[0xff; 4]),
        ("policy", "pubArea.authPolicy", &tpm2b(&[7; 32])),
        ("bound-otherwise", "pubArea.scheme", &[0, 0x18, 0, 0x0c]),
        ("ecdaa", "pubArea.scheme", &[0, 0x1a, 0, 0x0b, 0, 1]),
        ("key-type", "pubArea.type", &[0, 0x08]),
        ("name-algorithm", "pubArea.nameAlg", &[0, 0x12]),
        ("symmetric", "pubArea.symmetric", &[0, 6, 0, 128, 0, 0x43]),
        ("curve", "pubArea.curveID", &[0, 4]),
        ("kdf", "pubArea.kdf", &[0, 0x20, 0, 0x0b]),
        ("short-x", "pubArea.unique.x", &[0, 1, 7]),
    ] {
        let area = good.ecc().clone().with(member, bytes)?;
        add(&format!("area-{name}"), ES256, &area.to_bytes());
    }
    let PublicNumbers::P256 { x, .. } = &tpm::registrations()[usize::from(ES256)].key else {
        return Err("not a key on P-256".into());
    };
    let padded =
        good.ecc().clone().with("pubArea.unique.x", &tpm2b(&[&[0, 0], &x[..]].concat()))?;
    add("area-padded-x", ES256, &padded.to_bytes());
    let area = good.ecc().to_bytes();
    add("area-with-length", ES256, &tpm2b(&area));
    add("area-trailing", ES256, &[&area[..], &[0]].concat());
    for (name, member, bytes) in [
        ("bound", "pubArea.scheme", &[0, 0x14, 0, 0x0b][..]),
        ("exponent", "pubArea.exponent", &[0, 1, 0, 1]),
        ("exponent-3", "pubArea.exponent", &[0, 0, 0, 3]),
        ("bits", "pubArea.keyBits", &[8, 0]),
    ] {
        let area = good.areas[usize::from(RS256)].clone().with(member, bytes)?;
        add(&format!("rsa-{name}"), RS256, &area.to_bytes());
    }
    Ok(())
}

/// Adds other hashes in the name of the key.
fn add_names(seeds: &mut Seeds, good: &Good) -> Result<()> {
    for (name, first, name_alg, length) in [
        ("sha384", ES256, 0x0c, 48),
        ("sha512", ES256, 0x0d, 64),
        ("sha1", ES256, 0x04, 20),
        ("sha1-tolerated", tpm::TOLERANT, 0x04, 20),
    ] {
        let area = good.ecc().clone().with("pubArea.nameAlg", &[0, name_alg])?;
        let name_of_key = [&[0, name_alg][..], &vec![tpm::NAME; length]].concat();
        let info = cert_info().with("certInfo.name", &tpm2b(&name_of_key))?;
        let input = good.input(first, &area.to_bytes(), &info.to_bytes());
        seeds.add("tpm", &format!("name-{name}"), input);
    }
    Ok(())
}

/// Adds other members in `certInfo`.
fn add_infos(seeds: &mut Seeds, good: &Good) -> Result<()> {
    let area = good.ecc().to_bytes();
    for (name, member, bytes) in [
        ("signer", "certInfo.qualifiedSigner", &tpm2b(&[7; 34])[..]),
        ("clock", "certInfo.clockInfo", &[0xff; 17]),
        ("firmware", "certInfo.firmwareVersion", &[0xff; 8]),
        ("qualified-name", "certInfo.qualifiedName", &tpm2b(&[7; 34])),
        ("magic", "certInfo.magic", b"\xffTCF"),
        ("type", "certInfo.type", &[0x80, 0x18]),
        ("extra-data", "certInfo.extraData", &tpm2b(&[7; 32])),
        ("name", "certInfo.name", &tpm2b(&[7; 34])),
    ] {
        let info = cert_info().with(member, bytes)?;
        seeds.add("tpm", &format!("info-{name}"), good.input(ES256, &area, &info.to_bytes()));
    }
    let trailing = [&good.cert_info[..], &[0]].concat();
    seeds.add("tpm", "info-trailing", good.input(ES256, &area, &trailing));
    Ok(())
}

/// Adds other names and purposes in the certificate.
fn add_certificates(seeds: &mut Seeds, good: &Good) {
    let name = DistinguishedName::new()
        .tpm_version("id:1")
        .common_name("TPM")
        .tpm_model("Model")
        .tpm_manufacturer("id:ffffF1d0");
    let one_set = der::explicit(4, &name.to_der_in_one_set());
    let other = der::implicit(2, b"example.com");
    let without = der::explicit(4, &DistinguishedName::new().tpm_model("Model").to_der());
    let purposes =
        [CertificateBuilder::TPM_EK_CERTIFICATE, CertificateBuilder::TPM_AIK_CERTIFICATE]
            .map(der::object_identifier);
    for (name, names, purposes) in [
        ("one-set", der::sequence(&[&one_set]), &purposes[..]),
        ("other-names", der::sequence(&[&other, &one_set, &other]), &purposes[1..]),
        ("no-manufacturer", der::sequence(&[&without]), &purposes),
        ("twice", der::sequence(&[&one_set, &one_set]), &purposes),
        ("no-purpose", der::sequence(&[&one_set]), &purposes[..1]),
    ] {
        let parts = tpm::Parts {
            pub_area: &good.ecc().to_bytes(),
            subject_alt_name: &names,
            extended_key_usage: &der::sequence(purposes),
            cert_info: &good.cert_info,
        };
        seeds.add("tpm", &format!("certificate-{name}"), input(ES256, &parts));
    }
}

/// Adds whole statements, about the right key and about another key.
fn add_statements(seeds: &mut Seeds, good: &Good) -> Result<()> {
    let area = good.ecc().to_bytes();
    let parts = good.parts(&area, &good.cert_info);
    let registration = &tpm::registrations()[usize::from(ES256)];
    let statement = tpm::statement(&parts, &tpm::filled_cert_info(&parts, registration));
    // The statement is between the two other members of the object.
    let object = statement.attestation_object(&[])?;
    let whole = object.get(17..object.len() - 10).ok_or("no statement")?;
    seeds.add("tpm", "whole", [&[tpm::WHOLE | ES256], whole].concat());
    let another_key = [&[tpm::WHOLE | RS256], whole].concat();
    seeds.add("tpm", "whole-another-key", another_key);
    Ok(())
}

/// Returns the input that begins with this byte.
fn input(first: u8, parts: &tpm::Parts<'_>) -> Vec<u8> {
    let sized = [parts.pub_area, parts.subject_alt_name, parts.extended_key_usage].map(tpm2b);
    [&[first][..], &sized.concat(), parts.cert_info].concat()
}

/// Returns `certInfo` with places for SHA-256 hashes.
fn cert_info() -> TpmStructure {
    let name = [&[0, 0x0b][..], &[tpm::NAME; 32]].concat();
    TpmStructure::cert_info(&[tpm::EXTRA_DATA; 32], &name)
}
