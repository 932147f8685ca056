//! Promises about the public types.

use webauthn_verify::{
    AllAcceptedCredentialsOptions, Authentication, AuthenticationRequest, AuthenticationResponse,
    BackupPolicy, CreationOptions, Credential, CredentialUpdate, CurrentUserDetailsOptions,
    DecoySecret, DecoyShape, Error, Failure, FlagChange, Payment, PaymentInstrument,
    PaymentOptions, PaymentOrder, PendingAuthentication, PendingPayment, PendingRegistration,
    PreparedKey, Quirks, Registration, RegistrationRequest, RegistrationResponse, RelatedOrigins,
    RelyingParty, RequestOptions, UnknownCredentialOptions, attestation, extensions, parse,
};

#[test]
fn public_types_are_send_sync_and_static() {
    fn check<T: Send + Sync + 'static>() {}
    check::<AllAcceptedCredentialsOptions>();
    check::<Authentication>();
    check::<AuthenticationRequest>();
    check::<AuthenticationResponse>();
    check::<BackupPolicy>();
    check::<CreationOptions>();
    check::<Credential>();
    check::<CredentialUpdate>();
    check::<CurrentUserDetailsOptions>();
    check::<DecoySecret>();
    check::<DecoyShape>();
    check::<Error>();
    check::<Failure>();
    check::<FlagChange>();
    check::<Payment>();
    check::<PaymentInstrument>();
    check::<PaymentOptions>();
    check::<PaymentOrder>();
    check::<PendingAuthentication>();
    check::<PendingPayment>();
    check::<PendingRegistration>();
    check::<PreparedKey>();
    check::<Quirks>();
    check::<Registration>();
    check::<RegistrationRequest>();
    check::<RegistrationResponse>();
    check::<RelatedOrigins>();
    check::<RelyingParty>();
    check::<RequestOptions>();
    check::<UnknownCredentialOptions>();
    check::<attestation::Attestation>();
    check::<attestation::AttestationPolicy>();
    check::<extensions::ClientOutputs>();
    check::<extensions::CredentialProperties>();
    check::<extensions::CredentialProtection>();
    check::<extensions::LargeBlobOutputs>();
    check::<extensions::LargeBlobSupport>();
    check::<extensions::PrfOutputs>();
    check::<extensions::PrfResults>();
    check::<extensions::UvmEntry>();
    check::<parse::AttestationObject<'static>>();
    check::<parse::AuthenticatorData<'static>>();
    check::<parse::ClientData<'static>>();
    check::<parse::CoseKey<'static>>();
    check::<extensions::AuthenticatorOutputs<'static>>();
    check::<parse::PaymentData<'static>>();
    #[cfg(feature = "attestation")]
    check::<webauthn_verify::certificate::TrustAnchor>();
    #[cfg(feature = "metadata")]
    check::<webauthn_verify::metadata::Metadata>();
}

/// The lint `unused_must_use` fires for every verdict and update. If it does not, the `#[expect]`
/// fails to compile.
#[test]
#[deny(unfulfilled_lint_expectations)]
fn kb_11_verdicts_and_updates_must_be_used() {
    fn registration() -> Option<Registration> {
        None
    }
    fn authentication() -> Option<Authentication> {
        None
    }
    fn payment() -> Option<Payment> {
        None
    }
    fn update() -> Option<CredentialUpdate> {
        None
    }
    if false {
        #[expect(unused_must_use, reason = "this is the test")]
        {
            registration().unwrap();
        }
        #[expect(unused_must_use, reason = "this is the test")]
        {
            authentication().unwrap();
        }
        #[expect(unused_must_use, reason = "this is the test")]
        {
            payment().unwrap();
        }
        #[expect(unused_must_use, reason = "this is the test")]
        {
            update().unwrap();
        }
    }
}
