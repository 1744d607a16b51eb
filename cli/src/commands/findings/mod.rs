//! `wireproof findings`: what fuzzing found, for people.

mod promote;
mod show;

use std::io::Write;
use std::path::Path;

use serde_json::json;
use wireproof::bytes::escape;
use wireproof_engine::explain::{Parting, caused, explain, labels, smaller};
use wireproof_engine::findings::{self, Cause, Finding, Findings, Witness};
use wireproof_engine::known::Known;
use wireproof_engine::laws::{Broken, Laws, check};
use wireproof_engine::panel::{Member, Panel, Scripts};
use wireproof_engine::store::Store;
use wireproof_engine::{Input, Target, files};

use crate::args::{Cli, FindingsAction, FindingsArgs, Subjects};
use crate::commands::fuzz::{Folders, book, name_of_day, write_queue};
use crate::failure::Failure;
use crate::registry::members;
use crate::show::Spinner;

pub(crate) fn run(_: &Cli, args: &FindingsArgs) -> Result<bool, Failure> {
    match &args.action {
        FindingsAction::List { all, json } => list(&args.corpus, *all, *json),
        FindingsAction::Show { id } => show::show(&one(&args.corpus, id)?),
        FindingsAction::Replay { id, subjects } => replay(&one(&args.corpus, id)?, subjects),
        FindingsAction::Prune { subjects } => prune(&args.corpus, subjects),
        FindingsAction::Minimise { id, subjects } => minimise(&args.corpus, &one(&args.corpus, id)?, subjects),
        FindingsAction::Promote { id } => promote::promote(&one(&args.corpus, id)?),
        FindingsAction::Ledger { id, subjects, clause, reason, expires } => {
            let finding = one(&args.corpus, id)?;
            let entry = Known {
                finding: finding.id(),
                subjects: subjects.clone(),
                worst: Some(finding.severity),
                reason: reason.clone(),
                clause: clause.clone(),
                link: None,
                expires: expires.clone(),
            };
            ledger(&finding, entry)
        }
        FindingsAction::Merge { folders, into } => merge(folders, into),
    }
}

/// The findings of all protocols under a folder.
fn all(corpus: &Path) -> Findings {
    let mut all = Findings::new();
    for target in Target::ALL {
        let (found, strange) = findings::read(&Folders::of(corpus, target).findings);
        strange.iter().for_each(|why| anstream::eprintln!("wireproof: not read: {why}"));
        found.values().for_each(|finding| findings::add(&mut all, finding));
    }
    all
}

/// The finding of this id, or of this file.
fn one(corpus: &Path, id: &str) -> Result<Finding, Failure> {
    let path = Path::new(id);
    if path.is_file() {
        let text = std::fs::read_to_string(path).map_err(|e| Failure::usage(format!("cannot read {id}: {e}")))?;
        return serde_json::from_str(&text).map_err(|e| Failure::usage(format!("{id}: {e}")));
    }
    let mut all = all(corpus);
    let near: Vec<String> = all.keys().filter(|known| known.contains(id)).cloned().collect();
    match (all.remove(id), near.as_slice()) {
        (Some(finding), _) => Ok(finding),
        (None, [only]) => all.remove(only).ok_or_else(|| Failure::usage(format!("no finding {id}"))),
        (None, []) => {
            Err(Failure::usage(format!("no finding {id} in {}; see: wireproof findings list", corpus.display())))
        }
        (None, many) => Err(Failure::usage(format!("{id} may be any of {}", many.join(", ")))),
    }
}

fn list(corpus: &Path, also_known: bool, as_json: bool) -> Result<bool, Failure> {
    let found = all(corpus);
    let book = book(&[], false, &Target::ALL)?;
    let standing = book.judge(&found, &name_of_day());
    let mut out = anstream::stdout().lock();
    let chosen: Vec<&Finding> = if also_known { found.values().collect() } else { standing.new.clone() };
    if as_json {
        let entry = |finding: &&Finding| {
            let known = standing.known.iter().find(|(f, _)| f.id() == finding.id()).map(|(_, at)| &book.known[*at]);
            json!({"id": finding.id(), "finding": finding, "known": known})
        };
        let listed: Vec<_> = chosen.iter().map(entry).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&listed).unwrap_or_default())?;
        return Ok(true);
    }
    write_queue(&chosen, &mut out)?;
    let hidden = if also_known { 0 } else { standing.known.len() };
    writeln!(out, "{} findings; {hidden} more are known differences", chosen.len())?;
    Ok(true)
}

