//! JSON Lines for readers in any language: every octet string is plain hex, every notation resolved.

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::load::Suite;
use super::model::{Case, Condition, EventPattern, MemberPattern, Outcome};
use crate::bytes::to_hex;
use crate::value::Value;

/// One line a case, ended by LF, in the order of ids. `sha256` is the digest of the line without that member.
pub fn export(suite: &Suite) -> String {
    suite.cases.iter().map(|case| line(case) + "\n").collect()
}

/// SHA-256 over all exported cases, in hex: what a results file or a certificate was made from.
pub fn digest(suite: &Suite) -> String {
    let mut hash = Sha256::new();
    suite.cases.iter().for_each(|case| hash.update(line(case) + "\n"));
    to_hex(&hash.finalize())
}

fn line(case: &Case) -> String {
    let mut object = json!({
        "id": case.id, "title": case.title, "suite": case.suite, "protocol": case.script.protocol.name,
        "role": case.script.role, "level": case.level, "requirements": case.requirements, "why": case.why,
        "tags": case.tags, "needs": case.needs, "config": case.script.config, "after": case.after, "twin": case.twin,
        "cuts": case.cuts, "disputed": case.disputed, "answer": case.script.answer, "steps": case.script.steps,
        "outcomes": case.outcomes.iter().map(outcome).collect::<Vec<_>>(),
    });
    let digest = to_hex(&Sha256::digest(object.to_string()));
    object["sha256"] = Json::from(digest);
    object.to_string()
}

fn outcome(outcome: &Outcome) -> Json {
    let when: Vec<Json> = outcome.when.iter().map(condition).collect();
    json!({"name": outcome.name, "is": outcome.is, "why": outcome.why, "when": when})
}

fn condition(condition: &Condition) -> Json {
    let list = |patterns: &[EventPattern]| patterns.iter().map(pattern).collect::<Vec<_>>();
    match condition {
        Condition::Expect { from, to, patterns } => json!({"expect": list(patterns), "steps": [from, to]}),
        Condition::Wrote { from, to, patterns } => json!({"wrote": list(patterns), "steps": [from, to]}),
        Condition::WroteSome { from, to, pattern: one } => json!({"wrote": pattern(one), "steps": [from, to]}),
        Condition::Unwritten { from, to, pattern: one } => json!({"unwritten": pattern(one), "steps": [from, to]}),
        Condition::Seen(one) => json!({"seen": pattern(one)}),
        Condition::Never(one) => json!({"never": pattern(one)}),
        Condition::Refused { step, refused } => json!({"refused": refused, "step": step}),
        Condition::RefusedSome { steps } => json!({"refused": "some", "steps": steps}),
    }
}

fn pattern(pattern: &EventPattern) -> Json {
    let mut object = json!({"event": pattern.event});
    if pattern.optional {
        object["optional"] = Json::from(true);
    }
    if let Some((first, last)) = pattern.at {
        object["at"] = json!([first, last]);
    }
    for (name, member) in &pattern.members {
        object[name] = match member {
            MemberPattern::Any(any) => json!({"any": any.iter().map(value).collect::<Vec<_>>()}),
            MemberPattern::Range(low, high) => json!({"in": [low, high]}),
            MemberPattern::Fields { has, lacks } => {
                json!({"has": fields(has), "lacks": lacks.iter().map(|n| to_hex(n)).collect::<Vec<_>>()})
            }
        };
    }
    object
}

fn value(value: &Value) -> Json {
    match value {
        Value::Bytes(octets) => Json::from(to_hex(octets)),
        Value::Number(n) => Json::from(*n),
        Value::Flag(b) => Json::from(*b),
        Value::Fields(list) => fields(list),
    }
}

fn fields(list: &[(Vec<u8>, Vec<u8>)]) -> Json {
    list.iter().map(|(n, v)| json!([to_hex(n), to_hex(v)])).collect()
}
