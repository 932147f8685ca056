//! The form for a pasted response.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;
use webauthn_verify::migrate;
use webauthn_verify::parse::CoseKey;

use super::pasted::Pasted;
use crate::report;

/// The fields of the form. An empty field is unknown.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    /// The response as JSON, or a test vector.
    pub response: String,
    pub challenge: String,
    pub rp_id: String,
    /// The origins, separated by white space or commas.
    pub origins: String,
    pub user_verification: String,
    pub public_key: String,
    pub sign_count: String,
    pub user_handle: String,
    pub credential_id: String,
    /// A value of [`BACKUP`]: the backup flags in the record.
    pub backup: String,
    /// The time of the ceremony.
    pub now: String,
}

/// A text field.
struct Field {
    name: &'static str,
    /// The member of a test vector with this value.
    member: &'static str,
    label: &'static str,
    hint: &'static str,
}

const FIELDS: [Field; 8] = [
    Field {
        name: "challenge",
        member: "challenge",
        label: "Challenge",
        hint: "In base64url, as in the options.",
    },
    Field { name: "rp_id", member: "rp_id", label: "RP ID", hint: "For example example.com." },
    Field {
        name: "origins",
        member: "origins",
        label: "Origins",
        hint: "Separated by spaces, for example https://example.com.",
    },
    Field {
        name: "public_key",
        member: "credential.public_key",
        label: "Public key of the credential (for a login)",
        hint: "A COSE_Key or a SubjectPublicKeyInfo in base64url, or a JWK.",
    },
    Field {
        name: "sign_count",
        member: "credential.sign_count",
        label: "Stored signature counter (for a login)",
        hint: "A number.",
    },
    Field {
        name: "user_handle",
        member: "user_handle",
        label: "User handle of the account",
        hint: "In base64url.",
    },
    Field {
        name: "credential_id",
        member: "credential.id",
        label: "Credential ID in the record (for a login)",
        hint: "In base64url.",
    },
    Field {
        name: "now",
        member: "now",
        label: "Time of the ceremony",
        hint: "In UTC, for example 2026-01-31T23:59:59Z. Now if empty.",
    },
];

/// A choice: its value in the form, and its label.
type Choice = (&'static str, &'static str);

const USER_VERIFICATION: [Choice; 3] = [
    ("", "not known: not checked"),
    ("preferred", "preferred or discouraged: not checked"),
    ("required", "required: checked"),
];

/// The backup flags in the record.
const BACKUP: [Choice; 4] = [
    ("", "not known: not checked"),
    ("not-eligible", "not backup eligible"),
    ("eligible", "backup eligible, but not backed up"),
    ("backed-up", "backup eligible and backed up"),
];

impl Form {
    /// Shows the form. `pasted` is what the text field contains, if it can be read. `is_open` opens
    /// the expected values.
    pub fn show(&self, pasted: Option<&Pasted>, is_open: bool) -> Markup {
        let known = |member: &str| pasted.map(|pasted| pasted.text(member)).unwrap_or_default();
        let backup =
            match (&*known("credential.backup_eligible"), &*known("credential.backup_state")) {
                ("false", _) => "not-eligible",
                ("true", "true") => "backed-up",
                ("true", _) => "eligible",
                _ => "",
            };
        let user_verification = match &*known("user_verification") {
            "discouraged" => "preferred".to_owned(),
            word => word.to_owned(),
        };
        html! {
            form.inspect method="post" action="/inspect#result" {
                label for="response" { "Response as JSON, or a file from “Download as test vector”" }
                textarea #response name="response" rows="12" required spellcheck="false"
                    autocomplete="off" autocapitalize="off" { (self.text(pasted)) }
                details open[is_open || self.has_settings()] {
                    summary { "Expected values (optional)" }
                    p {
                        "What you leave empty is taken from the test vector, or else from the \
                         response, if possible."
                    }
                    @for field in FIELDS { (self.field(&field, &known(field.member))) }
                    (self.choice(
                        "backup", "Backup flags in the record (for a login)", &BACKUP, backup,
                    ))
                    (self.choice(
                        "user_verification", "User verification", &USER_VERIFICATION,
                        &user_verification,
                    ))
                }
                div.buttons {
                    button type="submit" { "Inspect" }
                    button type="submit" formaction="/inspect/vector" { "Download as test vector" }
                }
            }
        }
    }

