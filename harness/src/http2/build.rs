//! Builds HTTP/2 frames from the notation of vector files. Frames may lie: about their length, type, flags, anything.

use serde_json::{Map, Value as Json};

use super::codes::{FRAMES, code_number, flags, setting_number};
use crate::hpack::{block, literals};

type Octets<'a> = &'a mut dyn FnMut(&Json) -> Result<Vec<u8>, String>;

/// The members that each type of frame knows, beside those that all know.
fn members(kind: u8) -> &'static [&'static str] {
    match kind {
        0 => &["data", "pad"],
        1 => &["fields", "hpack", "block", "pad", "priority"],
        2 => &["priority"],
        3 => &["code"],
        4 => &["settings"],
        5 => &["promised", "fields", "hpack", "block", "pad"],
        6 => &["data"],
        7 => &["last", "code", "debug"],
        8 => &["increment"],
        9 => &["fields", "hpack", "block"],
        _ => &[],
    }
}

/// One frame: `{"frame": TYPE, "stream": N, "flags": […], …}`.
pub(crate) fn frame(form: &Map<String, Json>, octets: Octets<'_>) -> Result<Vec<u8>, String> {
    let kind = kind(&form["frame"])?;
    let common = ["frame", "stream", "flags", "payload", "length", "reserved"];
    let known = |name: &str| common.contains(&name) || members(kind).contains(&name);
    if let Some(name) = form.keys().find(|name| !known(name)) {
        let all = [&common[1..], members(kind)].concat().join(", ");
        return Err(format!("{} has no member {name:?}; it has {all}", form["frame"]));
    }
    let raw = form.get("payload");
    if let Some(name) = form.keys().find(|name| raw.is_some() && members(kind).contains(&name.as_str())) {
        return Err(format!("{name:?} stands beside \"payload\", which is the whole payload"));
    }
    let payload = match raw {
        Some(raw) => octets(raw)?,
        None => typed_payload(kind, form, octets)?,
    };
    let length = number(form, "length")?.unwrap_or(payload.len() as u64);
    let reserved = form.get("reserved").and_then(Json::as_bool).unwrap_or(false);
    let stream = number(form, "stream")?.unwrap_or(0) as u32 | u32::from(reserved) << 31;
    let mut out = (length as u32).to_be_bytes()[1..].to_vec();
    out.extend([kind, flag_bits(kind, form)?]);
    out.extend(stream.to_be_bytes());
    out.extend(payload);
    Ok(out)
}

fn kind(json: &Json) -> Result<u8, String> {
    let named = json.as_str().and_then(|name| FRAMES.iter().position(|f| *f == name)).map(|at| at as u64);
    let number = named.or_else(|| json.as_u64()).and_then(|n| u8::try_from(n).ok());
    number.ok_or_else(|| format!("frame: {json} is no type; known: {}, or a number to 255", FRAMES.join(", ")))
}

/// The bits of `flags` (END_HEADERS where it is not given and the frame has it), and those that other members imply.
fn flag_bits(kind: u8, form: &Map<String, Json>) -> Result<u8, String> {
    let bit = |name: &str| flags(kind).iter().find(|(flag, _)| *flag == name).map(|(_, bit)| *bit);
    let mut bits = match form.get("flags") {
        None => bit("END_HEADERS").unwrap_or(0),
        Some(Json::Number(n)) => n.as_u64().and_then(|n| u8::try_from(n).ok()).ok_or("flags: a number to 255")?,
        Some(list) => {
            let named = |flag: &Json| {
                flag.as_str().and_then(bit).ok_or_else(|| {
                    let known: Vec<_> = flags(kind).iter().map(|(name, _)| *name).collect();
                    format!("flags: {} has no {flag}; it has {known:?}, or give a number", form["frame"])
                })
            };
            list.as_array().into_iter().flatten().try_fold(0, |bits, flag| named(flag).map(|bit| bits | bit))?
        }
    };
    if form.contains_key("pad") {
        bits |= 0x8;
    }
    if kind == 1 && form.contains_key("priority") {
        bits |= 0x20;
    }
    Ok(bits)
}

fn number(form: &Map<String, Json>, name: &str) -> Result<Option<u64>, String> {
    let most = if name == "length" { (1 << 24) - 1 } else { u64::from(u32::MAX) };
    let read = |json: &Json| {
        json.as_u64().filter(|n| *n <= most).ok_or_else(|| format!("{name}: {json} is no number to {most}"))
    };
    form.get(name).map(read).transpose()
}

