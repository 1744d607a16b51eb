//! Two endpoints, joined: what the one writes the other receives, until neither has anything to say.
//!
//! A sans-I/O endpoint is deterministic, so nothing has to be kept alive between the turns: each turn runs a side's
//! whole script again, with what has come since, and what is new in its transcript goes to the other side. That works
//! for children as it does in process.

use crate::endpoint::Config;
use crate::protocol::{ProtocolSpec, Role};
use crate::script::{Script, Step};
use crate::subject::Session;
use crate::transcript::Transcript;
use crate::value::Record;

/// More turns than any workload takes; then the sides are stuck.
const TURNS: usize = 200;

/// What a side does by itself: its first actions, and what it does upon an event.
pub trait Party {
    /// What it does before anything is received.
    fn opening(&self) -> Vec<serde_json::Value>;

    /// What it does about one of the events reported so far: the one at this index. Those behind it came in the same
    /// turn.
    fn react(&self, events: &[&Record], at: usize) -> Vec<serde_json::Value>;
}

/// One side and what it has done.
struct Side<'a> {
    session: &'a mut dyn Session,
    party: &'a dyn Party,
    script: Script,
    transcript: Transcript,
    /// Octets of its output that the other side has.
    passed: usize,
    /// Events that its party has seen.
    seen: usize,
}

/// How a conversation went.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// The client's transcript.
    pub client: Transcript,
    /// The server's.
    pub server: Transcript,
    /// How many turns it took.
    pub turns: usize,
}

/// Lets a client and a server talk until neither has anything to say, or says why they cannot.
pub fn converse(
    protocol: &'static ProtocolSpec,
    client: (&mut dyn Session, &dyn Party),
    server: (&mut dyn Session, &dyn Party),
) -> Result<Conversation, String> {
    let mut client = Side::new(protocol, Role::Client, client.0, client.1);
    let mut server = Side::new(protocol, Role::Server, server.0, server.1);
    for turns in 1..=TURNS {
        let asked = client.turn()?;
        server.hear(asked);
        let answered = server.turn()?;
        let quiet = client.is_quiet() && server.is_quiet() && answered.is_empty();
        client.hear(answered);
        if quiet {
            return Ok(Conversation { client: client.transcript, server: server.transcript, turns });
        }
    }
    Err(format!("they are not done after {TURNS} turns"))
}

impl<'a> Side<'a> {
    fn new(
        protocol: &'static ProtocolSpec,
        role: Role,
        session: &'a mut dyn Session,
        party: &'a dyn Party,
    ) -> Side<'a> {
        let steps = party.opening().into_iter().map(Step::send).collect();
        let script = Script { protocol, role, config: Config::default(), answer: false, steps };
        Side { session, party, script, transcript: Transcript::default(), passed: 0, seen: 0 }
    }

    fn hear(&mut self, octets: Vec<u8>) {
        if !octets.is_empty() {
            self.script.steps.push(Step::Receive(octets));
        }
    }

    /// Nothing has been heard or done since the last turn.
    fn is_quiet(&self) -> bool {
        self.transcript.steps.len() == self.script.steps.len()
    }

    /// Runs what there is, reacts to what is new until nothing is, and gives what is to be passed on.
    fn turn(&mut self) -> Result<Vec<u8>, String> {
        loop {
            if !self.is_quiet() {
                self.run()?;
            }
            let events: Vec<&Record> = self.transcript.events().map(|(_, seen)| &seen.record).collect();
            let mut actions = Vec::new();
            while self.seen < events.len() {
                actions.extend(self.party.react(&events, self.seen));
                self.seen += 1;
            }
            if actions.is_empty() {
                break;
            }
            self.script.steps.extend(actions.into_iter().map(Step::send));
        }
        let output = self.transcript.output();
        let new = output.get(self.passed..).unwrap_or_default().to_vec();
        self.passed = output.len();
        Ok(new)
    }

    fn run(&mut self) -> Result<(), String> {
        let role = self.script.role;
        let transcript = self.session.transcribe(&self.script);
        self.transcript = transcript.map_err(|why| format!("the {role} cannot take part: {why}"))?;
        match &self.transcript.fault {
            Some(fault) => Err(format!("the {role} broke: {}", fault.text)),
            None => Ok(()),
        }
    }
}
