//! Python subjects, set up for a test.

use std::io::Write as _;

use wireproof::child::Child;
use wireproof_adapters::setup::venv::VenvRecipe;
use wireproof_adapters::setup::{ChildRecipe, Recipe, SetupError, home};

/// Whether a set-up failed for what this machine has not.
fn is_absence(why: &SetupError) -> bool {
    match why {
        SetupError::MissingProgram { .. } => true,
        SetupError::Failed { .. } => why.to_string().contains("No matching dist"),
        _ => false,
    }
}

/// The subject, if it can be set up.
pub(crate) fn subject(recipe: &VenvRecipe<'_>) -> Option<Child> {
    let home = home().unwrap();
    match recipe.set_up(&home, &mut |_| {}) {
        Ok(()) => Some(Child::new(recipe.name, recipe.command(&home))),
        Err(why) if is_absence(&why) => {
            // Not eprintln, which the test runner keeps to itself when a test passes.
            let _ = writeln!(std::io::stderr(), "unavailable: {}: {why}", recipe.name);
            None
        }
        Err(why) => panic!("{why}"),
    }
}
