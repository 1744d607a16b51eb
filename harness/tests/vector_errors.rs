//! Broken vector files: each gives a defect that says where, in which case and member, what, and what to do.

use wireproof::http1::{Class, Http1, Phase};
use wireproof::http2::code_number;
use wireproof::vectors::{Condition, MemberPattern, Suite, lint};
use wireproof::{Protocol, Value, protocols};

/// A sound file, a requirement, and the marks that a breakage replaces. The first case stands on line 3.
const GOOD: &str = r#"{"format": 1, "protocol": "http1", "suite": "toy", "needs": [], "lets": {"host": "Host: a\r\n"},
"cases": [
{"id": "h1.toy.good", "title": "A plain request", "role": "server", "level": "MUST", "requirements": ["9112-1-1"], "why": "w",
 "steps": [{"receive": ["GET / HTTP/1.1\r\n", {"let": "host"}, "\r\n"]}],
 "outcomes": [{"name": "accepted", "is": "pass", "when": [{"expect": [{"event": "request", "method": "GET"}, {"event": "end"}]}]}]},
{"id": "h1.toy.bad", "title": "A bad request", "role": "server", "level": "MUST", "requirements": ["9112-1-1"], "why": "w",
 "twin": "h1.toy.good", "config": {},
 "steps": [{"receive": "GET /\r\n\r\n"}, {"eof": true}],
 "outcomes": [{"name": "rejected", "is": "pass", "when": [{"expect": [{"event": "rejected", "at": [5, 8]}]}]}]}
]}"#;

const CATALOGUE: &str =
    r#"[{"id": "9112-1-1", "level": "MUST", "testable": "receive", "role": ["server"], "text": "MUST."}]"#;

/// All defects of these texts, loaded and linted, in the words that people see.
fn defects(text: &str, catalogue: &str) -> Vec<String> {
    let files = [("toy.json", text), ("requirements/toy.json", catalogue)];
    let found = match Suite::of_files(files.into_iter(), protocols()) {
        Ok(suite) => lint(&suite),
        Err(defects) => defects,
    };
    found.iter().map(ToString::to_string).collect()
}

/// The good file with one text in it replaced.
fn check(from: &str, to: &str, expected: &[&str]) {
    assert_eq!(GOOD.matches(from).count(), 1, "{from:?} stands once in the good file");
    assert_eq!(defects(&GOOD.replacen(from, to, 1), CATALOGUE), expected, "{from} became {to}");
}

#[test]
fn the_good_file_has_no_defect() {
    assert_eq!(defects(GOOD, CATALOGUE), [""; 0]);
}

