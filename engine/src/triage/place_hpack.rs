//! Where in HPACK blocks an octet stands: the representation that holds it, and what is wrong with that.

use crate::Input;
use crate::hpack::huffman;
use crate::hpack::{How, Item, Line, Table};

/// Words for a kind of representation, by what is wrong with it.
struct Words {
    sound: &'static str,
    long: &'static str,
    astray: &'static str,
    huffman: &'static str,
}

macro_rules! words {
    ($name:literal) => {
        Words {
            sound: $name,
            long: concat!($name, " with a long integer"),
            astray: concat!($name, " with an index that leads nowhere"),
            huffman: concat!($name, " with a wrong Huffman string"),
        }
    };
}

static INDEXED: Words = words!("indexed field");
static ADDED: Words = words!("literal with indexing");
static PLAIN: Words = words!("literal without indexing");
static NEVER: Words = words!("literal never indexed");
static SIZE: Words = words!("size update");

/// The longest integer that all read (RFC 7541, 5.1, sets no limit).
const LONG: usize = 5;

/// The state of an octet of an HPACK input.
pub(super) fn state(input: &Input, at: usize) -> &'static str {
    let mut table = Table::default();
    let mut start = 0;
    for block in input.blocks() {
        if at == start {
            return "block length";
        }
        let (lines, marks) = table.read(block);
        start += 1;
        if at < start + block.len() {
            return in_block(&lines, &marks, at - start);
        }
        start += block.len();
    }
    "block end"
}

/// The offset of each representation, and the input that ends with it.
pub(crate) fn prefixes(input: &Input) -> Vec<(usize, Input)> {
    let mut table = Table::default();
    let (mut found, mut before, mut start) = (Vec::new(), Vec::new(), 0);
    for block in input.blocks() {
        start += 1;
        let mut at = 0;
        for line in table.read(block).0 {
            let end = at + line.wire.map_or(0, |wire| wire.len());
            before.push(&block[..end]);
            found.push((start + at, Input { shape: input.shape, ..Input::of_blocks(&before) }));
            before.pop();
            at = end;
        }
        before.push(block);
        start += block.len();
    }
    found
}

fn in_block(lines: &[Line], marks: &[(usize, &'static str)], at: usize) -> &'static str {
    let (mut start, mut fields) = (0, 0);
    for line in lines {
        let size = line.wire.as_ref().map_or(0, Vec::len);
        if at < start + size {
            return in_line(line, fields, marks);
        }
        fields += usize::from(!matches!(line.item, Item::Size(_)));
        start += size;
    }
    "block end"
}

/// What a representation is, behind so many fields of its block.
fn in_line(line: &Line, fields: usize, marks: &[(usize, &'static str)]) -> &'static str {
    let words = match &line.item {
        Item::Rest => return cut_short(marks.last().map_or("", |(_, mark)| mark)),
        Item::Size(4097..) => return "size update beyond the limit",
        Item::Size(_) if fields > 0 => return "size update behind a field",
        Item::Size(_) => &SIZE,
        Item::Indexed(_) => &INDEXED,
        Item::Literal { how: How::Add, .. } => &ADDED,
        Item::Literal { how: How::Plain, .. } => &PLAIN,
        Item::Literal { how: How::Never, .. } => &NEVER,
    };
    let is_wrong = |coded: &Option<Vec<u8>>| coded.as_ref().is_some_and(|coded| !huffman::decode(coded).1);
    let is_astray = line.field.is_none() && !matches!(line.item, Item::Size(_));
    match &line.item {
        _ if line.longest > LONG => words.long,
        Item::Literal { name, value, .. } if is_wrong(&name.coded) || is_wrong(&value.coded) => words.huffman,
        _ if is_astray => words.astray,
        _ => words.sound,
    }
}

/// What the rest of a block breaks off in, by the last mark.
fn cut_short(mark: &str) -> &'static str {
    match mark {
        "indexed" => "block end in an index",
        "size update" => "block end in a size update",
        "literal index" => "block end in the index of a name",
        "name length" | "value length" => "block end in the length of a string",
        _ => "block end in a string",
    }
}

#[cfg(test)]
mod tests {
    use super::super::place::place;
    use super::*;

    fn states(block: &[u8]) -> Vec<&'static str> {
        let input = Input::of_blocks(&[block]);
        let mut states: Vec<_> = (1..=block.len()).map(|at| place(&input, at).state).collect();
        states.dedup();
        states
    }

    #[test]
    fn a_place_is_a_representation_and_what_is_wrong_with_it() {
        assert_eq!(states(b"\x20\x82\x40\x01a\x81\x1f"), ["size update", "indexed field", "literal with indexing"]);
        assert_eq!(states(b"\x3f\xe2\x1f\x82"), ["size update beyond the limit", "indexed field"]);
        assert_eq!(states(b"\x82\x20"), ["indexed field", "size update behind a field"]);
        assert_eq!(states(b"\xff\x80\x80\x80\x80\x80\x00"), ["indexed field with a long integer"]);
        assert_eq!(states(b"\x80\xbe"), ["indexed field with an index that leads nowhere"]);
        assert_eq!(states(b"\x10\x01a\x81\x18"), ["literal never indexed with a wrong Huffman string"]);
        for (block, state) in [
            (&b"\xff"[..], "block end in an index"),
            (b"\x3f", "block end in a size update"),
            (b"\x0f", "block end in the index of a name"),
            (b"\x00\x7f", "block end in the length of a string"),
            (b"\x00\x02a", "block end in a string"),
        ] {
            assert_eq!(states(block), [state]);
        }
    }

    #[test]
    fn prefixes_end_with_representations() {
        let input = Input::of_blocks(&[&b"\x82\x00\x01a\x00"[..], b"", b"\x20\x84"]);
        let found: Vec<_> = prefixes(&input).into_iter().map(|(at, input)| (at, input.octets)).collect();
        let whole = b"\x05\x82\x00\x01a\x00";
        let wanted = [
            (1, b"\x01\x82".to_vec()),
            (2, whole.to_vec()),
            (8, [&whole[..], b"\0\x01\x20"].concat()),
            (9, [&whole[..], b"\0\x02\x20\x84"].concat()),
        ];
        assert_eq!(found, wanted);
    }
}
