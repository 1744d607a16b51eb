//! What makes a sound file a bad vector: rules that no schema can state.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{Defect, Suite};
use super::model::{Case, Condition, EventPattern, Is, Level};

/// Everything that breaks a rule of `vectors/README.md`. Formatting is checked apart, by `vectors fmt --check`.
pub fn lint(suite: &Suite) -> Vec<Defect> {
    let mut defects = Vec::new();
    let mut scripts: BTreeMap<String, &Case> = BTreeMap::new();
    for case in &suite.cases {
        let mut wrong = |member: &str, what: String| {
            let (place, case) = (case.place.clone(), Some(case.id.clone()));
            defects.push(Defect { place, case, member: member.to_owned(), what });
        };
        check_references(suite, case, &mut wrong);
        check_words(case, &mut wrong);
        check_outcomes(case, &mut wrong);
        check_positions(case, &mut wrong);
        let script = format!(
            "{} {:?} {:?} {}",
            case.script.endpoint(),
            case.script.steps,
            case.script.config,
            case.script.answer
        );
        if let Some(twin) = scripts.insert(script, case) {
            wrong("steps", format!("the same script as {}; one case can have several requirements", twin.id));
        }
    }
    defects
}

type Wrong<'a> = dyn FnMut(&str, String) + 'a;

/// Ids, requirements, capabilities, options and twins must exist.
fn check_references(suite: &Suite, case: &Case, wrong: &mut Wrong<'_>) {
    let protocol = case.script.protocol;
    for id in case.requirements.iter().filter(|id| suite.requirement(id).is_none()) {
        wrong("requirements", format!("{id} is not in vectors/requirements"));
    }
    if case.requirements.is_empty() && case.level != Level::Observe {
        wrong("requirements", format!("a {} case names at least one requirement", case.level));
    }
    for need in case.needs.iter().filter(|n| !protocol.capabilities.iter().any(|c| c.name == n.as_str())) {
        let known: Vec<_> = protocol.capabilities.iter().map(|c| c.name).collect();
        wrong("needs", format!("unknown capability {need:?}; known: {}", known.join(", ")));
    }
    for option in case.script.config.0.keys().filter(|k| !protocol.options.iter().any(|(n, _)| n == k)) {
        let known: Vec<_> = protocol.options.iter().map(|(name, _)| *name).collect();
        wrong("config", format!("unknown option {option:?}; known: {}", known.join(", ")));
    }
    for (member, ids) in [("after", case.after.as_slice()), ("twin", case.twin.as_slice())] {
        for id in ids.iter().filter(|id| suite.case(id).is_none()) {
            wrong(member, format!("there is no case {id}"));
        }
    }
    if !protocol.roles.contains(&case.script.role) {
        wrong("role", format!("{} has no {}", protocol.name, case.script.role));
    }
}

/// The id's prefix and the title's tone.
fn check_words(case: &Case, wrong: &mut Wrong<'_>) {
    let prefix = match case.script.protocol.name {
        "http1" => "h1",
        "http2" => "h2",
        other => other,
    };
    if case.id.split('.').next() != Some(prefix) {
        wrong("id", format!("ids of {} begin with {prefix}.", case.script.protocol.name));
    }
    let title = case.title.to_lowercase();
    for phrase in ["should", "test that", "must "].iter().filter(|p| title.contains(**p)) {
        wrong("title", format!("states the input; {phrase:?} belongs to level and outcomes"));
    }
    if case.why.is_empty() && case.level != Level::Observe {
        wrong("why", "say what goes wrong in practice when this is broken".to_owned());
    }
}

/// Names, reasons, and what each level allows.
fn check_outcomes(case: &Case, wrong: &mut Wrong<'_>) {
    let mut names = BTreeSet::new();
    for outcome in &case.outcomes {
        if !names.insert(&outcome.name) || outcome.name == "unlisted" || outcome.name == "fault" {
            wrong("outcomes", format!("the name {:?} is taken", outcome.name));
        }
        if outcome.why.is_empty() && outcome.is != Is::Pass {
            wrong("outcomes", format!("{}: say why it is not a pass", outcome.name));
        }
        if outcome.when.is_empty() && !matches!(case.level, Level::May | Level::Observe) {
            wrong("outcomes", format!("{}: no condition, so it fits everything", outcome.name));
        }
    }
    let scored = case.level != Level::Observe && case.disputed.is_none();
    let passes: Vec<_> = case.outcomes.iter().filter(|o| o.is == Is::Pass).collect();
    if scored && passes.is_empty() {
        wrong("outcomes", "no outcome passes".to_owned());
    }
    if case.level == Level::Observe && case.outcomes.iter().any(|o| o.is != Is::Seen) {
        wrong("outcomes", "an OBSERVE case is recorded only: every outcome is \"seen\"".to_owned());
    }
    let must = matches!(case.level, Level::Must | Level::MustNot);
    let refuses =
        |o: &&super::Outcome| o.when.iter().any(|c| patterns(c).iter().any(|p| p.event == "rejected" && !p.optional));
    if must && scored && passes.iter().all(refuses) && case.twin.is_none() {
        wrong(
            "twin",
            "every passing outcome refuses: name the nearest valid case, so that refusing everything scores nothing"
                .to_owned(),
        );
    }
}

/// `at` lies inside what is received.
fn check_positions(case: &Case, wrong: &mut Wrong<'_>) {
    let len = case.script.length() as u64;
    for pattern in case.outcomes.iter().flat_map(|o| &o.when).flat_map(patterns) {
        if let Some((first, last)) = pattern.at
            && (first > last || last >= len)
        {
            wrong("at", format!("[{first}, {last}] does not lie inside the {len} octets received"));
        }
    }
}

/// The event patterns of a condition.
fn patterns(condition: &Condition) -> &[EventPattern] {
    match condition {
        Condition::Expect { patterns, .. } => patterns,
        Condition::Seen(pattern) => std::slice::from_ref(pattern),
        Condition::Never(_)
        | Condition::Wrote { .. }
        | Condition::WroteSome { .. }
        | Condition::Unwritten { .. }
        | Condition::Refused { .. }
        | Condition::RefusedSome { .. } => &[],
    }
}
