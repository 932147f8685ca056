//! Payments.

use sha2::{Digest, Sha256};
use webauthn_verify::{
    AuthenticationRequest, AuthenticationResponse, PaymentInstrument, PaymentOrder,
};
use webauthn_verify_authenticator::AuthenticatorDataBuilder;
use webauthn_verify_authenticator::certificates::{key, now};
use webauthn_verify_authenticator::costly::{
    CHALLENGE, MAX_CLIENT_DATA, ORIGIN, RP_ID, USER_HANDLE, client_data, large_results, login_body,
    repeated, slow_client_data,
};

use crate::row::{Row, verdict};
use crate::site::{credential, relying_party, with_quirks};

const SHOP: &str = "https://shop.example";
const ICON: &str = "https://bank.example/card.png";

pub(crate) fn payments() -> Vec<Row> {
    let key = key("credential");
    let credential = credential(&key.cose_key().unwrap());
    let credentials = std::slice::from_ref(&credential);
    let instrument = PaymentInstrument::new("Card", ICON);
    let order = PaymentOrder::new(SHOP, "EUR", "5.00", instrument).payee_name("A shop");
    let rp = with_quirks(relying_party());
    let request = AuthenticationRequest::for_user(USER_HANDLE, credentials).challenge(&CHALLENGE);
    let (_, pending) = rp.start_payment(&request, &order, now()).unwrap();
    let data = AuthenticatorDataBuilder::new(RP_ID, 0x05, 0).build();
    let results = large_results(100_000);
    let row = |(of, client_data): (&'static str, Vec<u8>)| {
        let signature = key.sign(&[&data[..], &Sha256::digest(&client_data)].concat());
        let body = login_body(&client_data, &data, &signature, &results);
        Row::of(of, body.len(), || {
            let finish = || {
                let response = AuthenticationResponse::from_json(&body)?;
                rp.finish_payment(pending.clone(), &response, credentials, &order, now())
            };
            verdict(finish())
        })
    };
    large_payments().into_iter().chain(slow_client_data("payment.get")).map(row).collect()
}

/// Returns client data for the order, each with one long payment member.
fn large_payments() -> Vec<(&'static str, Vec<u8>)> {
    let room = MAX_CLIENT_DATA - 600;
    let logos = |logo: &str| format!(r#","paymentEntitiesLogos":[{}]"#, repeated(logo, room));
    let escaped = "\\u0061".repeat(room / 6);
    vec![
        ("many logos", of_the_order(&logos(r#"{"url":"","label":""}"#))),
        ("many logos of no name", of_the_order(&logos("{}"))),
        ("a payee origin full of escapes", of_the_order(&format!(r#","payeeOrigin":"{escaped}""#))),
        (
            "a key full of escapes",
            of_the_order(&format!(r#","browserBoundPublicKey":"{escaped}""#)),
        ),
    ]
}

/// Returns client data for the order, with more payment members.
fn of_the_order(more: &str) -> Vec<u8> {
    let members = format!(
        r#""payment":{{"rpId":"{RP_ID}","topOrigin":"{SHOP}","payeeName":"A shop","total":{{"value":"5.00","currency":"EUR"}},"instrument":{{"icon":"{ICON}","displayName":"Card"}}{more}}}"#
    );
    let text = String::from_utf8(client_data("payment.get", &members)).unwrap();
    text.replace(ORIGIN, SHOP).into_bytes()
}
