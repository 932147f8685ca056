//! Seeds of the target `ceremonies`.

use webauthn_verify_fuzz::ceremonies::description::LENGTH;

use super::seeds::Seeds;

/// Adds a correct registration and a correct login, and for each choice the two next values of it.
pub fn add_to(seeds: &mut Seeds) {
    for (kind, name) in [(0, "registration"), (1, "login")] {
        seeds.add("ceremonies", name, [kind]);
        for place in 1..LENGTH {
            for value in [1, 2] {
                let mut input = vec![kind];
                input.resize(place, 0);
                input.push(value);
                seeds.add("ceremonies", &format!("{name}-{place:02}-{value}"), input);
            }
        }
    }
}
