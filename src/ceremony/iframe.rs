//! The pages that may embed a ceremony in a cross-origin iframe (`crossOrigin` and `topOrigin` of
//! client data). Steps 10 and 11 of §7.1, 13 and 14 of §7.2.

use crate::ceremony::origin::Origins;
use crate::encoding::json::JsonString;
use crate::error::{AtStep, Error, ErrorKind, Failure, quote};
use crate::message::client_data::ClientData;
use crate::spec::{Ceremony, Step};

/// The pages that may embed a ceremony in a cross-origin iframe. The default allows no page. Each
/// member allows more pages, independently of the origins of the relying party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Framing {
    /// The allowed top origins.
    pub(crate) listed: Origins,
    /// Whether the top origin may equal the origin of the ceremony.
    pub(crate) same_origin: bool,
    /// Whether the top origin may be any origin.
    pub(crate) any: bool,
    /// Whether the browser may omit the top origin. A top origin that is present is still checked.
    pub(crate) unnamed: bool,
}

impl Framing {
    /// Returns whether any top origin can be allowed.
    fn expects_named(&self) -> bool {
        self.any || self.same_origin || !self.listed.is_empty()
    }

    /// Returns whether a page with this top origin may embed a ceremony of this origin.
    fn allows(&self, top_origin: JsonString<'_>, origin: JsonString<'_>) -> bool {
        // An opaque origin does not identify a page.
        let is_named = top_origin != *"null" && top_origin != *"";
        (self.any && is_named)
            || (self.same_origin && top_origin == origin)
            || self.listed.contains(top_origin)
    }
}

/// Steps 10 and 11 / 13 and 14.
pub(crate) fn check_frame(
    framing: &Framing,
    ceremony: Ceremony,
    client_data: &ClientData<'_>,
) -> Result<(), Error> {
    check_cross_origin(framing, client_data).at(ceremony, Step::CrossOrigin)?;
    if let Some(top_origin) = client_data.top_origin() {
        check_framing(framing).at(ceremony, Step::TopOriginFraming)?;
        check_top_origin(framing, top_origin, client_data.origin())
            .at(ceremony, Step::TopOrigin)?;
    }
    Ok(())
}

/// Step 10 / 13.
fn check_cross_origin(framing: &Framing, client_data: &ClientData<'_>) -> Result<(), Failure> {
    if !client_data.cross_origin() || framing.unnamed {
        return Ok(());
    }
    let detail = match client_data.top_origin() {
        Some(_) if framing.expects_named() => return Ok(()),
        Some(top_origin) => {
            format!(
                "inside a page of {}; no page is allowed to embed it",
                quote(top_origin.chars())
            )
        }
        None => "the browser does not report the embedding page".to_owned(),
    };
    Err(Failure::new(ErrorKind::UnexpectedCrossOrigin, detail))
}

/// Step 11.1 / 14.1.
fn check_framing(framing: &Framing) -> Result<(), Failure> {
    if framing.expects_named() {
        return Ok(());
    }
    let reason = "no page is allowed to embed a ceremony";
    Err(Failure::new(ErrorKind::UnexpectedTopOrigin, reason))
}

/// Step 11.2 / 14.2.
fn check_top_origin(
    framing: &Framing,
    received: JsonString<'_>,
    origin: JsonString<'_>,
) -> Result<(), Failure> {
    if framing.allows(received, origin) {
        return Ok(());
    }
    let data = framing.listed.mismatch(received);
    let received = quote(received.chars());
    let listed = framing.listed.list();
    let detail = match (framing.any, framing.same_origin) {
        (true, _) => format!("{received} does not identify a page"),
        (false, true) if framing.listed.is_empty() => {
            format!("{received} is not the origin of the ceremony, and no other origin is listed")
        }
        (false, true) => {
            format!("{received} is not the origin of the ceremony and not among {listed}")
        }
        (false, false) => format!("{received} is not among {listed}"),
    };
    Err(Failure::new(ErrorKind::UnexpectedTopOrigin, detail).with_data(data))
}
