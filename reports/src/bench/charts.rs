//! Charts as SVG. Drawn are subjects that did the whole work of a workload, and no others; each chart says so.

mod bars;
mod frame;
mod lines;
mod strips;

use wireproof::bench::{BenchResults, Spread, WorkloadInfo};

use super::rows::standing;
use crate::text::safe;

/// Charts by file name.
pub fn charts(results: &BenchResults) -> Vec<(String, String)> {
    let all = protocols(results).into_iter().flat_map(|protocol| of_protocol(results, protocol));
    all.map(|chart| (format!("{}.svg", chart.name), chart.svg)).collect()
}

/// One chart.
pub(super) struct Chart {
    /// Its name: letters, digits, dots and hyphens, which any file system takes.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) svg: String,
    /// Whether it is longer than a screen.
    pub(super) long: bool,
}

/// The protocols in order: `http1`.
pub(super) fn protocols(results: &BenchResults) -> Vec<&str> {
    let mut all = Vec::new();
    for one in results.workloads.iter().map(protocol) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// The protocol that a workload is traffic of.
pub(super) fn protocol(workload: &WorkloadInfo) -> &str {
    workload.endpoint.split('.').next().unwrap_or_default()
}

/// The charts of a protocol: the cost of a message, the series, the throughput. None of nothing that was measured.
pub(super) fn of_protocol(results: &BenchResults, protocol: &str) -> Vec<Chart> {
    let races: Vec<Race<'_>> = (results.workloads.iter())
        .filter(|workload| self::protocol(workload) == protocol)
        .map(|workload| Race { workload, points: points(results, workload) })
        .filter(|race| !race.points.is_empty())
        .collect();
    if races.is_empty() {
        return Vec::new();
    }
    let mut charts = vec![strips::chart(results, protocol, &races)];
    let mut series: Vec<&str> =
        races.iter().filter_map(|race| Some(race.workload.chart.as_ref()?.name.as_str())).collect();
    series.sort_unstable();
    series.dedup();
    charts.extend(series.into_iter().map(|name| lines::chart(results, name, &races)));
    charts.push(bars::chart(results, protocol, &races));
    charts
}

/// A workload and those who did all of it, the fastest first.
struct Race<'a> {
    workload: &'a WorkloadInfo,
    points: Vec<Point>,
}

/// A subject on a workload.
struct Point {
    /// The subject's place among all subjects, which is its colour in every chart.
    subject: usize,
    /// Its name and version.
    label: String,
    /// Nanoseconds for a message.
    spread: Spread,
    /// Whether it writes nothing where others answer.
    only_reads: bool,
}

/// A subject's name and version, which a name may say itself: `h11@0.14.0`.
pub(super) fn label(name: &str, version: &str) -> String {
    let said = name.split_once('@').is_some_and(|(_, said)| said == version);
    safe(if said { name.to_owned() } else { format!("{name} {version}") }.trim_end())
}

/// What can be drawn on a scale of logarithms.
fn points(results: &BenchResults, workload: &WorkloadInfo) -> Vec<Point> {
    let rows = standing(results, workload, None).rows;
    let drawable = |s: &Spread| [s.low, s.median, s.high].iter().all(|n| n.is_normal() && *n > 0.0);
    (rows.into_iter().filter(|row| drawable(&row.spread)))
        .map(|row| Point {
            subject: results.subjects.iter().position(|s| s.name == row.name).unwrap_or(results.subjects.len()),
            label: label(row.name, row.version),
            only_reads: row.only_reads,
            spread: row.spread,
        })
        .collect()
}

/// A file's name without its ending: whatever else is in the text becomes hyphens.
fn file_name(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    text.chars().take(60).map(plain).collect::<String>().trim_matches(['.', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_stay_in_their_folder() {
        assert_eq!(file_name("h1.pieces"), "h1.pieces");
        assert_eq!(file_name("../../etc/<x>"), "etc--x");
        assert_eq!(file_name("/"), "");
    }
}
