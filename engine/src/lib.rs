//! The fuzzing engine of wireproof: generators and structure-aware mutators, the laws and the differential panel that
//! inputs are put to, the loop that looks for new behaviour, and the triage that makes a short queue of what it found.
//!
//! Everything starts from an [`Input`]: one octet that says how, and the octets that are fed. It is what a corpus file
//! holds, what libFuzzer mutates, and what a finding replays.

pub mod corpus;
pub mod explain;
pub mod files;
pub mod findings;
mod frames;
pub mod generate;
mod hpack;
pub mod hunt;
mod input;
pub mod known;
pub mod laws;
pub mod mutate;
pub mod panel;
pub mod store;
pub mod triage;

pub use input::{Input, Target};
