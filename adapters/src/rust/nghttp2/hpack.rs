//! nghttp2's HPACK codec, `nghttp2_hd_inflate_*` and `nghttp2_hd_deflate_*`, each block in one call.
//!
//! A decoder begins with 4096 octets of table, and takes another size as a change, which the next block must confirm if
//! it is smaller: a script that begins with another size cannot be run. An encoder is made with the size that the
//! script gives, and never uses more.

use std::sync::LazyLock;

use wireproof::hpack::{Action, Event, Hpack};
use wireproof::{Config, Endpoint, Implementation, Input, Profile, Role, SendError, Unsupported};

use super::native::{Decoded, Deflater, Inflater};

/// The HPACK codec of the C library that the `libnghttp2-sys` crate builds.
pub struct Nghttp2Hpack;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| super::profile::<Hpack>("nghttp2-hpack", CAN, CANNOT));

const CAN: &[&str] = &["output", "table-size", "size-update-required", "never-indexed", "field-order"];

const CANNOT: &[(&str, &str)] = &[("error-class", "its errors are one, NGHTTP2_ERR_HEADER_COMP")];

/// `SETTINGS_HEADER_TABLE_SIZE` at the beginning of a connection.
const DEFAULT: usize = 4096;

impl Implementation<Hpack> for Nghttp2Hpack {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Hpack>>, Unsupported> {
        config.only(&["header-table-size"])?;
        let size = config.get("header-table-size").map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        match role {
            Role::Decoder => {
                if size.is_some_and(|size| size != DEFAULT) {
                    return Err(Unsupported(format!("its decoder's table has {DEFAULT} octets at the beginning")));
                }
                let inflater = Inflater::new().map_err(Unsupported)?;
                Ok(Box::new(Decoder { inflater, decoded: Decoded::default(), over: false }))
            }
            Role::Encoder => {
                let deflater = Deflater::new(size.unwrap_or(DEFAULT)).map_err(Unsupported)?;
                Ok(Box::new(Encoder { deflater, out: Vec::new() }))
            }
            Role::Server | Role::Client => Err(Unsupported(format!("HPACK has no {role}"))),
        }
    }
}

struct Decoder {
    inflater: Inflater,
    decoded: Decoded,
    /// A block was refused.
    over: bool,
}

impl Endpoint<Hpack> for Decoder {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Input::Bytes(block) = input else { return };
        if self.over || block.is_empty() {
            return;
        }
        let decoded = self.inflater.decode(block, &mut self.decoded);
        let Decoded { fields, never } = &self.decoded;
        match decoded {
            Ok(()) => events(Event::Fields { fields, never: Some(never) }),
            Err(text) => {
                self.over = true;
                events(Event::Rejected { class: None, text: &text });
            }
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::TableSize(size) => self.inflater.change_table_size(*size as usize).map_err(SendError::Refused),
            Action::Encode { .. } => Err(SendError::Cannot("a decoder does not encode".to_owned())),
        }
    }

    fn transmit(&mut self, _: &mut Vec<u8>) {}
}

struct Encoder {
    deflater: Deflater,
    out: Vec<u8>,
}

impl Endpoint<Hpack> for Encoder {
    fn receive(&mut self, _: Input<'_>, _: &mut dyn FnMut(Event<'_>)) {}

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        let done = match action {
            Action::TableSize(size) => self.deflater.change_table_size(*size as usize),
            Action::Encode { fields, never } => self.deflater.encode(fields, never, &mut self.out),
        };
        done.map_err(SendError::Refused)
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}
