//! A session of nghttp2, safe to call.

use std::ffi::c_int;
use std::ops::Deref;
use std::ptr;

use libnghttp2_sys as sys;

use super::callbacks::{self, Note, Sending, State};
use super::{Lines, check, pairs, words};

/// Where nghttp2 gets content from: [`callbacks::read`], which finds it by the stream.
const SOURCE: sys::nghttp2_data_provider2 = sys::nghttp2_data_provider2 {
    source: sys::nghttp2_data_source { ptr: ptr::null_mut() },
    read_callback: Some(callbacks::read),
};

/// One side of one connection.
///
/// `raw` is live until the drop, and `state`, its `user_data`, longer. Callbacks touch `state` only during a call of
/// nghttp2, and the methods touch it only between calls.
pub(in super::super) struct Session {
    raw: *mut sys::nghttp2_session,
    state: *mut State,
}

impl Session {
    /// A new session: no automatic WINDOW_UPDATE, all else as nghttp2 comes.
    pub(in super::super) fn new(server: bool) -> Result<Session, String> {
        let mut session = Session { raw: ptr::null_mut(), state: Box::into_raw(Box::default()) };
        let (mut callbacks, mut option) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: nghttp2 makes the objects before they are used, and the session copies what it needs of them; its
        // `user_data` is a State, as `register` asks.
        unsafe {
            check(sys::nghttp2_session_callbacks_new(&mut callbacks))?;
            check(sys::nghttp2_option_new(&mut option))?;
            callbacks::register(callbacks);
            sys::nghttp2_option_set_no_auto_window_update(option, 1);
            let open = if server { sys::nghttp2_session_server_new2 } else { sys::nghttp2_session_client_new2 };
            let opened = open(&mut session.raw, callbacks, session.state.cast(), option);
            sys::nghttp2_option_del(option);
            sys::nghttp2_session_callbacks_del(callbacks);
            check(opened)?;
        }
        Ok(session)
    }

    fn state(&mut self) -> &mut State {
        // SAFETY: no call of nghttp2 is running, and the reference is bound to `self`.
        unsafe { &mut *self.state }
    }

    /// Puts what was noted since the last time in the place of `notes`, whose memory serves the next ones.
    pub(in super::super) fn take_notes(&mut self, notes: &mut Vec<Note>) {
        notes.clear();
        std::mem::swap(&mut self.state().notes, notes);
    }

    /// `nghttp2_session_mem_recv2`.
    pub(in super::super) fn receive(&mut self, octets: &[u8]) -> Result<(), String> {
        self.state().received = octets.as_ptr().addr();
        // SAFETY: the session is live, and the octets are so many.
        let took = unsafe { sys::nghttp2_session_mem_recv2(self.raw, octets.as_ptr(), octets.len()) };
        if took < 0 { Err(words(took as c_int)) } else { Ok(()) }
    }

    /// `nghttp2_session_mem_send2` until there is no more.
    pub(in super::super) fn transmit(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        loop {
            let mut octets = ptr::null();
            // SAFETY: the session is live.
            let count = unsafe { sys::nghttp2_session_mem_send2(self.raw, &mut octets) };
            match usize::try_from(count) {
                Ok(0) => return Ok(()),
                // SAFETY: so many octets are there until the next call.
                Ok(count) => out.extend_from_slice(unsafe { super::octets(octets, count) }),
                Err(_) => return Err(words(count as c_int)),
            }
        }
    }

    /// Neither wants to read nor to write: the application should drop the connection.
    pub(in super::super) fn is_over(&self) -> bool {
        // SAFETY: the session is live.
        unsafe { sys::nghttp2_session_want_read(self.raw) == 0 && sys::nghttp2_session_want_write(self.raw) == 0 }
    }

    /// The stream that the next request or promise has.
    pub(in super::super) fn next_stream(&self) -> u32 {
        // SAFETY: the session is live.
        unsafe { sys::nghttp2_session_get_next_stream_id(self.raw) }
    }

    /// `nghttp2_submit_request2`, or `nghttp2_submit_response2` if there is a stream already.
    pub(in super::super) fn message<O: Deref<Target = [u8]>>(
        &mut self,
        to: Option<u32>,
        fields: &[(O, O)],
        end: bool,
    ) -> Result<(), String> {
        let content = if end { ptr::null() } else { ptr::from_ref(&SOURCE) };
        let pairs = pairs(fields, &[]);
        // SAFETY: the session is live; nghttp2 copies fields and source.
        let done = unsafe {
            match to {
                None => sys::nghttp2_submit_request2(
                    self.raw,
                    ptr::null(),
                    pairs.as_ptr(),
                    pairs.len(),
                    content,
                    ptr::null_mut(),
                ),
                Some(stream) => {
                    sys::nghttp2_submit_response2(self.raw, signed(stream), pairs.as_ptr(), pairs.len(), content)
                }
            }
        };
        if done < 0 {
            return Err(words(done));
        }
        if !end {
            self.state().sending.insert(to.unwrap_or(done.cast_unsigned()), Sending::default());
        }
        Ok(())
    }

