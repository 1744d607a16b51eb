//! From one input on which two subjects part to a finding: its cause, a small input, who stands with whom.

use std::collections::BTreeMap;

use wireproof::Transcript;
use wireproof::compare::{Common, Difference, Reading, Severity, State, differ};
use wireproof::cuts::Cut;
use wireproof::judge::visible;

use crate::findings::{Cause, Explanation, Finding, Witness, text};
use crate::panel::{Member, Panel};
use crate::triage::{Budget, Repair, joint, minimise, place, prefixes, repairs, specific};
use crate::{Input, Target};

/// Two subjects of a panel and how they part on an input: what a smaller input must still show.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parting {
    /// The subjects, by index.
    pub pair: (usize, usize),
    /// How bad.
    pub severity: Severity,
    /// What differs.
    pub what: &'static str,
    /// What each of the two makes of it, in words that do not depend on how many messages there are.
    pub faces: (String, String),
}

/// What a subject makes of the message that differs: how it refused, or how far it came; as far as the other sees it.
fn face(common: &Common, reading: &Reading, difference: Difference) -> String {
    if let Some(fault) = reading.fault {
        return format!("{fault:?}").to_lowercase();
    }
    if common.sees_heads_only() && reading.messages.get(difference.message).is_some_and(|m| m.is_shown()) {
        return "head".to_owned();
    }
    // What stands behind a message that was shown to its end is another matter.
    if !common.has_streams()
        && reading.refusal.is_some_and(|refusal| refusal.after > difference.message)
        && let Some(message) = reading.messages.get(difference.message).filter(|m| m.state != State::Waiting)
    {
        return message.state.name().to_owned();
    }
    let stream = |m: &wireproof::compare::Message| m.refused.map(|code| format!("stream {}", code.text()));
    match (&reading.refusal, reading.messages.iter().find_map(stream)) {
        (Some(refusal), _) => {
            let words = refusal.words.iter().map(|w| w.text()).filter(|w| !w.is_empty());
            words.fold("rejected".to_owned(), |text, word| text + " " + word)
        }
        (None, Some(code)) => code,
        (None, None) => reading.messages.get(difference.message).map_or("nothing", |m| m.state.name()).to_owned(),
    }
}

impl Parting {
    /// How two subjects of the panel part on what they last read.
    pub fn of(panel: &Panel, pair: (usize, usize), difference: Difference) -> Option<Parting> {
        let reading = |at: usize| panel.members[at].reading();
        let common = panel.common(pair)?;
        let faces = (face(common, reading(pair.0)?, difference), face(common, reading(pair.1)?, difference));
        Some(Parting { pair, severity: difference.severity, what: difference.what, faces })
    }

    /// The signature, in words.
    pub fn signature(&self, panel: &Panel, role: &str) -> String {
        let name = |at: usize| panel.members[at].name.as_str();
        let (a, b) = self.pair;
        let (left, right) = &self.faces;
        format!("{role} {} {}: {} {left} / {} {right}", self.severity, self.what, name(a), name(b))
    }
}

/// Two subjects, put to one input after another.
struct Duel<'p> {
    panel: &'p mut Panel,
    pair: (usize, usize),
}

impl Duel<'_> {
    fn new(panel: &mut Panel, pair: (usize, usize)) -> Duel<'_> {
        Duel { panel, pair }
    }

    /// How they part on this input.
    fn fight(&mut self, input: &Input) -> Option<Parting> {
        let pair = self.pair;
        self.panel.run(input, &|at, _| at == pair.0 || at == pair.1);
        let reading = |at: usize| self.panel.members[at].reading();
        let difference = differ(self.panel.common(pair)?, reading(pair.0)?, reading(pair.1)?)?;
        Parting::of(self.panel, pair, difference)
    }

    /// Whether both take the input, without a refusal.
    fn both_take(&self) -> bool {
        let takes = |at: usize| self.panel.members[at].reading().is_some_and(|r| r.refusal.is_none());
        takes(self.pair.0) && takes(self.pair.1)
    }
}

