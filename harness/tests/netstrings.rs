//! A second protocol, made here of a table and an enum: loader, lint, runner, cuts, judge, comparison and the child
//! protocol know nothing of HTTP.

use std::io::Cursor;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use wireproof::compare::{Rules, Severity, Side, compare, first_apart};
use wireproof::cuts::Cuts;
use wireproof::divergence::{DivergenceRecord, divergences};
use wireproof::judge::Verdict;
use wireproof::runner::{self, Options, Silent, SubjectRun};
use wireproof::vectors::{Suite, lint};
use wireproof::{
    Capability, Config, Endpoint, EventRef, EventSpec, Implementation, InProcess, Input, Kind, MemberSpec, Profile,
    Protocol, ProtocolSpec, Record, Role, SendError, Subject, Transcript, Transport, Unsupported, Value, ValueRef,
};

/// `5:hello,`: a length in decimal, a colon, so many octets, a comma.
struct Netstrings;

enum Event<'a> {
    String(&'a [u8]),
    Rejected,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    String(String),
}

impl Protocol for Netstrings {
    type Event<'a> = Event<'a>;
    type Action = Action;
    const SPEC: &'static ProtocolSpec = &SPEC;

    fn describe(event: &Event<'_>, show: &mut dyn FnMut(&EventRef<'_>)) {
        match event {
            Event::String(octets) => show(&EventRef { name: "string", members: &[("bytes", ValueRef::Bytes(octets))] }),
            Event::Rejected => show(&EventRef { name: "rejected", members: &[] }),
        }
    }
}

const EVENTS: &[EventSpec] = &[
    EventSpec {
        name: "string",
        needs: None,
        members: &[MemberSpec { name: "bytes", kind: Kind::Bytes, needs: None, compared: true }],
    },
    EventSpec { name: "rejected", needs: None, members: &[] },
];

static SPEC: ProtocolSpec = ProtocolSpec {
    name: "netstring",
    transport: Transport::Stream,
    roles: &[Role::Server],
    events: EVENTS,
    written: EVENTS,
    ambient: &[],
    capabilities: &[
        Capability { name: "eof", means: "can be told that the peer ended its stream" },
        Capability { name: "output", means: "writes what it is asked to send" },
    ],
    options: &[],
    check_action: |json| Action::deserialize(json).map(drop).map_err(|e| e.to_string()),
    answerer: |_| None,
    comparable: |records, _| records.len(),
    fold_names: true,
    read_output: Some(read_output),
    refusals: None,
    units: None,
    is_unfinished: None,
    show_unit: wireproof::bytes::escape,
};

/// The judge's own reader of what was written.
fn read_output(_: Role, transcript: &Transcript, steps: Range<usize>) -> Vec<Record> {
    let (mut rest, mut records) = (transcript.output_of(steps), Vec::new());
    while !rest.is_empty() {
        let Taken::String { octets, length } = take(&rest, Bug::None) else {
            records.push(Record::new("garbled"));
            break;
        };
        records.push(Record::new("string").with("bytes", Value::Bytes(octets)));
        rest.drain(..length);
    }
    records
}

/// What is wrong with a toy.
#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// Does not look at the octet after the string.
    AnyComma,
    /// Each call begins a new netstring.
    ForgetsAtCuts,
    /// Writes the length with a leading zero.
    WritesZero,
    PanicsOnEmpty,
}

struct Toy(Bug, Profile);

fn toy(name: &str, bug: Bug, can: &[&str]) -> InProcess {
    let profile = Profile {
        name: name.to_owned(),
        version: "1".to_owned(),
        language: "rust".to_owned(),
        endpoints: vec!["netstring.server".to_owned()],
        can: can.iter().map(|c| (*c).to_owned()).collect(),
        ..Profile::default()
    };
    InProcess::new(Toy(bug, profile))
}

impl Implementation<Netstrings> for Toy {
    fn profile(&self) -> &Profile {
        &self.1
    }

    fn open(&self, _: Role, config: &Config) -> Result<Box<dyn Endpoint<Netstrings>>, Unsupported> {
        config.only(&[])?;
        Ok(Box::new(Connection { bug: self.0, kept: Vec::new(), out: Vec::new(), over: false }))
    }
}

