//! What a vector is once it is loaded: everything resolved, nothing left as JSON but actions.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::script::Script;
use crate::value::Value;

/// How strongly the RFC demands what a case demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// An absolute requirement.
    #[serde(rename = "MUST")]
    Must,
    /// An absolute prohibition.
    #[serde(rename = "MUST NOT")]
    MustNot,
    /// A recommendation.
    #[serde(rename = "SHOULD")]
    Should,
    /// A recommendation against.
    #[serde(rename = "SHOULD NOT")]
    ShouldNot,
    /// Truly optional; the case records the choice.
    #[serde(rename = "MAY")]
    May,
    /// The RFC is silent: recorded, never scored.
    #[serde(rename = "OBSERVE")]
    Observe,
}

impl Level {
    /// All levels, strongest first.
    pub const ALL: [Level; 6] =
        [Level::Must, Level::MustNot, Level::Should, Level::ShouldNot, Level::May, Level::Observe];

    /// Its BCP 14 words.
    pub fn name(self) -> &'static str {
        match self {
            Level::Must => "MUST",
            Level::MustNot => "MUST NOT",
            Level::Should => "SHOULD",
            Level::ShouldNot => "SHOULD NOT",
            Level::May => "MAY",
            Level::Observe => "OBSERVE",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an outcome means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Is {
    /// It conforms.
    Pass,
    /// It conforms, against a SHOULD.
    Weak,
    /// It does not conform.
    Fail,
    /// It is recorded only.
    Seen,
}

/// Whether a case's octets may be cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseCuts {
    /// Any cut must give the same.
    #[default]
    Any,
    /// Only as written.
    Fixed,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id, unique and for ever.
    pub id: String,
    /// The input, in a few words.
    pub title: String,
    /// The suite it stands in: `framing/content-length`.
    pub suite: String,
    /// The file it was read from, and the line.
    pub place: String,
    /// The level of what it demands.
    pub level: Level,
    /// The requirements it exercises.
    pub requirements: Vec<String>,
    /// What goes wrong in practice when it is broken.
    pub why: String,
    /// Free words to select by.
    pub tags: Vec<String>,
    /// Capabilities without which it is n/a.
    pub needs: Vec<String>,
    /// Cases whose failure makes this result meaningless.
    pub after: Vec<String>,
    /// The nearest valid case, for one in which every passing outcome is a refusal.
    pub twin: Option<String>,
    /// Whether its octets may be cut.
    pub cuts: CaseCuts,
    /// Who reads the RFC otherwise; then it is recorded and not scored.
    pub disputed: Option<String>,
    /// What is done.
    pub script: Script,
    /// What may come of it; the first that fits counts.
    pub outcomes: Vec<Outcome>,
}

/// A named result of a case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its name, unique in the case.
    pub name: String,
    /// What it means.
    pub is: Is,
    /// Why, with the clause.
    pub why: String,
    /// All of these hold.
    pub when: Vec<Condition>,
}

/// One thing that holds of a transcript.
#[derive(Clone, Debug)]
pub enum Condition {
    /// The events of the steps `from..to`, in order, are exactly these.
    Expect {
        /// The first step looked at.
        from: usize,
        /// The step after the last one looked at.
        to: usize,
        /// The events.
        patterns: Vec<EventPattern>,
    },
    /// Some event fits.
    Seen(EventPattern),
    /// No event fits.
    Never(EventPattern),
    /// What was written in the steps `from..to`, read by the harness, is exactly these.
    Wrote {
        /// The first step looked at.
        from: usize,
        /// The step after the last one looked at.
        to: usize,
        /// The messages' parts.
        patterns: Vec<EventPattern>,
    },
    /// Somewhere among what was written in the steps `from..to`, this stands.
    WroteSome {
        /// The first step looked at.
        from: usize,
        /// The step after the last one looked at.
        to: usize,
        /// The message's part.
        pattern: EventPattern,
    },
    /// Nowhere in what was written in the steps `from..to` does this stand.
    Unwritten {
        /// The first step looked at.
        from: usize,
        /// The step after the last one looked at.
        to: usize,
        /// The message's part.
        pattern: EventPattern,
    },
    /// The `send` at this step was refused, or was not.
    Refused {
        /// The step, counted from 0 over the script's steps.
        step: usize,
        /// Whether it was.
        refused: bool,
    },
    /// At least one `send` among these steps was refused, any of them may be.
    RefusedSome {
        /// The steps, counted from 0 over the script's steps.
        steps: Vec<usize>,
    },
}

impl Condition {
    /// Whether it says anything about the refusal of this step.
    pub fn speaks_of_refusing(&self, step: usize) -> bool {
        match self {
            Condition::Refused { step: spoken, .. } => *spoken == step,
            Condition::RefusedSome { steps } => steps.contains(&step),
            Condition::Expect { .. }
            | Condition::Seen(_)
            | Condition::Never(_)
            | Condition::Wrote { .. }
            | Condition::WroteSome { .. }
            | Condition::Unwritten { .. } => false,
        }
    }
}

/// A pattern for one event.
#[derive(Clone, Debug)]
pub struct EventPattern {
    /// The event's name; `...` stands for any number of any events.
    pub event: String,
    /// Whether it may be missing.
    pub optional: bool,
    /// For `rejected`: the first and last octet (offsets over all received octets) at which refusing is right.
    pub at: Option<(u64, u64)>,
    /// The members that are compared.
    pub members: Vec<(String, MemberPattern)>,
}

/// A pattern for one member.
#[derive(Clone, Debug)]
pub enum MemberPattern {
    /// One of these values. Fields are compared whole, names lower-cased.
    Any(Vec<Value>),
    /// A number from the first to the second.
    Range(u64, u64),
    /// These field lines are there in this order among others, and no field has any of these names.
    Fields {
        /// Present lines.
        has: Vec<(Vec<u8>, Vec<u8>)>,
        /// Absent names.
        lacks: Vec<Vec<u8>>,
    },
}
