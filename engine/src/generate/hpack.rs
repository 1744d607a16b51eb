//! The generator of HPACK: blocks of one connection that are valid by default, with none to three faults.

use arbitrary::{Result, Unstructured};

use super::Family;
use super::block::{Encoder, Field, lengthen};
use crate::Input;
use crate::hpack::integer;
use crate::mutate::raw;
use wireproof::hpack::STATIC;

pub(super) const FAMILIES: &[Family] =
    &[Family("integers"), Family("strings"), Family("indexes"), Family("sizes"), Family("blocks"), Family("raw")];

/// Octets that decide something in a block.
pub(super) const DICTIONARY: &[&[u8]] = &[
    b"\x80",
    b"\x82",
    b"\xbe",
    b"\xbf",
    b"\xff\x00",
    b"\xff\x80\x80\x80\x80\x00",
    b"\xff\xff\xff\xff\xff\x0f",
    b"\x40\x01a\x01b",
    b"\x00\x01a\x01b",
    b"\x10\x01a\x01b",
    b"\x20",
    b"\x3f\xe1\x1f",
    b"\x3f\xe2\x1f",
    b"\x81\xff",
    b"\x84\xff\xff\xff\xff",
    b"\x40\x00\x00",
];

/// What can be wrong: a name, and what is put behind a block's representations.
pub(super) type Fault = (&'static str, Behind);

/// What is put behind a block's representations.
#[derive(Clone, Copy)]
pub(super) enum Behind {
    /// These octets.
    Octets(&'static [u8]),
    /// The pattern and the prefix of an index that leads to the place next to the table's last entry, and what follows.
    NextToLast(u8, u8, &'static [u8]),
}

impl Behind {
    /// Puts it behind a block after which the dynamic table has so many entries.
    fn write(self, entries: usize, block: &mut Vec<u8>) {
        match self {
            Behind::Octets(octets) => block.extend_from_slice(octets),
            Behind::NextToLast(pattern, prefix, octets) => {
                integer(block, pattern, prefix, (STATIC.len() + entries + 1) as u64);
                block.extend_from_slice(octets);
            }
        }
    }
}

const fn octets(name: &'static str, octets: &'static [u8]) -> Fault {
    (name, Behind::Octets(octets))
}

const INTEGERS: &[Fault] = &[
    octets("index overflows", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    octets("index of 2^32+2", b"\xff\x83\xff\xff\xff\x0f"),
    octets("index without end", b"\xff\x80\x80"),
    octets("length overflows", b"\x00\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    octets("size overflows", b"\x3f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    octets("prefix alone", b"\xff"),
];
const STRINGS: &[Fault] = &[
    octets("name cut short", b"\x40\x05ab"),
    octets("value cut short", b"\x40\x01a\x05b"),
    octets("value missing", b"\x40\x01a"),
    octets("Huffman EOS", b"\x00\x01a\x84\xff\xff\xff\xff"),
    octets("Huffman padding too long", b"\x00\x01a\x82\x1f\xff"),
    octets("Huffman padding of zeros", b"\x00\x01a\x81\x18"),
];
/// What was evicted, or never was there.
const NEXT_TO_LAST: Fault = ("index next to the last entry", Behind::NextToLast(0x80, 7, b""));
const INDEXES: &[Fault] = &[
    octets("index 0", b"\x80"),
    octets("index beyond the table", b"\xff\x40"),
    octets("name index beyond the table", b"\x7f\x60\x01b"),
    octets("name index beyond, never indexed", b"\x1f\x70\x01b"),
    NEXT_TO_LAST,
    ("name index next to the last entry", Behind::NextToLast(0x40, 6, b"\x01b")),
];
const SIZES: &[Fault] = &[
    octets("size above the limit", b"\x3f\xe2\x1f"),
    octets("size after a field", b"\x82\x20"),
    octets("size far above the limit", b"\x3f\xe1\xff\xff\x03"),
    NEXT_TO_LAST,
];
const BLOCKS: &[Fault] = &[INTEGERS[2], STRINGS[1], INDEXES[0], SIZES[1], NEXT_TO_LAST];

pub(super) fn table(family: Family) -> &'static [Fault] {
    match family.0 {
        "integers" => INTEGERS,
        "strings" => STRINGS,
        "indexes" => INDEXES,
        "sizes" => SIZES,
        "blocks" => BLOCKS,
        _ => &[],
    }
}

pub(super) fn generate(family: Family, choices: &mut Unstructured<'_>) -> Result<Input> {
    Ok(faulty(family, choices)?.0)
}

/// Blocks with none to two faults, and their names.
pub(super) fn faulty(family: Family, choices: &mut Unstructured<'_>) -> Result<(Input, Vec<&'static str>)> {
    let (mut blocks, entries): (Vec<_>, Vec<_>) = valid(family, choices)?.into_iter().unzip();
    let (faults, mut names) = (table(family), Vec::new());
    if faults.is_empty() {
        let at = choices.choose_index(blocks.len())?;
        for _ in 0..choices.int_in_range(0..=3)? {
            raw::mutate(&mut blocks[at], choices)?;
        }
        return Ok((Input::of_blocks(&blocks), names));
    }
    for _ in 0..*choices.choose(&[0, 0, 1, 1, 2])? {
        let (name, behind) = choices.choose(faults)?;
        let at = choices.choose_index(blocks.len())?;
        behind.write(entries[at], &mut blocks[at]);
        names.push(*name);
    }
    Ok((Input::of_blocks(&blocks), names))
}

/// One to four valid blocks, with more of what the family is about; and how many entries the dynamic table then has.
fn valid(family: Family, choices: &mut Unstructured<'_>) -> Result<Vec<(Vec<u8>, usize)>> {
    let mut encoder = Encoder::default();
    let mut blocks = Vec::new();
    for _ in 0..choices.int_in_range(1..=4)? {
        let mut block = Vec::new();
        if family.0 == "sizes" && choices.arbitrary()? {
            encoder.resize(size(&encoder, choices)?, &mut block);
        }
        for _ in 0..choices.int_in_range(0..=4)? {
            match family.0 {
                "integers" if choices.arbitrary()? => {
                    block.extend_from_slice(b"\0\x01a");
                    integer(&mut block, 0, 7, 127);
                    lengthen(&mut block, choices.int_in_range(0..=2)?);
                    block.extend_from_slice(&[b'v'; 127][..]);
                    break;
                }
                "strings" if choices.ratio(1, 4)? => block.extend_from_slice(b"\0\0\x02\0\xff"),
                "indexes" if encoder.len() > 0 => dynamic(&encoder, choices, &mut block)?,
                "sizes" if encoder.len() > 0 && choices.ratio(1, 3)? => dynamic(&encoder, choices, &mut block)?,
                _ => encoder.field(&field(choices)?, choices, &mut block)?,
            }
        }
        blocks.push((block, encoder.len()));
    }
    Ok(blocks)
}

/// A size for the dynamic table: one of some, or what its newest entries have, or one octet less or more.
fn size(encoder: &Encoder, choices: &mut Unstructured<'_>) -> Result<u64> {
    if choices.arbitrary()? {
        return choices.choose(&[0, 31, 32, 40, 64, 100, 4096]).copied();
    }
    let held = encoder.size(choices.int_in_range(0..=encoder.len())?) as u64;
    Ok(held.saturating_add_signed(choices.int_in_range(-1..=1)?).min(4096))
}

/// The index of an entry of the dynamic table.
fn dynamic(encoder: &Encoder, choices: &mut Unstructured<'_>, block: &mut Vec<u8>) -> Result<()> {
    integer(block, 0x80, 7, (STATIC.len() + choices.int_in_range(1..=encoder.len())?) as u64);
    Ok(())
}

fn field(choices: &mut Unstructured<'_>) -> Result<Field> {
    let name: &[u8] = choices.choose(&[&b":method"[..], b":path", b":status", b"a", b"x-long-name", b"cookie"])?;
    let value: &[u8] = choices.choose(&[&b"GET"[..], b"/", b"200", b"", b"b", b"a value of more octets"])?;
    Ok((name.to_vec(), value.to_vec()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use wireproof_http2::hpack::{Decoder, Limits};

    fn noise(seed: u64) -> Vec<u8> {
        let mut random = fastrand::Rng::with_seed(seed);
        (0..256).map(|_| random.u8(..)).collect()
    }

    fn accepted(input: &Input) -> bool {
        let mut decoder = Decoder::new(4096);
        input.blocks().iter().all(|block| decoder.decode(block, &Limits::default(), |_| {}).is_ok())
    }

    #[test]
    fn blocks_without_faults_are_decoded_and_every_fault_occurs() {
        for family in &FAMILIES[..5] {
            let (mut seen, mut taken) = (HashSet::new(), 0);
            for seed in 0..2000 {
                let octets = noise(seed);
                let (input, names) = faulty(*family, &mut Unstructured::new(&octets)).expect("choices");
                let again = generate(*family, &mut Unstructured::new(&octets)).expect("choices");
                assert_eq!(input, again);
                let fine = accepted(&input);
                assert!(fine || !names.is_empty(), "{family:?} {seed}: {:02x?}", input.blocks());
                taken += usize::from(fine);
                seen.extend(names);
            }
            assert_eq!(seen.len(), table(*family).len(), "{family:?}");
            println!("{family:?}: {taken} of 2000 accepted");
            assert!((600..=1200).contains(&taken), "{family:?}: {taken}");
        }
    }
}