/// The only pattern of the second case, replaced.
fn check_pattern(to: &str, expected: &str) {
    let expected = format!("toy.json:6: case h1.toy.bad: outcomes/0/when/0/{expected}");
    check(r#"{"event": "rejected", "at": [5, 8]}"#, to, &[&expected]);
}

/// The last step of the second case, replaced.
fn check_step(to: &str, expected: &str) {
    check(r#"{"eof": true}"#, to, &[&format!("toy.json:6: case h1.toy.bad: steps/1{expected}")]);
}

/// A member more in the second case, or one instead of another.
fn check_case(from: &str, to: &str, expected: &str) {
    check(from, to, &[&format!("toy.json:6: case h1.toy.bad: {expected}")]);
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    check(r#""needs": [],"#, r#""needs": [,"#, &["toy.json:1: not JSON: expected value at line 1 column 62"]);
    check("\n]}", "", &["toy.json:9: not JSON: EOF while parsing a list at line 9 column 111"]);
    let known = "known: format, protocol, suite, generated, needs, lets, cases";
    check(r#""needs": [],"#, r#""need": [],"#, &[&format!("toy.json:1: unknown member \"need\"; {known}")]);
    check(r#""needs": [],"#, r#""needs": "eof","#, &[r#"toy.json:1: needs: "eof" is not of type "array""#]);
    check(r#""format": 1"#, r#""format": 2"#, &["toy.json:1: format: 1 was expected"]);
    check(
        r#""http1""#,
        r#""http9""#,
        &[r#"toy.json:1: protocol: unknown protocol "http9"; known: http1, http2, hpack"#],
    );
    check(r#""id": "h1.toy.bad", "#, "", &[r#"toy.json:6: cases/1: the member "id" is missing"#]);
    assert_eq!(defects("[]", CATALOGUE), [r#"toy.json:1: [] is not of type "object""#]);
    let catalogue = ["requirements/toy.json:1: not a requirement catalogue: missing field `id` at line 1 column 3"];
    assert_eq!(defects(GOOD, "[{}]"), catalogue);
}

#[test]
fn a_broken_case_is_named() {
    let known = "id, title, role, level, requirements, why, tags, needs, config, after, twin, cuts, disputed, answer, steps, \
                 outcomes";
    check_case(r#""config": {}"#, r#""confg": {}"#, &format!("unknown member \"confg\"; known: {known}"));
    check_case(r#""config": {}"#, r#""cuts": "whole""#, r#"cuts: "whole": expected one of "any", "fixed""#);
    check_case(r#""config": {}"#, r#""config": {"max-head": -3}"#, "config/max-head: -3 is less than the minimum of 0");
    let options = r#"config: unknown option "max"; known: max-start-line, max-head, max-fields"#;
    check_case(r#""config": {}"#, r#""config": {"max": 3}"#, options);
    check_case(r#""config": {}"#, r#""after": ["h1.toy.god"]"#, "after: there is no case h1.toy.god");
    check_case(r#""twin": "h1.toy.good""#, r#""twin": "h1.toy.god""#, "twin: there is no case h1.toy.god");
    let twin =
        "twin: every passing outcome refuses: name the nearest valid case, so that refusing everything scores nothing";
    check_case(r#""twin": "h1.toy.good","#, "", twin);
    check_case(
        r#""A bad request""#,
        r#""It must refuse""#,
        "title: states the input; \"must \" belongs to level and outcomes",
    );
    let long = format!("title: \"{}… is longer than 80 characters", "a".repeat(79));
    check_case(r#""A bad request""#, &format!("{:?}", "a".repeat(3000)), &long);
    let role = r#""A bad request", "role": "server""#;
    let roles = r#"role: "proxy": expected one of "server", "client", "decoder", "encoder""#;
    check_case(role, r#""A bad request", "role": "proxy""#, roles);
    check_case(role, r#""A bad request", "role": "decoder""#, "role: http1 has no decoder");
    check(
        r#""id": "h1.toy.bad""#,
        r#""id": "h1.toy.good""#,
        &[
            "toy.json:6: case h1.toy.good: id: this id is taken by toy.json:3; ids are unique in the tree and never reused",
        ],
    );
    check(
        r#""id": "h1.toy.bad""#,
        r#""id": "h2.toy.bad""#,
        &["toy.json:6: case h2.toy.bad: id: ids of http1 begin with h1."],
    );
}

#[test]
fn requirements_and_capabilities_exist() {
    let requirements = "\"requirements\": [\"9112-1-1\"], \"why\": \"w\",\n \"twin\"";
    let with = |ids: &str| format!("\"requirements\": {ids}, \"why\": \"w\",\n \"twin\"");
    let table = [
        ("[]", "requirements: a MUST case names at least one requirement"),
        (r#"["9112-1-2"]"#, "requirements: 9112-1-2 is not in vectors/requirements"),
        (r#"["RFC 9112"]"#, r#"requirements/0: "RFC 9112" does not match "^[0-9]+-[0-9A-Z.]+-i?[0-9]+$""#),
    ];
    for (ids, expected) in table {
        check_case(requirements, &with(ids), expected);
    }
    let known: Vec<&str> = Http1::SPEC.capabilities.iter().map(|c| c.name).collect();
    let unknown = format!("needs: unknown capability \"frame\"; known: {}", known.join(", "));
    check_case(r#""config": {}"#, r#""needs": ["frame"]"#, &unknown);
}

#[test]
fn a_broken_step_is_named() {
    let known = "receive, eof, send, tick, expect, wrote";
    let octets = r#"Latin-1 text (U+00FF is octet FF), a list to concatenate, {"let": …}, {"hex": …}, {"chunk": …}, {"repeat": …, "times": …}, {"frame": …} or {"hpack": …}"#;
    let table = [
        (r#"{"eoff": true}"#, format!(": unknown member \"eoff\"; known: {known}")),
        (r#"{"eof": true, "tick": 1}"#, format!(": {{\"eof\":true,\"tick\":1}}: expected one of {known}")),
        (r#"{}"#, format!(": {{}}: expected one of {known}")),
        (r#"{"eof": false}"#, "/eof: true was expected".to_owned()),
        (
            r#"{"receive": "€"}"#,
            "/receive: character 0 ('€') is above U+00FF and stands for no octet; write UTF-8 as {\"hex\": …}"
                .to_owned(),
        ),
        (r#"{"receive": {"hex": "0g"}}"#, "/receive: character 1 ('g') is not a hex digit".to_owned()),
        (r#"{"receive": {"b64": "zz"}}"#, format!("/receive: {{\"b64\":\"zz\"}}: expected {octets}")),
        (r#"{"receive": {"let": "hots"}}"#, "/receive: no let named \"hots\"; this file has [\"host\"]".to_owned()),
        (r#"{"receive": {"repeat": "a", "times": 100000000}}"#, "/receive: more than 67108864 octets".to_owned()),
        (
            r#"{"send": {"end": {"trailer": []}}}"#,
            "/send: no action: unknown field `trailer`, expected `trailers`".to_owned(),
        ),
        (
            r#"{"send": {"data": "€"}}"#,
            "/send: \"€\": a character is an octet, U+0000 to U+00FF; write UTF-8 as its octets, é as \"Ã©\""
                .to_owned(),
        ),
    ];
    for (step, expected) in table {
        check_step(step, &expected);
    }
    let both = "outcomes: expect or wrote stands in steps too; use one or the other";
    check_case(r#"{"eof": true}"#, r#"{"expect": []}"#, both);
    let deep = ["toy.json:3: case h1.toy.good: steps/0/receive: octets nest too deep; does a let name itself?"];
    check(r#""Host: a\r\n""#, r#"{"let": "host"}"#, &deep);
}

#[test]
fn a_broken_pattern_is_named() {
    let table = [
        (
            r#"{"event": "refused"}"#,
            "expect/0: unknown event \"refused\"; known: request, response, interim, data, end, upgraded, closed, rejected, and ...",
        ),
        (r#"{"at": [5, 8]}"#, "expect/0: the member \"event\" is missing"),
        (r#"{"event": "rejected", "at": [5]}"#, "expect/0/at: [5] has less than 2 items"),
        (r#"{"event": "rejected", "optional": 1}"#, "expect/0/optional: 1 is not of type \"boolean\""),
        (
            r#"{"event": "rejected", "code": 1}"#,
            "expect/0: rejected has no member \"code\"; it has phase, class, status, text",
        ),
        (r#"{"event": "rejected", "status": "400"}"#, "expect/0: status: \"400\" is no number"),
        (r#"{"event": "rejected", "status": {"in": [400]}}"#, "expect/0: status: \"in\" takes two numbers"),
        (r#"{"event": "rejected", "class": {"any": ["host", 3]}}"#, "expect/0: class: 3 is no octet string"),
        (
            r#"{"event": "rejected", "class": {"in": [1, 2]}}"#,
            "expect/0: class: unknown notation [\"in\"]; known: hex, let, repeat with times, chunk, frame, hpack",
        ),
        (r#"{"event": "end", "trailers": [["a"]]}"#, "expect/0: trailers: [\"a\"] is no [name, value]"),
        (r#"{"event": "end", "trailers": {"has": [["a"]]}}"#, "expect/0: trailers: [\"a\"] is no [name, value]"),
        (r#"{"event": "end", "trailers": {"lacks": "a"}}"#, "expect/0: trailers: \"a\" is no list of names"),
        (
            r#"{"event": "end", "trailers": {"hass": []}}"#,
            "expect/0: trailers: {\"hass\":[]}: expected a list of [name, value], has, lacks, or any",
        ),
        (r#"{"event": "...", "status": 1}"#, "expect/0: \"...\" has no members"),
    ];
    for (pattern, expected) in table {
        check_pattern(pattern, expected);
    }
    for at in ["[5, 9]", "[8, 5]"] {
        check_case("[5, 8]", at, &format!("at: {at} does not lie inside the 9 octets received"));
    }
}

#[test]
fn a_broken_outcome_is_named() {
    let expect = r#"{"expect": [{"event": "rejected", "at": [5, 8]}]}"#;
    let table = [
        (
            r#"{"expects": []}"#,
            ": unknown member \"expects\"; known: expect, wrote, unwritten, seen, never, refused, step, steps",
        ),
        (
            r#"{"step": 1}"#,
            ": {\"step\":1}: expected one of expect, wrote, unwritten, seen, never, refused; beside it only step or steps",
        ),
        (r#"{"step": 2, "expect": []}"#, "/step: 2: the script has steps 0 to 1"),
        (r#"{"refused": "some", "steps": [1, 2]}"#, "/steps: 2: the script has steps 0 to 1"),
        (
            r#"{"refused": true}"#,
            "/refused: say which step it is about: {\"refused\": true, \"step\": 1}, or {\"refused\": \"some\", \"steps\": [1, 2]}",
        ),
        (r#"{"never": {"event": "x", "at": [0, "a"]}}"#, "/never/at/1: \"a\" is not of type \"integer\""),
    ];
    for (condition, expected) in table {
        check_case(expect, condition, &format!("outcomes/0/when/0{expected}"));
    }
    let named = |name: &str, is: &str| format!(r#"{{"name": "{name}", "is": "{is}", "when": [{expect}]}}"#);
    let good = &named("rejected", "pass");
    let is = r#"outcomes/0/is: "passed": expected one of "pass", "weak", "fail", "seen""#;
    check_case(good, &named("rejected", "passed"), is);
    check_case(good, &named("unlisted", "pass"), "outcomes: the name \"unlisted\" is taken");
    check_case(good, &format!("{good}, {}", named("x", "fail")), "outcomes: x: say why it is not a pass");
}

/// A word that is none would make a pattern that nothing fits, unseen.
#[test]
fn the_bundled_vectors_name_phases_and_classes_that_exist() {
    let suite = Suite::bundled().unwrap();
    let patterns = |condition: &Condition| match condition {
        Condition::Expect { patterns, .. } | Condition::Wrote { patterns, .. } => patterns.clone(),
        Condition::Seen(pattern)
        | Condition::Never(pattern)
        | Condition::WroteSome { pattern, .. }
        | Condition::Unwritten { pattern, .. } => vec![pattern.clone()],
        Condition::Refused { .. } | Condition::RefusedSome { .. } => Vec::new(),
    };
    for case in &suite.cases {
        for pattern in case.outcomes.iter().flat_map(|o| &o.when).flat_map(patterns) {
            for (name, member) in &pattern.members {
                let words = match (case.script.protocol.name, name.as_str()) {
                    ("http1", "class") => Class::WORDS,
                    ("http1", "phase") => Phase::WORDS,
                    ("hpack", "class") => wireproof::hpack::Class::WORDS,
                    ("http2", "scope") => &["connection", "stream"],
                    ("http2", "code") => &wireproof::http2::CODES,
                    _ => continue,
                };
                let MemberPattern::Any(any) = member else { panic!("{}: {member:?}", case.id) };
                let is = |value: &Value, word: &str| *value == Value::Bytes(word.as_bytes().to_vec());
                let coded = |value: &Value| match value {
                    Value::Bytes(word) if name == "code" => code_number(&String::from_utf8_lossy(word)).is_some(),
                    _ => false,
                };
                let known = |value: &Value| words.iter().any(|w| is(value, w)) || coded(value);
                assert!(any.iter().all(known), "{}: {name} {any:?}", case.id);
            }
        }
    }
}
