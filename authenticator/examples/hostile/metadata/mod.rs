//! Metadata BLOBs, and attestations of the models in them. Each BLOB is a file of its own.

mod models;
mod signed_texts;
mod statuses;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use webauthn_verify_authenticator::certificates::{
    attestation_certificate, bare, issued_by, key, root,
};
use webauthn_verify_authenticator::{
    AttestationStatement, CertificateBuilder, MetadataBlobBuilder,
};

use crate::case::{AAGUID, Case, Registration, encode};

/// The folder of the BLOBs, below the folder of the cases.
pub(crate) const FOLDER: &str = "metadata";

pub(crate) fn cases() -> Vec<Value> {
    all().into_iter().map(|one| one.case).collect()
}

/// Returns the BLOBs, each with the name of its file.
pub(crate) fn blobs() -> Vec<(String, String)> {
    all().into_iter().filter_map(|one| one.blob).collect()
}

fn all() -> Vec<WithBlob> {
    [signed_texts::cases(), models::cases(), statuses::cases()].into_iter().flatten().collect()
}

/// A case, and the BLOB that it uses with the name of its file.
struct WithBlob {
    case: Value,
    blob: Option<(String, String)>,
}

/// A registration whose model must be in a BLOB.
#[derive(Clone)]
struct Model {
    registration: Registration,
    statement: AttestationStatement,
    anchors: Option<Vec<Vec<u8>>>,
    root: Vec<u8>,
}

impl Model {
    /// A packed attestation by the key "leaf". Its certificate comes from the root "root".
    fn new() -> Model {
        Model::of_chain(Registration::new(), &[issued_by("root", leaf())])
    }

    fn of_chain(registration: Registration, x5c: &[Vec<u8>]) -> Model {
        let signature = key("leaf").sign(&registration.signed());
        let statement = AttestationStatement::packed(-7, &signature, Some(x5c));
        Model::of_statement(registration, statement.expect("CBOR in memory"))
    }

    fn of_statement(registration: Registration, statement: AttestationStatement) -> Model {
        Model { registration, statement, anchors: None, root: root("metadata root") }
    }

    /// The relying party also trusts these anchors.
    fn anchors(self, anchors: &[Vec<u8>]) -> Model {
        Model { anchors: Some(anchors.to_vec()), ..self }
    }

    /// Replaces the root of the BLOB.
    fn root(self, root: Vec<u8>) -> Model {
        Model { root, ..self }
    }

    /// Returns a case with this BLOB.
    fn under(&self, name: &str, rule: &str, blob: &str) -> Pending {
        let file = format!("{}.jwt", name.replace('/', "-"));
        let registration = self.registration.clone().statement(self.statement.clone());
        let mut case = registration
            .case(&format!("metadata/{name}"), rule)
            .with("metadata", format!("{FOLDER}/{file}"))
            .with("metadata_root", encode(&self.root));
        if let Some(anchors) = &self.anchors {
            let anchors: Vec<_> = anchors.iter().map(|der| encode(der)).collect();
            case = case.with("trust_anchors", anchors);
        }
        Pending { case, blob: Some((file, blob.to_owned())) }
    }

    /// Returns a case with a correct BLOB of these entries.
    fn among(&self, name: &str, rule: &str, entries: &[Value]) -> Pending {
        self.under(name, rule, &sign(&blob(entries)))
    }
}

/// A case without its verdict, and its BLOB.
struct Pending {
    case: Case,
    blob: Option<(String, String)>,
}

impl Pending {
    fn accept(self) -> WithBlob {
        WithBlob { case: self.case.accept(), blob: self.blob }
    }

    fn reject(self, kind: &str, step: &str) -> WithBlob {
        WithBlob { case: self.case.reject(kind, step), blob: self.blob }
    }

    fn reject_field(self, kind: &str, step: &str, field: &str) -> WithBlob {
        WithBlob { case: self.case.reject_field(kind, step, field), blob: self.blob }
    }

    /// The policy does not allow this model.
    fn not_allowed(self, field: &str) -> WithBlob {
        self.reject_field("AuthenticatorNotAllowed", "24", field)
    }

    fn unusable(self) -> WithBlob {
        WithBlob { case: self.case.unusable(), blob: self.blob }
    }
}

/// Returns a correct attestation certificate.
fn leaf() -> CertificateBuilder {
    attestation_certificate(&key("leaf").public_numbers())
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Returns an AAGUID in the form of a UUID.
fn uuid(aaguid: &[u8; 16]) -> String {
    let digits: String = aaguid.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| &digits[from..to];
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Returns the correct entry of the model.
fn entry() -> Value {
    json!({
        "aaguid": uuid(&AAGUID),
        "metadataStatement": {
            "aaguid": uuid(&AAGUID),
            "description": "An authenticator",
            "attestationTypes": ["basic_full"],
            "attestationRootCertificates": [base64(&root("root"))],
        },
        "statusReports": [certified("2024-01-01")],
    })
}

/// Returns the entry with another value of a member.
fn entry_with(member: &str, value: Value) -> Value {
    let mut entry = entry();
    entry[member] = value;
    entry
}

/// Returns the entry with another value of a member of its statement.
fn entry_with_statement(member: &str, value: Value) -> Value {
    let mut entry = entry();
    entry["metadataStatement"][member] = value;
    entry
}

fn report(status: &str, date: &str) -> Value {
    json!({ "status": status, "effectiveDate": date })
}

fn certified(date: &str) -> Value {
    report("FIDO_CERTIFIED_L1", date)
}

/// Returns a BLOB of these entries, whose next update is due long after the ceremony.
fn blob(entries: &[Value]) -> MetadataBlobBuilder {
    MetadataBlobBuilder::new(1, "2049-12-31").member("entries", entries)
}

/// Returns the certificate of the key that signs BLOBs.
fn signer() -> CertificateBuilder {
    bare("signer").key_usage(CertificateBuilder::DIGITAL_SIGNATURE)
}

fn sign(blob: &MetadataBlobBuilder) -> String {
    blob.sign(&key("signer"), &[issued_by("metadata root", signer())])
}
