//! From a flood of divergences to a short queue: where in the grammar an octet stands, smaller inputs that show the
//! same, repairs that undo one cause each. Everything here is a pure function of inputs and of an oracle that says
//! whether an input still shows what is looked at.

mod minimise;
mod place;
mod repair;

pub use minimise::{Budget, minimise};
pub use place::{Place, place};
pub use repair::{Repair, repairs};
