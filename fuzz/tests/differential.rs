//! Runs the target `differential` on stable Rust, with every algorithm, every kind of change, and
//! many patches.

use webauthn_verify_fuzz::differential::{algorithms, check};

#[test]
fn both_implementations_give_the_same_verdict() {
    let mut executions = 0;
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    for which in 0..algorithms() {
        let which = u8::try_from(which).unwrap();
        let mut run = |change: u8, patch: &[u8]| {
            check(&[&[which, change, 4], &b"text"[..], patch].concat());
            executions += 1;
        };
        for change in 0..6 {
            run(change, &[]);
            // Changes one byte of the signature or the key at a time.
            for position in 0..150 {
                let mut patch = vec![0; position];
                patch.push(1 << (position % 8));
                run(change, &patch);
            }
            for _ in 0..20 {
                let patch: Vec<u8> = (0..random()).map(|_| random()).collect();
                run(change, &patch);
            }
        }
        // Cuts the signature to every length below 150.
        for length in 0..150 {
            run(4, &[length]);
        }
    }
    println!("{executions} executions");
    assert_eq!(executions, algorithms() * (6 * 171 + 150));
}
