//! Set-up: what a recipe leaves behind when it works, fails, changes, or meets itself.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use wireproof_adapters::setup::venv::VenvRecipe;
use wireproof_adapters::setup::{ChildRecipe, Recipe, SetupError};

/// A recipe that writes one file, or fails after it.
struct OneFile {
    text: &'static str,
    fails: bool,
    made: AtomicUsize,
}

impl OneFile {
    fn new(text: &'static str) -> OneFile {
        OneFile { text, fails: false, made: AtomicUsize::new(0) }
    }

    fn made(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }
}

impl Recipe for OneFile {
    fn name(&self) -> &str {
        "one"
    }

    fn folder(&self) -> String {
        "one-1".to_owned()
    }

    fn ingredients(&self) -> Vec<&[u8]> {
        vec![self.text.as_bytes()]
    }

    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        say("making");
        self.made.fetch_add(1, Ordering::SeqCst);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0, "the folder is not empty");
        fs::write(folder.join("file"), self.text).map_err(SetupError::file("write", folder))?;
        match self.fails {
            true => Err(SetupError::NoHome),
            false => Ok(()),
        }
    }
}

/// The visible folders of a home.
fn folders(home: &Path) -> Vec<String> {
    let names = fs::read_dir(home).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter(|n| !n.ends_with(".lock")).collect()
}

#[test]
fn a_recipe_is_made_once_and_again_when_it_changes() {
    let home = tempfile::tempdir().unwrap();
    let first = OneFile::new("first");
    assert!(!first.is_ready(home.path()));
    first.set_up(home.path(), &mut |_| {}).unwrap();
    first.set_up(home.path(), &mut |_| {}).unwrap();
    assert_eq!((first.made(), first.is_ready(home.path())), (1, true));
    let second = OneFile::new("second");
    assert!(!second.is_ready(home.path()));
    second.set_up(home.path(), &mut |_| {}).unwrap();
    assert_eq!(fs::read_to_string(second.place(home.path()).join("file")).unwrap(), "second");
    assert_eq!(folders(home.path()), ["one-1"]);
}

#[test]
fn a_failure_leaves_nothing_and_keeps_what_was_there() {
    let home = tempfile::tempdir().unwrap();
    let failing = OneFile { fails: true, ..OneFile::new("second") };
    failing.set_up(home.path(), &mut |_| {}).unwrap_err();
    assert_eq!(folders(home.path()), [""; 0]);
    let first = OneFile::new("first");
    first.set_up(home.path(), &mut |_| {}).unwrap();
    failing.set_up(home.path(), &mut |_| {}).unwrap_err();
    assert_eq!((first.is_ready(home.path()), failing.is_ready(home.path())), (true, false));
}

#[test]
fn what_a_killed_set_up_left_is_swept_away() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join(".one-1.making/half")).unwrap();
    fs::create_dir_all(home.path().join("one-1/unstamped")).unwrap();
    let recipe = OneFile::new("x");
    assert!(!recipe.is_ready(home.path()));
    recipe.set_up(home.path(), &mut |_| {}).unwrap();
    assert!(recipe.is_ready(home.path()) && !recipe.place(home.path()).join("unstamped").exists());
}

#[test]
fn two_at_once_make_it_once() {
    let home = tempfile::tempdir().unwrap();
    let recipe = OneFile::new("x");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| recipe.set_up(home.path(), &mut |_| {}).unwrap());
        }
    });
    assert_eq!(recipe.made(), 1);
}

const H11: VenvRecipe<'_> = VenvRecipe {
    name: "h11",
    version: "0.16.0",
    requirements_txt: "h11==0.16.0 --hash=sha256:63cf8bbe7522de3bf65932fda1d9c2772064ffb3dae62d55932da54b31cb6c86\n",
    files: &[("which.py", "import h11\nprint(h11.__version__)\n")],
};

/// Whether a set-up failed for what this machine has not.
fn is_absence(why: &SetupError) -> bool {
    matches!(why, SetupError::MissingProgram { .. }) || why.to_string().contains("No matching dist")
}

