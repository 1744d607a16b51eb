//! What the comparison tells apart, and what it leaves out of account.

use proptest::prelude::*;
use serde_json::{Value, json};
use wireproof::compare::{Common, Reading};
use wireproof::compare::{Difference, Rules, Severity, Side, compare, differ};
use wireproof::hpack::Hpack;
use wireproof::http1::Http1;
use wireproof::http2::Http2;
use wireproof::{Profile, Protocol, ProtocolSpec, Role, Script, Seen, StepRecord, Transcript};

fn profile(spec: &ProtocolSpec, without: &[&str]) -> Profile {
    let can = spec.capabilities.iter().map(|c| c.name).filter(|name| !without.contains(name));
    Profile { can: can.map(str::to_owned).collect(), ..Profile::default() }
}

fn transcript(events: &Value) -> Transcript {
    let seen = |event: &Value| Seen { fed: None, record: serde_json::from_value(event.clone()).expect("an event") };
    let events = events.as_array().expect("a list").iter().map(seen).collect();
    Transcript { steps: vec![StepRecord { events, ..StepRecord::default() }], fault: None }
}

fn script(spec: &'static ProtocolSpec) -> Script {
    Script::of_bytes(spec, Role::Server, wireproof::http2::PREFACE.to_vec(), false)
}

/// How two lists of events differ for subjects that lack these capabilities; the same the other way round.
fn between(spec: &'static ProtocolSpec, rules: Rules, a: &Value, b: &Value, lacks: &[&str]) -> Option<Difference> {
    let (all, some) = (profile(spec, &[]), profile(spec, lacks));
    let (left, right) = (transcript(a), transcript(b));
    let sides = |l, r| [Side { profile: &all, transcript: l }, Side { profile: &some, transcript: r }];
    let there = compare(&script(spec), &sides(&left, &right), rules).worst();
    let back = compare(&script(spec), &sides(&right, &left), rules).worst();
    assert_eq!(there, back, "symmetric");
    there.map(|(_, difference)| difference)
}

fn http1(a: &Value, b: &Value) -> Option<(Severity, usize, &'static str)> {
    let difference = between(Http1::SPEC, Rules::default(), a, b, &[])?;
    Some((difference.severity, difference.message, difference.what))
}

fn http2(a: &Value, b: &Value) -> Option<(Severity, usize, &'static str)> {
    let difference = between(Http2::SPEC, Rules::default(), a, b, &[])?;
    Some((difference.severity, difference.message, difference.what))
}

#[test]
fn fields_of_a_block_and_those_never_indexed_are_two_lists() {
    let block = |value: &str, never: &Value| json!([{"event": "fields", "fields": [["a", value]], "never": never}]);
    let parts = |a: &Value, b: &Value, lacks: &[&str]| {
        between(Hpack::SPEC, Rules::default(), a, b, lacks).map(|d| (d.severity, d.what))
    };
    let (plain, other, never) = (block("b", &json!([])), block("c", &json!([])), block("b", &json!([["a", "b"]])));
    assert_eq!(parts(&plain, &other, &[]), Some((Severity::S2, "field value")));
    assert_eq!(parts(&plain, &never, &[]), Some((Severity::S2, "never")));
    assert_eq!(parts(&plain, &never, &["never-indexed"]), None);
    assert_eq!(parts(&plain, &plain, &[]), None);
}

fn get(fields: &Value) -> Value {
    json!({"event": "request", "method": "GET", "target": "/", "version": "1.1", "fields": fields})
}

fn data(octets: &str) -> Value {
    json!({"event": "data", "bytes": octets})
}

fn end() -> Value {
    json!({"event": "end", "trailers": []})
}

fn rejected(phase: &str, class: &str) -> Value {
    json!({"event": "rejected", "phase": phase, "class": class, "text": "in its own words"})
}

