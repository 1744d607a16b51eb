//! Fields in, field blocks out (RFC 7541, 6 and 7.1).

use alloc::vec::Vec;

use super::lookup::{self, Lookup};
use super::table::{Name, Table};
use super::{Coding, DEFAULT_TABLE_SIZE, Field, integer, string};

/// A cookie shorter than this is guarded. RFC 7541, 7.1.3: "short or low-entropy values are more readily recovered by an
/// adversary". nghttp2 draws the line here too.
const SHORT_COOKIE: usize = 20;

/// The encoding side of one direction of a connection.
///
/// A field becomes, in this order:
///
/// 1. a literal never indexed, where it is marked so (7541, 6.2.3), or is guarded: see [`Encoder::guard_secrets`];
/// 2. an index into the static table, where that holds name and value;
/// 3. a literal without indexing, where its entry would take more than half of the dynamic table: it would push out much
///    for a hit that is not sure;
/// 4. an index into the dynamic table, where that holds name and value;
/// 5. a literal with incremental indexing.
///
/// Literals name their field by index where either table holds the name, and the static one first: its indices are
/// shorter.
#[derive(Debug)]
pub struct Encoder {
    table: Table,
    lookup: Lookup,
    /// What the peer allows, and what we use at most.
    allowed: usize,
    cap: usize,
    /// The smallest size that the table was to have since the last block, where it was to change.
    smallest: Option<usize>,
    coding: Coding,
    guard: bool,
}

impl Encoder {
    /// An encoder for a peer whose table has [`DEFAULT_TABLE_SIZE`], as in HTTP/2 at first (RFC 9113, 4.3.1).
    pub fn new() -> Encoder {
        Encoder {
            table: Table::new(DEFAULT_TABLE_SIZE),
            lookup: Lookup::new(),
            allowed: DEFAULT_TABLE_SIZE,
            cap: DEFAULT_TABLE_SIZE,
            smallest: None,
            coding: Coding::Shorter,
            guard: true,
        }
    }

    /// The peer's SETTINGS_HEADER_TABLE_SIZE, to be told **when we acknowledge it**. Where it changes the size in use,
    /// the next block begins with the updates that RFC 7541, 4.2 demands: the smallest size, and then the last.
    pub fn set_max_table_size(&mut self, allowed: usize) {
        self.allowed = allowed;
        self.resize();
    }

    /// The most that we use, whatever the peer allows: [`DEFAULT_TABLE_SIZE`] at first. Octets of memory on both sides.
    pub fn limit_table(&mut self, cap: usize) {
        self.cap = cap;
        self.resize();
    }

    /// When strings are Huffman-encoded: [`Coding::Shorter`] at first.
    pub fn coding(&mut self, coding: Coding) {
        self.coding = coding;
    }

    /// Whether `authorization`, `proxy-authorization` and a `cookie` of fewer than 20 octets are never indexed, although
    /// they are not marked (RFC 7541, 7.1.3 allows and suggests it). On at first.
    pub fn guard_secrets(&mut self, guard: bool) {
        self.guard = guard;
    }

    /// Appends one whole field block. Names and values are encoded as they are: whether they may be sent is for the
    /// caller to check (RFC 9113, 8.2.1).
    pub fn encode<'a>(&mut self, fields: impl IntoIterator<Item = Field<'a>>, out: &mut Vec<u8>) {
        self.updates(out);
        for field in fields {
            self.field(field, out);
        }
    }

    /// The sum of the sizes of the table's entries (RFC 7541, 4.1).
    pub fn table_size(&self) -> usize {
        self.table.size()
    }

    /// The size that the peer was told last, or the first one.
    pub fn max_table_size(&self) -> usize {
        self.table.max()
    }

    /// Names and values in the dynamic table, the newest first.
    pub fn entries(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.table.entries()
    }

    fn resize(&mut self) {
        let size = self.allowed.min(self.cap);
        let before = self.smallest.unwrap_or(self.table.max());
        if self.smallest.is_some() || size != before {
            self.smallest = Some(size.min(before));
        }
    }

    /// 4.2: "the smallest maximum table size that occurs in that interval MUST be signaled in a dynamic table size update.
    /// The final maximum size is always signaled".
    fn updates(&mut self, out: &mut Vec<u8>) {
        let Some(smallest) = self.smallest.take() else { return };
        let last = self.allowed.min(self.cap);
        if smallest < last && smallest < self.table.max() {
            self.update(smallest, out);
        }
        self.update(last, out);
    }

    /// 6.3.
    fn update(&mut self, size: usize, out: &mut Vec<u8>) {
        integer::encode(size, 0x20, 5, out);
        self.table.set_max(size);
        self.lookup.follow(&self.table);
    }

    fn field(&mut self, field: Field<'_>, out: &mut Vec<u8>) {
        let hash = lookup::hash(0, field.name);
        let known = lookup::static_name(hash, field.name);
        // 6.2.3: a field that was never indexed "MUST use the same representation".
        if field.never_indexed || (self.guard && secret(field)) {
            return self.literal(field, hash, known, (0x10, 4), out);
        }
        if let Some(index) = known.and_then(|first| lookup::static_pair(first, field.value)) {
            return integer::encode(index, 0x80, 7, out);
        }
        if field.size() > self.table.max() / 2 {
            return self.literal(field, hash, known, (0x00, 4), out);
        }
        let pair = lookup::hash(hash, field.value);
        match self.lookup.pair(&self.table, pair, field.name, field.value) {
            Some(index) => integer::encode(index, 0x80, 7, out),
            None => {
                self.literal(field, hash, known, (0x40, 6), out);
                self.table.insert(Name::Literal(field.name), field.value);
                self.lookup.insert(&self.table, pair, hash);
            }
        }
    }

    /// 6.2, whose three forms begin with different patterns before prefixes of different lengths.
    fn literal(
        &self,
        field: Field<'_>,
        hash: u64,
        known: Option<usize>,
        (pattern, prefix): (u8, u32),
        out: &mut Vec<u8>,
    ) {
        match known.or_else(|| self.lookup.name(&self.table, hash, field.name)) {
            Some(index) => integer::encode(index, pattern, prefix, out),
            None => {
                out.push(pattern);
                string::encode(field.name, self.coding, out);
            }
        }
        string::encode(field.value, self.coding, out);
    }
}

impl Default for Encoder {
    fn default() -> Encoder {
        Encoder::new()
    }
}

/// 7.1.3: "header fields that are considered to be highly valuable or sensitive to recovery, such as the Cookie or
/// Authorization header fields".
fn secret(field: Field<'_>) -> bool {
    match field.name {
        b"authorization" | b"proxy-authorization" => true,
        b"cookie" => field.value.len() < SHORT_COOKIE,
        _ => false,
    }
}
