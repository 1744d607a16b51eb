//! What tables of a workload say, before anybody lays them out.

use wireproof::bench::{BenchResults, Cost, Ranked, Spread, Work, WorkloadInfo, rank};

use crate::text::safe;

/// A subject that did the whole work.
pub(super) struct Row<'a> {
    /// Its place; those that are not told apart share one.
    pub(super) place: usize,
    /// Whether somebody else has the same place.
    pub(super) tied: bool,
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    /// Nanoseconds for a message, over the rounds.
    pub(super) spread: Spread,
    /// How many times the cost of the subject that all are compared with; none if that was not measured.
    pub(super) ratio: Option<f64>,
    /// Instructions for a message.
    pub(super) instructions: Option<f64>,
    /// Whether it writes nothing where others answer.
    pub(super) only_reads: bool,
}

/// A subject that is not ranked, and why.
pub(super) struct Outside<'a> {
    pub(super) name: &'a str,
    pub(super) why: String,
    /// Nanoseconds for a run of what it did.
    pub(super) spread: Option<Spread>,
}

/// All that is to be said of a workload.
pub(super) struct Standing<'a> {
    pub(super) rows: Vec<Row<'a>>,
    pub(super) outside: Vec<Outside<'a>>,
    /// Whether instructions were counted for any.
    pub(super) counted: bool,
}

/// The version of a subject.
pub(super) fn version<'a>(results: &'a BenchResults, name: &str) -> &'a str {
    results.subjects.iter().find(|s| s.name == name).map_or("", |s| &s.version)
}

/// What the figures of a row are called; `counted` if instructions were.
pub(super) fn titles(counted: bool) -> Vec<&'static str> {
    let mut titles = vec!["Message", "±", "Messages/s", "MB/s", "Ratio"];
    titles.extend(counted.then_some("Instructions"));
    titles
}

/// The figures of a row.
pub(super) fn figures(row: &Row<'_>, workload: &WorkloadInfo, counted: bool) -> Vec<String> {
    let a_second = 1e9 / row.spread.median;
    let megabytes = workload.octets as f64 / workload.messages.max(1) as f64 * a_second / 1e6;
    let mut figures = vec![
        time(row.spread.median),
        format!("{:.0} %", row.spread.share() * 100.0),
        rate(a_second),
        format!("{megabytes:.0}"),
        row.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}")),
    ];
    if counted {
        figures.push(row.instructions.map_or_else(String::new, |count| format!("{count:.0}")));
    }
    figures
}

/// The cost of a message, over the rounds.
pub(super) fn a_message(cost: &Cost, messages: u64) -> Option<Spread> {
    let each: Vec<f64> = cost.samples.iter().map(|ns| ns / messages.max(1) as f64).collect();
    Spread::of(&each)
}

/// How the subjects stand on a workload; ratios to the subject `to`, else to the first that was measured.
pub(super) fn standing<'a>(results: &'a BenchResults, workload: &'a WorkloadInfo, to: Option<&str>) -> Standing<'a> {
    let (mut whole, mut outside) = (Vec::new(), Vec::new());
    for one in results.measurements.iter().filter(|m| m.workload == workload.id) {
        match &one.outcome {
            Err(why) => outside.push(Outside { name: &one.subject, why: why.clone(), spread: None }),
            Ok((work, cost)) => match a_message(cost, workload.messages) {
                Some(spread) if work.is_whole(workload) => whole.push(((one.subject.as_str(), cost), spread)),
                _ => {
                    let (why, spread) = (less(work, workload), Spread::of(&cost.samples));
                    outside.push(Outside { name: &one.subject, why, spread });
                }
            },
        }
    }
    let order = |name: &str| results.subjects.iter().position(|s| s.name == name);
    let by_name = |name: &str| whole.iter().find(|((n, _), _)| *n == name).map(|(_, spread)| spread.median);
    let first = || whole.iter().min_by_key(|((name, _), _)| order(name)).map(|(_, spread)| spread.median);
    let base = to.map_or_else(first, by_name);
    let ranked: Vec<Ranked<(&str, &Cost)>> = rank(whole.iter().copied());
    let written = |name: &str| match results.outcome(&workload.id, name) {
        Some(Ok((work, _))) => work.written,
        _ => 0,
    };
    let answered = whole.iter().any(|((name, _), _)| written(name) > 0);
    let row = |ranked_one: &Ranked<(&'a str, &'a Cost)>| {
        let (name, cost) = ranked_one.who;
        Row {
            place: ranked_one.place,
            tied: ranked.iter().filter(|other| other.place == ranked_one.place).count() > 1,
            name,
            version: version(results, name),
            spread: ranked_one.spread,
            ratio: base.map(|base| ranked_one.spread.median / base),
            instructions: cost.instructions.map(|all| all / workload.messages.max(1) as f64),
            only_reads: answered && written(name) == 0,
        }
    };
    let rows: Vec<Row<'_>> = ranked.iter().map(row).collect();
    let counted = rows.iter().any(|row| row.instructions.is_some());
    Standing { rows, outside, counted }
}

