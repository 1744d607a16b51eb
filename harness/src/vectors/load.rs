//! Reads vector files: JSON, then the schema, then meaning. Every defect names file, line, case and member.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value as Json;

use super::build::{Lets, octets};
use super::model::{Case, CaseCuts, Condition, EventPattern, Is, Level, MemberPattern, Outcome};
use super::schema;
use super::sheet::BUNDLED;
use super::workload::{self, Workload};
use crate::bytes::from_latin1;
use crate::endpoint::Config;
use crate::protocol::{EventSpec, ProtocolSpec, Role, protocols};
use crate::requirements::Requirement;
use crate::script::{Script, Step};
use crate::value::{Kind, Value};

/// Something wrong with the vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// `file:line`, the line being that of the case where one is known.
    pub place: String,
    /// The case, if the defect is inside one.
    pub case: Option<String>,
    /// The member, as a path: `steps/0/receive`.
    pub member: String,
    /// What is wrong, and what to do.
    pub what: String,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if let Some(case) = &self.case {
            write!(f, "case {case}: ")?;
        }
        if !self.member.is_empty() {
            write!(f, "{}: ", self.member)?;
        }
        f.write_str(&self.what)
    }
}

/// All vectors and the requirement catalogue.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// The cases, sorted by id.
    pub cases: Vec<Case>,
    /// The requirements, in document order.
    pub requirements: Vec<Requirement>,
    /// Scripts to be timed, in the order of their files.
    pub workloads: Vec<Workload>,
}

impl Suite {
    /// The vectors compiled into this version of wireproof.
    pub fn bundled() -> Result<Suite, Vec<Defect>> {
        Suite::of_files(BUNDLED.iter().copied(), protocols())
    }

    /// All `*.json` below `dir`: files under `requirements/` are catalogues, under `workloads/` workloads; `schema/`, `captures/` and `generate/` are
    /// left out.
    pub fn load(dir: &Path) -> Result<Suite, Vec<Defect>> {
        let files = read_tree(dir).map_err(|defect| vec![defect])?;
        Suite::of_files(files.iter().map(|(name, text)| (name.as_str(), text.as_str())), protocols())
    }

    /// The same from texts with their names, for any set of protocols.
    pub fn of_files<'a>(
        files: impl Iterator<Item = (&'a str, &'a str)>,
        protocols: &[&'static ProtocolSpec],
    ) -> Result<Suite, Vec<Defect>> {
        let (mut suite, mut defects) = (Suite::default(), Vec::new());
        for (name, text) in files {
            if name.starts_with("requirements/") || name.contains("/requirements/") {
                match serde_json::from_str::<Vec<Requirement>>(text) {
                    Ok(read) => suite.requirements.extend(read),
                    Err(e) => defects.push(defect_at(name, e.line(), "", format!("not a requirement catalogue: {e}"))),
                }
            } else if name.starts_with("workloads/") || name.contains("/workloads/") {
                workload::read(name, text, protocols, &mut suite.workloads, &mut defects);
            } else {
                read_file(name, text, protocols, &mut suite.cases, &mut defects);
            }
        }
        suite.cases.sort_by(|a, b| a.id.cmp(&b.id));
        for pair in suite.cases.windows(2).filter(|pair| pair[0].id == pair[1].id) {
            defects.push(Defect {
                place: pair[1].place.clone(),
                case: Some(pair[1].id.clone()),
                member: "id".to_owned(),
                what: format!("this id is taken by {}; ids are unique in the tree and never reused", pair[0].place),
            });
        }
        if defects.is_empty() { Ok(suite) } else { Err(defects) }
    }

    /// A case by id.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.binary_search_by(|c| c.id.as_str().cmp(id)).ok().map(|at| &self.cases[at])
    }

    /// A requirement by id.
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|r| r.id == id)
    }
}

pub(super) fn defect_at(name: &str, line: usize, member: &str, what: String) -> Defect {
    Defect { place: format!("{name}:{line}"), case: None, member: member.to_owned(), what }
}