/// How far a repair helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Help {
    /// They agree but for upkeep.
    Cure,
    /// What is left is less bad; of one that accepts and one that refuses, both refuse.
    Less,
}

impl Duel<'_> {
    /// Whether one that did not refuse the connection does so on the repaired input, which was read last: where the two had
    /// shown different things, that is hidden then, and not undone. (What is lost so depends on how octets come in calls.)
    fn hides(&self, repaired: &Input, parting: &Parting) -> bool {
        let refuses = |at: usize| self.panel.members[at].reading().is_some_and(|reading| reading.refusal.is_some());
        let begins = |at: usize, face: &str| refuses(at) && !face.starts_with("rejected");
        repaired.target == Target::Http2
            && parting.severity < Severity::S3
            && (begins(self.pair.0, &parting.faces.0) || begins(self.pair.1, &parting.faces.1))
    }

    /// Whether the two part less badly on a repaired input. Nothing is learnt where one of them cannot run it, and where
    /// the repair leaves nothing to read.
    fn helped(&mut self, repaired: &Input, parting: &Parting) -> Option<Help> {
        let other = self.fight(repaired);
        let ran = |at: usize| self.panel.members[at].reading().is_some();
        if repaired.is_empty() || !ran(self.pair.0) || !ran(self.pair.1) || self.hides(repaired, parting) {
            return None;
        }
        match other {
            None => Some(Help::Cure),
            Some(other) if other.severity == Severity::S5 => Some(Help::Cure),
            Some(other) if other.severity > parting.severity => Some(Help::Less),
            Some(_) => None,
        }
    }
}

/// The repairs that help, those first that name the cause best. Alone: those after which the two agree, then those after
/// which they part less badly. Where one accepts what the other refuses (S3), and no repair alone makes them agree, several
/// together are asked first: the refusal may have several reasons. Only where nothing helps, the repairs that take away
/// most of a message are tried: with them, everything would have a label.
pub fn labels(panel: &mut Panel, input: &Input, parting: &Parting) -> Vec<&'static str> {
    let mut duel = Duel::new(panel, parting.pair);
    let (all, some) = (repairs(input.target), specific(input.target).len());
    let alone = helpful(&mut duel, input, parting, &all[..some]);
    let names = |helpful: Vec<(Help, &'static str)>| helpful.into_iter().map(|(_, name)| name).collect();
    let cured = alone.first().is_some_and(|(help, _)| *help == Help::Cure);
    if cured || !alone.is_empty() && parting.severity < Severity::S3 {
        return names(alone);
    }
    let hidden = if parting.severity < Severity::S3 { &joint(input.target)[some..] } else { &[] };
    let hiding = helpful(&mut duel, input, parting, hidden);
    if !hiding.is_empty() {
        return names(hiding);
    }
    let together = joint_labels(&mut duel, input, parting, Help::Cure);
    if !together.is_empty() || !alone.is_empty() {
        return if together.is_empty() { names(alone) } else { together };
    }
    let together = joint_labels(&mut duel, input, parting, Help::Less);
    if together.is_empty() { names(helpful(&mut duel, input, parting, &all[some..])) } else { together }
}

/// Which of these repairs help alone, those first that help most; within each, the order of the table.
fn helpful(duel: &mut Duel<'_>, input: &Input, parting: &Parting, repairs: &[Repair]) -> Vec<(Help, &'static str)> {
    let mut helped = |repair: &Repair| {
        let help = duel.helped(&(repair.apply)(input)?, parting)?;
        Some((help, repair.name))
    };
    let mut found: Vec<_> = repairs.iter().filter_map(&mut helped).collect();
    found.sort_by_key(|(help, _)| *help);
    found
}

