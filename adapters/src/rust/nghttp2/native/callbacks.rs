//! What nghttp2 calls back, noted in the order of the calls, and the content that waits to be sent.

use std::collections::BTreeMap;
use std::ffi::{c_char, c_int, c_void};
use std::ops::Range;

use libnghttp2_sys as sys;
use wireproof::FieldBuffer;

use super::{Lines, octets, pairs, words};

/// A field block that was received in whole.
pub(in super::super) struct Block {
    pub(in super::super) stream: u32,
    /// The stream that a PUSH_PROMISE promises.
    pub(in super::super) promised: Option<u32>,
    pub(in super::super) fields: FieldBuffer,
    /// It came with END_STREAM.
    pub(in super::super) end: bool,
}

/// What a callback said.
pub(in super::super) enum Note {
    /// `on_frame_recv` of HEADERS or PUSH_PROMISE.
    Block(Block),
    /// `on_data_chunk_recv`: where the content is in the octets that were being received.
    Data { stream: u32, at: Range<usize> },
    /// `on_frame_recv` of DATA with END_STREAM.
    End { stream: u32 },
    /// `on_frame_recv` of RST_STREAM.
    Reset { stream: u32, code: u32 },
    /// `on_frame_recv` of GOAWAY.
    Goaway { last: u32, code: u32, debug: Vec<u8> },
    /// `on_frame_recv` of SETTINGS.
    Settings(Vec<(u16, u32)>),
    /// Its acknowledgement.
    SettingsAcknowledged,
    /// `on_frame_recv` of PING.
    Ping([u8; 8]),
    /// Its acknowledgement.
    Pong([u8; 8]),
    /// `on_frame_recv` of WINDOW_UPDATE.
    Window { stream: u32, increment: u32 },
    /// `on_invalid_frame_recv`: RST_STREAM or GOAWAY will follow.
    Invalid { stream: u32, text: String },
    /// `error_callback2`.
    Said(String),
    /// `on_frame_send` of RST_STREAM.
    SentReset { stream: u32, code: u32 },
    /// `on_frame_send` of GOAWAY.
    SentGoaway { code: u32 },
    /// `on_frame_not_send`.
    NotSent(String),
}

/// Content that waits to be sent on a stream.
#[derive(Default)]
pub(super) struct Sending {
    pub(super) bytes: Vec<u8>,
    pub(super) ended: bool,
    pub(super) trailers: Lines,
}

/// What the callbacks share with the session: nghttp2's `user_data`.
#[derive(Default)]
pub(super) struct State {
    pub(super) notes: Vec<Note>,
    /// The address of the octets being received.
    pub(super) received: usize,
    /// The fields of the block being received.
    block: FieldBuffer,
    pub(super) sending: BTreeMap<u32, Sending>,
}

/// Tells nghttp2 which callbacks there are.
///
/// # Safety
///
/// `to` is a live callbacks object; sessions made with it have a [`State`] as their `user_data`.
pub(super) unsafe fn register(to: *mut sys::nghttp2_session_callbacks) {
    // SAFETY: `to` is live; the functions have the types that nghttp2 declares.
    unsafe {
        sys::nghttp2_session_callbacks_set_on_begin_headers_callback(to, Some(begin_headers));
        sys::nghttp2_session_callbacks_set_on_header_callback(to, Some(header));
        sys::nghttp2_session_callbacks_set_on_invalid_header_callback(to, Some(invalid_header));
        sys::nghttp2_session_callbacks_set_on_frame_recv_callback(to, Some(frame_received));
        sys::nghttp2_session_callbacks_set_on_data_chunk_recv_callback(to, Some(data_chunk));
        sys::nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(to, Some(invalid_frame));
        sys::nghttp2_session_callbacks_set_error_callback2(to, Some(said));
        sys::nghttp2_session_callbacks_set_on_frame_send_callback(to, Some(frame_sent));
        sys::nghttp2_session_callbacks_set_on_frame_not_send_callback(to, Some(frame_not_sent));
        sys::nghttp2_session_callbacks_set_on_stream_close_callback(to, Some(stream_closed));
    }
}

