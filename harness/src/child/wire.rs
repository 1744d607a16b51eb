//! The messages of the child protocol.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bench::Measured;
use crate::cuts::{Cut, Cuts};
use crate::endpoint::{Config, Profile};
use crate::judge::{Judgement, Verdict};
use crate::recorded::Lines;
use crate::script::Step;
use crate::transcript::{Fault, FaultKind, StepRecord, Transcript};

/// The version of the protocol.
pub(super) const PROTOCOL: u32 = 1;

/// A child's greeting.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    pub(super) protocol: u32,
    #[serde(flatten)]
    pub(super) profile: Profile,
}

/// A script to run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Run<'a> {
    pub(super) run: u64,
    pub(super) endpoint: String,
    #[serde(default)]
    pub(super) answer: bool,
    #[serde(default)]
    pub(super) config: Cow<'a, Config>,
    pub(super) steps: Cow<'a, [Step]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) cuts: Vec<CutSpec>,
}

/// A cut in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum CutSpec {
    /// One split before this offset.
    At(usize),
    /// A split before each of these offsets.
    Units(Vec<usize>),
    /// `"octets"`.
    Name(String),
}

impl From<&Cut> for CutSpec {
    fn from(cut: &Cut) -> CutSpec {
        match cut {
            Cut::At(offset) => CutSpec::At(*offset),
            Cut::Units(starts) => CutSpec::Units(starts.clone()),
            cut => CutSpec::Name(cut.name()),
        }
    }
}

impl CutSpec {
    /// The cut it names.
    pub(super) fn cut(&self) -> Option<Cut> {
        match self {
            CutSpec::At(offset) => Some(Cut::At(*offset)),
            CutSpec::Units(starts) => Some(Cut::Units(starts.clone())),
            CutSpec::Name(name) if name == "octets" => Some(Cut::Octets),
            CutSpec::Name(name) if name == "whole" => Some(Cut::Whole),
            CutSpec::Name(_) => None,
        }
    }
}

/// What came of a run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Ran {
    pub(super) ran: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cannot: Option<String>,
    #[serde(default)]
    pub(super) steps: Vec<StepRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) cuts: BTreeMap<String, WireTranscript>,
}

impl Ran {
    /// The transcript of the script as written, and those of the cuts.
    pub(super) fn transcripts(self) -> (Transcript, BTreeMap<String, WireTranscript>) {
        (WireTranscript { steps: self.steps, fault: self.fault }.into(), self.cuts)
    }
}

/// A bundled case to run and to judge.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Judge {
    pub(super) judge: u64,
    /// The mark of the asker's vectors.
    pub(super) vectors: String,
    /// The case's id, and its place in the vectors.
    pub(super) case: String,
    pub(super) place: String,
    pub(super) cuts: Cuts,
    #[serde(default)]
    pub(super) seed: u64,
}

/// The judgement; what is left out is empty.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Judged {
    pub(super) judged: u64,
    verdict: Verdict,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    outcome: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    why: String,
    cut: CutSpec,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    got: Vec<String>,
    #[serde(default)]
    omitted: usize,
    #[serde(default)]
    differing: usize,
}

impl Judged {
    /// A judgement as a message.
    pub(super) fn new(judged: u64, judgement: Judgement) -> Judged {
        let Judgement { verdict, outcome, why, cut, got: Lines { lines: got, omitted }, differing } = judgement;
        Judged { judged, verdict, outcome, why, cut: CutSpec::from(&cut), got, omitted, differing }
    }

    /// The judgement; none if its cut is none.
    pub(super) fn judgement(self) -> Option<Judgement> {
        let Judged { judged: _, verdict, outcome, why, cut, got, omitted, differing } = self;
        Some(Judgement { verdict, outcome, why, cut: cut.cut()?, got: Lines { lines: got, omitted }, differing })
    }
}

/// A task to be run so many times. Without steps it is the task of the message before.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Bench {
    pub(super) bench: u64,
    pub(super) times: u64,
    #[serde(default, skip_serializing_if = "Option::is_none", flatten)]
    pub(super) task: Option<WireTask>,
}

/// A task in a message.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireTask {
    pub(super) endpoint: String,
    #[serde(default)]
    pub(super) answer: bool,
    #[serde(default)]
    pub(super) config: Config,
    pub(super) steps: Vec<Step>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pieces: Option<usize>,
}

/// What it took.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Benched {
    pub(super) benched: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nanoseconds: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) events: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cannot: Option<String>,
}

impl Benched {
    /// What was measured, or why it cannot be; none if it says neither.
    pub(super) fn outcome(self) -> Option<Result<Measured, String>> {
        match (self.cannot, self.nanoseconds, self.events) {
            (Some(why), ..) => Some(Err(why)),
            (None, Some(nanoseconds), Some(events)) => Some(Ok(Measured { nanoseconds, events })),
            (None, ..) => None,
        }
    }
}

/// A transcript in a message: the fault is only its text.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct WireTranscript {
    #[serde(default)]
    pub(super) steps: Vec<StepRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<String>,
}

impl From<WireTranscript> for Transcript {
    fn from(wire: WireTranscript) -> Transcript {
        let fault = wire.fault.map(|text| Fault { kind: FaultKind::Panic, text });
        Transcript { steps: wire.steps, fault }
    }
}

impl From<Transcript> for WireTranscript {
    fn from(transcript: Transcript) -> WireTranscript {
        WireTranscript { steps: transcript.steps, fault: transcript.fault.map(|f| f.text) }
    }
}
