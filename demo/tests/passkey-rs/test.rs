//! Registers and signs in with the client and authenticator of `passkey-rs`. Its authors wrote it from
//! the specification alone, so this finds what two implementations read differently. Build the site
//! before the test, and run the test in this folder:
//!
//! ```sh
//! cargo build --package webauthn-verify-demo && cd demo/tests/passkey-rs && cargo test
//! ```

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../it/browser.rs"]
mod browser;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../it/server.rs"]
mod server;

use passkey_authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey_client::{Client, DefaultClientData};
use passkey_crypto::AvailableBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use serde_json::json;
use tokio::runtime::Runtime;
use url::Url;

use crate::browser::Browser;
use crate::server::Server;

/// A user who confirms everything with a fingerprint.
struct Confirms;

#[async_trait::async_trait]
impl UserValidationMethod for Confirms {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

#[test]
fn another_client_registers_and_signs_in() {
    let server = Server::start();
    let (runtime, origin) = (Runtime::new().unwrap(), Url::parse(&server.origin).unwrap());
    for has_counter in [false, true] {
        // This store holds one passkey.
        let store: Option<Passkey> = None;
        let mut authenticator =
            Authenticator::new(Aaguid::new_empty(), store, Confirms, AvailableBackend);
        authenticator.set_make_credentials_with_signature_counter(has_counter);
        let mut client = Client::new(authenticator).allows_insecure_localhost(true);

        let mut browser = Browser::open(&server);
        let options = browser.start("registration", json!({ "name": "alice" }));
        let options = serde_json::from_value(options).unwrap();
        let created = runtime.block_on(client.register(&origin, options, DefaultClientData));
        let response = serde_json::to_string(&created.unwrap()).unwrap();
        let signals = browser.post("/registration/finish", &response).ok().signals();

        for body in [json!({}), json!({ "name": signals.name }), json!({})] {
            let mut visitor = Browser::open(&server);
            let options = visitor.start("login", body);
            let options = serde_json::from_value(options).unwrap();
            let signed = runtime.block_on(client.authenticate(&origin, options, DefaultClientData));
            let response = serde_json::to_string(&signed.unwrap()).unwrap();
            assert_eq!(visitor.post("/login/finish", &response).ok().signals(), signals);
            visitor.post("/login/finish", &response).failed(403);
        }
    }
}
