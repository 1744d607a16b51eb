//! What the tests of the Rust adapters have in common.

use serde_json::{Value, json};
use wireproof::http1::Http1;
use wireproof::judge::show_record;
use wireproof::{Config, Implementation, InProcess, Protocol, Role, Script, Step, Transcript};

pub(crate) const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

pub(crate) fn receive(octets: &str) -> Step {
    Step::Receive(octets.chars().map(|c| u8::try_from(c).unwrap()).collect())
}

pub(crate) fn send(action: Value) -> Step {
    Step::send(action)
}

pub(crate) fn ask(method: &str, target: &str) -> [Step; 2] {
    let request = json!({"request": {"method": method, "target": target, "fields": [["Host", "a"]]}});
    [send(request), send(json!({"end": {}}))]
}

pub(crate) fn script(role: Role, steps: &[Step]) -> Script {
    let sends = steps.iter().any(|s| matches!(s, Step::Send(a) if a.get("request").is_none()));
    let answer = role == Role::Server && !sends;
    Script { protocol: Http1::SPEC, role, config: Config::default(), answer, steps: steps.to_vec() }
}

pub(crate) fn show(transcript: &Transcript) -> Vec<String> {
    assert_eq!(transcript.fault, None);
    transcript.canonical(Http1::SPEC).events().map(|(_, seen)| show_record(&seen.record)).collect()
}

/// Runs the steps whole, octet by octet, and cut at each offset; all must show `expected`. Returns what was written.
pub(crate) fn check(
    subject: impl Implementation<Http1> + 'static,
    role: Role,
    steps: &[Step],
    expected: &[&str],
) -> String {
    let subject = InProcess::new(subject);
    let script = script(role, steps);
    let whole = subject.transcribe(&script, &[]).unwrap();
    assert_eq!(show(&whole), expected, "whole");
    let len = script.received().len();
    let cuts = (1..len).map(|at| vec![at]).chain([(1..len).collect()]);
    for cut in cuts {
        let parts = subject.transcribe(&script, &cut).unwrap();
        assert_eq!(parts.canonical(Http1::SPEC), whole.canonical(Http1::SPEC), "cut {cut:?}");
    }
    String::from_utf8_lossy(&whole.output()).into_owned()
}
