//! The generator of HTTP/2: conversations that an endpoint receives, valid by default, with none to three faults.
//!
//! [`valid`] makes frames, [`fault`] is how one goes into them, [`tables`] is what can be wrong in each family.

mod fault;
mod tables;
#[cfg(test)]
mod tests;
mod valid;

use arbitrary::{Result, Unstructured};

use super::Family;
use crate::frames::join;
use crate::mutate::raw;
use crate::{Input, Target};
pub(super) use tables::DICTIONARY;

pub(super) const FAMILIES: &[Family] = &[
    Family("frames"),
    Family("streams"),
    Family("fields"),
    Family("continuation"),
    Family("settings"),
    Family("flow"),
    Family("connection"),
    Family("push"),
    Family("blocks"),
    Family("splice"),
    Family("raw"),
];

pub(super) fn generate(family: Family, choices: &mut Unstructured<'_>) -> Result<Input> {
    Ok(faulty(family, choices)?.0)
}

/// A conversation with none to three faults, and their names.
fn faulty(family: Family, choices: &mut Unstructured<'_>) -> Result<(Input, Vec<&'static str>)> {
    let (mut shape, mut frames) = valid::conversation(family, choices)?;
    let mut names = Vec::new();
    match family.0 {
        "splice" => {
            let (_, theirs) = valid::conversation(family, choices)?;
            let at = choices.int_in_range(0..=frames.len())?;
            let from = choices.int_in_range(0..=theirs.len())?;
            frames.splice(at.., theirs[from..].iter().cloned());
        }
        "raw" => {}
        _ => {
            let faults = tables::faults(family);
            for _ in 0..*choices.choose(&[0, 0, 0, 1, 1, 1, 1, 2, 2, 3])? {
                let (name, fault) = choices.choose(faults)?;
                if fault.plant(&mut frames, shape & 1 == 1, choices)? {
                    names.push(*name);
                }
            }
        }
    }
    let mut octets = join(&frames, &[]);
    if family.0 == "raw" {
        for _ in 0..choices.int_in_range(0..=3)? {
            raw::mutate(&mut octets, choices)?;
        }
        shape ^= if choices.ratio(1, 12)? { 4 } else { 0 };
    }
    Ok((Input { target: Target::Http2, shape, octets }, names))
}
