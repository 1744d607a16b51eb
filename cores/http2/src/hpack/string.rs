//! String literals (RFC 7541, 5.2).
//!
//! ```text
//!   0   1   2   3   4   5   6   7
//! +---+---+---+---+---+---+---+---+
//! | H |    String Length (7+)     |
//! +---+---------------------------+
//! |  String Data (Length octets)  |
//! +-------------------------------+
//! ```

use alloc::vec::Vec;

use super::error::{Error, Reason};
use super::integer::{self, Input};
use super::{Coding, huffman};

/// The flag of a Huffman-encoded string.
const H: u8 = 0x80;

/// A string of at most so many octets, out of the block itself or decoded into `scratch`.
#[inline]
pub(super) fn decode<'s, 'b: 's>(
    input: &mut Input<'b>,
    scratch: &'s mut Vec<u8>,
    limit: usize,
) -> Result<&'s [u8], Error> {
    let offset = input.offset();
    let coded = input.peek().is_some_and(|first| first & H != 0);
    let length = input.integer(7)?;
    let start = input.offset();
    let data = input.take(length)?;
    if coded {
        return huffman::decode(data, scratch, limit).map_err(|error| Error { offset: start + error.offset, ..error });
    }
    // 7.4: "it has to set a limit to the length it accepts for string literals".
    if length > limit {
        return Err(Error { reason: Reason::StringTooLong, offset });
    }
    Ok(data)
}

/// Appends a string.
pub(super) fn encode(octets: &[u8], coding: Coding, out: &mut Vec<u8>) {
    let coded = match coding {
        Coding::Never => return plain(octets, out),
        Coding::Shorter if octets.len() < usize::from(!H) => return shorter(octets, out),
        Coding::Always | Coding::Shorter => huffman::length(octets),
    };
    if coding == Coding::Shorter && coded >= octets.len() {
        return plain(octets, out);
    }
    integer::encode(coded, H, 7, out);
    huffman::encode(octets, out);
}

/// The shorter form of a string whose length stands in one octet either way: coded at once, and taken back where that is
/// not shorter.
fn shorter(octets: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.push(H);
    huffman::encode(octets, out);
    let coded = out.len() - start - 1;
    if coded < octets.len() {
        out[start] |= coded as u8; // below 0x7f; it was pushed above
    } else {
        out.truncate(start);
        plain(octets, out);
    }
}

fn plain(octets: &[u8], out: &mut Vec<u8>) {
    integer::encode(octets.len(), 0, 7, out);
    out.extend_from_slice(octets);
}
