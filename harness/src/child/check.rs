//! Tests an adapter by itself: does it speak the protocol, is it honest about what it can, does it translate plain
//! traffic as expected? Nothing here asks what the library behind it does with doubtful input.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::host::{Child, Host};
use super::plain;
use super::process::{Gone, Process};
use crate::cuts::{Cut, Cuts, plan};
use crate::endpoint::Profile;
use crate::judge::{inapplicable, judge, show_record};
use crate::protocol::{ProtocolSpec, Role};
use crate::script::Script;
use crate::subject::{Answer, Job, Session};
use crate::transcript::Transcript;
use crate::value::Record;
use crate::vectors::{Case, Is, Suite};

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckLine {
    /// What was checked.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What to mend; if all is well, what was seen.
    pub what: String,
}

impl CheckLine {
    fn of(name: &str, outcome: Result<String, String>) -> CheckLine {
        let ok = outcome.is_ok();
        CheckLine { name: name.to_owned(), ok, what: outcome.unwrap_or_else(|what| what) }
    }
}

/// Plain valid scripts for each role, by protocol, in the format of the vectors.
const GOLDEN: [(&str, &str); 3] = [
    ("http1", include_str!("golden.json")),
    ("http2", include_str!("golden_http2.json")),
    ("hpack", include_str!("golden_hpack.json")),
];

/// The runs sent at once.
const FLIGHT: u64 = 64;

/// The runs that are timed at once.
const TIMES: u64 = 3;

/// How many complaints one line holds.
const SHOWN: usize = 4;

