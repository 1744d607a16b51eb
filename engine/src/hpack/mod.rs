//! A lenient reader of HPACK blocks, and a writer that keeps what it is not asked to change: blocks as representations,
//! with the dynamic table followed over the whole connection.

pub(crate) mod huffman;

use std::collections::VecDeque;
use std::rc::Rc;

/// The entries of the static table.
const STATIC: u64 = wireproof::hpack::STATIC.len() as u64;

/// The size that a dynamic table has without SETTINGS (RFC 9113, 6.5.2).
const TABLE: usize = 4096;

/// Name and value. A small block may refer to a large one many times.
pub(crate) type Field = Rc<(Vec<u8>, Vec<u8>)>;

/// A string literal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    /// What it says.
    pub(crate) octets: Vec<u8>,
    /// Its Huffman code, if it is written so.
    pub(crate) coded: Option<Vec<u8>>,
}

impl Text {
    /// A string that is written plainly.
    pub(crate) fn plain(octets: &[u8]) -> Text {
        Text { octets: octets.to_vec(), coded: None }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let (flag, octets) = self.coded.as_ref().map_or((0, &self.octets), |coded| (0x80, coded));
        integer(out, flag, 7, octets.len() as u64);
        out.extend_from_slice(octets);
    }
}

/// What becomes of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// It enters the dynamic table (RFC 7541, 6.2.1).
    Add,
    /// It does not (6.2.2).
    Plain,
    /// It never may (6.2.3).
    Never,
}

/// A representation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Indexed(u64),
    Literal {
        how: How,
        /// The index of the name; 0 if `name` is written out.
        index: u64,
        name: Text,
        value: Text,
    },
    Size(u64),
    /// The rest of a block, of which nothing more can be read.
    Rest,
}

/// A representation as it stands in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) item: Item,
    /// Its octets, as long as it is unchanged.
    pub(crate) wire: Option<Vec<u8>>,
    /// The field that it stands for; none for a size update and for an index that leads nowhere.
    pub(crate) field: Option<Field>,
    /// The most octets that one of its integers has.
    pub(crate) longest: usize,
}

impl Line {
    /// One that is not written yet.
    pub(crate) fn new(item: Item, field: Option<Field>) -> Line {
        Line { item, wire: None, field, longest: 1 }
    }

    /// A literal without indexing, with plain strings.
    pub(crate) fn literal(name: &[u8], value: &[u8]) -> Line {
        let item = Item::Literal { how: How::Plain, index: 0, name: Text::plain(name), value: Text::plain(value) };
        Line::new(item, Some(Rc::new((name.to_vec(), value.to_vec()))))
    }

    /// Makes it another field; what becomes of it in the table stays.
    pub(crate) fn set(&mut self, name: &[u8], value: &[u8]) {
        let how = match self.item {
            Item::Literal { how, .. } => how,
            _ => How::Plain,
        };
        *self = Line::literal(name, value);
        if let Item::Literal { how: place, .. } = &mut self.item {
            *place = how;
        }
    }

    /// The index that it has.
    pub(crate) fn index(&self) -> u64 {
        match self.item {
            Item::Indexed(index) | Item::Literal { index, .. } => index,
            Item::Size(_) | Item::Rest => 0,
        }
    }

    /// Whether its index leads into the dynamic table.
    pub(crate) fn is_dynamic(&self) -> bool {
        self.index() > STATIC && self.field.is_some()
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match &self.item {
            Item::Indexed(index) => integer(&mut out, 0x80, 7, *index),
            Item::Size(size) => integer(&mut out, 0x20, 5, *size),
            Item::Rest => {}
            Item::Literal { how, index, name, value } => {
                let (pattern, prefix) = match how {
                    How::Add => (0x40, 6),
                    How::Plain => (0, 4),
                    How::Never => (0x10, 4),
                };
                integer(&mut out, pattern, prefix, *index);
                if *index == 0 {
                    name.write(&mut out);
                }
                value.write(&mut out);
            }
        }
        out
    }
}

