//! Name constraints: the names for which an authority may issue (RFC 5280, section 4.2.1.10).

use serde_json::Value;
use webauthn_verify_authenticator::certificates::{
    SUBJECT_ALT_NAME, attestation_subject, ca, issued_by, key, name,
};
use webauthn_verify_authenticator::{CertificateBuilder, DistinguishedName, der};

use super::{Path, below, leaf, of_leaf};

const NAME_CONSTRAINTS: &[u64] = &[2, 5, 29, 30];
const FIELD: &str = "certificate.nameConstraints";

pub(super) fn cases() -> Vec<Value> {
    [hosts(), excluded_hosts(), directories(), addresses(), forms(), unsupported(), places()]
        .concat()
}

fn dns(host: &str) -> Vec<u8> {
    der::implicit(2, host.as_bytes())
}

fn address(bytes: &[u8]) -> Vec<u8> {
    der::implicit(7, bytes)
}

fn directory(name: &DistinguishedName) -> Vec<u8> {
    der::explicit(4, &name.to_der())
}

/// Returns the value of the extension, from the bases of its subtrees.
fn subtrees(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Vec<u8> {
    let list = |number: u32, bases: &[Vec<u8>]| {
        let subtrees: Vec<_> = bases.iter().map(|base| der::sequence(&[base])).collect();
        if bases.is_empty() { Vec::new() } else { der::explicit(number, &subtrees.concat()) }
    };
    der::sequence(&[list(0, permitted), list(1, excluded)])
}

fn permits(base: Vec<u8>) -> Vec<u8> {
    subtrees(&[base], &[])
}

fn excludes(base: Vec<u8>) -> Vec<u8> {
    subtrees(&[], &[base])
}

/// Returns a path of this leaf below an authority with these constraints.
fn constrained(value: &[u8], leaf: CertificateBuilder) -> Path {
    let issuer = issued_by("root", ca("one").extension(NAME_CONSTRAINTS, true, value));
    Path::of(&[issued_by("one", leaf), issuer])
}

/// Returns a leaf with these alternative names.
fn named(names: &[Vec<u8>]) -> CertificateBuilder {
    leaf().extension(SUBJECT_ALT_NAME, false, &der::sequence(names))
}

fn hosts() -> Vec<Value> {
    let with = |base: &str, host: &str| constrained(&permits(dns(base)), named(&[dns(host)]));
    let long_label = "x".repeat(63);
    // 253 characters.
    let long = format!("{}a.example", "x.".repeat(122));
    let mut cases = Vec::new();
    for (name, base, host) in [
        ("same", "a.example", "a.example"),
        ("below", "a.example", "x.y.a.example"),
        ("upper-case", "a.example", "b.A.EXAMPLE"),
        ("wildcard", "a.example", "*.a.example"),
        ("any", "", "a.example"),
        ("underscore", "a.example", "-x_.a.example"),
        ("label-of-63", "a.example", &format!("{long_label}.a.example")),
        ("name-of-253", "a.example", &long),
    ] {
        let path = with(base, host);
        cases.push(path.accept(&format!("constraints/permitted-host/{name}"), "X509-15"));
    }
    for (name, base, host) in [
        ("longer-label", "a.example", "xa.example"),
        ("above", "a.example", "example"),
        ("suffix", "a.example", "a.example.b"),
        ("wildcard-above", "a.example", "*.example"),
        ("empty", "a.example", ""),
        ("dot-behind", "a.example", "a.example."),
        ("dot-in-front", "a.example", ".a.example"),
        ("empty-label", "a.example", "b..a.example"),
        ("space", "a.example", "b a.example"),
        ("wildcard-inside", "a.example", "x.*.a.example"),
        ("two-wildcards", "a.example", "*.*.a.example"),
        ("wildcard-only", "a.example", "*"),
        ("not-ascii", "a.example", "\u{e9}.a.example"),
        ("label-of-64", "a.example", &format!("{long_label}x.a.example")),
        ("name-of-254", "a.example", &format!("y{long}")),
    ] {
        let path = with(base, host);
        cases.push(path.untrusted(&format!("constraints/host-outside/{name}"), "X509-15", FIELD));
    }
    let both = subtrees(&[dns("b.example"), dns("a.example")], &[]);
    let path = constrained(&both, named(&[dns("a.example"), dns("b.example")]));
    cases.push(path.accept("constraints/two-permitted-hosts", "X509-15"));
    let path = constrained(&both, named(&[dns("a.example"), dns("c.example")]));
    cases.push(path.untrusted("constraints/one-of-two-hosts-outside", "X509-15", FIELD));
    cases.push(constrained(&both, leaf()).accept("constraints/no-host", "X509-15"));
    cases
}

fn excluded_hosts() -> Vec<Value> {
    let with = |base: &str, host: &str| constrained(&excludes(dns(base)), named(&[dns(host)]));
    let mut cases = Vec::new();
    for (name, host) in
        [("other", "b.example"), ("longer-label", "xa.example"), ("wildcard", "*.b.example")]
    {
        let path = with("a.example", host);
        cases.push(path.accept(&format!("constraints/host-not-excluded/{name}"), "X509-15"));
    }
    for (name, host) in [
        ("same", "a.example"),
        ("below", "b.a.example"),
        ("upper-case", "A.EXAMPLE"),
        ("wildcard-above", "*.example"),
        ("wildcard-below", "*.a.example"),
        ("malformed", "b.example."),
    ] {
        let path = with("a.example", host);
        cases.push(path.untrusted(&format!("constraints/excluded-host/{name}"), "X509-15", FIELD));
    }
    let path = with("", "b.example");
    cases.push(path.untrusted("constraints/excluded-host/any", "X509-15", FIELD));
    let both = subtrees(&[dns("example")], &[dns("a.example")]);
    let path = constrained(&both, named(&[dns("a.example")]));
    cases.push(path.untrusted("constraints/permitted-and-excluded", "X509-15", FIELD));
    let path = constrained(&both, named(&[dns("b.example")]));
    cases.push(path.accept("constraints/permitted-and-not-excluded", "X509-15"));
    cases
}

/// The subject of the leaf begins with the country AA and the organization Maker.
fn directories() -> Vec<Value> {
    let maker =
        |text: Vec<u8>| DistinguishedName::new().country("AA").attribute(&[2, 5, 4, 10], text);
    let text = |text: &str| der::utf8_string(text);
    let permitted = |base: &DistinguishedName| constrained(&permits(directory(base)), leaf());
    let excluded = |base: &DistinguishedName| constrained(&excludes(directory(base)), leaf());
    let mut cases = Vec::new();
    for (name, base) in [
        ("whole", attestation_subject()),
        ("start", maker(text("Maker"))),
        ("printable", maker(der::printable_string("Maker"))),
        ("empty", DistinguishedName::new()),
    ] {
        cases.push(
            permitted(&base).accept(&format!("constraints/permitted-name/{name}"), "X509-15"),
        );
        let path = excluded(&base);
        cases.push(path.untrusted(&format!("constraints/excluded-name/{name}"), "X509-15", FIELD));
    }
    for (name, base) in [
        ("other", maker(text("Other"))),
        ("longer-text", maker(text("Maker2"))),
        ("longer-name", attestation_subject().common_name("x")),
        ("not-at-the-start", DistinguishedName::new().organization("Maker")),
    ] {
        let path = permitted(&base);
        cases.push(path.untrusted(&format!("constraints/name-outside/{name}"), "X509-15", FIELD));
        let path = excluded(&base);
        cases.push(path.accept(&format!("constraints/name-not-excluded/{name}"), "X509-15"));
    }
    // A name is permitted only as it is spelled, and excluded in every spelling.
    for (name, base) in [
        ("upper-case", maker(text("MAKER"))),
        ("white-space", maker(text("  Maker "))),
        ("ia5-string", maker(der::value(0x16, b"Maker"))),
        ("bmp-string", maker(der::value(0x1e, b"\0O\0t\0h\0e\0r"))),
    ] {
        let path = permitted(&base);
        cases.push(path.untrusted(&format!("constraints/name-outside/{name}"), "X509-15", FIELD));
        let path = excluded(&base);
        cases.push(path.untrusted(&format!("constraints/excluded-name/{name}"), "X509-15", FIELD));
    }
    let other = named(&[directory(&maker(text("Other")))]);
    let path = constrained(&permits(directory(&maker(text("Maker")))), other);
    cases.push(path.untrusted("constraints/alternative-name-outside", "X509-15", FIELD));
    cases
}

fn addresses() -> Vec<Value> {
    let range = [10, 1, 0, 0, 255, 255, 0, 0];
    let with = |value: &[u8], bytes: &[u8]| constrained(value, named(&[address(bytes)]));
    let permitted = permits(address(&range));
    let excluded = excludes(address(&range));
    let wide = [[0xfd; 16], [0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
    let mut cases = vec![
        with(&permitted, &[10, 1, 2, 3]).accept("constraints/address/inside", "X509-15"),
        with(&excluded, &[10, 2, 2, 3]).accept("constraints/address/not-excluded", "X509-15"),
        with(&permits(address(&wide)), &[[0xfd; 1].as_slice(), &[1; 15]].concat())
            .accept("constraints/address/of-16-bytes", "X509-15"),
        with(&permits(address(&wide)), &[1; 16]).untrusted(
            "constraints/address/of-16-bytes-outside",
            "X509-15",
            FIELD,
        ),
        with(&excluded, &[10, 1, 2, 3]).untrusted("constraints/address/excluded", "X509-15", FIELD),
    ];
    for (name, bytes) in [
        ("outside", &[10, 2, 2, 3][..]),
        ("other-version", &[10; 16]),
        ("empty", &[]),
        ("of-3-bytes", &[10, 1, 2]),
        ("with-mask", &range),
    ] {
        let path = with(&permitted, bytes);
        cases.push(path.untrusted(&format!("constraints/address/{name}"), "X509-15", FIELD));
    }
    cases
}

/// Constraints that do not parse. Nothing else in the path has a constrained name.
fn forms() -> Vec<Value> {
    let good = dns("a.example");
    let subtree = |fields: &[Vec<u8>]| der::sequence(&[der::explicit(0, &der::sequence(fields))]);
    let hosts = |count: usize| -> Vec<Vec<u8>> { vec![dns("a"); count] };
    let mut cases = vec![
        constrained(&subtrees(&hosts(512), &[]), leaf()).accept("constraints/form/512", "X509-15"),
        constrained(&permits(good.clone()), named(&vec![good.clone(); 512]))
            .accept("constraints/512-names", "X509-15"),
        constrained(&permits(good.clone()), named(&vec![good.clone(); 513])).untrusted(
            "constraints/513-names",
            "X509-15",
            "certificate.subjectAltName",
        ),
    ];
    for (name, value) in [
        ("513", subtrees(&hosts(513), &[])),
        ("no-subtrees", der::sequence::<Vec<u8>>(&[])),
        ("empty-list", der::sequence(&[der::explicit(0, &[])])),
        ("empty-list-of-excluded", der::sequence(&[der::explicit(1, &[])])),
        ("minimum", subtree(&[good.clone(), der::implicit(0, &[0])])),
        ("maximum", subtree(&[good.clone(), der::implicit(1, &[1])])),
        ("no-base", subtree(&[])),
        ("dot-in-front", permits(dns(".a.example"))),
        ("dot-behind", excludes(dns("a.example."))),
        ("wildcard", permits(dns("*.a.example"))),
        ("empty-label", permits(dns("a..example"))),
        ("address-without-mask", permits(address(&[10, 0, 0, 0]))),
        ("directory-name-as-set", permits(der::explicit(4, &[0x31, 0]))),
        ("trailing-byte", [permits(good.clone()), vec![0]].concat()),
        (
            "third-field",
            der::sequence(&[der::explicit(2, &der::sequence(std::slice::from_ref(&good)))]),
        ),
        ("excluded-first", {
            let list =
                |number: u32| der::explicit(number, &der::sequence(std::slice::from_ref(&good)));
            der::sequence(&[list(1), list(0)])
        }),
        ("null", der::null()),
        ("empty", Vec::new()),
    ] {
        let path = constrained(&value, leaf());
        cases.push(path.untrusted(&format!("constraints/form/{name}"), "X509-15", FIELD));
    }
    let empty = ca("one").extension(NAME_CONSTRAINTS, false, &[0x30, 0]);
    cases.push(
        below(issued_by("root", empty)).accept("constraints/empty-and-not-critical", "X509-15"),
    );
    let unreadable = leaf().extension(SUBJECT_ALT_NAME, false, &[5, 0]);
    let path = constrained(&permits(good), unreadable);
    let field = "certificate.subjectAltName";
    cases.push(path.untrusted("constraints/unreadable-names", "X509-15", field));
    cases
}

/// Constraints on kinds of names that are not supported.
fn unsupported() -> Vec<Value> {
    let mail = |text: &str| der::implicit(1, text.as_bytes());
    let uri = |text: &str| der::implicit(6, text.as_bytes());
    let with_mail = attestation_subject()
        .attribute(&[1, 2, 840, 113_549, 1, 9, 1], der::value(0x16, b"x@a.example"));
    let old_style = CertificateBuilder::new(&with_mail, &key("leaf").public_numbers())
        .basic_constraints(false, None);
    let mut cases = Vec::new();
    for (name, value) in
        [("permitted", permits(mail("a.example"))), ("excluded", excludes(mail("b.example")))]
    {
        let name_of = |what: &str| format!("constraints/mail-{name}/{what}");
        let path = constrained(&value, named(&[mail("x@a.example")]));
        cases.push(path.untrusted(&name_of("name"), "X509-15", FIELD));
        let path = constrained(&value, old_style.clone());
        cases.push(path.untrusted(&name_of("attribute"), "X509-15", FIELD));
        let path = constrained(&value, named(&[dns("a.example"), uri("https://a.example/")]));
        cases.push(path.accept(&name_of("other-kinds"), "X509-15"));
    }
    let path = constrained(&permits(uri("a.example")), named(&[uri("https://a.example/")]));
    cases.push(path.untrusted("constraints/uri", "X509-15", FIELD));
    cases
}

/// Constraints in other certificates than the issuer of the leaf.
fn places() -> Vec<Value> {
    let maker = || DistinguishedName::new().country("AA").organization("Maker");
    let value = permits(directory(&maker()));
    let top = |critical: bool| {
        issued_by("root", ca("root").extension(NAME_CONSTRAINTS, critical, &value))
    };
    let authority = |subject: &DistinguishedName| {
        CertificateBuilder::new(subject, &key("ca").public_numbers())
            .basic_constraints(true, None)
            .issuer(&name("root"))
            .sign(&key("root"))
    };
    let by = |subject: &DistinguishedName| {
        Path::of(&[leaf().issuer(subject).sign(&key("ca")), authority(subject)])
    };
    let other = permits(directory(&DistinguishedName::new().organization("Other")));
    let other_top = |critical: bool| {
        issued_by("root", ca("root").extension(NAME_CONSTRAINTS, critical, &other))
    };
    let grandparent = [
        issued_by("two", leaf()),
        issued_by("one", ca("two")),
        issued_by("root", ca("one").extension(NAME_CONSTRAINTS, true, &other)),
    ];
    vec![
        self_issued_leaf(),
        of_leaf(leaf()).anchors(&[top(true)]).accept("constraints/anchor/inside", "X509-15"),
        of_leaf(leaf()).anchors(&[other_top(true)]).untrusted(
            "constraints/anchor/outside",
            "X509-15",
            FIELD,
        ),
        of_leaf(leaf()).anchors(&[other_top(false)]).untrusted(
            "constraints/anchor/outside-and-not-critical",
            "X509-15",
            FIELD,
        ),
        by(&maker().common_name("ca"))
            .anchors(&[top(true)])
            .accept("constraints/intermediate-inside", "X509-15"),
        by(&name("ca")).anchors(&[top(true)]).untrusted(
            "constraints/intermediate-outside",
            "X509-15",
            FIELD,
        ),
        // A self-issued intermediate is the same CA under a new key.
        by(&name("root"))
            .anchors(&[top(true)])
            .accept("constraints/self-issued-intermediate", "X509-15"),
        Path::of(&grandparent).untrusted("constraints/second-issuer", "X509-15", FIELD),
        of_leaf(leaf().extension(NAME_CONSTRAINTS, false, &other))
            .accept("constraints/leaf-not-critical", "X509-15"),
        of_leaf(leaf().extension(NAME_CONSTRAINTS, true, &value)).untrusted(
            "constraints/leaf-critical",
            "X509-15",
            FIELD,
        ),
    ]
}

/// Only intermediates are skipped if they are self-issued.
fn self_issued_leaf() -> Value {
    let subject = attestation_subject();
    let other = permits(directory(&DistinguishedName::new().organization("Other")));
    let authority = CertificateBuilder::new(&subject, &key("ca").public_numbers())
        .basic_constraints(true, None)
        .extension(NAME_CONSTRAINTS, true, &other)
        .issuer(&name("root"))
        .sign(&key("root"));
    let path = Path::of(&[leaf().issuer(&subject).sign(&key("ca")), authority]);
    path.untrusted("constraints/self-issued-leaf", "X509-15", FIELD)
}
