//! `wireproof findings`: what fuzzing found, for people.

use crate::args::{Cli, FindingsAction, FindingsArgs};
use crate::failure::Failure;

pub(crate) fn run(_: &Cli, args: &FindingsArgs) -> Result<bool, Failure> {
    match &args.action {
        FindingsAction::List { .. } => Ok(true),
        _ => Err(Failure::usage("not yet")),
    }
}