#[test]
fn each_rule_normalises_and_still_distinguishes() {
    let plain = json!([get(&json!([["host", "a"], ["x", "b c"]])), end()]);
    let cased = json!([get(&json!([["Host", "a"], ["X", "b c"]])), end()]);
    let spaced = json!([get(&json!([["host", " a\t"], ["x", "b c "]])), end()]);
    let without = |rule: &str| Rules::default().without(rule).expect("a rule");
    assert_eq!(http1(&plain, &cased), None);
    assert_eq!(http1(&plain, &spaced), None);
    let seen = |rules, other: &Value| between(Http1::SPEC, rules, &plain, other, &[]).map(|d| d.what);
    assert_eq!(seen(without("fold-names"), &cased), Some("field name"));
    assert_eq!(seen(without("trim-values"), &spaced), Some("field value"));
    // What is near and not the same.
    let other = |fields: Value| seen(Rules::default(), &json!([get(&fields), end()]));
    assert_eq!(other(json!([["host", "A"], ["x", "b c"]])), Some("field value"));
    assert_eq!(other(json!([["host", "a"], ["x", "bc"]])), Some("field value"));
    assert_eq!(other(json!([["host", "\u{b}a"], ["x", "b c"]])), Some("field value"));
    assert_eq!(other(json!([["host ", "a"], ["x", "b c"]])), Some("field name"));
    assert_eq!(other(json!([["host", "a"]])), Some("field dropped"));
    assert_eq!(other(json!([["x", "b c"], ["host", "a"]])), Some("field order"));
    assert_eq!(Rules::default().without("no-such"), None);
}

#[test]
fn settings_are_compared_without_order_unless_told() {
    let of = |values: Value| json!([{"event": "settings", "values": values}]);
    let (a, b) = (of(json!([["A", "1"], ["B", "2"]])), of(json!([["B", "2"], ["A", "1"]])));
    assert_eq!(http2(&a, &b), None);
    let strict = Rules::default().without("sort-settings").expect("a rule");
    assert_eq!(between(Http2::SPEC, strict, &a, &b, &[]).map(|d| d.what), Some("upkeep"));
    assert_eq!(http2(&a, &of(json!([["A", "1"], ["B", "3"]]))), Some((Severity::S5, 0, "upkeep")));
}

#[test]
fn content_is_one_string_however_it_comes() {
    let head = get(&json!([]));
    let whole = json!([head, data("hello"), end()]);
    assert_eq!(http1(&whole, &json!([head, data("he"), data(""), data("llo"), end()])), None);
    assert_eq!(http1(&whole, &json!([head, data("hell"), end()])), Some((Severity::S1, 0, "content")));
    assert_eq!(http1(&whole, &json!([head, data("hellO"), end()])), Some((Severity::S1, 0, "content")));
    assert_eq!(http1(&whole, &json!([head, data("hello")])), Some((Severity::S1, 0, "completion")));
    assert_eq!(http1(&whole, &json!([head, data("hello"), end(), head])), Some((Severity::S1, 1, "messages")));
    // Content that is shown when it is complete is no other content; what was shown is.
    assert_eq!(http1(&json!([head]), &json!([head, data("hello")])), None);
    assert_eq!(http1(&json!([head, data("a")]), &json!([head, data("b")])), Some((Severity::S1, 0, "content")));
    assert_eq!(http1(&json!([head, end()]), &json!([head, data("a")])), Some((Severity::S1, 0, "content")));
    let trailers = json!([head, data("hello"), {"event": "end", "trailers": [["a", "b"]]}]);
    assert_eq!(http1(&whole, &trailers), Some((Severity::S2, 0, "trailers")));
    let upgraded = json!([head, {"event": "upgraded"}]);
    assert_eq!(http1(&upgraded, &json!([head, end()])), Some((Severity::S1, 0, "completion")));
}

#[test]
fn accepting_what_another_refuses_is_its_own_severity() {
    let head = get(&json!([]));
    let fine = json!([head, end()]);
    assert_eq!(http1(&fine, &json!([rejected("head", "host")])), Some((Severity::S3, 0, "accepted")));
    assert_eq!(http1(&fine, &json!([head, rejected("body", "chunk-size")])), Some((Severity::S3, 0, "accepted")));
    let next = rejected("start-line", "method");
    assert_eq!(
        http1(&json!([head, end(), head, end()]), &json!([head, end(), next])).map(|d| (d.0, d.1)),
        Some((Severity::S3, 1))
    );
    // One that has decided and one that waits for more have not parted yet.
    assert_eq!(http1(&json!([]), &json!([rejected("head", "host")])), Some((Severity::S4, 0, "late")));
    assert_eq!(http1(&json!([head]), &json!([head, rejected("body", "chunk-size")])), Some((Severity::S4, 0, "late")));
    // A head is accepted where it was shown.
    assert_eq!(http1(&json!([head]), &json!([rejected("head", "host")])), Some((Severity::S3, 0, "accepted")));
    let late = json!([head, end(), rejected("between", "unexpected")]);
    assert_eq!(http1(&json!([head, end(), {"event": "closed"}]), &late), Some((Severity::S4, 1, "closed")));
}

