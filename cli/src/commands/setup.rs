//! `wireproof setup`: fetches, checks and builds what bundled subjects need.

use std::io::Write;

use crate::args::{Cli, Setup};
use crate::failure::Failure;
use crate::registry::{ENTRIES, Entry, home};
use crate::show::Spinner;

pub(crate) fn run(_: &Cli, setup: &Setup) -> Result<bool, Failure> {
    for name in &setup.names {
        if Entry::named(name).is_none() {
            let known: Vec<&str> = ENTRIES.iter().map(|e| e.name).collect();
            return Err(Failure::usage(format!("unknown subject {name:?}; known: {}", known.join(", "))));
        }
    }
    let home = home()?;
    let wanted = |entry: &&Entry| setup.names.is_empty() || setup.names.iter().any(|n| n == entry.name);
    let mut failed = Vec::new();
    for entry in ENTRIES.iter().filter(wanted) {
        let outcome = match entry.recipe() {
            None => "built in, nothing to do".to_owned(),
            Some(recipe) if recipe.is_ready(&home) => format!("ready in {}", recipe.place(&home).display()),
            Some(recipe) => {
                let spinner = Spinner::start(&format!("setting up {}", entry.name));
                let say = &mut |what: &str| spinner.say(&format!("setting up {}: {what}", entry.name));
                match recipe.set_up(&home, say) {
                    Ok(()) => format!("set up in {}", recipe.place(&home).display()),
                    Err(e) => {
                        failed.push(entry.name);
                        format!("failed: {e}")
                    }
                }
            }
        };
        writeln!(anstream::stdout(), "{}: {outcome}", entry.name)?;
    }
    if failed.is_empty() { Ok(true) } else { Err(Failure::broken(format!("not set up: {}", failed.join(", ")))) }
}
