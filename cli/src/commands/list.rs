//! `wireproof list`: what there is.

use std::io::Write;

use serde_json::json;
use wireproof_adapters::registry::{ENTRIES, Entry};
use wireproof_adapters::setup::version::pinned;

use crate::args::{Cli, List, What};
use crate::bundled::{Bundled, has_others};
use crate::failure::Failure;
use crate::registry::home;
use crate::select::{cases, suite};
use crate::show::{table_width, wrap, write_wrapped};

pub(crate) fn run(cli: &Cli, list: &List) -> Result<bool, Failure> {
    let chosen = &list.selection;
    if list.what != What::Cases && (chosen.protocol.is_some() || !chosen.only.is_empty() || !chosen.skip.is_empty()) {
        return Err(Failure::usage("--protocol, --only and --skip choose cases: wireproof list cases"));
    }
    let (header, rows) = match list.what {
        What::Subjects => subjects()?,
        What::Cases => case_rows(cli, list)?,
        What::Requirements => requirements(cli)?,
        What::Capabilities => capabilities(),
    };
    let mut out = anstream::stdout().lock();
    if list.json {
        let object = |row: &Vec<String>| {
            header
                .iter()
                .zip(row)
                .map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect::<serde_json::Map<_, _>>()
        };
        let all: Vec<_> = rows.iter().map(object).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&all).unwrap_or_default())?;
        return Ok(true);
    }
    writeln!(out, "{}", table(&header, rows))?;
    if list.what == What::Subjects {
        writeln!(out)?;
        write_wrapped(&mut out, &other_versions(), 0, 0)?;
    }
    Ok(true)
}

/// The least room for the last column of a table.
const LAST: usize = 24;

/// A table as wide as the terminal; a row a line where there is none. Rows become paragraphs where the terminal is too
/// narrow, for nobody can copy an id that is broken over lines.
pub(crate) fn table(header: &[&'static str], rows: Vec<Vec<String>>) -> String {
    let width = table_width();
    let widest = |column: usize| rows.iter().map(|r| r[column].chars().count()).max().unwrap_or(0) + 2;
    if (0..header.len() - 1).map(widest).sum::<usize>() + LAST > width {
        return rows.iter().map(|row| paragraph(row)).collect::<Vec<_>>().join("\n");
    }
    let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
    let left = header.len();
    wireproof_reports::table(header, rows, left, width)
}

fn paragraph(row: &[String]) -> String {
    let Some(([first, middle @ ..], last)) = row.split_last().map(|(last, others)| (others, last)) else {
        return row.join("");
    };
    let mut lines = vec![first.clone()];
    lines.extend(wrap(&middle.join("  "), 2, 4));
    lines.extend(wrap(last, 2, 2));
    lines.join("\n")
}

type Rows = (Vec<&'static str>, Vec<Vec<String>>);

fn subjects() -> Result<Rows, Failure> {
    let home = home()?;
    let state = |entry: &'static Entry| match Bundled::current(entry).recipe() {
        None => "built in",
        Some(recipe) if recipe.is_ready(&home) => "set up",
        Some(_) => "not set up",
    };
    let rows = ENTRIES
        .iter()
        .map(|e| vec![e.name, e.protocol, state(e), e.about].into_iter().map(str::to_owned).collect())
        .collect();
    Ok((vec!["subject", "protocol", "state", "about"], rows))
}

/// Who can be had at other versions, and which of them are pinned.
fn other_versions() -> String {
    let (mut names, mut pins) = (Vec::new(), Vec::new());
    for name in ENTRIES.iter().filter(|e| has_others(e)).map(|e| e.name) {
        names.push(name);
        pins.extend(pinned(name).map(|version| format!("{name}@{version}")));
    }
    format!(
        "Other versions of {} are NAME@VERSION, as in: wireproof run h11 h11@0.14.0. Pinned by hash: {}; any other is \
         what the package registry gives on its first set-up.",
        names.join(", "),
        pins.join(", ")
    )
}

fn case_rows(cli: &Cli, list: &List) -> Result<Rows, Failure> {
    let suite = suite(cli)?;
    let row = |c: &&wireproof::vectors::Case| {
        vec![c.id.clone(), c.level.to_string(), c.script.role.to_string(), c.requirements.join(" "), c.title.clone()]
    };
    let rows = cases(&suite, &list.selection)?.iter().map(row).collect();
    Ok((vec!["case", "level", "role", "requirements", "title"], rows))
}

fn requirements(cli: &Cli) -> Result<Rows, Failure> {
    let suite = suite(cli)?;
    let row = |r: &wireproof::requirements::Requirement| {
        vec![r.id.clone(), r.level.clone(), r.testable.clone(), r.role.join(" "), r.text.clone()]
    };
    Ok((vec!["requirement", "level", "testable", "role", "text"], suite.requirements.iter().map(row).collect()))
}

fn capabilities() -> Rows {
    let of = |p: &&wireproof::ProtocolSpec| {
        let name = p.name;
        p.capabilities.iter().map(move |c| vec![name.to_owned(), c.name.to_owned(), c.means.to_owned()])
    };
    (vec!["protocol", "capability", "means"], wireproof::protocols().iter().flat_map(of).collect())
}
