//! How often the heap is asked: never while parsing, at most three times in a login.
#![cfg(feature = "authenticator")]

#[path = "common/site.rs"]
mod site;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use site::{ORIGIN, Site, now, user};
use webauthn_verify::authenticator::AttestationKind;
use webauthn_verify::parse::{AttestationObject, AuthenticatorData, ClientData, CoseKey};
use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, RegistrationRequest,
    RegistrationResponse,
};

/// Counts the allocations of each thread, so that tests do not disturb each other.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// An allocator is an unsafe trait; this one only counts and passes on.
#[allow(unsafe_code, reason = "there is no safe way to count allocations")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations<T>(run: impl FnOnce() -> T) -> (usize, T) {
    let before = ALLOCATIONS.get();
    let result = black_box(run());
    (ALLOCATIONS.get() - before, result)
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| Vec::<u8>::with_capacity(10)).0, 1);
    assert_eq!(allocations(|| 1 + 1).0, 0);
}

#[test]
fn parsing_allocates_nothing() {
    let mut site =
        Site::new().with_browser(|browser| browser.with_attestation(AttestationKind::PackedX5c));
    let request = RegistrationRequest::passwordless(&user());
    let (options, _) = site.rp.start_registration(&request, now()).unwrap();
    let body = site.browser.register(&options, ORIGIN).unwrap();
    let response = RegistrationResponse::from_json(body).unwrap();

    let (count, client_data) = allocations(|| ClientData::parse(response.client_data_json()));
    assert_eq!((count, client_data.is_ok()), (0, true));
    let (count, object) = allocations(|| AttestationObject::parse(response.attestation_object()));
    assert_eq!(count, 0);
    let object = object.unwrap();
    let bytes = object.authenticator_data().as_bytes();
    let (count, authenticator_data) = allocations(|| AuthenticatorData::parse(bytes));
    assert_eq!((count, authenticator_data.is_ok()), (0, true));
    let key = object.authenticator_data().attested_credential().unwrap().public_key();
    let (count, key) = allocations(|| CoseKey::parse(key));
    assert_eq!((count, key.is_ok()), (0, true));

    let escaped = br#"{"\u0074ype":"a","challenge":"b","origin":"https:\/\/c","x":[[{"y":1}]]}"#;
    let (count, client_data) = allocations(|| ClientData::parse(escaped));
    assert_eq!((count, client_data.is_ok()), (0, true));
    let (count, broken) = allocations(|| ClientData::parse(br#"{"type":"a",}"#));
    assert_eq!((count, broken.is_err()), (0, true));
}

#[test]
fn a_login_allocates_three_times() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Es384] {
        let mut site = Site::new().with_browser(|browser| browser.with_algorithm(algorithm));
        let request = RegistrationRequest::passwordless(&user())
            .algorithms(&Algorithm::compiled_in().collect::<Vec<_>>());
        let credentials = [site.register_as(&request).unwrap().into_credential()];
        let request = AuthenticationRequest::passwordless();
        let (options, pending) = site.rp.start_authentication(&request, now()).unwrap();
        let body = site.browser.authenticate(&options, ORIGIN).unwrap();

        let (count, login) = allocations(|| {
            let response = AuthenticationResponse::from_json(&body)?;
            site.rp.finish_authentication(pending, &response, &credentials, now())
        });
        let _ = login.unwrap();
        // The response's buffer; the verdict's credential ID and user handle.
        assert!(count <= 3, "{algorithm}: {count} allocations");
        println!("{algorithm} login: {count} allocations");
    }
}