struct Connection {
    bug: Bug,
    kept: Vec<u8>,
    out: Vec<u8>,
    over: bool,
}

impl Endpoint<Netstrings> for Connection {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        match input {
            Input::Bytes(octets) => self.kept.extend_from_slice(octets),
            Input::Eof if !self.kept.is_empty() => return self.reject(events),
            Input::Eof | Input::Tick(_) => {}
        }
        while !self.over {
            match take(&self.kept, self.bug) {
                Taken::String { octets, length } => {
                    if self.bug == Bug::PanicsOnEmpty && octets.is_empty() {
                        std::panic::resume_unwind(Box::new("the empty string")); // a panic without its noise
                    }
                    events(Event::String(&octets));
                    self.kept.drain(..length);
                }
                Taken::More => break,
                Taken::Bad => self.reject(events),
            }
        }
        if self.bug == Bug::ForgetsAtCuts {
            self.kept.clear();
        }
    }

    fn send(&mut self, Action::String(text): &Action) -> Result<(), SendError> {
        let zero = if self.bug == Bug::WritesZero { "0" } else { "" };
        self.out.extend_from_slice(format!("{zero}{}:{text},", text.len()).as_bytes());
        Ok(())
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}

impl Connection {
    fn reject(&mut self, events: &mut dyn FnMut(Event<'_>)) {
        if !self.over {
            events(Event::Rejected);
        }
        self.over = true;
        self.kept.clear();
    }
}

enum Taken {
    String { octets: Vec<u8>, length: usize },
    More,
    Bad,
}

/// The first netstring, or why there is none yet.
fn take(octets: &[u8], bug: Bug) -> Taken {
    let digits = octets.iter().take_while(|b| b.is_ascii_digit()).count();
    let zero = digits > 1 && octets[0] == b'0';
    match octets.get(digits) {
        _ if zero || digits > 9 => return Taken::Bad,
        None => return Taken::More,
        Some(b':') if digits > 0 => {}
        Some(_) => return Taken::Bad,
    }
    let size = octets[..digits].iter().fold(0, |n, digit| n * 10 + usize::from(digit - b'0'));
    let end = digits + 1 + size;
    match octets.get(end) {
        None => Taken::More,
        Some(&last) if last == b',' || bug == Bug::AnyComma => {
            Taken::String { octets: octets[digits + 1..end].to_vec(), length: end + 1 }
        }
        Some(_) => Taken::Bad,
    }
}

const CATALOGUE: &str = r#"[{"id": "1-1-1", "level": "MUST", "testable": "both", "role": ["server"], "text": "A netstring is [len]\":\"[string]\",\"."}]"#;

const VECTORS: &str = r#"{"format": 1, "protocol": "netstring", "suite": "toy", "lets": {"hello": "5:hello,"}, "cases": [
 {"id": "netstring.two", "title": "Two netstrings, one empty", "role": "server", "level": "MUST", "requirements": ["1-1-1"], "why": "w",
  "steps": [{"receive": [{"let": "hello"}, "0:,"]},
            {"expect": [{"event": "string", "bytes": "hello"}, {"event": "string", "bytes": ""}]}]},
 {"id": "netstring.no-comma", "title": "A semicolon ends it", "role": "server", "level": "MUST", "requirements": ["1-1-1"], "why": "w",
  "twin": "netstring.two", "steps": [{"receive": "5:hello;"}],
  "outcomes": [{"name": "rejected", "is": "pass", "when": [{"expect": [{"event": "rejected", "at": [7, 7]}]}]},
               {"name": "accepted", "is": "fail", "why": "w", "when": [{"seen": {"event": "string"}}]}]},
 {"id": "netstring.leading-zero", "title": "A leading zero", "role": "server", "level": "MUST NOT", "requirements": ["1-1-1"], "why": "w",
  "twin": "netstring.two", "steps": [{"receive": "05:hello,"}],
  "outcomes": [{"name": "rejected", "is": "pass", "when": [{"expect": [{"event": "rejected", "at": [1, 2]}]}]}]},
 {"id": "netstring.truncated", "title": "The stream ends inside", "role": "server", "level": "MUST", "requirements": ["1-1-1"], "why": "w",
  "twin": "netstring.two", "steps": [{"receive": "5:hel"}, {"eof": true}],
  "outcomes": [{"name": "rejected", "is": "pass", "when": [{"expect": [{"event": "rejected"}]}]}]},
 {"id": "netstring.send", "title": "One is sent", "role": "server", "level": "MUST", "requirements": ["1-1-1"], "why": "w",
  "steps": [{"send": {"string": "hi"}}, {"wrote": [{"event": "string", "bytes": "hi"}]}]}
]}"#;

