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
    /// The members of a vector file that this page does not use.
    #[serde(skip)]
    pub unused: Vec<String>,
}

/// A text field: its name, its label, and a hint.
const FIELDS: [(&str, &str, &str); 6] = [
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
];

impl Form {
    pub fn show(&self) -> Markup {
        html! {
            form.inspect method="post" action="/inspect#result" {
                label for="response" { "Response as JSON, or a test vector with one case" }
                textarea #response name="response" rows="12" required spellcheck="false"
                    autocomplete="off" autocapitalize="off" { (self.response) }
                details open[self.has_settings()] {
                    summary { "What the site knows (optional)" }
                    p { "What you leave empty is taken from the response itself, if possible." }
                    @for (name, label, hint) in FIELDS { (self.field(name, label, hint)) }
                    (self.user_verification())
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

    fn user_verification(&self) -> Markup {
        let options = [
            ("", "not known: not checked"),
            ("preferred", "preferred or discouraged: not checked"),
            ("required", "required: checked"),
        ];
        html! {
            div.field {
                label for="user_verification" { "User verification" }
                select #user_verification name="user_verification" {
                    @for (value, label) in options {
                        option value=(value) selected[self.user_verification == value] { (label) }
                    }
                }
            }
        }
    }

    fn has_settings(&self) -> bool {
        FIELDS.iter().any(|(name, ..)| !self.value(name).is_empty())
            || self.user_verification == "required"
    }

    fn value(&self, name: &str) -> &str {
        match name {
            "challenge" => &self.challenge,
            "rp_id" => &self.rp_id,
            "origins" => &self.origins,
            "public_key" => &self.public_key,
            "sign_count" => &self.sign_count,
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
        for (field, value) in [
            (&mut self.challenge, case.get("challenge")),
            (&mut self.rp_id, own("rp_id")),
            (&mut self.origins, own("origins")),
            (&mut self.user_verification, case.get("user_verification")),
            (&mut self.public_key, record("public_key")),
            (&mut self.sign_count, record("sign_count")),
            (&mut self.user_handle, case.get("user_handle").or(record("user_handle"))),
        ] {
            if field.trim().is_empty() {
                *field = value.map(text_of).unwrap_or_default();
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