    /// `nghttp2_submit_headers`, for an interim response.
    pub(in super::super) fn interim<O: Deref<Target = [u8]>>(
        &mut self,
        stream: u32,
        fields: &[(O, O)],
    ) -> Result<(), String> {
        let (pairs, none) = (pairs(fields, &[]), sys::NGHTTP2_FLAG_NONE as u8);
        // SAFETY: the session is live; nghttp2 copies the fields.
        check(unsafe {
            let (pairs, count) = (pairs.as_ptr(), pairs.len());
            sys::nghttp2_submit_headers(self.raw, none, signed(stream), ptr::null(), pairs, count, ptr::null_mut())
        })
    }

    /// Content for a message that is being sent; `nghttp2_submit_data2` if there is none.
    pub(in super::super) fn content(&mut self, stream: u32, bytes: &[u8], end: bool) -> Result<(), String> {
        self.append(stream, bytes, end, Lines::new())
    }

    /// The end of a message, with its trailer fields.
    pub(in super::super) fn end(&mut self, stream: u32, trailers: Lines) -> Result<(), String> {
        self.append(stream, &[], true, trailers)
    }

    /// Where nothing is being sent, or all of it is there already, nghttp2 is asked anew, and says what it thinks of it.
    fn append(&mut self, stream: u32, bytes: &[u8], end: bool, trailers: Lines) -> Result<(), String> {
        let sending = &mut self.state().sending;
        if let Some(open) = sending.get_mut(&stream).filter(|s| !s.ended) {
            open.bytes.extend_from_slice(bytes);
            open.ended = end;
            open.trailers = trailers;
            // SAFETY: the session is live. It answers with an error if nothing waits, which is no harm.
            unsafe { sys::nghttp2_session_resume_data(self.raw, signed(stream)) };
            return Ok(());
        }
        sending.entry(stream).or_insert_with(|| Sending { bytes: bytes.to_vec(), ended: end, trailers });
        let flags = sys::NGHTTP2_FLAG_END_STREAM as u8;
        // SAFETY: the session is live; nghttp2 copies the source.
        check(unsafe { sys::nghttp2_submit_data2(self.raw, flags, signed(stream), &SOURCE) })
    }

    /// `nghttp2_submit_rst_stream`.
    pub(in super::super) fn reset(&mut self, stream: u32, code: u32) -> Result<(), String> {
        let none = sys::NGHTTP2_FLAG_NONE as u8;
        // SAFETY: the session is live.
        check(unsafe { sys::nghttp2_submit_rst_stream(self.raw, none, signed(stream), code) })
    }

    /// `nghttp2_submit_goaway`, with the last stream that nghttp2 says was processed.
    pub(in super::super) fn goaway(&mut self, code: u32) -> Result<(), String> {
        let none = sys::NGHTTP2_FLAG_NONE as u8;
        // SAFETY: the session is live.
        check(unsafe {
            let last = sys::nghttp2_session_get_last_proc_stream_id(self.raw);
            sys::nghttp2_submit_goaway(self.raw, none, last, code, ptr::null(), 0)
        })
    }

    /// `nghttp2_submit_settings`.
    pub(in super::super) fn settings(&mut self, values: &[(u16, u32)]) -> Result<(), String> {
        let entry = |(id, value): &(u16, u32)| sys::nghttp2_settings_entry { settings_id: (*id).into(), value: *value };
        let entries: Vec<_> = values.iter().map(entry).collect();
        let none = sys::NGHTTP2_FLAG_NONE as u8;
        // SAFETY: the session is live; nghttp2 copies the entries.
        check(unsafe { sys::nghttp2_submit_settings(self.raw, none, entries.as_ptr(), entries.len()) })
    }

    /// `nghttp2_submit_ping`.
    pub(in super::super) fn ping(&mut self, data: [u8; 8]) -> Result<(), String> {
        let none = sys::NGHTTP2_FLAG_NONE as u8;
        // SAFETY: the session is live; there are 8 octets, which nghttp2 copies.
        check(unsafe { sys::nghttp2_submit_ping(self.raw, none, data.as_ptr()) })
    }

    /// `nghttp2_submit_window_update`.
    pub(in super::super) fn window(&mut self, stream: u32, increment: u32) -> Result<(), String> {
        let none = sys::NGHTTP2_FLAG_NONE as u8;
        // SAFETY: the session is live.
        check(unsafe { sys::nghttp2_submit_window_update(self.raw, none, signed(stream), signed(increment)) })
    }

    /// `nghttp2_submit_push_promise`.
    pub(in super::super) fn push<O: Deref<Target = [u8]>>(
        &mut self,
        stream: u32,
        fields: &[(O, O)],
    ) -> Result<(), String> {
        let (pairs, none) = (pairs(fields, &[]), sys::NGHTTP2_FLAG_NONE as u8);
        // SAFETY: the session is live; nghttp2 copies the fields.
        let promised = unsafe {
            let (pairs, count) = (pairs.as_ptr(), pairs.len());
            sys::nghttp2_submit_push_promise(self.raw, none, signed(stream), pairs, count, ptr::null_mut())
        };
        if promised < 0 { Err(words(promised)) } else { Ok(()) }
    }
}

/// nghttp2's numbers are signed; what does not fit becomes negative, and nghttp2 refuses it.
fn signed(number: u32) -> i32 {
    number.cast_signed()
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the session is live, or null, which nghttp2 allows; nothing uses the state after it.
        unsafe {
            sys::nghttp2_session_del(self.raw);
            drop(Box::from_raw(self.state));
        }
    }
}
