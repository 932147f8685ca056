//! The handlers for axum.
//!
//! A handler takes the body as bytes and parses it itself. `Json<AuthenticationResponse>` compiles
//! too, but if parsing fails, axum answers before the handler runs: with status 400 or 422 and the
//! error text of serde in the body. The error kind and the step are lost before they can be logged.

use std::sync::Arc;

use ::axum::body::Bytes;
use ::axum::extract::{DefaultBodyLimit, State};
use ::axum::http::StatusCode;
use ::axum::response::{IntoResponse, Response};
use ::axum::routing::post;
use ::axum::{Extension, Json, Router};
use webauthn_verify::{
    AuthenticationResponse, CreationOptions, RegistrationResponse, RequestOptions,
};

use crate::answer::Answer;
use crate::site::{Session, Site};

/// The routes. Add the layer of your sessions, which adds a `Session` to every request.
pub fn routes(site: Arc<Site>) -> Router {
    Router::new()
        .route("/registration/start", post(start_registration))
        .route("/registration/finish", post(finish_registration))
        .route("/login/start", post(start_login))
        .route("/login/start/conditional", post(start_conditional_login))
        .route("/login/start/name", post(start_login_by_name))
        .route("/login/finish", post(finish_login))
        // The crate has the same limit, but axum would first read up to 2 MiB into memory.
        .layer(DefaultBodyLimit::max(256 * 1024))
        .with_state(site)
}

async fn start_registration(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Session>,
) -> Result<Json<CreationOptions>, Answer> {
    Ok(Json(site.start_registration(&session)?))
}

async fn finish_registration(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Session>,
    body: Bytes,
) -> Result<StatusCode, Answer> {
    let response = RegistrationResponse::from_json(body)?;
    site.finish_registration(&session, &response)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn start_login(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Session>,
) -> Result<Json<RequestOptions>, Answer> {
    Ok(Json(site.start_login(&session)?))
}

async fn start_conditional_login(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Session>,
) -> Result<Json<RequestOptions>, Answer> {
    Ok(Json(site.start_conditional_login(&session)?))
}

/// The body is the user name.
async fn start_login_by_name(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Session>,
    name: String,
) -> Result<Json<RequestOptions>, Answer> {
    Ok(Json(site.start_login_by_name(&session, &name)?))
}

async fn finish_login(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Session>,
    body: Bytes,
) -> Result<StatusCode, Answer> {
    let response = AuthenticationResponse::from_json(body)?;
    let _user_handle = site.finish_login(&session, &response)?;
    // Here your application starts a new session for this user.
    Ok(StatusCode::NO_CONTENT)
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status);
        (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(self)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use ::axum::body::{Body, to_bytes};
    use ::axum::http::Request;
    use tower::ServiceExt;

    use super::*;
    use crate::visit::{self, Reply};

    #[test]
    fn a_visitor_registers_and_logs_in() {
        actix_web::rt::System::new().block_on(visit());
    }

    async fn visit() {
        let routes = routes(Arc::new(visit::site()));
        visit::run(async |session, path, body| {
            let request = Request::post(path).extension(session).body(Body::from(body)).unwrap();
            let response = routes.clone().oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            Reply { status, body: String::from_utf8(body.to_vec()).unwrap() }
        })
        .await;
    }
}
