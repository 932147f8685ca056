//! Measures the most expensive requests within the limits for each ceremony, and prints Markdown
//! tables.
//!
//! The time is the minimum of 20 runs on one thread, because the fastest run is the one that was
//! not interrupted. The heap is the peak during a run, without the memory that was allocated before
//! it.
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
    table("Reading through `#[serde(flatten)]`", &flattened);
    table("Methods of a response", &asked);
    println!("\n## The worst\n");
    header();
    worst.iter().for_each(Row::print);
}
