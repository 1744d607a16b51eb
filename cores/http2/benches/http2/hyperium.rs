//! The h2 crate, over a pipe in memory, polled until nothing moves. It takes and shows fields in the types of the `http`
//! crate.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::{Buf, Bytes, BytesMut};
use h2::RecvStream;
use h2::server::{Builder, Connection, Handshake, SendResponse};
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::scripts::{Fields, Script};
use crate::{Seen, Server};

#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Octets>>);

#[derive(Default)]
struct Octets {
    incoming: BytesMut,
    outgoing: Vec<u8>,
}

impl AsyncRead for Pipe {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, room: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut octets = self.0.lock().expect("nobody panics");
        let count = room.remaining().min(octets.incoming.len());
        if count == 0 {
            return Poll::Pending;
        }
        room.put_slice(&octets.incoming[..count]);
        octets.incoming.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        self.0.lock().expect("nobody panics").outgoing.extend_from_slice(octets);
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

enum State {
    Opening(Handshake<Pipe, Bytes>),
    Open(Connection<Pipe, Bytes>),
}

pub(crate) struct H2 {
    pipe: Pipe,
    state: Option<State>,
    /// Requests that are not complete.
    open: Vec<(RecvStream, SendResponse<Bytes>)>,
    response: HeaderMap,
    trailers: HeaderMap,
    content: Bytes,
    seen: Seen,
}

/// The regular ones.
fn map(fields: &Fields) -> HeaderMap {
    let regular = fields.iter().filter(|(name, _)| !name.starts_with(':'));
    let typed = regular.map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        (name, HeaderValue::from_str(value).expect("a value"))
    });
    typed.collect()
}

impl<'s> Server<'s> for H2 {
    fn new(script: &'s Script) -> H2 {
        let pipe = Pipe::default();
        let opening = Builder::new().max_concurrent_streams(100).handshake(pipe.clone());
        let (response, trailers) = (map(&script.response), map(&script.trailers));
        let content = Bytes::copy_from_slice(&script.content);
        let state = Some(State::Opening(opening));
        H2 { pipe, state, open: Vec::new(), response, trailers, content, seen: Seen::default() }
    }

    fn take(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        self.pipe.0.lock().expect("nobody panics").incoming.extend_from_slice(piece);
        let mut cx = Context::from_waker(Waker::noop());
        while self.run(&mut cx) {}
        out.append(&mut self.pipe.0.lock().expect("nobody panics").outgoing);
    }

    fn seen(&self) -> Seen {
        self.seen
    }
}

impl H2 {
    /// Whether there may be more to do.
    fn run(&mut self, cx: &mut Context<'_>) -> bool {
        self.state = match self.state.take() {
            Some(State::Opening(mut opening)) => match Pin::new(&mut opening).poll(cx) {
                Poll::Ready(opened) => Some(State::Open(opened.expect("the client is right"))),
                Poll::Pending => Some(State::Opening(opening)),
            },
            state => state,
        };
        let Some(State::Open(connection)) = &mut self.state else { return false };
        while let Poll::Ready(Some(accepted)) = connection.poll_accept(cx) {
            let (request, reply) = accepted.expect("the client is right");
            let (head, content) = request.into_parts();
            self.seen.requests += 1;
            self.seen.fields += head.headers.iter().map(|(n, v)| n.as_str().len() + v.len()).sum::<usize>();
            self.open.push((content, reply));
        }
        let before = self.open.len();
        let mut moved = false;
        for (mut content, reply) in std::mem::take(&mut self.open) {
            moved |= self.read(&mut content, cx);
            if content.is_end_stream() {
                self.answer(reply);
            } else {
                self.open.push((content, reply));
            }
        }
        moved || self.open.len() < before
    }

    fn read(&mut self, content: &mut RecvStream, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        while let Poll::Ready(Some(octets)) = content.poll_data(cx) {
            let count = octets.expect("the client is right").len();
            self.seen.content += count;
            content.flow_control().release_capacity(count).expect("so many came");
            moved = true;
        }
        moved
    }

    fn answer(&mut self, mut reply: SendResponse<Bytes>) {
        let mut response = Response::new(());
        response.headers_mut().clone_from(&self.response);
        let mut stream = reply.send_response(response, false).expect("it is open");
        stream.send_data(self.content.clone(), self.trailers.is_empty()).expect("it is open");
        if !self.trailers.is_empty() {
            stream.send_trailers(self.trailers.clone()).expect("it is open");
        }
    }
}