/// A panel of all subjects that can take part.
fn panel(target: Target, subjects: &Subjects) -> Result<Panel, Failure> {
    let (members, absent) = members(target, &[], subjects)?;
    for (name, why) in absent {
        anstream::eprintln!("wireproof: {name} takes no part: {why}");
    }
    Ok(Panel::new(target, members))
}

fn input(finding: &Finding) -> Result<Input, Failure> {
    finding.input().ok_or_else(|| Failure::usage(format!("{} has no input that can be read", finding.id())))
}

/// How two subjects of a panel part on an input now; for what one subject does alone, none.
fn parting(panel: &mut Panel, finding: &Finding, input: &Input) -> Option<Parting> {
    panel.run(input, &|_, _| true);
    let name = |at: usize| panel.members[at].name.as_str();
    let mut differences = panel.differences();
    differences.retain(|(_, d)| d.severity <= finding.severity);
    let of = |(a, b): (usize, usize)| finding.witnesses.iter().any(|w| w.subjects == [name(a), name(b)]);
    differences.sort_by_key(|(pair, difference)| (!of(*pair), *difference));
    let (pair, difference) = differences.first()?;
    Parting::of(panel, *pair, *difference)
}

fn replay(finding: &Finding, subjects: &Subjects) -> Result<bool, Failure> {
    let mut panel = panel(finding.target, subjects)?;
    let input = input(finding)?;
    let mut out = anstream::stdout().lock();
    show::write_input(&input, &mut out)?;
    let mut alone: Vec<&mut Member> =
        panel.members.iter_mut().filter(|member| is_alone(finding, &member.name)).collect();
    if !alone.is_empty() {
        return replay_alone(&mut alone, &input, &mut out);
    }
    let parting = parting(&mut panel, finding, &input);
    panel.run(&input, &|_, _| true);
    show::write_standing(&wireproof_engine::explain::standing(&panel), &mut out)?;
    let broke = panel.members.iter().any(|m| m.reading().is_some_and(|r| r.fault.is_some()));
    let parts = parting.is_some() || broke;
    writeln!(out, "\n{}", if parts { "They still part." } else { "They do not part any longer." })?;
    Ok(!parts)
}

/// Whether a finding is about what this subject does by itself.
fn is_alone(finding: &Finding, name: &str) -> bool {
    matches!(finding.cause, Cause::Broken(_)) && finding.witnesses.iter().any(|w| w.subjects == [name])
}

/// What subjects did by themselves: whether they do so still.
fn replay_alone(members: &mut [&mut Member], input: &Input, out: &mut impl Write) -> Result<bool, Failure> {
    let mut held = true;
    writeln!(out)?;
    for member in members {
        match check(member, &mut Scripts::default(), input, Laws::ALL) {
            Some(Broken { law, what }) => {
                held = false;
                writeln!(out, "{}: {law}: {}", member.title(), escape(what.as_bytes()))?;
            }
            None => writeln!(out, "{}: breaks no law", member.title())?,
        }
    }
    writeln!(out, "\n{}", if held { "Nothing is broken any longer." } else { "It still breaks." })?;
    Ok(held)
}

/// Runs every witness of every finding again, and drops those that do not part any longer.
fn prune(corpus: &Path, subjects: &Subjects) -> Result<bool, Failure> {
    let (mut left, mut pruned) = (all(corpus), Vec::new());
    let spoken = Target::ALL.into_iter().filter(|target| left.values().any(|finding| finding.target == *target));
    for target in spoken.collect::<Vec<_>>() {
        let mut panel = panel(target, subjects)?;
        let spinner = Spinner::start(&format!("running the findings of {} again", target.spec().name));
        let mut last = String::new();
        let mut stands = |finding: &Finding, witness: &Witness| {
            if last != finding.id() {
                last = finding.id();
                spinner.say(&format!("running {last} again"));
            }
            still_shows(&mut panel, finding, witness)
        };
        let folder = Folders::of(corpus, target).findings;
        let told = |e: std::io::Error| Failure::broken(format!("cannot write to {}: {e}", folder.display()));
        pruned.extend(findings::prune(&folder, &mut stands).map_err(told)?);
    }
    let before = std::mem::replace(&mut left, all(corpus));
    let mut out = anstream::stdout().lock();
    for id in before.keys() {
        let lost: usize = pruned.iter().filter(|p| p.id == *id).map(|p| p.had - p.has).sum();
        match left.get(id) {
            None => writeln!(out, "{id}: gone")?,
            Some(now) if lost > 0 => writeln!(out, "{id}: witnesses left: {}", now.witnesses.len())?,
            Some(_) => {}
        }
    }
    writeln!(out, "{} findings, {} of them gone", before.len(), before.len() - left.len())?;
    Ok(true)
}

