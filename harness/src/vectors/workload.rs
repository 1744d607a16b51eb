//! Workloads: scripts to be timed, not judged, in the same notations as cases.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::build::Lets;
use super::load::{Defect, defect_at, step};
use crate::endpoint::Config;
use crate::protocol::{ProtocolSpec, Role};
use crate::script::{Script, Step};

/// A script that is run again and again while somebody looks at the clock.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its id: `h1.browser-get`.
    pub id: String,
    /// The traffic, in a few words.
    pub title: String,
    /// Whose traffic it is like, or why it is hard.
    pub why: String,
    /// What is done, on a new endpoint each time.
    pub script: Script,
    /// The octets of a `receive` step come in pieces of so many; whole if not given.
    pub pieces: Option<usize>,
    /// Complete messages that a right implementation shows; for HPACK, blocks.
    pub messages: u64,
    /// The chart it is a point of.
    pub chart: Option<Chart>,
}

/// A series of workloads that differ in one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// The series: `h1.pieces`.
    pub name: String,
    /// The number, in octets.
    pub at: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    format: u32,
    protocol: String,
    #[serde(default)]
    lets: Lets,
    workloads: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    title: String,
    why: String,
    role: Role,
    #[serde(default)]
    config: Config,
    #[serde(default = "yes")]
    answer: bool,
    steps: Vec<Map<String, Json>>,
    #[serde(default)]
    pieces: Option<usize>,
    messages: u64,
    #[serde(default)]
    chart: Option<Chart>,
}

fn yes() -> bool {
    true
}

/// More steps than any workload has.
const MOST: usize = 1 << 20;

impl Workload {
    /// Octets that are fed in one run.
    pub fn octets(&self) -> u64 {
        self.script.received().len() as u64
    }
}

/// Reads a file of workloads.
pub(super) fn read(
    name: &str,
    text: &str,
    protocols: &[&'static ProtocolSpec],
    workloads: &mut Vec<Workload>,
    defects: &mut Vec<Defect>,
) {
    let file: RawFile = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(e) => return defects.push(defect_at(name, e.line(), "", format!("not a file of workloads: {e}"))),
    };
    let protocol = protocols.iter().copied().find(|p| p.name == file.protocol);
    let (Some(protocol), 1) = (protocol, file.format) else {
        let what = format!("format {} of {:?}: expected format 1 of a known protocol", file.format, file.protocol);
        return defects.push(defect_at(name, 1, "", what));
    };
    for raw in file.workloads {
        let line = text.lines().position(|line| line.contains(&format!("\"{}\"", raw.id))).map_or(1, |at| at + 1);
        let id = raw.id.clone();
        match workload(raw, protocol, &file.lets) {
            Ok(workload) if workloads.iter().any(|other| other.id == workload.id) => {
                defects.push(defect_at(name, line, "", format!("a second workload {id}")));
            }
            Ok(workload) => workloads.push(workload),
            Err(what) => defects.push(defect_at(name, line, "", format!("workload {id}: {what}"))),
        }
    }
}

fn workload(raw: Raw, protocol: &'static ProtocolSpec, lets: &Lets) -> Result<Workload, String> {
    if !protocol.roles.contains(&raw.role) {
        return Err(format!("{} has no {}", protocol.name, raw.role));
    }
    if raw.pieces == Some(0) || raw.messages == 0 {
        return Err("pieces and messages are numbers above 0".to_owned());
    }
    let mut steps = Vec::new();
    append(&raw.steps, protocol, lets, &mut steps).map_err(|(path, what)| format!("steps{path}: {what}"))?;
    let Raw { id, title, why, role, config, answer, pieces, messages, chart, .. } = raw;
    let script = Script { protocol, role, config, answer, steps };
    Ok(Workload { id, title, why, script, pieces, messages, chart })
}

/// What is wrong, and where below `steps`.
type Wrong = (String, String);

/// Appends steps as cases have them, and `{"again": [steps], "times": n}`.
fn append(
    raw: &[Map<String, Json>],
    protocol: &'static ProtocolSpec,
    lets: &Lets,
    steps: &mut Vec<Step>,
) -> Result<(), Wrong> {
    for (i, raw) in raw.iter().enumerate() {
        let wrong = |what: String| (format!("/{i}"), what);
        if let (Some(again), Some(times)) = (raw.get("again"), raw.get("times").and_then(Json::as_u64)) {
            let again: Vec<Map<String, Json>> =
                Vec::deserialize(again).map_err(|e| wrong(format!("again is a list of steps: {e}")))?;
            for _ in 0..times {
                append(&again, protocol, lets, steps).map_err(|(path, what)| (format!("/{i}/again{path}"), what))?;
            }
            continue;
        }
        let (name, value) = raw.iter().next().ok_or_else(|| wrong("an empty step".to_owned()))?;
        let step = if raw.len() == 1 { step(name, value, protocol, lets) } else { None };
        let unknown = || format!("{name}: expected receive, send, eof, tick, or again with times");
        steps.push(step.ok_or_else(unknown).flatten().map_err(wrong)?);
        if steps.len() > MOST {
            return Err(wrong(format!("more than {MOST} steps")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::protocols;

    fn of(steps: &str, more: &str) -> Result<Workload, String> {
        let text = format!(
            r#"{{"format": 1, "protocol": "http1", "lets": {{"get": "GET / HTTP/1.1\r\n"}},
 "workloads": [{{"id": "h1.a", "title": "t", "why": "w", "role": "server", "messages": 1, "steps": [{steps}]{more}}}]}}"#
        );
        let (mut workloads, mut defects) = (Vec::new(), Vec::new());
        read("workloads/a.json", &text, protocols(), &mut workloads, &mut defects);
        workloads.pop().ok_or_else(|| defects.first().map(ToString::to_string).unwrap_or_default())
    }

    #[test]
    fn steps_are_repeated() {
        let step = r#"{"receive": {"let": "get"}}, {"again": [{"receive": "a"}, {"eof": true}], "times": 3}"#;
        let workload = of(step, r#", "pieces": 7"#).expect("a workload");
        assert_eq!((workload.script.steps.len(), workload.octets(), workload.pieces), (7, 19, Some(7)));
        assert!(workload.script.answer);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |steps: &str, more: &str, words: &str| {
            let why = of(steps, more).expect_err("a defect");
            assert!(why.contains(words), "{why}");
        };
        check(r#"{"recieve": "a"}"#, "", "workloads/a.json:2: workload h1.a: steps/0: recieve: expected receive");
        check(r#"{"again": [{"send": {"shout": 1}}], "times": 2}"#, "", "steps/0/again/0: no action");
        check(r#"{"receive": {"let": "post"}}"#, "", "no let named");
        check("", r#", "pieces": 0"#, "above 0");
        check("", r#", "speed": 9"#, "unknown field `speed`");
    }
}
