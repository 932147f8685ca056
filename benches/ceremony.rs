//! Benchmarks the end of each ceremony, from the JSON of the response to the verdict. Each name
//! ends with the size of the response in bytes.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use webauthn_verify::{Algorithm, AuthenticationResponse, RegistrationResponse, SignCount};
use webauthn_verify_authenticator::AttestationKind;

mod common;

fn login(criterion: &mut Criterion) {
    let (rp, now) = (common::relying_party(), common::now());
    let mut group = criterion.benchmark_group("login");
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let login = common::sign_in(algorithm);
        let finish = |body: &str| {
            let response = AuthenticationResponse::from_json(body).ok()?;
            let pending = login.pending.clone();
            rp.finish_authentication(pending, &response, &login.account, now).ok()
        };
        let verdict = finish(&login.body).unwrap();
        assert_eq!(verdict.sign_count(), SignCount::Increased);
        group.bench_function(format!("{algorithm}/{}", login.body.len()), |bencher| {
            bencher.iter(|| finish(black_box(&login.body)).is_some());
        });
    }
    group.finish();
}

fn registration(criterion: &mut Criterion) {
    let (rp, now) = (common::relying_party(), common::now());
    let mut group = criterion.benchmark_group("registration");
    for (name, kind) in [
        ("none", AttestationKind::None),
        ("packed self", AttestationKind::PackedSelf),
        ("packed x5c", AttestationKind::PackedX5c),
        ("fido-u2f", AttestationKind::FidoU2f),
    ] {
        let registering = common::register(Algorithm::Es256, kind);
        let finish = |body: &str| {
            let response = RegistrationResponse::from_json(body).ok()?;
            rp.finish_registration(registering.pending.clone(), &response, now).ok()
        };
        let verdict = finish(&registering.body).unwrap();
        assert!(name.starts_with(verdict.attestation().format().as_str()));
        group.bench_function(format!("{name} ES256/{}", registering.body.len()), |bencher| {
            bencher.iter(|| finish(black_box(&registering.body)).is_some());
        });
    }
    group.finish();
}

criterion_group!(benches, login, registration);
criterion_main!(benches);
