//! The HPACK codec of the reference HTTP/2 core.

use std::sync::LazyLock;

use ::wireproof_http2::hpack::{Decoder, Encoder, Error, Field, Limits, Reason};
use wireproof::hpack::{Action, Class, Event, Hpack};
use wireproof::{Config, Endpoint, FieldBuffer, Implementation, Input, Profile, Role, SendError, Unsupported};

/// The reference codec, strict.
pub struct WireproofHpack;

const CAN: &[&str] = &["output", "table-size", "size-update-required", "never-indexed", "field-order", "error-class"];

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT OR Apache-2.0".to_owned(),
    ..Profile::rust::<Hpack>("wireproof-hpack", env!("CARGO_PKG_VERSION"), CAN, &[])
});

impl Implementation<Hpack> for WireproofHpack {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Hpack>>, Unsupported> {
        open(role, config, |_| {}, |_| {})
    }
}

/// Opens an endpoint of the codec, with what is to be done to it first; nothing is to the subject.
pub(super) fn open(
    role: Role,
    config: &Config,
    decodes: impl FnOnce(&mut Decoder),
    encodes: impl FnOnce(&mut Encoder),
) -> Result<Box<dyn Endpoint<Hpack>>, Unsupported> {
    config.only(&["header-table-size", "max-string", "max-list"])?;
    let size = |name: &str| config.get(name).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    let table = size("header-table-size");
    match role {
        Role::Decoder => {
            let mut decoder = table.map_or_else(Decoder::default, Decoder::new);
            decodes(&mut decoder);
            let limits = size("max-string").map_or_else(Limits::default, |string| Limits { string });
            let (list, done) = (size("max-list").unwrap_or(usize::MAX), false);
            let (fields, never) = <(FieldBuffer, FieldBuffer)>::default();
            Ok(Box::new(Decoding { decoder, limits, list, done, fields, never }))
        }
        Role::Encoder => {
            let mut encoder = Encoder::new();
            encodes(&mut encoder);
            if let Some(size) = table {
                encoder.set_max_table_size(size);
            }
            Ok(Box::new(Encoding { encoder, out: Vec::new() }))
        }
        Role::Server | Role::Client => Err(Unsupported(format!("HPACK has no {role}"))),
    }
}

/// A decoder. It refuses lists above `list` octets itself, as a connection does.
struct Decoding {
    decoder: Decoder,
    limits: Limits,
    list: usize,
    done: bool,
    /// The block's fields, and those of them that are never to be indexed.
    fields: FieldBuffer,
    never: FieldBuffer,
}

impl Endpoint<Hpack> for Decoding {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Input::Bytes(block @ [_, ..]) = input else { return };
        if self.done {
            return;
        }
        let (fields, never, mut size) = (&mut self.fields, &mut self.never, 0);
        fields.clear();
        never.clear();
        let decoded = self.decoder.decode(block, &self.limits, |field| {
            size += field.size();
            if size <= self.list {
                fields.push(field.name, field.value);
                if field.never_indexed {
                    never.push(field.name, field.value);
                }
            }
        });
        match decoded {
            Ok(()) if size <= self.list => events(Event::Fields { fields, never: Some(never) }),
            Ok(()) => {
                self.done = true;
                events(Event::Rejected { class: Some(Class::Limit), text: "the list is longer than the limit" });
            }
            Err(error) => {
                self.done = true;
                events(Event::Rejected { class: Some(class(error)), text: &error.to_string() });
            }
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::TableSize(size) => self.decoder.set_max_table_size(*size as usize),
            Action::Encode { .. } => return Err(SendError::Cannot("a decoder encodes nothing".to_owned())),
        }
        Ok(())
    }

    fn transmit(&mut self, _: &mut Vec<u8>) {}
}

/// The class of a rule.
fn class(error: Error) -> Class {
    match error.reason {
        Reason::IndexZero | Reason::IndexOutOfRange => Class::Index,
        Reason::IntegerOverflow => Class::Integer,
        Reason::Truncated => Class::Truncated,
        Reason::HuffmanPaddingTooLong | Reason::HuffmanPaddingNotEos | Reason::HuffmanEos => Class::Huffman,
        Reason::StringTooLong => Class::Limit,
        Reason::SizeUpdateTooLarge | Reason::SizeUpdateLate | Reason::SizeUpdateMissing => Class::SizeUpdate,
    }
}

/// An encoder.
struct Encoding {
    encoder: Encoder,
    out: Vec<u8>,
}

impl Endpoint<Hpack> for Encoding {
    fn receive(&mut self, _: Input<'_>, _: &mut dyn FnMut(Event<'_>)) {}

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::TableSize(size) => self.encoder.set_max_table_size(*size as usize),
            Action::Encode { fields, never } => {
                let field = |(n, v)| Field { never_indexed: never.contains(n), ..Field::new(n, v) };
                let fields = fields.iter().map(|(n, v)| field((n, v)));
                self.encoder.encode(fields, &mut self.out);
            }
        }
        Ok(())
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}
