//! Bodies that are slow to read, with `from_json` and through serde.

use serde::Deserialize;
use webauthn_verify::{AuthenticationResponse, RegistrationResponse};
use webauthn_verify_authenticator::certificates::key;
use webauthn_verify_authenticator::costly::{MAX_OBJECT, Registering, bodies};

use crate::row::{Row, verdict};

#[derive(Deserialize)]
struct Nested<T> {
    #[serde(default)]
    _more: u32,
    credential: T,
}

#[derive(Deserialize)]
struct Flattened<T> {
    #[serde(default)]
    _more: u32,
    #[serde(flatten)]
    credential: T,
}

fn read<T: for<'de> Deserialize<'de>>(name: &str, body: &str, rows: &mut [Vec<Row>; 3]) {
    fn told<T>(result: Result<T, serde_json::Error>) -> String {
        match result {
            Ok(_) => "read".to_owned(),
            Err(_) => "refused".to_owned(),
        }
    }
    let [_, through_serde, flattened] = rows;
    through_serde.push(Row::of(format!("{name}: from_slice"), body.len(), || {
        told(serde_json::from_slice::<T>(body.as_bytes()))
    }));
    let nested = format!(r#"{{"credential":{body}}}"#);
    through_serde.push(Row::of(format!("{name}: nested"), nested.len(), || {
        told(serde_json::from_str::<Nested<T>>(&nested).map(|read| read.credential))
    }));
    flattened.push(Row::of(name, body.len(), || {
        told(serde_json::from_str::<Flattened<T>>(body).map(|read| read.credential))
    }));
}

/// Returns the rows for `from_json`, for serde, and for serde with `#[serde(flatten)]`.
pub(crate) fn reading() -> [Vec<Row>; 3] {
    let mut rows = [Vec::new(), Vec::new(), Vec::new()];
    let mut bodies = bodies();
    let registering = Registering::new(&key("credential"));
    let object = vec![0; MAX_OBJECT];
    bodies.push(("a large attestation object", registering.body_of(&object)));
    for (of, body) in &bodies {
        rows[0].push(Row::of(*of, body.len(), || verdict(RegistrationResponse::from_json(body))));
        rows[0].push(Row::of(format!("{of}, as a login"), body.len(), || {
            verdict(AuthenticationResponse::from_json(body))
        }));
        read::<RegistrationResponse>(of, body, &mut rows);
    }
    rows
}