#[test]
fn refusals_differ_in_their_words_only() {
    let of = |phase, class| json!([rejected(phase, class)]);
    assert_eq!(http1(&of("head", "host"), &of("head", "host")), None);
    assert_eq!(http1(&of("head", "host"), &of("head", "fold")), Some((Severity::S4, 0, "class")));
    assert_eq!(http1(&of("head", "host"), &of("body", "host")), Some((Severity::S4, 0, "phase")));
    let unclassed = json!([{"event": "rejected", "text": "no"}]);
    assert_eq!(http1(&of("head", "host"), &unclassed), None, "a subject that says nothing of the class here");
}

#[test]
fn what_one_cannot_show_takes_no_part() {
    let spec = Http1::SPEC;
    let rules = Rules::default();
    let full =
        json!([get(&json!([["host", "a"], ["x", "y"]])), data("abc"), {"event": "end", "trailers": [["a", "b"]]}]);
    let seen = |other: &Value, lacks: &[&str]| between(spec, rules, &full, other, lacks).map(|d| d.what);
    let swapped =
        json!([get(&json!([["x", "y"], ["host", "a"]])), data("abc"), {"event": "end", "trailers": [["a", "b"]]}]);
    assert_eq!(seen(&swapped, &["field-order"]), None);
    let bare = json!([get(&json!([["host", "a"], ["x", "y"]])), data("abc"), end()]);
    assert_eq!((seen(&bare, &["trailers"]), seen(&bare, &[])), (None, Some("trailers")));
    let head = json!([get(&json!([["host", "a"], ["x", "y"]]))]);
    assert_eq!((seen(&head, &["framing"]), seen(&head, &[])), (None, Some("content")));
    let elsewhere = json!([{"event": "request", "method": "GET", "target": "/b", "version": "1.1", "fields": [["host", "a"], ["x", "y"]]}]);
    assert_eq!(seen(&elsewhere, &["framing"]), Some("target"));
    assert_eq!(seen(&elsewhere, &["framing", "target"]), None);
    assert_eq!(seen(&json!([rejected("head", "host")]), &["framing"]), Some("accepted"));
    let interim =
        json!([{"event": "interim", "status": 100, "version": "1.1", "fields": []}, full[0], full[1], full[2]]);
    assert_eq!(between(spec, rules, &interim, &full, &["interim"]).map(|d| d.what), None);
    assert!(between(spec, rules, &interim, &full, &[]).is_some());
    // The one head that a parser of heads sees is spent on an interim response that is not compared.
    let spent = json!([interim[0]]);
    assert_eq!(between(spec, rules, &interim, &spent, &["interim", "framing"]).map(|d| d.what), None);
    assert_eq!(between(spec, rules, &interim, &spent, &["framing"]).map(|d| d.what), Some("messages"));
    let more = json!([full[0], full[1], full[2], full[0]]);
    assert_eq!((seen(&more, &["pipeline"]), seen(&more, &[])), (None, Some("messages")));
}

#[test]
fn streams_are_compared_each_for_itself() {
    let request = |stream: u32| json!({"event": "request", "stream": stream, "method": "GET", "fields": []});
    let end = |stream: u32| json!({"event": "end", "stream": stream, "trailers": []});
    let a = json!([request(1), end(1), request(3), end(3)]);
    assert_eq!(http2(&a, &json!([request(1), request(3), end(3), end(1)])), None);
    let refused = json!({"event": "rejected", "scope": "stream", "stream": 3, "code": "PROTOCOL_ERROR", "text": ""});
    let broken = json!({"event": "rejected", "scope": "connection", "code": "PROTOCOL_ERROR", "text": ""});
    assert_eq!(http2(&a, &json!([request(1), end(1), refused])), Some((Severity::S3, 1, "accepted")));
    assert_eq!(http2(&a, &json!([request(1), end(1), broken])), Some((Severity::S3, 0, "accepted")));
    let (one, all) = (json!([request(1), end(1), refused]), json!([request(1), end(1), broken]));
    assert_eq!(
        http2(&one, &all),
        Some((Severity::S4, 0, "scope")),
        "a connection error for a stream error is permitted"
    );
    assert_eq!(http2(&one, &json!([request(1), end(1)])), Some((Severity::S4, 1, "silent")));
    assert_eq!(http2(&a, &json!([request(1), end(1), request(3)])), Some((Severity::S1, 1, "completion")));
}

