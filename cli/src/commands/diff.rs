//! `wireproof diff`: one input, several subjects, where they part.

use std::io::{Read, Write};

use serde_json::json;
use wireproof::bytes::{escape, unescape};
use wireproof::compare::{Apart, Comparison, Rules, Severity, Side, compare, first_apart};
use wireproof::http1::{self, Http1};
use wireproof::http2;
use wireproof::judge::{show_record, visible};
use wireproof::{Profile, Protocol, Role, Script, Session, Transcript};

use super::explain::show_steps;
use crate::args::{Cli, Diff, RoleArg};
use crate::columns::side_by_side;
use crate::failure::Failure;
use crate::registry::{is_asked_for, subjects};
use crate::select::protocol;
use crate::show::{width, write_wrapped};

/// A subject's part, or why it has none.
struct Part {
    name: String,
    profile: Profile,
    transcript: Transcript,
}

pub(crate) fn run(_: &Cli, diff: &Diff) -> Result<bool, Failure> {
    let script = script(diff)?;
    let (mut parts, mut absent) = (Vec::new(), Vec::new());
    let mut broken = None;
    for subject in subjects(&diff.names, &[script.protocol.name], &diff.subjects)? {
        let name = subject.name().to_owned();
        match subject.open().map(|mut session| transcript(&name, session.as_mut(), &script)) {
            Ok(Ok(part)) => parts.push(part),
            Ok(Err(why)) => absent.push((name, why)),
            Err(unavailable) => {
                if is_asked_for(&name, &diff.names, &diff.subjects) {
                    broken = Some(Failure::broken(format!("{name} could not start: {}", unavailable.0)));
                }
                absent.push((name, unavailable.0));
            }
        }
    }
    let sides: Vec<Side<'_>> = parts.iter().map(|p| Side { profile: &p.profile, transcript: &p.transcript }).collect();
    let rules = rules(diff)?;
    let compared = compare(&script, &sides, rules);
    let groups = compared.groups(Severity::S3, &|i| parts[i].profile.can.len());
    if diff.json {
        print_json(&parts, &absent, &groups, &compared)?;
    } else {
        let mut out = anstream::stdout().lock();
        let many = if parts.len() == 1 { "" } else { "s" };
        writeln!(out, "Input to {} subject{many} in the role of a {}", parts.len(), script.role)?;
        show_steps(&script, &mut out)?;
        show_groups(&script, &parts, &groups, &mut out)?;
        if parts.len() > 1 {
            show_grid(&parts, &compared, &mut out)?;
        }
        let apart = |a: usize, b: usize| first_apart(&script, sides[a], sides[b], rules);
        show_parting(&parts, &apart, &groups, &compared, &mut out)?;
        show_refusals(&parts, &compared, &mut out)?;
        for (name, why) in &absent {
            write_wrapped(&mut out, &format!("{name} takes no part: {}", escape(why.as_bytes())), 0, 2)?;
        }
    }
    match broken {
        Some(failure) => Err(failure),
        None if parts.is_empty() => Err(Failure::broken("no subject takes part")),
        None => Ok(groups.len() <= 1),
    }
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
        RoleArg::Decoder => Role::Decoder,
    };
    let protocol = protocol(&diff.protocol)?;
    if !protocol.roles.contains(&role) {
        let roles: Vec<&str> = protocol.roles.iter().map(|r| r.name()).collect();
        return Err(Failure::usage(format!("--role {role}: {} has {}", protocol.name, roles.join(", "))));
    }
    let mut script = Script::of_bytes(protocol, role, octets, diff.eof);
    if role == Role::Client {
        let methods: Vec<&str> = diff.asked.iter().map(String::as_str).collect();
        let asked = if protocol.name == Http1::SPEC.name { http1::asked } else { http2::asked };
        script.steps.splice(0..0, asked(&methods));
    }
    Ok(script)
}

fn transcript(name: &str, session: &mut dyn Session, script: &Script) -> Result<Part, String> {
    let profile = session.profile().clone();
    if !profile.opens(&script.endpoint()) {
        return Err(format!("has no {}", script.endpoint()));
    }
    Ok(Part { name: name.to_owned(), profile, transcript: session.transcribe(script)? })
}

/// What a subject shows, a line an event.
fn lines(script: &Script, part: &Part) -> Vec<String> {
    let seen = visible(script, &part.transcript, &part.profile);
    let mut lines: Vec<String> = seen.iter().map(|s| show_record(&s.record)).collect();
    lines.extend(part.transcript.fault.iter().map(|f| format!("FAULT {}", escape(f.text.as_bytes()))));
    if lines.is_empty() { vec!["(nothing)".to_owned()] } else { lines }
}

/// The groups that agree, and side by side what the most capable subject of each shows; one below the other where that
/// does not fit.
fn show_groups(script: &Script, parts: &[Part], groups: &[Vec<usize>], out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out)?;
    let (mut headers, mut columns) = (Vec::new(), Vec::new());
    for (number, group) in groups.iter().enumerate() {
        let names: Vec<&str> = group.iter().map(|&i| parts[i].name.as_str()).collect();
        writeln!(out, "Cluster {}: {}", letter(number), names.join(", "))?;
        if let Some(shown) = group.iter().map(|&i| &parts[i]).max_by_key(|part| part.profile.can.len()) {
            headers.push(format!("{}: {}", letter(number), shown.name));
            columns.push(lines(script, shown));
        }
    }
    writeln!(out)?;
    if let Some(text) = side_by_side(&headers, &columns, width()) {
        return write!(out, "{text}");
    }
    for (header, column) in headers.iter().zip(&columns) {
        writeln!(out, "{header}")?;
        column.iter().try_for_each(|line| write_wrapped(out, line, 4, 6))?;
    }
    Ok(())
}

