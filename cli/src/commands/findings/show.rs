//! One finding, as a person would tell it.

use std::io::Write;

use wireproof::Step;
use wireproof::bytes::escape;
use wireproof_engine::findings::{Cause, Explanation, Finding};
use wireproof_engine::triage::{Repair, repairs};
use wireproof_engine::{Input, Target};

use super::input;
use crate::commands::explain::show_steps;
use crate::commands::fuzz::groups;
use crate::failure::Failure;
use crate::show::write_wrapped;

pub(super) fn show(finding: &Finding) -> Result<bool, Failure> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}", finding.id())?;
    let (severity, roles) = (finding.severity, finding.roles().join(" and "));
    writeln!(out, "{severity}: {}; as a {roles}; met {} times", severity.means(), finding.times())?;
    write_cause(finding, &mut out)?;
    let input = input(finding)?;
    write_input(&input, &mut out)?;
    if let Some(explanation) = &finding.explanation {
        write_place(&input, explanation, &mut out)?;
        write_standing(explanation, &mut out)?;
        write_sweep(explanation, &mut out)?;
        let again = explanation.seen_again.join(", ");
        writeln!(
            out,
            "\nSeen again: {}",
            if again.is_empty() { "no: it may depend on what came before" } else { &again }
        )?;
    }
    writeln!(out, "\nWitnesses, the worst and then the smallest first")?;
    for witness in &finding.witnesses {
        write_wrapped(&mut out, &format!("{} ({} octets)", witness.signature, witness.input.len() / 2), 2, 4)?;
    }
    writeln!(out, "\nTo run it again: wireproof findings replay {}", finding.id())?;
    if let Some(command) = command(&input) {
        writeln!(out, "Or: {command}")?;
    }
    Ok(true)
}

fn repair(target: Target, name: &str) -> Option<&'static Repair> {
    repairs(target).iter().find(|repair| repair.name == name)
}

fn write_cause(finding: &Finding, out: &mut dyn Write) -> std::io::Result<()> {
    match &finding.cause {
        Cause::Repair(label) => {
            let Some(repair) = repair(finding.target, label) else { return writeln!(out, "Cause: {label}") };
            let text = format!("Cause: {} ({}). Without it they agree, or part less.", repair.what, repair.clause);
            write_wrapped(out, &text, 0, 2)
        }
        Cause::Place(place) => write_wrapped(out, &format!("Cause: no repair removes it; they part at {place}"), 0, 2),
        Cause::Broken(what) => writeln!(out, "What breaks: {what}"),
    }
}

pub(super) fn write_input(input: &Input, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\nInput to subjects in the role of a {}", input.role())?;
    show_steps(&input.script(), out)
}

fn write_place(input: &Input, explanation: &Explanation, out: &mut dyn Write) -> std::io::Result<()> {
    let Some(at) = explanation.at else { return Ok(()) };
    let front = input.front_length();
    let octet = input.octets.get(at).map_or("the end".to_owned(), |octet| format!("\"{}\"", escape(&[*octet])));
    writeln!(out, "\nThey part at octet {}, {octet}: {}", front + at, explanation.place)
}

/// Who stands with whom, and what each makes of it.
pub(super) fn write_standing(explanation: &Explanation, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\nWho stands with whom")?;
    write_wrapped(out, &groups(&explanation.groups), 2, 4)?;
    let widest = explanation.outcomes.keys().map(String::len).max().unwrap_or(0);
    for (name, outcome) in &explanation.outcomes {
        write_wrapped(out, &format!("{name:widest$}  {}", escape(outcome.as_bytes())), 2, widest + 4)?;
    }
    Ok(())
}

fn write_sweep(explanation: &Explanation, out: &mut dyn Write) -> std::io::Result<()> {
    if explanation.sweep.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nOctets that each takes there")?;
    let widest = explanation.sweep.keys().map(String::len).max().unwrap_or(0);
    for (name, set) in &explanation.sweep {
        write_wrapped(out, &format!("{name:widest$}  {}", escape(set.as_bytes())), 2, widest + 4)?;
    }
    Ok(())
}

/// A command that shows the same; none if `diff` cannot be told the steps.
fn command(input: &Input) -> Option<String> {
    let script = input.script();
    if script.steps.iter().filter_map(Step::received).count() > 1 {
        return None;
    }
    let octets = escape(&script.received()).replace('\'', "'\\''");
    let eof = if input.eof() { " --eof" } else { "" };
    let methods = if input.asked() == ["GET"] { &[] } else { input.asked() };
    let asked: String = methods.iter().map(|method| format!(" --asked {method}")).collect();
    let protocol = input.target.spec().name;
    Some(format!("wireproof diff --protocol {protocol} --role {}{asked}{eof} '{octets}'", input.role()))
}
