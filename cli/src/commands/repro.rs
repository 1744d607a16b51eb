//! `wireproof repro`: one case, one subject, everything that is seen.

use std::io::Write;

use wireproof::bytes::escape;
use wireproof::cuts::{Cut, Cuts, plan, units};
use wireproof::judge::{Judgement, inapplicable, judge, show_outcome, show_record};
use wireproof::vectors::{Case, CaseCuts, Is};
use wireproof::{Answer, Job, Session, Transcript};

use super::explain::show_steps;
use crate::args::{Cli, Repro};
use crate::failure::Failure;
use crate::registry::subjects;
use crate::select::{case, suite};
use crate::show::write_wrapped;

pub(crate) fn run(cli: &Cli, repro: &Repro) -> Result<bool, Failure> {
    let suite = suite(cli)?;
    let case = case(&suite, &repro.case)?;
    let subject =
        subjects(std::slice::from_ref(&repro.subject), &[case.script.protocol.name], &repro.subjects)?.remove(0);
    let unavailable =
        |e: wireproof::Unavailable| Failure::broken(format!("{} could not start: {}", repro.subject, e.0));
    let mut session = subject.open().map_err(unavailable)?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}: {} ({} as {})", case.id, case.title, repro.subject, case.script.role)?;
    show_steps(&case.script, &mut out)?;
    if let Some(why) = inapplicable(case, session.profile()) {
        writeln!(out, "\nn/a: {why}")?;
        return Ok(true);
    }
    let job = Job { script: case.script.clone(), cuts: cuts(case, repro.cut.as_deref())? };
    let mut answer = Answer::NotRun("no answer".to_owned());
    let faults = session.run(std::slice::from_ref(&job), &mut |_, given| answer = given);
    let judgement = judge(case, session.profile(), &job.cuts, &answer);
    if let Answer::Ran { whole, differing, .. } = &answer {
        show_transcript("whole", whole, &mut out)?;
        for (index, transcript) in differing.iter().take(3) {
            show_transcript(&job.cuts[*index].name(), transcript, &mut out)?;
        }
        match job.cuts.get(1..).unwrap_or_default() {
            [] => {}
            [one] if differing.is_empty() => writeln!(out, "\nThe same, cut {}", one.name())?,
            cuts => writeln!(out, "\n{} of {} cuts differ from the whole", differing.len(), cuts.len())?,
        }
    }
    for fault in faults {
        writeln!(out, "fault of the whole process: {}", escape(fault.text.as_bytes()))?;
    }
    show_judgement(case, &judgement, session.as_ref(), &mut out)?;
    Ok(!judgement.verdict.is_bad())
}

/// The cuts asked for; the script as written always comes first.
fn cuts(case: &Case, asked: Option<&str>) -> Result<Vec<Cut>, Failure> {
    let octets = case.script.length();
    let one = match asked {
        None if case.cuts == CaseCuts::Any => return Ok(plan(Cuts::All, &case.script, 0)),
        None | Some("whole") => return Ok(vec![Cut::Whole]),
        Some(cut) if case.cuts == CaseCuts::Fixed => {
            return Err(Failure::usage(format!("--cut {cut}: this case says how its octets come, and is never cut")));
        }
        Some("octets") => Cut::Octets,
        Some("units") => units(&case.script)
            .ok_or_else(|| Failure::usage("--cut units: the script is one unit, or its protocol has none"))?,
        Some(at) => match at.strip_prefix("at").unwrap_or(at).trim().parse::<usize>() {
            Ok(offset) if (1..octets).contains(&offset) => Cut::At(offset),
            Ok(_) => return Err(Failure::usage(format!("--cut {at:?}: the script has {octets} octets"))),
            Err(_) => return Err(Failure::usage(format!("--cut {at:?}: expected whole, octets, units or at N"))),
        },
    };
    Ok(vec![Cut::Whole, one])
}

fn show_transcript(name: &str, transcript: &Transcript, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\nTranscript, cut {name}")?;
    for (index, step) in transcript.steps.iter().enumerate() {
        for seen in &step.events {
            let fed = seen.fed.map_or_else(String::new, |fed| format!("after {fed:>4} octets  "));
            write_wrapped(out, &format!("{index}. {fed}{}", show_record(&seen.record)), 2, 5)?;
        }
        if !step.output.is_empty() {
            write_wrapped(out, &format!("{index}. wrote \"{}\"", escape(&step.output)), 2, 5)?;
        }
        if let Some(why) = &step.refused {
            writeln!(out, "  {index}. refused: {}", escape(why.as_bytes()))?;
        }
    }
    if let Some(fault) = &transcript.fault {
        writeln!(out, "  fault ({:?}): {}", fault.kind, escape(fault.text.as_bytes()))?;
    }
    Ok(())
}

fn show_judgement(case: &Case, judged: &Judgement, session: &dyn Session, out: &mut dyn Write) -> std::io::Result<()> {
    let cut = if judged.cut == Cut::Whole { String::new() } else { format!(" under cut {}", judged.cut.name()) };
    let why = if judged.why.is_empty() { String::new() } else { format!(": {}", escape(judged.why.as_bytes())) };
    writeln!(out)?;
    write_wrapped(out, &format!("{} {}{cut}{why}", judged.verdict.name(), judged.outcome), 0, 2)?;
    if judged.verdict.is_bad() {
        writeln!(out, "What conforms, for {} {}:", session.profile().name, session.profile().version)?;
        for outcome in case.outcomes.iter().filter(|o| o.is == Is::Pass) {
            write_wrapped(out, &format!("{}: {}", outcome.name, show_outcome(outcome).join("; ")), 2, 4)?;
        }
    }
    Ok(())
}
