//! The origins of apps and browser extensions, which run ceremonies but are not web pages (§5.8.1,
//! `origin`). Each platform has its own format. A string in any other format never matches.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::ceremony::page_origin::{Client, split_scheme};
use crate::encoding::{base64url, hex};
use crate::error::{ConfigError, quote};
use crate::signature::sha256;

const ANDROID: &str = "android:apk-key-hash:";
const IOS: &str = "ios:bundle-id:";
const CHROME: &str = "chrome-extension://";
const FIREFOX: &str = "moz-extension://";
const SAFARI: &str = "safari-web-extension://";

/// The length of an Apple team ID in characters. An App ID begins with the team ID.
const TEAM_ID: usize = 10;

/// A lenient decoder for hashes that people write: base64url without padding, with any trailing
/// bits.
const GENEROUS: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Returns the origin of an Android app from the SHA-256 of its signing certificate.
pub(crate) fn of_android_certificate(sha256: &[u8; 32]) -> String {
    format!("{ANDROID}{}", base64url::encode(sha256))
}

/// Checks the origin of an Android app.
pub(crate) fn check_android(origin: String) -> Result<String, ConfigError> {
    check_client(&origin, Client::AndroidApp)?;
    let reason = match certificate_hash(&origin) {
        Hash::Sha256(hash) => {
            let right = of_android_certificate(&hash);
            if right == origin {
                return Ok(origin);
            }
            format!("is not in the form that Android sends; write {right:?}")
        }
        Hash::Other(name) => {
            format!("contains the {name} of the signing certificate; write its SHA-256")
        }
        Hash::Unreadable => format!(
            "does not belong to an Android app; write {ANDROID} and the SHA-256 of the signing \
             certificate, 43 characters of base64url"
        ),
    };
    Err(refuse(&origin, &reason))
}

/// Returns the origin of an iOS app, given its bundle ID or the whole origin.
pub(crate) fn check_ios(bundle_id: &str) -> Result<String, ConfigError> {
    let id = bundle_id.strip_prefix(IOS).unwrap_or(bundle_id);
    let is_good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let is_label = |label: &str| !label.is_empty();
    if let Some((prefix, rest)) = id.split_once('.')
        && prefix.len() == TEAM_ID
        && prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && rest.contains('.')
    {
        return Err(refuse(
            bundle_id,
            &format!("begins with a team ID, which is not part of a bundle ID; write {rest:?}"),
        ));
    }
    if id.bytes().all(is_good) && id.split('.').all(is_label) {
        return Ok(format!("{IOS}{id}"));
    }
    check_client(bundle_id, Client::IosApp)?;
    let id = id.trim();
    let id = match id.get(..IOS.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(IOS) => id.get(IOS.len()..).unwrap_or_default(),
        _ => id,
    };
    let id = id.trim_matches(['/', ' ']);
    if !id.is_empty() && id.bytes().all(is_good) {
        return Err(refuse(
            bundle_id,
            &format!("is not in the form that iOS apps send; write {id:?}"),
        ));
    }
    let reason =
        "is not a bundle ID; write letters, digits, hyphens and dots, such as org.example.app";
    Err(refuse(bundle_id, reason))
}

/// Checks the origin of a browser extension.
pub(crate) fn check_browser_extension(origin: String) -> Result<String, ConfigError> {
    check_client(&origin, Client::BrowserExtension)?;
    let right = serialise_extension(&origin).map_err(|reason| refuse(&origin, reason))?;
    if right == origin {
        return Ok(origin);
    }
    Err(refuse(&origin, &format!("is not in the form that browsers send; write {right:?}")))
}

/// Checks an origin in a format that only its platform knows.
pub(crate) fn check_opaque(origin: String) -> Result<String, ConfigError> {
    let reason = match split_scheme(&origin) {
        _ if !origin.bytes().all(|byte| byte.is_ascii_graphic()) => {
            "contains white space or characters that are not ASCII"
        }
        Some((scheme, _)) => match Client::of_scheme(scheme) {
            Client::Unknown => return Ok(origin),
            client => client.how_to_allow(),
        },
        None => "has no scheme, such as example-os: in example-os:appid:204ffa1a5af110ac",
    };
    Err(refuse(&origin, reason))
}

/// Checks an RP ID that is a URI.
pub(crate) fn check_uri_rp_id(id: String) -> Result<String, ConfigError> {
    let refuse =
        |reason: &str| Err(ConfigError::new(format!("the RP ID {} {reason}", quote(id.chars()))));
    // RFC 3986, appendix A.
    let in_uris = |byte: u8| byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte);
    if !id.bytes().all(in_uris) {
        return refuse("contains white space or other characters that no URI has");
    }
    let Some((scheme, _)) = split_scheme(&id) else {
        return refuse("is not a URI; for a domain, use RelyingParty::new");
    };
    match Client::of_scheme(scheme) {
        Client::Page => refuse(
            "belongs to a web page, and the RP ID of a page is a domain; use RelyingParty::new",
        ),
        Client::AndroidApp | Client::IosApp => {
            refuse("is the origin of an app; use the domain of its site as the RP ID")
        }
        Client::OtherPage => refuse("has a scheme whose pages have no WebAuthn"),
        Client::BrowserExtension => match serialise_extension(&id) {
            Ok(right) if !right.starts_with(CHROME) => refuse(
                "is the origin of a Firefox or Safari extension, which is never used as an RP ID; \
                 use RelyingParty::for_apps with a domain",
            ),
            Ok(right) if right == id => Ok(id),
            Ok(right) => refuse(&format!("is not in the form that browsers use; write {right:?}")),
            Err(reason) => refuse(reason),
        },
        Client::Unknown => Ok(id),
    }
}

