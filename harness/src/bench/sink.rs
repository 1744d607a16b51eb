//! What the harness costs by itself: a subject that reads nothing and says again what another one said.
//!
//! Its cost is that of the driver, of describing events to a sink that counts them, and of finding answers. What an
//! adapter does to make events of what its library gives is not in it.

use std::sync::Arc;

use super::Task;
use super::measure::{Count, feeding};
use crate::action::AnyAction;
use crate::drive::{Ending, Engine, drive_fed};
use crate::endpoint::{Input, SendError};
use crate::subject::InProcess;
use crate::value::{EventRef, Record, Value, ValueRef};

/// A subject that does from memory what `subject` does in one run of a task.
///
/// # Errors
/// Why `subject` does not run it.
pub(super) fn echo(subject: &InProcess, task: &Task) -> Result<InProcess, String> {
    let script = &task.script;
    let engine = subject.engine(script.role, &script.config).map_err(|why| why.0)?;
    let mut listener = Listener { engine, calls: Vec::new() };
    if let Ending::Cannot(why) = drive_fed(&mut listener, script, feeding(task), &mut Count::default()) {
        return Err(why);
    }
    let calls: Arc<[Call]> = listener.calls.into();
    let open = move |_, _: &_| Ok(Box::new(Echo { calls: calls.clone(), at: 0 }) as Box<dyn Engine>);
    Ok(InProcess::of_engines(subject.profile().clone(), open))
}

/// What an engine did when it was called.
enum Call {
    Receive(Vec<Record>),
    Send(Result<(), SendError>),
    Transmit(Vec<u8>),
}

/// Remembers what an engine does.
struct Listener {
    engine: Box<dyn Engine>,
    calls: Vec<Call>,
}

impl Engine for Listener {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(&EventRef<'_>)) {
        let mut records = Vec::new();
        self.engine.receive(input, &mut |event| {
            records.push(event.to_record());
            events(event);
        });
        self.calls.push(Call::Receive(records));
    }

    fn send(&mut self, action: &AnyAction) -> Result<(), SendError> {
        let sent = self.engine.send(action);
        self.calls.push(Call::Send(sent.clone()));
        sent
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        let before = out.len();
        self.engine.transmit(out);
        self.calls.push(Call::Transmit(out[before..].to_vec()));
    }
}

/// Does it again, call by call.
struct Echo {
    calls: Arc<[Call]>,
    at: usize,
}

impl Echo {
    fn next(&mut self) -> Option<&Call> {
        self.at += 1;
        self.calls.get(self.at - 1)
    }
}

impl Engine for Echo {
    fn receive(&mut self, _: Input<'_>, events: &mut dyn FnMut(&EventRef<'_>)) {
        if let Some(Call::Receive(records)) = self.next() {
            records.iter().for_each(|record| show(record, events));
        }
    }

    fn send(&mut self, _: &AnyAction) -> Result<(), SendError> {
        match self.next() {
            Some(Call::Send(sent)) => sent.clone(),
            _ => Ok(()),
        }
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        if let Some(Call::Transmit(octets)) = self.next() {
            out.extend_from_slice(octets);
        }
    }
}

/// Describes an event, as protocols do it: its members in an array, which is no longer than it need be.
fn show(record: &Record, events: &mut dyn FnMut(&EventRef<'_>)) {
    match record.members.len() {
        0 => events(&EventRef { name: &record.event, members: &[] }),
        1 => show_of::<1>(record, events),
        2..=4 => show_of::<4>(record, events),
        _ => show_of::<16>(record, events), // none of our protocols has more
    }
}

fn show_of<const MOST: usize>(record: &Record, events: &mut dyn FnMut(&EventRef<'_>)) {
    let mut members = [("", ValueRef::Flag(false)); MOST];
    for (slot, (name, value)) in members.iter_mut().zip(&record.members) {
        let value = match value {
            Value::Bytes(octets) => ValueRef::Bytes(octets),
            Value::Number(number) => ValueRef::Number(*number),
            Value::Flag(flag) => ValueRef::Flag(*flag),
            Value::Fields(fields) => ValueRef::Fields(fields),
        };
        *slot = (name, value);
    }
    events(&EventRef { name: &record.event, members: &members[..record.members.len().min(MOST)] });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::Http1;
    use crate::{Config, Observer, Profile, Protocol, Role, Script, Step};
    use serde_json::json;

    /// Shows how many octets it was fed, refuses every other action, and writes what it has counted.
    #[derive(Default)]
    struct Toy(usize, bool);

    impl Engine for Toy {
        fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(&EventRef<'_>)) {
            if let Input::Bytes(octets) = input {
                self.0 += octets.len();
                let fields: &[(&str, &str)] = &[("a", "b"), ("c", "d")];
                let members = &[("bytes", ValueRef::Bytes(octets)), ("fields", ValueRef::Fields(&fields))];
                events(&EventRef { name: "data", members: &members[..octets.len().min(2)] });
            }
        }

        fn send(&mut self, _: &AnyAction) -> Result<(), SendError> {
            self.1 = !self.1;
            if self.1 { Err(SendError::Refused("no".to_owned())) } else { Ok(()) }
        }

        fn transmit(&mut self, out: &mut Vec<u8>) {
            out.extend_from_slice(self.0.to_string().as_bytes());
        }
    }

    #[derive(Default)]
    struct Notes(String);

    impl Observer for Notes {
        fn event(&mut self, event: &EventRef<'_>, fed: usize) {
            self.0 += &format!("{:?} {fed}\n", event.to_record());
        }

        fn output(&mut self, octets: &[u8]) {
            self.0 += &format!("{}\n", octets.escape_ascii());
        }

        fn refused(&mut self, why: &str) {
            self.0 += why;
        }
    }

    #[test]
    fn an_echo_does_what_it_heard() {
        let send = || Step::send(json!({"data": "x"}));
        let steps = vec![Step::Receive(b"abcde".to_vec()), send(), send(), Step::Eof];
        let config = Config::default();
        let script = Script { protocol: Http1::SPEC, role: Role::Server, config, answer: false, steps };
        let toy = InProcess::of_engines(Profile::default(), |_, _| Ok(Box::new(Toy::default())));
        for pieces in [None, Some(1), Some(2)] {
            let task = Task { script: script.clone(), pieces };
            let notes = |subject: &InProcess| {
                let (mut engine, mut notes) = (subject.engine(Role::Server, &script.config).unwrap(), Notes::default());
                drive_fed(&mut *engine, &script, feeding(&task), &mut notes);
                notes.0
            };
            let echo = echo(&toy, &task).unwrap();
            assert!(notes(&toy).contains("no"));
            assert_eq!(notes(&echo), notes(&toy));
            assert_eq!(notes(&echo), notes(&toy), "from the beginning each time");
        }
    }
}
