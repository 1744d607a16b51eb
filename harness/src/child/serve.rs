//! The child's side: makes an in-process subject answer the child protocol.

use std::io::{self, BufRead, Write};

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::translate::{broken, to_answer};
use super::wire::{Bench, Benched, Hello, Judge, Judged, PROTOCOL, Ran, Run, WireTask, WireTranscript};
use crate::bench::{Measured, Task};
use crate::cuts::Cut;
use crate::endpoint::Profile;
use crate::judge::judge;
use crate::protocol::{ProtocolSpec, Role};
use crate::script::Script;
use crate::subject::{Answer, InProcess, Job};
use crate::transcript::FaultKind;
use crate::vectors::{Sheets, mark};

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
    let mut server = Server::new(subject, protocols);
    let mut answer = Vec::new();
    for line in input.lines() {
        answer.clear();
        server.answer(&line?, &mut answer)?;
        answer.push(b'\n');
        output.write_all(&answer)?;
        output.flush()?;
    }
    Ok(())
}

/// What stays from message to message.
struct Server<'a> {
    subject: &'a InProcess,
    protocols: &'a [&'static ProtocolSpec],
    /// Who it says it is.
    profile: Profile,
    /// The task that was measured last.
    timed: Option<Task>,
    /// The bundled cases that were asked for.
    sheets: Sheets,
}

impl<'a> Server<'a> {
    fn new(subject: &'a InProcess, protocols: &'a [&'static ProtocolSpec]) -> Server<'a> {
        let mut profile = subject.profile().clone();
        profile.can.push("cuts".to_owned());
        Server { subject, protocols, profile, timed: None, sheets: Sheets::default() }
    }

    /// Writes the answer to one message.
    fn answer(&mut self, line: &str, out: &mut Vec<u8>) -> io::Result<()> {
        fn unread(name: &str, e: &dyn std::fmt::Display) -> Json {
            json!({"unknown": format!("{name}: {e}")})
        }
        let message: Json = match serde_json::from_str(line) {
            Ok(message) => message,
            Err(e) => return write(out, &unread("not JSON", &e)),
        };
        let name = message.as_object().and_then(|m| m.keys().next().cloned()).unwrap_or_default();
        match name.as_str() {
            "hello" => write(out, &json!({"hello": Hello { protocol: PROTOCOL, profile: self.profile.clone() }})),
            "run" => match serde_json::from_value::<Run<'_>>(message) {
                Ok(run) => write(out, &self.ran(run)),
                Err(e) => write(out, &unread("run", &e)),
            },
            "judge" => match serde_json::from_value(message).map_err(|e| e.to_string()).and_then(|m| self.judged(&m)) {
                Ok(judged) => write(out, &judged),
                Err(e) => write(out, &unread("judge", &e)),
            },
            "bench" => match serde_json::from_value::<Bench>(message) {
                Ok(bench) => write(out, &self.benched(bench)),
                Err(e) => write(out, &unread("bench", &e)),
            },
            _ => write(out, &json!({"unknown": name})),
        }
    }

    /// The protocol and the role of an endpoint that the subject has.
    fn endpoint(&self, name: &str) -> Option<(&'static ProtocolSpec, Role)> {
        let (protocol, role) = name.split_once('.').filter(|_| self.subject.profile().opens(name))?;
        Some((*self.protocols.iter().find(|p| p.name == protocol)?, role.parse().ok()?))
    }

    /// Runs a task; without steps the one of the message before.
    fn benched(&mut self, bench: Bench) -> Benched {
        let id = bench.bench;
        let cannot = |why: String| Benched { benched: id, cannot: Some(why), ..Benched::default() };
        if bench.task.is_some() {
            self.timed = None; // should this one not be possible, nothing else is timed in its place
        }
        if let Some(WireTask { endpoint: name, answer, config, steps, pieces }) = bench.task {
            let Some((protocol, role)) = self.endpoint(&name) else {
                return cannot(format!("has no {name}"));
            };
            self.timed = Some(Task { script: Script { protocol, role, config, answer, steps }, pieces });
        }
        let Some(task) = &self.timed else { return cannot("there was no bench with steps before".to_owned()) };
        match self.subject.measure(task, bench.times) {
            Ok(Measured { nanoseconds, events }) => {
                Benched { benched: id, nanoseconds: Some(nanoseconds), events: Some(events), cannot: None }
            }
            Err(why) => cannot(why),
        }
    }

    fn ran(&self, run: Run<'_>) -> Ran {
        let id = run.run;
        let Some((protocol, role)) = self.endpoint(&run.endpoint) else {
            return cannot(id, format!("has no {}", run.endpoint));
        };
        let mut cuts = vec![Cut::Whole];
        for spec in &run.cuts {
            match spec.cut() {
                Some(cut) => cuts.push(cut),
                None => return cannot(id, format!("cannot cut {spec:?}")),
            }
        }
        let (config, steps) = (run.config.into_owned(), run.steps.into_owned());
        let job = Job { script: Script { protocol, role, config, answer: run.answer, steps }, cuts };
        said(id, self.subject.run_job(&job), &job)
    }

    /// Runs a bundled case and judges what it shows, as the harness would if it were told.
    fn judged(&mut self, asked: &Judge) -> Result<Judged, String> {
        if asked.vectors != mark() {
            return Err("this program has other vectors; was it replaced while it ran?".to_owned());
        }
        let case = self.sheets.case(&asked.place, &asked.case, self.protocols)?;
        let job = Job::of_case(&case, asked.cuts, asked.seed);
        let answer = to_answer(said(asked.judge, self.subject.run_job(&job), &job), &job);
        let answer = answer.unwrap_or_else(|what| broken(FaultKind::Garbage, what));
        Ok(Judged::new(asked.judge, judge(&case, &self.profile, &job.cuts, &answer)))
    }
}

fn write(out: &mut Vec<u8>, answer: &impl Serialize) -> io::Result<()> {
    Ok(serde_json::to_writer(out, answer)?)
}

fn cannot(id: u64, why: String) -> Ran {
    Ran { ran: id, cannot: Some(why), ..Ran::default() }
}

/// The message for what came of a job.
fn said(id: u64, answer: Answer, job: &Job) -> Ran {
    let (whole, octets, differing) = match answer {
        Answer::Cannot(why) | Answer::NotRun(why) => return cannot(id, why),
        Answer::Ran { whole, octets, differing } => (whole, octets, differing),
    };
    let asked = |index: usize| (index - 1).to_string(); // the whole comes first, and by itself
    let mut cuts: std::collections::BTreeMap<String, WireTranscript> =
        differing.into_iter().map(|(index, transcript)| (asked(index), transcript.into())).collect();
    if let (Some(octets), Some(at)) = (octets, job.cuts.iter().position(|cut| *cut == Cut::Octets)) {
        cuts.insert(asked(at), octets.into());
    }
    let WireTranscript { steps, fault } = whole.into();
    Ran { ran: id, cannot: None, steps, fault, cuts }
}
