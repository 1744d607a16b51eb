//! TODO(helper): the generator.

use arbitrary::{Result, Unstructured};

use super::Family;
use crate::{Input, Target};

pub(super) const FAMILIES: &[Family] = &[Family("raw")];

pub(super) fn generate(_: Family, choices: &mut Unstructured<'_>) -> Result<Input> {
    Ok(Input { target: Target::Http1, shape: choices.arbitrary()?, octets: choices.arbitrary()? })
}
