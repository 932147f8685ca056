//! A browser: it keeps the session cookie, and passes options and responses between the site and an
//! authenticator.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::{HeaderMap, Method, Request, StatusCode};
use ureq::{Agent, Body};
use webauthn_verify_authenticator::SoftwareAuthenticator;

use crate::server::Server;

/// A browser window with its own cookie.
#[derive(Clone)]
pub struct Browser {
    agent: Agent,
    url: String,
    pub origin: String,
    /// The cookie, as `name=value`.
    pub cookie: Option<String>,
}

/// The reply to a request.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Browser {
    /// Opens the start page, so that the browser has a session.
    pub fn open(server: &Server) -> Browser {
        let mut browser = Browser::without_session(server);
        browser.get("/").ok();
        assert!(browser.cookie.is_some());
        browser
    }

    pub fn without_session(server: &Server) -> Browser {
        // The site may close a connection if it has not read the whole body.
        Browser::new(server, 0)
    }

    /// A browser that uses one connection for all its requests.
    #[allow(dead_code)] // Only the benchmark uses it.
    pub fn with_connection(server: &Server) -> Browser {
        Browser::new(server, 1)
    }

    fn new(server: &Server, idle_connections: usize) -> Browser {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_idle_connections(idle_connections)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        let (url, origin) = (server.url.clone(), server.origin.clone());
        Browser { agent: config.into(), url, origin, cookie: None }
    }

    /// The same browser, connected to another instance of the site.
    pub fn at(&self, server: &Server) -> Browser {
        Browser { url: server.url.clone(), ..self.clone() }
    }

    /// Starts a request without the headers that browsers add, except for the cookie.
    pub fn request(&self, method: Method, path: &str) -> ureq::http::request::Builder {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        match &self.cookie {
            Some(cookie) => request.header("Cookie", cookie),
            None => request,
        }
    }

    /// Sends a request, and keeps the cookie of the reply. Returns an error if the connection
    /// breaks.
    pub fn try_send<B: ureq::AsSendBody>(
        &mut self,
        request: Request<B>,
    ) -> Result<Reply, ureq::Error> {
        let mut response: ureq::http::Response<Body> = self.agent.run(request)?;
        let body = response.body_mut().read_to_string()?;
        let headers = response.headers().clone();
        if let Some(cookie) = headers.get("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next();
            self.cookie = pair.map(str::to_owned);
        }
        Ok(Reply { status: response.status(), headers, body })
    }

    pub fn send<B: ureq::AsSendBody>(&mut self, request: Request<B>) -> Reply {
        self.try_send(request).unwrap()
    }

    pub fn get(&mut self, path: &str) -> Reply {
        let request = self.request(Method::GET, path).body(()).unwrap();
        self.send(request)
    }

    /// Sends a POST request with a JSON text, as a page of the site does.
    pub fn try_post(&mut self, path: &str, body: &str) -> Result<Reply, ureq::Error> {
        let request = self
            .request(Method::POST, path)
            .header("Origin", &self.origin)
            .header("Sec-Fetch-Site", "same-origin")
            .header("Content-Type", "application/json")
            .body(body.to_owned())
            .unwrap();
        self.try_send(request)
    }

    pub fn post(&mut self, path: &str, body: &str) -> Reply {
        self.try_post(path, body).unwrap()
    }

    // Ceremonies.

    /// Starts a ceremony, and returns the options.
    pub fn start(&mut self, ceremony: &str, body: Value) -> Value {
        let started = self.post(&format!("/{ceremony}/start"), &body.to_string()).ok().json();
        assert!(started["validFor"].as_i64().unwrap() > 60, "{started}");
        started["options"].clone()
    }

    /// Starts a registration, and returns the response of the authenticator.
    pub fn create(&mut self, authenticator: &mut SoftwareAuthenticator, body: Value) -> String {
        let options = self.start("registration", body);
        authenticator.register(&options, &self.origin).unwrap()
    }

    /// Starts a login, and returns the response of the authenticator.
    pub fn assert(&mut self, authenticator: &mut SoftwareAuthenticator, body: Value) -> String {
        let options = self.start("login", body);
        authenticator.authenticate(&options, &self.origin).unwrap()
    }

    /// Creates an account with a passkey. Returns the signals.
    pub fn sign_up(&mut self, authenticator: &mut SoftwareAuthenticator, name: &str) -> Signals {
        let response = self.create(authenticator, json!({ "name": name }));
        self.post("/registration/finish", &response).ok().signals()
    }

    pub fn add_passkey(&mut self, authenticator: &mut SoftwareAuthenticator) -> Signals {
        let response = self.create(authenticator, json!({}));
        self.post("/registration/finish", &response).ok().signals()
    }

    /// Signs in. The body is the one of `/login/start`.
    pub fn sign_in(&mut self, authenticator: &mut SoftwareAuthenticator, body: Value) -> Signals {
        let response = self.assert(authenticator, body);
        self.post("/login/finish", &response).ok().signals()
    }

    /// Whether an account is signed in: only then the options for another passkey are sent.
    pub fn is_signed_in(&mut self) -> bool {
        self.post("/registration/start", "{}").status == StatusCode::OK
    }
}

impl Reply {
    #[track_caller]
    pub fn ok(self) -> Reply {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json", "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }

    #[track_caller]
    pub fn html(&self) -> &str {
        assert_eq!(self.headers["content-type"], "text/html; charset=utf-8", "{self:?}");
        &self.body
    }

    /// Checks that the reply is a failure with this status. Returns the sentence for the developer.
    #[track_caller]
    pub fn failed(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        let failure = self.json();
        assert!(failure["message"].is_string(), "{self:?}");
        failure["developer"].as_str().unwrap().to_owned()
    }

    /// Reads the signals.
    #[track_caller]
    pub fn signals(&self) -> Signals {
        let signals = self.json();
        let accepted = &signals["allAcceptedCredentials"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        assert_eq!(accepted["rpId"], "localhost");
        if let Some(details) = signals.get("currentUserDetails") {
            assert_eq!(details["userId"], accepted["userId"]);
        }
        Signals {
            user_id: text(&accepted["userId"]),
            passkeys: accepted["allAcceptedCredentialIds"]
                .as_array()
                .unwrap()
                .iter()
                .map(text)
                .collect(),
            name: signals["currentUserDetails"]["name"].as_str().map(str::to_owned),
        }
    }
}

/// What the browser is told about the passkeys of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Signals {
    pub user_id: String,
    /// The credential IDs.
    pub passkeys: Vec<String>,
    pub name: Option<String>,
}

/// A new authenticator that belongs to nobody.
pub fn authenticator() -> SoftwareAuthenticator {
    SoftwareAuthenticator::random().unwrap()
}

/// Returns a member of a response.
pub fn credential_id(response: &str) -> String {
    let response: Value = serde_json::from_str(response).unwrap();
    response["id"].as_str().unwrap().to_owned()
}
