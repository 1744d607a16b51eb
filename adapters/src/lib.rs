//! The bundled subjects: adapters that name what HTTP implementations show in wireproof's vocabulary.

pub mod c;
pub mod ledger;
pub mod node;
pub mod python;
pub mod registry;
pub mod rust;
pub mod setup;
