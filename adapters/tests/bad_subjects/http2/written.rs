//! What goes wrong with what the core writes.

use wireproof::SendError;
use wireproof::http1::FieldText;
use wireproof::http2::{Action, PREFACE};

use super::frames::{ACK, DATA, END_STREAM, Frame, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, WINDOW_UPDATE};
use super::{Life, Lines, Spoilt, Vice};

/// CANCEL (RFC 9113, 7).
const CANCEL: u32 = 8;

/// REFUSED_STREAM and CANCEL.
pub(super) const BY_CHOICE: [u32; 2] = [7, 8];

/// The largest payload of a frame if the peer allows no larger one (RFC 9113, 4.2).
const MAX_FRAME_SIZE: usize = 16384;

impl Spoilt {
    /// Takes what the core wants written. Errors in it were asked for, or were not.
    pub(super) fn collect(&mut self, asked: bool) {
        let mut written = Vec::new();
        self.core.transmit(&mut written);
        if written.starts_with(PREFACE) {
            self.preface.extend(written.drain(..PREFACE.len()));
        }
        let mut rest = &written[..];
        while let Some((frame, length)) = Frame::read(rest) {
            rest = &rest[length..];
            self.write(frame, asked);
        }
        assert!(rest.is_empty(), "the core writes whole frames");
    }

    /// Writes a frame, spoilt.
    fn write(&mut self, mut frame: Frame, asked: bool) {
        let error = !asked && frame.code().is_some();
        let (ack, data) = (frame.flags & ACK != 0, frame.kind == DATA);
        let pong = frame.kind == PING && ack;
        match self.vice {
            Vice::NeverRefuses if error => return,
            Vice::ForgetsToAcknowledge if frame.kind == SETTINGS && ack => return,
            Vice::NeverPongs if pong => return,
            Vice::PongsZeros if pong => frame.payload.fill(0),
            Vice::PongsNothing if pong => frame.payload.clear(),
            Vice::CreditsTooMuch if frame.kind == WINDOW_UPDATE => increment(&mut frame.payload),
            Vice::WritesShort if data => drop(frame.payload.pop()),
            Vice::LeavesStreamsOpen if data || frame.kind == HEADERS => frame.flags &= !END_STREAM,
            Vice::ForgetsTheLastStream if frame.kind == GOAWAY => frame.payload[..4].fill(0), // 8 octets at least
            Vice::AlwaysCancels if error => recode(&mut frame, CANCEL),
            Vice::AlwaysProtocolError if error => recode(&mut frame, 1),
            Vice::ResetsForConnectionErrors if error && frame.kind == GOAWAY => frame = self.reset(frame),
            Vice::ClosesForStreamErrors if self.life == Life::Over => return,
            Vice::ClosesForStreamErrors if error && stream_error(&mut frame) => frame = self.close(frame),
            Vice::JoinsDataFrames if data => return self.join(frame),
            Vice::SendsWithoutCredit if data => return self.repay(frame),
            _ => {}
        }
        self.out.push(frame);
    }

    /// RST_STREAM in place of GOAWAY.
    fn reset(&self, mut goaway: Frame) -> Frame {
        let code = goaway.code().map_or_else(Vec::new, |code| code.to_vec());
        Frame::new(RST_STREAM, 0, self.inlet.last.max(1), &code)
    }

    /// GOAWAY in place of RST_STREAM, and nothing more.
    fn close(&mut self, mut reset: Frame) -> Frame {
        self.life = Life::Over;
        let code = reset.code().map_or_else(Vec::new, |code| code.to_vec());
        Frame::new(GOAWAY, 0, 0, &[&reset.stream.to_be_bytes()[..], &code].concat())
    }

    /// Writes content into the frame before, if that is of the same stream.
    fn join(&mut self, frame: Frame) {
        match self.out.last_mut() {
            Some(last) if last.kind == DATA && last.stream == frame.stream => {
                last.payload.extend_from_slice(&frame.payload);
                last.flags |= frame.flags;
            }
            _ => self.out.push(frame),
        }
    }

    /// Writes content that has not been written before the core wanted to.
    fn repay(&mut self, frame: Frame) {
        match self.owed.get_mut(&frame.stream).filter(|owed| **owed > 0) {
            Some(owed) => *owed = owed.saturating_sub(frame.payload.len()),
            None => self.out.push(frame),
        }
    }

    /// What is done after the core was asked to send, and what is said of it.
    pub(super) fn after(&mut self, action: &Action, sent: Result<(), SendError>) -> Result<(), SendError> {
        match (self.vice, action, &sent) {
            (Vice::SendsWithoutCredit, Action::Data { stream, bytes, end }, Ok(())) => {
                self.overdraw(*stream, bytes, *end);
                sent
            }
            (Vice::SendsUnchecked, action, Err(SendError::Refused(_))) => self.write_fields(action).ok_or(()).or(sent),
            _ => sent,
        }
    }

    /// Writes what the core holds back of this content.
    fn overdraw(&mut self, stream: u32, bytes: &[u8], end: bool) {
        let own = self.out.iter().filter(|frame| frame.kind == DATA && frame.stream == stream);
        let held = &bytes[own.map(|frame| frame.payload.len()).sum::<usize>()..];
        let chunks = held.chunks(MAX_FRAME_SIZE);
        let last = chunks.len();
        for (at, chunk) in chunks.enumerate() {
            let flags = if end && at + 1 == last { END_STREAM } else { 0 };
            self.out.push(Frame::new(DATA, flags, stream, chunk));
        }
        *self.owed.entry(stream).or_default() += held.len();
    }

    /// Writes the fields of an action as they are.
    fn write_fields(&mut self, action: &Action) -> Option<()> {
        let (stream, fields, end) = match action {
            Action::Request { stream, fields, end } | Action::Response { stream, fields, end } => {
                (stream, fields, *end)
            }
            Action::Interim { stream, fields } => (stream, fields, false),
            Action::End { stream, trailers } => (stream, trailers, true),
            _ => return None,
        };
        self.out.push(Frame::headers(if end { END_STREAM } else { 0 }, *stream, &lines(fields)));
        Some(())
    }
}

fn lines(fields: &FieldText) -> Lines {
    fields.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}

/// Whether it refuses a stream for a mistake of the peer, and not by choice.
fn stream_error(frame: &mut Frame) -> bool {
    frame.kind == RST_STREAM && frame.code().is_some_and(|code| !BY_CHOICE.contains(&code[3].into()))
}

fn recode(frame: &mut Frame, to: u32) {
    if let Some(code) = frame.code() {
        code.copy_from_slice(&to.to_be_bytes());
    }
}

/// One more than four octets say.
fn increment(payload: &mut [u8]) {
    if let Some(number) = payload.first_chunk_mut() {
        *number = u32::from_be_bytes(*number).saturating_add(1).to_be_bytes();
    }
}
