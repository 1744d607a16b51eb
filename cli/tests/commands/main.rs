//! The binary, as people and machines meet it: what it prints, how it exits.

mod adapters;
mod bench;
mod diff;
mod fuzz;
mod home;
mod inspect;
mod interrupt;
mod reports;
mod run;
mod support;
mod terminal;
mod vectors;
mod versions;
