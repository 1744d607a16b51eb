//! Repairs of HPACK blocks.

use super::repair::Repair;
use crate::Input;
use crate::hpack::huffman;
use crate::hpack::{How, Item, Line, Table, Text};

/// The repairs, in the order in which they are tried: what looks at one thing first, what rewrites much last.
pub(crate) static HPACK: &[Repair] = &[
    repair!("huffman-padding", "a Huffman string with EOS or wrong padding", "RFC 7541, 5.2", |i| texts(
        i,
        mend_padding
    )),
    repair!("index-zero", "an indexed field with index 0", "RFC 7541, 6.1", |i| keep(i, |l| l.item
        != Item::Indexed(0))),
    repair!("index-out-of-range", "an index beyond both tables", "RFC 7541, 2.3.3", |i| keep(i, |l| !is_astray(l))),
    repair!("long-integer", "an integer of more octets than it needs to be of use", "RFC 7541, 5.1", |i| {
        each(i, |line| {
            if line.longest > 5 {
                rewrite(line)
            }
        })
    }),
    repair!("non-minimal-integer", "an integer that could be shorter", "RFC 7541, 5.1", |i| each(i, rewrite)),
    repair!("size-update-late", "a size update behind a field", "RFC 7541, 4.2", |i| blocks(i, on_time)),
    repair!("size-update-too-big", "a size update beyond the limit", "RFC 7541, 6.3", |i| {
        keep(i, |l| !matches!(l.item, Item::Size(4097..)))
    }),
    repair!("size-update", "a size update", "RFC 7541, 6.3", |i| keep(i, |l| !matches!(l.item, Item::Size(_)))),
    repair!("truncated", "a block that ends inside a representation", "RFC 7541, 3.1", |i| {
        keep(i, |l| l.item != Item::Rest)
    }),
    repair!("empty-block", "an empty block", "RFC 7541, 3.1", |i| without_empty(i)),
    repair!("empty-name", "a field without a name", "RFC 9113, 8.2.1", |i| {
        keep(i, |l| l.field.as_deref().is_none_or(|field| !field.0.is_empty()))
    }),
    repair!("upper-case-name", "a field name with upper-case letters", "RFC 9113, 8.2.1", |i| each(i, lower)),
    repair!("never-indexed", "a literal that must never be indexed", "RFC 7541, 6.2.3", |i| each(i, may_be_indexed)),
    repair!("huffman", "a Huffman string", "RFC 7541, 5.2", |i| texts(i, |text| text.coded = None)),
    repair!("dynamic-reference", "an index into the dynamic table", "RFC 7541, 2.3.2", |i| each(i, written_out)),
    repair!("incremental-indexing", "a literal that enters the table", "RFC 7541, 6.2.1", |i| each(i, not_added)),
];

/// The input with the lines of each block edited; none where nothing changes or a block grows beyond what fits.
fn blocks(input: &Input, edit: impl Fn(&mut Vec<Line>)) -> Option<Input> {
    let (mut seen, mut written) = (Table::default(), Table::default());
    let mut out = Vec::new();
    for block in input.blocks() {
        let mut lines = seen.read(block).0;
        edit(&mut lines);
        let block = written.write(&lines);
        (block.len() < 256).then(|| out.push(block))?;
    }
    changed(input, Input { shape: input.shape, ..Input::of_blocks(&out) }, &out)
}

/// The repaired input, if its blocks are others.
fn changed(input: &Input, repaired: Input, blocks: &[Vec<u8>]) -> Option<Input> {
    (input.blocks() != blocks).then_some(repaired)
}

fn each(input: &Input, edit: fn(&mut Line)) -> Option<Input> {
    blocks(input, |lines| lines.iter_mut().for_each(edit))
}

fn keep(input: &Input, wanted: fn(&Line) -> bool) -> Option<Input> {
    blocks(input, |lines| lines.retain(wanted))
}

/// Edits the strings of each literal.
fn texts(input: &Input, edit: fn(&mut Text)) -> Option<Input> {
    blocks(input, |lines| edit_texts(lines, edit))
}

pub(super) fn edit_texts(lines: &mut [Line], edit: fn(&mut Text)) {
    for line in lines {
        let Item::Literal { name, value, .. } = &mut line.item else { continue };
        let before = (name.clone(), value.clone());
        edit(name);
        edit(value);
        if before != (name.clone(), value.clone()) {
            line.wire = None;
        }
    }
}

fn without_empty(input: &Input) -> Option<Input> {
    let blocks: Vec<Vec<u8>> = input.blocks().into_iter().filter(|b| !b.is_empty()).map(<[u8]>::to_vec).collect();
    changed(input, Input { shape: input.shape, ..Input::of_blocks(&blocks) }, &blocks)
}

pub(super) fn mend_padding(text: &mut Text) {
    if let Some(coded) = &mut text.coded
        && !huffman::decode(coded).1
    {
        *coded = huffman::encode(&text.octets);
    }
}

pub(super) fn is_astray(line: &Line) -> bool {
    line.index() > 0 && line.field.is_none()
}

/// As short as it can be.
pub(super) fn rewrite(line: &mut Line) {
    if line.item != Item::Rest {
        line.wire = None;
    }
}

