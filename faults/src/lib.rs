//! Faults as real parsers have had them, planted one at a time in copies of the reference cores: subjects whose fault is
//! known. Each line of `faults.json` is one; `build.rs` makes the copies, each with its one textual replacement.

extern crate alloc; // the copied modules name it

pub mod seeds;

use serde::Deserialize;
use wireproof::InProcess;
use wireproof::bytes::unescape;
use wireproof_engine::panel::{Member, Panel};
use wireproof_engine::{Input, Target};

include!(concat!(env!("OUT_DIR"), "/copies.rs"));

/// A planted fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What it is called.
    pub name: String,
    /// The core: `http1`, `http2`, `hpack`.
    pub core: String,
    /// The file among the core's sources.
    pub file: String,
    /// The text that stands there once.
    pub find: String,
    /// What stands there instead.
    pub replace: String,
    /// What the faulty core does.
    pub what: String,
    /// The clause that it breaks.
    pub clause: String,
    /// Whether a measurement missed it before, and the generators have had rows for it since.
    #[serde(default)]
    pub missed: bool,
    /// An input that shows it.
    pub witness: Witness,
}

/// An input as people write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// How it is fed; see [`Input`].
    pub shape: u8,
    /// The octets, with `\r`, `\n`, `\xHH`.
    pub octets: String,
}

/// All faults, in the order of the table.
///
/// # Errors
/// If the table is not well-formed.
pub fn faults() -> Result<Vec<Fault>, String> {
    serde_json::from_str(include_str!("../faults.json")).map_err(|error| format!("faults.json: {error}"))
}

impl Fault {
    /// What its core speaks.
    pub fn target(&self) -> Target {
        match self.core.as_str() {
            "http1" => Target::Http1,
            "http2" => Target::Http2,
            _ => Target::Hpack, // the build knows no other
        }
    }

    /// The faulty copy.
    pub fn subject(&self) -> Option<InProcess> {
        subject(&self.name).map(|subject| subject.named(&self.name))
    }

    /// An input that shows it.
    ///
    /// # Errors
    /// If the octets are not well escaped.
    pub fn witness(&self) -> Result<Input, String> {
        let octets = unescape(self.witness.octets.as_bytes()).map_err(|error| format!("{}: {error}", self.name))?;
        Ok(Input { target: self.target(), shape: self.witness.shape, octets })
    }

    /// The faulty copy, and the core as it is.
    pub fn panel(&self) -> Option<Panel> {
        let target = self.target();
        let members = vec![Member::here(target, self.subject()?), Member::here(target, good(target)?)];
        Some(Panel::new(target, members))
    }
}

/// A copy of a core as it is.
pub fn good(target: Target) -> Option<InProcess> {
    let name = match target {
        Target::Http1 => "http1",
        Target::Http2 => "http2",
        Target::Hpack => "hpack",
    };
    subject(name).map(|subject| subject.named("good"))
}
