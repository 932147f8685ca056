//! Secure Payment Confirmation: only what the user confirmed is charged, and a login is never a
//! payment.
#![cfg(feature = "getrandom")]

use core::time::Duration;

use serde_json::{Value, json};
use webauthn_verify::parse::PaymentData;
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, AuthenticatorAttachment, Ceremony,
    Credential, Error, ErrorKind, Mediation, Payment, PaymentInstrument, PaymentOrder,
    PendingAuthentication, PendingPayment, Quirk, Quirks, RegistrationRequest,
    RegistrationResponse, RelyingParty, ResidentKey, SignCount, Step, UserVerification,
};
use webauthn_verify_authenticator::{
    AuthenticatorDataBuilder, ClientDataBuilder, Fault, SoftwareAuthenticator, flag,
};

use crate::common::messages::{
    CHALLENGE, ED, LoggingIn, ORIGIN, RP_ID, UP, USER_HANDLE, base64url, now, padded, passes,
    refused, relying_party, user,
};

const SHOP: &str = "https://shop.example";
const SERVICE: &str = "https://pay.example";
const EVIL: &str = "https://evil.example";
const UV: u8 = flag::USER_VERIFIED;

fn card() -> PaymentInstrument {
    PaymentInstrument::new("Gold card", "https://bank.example/gold.png").details("****1234")
}

/// Returns an order with only the required values.
fn plain(value: &str) -> PaymentOrder {
    PaymentOrder::new(SHOP, "EUR", value, card()).payee_name("The shop")
}

fn order() -> PaymentOrder {
    plain("49.90")
        .payee_origin(SHOP)
        .logo("https://a.example/a.png", "Network A")
        .logo("https://b.example/b.png", "Network B")
}

/// Returns the member `payment` for [`order`], as Chrome writes it.
fn payment() -> Value {
    json!({
        "rpId": RP_ID,
        "topOrigin": SHOP,
        "payeeName": "The shop",
        "payeeOrigin": SHOP,
        "paymentEntitiesLogos": [
            { "url": "https://a.example/a.png", "label": "Network A" },
            { "url": "https://b.example/b.png", "label": "Network B" },
        ],
        "total": { "value": "49.90", "currency": "EUR" },
        "instrument": {
            "icon": "https://bank.example/gold.png",
            "displayName": "Gold card",
            "details": "****1234",
        },
    })
}

/// A bank with one customer, whose browser has a credential for payments.
struct Bank {
    rp: RelyingParty,
    browser: SoftwareAuthenticator,
    credential: Credential,
}

impl Bank {
    fn new() -> Bank {
        Bank::with_rp(relying_party())
    }

    fn with_rp(rp: RelyingParty) -> Bank {
        let mut browser = SoftwareAuthenticator::from_seed(b"alice");
        let request = RegistrationRequest::passkey(&user(), &[]).payment();
        let (options, pending) = rp.start_registration(&request, now()).unwrap();
        let body = browser.register(&options, ORIGIN).unwrap();
        let response = RegistrationResponse::from_json(body).unwrap();
        let credential = rp.finish_registration(pending, &response, now()).unwrap();
        Bank { rp, browser, credential: credential.into_credential() }
    }

    fn request(&self) -> AuthenticationRequest {
        let credentials = core::slice::from_ref(&self.credential);
        AuthenticationRequest::for_user(USER_HANDLE, credentials).challenge(&CHALLENGE)
    }

    /// Pays with a shop page that shows one order, while the bank charges another.
    fn pay(&mut self, shown: &PaymentOrder, charged: &PaymentOrder) -> Result<Payment, Error> {
        self.pay_in(SHOP, SHOP, shown, charged)
    }

    fn pay_in(
        &mut self,
        origin: &str,
        top_origin: &str,
        shown: &PaymentOrder,
        charged: &PaymentOrder,
    ) -> Result<Payment, Error> {
        let (_, pending) = self.rp.start_payment(&self.request(), charged, now())?;
        let (options, _) = self.rp.start_payment(&self.request(), shown, now())?;
        let body = self.browser.confirm_payment(&options, origin, top_origin).unwrap();
        let response = AuthenticationResponse::from_json(body)?;
        let credentials = core::slice::from_ref(&self.credential);
        self.rp.finish_payment(pending, &response, credentials, charged, now())
    }
}

/// Returns a payment that signs this client data.
fn signed(client_data: impl Into<Vec<u8>>) -> LoggingIn {
    let mut login = LoggingIn::new();
    login.client_data = client_data.into();
    login.authenticator_data = AuthenticatorDataBuilder::new(RP_ID, UP | UV, 0).build();
    login
}

fn client_data() -> ClientDataBuilder {
    ClientDataBuilder::new("payment.get", &CHALLENGE, SHOP)
}

fn with_payment(payment: &Value) -> Vec<u8> {
    client_data().member("payment", &payment.to_string()).build()
}

fn finish(login: &LoggingIn, order: &PaymentOrder) -> Result<Payment, Error> {
    finish_with(login, &login.body(), order)
}

fn finish_with(login: &LoggingIn, body: &Value, order: &PaymentOrder) -> Result<Payment, Error> {
    let request = login.request.clone();
    let (_, pending) = login.rp.start_payment(&request, order, now())?;
    let response = AuthenticationResponse::from_json(body.to_string())?;
    let credentials = core::slice::from_ref(&login.credential);
    login.rp.finish_payment(pending, &response, credentials, order, now())
}

/// Changes the member of the payment at this pointer. `null` removes it.
fn changed(pointer: &str, value: Value) -> Value {
    let mut payment = payment();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = payment.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(name).unwrap();
    } else {
        parent.insert(name.to_owned(), value);
    }
    payment
}

/// Returns the name that errors use for the member at this JSON pointer.
fn field_of(pointer: &str) -> String {
    format!("payment{}", pointer.replace('/', "."))
}

/// Checks that the payment fails in this step, because this member differs from the order.
#[track_caller]
fn mismatch(result: Result<Payment, Error>, step: Step, number: &str, field: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.step(), error.kind()), (step, ErrorKind::PaymentMismatch), "{error}");
    assert_eq!(error.field(), Some(field), "{error}");
    assert_eq!(step.number(Ceremony::Authentication), Some(number));
    assert_eq!(step.number(Ceremony::Registration), None);
}

