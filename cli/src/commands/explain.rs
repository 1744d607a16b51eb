//! `wireproof explain`: a case for people.

use std::io::Write;

use wireproof::bytes::escape;
use wireproof::judge::show_outcome;
use wireproof::results::case_record;
use wireproof::vectors::{Case, Is, Suite};
use wireproof::{Script, Step};

use crate::args::{Cli, Explain};
use crate::failure::Failure;
use crate::select::{case, suite};

pub(crate) fn run(cli: &Cli, explain: &Explain) -> Result<bool, Failure> {
    let suite = suite(cli)?;
    let case = case(&suite, &explain.case)?;
    let mut out = anstream::stdout().lock();
    if explain.json {
        let record = serde_json::to_string_pretty(&case_record(&suite, case)).unwrap_or_default();
        writeln!(out, "{record}")?;
        return Ok(true);
    }
    show(&suite, case, &mut out)?;
    Ok(true)
}

fn show(suite: &Suite, case: &Case, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{}: {}", case.id, case.title)?;
    writeln!(out, "  {} for a {}, suite {}, {}", case.level, case.script.role, case.suite, case.place)?;
    for (name, list) in [("needs", &case.needs), ("tags", &case.tags), ("after", &case.after)] {
        if !list.is_empty() {
            writeln!(out, "  {name}: {}", list.join(", "))?;
        }
    }
    if let Some(twin) = &case.twin {
        writeln!(out, "  valid twin: {twin}")?;
    }
    if let Some(who) = &case.disputed {
        writeln!(out, "  disputed, recorded only: {who}")?;
    }
    if !case.why.is_empty() {
        writeln!(out, "\nWhy it matters\n  {}", case.why)?;
    }
    writeln!(out, "\nWhat is done")?;
    show_steps(&case.script, out)?;
    writeln!(out, "\nWhat the RFC says")?;
    for requirement in case.requirements.iter().filter_map(|id| suite.requirement(id)) {
        writeln!(
            out,
            "  {} {}\n    {}\n    {}",
            requirement.id,
            requirement.level,
            requirement.text,
            requirement.url()
        )?;
    }
    writeln!(out, "\nWhat may come of it (the first that fits; none fits: fail)")?;
    for outcome in &case.outcomes {
        let is = match outcome.is {
            Is::Pass => "pass",
            Is::Weak => "weak",
            Is::Fail => "FAIL",
            Is::Seen => "seen",
        };
        let why = if outcome.why.is_empty() { String::new() } else { format!(" ({})", outcome.why) };
        writeln!(out, "  {is}  {}{why}", outcome.name)?;
        show_outcome(outcome).iter().try_for_each(|line| writeln!(out, "          {line}"))?;
    }
    writeln!(out, "\nTry it: wireproof repro {} --subject NAME", case.id)
}

/// A script's steps, octets escaped with their offsets, a line of input a line of text.
pub(crate) fn show_steps(script: &Script, out: &mut dyn Write) -> std::io::Result<()> {
    let mut offset = 0;
    for (index, step) in script.steps.iter().enumerate() {
        match step {
            Step::Receive(octets) => {
                writeln!(out, "  {index}. receive {} octets", octets.len())?;
                for line in octets.split_inclusive(|&b| b == b'\n').take(60) {
                    let shown = &line[..line.len().min(160)];
                    let more =
                        if shown.len() < line.len() { format!("… ({} octets)", line.len()) } else { String::new() };
                    writeln!(out, "     {offset:>5}  \"{}\"{more}", escape(shown))?;
                    offset += line.len();
                }
            }
            Step::Eof => writeln!(out, "  {index}. the peer ends its stream")?,
            Step::Send(action) => writeln!(out, "  {index}. send {}", escape(action.to_string().as_bytes()))?,
            Step::Tick(ms) => writeln!(out, "  {index}. {ms} ms pass")?,
        }
    }
    if script.answer && script.role == wireproof::Role::Server {
        writeln!(out, "     (complete requests are answered with 200)")?;
    }
    Ok(())
}
