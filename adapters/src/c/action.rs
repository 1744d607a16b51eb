//! Actions on their way into a library: from JSON to the header's members, generically.

use std::ffi::{CStr, CString};

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
        let lines: usize = self.members.iter().map(|(_, value)| count(value)).sum();
        if self.members.len() <= FEW && lines <= FEW {
            // Answers are like that, and there is one for each request.
            self.lend_in(&mut [Field::NONE; FEW], &mut [Member::NONE; FEW], with)
        } else {
            self.lend_in(&mut vec![Field::NONE; lines], &mut vec![Member::NONE; self.members.len()], with)
        }
    }

    /// The same with room for all lines and members.
    fn lend_in<'a, T>(
        &'a self,
        lines: &'a mut [Field<'a>],
        members: &mut [Member<'a>],
        with: impl FnOnce(&CStr, &[Member<'_>]) -> T,
    ) -> T {
        let mut room = lines;
        for ((name, value), member) in self.members.iter().zip(members.iter_mut()) {
            let (own, rest) = room.split_at_mut(count(value).min(room.len()));
            room = rest;
            if let Value::Fields(fields) = value {
                let line = |(n, v): &'a (Vec<u8>, Vec<u8>)| Field { name: Octets::of(n), value: Octets::of(v) };
                own.iter_mut().zip(fields.iter().map(line)).for_each(|(slot, line)| *slot = line);
            }
            *member = lend_member(name, value, own);
        }
        with(&self.name, &members[..self.members.len()])
    }
}

/// So many members and field lines need no memory from elsewhere.
const FEW: usize = 4;

/// How many field lines a member has.
fn count(value: &Value) -> usize {
    if let Value::Fields(fields) = value { fields.len() } else { 0 }
}

fn member((name, json): (&String, &Json)) -> Result<(CString, Value), String> {
    let value = Value::deserialize(json);
    let value = value.map_err(|_| format!("member {name:?} has no kind in the C ABI: {json}"))?;
    Ok((zero_ended(name)?, value))
}

fn zero_ended(name: &str) -> Result<CString, String> {
    CString::new(name).map_err(|_| format!("a name with a zero in it: {name:?}"))
}

fn lend_member<'a>(name: &CStr, value: &'a Value, lines: &'a [Field<'a>]) -> Member<'a> {
    let mut member = Member { name: name.as_ptr(), ..Member::NONE };
    match value {
        Value::Bytes(octets) => (member.kind, member.bytes) = (abi::BYTES, Octets::of(octets)),
        Value::Number(number) => (member.kind, member.number) = (abi::NUMBER, *number),
        Value::Flag(flag) => (member.kind, member.number) = (abi::FLAG, u64::from(*flag)),
        Value::Fields(_) => (member.fields, member.field_count) = (lines.as_ptr(), lines.len()),
    }
    member
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What a library sees of an action.
    fn lent(json: &Json) -> Vec<(String, Value)> {
        let action = Action::read(json).expect("an action");
        action.lend(|name, members| {
            let mut shown = Vec::new();
            // SAFETY: the members live through the call.
            let read = unsafe {
                abi::read_event(name.as_ptr(), members.as_ptr(), members.len(), &mut |event| {
                    shown = event.to_record().members;
                })
            };
            assert_eq!(read, Ok(()));
            shown.into_iter().map(|(name, value)| (name.into_owned(), value)).collect()
        })
    }

    #[test]
    fn an_action_is_lent_whole_whatever_its_size() {
        for (members, lines) in [(0, 0), (1, 1), (2, FEW), (2, FEW + 1), (FEW, 1), (FEW + 1, 1), (FEW + 3, 9)] {
            let fields: Vec<[String; 2]> = (0..lines).map(|at| [format!("n{at}"), "v".to_owned()]).collect();
            let body = (0..members).map(|at| match at {
                1 => ("m1".to_owned(), json!(fields)),
                _ => (format!("m{at}"), json!(at)),
            });
            let own = |at: usize| (format!("n{at}").into_bytes(), b"v".to_vec());
            let expected = (0..members).map(|at| match at {
                1 => ("m1".to_owned(), Value::Fields((0..lines).map(own).collect())),
                _ => (format!("m{at}"), Value::Number(at as u64)),
            });
            let json = json!({"response": Json::Object(body.collect())});
            assert_eq!(lent(&json), expected.collect::<Vec<_>>(), "{members} members, {lines} lines");
        }
    }
}
