//! The closed schema of vector files, and its complaints in words that name what is allowed.

use std::sync::LazyLock;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::load::Defect;

/// The JSON Schema (2020-12) of vector files.
pub const SCHEMA: &str = include_str!("../../../vectors/schema/vectors-1.json");

static PARSED: LazyLock<Json> =
    LazyLock::new(|| serde_json::from_str(SCHEMA).expect("the bundled schema is JSON; a test loads it"));

static VALIDATOR: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&PARSED).expect("the bundled schema is a schema; a test compiles it"));

/// What the schema finds wrong with a file, whose cases begin on these lines.
pub(super) fn check(name: &str, json: &Json, lines: &[usize]) -> Vec<Defect> {
    let errors: Vec<_> = VALIDATOR.iter_errors(json).collect();
    let unknown_member_at = |error: &ValidationError<'_>| {
        let mut others = errors.iter().filter(|e| e.instance_path() == error.instance_path());
        others.any(|e| matches!(e.kind(), Kind::AdditionalProperties { .. }))
    };
    // Where a member is unknown, that the object fits no form is no news.
    let told = errors.iter().filter(|e| !(is_about_form(e.kind()) && unknown_member_at(e)));
    told.map(|error| defect(name, json, lines, error)).collect()
}

fn defect(name: &str, json: &Json, lines: &[usize], error: &ValidationError<'_>) -> Defect {
    let path = error.instance_path().to_string();
    let path = path.trim_start_matches('/');
    let inside = path.strip_prefix("cases/").map(|below| below.split_once('/').unwrap_or((below, "")));
    let case = inside.and_then(|(index, rest)| Some((index.parse::<usize>().ok()?, rest)));
    let id = case.and_then(|(index, _)| json["cases"][index]["id"].as_str());
    Defect {
        place: format!("{name}:{}", case.and_then(|(index, _)| lines.get(index)).unwrap_or(&1)),
        case: id.map(str::to_owned),
        member: match (id, case) {
            (Some(_), Some((_, rest))) => rest.to_owned(),
            _ => path.to_owned(),
        },
        what: words(error),
    }
}

/// Whether it says only that an object has none of the forms it may have.
fn is_about_form(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::OneOfNotValid { .. }
            | Kind::OneOfMultipleValid { .. }
            | Kind::MinProperties { .. }
            | Kind::MaxProperties { .. }
    )
}

/// A complaint with what would be right.
fn words(error: &ValidationError<'_>) -> String {
    let path = error.schema_path().to_string();
    let schema = path.rsplit_once('/').and_then(|(parent, _)| PARSED.pointer(parent)).unwrap_or(&Json::Null);
    let list = |values: Vec<String>| values.join(", ");
    match (error.kind(), schema["description"].as_str()) {
        (Kind::AdditionalProperties { unexpected }, _) => {
            let known = schema["properties"].as_object().map(|o| o.keys().cloned().collect()).unwrap_or_default();
            let unknown = unexpected.iter().map(|name| format!("{name:?}")).collect();
            format!("unknown member {}; known: {}", list(unknown), list(known))
        }
        (Kind::Required { property }, _) => format!("the member {property} is missing"),
        (Kind::Enum { options }, _) => {
            let options = options.as_array().into_iter().flatten().map(ToString::to_string).collect();
            format!("{}: expected one of {}", short(error.instance()), list(options))
        }
        (kind, Some(description)) if is_about_form(kind) => {
            format!("{}: expected {description}", short(error.instance()))
        }
        _ => error.masked_with(short(error.instance())).to_string(),
    }
}

/// A value's beginning.
fn short(value: &Json) -> String {
    const MOST: usize = 80;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
