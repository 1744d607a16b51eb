//! The octets on their way to and from h2, in memory.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Both directions. A read waits when a piece is used up, and finds the end after [`Pipe::end`]; a write takes all.
#[derive(Clone, Default)]
pub(super) struct Pipe(Arc<Mutex<Octets>>);

#[derive(Default)]
struct Octets {
    incoming: BytesMut,
    ended: bool,
    outgoing: Vec<u8>,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, Octets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Octets came from the peer.
    pub(super) fn feed(&self, octets: &[u8]) {
        self.lock().incoming.extend_from_slice(octets);
    }

    /// The peer ended its stream.
    pub(super) fn end(&self) {
        self.lock().ended = true;
    }

    /// Moves what was written to `out`.
    pub(super) fn drain(&self, out: &mut Vec<u8>) {
        out.append(&mut self.lock().outgoing);
    }
}

impl AsyncRead for Pipe {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, room: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut octets = self.lock();
        let count = room.remaining().min(octets.incoming.len());
        if count == 0 && !octets.ended {
            return Poll::Pending; // whoever feeds the pipe polls h2 next
        }
        room.put_slice(&octets.incoming[..count]);
        octets.incoming.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        self.lock().outgoing.extend_from_slice(octets);
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
