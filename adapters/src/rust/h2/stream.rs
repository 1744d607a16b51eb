//! h2's handles of one stream, and what they show when they are polled.

use std::pin::Pin;
use std::task::{Context, Poll};

use ::h2::client::{PushPromises, PushedResponseFuture, ResponseFuture};
use ::h2::server::{SendPushedResponse, SendResponse};
use ::h2::{Error, Reason, RecvStream, SendStream};
use bytes::Bytes;
use http::{HeaderMap, Response};
use wireproof::SendError;
use wireproof::http1::FieldText;

use super::message::{self, cannot, refused};
use super::shown::Shown;

/// How a server answers.
pub(super) enum Reply {
    Request(SendResponse<Bytes>),
    Push(SendPushedResponse<Bytes>),
}

/// The response that a client waits for.
pub(super) enum Awaited {
    Response(ResponseFuture),
    Pushed(PushedResponseFuture),
}

/// One stream.
#[derive(Default)]
pub(super) struct Stream {
    pub(super) reply: Option<Reply>,
    pub(super) awaited: Option<Awaited>,
    pub(super) promises: Option<PushPromises>,
    pub(super) incoming: Option<RecvStream>,
    pub(super) outgoing: Option<SendStream<Bytes>>,
    /// The peer's half is told as complete.
    pub(super) ended: bool,
    /// Both halves are over by a reset.
    pub(super) reset: bool,
    /// Our half is complete.
    pub(super) sent: bool,
    /// It has content whose credit was not given.
    pub(super) unreleased: bool,
}

impl Stream {
    /// Whether an application would let its handles go. With content that was not released that would be credit.
    pub(super) fn is_done(&self) -> bool {
        !self.unreleased && (self.reset || self.ended && self.sent)
    }

    /// Polls everything; gives promised streams. h2 does not show whether a promise came before the response's head, as
    /// it may, or after it.
    pub(super) fn poll(&mut self, id: u32, cx: &mut Context<'_>, show: &mut dyn FnMut(Shown)) -> Vec<(u32, Stream)> {
        if self.reset {
            return Vec::new();
        }
        self.poll_response(id, cx, show);
        let promised = self.poll_promises(id, cx, show);
        self.poll_content(id, cx, show);
        if let Some(Reply::Push(_)) = &self.reply {
            self.poll_reset(id, cx, show);
        }
        promised
    }

    fn poll_promises(&mut self, id: u32, cx: &mut Context<'_>, show: &mut dyn FnMut(Shown)) -> Vec<(u32, Stream)> {
        let mut promised = Vec::new();
        while let Some(promises) = &mut self.promises {
            match promises.poll_push_promise(cx) {
                Poll::Pending => break,
                Poll::Ready(Some(Ok(promise))) => {
                    let (head, response) = promise.into_parts();
                    let stream = response.stream_id().as_u32();
                    show(Shown::Pushed { stream: id, promised: stream, head });
                    let awaited = Some(Awaited::Pushed(response));
                    promised.push((stream, Stream { awaited, sent: true, ..Stream::default() }));
                }
                Poll::Ready(_) => self.promises = None,
            }
        }
        promised
    }

    fn poll_response(&mut self, id: u32, cx: &mut Context<'_>, show: &mut dyn FnMut(Shown)) {
        let answered = match &mut self.awaited {
            None => return,
            Some(Awaited::Response(response)) => {
                while let Poll::Ready(Some(Ok(interim))) = response.poll_informational(cx) {
                    let (status, fields) = (interim.status().as_u16(), interim.headers().clone());
                    show(Shown::Interim { stream: id, status, fields });
                }
                Pin::new(response).poll(cx)
            }
            Some(Awaited::Pushed(response)) => Pin::new(response).poll(cx),
        };
        match answered {
            Poll::Pending => {}
            Poll::Ready(Ok(response)) => {
                let (head, content) = response.into_parts();
                show(Shown::Response { stream: id, status: head.status.as_u16(), fields: head.headers });
                (self.awaited, self.incoming) = (None, Some(content));
            }
            Poll::Ready(Err(error)) => self.fail(id, error, show),
        }
    }

