//! wireproof judges sans-I/O protocol implementations: code that turns bytes into events and actions into bytes.
//!
//! Everything is a [`Script`] run by a [`Subject`], giving a [`Transcript`]; all judgement is a pure function of
//! transcripts. This crate is all a third party needs: the vocabulary, the traits an adapter implements, the vectors,
//! the runner and the judge.
//!
//! To judge your own library, implement [`Endpoint`] (one side of one connection) and [`Implementation`] (which opens
//! endpoints) for a [`Protocol`], and hand an [`InProcess`] of it to [`runner::run`]; or speak the child protocol of
//! [`child`] from any language.

mod action;
pub mod bench;
pub mod bytes;
pub mod child;
pub mod compare;
pub mod converse;

pub mod cuts;
pub mod divergence;
mod drive;
mod endpoint;
mod field_buffer;
mod follow;
pub mod hpack;
pub mod http1;
pub mod http2;
pub mod judge;
pub mod ledger;
mod protocol;
pub mod recorded;
pub mod requirements;
pub mod results;
pub mod runner;

mod script;
mod subject;
mod transcript;
mod value;
pub mod vectors;

pub use action::AnyAction;
pub use drive::{Ending, Engine, Observer, drive, panic_text, transcribe};
pub use endpoint::{Config, Endpoint, Implementation, Input, Profile, SendError, Typed, Unsupported};
pub use field_buffer::FieldBuffer;
pub use protocol::{
    Answerer, Capability, Comparable, EventSpec, IsUnfinished, MemberSpec, Protocol, ProtocolSpec, ReadOutput,
    Refusals, Role, Transport, Units, protocols,
};
pub use script::{Script, Step};
pub use subject::{Answer, Asked, InProcess, Job, Session, Subject, Unavailable};
pub use transcript::{Fault, FaultKind, Seen, StepRecord, Transcript};
pub use value::{EventRef, FieldList, Fields, Kind, Record, Value, ValueRef};
