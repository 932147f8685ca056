//! Times the end of each ceremony, from the browser's JSON to the verdict. All contenders get the
//! same challenge, account and response. If a contender consumes a value that comes from a session
//! or a database, cloning or decoding this value is part of the measured time.

pub(crate) mod browser;
mod caden;
pub(crate) mod inputs;
mod passki;
pub(crate) mod site;
mod webauthn_rp;
#[cfg(feature = "openssl")]
mod webauthn_rs;
pub(crate) mod webauthn_verify;

use ::webauthn_verify::Algorithm;
use webauthn_verify_authenticator::AttestationKind;

use crate::contest::{Accepts, Contender, Contest, Fault};
use crate::machine::versioned;
use browser::Browser;
use inputs::Inputs;
use site::Site;

struct Peer {
    package: &'static str,
    note: &'static str,
    /// Starts a registration and returns the function that ends it. `None` if another entry
    /// measures the same.
    registration: Option<Start>,
    /// Whether a registration can require an attestation certificate that leads to a root.
    attestation: bool,
    /// Registers, starts a login and returns the function that ends the login.
    login: Start,
    /// The algorithms whose signatures it does not verify.
    lacks: &'static [Algorithm],
}

type Start = fn(&Site) -> Result<Accepts<str>, Fault>;

const PEERS: &[Peer] = &[
    Peer {
        package: "webauthn-verify",
        note: "",
        registration: Some(webauthn_verify::registration),
        attestation: true,
        login: webauthn_verify::login,
        lacks: &[],
    },
    Peer {
        package: "webauthn-verify",
        note: ", prepared key",
        registration: None,
        attestation: false,
        login: webauthn_verify::login_prepared,
        lacks: &[],
    },
    Peer {
        package: "passki",
        note: " with `aws-lc-rs`",
        registration: Some(passki::registration),
        attestation: true,
        login: passki::login,
        lacks: &[],
    },
    Peer {
        package: "caden",
        note: " with `ring`",
        registration: Some(caden::registration),
        attestation: true,
        login: caden::login,
        lacks: &[],
    },
    #[cfg(feature = "openssl")]
    Peer {
        package: "webauthn-rs-core",
        note: " with `openssl`",
        registration: Some(webauthn_rs::registration),
        attestation: true,
        login: webauthn_rs::login,
        lacks: &[Algorithm::Es384],
    },
    Peer {
        package: "webauthn_rp",
        note: "",
        registration: Some(webauthn_rp::registration),
        attestation: false,
        login: webauthn_rp::login,
        lacks: &[],
    },
];

#[derive(Clone, Copy)]
enum Ceremony {
    Login(Algorithm),
    /// With an ES256 key.
    Registration(AttestationKind),
}

const CONTESTS: &[(&str, Ceremony)] = &[
    ("ES256 login", Ceremony::Login(Algorithm::Es256)),
    ("ES384 login", Ceremony::Login(Algorithm::Es384)),
    ("Ed25519 login", Ceremony::Login(Algorithm::EdDsa)),
    ("RS256 login", Ceremony::Login(Algorithm::Rs256)),
    ("ES256 registration, `none`", Ceremony::Registration(AttestationKind::None)),
    (
        "ES256 registration, `packed` and trusted",
        Ceremony::Registration(AttestationKind::PackedX5c),
    ),
];

/// Returns the names of the contests.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    CONTESTS.iter().map(|(name, _)| *name)
}

/// Prepares the contest with this name.
pub(crate) fn contest(name: &str) -> Result<Contest<str>, Fault> {
    let (site, Inputs { name, anchor, right, wrong, .. }) = inputs_of(name)?;
    let start = |peer: &Peer| match ceremony(&name)? {
        Ceremony::Login(algorithm) => Ok((!peer.lacks.contains(&algorithm)).then_some(peer.login)),
        Ceremony::Registration(_) => {
            Ok(peer.registration.filter(|_| anchor.is_none() || peer.attestation))
        }
    };
    let contenders = contenders(&site, start)?;
    Ok(Contest { name, contenders, right, wrong })
}

