//! Every pinned other version is set up, starts with the adapter of the current one, and says that it is that version.
//! Where there is no Python, Node.js or package registry, this says so on stderr and passes.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use wireproof::Subject;
use wireproof::child::Child;
use wireproof_adapters::node::HTTP_PARSER_JS;
use wireproof_adapters::python::{H11, HTTPTOOLS, WAITRESS};
use wireproof_adapters::setup::version::pinned;
use wireproof_adapters::setup::{ChildRecipe, SetupError, home};

/// Whether a set-up failed for what this machine has not.
fn is_absence(why: &SetupError) -> bool {
    let text = why.to_string();
    let offline = ["No matching dist", "EAI_AGAIN", "ENOTFOUND", "ECONNREFUSED"];
    matches!(why, SetupError::MissingProgram { .. }) || offline.iter().any(|words| text.contains(words))
}

#[test]
fn every_pinned_version_starts_and_is_that_version() {
    let home = home().unwrap();
    let mut seen = 0;
    let recipes: [&dyn ChildRecipe; 4] = [&H11, &HTTPTOOLS, &WAITRESS, &HTTP_PARSER_JS];
    for (current, version) in recipes.iter().flat_map(|r| pinned(r.name()).map(move |version| (r, version))) {
        let recipe = current.at(&version.parse().unwrap()).unwrap();
        seen += 1;
        match recipe.set_up(&home, &mut |_| {}) {
            Ok(()) => {}
            Err(why) if is_absence(&why) => {
                let _ = writeln!(std::io::stderr(), "unavailable: {}: {why}", recipe.name());
                continue;
            }
            Err(why) => panic!("{why}"),
        }
        let mut child = Child::new(recipe.name(), recipe.command(&home));
        child.limits.memory = recipe.memory();
        let session = child.open().unwrap_or_else(|e| panic!("{}: {}", recipe.name(), e.0));
        assert_eq!(session.profile().version, version, "{}", recipe.name());
    }
    assert_eq!(seen, subjects_and_versions(), "a subject with pinned versions is not among the recipes");
}

/// How many files of pins there are.
fn subjects_and_versions() -> usize {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let inside = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    };
    let subjects = ["python", "node"].into_iter().flat_map(|language| inside(&here.join(language)));
    subjects.map(|subject| inside(&subject.join("versions")).len()).sum()
}