/// The state behind a callback's `user_data`.
///
/// # Safety
///
/// `data` is the pointer that the session was made with. Its `State` outlives the session, and is touched by nobody
/// else during a callback: the session calls back only from within calls of [`super::Session`], which holds no
/// reference to it then.
unsafe fn state<'a>(data: *mut c_void) -> &'a mut State {
    // SAFETY: as this function asks of its callers.
    unsafe { &mut *data.cast::<State>() }
}

/// A stream's number; nghttp2's are signed and never negative.
fn stream(id: i32) -> u32 {
    id.cast_unsigned()
}

unsafe extern "C" fn begin_headers(
    _: *mut sys::nghttp2_session,
    _: *const sys::nghttp2_frame,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our `user_data`.
    unsafe { state(data) }.block.clear();
    0
}

unsafe extern "C" fn header(
    _: *mut sys::nghttp2_session,
    _: *const sys::nghttp2_frame,
    name: *const u8,
    name_len: usize,
    value: *const u8,
    value_len: usize,
    _: u8,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our `user_data`, and octets of these lengths.
    unsafe { state(data).block.push(octets(name, name_len), octets(value, value_len)) };
    0
}

/// An application that answers 0 lets nghttp2 drop the field; this answer resets the stream.
unsafe extern "C" fn invalid_header(
    _: *mut sys::nghttp2_session,
    _: *const sys::nghttp2_frame,
    _: *const u8,
    _: usize,
    _: *const u8,
    _: usize,
    _: u8,
    _: *mut c_void,
) -> c_int {
    sys::NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE
}

unsafe extern "C" fn frame_received(
    _: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our `user_data` and a frame that lives during this call.
    let (state, frame) = unsafe { (state(data), &*frame) };
    // SAFETY: it was received, by the word of nghttp2.
    state.notes.extend(unsafe { note(frame, &mut state.block) });
    0
}

/// What a received frame says.
///
/// # Safety
///
/// nghttp2 received the frame, so that the part of the union that its type names is set.
unsafe fn note(frame: &sys::nghttp2_frame, block: &mut FieldBuffer) -> Option<Note> {
    // SAFETY: every part of the union begins with the frame's head; the other parts are read by the head's type.
    // The settings and debug data are so many as the frame says.
    unsafe {
        let head = frame.hd;
        let stream = stream(head.stream_id);
        let flag = |flag: sys::nghttp2_flag| u32::from(head.flags) & flag != 0;
        let (end, ack) = (flag(sys::NGHTTP2_FLAG_END_STREAM), flag(sys::NGHTTP2_FLAG_ACK));
        let mut block = |promised| Note::Block(Block { stream, promised, fields: std::mem::take(block), end });
        Some(match u32::from(head.type_) {
            sys::NGHTTP2_DATA if end => Note::End { stream },
            sys::NGHTTP2_HEADERS => block(None),
            sys::NGHTTP2_PUSH_PROMISE => block(Some(self::stream(frame.push_promise.promised_stream_id))),
            sys::NGHTTP2_RST_STREAM => Note::Reset { stream, code: frame.rst_stream.error_code },
            sys::NGHTTP2_SETTINGS if ack => Note::SettingsAcknowledged,
            sys::NGHTTP2_SETTINGS => {
                let entry = |at| *frame.settings.iv.add(at);
                let entries = (0..frame.settings.niv).map(entry);
                Note::Settings(entries.map(|e| (e.settings_id as u16, e.value)).collect())
            }
            sys::NGHTTP2_PING if ack => Note::Pong(frame.ping.opaque_data),
            sys::NGHTTP2_PING => Note::Ping(frame.ping.opaque_data),
            sys::NGHTTP2_GOAWAY => {
                let goaway = frame.goaway;
                let debug = octets(goaway.opaque_data, goaway.opaque_data_len).to_vec();
                Note::Goaway { last: self::stream(goaway.last_stream_id), code: goaway.error_code, debug }
            }
            sys::NGHTTP2_WINDOW_UPDATE => {
                Note::Window { stream, increment: self::stream(frame.window_update.window_size_increment) }
            }
            _ => return None,
        })
    }
}

