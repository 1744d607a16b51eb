//! A structure-aware mutator on wire octets: a lenient split into parts, edits of parts, and serialisation again, with
//! octet edits beside it; and crossover, which takes parts of another input.

use arbitrary::{Result, Unstructured};

use crate::{Input, Target};

mod hpack;
mod http1;
mod http2;
pub mod raw;

/// Edits an input: one to a few structural or octet edits. The same choices make the same edits.
///
/// # Errors
/// If `choices` run out before an edit was made.
pub fn mutate(input: &mut Input, choices: &mut Unstructured<'_>) -> Result<()> {
    match input.target {
        Target::Http1 => http1::mutate(input, choices),
        Target::Http2 => http2::mutate(input, choices),
        Target::Hpack => hpack::mutate(input, choices),
    }
}

/// Puts parts (lines, messages, frames, blocks) of another input of the same target into this one.
///
/// # Errors
/// As [`mutate`].
pub fn cross(input: &mut Input, other: &Input, choices: &mut Unstructured<'_>) -> Result<()> {
    match input.target {
        Target::Http1 => http1::cross(input, other, choices),
        Target::Http2 => http2::cross(input, other, choices),
        Target::Hpack => hpack::cross(input, other, choices),
    }
}
