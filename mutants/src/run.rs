//! One share of the mutants, by `cargo mutants`.

use std::path::Path;
use std::process::Command;

use crate::report::{self, AGAIN};
use crate::{results, root};

/// The longest that a vector run on a mutant may take, in seconds; its own watchdog is quicker.
const LONGEST_TEST: u32 = 60;

/// Runs share `k` of `n`.
pub(crate) fn run(core: &str, (k, n): (usize, usize)) -> Result<(), String> {
    let tree = tree()?;
    discard_others(&results(core), n, &tree)?;
    let share = format!("{k}/{n}");
    mutants(core, &format!("{k}-of-{n}"), &tree, &["--sharding=round-robin", "--shard", &share])
}

/// Runs those again, on the tree as it is now, that a run of all shares missed.
pub(crate) fn again(core: &str) -> Result<(), String> {
    let missed: Vec<String> = report::missed(core)?.iter().map(|change| format!("--re={}", pattern(change))).collect();
    if missed.is_empty() {
        return Err("nothing was missed".to_owned());
    }
    mutants(core, AGAIN, &tree()?, &missed.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The expression for what a mutant is called, `file: change`, at any place of the file.
fn pattern(change: &str) -> String {
    let escaped = change.chars().fold(String::new(), |escaped, c| match c {
        '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' | '#' | '&' | '-' | '~' => {
            escaped + "\\" + &c.to_string()
        }
        _ => escaped + &c.to_string(),
    });
    format!("^{}$", escaped.replacen(": ", r":\d+:\d+: ", 1))
}

/// Lets `cargo mutants` run those that `which` chooses; the results go to `folder`.
fn mutants(core: &str, folder: &str, tree: &str, which: &[&str]) -> Result<(), String> {
    if !root().join("cores").join(core).is_dir() || !root().join(format!("mutants/tests/{core}.rs")).is_file() {
        return Err(format!("cores/{core} and mutants/tests/{core}.rs: both are needed"));
    }
    let test = format!("--test={core}");
    // What is left of the last run is newer than the sources and would be taken for theirs.
    let left = ["--package", &format!("wireproof-{core}"), "--package=wireproof", "--package=wireproof-mutants"];
    succeed(cargo().args(["clean", "--quiet", "--profile=mutants"]).args(left))?;
    // `cargo mutants` would run the baseline with the core's package, which has no such test. It records the outcomes
    // that the core has now, which new vectors add to.
    let baseline = ["test", "--profile=mutants", "--package=wireproof-mutants", &test];
    succeed(cargo().args(baseline).env("WIREPROOF_BLESS", "1"))?;
    let folder = results(core).join(folder);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    std::fs::write(folder.join("tree"), tree).map_err(|e| e.to_string())?;
    let mut mutants = cargo();
    mutants.args(["mutants", "--package", &format!("wireproof-{core}"), "--test-package=wireproof-mutants"]);
    mutants.args(["--profile=mutants", "--cargo-arg", &test, "--baseline=skip", "--build-timeout=900"]);
    mutants.args(["--timeout", &LONGEST_TEST.to_string()]).args(which).arg("--output").arg(&folder);
    match mutants.status().map_err(|e| format!("cargo mutants: {e}"))?.code() {
        Some(0 | 2 | 3) => Ok(()), // all caught, some missed, some timed out
        code => Err(format!("cargo mutants ended with {code:?}; is it installed? cargo install cargo-mutants")),
    }
}

/// Cargo, with one target folder for all copies of the tree that `cargo mutants` makes, so that dependencies are built
/// once. Shares that run at the same time need a `CARGO_TARGET_DIR` each.
fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root());
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        cargo.env("CARGO_TARGET_DIR", root().join("target/mutation/build"));
    }
    cargo
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("{command:?}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
}

/// What is tested: the commit, its day, and `changed` if files differ from it.
fn tree() -> Result<String, String> {
    let git = |args: &[&str]| {
        let out = Command::new("git").args(args).current_dir(root()).output().map_err(|e| format!("git: {e}"))?;
        Ok::<String, String>(String::from_utf8_lossy(&out.stdout).trim().to_owned())
    };
    let changed = git(&[
        "status",
        "--porcelain",
        "--",
        "cores",
        "vectors",
        "harness",
        "adapters/src/rust",
        ":!cores/*/mutants.json",
    ])?;
    let changed = if changed.is_empty() { "" } else { " changed" };
    Ok(format!("{}{changed}", git(&["log", "-1", "--format=%h %cs"])?))
}

/// Removes results of other trees and of other numbers of shares: a report is of one run.
fn discard_others(folder: &Path, n: usize, tree: &str) -> Result<(), String> {
    for share in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let same = std::fs::read_to_string(share.join("tree")).is_ok_and(|t| t == tree);
        if !same || !share.to_string_lossy().ends_with(&format!("-of-{n}")) {
            std::fs::remove_dir_all(&share).map_err(|e| format!("{}: {e}", share.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_found_at_any_place() {
        let change = "cores/a/src/b.rs: replace || with && in A::b -> Result<(), E>";
        let expected = r"^cores/a/src/b\.rs:\d+:\d+: replace \|\| with \&\& in A::b \-> Result<\(\), E>$";
        assert_eq!(pattern(change), expected);
    }
}
