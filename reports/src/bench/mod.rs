//! Reports of benchmarks: the figures of `wireproof bench` in, one page out. Each is a pure function of
//! [`BenchResults`](wireproof::bench::BenchResults) and of nothing else.

mod charts;
mod compare;
mod markdown;
mod page;
mod rows;
mod terminal;

pub use charts::charts;
pub use compare::compare;
pub use markdown::markdown;
pub use page::page;
pub use terminal::terminal;
