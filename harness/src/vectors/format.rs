//! The one layout of vector files: members in the order of the format's description, a value on one line where it
//! fits, non-ASCII octets as `\u00XX`.

use serde_json::Value as Json;

const WIDTH: usize = 120;

/// The order of members, at every depth.
const ORDER: &[&str] = &[
    "format",
    "protocol",
    "suite",
    "generated",
    "id",
    "title",
    "role",
    "level",
    "requirements",
    "name",
    "is",
    "why",
    "tags",
    "needs",
    "config",
    "after",
    "twin",
    "cuts",
    "disputed",
    "answer",
    "pieces",
    "messages",
    "chart",
    "lets",
    "steps",
    "outcomes",
    "cases",
    "workloads",
    "when",
    "expect",
    "wrote",
    "seen",
    "never",
    "refused",
    "step",
    "steps",
    "event",
    "at",
];

/// A vector file laid out again; fails on what is not JSON.
pub fn format_file(text: &str) -> Result<String, serde_json::Error> {
    serde_json::from_str(text).map(|json| tidy(&json))
}

/// A JSON document in the layout of vector files.
pub fn tidy(json: &Json) -> String {
    let mut out = String::new();
    write(json, 0, 0, &mut out);
    out.push('\n');
    out
}

fn write(json: &Json, indent: usize, column: usize, out: &mut String) {
    let line = on_one_line(json);
    let room = WIDTH.saturating_sub(column);
    match json {
        Json::Object(members)
            if line.len() > room || ["cases", "workloads", "steps"].iter().any(|long| members.contains_key(*long)) =>
        {
            let names = in_order(members);
            write_list(out, indent, '{', '}', names.len(), |i, out| {
                let name = format!("{}: ", Json::from(names[i].as_str()));
                out.push_str(&name);
                write(&members[names[i].as_str()], indent + 1, indent + 1 + name.len(), out);
            });
        }
        Json::Array(items) if line.len() > room => {
            write_list(out, indent, '[', ']', items.len(), |i, out| write(&items[i], indent + 1, indent + 1, out));
        }
        _ => out.push_str(&line),
    }
}

/// One item a line, each indented by one space more.
fn write_list(out: &mut String, indent: usize, open: char, close: char, len: usize, item: impl Fn(usize, &mut String)) {
    out.push(open);
    for i in 0..len {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.push_str(&" ".repeat(indent + 1));
        item(i, out);
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(close);
}

fn in_order(members: &serde_json::Map<String, Json>) -> Vec<&String> {
    let mut names: Vec<&String> = members.keys().collect();
    names.sort_by_key(|name| ORDER.iter().position(|o| o == name).unwrap_or(ORDER.len()));
    names
}

fn on_one_line(json: &Json) -> String {
    match json {
        Json::Object(members) => {
            let member = |name: &String| format!("{}: {}", Json::from(name.as_str()), on_one_line(&members[name]));
            format!("{{{}}}", in_order(members).into_iter().map(member).collect::<Vec<_>>().join(", "))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(on_one_line).collect::<Vec<_>>().join(", ")),
        Json::String(text) => ascii(text),
        other => other.to_string(),
    }
}

/// A JSON string in which Latin-1 octets above 7E are escapes, so that every octet can be seen; other characters (in
/// prose) stay.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in Json::from(text).to_string().chars() {
        match c {
            '\u{7f}'..='\u{ff}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_is_stable_and_keeps_meaning() {
        let text = r#"{"cases": [{"steps": [{"receive": "é\u0000\u007f"}], "id": "h1.a"}], "suite": "a", "format": 1}"#;
        let once = format_file(text).unwrap();
        assert_eq!(format_file(&once).unwrap(), once);
        assert!(once.starts_with("{\n \"format\": 1,\n \"suite\": \"a\","), "{once}");
        assert!(once.contains(r"\u00e9\u0000\u007f"), "{once}");
        let json = |t: &str| serde_json::from_str::<Json>(t).unwrap();
        assert_eq!(json(&once), json(text));
    }
}