fn typed_payload(kind: u8, form: &Map<String, Json>, octets: Octets<'_>) -> Result<Vec<u8>, String> {
    let pad = number(form, "pad")?;
    let mut out: Vec<u8> = Vec::new();
    if let Some(pad) = pad {
        out.push(u8::try_from(pad).map_err(|_| format!("pad: {pad} is above 255"))?);
    }
    if let Some(priority) = form.get("priority") {
        append_priority(priority, &mut out)?;
    }
    for name in ["promised", "last", "increment"] {
        if let Some(number) = number(form, name)? {
            out.extend((number as u32).to_be_bytes());
        }
    }
    if let Some(code) = form.get("code") {
        let known = code.as_str().and_then(code_number).or_else(|| code.as_u64().and_then(|n| u32::try_from(n).ok()));
        out.extend(known.ok_or_else(|| format!("code: {code} is no error code"))?.to_be_bytes());
    }
    if let Some(settings) = form.get("settings") {
        append_settings(settings, &mut out)?;
    }
    for name in ["data", "debug", "block"] {
        if let Some(raw) = form.get(name) {
            out.extend(octets(raw)?);
        }
    }
    if let Some(fields) = form.get("fields") {
        out.extend(literals(fields, octets)?);
    }
    if let Some(items) = form.get("hpack") {
        out.extend(block(items, octets)?);
    }
    out.resize(out.len() + pad.unwrap_or(0) as usize, 0);
    match (kind, form.contains_key("code"), out.len()) {
        (7, true, 4) => Err("GOAWAY: \"last\" is missing".to_owned()),
        _ => Ok(out),
    }
}

/// `{"depends": N, "weight": 1 to 256, "exclusive": false}` (5.3.2 of RFC 7540, kept by RFC 9113, 6.3).
fn append_priority(json: &Json, out: &mut Vec<u8>) -> Result<(), String> {
    let depends = json["depends"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let exclusive = json["exclusive"].as_bool().unwrap_or(false);
    let weight = json["weight"].as_u64().unwrap_or(16);
    let octet = weight.checked_sub(1).and_then(|w| u8::try_from(w).ok());
    out.extend((depends | u32::from(exclusive) << 31).to_be_bytes());
    out.push(octet.ok_or_else(|| format!("priority: weight {weight} is not 1 to 256"))?);
    Ok(())
}

/// `[[NAME or number, value]…]`.
fn append_settings(json: &Json, out: &mut Vec<u8>) -> Result<(), String> {
    for pair in json.as_array().into_iter().flatten() {
        let name = &pair[0];
        let id = name.as_str().and_then(setting_number).or_else(|| name.as_u64().and_then(|n| u16::try_from(n).ok()));
        let value = pair[1].as_u64().and_then(|n| u32::try_from(n).ok());
        let (Some(id), Some(value)) = (id, value) else { return Err(format!("settings: {pair} is no [NAME, value]")) };
        out.extend(id.to_be_bytes());
        out.extend(value.to_be_bytes());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::{from_latin1, to_hex};
    use serde_json::json;

    fn built(form: &Json) -> Result<String, String> {
        let mut text = |json: &Json| Ok(from_latin1(json.as_str().unwrap_or_default()).unwrap());
        frame(form.as_object().unwrap(), &mut text).map(|octets| to_hex(&octets))
    }

    #[test]
    fn each_type_builds_its_octets() {
        let check = |form: Json, hex: &str| assert_eq!(built(&form).as_deref(), Ok(hex), "{form}");
        check(json!({"frame": "SETTINGS"}), "000000040000000000");
        check(json!({"frame": "SETTINGS", "flags": ["ACK"]}), "000000040100000000");
        check(
            json!({"frame": "SETTINGS", "settings": [["ENABLE_PUSH", 0], [10, 7]]}),
            "00000c040000000000000200000000000a00000007",
        );
        check(json!({"frame": "HEADERS", "stream": 1, "fields": [["a", "b"]]}), "0000050104000000010001610162");
        check(json!({"frame": "HEADERS", "stream": 1, "flags": [], "hpack": [{"indexed": 2}]}), "00000101000000000182");
        check(
            json!({"frame": "HEADERS", "stream": 3, "pad": 2, "priority": {"depends": 1, "exclusive": true}}),
            "000008012c0000000302800000010f0000",
        );
        check(json!({"frame": "DATA", "stream": 1, "flags": ["END_STREAM"], "data": "hi"}), "0000020001000000016869");
        check(
            json!({"frame": "GOAWAY", "last": 5, "code": "NO_ERROR", "debug": "x"}),
            "000009070000000000000000050000000078",
        );
        check(json!({"frame": "RST_STREAM", "stream": 1, "code": 8}), "00000403000000000100000008");
        check(json!({"frame": "WINDOW_UPDATE", "stream": 0, "increment": 1}), "00000408000000000000000001");
        check(
            json!({"frame": "PING", "payload": "12345678", "length": 9, "reserved": true}),
            "0000090600800000003132333435363738",
        );
        check(json!({"frame": 200, "flags": 255, "stream": 9}), "000000c8ff00000009");
    }

    #[test]
    fn what_a_frame_does_not_have_is_named() {
        let check = |form: Json, what: &str| assert!(built(&form).unwrap_err().contains(what), "{form}");
        check(json!({"frame": "HEADER"}), "is no type");
        check(json!({"frame": "PING", "code": 1}), "has no member \"code\"");
        check(json!({"frame": "DATA", "flags": ["ACK"]}), "has no \"ACK\"");
        check(json!({"frame": "DATA", "data": "a", "payload": "b"}), "beside \"payload\"");
        check(json!({"frame": "DATA", "length": 16_777_216}), "no number to 16777215");
        check(json!({"frame": "SETTINGS", "settings": [["PUSH", 0]]}), "no [NAME, value]");
    }
}
