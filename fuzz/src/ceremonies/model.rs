//! The verdict on a ceremony, from its description alone: the steps of §7.1 and §7.2 as a list of
//! conditions. The first one that holds is the step that fails.

use super::description::{
    Arrival, CREATE, ClientData, Counter, Description, GET, Handle, Kind, OnChange, PARTNER,
    Policy, Signature, Statement, Verification,
};

const OWN: &str = "https://example.com";

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const CREDENTIAL: u8 = 0x40;

/// Returns the number of the step that fails, or `None` if the ceremony succeeds.
pub fn failing_step(ceremony: &Description) -> Option<&'static str> {
    let steps = match ceremony.kind {
        Kind::Registration => registration(ceremony),
        Kind::Login => login(ceremony),
    };
    steps.into_iter().find(|(_, fails)| *fails).map(|(step, _)| step)
}

type Steps = Vec<(&'static str, bool)>;

/// The steps of §7.1.
fn registration(ceremony: &Description) -> Steps {
    let Description { policy, request, client_data, response, .. } = ceremony;
    let has = |flag| response.flags & flag != 0;
    let certified = matches!(response.statement, Statement::Certified);
    vec![
        // The response is read first.
        ("3", response.raw_id_differs),
        ("1", is_out_of_time(ceremony)),
        ("6", is_malformed(client_data)),
        ("7", client_data.ceremony_type != CREATE),
        ("8", !client_data.own_challenge),
        ("9", !is_own_origin(policy, client_data.origin)),
        ("10", is_unexpected_frame(policy, client_data)),
        ("11.1", client_data.top_origin.is_some() && !allows_named_frames(policy)),
        ("11.2", is_unexpected_top(policy, client_data)),
        ("13", !response.flags_fit || response.trailing_byte || !has(CREDENTIAL)),
        ("13", response.other_id),
        ("14", !response.own_rp_id),
        ("15", !has(USER_PRESENT) && !request.conditional),
        ("16", !has(USER_VERIFIED) && request.verification == Verification::Required),
        ("17", has(BACKED_UP) && !has(ELIGIBLE)),
        ("18", policy.eligible.is_some_and(|eligible| eligible != has(ELIGIBLE))),
        ("19", policy.backed_up && !has(BACKED_UP)),
        ("20", request.other_algorithm || response.key_off_curve),
        ("21", response.statement == Statement::UnknownFormat),
        ("22", response.statement == Statement::NoneWithMember),
        ("22", response.statement == Statement::SelfAttestationOfOther),
        ("24", policy.trust && !certified),
        ("26", request.excluded),
    ]
}

/// The steps of §7.2.
fn login(ceremony: &Description) -> Steps {
    let Description { policy, request, client_data, response, .. } = ceremony;
    let has = |flag| response.flags & flag != 0;
    let (gained, lost) = match request.stored_backup {
        Some((eligible, _)) => (!eligible && has(ELIGIBLE), eligible && !has(ELIGIBLE)),
        None => (false, false),
    };
    let no_handle = matches!(response.handle, Handle::Absent | Handle::Empty);
    let stored = request.stored_counter;
    let not_increased = (stored != 0 || response.counter != 0) && response.counter <= stored;
    vec![
        // The response is read first.
        ("3", response.raw_id_differs),
        ("1", is_out_of_time(ceremony)),
        ("5", request.named_user && response.other_id),
        ("6", response.other_id || response.handle == Handle::Other),
        ("6", no_handle && !request.named_user),
        ("9", is_malformed(client_data)),
        ("10", client_data.ceremony_type != GET),
        ("11", !client_data.own_challenge),
        ("12", !is_own_origin(policy, client_data.origin)),
        ("13", is_unexpected_frame(policy, client_data)),
        ("14.1", client_data.top_origin.is_some() && !allows_named_frames(policy)),
        ("14.2", is_unexpected_top(policy, client_data)),
        ("15", !response.flags_fit || response.trailing_byte || !response.own_rp_id),
        ("16", !has(USER_PRESENT)),
        ("17", !has(USER_VERIFIED) && request.verification == Verification::Required),
        ("18", has(BACKED_UP) && !has(ELIGIBLE)),
        ("19.1", lost && policy.on_change != OnChange::Report),
        ("19.2", gained && policy.on_change == OnChange::Refuse),
        ("19.3", policy.backed_up && !has(BACKED_UP)),
        ("21", response.signature != Signature::Right),
        ("22", not_increased && policy.counter == Counter::Refuse),
    ]
}

fn is_out_of_time(ceremony: &Description) -> bool {
    matches!(ceremony.arrival, Arrival::AfterTheEnd | Arrival::BeforeTheStart)
}

/// Returns whether the client data is not the JSON of client data.
fn is_malformed(client_data: &ClientData) -> bool {
    let cross_origin = client_data.cross_origin.unwrap_or("false");
    client_data.repeated_origin
        || !matches!(client_data.tail, "" | " \r\n\t")
        || !matches!(cross_origin, "true" | "false")
        || (client_data.top_origin.is_some() && cross_origin != "true")
}

fn is_own_origin(policy: &Policy, origin: &str) -> bool {
    let below = ["https://www.example.com", "https://a.b.example.com"];
    origin == OWN || (policy.subdomains && below.contains(&origin))
}

/// Returns whether some page that the browser names may frame the ceremony.
fn allows_named_frames(policy: &Policy) -> bool {
    policy.framed_by_partner || policy.framed_by_same_origin || policy.framed_by_any
}

/// `crossOrigin` is true, and the relying party does not allow it in this form.
fn is_unexpected_frame(policy: &Policy, client_data: &ClientData) -> bool {
    let allowed = match client_data.top_origin {
        None => policy.framed_unnamed,
        Some(_) => allows_named_frames(policy) || policy.framed_unnamed,
    };
    client_data.cross_origin == Some("true") && !allowed
}

fn is_unexpected_top(policy: &Policy, client_data: &ClientData) -> bool {
    client_data.top_origin.is_some_and(|top| {
        let allowed = (policy.framed_by_partner && top == PARTNER)
            || (policy.framed_by_same_origin && top == client_data.origin)
            // An opaque origin names no page.
            || (policy.framed_by_any && top != "null");
        !allowed
    })
}
