//! Passkeys in a web application: handlers for axum and actix-web, and the tables of a database.
//!
//! Read [`site`] first: it handles the requests of a site with passkeys, without a framework.
//! [`axum`] and [`actix`] add the routes, [`answer`] turns errors into HTTP responses, and
//! [`store`] runs the statements in `sql/`.

pub mod actix;
pub mod answer;
pub mod axum;
pub mod site;
pub mod store;

#[cfg(test)]
mod visit;
