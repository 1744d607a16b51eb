//! nghttp2's HPACK codec, safe to call.

use std::ops::Deref;
use std::ptr;

use libnghttp2_sys as sys;
use wireproof::FieldBuffer;

use super::{check, octets, pairs, words};

/// A decoder. `0` is live until the drop.
pub(in super::super) struct Inflater(*mut sys::nghttp2_hd_inflater);

/// A block's fields, and those of them that are never to be indexed.
#[derive(Default)]
pub(in super::super) struct Decoded {
    pub(in super::super) fields: FieldBuffer,
    pub(in super::super) never: FieldBuffer,
}

impl Inflater {
    /// A new decoder, with 4096 octets of dynamic table.
    pub(in super::super) fn new() -> Result<Inflater, String> {
        let mut inflater = Inflater(ptr::null_mut());
        // SAFETY: nghttp2 sets the pointer.
        check(unsafe { sys::nghttp2_hd_inflate_new(&mut inflater.0) })?;
        Ok(inflater)
    }

    /// `nghttp2_hd_inflate_change_table_size`.
    pub(in super::super) fn change_table_size(&mut self, size: usize) -> Result<(), String> {
        // SAFETY: the decoder is live.
        check(unsafe { sys::nghttp2_hd_inflate_change_table_size(self.0, size) })
    }

    /// Decodes a whole block into `decoded`: `nghttp2_hd_inflate_hd3` as its documentation shows.
    pub(in super::super) fn decode(&mut self, mut block: &[u8], decoded: &mut Decoded) -> Result<(), String> {
        decoded.fields.clear();
        decoded.never.clear();
        loop {
            let mut flags = 0;
            // SAFETY: `nv` holds pointers and numbers, for which zeros are values; nghttp2 sets it when it says so.
            // The decoder is live, and the octets are so many.
            let (nv, took) = unsafe {
                let mut nv: sys::nghttp2_nv = std::mem::zeroed();
                let (data, len) = (block.as_ptr(), block.len());
                let took = sys::nghttp2_hd_inflate_hd3(self.0, &mut nv, &mut flags, data, len, 1);
                (nv, took)
            };
            let Ok(took) = usize::try_from(took) else { return Err(words(took as i32)) };
            block = &block[took..];
            if flags & sys::NGHTTP2_HD_INFLATE_EMIT as i32 != 0 {
                // SAFETY: the field was emitted, and lives until the next call.
                let (name, value) = unsafe { (octets(nv.name, nv.namelen), octets(nv.value, nv.valuelen)) };
                if nv.flags & sys::NGHTTP2_NV_FLAG_NO_INDEX as u8 != 0 {
                    decoded.never.push(name, value);
                }
                decoded.fields.push(name, value);
            }
            if flags & sys::NGHTTP2_HD_INFLATE_FINAL as i32 != 0 {
                // SAFETY: the decoder is live.
                unsafe { sys::nghttp2_hd_inflate_end_headers(self.0) };
                return Ok(());
            }
            if flags & sys::NGHTTP2_HD_INFLATE_EMIT as i32 == 0 && block.is_empty() {
                return Err("the block is used up, and nghttp2 says neither that it is final nor an error".to_owned());
            }
        }
    }
}

impl Drop for Inflater {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the decoder is live.
            unsafe { sys::nghttp2_hd_inflate_del(self.0) };
        }
    }
}

/// An encoder. `0` is live until the drop.
pub(in super::super) struct Deflater(*mut sys::nghttp2_hd_deflater);

impl Deflater {
    /// A new encoder that uses at most so many octets of dynamic table.
    pub(in super::super) fn new(most: usize) -> Result<Deflater, String> {
        let mut deflater = Deflater(ptr::null_mut());
        // SAFETY: nghttp2 sets the pointer.
        check(unsafe { sys::nghttp2_hd_deflate_new(&mut deflater.0, most) })?;
        Ok(deflater)
    }

    /// `nghttp2_hd_deflate_change_table_size`.
    pub(in super::super) fn change_table_size(&mut self, size: usize) -> Result<(), String> {
        // SAFETY: the encoder is live.
        check(unsafe { sys::nghttp2_hd_deflate_change_table_size(self.0, size) })
    }

    /// Appends a block to `out`.
    pub(in super::super) fn encode<O: Deref<Target = [u8]>>(
        &mut self,
        fields: &[(O, O)],
        never: &[O],
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        let pairs = pairs(fields, never);
        // SAFETY: the encoder is live; nghttp2 writes at most as much as there is room.
        let count = unsafe {
            let room = sys::nghttp2_hd_deflate_bound(self.0, pairs.as_ptr(), pairs.len());
            out.reserve(room);
            let end = out.as_mut_ptr().add(out.len());
            sys::nghttp2_hd_deflate_hd2(self.0, end, room, pairs.as_ptr(), pairs.len())
        };
        let Ok(count) = usize::try_from(count) else { return Err(words(count as i32)) };
        // SAFETY: nghttp2 wrote so many octets after those that were there.
        unsafe { out.set_len(out.len() + count) };
        Ok(())
    }
}

impl Drop for Deflater {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the encoder is live.
            unsafe { sys::nghttp2_hd_deflate_del(self.0) };
        }
    }
}
