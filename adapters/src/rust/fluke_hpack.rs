//! fluke-hpack, a fork of the `hpack` crate: each block in one call.
//!
//! Its decoder takes any table size from its peer unless it is told which is allowed, so that it is told. Its encoder
//! can be told a size, and writes no update of it.

use std::sync::LazyLock;

use ::fluke_hpack::decoder::{DecoderError, IntegerDecodingError, StringDecodingError};
use wireproof::hpack::{Action, Class, Event, Hpack};
use wireproof::{Config, Endpoint, Implementation, Input, Profile, Role, SendError, Unsupported};

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "0.3.1";

/// The `fluke-hpack` crate's decoder and encoder.
pub struct FlukeHpack;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT".to_owned(),
    home: "https://github.com/bearcove/fluke".to_owned(),
    ..Profile::rust::<Hpack>("fluke-hpack", VERSION, CAN, CANNOT)
});

const CAN: &[&str] = &["output", "table-size", "field-order", "error-class"];

const CANNOT: &[(&str, &str)] = &[
    ("never-indexed", "its decoder gives name and value, and its encoder has one strategy"),
    ("size-update-required", "its decoder is told which size is allowed, not that it changed"),
];

impl Implementation<Hpack> for FlukeHpack {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Hpack>>, Unsupported> {
        config.only(&["header-table-size"])?;
        let size = config.get("header-table-size").map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        match role {
            Role::Decoder => {
                let mut decoder = ::fluke_hpack::Decoder::new();
                decoder.set_max_allowed_table_size(size.unwrap_or(4096));
                if let Some(size) = size {
                    decoder.set_max_table_size(size);
                }
                Ok(Box::new(Decoder { decoder, over: false }))
            }
            Role::Encoder => {
                let mut encoder = ::fluke_hpack::Encoder::new();
                if let Some(size) = size {
                    encoder.set_max_table_size(size);
                }
                Ok(Box::new(Encoder { encoder, out: Vec::new() }))
            }
            Role::Server | Role::Client => Err(Unsupported(format!("HPACK has no {role}"))),
        }
    }
}

struct Decoder {
    decoder: ::fluke_hpack::Decoder<'static>,
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
            Ok(fields) => events(Event::Fields { fields: &fields, never: None }),
            Err(error) => {
                self.over = true;
                events(Event::Rejected { class: Some(class(error)), text: &format!("{error:?}") });
            }
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::TableSize(size) => {
                self.decoder.set_max_allowed_table_size(*size as usize);
                Ok(())
            }
            Action::Encode { .. } => Err(SendError::Cannot("a decoder does not encode".to_owned())),
        }
    }

    fn transmit(&mut self, _: &mut Vec<u8>) {}
}

fn class(error: DecoderError) -> Class {
    match error {
        DecoderError::HeaderIndexOutOfBounds => Class::Index,
        DecoderError::IntegerDecodingError(IntegerDecodingError::NotEnoughOctets)
        | DecoderError::StringDecodingError(StringDecodingError::NotEnoughOctets) => Class::Truncated,
        DecoderError::IntegerDecodingError(
            IntegerDecodingError::TooManyOctets
            | IntegerDecodingError::ValueTooLarge
            | IntegerDecodingError::InvalidPrefix,
        ) => Class::Integer,
        DecoderError::StringDecodingError(StringDecodingError::HuffmanDecoderError(_)) => Class::Huffman,
        DecoderError::InvalidMaxDynamicSize | DecoderError::SizeUpdateAtEnd => Class::SizeUpdate,
    }
}

struct Encoder {
    encoder: ::fluke_hpack::Encoder<'static>,
    out: Vec<u8>,
}

impl Endpoint<Hpack> for Encoder {
    fn receive(&mut self, _: Input<'_>, _: &mut dyn FnMut(Event<'_>)) {}

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::TableSize(size) => self.encoder.set_max_table_size(*size as usize),
            Action::Encode { never, .. } if !never.is_empty() => {
                return Err(SendError::Cannot("its encoder cannot be told how to write a field".to_owned()));
            }
            Action::Encode { fields, .. } => {
                let lines: Vec<_> = fields.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
                let lines = lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
                self.out.append(&mut self.encoder.encode(lines));
            }
        }
        Ok(())
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}
