//! Seeds of the target `p256`.

use super::seeds::Seeds;

/// Adds two inputs for each relation and each change. The target can make a case from all of them.
pub fn add_to(seeds: &mut Seeds) {
    for relation in 0..9 {
        for change in 0..5 {
            // Edges near zero: every relation can use these numbers.
            let edges = [&[relation, change, 3, 4, 3][..], b"edges"].concat();
            seeds.add("p256", &format!("edges-{relation}-{change}"), edges);
            let number =
                |byte: u8| [&[u8::MAX, 0, 0, 0, 0, 0, 0, 0, byte][..], &[byte; 24]].concat();
            let numbers = [number(0x5a), number(0x77), number(0xc3)].concat();
            let numbers = [&[relation, change][..], &numbers, b"numbers"].concat();
            seeds.add("p256", &format!("numbers-{relation}-{change}"), numbers);
        }
    }
}
