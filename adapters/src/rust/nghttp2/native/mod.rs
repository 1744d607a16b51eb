//! All `unsafe` of this adapter: nghttp2's sessions ([`session`]), what their callbacks note ([`callbacks`]), and its
//! HPACK codec ([`hd`]), behind safe types. Nothing here knows our vocabulary.

mod callbacks;
mod hd;
mod session;

use std::ffi::{CStr, c_int};
use std::ops::Deref;

use libnghttp2_sys as sys;

pub(super) use self::callbacks::{Block, Note};
pub(super) use self::hd::{Decoded, Deflater, Inflater};
pub(super) use self::session::Session;

/// Fields to send: name and value.
pub(super) type Lines = Vec<(Vec<u8>, Vec<u8>)>;

/// nghttp2's words for one of its codes, with the code.
pub(super) fn words(code: c_int) -> String {
    // SAFETY: nghttp2_strerror gives a static, terminated string for every code.
    let text = unsafe { CStr::from_ptr(sys::nghttp2_strerror(code)) };
    format!("{} ({code})", text.to_string_lossy())
}

/// What a call that answers 0 or an error answered.
fn check(code: c_int) -> Result<(), String> {
    if code == 0 { Ok(()) } else { Err(words(code)) }
}

/// Octets that nghttp2 shows; without any, the pointer means nothing.
///
/// # Safety
///
/// If `len` is not 0, `data` points to so many octets that do not change during `'a`.
unsafe fn octets<'a>(data: *const u8, len: usize) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    // SAFETY: as this function asks of its callers.
    unsafe { std::slice::from_raw_parts(data, len) }
}

/// Fields as nghttp2 takes them. They point into `fields` and are good as long as it is; nghttp2 copies them, and
/// never writes through them.
fn pairs<O: Deref<Target = [u8]>>(fields: &[(O, O)], never: &[O]) -> Vec<sys::nghttp2_nv> {
    let pair = |(name, value): &(O, O)| sys::nghttp2_nv {
        name: name.as_ptr().cast_mut(),
        value: value.as_ptr().cast_mut(),
        namelen: name.len(),
        valuelen: value.len(),
        flags: if never.iter().any(|n| **n == **name) {
            sys::NGHTTP2_NV_FLAG_NO_INDEX as u8
        } else {
            sys::NGHTTP2_NV_FLAG_NONE as u8
        },
    };
    fields.iter().map(pair).collect()
}
