//! Runs verifications, so that `scripts/check-instructions` can count their instructions, and
//! `scripts/measure-wasm` can measure their time on WebAssembly. A separate run, which is not counted,
//! makes the keys, signatures and messages, because making them takes far longer than verifying them.
//!
//! ```text
//! instructions write FOLDER           makes the files that the other commands read
//! instructions names                  prints the names of the verifications
//! instructions run FOLDER NAME TIMES  runs one verification TIMES times
//! instructions time FOLDER NAME       prints the time of one verification in microseconds
//! ```
//!
//! Without arguments it runs every verification once.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use webauthn_verify::parse::{ClientData, CoseKey};
use webauthn_verify::{
    Algorithm, AuthenticationResponse, Credential, PreparedKey, RegistrationResponse, signature,
};
use webauthn_verify_authenticator::{AttestationKind, PrivateKey};

mod common;

/// As long as the message that a login signs: authenticator data and a hash.
const MESSAGE: [u8; 37 + 32] = [7; 69];

const ALGORITHMS: &[Algorithm] = &[
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    #[cfg(feature = "k256")]
    Algorithm::Es256k,
    Algorithm::EdDsa,
    Algorithm::Rs256,
    #[cfg(feature = "ml-dsa")]
    Algorithm::MlDsa44,
];

/// The forms of the key: parsed each time, prepared, and prepared but read from its bytes each time.
const FORMS: [&str; 3] = ["", "-prepared", "-read-back"];

/// Client data with the maximum number of members. Their names are long and contain escapes, and
/// the check for repeated names takes time in proportion to their length.
const CLIENT_DATA: &str = "client-data-long-names";

/// Verifies once and returns whether the verification succeeded.
type Verify = Box<dyn Fn() -> bool>;

/// Returns the names of all verifications: signatures with every form of the key, whole ceremonies,
/// and hostile client data.
fn names() -> Vec<String> {
    let signatures =
        ALGORITHMS.iter().flat_map(|algorithm| FORMS.map(|form| format!("{algorithm}{form}")));
    let ceremonies = ["login-ES256", "login-ES256-prepared", "registration-none"];
    signatures.chain(ceremonies.map(str::to_owned)).chain([CLIENT_DATA.to_owned()]).collect()
}

/// Writes the keys, signatures and messages to files.
fn write(folder: &Path) {
    for algorithm in ALGORITHMS {
        let key = PrivateKey::from_seed(algorithm.cose_id(), b"instructions").unwrap();
        fs::write(folder.join(format!("{algorithm}.key")), key.cose_key().unwrap()).unwrap();
        fs::write(folder.join(format!("{algorithm}.signature")), key.sign(&MESSAGE)).unwrap();
    }
    let login = common::sign_in(Algorithm::Es256);
    write_json(folder, "login.pending", &login.pending);
    write_json(folder, "login.account", &login.account);
    write_json(folder, "login.body", &login.body);
    let registering = common::register(Algorithm::Es256, AttestationKind::None);
    write_json(folder, "registration.pending", &registering.pending);
    write_json(folder, "registration.body", &registering.body);
}

fn write_json<T: Serialize>(folder: &Path, name: &str, value: &T) {
    fs::write(folder.join(name), serde_json::to_vec(value).unwrap()).unwrap();
}