#[test]
fn ext_15_a_credential_for_payments_is_requested_as_browsers_create_it() {
    let creation = |request: RegistrationRequest| {
        let (options, _) = relying_party().start_registration(&request, now())?;
        Ok::<_, Error>(serde_json::to_value(options).unwrap()["publicKey"].clone())
    };
    for request in [
        RegistrationRequest::passkey(&user(), &[]),
        RegistrationRequest::security_key(&user(), &[]),
    ] {
        let options = creation(request.payment()).unwrap();
        assert_eq!(options["extensions"]["payment"], json!({ "isPayment": true }));
        assert_eq!(
            options["authenticatorSelection"],
            json!({
                "authenticatorAttachment": "platform",
                "residentKey": "required",
                "requireResidentKey": true,
                "userVerification": "required",
            })
        );
    }
    let payment = || RegistrationRequest::passkey(&user(), &[]).payment();
    passes(creation(payment().resident_key(ResidentKey::Preferred)));
    let preferred = RegistrationRequest::passkey(&user(), &[]).resident_key(ResidentKey::Preferred);
    let options = creation(preferred.payment()).unwrap();
    assert_eq!(options["authenticatorSelection"]["residentKey"], "preferred");

    let none = RegistrationRequest::passkey(&user(), &[]);
    for (request, reason) in [
        (payment().attachment(AuthenticatorAttachment::CrossPlatform), "on the platform"),
        (none.extension("payment", json!({ "isPayment": true })), "on the platform"),
        (payment().resident_key(ResidentKey::Discouraged), "discoverable"),
        (payment().user_verification(UserVerification::Preferred), "user verification"),
    ] {
        let error = creation(request).unwrap_err();
        assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
        assert!(error.to_string().contains(reason), "{error}");
    }
    let not_active = RegistrationRequest::security_key(&user(), &[]);
    passes(creation(not_active.extension("payment", json!({ "isPayment": false }))));
}

#[test]
fn ext_15_the_options_have_the_form_of_payment_request_arguments() {
    let bank = Bank::new();
    let (options, _) = bank.rp.start_payment(&bank.request(), &order(), now()).unwrap();
    let mut data = json!({
        "challenge": base64url(&CHALLENGE),
        "rpId": RP_ID,
        "credentialIds": [base64url(bank.credential.id())],
        "instrument": {
            "displayName": "Gold card",
            "icon": "https://bank.example/gold.png",
            "iconMustBeShown": true,
            "details": "****1234",
        },
        "timeout": 300_000,
        "payeeName": "The shop",
        "payeeOrigin": SHOP,
        "paymentEntitiesLogos": [
            { "url": "https://a.example/a.png", "label": "Network A" },
            { "url": "https://b.example/b.png", "label": "Network B" },
        ],
        "showOptOut": false,
    });
    let whole = |data: &Value| {
        json!({
            "methodData": [{ "supportedMethods": "secure-payment-confirmation", "data": data }],
            "details": {
                "total": { "label": "Total", "amount": { "currency": "EUR", "value": "49.90" } },
            },
        })
    };
    assert_eq!(serde_json::to_value(&options).unwrap(), whole(&data));

    let options = options
        .locale(&["de-AT", "de"])
        .show_opt_out()
        .browser_bound_algorithms(&[Algorithm::Es256, Algorithm::Rs256]);
    data["locale"] = json!(["de-AT", "de"]);
    data["showOptOut"] = json!(true);
    data["browserBoundPubKeyCredParams"] =
        json!([{ "type": "public-key", "alg": -7 }, { "type": "public-key", "alg": -257 }]);
    assert_eq!(serde_json::to_value(&options).unwrap(), whole(&data));

    let card = PaymentInstrument::new("Card", "data:,").icon_may_be_missing();
    let order = PaymentOrder::new(SHOP, "USD", "5", card).payee_origin(SHOP);
    let request = bank.request().extension("prf", json!({})).timeout(Duration::from_secs(60));
    let (options, _) = bank.rp.start_payment(&request, &order, now()).unwrap();
    let options = serde_json::to_value(&options).unwrap();
    let data = &options["methodData"][0]["data"];
    assert_eq!(
        data["instrument"],
        json!({ "displayName": "Card", "icon": "data:,", "iconMustBeShown": false })
    );
    assert_eq!((&data["extensions"], &data["timeout"]), (&json!({ "prf": {} }), &json!(60_000)));
    for member in ["payeeName", "paymentEntitiesLogos", "locale", "browserBoundPubKeyCredParams"] {
        assert!(data.get(member).is_none(), "{member}");
    }
}

#[test]
fn ext_15_a_payment_confirmed_as_ordered_is_accepted() {
    let mut bank = Bank::new();
    for (order, count) in [(order(), 2), (plain("7"), 3)] {
        let payment = bank.pay(&order, &order).unwrap();
        assert_eq!(payment.update().credential_id(), bank.credential.id());
        assert_eq!(payment.user_handle(), USER_HANDLE);
        assert!(payment.flags().user_verified());
        assert_eq!(payment.sign_count(), SignCount::Increased);
        assert_eq!(payment.authenticator_outputs(), None);
        let results = payment.client_outputs();
        assert_eq!((results.iter().count(), results.get("payment")), (1, Some("{}")));
        let mut records = [bank.credential.clone()];
        assert_eq!(payment.apply_to(&mut records).unwrap().sign_count(), count);
        bank.credential.apply(payment.update()).unwrap();
        assert_eq!(bank.credential, records[0]);
    }
    // As Chrome writes it, without iconMustBeShown.
    passes(finish(&signed(with_payment(&payment())), &order()));
}

