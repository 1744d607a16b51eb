//! `wireproof coverage`: requirements and the cases that exercise them. Generated, never written by hand.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;
use wireproof::requirements::Requirement;
use wireproof::vectors::Suite;

use super::list::table;
use crate::args::{Cli, Coverage};
use crate::failure::Failure;
use crate::select::suite;

pub(crate) fn run(cli: &Cli, coverage: &Coverage) -> Result<bool, Failure> {
    let suite = suite(cli)?;
    let covered = covered(&suite);
    let mut out = anstream::stdout().lock();
    let testable = suite.requirements.iter().filter(|r| r.is_testable());
    let wanted: Vec<&Requirement> =
        testable.filter(|r| !coverage.bare || !covered.contains_key(r.id.as_str())).collect();
    let held = !coverage.check || !bare_must(&suite, &covered);
    let ids = |r: &Requirement| covered.get(r.id.as_str()).cloned().unwrap_or_default();
    if coverage.json {
        let rows: Vec<_> = wanted.iter().map(|r| json!({"id": r.id, "level": r.level, "cases": ids(r)})).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&rows).unwrap_or_default())?;
        return Ok(held);
    }
    let row = |r: &&Requirement| {
        let shown = match ids(r).as_slice() {
            [] => "(none)".to_owned(),
            [one] => (*one).to_owned(),
            [first, others @ ..] => format!("{first} and {} more", others.len()),
        };
        vec![r.id.clone(), r.level.clone(), shown, r.text.clone()]
    };
    writeln!(out, "{}\n", table(&["requirement", "level", "cases", "text"], wanted.iter().map(row).collect()))?;
    writeln!(out, "{}", table(&["rfc", "level", "testable", "covered", "bare"], summary(&suite, &covered)))?;
    Ok(held)
}

/// Whether a testable MUST or MUST NOT has no case.
fn bare_must(suite: &Suite, covered: &BTreeMap<&str, Vec<&str>>) -> bool {
    suite.requirements.iter().any(|r| r.is_testable() && r.is_must() && !covered.contains_key(r.id.as_str()))
}

/// The cases of each requirement.
fn covered(suite: &Suite) -> BTreeMap<&str, Vec<&str>> {
    let mut covered: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in &suite.cases {
        for id in &case.requirements {
            covered.entry(id).or_default().push(&case.id);
        }
    }
    covered
}

/// Counts per RFC and level.
fn summary(suite: &Suite, covered: &BTreeMap<&str, Vec<&str>>) -> Vec<Vec<String>> {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for requirement in suite.requirements.iter().filter(|r| r.is_testable()) {
        let count = counts.entry((requirement.rfc(), &requirement.level)).or_default();
        count.0 += 1;
        count.1 += usize::from(covered.contains_key(requirement.id.as_str()));
    }
    let row = |((rfc, level), (testable, has)): ((&str, &str), (usize, usize))| {
        vec![rfc.to_owned(), level.to_owned(), testable.to_string(), has.to_string(), (testable - has).to_string()]
    };
    counts.into_iter().map(row).collect()
}
