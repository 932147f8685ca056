//! Benchmarks each parser with a message of an authenticator and a browser. Each name ends with the
//! size of the input in bytes.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use webauthn_verify::parse::{AttestationObject, AuthenticatorData, ClientData, CoseKey};
use webauthn_verify::{Algorithm, AuthenticationResponse, RegistrationResponse};
use webauthn_verify_authenticator::AttestationKind;

mod common;

fn run<T>(criterion: &mut Criterion, name: &str, input: &[u8], parse: impl Fn(&[u8]) -> Option<T>) {
    assert!(parse(input).is_some(), "{name} does not parse");
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(input.len() as u64));
    group.bench_function(format!("{name}/{}", input.len()), |bencher| {
        bencher.iter(|| parse(black_box(input)).is_some());
    });
    group.finish();
}

fn parse(criterion: &mut Criterion) {
    let login = common::sign_in(Algorithm::Es256);
    let response = AuthenticationResponse::from_json(&login.body).unwrap();
    run(criterion, "client data", response.client_data_json(), |bytes| {
        assert!(ClientData::parse(bytes).ok()?.type_() == *"webauthn.get");
        Some(())
    });
    run(criterion, "authenticator data of a login", response.authenticator_data(), |bytes| {
        AuthenticatorData::parse(bytes).ok().map(|data| data.sign_count())
    });
    run(criterion, "login response", login.body.as_bytes(), |bytes| {
        AuthenticationResponse::from_json(bytes).ok()
    });

    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let [record] = common::sign_in(algorithm).account;
        run(criterion, &format!("COSE key {algorithm}"), record.public_key(), |bytes| {
            CoseKey::parse(bytes).ok().map(|key| key.public_key().algorithm())
        });
    }

    for (name, kind) in [("none", AttestationKind::None), ("packed", AttestationKind::PackedX5c)] {
        let body = common::register(Algorithm::Es256, kind).body;
        let response = RegistrationResponse::from_json(&body).unwrap();
        let object = response.attestation_object();
        run(criterion, &format!("attestation object {name}"), object, |bytes| {
            AttestationObject::parse(bytes).ok().map(|object| object.format().len())
        });
        let object = AttestationObject::parse(object).unwrap();
        if kind == AttestationKind::None {
            let data = object.authenticator_data().as_bytes();
            run(criterion, "authenticator data of a registration", data, |bytes| {
                AuthenticatorData::parse(bytes).ok().map(|data| data.sign_count())
            });
        }
        run(criterion, &format!("registration response {name}"), body.as_bytes(), |bytes| {
            RegistrationResponse::from_json(bytes).ok()
        });
    }
}

criterion_group!(benches, parse);
criterion_main!(benches);
