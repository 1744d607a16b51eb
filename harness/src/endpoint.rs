//! What the author of an in-process adapter implements: [`Implementation`] opens [`Endpoint`]s.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::action::AnyAction;
use crate::drive::Engine;
use crate::protocol::{Protocol, Role};
use crate::value::EventRef;

/// Limits and options that a script asks for, by the names in [`crate::ProtocolSpec::options`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Config(pub BTreeMap<String, u64>);

impl Config {
    /// An option's value, if the script sets it.
    pub fn get(&self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }

    /// Fails for options other than these: what an implementation cannot be told, it must not ignore.
    pub fn only(&self, known: &[&str]) -> Result<(), Unsupported> {
        match self.0.keys().find(|k| !known.contains(&k.as_str())) {
            Some(name) => Err(Unsupported(format!("cannot set {name}"))),
            None => Ok(()),
        }
    }
}

/// Who a subject is and what it can do. This is also the `hello` of a child.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Profile {
    /// The implementation's name: `h11`.
    pub name: String,
    /// Its version: `0.16.0`.
    pub version: String,
    /// The language it is written in, lower case.
    pub language: String,
    /// The endpoints it can open: `http1.server`.
    pub endpoints: Vec<String>,
    /// Its capabilities, by the names of the protocol's table.
    pub can: Vec<String>,
    /// Its licence, as an SPDX expression.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
    /// Its home page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub home: String,
    /// For each missing capability, why it is missing, where that is not plain.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cannot: BTreeMap<String, String>,
}

impl Profile {
    /// Of a Rust crate that plays every role of a protocol; `cannot` says why a capability is missing.
    pub fn rust<P: Protocol>(name: &str, version: &str, can: &[&str], cannot: &[(&str, &str)]) -> Profile {
        Profile {
            name: name.to_owned(),
            version: version.to_owned(),
            language: "rust".to_owned(),
            endpoints: P::SPEC.roles.iter().map(|role| format!("{}.{role}", P::SPEC.name)).collect(),
            can: can.iter().map(|c| (*c).to_owned()).collect(),
            cannot: cannot.iter().map(|(c, why)| ((*c).to_owned(), (*why).to_owned())).collect(),
            ..Profile::default()
        }
    }

    /// Whether it claims this capability.
    pub fn can(&self, capability: &str) -> bool {
        self.can.iter().any(|c| c == capability)
    }

    /// Whether it can open this endpoint.
    pub fn opens(&self, endpoint: &str) -> bool {
        self.endpoints.iter().any(|e| e == endpoint)
    }
}

/// Why an endpoint cannot be opened as asked: the case is n/a.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported(pub String);

/// Why an action was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The implementation refused: its own words, shown to people and never matched.
    Refused(String),
    /// The implementation's interface has no way to say this: the case is n/a.
    Cannot(String),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::Refused(text) => write!(f, "refused: {text}"),
            SendError::Cannot(text) => write!(f, "cannot: {text}"),
        }
    }
}

/// What is fed to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// Octets from the peer. **An empty slice is not the end of the stream**: it means "go on with what you have",
    /// and comes after each action, so that an implementation that waited for it can report what it held back.
    Bytes(&'a [u8]),
    /// The peer ended its stream.
    Eof,
    /// So many milliseconds passed.
    Tick(u64),
}

/// A library at a version that can open endpoints.
pub trait Implementation<P: Protocol>: Send + Sync {
    /// Who it is and what it can do.
    fn profile(&self) -> &Profile;

    /// A new endpoint, with nothing in common with any other.
    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<P>>, Unsupported>;
}

/// One side of one connection. It is fed; it never fetches. **An adapter translates and never judges, repairs or
/// hides.**
pub trait Endpoint<P: Protocol> {
    /// Takes input and reports, in order, every event that the implementation now shows.
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(P::Event<'_>));

    /// Asks for something to be sent. A parser without a writing side accepts what it needs to frame the reply (a
    /// client's `request`) and writes nothing.
    fn send(&mut self, action: &P::Action) -> Result<(), SendError>;

    /// Appends to `out` what the endpoint wants written, and forgets it.
    fn transmit(&mut self, out: &mut Vec<u8>);
}

/// An [`Endpoint`] without its protocol's types.
pub struct Typed<P: Protocol>(pub Box<dyn Endpoint<P>>);

impl<P: Protocol> Engine for Typed<P> {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(&EventRef<'_>)) {
        self.0.receive(input, &mut |event| P::describe(&event, events));
    }

    fn send(&mut self, action: &AnyAction) -> Result<(), SendError> {
        self.0.send(action.typed().map_err(SendError::Cannot)?)
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.0.transmit(out);
    }
}
