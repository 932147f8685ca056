//! The contests, with the contenders that this program has.

#[path = "../../src/ceremonies/inputs.rs"]
mod inputs;
#[path = "../../src/ceremonies/site.rs"]
#[allow(dead_code, reason = "only the other program needs the rest")]
mod site;
#[path = "../../src/ceremonies/webauthn_rs.rs"]
mod webauthn_rs;
#[path = "../../src/ceremonies/webauthn_verify.rs"]
mod webauthn_verify;

use ::webauthn_verify::Algorithm;

use crate::contest::{Accepts, Contender, Contest, Fault};
use crate::machine::versioned;
use inputs::Inputs;
use site::Site;

/// The algorithm that `webauthn-rs-core` 0.6 does not verify.
const LACKS: Algorithm = Algorithm::EdDsa;

/// Prepares the contest with these inputs. Returns `None` if there is nothing to compare.
pub(crate) fn contest(inputs: Inputs) -> Result<Option<Contest<str>>, Fault> {
    let Inputs { name, login, algorithm, anchor, registration, right, wrong } = inputs;
    let algorithm = Algorithm::ALL.iter().find(|known| known.cose_id() == algorithm);
    let algorithm = *algorithm.ok_or("the algorithm is unknown")?;
    if algorithm == LACKS {
        return Ok(None);
    }
    let request = site::passkey(algorithm);
    let site = Site::new(anchor, &request, |_| Ok(registration))?;

    let mut contenders = Vec::new();
    let mut enter = |package, note, accepts: Result<Accepts<str>, Fault>| -> Result<(), Fault> {
        let name = format!("{}{note}", versioned(package)?);
        let accepts = accepts.map_err(|fault| format!("{name}: {fault}"))?;
        contenders.push(Contender { name, accepts });
        Ok(())
    };
    if login {
        enter("webauthn-verify", "", webauthn_verify::login(&site))?;
        enter("webauthn-verify", ", prepared key", webauthn_verify::login_prepared(&site))?;
        enter("webauthn-rs-core", "", webauthn_rs::login(&site))?;
    } else {
        enter("webauthn-verify", "", webauthn_verify::registration(&site))?;
        enter("webauthn-rs-core", "", webauthn_rs::registration(&site))?;
    }
    Ok(Some(Contest { name, right, wrong, contenders }))
}
