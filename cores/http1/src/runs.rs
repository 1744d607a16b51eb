//! How far octets of one class go: the inner loops of all reading. Usual octets are passed over sixteen at a time, by a
//! vector, or eight at a time, in a machine word; any other is judged by table.

use crate::octets::{is_blank, is_path, is_token, is_value};

/// 1 in each octet.
const ONES: u64 = u64::MAX / 255;

/// The highest bit of each octet.
const HIGH: u64 = ONES << 7;

/// How many octets from the first can stand in a field value.
#[inline]
pub(crate) fn value_run(octets: &[u8]) -> usize {
    if octets.len() < 8 {
        return run(octets, is_value); // pieces of one octet pay for each octet
    }
    let mut at = text_run(octets);
    while octets.get(at) == Some(&b'\t') {
        at += 1;
        at += text_run(&octets[at..]);
    }
    at
}

/// How many octets from the first can stand in a field value and are no HTAB.
#[inline(always)]
fn text_run(octets: &[u8]) -> usize {
    if let Some(word) = octets.first_chunk() {
        let stops = controls(u64::from_le_bytes(*word));
        if stops != 0 {
            return first(stops); // many values are short
        }
    }
    let clean = clean_blocks(octets, |b| (b >= b' ') & (b != 0x7f));
    let (words, rest) = octets[clean..].as_chunks();
    for (i, word) in words.iter().enumerate() {
        let stops = controls(u64::from_le_bytes(*word));
        if stops != 0 {
            return clean + i * 8 + first(stops);
        }
    }
    octets.len() - rest.len() + run(rest, |b| is_value(b) && b != b'\t')
}

/// How many octets from the first make a token.
#[inline]
pub(crate) fn token_run(octets: &[u8]) -> usize {
    run(octets, is_token)
}

/// How many octets from the first can stand anywhere in a path or query.
#[inline]
pub(crate) fn path_run(octets: &[u8]) -> usize {
    let clean = clean_blocks(octets, |b| is_letter(b) | is_between(b, b'&', b';') | (b == b'=') | (b == b'?'));
    clean + run(&octets[clean..], is_path)
}

/// How many octets from the first are SP and HTAB.
#[inline]
pub(crate) fn blank_run(octets: &[u8]) -> usize {
    octets.iter().position(|&b| !is_blank(b)).unwrap_or(octets.len())
}

/// How many octets lie in leading blocks where each fits. The test is made of ranges and has no branches, so that
/// compilers make a few vector instructions of a block.
#[inline(always)]
fn clean_blocks(octets: &[u8], fits: impl Fn(u8) -> bool) -> usize {
    const BLOCK: usize = 16;
    let (blocks, _) = octets.as_chunks::<BLOCK>();
    let clean = |block: &[u8; BLOCK]| block.iter().fold(true, |all, &b| all & fits(b));
    BLOCK * blocks.iter().position(|block| !clean(block)).unwrap_or(blocks.len())
}

fn is_letter(b: u8) -> bool {
    is_between(b | 0x20, b'a', b'z')
}

fn is_between(b: u8, first: u8, last: u8) -> bool {
    b.wrapping_sub(first) <= last - first
}

/// How many octets from the first fit, octet by octet: for what is short.
#[inline(always)]
fn run(octets: &[u8], fits: impl Fn(u8) -> bool) -> usize {
    const STEP: usize = 8; // fewer branches for the same tests
    let (steps, rest) = octets.as_chunks::<STEP>();
    for (i, step) in steps.iter().enumerate() {
        if let Some(end) = step.iter().position(|&b| !fits(b)) {
            return i * STEP + end;
        }
    }
    octets.len() - rest.len() + rest.iter().position(|&b| !fits(b)).unwrap_or(rest.len())
}

/// Where in a word the first octet with its highest bit lies.
fn first(bits: u64) -> usize {
    (bits.trailing_zeros() / 8) as usize
}

/// The highest bit of the first octet that is a control character, HTAB among them; bits behind it mean nothing, for a
/// subtraction borrows from them.
fn controls(word: u64) -> u64 {
    let below_space = word.wrapping_sub(ONES * 0x20) & !word;
    let delete = word ^ (ONES * 0x7f);
    let delete = delete.wrapping_sub(ONES) & !delete;
    (below_space | delete) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_at_the_first_octet_of_another_class() {
        for b in 0..=255 {
            for at in 0..40 {
                let mut octets = [b'a'; 41];
                octets[at] = b;
                assert_eq!(value_run(&octets), if is_value(b) { 41 } else { at }, "{b:#x} at {at}");
                assert_eq!(token_run(&octets), if is_token(b) { 41 } else { at }, "{b:#x} at {at}");
                assert_eq!(path_run(&octets), if is_path(b) { 41 } else { at }, "{b:#x} at {at}");
                octets[..at].fill(b'\t');
                assert_eq!(value_run(&octets), if is_value(b) { 41 } else { at }, "{b:#x} behind {at} HTAB");
                octets[..at].fill(0xff);
                octets[40] = 0x7f;
                assert_eq!(value_run(&octets), if is_value(b) { 40 } else { at }, "{b:#x} behind {at} of obs-text");
            }
        }
        assert_eq!((value_run(b""), token_run(b""), blank_run(b" \t a")), (0, 0, 3));
    }
}