/// Where the figures are from.
pub(super) fn origin(results: &BenchResults) -> String {
    let machine = &results.machine;
    format!(
        "wireproof {}; {} × {}, {}; medians of {} rounds of about {} ms of processor time.",
        safe(&results.wireproof),
        machine.processors,
        safe(&machine.processor),
        safe(&machine.system),
        results.rounds,
        results.slice_ms
    )
}

/// Of those that write nothing where others answer.
pub(super) fn only_reading(rows: &[Row<'_>]) -> Option<String> {
    let names: Vec<String> = rows.iter().filter(|row| row.only_reads).map(|row| safe(row.name)).collect();
    (!names.is_empty()).then(|| format!("Parsers, which write no answers: {}", names.join(", ")))
}

/// What of each message's cost is the harness's own.
pub(super) fn harness(results: &BenchResults, workload: &WorkloadInfo) -> Option<String> {
    let sink = results.sinks.iter().find(|sink| sink.workload == workload.id)?;
    let spread = a_message(&sink.cost, workload.messages)?;
    Some(format!("The harness's own part, for subjects in Rust and C: {}", time(spread.median)))
}

/// Why a subject's work is not the whole work.
fn less(work: &Work, workload: &WorkloadInfo) -> String {
    let what = if work.heads_only { "heads" } else { "messages" };
    let messages = format!("{} of {} {what}", work.messages, workload.messages);
    match &work.differs {
        Some(differs) if work.messages < workload.messages => format!("{messages}; parts from the first: {differs}"),
        Some(differs) => format!("parts from the first: {differs}"),
        None => format!("shows {messages}{}", if work.heads_only { " alone" } else { "" }),
    }
}

/// A time in nanoseconds in three digits: `381 ns`, `4.62 µs`, `1.28 ms`.
pub(super) fn time(nanoseconds: f64) -> String {
    let (number, unit) = match nanoseconds {
        n if n < 999.5 => (n, "ns"),
        n if n < 999.5e3 => (n / 1e3, "µs"),
        n if n < 999.5e6 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    format!("{} {unit}", digits(number))
}

/// A number in three digits.
pub(super) fn digits(number: f64) -> String {
    match number {
        n if n < 9.995 => format!("{n:.2}"),
        n if n < 99.95 => format!("{n:.1}"),
        n => format!("{n:.0}"),
    }
}

/// A rate: `2.62 M`, `811 k`.
pub(super) fn rate(number: f64) -> String {
    match number {
        n if n < 999.5 => digits(n),
        n if n < 999.5e3 => format!("{} k", digits(n / 1e3)),
        n if n < 999.5e6 => format!("{} M", digits(n / 1e6)),
        n => format!("{} G", digits(n / 1e9)),
    }
}

/// Octets: `64 KiB`, `700 octets`.
pub(super) fn octets(number: u64) -> String {
    match number {
        n if n >= 1 << 20 && n % (1 << 20) < 1 << 14 => format!("{} MiB", n >> 20),
        n if n >= 10 << 10 => format!("{} KiB", n >> 10),
        1 => "1 octet".to_owned(),
        n => format!("{n} octets"),
    }
}

/// What is fed, in a sentence.
pub(super) fn about(workload: &WorkloadInfo) -> String {
    let messages =
        if workload.messages == 1 { "1 message".to_owned() } else { format!("{} messages", workload.messages) };
    let pieces = workload.pieces.map(|p| format!(", in pieces of {}", octets(p as u64))).unwrap_or_default();
    format!("{}; {messages} in {}{pieces}", workload.endpoint, octets(workload.octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        let times = [0.5, 9.994, 9.996, 380.2, 999.4, 999.6, 4618.0, 1_280_000.0, 2.5e9].map(time);
        assert_eq!(
            times,
            ["0.50 ns", "9.99 ns", "10.0 ns", "380 ns", "999 ns", "1.00 µs", "4.62 µs", "1.28 ms", "2.50 s"]
        );
        assert_eq!([12.0, 811_000.0, 2_620_000.0, 1.5e9].map(rate), ["12.0", "811 k", "2.62 M", "1.50 G"]);
        assert_eq!([700, 65_900, 1 << 20, (1 << 20) + 100].map(octets), ["700 octets", "64 KiB", "1 MiB", "1 MiB"]);
    }
}