#[test]
fn what_stands_behind_the_refusal_of_a_stream_is_not_told() {
    let head = |event: &str, status: u32| json!({"event": event, "stream": 1, "status": status, "fields": []});
    let (interim, response) = (head("interim", 103), head("response", 200));
    let refused = json!({"event": "rejected", "scope": "stream", "stream": 1, "code": "PROTOCOL_ERROR", "text": ""});
    let broken = json!({"event": "rejected", "scope": "connection", "code": "PROTOCOL_ERROR", "text": ""});
    let reset = json!({"event": "reset", "stream": 1, "code": "CANCEL"});
    let one = json!([interim, refused]);
    assert_eq!(http2(&one, &json!([interim, response])), Some((Severity::S3, 0, "accepted")));
    assert_eq!(http2(&one, &json!([interim, response, broken])), Some((Severity::S4, 0, "scope")));
    assert_eq!(http2(&one, &json!([interim, response, refused])), Some((Severity::S4, 0, "late")));
    assert_eq!(http2(&json!([interim]), &json!([interim, response])), Some((Severity::S1, 1, "messages")));
    assert_eq!(http2(&one, &json!([interim, reset])), None, "a reset ends the stream too");
    assert_eq!(
        http2(&json!([]), &json!([reset])),
        Some((Severity::S4, 0, "silent")),
        "of a stream that has nothing else"
    );
    assert_eq!(http2(&json!([]), &json!([interim, reset])), Some((Severity::S1, 0, "messages")));
    assert_eq!(http2(&json!([reset]), &json!([response, reset])), Some((Severity::S4, 0, "silent")), "taken back");
    let silent = Some((Severity::S4, 0, "silent"));
    assert_eq!(http2(&json!([reset]), &json!([interim, response, reset])), silent, "all of it");
    assert_eq!(http2(&json!([reset]), &json!([interim, response, refused])), silent, "or refused, if it had been read");
    assert_eq!(http2(&json!([reset]), &json!([interim, refused])), None);
    let end = json!({"event": "end", "stream": 1, "trailers": []});
    let whole = json!([interim, response, end]);
    assert_eq!(
        http2(&json!([reset]), &whole),
        Some((Severity::S1, 0, "completion")),
        "a whole message is another matter"
    );
    assert_eq!(http2(&json!([reset]), &json!([response, end])), Some((Severity::S1, 0, "completion")));
    let (early, late) = (json!([refused, interim]), json!([interim, response]));
    assert_eq!(http2(&early, &late), Some((Severity::S3, 0, "accepted")), "behind a refusal nothing is paired");
    let lost = Some((Severity::S4, 0, "lost"));
    assert_eq!(http2(&json!([reset, broken]), &json!([response, end, broken])), lost, "all may be discarded then");
}

#[test]
fn inside_a_frame_or_a_field_block_silence_is_waiting() {
    let profile = profile(Http2::SPEC, &[]);
    let refused = json!([{"event": "rejected", "scope": "connection", "code": "FRAME_SIZE_ERROR", "text": ""}]);
    let (silent, refused) = (transcript(&json!([])), transcript(&refused));
    let severity = |octets: &[u8]| {
        let script = Script::of_bytes(Http2::SPEC, Role::Client, octets.to_vec(), false);
        let sides = [&silent, &refused].map(|transcript| Side { profile: &profile, transcript });
        compare(&script, &sides, Rules::default()).worst().map(|(_, d)| d.severity)
    };
    assert_eq!(severity(b"\0\0\x01\x06\0\0\0\0\0x"), Some(Severity::S3), "a whole frame");
    assert_eq!(severity(b"\0\0\x02\x06\0\0\0\0\0x"), Some(Severity::S4), "a part of one");
    // Content of a frame that is not whole is shown by some.
    let shown = |octets: &str| {
        let data = json!({"event": "data", "stream": 1, "bytes": octets});
        transcript(&json!([{"event": "response", "stream": 1, "status": 200, "fields": []}, data]))
    };
    let waits = |octets: &[u8], one: &str, two: &str| {
        let script = Script::of_bytes(Http2::SPEC, Role::Client, octets.to_vec(), false);
        let shown = [shown(one), shown(two)];
        let sides = shown.each_ref().map(|transcript| Side { profile: &profile, transcript });
        compare(&script, &sides, Rules::default()).worst().map(|(_, d)| (d.severity, d.what))
    };
    let (part, whole) = (b"\0\0\x02\0\0\0\0\0\x01a", b"\0\0\x02\0\0\0\0\0\x01ab");
    assert_eq!(waits(part, "a", "ab"), None);
    assert_eq!(waits(whole, "a", "ab"), Some((Severity::S1, "content")));
    assert_eq!(waits(part, "aa", "ab"), Some((Severity::S1, "content")), "as much, and not the same");
    assert_eq!(severity(b"\0\0\x01\x01\x04\0\0\0\x01\x82"), Some(Severity::S3), "a whole field block");
    assert_eq!(severity(b"\0\0\x01\x01\0\0\0\0\x01\x82"), Some(Severity::S4), "a part of one");
}

