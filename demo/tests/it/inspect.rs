//! The page that inspects a response.

use serde_json::json;
use ureq::http::Method;

use crate::browser::{Browser, Reply, authenticator};
use crate::server::Server;

/// Posts the form with this text and the other fields empty.
fn post(browser: &mut Browser, path: &str, text: &str) -> Reply {
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let request = browser
        .request(Method::POST, path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("response={encoded}&challenge=&rp_id="))
        .unwrap();
    browser.send(request)
}

#[test]
fn the_vector_of_a_report_is_inspected_and_downloaded_again() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    let mut phone = authenticator();
    let mut files = Vec::new();
    browser.sign_up(&mut phone, "alice");
    files.push(browser.get("/report/vector").ok().json());
    browser.sign_in(&mut phone, json!({}));
    files.push(browser.get("/report/vector").ok().json());
    assert_eq!(files[0]["cases"][0]["algorithms"], json!([-7, -8, -257]));
    assert!(files[0]["cases"][0]["extensions"].is_object());
    for file in files {
        let page = post(&mut browser, "/inspect", &file.to_string()).ok();
        assert!(page.html().contains("accepted: every check passed."), "{page:?}");
        let again = post(&mut browser, "/inspect/vector", &file.to_string()).ok();
        assert_eq!(again.json(), file);
        let name = again.headers["content-disposition"].to_str().unwrap();
        assert!(name.contains(file["cases"][0]["ceremony"].as_str().unwrap()), "{name}");
    }
}

#[test]
fn a_login_without_its_key_opens_the_field_for_it() {
    let server = Server::start();
    let mut browser = Browser::open(&server);
    let mut phone = authenticator();
    browser.sign_up(&mut phone, "alice");
    let response = browser.assert(&mut phone, json!({}));
    let failed = post(&mut browser, "/inspect/vector", &response);
    assert_eq!(failed.status, 400);
    let html = failed.html();
    assert!(html.contains("Enter the public key"), "{html}");
    let open = "<details open><summary>Expected values";
    assert!(html.contains(open), "{html}");
    // The page that only inspects it does not.
    assert!(!post(&mut browser, "/inspect", &response).ok().html().contains(open));
}
