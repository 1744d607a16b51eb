//! How far octets of one class go: the inner loops of all reading. Values are looked at eight octets at a time, in one
//! machine word; tokens and targets by table, for they are short.

use crate::octets::{is_blank, is_path, is_token, is_value};

/// 1 in each octet.
const ONES: u64 = u64::MAX / 255;

/// How many octets from the first can stand in a field value.
pub(crate) fn value_run(octets: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = octets.get(at..).and_then(<[u8]>::first_chunk) {
        let stops = controls(u64::from_le_bytes(*word));
        at += (stops.trailing_zeros() / 8) as usize; // 8 where there is none
        if stops != 0 {
            if !octets.get(at).is_some_and(|&b| is_value(b)) {
                return at;
            }
            at += 1; // HTAB
        }
    }
    at + run(&octets[at..], is_value)
}

/// How many octets from the first make a token.
pub(crate) fn token_run(octets: &[u8]) -> usize {
    run(octets, is_token)
}

/// How many octets from the first can stand anywhere in a path or query.
pub(crate) fn path_run(octets: &[u8]) -> usize {
    run(octets, is_path)
}

/// How many octets from the first are SP and HTAB.
pub(crate) fn blank_run(octets: &[u8]) -> usize {
    run(octets, is_blank)
}

fn run(octets: &[u8], fits: impl Fn(u8) -> bool) -> usize {
    octets.iter().position(|&b| !fits(b)).unwrap_or(octets.len())
}

/// The highest bit of the first octet that is a control character, HTAB among them; bits behind it mean nothing, for a
/// subtraction borrows from them.
fn controls(word: u64) -> u64 {
    let below_space = word.wrapping_sub(ONES * 0x20) & !word;
    let delete = word ^ (ONES * 0x7f);
    let delete = delete.wrapping_sub(ONES) & !delete;
    (below_space | delete) & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_at_the_first_octet_of_another_class() {
        for b in 0..=255 {
            for at in 0..20 {
                let mut octets = [b'a'; 21];
                octets[at] = b;
                assert_eq!(value_run(&octets), if is_value(b) { 21 } else { at }, "{b:#x} at {at}");
                assert_eq!(token_run(&octets), if is_token(b) { 21 } else { at }, "{b:#x} at {at}");
                octets[..at].fill(b'\t');
                assert_eq!(value_run(&octets), if is_value(b) { 21 } else { at }, "{b:#x} behind {at} HTAB");
                octets[..at].fill(0xff);
                octets[20] = 0x7f;
                assert_eq!(value_run(&octets), if is_value(b) { 20 } else { at }, "{b:#x} behind {at} of obs-text");
            }
        }
        assert_eq!((value_run(b""), token_run(b""), blank_run(b" \t a")), (0, 0, 3));
    }
}
