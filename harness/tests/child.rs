//! Children that misbehave: each gets the documented verdict, on the run that earned it, and nothing else is lost.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use wireproof::bench::{Measured, Task};
use wireproof::child::{CheckLine, Child, check};
use wireproof::cuts::{Cut, Cuts, plan};
use wireproof::http1::Http1;
use wireproof::judge::{Judgement, Verdict, inapplicable};
use wireproof::vectors::{Case, Suite};
use wireproof::{Answer, Asked, Fault, FaultKind, Job, Profile, Protocol, Role, Script, Subject, Value, protocols};

/// A child that reports each script's octets as a request's field. BODY decides what becomes of the answer, BENCH what a
/// `bench` is answered with.
const CHILD: &str = r#"
import json, os, signal, sys, time

def out(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()

runs = 0
for line in sys.stdin:
    message = json.loads(line)
    if "hello" in message:
        out({"hello": {"protocol": 1, "name": "bad", "version": "1", "language": "python",
                       "endpoints": ["http1.server"], "can": CAN}})
        continue
    if "bench" in message:
        timed = {"benched": message["bench"], "nanoseconds": 1, "events": message["times"]}
        BENCH
        continue
    if "judge" in message:
        judged = {"judged": message["judge"], "verdict": "pass", "outcome": "by itself", "cut": "whole"}
        guilty = message["case"] == os.environ["GUILTY_CASE"]
        JUDGE
        continue
    if "run" not in message:
        out({"unknown": next(iter(message))})
        continue
    runs += 1
    octets = b"".join(bytes.fromhex(step[1]) for step in message["steps"] if step[0] == "receive")
    guilty = b"guilty" in octets
    request = {"event": "request", "method": "GET", "fields": [["octets", octets.decode("latin-1")]]}
    good = {"ran": message["run"], "steps": [{"events": [request]}] + [{} for _ in message["steps"][1:]]}
BODY
"#;

const JOBS: usize = 100;
const GUILTY: usize = 70;

/// A case that is far from the first of [`cases`].
const GUILTY_CASE: &str = "h1.simple.get";

/// A child of `sh` or Python in a folder that lives as long as it.
struct Bad {
    child: Child,
    _dir: tempfile::TempDir,
}

fn python(text: &str) -> Bad {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("child.py");
    std::fs::write(&script, text).unwrap();
    let mut child = Child::new("bad", vec!["python3".into(), script.into()]);
    child.env.push(("MARK".into(), dir.path().join("mark").into()));
    child.env.push(("GUILTY_CASE".into(), GUILTY_CASE.into()));
    child.limits.run = Duration::from_millis(2000);
    Bad { child, _dir: dir }
}

fn bad(can: &str, body: &str) -> Bad {
    bad_at_bench(can, body, "out({'unknown': 'bench'})")
}

fn bad_at_bench(can: &str, body: &str, bench: &str) -> Bad {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let text = CHILD.replace("CAN", can).replace("BODY", &body).replace("BENCH", bench);
    python(&text.replace("JUDGE", "out({'unknown': 'judge'})"))
}

/// One that is trusted to judge.
fn bad_judge(body: &str, judge: &str) -> Bad {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let text = CHILD.replace("CAN", "['framing', 'cuts']").replace("BODY", &body).replace("BENCH", "pass");
    let mut bad = python(&text.replace("JUDGE", judge));
    bad.child.judges = true;
    bad
}

fn octets(index: usize) -> Vec<u8> {
    if index == GUILTY { b"guilty".to_vec() } else { format!("script {index}").into_bytes() }
}

fn jobs(cuts: Cuts) -> Vec<Job> {
    let job = |index| {
        let script = Script::of_bytes(Http1::SPEC, Role::Server, octets(index), false);
        Job { cuts: plan(cuts, &script, 0), script }
    };
    (0..JOBS).map(job).collect()
}

/// All answers; each job must have exactly one.
fn run(child: &Child, jobs: &[Job]) -> (Vec<Answer>, Vec<Fault>) {
    let mut answers: Vec<Option<Answer>> = vec![None; jobs.len()];
    let faults = child.open().unwrap().run(jobs, &mut |index, answer| {
        assert!(answers[index].replace(answer).is_none(), "job {index} was answered twice");
    });
    (answers.into_iter().map(|answer| answer.expect("every job is answered")).collect(), faults)
}

fn is_good(index: usize, answer: &Answer) -> bool {
    let Answer::Ran { whole, .. } = answer else { return false };
    let fields = Value::Fields(vec![(b"octets".to_vec(), octets(index))]);
    whole.fault.is_none() && whole.steps[0].events[0].record.get("fields") == Some(&fields)
}

fn fault(answer: &Answer) -> Option<&Fault> {
    match answer {
        Answer::Ran { whole, .. } => whole.fault.as_ref(),
        _ => None,
    }
}

/// Checks that the guilty job, and no other, has a fault of this kind whose text holds these words.
fn assert_blamed(what: &str, answers: &[Answer], kind: FaultKind, words: &str) {
    for (index, answer) in answers.iter().enumerate() {
        if index == GUILTY {
            let fault = fault(answer).unwrap_or_else(|| panic!("{what}: {answer:?}"));
            assert_eq!(fault.kind, kind, "{what}: {}", fault.text);
            assert!(fault.text.contains(words), "{what}: {}", fault.text);
        } else {
            assert!(is_good(index, answer), "{what}: {index}: {answer:?}");
        }
    }
}

const CRIMES: &[(&str, FaultKind, &str)] = &[
    ("print('bang', file=sys.stderr); sys.exit(3)", FaultKind::Exit, "status 3; it said: bang"),
    ("os.kill(os.getpid(), signal.SIGSEGV)", FaultKind::Signal, "signal 11"),
    ("os.close(1); time.sleep(0.1); os._exit(0)", FaultKind::Exit, "status 0"),
    ("time.sleep(60); continue", FaultKind::Hang, "no answer"),
    ("good['ran'] += 1000", FaultKind::Garbage, "not asked for"),
    ("out({'what': 1}); continue", FaultKind::Garbage, "what is no answer"),
    ("good['steps'] = 'x'", FaultKind::Garbage, "cannot be read"),
    ("good['steps'] = []", FaultKind::Garbage, "0 steps for a script of 1"),
    ("good['steps'][0]['events'][0]['event'] = 'wish'", FaultKind::Garbage, "unknown event"),
    ("good['steps'][0]['events'][0]['method'] = 7", FaultKind::Garbage, "request.method"),
    ("good['cuts'] = {'5': good['steps']}", FaultKind::Garbage, "cannot be read"),
    ("good['cuts'] = {'5': {'steps': good['steps']}}", FaultKind::Garbage, "not asked for"),
    (
        "good = {'judged': message['run'], 'verdict': 'pass', 'cut': 'whole'}",
        FaultKind::Garbage,
        "a judgement that was not",
    ),
    ("good['steps'][0]['events'] *= 1000", FaultKind::Flood, "longer than the limit"),
    ("[print('chatter') for _ in range(20000)]", FaultKind::Flood, "the last: chatter"),
    ("good['fault'] = 'Traceback'", FaultKind::Panic, "Traceback"),
];

#[test]
fn the_guilty_run_is_named_and_all_others_are_answered() {
    for (crime, kind, words) in CRIMES {
        let mut bad = bad("['cuts']", &format!("if guilty:\n    {crime}\nout(good)"));
        bad.child.limits.answer = 20_000;
        if *kind == FaultKind::Hang {
            bad.child.limits.run = Duration::from_millis(300);
        }
        let (answers, faults) = run(&bad.child, &jobs(Cuts::None));
        assert_blamed(crime, &answers, *kind, words);
        assert_eq!(faults, [], "{crime}");
    }
}

#[test]
fn a_child_that_cannot_cut_is_cut_for_and_blamed_the_same() {
    for (crime, kind, words) in &CRIMES[..6] {
        let mut bad = bad("[]", &format!("if guilty and len(message['steps']) > 1:\n    {crime}\nout(good)"));
        if *kind == FaultKind::Hang {
            bad.child.limits.run = Duration::from_millis(300);
        }
        let mut some = jobs(Cuts::None);
        some.iter_mut().for_each(|job| job.cuts.push(Cut::At(1)));
        let (answers, faults) = run(&bad.child, &some);
        assert_blamed(crime, &answers, *kind, words);
        assert_eq!(faults, [], "{crime}");
    }
}

#[test]
fn noise_harms_nobody() {
    let chatty = "print('noise'); print('[1]'); print('x' * 300); out(good)";
    let (answers, faults) = run(&bad("['cuts']", chatty).child, &jobs(Cuts::None));
    assert!(answers.iter().enumerate().all(|(index, answer)| is_good(index, answer)));
    assert_eq!(faults, []);
}

#[test]
fn an_answer_given_twice_is_blamed_on_no_run() {
    let twice = bad("['cuts']", "out(good)\nif guilty:\n    out(good)");
    let (answers, faults) = run(&twice.child, &jobs(Cuts::None));
    assert!(answers.iter().enumerate().all(|(index, answer)| is_good(index, answer)));
    assert_eq!(faults.len(), 1);
    assert!(faults[0].text.contains("twice"), "{faults:?}");
}

#[test]
fn state_that_leaks_is_found_by_the_canary() {
    let mut leaky = bad("['cuts']", "if runs > 30:\n    request['method'] = 'PUT'\nout(good)");
    leaky.child.limits.canary = 20;
    let (answers, faults) = run(&leaky.child, &jobs(Cuts::None));
    assert_eq!(answers.len(), JOBS);
    assert_eq!(faults.iter().map(|f| f.kind).collect::<Vec<_>>(), [FaultKind::Leak]);

    // A death in between does not end the watch.
    let body =
        "if guilty:\n    sys.exit(1)\nif runs > 20 and message['run'] > 150:\n    request['method'] = 'PUT'\nout(good)";
    let mut leaky = bad("['cuts']", body);
    leaky.child.limits.canary = 5;
    let many: Vec<Job> = jobs(Cuts::None).into_iter().chain(jobs(Cuts::None).into_iter().take(GUILTY)).collect();
    let (_, faults) = run(&leaky.child, &many);
    assert_eq!(faults.iter().map(|f| f.kind).collect::<Vec<_>>(), [FaultKind::Leak]);
}

#[test]
fn a_child_that_dies_at_every_run_is_given_up() {
    let mut mortal = bad("['cuts']", "sys.exit(1)");
    mortal.child.limits.deaths = 3;
    let (answers, _) = run(&mortal.child, &jobs(Cuts::None));
    let not_run = answers.iter().filter(|a| matches!(a, Answer::NotRun(why) if why.contains("given up"))).count();
    let blamed = answers.iter().filter(|a| fault(a).is_some()).count();
    assert_eq!((blamed, blamed + not_run), (3, JOBS));
}

#[test]
fn a_child_that_dies_now_and_then_loses_no_answer() {
    let mut mortal = bad("['cuts']", "if runs == 40:\n    sys.exit(1)\nout(good)");
    mortal.child.limits.deaths = 50;
    let (answers, _) = run(&mortal.child, &jobs(Cuts::None));
    let well = answers.iter().enumerate().filter(|(index, answer)| is_good(*index, answer)).count();
    let blamed = answers.iter().filter(|a| fault(a).is_some()).count();
    assert_eq!(well + blamed, JOBS);
    assert!(blamed <= 2, "{blamed}");
}

#[test]
fn a_child_that_starts_only_once_leaves_the_rest_not_run() {
    let mut once = bad("['cuts']", "if guilty:\n    sys.exit(1)\nout(good)");
    let command = "test -e $MARK && exit 9; touch $MARK; exec \"$@\"";
    let original = std::mem::take(&mut once.child.command);
    once.child.command = ["sh", "-c", command, "sh"].map(Into::into).into_iter().chain(original).collect();
    let (answers, _) = run(&once.child, &jobs(Cuts::None));
    assert!((0..GUILTY).all(|index| is_good(index, &answers[index])));
    assert!((GUILTY..JOBS).all(|i| matches!(&answers[i], Answer::NotRun(why) if why.contains("status 9"))));
}

#[test]
fn without_a_greeting_a_child_is_unavailable_and_says_why() {
    let table = [
        ("echo oh no >&2; exit 4", "status 4; it said: oh no"),
        ("echo hello; sleep 60", "no answer within 0.3 s; it printed: hello"),
        ("cat", "its hello is not right: missing field"),
        ("echo '{\"ran\": 1}'; sleep 60", "the first answer is no hello"),
        (
            "echo '{\"hello\": {\"protocol\": 2, \"name\": \"a\", \"version\": \"1\", \"language\": \"sh\", \"endpoints\": [], \"can\": []}}'; cat",
            "version 2",
        ),
        ("exec /nowhere/at/all", "not found"),
    ];
    for (shell, words) in table {
        let mut child = Child::new("bad", ["sh", "-c", shell].map(Into::into).to_vec());
        child.limits.start = Duration::from_millis(300);
        let why = child.open().err().map(|unavailable| unavailable.0).unwrap_or_default();
        assert!(why.contains(words), "{shell}: {why}");
    }
    let missing = Child::new("bad", vec![Path::new("/nowhere/at/all").into()]);
    assert!(missing.open().err().is_some_and(|u| u.0.contains("is it installed")));
}

fn task() -> Arc<Task> {
    Arc::new(Task { script: Script::of_bytes(Http1::SPEC, Role::Server, octets(0), false), pieces: None })
}

#[test]
fn what_a_bench_is_answered_with_is_not_believed() {
    let table = [
        ("out({'what': 1})", "no answer to bench"),
        ("out({**timed, 'nanoseconds': 'x'})", "no answer to bench"),
        ("out({**timed, 'benched': message['bench'] + 1})", "no answer to bench"),
        ("out({'benched': message['bench'], 'nanoseconds': 1})", "no answer to bench"),
        ("out({'ran': message['bench'], 'steps': [{}]})", "no answer to bench"),
        ("out({'unknown': 'bench'})", "does not know `bench`"),
        ("out({'benched': message['bench'], 'cannot': 'too tired'})", "too tired"),
        ("print('bang', file=sys.stderr); sys.exit(3)", "status 3; it said: bang"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "signal 11"),
        ("time.sleep(60)", "no answer within 0.3 s"),
    ];
    for (bench, words) in table {
        let mut bad = bad_at_bench("['cuts']", "out(good)", bench);
        bad.child.limits.measurement = Duration::from_millis(300);
        let mut session = bad.child.open().unwrap();
        let task = task();
        for _ in 0..2 {
            let why = session.measure(&task, 5).expect_err(bench);
            assert!(why.contains(words), "{bench}: {why}");
            let mut answers = Vec::new();
            let faults = session.run(&jobs(Cuts::None)[..3], &mut |index, answer| answers.push((index, answer)));
            assert!(answers.len() == 3 && answers.iter().all(|(index, answer)| is_good(*index, answer)), "{bench}");
            assert_eq!(faults, [], "{bench}");
        }
    }
}

#[test]
fn steps_are_sent_once_to_a_process_that_can_do_them() {
    let child = bad_at_bench("['cuts']", "out(good)", "out({**timed, 'events': int('steps' in message)})");
    let mut session = child.child.open().unwrap();
    let (one, other) = (task(), task());
    for (task, sent) in [(&one, 1), (&one, 0), (&other, 1), (&one, 1), (&one, 0)] {
        assert_eq!(session.measure(task, 5), Ok(Measured { nanoseconds: 1, events: sent }));
    }

    // One that could not do them has nothing to repeat.
    let cannot = "out(timed if 'steps' not in message else {'benched': message['bench'], 'cannot': 'no'})";
    let child = bad_at_bench("['cuts']", "out(good)", cannot);
    let mut session = child.child.open().unwrap();
    for _ in 0..2 {
        assert_eq!(session.measure(&one, 5), Err("no".to_owned()));
    }
}

#[test]
fn the_check_compares_what_is_timed_with_what_is_run() {
    let table = [
        ("out(timed)", None),
        ("out({'unknown': 'bench'})", None),
        ("out({'benched': message['bench'], 'cannot': 'no clock'})", None),
        ("out({**timed, 'events': 1})", Some("3 times 1")),
        ("out(timed if 'steps' in message else {**timed, 'events': 4})", Some("3 times 1")),
        ("out({**timed, 'benched': 0})", Some("nanoseconds")),
        ("out({'benched': message['bench']})", Some("nanoseconds")),
        ("sys.exit(3)", Some("status 3")),
    ];
    for (bench, words) in table {
        let child = bad_at_bench("[]", &format!("{CANNOT}out(good)"), bench);
        let lines = check(&child.child, protocols());
        let line = lines.iter().find(|line| line.name == "it can be timed").expect(bench);
        assert_eq!(line.ok, words.is_none(), "{bench}: {line:?}");
        assert!(line.what.contains(words.unwrap_or_default()), "{bench}: {line:?}");
    }
}

/// What the check complains about, in order.
fn complaints(can: &str, body: &str) -> Vec<CheckLine> {
    check(&bad(can, body).child, protocols()).into_iter().filter(|line| !line.ok).collect()
}

const CANNOT: &str =
    "if message['endpoint'] == 'none.none' or message['config']:\n    good = {'ran': message['run'], 'cannot': 'no'}\n";

#[test]
fn the_check_says_what_to_mend() {
    let all = complaints("['wings']", "out(good)");
    assert!(all[0].name.contains("capabilities") && all[0].what.contains("wings is none of"), "{all:?}");
    assert!(all[1].name.contains("unknown endpoint") && all[1].what.contains("cannot"), "{all:?}");
    assert!(all[2].name.contains("unknown option"), "{all:?}");
    let table = [
        ("[]", "request['method'] = str(runs)", "same answer", "new endpoint"),
        ("[]", "if runs == 20: continue", "64 runs", "no answer"),
        ("[]", "if runs == 20: good['ran'] += 1", "64 runs", "was answered 0 times"),
        ("[]", "if runs == 20: request['method'] = 'PUT'", "64 runs", "mixed up"),
        ("[]", "if b'OPTIONS' in octets: good['steps'][0]['events'] += [{'event': 'upgraded'}]", "claims", "upgrade"),
        ("['framing']", "pass", "plain server scripts", "DELETE request"),
        ("['cuts']", "good['cuts'] = {'0': {'steps': [{}] * len(good['steps'])}}", "its cuts", "DELETE request"),
        ("['cuts']", "pass", "its cuts", "no transcript of the cut"),
    ];
    for (can, body, name, words) in table {
        let all = complaints(can, &format!("{CANNOT}{body}\nout(good)"));
        let line = all.iter().find(|line| line.name.contains(name)).unwrap_or_else(|| panic!("{body}: {all:?}"));
        assert!(line.what.contains(words), "{body}: {line:?}");
    }
}

/// The bundled cases that the child can take.
fn cases(suite: &Suite) -> Vec<&Case> {
    let profile =
        Profile { endpoints: vec!["http1.server".to_owned()], can: vec!["framing".to_owned()], ..Profile::default() };
    let fitting = suite.cases.iter().filter(|case| inapplicable(case, &profile).is_none());
    let cases: Vec<&Case> = fitting.collect();
    let guilty = cases.iter().position(|case| case.id == GUILTY_CASE);
    assert!(guilty.is_some_and(|at| at > 200 && at + 10 < cases.len()), "{guilty:?} of {}", cases.len());
    cases
}

/// All judgements by this child, the guilty case's apart; each case must have exactly one.
fn judgements(child: &Child, bundled: bool) -> (Vec<Judgement>, Judgement, Vec<Fault>) {
    static SUITE: LazyLock<Suite> = LazyLock::new(|| Suite::bundled().expect("the vectors are sound"));
    let cases = cases(&SUITE);
    let mut judgements: Vec<Option<Judgement>> = vec![None; cases.len()];
    let asked = Asked { cases: &cases, cuts: Cuts::None, seed: 0, bundled };
    let faults = child.open().unwrap().judge(&asked, &mut |index, judgement, cuts| {
        assert_eq!(cuts, 1);
        assert!(judgements[index].replace(judgement).is_none(), "{} was judged twice", cases[index].id);
    });
    let guilty = cases.iter().position(|case| case.id == GUILTY_CASE).expect("it is there");
    let mut all: Vec<Judgement> = judgements.into_iter().map(|one| one.expect("every case is judged")).collect();
    let guilty = all.remove(guilty);
    (all, guilty, faults)
}

fn by_itself(judgements: &[Judgement]) -> usize {
    judgements.iter().filter(|judgement| judgement.outcome == "by itself").count()
}

#[test]
fn a_trusted_child_judges_once_a_script_ran_well() {
    let bad = bad_judge("out(good)", "out(judged)");
    let (all, guilty, faults) = judgements(&bad.child, true);
    assert!((1..=64).contains(&(all.len() - by_itself(&all))), "{} of {}", by_itself(&all), all.len());
    assert_eq!((guilty.outcome.as_str(), guilty.verdict), ("by itself", Verdict::Pass));
    assert_eq!(faults, []);

    let (all, _, _) = judgements(&bad.child, false);
    assert_eq!(by_itself(&all), 0, "these are others than it has");
    let mut untrusted = bad.child.clone();
    untrusted.judges = false;
    let (all, _, _) = judgements(&untrusted, true);
    assert_eq!(by_itself(&all), 0);
    let (all, _, _) =
        judgements(&bad_judge("good = {'ran': message['run'], 'cannot': 'no'}\nout(good)", "pass").child, true);
    assert_eq!(by_itself(&all), 0, "nothing ran well");
}

#[test]
fn a_judge_that_breaks_is_blamed_on_the_case() {
    let crimes = [
        ("sys.exit(3)", "status 3"),
        ("judged['judged'] += 10_000", "not asked for"),
        ("judged['verdict'] = 'grand'", "cannot be read"),
        ("judged['cut'] = 'slice'", "a judgement of no cut"),
        ("judged = {'unknown': 'judge: this program has other vectors'}", "other vectors"),
    ];
    for (crime, words) in crimes {
        let bad = bad_judge("out(good)", &format!("if guilty: {crime}\n        out(judged)"));
        let (all, guilty, faults) = judgements(&bad.child, true);
        assert_eq!((guilty.verdict, guilty.outcome.as_str()), (Verdict::Fault, "fault"), "{crime}");
        assert!(guilty.why.contains(words), "{crime}: {}", guilty.why);
        assert!(all.iter().all(|judgement| judgement.verdict != Verdict::Fault), "{crime}");
        assert_eq!(faults, [], "{crime}");
    }
}

#[test]
fn a_judge_whose_endpoints_share_state_is_found_out() {
    let mut leaky = bad_judge("if runs > 70:\n    request['method'] = 'PUT'\nout(good)", "out(judged)");
    leaky.child.limits.canary = 20;
    let (_, _, faults) = judgements(&leaky.child, true);
    assert_eq!(faults.iter().map(|f| f.kind).collect::<Vec<_>>(), [FaultKind::Leak]);
}
