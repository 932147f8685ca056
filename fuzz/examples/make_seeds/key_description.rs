//! Seeds of the target `key_description`.

use std::slice;

use webauthn_verify_authenticator::{KeyDescriptionBuilder, der};
use webauthn_verify_fuzz::key_description;

use super::seeds::Seeds;

pub fn add_to(seeds: &mut Seeds) {
    let right = KeyDescriptionBuilder::new(&key_description::client_data_hash());
    let mut add = |name: &str, description: &KeyDescriptionBuilder| {
        seeds.add("key_description", name, description.build());
    };
    for (name, level) in
        [("software", 0), ("trusted-environment", 1), ("strong-box", 2), ("level-3", 3)]
    {
        let description = right.clone().attestation_security_level(level);
        add(name, &description.keymaster_security_level(level));
    }
    add("integer-level", &right.clone().member(1, der::integer(&[1])));
    add("no-list", &right.clone().member(7, Vec::new()));
    add(
        "old-version",
        &right.clone().attestation_version(1).keymaster_version(2).unique_id(&[9; 16]),
    );
    add("other-challenge", &KeyDescriptionBuilder::new(&[0; 32]));
    add_lists(&right, add);

    let whole = right.build();
    let mut add = |name: &str, bytes: &[u8]| seeds.add("key_description", name, bytes);
    add("trailing", &[&whole[..], &[0]].concat());
    add("cut", &whole[..whole.len() - 1]);
    add("empty", &[]);
}

/// Adds the right description with other authorization lists.
fn add_lists(right: &KeyDescriptionBuilder, mut add: impl FnMut(&str, &KeyDescriptionBuilder)) {
    let (sign, generated) =
        (KeyDescriptionBuilder::purpose(&[2]), KeyDescriptionBuilder::origin(0));
    let good = [sign.clone(), generated.clone()];
    let others = other_fields();
    let all_applications = KeyDescriptionBuilder::all_applications();
    let in_software = right.clone().software_enforced(&good);
    add("both-lists", &in_software);
    add("software-list", &in_software.tee_enforced(&[]));
    add("empty-lists", &right.clone().tee_enforced(&[]));
    add(
        "other-fields",
        &right
            .clone()
            .software_enforced(&others[5..6])
            .tee_enforced(&[&good[..], &others].concat()),
    );
    add("other-order", &right.clone().tee_enforced(&[&others[..], &good].concat()));
    for (name, purposes) in [("verify", &[3][..]), ("two-purposes", &[2, 3]), ("no-purpose", &[])] {
        let list = [KeyDescriptionBuilder::purpose(purposes), generated.clone()];
        add(name, &right.clone().tee_enforced(&list));
    }
    add("imported", &right.clone().tee_enforced(&[sign.clone(), KeyDescriptionBuilder::origin(2)]));
    add("without-purpose", &right.clone().tee_enforced(&good[1..]));
    add("without-origin", &right.clone().tee_enforced(&good[..1]));
    add("contradiction", &right.clone().software_enforced(&[KeyDescriptionBuilder::origin(2)]));
    add("all-applications", &right.clone().software_enforced(slice::from_ref(&all_applications)));
    add("hidden", &right.clone().software_enforced(&[vec![0x80], all_applications]));
    add("twice", &right.clone().tee_enforced(&[sign, generated.clone(), generated]));
    add(
        "long-tag",
        &right.clone().tee_enforced(&[&good[..], &[vec![0xbf, 0x80, 0x05, 2, 5, 0]]].concat()),
    );
}

/// Returns the fields that devices write in addition to the purpose and the origin: algorithm, key
/// size, digest, curve, no authentication, creation, root of trust, version, patch level,
/// application.
fn other_fields() -> [Vec<u8>; 10] {
    let root_of_trust = [
        der::octet_string(&[1; 32]),
        der::boolean(true),
        der::enumerated(0),
        der::octet_string(&[2; 32]),
    ];
    [
        der::explicit(2, &der::integer(&[3])),
        der::explicit(3, &der::integer(&[1, 0])),
        der::explicit(5, &der::set(&[der::integer(&[4])])),
        der::explicit(10, &der::integer(&[1])),
        der::explicit(503, &der::null()),
        der::explicit(701, &der::integer(&1_767_225_600_000_u64.to_be_bytes())),
        der::explicit(704, &der::sequence(&root_of_trust)),
        der::explicit(705, &der::integer(&150_000_u32.to_be_bytes())),
        der::explicit(706, &der::integer(&202_601_u32.to_be_bytes())),
        der::explicit(709, &der::octet_string(&[0x30, 0])),
    ]
}