fn letter(number: usize) -> char {
    char::from(b'A' + u8::try_from(number % 26).unwrap_or(0))
}

/// Who agrees with whom: the severity of the worst difference of each pair.
fn show_grid(parts: &[Part], compared: &Comparison, out: &mut dyn Write) -> std::io::Result<()> {
    let widest = parts.iter().map(|p| p.name.len()).max().unwrap_or(0);
    writeln!(out, "\nAgreement (= as far as both can show; else the severity of where they part)")?;
    for (row, part) in parts.iter().enumerate() {
        let cell = |column: usize| match compared.between(row, column) {
            Some(difference) if row != column => format!(" {}", difference.severity),
            _ => "  =".to_owned(),
        };
        writeln!(out, "  {:widest$} {}", part.name, (0..parts.len()).map(cell).collect::<String>())?;
    }
    let mut shown: Vec<Severity> = compared.pairs.iter().map(|(_, difference)| difference.severity).collect();
    shown.sort_unstable();
    shown.dedup();
    shown.iter().try_for_each(|severity| writeln!(out, "  {severity}: {}", severity.means()))
}

/// How each that refuses does so, if they differ in that.
fn show_refusals(parts: &[Part], compared: &Comparison, out: &mut dyn Write) -> std::io::Result<()> {
    if !compared.pairs.iter().any(|(_, difference)| difference.severity == Severity::S4) {
        return Ok(());
    }
    writeln!(out, "\nOutcomes")?;
    for (part, reading) in parts.iter().zip(&compared.readings) {
        write_wrapped(out, &format!("{}: {}", part.name, reading.outcome()), 2, 4)?;
    }
    Ok(())
}

/// The rules of normalisation, without those that are switched off.
fn rules(diff: &Diff) -> Result<Rules, Failure> {
    diff.without_rule.iter().try_fold(Rules::default(), |rules, name| {
        let known = || wireproof::compare::RULES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        rules.without(name).ok_or_else(|| Failure::usage(format!("--without-rule {name}: the rules are {}", known())))
    })
}

/// Where each cluster parts from the first.
fn show_parting(
    parts: &[Part],
    apart: &dyn Fn(usize, usize) -> Option<Apart>,
    groups: &[Vec<usize>],
    compared: &Comparison,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let Some((first, others)) = groups.split_first() else { return Ok(()) };
    writeln!(out)?;
    if parts.len() == 1 {
        return writeln!(out, "One subject: there is nothing to compare it with.");
    }
    if others.is_empty() {
        return writeln!(out, "All agree, as far as each can show.");
    }
    for group in others {
        let (a, b) = pair(compared, first, group);
        let (left, right) = (&parts[a].name, &parts[b].name);
        let Some(difference) = compared.between(a, b) else { continue };
        let (severity, message) = (difference.severity, difference.message + 1);
        let what = format!("{severity} ({}), message {message}: {}", severity.means(), difference.what);
        write_wrapped(out, &format!("{left} and {right} part: {what}"), 0, 2)?;
        if let Some((l, r)) = apart(a, b) {
            let show = |record: &Option<wireproof::Record>| {
                record.as_ref().map_or_else(|| "nothing more".to_owned(), show_record)
            };
            write_wrapped(out, &format!("{left}: {}", show(&l)), 2, 4)?;
            write_wrapped(out, &format!("{right}: {}", show(&r)), 2, 4)?;
        }
    }
    Ok(())
}

/// The two members that differ most.
fn pair(compared: &Comparison, first: &[usize], group: &[usize]) -> (usize, usize) {
    let pairs = first.iter().flat_map(|&a| group.iter().map(move |&b| (a, b)));
    let differing = pairs.filter_map(|(a, b)| Some((compared.between(a, b)?, (a, b))));
    differing.min().map_or((first[0], group[0]), |(_, pair)| pair)
}

fn print_json(
    parts: &[Part],
    absent: &[(String, String)],
    groups: &[Vec<usize>],
    compared: &Comparison,
) -> Result<(), Failure> {
    let subjects: Vec<_> = parts
        .iter()
        .map(|p| json!({"subject": p.name, "version": p.profile.version, "transcript": p.transcript}))
        .collect();
    let named: Vec<Vec<&str>> = groups.iter().map(|g| g.iter().map(|&i| parts[i].name.as_str()).collect()).collect();
    let absent: Vec<_> = absent.iter().map(|(name, why)| json!({"subject": name, "why": why})).collect();
    let differences: Vec<_> = (compared.pairs.iter())
        .map(|((a, b), difference)| json!({"between": [parts[*a].name, parts[*b].name], "difference": difference}))
        .collect();
    let document = json!({"subjects": subjects, "clusters": named, "differences": differences, "absent": absent});
    writeln!(std::io::stdout().lock(), "{}", serde_json::to_string_pretty(&document).unwrap_or_default())?;
    Ok(())
}
