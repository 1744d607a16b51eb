//! Inputs made from the grammar, with typed faults, in families that each have a budget.

use arbitrary::{Result, Unstructured};

use crate::{Input, Target};

mod block;
mod hpack;
mod http1;
mod http2;

/// A kind of input: what its faults are about. Budgets are split by family, so that noise in start-lines does not
/// starve the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Family(pub &'static str);

/// The families of a target.
pub fn families(target: Target) -> &'static [Family] {
    match target {
        Target::Http1 => http1::FAMILIES,
        Target::Http2 => http2::FAMILIES,
        Target::Hpack => hpack::FAMILIES,
    }
}

/// A new input of a family; the same choices give the same input.
///
/// # Errors
/// If `choices` run out where nothing sensible can be made; a caller then takes fresh ones.
pub fn generate(target: Target, family: Family, choices: &mut Unstructured<'_>) -> Result<Input> {
    match target {
        Target::Http1 => http1::generate(family, choices),
        Target::Http2 => http2::generate(family, choices),
        Target::Hpack => hpack::generate(family, choices),
    }
}

/// Tokens of a target's protocol, for the dictionary of a fuzzer that knows no structure.
pub fn dictionary(target: Target) -> &'static [&'static [u8]] {
    match target {
        Target::Http1 => http1::dictionary(),
        Target::Http2 => http2::DICTIONARY,
        Target::Hpack => hpack::DICTIONARY,
    }
}
