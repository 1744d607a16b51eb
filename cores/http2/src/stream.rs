//! Streams: their states (RFC 9113, 5.1), their windows (6.9), and what is known of the messages on them.
//!
//! ```text
//!                          +--------+
//!                  send PP |        | recv PP
//!                 ,--------+  idle  +--------.
//!                /         |        |         \
//!               v          +--------+          v
//!        +----------+          |           +----------+
//!        |          |          | send H /  |          |
//! ,------+ reserved |          | recv H    | reserved +------.
//! |      | (local)  |          |           | (remote) |      |
//! |      +---+------+          v           +------+---+      |
//! |          |             +--------+             |          |
//! |          |     recv ES |        | send ES     |          |
//! |   send H |     ,-------+  open  +-------.     | recv H   |
//! |          |    /        |        |        \    |          |
//! |          v   v         +---+----+         v   v          |
//! |      +----------+          |           +----------+      |
//! |      |   half-  |          |           |   half-  |      |
//! |      |  closed  |          | send R /  |  closed  |      |
//! |      | (remote) |          | recv R    | (local)  |      |
//! |      +----+-----+          |           +-----+----+      |
//! |           | send ES /      |       recv ES / |           |
//! |           |  send R /      v        send R / |           |
//! |           |  recv R    +--------+   recv R   |           |
//! | send R /  `----------->|        |<-----------'  send R / |
//! | recv R                 | closed |               recv R   |
//! `----------------------->|        |<-----------------------'
//!                          +--------+
//! ```
//!
//! Idle and closed streams are not kept: a stream above the highest one of its initiator is idle, one below that is
//! not kept is closed. How the last ones closed is remembered, for that decides what a late frame means.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

use crate::error::Reason;
use crate::frame::MAX_WINDOW;
use crate::message::Method;

/// The states in which a stream is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    ReservedLocal,
    ReservedRemote,
    Open,
    HalfClosedLocal,
    HalfClosedRemote,
}

/// How a stream closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Both sides were done.
    Done,
    /// The peer reset it.
    ByPeer,
    /// We did; frames that were on their way are ignored.
    ByUs,
}

/// Where a stream stands, for any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Idle,
    Kept(State),
    Closed(Ended),
    /// Skipped by its initiator, or closed so long ago that nothing is known of it.
    Forgotten,
}

/// What the peer still has to send on a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// The field section of its message: a response.
    Head,
    /// Content, or trailers: so many octets, if Content-Length said so.
    Content(Option<u64>),
    /// DATA only (8.5).
    Tunnel,
}

/// A credit balance, in octets; SETTINGS can make it negative (6.9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window(i64);

impl Window {
    pub(crate) fn new(size: u32) -> Window {
        Window(size.into())
    }

    /// Gives credit; none may go above 2^31 - 1 (6.9.1).
    pub(crate) fn add(&mut self, change: i64) -> Result<(), ()> {
        let sum = self.0 + change;
        if sum > i64::from(MAX_WINDOW) {
            return Err(());
        }
        self.0 = sum;
        Ok(())
    }

    /// Takes credit, if there is enough; nothing always fits.
    pub(crate) fn take(&mut self, octets: usize) -> Result<(), ()> {
        let octets = octets as i64; // a frame's length, below 2^24
        if octets > self.0.max(0) {
            return Err(());
        }
        self.0 -= octets;
        Ok(())
    }

    /// Octets for which there is credit.
    pub(crate) fn room(self) -> usize {
        usize::try_from(self.0).unwrap_or(0)
    }
}

/// A stream that is kept.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) state: State,
    /// What the peer may send.
    pub(crate) receive: Window,
    /// What we may.
    pub(crate) send: Window,
    pub(crate) awaited: Awaited,
    /// The method of its request.
    pub(crate) method: Method,
    /// Our field section is written; only content and trailers may follow.
    pub(crate) head_sent: bool,
    /// Octets of content that our Content-Length still announces.
    pub(crate) announced: Option<u64>,
    /// Our half is a tunnel.
    pub(crate) tunnel: bool,
    /// Content that waits for credit.
    pub(crate) queue: VecDeque<u8>,
    /// What follows the queue.
    pub(crate) after: After,
}

/// What is to be written once the queue is empty.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// Nothing yet.
    More,
    /// END_STREAM.
    End,
    /// A trailer section: names and values.
    Trailers(Vec<(Vec<u8>, Vec<u8>)>),
}

impl Stream {
    pub(crate) fn new(state: State, receive: u32, send: u32, method: Method) -> Stream {
        Stream {
            state,
            receive: Window::new(receive),
            send: Window::new(send),
            awaited: Awaited::Head,
            method,
            head_sent: false,
            announced: None,
            tunnel: false,
            queue: VecDeque::new(),
            after: After::More,
        }
    }

    /// Whether the peer may still send field sections or content.
    pub(crate) fn receives(&self) -> bool {
        matches!(self.state, State::Open | State::HalfClosedLocal)
    }

    /// Whether we may still send content.
    pub(crate) fn sends(&self) -> bool {
        matches!(self.state, State::Open | State::HalfClosedRemote) && self.after == After::More
    }

    /// How much of so many octets the next DATA frame takes, by both windows and the longest frame that the peer takes,
    /// and whether it ends the stream; none where there is no such frame.
    pub(crate) fn next_frame(&self, waiting: usize, connection: Window, most: usize) -> Option<(usize, bool)> {
        let size = waiting.min(self.send.room()).min(connection.room()).min(most);
        let ends = size == waiting && self.after == After::End;
        (size > 0 || ends).then_some((size, ends))
    }

