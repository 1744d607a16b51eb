//! The core's own adapters, compiled here, so that no mutant costs a build of the other subjects.

#[allow(unreachable_pub)] // they are public where they live
#[path = "../../../adapters/src/rust/wireproof_hpack.rs"]
mod wireproof_hpack;
#[allow(unreachable_pub)]
#[path = "../../../adapters/src/rust/wireproof_http2.rs"]
mod wireproof_http2;

pub(crate) use self::wireproof_hpack::WireproofHpack;
pub(crate) use self::wireproof_http2::WireproofHttp2;

use ::wireproof_http2::Limits;
use ::wireproof_http2::hpack::Coding;
use wireproof::hpack::Hpack;
use wireproof::http2::Http2;
use wireproof::{Config, Endpoint, Implementation, Profile, Role, Unsupported};

/// The codec with every option other than it is at first: late size updates are taken, all strings are
/// Huffman-encoded, the table is as large as the peer allows, and no field is guarded that is not marked.
pub(crate) struct Lenient;

impl Implementation<Hpack> for Lenient {
    fn profile(&self) -> &Profile {
        WireproofHpack.profile()
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Hpack>>, Unsupported> {
        wireproof_hpack::open(
            role,
            config,
            |decoder| decoder.lenient_late_update(true),
            |encoder| {
                encoder.coding(Coding::Always);
                encoder.guard_secrets(false);
                encoder.limit_table(usize::MAX);
            },
        )
    }
}

/// The core with the lowest limits that fail no case.
pub(crate) struct Tight;

impl Implementation<Http2> for Tight {
    fn profile(&self) -> &Profile {
        WireproofHttp2.profile()
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http2>>, Unsupported> {
        let limits = Limits {
            field_block: 62,
            continuations: 2,
            idle_frames: 10,
            resets: 1,
            promises: 1,
            remembered: 2,
            ..Limits::default()
        };
        wireproof_http2::open(role, config, limits)
    }
}
