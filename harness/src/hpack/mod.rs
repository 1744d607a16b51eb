//! The HPACK vocabulary (RFC 7541): blocks in, field lists out, and the other way round.

mod build;
mod constants;
mod reader;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::bytes::Octets;
use crate::http1::FieldText;
use crate::protocol::{Capability, EventSpec, MemberSpec, Protocol, ProtocolSpec, Role, Transport};
use crate::transcript::Transcript;
use crate::value::{EventRef, Fields, Kind, Record, Value, ValueRef};

pub(crate) use build::{FieldLines, block, literals};
pub use constants::{CODES, EOS, STATIC};
pub(crate) use reader::{Item, Reader};

/// HPACK.
pub struct Hpack;

/// What an endpoint reports.
#[derive(Clone, Copy)]
pub enum Event<'a> {
    /// A block was decoded.
    Fields {
        /// Its fields, in order.
        fields: Fields<'a>,
        /// Those that must never be indexed by anyone (RFC 7541, 6.2.3), if the implementation says so.
        never: Option<Fields<'a>>,
    },
    /// The implementation refuses the block, and with it the connection (RFC 9113, 4.3).
    Rejected {
        /// Which rule, if known.
        class: Option<Class>,
        /// The implementation's own words; shown, never compared.
        text: &'a str,
    },
}

/// The rule that a refused block broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// An index that is 0 or beyond both tables.
    Index,
    /// An integer too large, or too long.
    Integer,
    /// The block ends inside a representation.
    Truncated,
    /// Huffman padding or EOS.
    Huffman,
    /// A size update that is too large, misplaced, or missing.
    SizeUpdate,
    /// A limit of the endpoint.
    Limit,
}

impl Class {
    /// All words.
    pub const WORDS: &'static [&'static str] = &["index", "integer", "truncated", "huffman", "size-update", "limit"];

    /// Its word in events and patterns.
    pub fn name(self) -> &'static str {
        match self {
            Class::Index => "index",
            Class::Integer => "integer",
            Class::Truncated => "truncated",
            Class::Huffman => "huffman",
            Class::SizeUpdate => "size-update",
            Class::Limit => "limit",
        }
    }
}

/// What an endpoint can be asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// An encoder: write a block of these fields.
    Encode {
        /// The fields, in order.
        fields: FieldText,
        /// The names of those that must never be indexed.
        #[serde(default)]
        never: Vec<Octets>,
    },
    /// The acknowledged SETTINGS_HEADER_TABLE_SIZE changes, in octets: a decoder's own, an encoder's peer's.
    TableSize(u32),
}

impl Protocol for Hpack {
    type Event<'a> = Event<'a>;
    type Action = Action;
    const SPEC: &'static ProtocolSpec = &SPEC;

    fn describe(event: &Event<'_>, show: &mut dyn FnMut(&EventRef<'_>)) {
        let mut members = [("", ValueRef::Flag(false)); 2];
        let (name, known) = match *event {
            Event::Fields { fields, never } => (
                "fields",
                [Some(("fields", ValueRef::Fields(fields))), never.map(|never| ("never", ValueRef::Fields(never)))],
            ),
            Event::Rejected { class, text } => (
                "rejected",
                [
                    class.map(|c| ("class", ValueRef::Bytes(c.name().as_bytes()))),
                    Some(("text", ValueRef::Bytes(text.as_bytes()))),
                ],
            ),
        };
        let mut count = 0;
        for member in known.into_iter().flatten() {
            members[count] = member; // at most 2
            count += 1;
        }
        show(&EventRef { name, members: &members[..count] });
    }
}

const fn member(name: &'static str, kind: Kind, needs: Option<&'static str>) -> MemberSpec {
    MemberSpec { name, kind, needs, compared: true }
}

const FIELDS: EventSpec = EventSpec {
    name: "fields",
    needs: None,
    members: &[member("fields", Kind::Fields, None), member("never", Kind::Fields, Some("never-indexed"))],
};

const EVENTS: &[EventSpec] = &[
    FIELDS,
    EventSpec {
        name: "rejected",
        needs: None,
        members: &[
            member("class", Kind::Bytes, Some("error-class")),
            MemberSpec { name: "text", kind: Kind::Bytes, needs: None, compared: false },
        ],
    },
];

const WRITTEN: &[EventSpec] =
    &[FIELDS, EventSpec { name: "size-update", needs: None, members: &[member("size", Kind::Number, None)] }];

const CAPABILITIES: &[Capability] = &[
    Capability { name: "output", means: "an encoder writes blocks" },
    Capability { name: "table-size", means: "can be told that the acknowledged table size changed" },
    Capability {
        name: "size-update-required",
        means: "checks that a lowered table size is confirmed at the beginning of the next block",
    },
    Capability { name: "never-indexed", means: "shows which fields are never to be indexed, and writes them so" },
    Capability { name: "field-order", means: "keeps the order of fields with different names" },
    Capability { name: "error-class", means: "says which rule a refused block broke" },
];

const OPTIONS: &[(&str, &str)] = &[
    ("header-table-size", "octets of dynamic table that are acknowledged from the beginning; 4096 if not set"),
    ("max-string", "octets in a name or value before the block is refused"),
    ("max-list", "octets of all fields (name + value + 32 each) before the block is refused"),
];

/// The tables of HPACK.
static SPEC: ProtocolSpec = ProtocolSpec {
    name: "hpack",
    transport: Transport::Datagram,
    roles: &[Role::Decoder, Role::Encoder],
    events: EVENTS,
    written: WRITTEN,
    ambient: &[],
    capabilities: CAPABILITIES,
    options: OPTIONS,
    check_action: |json| Action::deserialize(json).map(drop).map_err(|e| e.to_string()),
    answerer: |_| None,
    comparable: |records, _| records.len(),
    fold_names: false,
    read_output: Some(read_output),
    refusals: None,
    units: None,
    is_unfinished: None,
    show_unit: crate::bytes::escape,
};

/// What an encoder wrote: a step's output is one block.
fn read_output(_: Role, transcript: &Transcript, steps: Range<usize>) -> Vec<Record> {
    let mut reader = Reader::new(usize::MAX); // what an encoder may use is judged by its size updates
    let mut records = Vec::new();
    for (at, step) in transcript.steps.iter().enumerate().filter(|(_, s)| !s.output.is_empty()) {
        match reader.block(&step.output) {
            Ok(items) if steps.contains(&at) => append_block(items, &mut records),
            Ok(_) => {}
            Err(why) => {
                records.push(Record::new("garbled").with("text", Value::Bytes(why.as_bytes().to_vec())));
                break;
            }
        }
    }
    records
}

fn append_block(items: Vec<Item>, records: &mut Vec<Record>) {
    let (mut fields, mut never) = (FieldLines::new(), FieldLines::new());
    for item in items {
        match item {
            Item::SizeUpdate(size) => {
                records.push(Record::new("size-update").with("size", Value::Number(size as u64)));
            }
            Item::Field { name, value, never: false } => fields.push((name, value)),
            Item::Field { name, value, never: true } => {
                never.push((name.clone(), value.clone()));
                fields.push((name, value));
            }
        }
    }
    let record = Record::new("fields").with("fields", Value::Fields(fields));
    records.push(record.with("never", Value::Fields(never)));
}
