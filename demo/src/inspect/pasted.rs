//! The pasted text: the response of a browser, or a test vector in the format that
//! `test-vectors/README.md` describes.

use serde_json::{Map, Value, json};

use super::form::Form;
use super::members::Members;
use crate::report;

/// Every member of a case.
const OF_CASE: [&str; 36] = [
    "address_rp_id",
    "algorithms",
    "anchors_by_format",
    "appid",
    "backup",
    "ceremony",
    "challenge",
    "credential",
    "credential_from",
    "cross_origin",
    "exclude",
    "expect",
    "extensions",
    "framing",
    "metadata",
    "metadata_root",
    "mediation",
    "name",
    "now",
    "origins",
    "pending",
    "quirks",
    "record",
    "refuse_unsolicited_extensions",
    "require",
    "response",
    "rp_id",
    "rule",
    "safetynet_max_age",
    "sign_count",
    "source",
    "subdomains",
    "top_origins",
    "trust_anchors",
    "user_handle",
    "user_verification",
];

/// Every member of a file, apart from its cases.
const OF_FILE: [&str; 4] = ["format", "origins", "rp_id", "source"];

/// The members of a stored pending state that replace those of the case.
const OF_PENDING: [&str; 3] = ["challenge", "user_verification", "user_handle"];

/// What was pasted, with the values of the form.
#[derive(Clone)]
pub struct Pasted {
    /// The file without its cases. A response and a single case have none.
    file: Members,
    /// The ceremony. If only a response was pasted, the members are those of the form.
    pub case: Members,
    pub is_vector: bool,
    /// The response of the browser.
    pub response: String,
}

impl Pasted {
    /// Reads the pasted text. A vector file must have exactly one case.
    pub fn read(text: &str) -> Result<Pasted, String> {
        let response = |text: &str| Pasted {
            file: Members::default(),
            case: Members::default(),
            is_vector: false,
            response: text.to_owned(),
        };
        let Ok(Value::Object(mut file)) = serde_json::from_str(text) else {
            return Ok(response(text));
        };
        let case = match file.remove("cases") {
            Some(Value::Array(mut cases)) if cases.len() == 1 => cases.remove(0),
            Some(Value::Array(cases)) => {
                return Err(format!("The file has {} cases. Paste one of them.", cases.len()));
            }
            Some(_) => return Err("The member cases is not a list.".to_owned()),
            None if file.contains_key("ceremony") => Value::Object(std::mem::take(&mut file)),
            None => return Ok(response(text)),
        };
        let Value::Object(case) = case else {
            return Err("The case is not an object.".to_owned());
        };
        if file.get("format").is_some_and(|format| *format != 1) {
            return Err("This page reads only format 1 of test vectors.".to_owned());
        }
        Ok(Pasted {
            file: Members::new(file).of_these(&OF_FILE)?,
            is_vector: true,
            response: report::pretty(case.get("response").unwrap_or(&Value::Null)),
            case: Members::new(case).of_these(&OF_CASE)?,
        })
    }

    /// Puts the values of the form in the place of those in the test vector.
    pub fn with_values(mut self, form: &Form) -> Result<Pasted, String> {
        for (member, value) in form.values()? {
            match member.split_once('.') {
                Some((_, inner)) => self.case.insert_into(self.credential(), inner, value),
                None => {
                    let of_pending = OF_PENDING.contains(&member).then_some("pending");
                    // The credential names the same account.
                    let of_credential = (member == "user_handle").then(|| self.credential());
                    for object in of_pending.into_iter().chain(of_credential) {
                        if self.within(object, member).is_some() {
                            self.case.insert_into(object, member, value.clone());
                        }
                    }
                    self.case.insert(member, value);
                }
            }
        }
        Ok(self)
    }

    /// Returns a value of the test vector as the text of a field. The challenge and the options can
    /// be in the pending state, and the user handle in the credential.
    pub fn text(&self, member: &str) -> String {
        let options = self.options();
        let value = match member.split_once('.') {
            Some((_, inner)) => self.within(self.credential(), inner),
            None => {
                let known = options.value(member).or(self.file.value(member));
                known.or_else(|| self.within(self.credential(), member))
            }
        };
        value.map(text_of).unwrap_or_default()
    }

    /// Returns the members of the case, with those of a stored pending state in place of its own.
    pub fn options(&self) -> Members {
        let mut options = self.case.clone();
        for member in OF_PENDING {
            if let Some(stored) = self.within("pending", member) {
                options.insert(member, stored.clone());
            }
        }
        options
    }

    /// Returns a member of the object in a member of the case.
    fn within(&self, object: &str, member: &str) -> Option<&Value> {
        self.case.value(object)?.get(member).filter(|value| !value.is_null())
    }

    /// Returns the name of the member with the credential. A stored `record` replaces `credential`.
    fn credential(&self) -> &'static str {
        if self.case.has("record") { "record" } else { "credential" }
    }

    /// Returns the members of the case that belong to the relying party. Those of the file are the
    /// default.
    pub fn party(&self, name: &str) -> Members {
        if self.case.has(name) { self.case.clone() } else { self.file.clone() }
    }

    /// Returns whether something can be shown although it cannot be verified.
    pub fn has_structures(&self) -> bool {
        let json: Option<Value> = serde_json::from_str(&self.response).ok();
        json.is_some_and(|json| json.get("response").is_some_and(Value::is_object))
    }

    /// Returns the names of the members in the test vector that decide the verdict.
    pub fn used(&self) -> Vec<&str> {
        let members = self.file.map().keys().chain(self.case.map().keys());
        let used = members.map(String::as_str).filter(|name| {
            !["format", "source", "name", "rule", "expect", "response", "metadata", "metadata_root"]
                .contains(name)
        });
        used.collect()
    }

    /// Returns the test vector as a file. The members that every file needs come from `generated`
    /// if they are missing.
    pub fn file(&self, generated: Option<&Value>) -> Value {
        let required = |members: &Map<String, Value>, from: Option<&Value>, names: &[&str]| {
            let mut all = members.clone();
            for name in names.iter().filter(|name| !members.contains_key(**name)) {
                if let Some(value) = from.and_then(|from| from.get(name)) {
                    all.insert((*name).to_owned(), value.clone());
                }
            }
            all
        };
        let mut names = vec!["name", "ceremony", "response"];
        if !self.case.has("pending") {
            names.push("challenge");
        }
        if !self.case.has("credential_from") && !self.case.has("record") {
            names.push("credential");
        }
        let case = generated.and_then(|file| file.pointer("/cases/0"));
        let case = required(self.case.map(), case, &names);
        let names = ["rp_id", "origins"].into_iter().filter(|name| !case.contains_key(*name));
        let names: Vec<&str> = names.chain(["format"]).collect();
        let mut file = required(self.file.map(), generated, &names);
        file.insert("cases".to_owned(), json!([case]));
        Value::Object(file)
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