/// Returns the RP ID to put into options, so that the browser hashes `id`.
pub(crate) fn rp_id_in_options(id: &str) -> &str {
    // Chromium expects the bare ID of the extension and adds the scheme itself.
    id.strip_prefix(CHROME).unwrap_or(id)
}

/// Fails if the scheme shows that the origin belongs to another kind of client.
fn check_client(origin: &str, wanted: Client) -> Result<(), ConfigError> {
    match split_scheme(origin.trim()).map(|(scheme, _)| Client::of_scheme(scheme)) {
        Some(Client::Unknown) | None => Ok(()),
        Some(client) if client == wanted => Ok(()),
        Some(client) => Err(refuse(origin, client.how_to_allow())),
    }
}

fn refuse(origin: &str, reason: &str) -> ConfigError {
    ConfigError::new(format!("the origin {} {reason}", quote(origin.chars())))
}

/// A hash of a signing certificate.
enum Hash {
    Sha256([u8; 32]),
    /// A hash of another algorithm, with its name.
    Other(&'static str),
    Unreadable,
}

/// Reads a hash in any of the forms in which tools print it.
fn certificate_hash(text: &str) -> Hash {
    let mut hash = text.trim();
    for prefix in [ANDROID, "android:apk-key-hash-sha256:", "SHA256:", "SHA-256:", "SHA1:", "MD5:"]
    {
        match hash.get(..prefix.len()) {
            Some(start) if start.eq_ignore_ascii_case(prefix) => {
                hash = hash.get(prefix.len()..).unwrap_or_default().trim();
            }
            _ => {}
        }
    }
    let digits: String = hash.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    let bytes = match digits.len() {
        // No hash has one of these lengths in base64.
        32 | 40 | 64 => hex::decode(&digits),
        _ => {
            let base64 = hash.trim_end_matches('=').replace('+', "-").replace('/', "_");
            GENEROUS.decode(base64).ok()
        }
    };
    match bytes.as_deref() {
        Some(bytes) if bytes.len() == 16 => Hash::Other("MD5"),
        Some(bytes) if bytes.len() == 20 => Hash::Other("SHA-1"),
        Some(bytes) => bytes.try_into().map_or(Hash::Unreadable, Hash::Sha256),
        None => Hash::Unreadable,
    }
}

/// Reads the origin of an extension, and returns it as browsers serialize it. The error is the
/// reason why `text` is not the origin or ID of an extension.
fn serialise_extension(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let (scheme, rest) = match split_scheme(text) {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest.trim_start_matches('/')),
        // Without a scheme, an ID with `@` belongs to a Firefox add-on. Any other ID is read as the
        // ID of a Chromium extension.
        None if text.contains('@') => ("moz-extension".to_owned(), text),
        None => ("chrome-extension".to_owned(), text),
    };
    let id = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let lower = id.to_ascii_lowercase();
    match scheme.as_str() {
        "chrome-extension" | "extension" => match is_letters(&lower, 32) {
            true => Ok(format!("{CHROME}{lower}")),
            false => Err("does not belong to a browser extension; write chrome-extension:// and \
                          the ID of the extension, 32 letters from a to p"),
        },
        "moz-extension" if is_letters(&lower, 64) || is_uuid(&lower) => {
            Ok(format!("{FIREFOX}{lower}"))
        }
        // The add-on ID in the manifest looks like an email address, or is a UUID in braces.
        "moz-extension" if id.contains('@') || is_in_braces(id) => {
            Ok(format!("{FIREFOX}{}", letters(&sha256(id.as_bytes()))))
        }
        "moz-extension" => Err("does not belong to a browser extension; write moz-extension:// \
                                and 64 letters from a to p, or the UUID of older releases"),
        "safari-web-extension" if is_uuid(&lower) => {
            // The UUID is either all upper case or all lower case.
            let is_upper = !id.bytes().any(|byte| byte.is_ascii_lowercase());
            Ok(format!("{SAFARI}{}", if is_upper { id } else { &lower }))
        }
        _ => Err("does not belong to a browser extension; write chrome-extension://, \
                  moz-extension:// or safari-web-extension://, and its ID"),
    }
}

fn is_letters(id: &str, length: usize) -> bool {
    id.len() == length && id.bytes().all(|byte| matches!(byte, b'a'..=b'p'))
}

/// Returns whether `lower` is a UUID: 8, 4, 4, 4 and 12 hexadecimal digits, separated by hyphens.
fn is_uuid(lower: &str) -> bool {
    let lengths: Vec<usize> = lower.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12]
        && lower.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'))
}

fn is_in_braces(id: &str) -> bool {
    let inside = id.strip_prefix('{').and_then(|id| id.strip_suffix('}'));
    inside.is_some_and(|id| is_uuid(&id.to_ascii_lowercase()))
}

/// Writes each half of a byte as a letter from `a` to `p`.
fn letters(hash: &[u8]) -> String {
    let letter = |half: u8| char::from(b'a' + half);
    hash.iter().flat_map(|byte| [letter(byte >> 4), letter(byte & 15)]).collect()
}
