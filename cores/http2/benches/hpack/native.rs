//! nghttp2's codec.

use std::ptr;

use libnghttp2_sys as sys;

use crate::inputs::Fields;
use crate::others::{Decode, Encode};

/// A decoder. `0` is live until the drop.
pub(crate) struct Inflater(*mut sys::nghttp2_hd_inflater);

impl Decode for Inflater {
    fn new() -> Inflater {
        let mut inflater = Inflater(ptr::null_mut());
        // SAFETY: nghttp2 sets the pointer.
        assert_eq!(unsafe { sys::nghttp2_hd_inflate_new(&mut inflater.0) }, 0);
        inflater
    }

    fn decode(&mut self, mut block: &[u8]) -> usize {
        let mut octets = 0;
        loop {
            let mut flags = 0;
            // SAFETY: `nv` holds pointers and numbers, for which zeros are values; the decoder is live, and the octets
            // are so many. What was emitted is counted, not read.
            let took = unsafe {
                let mut nv: sys::nghttp2_nv = std::mem::zeroed();
                let took = sys::nghttp2_hd_inflate_hd3(self.0, &mut nv, &mut flags, block.as_ptr(), block.len(), 1);
                octets += nv.namelen + nv.valuelen;
                took
            };
            block = &block[usize::try_from(took).expect("the block is right")..];
            if flags & sys::NGHTTP2_HD_INFLATE_FINAL as i32 != 0 {
                // SAFETY: the decoder is live.
                unsafe { sys::nghttp2_hd_inflate_end_headers(self.0) };
                return octets;
            }
        }
    }
}

impl Drop for Inflater {
    fn drop(&mut self) {
        // SAFETY: the decoder is live, and used no more.
        unsafe { sys::nghttp2_hd_inflate_del(self.0) };
    }
}

/// An encoder. `0` is live until the drop.
pub(crate) struct Deflater(*mut sys::nghttp2_hd_deflater);

/// Fields as nghttp2 takes them, and what they point into.
pub(crate) struct Section {
    _fields: Fields,
    pairs: Vec<sys::nghttp2_nv>,
}

impl Encode for Deflater {
    type Section = Section;

    fn new() -> Deflater {
        let mut deflater = Deflater(ptr::null_mut());
        // SAFETY: nghttp2 sets the pointer.
        assert_eq!(unsafe { sys::nghttp2_hd_deflate_new(&mut deflater.0, 4096) }, 0);
        deflater
    }

    /// The strings' octets stay where they are when the vector moves.
    fn section(fields: &Fields) -> Section {
        let fields = fields.clone();
        let pair = |(name, value): &(String, String)| sys::nghttp2_nv {
            name: name.as_ptr().cast_mut(),
            value: value.as_ptr().cast_mut(),
            namelen: name.len(),
            valuelen: value.len(),
            flags: 0,
        };
        Section { pairs: fields.iter().map(pair).collect(), _fields: fields }
    }

    fn encode(&mut self, section: &Section, out: &mut Vec<u8>) {
        let pairs = &section.pairs;
        // SAFETY: the encoder is live; nghttp2 writes at most as much as there is room, after the octets that are there.
        unsafe {
            let room = sys::nghttp2_hd_deflate_bound(self.0, pairs.as_ptr(), pairs.len());
            out.reserve(room);
            let end = out.as_mut_ptr().add(out.len());
            let count = sys::nghttp2_hd_deflate_hd2(self.0, end, room, pairs.as_ptr(), pairs.len());
            out.set_len(out.len() + usize::try_from(count).expect("any field can be encoded"));
        }
    }
}

impl Drop for Deflater {
    fn drop(&mut self) {
        // SAFETY: the encoder is live, and used no more.
        unsafe { sys::nghttp2_hd_deflate_del(self.0) };
    }
}
