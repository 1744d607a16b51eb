//! Edits that know no structure: what any fuzzer does to octets.

use arbitrary::{Result, Unstructured};

/// Octets that decide something in one of the protocols.
const TELLING: &[u8] = b"\0\t\n\r !\"(),-./01239:;=AZ_az{|}~\x7f\x80\xff";

/// One edit: an octet changed, inserted, removed, a run copied, moved or removed, or the end cut off.
pub fn mutate(octets: &mut Vec<u8>, choices: &mut Unstructured<'_>) -> Result<()> {
    let kind: u8 = choices.int_in_range(0..=7)?;
    if octets.is_empty() || kind == 0 {
        let at = choices.int_in_range(0..=octets.len())?;
        octets.insert(at, octet(choices)?);
        return Ok(());
    }
    let at = choices.choose_index(octets.len())?;
    let until = at + choices.int_in_range(1..=(octets.len() - at).min(16))?;
    match kind {
        1 => octets[at] = octet(choices)?,
        2 => octets[at] ^= 1 << choices.int_in_range(0..=7)?,
        3 => octets[at] = octets[at].wrapping_add_signed(choices.int_in_range(-2..=2)?),
        4 => drop(octets.drain(at..until)),
        5 => {
            let run = octets[at..until].to_vec();
            let to = choices.int_in_range(0..=octets.len())?;
            octets.splice(to..to, run);
        }
        6 => octets[at..until].fill(octet(choices)?),
        _ => octets.truncate(at),
    }
    Ok(())
}

/// An octet, a telling one more often than not.
fn octet(choices: &mut Unstructured<'_>) -> Result<u8> {
    if choices.ratio(2, 3)? { choices.choose(TELLING).copied() } else { choices.arbitrary() }
}

/// A run of the other's octets, put over or into these.
pub fn cross(octets: &mut Vec<u8>, other: &[u8], choices: &mut Unstructured<'_>) -> Result<()> {
    if other.is_empty() {
        return Ok(());
    }
    let from = choices.choose_index(other.len())?;
    let until = choices.int_in_range(from..=other.len())?;
    let at = choices.int_in_range(0..=octets.len())?;
    let end = if choices.arbitrary()? { at } else { choices.int_in_range(at..=octets.len())? };
    octets.splice(at..end, other[from..until].iter().copied());
    Ok(())
}
