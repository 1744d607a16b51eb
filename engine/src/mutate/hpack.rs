//! The structure-aware mutator of HPACK: edits of representations and of blocks.

use arbitrary::{Result, Unstructured};

use crate::Input;
use crate::hpack::Table;

pub(super) fn mutate(input: &mut Input, choices: &mut Unstructured<'_>) -> Result<()> {
    let mut blocks: Vec<Vec<u8>> = input.blocks().into_iter().map(<[u8]>::to_vec).collect();
    if blocks.is_empty() || choices.ratio(1, 8)? {
        return super::raw::mutate(&mut input.octets, choices);
    }
    let at = choices.choose_index(blocks.len())?;
    match choices.int_in_range(0..=7)? {
        0 => drop(blocks.remove(at)),
        1 => blocks.insert(at, blocks[at].clone()),
        2 => blocks.swap(at, 0),
        3 => super::raw::mutate(&mut blocks[at], choices)?,
        _ => representation(&mut blocks, at, choices)?,
    }
    *input = Input { shape: input.shape, ..Input::of_blocks(&blocks) };
    Ok(())
}

/// A block of the other, put over or before one of these.
pub(super) fn cross(input: &mut Input, other: &Input, choices: &mut Unstructured<'_>) -> Result<()> {
    let (mut blocks, theirs) = (input.blocks(), other.blocks());
    if theirs.is_empty() {
        return super::raw::cross(&mut input.octets, &other.octets, choices);
    }
    let from = theirs[choices.choose_index(theirs.len())?];
    let at = choices.int_in_range(0..=blocks.len())?;
    if at < blocks.len() && choices.arbitrary()? {
        blocks[at] = from;
    } else {
        blocks.insert(at, from);
    }
    *input = Input { shape: input.shape, ..Input::of_blocks(&blocks) };
    Ok(())
}

/// One representation removed, doubled, moved to another block or given another first octet.
fn representation(blocks: &mut [Vec<u8>], at: usize, choices: &mut Unstructured<'_>) -> Result<()> {
    let mut parts = split(&blocks[at]);
    if parts.is_empty() {
        return super::raw::mutate(&mut blocks[at], choices);
    }
    let which = choices.choose_index(parts.len())?;
    match choices.int_in_range(0..=3)? {
        0 => drop(parts.remove(which)),
        1 => parts.insert(which, parts[which].clone()),
        2 => {
            parts[which][0] = *choices.choose(&[0, 0x0f, 0x10, 0x20, 0x3f, 0x40, 0x41, 0x7f, 0x80, 0x82, 0xbe, 0xff])?
        }
        _ => {
            let to = choices.choose_index(blocks.len())?;
            blocks[to].extend_from_slice(&parts[which]);
            return Ok(());
        }
    }
    blocks[at] = parts.concat();
    Ok(())
}

/// The representations of a block as they are written; what cannot be read is one part at the end.
fn split(block: &[u8]) -> Vec<Vec<u8>> {
    Table::default().read(block).0.into_iter().filter_map(|line| line.wire).collect()
}

#[cfg(test)]
mod tests {
    use super::split;
    use proptest::prelude::*;

    #[test]
    fn representations_are_told_apart() {
        assert_eq!(
            split(b"\x82\x40\x01a\x01b\x3f\xe1\x1f\x00\x09"),
            [&b"\x82"[..], b"\x40\x01a\x01b", b"\x3f\xe1\x1f", b"\x00\x09"]
        );
    }

    proptest! {
        #[test]
        fn parts_make_the_block_again(block in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(split(&block).concat(), block);
        }
    }
}
