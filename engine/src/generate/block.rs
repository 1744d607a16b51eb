//! A small HPACK encoder that writes any representation, true or not (RFC 7541). Strings are not Huffman-coded.

use arbitrary::{Result, Unstructured};

/// Static entries that requests and responses use: index, name, value.
const STATIC: &[(usize, &[u8], &[u8])] = &[
    (1, b":authority", b""),
    (2, b":method", b"GET"),
    (3, b":method", b"POST"),
    (4, b":path", b"/"),
    (6, b":scheme", b"http"),
    (7, b":scheme", b"https"),
    (8, b":status", b"200"),
    (9, b":status", b"204"),
    (28, b"content-length", b""),
    (32, b"cookie", b""),
    (33, b"date", b""),
    (54, b"server", b""),
];

/// A field: name and value.
pub(super) type Field = (Vec<u8>, Vec<u8>);

/// The encoder: its dynamic table, newest first.
#[derive(Debug)]
pub(super) struct Encoder {
    table: Vec<Field>,
    limit: usize,
}

impl Encoder {
    /// With an empty table of at most 4096 octets.
    pub(super) fn new() -> Encoder {
        Encoder { table: Vec::new(), limit: 4096 }
    }

    /// How many entries the dynamic table holds.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// Writes a size update, and evicts.
    pub(super) fn resize(&mut self, limit: usize, out: &mut Vec<u8>) {
        integer(0x20, 5, limit, 0, out);
        self.limit = limit;
        self.evict();
    }

    /// Writes a field by an index where there is one, else as a literal of some kind.
    pub(super) fn field(&mut self, field: &Field, choices: &mut Unstructured<'_>, out: &mut Vec<u8>) -> Result<()> {
        let kind: u8 = choices.int_in_range(0..=7)?;
        let known = STATIC.iter().find(|known| (known.1, known.2) == (&field.0[..], &field.1[..])).map(|known| known.0);
        let held = self.table.iter().position(|held| held == field).map(|at| at + 62);
        if let (Some(index), 2..) = (held.or(known), kind) {
            integer(0x80, 7, index, 0, out);
            return Ok(());
        }
        let name = STATIC.iter().find(|known| known.1 == field.0).map_or(0, |known| known.0);
        let name = if kind == 1 { 0 } else { name };
        match kind {
            0..4 => {
                literal(0x40, 6, name, field, out);
                self.table.insert(0, field.clone());
                self.evict();
            }
            4 => literal(0x10, 4, name, field, out),
            _ => literal(0, 4, name, field, out),
        }
        Ok(())
    }

    fn evict(&mut self) {
        while self.table.iter().map(|(name, value)| name.len() + value.len() + 32).sum::<usize>() > self.limit {
            self.table.pop();
        }
    }
}

/// Writes a literal with this index as its name, or with the name itself if it is 0.
pub(super) fn literal(pattern: u8, bits: u32, index: usize, field: &Field, out: &mut Vec<u8>) {
    integer(pattern, bits, index, 0, out);
    if index == 0 {
        string(&field.0, field.0.len(), out);
    }
    string(&field.1, field.1.len(), out);
}

/// Writes a string that says to have this length.
pub(super) fn string(octets: &[u8], says: usize, out: &mut Vec<u8>) {
    integer(0, 7, says, 0, out);
    out.extend_from_slice(octets);
}

/// Writes an integer behind a pattern, with `spare` octets of zeros more than it needs if it has any octets more.
pub(super) fn integer(pattern: u8, bits: u32, value: usize, spare: usize, out: &mut Vec<u8>) {
    let full = (1usize << bits) - 1;
    if value < full {
        out.push(pattern | value as u8); // below 128
        return;
    }
    out.push(pattern | full as u8); // at most 127
    let mut rest = value - full;
    while rest >= 128 {
        out.push(rest as u8 | 0x80); // its low seven bits
        rest >>= 7;
    }
    if spare == 0 {
        out.push(rest as u8); // below 128
        return;
    }
    out.push(rest as u8 | 0x80); // as above
    out.extend(std::iter::repeat_n(0x80, spare - 1));
    out.push(0);
}
