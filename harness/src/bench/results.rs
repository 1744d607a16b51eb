//! What a benchmark leaves behind: one JSON document, of which every report and every comparison is made.

use serde::{Deserialize, Serialize};

use crate::vectors::Chart;

/// The version of this form.
pub const FORMAT: u32 = 1;

/// All that was measured in one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BenchResults {
    /// The version of this form.
    pub bench: u32,
    /// The version of wireproof.
    pub wireproof: String,
    /// Where.
    pub machine: Machine,
    /// Rounds, each of which measures every subject once.
    pub rounds: usize,
    /// About how long one measurement takes, in milliseconds of processor time.
    pub slice_ms: f64,
    /// The workloads, in order.
    pub workloads: Vec<WorkloadInfo>,
    /// The subjects, in order, those that could not start among them.
    pub subjects: Vec<SubjectInfo>,
    /// The measurements: each workload's one after the other.
    pub measurements: Vec<Measurement>,
    /// What the harness costs by itself, workload by workload.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sinks: Vec<SinkCost>,
}

/// The machine, as far as figures depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's model.
    pub processor: String,
    /// How many of them.
    pub processors: usize,
    /// The operating system's name.
    pub system: String,
}

impl Machine {
    /// This one.
    pub fn here() -> Machine {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        Machine {
            processor: model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned()),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadInfo {
    /// Its id.
    pub id: String,
    /// The traffic.
    pub title: String,
    /// Whose traffic it is like, or why it is hard.
    pub why: String,
    /// `http1.server`.
    pub endpoint: String,
    /// Octets fed in one run.
    pub octets: u64,
    /// Complete messages (HPACK: blocks) in one run.
    pub messages: u64,
    /// The size of the pieces, if it is not fed whole.
    pub pieces: Option<usize>,
    /// The chart it is a point of.
    pub chart: Option<Chart>,
}

/// Who ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectInfo {
    /// The name it was asked for by.
    pub name: String,
    /// Its version; empty if it could not start.
    pub version: String,
    /// The language it is written in.
    pub language: String,
    /// Why it took no part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
}

/// One subject on one workload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The workload's id.
    pub workload: String,
    /// The subject's name.
    pub subject: String,
    /// What it made of the traffic, or why it could not be measured.
    pub outcome: Result<(Work, Cost), String>,
}

/// What the harness costs by itself on a workload: calling a subject of its own process, describing the events that
/// the reference core reports, counting them, finding answers. It is part of every such subject's cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SinkCost {
    /// The workload's id.
    pub workload: String,
    /// The cost.
    pub cost: Cost,
}

/// What a subject did in one run, by its transcript.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Messages shown to their end, or heads.
    pub messages: u64,
    /// It shows heads and no ends.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heads_only: bool,
    /// Events reported.
    pub events: u64,
    /// Octets written.
    pub written: u64,
    /// The canonical transcript's SHA-256, the first 16 hexadecimal digits: the same in every run of this version.
    pub digest: String,
    /// In what it differs from the first subject, as far as both can show; nothing if it did the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differs: Option<String>,
}

impl Work {
    /// Whether it did all that the workload asks for: what is less is no race.
    pub fn is_whole(&self, workload: &WorkloadInfo) -> bool {
        self.messages >= workload.messages && !self.heads_only && self.differs.is_none()
    }
}

/// What one run cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Nanoseconds of processor time for one run, round by round.
    pub samples: Vec<f64>,
    /// Runs in each measurement.
    pub times: u64,
    /// Instructions for one run, if they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<f64>,
}

impl BenchResults {
    /// What a subject made of a workload.
    pub fn outcome(&self, workload: &str, subject: &str) -> Option<&Result<(Work, Cost), String>> {
        let one = self.measurements.iter().find(|m| m.workload == workload && m.subject == subject)?;
        Some(&one.outcome)
    }
}