/// Size updates stand before all fields.
pub(super) fn on_time(lines: &mut Vec<Line>) {
    let is_first = lines.iter().take_while(|l| matches!(l.item, Item::Size(_))).count();
    let mut at = 0;
    lines.retain(|line| {
        at += 1;
        at <= is_first || !matches!(line.item, Item::Size(_))
    });
}

pub(super) fn lower(line: &mut Line) {
    if let Some((name, value)) = line.field.as_deref().cloned()
        && name.iter().any(u8::is_ascii_uppercase)
    {
        line.set(&name.to_ascii_lowercase(), &value);
    }
}

fn may_be_indexed(line: &mut Line) {
    if let Item::Literal { how: how @ How::Never, .. } = &mut line.item {
        *how = How::Plain;
        line.wire = None;
    }
}

pub(super) fn written_out(line: &mut Line) {
    if let (true, Some((name, value))) = (line.is_dynamic(), line.field.as_deref().cloned()) {
        line.set(&name, &value);
    }
}

fn not_added(line: &mut Line) {
    if let Item::Literal { how: how @ How::Add, .. } = &mut line.item {
        *how = How::Plain;
        line.wire = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Target;

    fn repaired(name: &str, blocks: &[&[u8]]) -> Option<Vec<Vec<u8>>> {
        let repair = HPACK.iter().find(|repair| repair.name == name).expect("a repair of this name");
        let input = (repair.apply)(&Input::of_blocks(blocks))?;
        Some(input.blocks().into_iter().map(<[u8]>::to_vec).collect())
    }

    #[test]
    fn each_repair_undoes_its_cause() {
        type Blocks = &'static [&'static [u8]];
        let cases: &[(&str, Blocks, Blocks)] = &[
            ("huffman-padding", &[b"\x00\x81\x18\x01b"], &[b"\x00\x81\x1f\x01b"]),
            ("index-zero", &[b"\x80\x82"], &[b"\x82"]),
            ("index-out-of-range", &[b"\xbe\x82\x7e\x01b"], &[b"\x82"]),
            ("long-integer", &[b"\xff\x80\x80\x80\x80\x80\x00", b"\xff\x80\x00"], &[b"\xff\x00", b"\xff\x80\x00"]),
            ("non-minimal-integer", &[b"\x3f\x81\x80\x00\x82"], &[b"\x3f\x01\x82"]),
            ("size-update-late", &[b"\x20\x82\x20\x84"], &[b"\x20\x82\x84"]),
            ("size-update-too-big", &[b"\x3f\xe2\x1f\x20"], &[b"\x20"]),
            ("size-update", &[b"\x20\x82"], &[b"\x82"]),
            ("truncated", &[b"\x82\x00\x05ab"], &[b"\x82"]),
            ("empty-block", &[b"", b"\x82"], &[b"\x82"]),
            ("empty-name", &[b"\x00\x00\x01b\x82"], &[b"\x82"]),
            ("upper-case-name", &[b"\x40\x01A\x01B", b"\xbe"], &[b"\x40\x01a\x01B", b"\x00\x01a\x01B"]),
            ("never-indexed", &[b"\x10\x01a\x01b"], &[b"\x00\x01a\x01b"]),
            ("huffman", &[b"\x40\x81\x1f\x01b"], &[b"\x40\x01a\x01b"]),
            ("dynamic-reference", &[b"\x40\x01a\x01b\xbe"], &[b"\x40\x01a\x01b\x00\x01a\x01b"]),
            ("incremental-indexing", &[b"\x40\x01a\x01b", b"\xbe"], &[b"\x00\x01a\x01b", b"\x00\x01a\x01b"]),
        ];
        for (name, blocks, wanted) in cases {
            let wanted = wanted.iter().map(|block| block.to_vec()).collect();
            assert_eq!(repaired(name, blocks), Some(wanted), "{name}");
            assert_eq!(repaired(name, &[b"\x82\x86"]), None, "{name}: nothing to repair");
        }
        assert!(HPACK.iter().all(|repair| cases.iter().any(|case| case.0 == repair.name)));
    }

    #[test]
    fn what_does_not_fit_is_not_repaired() {
        let value = [b"\x40\x01a\x7f\x70", &[b'v'; 239][..]].concat();
        assert_eq!(repaired("dynamic-reference", &[&value, b"\xbe\xbe"]), None);
    }

    proptest! {
        #[test]
        fn any_octets_are_repaired_once(octets in prop::collection::vec(octet(), 0..80)) {
            let input = Input { target: Target::Hpack, shape: 0, octets };
            for repair in HPACK {
                if let Some(repaired) = (repair.apply)(&input) {
                    prop_assert_ne!(repaired.blocks(), input.blocks(), "{}", repair.name);
                    prop_assert_eq!((repair.apply)(&repaired), None, "{}", repair.name);
                }
            }
        }
    }

    /// Octets that are often the beginning of something.
    fn octet() -> impl Strategy<Value = u8> {
        prop_oneof![any::<u8>(), 0u8..6, prop::sample::select(&b"\x40\x20\x10\x80\x81\xbe\xbf\x7f\x3fAab"[..])]
    }
}
