//! Seeds of the target `ed25519`.

use super::seeds::Seeds;

/// Adds two inputs for each relation and each change.
pub fn add_to(seeds: &mut Seeds) {
    for relation in 0..7 {
        for change in 0..6 {
            let edges = [&[relation, change, 3, 4, 9][..], b"edges"].concat();
            seeds.add("ed25519", &format!("edges-{relation}-{change}"), edges);
            let number = |byte: u8| [&[u8::MAX][..], &[byte; 32]].concat();
            let numbers = [number(0x0a), number(0x07), number(0x03)].concat();
            let numbers = [&[relation, change][..], &numbers, b"numbers"].concat();
            seeds.add("ed25519", &format!("numbers-{relation}-{change}"), numbers);
        }
    }
}