/// Writes an integer as short as it can be (RFC 7541, 5.1).
pub(crate) fn integer(out: &mut Vec<u8>, pattern: u8, prefix: u8, value: u64) {
    let most = (1u64 << prefix) - 1;
    if value < most {
        return out.push(pattern | value as u8);
    }
    out.push(pattern | most as u8);
    let mut rest = value - most;
    while rest >= 128 {
        out.push(0x80 | (rest & 0x7f) as u8);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// The dynamic table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    entries: VecDeque<Field>,
    limit: usize,
}

impl Default for Table {
    fn default() -> Table {
        Table { entries: VecDeque::new(), limit: TABLE }
    }
}

impl Table {
    /// The entry of this index, in the static table or here.
    pub(crate) fn get(&self, index: u64) -> Option<Field> {
        let at = usize::try_from(index.checked_sub(1)?).ok()?;
        match wireproof::hpack::STATIC.get(at) {
            Some((name, value)) => Some(Rc::new((name.as_bytes().to_vec(), value.as_bytes().to_vec()))),
            None => self.entries.get(at - STATIC as usize).cloned(),
        }
    }

    /// How many entries it holds.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The size of its newest entries, so many of them (RFC 7541, 4.1).
    pub(crate) fn size(&self, newest: usize) -> usize {
        self.entries.iter().take(newest).map(size).sum()
    }

    /// The index of an entry that is this field, here or in the static table.
    pub(crate) fn find(&self, field: &Field) -> Option<u64> {
        let held = self.entries.iter().position(|held| held == field).map(|at| at as u64 + STATIC + 1);
        let is = |known: &(&str, &str)| (known.0.as_bytes(), known.1.as_bytes()) == (&field.0[..], &field.1[..]);
        held.or_else(|| wireproof::hpack::STATIC.iter().position(is).map(|at| at as u64 + 1))
    }

    /// What a representation does to it. A size over the limit counts as the limit.
    fn follow(&mut self, line: &Line) {
        match (&line.item, &line.field) {
            (Item::Size(size), _) => self.limit = usize::try_from(*size).map_or(TABLE, |size| size.min(TABLE)),
            (Item::Literal { how: How::Add, .. }, Some(field)) => self.entries.push_front(field.clone()),
            _ => return,
        }
        while self.size(self.len()) > self.limit {
            self.entries.pop_back();
        }
    }

    /// The octets of a block, written after those that this table has seen. A representation whose index leads somewhere
    /// else by now becomes a literal.
    pub(crate) fn write(&mut self, lines: &[Line]) -> Vec<u8> {
        let mut out = Vec::new();
        for line in lines {
            let found = self.get(line.index());
            let moved = line.index() > STATIC
                && match (&line.field, found, &line.item) {
                    (Some(field), Some(found), Item::Indexed(_)) => *field != found,
                    (Some(field), Some(found), _) => field.0 != found.0,
                    (Some(_), None, _) => true,
                    (None, ..) => false,
                };
            let mut line = line.clone();
            if let (true, Some((name, value))) = (moved, line.field.as_deref().cloned()) {
                line.set(&name, &value);
            }
            out.append(&mut line.wire.clone().unwrap_or_else(|| line.encode()));
            self.follow(&line);
        }
        out
    }

    /// A block's representations, and where in it what begins, in words.
    pub(crate) fn read(&mut self, block: &[u8]) -> (Vec<Line>, Vec<(usize, &'static str)>) {
        let mut lines = Vec::new();
        let mut reader = Reader { block, at: 0, longest: 0, marks: Vec::new() };
        while reader.at < block.len() {
            let start = reader.at;
            reader.longest = 0;
            let rest = Line { item: Item::Rest, wire: Some(block[start..].to_vec()), field: None, longest: 0 };
            let Some((item, field)) = reader.item(self) else {
                lines.push(rest);
                break;
            };
            let wire = Some(block[start..reader.at].to_vec());
            let line = Line { item, wire, field, longest: reader.longest };
            self.follow(&line);
            lines.push(line);
        }
        (lines, reader.marks)
    }
}

/// The size of an entry (RFC 7541, 4.1).
fn size(field: &Field) -> usize {
    field.0.len() + field.1.len() + 32
}

/// A place in a block.
struct Reader<'b> {
    block: &'b [u8],
    at: usize,
    longest: usize,
    marks: Vec<(usize, &'static str)>,
}

impl Reader<'_> {
    fn mark(&mut self, state: &'static str) {
        self.marks.push((self.at, state));
    }

    /// An integer and whether its pattern has the given bit set; the largest number for one too large.
    fn integer(&mut self, prefix: u8) -> Option<u64> {
        let (start, most) = (self.at, (1u64 << prefix) - 1);
        let mut value = u64::from(*self.block.get(self.at)?) & most;
        self.at += 1;
        let mut shift = 0;
        let mut more = value == most;
        while more {
            let octet = *self.block.get(self.at)?;
            self.at += 1;
            let part = u64::from(octet & 0x7f);
            let added = if shift < 57 { value.saturating_add(part << shift) } else { u64::MAX };
            value = if part == 0 { value } else { added };
            shift += 7;
            more = octet & 0x80 != 0;
        }
        self.longest = self.longest.max(self.at - start);
        Some(value)
    }

    fn text(&mut self, length: &'static str, string: &'static str) -> Option<Text> {
        self.mark(length);
        let is_coded = self.block.get(self.at)? & 0x80 != 0;
        let size = usize::try_from(self.integer(7)?).ok()?;
        self.mark(if is_coded { "huffman" } else { string });
        let octets = self.block.get(self.at..self.at.checked_add(size)?)?;
        self.at += size;
        Some(match is_coded {
            true => Text { octets: huffman::decode(octets).0, coded: Some(octets.to_vec()) },
            false => Text::plain(octets),
        })
    }

    fn item(&mut self, table: &Table) -> Option<(Item, Option<Field>)> {
        let first = *self.block.get(self.at)?;
        let (how, prefix) = match first {
            0x80.. => {
                self.mark("indexed");
                let index = self.integer(7)?;
                return Some((Item::Indexed(index), table.get(index)));
            }
            0x40..0x80 => (How::Add, 6),
            0x20..0x40 => {
                self.mark("size update");
                return Some((Item::Size(self.integer(5)?), None));
            }
            0x10..0x20 => (How::Never, 4),
            _ => (How::Plain, 4),
        };
        self.mark("literal index");
        let index = self.integer(prefix)?;
        let name = if index == 0 { self.text("name length", "name string")? } else { Text::default() };
        let value = self.text("value length", "value string")?;
        let named = if index == 0 { Some(name.octets.clone()) } else { table.get(index).map(|found| found.0.clone()) };
        let field = named.map(|name| Rc::new((name, value.octets.clone())));
        Some((Item::Literal { how, index, name, value }, field))
    }
}