fn read<T: DeserializeOwned>(folder: &Path, name: &str) -> T {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

fn verification(folder: &Path, name: &str) -> Verify {
    match name {
        "login-ES256" => login(folder, |credential| credential),
        "login-ES256-prepared" => {
            login(folder, |credential| credential.with_prepared_key().unwrap())
        }
        "registration-none" => registration(folder),
        CLIENT_DATA => client_data(),
        _ => {
            // Every name ends with the empty form, so that comes last.
            let mut forms = FORMS.iter().rev();
            let (algorithm, form) =
                forms.find_map(|form| Some((name.strip_suffix(form)?, *form))).unwrap();
            let file =
                |suffix: &str| fs::read(folder.join(format!("{algorithm}.{suffix}"))).unwrap();
            let (key, signed) = (file("key"), file("signature"));
            let prepared = CoseKey::parse(&key).unwrap().public_key().prepare().unwrap();
            let stored = prepared.to_bytes();
            match form {
                "" => Box::new(move || {
                    let key = CoseKey::parse(black_box(&key)).unwrap();
                    signature::verify(key.public_key(), &MESSAGE, &signed).is_ok()
                }),
                "-prepared" => {
                    Box::new(move || black_box(&prepared).verify(&MESSAGE, &signed).is_ok())
                }
                _ => Box::new(move || {
                    let prepared = PreparedKey::from_bytes(black_box(&stored)).unwrap();
                    prepared.verify(&MESSAGE, &signed).is_ok()
                }),
            }
        }
    }
}

fn login(folder: &Path, change: fn(Credential) -> Credential) -> Verify {
    let (rp, now) = (common::relying_party(), common::now());
    let [credential]: [Credential; 1] = read(folder, "login.account");
    let account = [change(credential)];
    let pending: webauthn_verify::PendingAuthentication = read(folder, "login.pending");
    let body: String = read(folder, "login.body");
    Box::new(move || {
        let response = AuthenticationResponse::from_json(black_box(&body)).unwrap();
        rp.finish_authentication(pending.clone(), &response, &account, now).is_ok()
    })
}

fn registration(folder: &Path) -> Verify {
    let (rp, now) = (common::relying_party(), common::now());
    let pending: webauthn_verify::PendingRegistration = read(folder, "registration.pending");
    let body: String = read(folder, "registration.body");
    Box::new(move || {
        let response = RegistrationResponse::from_json(black_box(&body)).unwrap();
        rp.finish_registration(pending.clone(), &response, now).is_ok()
    })
}

fn client_data() -> Verify {
    let prefix = "x".repeat(1000);
    let names: Vec<_> = (10..71).map(|one| format!(r#""{prefix}\u0061{one}":0"#)).collect();
    let names = names.join(",");
    let json = format!(r#"{{"type":"webauthn.get","challenge":"AAAA","origin":"x",{names}}}"#);
    Box::new(move || ClientData::parse(black_box(json.as_bytes())).is_ok())
}

fn run(folder: &Path, name: &str, times: u32) {
    let verify = verification(folder, name);
    for _ in 0..times {
        assert!(verify(), "{name} does not verify");
    }
}

/// Returns the time of one verification in microseconds: the minimum of many batches. The batches of
/// the first two seconds are not measured. They give an engine for WebAssembly the time to compile the
/// code.
fn microseconds(folder: &Path, name: &str) -> u128 {
    const BATCH: u32 = 10;
    let verify = verification(folder, name);
    let fastest_in = |limit: Duration| {
        let start = Instant::now();
        let mut fastest = Duration::MAX;
        while start.elapsed() < limit {
            let batch = Instant::now();
            for _ in 0..BATCH {
                assert!(verify(), "{name} does not verify");
            }
            fastest = fastest.min(batch.elapsed());
        }
        fastest / BATCH
    };
    fastest_in(Duration::from_secs(2));
    fastest_in(Duration::from_secs(1)).as_micros()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["write", folder] => write(Path::new(folder)),
        ["names"] => println!("{}", names().join("\n")),
        ["run", folder, name, times] => run(Path::new(folder), name, times.parse().unwrap()),
        ["time", folder, name] => println!("{}", microseconds(Path::new(folder), name)),
        // `cargo bench` and `cargo test` run this.
        _ => {
            let name = format!("instructions-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            fs::create_dir_all(&folder).unwrap();
            write(&folder);
            names().iter().for_each(|name| run(&folder, name, 1));
            fs::remove_dir_all(&folder).unwrap();
        }
    }
}
