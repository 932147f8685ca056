//! Starts the built program and talks HTTP to it, with software authenticators as the browsers.

mod accounts;
mod browser;
mod databases;
mod inspect;
mod postgresql;
mod process;
mod requests;
mod server;
mod sessions;