    /// Whether content waits for credit, or trailers behind it.
    pub(crate) fn waits(&self) -> bool {
        !self.queue.is_empty() || matches!(self.after, After::Trailers(_))
    }

    /// Moves so many octets from the front of the queue to `out`.
    pub(crate) fn take_queued(&mut self, size: usize, out: &mut Vec<u8>) {
        let (front, back) = self.queue.as_slices();
        let (first, second) = (size.min(front.len()), size.saturating_sub(front.len()));
        out.extend_from_slice(&front[..first]);
        out.extend_from_slice(&back[..second]); // the queue has `size` octets
        self.queue.drain(..size);
    }

    /// Takes content off what Content-Length announced (8.1.1).
    pub(crate) fn count(&mut self, octets: usize) -> Result<(), Reason> {
        match &mut self.awaited {
            Awaited::Head => Err(Reason::MessageOrder),
            Awaited::Content(None) | Awaited::Tunnel => Ok(()),
            Awaited::Content(Some(left)) => {
                *left = left.checked_sub(octets as u64).ok_or(Reason::WrongLength)?;
                Ok(())
            }
        }
    }

    /// Whether the peer's message may end now.
    pub(crate) fn may_end(&self) -> Result<(), Reason> {
        match self.awaited {
            Awaited::Head => Err(Reason::MessageOrder),
            Awaited::Content(Some(left)) if left > 0 => Err(Reason::WrongLength),
            Awaited::Content(_) | Awaited::Tunnel => Ok(()),
        }
    }
}

/// All streams of a connection.
#[derive(Debug)]
pub(crate) struct Streams {
    kept: BTreeMap<u32, Stream>,
    /// Those of them that wait for credit ([`Stream::waits`]).
    pub(crate) waiting: BTreeSet<u32>,
    /// How the last streams closed, the oldest first.
    remembered: VecDeque<(u32, Ended)>,
    room: usize,
    /// The highest stream of ours, and of the peer's.
    pub(crate) highest_ours: u32,
    pub(crate) highest_theirs: u32,
    /// Whether ours are odd (clients).
    odd: bool,
}

impl Streams {
    pub(crate) fn new(odd: bool, room: usize) -> Streams {
        Streams {
            kept: BTreeMap::new(),
            waiting: BTreeSet::new(),
            remembered: VecDeque::new(),
            room,
            highest_ours: 0,
            highest_theirs: 0,
            odd,
        }
    }

    /// Whether a stream of this number is ours.
    pub(crate) fn is_ours(&self, stream: u32) -> bool {
        (stream % 2 == 1) == self.odd
    }

    pub(crate) fn get(&mut self, stream: u32) -> Option<&mut Stream> {
        self.kept.get_mut(&stream)
    }

    pub(crate) fn all(&mut self) -> impl Iterator<Item = (u32, &mut Stream)> {
        self.kept.iter_mut().map(|(id, stream)| (*id, stream))
    }

    /// The numbers of those that are kept, from `from` on.
    pub(crate) fn next(&self, from: u32) -> Option<u32> {
        self.kept.range(from..).next().map(|(id, _)| *id)
    }

    /// Where a stream stands.
    pub(crate) fn standing(&self, stream: u32) -> Standing {
        if let Some(kept) = self.kept.get(&stream) {
            return Standing::Kept(kept.state);
        }
        let highest = if self.is_ours(stream) { self.highest_ours } else { self.highest_theirs };
        if stream > highest {
            return Standing::Idle;
        }
        let how = self.remembered.iter().rev().find(|(id, _)| *id == stream);
        how.map_or(Standing::Forgotten, |(_, how)| Standing::Closed(*how))
    }

    /// Opens or reserves a stream; all lower idle ones of its initiator are closed thereby (5.1.1).
    pub(crate) fn insert(&mut self, id: u32, stream: Stream) {
        let highest = if self.is_ours(id) { &mut self.highest_ours } else { &mut self.highest_theirs };
        *highest = id.max(*highest);
        self.kept.insert(id, stream);
    }

    /// Notes that a stream which is not kept closed, or was refused at once.
    pub(crate) fn close(&mut self, id: u32, how: Ended) {
        let highest = if self.is_ours(id) { &mut self.highest_ours } else { &mut self.highest_theirs };
        *highest = id.max(*highest);
        self.kept.remove(&id);
        self.waiting.remove(&id);
        if self.remembered.len() >= self.room {
            self.remembered.pop_front();
        }
        self.remembered.push_back((id, how));
    }

    /// Whether there are so many streams of ours, or of the peer's, that count against SETTINGS_MAX_CONCURRENT_STREAMS
    /// (5.1.2). They are not counted where all streams together are fewer.
    pub(crate) fn has_active(&self, ours: bool, most: u32) -> bool {
        let counts = |(id, stream): &(&u32, &Stream)| {
            self.is_ours(**id) == ours && !matches!(stream.state, State::ReservedLocal | State::ReservedRemote)
        };
        let most = most as usize;
        self.kept.len() >= most && self.kept.iter().filter(counts).count() >= most
    }

    /// Promises of the peer that are not used.
    pub(crate) fn reserved(&self) -> u32 {
        self.kept.values().filter(|s| s.state == State::ReservedRemote).count() as u32
    }
}
