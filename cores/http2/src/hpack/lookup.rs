//! Which index a field has: hashes over both tables, for the encoder.
//!
//! The static table has its own, made at compile time. The dynamic table's entries are numbered as they come; each
//! bucket holds the number of its newest entry, and each entry that of the next older one in its bucket, once by name
//! and value and once by name. Entries leave oldest first: a number of one that left ends a chain, and eviction has
//! nothing to tidy up.
//!
//! The hash has no secret (this crate draws no randomness). Who chooses fields that collide makes a chain of all entries
//! at worst, which is a linear search.

use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;

use super::table::{STATIC, Table};

/// Buckets at first: as many as a table of 4,096 octets has room for entries. They double with the entries.
const BUCKETS: usize = 128;

/// Slots for names of the static table: five times as many as there are names.
const SLOTS: usize = 256;

/// The index of the first entry with a name, at the first free slot from its hash on; 0 where there is none.
static SLOT: [u8; SLOTS] = slots();

const fn slots() -> [u8; SLOTS] {
    let mut slots = [0; SLOTS];
    let mut last = SLOTS;
    let mut nth = 0;
    while nth < STATIC.len() {
        let mut slot = hash(0, STATIC[nth].0) as usize % SLOTS;
        // Entries of one name stand together, so that only the one before can have the same.
        let same = nth > 0 && hash(0, STATIC[nth].0) == hash(0, STATIC[nth - 1].0);
        while !same && slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        if same {
            slot = last;
        } else {
            slots[slot] = nth as u8 + 1;
        }
        last = slot;
        nth += 1;
    }
    slots
}

/// How many entries have the name of the one at an index, from there on.
static NAMED: [u8; STATIC.len() + 1] = named();

const fn named() -> [u8; STATIC.len() + 1] {
    let mut named = [0; STATIC.len() + 1];
    let mut index = STATIC.len();
    while index > 0 {
        // As above: entries of one name stand together.
        let same = index < STATIC.len() && hash(0, STATIC[index - 1].0) == hash(0, STATIC[index].0);
        named[index] = if same { named[index + 1] + 1 } else { 1 };
        index -= 1;
    }
    named
}

/// Mixes octets into a hash, eight at a time, the last ones with some before them a second time. The high half of each
/// product is folded into its low half, which the buckets use.
pub(super) const fn hash(seed: u64, octets: &[u8]) -> u64 {
    let mut hash = mix(seed, octets.len() as u64);
    let Some(last) = octets.last_chunk() else { return mix(hash, short(octets)) };
    let mut rest = octets;
    while let Some((first, more)) = rest.split_first_chunk() {
        hash = mix(hash, u64::from_le_bytes(*first));
        rest = more;
    }
    mix(hash, u64::from_le_bytes(*last))
}

/// All octets of fewer than eight in one number.
const fn short(octets: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (octets.first_chunk(), octets.last_chunk()) {
        return (u32::from_le_bytes(*first) as u64) << 32 | u32::from_le_bytes(*last) as u64;
    }
    match *octets {
        [a, b, c] => (a as u64) << 16 | (b as u64) << 8 | c as u64,
        [a, b] => (a as u64) << 8 | b as u64,
        [a] => a as u64,
        _ => 0, // none
    }
}

const fn mix(hash: u64, word: u64) -> u64 {
    // Odd, its bits without pattern: 2^64 divided by the golden ratio.
    let product = (hash ^ word) as u128 * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

/// The index of the first entry of the static table that has this name, whose hash it is.
pub(super) fn static_name(hash: u64, name: &[u8]) -> Option<usize> {
    let slots = (0..SLOTS).map(|step| SLOT[(hash as usize).wrapping_add(step) % SLOTS]); // below SLOTS
    let indices = slots.map(usize::from).take_while(|index| *index != 0);
    indices.into_iter().find(|index| static_entry(*index).is_some_and(|(held, _)| held == name))
}

/// The index of the entry of the static table that has this value, and the name of the one at `first`, which is the
/// first with that name.
pub(super) fn static_pair(first: usize, value: &[u8]) -> Option<usize> {
    let named = NAMED.get(first).copied().map_or(0, usize::from);
    (first..first + named).find(|index| static_entry(*index).is_some_and(|(_, held)| held == value))
}

fn static_entry(index: usize) -> Option<(&'static [u8], &'static [u8])> {
    STATIC.get(index.checked_sub(1)?).copied()
}

/// The hashes over a dynamic table.
#[derive(Debug)]
pub(super) struct Lookup {
    pairs: Vec<u64>,
    names: Vec<u64>,
    /// One for each entry of the table, the newest first.
    links: VecDeque<Link>,
    /// The number of the newest entry; the first is 1.
    newest: u64,
}

/// An entry's hashes, and the next older entries in its buckets.
#[derive(Clone, Copy, Debug)]
struct Link {
    pair: u64,
    name: u64,
    older_pair: u64,
    older_name: u64,
}

impl Lookup {
    pub(super) fn new() -> Lookup {
        Lookup { pairs: vec![0; BUCKETS], names: vec![0; BUCKETS], links: VecDeque::new(), newest: 0 }
    }

    /// The index of the newest entry with this name and value, whose hash it is.
    pub(super) fn pair(&self, table: &Table, hash: u64, name: &[u8], value: &[u8]) -> Option<usize> {
        let mut number = self.pairs[self.bucket(hash)];
        while let Some((nth, link)) = self.link(number) {
            if link.pair == hash && table.entry(nth) == Some((name, value)) {
                return Some(STATIC.len() + 1 + nth);
            }
            number = link.older_pair;
        }
        None
    }

    /// The index of the newest entry with this name, whose hash it is.
    pub(super) fn name(&self, table: &Table, hash: u64, name: &[u8]) -> Option<usize> {
        let mut number = self.names[self.bucket(hash)];
        while let Some((nth, link)) = self.link(number) {
            if link.name == hash && table.entry(nth).is_some_and(|(held, _)| held == name) {
                return Some(STATIC.len() + 1 + nth);
            }
            number = link.older_name;
        }
        None
    }

    /// After the table took an entry with these hashes.
    pub(super) fn insert(&mut self, table: &Table, pair: u64, name: u64) {
        self.newest += 1;
        let link = self.chain(self.newest, pair, name);
        self.links.push_front(link);
        self.follow(table);
        if self.links.len() > self.pairs.len() {
            self.grow();
        }
    }

    /// After the table evicted entries.
    pub(super) fn follow(&mut self, table: &Table) {
        self.links.truncate(table.len());
    }

    /// The link of an entry that is still there, and its place.
    fn link(&self, number: u64) -> Option<(usize, &Link)> {
        let nth = usize::try_from(self.newest - number).ok()?;
        self.links.get(nth).map(|link| (nth, link))
    }

    fn chain(&mut self, number: u64, pair: u64, name: u64) -> Link {
        let (pairs, names) = (self.bucket(pair), self.bucket(name));
        let older_pair = core::mem::replace(&mut self.pairs[pairs], number);
        let older_name = core::mem::replace(&mut self.names[names], number);
        Link { pair, name, older_pair, older_name }
    }

    /// Below the number of buckets, which is a power of two.
    fn bucket(&self, hash: u64) -> usize {
        hash as usize & (self.pairs.len() - 1)
    }

    fn grow(&mut self) {
        let buckets = self.pairs.len() * 2;
        (self.pairs, self.names) = (vec![0; buckets], vec![0; buckets]);
        for nth in (0..self.links.len()).rev() {
            let Link { pair, name, .. } = self.links[nth];
            self.links[nth] = self.chain(self.newest - nth as u64, pair, name);
        }
    }
}
