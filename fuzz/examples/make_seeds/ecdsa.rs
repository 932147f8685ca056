//! Seeds of the targets `p256`, `p384` and `p521`.

use webauthn_verify_fuzz::ecdsa::{CHANGES, NistP256, NistP384, NistP521, RELATIONS, TestedCurve};

use super::seeds::Seeds;

pub fn add_to(seeds: &mut Seeds) {
    for relation in 0..RELATIONS {
        for change in 0..CHANGES {
            add::<NistP256>(seeds, "p256", relation, change);
            // Fewer seeds for the slower curves: the changes only of a valid signature.
            if relation == 1 || change == 0 {
                add::<NistP384>(seeds, "p384", relation, change);
                add::<NistP521>(seeds, "p521", relation, change);
            }
        }
    }
}

/// Adds two inputs with this relation and change. The target can make a case from both of them.
fn add<C: TestedCurve>(seeds: &mut Seeds, target: &'static str, relation: u8, change: u8) {
    // Edges near zero: every relation can use these numbers.
    let edges = [&[relation, change, 3, 4, 3][..], b"edges"].concat();
    seeds.add(target, &format!("edges-{relation}-{change}"), edges);
    let number =
        |byte: u8| [&[u8::MAX, 0, 0, 0, 0, 0, 0, 0][..], &vec![byte; C::BYTES - 7]].concat();
    let numbers = [number(0x5a), number(0x77), number(0xc3)].concat();
    let numbers = [&[relation, change][..], &numbers, b"numbers"].concat();
    seeds.add(target, &format!("numbers-{relation}-{change}"), numbers);
}
