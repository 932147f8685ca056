//! The site: what every request needs, and all routes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension};
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use tower_http::timeout::TimeoutLayer;
use webauthn_verify::{DecoySecret, RelyingParty};

use crate::config::Config;
use crate::store::{Purpose, Store};
use crate::{account, assets, ceremonies, guard, inspect, lab, report};

/// The largest body of a request, in bytes. It is the largest response that the crate reads.
const MAX_BODY: usize = 256 * 1024;

/// The time for one request, with reading its body. Slow clients must not keep connections open.
const MAX_TIME: Duration = Duration::from_secs(30);

/// Everything that a request needs. It does not change while the program runs.
#[derive(Clone)]
pub struct Site(Arc<Parts>);

pub struct Parts {
    pub rp: RelyingParty,
    pub store: Store,
    pub decoys: DecoySecret,
    /// The origins of the site. The first one is its own, the others are related origins.
    pub origins: Vec<String>,
    pub config: Config,
}

impl std::ops::Deref for Site {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Site {
    pub fn new(parts: Parts) -> Site {
        Site(Arc::new(parts))
    }

    pub fn is_https(&self) -> bool {
        self.origins.iter().all(|origin| origin.starts_with("https://"))
    }

    pub fn routes(self) -> Router {
        // Every request that starts or finishes a ceremony is counted.
        let ceremonies = Router::new()
            .route("/registration/start", post(ceremonies::start_registration))
            .route("/registration/finish", post(ceremonies::finish_registration))
            .route("/login/start", post(ceremonies::start_login))
            .route("/login/finish", post(ceremonies::finish_login))
            .route("/lab/start", post(lab::start))
            .route("/lab/finish", post(lab::finish))
            .route("/inspect", post(inspect::inspect))
            .route("/inspect/vector", post(inspect::vector))
            .merge(faults(Purpose::Site))
            .merge(faults(Purpose::Lab))
            .route_layer(middleware::from_fn_with_state(self.clone(), guard::count));
        Router::new()
            .merge(ceremonies)
            .route("/", get(account::page))
            .route("/passkeys/{id}/rename", post(account::rename_passkey))
            .route("/passkeys/{id}/delete", post(account::delete_passkey))
            .route("/sign-out", post(account::sign_out))
            .route("/sign-out-everywhere", post(account::sign_out_everywhere))
            .route("/account/delete", post(account::delete_account))
            .merge(reports(Purpose::Site))
            .merge(reports(Purpose::Lab))
            .route("/lab", get(lab::page))
            .route("/lab/clear", post(lab::clear))
            .route("/inspect", get(inspect::page))
            .route("/assets/{name}", get(assets::file))
            .route("/.well-known/webauthn", get(account::related_origins))
            .fallback(guard::not_found)
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MAX_TIME))
            .layer(middleware::from_fn_with_state(self.clone(), guard::protect))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(self)
    }
}

/// The report on the last ceremony with this purpose.
fn reports(purpose: Purpose) -> Router<Site> {
    let path = purpose.report();
    Router::new()
        .route(path, get(report::last))
        .route(&format!("{path}/vector"), get(report::vector))
        .layer(Extension(purpose))
}

/// The requests that verify the response of this ceremony again, broken in one way.
fn faults(purpose: Purpose) -> Router<Site> {
    Router::new()
        .route(&format!("{}/{{fault}}", purpose.report()), post(report::broken))
        .layer(Extension(purpose))
}
