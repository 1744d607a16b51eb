//! How fast subjects are: the same workloads by all of them in interleaved rounds, measured where the subject lives.
//!
//! A measurement is processor time, not the time of day: what else the machine does is not the subject's cost. The
//! events go nowhere but are counted; the count must be that of the transcript (or more, if a workload is fed in pieces),
//! so that nobody is fast by leaving work out. What the events say is compared, once and before, as `diff` compares it
//! ([`Work`]).

mod measure;
mod results;
mod round;
mod sink;
mod stats;

use crate::script::Script;

pub(crate) use measure::measure;
pub use measure::processor_time;
pub use results::{BenchResults, Cost, FORMAT, Machine, Measurement, SinkCost, SubjectInfo, Work, WorkloadInfo};
pub use round::{Options, Progress, run};
pub use stats::{Ranked, Spread, rank};

/// What is run again and again.
#[derive(Clone, Debug)]
pub struct Task {
    /// What is done to a new endpoint each time.
    pub script: Script,
    /// The octets of a `receive` step come in pieces of so many; whole if not given.
    pub pieces: Option<usize>,
}

/// What running a task some times took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Processor time in nanoseconds, all runs together.
    pub nanoseconds: u64,
    /// Events reported in all runs together.
    pub events: u64,
}
