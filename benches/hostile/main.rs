//! What one request can cost: for each ceremony the worst requests within the limits, as a table in
//! Markdown.
//!
//! The time is the minimum of 20 runs on one thread: a run that nothing has interrupted. The heap is
//! what was held at most, beyond what was held before.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod chains;
mod large_certificates;
mod large_messages;
mod login;
mod payment;
mod reading;
mod registration;
mod row;
mod self_attestation;
mod site;

use login::logins;
use payment::payments;
use reading::reading;
use registration::registrations;
use row::{Row, header, print_machine, table};

fn main() {
    print_machine();
    let mut worst = Vec::new();
    let (default, demanding) = registrations();
    worst.extend(table("Registration, default policy", &default));
    worst.extend(table("Registration, all quirks, worst policy", &demanding));
    let (logins, asked) = logins();
    worst.extend(table("Login", &logins));
    worst.extend(table("Payment", &payments()));
    let [text, through_serde, flattened] = reading();
    worst.extend(table("Reading with `from_json`", &text));
    worst.extend(table("Reading through serde", &through_serde));
    table("What serde buffers for `#[serde(flatten)]`", &flattened);
    table("What a caller may ask of a response", &asked);
    println!("\n## The worst\n");
    header();
    worst.iter().for_each(Row::print);
}
