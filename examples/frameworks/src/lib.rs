//! Passkeys in a web application: the handlers for axum and for actix-web, and the tables of a
//! database.
//!
//! Read [`site`] first: it has the requests of a site with passkeys, without a framework.
//! [`axum`] and [`actix`] put it behind their routes, [`answer`] turns errors into HTTP responses, and
//! [`store`] runs the statements of `sql/`.

pub mod actix;
pub mod answer;
pub mod axum;
pub mod site;
pub mod store;

#[cfg(test)]
mod visit;
