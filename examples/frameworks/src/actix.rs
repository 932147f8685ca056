//! The handlers for actix-web.
//!
//! A handler takes the body as bytes and parses it itself. `web::Json<AuthenticationResponse>`
//! compiles too, but if parsing fails, actix-web answers before the handler runs: with status 400
//! and the error text of serde in the body. The error kind and the step are lost before they can be
//! logged.

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Json, PayloadConfig, ReqData, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use webauthn_verify::{
    AuthenticationResponse, CreationOptions, RegistrationResponse, RequestOptions,
};

use crate::answer::Answer;
use crate::site::{Session, Site};

/// The routes. Add the middleware of your sessions, which adds a `Session` to every request.
pub fn routes(site: Data<Site>) -> impl FnOnce(&mut ServiceConfig) {
    |config| {
        config
            .app_data(site)
            // The crate has the same limit.
            .app_data(PayloadConfig::new(256 * 1024))
            .route("/registration/start", web::post().to(start_registration))
            .route("/registration/finish", web::post().to(finish_registration))
            .route("/login/start", web::post().to(start_login))
            .route("/login/start/conditional", web::post().to(start_conditional_login))
            .route("/login/start/name", web::post().to(start_login_by_name))
            .route("/login/finish", web::post().to(finish_login));
    }
}

async fn start_registration(
    site: Data<Site>,
    session: ReqData<Session>,
) -> Result<Json<CreationOptions>, Answer> {
    Ok(Json(site.start_registration(&session)?))
}

async fn finish_registration(
    site: Data<Site>,
    session: ReqData<Session>,
    body: Bytes,
) -> Result<HttpResponse, Answer> {
    let response = RegistrationResponse::from_json(body)?;
    site.finish_registration(&session, &response)?;
    Ok(HttpResponse::NoContent().finish())
}

async fn start_login(
    site: Data<Site>,
    session: ReqData<Session>,
) -> Result<Json<RequestOptions>, Answer> {
    Ok(Json(site.start_login(&session)?))
}

async fn start_conditional_login(
    site: Data<Site>,
    session: ReqData<Session>,
) -> Result<Json<RequestOptions>, Answer> {
    Ok(Json(site.start_conditional_login(&session)?))
}

/// The body is the user name.
async fn start_login_by_name(
    site: Data<Site>,
    session: ReqData<Session>,
    name: String,
) -> Result<Json<RequestOptions>, Answer> {
    Ok(Json(site.start_login_by_name(&session, &name)?))
}

async fn finish_login(
    site: Data<Site>,
    session: ReqData<Session>,
    body: Bytes,
) -> Result<HttpResponse, Answer> {
    let response = AuthenticationResponse::from_json(body)?;
    let _user_handle = site.finish_login(&session, &response)?;
    // Here your application starts a new session for this user.
    Ok(HttpResponse::NoContent().finish())
}

impl ResponseError for Answer {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).json(self)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::{App, HttpMessage};

    use super::*;
    use crate::visit::{self, Reply};

    #[test]
    fn a_visitor_registers_and_logs_in() {
        actix_web::rt::System::new().block_on(visit());
    }

    async fn visit() {
        let site = Data::new(visit::site());
        let app = init_service(App::new().configure(routes(site))).await;
        visit::run(async |session, path, body| {
            let request = TestRequest::post().uri(path).set_payload(body).to_request();
            request.extensions_mut().insert(session);
            let response = call_service(&app, request).await;
            let status = response.status().as_u16();
            Reply { status, body: String::from_utf8(read_body(response).await.to_vec()).unwrap() }
        })
        .await;
    }
}
