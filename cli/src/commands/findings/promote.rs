//! A finding as a case for the vectors: its outcomes are what the groups of subjects do, to be reviewed.

use std::io::Write;

use serde_json::{Value, json};
use wireproof::bytes::to_latin1;
use wireproof::cuts::Cut;
use wireproof::judge::visible;
use wireproof::{Script, Step};
use wireproof_engine::Target;
use wireproof_engine::explain::standing;
use wireproof_engine::findings::Finding;
use wireproof_engine::panel::Panel;

use super::input;
use crate::args::Subjects;
use crate::failure::Failure;

/// Writes a vectors file with this one case.
pub(super) fn promote(finding: &Finding) -> Result<bool, Failure> {
    let subjects = Subjects { adapters: Vec::new(), no_setup: true, deadline: 10.0 };
    let mut panel = super::panel(finding.target, &subjects)?;
    let input = input(finding)?;
    let script = input.script();
    panel.run(&input, &|_, _| true);
    let groups = standing(&panel).groups;
    let mut outcomes: Vec<Value> = Vec::new();
    for group in &groups {
        if let Some(events) = events(&mut panel, &script, group)
            && !outcomes.iter().any(|known| known["when"][0]["expect"] == events)
        {
            let why = format!("REVIEW: as {}", group.join(", "));
            outcomes.push(
                json!({"name": name(&events, outcomes.len()), "is": "seen", "why": why, "when": [{"expect": events}]}),
            );
        }
    }
    let prefix = match finding.target {
        Target::Http1 => "h1",
        Target::Http2 => "h2",
        Target::Hpack => "hpack",
    };
    let id = finding.id();
    let short = id.split_once('-').map_or("finding", |(_, cause)| cause);
    let case = json!({
        "id": format!("{prefix}.promoted.{}-{short}", input.role()),
        "title": "REVIEW: what the input is",
        "role": input.role().name(),
        "level": "OBSERVE",
        "why": format!("REVIEW: found by fuzzing as {id}; read the clause, give each outcome its name and its verdict"),
        "tags": ["fuzzing"],
        "steps": script.steps.iter().map(step).collect::<Vec<_>>(),
        "outcomes": outcomes,
    });
    let file = json!({"format": 1, "protocol": script.protocol.name, "suite": "promoted", "cases": [case]});
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}", serde_json::to_string_pretty(&file).unwrap_or_default())?;
    Ok(true)
}

fn step(step: &Step) -> Value {
    match step {
        Step::Receive(octets) => json!({"receive": to_latin1(octets)}),
        Step::Eof => json!({"eof": true}),
        Step::Send(action) => json!({"send": action}),
        Step::Tick(ms) => json!({"tick": ms}),
    }
}

/// What the subject of a group shows that can show most; the words of implementations left out.
fn events(panel: &mut Panel, script: &Script, group: &[String]) -> Option<Value> {
    let of_group = |m: &&mut wireproof_engine::panel::Member| group.contains(&m.name);
    let member = panel.members.iter_mut().filter(of_group).max_by_key(|m| m.profile.can.len())?;
    let transcript = member.transcribe(script, &Cut::Whole)?;
    let seen = visible(script, &transcript, &member.profile);
    let counts = |name: &str| !script.protocol.ambient.contains(&name);
    let mut events: Vec<Value> = Vec::new();
    for seen in seen.iter().filter(|s| counts(&s.record.event)) {
        let mut event = serde_json::to_value(&seen.record).ok()?;
        event.as_object_mut()?.remove("text");
        events.push(event);
    }
    Some(Value::from(events))
}

/// A first name for an outcome: how its last event is called.
fn name(events: &Value, before: usize) -> String {
    let last = events.as_array().and_then(|list| list.last()).and_then(|event| event["event"].as_str());
    let word = match last {
        Some("end") => "accepted",
        Some(word) => word,
        None => "nothing",
    };
    if before == 0 { word.to_owned() } else { format!("{word}-{}", before + 1) }
}
