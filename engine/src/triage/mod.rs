//! From a flood of divergences to a short queue: where in the grammar an octet stands, smaller inputs that show the
//! same, repairs that undo one cause each. Everything here is a pure function of inputs and of an oracle that says
//! whether an input still shows what is looked at.

/// A row of a table of repairs.
macro_rules! repair {
    ($name:literal, $what:literal, $clause:literal, $apply:expr) => {
        crate::triage::repair::Repair { name: $name, what: $what, clause: $clause, apply: $apply }
    };
}

mod frames;
mod minimise;
mod place;
mod place_h2;
mod place_hpack;
mod repair;
mod repair_fields;
mod repair_frames;
mod repair_h2;
mod repair_hpack;
mod repair_settings;
mod repair_streams;
#[cfg(test)]
mod tests_h2;

pub use minimise::{Budget, minimise};
pub use place::{Place, place};
pub(crate) use place_hpack::prefixes;
pub use repair::{Repair, joint, repairs, specific};
