//! `wireproof explain`: a case for people.

use std::io::Write;

use wireproof::bytes::escape;
use wireproof::judge::show_outcome;
use wireproof::recorded::RecordedStep;
use wireproof::results::case_record;
use wireproof::vectors::{Case, Is, Suite};
use wireproof::{Script, Step};

use crate::args::{Cli, Explain};
use crate::failure::Failure;
use crate::select::{case, suite};
use crate::show::write_wrapped;

pub(crate) fn run(cli: &Cli, explain: &Explain) -> Result<bool, Failure> {
    let suite = suite(cli)?;
    let case = case(&suite, &explain.case)?;
    let mut out = anstream::stdout().lock();
    if explain.json {
        let mut record = case_record(&suite, case);
        record.steps = case.script.steps.iter().cloned().map(RecordedStep::Whole).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&record).unwrap_or_default())?;
        return Ok(true);
    }
    show(&suite, case, &mut out)?;
    Ok(true)
}

fn show(suite: &Suite, case: &Case, out: &mut dyn Write) -> std::io::Result<()> {
    write_wrapped(out, &format!("{}: {}", case.id, case.title), 0, 2)?;
    let about = format!("{} for a {}, suite {}, {}", case.level, case.script.role, case.suite, case.place);
    write_wrapped(out, &about, 2, 4)?;
    for (name, list) in [("needs", &case.needs), ("tags", &case.tags), ("after", &case.after)] {
        if !list.is_empty() {
            write_wrapped(out, &format!("{name}: {}", list.join(", ")), 2, 4)?;
        }
    }
    if let Some(twin) = &case.twin {
        writeln!(out, "  valid twin: {twin}")?;
    }
    if let Some(who) = &case.disputed {
        write_wrapped(out, &format!("disputed, recorded only: {who}"), 2, 4)?;
    }
    if !case.why.is_empty() {
        writeln!(out, "\nWhy it matters")?;
        write_wrapped(out, &case.why, 2, 2)?;
    }
    writeln!(out, "\nWhat is done")?;
    show_steps(&case.script, out)?;
    writeln!(out, "\nWhat the RFC says")?;
    if case.requirements.is_empty() {
        writeln!(out, "  nothing that decides it")?;
    }
    for id in &case.requirements {
        let Some(requirement) = suite.requirement(id) else {
            writeln!(out, "  {id} (these vectors come without its text)")?;
            continue;
        };
        writeln!(out, "  {id} {}", requirement.level)?;
        write_wrapped(out, &requirement.text, 4, 4)?;
        writeln!(out, "    {}", requirement.url())?;
    }
    show_outcomes(case, out)?;
    writeln!(out, "\nTry it: wireproof repro {} --subject NAME", case.id)
}

fn show_outcomes(case: &Case, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\nWhat may come of it (the first that fits; none fits: fail)")?;
    for outcome in &case.outcomes {
        let is = match outcome.is {
            Is::Pass => "pass",
            Is::Weak => "weak",
            Is::Fail => "FAIL",
            Is::Seen => "seen",
        };
        let why = if outcome.why.is_empty() { String::new() } else { format!(" ({})", outcome.why) };
        write_wrapped(out, &format!("{is}  {}{why}", outcome.name), 2, 8)?;
        show_outcome(outcome).iter().try_for_each(|line| write_wrapped(out, line, 10, 12))?;
    }
    Ok(())
}

/// A script's steps, octets escaped with their offsets, a line of input a line of text.
pub(crate) fn show_steps(script: &Script, out: &mut dyn Write) -> std::io::Result<()> {
    let mut offset = 0;
    for (index, step) in script.steps.iter().enumerate() {
        match step {
            Step::Receive(octets) => {
                writeln!(out, "  {index}. receive {} octets", octets.len())?;
                match script.protocol.units {
                    Some(units) => show_units(script, &units(script.role, octets), octets, offset, out)?,
                    None => show_octets(octets, offset, out)?,
                }
                offset += octets.len();
            }
            Step::Eof => writeln!(out, "  {index}. the peer ends its stream")?,
            Step::Send(action) => write_wrapped(out, &format!("{index}. send {}", ascii(action)), 2, 5)?,
            Step::Tick(ms) => writeln!(out, "  {index}. {ms} ms pass")?,
        }
    }
    if script.answer && (script.protocol.answerer)(script.role).is_some() {
        writeln!(out, "     (complete requests are answered with 200)")?;
    }
    Ok(())
}

/// The units of a protocol (frames) in words, each with its offset.
fn show_units(
    script: &Script,
    starts: &[usize],
    octets: &[u8],
    offset: usize,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let starts: Vec<usize> = std::iter::once(0).chain(starts.iter().copied()).collect();
    for (at, start) in starts.iter().enumerate().take(LINES) {
        let end = starts.get(at + 1).copied().unwrap_or(octets.len());
        let unit = (script.protocol.show_unit)(&octets[*start..end]);
        write_wrapped(out, &format!("{:>5}  {unit}", offset + start), 5, 12)?;
    }
    match starts.len().saturating_sub(LINES) {
        0 => Ok(()),
        more => writeln!(out, "            … and {more} more"),
    }
}

/// The most lines and the most octets of a line that are shown.
const LINES: usize = 60;
const OCTETS: usize = 160;

/// Octets escaped, a line of input a line of text, each with its offset.
fn show_octets(octets: &[u8], mut offset: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let lines: Vec<&[u8]> = octets.split_inclusive(|&b| b == b'\n').collect();
    for line in lines.iter().take(LINES) {
        let shown = &line[..line.len().min(OCTETS)];
        let more = if shown.len() < line.len() { format!("… ({} octets)", line.len()) } else { String::new() };
        writeln!(out, "     {offset:>5}  \"{}\"{more}", escape(shown))?;
        offset += line.len();
    }
    if lines.len() > LINES {
        writeln!(out, "     {offset:>5}  … ({} more lines)", lines.len() - LINES)?;
    }
    Ok(())
}

/// JSON with all but printable ASCII escaped, as JSON escapes it.
fn ascii(json: &serde_json::Value) -> String {
    let mut text = String::new();
    for c in json.to_string().chars() {
        match c {
            ' '..='~' => text.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text += &format!("\\u{unit:04x}")),
        }
    }
    text
}
