//! Libraries that join in process through the C ABI of `adapters/sdk/wireproof.h`: any C library with a shim, and any
//! language that can export C.
//!
//! ```no_run
//! # fn main() -> Result<(), String> {
//! let subject = wireproof_adapters::c::Library::load("./libwireproof-mine.so".as_ref())?;
//! println!("{} {}", subject.profile().name, subject.profile().version);
//! # Ok(()) }
//! ```
//!
//! `unsafe` is confined to the two files of this folder that talk to the library: `abi` (what the header declares) and
//! `loaded` (the library and its endpoints).

mod abi;
mod action;
mod loaded;

pub use loaded::Library;

/// The header that a shim includes; set-up recipes write it next to the shim they compile.
pub const HEADER: &str = include_str!("../../sdk/wireproof.h");
