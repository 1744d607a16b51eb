//! Reports: the records of a run in, one page out.
//!
//! Every report is drawn from [`ResultRecord`]s and nothing else, and is a pure function of them: the same records give
//! the same page, byte for byte. Times appear in the timing columns of the terminal and Markdown pages, and in JSON
//! Lines, which is the results file itself; in nothing else.
//!
//! **What a subject said is hostile.** Octets go through [`wireproof::bytes::escape`], every other text through
//! `text::safe`, and then through the escapes of the format (XML, HTML, Markdown, JSON).
//!
//! A new format is one file, one variant of [`Format`] and one golden file.

pub mod bench;
mod detail;
mod divergence;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod model;
mod octets;
mod paint;
mod summary;
mod table;
mod terminal;
mod text;

use std::fmt;
use std::io;
use std::str::FromStr;

use wireproof::results::ResultRecord;

pub use jsonl::read as read_jsonl;
pub use table::table;

/// The formats there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// A page for people: failures in full, the summary last.
    Terminal,
    /// One JSON document: the records, timings left out, and their totals.
    Json,
    /// One record a line: the results file.
    Jsonl,
    /// JUnit XML: a test suite for each subject, a test case for each case.
    Junit,
    /// A page for a pull request or a job summary.
    Markdown,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 5] = [Format::Terminal, Format::Json, Format::Jsonl, Format::Junit, Format::Markdown];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Terminal => "terminal",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Format, String> {
        let names = || Format::ALL.map(Format::name).join(", ");
        Format::ALL
            .into_iter()
            .find(|f| f.name() == name)
            .ok_or_else(|| format!("no format {:?}; there are {}", name, names()))
    }
}

/// How the terminal page looks; no other format heeds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are used.
    pub colour: bool,
    /// Columns of the terminal; less than 60 counts as 60.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Style {
        Style { colour: false, width: 80 }
    }
}

/// Writes one report.
pub fn write(format: Format, records: &[ResultRecord], style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Terminal => out.write_all(terminal::page(records, style).as_bytes()),
        Format::Json => json::write(records, out),
        Format::Jsonl => jsonl::write(records, out),
        Format::Junit => junit::write(records, out),
        Format::Markdown => out.write_all(markdown::page(records).as_bytes()),
    }
}
