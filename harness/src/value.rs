//! Events without their types: what judges, comparisons, results and the child protocol see.
//!
//! An [`EventRef`] borrows, so that a sink that only counts allocates nothing; a [`Record`] owns.
//! In JSON an event is one flat object, `{"event": "request", "method": "GET", "fields": [["host", "a"]]}`, octets as
//! Latin-1 strings.

use std::borrow::Cow;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::bytes::{from_latin1, to_latin1};

/// A list of fields (name and value, in order), however the implementation keeps it.
pub trait FieldList {
    /// Calls `each` with every field line's name and value, in order.
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8]));
}

/// A borrowed field list. `&[]` of any pair type is the empty one.
pub type Fields<'a> = &'a dyn FieldList;

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> FieldList for Vec<(N, V)> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.as_slice().iter().for_each(|(n, v)| each(n.as_ref(), v.as_ref()));
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> FieldList for &[(N, V)] {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.iter().for_each(|(n, v)| each(n.as_ref(), v.as_ref()));
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>, const K: usize> FieldList for [(N, V); K] {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.iter().for_each(|(n, v)| each(n.as_ref(), v.as_ref()));
    }
}

/// The kind of a member's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Octets; words such as `connection` too.
    Bytes,
    /// An unsigned number.
    Number,
    /// True or false.
    Flag,
    /// A list of fields.
    Fields,
}

/// One member's value, borrowed.
#[derive(Clone, Copy)]
pub enum ValueRef<'a> {
    /// Octets.
    Bytes(&'a [u8]),
    /// A number.
    Number(u64),
    /// A flag.
    Flag(bool),
    /// Fields.
    Fields(Fields<'a>),
}

/// One event, borrowed: its name and its members. Absent members are not listed.
#[derive(Clone, Copy)]
pub struct EventRef<'a> {
    /// The event's name in its protocol's vocabulary.
    pub name: &'a str,
    /// Its members.
    pub members: &'a [(&'a str, ValueRef<'a>)],
}

impl<'a> EventRef<'a> {
    /// The octets of a member, if it is there and holds octets.
    pub fn bytes(&self, member: &str) -> Option<&'a [u8]> {
        self.members.iter().find_map(|(name, value)| match value {
            ValueRef::Bytes(b) if *name == member => Some(*b),
            _ => None,
        })
    }

    /// An owned copy.
    pub fn to_record(&self) -> Record {
        let own = |(name, value): &(&str, ValueRef<'_>)| (Cow::Owned((*name).to_owned()), Value::from(*value));
        Record { event: Cow::Owned(self.name.to_owned()), members: self.members.iter().map(own).collect() }
    }
}

/// One member's value, owned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Octets.
    Bytes(Vec<u8>),
    /// A number.
    Number(u64),
    /// A flag.
    Flag(bool),
    /// Fields, in order.
    Fields(Vec<(Vec<u8>, Vec<u8>)>),
}

impl Value {
    /// The kind of this value.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Bytes(_) => Kind::Bytes,
            Value::Number(_) => Kind::Number,
            Value::Flag(_) => Kind::Flag,
            Value::Fields(_) => Kind::Fields,
        }
    }
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Value {
        match value {
            ValueRef::Bytes(b) => Value::Bytes(b.to_vec()),
            ValueRef::Number(n) => Value::Number(n),
            ValueRef::Flag(b) => Value::Flag(b),
            ValueRef::Fields(list) => {
                let mut owned = Vec::new();
                list.visit(&mut |n, v| owned.push((n.to_vec(), v.to_vec())));
                Value::Fields(owned)
            }
        }
    }
}

/// One event, owned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// The event's name.
    pub event: Cow<'static, str>,
    /// Its members, in the order reported.
    pub members: Vec<(Cow<'static, str>, Value)>,
}

impl Value {
    /// The same, borrowed.
    fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Value::Bytes(octets) => ValueRef::Bytes(octets),
            Value::Number(number) => ValueRef::Number(*number),
            Value::Flag(flag) => ValueRef::Flag(*flag),
            Value::Fields(fields) => ValueRef::Fields(fields),
        }
    }
}

impl Record {
    /// A record with this name and no members yet.
    pub fn new(event: &'static str) -> Record {
        Record { event: Cow::Borrowed(event), members: Vec::new() }
    }

    /// The same record with one more member.
    pub fn with(mut self, member: &'static str, value: Value) -> Record {
        self.members.push((Cow::Borrowed(member), value));
        self
    }

    /// A member by name.
    pub fn get(&self, member: &str) -> Option<&Value> {
        self.members.iter().find_map(|(name, value)| (name == member).then_some(value))
    }

    /// Calls `show` with the event it was.
    pub(crate) fn with_ref(&self, show: &mut dyn FnMut(&EventRef<'_>)) {
        let members: Vec<_> = self.members.iter().map(|(name, value)| (&**name, value.as_ref())).collect();
        show(&EventRef { name: &self.event, members: &members });
    }

    /// A member that holds octets.
    pub fn bytes(&self, member: &str) -> Option<&[u8]> {
        match self.get(member)? {
            Value::Bytes(b) => Some(b),
            _ => None,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Bytes(b) => serializer.serialize_str(&to_latin1(b)),
            Value::Number(n) => serializer.serialize_u64(*n),
            Value::Flag(b) => serializer.serialize_bool(*b),
            Value::Fields(fields) => serializer.collect_seq(fields.iter().map(|(n, v)| [to_latin1(n), to_latin1(v)])),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(OfValue)
    }
}

/// Reads a [`Value`] by the kind of what is there.
struct OfValue;

impl<'de> Visitor<'de> for OfValue {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, a number, a flag or a list of fields")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        from_latin1(text).map(Value::Bytes).map_err(E::custom)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((name, value)) = list.next_element::<(Cow<'de, str>, Cow<'de, str>)>()? {
            let octets = |text: &str| from_latin1(text).map_err(de::Error::custom);
            fields.push((octets(&name)?, octets(&value)?));
        }
        Ok(Value::Fields(fields))
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len() + 1))?;
        map.serialize_entry("event", &self.event)?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Record, D::Error> {
        struct Flat;
        impl<'de> Visitor<'de> for Flat {
            type Value = Record;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an event object such as {\"event\": \"data\", \"bytes\": \"…\"}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
                let mut event = None;
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if name == "event" {
                        event = Some(Cow::Owned(map.next_value::<String>()?));
                    } else if let Some(value) = map.next_value::<Option<Value>>()? {
                        members.push((Cow::Owned(name), value));
                    }
                }
                Ok(Record { event: event.ok_or_else(|| de::Error::missing_field("event"))?, members })
            }
        }
        deserializer.deserialize_map(Flat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_back_from_json() {
        let record = Record::new("request")
            .with("method", Value::Bytes(b"G\xffT".to_vec()))
            .with("status", Value::Number(200))
            .with("clean", Value::Flag(true))
            .with("fields", Value::Fields(vec![(b"host".to_vec(), b"a".to_vec())]));
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(json, r#"{"event":"request","method":"GÿT","status":200,"clean":true,"fields":[["host","a"]]}"#);
        assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record);
    }

    #[test]
    fn null_members_are_absent() {
        let record: Record = serde_json::from_str(r#"{"event":"closed","clean":null}"#).unwrap();
        assert_eq!(record, Record::new("closed"));
    }
}
