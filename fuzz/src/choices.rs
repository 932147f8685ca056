//! Choices that the bytes of an input make.

/// The rest of the input. After its end, every byte is 0.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    pub fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *byte
    }

    /// Returns a number below `bound`, which is at most 256.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    /// Returns one of the values, the first one after the end of the input.
    pub fn one_of<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }

    /// Returns true for this many values of a byte, the highest ones.
    pub fn happens(&mut self, values: u8) -> bool {
        self.byte() > u8::MAX - values
    }

    /// Returns up to `most` of the values. A value can occur twice.
    pub fn some_of<T: Clone>(&mut self, values: &[T], most: usize) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| self.one_of(values)).collect()
    }
}
