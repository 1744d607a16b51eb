//! What a script sends, as hyper takes it: fields, and content that comes bit by bit.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Display;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use ::hyper::body::{Body, Frame};
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use wireproof::SendError;

use super::pipe::Shared;

/// What hyper's types, or hyper, say against an action.
pub(super) fn refused(why: impl Display) -> SendError {
    SendError::Refused(why.to_string())
}

/// Whether fields announce content.
pub(super) fn announces_content(fields: &HeaderMap) -> bool {
    fields.contains_key(CONTENT_LENGTH) || fields.contains_key(TRANSFER_ENCODING)
}

/// Content that the script is sending. Clones are ends of one stream.
#[derive(Clone)]
pub(super) struct Outgoing(Shared<Frames>);

#[derive(Default)]
struct Frames {
    waiting: VecDeque<Frame<Bytes>>,
    ended: bool,
    reader: Option<Waker>,
}

impl Outgoing {
    /// A stream that is open.
    pub(super) fn new() -> Outgoing {
        Outgoing(Shared::new(Frames::default()))
    }

    /// A stream that ended before it began: hyper's way to say that a message has no content.
    pub(super) fn empty() -> Outgoing {
        Outgoing(Shared::new(Frames { ended: true, ..Frames::default() }))
    }

    /// Adds content.
    pub(super) fn data(&self, octets: Vec<u8>) -> Result<(), SendError> {
        self.push(Some(Frame::data(octets.into())), false)
    }

    /// Ends it, with trailer fields if there are any.
    pub(super) fn end(&self, trailers: HeaderMap) -> Result<(), SendError> {
        let frame = (!trailers.is_empty()).then(|| Frame::trailers(trailers));
        self.push(frame, true)
    }

    fn push(&self, frame: Option<Frame<Bytes>>, ended: bool) -> Result<(), SendError> {
        let mut frames = self.0.lock();
        if frames.ended && frame.is_some() {
            return Err(SendError::Cannot("hyper was told that this message has no content".to_owned()));
        }
        frames.waiting.extend(frame);
        frames.ended |= ended;
        if let Some(reader) = frames.reader.take() {
            reader.wake();
        }
        Ok(())
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut frames = self.0.lock();
        match frames.waiting.pop_front() {
            Some(frame) => Poll::Ready(Some(Ok(frame))),
            None if frames.ended => Poll::Ready(None),
            None => {
                frames.reader = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        let frames = self.0.lock();
        frames.ended && frames.waiting.is_empty()
    }
}