#[test]
fn what_breaks_agrees_with_nothing() {
    let profile = profile(Http1::SPEC, &[]);
    let mut broken = transcript(&json!([]));
    broken.fault = Some(wireproof::Fault { kind: wireproof::FaultKind::Panic, text: String::new() });
    let side = Side { profile: &profile, transcript: &broken };
    let compared = compare(&script(Http1::SPEC), &[side, side], Rules::default());
    assert_eq!(compared.worst().map(|(_, d)| d.severity), Some(Severity::S0));
}

/// Lists of events, as a subject might show them: no content without a head, and nothing after a refusal.
fn sound() -> impl Strategy<Value = Value> {
    events().prop_map(|list| {
        let list = list.as_array().cloned().unwrap_or_default();
        let (mut kept, mut open) = (Vec::new(), false);
        for event in list {
            let name = event["event"].as_str().unwrap_or_default().to_owned();
            let inside = matches!(name.as_str(), "data" | "end" | "upgraded");
            if inside == open || name == "rejected" {
                open = matches!(name.as_str(), "request" | "data");
                kept.push(event);
            }
            if name == "rejected" {
                break;
            }
        }
        Value::from(kept)
    })
}

/// Lists of events, also such as no subject should show.
fn events() -> impl Strategy<Value = Value> {
    let field = ("[a-cA-C]{1,2}", "[ a-b]{0,3}").prop_map(|(n, v)| json!([n, v]));
    let fields = prop::collection::vec(field, 0..3).prop_map(Value::from);
    let event = prop_oneof![
        fields.clone().prop_map(|f| get(&f)),
        "[a-c]{0,3}".prop_map(|octets| data(&octets)),
        fields.prop_map(|f| json!({"event": "end", "trailers": f})),
        prop::sample::select(vec!["host", "fold"]).prop_map(|class| rejected("head", class)),
        Just(json!({"event": "upgraded"})),
        Just(json!({"event": "closed"})),
    ];
    prop::collection::vec(event, 0..7).prop_map(Value::from)
}

proptest! {
    #[test]
    fn differences_are_symmetric_and_nothing_differs_from_itself(a in events(), b in events(), lacks in prop::sample::subsequence(
        vec!["framing", "pipeline", "close", "field-order", "trailers", "target", "error-class", "upgrade"], 0..4)) {
        between(Http1::SPEC, Rules::default(), &a, &b, &lacks); // asserts that it is symmetric
        prop_assert_eq!(between(Http1::SPEC, Rules::default(), &a, &a, &lacks), None);
    }

    /// A capability less can only hide: what two subjects differ in, they differ in at least as badly if they show more.
    #[test]
    fn what_is_hidden_does_not_make_worse(a in sound(), b in sound(), lacks in prop::sample::subsequence(
        vec!["framing", "close", "field-order", "trailers", "target", "error-class"], 1..4)) {
        let all = between(Http1::SPEC, Rules::default(), &a, &b, &[]);
        if let Some(some) = between(Http1::SPEC, Rules::default(), &a, &b, &lacks) {
            prop_assert!(all.is_some_and(|all| all.severity <= some.severity), "{all:?} {some:?}");
        }
    }

    #[test]
    fn the_same_reading_has_the_same_tuple(a in events()) {
        let read = |events: &Value| Reading::of(&script(Http1::SPEC), &transcript(events), Rules::default());
        prop_assert_eq!(read(&a).tuple(), read(&a).tuple());
        let profile = profile(Http1::SPEC, &[]);
        prop_assert_eq!(differ(&Common::of(Http1::SPEC, &profile, &profile), &read(&a), &read(&a)), None);
    }
}