/// Every JSON file below `dir` that can hold cases or requirements, by its path from there, sorted.
fn read_tree(dir: &Path) -> Result<Vec<(String, String)>, Defect> {
    let unreadable =
        |path: &Path, e: std::io::Error| defect_at(&path.display().to_string(), 1, "", format!("cannot read: {e}"));
    let (mut files, mut open) = (Vec::new(), vec![dir.to_path_buf()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|e| unreadable(&folder, e))? {
            let path = entry.map_err(|e| unreadable(&folder, e))?.path();
            let below = path.strip_prefix(dir).unwrap_or(&path).to_path_buf();
            if path.is_dir() {
                if !["schema", "captures", "generate"].iter().any(|n| below.starts_with(n)) {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "json") {
                let text = std::fs::read_to_string(&path).map_err(|e| unreadable(&path, e))?;
                files.push((below.to_string_lossy().into_owned(), text));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A vector file as it is written.
#[derive(Deserialize)]
pub(super) struct File {
    pub(super) protocol: String,
    suite: String,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    lets: Lets,
    pub(super) cases: Vec<RawCase>,
}

#[derive(Deserialize)]
pub(super) struct RawCase {
    pub(super) id: String,
    title: String,
    role: Role,
    level: Level,
    #[serde(default)]
    requirements: Vec<String>,
    #[serde(default)]
    why: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    config: Config,
    #[serde(default)]
    after: Vec<String>,
    twin: Option<String>,
    #[serde(default)]
    cuts: CaseCuts,
    disputed: Option<String>,
    answer: Option<bool>,
    steps: Vec<serde_json::Map<String, Json>>,
    #[serde(default)]
    outcomes: Vec<RawOutcome>,
}

#[derive(Deserialize)]
struct RawOutcome {
    name: String,
    is: Is,
    #[serde(default)]
    why: String,
    #[serde(default)]
    when: Vec<serde_json::Map<String, Json>>,
}

/// Reads one file's cases; every defect found is added to `defects`, and only sound cases to `cases`.
fn read_file(
    name: &str,
    text: &str,
    protocols: &[&'static ProtocolSpec],
    cases: &mut Vec<Case>,
    defects: &mut Vec<Defect>,
) {
    let json: Json = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(e) => return defects.push(defect_at(name, e.line(), "", format!("not JSON: {e}"))),
    };
    let lines = lines(text, &json["cases"]);
    let broken = schema::check(name, &json, &lines);
    if !broken.is_empty() {
        return defects.extend(broken);
    }
    let file: File = match serde_json::from_value(json) {
        Ok(file) => file,
        Err(e) => return defects.push(defect_at(name, 1, "", format!("not a vector file: {e}"))),
    };
    let Some(protocol) = protocols.iter().find(|p| p.name == file.protocol) else {
        let known: Vec<_> = protocols.iter().map(|p| p.name).collect();
        let what = format!("unknown protocol {:?}; known: {}", file.protocol, known.join(", "));
        return defects.push(defect_at(name, 1, "protocol", what));
    };
    for (raw, line) in file.cases.iter().zip(lines) {
        let place = format!("{name}:{line}");
        match file.case(protocol, raw, &place) {
            Ok(case) => cases.push(case),
            Err((member, what)) => defects.push(Defect { place, case: Some(raw.id.clone()), member, what }),
        }
    }
}

/// The line, from 1, on which each case begins: that of its id, or of its title.
fn lines(text: &str, cases: &Json) -> Vec<usize> {
    let (mut from, mut line) = (0, 1);
    let line = |case: &Json| {
        let marks = ["id", "title"].into_iter().filter_map(|name| case[name].as_str().map(|value| (name, value)));
        let mut marks = marks.map(|(name, value)| format!("\"{name}\": {}", Json::from(value)));
        if let Some(end) = marks.find_map(|mark| Some(from + text[from..].find(&mark)? + mark.len())) {
            line += text[from..end].bytes().filter(|&b| b == b'\n').count();
            from = end;
        }
        line
    };
    cases.as_array().into_iter().flatten().map(line).collect()
}

/// Names and values, in order.
type FieldLines = Vec<(Vec<u8>, Vec<u8>)>;

/// What is wrong: the member's path and the words.
pub(super) type Wrong = (String, String);

impl File {
    /// One of its cases.
    pub(super) fn case(&self, protocol: &'static ProtocolSpec, raw: &RawCase, place: &str) -> Result<Case, Wrong> {
        Reader { protocol, lets: &self.lets }.case(raw, self, place)
    }
}

/// Turns raw cases into cases.
struct Reader<'a> {
    protocol: &'static ProtocolSpec,
    lets: &'a Lets,
}

impl Reader<'_> {
    fn case(&self, raw: &RawCase, file: &File, place: &str) -> Result<Case, Wrong> {
        let mut needs: Vec<String> = file.needs.iter().chain(&raw.needs).cloned().collect();
        let (steps, inline) = self.steps(&raw.steps)?;
        let mut outcomes = Vec::new();
        for (i, outcome) in raw.outcomes.iter().enumerate() {
            outcomes.push(self.outcome(outcome, steps.len()).map_err(|(m, w)| (format!("outcomes/{i}/{m}"), w))?);
        }
        if outcomes.is_empty() {
            outcomes.push(Outcome { name: "as-written".into(), is: Is::Pass, why: String::new(), when: inline });
        } else if !inline.is_empty() {
            return Err(("outcomes".into(), "expect or wrote stands in steps too; use one or the other".into()));
        }
        self.imply_needs(&steps, &outcomes, &mut needs);
        let sends_response = steps.iter().any(|s| matches!(s, Step::Send(a) if a.get("request").is_none()));
        let answer = raw.answer.unwrap_or(!sends_response);
        let script = Script { protocol: self.protocol, role: raw.role, config: raw.config.clone(), answer, steps };
        Ok(Case {
            id: raw.id.clone(),
            title: raw.title.clone(),
            suite: file.suite.clone(),
            place: place.to_owned(),
            level: raw.level,
            requirements: raw.requirements.clone(),
            why: raw.why.clone(),
            tags: raw.tags.clone(),
            needs,
            after: raw.after.clone(),
            twin: raw.twin.clone(),
            cuts: raw.cuts,
            disputed: raw.disputed.clone(),
            script,
            outcomes,
        })
    }

    /// `eof` in the steps needs `eof`; looking at what was written or refused needs `output`.
    fn imply_needs(&self, steps: &[Step], outcomes: &[Outcome], needs: &mut Vec<String>) {
        let mut conditions = outcomes.iter().flat_map(|o| &o.when);
        let looks =
            conditions.any(|c| !matches!(c, Condition::Expect { .. } | Condition::Seen(_) | Condition::Never(_)));
        for (implied, name) in [(steps.contains(&Step::Eof), "eof"), (looks, "output")] {
            let known = self.protocol.capabilities.iter().any(|c| c.name == name);
            if implied && known {
                needs.push(name.to_owned());
            }
        }
        needs.sort();
        needs.dedup();
    }

    /// The script's steps, and the conditions that stand between them.
    fn steps(&self, raw: &[serde_json::Map<String, Json>]) -> Result<(Vec<Step>, Vec<Condition>), Wrong> {
        let (mut steps, mut inline, mut looked) = (Vec::new(), Vec::new(), [0, 0]);
        for (i, raw) in raw.iter().enumerate() {
            let (name, value) = raw.iter().next().ok_or((format!("steps/{i}"), "an empty step".to_owned()))?;
            let wrong = |what: String| (format!("steps/{i}/{name}"), what);
            let at = |(member, what): Wrong| (format!("steps/{i}/{member}"), what);
            match name.as_str() {
                "expect" => {
                    let patterns = self.patterns(name, value).map_err(at)?;
                    inline.push(Condition::Expect { from: looked[0], to: steps.len(), patterns });
                    looked[0] = steps.len();
                }
                "wrote" => {
                    let patterns = self.patterns(name, value).map_err(at)?;
                    inline.push(Condition::Wrote { from: looked[1], to: steps.len(), patterns });
                    looked[1] = steps.len();
                }
                _ => {
                    let step = step(name, value, self.protocol, self.lets);
                    steps.push(step.ok_or_else(|| "unknown step".to_owned()).flatten().map_err(wrong)?);
                }
            }
        }
        Ok((steps, inline))
    }

    fn outcome(&self, raw: &RawOutcome, steps: usize) -> Result<Outcome, Wrong> {
        let mut when = Vec::new();
        for (i, condition) in raw.when.iter().enumerate() {
            when.push(self.condition(condition, steps).map_err(|(m, what)| (format!("when/{i}/{m}"), what))?);
        }
        Ok(Outcome { name: raw.name.clone(), is: raw.is, why: raw.why.clone(), when })
    }

    fn condition(&self, raw: &serde_json::Map<String, Json>, steps: usize) -> Result<Condition, Wrong> {
        let step = raw.get("step").and_then(Json::as_u64).map(|s| s as usize);
        if let Some(step) = step.filter(|s| *s >= steps) {
            return Err(("step".into(), format!("{step}: the script has steps 0 to {}", steps.saturating_sub(1))));
        }
        let (from, to) = step.map_or((0, steps), |s| (s, s + 1));
        if let Some(list) = raw.get("expect") {
            return Ok(Condition::Expect { from, to, patterns: self.patterns("expect", list)? });
        }
        if let Some(pattern) = raw.get("wrote").filter(|p| p.is_object()) {
            let pattern = self.pattern(pattern, true).map_err(|what| ("wrote".to_owned(), what))?;
            return Ok(Condition::WroteSome { from, to, pattern });
        }
        if let Some(pattern) = raw.get("unwritten") {
            let pattern = self.pattern(pattern, true).map_err(|what| ("unwritten".to_owned(), what))?;
            return Ok(Condition::Unwritten { from, to, pattern });
        }
        if let Some(list) = raw.get("wrote") {
            return Ok(Condition::Wrote { from, to, patterns: self.patterns("wrote", list)? });
        }
        for (name, condition) in [("seen", Condition::Seen as fn(_) -> _), ("never", Condition::Never)] {
            if let Some(pattern) = raw.get(name) {
                return self.pattern(pattern, false).map(condition).map_err(|what| (name.to_owned(), what));
            }
        }
        if let Some(list) = raw.get("steps").and_then(Json::as_array) {
            let some: Vec<usize> = list.iter().filter_map(Json::as_u64).map(|s| s as usize).collect();
            return match some.iter().find(|s| **s >= steps) {
                Some(step) => {
                    Err(("steps".into(), format!("{step}: the script has steps 0 to {}", steps.saturating_sub(1))))
                }
                None => Ok(Condition::RefusedSome { steps: some }),
            };
        }
        match (raw.get("refused").and_then(Json::as_bool), step) {
            (Some(refused), Some(step)) => Ok(Condition::Refused { step, refused }),
            _ => Err((
                "refused".into(),
                "say which step it is about: {\"refused\": true, \"step\": 1}, or {\"refused\": \"some\", \"steps\": [1, 2]}"
                    .into(),
            )),
        }
    }

    /// The patterns of `expect` or `wrote`.
    fn patterns(&self, name: &str, list: &Json) -> Result<Vec<EventPattern>, Wrong> {
        let pattern = |(i, json)| self.pattern(json, name == "wrote").map_err(|what| (format!("{name}/{i}"), what));
        list.as_array().into_iter().flatten().enumerate().map(pattern).collect()
    }

    fn pattern(&self, json: &Json, output: bool) -> Result<EventPattern, String> {
        let object = json.as_object().ok_or("a pattern is an object")?;
        let event = object.get("event").and_then(Json::as_str).unwrap_or_default().to_owned();
        let mut pattern = EventPattern { event, optional: false, at: None, members: Vec::new() };
        let (spec, all) = match output {
            true => (self.protocol.written(&pattern.event), self.protocol.written),
            false => (self.protocol.event(&pattern.event), self.protocol.events),
        };
        if spec.is_none() && pattern.event != "..." && !(output && pattern.event == "garbled") {
            let known: Vec<_> = all.iter().map(|e| e.name).collect();
            return Err(format!("unknown event {:?}; known: {}, and ...", pattern.event, known.join(", ")));
        }
        for (name, value) in object.iter().filter(|(name, _)| *name != "event") {
            match (name.as_str(), spec) {
                ("optional", _) => pattern.optional = value.as_bool().unwrap_or(false),
                ("at", Some(_)) => pattern.at = value[0].as_u64().zip(value[1].as_u64()),
                (_, Some(spec)) => pattern.members.push((name.clone(), self.member(spec, name, value)?)),
                _ => return Err(format!("{:?} has no members", pattern.event)),
            }
        }
        Ok(pattern)
    }

    fn member(&self, event: &EventSpec, name: &str, json: &Json) -> Result<MemberPattern, String> {
        let member = event.member(name).ok_or_else(|| {
            let known: Vec<_> = event.members.iter().map(|m| m.name).collect();
            format!("{} has no member {name:?}; it has {}", event.name, known.join(", "))
        })?;
        let wrong = |what: String| format!("{name}: {what}");
        let form = json.as_object().map(|o| o.keys().map(String::as_str).collect::<Vec<_>>()).unwrap_or_default();
        match (form.as_slice(), member.kind) {
            (["any"], kind) => {
                let any = json["any"].as_array().ok_or_else(|| wrong("\"any\" takes a list of values".to_owned()))?;
                let any = any.iter().map(|v| self.value(kind, v)).collect::<Result<_, _>>();
                any.map(MemberPattern::Any).map_err(wrong)
            }
            (["in"], Kind::Number) => match json["in"].as_array().map(Vec::as_slice) {
                Some([low, high]) if low.is_u64() && high.is_u64() => {
                    Ok(MemberPattern::Range(low.as_u64().unwrap_or(0), high.as_u64().unwrap_or(0)))
                }
                _ => Err(wrong("\"in\" takes two numbers".to_owned())),
            },
            (["has"] | ["lacks"] | ["has", "lacks"] | ["lacks", "has"], Kind::Fields) => {
                self.some_fields(json).map_err(wrong)
            }
            ([_, ..], Kind::Fields) => {
                Err(wrong(format!("{json}: expected a list of [name, value], has, lacks, or any")))
            }
            _ => Ok(MemberPattern::Any(vec![self.value(member.kind, json).map_err(wrong)?])),
        }
    }

    /// `{"has": [[name, value]…], "lacks": [name…]}`, either of which may be missing.
    fn some_fields(&self, json: &Json) -> Result<MemberPattern, String> {
        let has = json.get("has").map_or(Ok(Vec::new()), |list| self.fields(list))?;
        let lacks = match json.get("lacks") {
            None => &[][..],
            Some(Json::Array(names)) => names,
            Some(other) => return Err(format!("{other} is no list of names")),
        };
        let lacks = lacks.iter().map(|n| octets(n, self.lets).map(|n| self.name(n)));
        Ok(MemberPattern::Fields { has, lacks: lacks.collect::<Result<_, _>>()? })
    }

    fn value(&self, kind: Kind, json: &Json) -> Result<Value, String> {
        match kind {
            Kind::Bytes => octets(json, self.lets).map(Value::Bytes),
            Kind::Number => json.as_u64().map(Value::Number).ok_or_else(|| format!("{json} is no number")),
            Kind::Flag => json.as_bool().map(Value::Flag).ok_or_else(|| format!("{json} is neither true nor false")),
            Kind::Fields => self.fields(json).map(Value::Fields),
        }
    }

    /// A field name as it is compared.
    fn name(&self, name: Vec<u8>) -> Vec<u8> {
        if self.protocol.fold_names { name.to_ascii_lowercase() } else { name }
    }

    /// A list of `[name, value]`; names are lower-cased where case does not count.
    fn fields(&self, json: &Json) -> Result<FieldLines, String> {
        let list = json.as_array().ok_or_else(|| format!("{json} is no list of [name, value]"))?;
        let field = |pair: &Json| match pair.as_array().map(Vec::as_slice) {
            Some([name, value]) => Ok((self.name(octets(name, self.lets)?), octets(value, self.lets)?)),
            _ => Err(format!("{pair} is no [name, value]")),
        };
        list.iter().map(field).collect()
    }
}

/// A step that does something; none if that is not its name.
pub(super) fn step(
    name: &str,
    value: &Json,
    protocol: &'static ProtocolSpec,
    lets: &Lets,
) -> Option<Result<Step, String>> {
    Some(match name {
        "receive" => octets(value, lets).map(Step::Receive),
        "eof" => Ok(Step::Eof),
        "tick" => Ok(Step::Tick(value.as_u64().unwrap_or(0))),
        "send" => only_octets(value).and_then(|()| {
            (protocol.check_action)(value).map_err(|e| format!("no action: {e}"))?;
            Ok(Step::send(value.clone()))
        }),
        _ => return None,
    })
}

/// Every text in an action stands for octets.
fn only_octets(action: &Json) -> Result<(), String> {
    match action {
        Json::String(text) => from_latin1(text).map(drop).map_err(|_| {
            format!("{text:?}: a character is an octet, U+0000 to U+00FF; write UTF-8 as its octets, é as \"Ã©\"")
        }),
        Json::Array(parts) => parts.iter().try_for_each(only_octets),
        Json::Object(members) => members.values().try_for_each(only_octets),
        Json::Null | Json::Bool(_) | Json::Number(_) => Ok(()),
    }
}
