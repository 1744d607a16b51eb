//! The child's side: makes an in-process subject answer the child protocol.

use std::io::{self, BufRead, Write};

use serde_json::{Value as Json, json};

use super::wire::{Bench, Benched, Hello, PROTOCOL, Ran, Run, WireTask, WireTranscript};
use crate::bench::{Measured, Task};
use crate::cuts::Cut;
use crate::protocol::{ProtocolSpec, Role};
use crate::script::Script;
use crate::subject::{Answer, InProcess, Job};

/// Answers messages from `input` on `output` until the input ends.
///
/// # Errors
/// Only what reading and writing give; whatever a message says, it is answered.
pub fn serve(
    subject: &InProcess,
    protocols: &[&'static ProtocolSpec],
    input: impl BufRead,
    mut output: impl Write,
) -> io::Result<()> {
    let mut timed = None;
    for line in input.lines() {
        let answer = answer(subject, protocols, &line?, &mut timed);
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

/// The answer to one message.
fn answer(subject: &InProcess, protocols: &[&'static ProtocolSpec], line: &str, timed: &mut Option<Task>) -> Json {
    let message: Json = match serde_json::from_str(line) {
        Ok(message) => message,
        Err(e) => return json!({"unknown": format!("not JSON: {e}")}),
    };
    let name = message.as_object().and_then(|m| m.keys().next().cloned()).unwrap_or_default();
    match name.as_str() {
        "hello" => {
            let mut profile = subject.profile().clone();
            profile.can.push("cuts".to_owned());
            json!({"hello": Hello { protocol: PROTOCOL, profile }})
        }
        "run" => match serde_json::from_value::<Run<'_>>(message) {
            Ok(run) => json!(ran(subject, protocols, run)),
            Err(e) => json!({"unknown": format!("run: {e}")}),
        },
        "bench" => match serde_json::from_value::<Bench>(message) {
            Ok(bench) => json!(benched(subject, protocols, bench, timed)),
            Err(e) => json!({"unknown": format!("bench: {e}")}),
        },
        _ => json!({"unknown": name}),
    }
}

/// The protocol and the role of an endpoint that the subject has.
fn endpoint(
    subject: &InProcess,
    protocols: &[&'static ProtocolSpec],
    name: &str,
) -> Option<(&'static ProtocolSpec, Role)> {
    let (protocol, role) = name.split_once('.').filter(|_| subject.profile().opens(name))?;
    Some((*protocols.iter().find(|p| p.name == protocol)?, role.parse().ok()?))
}

/// Runs a task; without steps the one of the message before.
fn benched(
    subject: &InProcess,
    protocols: &[&'static ProtocolSpec],
    bench: Bench,
    timed: &mut Option<Task>,
) -> Benched {
    let id = bench.bench;
    let cannot = |why: String| Benched { benched: id, cannot: Some(why), ..Benched::default() };
    if bench.task.is_some() {
        *timed = None; // should this one not be possible, nothing else is timed in its place
    }
    if let Some(WireTask { endpoint: name, answer, config, steps, pieces }) = bench.task {
        let Some((protocol, role)) = endpoint(subject, protocols, &name) else {
            return cannot(format!("has no {name}"));
        };
        *timed = Some(Task { script: Script { protocol, role, config, answer, steps }, pieces });
    }
    let Some(task) = timed else { return cannot("there was no bench with steps before".to_owned()) };
    match subject.measure(task, bench.times) {
        Ok(Measured { nanoseconds, events }) => {
            Benched { benched: id, nanoseconds: Some(nanoseconds), events: Some(events), cannot: None }
        }
        Err(why) => cannot(why),
    }
}

fn ran(subject: &InProcess, protocols: &[&'static ProtocolSpec], run: Run<'_>) -> Ran {
    let id = run.run;
    let cannot = |why: String| Ran { ran: id, cannot: Some(why), ..Ran::default() };
    let Some((protocol, role)) = endpoint(subject, protocols, &run.endpoint) else {
        return cannot(format!("has no {}", run.endpoint));
    };
    let mut cuts = vec![Cut::Whole];
    for spec in &run.cuts {
        match spec.cut() {
            Some(cut) => cuts.push(cut),
            None => return cannot(format!("cannot cut {spec:?}")),
        }
    }
    let script =
        Script { protocol, role, config: run.config.into_owned(), answer: run.answer, steps: run.steps.into_owned() };
    match subject.run_job(&Job { script, cuts }) {
        Answer::Cannot(why) | Answer::NotRun(why) => cannot(why),
        Answer::Ran { whole, octets, differing } => {
            let asked = |index: usize| (index - 1).to_string();
            let mut kept: std::collections::BTreeMap<String, WireTranscript> =
                differing.into_iter().map(|(index, transcript)| (asked(index), transcript.into())).collect();
            if let (Some(octets), Some(at)) = (octets, run.cuts.iter().position(|c| c.cut() == Some(Cut::Octets))) {
                kept.insert(at.to_string(), octets.into());
            }
            let WireTranscript { steps, fault } = whole.into();
            Ran { ran: id, cannot: None, steps, fault, cuts: kept }
        }
    }
}