/// Whether there is a Python and a package index; if not, the test says so past the test runner and passes.
fn set_up(recipe: &VenvRecipe<'_>, home: &Path) -> Result<bool, SetupError> {
    use std::io::Write as _;
    match recipe.set_up(home, &mut |_| {}) {
        Ok(()) => Ok(true),
        Err(why) if is_absence(&why) => {
            let _ = writeln!(std::io::stderr(), "unavailable: {}: {why}", recipe.name);
            Ok(false)
        }
        Err(why) => Err(why),
    }
}

#[test]
fn a_python_environment_works_in_its_final_place() {
    let home = tempfile::tempdir().unwrap();
    if set_up(&H11, home.path()).unwrap() {
        let out = Command::new(H11.python(home.path())).arg(H11.file(home.path(), "which.py")).output().unwrap();
        assert_eq!(String::from_utf8(out.stdout).unwrap(), "0.16.0\n");
    }
}

#[test]
fn a_package_with_another_hash_is_not_installed() {
    let home = tempfile::tempdir().unwrap();
    let requirements_txt = H11.requirements_txt.replace("63cf", "0000");
    match set_up(&VenvRecipe { requirements_txt: &requirements_txt, ..H11 }, home.path()) {
        Ok(available) => assert!(!available, "a wrong hash was accepted"),
        Err(why) => assert!(why.to_string().contains("THESE PACKAGES DO NOT MATCH THE HASHES"), "{why}"),
    }
    assert!(!H11.is_ready(home.path()) && folders(home.path()).is_empty());
}

/// The recipe for another version of h11, which nobody pins.
fn other<'a>(recipe: &'a VenvRecipe<'_>) -> Box<dyn ChildRecipe + 'a> {
    recipe.at(&"0.13.0".parse().unwrap()).unwrap()
}

#[test]
fn the_version_that_is_judged_by_default_is_the_pinned_one_by_either_name() {
    let same = H11.at(&"0.16.0".parse().unwrap()).unwrap();
    assert_eq!((same.folder(), same.ingredients()), (H11.folder(), H11.ingredients()));
}

#[test]
fn a_version_that_this_project_pins_is_installed_by_its_hashes() {
    let recipe = H11.at(&"0.14.0".parse().unwrap()).unwrap();
    let pins = b"--hash=sha256:e3fe4ac4b851c468cc8363d500db52c2ead036020723024a109d37346efaa761";
    assert!(recipe.ingredients().iter().any(|text| text.windows(pins.len()).any(|w| w == pins)));
    let home = Path::new("home");
    assert_eq!((recipe.name(), recipe.folder().as_str(), recipe.record(home)), ("h11@0.14.0", "h11-0.14.0", None));
}

#[test]
fn what_the_index_gave_for_another_version_is_recorded_and_used_ever_after() {
    let home = tempfile::tempdir().unwrap();
    let recipe = other(&H11);
    match recipe.set_up(home.path(), &mut |_| {}) {
        Ok(()) => {}
        Err(why) => return assert!(is_absence(&why), "{why}"),
    }
    let file = recipe.record(home.path()).unwrap();
    let record = fs::read_to_string(&file).unwrap();
    assert!(record.contains("h11==0.13.0 --hash=sha256:"), "{record}");
    assert_eq!(folders(home.path()), ["h11-0.13.0"]);

    // Made anew, for a file of ours changed: from the record, which here says what cannot be met.
    fs::write(&file, record.replace("sha256:", "sha256:00")).unwrap();
    let changed = VenvRecipe { files: &[], ..H11 };
    let mut said = Vec::new();
    let error = other(&changed).set_up(home.path(), &mut |what| said.push(what.to_owned())).unwrap_err();
    assert_eq!(said, ["making a Python environment", "installing packages"], "{error}");
}

#[test]
fn a_version_that_is_not_there_is_named_with_where_to_look() {
    let home = tempfile::tempdir().unwrap();
    let recipe = H11.at(&"9.9.9".parse().unwrap()).unwrap();
    let error = recipe.set_up(home.path(), &mut |_| {}).unwrap_err();
    let told = error.to_string().contains("look whether https://pypi.org/project/h11/#history has it");
    assert!(told || matches!(error, SetupError::MissingProgram { .. }), "{error}");
    assert!(folders(home.path()).is_empty());
}
