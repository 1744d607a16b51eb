//! TODO(helper): the structure-aware mutator.

use arbitrary::{Result, Unstructured};

use crate::Input;

pub(super) fn mutate(input: &mut Input, choices: &mut Unstructured<'_>) -> Result<()> {
    super::raw::mutate(&mut input.octets, choices)
}

pub(super) fn cross(input: &mut Input, other: &Input, choices: &mut Unstructured<'_>) -> Result<()> {
    super::raw::cross(&mut input.octets, &other.octets, choices)
}
