//! The form for a pasted response.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::report;

/// The fields of the form. An empty field is unknown.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    /// The response as JSON, or a whole vector file with one case.
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
    /// The labels of the fields that a vector file filled.
    #[serde(skip)]
    pub filled: Vec<&'static str>,
    /// The members of a vector file that this page does not use.
    #[serde(skip)]
    pub unused: Vec<String>,
}

/// A text field: its name, its label, and a hint.
const FIELDS: [(&str, &str, &str); 8] = [
    ("challenge", "Challenge", "In base64url, as in the options."),
    ("rp_id", "RP ID", "For example example.com."),
    ("origins", "Origins", "Separated by spaces, for example https://example.com."),
    (
        "public_key",
        "Public key of the credential (for a login)",
        "A COSE_Key or a SubjectPublicKeyInfo in base64url, or a JWK.",
    ),
    ("sign_count", "Stored signature counter (for a login)", "A number."),
    ("user_handle", "User handle of the account", "In base64url."),
    ("credential_id", "Credential ID in the record (for a login)", "In base64url."),
    ("now", "Time of the ceremony", "In UTC, for example 2026-01-31T23:59:59Z. Now if empty."),
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
    pub fn show(&self) -> Markup {
        html! {
            form.inspect method="post" action="/inspect#result" {
                label for="response" { "Response as JSON, or a file from “Download as test vector”" }
                textarea #response name="response" rows="12" required spellcheck="false"
                    autocomplete="off" autocapitalize="off" { (self.response) }
                details open[self.has_settings()] {
                    summary { "Expected values (optional)" }
                    p { "What you leave empty is taken from the response itself, if possible." }
                    @for (name, label, hint) in FIELDS { (self.field(name, label, hint)) }
                    (self.choice("backup", "Backup flags in the record (for a login)", &BACKUP))
                    (self.choice("user_verification", "User verification", &USER_VERIFICATION))
                }
                div.buttons {
                    button type="submit" { "Inspect" }
                    button type="submit" formaction="/inspect/vector" { "Download as test vector" }
                }
            }
        }
    }

    fn field(&self, name: &str, label: &str, hint: &str) -> Markup {
        let hint_id = format!("{name}-hint");
        html! {
            div.field {
                label for=(name) { (label) }
                input type="text" id=(name) name=(name) value=(self.value(name))
                    aria-describedby=(hint_id) spellcheck="false" autocomplete="off"
                    autocapitalize="off";
                p.hint id=(hint_id) { (hint) }
            }
        }
    }

    fn choice(&self, name: &str, label: &str, choices: &[Choice]) -> Markup {
        html! {
            div.field {
                label for=(name) { (label) }
                select id=(name) name=(name) {
                    @for (value, label) in choices {
                        option value=(value) selected[self.value(name) == *value] { (label) }
                    }
                }
            }
        }
    }

    fn has_settings(&self) -> bool {
        FIELDS.iter().any(|(name, ..)| !self.value(name).is_empty())
            || self.user_verification == "required"
            || !self.backup.is_empty()
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

    /// If the pasted text is a vector file with one case, or such a case, puts its members into the
    /// fields that are empty.
    pub fn unfold(&mut self) -> Result<(), String> {
        let Ok(Value::Object(mut file)) = serde_json::from_str(&self.response) else {
            return Ok(());
        };
        let case = match file.remove("cases") {
            Some(Value::Array(mut cases)) if cases.len() == 1 => cases.pop(),
            Some(Value::Array(cases)) => {
                return Err(format!("The file has {} cases. Paste one of them.", cases.len()));
            }
            Some(_) => return Err("The member cases is not a list.".to_owned()),
            None if file.contains_key("ceremony") => Some(Value::Object(std::mem::take(&mut file))),
            None => None,
        };
        match case {
            Some(Value::Object(case)) => self.take(case, &file),
            Some(_) => return Err("The case is not an object.".to_owned()),
            None => {}
        }
        Ok(())
    }

    /// Puts the members of a case into the fields that are empty. `file` has the defaults.
    fn take(&mut self, case: Map<String, Value>, file: &Map<String, Value>) {
        // The members that this page uses, and those that do not change the verdict.
        const KNOWN: [&str; 12] = [
            "name",
            "source",
            "ceremony",
            "expect",
            "now",
            "response",
            "rp_id",
            "origins",
            "credential",
            "challenge",
            "user_verification",
            "user_handle",
        ];
        let own = |name: &str| case.get(name).filter(|own| !own.is_null()).or(file.get(name));
        let record = |name: &str| case.get("credential").and_then(|record| record.get(name));
        let backup = match (record("backup_eligible"), record("backup_state")) {
            (Some(Value::Bool(false)), _) => Some(Value::from("not-eligible")),
            (Some(Value::Bool(true)), Some(Value::Bool(true))) => Some("backed-up".into()),
            (Some(Value::Bool(true)), _) => Some("eligible".into()),
            _ => None,
        };
        for (field, label, value) in [
            (&mut self.challenge, "challenge", case.get("challenge")),
            (&mut self.rp_id, "RP ID", own("rp_id")),
            (&mut self.origins, "origins", own("origins")),
            (&mut self.user_verification, "user verification", case.get("user_verification")),
            (&mut self.public_key, "public key", record("public_key")),
            (&mut self.sign_count, "signature counter", record("sign_count")),
            (
                &mut self.user_handle,
                "user handle",
                case.get("user_handle").or(record("user_handle")),
            ),
            (&mut self.credential_id, "credential ID", record("id")),
            (&mut self.backup, "backup flags", backup.as_ref()),
            (&mut self.now, "time", case.get("now")),
        ] {
            let text = value.map(text_of).unwrap_or_default();
            if field.trim().is_empty() && !text.is_empty() {
                *field = text;
                self.filled.push(label);
            }
        }
        let unused = case.keys().filter(|name| !KNOWN.contains(&&***name));
        self.unused = unused.cloned().collect();
        let response = case.get("response").unwrap_or(&Value::Null);
        self.response = report::pretty(response);
    }
}

/// Returns a value as the text of a field.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
