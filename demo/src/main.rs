//! A website to try passkeys. It shows every verification step of each registration and login.
//!
//! Read `ceremonies` first: it has the requests of both ceremonies.

mod account;
mod assets;
mod ceremonies;
mod config;
mod failure;
mod guard;
mod inspect;
mod lab;
mod pages;
mod providers;
mod recording;
mod report;
mod session;
mod site;
mod store;
mod time;
mod vector;

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::net::TcpListener;
use webauthn_verify::DecoySecret;

use crate::config::{Config, ConfigProblem};
use crate::site::{Parts, Site};
use crate::store::Store;

/// Expired rows are useless, so it does not matter when exactly they are deleted.
const CLEANING: Duration = Duration::from_secs(60);
/// How long running requests may take after the program was told to stop.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() {
    if std::env::args().len() > 1 {
        print!("{}", Config::HELP);
        return;
    }
    tracing_subscriber::fmt().with_target(false).init();
    if let Err(problem) = run().await {
        eprintln!("{problem}");
        std::process::exit(1);
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let listener = listen(&config).await?;
    let address = listener.local_addr()?;
    let origin = config.origin(address.port());
    let rp = config.relying_party(&origin)?;
    let store = Store::open(&config.database_url).await.map_err(|error| {
        ConfigProblem(format!("the database of DATABASE_URL cannot be opened: {error}"))
    })?;
    let new = URL_SAFE_NO_PAD.encode(session::random_bytes().map_err(|_| "no random bytes")?);
    let secret = URL_SAFE_NO_PAD.decode(store.secret("decoys", &new).await?)?;
    let secret =
        secret.try_into().map_err(|_| "the secret in the database has the wrong length")?;
    let origins = [vec![origin.clone()], config.related_origins.clone()].concat();
    let decoys = DecoySecret::new(&secret);
    let site = Site::new(Parts { rp, store: store.clone(), decoys, origins, config });

    let cleaning = tokio::spawn(clean(store.clone()));
    tracing::info!("listening on {address}");
    println!("Open {origin} in your browser. Press Ctrl-C to stop.");
    let service = site.routes().into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stopped());
    tokio::select! {
        result = serving.into_future() => result?,
        () = grace_is_over() => tracing::warn!("some requests were not finished"),
    }
    cleaning.abort();
    store.close().await;
    Ok(())
}

/// Listens on the first address that is free.
async fn listen(config: &Config) -> Result<TcpListener, Box<dyn Error>> {
    let mut last = None;
    for address in config.addresses() {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = Some(format!("LISTEN: cannot listen on {address}: {error}")),
        }
    }
    Err(last.unwrap_or_default().into())
}

/// Deletes expired rows from time to time.
async fn clean(store: Store) {
    let mut interval = tokio::time::interval(CLEANING);
    loop {
        interval.tick().await;
        if let Err(error) = store.delete_expired().await {
            tracing::error!("expired rows were not deleted: {error}");
        }
    }
}

/// Returns some time after the program should stop. A client that sends only half a request must
/// not keep it running.
async fn grace_is_over() {
    stopped().await;
    tokio::time::sleep(GRACE).await;
}

/// Returns when the program should stop: on Ctrl-C, or when a service manager sends SIGTERM.
/// Running requests are finished first.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