/// Starts an adapter and checks it. The first line that fails is the one to mend first.
pub fn check(child: &Child, protocols: &[&'static ProtocolSpec]) -> Vec<CheckLine> {
    let (process, profile) = match Process::start(child) {
        Ok(started) => started,
        Err(why) => return vec![CheckLine::of("it starts and greets", Err(why))],
    };
    let mut lines = vec![CheckLine::of("it starts and greets", Ok(format!("{} {}", profile.name, profile.version)))];
    let mut add = |name: &str, outcome| lines.push(CheckLine::of(name, outcome));
    add("the greeting says who it is", who(&profile));
    add("its endpoints are known", endpoints(&profile, protocols));
    add("its capabilities are known", capabilities(&profile, protocols));

    let endpoint = profile.endpoints.first().cloned().unwrap_or_default();
    let mut talk = Talk { process, endpoint, deadline: child.limits.run, last: 0 };
    add("unknown messages are answered", talk.unknown_message());
    add("an unknown endpoint is answered with cannot", talk.cannot("endpoint", &json!("none.none")));
    add("an unknown option is answered with cannot", talk.cannot("config", &json!({"wireproof-check": 1})));
    add("the same script gives the same answer", talk.same_twice());
    add("64 runs in flight are answered once each", talk.in_flight());
    add("it can be timed", talk.timed());
    drop(talk);

    match golden_answers(child, protocols, &profile) {
        Err(why) => add("plain scripts run", Err(why)),
        Ok(answered) => {
            add("it reports only what it claims", claims(&answered, &profile));
            for role in [Role::Server, Role::Client, Role::Decoder, Role::Encoder] {
                let of_role: Vec<_> = answered.iter().filter(|(case, _)| case.script.role == role).collect();
                if !of_role.is_empty() {
                    add(&format!("plain {role} scripts give the expected events"), shape(&of_role, &profile));
                }
            }
            if profile.can("cuts") {
                add("its cuts are those the harness makes", cuts_agree(child, &answered));
            }
        }
    }
    lines
}

fn who(profile: &Profile) -> Result<String, String> {
    let members = [("name", &profile.name), ("version", &profile.version), ("language", &profile.language)];
    let empty: Vec<&str> = members.iter().filter(|(_, value)| value.trim().is_empty()).map(|(name, _)| *name).collect();
    if !empty.is_empty() {
        return Err(format!("say in the greeting: {}", empty.join(", ")));
    }
    if profile.language.chars().any(char::is_uppercase) {
        return Err(format!("write the language in lower case: {}", profile.language.to_lowercase()));
    }
    Ok(format!("{}, {}", profile.name, profile.language))
}

fn endpoints(profile: &Profile, protocols: &[&'static ProtocolSpec]) -> Result<String, String> {
    let known: Vec<String> = (protocols.iter())
        .flat_map(|protocol| protocol.roles.iter().map(|role| format!("{}.{role}", protocol.name)))
        .collect();
    let unknown: Vec<&String> = profile.endpoints.iter().filter(|e| !known.contains(e)).collect();
    match (profile.endpoints.is_empty(), unknown.first()) {
        (true, _) => Err(format!("name at least one of {}", known.join(", "))),
        (false, Some(unknown)) => Err(format!("{unknown} is none of {}", known.join(", "))),
        (false, None) => Ok(profile.endpoints.join(", ")),
    }
}

fn capabilities(profile: &Profile, protocols: &[&'static ProtocolSpec]) -> Result<String, String> {
    let known: Vec<&str> = protocols.iter().flat_map(|p| p.capabilities).map(|c| c.name).chain(["cuts"]).collect();
    if let Some(unknown) = profile.can.iter().find(|can| !known.contains(&can.as_str())) {
        return Err(format!("{unknown} is none of {}", known.join(", ")));
    }
    let both = profile.cannot.keys().find(|name| profile.can(name));
    both.map_or(Ok(profile.can.join(", ")), |name| Err(format!("{name} stands in can and in cannot")))
}

/// Messages and answers, one by one.
struct Talk {
    process: Process,
    endpoint: String,
    deadline: Duration,
    last: u64,
}

impl Talk {
    fn ask(&mut self, message: &Json) -> Result<Json, String> {
        self.process.send_raw(&message.to_string());
        self.answer()
    }

    fn answer(&mut self) -> Result<Json, String> {
        self.process.next_object(self.deadline).map_err(|gone: Gone| gone.text)
    }

    /// A message that runs a plain script; what it holds is told apart by its number.
    fn run(&mut self, number: u64) -> Json {
        self.last += 1;
        let steps = plain::steps(&self.endpoint, number);
        json!({"run": self.last, "endpoint": self.endpoint, "answer": true, "config": {}, "steps": steps})
    }

    fn unknown_message(&mut self) -> Result<String, String> {
        let answer = self.ask(&json!({"wireproof-check": 1}))?;
        let right = answer.get("unknown").is_some();
        let mend = "answer a message you do not know with {\"unknown\": its name}: newer versions may send some";
        if right { Ok(answer.to_string()) } else { Err(format!("{mend}; got {answer}")) }
    }

    fn cannot(&mut self, member: &str, value: &Json) -> Result<String, String> {
        let mut run = self.run(0);
        run[member] = value.clone();
        let answer = self.ask(&run)?;
        let right = answer.get("cannot").is_some_and(Json::is_string) && answer.get("ran") == run.get("run");
        let mend = "answer {\"ran\": the number, \"cannot\": why}: what it cannot be told it must not ignore";
        if right { Ok(answer["cannot"].to_string()) } else { Err(format!("{mend}; got {answer}")) }
    }

    fn same_twice(&mut self) -> Result<String, String> {
        let mut both = Vec::new();
        for _ in 0..2 {
            let run = self.run(1);
            let mut answer = self.ask(&run)?;
            if answer.get("ran") != run.get("run") {
                return Err(format!("answer run {} with {{\"ran\": {}}}; got {answer}", run["run"], run["run"]));
            }
            answer["ran"] = json!(0);
            both.push(answer);
        }
        if both[0] == both[1] {
            return Ok(String::new());
        }
        Err(format!("open a new endpoint for each run, and use no clock and no chance: {} and {}", both[0], both[1]))
    }

    fn in_flight(&mut self) -> Result<String, String> {
        let asked: Vec<Json> = (0..FLIGHT).map(|number| self.run(number)).collect();
        asked.iter().for_each(|run| self.process.send_raw(&run.to_string()));
        let mut together = Vec::new();
        for _ in 0..FLIGHT {
            let answer = self.answer().map_err(|why| format!("after {} answers: {why}", together.len()))?;
            together.push(answer);
        }
        for run in asked {
            let id = run["run"].clone();
            let answers: Vec<&Json> = together.iter().filter(|a| a["ran"] == id).collect();
            let [answer] = answers.as_slice() else {
                return Err(format!("answer each run once: run {id} was answered {} times", answers.len()));
            };
            if self.ask(&run)? != **answer {
                return Err(format!("run {id} was answered otherwise than when sent alone: are numbers mixed up?"));
            }
        }
        Ok(format!("{FLIGHT} runs"))
    }

    /// Whether `bench` counts the events of a run; one that does not know it, or cannot do a plain script, is only not
    /// timed.
    fn timed(&mut self) -> Result<String, String> {
        let mut bench = self.run(1);
        let events = events_in(&self.ask(&bench)?);
        bench["times"] = json!(TIMES);
        if let Some(members) = bench.as_object_mut() {
            members.remove("run");
        }
        let first = self.bench(&mut bench)?;
        if let Some(why) = first.get("unknown").or_else(|| first.get("cannot")) {
            return Ok(format!("not timed: {why}"));
        }
        let again = self.bench(&mut json!({"times": TIMES}))?;
        let counted = [&first, &again].map(|answer| answer["events"].as_u64());
        if counted != [Some(TIMES * events); 2] {
            let mend =
                "run the script, without steps that of the bench before, so many times, and count all its events";
            return Err(format!("{mend}: {TIMES} times {events}; got {first} and {again}"));
        }
        Ok(format!("{TIMES} runs, {} events", TIMES * events))
    }

    fn bench(&mut self, message: &mut Json) -> Result<Json, String> {
        self.last += 1;
        message["bench"] = json!(self.last);
        let answer = self.ask(message)?;
        let timed = answer["nanoseconds"].is_u64() && answer["events"].is_u64();
        let right = answer["benched"] == message["bench"] && (timed || answer["cannot"].is_string());
        let mend = "answer {\"benched\": the number, \"nanoseconds\": processor time, \"events\": how many}";
        let right = right || answer.get("unknown").is_some();
        if right { Ok(answer) } else { Err(format!("{mend}; got {answer}")) }
    }
}

/// How many events an answer to a run holds.
fn events_in(answer: &Json) -> u64 {
    let steps = answer["steps"].as_array().into_iter().flatten();
    steps.filter_map(|step| step["events"].as_array()).map(|events| events.len() as u64).sum()
}

/// The golden cases that apply, with what came of each as written.
fn golden_answers(
    child: &Child,
    protocols: &[&'static ProtocolSpec],
    profile: &Profile,
) -> Result<Vec<(Case, Answer)>, String> {
    let known = GOLDEN.into_iter().filter(|(name, _)| protocols.iter().any(|protocol| protocol.name == *name));
    let suite = Suite::of_files(known, protocols);
    let suite = suite.map_err(|defects| defects.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let cases: Vec<Case> = suite.cases.into_iter().filter(|case| inapplicable(case, profile).is_none()).collect();
    let answers = run(child, |_| {}, cases.iter().map(|case| (&case.script, vec![Cut::Whole])))?;
    Ok(cases.into_iter().zip(answers).collect())
}

/// Runs scripts in a new session. The answers are in the order of the scripts.
fn run<'a>(
    child: &Child,
    amend: impl FnOnce(&mut Profile),
    scripts: impl Iterator<Item = (&'a Script, Vec<Cut>)>,
) -> Result<Vec<Answer>, String> {
    let jobs: Vec<Job> = scripts.map(|(script, cuts)| Job { script: script.clone(), cuts }).collect();
    let mut answers = vec![Answer::NotRun("no answer".to_owned()); jobs.len()];
    let faults = Host::start(child, amend)?.run(&jobs, &mut |index, answer| answers[index] = answer);
    faults.first().map_or(Ok(answers), |fault| Err(fault.text.clone()))
}

/// Whether nothing is reported whose capability is not claimed.
fn claims(answered: &[(Case, Answer)], profile: &Profile) -> Result<String, String> {
    let mut unclaimed: Vec<String> = Vec::new();
    for (case, answer) in answered {
        let Answer::Ran { whole, .. } = answer else { continue };
        for (_, seen) in whole.events() {
            let needs = needs_of(&seen.record, case.script.protocol).filter(|(capability, _)| !profile.can(capability));
            unclaimed.extend(needs.map(|(capability, what)| format!("{what} without the capability {capability}")));
        }
        if !whole.output().is_empty() && !profile.can("output") {
            unclaimed.push("octets written without the capability output".to_owned());
        }
    }
    unclaimed.sort();
    unclaimed.dedup();
    if unclaimed.is_empty() { Ok(String::new()) } else { Err(format!("claim it or leave it out: {}", few(&unclaimed))) }
}

/// The capabilities that an event makes use of, each with what uses it.
fn needs_of<'a>(record: &'a Record, protocol: &'a ProtocolSpec) -> impl Iterator<Item = (&'static str, String)> + 'a {
    let event = protocol.event(&record.event);
    let itself = event.and_then(|e| e.needs).map(|needs| (needs, record.event.to_string()));
    let members = record
        .members
        .iter()
        .filter_map(move |(name, _)| Some((event?.member(name)?.needs?, format!("{}.{name}", record.event))));
    itself.into_iter().chain(members)
}

/// Whether the golden cases pass. They are recorded and not scored, so that their outcomes tell, not their verdicts.
fn shape(answered: &[&(Case, Answer)], profile: &Profile) -> Result<String, String> {
    let wrong: Vec<String> = answered
        .iter()
        .filter_map(|(case, answer)| {
            let judged = judge(case, profile, &[Cut::Whole], answer);
            let seen = || match answer {
                Answer::Ran { whole, .. } => events_of(whole),
                Answer::Cannot(_) | Answer::NotRun(_) => String::new(),
            };
            let passes = case.outcomes.iter().any(|o| o.name == judged.outcome && o.is == Is::Pass);
            let why = if judged.why.is_empty() { String::new() } else { format!("{} ", judged.why) };
            (!passes).then(|| format!("{}: {why}{}", case.title, seen()))
        })
        .collect();
    if wrong.is_empty() { Ok(format!("{} scripts", answered.len())) } else { Err(few(&wrong)) }
}

fn events_of(transcript: &Transcript) -> String {
    let events: Vec<String> = transcript.events().map(|(_, seen)| show_record(&seen.record)).collect();
    let refused =
        transcript.steps.iter().filter_map(|step| step.refused.as_deref()).map(|why| format!("refused: {why}"));
    format!("[{}]", events.into_iter().chain(refused).collect::<Vec<_>>().join("; "))
}

/// Whether the adapter's own cuts give what the harness gets by cutting.
fn cuts_agree(child: &Child, answered: &[(Case, Answer)]) -> Result<String, String> {
    let scripts = || answered.iter().map(|(case, _)| (&case.script, plan(Cuts::Some, &case.script, 0)));
    let its = run(child, |_| {}, scripts())?;
    let ours = run(child, |profile| profile.can.retain(|can| can != "cuts"), scripts())?;
    let wrong: Vec<String> = (answered.iter().zip(its.iter().zip(&ours)))
        .filter(|((case, _), (its, ours))| {
            comparable(its, case.script.protocol) != comparable(ours, case.script.protocol)
        })
        .map(|((case, _), (its, _))| match its {
            Answer::Ran { whole: Transcript { fault: Some(fault), .. }, .. } => {
                format!("{} ({})", case.title, fault.text)
            }
            _ => case.title.clone(),
        })
        .collect();
    let mend = "split only the octets of receive steps, at the offsets asked for, and return what differs";
    if wrong.is_empty() { Ok(String::new()) } else { Err(format!("{mend}; other results for: {}", few(&wrong))) }
}

/// What must be the same, whoever cuts.
fn comparable(answer: &Answer, protocol: &ProtocolSpec) -> Option<Vec<(usize, Transcript)>> {
    let Answer::Ran { whole, octets, differing } = answer else { return None };
    let all = [whole].into_iter().chain(octets).map(|t| (0, t)).chain(differing.iter().map(|(i, t)| (*i, t)));
    Some(all.map(|(index, transcript)| (index, transcript.canonical(protocol))).collect())
}

/// The first few of a list, and how many there are.
fn few(list: &[String]) -> String {
    let more = list.len().saturating_sub(SHOWN);
    let shown = list[..list.len().min(SHOWN)].join("; ");
    if more == 0 { shown } else { format!("{shown}; and {more} more") }
}