/// Repairs that help together, at least so much, where none does alone: the input has several causes, and each is enough.
/// They are done one upon the other until they help; then those go that were not needed, the more general ones first.
fn joint_labels(duel: &mut Duel<'_>, input: &Input, parting: &Parting, least: Help) -> Vec<&'static str> {
    let (mut done, mut now): (Vec<&Repair>, _) = (Vec::new(), input.clone());
    for repair in joint(input.target) {
        let Some(next) = (repair.apply)(&now) else { continue };
        now = next;
        done.push(repair);
        if done.len() > 1 && duel.helped(&now, parting).is_some_and(|help| help <= least) {
            return needed(duel, input, parting, (done, least));
        }
    }
    Vec::new()
}

/// Those of the repairs without which the others do not help so much.
fn needed(
    duel: &mut Duel<'_>,
    input: &Input,
    parting: &Parting,
    (mut done, least): (Vec<&Repair>, Help),
) -> Vec<&'static str> {
    for at in (0..done.len()).rev() {
        let others: Vec<&Repair> = [&done[..at], &done[at + 1..]].concat();
        let help = all_of(&others, input).and_then(|repaired| duel.helped(&repaired, parting));
        if help.is_some_and(|help| help <= least) {
            done = others;
        }
    }
    done.iter().map(|repair| repair.name).collect()
}

/// The input after all of these repairs; none where they change nothing.
fn all_of(repairs: &[&Repair], input: &Input) -> Option<Input> {
    let repaired = repairs.iter().fold(input.clone(), |now, repair| (repair.apply)(&now).unwrap_or(now));
    (repaired != *input).then_some(repaired)
}

/// The cause that labels and place stand for.
fn cause(labels: &[&'static str], place: &str) -> Cause {
    match labels.first() {
        Some(label) => Cause::Repair((*label).to_owned()),
        None => Cause::Place(place.to_owned()),
    }
}

/// How much triage may cost.
const TRIES: (usize, usize) = (1500, 250);

/// A smaller input that shows the same parting for the same cause, at most `TRIES` runs away (fewer for subjects that are
/// no quick call): what `labels` say of the input is so of the smaller one, too, or else a shorter input would soon part
/// the two for a reason of its own.
pub fn smaller(panel: &mut Panel, input: &Input, parting: &Parting, labels: &[&'static str]) -> Input {
    let quick = panel.members[parting.pair.0].is_here() && panel.members[parting.pair.1].is_here();
    let budget = Budget { tries: if quick { TRIES.0 } else { TRIES.1 } };
    let mut duel = Duel::new(panel, parting.pair);
    let cures = cures(&mut duel, input, parting, labels);
    let mut same = |smaller: &Input| {
        duel.fight(smaller).as_ref() == Some(parting)
            && (cures.is_empty() || all_of(&cures, smaller).is_some_and(|r| duel.helped(&r, parting).is_some()))
    };
    minimise(input, &mut same, budget)
}

/// The first of the labels that help, as repairs: one, or several that do so together.
fn cures(duel: &mut Duel<'_>, input: &Input, parting: &Parting, labels: &[&'static str]) -> Vec<&'static Repair> {
    let named = |name: &&str| repairs(input.target).iter().find(|repair| repair.name == *name);
    let named: Vec<&Repair> = labels.iter().filter_map(named).collect();
    let helps = |count: &usize| {
        let repaired = all_of(&named[..*count], input);
        repaired.is_some_and(|repaired| duel.helped(&repaired, parting).is_some())
    };
    (1..=named.len()).find(helps).map_or_else(Vec::new, |count| named[..count].to_vec())
}

