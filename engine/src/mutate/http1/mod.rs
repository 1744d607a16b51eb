//! The structure-aware mutator of HTTP/1: edits of lines, chunks, bodies and whole messages on wire octets.
//!
//! The octets are split again for every edit ([`parts::Parts`]), which costs less than keeping a model true. Edits that
//! find nothing to work on fall back on octets.

mod edits;
mod parts;
mod tables;
#[cfg(test)]
mod tests;

use arbitrary::{Result, Unstructured};

use crate::Input;
use parts::{Kind, Parts};

/// Edits that make an input longer leave it alone from here on.
const LONG: usize = 4096;

pub(super) fn mutate(input: &mut Input, choices: &mut Unstructured<'_>) -> Result<()> {
    // One edit more often than not: then what it does is not hidden by what the others do.
    let edits = [1, 1, 1, 1, 1, 2, 2, 3, 4];
    for _ in 0..*choices.choose(&edits)? {
        if choices.ratio(1, 5)? || !edits::structural(input, choices)? {
            super::raw::mutate(&mut input.octets, choices)?;
        }
    }
    Ok(())
}

/// A line, a run of lines or a message of the other, put into or over one of these; with octets as the last resort.
pub(super) fn cross(input: &mut Input, other: &Input, choices: &mut Unstructured<'_>) -> Result<()> {
    let (ours, theirs) = (Parts::split(&input.octets), Parts::split(&other.octets));
    if theirs.len() == 0 || choices.ratio(1, 8)? {
        return super::raw::cross(&mut input.octets, &other.octets, choices);
    }
    let from = match choices.int_in_range(0..=2)? {
        0 => theirs.message(choices.choose_index(theirs.messages())?),
        1 => theirs.range(choices.choose_index(theirs.len())?),
        _ => {
            let first = choices.choose_index(theirs.len())?;
            let last = choices.int_in_range(first..=theirs.len() - 1)?;
            theirs.range(first).start..theirs.range(last).end
        }
    };
    let over = place(&ours, theirs.find(0, |part, _| theirs.range(part).start == from.start), &theirs, choices)?;
    input.octets.splice(over, other.octets[from].iter().copied());
    Ok(())
}

/// Where a part of theirs goes among ours: a part of the same kind if there is one, over it or before it.
fn place(
    ours: &Parts,
    like: Option<usize>,
    theirs: &Parts,
    choices: &mut Unstructured<'_>,
) -> Result<std::ops::Range<usize>> {
    if ours.len() == 0 {
        return Ok(0..0);
    }
    let at = choices.choose_index(ours.len())?;
    let kind = like.map_or(Kind::Raw, |part| theirs.kind(part));
    let range = ours.range(ours.find(at, |_, found| found == kind).unwrap_or(at));
    Ok(if choices.arbitrary()? { range } else { range.start..range.start })
}
