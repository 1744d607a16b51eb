//! One page with everything: charts and tables, without scripts and without anything to load.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;
use wireproof::bench::{BenchResults, WorkloadInfo};

use super::charts::{label, of_protocol, protocol, protocols};
use super::rows::{Row, about, figures, harness, only_reading, origin, standing, titles};
use crate::text::safe;

/// The name decides that all texts are escaped as HTML.
const NAME: &str = "bench.html";
const TEMPLATE: &str = include_str!("../../templates/bench.html");

#[derive(Serialize)]
struct Page {
    about: String,
    protocols: Vec<Protocol>,
    absent: Vec<String>,
}

#[derive(Serialize)]
struct Protocol {
    name: String,
    charts: Vec<Figure>,
    workloads: Vec<Workload>,
}

#[derive(Serialize)]
struct Figure {
    title: String,
    /// Markup: not escaped.
    svg: String,
    long: bool,
}

#[derive(Serialize)]
struct Workload {
    id: String,
    why: String,
    caption: String,
    titles: Vec<&'static str>,
    rows: Vec<Cells>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Cells {
    place: String,
    subject: String,
    cells: Vec<String>,
}

/// A self-contained HTML page.
pub fn page(results: &BenchResults, to: Option<&str>) -> String {
    let absent = |s: &wireproof::bench::SubjectInfo| Some(format!("{}: {}", safe(&s.name), safe(s.absent.as_ref()?)));
    let page = Page {
        about: origin(results),
        protocols: protocols(results).into_iter().map(|name| one(results, name, to)).collect(),
        absent: results.subjects.iter().filter_map(absent).collect(),
    };
    let rendered = Environment::new().render_named_str(NAME, TEMPLATE, Serde(&page));
    // The template is ours, and every name in it a field of `Page`: the tests render it.
    rendered.expect("the template renders")
}

fn one(results: &BenchResults, name: &str, to: Option<&str>) -> Protocol {
    // HTML knows what is SVG without the namespace.
    let bare = |svg: String| svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    let charts = of_protocol(results, name).into_iter();
    let of_protocol = results.workloads.iter().filter(|workload| protocol(workload) == name);
    Protocol {
        name: safe(name),
        charts: charts.map(|c| Figure { title: c.title, svg: bare(c.svg), long: c.long }).collect(),
        workloads: of_protocol.map(|workload| table(results, workload, to)).collect(),
    }
}

fn table(results: &BenchResults, workload: &WorkloadInfo, to: Option<&str>) -> Workload {
    let standing = standing(results, workload, to);
    let outside = standing.outside.iter().map(|o| format!("Not ranked: {}: {}", safe(o.name), safe(&o.why)));
    Workload {
        id: safe(&workload.id),
        why: safe(&workload.why),
        caption: format!("{} ({})", safe(&workload.title), safe(&about(workload))),
        rows: standing.rows.iter().map(|row| cells(row, workload, standing.counted)).collect(),
        titles: titles(standing.counted),
        notes: only_reading(&standing.rows).into_iter().chain(harness(results, workload)).chain(outside).collect(),
    }
}

fn cells(row: &Row<'_>, workload: &WorkloadInfo, counted: bool) -> Cells {
    Cells {
        place: format!("{}{}", row.place, if row.tied { "=" } else { "" }),
        subject: label(row.name, row.version),
        cells: figures(row, workload, counted),
    }
}
