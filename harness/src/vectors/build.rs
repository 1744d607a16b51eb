//! Builds octets from the notations of a vector file: text, concatenation, `repeat`, `chunk`, `let`, `hex`, and those
//! of HTTP/2, `frame` and `hpack`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::bytes::{from_hex, from_latin1};

/// The named octet strings of a file.
pub(super) type Lets = BTreeMap<String, Json>;

/// More octets than any case may build: a `repeat` of a `repeat` must not fill memory.
const MOST: usize = 64 << 20;

/// How deep `let`, `repeat` and arrays may nest.
const DEEPEST: usize = 32;

/// The octets of a notation, or what is wrong with it.
pub(super) fn octets(json: &Json, lets: &Lets) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    append(json, lets, DEEPEST, &mut out)?;
    Ok(out)
}

fn append(json: &Json, lets: &Lets, depth: usize, out: &mut Vec<u8>) -> Result<(), String> {
    if depth == 0 {
        return Err("octets nest too deep; does a let name itself?".to_owned());
    }
    match json {
        Json::String(text) => out.extend(from_latin1(text).map_err(|e| e.to_string())?),
        Json::Array(parts) => parts.iter().try_for_each(|part| append(part, lets, depth - 1, out))?,
        Json::Object(form) => append_form(form, lets, depth - 1, out)?,
        other => return Err(format!("{other} is no octet string")),
    }
    if out.len() > MOST { Err(format!("more than {MOST} octets")) } else { Ok(()) }
}

/// The octets of a notation inside a form.
fn nested(json: &Json, lets: &Lets, depth: usize) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    append(json, lets, depth, &mut out)?;
    Ok(out)
}

fn append_form(
    form: &serde_json::Map<String, Json>,
    lets: &Lets,
    depth: usize,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    if form.contains_key("frame") {
        let mut part = |json: &Json| nested(json, lets, depth);
        out.extend(crate::http2::frame(form, &mut part)?);
        return Ok(());
    }
    let text = |name: &str| form.get(name).and_then(Json::as_str);
    let keys: Vec<&str> = form.keys().map(String::as_str).collect();
    match keys.as_slice() {
        ["hex"] => {
            out.extend(from_hex(text("hex").unwrap_or_default()).map_err(|e| e.to_string())?);
            Ok(())
        }
        ["let"] => {
            let name = text("let").unwrap_or_default();
            let named = lets.get(name).ok_or_else(|| {
                let known: Vec<_> = lets.keys().map(String::as_str).collect();
                format!("no let named {name:?}; this file has {known:?}")
            })?;
            append(named, lets, depth, out)
        }
        ["repeat", "times"] | ["times", "repeat"] => {
            let mut unit = Vec::new();
            append(&form["repeat"], lets, depth, &mut unit)?;
            let times = form["times"].as_u64().unwrap_or(0) as usize;
            if unit.len().saturating_mul(times) > MOST {
                return Err(format!("more than {MOST} octets"));
            }
            out.extend(unit.repeat(times));
            Ok(())
        }
        ["hpack"] => {
            out.extend(crate::hpack::block(&form["hpack"], &mut |json| nested(json, lets, depth))?);
            Ok(())
        }
        ["chunk"] => {
            let mut data = Vec::new();
            append(&form["chunk"], lets, depth, &mut data)?;
            out.extend(format!("{:x}\r\n", data.len()).into_bytes());
            out.extend(data);
            out.extend(b"\r\n");
            Ok(())
        }
        _ => Err(format!("unknown notation {keys:?}; known: hex, let, repeat with times, chunk, frame, hpack")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_notation_builds_its_octets() {
        let lets = Lets::from([("crlf".to_owned(), json!("\r\n")), ("loop".to_owned(), json!({"let": "loop"}))]);
        let check = |notation: Json, expected: Result<&[u8], &str>| match (octets(&notation, &lets), expected) {
            (Ok(got), Ok(want)) => assert_eq!(got, want),
            (Err(got), Err(want)) => assert!(got.contains(want), "{got}"),
            (got, want) => panic!("{notation}: got {got:?}, expected {want:?}"),
        };
        check(json!("é"), Ok(b"\xe9"));
        check(json!(["a", {"hex": "0d 0A"}, {"let": "crlf"}]), Ok(b"a\r\n\r\n"));
        check(json!({"repeat": "ab", "times": 3}), Ok(b"ababab"));
        check(json!({"chunk": {"repeat": "x", "times": 17}}), Ok(b"11\r\nxxxxxxxxxxxxxxxxx\r\n"));
        check(json!("→"), Err("above U+00FF"));
        check(json!({"let": "lf"}), Err("no let named \"lf\""));
        check(json!({"let": "loop"}), Err("too deep"));
        check(json!({"repeat": {"repeat": "x", "times": 1_000_000}, "times": 1_000_000}), Err("more than"));
        check(json!(3), Err("no octet string"));
    }
}
