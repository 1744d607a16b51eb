//! httlib-hpack: each block in one call of its decoder, and one call of its encoder for each field.
//!
//! Its encoder is told with flags how to write a field: in its best format (indexed where it can be, else added to the
//! table), the value Huffman-coded, as its documentation does; and a field that is never to be indexed so, and not in its best format, which would look it up.
//!
//! It writes a size update when it is called for one, and leaves it to its caller to keep to the limit of the peer: the
//! adapter calls it at the beginning of the next block, for the smallest and the last size that was asked for.

use std::sync::LazyLock;

use super::resized::Resized;
use ::httlib_hpack::{Decoder as NativeDecoder, DecoderError, Encoder as NativeEncoder};
use wireproof::hpack::{Action, Class, Event, Hpack};
use wireproof::{Config, Endpoint, FieldList, Implementation, Input, Profile, Role, SendError, Unsupported};

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "0.1.3";

/// The `httlib-hpack` crate's decoder and encoder.
pub struct HttlibHpack;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT".to_owned(),
    home: "https://github.com/xpepermint/httlib-rs".to_owned(),
    ..Profile::rust::<Hpack>("httlib-hpack", VERSION, CAN, CANNOT)
});

const CAN: &[&str] = &["output", "table-size", "never-indexed", "field-order", "error-class"];

const CANNOT: &[(&str, &str)] =
    &[("size-update-required", "its decoder is told which size is allowed, not that it changed")];

impl Implementation<Hpack> for HttlibHpack {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Hpack>>, Unsupported> {
        config.only(&["header-table-size"])?;
        let size = config.get("header-table-size").unwrap_or(4096);
        let size = u32::try_from(size).map_err(|_| Unsupported("header-table-size has 32 bits".to_owned()))?;
        match role {
            Role::Decoder => Ok(Box::new(Decoder { decoder: NativeDecoder::with_dynamic_size(size), over: false })),
            Role::Encoder => {
                let encoder = NativeEncoder::with_dynamic_size(size);
                Ok(Box::new(Encoder { encoder, resized: Resized::default(), out: Vec::new() }))
            }
            Role::Server | Role::Client => Err(Unsupported(format!("HPACK has no {role}"))),
        }
    }
}

/// The fields shown that have all the flags of `with`.
struct Lines<'a> {
    shown: &'a [(Vec<u8>, Vec<u8>, u8)],
    with: u8,
}

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        let chosen = self.shown.iter().filter(|(_, _, flags)| flags & self.with == self.with);
        chosen.for_each(|(name, value, _)| each(name, value));
    }
}

struct Decoder {
    decoder: NativeDecoder<'static>,
    /// A block was refused.
    over: bool,
}

impl Endpoint<Hpack> for Decoder {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Input::Bytes(block) = input else { return };
        if self.over || block.is_empty() {
            return;
        }
        let mut shown = Vec::new();
        match self.decoder.decode(&mut block.to_vec(), &mut shown) {
            Ok(_) => {
                let never = Lines { shown: &shown, with: NativeDecoder::NEVER_INDEXED };
                events(Event::Fields { fields: &Lines { shown: &shown, with: 0 }, never: Some(&never) });
            }
            Err(error) => {
                self.over = true;
                events(Event::Rejected { class: Some(class(&error)), text: &error.to_string() });
            }
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::TableSize(size) => {
                self.decoder.set_max_dynamic_size(*size);
                Ok(())
            }
            Action::Encode { .. } => Err(SendError::Cannot("a decoder does not encode".to_owned())),
        }
    }

    fn transmit(&mut self, _: &mut Vec<u8>) {}
}

fn class(error: &DecoderError) -> Class {
    match error {
        DecoderError::InvalidInput => Class::Huffman,
        DecoderError::InvalidIndex => Class::Index,
        DecoderError::IntegerUnderflow => Class::Truncated,
        DecoderError::IntegerOverflow | DecoderError::InvalidPrefix => Class::Integer,
        DecoderError::InvalidMaxDynamicSize => Class::SizeUpdate,
    }
}

struct Encoder {
    encoder: NativeEncoder<'static>,
    resized: Resized,
    out: Vec<u8>,
}

impl Endpoint<Hpack> for Encoder {
    fn receive(&mut self, _: Input<'_>, _: &mut dyn FnMut(Event<'_>)) {}

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        let refused = |error| SendError::Refused(format!("{error:?}"));
        match action {
            Action::TableSize(size) => self.resized.note(*size),
            Action::Encode { fields, never } => {
                let mut block = Vec::new();
                for size in self.resized.take() {
                    self.encoder.update_max_dynamic_size(size, &mut block).map_err(refused)?;
                }
                for (name, value) in fields {
                    let how = if never.contains(name) {
                        NativeEncoder::NEVER_INDEXED
                    } else {
                        NativeEncoder::WITH_INDEXING | NativeEncoder::BEST_FORMAT
                    };
                    let field = (name.to_vec(), value.to_vec(), how | NativeEncoder::HUFFMAN_VALUE);
                    self.encoder.encode(field, &mut block).map_err(refused)?;
                }
                self.out.append(&mut block);
            }
        }
        Ok(())
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}
