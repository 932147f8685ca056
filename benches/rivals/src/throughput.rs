//! Measures `webauthn-verify` alone: logins a second, and what a login and a registration cost in
//! different settings.

use std::fmt::Display;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use webauthn_verify::{
    Algorithm, AuthenticationRequest, AuthenticationResponse, Credential, RelyingParty,
};
use webauthn_verify_authenticator::{AttestationKind, SoftwareAuthenticator};

use crate::ceremonies::browser::{self, Browser};
use crate::ceremonies::site::{self, ORIGIN, RP_ID, Site};
use crate::ceremonies::webauthn_verify as ours;
use crate::contest::{Contender, Contest, Fault, Standing, median};

const THREADS: [usize; 2] = [1, 2];
/// The time that the threads verify logins in one round.
const LENGTH: Duration = Duration::from_millis(50);
const CREDENTIALS: [usize; 3] = [1, 8, 64];
const ORIGINS: [usize; 3] = [1, 8, 64];

/// Measures everything, and then prints the tables.
pub(crate) fn print(rounds: usize) -> Result<(), Fault> {
    eprintln!("logins a second ...");
    let rates = logins_a_second(rounds)?;
    let mut sizes = sizes()?.run(rounds)?.standings.into_iter();
    let kinds = AttestationKind::ALL.iter();
    let registrations: Vec<_> =
        kinds.map(|&kind| registration(kind, rounds)).collect::<Result<_, _>>()?;

    println!("ES256 logins a second, median:\n");
    header("", THREADS.map(|count| counted(count, "thread")));
    for (name, rates) in rates {
        row(name, rates.map(|rate| format!("{rate:.0}")));
    }
    println!("\nES256 login with prepared keys, microseconds, median:\n");
    header("", ORIGINS.map(|count| counted(count, "origin")));
    for credentials in CREDENTIALS {
        let times = sizes.by_ref().take(ORIGINS.len()).map(|standing| microseconds(&standing));
        row(&counted(credentials, "credential"), times);
    }
    println!("\nES256 registration, microseconds, median:\n");
    header("attestation", ["time", "bytes of the response"]);
    for Registration { format, bytes, standing } in registrations {
        row(&format, [microseconds(&standing), bytes.to_string()]);
    }
    Ok(())
}

fn header<const N: usize>(name: &str, columns: [impl Display; N]) {
    row(name, columns);
    println!("|---|{}", "---:|".repeat(N));
}

fn row(name: &str, cells: impl IntoIterator<Item = impl Display>) {
    let cells: Vec<String> = cells.into_iter().map(|cell| cell.to_string()).collect();
    println!("| {name} | {} |", cells.join(" | "));
}

