//! What a protocol is to wireproof: a vocabulary of events and actions, and a table that says what each means.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::action::AnyAction;
use crate::script::Script;
use crate::transcript::Transcript;
use crate::value::{EventRef, Kind, Record};

/// Whether bytes flow as a stream (cuts apply) or come as units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A byte stream: any cut of the same octets must mean the same.
    Stream,
    /// One `receive` step is one unit, as an HPACK block is; never cut.
    Datagram,
}

/// The side of a connection that a subject plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Receives requests.
    Server,
    /// Receives responses.
    Client,
    /// Decodes blocks (HPACK).
    Decoder,
    /// Encodes blocks (HPACK).
    Encoder,
}

impl Role {
    /// Its name in vectors and in endpoint names such as `http1.server`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Server => "server",
            Role::Client => "client",
            Role::Decoder => "decoder",
            Role::Encoder => "encoder",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(name: &str) -> Result<Role, ()> {
        [Role::Server, Role::Client, Role::Decoder, Role::Encoder].into_iter().find(|r| r.name() == name).ok_or(())
    }
}

/// Something that an implementation may or may not be able to do or show.
#[derive(Clone, Copy, Debug)]
pub struct Capability {
    /// Its name, as profiles and vectors write it.
    pub name: &'static str,
    /// What a subject that has it does; a case that needs it is n/a for one that has not.
    pub means: &'static str,
}

/// One event of a vocabulary.
#[derive(Debug)]
pub struct EventSpec {
    /// Its name.
    pub name: &'static str,
    /// The capability without which it cannot be observed; patterns for it are then left out of judgement.
    pub needs: Option<&'static str>,
    /// Its members.
    pub members: &'static [MemberSpec],
}

/// One member of an event.
#[derive(Debug)]
pub struct MemberSpec {
    /// Its name.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// The capability without which it cannot be observed.
    pub needs: Option<&'static str>,
    /// Whether it takes part in comparisons between cuts and subjects (native error text does not).
    pub compared: bool,
}

impl EventSpec {
    /// A member by name.
    pub fn member(&self, name: &str) -> Option<&'static MemberSpec> {
        self.members.iter().find(|m| m.name == name)
    }
}

/// How many records two subjects can be compared by, given which capabilities both have.
pub type Comparable = fn(&[Record], &dyn Fn(&str) -> bool) -> usize;

/// What was written in some of the steps.
pub type ReadOutput = fn(Role, &Transcript, Range<usize>) -> Vec<Record>;

/// Refusals that were written, each with its step.
pub type Refusals = fn(&Script, &Transcript) -> Vec<(usize, Record)>;

/// Where the units of received octets begin.
pub type Units = fn(Role, &[u8]) -> Vec<usize>;

/// Whether received octets end inside a unit.
pub type IsUnfinished = fn(Role, &[u8]) -> bool;

/// Everything about a protocol that does not depend on Rust types: tables, and three functions.
pub struct ProtocolSpec {
    /// Its name: `http1`.
    pub name: &'static str,
    /// Stream or datagram.
    pub transport: Transport,
    /// The roles an endpoint can play.
    pub roles: &'static [Role],
    /// The vocabulary of events.
    pub events: &'static [EventSpec],
    /// The vocabulary of what is written, as `read_output` gives it.
    pub written: &'static [EventSpec],
    /// Events and written records that belong to the upkeep of any connection: they count only in lists that name
    /// them, for when a connection is seen to be over, say, is not what most cases are about.
    pub ambient: &'static [&'static str],
    /// The capabilities that profiles may claim and cases may need.
    pub capabilities: &'static [Capability],
    /// The limits and options that a case's `config` may set, with their meaning.
    pub options: &'static [(&'static str, &'static str)],
    /// Says why a JSON value is no action of this protocol.
    pub check_action: fn(&serde_json::Value) -> Result<(), String>,
    /// Makes the automatic partner that answers complete requests, for roles that need one.
    pub answerer: fn(Role) -> Option<Box<dyn Answerer>>,
    /// How many of these records two subjects can be compared by, given which capabilities both have: a subject that
    /// does not find the end of a message sees nothing after its head.
    pub comparable: Comparable,
    /// Whether field names are compared without case.
    pub fold_names: bool,
    /// Reads what an endpoint in this role wrote in some of the steps, by the harness's own strict reader; `garbled`
    /// stands for the rest.
    pub read_output: Option<ReadOutput>,
    /// Refusals (`rejected` records) that show in what was written, each with its step: where a protocol has messages
    /// that say "I refuse", a peer sees these, whether or not the implementation also reports them.
    pub refusals: Option<Refusals>,
    /// Where the units (frames) of what an endpoint in this role receives begin, but for the first.
    pub units: Option<Units>,
    /// Whether what an endpoint in this role received ends inside a unit (a frame, a field block), so that who says
    /// nothing of it may only be waiting.
    pub is_unfinished: Option<IsUnfinished>,
    /// A unit in words, for people.
    pub show_unit: fn(&[u8]) -> String,
}

impl fmt::Debug for ProtocolSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProtocolSpec({})", self.name)
    }
}

impl ProtocolSpec {
    /// An event by name.
    pub fn event(&self, name: &str) -> Option<&'static EventSpec> {
        self.events.iter().find(|e| e.name == name)
    }

    /// Something written, by name.
    pub fn written(&self, name: &str) -> Option<&'static EventSpec> {
        self.written.iter().find(|e| e.name == name)
    }

    /// Says what in a record is not of this vocabulary.
    pub fn check_record(&self, record: &Record) -> Result<(), String> {
        let Some(event) = self.event(&record.event) else {
            let known: Vec<_> = self.events.iter().map(|e| e.name).collect();
            return Err(format!("unknown event {:?}; {} knows {}", record.event, self.name, known.join(", ")));
        };
        for (name, value) in &record.members {
            match event.member(name) {
                Some(member) if member.kind == value.kind() => {}
                Some(member) => {
                    return Err(format!("{}.{name} is {:?}, expected {:?}", event.name, value.kind(), member.kind));
                }
                None => {
                    let known: Vec<_> = event.members.iter().map(|m| m.name).collect();
                    return Err(format!("{} has no member {name:?}; it has {}", event.name, known.join(", ")));
                }
            }
        }
        Ok(())
    }
}

/// The harness's side of a conversation: sees an endpoint's events and says what to send next.
pub trait Answerer {
    /// The actions to send now that this event was reported; usually none. Actions that are always the same are lent:
    /// making them anew for every message would cost more than the message.
    fn observe(&mut self, event: &EventRef<'_>) -> Cow<'static, [AnyAction]>;
}

/// The vocabulary of one protocol with its Rust types, for authors of in-process adapters.
pub trait Protocol: Sized + 'static {
    /// What an endpoint reports. It borrows from the endpoint or its input.
    type Event<'a>;
    /// What an endpoint can be asked to send.
    type Action: Serialize + DeserializeOwned + Clone + fmt::Debug + Send + Sync;
    /// The protocol's tables.
    const SPEC: &'static ProtocolSpec;

    /// Shows an event without its type. Allocates nothing.
    fn describe(event: &Self::Event<'_>, show: &mut dyn FnMut(&EventRef<'_>));
}

/// The protocols this version of wireproof brings.
pub fn protocols() -> &'static [&'static ProtocolSpec] {
    &[crate::http1::Http1::SPEC, crate::http2::Http2::SPEC, crate::hpack::Hpack::SPEC]
}