/// The offset, among the input's octets, of the octet at which the two part.
fn culprit(panel: &mut Panel, input: &Input, parting: &Parting) -> usize {
    let mut duel = Duel::new(panel, parting.pair);
    // Blocks are fed whole: the first representation with which they part.
    if input.target == Target::Hpack {
        let parted = prefixes(input).into_iter().find(|(_, prefix)| duel.fight(prefix).is_some());
        return parted.map_or(input.octets.len(), |(at, _)| at);
    }
    // Where both take it, the octet that another could stand for without difference.
    if parting.severity <= Severity::S2 {
        for at in 0..input.octets.len() {
            let mut other = input.clone();
            other.octets[at] = if input.octets[at] == b'a' { b'b' } else { b'a' };
            if duel.fight(&other).is_none() && duel.both_take() {
                return at;
            }
        }
    }
    // Else where, octet by octet, the first of them shows what the other does not.
    let front = input.front_length();
    let script = input.script();
    let mut seen = |at: usize| {
        let member = &mut panel.members[at];
        let transcript = member.transcribe(&script, &Cut::Octets)?;
        Some(visible(&script, &transcript, &member.profile))
    };
    let (Some(a), Some(b)) = (seen(parting.pair.0), seen(parting.pair.1)) else { return input.octets.len() };
    let named = |events: &[wireproof::Seen], i: usize| events.get(i).map(|s| s.record.event.clone());
    let first = (0..a.len().max(b.len())).find(|&i| named(&a, i) != named(&b, i));
    let fed = |events: &[wireproof::Seen]| events.get(first.unwrap_or(0)).and_then(|s| s.fed);
    let fed = [fed(&a), fed(&b)].into_iter().flatten().min();
    fed.map_or(input.octets.len(), |fed| (fed as usize).saturating_sub(1 + front).min(input.octets.len()))
}

/// The words for a place.
fn at_place(input: &Input, at: usize) -> String {
    let place = place(input, at);
    format!("{} / {}", place.state, place.class)
}

