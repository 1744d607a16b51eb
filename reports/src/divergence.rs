//! Where subjects part: a table by severity, and the cases in which two that conform do so, by kind.

use std::collections::BTreeMap;

use wireproof::compare::Severity;
use wireproof::divergence::{DivergenceRecord, Group, Parting};

use crate::model::Index;
use crate::text::{count, safe};

/// So many kinds are shown; results files have all.
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
    let read = permitted(index).len();
    let permitted = if read == 0 { "none".to_owned() } else { read.to_string() };
    let kinds = kinds(index).len();
    let cut = if kinds > SHOWN {
        format!(" The first {SHOWN} of {kinds} kinds, with a case each; a results file has all:")
    } else {
        String::new()
    };
    format!(
        "Subjects part in {cases} (how they refuse, and upkeep, apart). In {permitted} of them, two that both conform \
         accept the input and frame or understand it differently.{cut}"
    )
}

/// A kind of divergence that is worth reading: a heading, and a line for each group of its first case.
pub(crate) struct Entry {
    pub(crate) heading: String,
    pub(crate) groups: Vec<String>,
}

/// Those that are worth reading, the worst first, then the most frequent.
pub(crate) fn entries(index: &Index<'_>) -> Vec<Entry> {
    kinds(index).into_iter().take(SHOWN).map(|kind| entry(&kind)).collect()
}

/// Cases in which the same two part in the same way.
type Cases<'a> = Vec<(&'a Parting, &'a DivergenceRecord)>;

fn kinds<'a>(index: &Index<'a>) -> Vec<Cases<'a>> {
    let mut kinds: BTreeMap<(Severity, &[String; 2], &str), Cases<'_>> = BTreeMap::new();
    for (parting, record) in permitted(index) {
        kinds.entry((parting.severity, &parting.between, &parting.what)).or_default().push((parting, record));
    }
    let mut kinds: Vec<Cases<'_>> = kinds.into_values().collect();
    kinds.sort_by_key(|cases| (cases[0].0.severity, std::cmp::Reverse(cases.len()))); // none is empty
    kinds
}

/// The cases in which two that conform part in more than one accepting what the other refuses.
fn permitted<'a>(index: &Index<'a>) -> Vec<(&'a Parting, &'a DivergenceRecord)> {
    let found = index.divergences.iter().filter_map(|record| Some((record.permitted.as_ref()?, *record)));
    found.filter(|(parting, _)| parting.severity <= Severity::S2).collect()
}

fn entry(cases: &Cases<'_>) -> Entry {
    let (parting, record) = cases[0]; // it is not empty
    let [left, right] = parting.between.each_ref().map(|name| safe(name));
    let (severity, case, what) = (parting.severity, safe(&record.case), safe(&parting.what));
    let group = |group: &Group| {
        let names: Vec<String> = group.subjects.iter().map(|name| safe(name)).collect();
        format!("{}: {}", safe(&group.outcome), names.join(", "))
    };
    let many = if cases.len() > 1 { format!(" and {} more", cases.len() - 1) } else { String::new() };
    Entry {
        heading: format!("{severity} {what}, {left} and {right}: {case}{many}"),
        groups: record.groups.iter().map(group).collect(),
    }
}