    /// The pasted text. A test vector gets one line for each member.
    fn text(&self, pasted: Option<&Pasted>) -> String {
        let json = pasted.filter(|pasted| pasted.is_vector);
        let json = json.and_then(|_| serde_json::from_str(&self.response).ok());
        json.map_or_else(|| self.response.clone(), |json| report::pretty(&json))
    }

    /// A field. It shows the value in the test vector until another one is entered.
    fn field(&self, field: &Field, known: &str) -> Markup {
        let Field { name, label, hint, .. } = field;
        let hint_id = format!("{name}-hint");
        html! {
            div.field {
                label for=(name) { (label) }
                input type="text" id=(name) name=(name) value=(self.value(name))
                    placeholder=[Some(known).filter(|known| !known.is_empty())]
                    aria-describedby=(hint_id) spellcheck="false" autocomplete="off"
                    autocapitalize="off";
                p.hint id=(hint_id) { (hint) }
            }
        }
    }

    /// A choice. `known` is the value in the test vector.
    fn choice(&self, name: &str, label: &str, choices: &[Choice], known: &str) -> Markup {
        let known = choices.iter().find(|(value, _)| !known.is_empty() && *value == known);
        html! {
            div.field {
                label for=(name) { (label) }
                select id=(name) name=(name) {
                    @for (value, label) in choices {
                        option value=(value) selected[self.value(name) == *value] {
                            @match known {
                                Some((_, known)) if value.is_empty() => {
                                    "as in the test vector: " (known)
                                },
                                _ => (label),
                            }
                        }
                    }
                }
            }
        }
    }

    fn has_settings(&self) -> bool {
        FIELDS.iter().any(|field| !self.value(field.name).is_empty())
            || !self.user_verification.is_empty()
            || !self.backup.is_empty()
    }

    /// Returns the values of the fields that are not empty, as members of a test vector.
    pub fn values(&self) -> Result<Vec<(&'static str, Value)>, String> {
        let mut values = Vec::new();
        for Field { name, member, .. } in FIELDS {
            let text = self.value(name).trim();
            let value = match name {
                _ if text.is_empty() => continue,
                "origins" => {
                    let origins =
                        text.split(|letter: char| letter.is_whitespace() || letter == ',');
                    let origins = origins.filter(|origin| !origin.is_empty());
                    origins.map(str::to_owned).collect::<Vec<_>>().into()
                }
                "public_key" => URL_SAFE_NO_PAD.encode(public_key(text)?).into(),
                "sign_count" => sign_count(text)?.into(),
                _ => text.trim_end_matches('=').into(),
            };
            values.push((member, value));
        }
        match self.user_verification.trim() {
            "" => {}
            word => values.push(("user_verification", word.into())),
        }
        let (eligible, backed_up) = match self.backup.trim() {
            "" => return Ok(values),
            "not-eligible" => (false, false),
            "eligible" => (true, false),
            "backed-up" => (true, true),
            other => return Err(format!("The backup flags are {other:?}, which is unknown.")),
        };
        values.push(("credential.backup_eligible", eligible.into()));
        values.push(("credential.backup_state", backed_up.into()));
        Ok(values)
    }

    fn value(&self, name: &str) -> &str {
        match name {
            "challenge" => &self.challenge,
            "rp_id" => &self.rp_id,
            "origins" => &self.origins,
            "public_key" => &self.public_key,
            "sign_count" => &self.sign_count,
            "user_verification" => &self.user_verification,
            "credential_id" => &self.credential_id,
            "backup" => &self.backup,
            "now" => &self.now,
            _ => &self.user_handle,
        }
    }
}

fn sign_count(text: &str) -> Result<u32, String> {
    let not = || format!("The signature counter is {text:?}, not a number from 0 to {}.", u32::MAX);
    text.parse().map_err(|_| not())
}

/// Reads a public key in any of its forms. Returns it as a COSE_Key.
fn public_key(text: &str) -> Result<Vec<u8>, String> {
    let converted = if text.starts_with('{') {
        migrate::from_jwk(text, None)
    } else {
        let key = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let key = key.map_err(|error| format!("The public key is not base64url: {error}."))?;
        // A SubjectPublicKeyInfo is a SEQUENCE, and a COSE_Key is a CBOR map.
        match key.first() {
            Some(0x30) => migrate::from_spki_der(&key, None),
            _ => CoseKey::parse(&key).map(|_| key.clone()),
        }
    };
    converted.map_err(|failure| format!("The public key: {failure}."))
}