/// Returns the inputs of all contests.
pub(crate) fn inputs() -> Result<Vec<Inputs>, Fault> {
    names().map(|name| Ok(inputs_of(name)?.1)).collect()
}

fn ceremony(name: &str) -> Result<Ceremony, Fault> {
    let found = CONTESTS.iter().find(|(other, _)| *other == name);
    Ok(found.ok_or_else(|| format!("there is no contest {name}"))?.1)
}

fn inputs_of(name: &str) -> Result<(Site, Inputs), Fault> {
    let (algorithm, browser, right, wrong) = match ceremony(name)? {
        Ceremony::Login(algorithm) => {
            let browser = Browser::new(algorithm)?;
            let right = browser.logins()?;
            let wrong = browser::flip_signature(right.first().ok_or("there are no logins")?)?;
            (algorithm, browser, right, wrong.into())
        }
        Ceremony::Registration(kind) => {
            let browser = Browser::attested(Algorithm::Es256, kind)?;
            let wrong = match kind.has_certificate() {
                true => browser.registration_of_other_authority()?,
                false => browser::flip_challenge(&browser.site.registration)?.into(),
            };
            let right = browser.registrations()?;
            (Algorithm::Es256, browser, right, wrong)
        }
    };
    let site = browser.site;
    let inputs = Inputs {
        name: name.to_owned(),
        login: matches!(ceremony(name)?, Ceremony::Login(_)),
        algorithm: algorithm.cose_id(),
        anchor: site.anchor.clone(),
        registration: site.registration.clone(),
        right,
        wrong,
    };
    Ok((site, inputs))
}

fn contenders(
    site: &Site,
    start: impl Fn(&Peer) -> Result<Option<Start>, Fault>,
) -> Result<Vec<Contender<str>>, Fault> {
    let mut contenders = Vec::new();
    for peer in PEERS {
        let Some(start) = start(peer)? else { continue };
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
        let browser = Browser::new(Algorithm::Es256).unwrap();
        let site = &browser.site;
        let body = browser.registration_off_the_curve().unwrap();
        let mut accepting = Vec::new();
        for Peer { package, registration, .. } in PEERS {
            let Some(registration) = registration else { continue };
            let accepts = registration(site).unwrap();
            assert!(accepts(&site.registration), "{package}");
            if accepts(&body) {
                accepting.push(*package);
            }
        }
        assert_eq!(accepting, ["passki", "caden"]);
    }

    #[test]
    fn every_contest_has_the_peers_that_can_take_part() {
        let openssl = usize::from(cfg!(feature = "openssl"));
        for name in names() {
            let contest = contest(name).unwrap();
            let expected = match name {
                "ES256 registration, `none`" => 4 + openssl,
                "ES256 registration, `packed` and trusted" => 3 + openssl,
                "ES384 login" => 5,
                _ => 5 + openssl,
            };
            assert_eq!(contest.contenders.len(), expected, "{name}");
            assert_eq!(contest.run(1).unwrap().standings.len(), expected, "{name}");
        }
    }

    #[test]
    fn logins_and_registrations_differ() {
        let browser = Browser::new(Algorithm::Es256).unwrap();
        for mut responses in [browser.logins().unwrap(), browser.registrations().unwrap()] {
            let count = responses.len();
            responses.sort();
            responses.dedup();
            assert_eq!(responses.len(), count);
        }
    }

    #[test]
    fn every_flipped_input_differs_in_nothing_else() {
        let browser = Browser::new(Algorithm::Es256).unwrap();
        let login = String::from(browser.logins().unwrap().remove(0));
        let registration = &browser.site.registration;
        for (right, wrong) in [
            (&login, browser::flip_signature(&login).unwrap()),
            (registration, browser::flip_challenge(registration).unwrap()),
        ] {
            let differ = right.bytes().zip(wrong.bytes()).filter(|(right, wrong)| right != wrong);
            assert_eq!(wrong.len(), right.len());
            assert!((1..=2).contains(&differ.count()), "{right}\n{wrong}");
        }
    }
}
