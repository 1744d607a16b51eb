//! Actions on their way into a library: from JSON to the header's members, generically.

use std::ffi::{CStr, CString};
use std::ptr;

use serde::Deserialize as _;
use serde_json::Value as Json;
use wireproof::Value;

use super::abi::{self, Field, Member, Octets};

/// An action, owned: its name and its members.
pub(super) struct Action {
    name: CString,
    members: Vec<(CString, Value)>,
}

impl Action {
    /// Reads `{"response": {"status": 200}}`: the one key is the name, the object's entries are the members; `null`
    /// ones are left out. `{"data": "text"}` has the one member `bytes`.
    pub(super) fn read(json: &Json) -> Result<Action, String> {
        let (name, body) = match json.as_object().map(|o| (o.len(), o.iter().next())) {
            Some((1, Some(only))) => only,
            _ => return Err(format!("not an action, an object with one key: {json}")),
        };
        let members = match body {
            Json::Object(members) => members.iter().filter(|(_, v)| !v.is_null()).map(member).collect(),
            Json::String(_) => member((&"bytes".to_owned(), body)).map(|m| vec![m]),
            _ => Err(format!("{name:?} is neither an object nor a text")),
        }?;
        Ok(Action { name: zero_ended(name)?, members })
    }

    /// Lends the action in the header's shape.
    pub(super) fn lend<T>(&self, with: impl FnOnce(&CStr, &[Member<'_>]) -> T) -> T {
        let lines: Vec<Vec<Field<'_>>> = self.members.iter().map(|(_, value)| field_lines(value)).collect();
        let members: Vec<Member<'_>> =
            self.members.iter().zip(&lines).map(|((name, value), lines)| lend_member(name, value, lines)).collect();
        with(&self.name, &members)
    }
}

fn member((name, json): (&String, &Json)) -> Result<(CString, Value), String> {
    let value = Value::deserialize(json);
    let value = value.map_err(|_| format!("member {name:?} has no kind in the C ABI: {json}"))?;
    Ok((zero_ended(name)?, value))
}

fn zero_ended(name: &str) -> Result<CString, String> {
    CString::new(name).map_err(|_| format!("a name with a zero in it: {name:?}"))
}

fn field_lines(value: &Value) -> Vec<Field<'_>> {
    match value {
        Value::Fields(fields) => {
            fields.iter().map(|(n, v)| Field { name: Octets::of(n), value: Octets::of(v) }).collect()
        }
        Value::Bytes(_) | Value::Number(_) | Value::Flag(_) => Vec::new(),
    }
}

fn lend_member<'a>(name: &CStr, value: &'a Value, lines: &'a [Field<'a>]) -> Member<'a> {
    let mut member = Member {
        name: name.as_ptr(),
        kind: abi::FIELDS,
        bytes: Octets::of(&[]),
        number: 0,
        fields: ptr::null(),
        field_count: 0,
    };
    match value {
        Value::Bytes(octets) => (member.kind, member.bytes) = (abi::BYTES, Octets::of(octets)),
        Value::Number(number) => (member.kind, member.number) = (abi::NUMBER, *number),
        Value::Flag(flag) => (member.kind, member.number) = (abi::FLAG, u64::from(*flag)),
        Value::Fields(_) => (member.fields, member.field_count) = (lines.as_ptr(), lines.len()),
    }
    member
}
