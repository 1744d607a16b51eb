//! What results keep of what is long: enough to see what it is, its size, and for scripts the digest by which to know
//! the whole, which the vectors have.

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::bytes::{from_hex, to_hex};
use crate::script::Step;

/// The most octets of a `receive` step, and of a `send` step's JSON, that a case record holds.
pub const STEP_KEPT: usize = 2048;

/// A step as a case record holds it. In JSON one that is cut is an array of three: `["receive", "474554…", {"octets":
/// 1700110, "sha256": "5d41…"}]`, in which the first octets come before the size and digest of all; a `send` has the
/// first characters of its action's JSON instead of the action.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordedStep {
    /// All of it.
    Whole(Step),
    /// The beginning of the octets that arrive.
    Receive {
        /// The first [`STEP_KEPT`] octets.
        first: Vec<u8>,
        /// All of them.
        all: Extent,
    },
    /// The beginning of an action.
    Send {
        /// The first characters of its JSON, at most [`STEP_KEPT`] octets of them.
        first: String,
        /// All of its JSON, without white space between.
        all: Extent,
    },
}

/// How much there is of what is not held.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// How many octets.
    pub octets: usize,
    /// Their SHA-256, in hex.
    pub sha256: String,
}

impl Extent {
    fn of(octets: &[u8]) -> Extent {
        Extent { octets: octets.len(), sha256: to_hex(&Sha256::digest(octets)) }
    }
}

impl RecordedStep {
    /// A step, cut if it is long.
    pub fn of(step: &Step) -> RecordedStep {
        match step {
            Step::Receive(octets) if octets.len() > STEP_KEPT => {
                RecordedStep::Receive { first: octets[..STEP_KEPT].to_vec(), all: Extent::of(octets) }
            }
            Step::Send(action) => {
                let text = action.to_string();
                match text.len() {
                    0..=STEP_KEPT => RecordedStep::Whole(step.clone()),
                    _ => RecordedStep::Send { first: beginning(&text).to_owned(), all: Extent::of(text.as_bytes()) },
                }
            }
            _ => RecordedStep::Whole(step.clone()),
        }
    }

    /// The octets that it has arrive, as far as they are held, and how many there are in all.
    pub fn received(&self) -> (&[u8], usize) {
        match self {
            RecordedStep::Whole(Step::Receive(octets)) => (octets, octets.len()),
            RecordedStep::Receive { first, all } => (first, all.octets),
            RecordedStep::Whole(_) | RecordedStep::Send { .. } => (&[], 0),
        }
    }
}

/// At most [`STEP_KEPT`] octets of a text, ending between characters.
fn beginning(text: &str) -> &str {
    let end = (0..=STEP_KEPT.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

impl Serialize for RecordedStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, first, all) = match self {
            RecordedStep::Whole(step) => return step.serialize(serializer),
            RecordedStep::Receive { first, all } => ("receive", to_hex(first), all),
            RecordedStep::Send { first, all } => ("send", first.clone(), all),
        };
        let mut seq = serializer.serialize_seq(Some(3))?;
        seq.serialize_element(name)?;
        seq.serialize_element(&first)?;
        seq.serialize_element(all)?;
        seq.end()
    }
}

impl<'de> Deserialize<'de> for RecordedStep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RecordedStep, D::Error> {
        let parts = Vec::<Json>::deserialize(deserializer)?;
        let [name, Json::String(first), all] = parts.as_slice() else {
            return Step::deserialize(Json::from(parts)).map(RecordedStep::Whole).map_err(de::Error::custom);
        };
        let all = Extent::deserialize(all).map_err(de::Error::custom)?;
        match name.as_str() {
            Some("receive") => {
                let first = from_hex(first).map_err(de::Error::custom)?;
                Ok(RecordedStep::Receive { first, all })
            }
            Some("send") => Ok(RecordedStep::Send { first: first.clone(), all }),
            _ => Err(de::Error::custom(format!("not a step: {}", Json::from(parts)))),
        }
    }
}

/// The most lines of what was seen that a verdict record holds: so many first ones, and so many last ones.
pub const LINES_KEPT: (usize, usize) = (96, 32);

/// What was seen, a line an event, with lines left out in the middle where there are very many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The lines: all, or the first and the last of [`LINES_KEPT`].
    pub lines: Vec<String>,
    /// How many are left out between the first and the last.
    pub omitted: usize,
}

impl Lines {
    /// The lines that `show` makes of items, made only where they are kept.
    pub fn of<T>(items: &[T], show: impl Fn(&T) -> String) -> Lines {
        let (first, last) = LINES_KEPT;
        let omitted = items.len().saturating_sub(first + last);
        let kept = items.iter().enumerate().filter(|(at, _)| omitted == 0 || *at < first || *at >= first + omitted);
        Lines { lines: kept.map(|(_, item)| show(item)).collect(), omitted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(step: &Step, expected: &Json) {
        let recorded = RecordedStep::of(step);
        let json = serde_json::to_value(&recorded).unwrap();
        assert_eq!(json, *expected);
        assert_eq!(serde_json::from_value::<RecordedStep>(json).unwrap(), recorded);
    }

    #[test]
    fn a_long_step_is_cut_and_says_how_much_there_is() {
        let digest = |octets: &[u8]| to_hex(&Sha256::digest(octets));
        check(&Step::Receive(vec![0xab; STEP_KEPT]), &json!(["receive", "ab".repeat(STEP_KEPT)]));
        let long = vec![0xab; 100_000];
        let extent = json!({"octets": 100_000, "sha256": digest(&long)});
        check(&Step::Receive(long), &json!(["receive", "ab".repeat(STEP_KEPT), extent]));

        check(&Step::send(json!({"ping": "a"})), &json!(["send", {"ping": "a"}]));
        let action = json!({"ping": "é".repeat(STEP_KEPT)});
        let text = action.to_string();
        let extent = json!({"octets": text.len(), "sha256": digest(text.as_bytes())});
        // `{"ping":"` has nine octets, an é two: the last one that begins within the limit would end after it.
        check(&Step::send(action), &json!(["send", text[..STEP_KEPT - 1], extent]));
    }

    #[test]
    fn what_is_short_stays_and_what_is_none_is_refused() {
        check(&Step::Tick(5), &json!(["tick", 5]));
        check(&Step::Eof, &json!(["eof"]));
        for none in [json!([]), json!(["tick", "5", {"octets": 1, "sha256": ""}]), json!(["receive", "4", 5])] {
            assert!(serde_json::from_value::<RecordedStep>(none.clone()).is_err(), "{none}");
        }
    }

    #[test]
    fn many_lines_are_the_first_and_the_last() {
        let lines = |count: usize| Lines::of(&(0..count).collect::<Vec<_>>(), ToString::to_string);
        assert_eq!(lines(128).omitted, 0);
        assert_eq!(lines(128).lines.len(), 128);
        let many = lines(100_000);
        assert_eq!((many.lines.len(), many.omitted), (128, 99_872));
        assert_eq!(many.lines[95..97], ["95", "99968"]);
    }
}
