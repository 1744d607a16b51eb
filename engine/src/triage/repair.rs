//! One-line repairs: each undoes one cause of divergence, and so names it.

mod http1;
mod lines;

use crate::{Input, Target};

/// A repair.
#[derive(Clone, Copy, Debug)]
pub struct Repair {
    /// Its label: `bare-lf`, `host-repeated`.
    pub name: &'static str,
    /// What was wrong where it helps, for people: `a line that ends with LF alone`.
    pub what: &'static str,
    /// The clause that speaks of it: `RFC 9112, 2.2`.
    pub clause: &'static str,
    /// The repaired input; none where there is nothing to repair.
    pub apply: fn(&Input) -> Option<Input>,
}

/// The repairs of a target, in the order in which they are tried: from the specific to the general.
pub fn repairs(target: Target) -> &'static [Repair] {
    match target {
        Target::Http1 => http1::REPAIRS,
        Target::Http2 => super::repair_h2::HTTP2,
        Target::Hpack => super::repair_hpack::HPACK,
    }
}

/// The repairs of a target without those at the end that take away most of a message.
pub fn specific(target: Target) -> &'static [Repair] {
    before(target, http1::GENERAL)
}

/// The repairs that may help together: the specific ones, and what undoes a difference that others would be hidden by.
pub fn joint(target: Target) -> &'static [Repair] {
    before(target, http1::ALONE)
}

/// The repairs before the one of this name; all of them where there is none.
fn before(target: Target, name: &str) -> &'static [Repair] {
    let all = repairs(target);
    let at = all.iter().position(|repair| repair.name == name);
    &all[..at.filter(|_| target == Target::Http1).unwrap_or(all.len())]
}