fn counted(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

fn microseconds(standing: &Standing) -> String {
    format!("{:.1}", standing.in_turn.median / 1000.0)
}

/// Returns the logins a second for each number of threads, with a plain record and with a prepared
/// key.
fn logins_a_second(rounds: usize) -> Result<[(&'static str, [f64; THREADS.len()]); 2], Fault> {
    let browser = Browser::new(Algorithm::Es256)?;
    let (site, logins) = (&browser.site, browser.logins()?);
    let prepared = [prepare(&site.account[0])?];
    let measure = |account: &[Credential]| -> Result<[f64; THREADS.len()], Fault> {
        let mut rates = THREADS.map(|_| Vec::new());
        for _ in 0..rounds {
            for (threads, rates) in THREADS.into_iter().zip(&mut rates) {
                rates.push(rate(site, &logins, account, threads)?);
            }
        }
        Ok(rates.map(median))
    };
    Ok([("plain record", measure(&site.account)?), ("prepared key", measure(&prepared)?)])
}

/// Returns the logins a second of all threads together.
fn rate(
    site: &Site,
    logins: &[Box<str>],
    account: &[Credential],
    threads: usize,
) -> Result<f64, Fault> {
    let (rp, pending) = (&site.rp, &site.pending_login);
    let accepts = |body: &str| {
        AuthenticationResponse::from_json(body).and_then(|response| {
            rp.finish_authentication(pending.clone(), &response, account, site::now())
        })
    };
    let work = || {
        let (mut count, start) = (0_u32, Instant::now());
        for body in logins.iter().cycle() {
            if start.elapsed() >= LENGTH {
                break;
            }
            let _verdict = black_box(accepts(body)?);
            count += 1;
        }
        Ok(f64::from(count) / start.elapsed().as_secs_f64())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut total = 0.0;
        for thread in threads {
            let rate: Result<f64, webauthn_verify::Error> =
                thread.join().map_err(|_| "a thread has panicked")?;
            total += rate?;
        }
        Ok(total)
    })
}

fn prepare(credential: &Credential) -> Result<Credential, Fault> {
    Ok(credential.clone().with_prepared_key()?)
}

/// Returns a contest between accounts and sites of different sizes. The login uses the last
/// credential of the account and the last origin of the site.
fn sizes() -> Result<Contest<str>, Fault> {
    let browser = Browser::new(Algorithm::Es256)?;
    let (site, right) = (&browser.site, browser.logins()?);
    let wrong = browser::flip_signature(right.first().ok_or("there are no logins")?)?;
    let mut contenders = Vec::new();
    for credentials in CREDENTIALS {
        for origins in ORIGINS {
            let name = format!("{credentials} credentials, {origins} origins");
            let others = (1..origins).map(|index| format!("https://{index}.example.com"));
            let rp = RelyingParty::new(RP_ID, others.chain([ORIGIN.to_owned()]))?;
            let mut account =
                (1..credentials).map(other_credential).collect::<Result<Vec<_>, _>>()?;
            account.push(prepare(&site.account[0])?);
            let request = AuthenticationRequest::passkey().challenge(&site::CHALLENGE);
            let (_, pending) = rp.start_authentication(&request, site::now())?;
            contenders.push(Contender { name, accepts: ours::finish_login(rp, pending, account) });
        }
    }
    Ok(Contest { name: "sizes".to_owned(), right, wrong: wrong.into(), contenders })
}

/// Returns the credential of another authenticator, with a prepared key.
fn other_credential(index: usize) -> Result<Credential, Fault> {
    let seed = format!("rivals {index}");
    let mut authenticator = SoftwareAuthenticator::from_seed(seed.as_bytes());
    let request = site::passkey(Algorithm::Es256);
    let site = Site::new(None, &request, |options| Ok(authenticator.register(options, ORIGIN)?))?;
    prepare(&site.account[0])
}

struct Registration {
    /// The name of the attestation format, with the kind of attestation if the format has several.
    format: String,
    bytes: usize,
    standing: Standing,
}

/// Times registrations with this kind of attestation. If the attestation has a certificate, the
/// site requires that it leads to a root.
fn registration(kind: AttestationKind, rounds: usize) -> Result<Registration, Fault> {
    let format = match kind {
        AttestationKind::None => "`none`",
        AttestationKind::PackedSelf => "`packed`, self",
        AttestationKind::PackedX5c => "`packed`, certificate",
        AttestationKind::Tpm => "`tpm`",
        AttestationKind::AndroidKey => "`android-key`",
        AttestationKind::AndroidSafetyNet => "`android-safetynet`",
        AttestationKind::FidoU2f => "`fido-u2f`",
        AttestationKind::Apple => "`apple`",
        AttestationKind::Compound => "`compound` of `packed` and `apple`",
        _ => return Err(format!("{kind:?} has no name here").into()),
    };
    let browser = Browser::attested(Algorithm::Es256, kind)?;
    let site = &browser.site;
    let contest = Contest {
        name: format!("registration, {format}"),
        right: browser.registrations()?,
        wrong: browser::flip_challenge(&site.registration)?.into(),
        contenders: vec![Contender { name: format.to_owned(), accepts: ours::registration(site)? }],
    };
    let standing = contest.run(rounds)?.standings.pop().ok_or("nothing was measured")?;
    Ok(Registration { format: format.to_owned(), bytes: site.registration.len(), standing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_counted_on_every_number_of_threads() {
        let [(_, plain), (_, prepared)] = logins_a_second(1).unwrap();
        assert!(plain.into_iter().chain(prepared).all(|rate| rate > 100.0));
    }

    #[test]
    fn every_size_and_every_attestation_is_accepted() {
        let standings = sizes().unwrap().run(1).unwrap().standings;
        assert_eq!(standings.len(), CREDENTIALS.len() * ORIGINS.len());
        for &kind in AttestationKind::ALL {
            let Registration { bytes, standing, .. } = registration(kind, 1).unwrap();
            assert!(bytes > 500 && standing.in_turn.median > 1000.0, "{kind:?}");
        }
    }
}
