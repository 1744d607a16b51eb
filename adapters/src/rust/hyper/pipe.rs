//! The octets on their way to and from hyper, in memory.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use ::hyper::rt::{Read, ReadBufCursor, Write};
use bytes::{Buf, BytesMut};

/// Something that hyper's futures and the endpoint both hold. hyper asks for `Send` here and there; there is one
/// thread.
pub(super) struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    pub(super) fn new(value: T) -> Shared<T> {
        Shared(Arc::new(Mutex::new(value)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        Shared(self.0.clone())
    }
}

/// Both directions. A read waits when there is nothing, and finds the end after [`Pipe::end`]; a write takes all.
#[derive(Clone)]
pub(super) struct Pipe(Shared<Octets>);

#[derive(Default)]
struct Octets {
    incoming: BytesMut,
    ended: bool,
    outgoing: Vec<u8>,
    /// Where in `outgoing` the last write began.
    last: usize,
}

impl Pipe {
    pub(super) fn new() -> Pipe {
        Pipe(Shared::new(Octets::default()))
    }

    /// Octets came from the peer.
    pub(super) fn feed(&self, octets: &[u8]) {
        self.0.lock().incoming.extend_from_slice(octets);
    }

    /// The peer ended its stream.
    pub(super) fn end(&self) {
        self.0.lock().ended = true;
    }

    /// Moves what was written to `out`.
    pub(super) fn drain(&self, out: &mut Vec<u8>) {
        let mut octets = self.0.lock();
        out.append(&mut octets.outgoing);
        octets.last = 0;
    }

    /// The status code 4xx of the response in the last write, if it was one.
    pub(super) fn last_refusal(&self) -> Option<u16> {
        let octets = self.0.lock();
        match octets.outgoing[octets.last..] {
            [
                b'H',
                b'T',
                b'T',
                b'P',
                b'/',
                b'1',
                b'.',
                _,
                b' ',
                b'4',
                tens @ b'0'..=b'9',
                ones @ b'0'..=b'9',
                b' ',
                ..,
            ] => Some(400 + u16::from(tens - b'0') * 10 + u16::from(ones - b'0')),
            _ => None,
        }
    }
}

impl Read for Pipe {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, mut buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let mut octets = self.0.lock();
        let count = buf.remaining().min(octets.incoming.len());
        if count == 0 && !octets.ended {
            return Poll::Pending; // whoever feeds the pipe polls hyper next
        }
        buf.put_slice(&octets.incoming[..count]);
        octets.incoming.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl Write for Pipe {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let mut to = self.0.lock();
        to.last = to.outgoing.len();
        to.outgoing.extend_from_slice(octets);
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
