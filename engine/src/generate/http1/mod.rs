//! The generator of HTTP/1: messages of a typed model, valid by default, with none to three typed faults.
//!
//! [`valid`] makes messages, [`faults`] is the table of what can be wrong in each family, [`edits`] puts it in, and
//! [`model`] writes octets.

mod edits;
mod faults;
mod model;
mod splice;
mod tables;
#[cfg(test)]
mod tests;
mod valid;

use arbitrary::{Result, Unstructured};

use super::Family;
use crate::mutate::raw;
use crate::{Input, Target};
use faults::Fault;
use valid::Wish;

pub(super) const FAMILIES: &[Family] = &[
    Family("start-line"),
    Family("fields"),
    Family("framing"),
    Family("chunked"),
    Family("trailers"),
    Family("pipeline"),
    Family("splice"),
    Family("raw"),
];

pub(super) fn generate(family: Family, choices: &mut Unstructured<'_>) -> Result<Input> {
    match table(family) {
        Some((wish, faults)) => Ok(faulty(wish, faults, choices)?.0),
        None if family.0 == "splice" => splice::generate(choices),
        None => raw_octets(choices),
    }
}

/// Tokens of the protocol.
pub(super) fn dictionary() -> &'static [&'static [u8]] {
    tables::DICTIONARY
}

/// What the families with faults are made of.
fn table(family: Family) -> Option<(Wish, &'static [Fault])> {
    Some(match family.0 {
        "start-line" => (Wish::Head, faults::START_LINE),
        "fields" => (Wish::Head, faults::FIELDS),
        "framing" => (Wish::Framing, faults::FRAMING),
        "chunked" => (Wish::Chunks, faults::CHUNKED),
        "trailers" => (Wish::Trailers, faults::TRAILERS),
        "pipeline" => (Wish::Pipeline, faults::PIPELINE),
        _ => return None,
    })
}

/// A connection with none to three faults, and their names.
fn faulty(wish: Wish, faults: &'static [Fault], choices: &mut Unstructured<'_>) -> Result<(Input, Vec<&'static str>)> {
    let count = *choices.choose(&[0, 0, 0, 1, 1, 1, 1, 2, 2, 3])?;
    let mut connection = valid::connection(wish, choices)?;
    let mut names = Vec::new();
    for _ in 0..if faults.is_empty() { 0 } else { count } {
        // A fault that does not fit here leaves its place to the next one that does.
        let first = choices.choose_index(faults.len())?;
        for step in 0..faults.len() {
            let (name, edit) = faults[(first + step) % faults.len()];
            if edits::apply(edit, &mut connection, choices)? {
                names.push(name);
                break;
            }
        }
    }
    Ok((Input { target: Target::Http1, shape: connection.shape, octets: connection.to_octets() }, names))
}

/// Octets without a plan, or a valid connection with a few edits of octets.
fn raw_octets(choices: &mut Unstructured<'_>) -> Result<Input> {
    if choices.ratio(1, 6)? {
        let (shape, length) = (choices.arbitrary()?, choices.int_in_range(0..=400)?);
        let octets = choices.bytes(length.min(choices.len()))?.to_vec();
        return Ok(Input { target: Target::Http1, shape, octets });
    }
    let connection = valid::connection(Wish::Framing, choices)?;
    let mut octets = connection.to_octets();
    for _ in 0..choices.int_in_range(0..=3)? {
        raw::mutate(&mut octets, choices)?;
    }
    Ok(Input { target: Target::Http1, shape: connection.shape, octets })
}
