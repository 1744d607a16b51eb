//! A script: what is done to one endpoint, from its opening to its end.

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::action::AnyAction;
use crate::bytes::{from_hex, to_hex};
use crate::endpoint::Config;
use crate::protocol::{ProtocolSpec, Role};

/// One step of a script. In the child protocol it is an array: `["receive", "4745…"]`, `["send", {…}]`,
/// `["tick", 5000]`, `["eof"]`.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Octets arrive from the peer.
    Receive(Vec<u8>),
    /// The peer ends its stream.
    Eof,
    /// The endpoint is asked to send something; one of the protocol's actions.
    Send(AnyAction),
    /// So many milliseconds pass.
    Tick(u64),
}

impl Step {
    /// The octets that arrive with it, if it is a `receive` step.
    pub fn received(&self) -> Option<&[u8]> {
        match self {
            Step::Receive(octets) => Some(octets),
            Step::Eof | Step::Send(_) | Step::Tick(_) => None,
        }
    }
}

/// Steps for one endpoint in one role.
#[derive(Clone, Debug)]
pub struct Script {
    /// The protocol spoken.
    pub protocol: &'static ProtocolSpec,
    /// The endpoint's role.
    pub role: Role,
    /// Limits and options asked for.
    pub config: Config,
    /// Whether complete requests are answered automatically, so that pipelined ones go on.
    pub answer: bool,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

impl Step {
    /// Asking for this action, in its JSON form.
    pub fn send(action: serde_json::Value) -> Step {
        Step::Send(action.into())
    }
}

impl Script {
    /// The endpoint's name, `http1.server`.
    pub fn endpoint(&self) -> String {
        format!("{}.{}", self.protocol.name, self.role)
    }

    /// All octets of its `receive` steps, in order.
    pub fn received(&self) -> Vec<u8> {
        self.steps.iter().filter_map(Step::received).flatten().copied().collect()
    }

    /// How many octets its `receive` steps have.
    pub fn length(&self) -> usize {
        self.steps.iter().filter_map(Step::received).map(<[u8]>::len).sum()
    }

    /// A script that feeds these octets and then, if `eof`, ends the stream.
    pub fn of_bytes(protocol: &'static ProtocolSpec, role: Role, octets: Vec<u8>, eof: bool) -> Script {
        let mut steps = vec![Step::Receive(octets)];
        if eof {
            steps.push(Step::Eof);
        }
        Script { protocol, role, config: Config::default(), answer: true, steps }
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        match self {
            Step::Receive(octets) => {
                seq.serialize_element("receive")?;
                seq.serialize_element(&to_hex(octets))?;
            }
            Step::Eof => seq.serialize_element("eof")?,
            Step::Send(action) => {
                seq.serialize_element("send")?;
                seq.serialize_element(action)?;
            }
            Step::Tick(ms) => {
                seq.serialize_element("tick")?;
                seq.serialize_element(ms)?;
            }
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Step, D::Error> {
        let parts = Vec::<serde_json::Value>::deserialize(deserializer)?;
        let name = parts.first().and_then(|v| v.as_str()).unwrap_or_default();
        let bad = || de::Error::custom(format!("not a step: {}", serde_json::Value::from(parts.clone())));
        match (name, parts.get(1)) {
            ("receive", Some(serde_json::Value::String(hex))) => {
                from_hex(hex).map(Step::Receive).map_err(de::Error::custom)
            }
            ("send", Some(action)) => Ok(Step::Send(action.clone().into())),
            ("tick", Some(ms)) => ms.as_u64().map(Step::Tick).ok_or_else(bad),
            ("eof", None) => Ok(Step::Eof),
            _ => Err(bad()),
        }
    }
}
