//! Laws that hold for any input, of one subject against itself.

use wireproof::compare::{Common, Severity, differ};
use wireproof::cuts::{Cut, units};
use wireproof::{ProtocolSpec, Record, Script, Step, Transcript, Value};

use crate::panel::{Member, Scripts};
use crate::{Input, Target};

/// A law that an input breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which law: `segmentation`, `late` (a lesser breach of it: the same verdict in other words, or later),
    /// `determinism`, `prefix`, `finality`, `no fault`.
    pub law: &'static str,
    /// What was seen.
    pub what: String,
}

/// Which laws are looked at, for every check costs runs.
#[derive(Clone, Copy, Debug)]
pub struct Laws {
    /// Cut at one position that the shape chooses.
    pub segmentation: bool,
    /// Cut octet by octet, and by units.
    pub octets: bool,
    /// The same again.
    pub determinism: bool,
    /// What a prefix of the octets brings is a prefix of what all of them bring; at one position that the shape chooses.
    pub prefix: bool,
    /// After a refusal of the connection, more octets bring no event.
    pub finality: bool,
}

impl Laws {
    /// All of them.
    pub const ALL: Laws = Laws { segmentation: true, octets: true, determinism: true, prefix: true, finality: true };
    /// Every cut gives the same; nothing else is looked at.
    pub const CUTS: Laws = Laws { determinism: false, prefix: false, finality: false, ..Laws::ALL };
    /// What every subject is held to in a hunt: what it shows depends on nothing but the octets.
    pub const SAME: Laws = Laws { determinism: true, ..Laws::CUTS };
}

/// The first law that a subject breaks on this input: it is fed whole, and then again in other ways.
pub fn check(member: &mut Member, scripts: &mut Scripts, input: &Input, laws: Laws) -> Option<Broken> {
    let script = scripts.of(input);
    let whole = member.run(script, &Cut::Whole)?.clone();
    if whole.fault.is_some() {
        return Some(Broken { law: "no fault", what: member.fault.clone().unwrap_or_default() });
    }
    let mut same = |law: &'static str, cut: &Cut| {
        let again = member.run(script, cut)?;
        if *again == whole {
            return None;
        }
        let what = format!("{}: {} becomes {}", cut.name(), whole.outcome(), again.outcome());
        let again = again.clone();
        let common = Common::of(input.target.spec(), &member.profile, &member.profile);
        // The same verdict by another word, or later, is a lesser matter than another verdict.
        let lesser = differ(&common, &whole, &again).is_none_or(|d| d.severity > Severity::S3);
        let law = if law == "segmentation" && lesser { "late" } else { law };
        Some(Broken { law, what })
    };
    if laws.determinism
        && let Some(broken) = same("determinism", &Cut::Whole)
    {
        return Some(broken);
    }
    if input.target == Target::Hpack {
        return None;
    }
    let octets = laws.octets.then_some(Cut::Octets);
    let units = if laws.octets { units(script) } else { None };
    let one = laws.segmentation.then(|| Cut::At(position(input)));
    if let Some(broken) = [octets, units, one].iter().flatten().find_map(|cut| same("segmentation", cut)) {
        return Some(broken);
    }
    if laws.prefix
        && let Some(broken) = prefix_of(member, script, position(input))
    {
        return Some(broken);
    }
    if laws.finality && whole.refusal.is_some() { finality_of(member, script) } else { None }
}

/// Where the shape cuts, among all octets that are fed.
fn position(input: &Input) -> usize {
    let length = input.octets.len() + input.front_length();
    1 + usize::from(input.shape >> 4) * length / 16
}

fn prefix_of(member: &mut Member, script: &Script, at: usize) -> Option<Broken> {
    let before = member.transcribe(&shortened(script, at), &Cut::Whole)?;
    let all = member.transcribe(script, &Cut::Whole)?;
    prefix(script.protocol, &before, &all)
}

fn finality_of(member: &mut Member, script: &Script) -> Option<Broken> {
    let all = member.transcribe(&followed(script), &Cut::Whole)?;
    finality(script.protocol, script.steps.len(), &all)
}

/// The script up to this many octets, without the end of the stream.
fn shortened(script: &Script, most: usize) -> Script {
    let mut short = script.clone();
    short.steps.retain(|step| *step != Step::Eof);
    for step in &mut short.steps {
        if let Step::Receive(octets) = step {
            octets.truncate(most);
        }
    }
    short
}

/// The script with its octets a second time, and the end of the stream.
fn followed(script: &Script) -> Script {
    let mut long = script.clone();
    long.steps.extend([Step::Receive(script.received()), Step::Eof]);
    long
}