/// A finding of one input, before and without any smaller one: what is written first, so that no kill loses it.
pub fn raw(panel: &Panel, input: &Input, parting: &Parting, labels: &[&'static str], run: &str) -> Finding {
    let (a, b) = parting.pair;
    let subjects = [a, b].map(|at| panel.members[at].name.clone()).to_vec();
    let signature = parting.signature(panel, input.role().name());
    let (role, severity, what) = (input.role(), parting.severity, parting.what.to_owned());
    let witness = Witness { input: text(input), subjects, role, severity, what, signature };
    Finding {
        finding: crate::findings::FORM,
        target: panel.target,
        severity,
        cause: cause(labels, "not looked at yet"),
        witnesses: vec![witness],
        explanation: None,
        met: BTreeMap::from([(run.to_owned(), 1)]),
    }
}

/// A finding of a small input, with its cause and not explained yet; and what [`explain`] goes on from.
pub fn caused(panel: &mut Panel, input: &Input, parting: &Parting, run: &str) -> (Finding, Explanation) {
    let labels = labels(panel, input, parting);
    let at = culprit(panel, input, parting);
    let place = at_place(input, at);
    let mut finding = raw(panel, input, parting, &labels, run);
    finding.cause = cause(&labels, &place);
    let labels = labels.iter().map(|label| (*label).to_owned()).collect();
    (finding, Explanation { labels, at: Some(at), place, ..Explanation::default() })
}

/// What people read of a small input: how it is seen again, who stands with whom, and what other octets would do.
pub fn explain(panel: &mut Panel, input: &Input, parting: &Parting, begun: Explanation) -> Explanation {
    panel.run(input, &|_, _| true);
    let standing = standing(panel);
    let seen_again = seen_again(panel, input, parting);
    let at = begun.at.unwrap_or(usize::MAX);
    let sweep = if panel.target == Target::Hpack { BTreeMap::new() } else { sweep(panel, input, at) };
    Explanation { sweep, seen_again, labels: begun.labels, at: begun.at, place: begun.place, ..standing }
}

/// Who stands with whom on what was last run.
pub fn standing(panel: &Panel) -> Explanation {
    let groups = panel.groups(&panel.differences(), Severity::S3);
    let name = |at: &usize| panel.members[*at].name.clone();
    let took_part = || panel.members.iter().filter_map(|m| Some((m, m.reading()?)));
    Explanation {
        groups: groups.iter().map(|group| group.iter().map(name).collect()).collect(),
        outcomes: took_part().map(|(m, reading)| (m.name.clone(), reading.outcome())).collect(),
        versions: took_part().map(|(m, _)| (m.name.clone(), m.profile.version.clone())).collect(),
        ..Explanation::default()
    }
}

/// How it is seen again: once more as it is, octet by octet, and by subjects started afresh.
fn seen_again(panel: &mut Panel, input: &Input, parting: &Parting) -> Vec<String> {
    let script = input.script();
    let (a, b) = parting.pair;
    let common = Common::of(panel.target.spec(), &panel.members[a].profile, &panel.members[b].profile);
    let mut seen = Vec::new();
    type Way<'w> = &'w dyn Fn(&mut Member) -> Option<Transcript>;
    let ways: [(&str, Way<'_>); 3] = [
        ("whole", &|member| member.transcribe(&script, &Cut::Whole)),
        ("octets", &|member| member.transcribe(&script, &Cut::Octets)),
        ("fresh", &|member| member.transcribe_afresh(&script)),
    ];
    for (way, run) in ways {
        let mut read = |at: usize| {
            let transcript = run(&mut panel.members[at])?;
            Some(Reading::of(&script, &transcript, wireproof::compare::Rules::default()))
        };
        if let (Some(x), Some(y)) = (read(a), read(b))
            && differ(&common, &x, &y).is_some_and(|d| d.severity <= parting.severity)
        {
            seen.push(way.to_owned());
        }
    }
    seen
}

/// With each octet at this place, which each subject takes, in words; those left out that broke on the input itself.
fn sweep(panel: &mut Panel, input: &Input, at: usize) -> BTreeMap<String, String> {
    if at >= input.octets.len() {
        return BTreeMap::new();
    }
    let with = |octet: u8| {
        let mut other = input.clone();
        other.octets[at] = octet;
        other.script()
    };
    let scripts: Vec<_> = (0..=255).map(with).collect();
    let mut sets = BTreeMap::new();
    for member in panel.members.iter_mut().filter(|m| m.reading().is_some_and(|r| r.fault.is_none())) {
        let read = member.read_all(&scripts);
        let takes = |reading: &Reading| {
            reading.fault.is_none()
                && reading.refusal.is_none()
                && reading.messages.iter().all(|m| m.refused.is_none())
                && reading.messages.iter().any(wireproof::compare::Message::is_shown)
        };
        let taken: Vec<bool> = read.iter().map(|r| r.as_ref().is_some_and(|(reading, _)| takes(reading))).collect();
        if read.iter().any(Option::is_some) {
            sets.insert(member.name.clone(), set(&taken));
        }
    }
    sets
}

/// A set of octets in words: `none`, `all`, `{SP, a-z}`, `all but {NUL}`.
fn set(taken: &[bool]) -> String {
    let count = taken.iter().filter(|t| **t).count();
    match count {
        0 => return "none".to_owned(),
        256 => return "all".to_owned(),
        _ => {}
    }
    let (wanted, prefix) = if count > 128 { (false, "all but ") } else { (true, "") };
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in (0..taken.len()).filter(|at| taken[*at] == wanted) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == at => *last = at,
            _ => runs.push((at, at)),
        }
    }
    let name = |octet: usize| match octet {
        0x00 => "NUL".to_owned(),
        0x09 => "HTAB".to_owned(),
        0x0a => "LF".to_owned(),
        0x0d => "CR".to_owned(),
        0x20 => "SP".to_owned(),
        0x7f => "DEL".to_owned(),
        0x21..0x7f => char::from(octet as u8).to_string(),
        _ => format!("x{octet:02x}"),
    };
    let run = |(first, last): &(usize, usize)| match last - first {
        0 => name(*first),
        1 => format!("{} {}", name(*first), name(*last)),
        _ => format!("{}-{}", name(*first), name(*last)),
    };
    format!("{prefix}{{{}}}", runs.iter().map(run).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::set;

    #[test]
    fn sets_are_short() {
        let of = |octets: &[u8]| set(&(0..=255).map(|o| octets.contains(&o)).collect::<Vec<_>>());
        assert_eq!((of(b""), of(b" \t").as_str()), ("none".to_owned(), "{HTAB SP}"));
        assert_eq!(of(b"abcd\0"), "{NUL a-d}");
        assert_eq!(set(&(0..=255u8).map(|o| o != 0).collect::<Vec<_>>()), "all but {NUL}");
        assert_eq!(set(&[true; 256]), "all");
    }
}
