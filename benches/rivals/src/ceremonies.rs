//! Times the end of each ceremony, from the browser's JSON to the verdict. All contenders get the
//! same challenge, account and response. If a contender consumes a value that comes from a session
//! or a database, cloning or decoding this value is part of the measured time.

mod caden;
mod passki;
mod site;
mod webauthn_rp;
#[cfg(feature = "openssl")]
mod webauthn_rs;
mod webauthn_verify;

use ::webauthn_verify::Algorithm;

use crate::contest::{Accepts, Contender, Contest, Fault, Outcome};
use crate::machine::versioned;
use site::Site;

struct Peer {
    package: &'static str,
    note: &'static str,
    /// Starts a registration and returns the function that ends it. `None` if another entry
    /// measures the same.
    registration: Option<Start>,
    /// Registers, starts a login and returns the function that ends the login.
    login: Start,
}

type Start = fn(&Site) -> Result<Accepts<str>, Fault>;

const PEERS: &[Peer] = &[
    Peer {
        package: "webauthn-verify",
        note: "",
        registration: Some(webauthn_verify::registration),
        login: webauthn_verify::login,
    },
    Peer {
        package: "webauthn-verify",
        note: ", prepared key",
        registration: None,
        login: webauthn_verify::login_prepared,
    },
    Peer {
        package: "passki",
        note: " with `aws-lc-rs`",
        registration: Some(passki::registration),
        login: passki::login,
    },
    Peer {
        package: "caden",
        note: " with `ring`",
        registration: Some(caden::registration),
        login: caden::login,
    },
    #[cfg(feature = "openssl")]
    Peer {
        package: "webauthn-rs-core",
        note: " with `openssl`",
        registration: Some(webauthn_rs::registration),
        login: webauthn_rs::login,
    },
    Peer {
        package: "webauthn_rp",
        note: "",
        registration: Some(webauthn_rp::registration),
        login: webauthn_rp::login,
    },
];

const LOGINS: [(Algorithm, &str); 3] = [
    (Algorithm::Es256, "ES256 login"),
    (Algorithm::EdDsa, "Ed25519 login"),
    (Algorithm::Rs256, "RS256 login"),
];

pub(crate) fn run(rounds: usize) -> Result<Vec<Outcome>, Fault> {
    let mut outcomes = Vec::new();
    for (algorithm, name) in LOGINS {
        outcomes.push(login(algorithm, name)?.run(rounds)?);
    }
    outcomes.push(registration("ES256 registration, `none`")?.run(rounds)?);
    Ok(outcomes)
}

fn login(algorithm: Algorithm, name: &str) -> Result<Contest<str>, Fault> {
    let site = Site::new(algorithm)?;
    let wrong = site::flip_signature(&site.login)?;
    Ok(Contest {
        name: name.to_owned(),
        contenders: contenders(&site, |peer| Some(peer.login))?,
        right: site.login.into_boxed_str(),
        wrong: wrong.into_boxed_str(),
    })
}

fn registration(name: &str) -> Result<Contest<str>, Fault> {
    let site = Site::new(Algorithm::Es256)?;
    let wrong = site::flip_challenge(&site.registration)?;
    Ok(Contest {
        name: name.to_owned(),
        contenders: contenders(&site, |peer| peer.registration)?,
        right: site.registration.into_boxed_str(),
        wrong: wrong.into_boxed_str(),
    })
}

fn contenders(
    site: &Site,
    start: fn(&Peer) -> Option<Start>,
) -> Result<Vec<Contender<str>>, Fault> {
    let mut contenders = Vec::new();
    for peer in PEERS {
        let Some(start) = start(peer) else { continue };
        let name = format!("{}{}", versioned(peer.package)?, peer.note);
        let accepts = start(site).map_err(|fault| format!("{name}: {fault}"))?;
        contenders.push(Contender { name, accepts });
    }
    Ok(contenders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_do_not_check_the_point_of_a_registration_as_the_readme_says() {
        let site = Site::new(Algorithm::Es256).unwrap();
        let body = site::registration_off_the_curve().unwrap();
        let mut accepting = Vec::new();
        for Peer { package, registration, .. } in PEERS {
            let Some(registration) = registration else { continue };
            let accepts = registration(&site).unwrap();
            assert!(accepts(&site.registration), "{package}");
            if accepts(&body) {
                accepting.push(*package);
            }
        }
        assert_eq!(accepting, ["passki", "caden"]);
    }

    #[test]
    fn every_flipped_input_differs_in_nothing_else() {
        let site = Site::new(Algorithm::Es256).unwrap();
        for (right, wrong) in [
            (&site.login, site::flip_signature(&site.login).unwrap()),
            (&site.registration, site::flip_challenge(&site.registration).unwrap()),
        ] {
            let differ = right.bytes().zip(wrong.bytes()).filter(|(right, wrong)| right != wrong);
            assert_eq!(wrong.len(), right.len());
            assert!((1..=2).contains(&differ.count()), "{right}\n{wrong}");
        }
    }
}
