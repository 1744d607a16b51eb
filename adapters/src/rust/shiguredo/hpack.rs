//! shiguredo_http2's HPACK codec, each block in one call.
//!
//! Its encoder sets a size and writes a size update in two calls, which its own connection makes at the beginning of the
//! next block, for the smallest and the last size; so does the adapter.

use std::sync::LazyLock;

use super::super::resized::Resized;
use shiguredo_http2::{HeaderField, HpackDecoder, HpackEncoder};
use wireproof::bytes::Octets;
use wireproof::hpack::{Action, Event, Hpack};
use wireproof::{Config, Endpoint, FieldList, Implementation, Input, Profile, Role, SendError, Unsupported};

/// The HPACK decoder and encoder of the `shiguredo_http2` crate.
pub struct ShiguredoHpack;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| super::profile::<Hpack>("shiguredo-hpack", CAN, CANNOT));

const CAN: &[&str] = &["output", "table-size", "never-indexed", "field-order"];

const CANNOT: &[(&str, &str)] = &[
    ("size-update-required", "its decoder is told a size, and does not ask for its confirmation"),
    ("error-class", "its errors are one kind, HpackError"),
];

impl Implementation<Hpack> for ShiguredoHpack {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Hpack>>, Unsupported> {
        config.only(&["header-table-size", "max-list"])?;
        let size = |name| config.get(name).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        let (table, list) = (size("header-table-size").unwrap_or(4096), size("max-list"));
        match role {
            Role::Decoder => {
                let mut decoder = HpackDecoder::new(table);
                decoder.set_max_header_list_size(list);
                Ok(Box::new(Decoder { decoder, over: false }))
            }
            Role::Encoder if list.is_some() => Err(Unsupported("an encoder has no max-list".to_owned())),
            Role::Encoder => Ok(Box::new(Encoder {
                encoder: HpackEncoder::new(table),
                resized: Resized::default(),
                out: Vec::new(),
            })),
            Role::Server | Role::Client => Err(Unsupported(format!("HPACK has no {role}"))),
        }
    }
}

/// The fields of a block.
struct Lines<'a>(&'a [HeaderField]);

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.0.iter().for_each(|field| each(field.name(), field.value()));
    }
}

/// Those of them that are never to be indexed.
struct Never<'a>(&'a [HeaderField]);

impl FieldList for Never<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.0.iter().filter(|field| field.sensitive()).for_each(|field| each(field.name(), field.value()));
    }
}

struct Decoder {
    decoder: HpackDecoder,
    /// A block was refused.
    over: bool,
}

impl Endpoint<Hpack> for Decoder {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Input::Bytes(block) = input else { return };
        if self.over || block.is_empty() {
            return;
        }
        match self.decoder.decode(block) {
            Ok(shown) => {
                events(Event::Fields { fields: &Lines(&shown), never: Some(&Never(&shown)) });
            }
            Err(error) => {
                self.over = true;
                events(Event::Rejected { class: None, text: &error.to_string() });
            }
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::TableSize(size) => {
                self.decoder.set_max_table_size(*size as usize);
                Ok(())
            }
            Action::Encode { .. } => Err(SendError::Cannot("a decoder does not encode".to_owned())),
        }
    }

    fn transmit(&mut self, _: &mut Vec<u8>) {}
}

struct Encoder {
    encoder: HpackEncoder,
    resized: Resized,
    out: Vec<u8>,
}

impl Endpoint<Hpack> for Encoder {
    fn receive(&mut self, _: Input<'_>, _: &mut dyn FnMut(Event<'_>)) {}

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::TableSize(size) => self.resized.note(*size),
            Action::Encode { fields, never } => {
                let field = |(name, value): &(Octets, Octets)| {
                    let made = HeaderField::new_with_sensitive(name, value, never.contains(name));
                    made.map_err(|e| SendError::Refused(e.to_string()))
                };
                let fields: Vec<HeaderField> = fields.iter().map(field).collect::<Result<_, _>>()?;
                for size in self.resized.take() {
                    self.encoder.set_max_table_size(size as usize);
                    self.encoder.encode_size_update(&mut self.out, size as usize);
                }
                self.encoder.encode(&mut self.out, &fields);
            }
        }
        Ok(())
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}
