//! An allocator that counts the bytes a thread holds, and the most that it has held.

#![allow(dead_code, reason = "each file uses a part")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

struct Counting;

thread_local! {
    // Below zero for a thread that gives back what others have taken.
    static HELD: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
}

fn changed(taken: usize, given_back: usize) {
    let bytes = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
    let held = HELD.get() + bytes(taken) - bytes(given_back);
    HELD.set(held);
    PEAK.set(PEAK.get().max(held));
}

// An allocator is an unsafe trait; this one only counts and passes on.
#[allow(unsafe_code, reason = "there is no safe way to count allocations")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        changed(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        changed(0, layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }

    // Both blocks are held while one is copied into the other.
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        changed(size, 0);
        changed(0, layout.size());
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The result of `run`, how many more bytes than before were held at most, and how many it keeps.
///
/// # Panics
///
/// If less is held behind it than before.
pub fn memory<T>(run: impl FnOnce() -> T) -> (T, usize, usize) {
    let before = HELD.get();
    let (result, most) = peak(run);
    (result, most, usize::try_from(HELD.get() - before).unwrap())
}

/// The result of `run`, and how many more bytes than before were held at most.
pub fn peak<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = black_box(run());
    (result, usize::try_from(PEAK.get() - before).unwrap_or(0))
}
