//! `wireproof diff`: one input, several subjects, where they part.

use std::io::{Read, Write};
use std::sync::Arc;

use serde_json::json;
use wireproof::bytes::{escape, unescape};
use wireproof::compare::{Agreement, Side, agree, clusters};
use wireproof::cuts::Cut;
use wireproof::http1::{Http1, asked};
use wireproof::judge::{show_record, visible};
use wireproof::{Answer, Job, Profile, Protocol, Role, Script, Subject, Transcript};

use super::explain::show_steps;
use crate::args::{Cli, Diff, RoleArg};
use crate::columns::{side_by_side, wrap};
use crate::failure::Failure;
use crate::registry::subjects;
use crate::show::width;

/// A subject's part, or why it has none.
struct Part {
    name: String,
    profile: Profile,
    transcript: Transcript,
}

pub(crate) fn run(_: &Cli, diff: &Diff) -> Result<bool, Failure> {
    let script = script(diff)?;
    let (mut parts, mut absent) = (Vec::new(), Vec::new());
    for subject in subjects(&diff.names, &diff.subjects)? {
        match transcript(&subject, &script) {
            Ok(part) => parts.push(part),
            Err(why) => absent.push((subject.name().to_owned(), why)),
        }
    }
    let sides: Vec<Side<'_>> = parts.iter().map(|p| Side { profile: &p.profile, transcript: &p.transcript }).collect();
    let groups = clusters(Http1::SPEC, &sides);
    if diff.json {
        print_json(&parts, &absent, &groups)?;
    } else {
        let mut out = anstream::stdout().lock();
        writeln!(out, "Input to {} subjects as {}s", parts.len(), script.role)?;
        show_steps(&script, &mut out)?;
        show_groups(&parts, &groups, &mut out)?;
        show_grid(&parts, &sides, &mut out)?;
        show_parting(&parts, &sides, &groups, &mut out)?;
        for (name, why) in &absent {
            writeln!(out, "{name} takes no part: {}", escape(why.as_bytes()))?;
        }
    }
    Ok(groups.len() <= 1)
}

/// The script that the command line describes.
fn script(diff: &Diff) -> Result<Script, Failure> {
    let unreadable = |what: &str, e: std::io::Error| Failure::usage(format!("cannot read {what}: {e}"));
    let octets = match (&diff.file, diff.octets.as_deref()) {
        (Some(path), _) => std::fs::read(path).map_err(|e| unreadable(&path.display().to_string(), e))?,
        (None, Some("-")) => {
            let mut octets = Vec::new();
            std::io::stdin().read_to_end(&mut octets).map_err(|e| unreadable("standard input", e))?;
            octets
        }
        (None, text) => {
            unescape(text.unwrap_or_default().as_bytes()).map_err(|e| Failure::usage(format!("OCTETS: {e}")))?
        }
    };
    let role = match diff.role {
        RoleArg::Server => Role::Server,
        RoleArg::Client => Role::Client,
    };
    let mut script = Script::of_bytes(Http1::SPEC, role, octets, diff.eof);
    if role == Role::Client {
        let methods: Vec<&str> = diff.asked.iter().map(String::as_str).collect();
        script.steps.splice(0..0, asked(&methods));
    }
    Ok(script)
}

fn transcript(subject: &Arc<dyn Subject>, script: &Script) -> Result<Part, String> {
    let mut session = subject.open().map_err(|e| e.0)?;
    let profile = session.profile().clone();
    if !profile.opens(&script.endpoint()) {
        return Err(format!("has no {}", script.endpoint()));
    }
    let job = Job { script: script.clone(), cuts: vec![Cut::Whole] };
    let mut answer = Answer::NotRun("no answer".to_owned());
    session.run(std::slice::from_ref(&job), &mut |_, given| answer = given);
    match answer {
        Answer::Ran { whole, .. } => Ok(Part { name: subject.name().to_owned(), profile, transcript: whole }),
        Answer::Cannot(why) | Answer::NotRun(why) => Err(why),
    }
}

/// What a subject shows, a line an event.
fn lines(part: &Part) -> Vec<String> {
    let seen = visible(&part.transcript, Http1::SPEC, &part.profile);
    let mut lines: Vec<String> = seen.iter().map(|s| show_record(&s.record)).collect();
    lines.extend(part.transcript.fault.iter().map(|f| format!("FAULT {}", escape(f.text.as_bytes()))));
    lines
}

