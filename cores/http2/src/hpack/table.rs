//! The static table (RFC 7541, Appendix A), the dynamic table (2.3.2 and 4), and the address space of both (2.3.3).
//!
//! The octets of all entries lie in one buffer, one entry after the other, the name before the value. New entries are
//! appended; an entry is evicted by forgetting it. When more than half of the buffer is forgotten octets, the rest moves
//! to the front: each octet is moved once at most for each octet that comes, and nothing is allocated after the buffer
//! has had its largest size, about three times the table's.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// 4.1: what an entry counts beside its octets.
pub(super) const OVERHEAD: usize = 32;

/// Appendix A. Index 1 is the first; entries of one name stand together.
pub(super) static STATIC: [(&[u8], &[u8]); 61] = [
    (b":authority", b""),
    (b":method", b"GET"),
    (b":method", b"POST"),
    (b":path", b"/"),
    (b":path", b"/index.html"),
    (b":scheme", b"http"),
    (b":scheme", b"https"),
    (b":status", b"200"),
    (b":status", b"204"),
    (b":status", b"206"),
    (b":status", b"304"),
    (b":status", b"400"),
    (b":status", b"404"),
    (b":status", b"500"),
    (b"accept-charset", b""),
    (b"accept-encoding", b"gzip, deflate"),
    (b"accept-language", b""),
    (b"accept-ranges", b""),
    (b"accept", b""),
    (b"access-control-allow-origin", b""),
    (b"age", b""),
    (b"allow", b""),
    (b"authorization", b""),
    (b"cache-control", b""),
    (b"content-disposition", b""),
    (b"content-encoding", b""),
    (b"content-language", b""),
    (b"content-length", b""),
    (b"content-location", b""),
    (b"content-range", b""),
    (b"content-type", b""),
    (b"cookie", b""),
    (b"date", b""),
    (b"etag", b""),
    (b"expect", b""),
    (b"expires", b""),
    (b"from", b""),
    (b"host", b""),
    (b"if-match", b""),
    (b"if-modified-since", b""),
    (b"if-none-match", b""),
    (b"if-range", b""),
    (b"if-unmodified-since", b""),
    (b"last-modified", b""),
    (b"link", b""),
    (b"location", b""),
    (b"max-forwards", b""),
    (b"proxy-authenticate", b""),
    (b"proxy-authorization", b""),
    (b"range", b""),
    (b"referer", b""),
    (b"refresh", b""),
    (b"retry-after", b""),
    (b"server", b""),
    (b"set-cookie", b""),
    (b"strict-transport-security", b""),
    (b"transfer-encoding", b""),
    (b"user-agent", b""),
    (b"vary", b""),
    (b"via", b""),
    (b"www-authenticate", b""),
];

/// The name of a new entry.
#[derive(Clone, Copy)]
pub(super) enum Name<'a> {
    Literal(&'a [u8]),
    /// That of an entry of either table.
    Index(usize),
}

/// Where an entry's octets lie.
#[derive(Debug)]
struct Entry {
    /// The place of its first octet among all octets that were ever appended, modulo the address space.
    start: usize,
    name: usize,
    value: usize,
}

impl Entry {
    /// 4.1: "the sum of its name's length in octets […], its value's length in octets, and 32".
    fn size(&self) -> usize {
        self.name + self.value + OVERHEAD
    }
}

/// A dynamic table.
#[derive(Debug)]
pub(super) struct Table {
    octets: Vec<u8>,
    /// The place of the buffer's first octet.
    base: usize,
    /// The newest first.
    entries: VecDeque<Entry>,
    size: usize,
    max: usize,
}

impl Table {
    pub(super) fn new(max: usize) -> Table {
        Table { octets: Vec::new(), base: 0, entries: VecDeque::new(), size: 0, max }
    }

    /// 4.1: "The size of the dynamic table is the sum of the size of its entries."
    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn max(&self) -> usize {
        self.max
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// 2.3.3: name and value at an index into both tables.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<(&[u8], &[u8])> {
        match index.checked_sub(STATIC.len() + 1) {
            Some(nth) => self.entry(nth),
            None => STATIC.get(index.checked_sub(1)?).copied(),
        }
    }

    /// Name and value of an entry of the dynamic table, counted from 0 for the newest.
    #[inline]
    pub(super) fn entry(&self, nth: usize) -> Option<(&[u8], &[u8])> {
        let entry = self.entries.get(nth)?;
        let start = entry.start.wrapping_sub(self.base);
        self.octets.get(start..start + entry.name + entry.value)?.split_at_checked(entry.name)
    }

    /// The entries, the newest first.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        (0..self.len()).filter_map(|nth| self.entry(nth))
    }

    /// 4.3: entries are evicted "until the size of the dynamic table is less than or equal to the maximum size".
    pub(super) fn set_max(&mut self, max: usize) {
        self.max = max;
        self.evict(max);
    }

    /// 4.4, in its order; only the octets are appended first, because the name may be that of an entry which is evicted.
    pub(super) fn insert(&mut self, name: Name<'_>, value: &[u8]) {
        let start = self.octets.len();
        let length = self.append_name(name);
        let entry = Entry { start: self.base.wrapping_add(start), name: length, value: value.len() };
        match self.max.checked_sub(entry.size()) {
            Some(room) => {
                self.octets.extend_from_slice(value);
                self.evict(room);
                self.size += entry.size();
                self.entries.push_front(entry);
            }
            // 4.4: "an attempt to add an entry larger than the maximum size causes the table to be emptied of all existing
            // entries and results in an empty table".
            None => {
                self.octets.truncate(start);
                self.evict(0);
            }
        }
        self.compact();
    }

    fn append_name(&mut self, name: Name<'_>) -> usize {
        let octets = match name {
            Name::Literal(octets) => octets,
            Name::Index(index) => match index.checked_sub(STATIC.len() + 1).and_then(|nth| self.entries.get(nth)) {
                Some(entry) => {
                    // All octets of an entry lie in the buffer.
                    let start = entry.start.wrapping_sub(self.base);
                    self.octets.extend_from_within(start..start + entry.name);
                    return entry.name;
                }
                None => index.checked_sub(1).and_then(|nth| STATIC.get(nth)).map_or(&[][..], |(name, _)| name),
            },
        };
        self.octets.extend_from_slice(octets);
        octets.len()
    }

    fn evict(&mut self, room: usize) {
        while self.size > room
            && let Some(entry) = self.entries.pop_back()
        {
            self.size -= entry.size();
        }
    }

    fn compact(&mut self) {
        let live = self.entries.back().map_or(self.octets.len(), |oldest| oldest.start.wrapping_sub(self.base));
        if live > self.octets.len() / 2 {
            self.octets.drain(..live);
            self.base = self.base.wrapping_add(live);
        }
    }
}
