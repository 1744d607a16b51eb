//! The generator of HPACK: blocks of one connection that are valid by default, with none to three faults.

use arbitrary::{Result, Unstructured};

use super::Family;
use super::block::{Encoder, Field, lengthen};
use crate::Input;
use crate::hpack::integer;
use crate::mutate::raw;

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

/// What can be wrong: a name, and the octets put behind a block's representations.
pub(super) type Fault = (&'static str, &'static [u8]);

const INTEGERS: &[Fault] = &[
    ("index overflows", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ("index of 2^32+2", b"\xff\x83\xff\xff\xff\x0f"),
    ("index without end", b"\xff\x80\x80"),
    ("length overflows", b"\x00\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ("size overflows", b"\x3f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ("prefix alone", b"\xff"),
];
const STRINGS: &[Fault] = &[
    ("name cut short", b"\x40\x05ab"),
    ("value cut short", b"\x40\x01a\x05b"),
    ("value missing", b"\x40\x01a"),
    ("Huffman EOS", b"\x00\x01a\x84\xff\xff\xff\xff"),
    ("Huffman padding too long", b"\x00\x01a\x82\x1f\xff"),
    ("Huffman padding of zeros", b"\x00\x01a\x81\x18"),
];
const INDEXES: &[Fault] = &[
    ("index 0", b"\x80"),
    ("index beyond the table", b"\xff\x40"),
    ("name index beyond the table", b"\x7f\x60\x01b"),
    ("name index beyond, never indexed", b"\x1f\x70\x01b"),
];
const SIZES: &[Fault] = &[
    ("size above the limit", b"\x3f\xe2\x1f"),
    ("size after a field", b"\x82\x20"),
    ("size far above the limit", b"\x3f\xe1\xff\xff\x03"),
];
const BLOCKS: &[Fault] = &[INTEGERS[2], STRINGS[1], INDEXES[0], SIZES[1]];

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
    let mut blocks = valid(family, choices)?;
    let (faults, mut names) = (table(family), Vec::new());
    if faults.is_empty() {
        let at = choices.choose_index(blocks.len())?;
        for _ in 0..choices.int_in_range(0..=3)? {
            raw::mutate(&mut blocks[at], choices)?;
        }
        return Ok((Input::of_blocks(&blocks), names));
    }
    for _ in 0..*choices.choose(&[0, 0, 1, 1, 2])? {
        let (name, octets) = choices.choose(faults)?;
        let at = choices.choose_index(blocks.len())?;
        blocks[at].extend_from_slice(octets);
        names.push(*name);
    }
    Ok((Input::of_blocks(&blocks), names))
}

/// One to four valid blocks, with more of what the family is about.
fn valid(family: Family, choices: &mut Unstructured<'_>) -> Result<Vec<Vec<u8>>> {
    let mut encoder = Encoder::default();
    let mut blocks = Vec::new();
    for _ in 0..choices.int_in_range(1..=4)? {
        let mut block = Vec::new();
        if family.0 == "sizes" && choices.arbitrary()? {
            encoder.resize(*choices.choose(&[0, 31, 32, 40, 64, 100, 4096])?, &mut block);
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
                "indexes" if encoder.len() > 0 => {
                    integer(&mut block, 0x80, 7, 61 + choices.int_in_range(1..=encoder.len())? as u64);
                }
                _ => encoder.field(&field(choices)?, choices, &mut block)?,
            }
        }
        blocks.push(block);
    }
    Ok(blocks)
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