/// Whether the events of `before` are the first of those of `all`; the last `data` may go on.
pub fn prefix(spec: &'static ProtocolSpec, before: &Transcript, all: &Transcript) -> Option<Broken> {
    let (short, long) = (records(spec, before), records(spec, all));
    let goes_on = |at: usize, record: &Record| match long.get(at) {
        Some(other) if other == record => true,
        Some(other) => at + 1 == short.len() && is_begun(record, other),
        None => false,
    };
    let at = (0..short.len()).find(|at| !goes_on(*at, &short[*at]))?;
    let name = long.get(at).map_or("nothing", |record| &record.event);
    let what = format!("event {at} of a prefix is {}, and with more octets it is {name}", short[at].event);
    Some(Broken { law: "prefix", what })
}

/// Whether a connection that was refused in the first so many steps shows nothing afterwards.
pub fn finality(spec: &'static ProtocolSpec, steps: usize, all: &Transcript) -> Option<Broken> {
    let refuses = |record: &Record| record.event == "rejected" && record.bytes("scope") != Some(b"stream");
    all.events().find(|(step, seen)| *step < steps && refuses(&seen.record))?;
    let counts = |name: &str| !spec.ambient.contains(&name);
    let (_, late) = all.events().find(|(step, seen)| *step >= steps && counts(&seen.record.event))?;
    Some(Broken { law: "finality", what: format!("{} after a refusal", late.record.event) })
}

/// All events in the form in which cuts agree, steps joined.
fn records(spec: &'static ProtocolSpec, transcript: &Transcript) -> Vec<Record> {
    transcript.canonical(spec).steps.into_iter().flat_map(|step| step.events).map(|seen| seen.record).collect()
}

/// Whether `data` is the beginning of other `data`.
fn is_begun(data: &Record, longer: &Record) -> bool {
    let others =
        |record: &Record| record.members.iter().filter(|(name, _)| name != "bytes").cloned().collect::<Vec<_>>();
    let starts = matches!((data.get("bytes"), longer.get("bytes")),
        (Some(Value::Bytes(a)), Some(Value::Bytes(b))) if b.starts_with(a));
    data.event == "data" && longer.event == "data" && starts && others(data) == others(longer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wireproof::http1::Http1;
    use wireproof::{Protocol, Seen, StepRecord};

    fn data(octets: &[u8]) -> Record {
        Record::new("data").with("bytes", Value::Bytes(octets.to_vec()))
    }

    /// A transcript with these events, step by step.
    fn transcript(steps: &[&[Record]]) -> Transcript {
        let seen = |record: &Record| Seen { fed: None, record: record.clone() };
        let step =
            |events: &&[Record]| StepRecord { events: events.iter().map(seen).collect(), ..StepRecord::default() };
        Transcript { steps: steps.iter().map(step).collect(), fault: None }
    }

    fn broken(broken: Option<Broken>) -> Option<String> {
        broken.map(|b| b.what)
    }

    #[test]
    fn a_prefix_begins_what_follows() {
        let (head, end) = (Record::new("request"), Record::new("end"));
        let all = transcript(&[&[head.clone(), data(b"abc"), end.clone()]]);
        let check = |events: &[Record]| broken(prefix(Http1::SPEC, &transcript(&[events]), &all));
        assert_eq!(check(&[]), None);
        assert_eq!(check(&[head.clone(), data(b"a"), data(b"b")]), None);
        assert_eq!(check(&[head.clone(), data(b"abc"), end.clone()]), None);
        assert!(check(&[head.clone(), data(b"b")]).is_some_and(|what| what.starts_with("event 1 of")));
        assert!(check(&[head.clone(), data(b"ab"), end.clone()]).is_some(), "data that ends too early");
        assert!(check(&[head.clone(), end.clone()]).is_some());
        assert!(check(&[head, data(b"abc"), end.clone(), end]).is_some_and(|what| what.ends_with("it is nothing")));
    }

    #[test]
    fn a_refusal_is_the_last_word() {
        let rejected = || Record::new("rejected");
        let of_stream = Record::new("rejected").with("scope", Value::Bytes(b"stream".to_vec()));
        let check = |steps: &[&[Record]]| broken(finality(Http1::SPEC, 1, &transcript(steps)));
        assert_eq!(check(&[&[Record::new("end")], &[data(b"a")]]), None);
        assert_eq!(check(&[&[rejected()], &[Record::new("closed")]]), None);
        assert_eq!(check(&[&[rejected()], &[], &[data(b"a")]]), Some("data after a refusal".to_owned()));
        assert_eq!(check(&[&[rejected()], &[rejected()]]), Some("rejected after a refusal".to_owned()));
        assert_eq!(check(&[&[of_stream], &[data(b"a")]]), None);
    }
}