#[test]
fn ext_15_a_payment_is_not_a_login_and_a_login_is_not_a_payment() {
    let mut bank = Bank::new();
    let credentials = [bank.credential.clone()];
    let (payment_options, pending_payment) =
        bank.rp.start_payment(&bank.request(), &order(), now()).unwrap();
    let (login_options, pending_login) =
        bank.rp.start_authentication(&bank.request(), now()).unwrap();
    let payment = bank.browser.confirm_payment(&payment_options, ORIGIN, ORIGIN).unwrap();
    let login = bank.browser.authenticate(&login_options, ORIGIN).unwrap();

    let response = AuthenticationResponse::from_json(payment).unwrap();
    let result = bank.rp.finish_authentication(pending_login, &response, &credentials, now());
    let error = result.unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::CeremonyType, ErrorKind::WrongCeremonyType));
    assert!(error.to_string().contains(r#""payment.get", not "webauthn.get""#), "{error}");

    let response = AuthenticationResponse::from_json(login).unwrap();
    let result = bank.rp.finish_payment(pending_payment, &response, &credentials, &order(), now());
    let error = result.unwrap_err();
    assert_eq!((error.step(), error.kind()), (Step::CeremonyType, ErrorKind::WrongCeremonyType));
    assert!(error.to_string().contains(r#""webauthn.get", not "payment.get""#), "{error}");
}

#[test]
fn ext_15_the_type_decides_even_if_everything_else_matches_a_payment() {
    for ceremony_type in ["webauthn.get", "webauthn.create", "payment.create", "Payment.get", ""] {
        let json = ClientDataBuilder::new(ceremony_type, &CHALLENGE, SHOP)
            .member("payment", &payment().to_string())
            .build();
        refused(finish(&signed(json), &order()), ErrorKind::WrongCeremonyType, Step::CeremonyType);
    }
}

#[test]
fn ext_15_each_changed_member_is_reported_with_its_own_step() {
    let absent = Value::Null;
    for (pointer, value, step, number) in [
        ("/rpId", json!("example.com"), Step::PaymentRpId, "12.1"),
        ("/topOrigin", json!(EVIL), Step::PaymentTopOrigin, "12.2"),
        ("/payeeName", json!("The shop "), Step::PaymentPayeeName, "12.3"),
        ("/payeeName", absent.clone(), Step::PaymentPayeeName, "12.3"),
        ("/payeeOrigin", json!(EVIL), Step::PaymentPayeeOrigin, "12.4"),
        ("/payeeOrigin", absent.clone(), Step::PaymentPayeeOrigin, "12.4"),
        ("/total/currency", json!("USD"), Step::PaymentTotal, "12.6"),
        ("/total/value", json!("4.99"), Step::PaymentTotal, "12.6"),
        ("/total/value", json!("49.9"), Step::PaymentTotal, "12.6"),
        ("/instrument/displayName", json!("Silver card"), Step::PaymentInstrument, "12.7"),
        (
            "/instrument/icon",
            json!("https://bank.example/silver.png"),
            Step::PaymentInstrument,
            "12.7",
        ),
        ("/instrument/icon", json!(""), Step::PaymentInstrument, "12.7"),
        ("/instrument/iconMustBeShown", json!(false), Step::PaymentInstrument, "12.7"),
        ("/instrument/details", json!("****4321"), Step::PaymentInstrument, "12.7"),
        ("/instrument/details", absent, Step::PaymentInstrument, "12.7"),
    ] {
        let login = signed(with_payment(&changed(pointer, value)));
        mismatch(finish(&login, &order()), step, number, &field_of(pointer));
    }
}

#[test]
fn ext_15_each_shown_but_not_ordered_member_is_reported_with_its_own_step() {
    let login = signed(with_payment(&payment()));
    let no_name = PaymentOrder::new(SHOP, "EUR", "49.90", card()).payee_origin(SHOP);
    mismatch(finish(&login, &no_name), Step::PaymentPayeeName, "12.3", "payment.payeeName");
    mismatch(
        finish(&login, &plain("49.90")),
        Step::PaymentPayeeOrigin,
        "12.4",
        "payment.payeeOrigin",
    );
    let no_details = PaymentInstrument::new("Gold card", "https://bank.example/gold.png");
    let order = PaymentOrder::new(SHOP, "EUR", "49.90", no_details).payee_name("The shop");
    let login = signed(with_payment(&{
        let mut payment = payment();
        payment.as_object_mut().unwrap().remove("payeeOrigin");
        payment.as_object_mut().unwrap().remove("paymentEntitiesLogos");
        payment
    }));
    mismatch(finish(&login, &order), Step::PaymentInstrument, "12.7", "payment.instrument.details");
}

#[test]
fn ext_15_a_shop_cannot_show_one_order_and_charge_another() {
    let mut bank = Bank::new();
    mismatch(
        bank.pay(&plain("1.00"), &plain("100.00")),
        Step::PaymentTotal,
        "12.6",
        "payment.total.value",
    );
    let error = bank.pay(&plain("1.00"), &plain("100.00")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "authentication step 12.6 (verify the total of the payment): the confirmed payment differs from the order: payment.total.value: \"1.00\", not \
         \"100.00\" (https://www.w3.org/TR/secure-payment-confirmation/#sctn-verifying-assertion)"
    );
    let other_payee = plain("100.00").payee_origin(EVIL);
    let error = bank.pay(&plain("100.00"), &other_payee).unwrap_err();
    assert!(
        error.to_string().contains("payment.payeeOrigin: missing, not \"https://evil"),
        "{error}"
    );
    let error = bank.pay(&other_payee, &plain("100.00")).unwrap_err();
    assert!(error.to_string().contains("\"https://evil.example\", not missing"), "{error}");
}

#[test]
fn ext_15_logos_are_a_subset_of_the_ordered_ones_in_order() {
    let (a, b) = (
        json!({ "url": "https://a.example/a.png", "label": "Network A" }),
        json!({ "url": "https://b.example/b.png", "label": "Network B" }),
    );
    let not_loaded = json!({ "url": "", "label": "Network A" });
    let pay = |logos: &[&Value]| {
        let payment = changed("/paymentEntitiesLogos", json!(logos));
        finish(&signed(with_payment(&payment)), &order())
    };
    for good in [&[][..], &[&a], &[&b], &[&a, &b], &[&not_loaded], &[&not_loaded, &b]] {
        passes(pay(good));
    }
    passes(finish(&signed(with_payment(&changed("/paymentEntitiesLogos", Value::Null))), &order()));
    let other_url = json!({ "url": "https://evil.example/a.png", "label": "Network A" });
    let other_label = json!({ "url": "https://a.example/a.png", "label": "Network E" });
    let nobody = json!({ "url": "", "label": "" });
    for bad in [
        &[&b, &a][..],
        &[&a, &a],
        &[&b, &not_loaded],
        &[&a, &b, &b],
        &[&other_url],
        &[&other_label, &b],
        &[&nobody],
    ] {
        let field = "payment.paymentEntitiesLogos";
        mismatch(pay(bad), Step::PaymentEntitiesLogos, "12.5", field);
    }
}

#[test]
fn ext_15_an_icon_may_be_missing_only_if_the_order_allows_it() {
    let instrument = || PaymentInstrument::new("Gold card", "https://bank.example/gold.png");
    let order = |instrument| PaymentOrder::new(SHOP, "EUR", "1", instrument).payee_name("x");
    let pay = |order: &PaymentOrder, icon: &str, must_be_shown: Option<bool>| {
        let mut payment = json!({
            "rpId": RP_ID,
            "topOrigin": SHOP,
            "payeeName": "x",
            "total": { "value": "1", "currency": "EUR" },
            "instrument": { "icon": icon, "displayName": "Gold card" },
        });
        if let Some(must_be_shown) = must_be_shown {
            payment["instrument"]["iconMustBeShown"] = json!(must_be_shown);
        }
        finish(&signed(with_payment(&payment)), order)
    };
    let (must, may) = (order(instrument()), order(instrument().icon_may_be_missing()));
    let icon = "https://bank.example/gold.png";
    for said in [None, Some(true)] {
        passes(pay(&must, icon, said));
    }
    for said in [None, Some(false)] {
        passes(pay(&may, icon, said));
        passes(pay(&may, "", said));
    }
    let step = Step::PaymentInstrument;
    mismatch(pay(&must, "", None), step, "12.7", "payment.instrument.icon");
    mismatch(pay(&may, "data:,", None), step, "12.7", "payment.instrument.icon");
    let field = "payment.instrument.iconMustBeShown";
    mismatch(pay(&must, icon, Some(false)), step, "12.7", field);
    mismatch(pay(&may, icon, Some(true)), step, "12.7", field);
    mismatch(pay(&may, "", Some(true)), step, "12.7", field);
}

#[test]
fn ext_15_the_page_must_match_the_order() {
    let mut bank = Bank::new();
    let order = order();
    refused(bank.pay_in(EVIL, EVIL, &order, &order), ErrorKind::OriginMismatch, Step::Origin);
    // The relying party's own pages cannot make a payment that a shop requested.
    refused(bank.pay_in(ORIGIN, ORIGIN, &order, &order), ErrorKind::OriginMismatch, Step::Origin);
    let own = PaymentOrder::new(ORIGIN, "EUR", "5.00", card()).payee_name("The shop");
    passes(bank.pay_in(ORIGIN, ORIGIN, &own, &own));
    // A page inside another page that is not in the order.
    mismatch(
        bank.pay_in(SHOP, EVIL, &order, &order),
        Step::PaymentTopOrigin,
        "12.2",
        "payment.topOrigin",
    );
}

#[test]
fn ext_15_an_iframe_must_be_in_the_page_of_the_order() {
    let mut bank = Bank::new();
    let framed =
        PaymentOrder::new(SERVICE, "EUR", "5.00", card()).payee_name("The shop").framed_by(SHOP);
    passes(bank.pay_in(SERVICE, SHOP, &framed, &framed));
    mismatch(
        bank.pay_in(SERVICE, EVIL, &framed, &framed),
        Step::PaymentTopOrigin,
        "12.2",
        "payment.topOrigin",
    );

    let with = |order: &PaymentOrder, builder: ClientDataBuilder, top_origin: &str| {
        let payment = json!({
            "rpId": RP_ID,
            "topOrigin": top_origin,
            "payeeName": "The shop",
            "total": { "value": "5.00", "currency": "EUR" },
            "instrument": payment()["instrument"],
        });
        finish(&signed(builder.member("payment", &payment.to_string()).build()), order)
    };
    let service = || ClientDataBuilder::new("payment.get", &CHALLENGE, SERVICE);
    // Client data may omit the second copy of the top origin, but if present it must match.
    passes(with(&framed, service().cross_origin(true), SHOP));
    passes(with(&framed, service().cross_origin(true).top_origin(SHOP), SHOP));
    refused(
        with(&framed, service().cross_origin(true).top_origin(EVIL), SHOP),
        ErrorKind::UnexpectedTopOrigin,
        Step::TopOrigin,
    );
    let not_framed = plain("5.00");
    passes(with(&not_framed, client_data(), SHOP));
    for builder in
        [client_data().cross_origin(true), client_data().cross_origin(true).top_origin(SHOP)]
    {
        refused(
            with(&not_framed, builder, SHOP),
            ErrorKind::UnexpectedCrossOrigin,
            Step::CrossOrigin,
        );
    }
}

#[test]
fn ext_15_framing_allowed_for_logins_is_not_allowed_for_payments() {
    let rp = relying_party().allow_framing_by_any().allow_unnamed_framing();
    let mut login =
        signed(client_data().cross_origin(true).member("payment", &payment().to_string()).build());
    login.rp = rp;
    refused(finish(&login, &order()), ErrorKind::UnexpectedCrossOrigin, Step::CrossOrigin);
}

#[test]
fn ext_15_a_payment_has_all_the_checks_of_a_login() {
    let rows = [
        (Fault::ClientDataNotUtf8, Step::ClientDataText, ErrorKind::InvalidUtf8),
        (Fault::ClientDataNotJson, Step::ClientDataJson, ErrorKind::InvalidClientDataJson),
        (Fault::CeremonyType, Step::CeremonyType, ErrorKind::WrongCeremonyType),
        (Fault::Challenge, Step::Challenge, ErrorKind::ChallengeMismatch),
        (Fault::Origin(EVIL.to_owned()), Step::Origin, ErrorKind::OriginMismatch),
        (Fault::CrossOrigin, Step::CrossOrigin, ErrorKind::UnexpectedCrossOrigin),
        (Fault::TopOrigin(EVIL.to_owned()), Step::CrossOrigin, ErrorKind::UnexpectedCrossOrigin),
        (Fault::RpIdHash, Step::RpIdHash, ErrorKind::RpIdHashMismatch),
        (Fault::UserNotPresent, Step::UserPresence, ErrorKind::UserNotPresent),
        (Fault::UserNotVerified, Step::UserVerification, ErrorKind::UserNotVerified),
        (Fault::BackedUpButNotEligible, Step::BackupFlags, ErrorKind::InvalidBackupFlags),
        (
            Fault::BackupEligibilityChanged,
            Step::BackupEligibilityGained,
            ErrorKind::BackupEligibilityChanged,
        ),
        (Fault::AuthenticatorDataTrailingByte, Step::RpIdHash, ErrorKind::TrailingBytes),
        (Fault::RawId, Step::ResponseType, ErrorKind::CredentialIdMismatch),
        (Fault::AssertionSignature, Step::Signature, ErrorKind::SignatureInvalid),
        (Fault::SignCount, Step::SignCount, ErrorKind::SignCountNotIncreased),
        (Fault::OtherUserHandle, Step::CredentialRecord, ErrorKind::UserHandleMismatch),
        (Fault::OtherCredentialId, Step::AllowedCredential, ErrorKind::CredentialNotAllowed),
    ];
    let applicable: Vec<Fault> =
        Fault::all().into_iter().filter(Fault::applies_to_authentication).collect();
    for (listed, _, _) in &rows {
        assert!(applicable.contains(listed), "{listed:?} is listed but does not apply");
    }
    for fault in applicable {
        let mut bank = Bank::new();
        bank.browser.break_next(fault.clone());
        let result = bank.pay(&order(), &order());
        match rows.iter().find(|(listed, _, _)| *listed == fault) {
            Some((_, step, kind)) => refused(result, *kind, *step),
            // The account was known, so the user handle is not needed.
            None if fault == Fault::MissingUserHandle => passes(result),
            None => panic!("{fault:?} is not listed"),
        }
    }
}

#[test]
fn ext_15_the_user_must_be_verified_for_every_request() {
    let mut login = signed(with_payment(&payment()));
    login.request = login.request.user_verification(UserVerification::Discouraged);
    passes(finish(&login, &order()));
    login.authenticator_data = AuthenticatorDataBuilder::new(RP_ID, UP, 0).build();
    refused(finish(&login, &order()), ErrorKind::UserNotVerified, Step::UserVerification);
}

#[test]
fn ext_15_a_pending_payment_belongs_to_one_relying_party_and_time() {
    let mut bank = Bank::new();
    let (options, pending) = bank.rp.start_payment(&bank.request(), &order(), now()).unwrap();
    let body = bank.browser.confirm_payment(&options, SHOP, SHOP).unwrap();
    let response = AuthenticationResponse::from_json(body).unwrap();
    assert_eq!(response.pending_id().unwrap(), pending.id());
    assert_eq!(pending.user_handle(), USER_HANDLE);
    assert_eq!(pending.expires_at(), now() + Duration::from_secs(600));
    let credentials = [bank.credential];
    let finish = |rp: &RelyingParty, after: u64| {
        let now = now() + Duration::from_secs(after);
        rp.finish_payment(pending.clone(), &response, &credentials, &order(), now)
    };
    passes(finish(&bank.rp, 600));
    refused(finish(&bank.rp, 601), ErrorKind::CeremonyExpired, Step::Options);
    let other = RelyingParty::new("example.com", ["https://example.com"]).unwrap();
    refused(finish(&other, 0), ErrorKind::WrongRelyingParty, Step::Options);
}

#[test]
fn ext_15_kb_111_a_payment_by_a_deleted_account_is_rejected_as_unknown() {
    let mut bank = Bank::new();
    let (options, pending) = bank.rp.start_payment(&bank.request(), &order(), now()).unwrap();
    let body = bank.browser.confirm_payment(&options, SHOP, SHOP).unwrap();
    let response = AuthenticationResponse::from_json(body).unwrap();
    let result = bank.rp.finish_payment(pending, &response, &[], &order(), now());
    refused(result, ErrorKind::UnknownCredential, Step::CredentialRecord);
}

#[test]
fn ext_15_kb_38_a_pending_payment_is_not_a_pending_login_and_shows_no_challenge() {
    let bank = Bank::new();
    let (options, payment) = bank.rp.start_payment(&bank.request(), &order(), now()).unwrap();
    let (_, login) = bank.rp.start_authentication(&bank.request(), now()).unwrap();
    let stored = serde_json::to_value(&payment).unwrap();
    assert_eq!(serde_json::from_value::<PendingPayment>(stored.clone()).unwrap(), payment);
    assert!(serde_json::from_value::<PendingAuthentication>(stored).is_err());
    let stored = serde_json::to_value(&login).unwrap();
    assert!(serde_json::from_value::<PendingPayment>(stored).is_err());

    let challenge = base64url(&CHALLENGE);
    assert!(serde_json::to_string(&options).unwrap().contains(&challenge));
    for debug in [format!("{payment:?}"), format!("{options:?}")] {
        assert!(!debug.contains(&challenge), "{debug}");
    }
}

#[test]
fn ext_15_a_state_stored_without_member_names_keeps_its_kind() {
    // Simulates a format that stores members without their names.
    let login = signed(with_payment(&payment()));
    let request = login.request.clone().user_verification(UserVerification::Discouraged);
    let (_, pending) = login.rp.start_authentication(&request, now()).unwrap();
    let stored = json!({ "payment": serde_json::to_value(pending).unwrap() });
    let pending: PendingPayment = serde_json::from_value(stored).unwrap();
    let response = AuthenticationResponse::from_json(login.body().to_string()).unwrap();
    let credentials = core::slice::from_ref(&login.credential);
    let result = login.rp.finish_payment(pending, &response, credentials, &order(), now());
    refused(result, ErrorKind::WrongPendingState, Step::Options);

    let login = LoggingIn::new();
    let (_, pending) = login.rp.start_payment(&login.request, &order(), now()).unwrap();
    let stored = serde_json::to_value(pending).unwrap()["payment"].take();
    let pending: PendingAuthentication = serde_json::from_value(stored).unwrap();
    let response = AuthenticationResponse::from_json(login.body().to_string()).unwrap();
    let credentials = core::slice::from_ref(&login.credential);
    let result = login.rp.finish_authentication(pending, &response, credentials, now());
    refused(result, ErrorKind::WrongPendingState, Step::Options);
}

#[test]
fn ext_15_only_the_browser_sets_the_payment_extension() {
    let bank = Bank::new();
    for input in [json!({ "isPayment": true }), json!({}), json!(false)] {
        let request = bank.request().extension("payment", input);
        let login = bank.rp.start_authentication(&request, now()).map(drop);
        let payment = bank.rp.start_payment(&request, &order(), now()).map(drop);
        for error in [login.unwrap_err(), payment.unwrap_err()] {
            assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
            assert_eq!(error.field(), Some("payment"), "{error}");
        }
    }
    let remote = ClientDataBuilder::get(&CHALLENGE, ORIGIN).build();
    let request = bank.request().remote_client_data_json(core::str::from_utf8(&remote).unwrap());
    passes(bank.rp.start_authentication(&request, now()).map(drop));
    let payment = bank.rp.start_payment(&request, &order(), now()).map(drop);
    refused(payment, ErrorKind::InvalidOptions, Step::Options);
}

/// Checks that the order can neither start nor finish a payment. Both errors give the reason.
#[track_caller]
fn refused_order(reason: &str, order: &PaymentOrder) {
    let login = signed(with_payment(&payment()));
    let (_, pending) = login.rp.start_payment(&login.request, &self::order(), now()).unwrap();
    let response = AuthenticationResponse::from_json(login.body().to_string()).unwrap();
    let credentials = core::slice::from_ref(&login.credential);
    let start = login.rp.start_payment(&login.request, order, now()).map(drop);
    let finish = login.rp.finish_payment(pending, &response, credentials, order, now());
    for error in [start.unwrap_err(), finish.unwrap_err()] {
        assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn ext_15_an_order_with_a_total_that_browsers_reject_neither_starts_nor_finishes() {
    for currency in ["eur", "EURO", ""] {
        let order = PaymentOrder::new(SHOP, currency, "1", card()).payee_name("x");
        refused_order("three capital letters", &order);
    }
    for amount in ["", "-1", "1,00", "1.", ".5", "1.0.0", "1e3"] {
        refused_order("an amount", &plain(amount));
    }
}

#[test]
fn ext_15_an_order_with_a_payee_that_browsers_reject_neither_starts_nor_finishes() {
    refused_order("no payee", &PaymentOrder::new(SHOP, "EUR", "1", card()));
    refused_order("payee is empty", &PaymentOrder::new(SHOP, "EUR", "1", card()).payee_name(""));
    for (reason, origin) in [
        ("is empty", ""),
        ("an https origin", "http://localhost"),
        ("write \"https://shop.example\"", "https://shop.example/"),
        // kb_98
        ("write \"https://shop.example\"", "shop.example"),
    ] {
        refused_order(reason, &plain("1").payee_origin(origin));
    }
}

#[test]
fn ext_15_an_order_with_a_page_that_is_not_a_web_origin_neither_starts_nor_finishes() {
    for (reason, origin) in [
        ("write \"https://shop.example\"", "https://shop.example/"),
        // kb_98
        ("write \"http://localhost:8080\"", "localhost:8080"),
        ("the page that confirms payments", "ios:bundle-id:org.example"),
    ] {
        let order = PaymentOrder::new(origin, "EUR", "1", card()).payee_name("x");
        refused_order(reason, &order);
    }
    for (reason, origin) in [
        ("is empty", ""),
        // kb_98
        ("write \"https://shop.example\"", "shop.example:443"),
        ("IP address", "https://127.1"),
        ("has a wildcard; write the origin of the page", "https://*.shop.example"),
    ] {
        refused_order(reason, &plain("1").framed_by(origin));
    }
}

#[test]
fn ext_15_an_order_with_images_that_browsers_reject_neither_starts_nor_finishes() {
    for (reason, url, label) in [
        ("no URL or no label", "", "A"),
        ("no URL or no label", "https://a.example/a.png", ""),
        ("as browsers serialize it", "https://a.example", "A"),
        ("as browsers serialize it", "https://A.example/a.png", "A"),
        ("as browsers serialize it", "https://a.example:443/a.png", "A"),
        ("as browsers serialize it", "https://a.example/a b.png", "A"),
        ("as browsers serialize it", "https://a.example/\u{e9}.png", "A"),
        // kb_98
        ("as browsers serialize it", "https://10.1/a.png", "A"),
    ] {
        refused_order(reason, &plain("1").logo(url, label));
    }
    for (reason, card) in [
        ("as browsers serialize it", PaymentInstrument::new("Card", "https://bank.example")),
        ("no name or no icon", PaymentInstrument::new("", "https://bank.example/gold.png")),
        ("no name or no icon", PaymentInstrument::new("Card", "")),
        ("details", card().details("")),
    ] {
        refused_order(reason, &PaymentOrder::new(SHOP, "EUR", "1", card).payee_name("x"));
    }
}

#[test]
fn ext_15_the_text_of_an_order_is_limited_to_what_can_be_verified() {
    let mut bank = Bank::new();
    let data_url = |length: usize| format!("data:image/png;base64,{}", "A".repeat(length));
    let with_icon = |length: usize| {
        let card = PaymentInstrument::new("Card", data_url(length));
        PaymentOrder::new(SHOP, "EUR", "5.00", card).payee_name("x")
    };
    let longest = 48 * 1024 - (data_url(0) + SHOP + "Card" + "EUR" + "5.00" + "x").len();
    passes(bank.pay(&with_icon(longest), &with_icon(longest)));
    let too_long = [
        with_icon(longest + 1),
        with_icon(longest).framed_by(SERVICE),
        with_icon(longest).payee_name("xy"),
        with_icon(longest).payee_origin(SHOP),
        with_icon(longest).logo("x", "y"),
        plain("5.00").logo(data_url(48 * 1024), "y"),
        plain("5.00").logo("x", "y".repeat(48 * 1024)),
        PaymentOrder::new(SHOP, "EUR", "5.00", card().details("x".repeat(48 * 1024)))
            .payee_name("x"),
    ];
    for order in too_long {
        let error = bank.rp.start_payment(&bank.request(), &order, now()).map(drop).unwrap_err();
        assert_eq!((error.step(), error.kind()), (Step::Options, ErrorKind::InvalidOptions));
        assert!(error.to_string().contains("longer than 48 KiB"), "{error}");
    }
}

#[test]
fn ext_15_a_payment_needs_the_credentials_of_a_user_and_lasts_at_most_an_hour() {
    let bank = Bank::new();
    let start =
        |request: &AuthenticationRequest| bank.rp.start_payment(request, &order(), now()).map(drop);
    let hour = Duration::from_secs(3600);
    passes(start(&bank.request().timeout(hour)));
    let late = bank.request().timeout(hour + Duration::from_millis(1));
    refused(start(&late), ErrorKind::InvalidOptions, Step::Options);
    let anyone = AuthenticationRequest::passkey();
    refused(start(&anyone), ErrorKind::InvalidOptions, Step::Options);
    let autofill = bank.request().mediation(Mediation::Conditional);
    refused(start(&autofill), ErrorKind::InvalidOptions, Step::Options);
    let none = AuthenticationRequest::for_user(USER_HANDLE, &[]);
    refused(start(&none), ErrorKind::NoCredentials, Step::Options);
    let short = bank.request().challenge(&[7; 15]);
    refused(start(&short), ErrorKind::InvalidOptions, Step::Options);
    // The icon may have any address.
    let card = PaymentInstrument::new("Card", "https://10.0.0.1:8443/gold.png");
    let order_at_address = PaymentOrder::new(SHOP, "EUR", "1", card).payee_name("x");
    passes(bank.rp.start_payment(&bank.request(), &order_at_address, now()).map(drop));
}

#[test]
fn kb_100_a_payment_needs_a_domain() {
    let bank = Bank::new();
    let rp = RelyingParty::with_uri_id("urn:example:bank").unwrap();
    let started = rp.start_payment(&bank.request(), &order(), now()).map(drop);
    assert!(started.clone().unwrap_err().to_string().contains("not a URI"));
    refused(started, ErrorKind::InvalidOptions, Step::Options);
}

#[test]
fn ext_15_the_quirks_that_a_payment_needed_are_reported() {
    let quirk = Quirk::NonMinimalDerIntegers;
    let mut login = signed(with_payment(&payment()));
    login.rp = login.rp.allow_quirks([quirk]);
    assert_eq!(finish(&login, &order()).unwrap().quirks(), Quirks::NONE);
    let body = login.body_with_signature(&padded(&login.key.sign(&login.signed())));
    let payment = finish_with(&login, &body, &order()).unwrap();
    assert_eq!(payment.quirks(), Quirks::NONE.with(quirk));
}

#[test]
fn ext_15_third_party_payment_is_reported() {
    let pay = |map: &[u8]| {
        let mut login = signed(with_payment(&payment()));
        login.authenticator_data =
            AuthenticatorDataBuilder::new(RP_ID, UP | UV | ED, 0).extensions(map).build();
        finish(&login, &order())
    };
    let map = |value: &[u8]| [&b"\xa1\x71thirdPartyPayment"[..], value].concat();
    for (value, reported) in [(0xf4, false), (0xf5, true)] {
        let payment = pay(&map(&[value])).unwrap();
        let outputs = payment.authenticator_outputs().unwrap();
        assert_eq!(outputs.third_party_payment(), Some(reported));
        assert!(outputs.iter().eq([("thirdPartyPayment", &[value][..])]));
    }
    let others = b"\xa2\x63uvm\x80\x6bcredProtect\x02";
    let others = pay(others).unwrap();
    assert_eq!(others.authenticator_outputs().unwrap().third_party_payment(), None);
    for value in [&[0xf6][..], &[0x01], &[0x64, b't', b'r', b'u', b'e'], &[0x81, 0xf5]] {
        refused(pay(&map(value)), ErrorKind::ExtensionRejected, Step::ExtensionOutputs);
    }
}

#[test]
fn ext_15_the_extension_that_browsers_add_is_not_unsolicited() {
    let mut bank = Bank::with_rp(relying_party().refuse_unsolicited_extensions());
    passes(bank.pay(&order(), &order()));
    let mut login = signed(with_payment(&payment()));
    login.rp = relying_party().refuse_unsolicited_extensions();
    let mut body = login.body();
    body["clientExtensionResults"] = json!({ "payment": {}, "prf": {} });
    refused(
        finish_with(&login, &body, &order()),
        ErrorKind::ExtensionRejected,
        Step::ExtensionOutputs,
    );
}

#[track_caller]
fn unread(payment: &Value, field: &str, reason: &str) {
    unread_text(&payment.to_string(), field, reason);
}

/// Checks that client data with this payment cannot be parsed because of this field.
#[track_caller]
fn unread_text(payment: &str, field: &str, reason: &str) {
    let json = client_data().member("payment", payment).build();
    let error = finish(&signed(json), &order()).unwrap_err();
    assert_eq!(error.step(), Step::ClientDataJson, "{error}");
    assert_eq!(error.kind(), ErrorKind::InvalidClientDataJson, "{error}");
    assert_eq!((error.field(), error.parse_error().unwrap().reason()), (Some(field), reason));
}

#[test]
fn ext_15_each_member_of_a_payment_must_have_its_type() {
    for pointer in [
        "/rpId",
        "/topOrigin",
        "/payeeName",
        "/payeeOrigin",
        "/total/currency",
        "/total/value",
        "/instrument/displayName",
        "/instrument/icon",
        "/instrument/details",
        "/browserBoundPublicKey",
    ] {
        let field = field_of(pointer);
        for value in [json!(5), json!(true), json!([]), json!({ "a": "b" })] {
            unread(&changed(pointer, value), &field, "not a string");
        }
        let mut null = payment();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        null.pointer_mut(parent).unwrap()[name] = Value::Null;
        unread(&null, &field, "not a string");
    }
    for value in [json!("true"), json!(1), json!({})] {
        let field = "payment.instrument.iconMustBeShown";
        unread(&changed("/instrument/iconMustBeShown", value), field, "neither true nor false");
    }
    for value in [json!("x"), json!([]), json!(true)] {
        unread(&changed("/total", value.clone()), "payment.total", "not a JSON object");
        unread(&changed("/instrument", value.clone()), "payment.instrument", "not a JSON object");
        unread(&value, "payment", "not a JSON object");
    }
    let logos = "payment.paymentEntitiesLogos";
    unread(&changed("/paymentEntitiesLogos", json!({})), logos, "not a JSON array");
    unread(&changed("/rp", json!("example.com")), "payment.rp", "differs from rpId");
}

#[test]
fn ext_15_the_required_members_of_a_payment_must_be_present() {
    for pointer in [
        "/rpId",
        "/topOrigin",
        "/total",
        "/total/currency",
        "/total/value",
        "/instrument",
        "/instrument/displayName",
        "/instrument/icon",
    ] {
        unread(&changed(pointer, Value::Null), &field_of(pointer), "the member is missing");
    }
}

#[test]
fn ext_15_each_logo_of_a_payment_has_a_url_and_a_label() {
    for (logo, field, reason) in [
        (json!("x"), "payment.paymentEntitiesLogos[]", "not a JSON object"),
        (json!({ "url": "x" }), "payment.paymentEntitiesLogos[].label", "the member is missing"),
        (json!({ "label": "x" }), "payment.paymentEntitiesLogos[].url", "the member is missing"),
        (json!({ "url": 1, "label": "x" }), "payment.paymentEntitiesLogos[].url", "not a string"),
    ] {
        unread(&changed("/paymentEntitiesLogos", json!([logo])), field, reason);
    }
}

#[test]
fn ext_15_a_repeated_member_of_a_payment_is_rejected() {
    let text = payment().to_string();
    for (member, object, field) in [
        (r#""rpId":"example.org","#, "{", "payment"),
        (r#""r\u0070Id":"example.org","#, "{", "payment"),
        (r#""unknown":1,"unknown":2,"#, "{", "payment"),
        (r#""value":"49.90","#, r#""total":{"#, "payment.total"),
        (r#""icon":"","#, r#""instrument":{"#, "payment.instrument"),
        (r#""url":"","#, r#"Logos":[{"#, "payment.paymentEntitiesLogos[]"),
    ] {
        let edited = text.replacen(object, &format!("{object}{member}"), 1);
        assert_ne!(edited, text);
        unread_text(&edited, field, "a member occurs twice");
    }
    let many: String = (0..64).map(|number| format!(r#""{number}":0,"#)).collect();
    unread_text(&text.replacen('{', &format!("{{{many}"), 1), "payment", "more than 64 members");
}

#[test]
fn ext_15_a_repeated_payment_in_client_data_is_rejected() {
    let error = finish(&signed(client_data().build()), &order()).unwrap_err();
    assert_eq!((error.step(), error.field()), (Step::ClientDataJson, Some("payment")));
    assert_eq!(error.parse_error().unwrap().reason(), "the member is missing");
    let twice = client_data()
        .member("payment", &payment().to_string())
        .member("payment", &payment().to_string())
        .build();
    let error = finish(&signed(twice), &order()).unwrap_err();
    assert_eq!(
        (error.step(), error.kind()),
        (Step::ClientDataJson, ErrorKind::InvalidClientDataJson)
    );
    assert_eq!(error.parse_error().unwrap().reason(), "a member occurs twice");
}

#[test]
fn ext_15_unknown_members_are_ignored() {
    let mut payment = changed("/rp", json!(RP_ID));
    payment["later"] = json!({ "a": [1, "b", null] });
    payment["total"]["label"] = json!("Total");
    payment["instrument"]["network"] = json!(["x"]);
    payment["paymentEntitiesLogos"][0]["dark"] = json!(true);
    payment["browserBoundPublicKey"] = json!("pQECAyYgASFYIA");
    let json = client_data()
        .member("before", "[{}]")
        .member("payment", &payment.to_string())
        .member("after", r#"{"payment":1}"#)
        .build();
    passes(finish(&signed(json), &order()));
}

#[test]
fn ext_15_a_written_payment_reads_back() {
    let json = br#" {"type":"payment.get","challenge":"AAAA","origin":"https:\/\/shop.example",
        "payment" : {"r\u0070Id":"b\u0061nk.example","topOrigin":"https://shop.example",
        "payeeName":"M\u00fcller \ud83d\ude00","payeeOrigin":"https://shop.example",
        "paymentEntitiesLogos":[ {"url":"","label":"A"} , {"label":"B","url":"data:,"} ],
        "total":{"currency":"EUR","value":"5.00"},
        "instrument":{"displayName":"Card","icon":"","iconMustBeShown":false,"details":"d"},
        "browserBoundPublicKey":"pQEC"}}"#;
    let payment = PaymentData::parse(json).unwrap();
    assert!(payment.rp_id() == *"bank.example");
    assert!(payment.top_origin() == *SHOP);
    assert_eq!(payment.payee_name().unwrap().to_string(), "M\u{fc}ller \u{1f600}");
    assert!(payment.payee_origin().unwrap() == *SHOP);
    let logos: Vec<_> = payment
        .payment_entities_logos()
        .map(|(url, label)| (url.to_string(), label.to_string()))
        .collect();
    let logo = |url: &str, label: &str| (url.to_owned(), label.to_owned());
    assert_eq!(logos, [logo("", "A"), logo("data:,", "B")]);
    assert!(payment.total_currency() == *"EUR");
    assert!(payment.total_value() == *"5.00");
    assert!(payment.instrument_display_name() == *"Card");
    assert!(payment.instrument_icon() == *"");
    assert_eq!(payment.instrument_icon_must_be_shown(), Some(false));
    assert!(payment.instrument_details().unwrap() == *"d");
    assert!(payment.browser_bound_public_key().unwrap() == *"pQEC");

    let json = with_payment(&json!({
        "rpId": "a", "topOrigin": "b",
        "total": { "currency": "c", "value": "d" },
        "instrument": { "displayName": "e", "icon": "f" },
    }));
    let payment = PaymentData::parse(&json).unwrap();
    assert!(payment.payee_name().is_none() && payment.payee_origin().is_none());
    assert_eq!(payment.payment_entities_logos().count(), 0);
    assert_eq!(payment.instrument_icon_must_be_shown(), None);
    assert!(payment.instrument_details().is_none());
    assert!(payment.browser_bound_public_key().is_none());
}

#[test]
fn ext_15_client_data_with_a_changed_or_missing_byte_is_rejected() {
    let login = signed(with_payment(&payment()));
    let body = login.body();
    let accepts = |json: &[u8]| {
        let mut body = body.clone();
        body["response"]["clientDataJSON"] = json!(base64url(json));
        finish_with(&login, &body, &order()).is_ok()
    };
    let json = &login.client_data;
    assert!(accepts(json));
    for offset in 0..json.len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut changed = json.clone();
            changed[offset] ^= flip;
            assert!(!accepts(&changed), "{offset} {flip:02x}");
        }
        assert!(!accepts(&json[..offset]), "cut at {offset}");
        assert!(!accepts(&[&json[..offset], &json[offset + 1..]].concat()), "without {offset}");
    }
}

#[test]
fn ext_15_a_truncated_payment_is_reported_with_the_offset() {
    let json = with_payment(&payment());
    assert!(PaymentData::parse(&json).is_ok());
    for length in 0..json.len() {
        let failure = PaymentData::parse(&json[..length]).map(drop).unwrap_err();
        let error = failure.parse_error().unwrap();
        assert_eq!(failure.kind(), ErrorKind::InvalidClientDataJson, "{error}");
        assert_eq!(error.structure(), "client data");
        assert!(error.offset() <= length, "{error}, of {length}");
    }
}

/// After a new signature, a changed letter or digit is found by the comparison, or the payment
/// cannot be parsed. Only the logos are optional, so their member name can change.
#[test]
fn ext_15_a_changed_value_is_rejected_even_if_it_is_signed() {
    let text = payment().to_string();
    let confirm =
        |payment: &str| finish(&signed(client_data().member("payment", payment).build()), &order());
    passes(confirm(&text));
    let name = "paymentEntitiesLogos";
    let start = text.find(name).unwrap();
    let (mut accepted, mut mismatches) = (Vec::new(), 0);
    for (offset, character) in text.char_indices() {
        if !character.is_ascii_alphanumeric() {
            continue;
        }
        let other = if character == 'x' { "y" } else { "x" };
        match confirm(&[&text[..offset], other, &text[offset + 1..]].concat()) {
            Ok(_) => accepted.push(offset),
            Err(error) if error.kind() == ErrorKind::PaymentMismatch => mismatches += 1,
            Err(error) => assert_eq!(error.kind(), ErrorKind::InvalidClientDataJson, "{error}"),
        }
    }
    assert_eq!(accepted, (start..start + name.len()).collect::<Vec<_>>());
    assert!(mismatches > 150, "{mismatches}");
}
