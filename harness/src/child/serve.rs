//! The child's side: makes an in-process subject answer the child protocol.

use std::io::{self, BufRead, Write};

use serde_json::{Value as Json, json};

use super::wire::{Hello, PROTOCOL, Ran, Run, WireTranscript};
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
    for line in input.lines() {
        let answer = answer(subject, protocols, &line?);
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

/// The answer to one message.
fn answer(subject: &InProcess, protocols: &[&'static ProtocolSpec], line: &str) -> Json {
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
        "run" => match serde_json::from_value::<Run>(message) {
            Ok(run) => json!(ran(subject, protocols, run)),
            Err(e) => json!({"unknown": format!("run: {e}")}),
        },
        _ => json!({"unknown": name}),
    }
}

fn ran(subject: &InProcess, protocols: &[&'static ProtocolSpec], run: Run) -> Ran {
    let id = run.run;
    let cannot = |why: String| Ran { ran: id, cannot: Some(why), ..Ran::default() };
    let endpoint = run.endpoint.split_once('.').and_then(|(protocol, role)| {
        Some((*protocols.iter().find(|p| p.name == protocol)?, role.parse::<Role>().ok()?))
    });
    let Some((protocol, role)) = endpoint.filter(|_| subject.profile().opens(&run.endpoint)) else {
        return cannot(format!("has no {}", run.endpoint));
    };
    let mut cuts = vec![Cut::Whole];
    for spec in &run.cuts {
        match spec.cut() {
            Some(cut) => cuts.push(cut),
            None => return cannot(format!("cannot cut {spec:?}")),
        }
    }
    let script = Script { protocol, role, config: run.config, answer: run.answer, steps: run.steps };
    match subject.run_job(&Job { script, cuts }) {
        Answer::Cannot(why) | Answer::NotRun(why) => cannot(why),
        Answer::Ran { whole, octets, differing } => {
            let asked = |index: usize| (index - 1).to_string();
            let mut kept: std::collections::BTreeMap<String, WireTranscript> =
                differing.into_iter().map(|(index, transcript)| (asked(index), transcript.into())).collect();
            if let (Some(octets), Some(at)) = (octets, run.cuts.iter().position(|c| c.cut() == Some(Cut::Octets))) {
                kept.insert(at.to_string(), octets.into());
            }
            Ran { ran: id, cannot: None, whole: whole.into(), cuts: kept }
        }
    }
}
