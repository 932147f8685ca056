//! Seeds of the target `cose_key`.

use webauthn_verify::Algorithm;
use webauthn_verify_authenticator::PublicNumbers;

use super::common::{algorithm_of, keys};
use super::seeds::{Result, Seeds};

pub fn add_to(seeds: &mut Seeds) -> Result<()> {
    for key in keys()? {
        let name = algorithm_of(&key)?.as_str();
        let cose = key.cose_key()?;
        seeds.add("cose_key", name, &cose);
        let signature = key.sign(b"another message");
        seeds.add("cose_key", &format!("{name}-signature"), [&cose[..], &signature].concat());
        let other = key.public_numbers().cose_key(-65535)?;
        seeds.add("cose_key", &format!("{name}-RS1"), other);
        let other = key.public_numbers().cose_key(-7)?;
        if key.algorithm() != Algorithm::Es256.cose_id() {
            seeds.add("cose_key", &format!("{name}-as-ES256"), other);
        }
        seeds.add("cose_key", &format!("{name}-short"), &cose[..cose.len() - 1]);
    }
    let mut add = |name: &str, numbers: PublicNumbers, alg: i64| -> Result<()> {
        seeds.add("cose_key", name, numbers.cose_key(alg)?);
        Ok(())
    };
    add("off-curve-p256", PublicNumbers::P256 { x: [7; 32], y: [9; 32] }, -7)?;
    add("off-curve-p384", PublicNumbers::P384 { x: [7; 48], y: [9; 48] }, -35)?;
    add("not-reduced-p256", PublicNumbers::P256 { x: [0xff; 32], y: [0; 32] }, -7)?;
    let mut identity = [0; 32];
    identity[0] = 1;
    add("small-order-ed25519", PublicNumbers::Ed25519 { x: identity }, -8)?;
    add("zero-ed25519", PublicNumbers::Ed25519 { x: [0; 32] }, -8)?;
    for (bits, exponent) in [
        (2040, &[3][..]),
        (2048, &[3]),
        (2048, &[1]),
        (8192, &[1, 255, 255, 255, 255]),
        (8200, &[3]),
    ] {
        let numbers =
            PublicNumbers::Rsa { modulus: vec![0xff; bits / 8], exponent: exponent.to_vec() };
        add(&format!("rsa-{bits}-{}", exponent.len() + usize::from(exponent[0])), numbers, -257)?;
    }
    for (name, bytes) in [
        ("empty-map", &b"\xa0"[..]),
        ("one-parameter", b"\xa1\x01\x02"),
        ("not-canonical", b"\xa2\x03\x26\x01\x02"),
        ("twice", b"\xa2\x01\x02\x01\x02"),
        ("not-shortest", b"\xa2\x01\x02\x03\x38\x06"),
        ("text-key-type", b"\xa2\x01\x63EC2\x03\x26"),
        ("indefinite", b"\xbf\x01\x02\x03\x26\xff"),
        ("tag", b"\xc2\x41\x01"),
    ] {
        seeds.add("cose_key", name, bytes);
    }
    Ok(())
}
