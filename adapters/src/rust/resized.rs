//! Changes of an HPACK encoder's table size between two blocks.

/// For codecs that leave it to their caller when a change is written: at the beginning of the next block stand the
/// smallest size that there was since the last one and the one that is now (RFC 7541, 4.2).
#[derive(Default)]
pub(super) struct Resized(Option<(u32, u32)>);

impl Resized {
    /// The size changes.
    pub(super) fn note(&mut self, size: u32) {
        let smallest = self.0.map_or(size, |(smallest, _)| smallest.min(size));
        self.0 = Some((smallest, size));
    }

    /// The sizes that the next block begins with.
    pub(super) fn take(&mut self) -> Vec<u32> {
        match self.0.take() {
            None => Vec::new(),
            Some((smallest, last)) if smallest == last => vec![last],
            Some((smallest, last)) => vec![smallest, last],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_and_the_last_are_kept_until_they_are_taken() {
        let check = |sizes: &[u32], expected: &[u32]| {
            let mut resized = Resized::default();
            sizes.iter().for_each(|size| resized.note(*size));
            assert_eq!(resized.take(), expected, "{sizes:?}");
            assert_eq!(resized.take(), [0; 0], "{sizes:?}, again");
        };
        check(&[], &[]);
        check(&[10], &[10]);
        check(&[20, 10], &[10]);
        check(&[10, 20], &[10, 20]);
        check(&[30, 10, 40, 20], &[10, 20]);
    }
}
