//! nghttp2, as it comes: it gives credit itself when it was read.

use std::ffi::{c_int, c_void};
use std::ptr;

use libnghttp2_sys as sys;

use crate::scripts::{Fields, Script};
use crate::{Seen, Server};

/// A session, and what its callbacks share. `raw` is live until the drop, `state` longer.
pub(crate) struct Session {
    raw: *mut sys::nghttp2_session,
    state: *mut State,
}

struct State {
    script: *const Script,
    response: Vec<sys::nghttp2_nv>,
    trailers: Vec<sys::nghttp2_nv>,
    /// How much of the content is sent, by stream.
    sent: Vec<(i32, usize)>,
    seen: Seen,
}

fn pairs(fields: &Fields) -> Vec<sys::nghttp2_nv> {
    let pair = |(name, value): &(String, String)| sys::nghttp2_nv {
        name: name.as_ptr().cast_mut(),
        value: value.as_ptr().cast_mut(),
        namelen: name.len(),
        valuelen: value.len(),
        flags: 0,
    };
    fields.iter().map(pair).collect()
}

impl<'s> Server<'s> for Session {
    fn new(script: &'s Script) -> Session {
        let state = Box::into_raw(Box::new(State {
            script,
            response: pairs(&script.response),
            trailers: pairs(&script.trailers),
            sent: Vec::new(),
            seen: Seen::default(),
        }));
        let (mut raw, mut callbacks) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: nghttp2 makes the objects, and copies callbacks and settings; the functions have the types that it
        // declares, and `state` is what they take.
        unsafe {
            assert_eq!(sys::nghttp2_session_callbacks_new(&mut callbacks), 0);
            sys::nghttp2_session_callbacks_set_on_header_callback(callbacks, Some(header));
            sys::nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Some(frame));
            sys::nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Some(chunk));
            assert_eq!(sys::nghttp2_session_server_new(&mut raw, callbacks, state.cast()), 0);
            sys::nghttp2_session_callbacks_del(callbacks);
            let streams = sys::nghttp2_settings_entry { settings_id: 3, value: 100 };
            assert_eq!(sys::nghttp2_submit_settings(raw, 0, &streams, 1), 0);
        }
        Session { raw, state }
    }

    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        // SAFETY: the session is live, and the octets are so many; those to be sent are there until the next call.
        unsafe {
            let took = sys::nghttp2_session_mem_recv2(self.raw, piece.as_ptr(), piece.len());
            assert_eq!(took, piece.len() as sys::nghttp2_ssize);
            loop {
                let mut octets = ptr::null();
                let count = sys::nghttp2_session_mem_send2(self.raw, &mut octets);
                match usize::try_from(count).expect("nothing fails") {
                    0 => return,
                    count => out.extend_from_slice(std::slice::from_raw_parts(octets, count)),
                }
            }
        }
    }

    fn seen(&self) -> Seen {
        // SAFETY: no call of nghttp2 is running.
        unsafe { (*self.state).seen }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: both are live, and used no more.
        unsafe {
            sys::nghttp2_session_del(self.raw);
            drop(Box::from_raw(self.state));
        }
    }
}

/// # Safety
///
/// `data` is the session's [`State`], which nobody else touches during a callback.
unsafe fn state<'a>(data: *mut c_void) -> &'a mut State {
    // SAFETY: as this function asks of its callers.
    unsafe { &mut *data.cast::<State>() }
}

unsafe extern "C" fn header(
    _: *mut sys::nghttp2_session,
    _: *const sys::nghttp2_frame,
    name: *const u8,
    name_len: usize,
    _: *const u8,
    value_len: usize,
    _: u8,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our state; names are terminated, so that their first octet can be read.
    let (state, first) = unsafe { (state(data), *name) };
    if first != b':' {
        state.seen.fields += name_len + value_len;
    }
    0
}

unsafe extern "C" fn frame(
    session: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our state and a frame, which begins with its head.
    let (state, head) = unsafe { (state(data), (*frame).hd) };
    let kind = u32::from(head.type_);
    state.seen.requests += usize::from(kind == sys::NGHTTP2_HEADERS);
    let message = kind == sys::NGHTTP2_HEADERS || kind == sys::NGHTTP2_DATA;
    if message && u32::from(head.flags) & sys::NGHTTP2_FLAG_END_STREAM != 0 {
        state.sent.push((head.stream_id, 0));
        let source = sys::nghttp2_data_provider2 {
            source: sys::nghttp2_data_source { ptr: ptr::null_mut() },
            read_callback: Some(read),
        };
        let (fields, count) = (state.response.as_ptr(), state.response.len());
        // SAFETY: the session is live; nghttp2 copies fields and source.
        return unsafe { sys::nghttp2_submit_response2(session, head.stream_id, fields, count, &source) };
    }
    0
}

unsafe extern "C" fn chunk(
    _: *mut sys::nghttp2_session,
    _: u8,
    _: i32,
    _: *const u8,
    len: usize,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our state.
    unsafe { state(data) }.seen.content += len;
    0
}

unsafe extern "C" fn read(
    session: *mut sys::nghttp2_session,
    id: i32,
    room: *mut u8,
    len: usize,
    flags: *mut u32,
    _: *mut sys::nghttp2_data_source,
    data: *mut c_void,
) -> sys::nghttp2_ssize {
    // SAFETY: nghttp2 hands over our state, whose script outlives it, and so much room.
    unsafe {
        let state = state(data);
        let content = &(*state.script).content;
        let at = state.sent.iter().position(|(stream, _)| *stream == id).expect("it is answered");
        let sent = state.sent[at].1;
        let count = len.min(content.len() - sent);
        ptr::copy_nonoverlapping(content.as_ptr().add(sent), room, count);
        state.sent[at].1 += count;
        if sent + count == content.len() {
            state.sent.swap_remove(at);
            *flags |= sys::NGHTTP2_DATA_FLAG_EOF;
            if !state.trailers.is_empty() {
                *flags |= sys::NGHTTP2_DATA_FLAG_NO_END_STREAM;
                sys::nghttp2_submit_trailer(session, id, state.trailers.as_ptr(), state.trailers.len());
            }
        }
        count as sys::nghttp2_ssize
    }
}