/// The groups that agree, and side by side what the most capable subject of each shows; one below the other where that
/// does not fit.
fn show_groups(parts: &[Part], groups: &[Vec<usize>], out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out)?;
    let (mut headers, mut columns) = (Vec::new(), Vec::new());
    for (number, group) in groups.iter().enumerate() {
        let names: Vec<&str> = group.iter().map(|&i| parts[i].name.as_str()).collect();
        writeln!(out, "Cluster {}: {}", letter(number), names.join(", "))?;
        if let Some(shown) = group.iter().map(|&i| &parts[i]).max_by_key(|part| part.profile.can.len()) {
            headers.push(format!("{}: {}", letter(number), shown.name));
            columns.push(lines(shown));
        }
    }
    writeln!(out)?;
    if let Some(text) = side_by_side(&headers, &columns, width()) {
        return write!(out, "{text}");
    }
    for (header, column) in headers.iter().zip(&columns) {
        writeln!(out, "{header}")?;
        for piece in column.iter().flat_map(|line| wrap(line, width().saturating_sub(4))) {
            writeln!(out, "    {piece}")?;
        }
    }
    Ok(())
}

fn letter(number: usize) -> char {
    char::from(b'A' + u8::try_from(number % 26).unwrap_or(0))
}

/// Who agrees with whom.
fn show_grid(parts: &[Part], sides: &[Side<'_>], out: &mut dyn Write) -> std::io::Result<()> {
    let widest = parts.iter().map(|p| p.name.len()).max().unwrap_or(0);
    writeln!(out, "\nAgreement (= same as far as both can show, x different)")?;
    for (row, part) in parts.iter().enumerate() {
        let cells: String = sides
            .iter()
            .map(|column| if agree(Http1::SPEC, sides[row], *column) == Agreement::Same { " =" } else { " x" })
            .collect();
        writeln!(out, "  {:widest$} {cells}", part.name)?;
    }
    Ok(())
}

/// Where each cluster parts from the first.
fn show_parting(parts: &[Part], sides: &[Side<'_>], groups: &[Vec<usize>], out: &mut dyn Write) -> std::io::Result<()> {
    let Some((first, others)) = groups.split_first() else { return Ok(()) };
    writeln!(out)?;
    if others.is_empty() {
        return writeln!(out, "All agree, as far as each can show.");
    }
    for group in others {
        let (a, b) = pair(sides, first, group);
        let (left, right) = (&parts[a].name, &parts[b].name);
        match agree(Http1::SPEC, sides[a], sides[b]) {
            Agreement::Same => {}
            Agreement::Broke(kind) => writeln!(out, "{left} and {right}: one of them broke ({kind:?})")?,
            Agreement::Parts { at, left: l, right: r } => {
                let show = |record: &Option<wireproof::Record>| {
                    record.as_ref().map_or_else(|| "nothing more".to_owned(), show_record)
                };
                writeln!(out, "{left} and {right} part at event {}:", at + 1)?;
                writeln!(out, "  {left}: {}", show(&l))?;
                writeln!(out, "  {right}: {}", show(&r))?;
            }
        }
    }
    Ok(())
}

/// Two members that differ; the first ones if all agree pairwise.
fn pair(sides: &[Side<'_>], first: &[usize], group: &[usize]) -> (usize, usize) {
    let pairs = first.iter().flat_map(|&a| group.iter().map(move |&b| (a, b)));
    let differs = |(a, b): &(usize, usize)| agree(Http1::SPEC, sides[*a], sides[*b]) != Agreement::Same;
    pairs.clone().find(differs).unwrap_or((first[0], group[0]))
}

fn print_json(parts: &[Part], absent: &[(String, String)], groups: &[Vec<usize>]) -> Result<(), Failure> {
    let subjects: Vec<_> = parts
        .iter()
        .map(|p| json!({"subject": p.name, "version": p.profile.version, "transcript": p.transcript}))
        .collect();
    let named: Vec<Vec<&str>> = groups.iter().map(|g| g.iter().map(|&i| parts[i].name.as_str()).collect()).collect();
    let document = json!({"subjects": subjects, "clusters": named, "absent": absent});
    writeln!(std::io::stdout().lock(), "{}", serde_json::to_string_pretty(&document).unwrap_or_default())?;
    Ok(())
}