fn suite() -> Suite {
    let files = [("toy.json", VECTORS), ("requirements/toy.json", CATALOGUE)];
    let suite = Suite::of_files(files.into_iter(), &[&SPEC]).unwrap();
    assert_eq!(lint(&suite), []);
    suite
}

fn run(suite: &Suite, subject: InProcess) -> SubjectRun {
    run_all(suite, vec![Arc::new(subject)], false).remove(0)
}

fn run_all(suite: &Suite, subjects: Vec<Arc<dyn Subject>>, compare: bool) -> Vec<SubjectRun> {
    let cases: Vec<_> = suite.cases.iter().collect();
    let options = Options { cuts: Cuts::All, seed: 0, jobs: 2, compare, bundled: false };
    runner::run(&cases, &subjects, options, &Arc::new(AtomicBool::new(false)), &mut Silent)
}

/// All that is not a pass, as `case verdict outcome cut`.
fn check(bug: Bug, can: &[&str], expected: &[&str]) {
    let suite = suite();
    let run = run(&suite, toy("toy", bug, can));
    let bad = suite.cases.iter().zip(&run.judgements).filter(|(_, j)| j.verdict != Verdict::Pass);
    let line = |(case, j): (&wireproof::vectors::Case, &wireproof::judge::Judgement)| {
        let words = [&case.id["netstring.".len()..], j.verdict.name(), &j.outcome, &j.cut.name()];
        words.iter().filter(|w| !w.is_empty()).copied().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(bad.map(line).collect::<Vec<_>>(), expected);
}

#[test]
fn each_bug_is_caught_by_its_case_and_cut() {
    let all = &["eof", "output"][..];
    let table: &[(Bug, &[&str], &[&str])] = &[
        (Bug::None, all, &[]),
        (Bug::None, &["eof"], &["send n/a whole"]),
        (Bug::None, &["output"], &["truncated n/a whole"]),
        (Bug::AnyComma, all, &["no-comma fail accepted whole"]),
        (Bug::WritesZero, all, &["send fail unlisted whole"]),
        (Bug::PanicsOnEmpty, all, &["two fault fault whole"]),
        (
            Bug::ForgetsAtCuts,
            all,
            &[
                "leading-zero fail unlisted at 1",
                "no-comma fail unlisted octets",
                "truncated fail unlisted whole",
                "two fail unlisted octets",
            ],
        ),
    ];
    for (bug, can, expected) in table {
        check(*bug, can, expected);
    }
}

#[test]
fn a_run_counts_every_cut() {
    let suite = suite();
    let run = run(&suite, toy("toy", Bug::None, &["eof", "output"]));
    let cuts = |case: &wireproof::vectors::Case| match case.script.received().len() {
        0 | 1 => 1,
        len => len + 1,
    };
    assert_eq!(run.cuts, suite.cases.iter().map(cuts).collect::<Vec<_>>());
    assert!(run.judgements.iter().all(|j| j.differing == 0));
}

#[test]
fn toys_are_compared_by_what_both_show() {
    let script = &suite().case("netstring.no-comma").unwrap().script.clone();
    let (strict, lax) = (toy("strict", Bug::None, &["eof"]), toy("lax", Bug::AnyComma, &[]));
    let (left, right) = (strict.transcribe(script, &[]).unwrap(), lax.transcribe(script, &[]).unwrap());
    let side = |toy, transcript| Side { profile: InProcess::profile(toy), transcript };
    let string = Record::new("string").with("bytes", Value::Bytes(b"hello".to_vec()));
    let sides = [side(&strict, &left), side(&lax, &right)];
    let worst = compare(script, &sides, Rules::default()).worst().expect("they part");
    assert_eq!((worst.0, worst.1.severity), ((0, 1), Severity::S3), "one takes what the other refuses");
    let shown = (Some(Record::new("rejected")), Some(string));
    assert_eq!(first_apart(script, sides[0], sides[1], Rules::default()), Some(shown));
    assert_eq!(compare(script, &[sides[0]; 2], Rules::default()).worst(), None);
    assert_eq!(first_apart(script, sides[0], sides[0], Rules::default()), None);
}

/// What diverges among four toys if accepting a semicolon fails its case, or is permitted.
#[test]
fn runs_are_compared_case_by_case() {
    let subject = |name, bug| -> Arc<dyn Subject> { Arc::new(toy(name, bug, &["eof", "output"])) };
    let toys = || {
        let bugs = [("a", Bug::None), ("lax", Bug::AnyComma), ("b", Bug::WritesZero), ("breaks", Bug::PanicsOnEmpty)];
        bugs.map(|(name, bug)| subject(name, bug)).to_vec()
    };
    let fails = r#"{"name": "accepted", "is": "fail", "why": "w""#;
    let table =
        [(VECTORS.to_owned(), None), (VECTORS.replace(fails, &fails.replace("fail", "weak")), Some(["a", "lax"]))];
    for (vectors, permitted) in table {
        let files = [("toy.json", &*vectors), ("requirements/toy.json", CATALOGUE)];
        let suite = Suite::of_files(files.into_iter(), &[&SPEC]).unwrap();
        let cases: Vec<_> = suite.cases.iter().collect();
        let found = divergences(&cases, &run_all(&suite, toys(), true));
        let line = |d: &DivergenceRecord| format!("{} {} {}", d.case, d.worst.severity, d.worst.between.join(" "));
        let lines: Vec<String> = found.iter().map(line).collect();
        assert_eq!(lines, ["netstring.no-comma S3 a lax", "netstring.two S0 a breaks"]);
        let of = |d: &DivergenceRecord| d.permitted.clone().map(|parting| parting.between);
        assert_eq!(of(&found[0]), permitted.map(|names| names.map(str::to_owned)));
        assert_eq!(of(&found[1]), None, "who breaks does not conform");
        let groups = |d: &DivergenceRecord| d.groups.iter().map(|g| g.subjects.join(" ")).collect::<Vec<_>>();
        assert_eq!(groups(&found[0]), ["a b breaks", "lax"]);
        assert_eq!(groups(&found[1]), ["a lax b", "breaks"]);
        assert_eq!(divergences(&cases, &run_all(&suite, toys(), false)), [], "nothing was kept to compare");
    }
}

#[test]
fn a_toy_served_as_a_child_gives_the_same_transcripts() {
    let (suite, subject) = (suite(), toy("toy", Bug::ForgetsAtCuts, &["eof", "output"]));
    let ask = |(run, case): (usize, &wireproof::vectors::Case)| json!({"run": run, "endpoint": case.script.endpoint(), "steps": case.script.steps, "cuts": ["octets", 1]});
    let mut asked = vec![json!({"hello": {"protocol": 1}})];
    asked.extend(suite.cases.iter().enumerate().map(ask));
    asked.push(json!({"shout": 1}));
    let input = asked.iter().map(|message| format!("{message}\n")).collect::<String>();
    let mut output = Vec::new();
    wireproof::child::serve(&subject, &[&SPEC], Cursor::new(input), &mut output).unwrap();
    let lines: Vec<Json> = output.split(|b| *b == b'\n').filter_map(|l| serde_json::from_slice(l).ok()).collect();
    assert_eq!(lines.len(), asked.len());
    assert_eq!(lines[0]["hello"]["endpoints"], json!(["netstring.server"]));
    assert_eq!(lines[lines.len() - 1], json!({"unknown": "shout"}));
    for (answer, case) in lines[1..].iter().zip(&suite.cases) {
        let transcript = |json: &Json| serde_json::from_value::<Transcript>(json.clone()).unwrap();
        let len = case.script.received().len();
        let direct = |splits: &[usize]| subject.transcribe(&case.script, splits).unwrap();
        assert_eq!(transcript(answer), direct(&[]), "{}", case.id);
        assert_eq!(transcript(&answer["cuts"]["0"]), direct(&(1..len).collect::<Vec<_>>()), "{}", case.id);
    }
}