/// Whether an input still shows what it was found for, or worse. What nobody here can tell stands.
fn still_shows(panel: &mut Panel, finding: &Finding, witness: &Witness) -> bool {
    let at = |name: &String| panel.members.iter().position(|member| member.name == *name);
    let (Some(input), Some(who)) =
        (witness.input(finding.target), witness.subjects.iter().map(at).collect::<Option<Vec<_>>>())
    else {
        return true;
    };
    match who.as_slice() {
        [alone] => check(&mut panel.members[*alone], &mut Scripts::default(), &input, Laws::ALL).is_some(),
        pair => {
            panel.run(&input, &|at, _| pair.contains(&at));
            panel.differences().iter().any(|(_, difference)| difference.severity <= witness.severity)
        }
    }
}

fn minimise(corpus: &Path, finding: &Finding, subjects: &Subjects) -> Result<bool, Failure> {
    if let Cause::Broken(_) = finding.cause {
        let what = "is about what one subject does alone; smaller can only be made what two part on";
        return Err(Failure::usage(format!("{} {what}", finding.id())));
    }
    let mut panel = panel(finding.target, subjects)?;
    let before = input(finding)?;
    let Some(parting) = parting(&mut panel, finding, &before) else {
        return Err(Failure::usage(format!("{} shows nothing any longer: nothing to make smaller", finding.id())));
    };
    let labels = labels(&mut panel, &before, &parting);
    let mut small = before.clone();
    loop {
        let next = smaller(&mut panel, &small, &parting, &labels);
        if next.octets.len() >= small.octets.len() {
            break;
        }
        small = next;
    }
    let folder = Folders::of(corpus, finding.target).findings.join("minimised");
    let (mut done, begun) = caused(&mut panel, &small, &parting, "minimised");
    done.explanation = Some(explain(&mut panel, &small, &parting, begun));
    let path = Store::open(Some(folder)).take(done)?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{} octets, before {}", small.octets.len(), before.octets.len())?;
    writeln!(out, "{}", path.unwrap_or_default().display())?;
    Ok(true)
}

/// Writes an entry for a book of known differences; what it does not cover is an error.
fn ledger(finding: &Finding, entry: Known) -> Result<bool, Failure> {
    if !entry.covers(finding) {
        let witnesses: Vec<String> = finding.witnesses.iter().map(|w| w.subjects.join(" and ")).collect();
        return Err(Failure::usage(format!(
            "each witness must have a subject that is known to part; the witnesses are {}",
            witnesses.join("; ")
        )));
    }
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}", serde_json::to_string_pretty(&entry).unwrap_or_default())?;
    Ok(true)
}

fn merge(from: &[std::path::PathBuf], into: &Path) -> Result<bool, Failure> {
    let told = |e: std::io::Error| Failure::broken(e.to_string());
    for folder in from {
        if !folder.is_dir() {
            return Err(Failure::usage(format!("{}: no such folder", folder.display())));
        }
    }
    let mut out = anstream::stdout().lock();
    for target in Target::ALL {
        let to = Folders::of(into, target);
        let (mut inputs, mut merged) = (0, findings::read(&to.findings).0);
        for folder in from {
            let of = Folders::of(folder, target);
            for path in files::list(&of.corpus) {
                let octets = std::fs::read(&path).map_err(told)?;
                let name = files::name(&octets);
                if !octets.is_empty() && !to.corpus.join(&name).exists() {
                    files::write(&to.corpus.join(name), &octets).map_err(told)?;
                    inputs += 1;
                }
            }
            findings::read(&of.findings).0.values().for_each(|finding| findings::add(&mut merged, finding));
        }
        let folder = to.findings.join("merged");
        for finding in merged.values() {
            findings::write(&folder, finding).map_err(told)?;
        }
        if inputs > 0 || !merged.is_empty() {
            writeln!(out, "{}: {inputs} inputs new, {} findings in all", target.spec().name, merged.len())?;
        }
    }
    Ok(true)
}
