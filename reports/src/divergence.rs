//! Where subjects part: a table by severity, and the cases in which two that conform do so.

use wireproof::compare::Severity;
use wireproof::divergence::{DivergenceRecord, Group, Parting};

use crate::model::Index;
use crate::text::{count, safe};

/// So many cases are shown; results files have all.
const SHOWN: usize = 20;

/// The header of the table; its first column are words.
pub(crate) const HEADER: [&str; 3] = ["divergences", "cases", "permitted"];

/// The rows of the table: a severity in words, how many cases part like this at worst, and in how many cases two
/// subjects that conform part like this at worst.
pub(crate) fn rows(index: &Index<'_>) -> Vec<Vec<String>> {
    let row = |severity: Severity| {
        let all = index.divergences.iter().filter(|d| d.worst.severity == severity).count();
        let permitted = index.divergences.iter().filter_map(|d| d.permitted.as_ref());
        let permitted = permitted.filter(|parting| parting.severity == severity).count();
        let dot = |n: usize| if n == 0 { "·".to_owned() } else { n.to_string() };
        (all + permitted > 0).then(|| vec![format!("{severity} {}", severity.means()), dot(all), dot(permitted)])
    };
    Severity::ALL.into_iter().filter_map(row).collect()
}

/// What the table is about, and what follows it.
pub(crate) fn introduction(index: &Index<'_>) -> String {
    if index.divergences.is_empty() {
        return "No two subjects part in what they accept (how they refuse, and upkeep, apart).".to_owned();
    }
    let cases = count(index.divergences.len(), "case");
    let permitted = match permitted(index).len() {
        0 => "none".to_owned(),
        n if n <= SHOWN => n.to_string(),
        n => format!("{n} (the first {SHOWN} follow; a results file has all)"),
    };
    format!(
        "Subjects part in {cases} (how they refuse, and upkeep, apart). In {permitted} of them, two that both conform \
         accept the input and frame or understand it differently."
    )
}

/// A case that is worth reading: a heading, and a line for each group.
pub(crate) struct Entry {
    pub(crate) heading: String,
    pub(crate) groups: Vec<String>,
}

/// Those that are worth reading, the worst first.
pub(crate) fn entries(index: &Index<'_>) -> Vec<Entry> {
    let mut found = permitted(index);
    found.sort_by_key(|(parting, _)| parting.severity);
    found.into_iter().take(SHOWN).map(|(parting, record)| entry(parting, record)).collect()
}

/// The cases in which two that conform part in more than one accepting what the other refuses.
fn permitted<'a>(index: &Index<'a>) -> Vec<(&'a Parting, &'a DivergenceRecord)> {
    let found = index.divergences.iter().filter_map(|record| Some((record.permitted.as_ref()?, *record)));
    found.filter(|(parting, _)| parting.severity <= Severity::S2).collect()
}

fn entry(parting: &Parting, record: &DivergenceRecord) -> Entry {
    let [left, right] = parting.between.each_ref().map(|name| safe(name));
    let (severity, case, what, message) =
        (parting.severity, safe(&record.case), safe(&parting.what), parting.message + 1);
    let group = |group: &Group| {
        let names: Vec<String> = group.subjects.iter().map(|name| safe(name)).collect();
        format!("{}: {}", safe(&group.outcome), names.join(", "))
    };
    Entry {
        heading: format!("{severity} {case}: {what} of message {message}, {left} and {right}"),
        groups: record.groups.iter().map(group).collect(),
    }
}