    fn poll_content(&mut self, id: u32, cx: &mut Context<'_>, show: &mut dyn FnMut(Shown)) {
        while let Some(content) = &mut self.incoming {
            match content.poll_data(cx) {
                Poll::Pending => return,
                Poll::Ready(Some(Ok(bytes))) => {
                    self.unreleased |= !bytes.is_empty();
                    show(Shown::Data { stream: id, bytes });
                }
                Poll::Ready(Some(Err(error))) => return self.fail(id, error, show),
                Poll::Ready(None) if self.ended => return self.poll_reset(id, cx, show),
                Poll::Ready(None) => match content.poll_trailers(cx) {
                    Poll::Pending => return,
                    Poll::Ready(Ok(trailers)) => {
                        self.ended = true;
                        show(Shown::End { stream: id, trailers: trailers.unwrap_or_default() });
                    }
                    Poll::Ready(Err(error)) => return self.fail(id, error, show),
                },
            }
        }
    }

    /// A reset that comes when the peer's half is complete is no error of the content, so that only this shows it.
    /// h2's own resets, and the end of the connection, are errors of the content and were shown as such, but on a
    /// promised stream, which has none: there h2 does not say whose reset it is. Its own are for credit beyond the
    /// largest window (RFC 9113, 6.9.1), and that code is not told there.
    fn poll_reset(&mut self, id: u32, cx: &mut Context<'_>, show: &mut dyn FnMut(Shown)) {
        let (promised, polled) = match (&mut self.outgoing, &mut self.reply) {
            (Some(outgoing), reply) => (matches!(reply, Some(Reply::Push(_))), outgoing.poll_reset(cx)),
            (None, Some(Reply::Request(reply))) => (false, reply.poll_reset(cx)),
            (None, Some(Reply::Push(reply))) => (true, reply.poll_reset(cx)),
            (None, None) => return,
        };
        if let Poll::Ready(Ok(code)) = polled {
            self.reset = true;
            if !(promised && code == Reason::FLOW_CONTROL_ERROR) {
                show(Shown::Reset { stream: id, code: code.into() });
            }
        }
    }

    fn fail(&mut self, id: u32, error: Error, show: &mut dyn FnMut(Shown)) {
        self.reset = true;
        Shown::stream_error(id, error).into_iter().for_each(show);
    }

    pub(super) fn respond(&mut self, head: Response<()>, end: bool) -> Result<(), SendError> {
        let content = match &mut self.reply {
            Some(Reply::Request(reply)) => reply.send_response(head, end),
            Some(Reply::Push(reply)) => reply.send_response(head, end),
            None => return Err(cannot("h2 has no handle to respond on this stream")),
        };
        self.outgoing = Some(content.map_err(refused)?);
        self.sent |= end;
        Ok(())
    }

    pub(super) fn interim(&mut self, head: Response<()>) -> Result<(), SendError> {
        match &mut self.reply {
            Some(Reply::Request(reply)) => reply.send_informational(head).map_err(refused),
            _ => Err(cannot("h2 has no handle for an interim response on this stream")),
        }
    }

    pub(super) fn data(&mut self, bytes: &[u8], end: bool) -> Result<(), SendError> {
        self.outgoing()?.send_data(bytes.to_vec().into(), end).map_err(refused)?;
        self.sent |= end;
        Ok(())
    }

    pub(super) fn end(&mut self, trailers: &FieldText) -> Result<(), SendError> {
        let trailers: HeaderMap = message::fields(trailers)?;
        let outgoing = self.outgoing()?;
        let done =
            if trailers.is_empty() { outgoing.send_data(Bytes::new(), true) } else { outgoing.send_trailers(trailers) };
        done.map_err(refused)?;
        self.sent = true;
        Ok(())
    }

    fn outgoing(&mut self) -> Result<&mut SendStream<Bytes>, SendError> {
        self.outgoing.as_mut().ok_or_else(|| cannot("h2 gives a handle for content with the head that goes before it"))
    }

    pub(super) fn reset(&mut self, reason: Reason) -> Result<(), SendError> {
        match (&mut self.outgoing, &mut self.reply) {
            (Some(outgoing), _) => outgoing.send_reset(reason),
            (None, Some(Reply::Request(reply))) => reply.send_reset(reason),
            (None, Some(Reply::Push(reply))) => reply.send_reset(reason),
            (None, None) => return Err(cannot("h2 has no handle to reset this stream")),
        }
        self.reset = true;
        Ok(())
    }
}
