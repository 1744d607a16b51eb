//! adapters
pub mod c;
pub mod setup;
