//! Integers (RFC 7541, 5.1), and the cursor that reads them.
//!
//! ```text
//!   0   1   2   3   4   5   6   7
//! +---+---+---+---+---+---+---+---+
//! | ? | ? | ? | 1   1   1   1   1 |
//! +---+---+---+-------------------+
//! | 1 |    Value-(2^N-1) LSB      |
//! +---+---------------------------+
//!                ...
//! +---+---------------------------+
//! | 0 |    Value-(2^N-1) MSB      |
//! +---+---------------------------+
//! ```

use alloc::vec::Vec;

use super::error::{Error, Reason};

/// The greatest integer that is taken. 5.1 demands a limit; SETTINGS_HEADER_TABLE_SIZE goes so far (RFC 9113, 6.5.1),
/// and no string or index needs more.
const GREATEST: u64 = u32::MAX as u64;

/// The bits that octets after the prefix may hold: five octets, the most that [`GREATEST`] needs. An encoding that is
/// not minimal is no error within them (5.1 names only limits "in value or octet length").
const LONGEST: u32 = 5 * 7;

/// A block, and how far it is read.
pub(super) struct Input<'b> {
    block: &'b [u8],
    at: usize,
}

impl<'b> Input<'b> {
    pub(super) fn new(block: &'b [u8]) -> Input<'b> {
        Input { block, at: 0 }
    }

    /// The next octet, not consumed.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.block.get(self.at).copied()
    }

    /// The offset of the next octet.
    #[inline]
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// An integer whose first octet holds it in so many bits.
    #[inline]
    pub(super) fn integer(&mut self, prefix: u32) -> Result<usize, Error> {
        let full = 0xff >> (8 - prefix);
        let first = self.octet()? & full;
        if first < full {
            return Ok(usize::from(first));
        }
        self.continued(u64::from(full))
    }

    #[cold]
    fn continued(&mut self, mut value: u64) -> Result<usize, Error> {
        let mut shift = 0;
        loop {
            let offset = self.at;
            let octet = self.octet()?;
            // Five times seven bits and a prefix fit in 64.
            value += u64::from(octet & 0x7f) << shift;
            shift += 7;
            let more = octet & 0x80 != 0;
            // 5.1: "Integer encodings that exceed implementation limits -- in value or octet length -- MUST be treated as
            // decoding errors."
            if value > GREATEST || (more && shift == LONGEST) {
                return Err(Error { reason: Reason::IntegerOverflow, offset });
            }
            if !more {
                return usize::try_from(value).map_err(|_| Error { reason: Reason::IntegerOverflow, offset });
            }
        }
    }

    /// The next octets, so many.
    #[inline]
    pub(super) fn take(&mut self, length: usize) -> Result<&'b [u8], Error> {
        let taken = self.block.get(self.at..).and_then(|rest| rest.get(..length)).ok_or(self.truncated())?;
        self.at += length;
        Ok(taken)
    }

    #[inline]
    fn octet(&mut self) -> Result<u8, Error> {
        let octet = self.peek().ok_or(self.truncated())?;
        self.at += 1;
        Ok(octet)
    }

    fn truncated(&self) -> Error {
        Error { reason: Reason::Truncated, offset: self.block.len() }
    }
}

/// Appends an integer whose first octet begins with `pattern` and holds it in so many bits.
pub(super) fn encode(value: usize, pattern: u8, prefix: u32, out: &mut Vec<u8>) {
    let full = 0xff >> (8 - prefix);
    if value < usize::from(full) {
        return out.push(pattern | value as u8);
    }
    out.push(pattern | full);
    let mut left = value - usize::from(full);
    while left >= 0x80 {
        out.push(left as u8 | 0x80);
        left >>= 7;
    }
    out.push(left as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C.1, both ways; C.1.3's prefix of eight bits is in no representation.
    #[test]
    fn examples() {
        let table: [(usize, u32, &[u8]); 3] = [(10, 5, &[0x0a]), (1337, 5, &[0x1f, 0x9a, 0x0a]), (42, 8, &[0x2a])];
        for (value, prefix, octets) in table {
            let mut out = Vec::new();
            encode(value, 0, prefix, &mut out);
            assert_eq!(out, octets);
            assert_eq!(Input::new(octets).integer(prefix), Ok(value));
        }
    }

    #[test]
    fn edges_of_each_prefix() {
        for prefix in 1..=8 {
            let full = (1 << prefix) - 1;
            for value in [0, full - 1, full, full + 1, full + 0x7f, full + 0x80, full + 0x3fff, GREATEST as usize] {
                let mut out = Vec::new();
                encode(value, 0, prefix, &mut out);
                let mut input = Input::new(&out);
                assert_eq!((input.integer(prefix), input.offset()), (Ok(value), out.len()), "{prefix}");
            }
        }
    }
}
