//! `wireproof setup`: fetches, checks and builds what bundled subjects need.

use std::io::Write;
use std::path::Path;

use wireproof_adapters::setup::Recipe;

use crate::args::{Cli, Setup};
use crate::bundled::{Bundled, unpinned};
use crate::failure::Failure;
use crate::registry::home;

pub(crate) fn run(_: &Cli, setup: &Setup) -> Result<bool, Failure> {
    let home = home()?;
    let mut failed = Vec::new();
    let protocols: Vec<&str> = wireproof::protocols().iter().map(|p| p.name).collect();
    for bundled in Bundled::chosen(&setup.names, &protocols, &[])? {
        let outcome = match bundled.recipe() {
            None => Ok("built in, nothing to do".to_owned()),
            Some(recipe) if recipe.is_ready(&home) => Ok(done("ready", recipe, &home)),
            Some(recipe) => bundled.set_up(recipe, &home).map(|()| done("set up", recipe, &home)),
        };
        let name = bundled.name;
        match outcome {
            Ok(outcome) => writeln!(anstream::stdout(), "{name}: {outcome}")?,
            Err(why) => {
                writeln!(anstream::stdout(), "{name}: failed: {why}")?;
                failed.push(name);
            }
        }
    }
    if failed.is_empty() { Ok(true) } else { Err(Failure::broken(format!("not set up: {}", failed.join(", ")))) }
}

/// Where it is, and what to know of it.
fn done(state: &str, recipe: &dyn Recipe, home: &Path) -> String {
    let note = unpinned(recipe, home).map_or_else(String::new, |note| format!("; {note}"));
    format!("{state} in {}{note}", recipe.place(home).display())
}
