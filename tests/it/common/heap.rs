//! Measures how much heap memory a piece of code uses on its own thread.

#![allow(dead_code, reason = "unused without some features")]

use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};

fn measured<T>(run: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut result = None;
    let info = measure(|| result = Some(black_box(run())));
    (result.unwrap(), info)
}

/// Returns the number of allocations of `run`, and its result.
pub fn allocations<T>(run: impl FnOnce() -> T) -> (u64, T) {
    let (result, info) = measured(run);
    (info.count_total, result)
}

/// Returns the result of `run`, and the maximum number of bytes it holds.
pub fn peak<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let (result, info) = measured(run);
    (result, info.bytes_max.try_into().unwrap())
}

/// Returns the result of `run`, the maximum number of bytes it holds, and the number it keeps.
pub fn memory<T>(run: impl FnOnce() -> T) -> (T, usize, usize) {
    let (result, info) = measured(run);
    (result, info.bytes_max.try_into().unwrap(), info.bytes_current.try_into().unwrap())
}

#[test]
fn every_allocation_is_counted() {
    assert_eq!(allocations(|| Vec::<u8>::with_capacity(10)).0, 1);
    assert_eq!(allocations(|| 1 + 1).0, 0);
}

#[test]
fn all_held_bytes_are_counted() {
    let ((), held) = peak(|| drop((vec![0_u8; 1000], vec![0_u8; 10])));
    assert_eq!(held, 1010);
    let (kept, most, held) = memory(|| {
        drop(vec![0_u8; 1000]);
        vec![0_u8; 10]
    });
    assert_eq!((kept.len(), most, held), (10, 1000, 10));
}