unsafe extern "C" fn data_chunk(
    _: *mut sys::nghttp2_session,
    _: u8,
    id: i32,
    bytes: *const u8,
    len: usize,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our `user_data`.
    let state = unsafe { state(data) };
    let from = if len == 0 { 0 } else { bytes.addr().wrapping_sub(state.received) };
    state.notes.push(Note::Data { stream: stream(id), at: from..from.wrapping_add(len) });
    0
}

unsafe extern "C" fn invalid_frame(
    _: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    code: c_int,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our `user_data` and a frame; each begins with its head, which says what it is.
    let (state, id) = unsafe {
        let is_promise = u32::from((*frame).hd.type_) == sys::NGHTTP2_PUSH_PROMISE;
        // What is refused of a promise is the stream that it promises.
        let id = if is_promise { (*frame).push_promise.promised_stream_id } else { (*frame).hd.stream_id };
        (state(data), id)
    };
    state.notes.push(Note::Invalid { stream: stream(id), text: words(code) });
    0
}

unsafe extern "C" fn said(
    _: *mut sys::nghttp2_session,
    _: c_int,
    text: *const c_char,
    len: usize,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our `user_data`, and a text of this length.
    let (state, text) = unsafe { (state(data), octets(text.cast(), len)) };
    state.notes.push(Note::Said(String::from_utf8_lossy(text).into_owned()));
    0
}

unsafe extern "C" fn frame_sent(
    _: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our `user_data` and a frame, whose part is read by its type.
    unsafe {
        let (state, head) = (state(data), (*frame).hd);
        match u32::from(head.type_) {
            sys::NGHTTP2_RST_STREAM => {
                let code = (*frame).rst_stream.error_code;
                state.notes.push(Note::SentReset { stream: stream(head.stream_id), code });
            }
            sys::NGHTTP2_GOAWAY => {
                state.notes.push(Note::SentGoaway { code: (*frame).goaway.error_code });
            }
            _ => {}
        }
    }
    0
}

unsafe extern "C" fn frame_not_sent(
    _: *mut sys::nghttp2_session,
    _: *const sys::nghttp2_frame,
    code: c_int,
    data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2 hands over our `user_data`.
    unsafe { state(data) }.notes.push(Note::NotSent(words(code)));
    0
}

unsafe extern "C" fn stream_closed(_: *mut sys::nghttp2_session, id: i32, _: u32, data: *mut c_void) -> c_int {
    // SAFETY: nghttp2 hands over our `user_data`.
    unsafe { state(data) }.sending.remove(&stream(id));
    0
}

/// `data_source_read`: gives the content that waits, and puts trailer fields after it.
pub(super) unsafe extern "C" fn read(
    session: *mut sys::nghttp2_session,
    id: i32,
    room: *mut u8,
    len: usize,
    flags: *mut u32,
    _: *mut sys::nghttp2_data_source,
    data: *mut c_void,
) -> sys::nghttp2_ssize {
    // SAFETY: nghttp2 hands over our `user_data`.
    let Some(sending) = (unsafe { state(data) }).sending.get_mut(&stream(id)) else {
        return sys::NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE as sys::nghttp2_ssize;
    };
    let count = len.min(sending.bytes.len());
    if count == 0 && !sending.ended {
        return sys::NGHTTP2_ERR_DEFERRED as sys::nghttp2_ssize;
    }
    // SAFETY: `room` has `len` octets, and `bytes` has `count`.
    unsafe { std::ptr::copy_nonoverlapping(sending.bytes.as_ptr(), room, count) };
    sending.bytes.drain(..count);
    if sending.ended && sending.bytes.is_empty() {
        // SAFETY: `flags` is where nghttp2 wants them; it is documented that trailer fields may be submitted here,
        // and nghttp2 copies the fields and does not call back meanwhile.
        unsafe {
            *flags |= sys::NGHTTP2_DATA_FLAG_EOF;
            if !sending.trailers.is_empty() {
                *flags |= sys::NGHTTP2_DATA_FLAG_NO_END_STREAM;
                let pairs = pairs(&sending.trailers, &[]);
                sys::nghttp2_submit_trailer(session, id, pairs.as_ptr(), pairs.len());
            }
        }
    }
    count as sys::nghttp2_ssize
}
