//! The executor: what both roles have in common.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

use ::h2::{Error, Reason};
use wireproof::http2::{Action, Event, Http2, code_number};
use wireproof::{Endpoint, Input, SendError};

use super::message::cannot;
use super::pipe::Pipe;
use super::shown::Shown;
use super::stream::Stream;

/// What differs between a server and a client.
pub(super) trait Half {
    /// Polls the connection, and what brings new streams.
    fn poll(&mut self, common: &mut Common, cx: &mut Context<'_>);

    /// An action that is not one of a stream's own.
    fn act(&mut self, action: &Action, common: &mut Common) -> Result<(), SendError>;
}

/// One side of one connection: an endpoint of h2's futures.
pub(super) struct Side<H> {
    pub(super) half: H,
    pub(super) common: Common,
}

impl<H: Half> Side<H> {
    /// Polls everything for as long as something was woken meanwhile.
    pub(super) fn run(&mut self) {
        let waker = Waker::from(self.common.bell.clone());
        let mut cx = Context::from_waker(&waker);
        loop {
            self.common.bell.0.store(false, Ordering::Relaxed);
            self.half.poll(&mut self.common, &mut cx);
            self.common.poll(&mut cx);
            if !self.common.bell.0.load(Ordering::Relaxed) {
                break;
            }
        }
        self.common.conclude();
    }
}

impl<H: Half> Endpoint<Http2> for Side<H> {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        if !self.common.over {
            match input {
                Input::Bytes(octets) => self.common.pipe.feed(octets),
                Input::Eof => self.common.pipe.end(),
                Input::Tick(_) => {} // h2 has no timers
            }
            self.run();
        }
        self.common.shown.drain(..).for_each(|shown| shown.report(events));
    }

    /// Hands the action to h2 and lets it work. What it shows meanwhile is told at the next input.
    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        let streams = &mut self.common.streams;
        let done = match action {
            Action::Data { stream, bytes, end } => stream_of(streams, *stream)?.data(bytes, *end),
            Action::End { stream, trailers } => stream_of(streams, *stream)?.end(trailers),
            Action::Reset { stream, code } => stream_of(streams, *stream)?.reset(reason(code)?),
            Action::Ping { .. } => Err(cannot("h2 chooses what its PING holds")),
            Action::Window { .. } => {
                Err(cannot("h2 takes credit for what was received, and decides itself when to tell the peer"))
            }
            other => self.half.act(other, &mut self.common),
        };
        self.run();
        done
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.common.pipe.drain(out);
    }
}

/// A stream that there are handles of.
pub(super) fn stream_of(streams: &mut BTreeMap<u32, Stream>, id: u32) -> Result<&mut Stream, SendError> {
    streams.get_mut(&id).ok_or_else(|| cannot("h2 has no handle of this stream"))
}

/// An error code by its word.
pub(super) fn reason(code: &str) -> Result<Reason, SendError> {
    code_number(code).map(Reason::from).ok_or_else(|| SendError::Cannot(format!("no error code {code:?}")))
}

/// Rings when a future was woken.
#[derive(Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The streams, and what there is to tell.
pub(super) struct Common {
    pub(super) pipe: Pipe,
    bell: Arc<Bell>,
    pub(super) shown: VecDeque<Shown>,
    pub(super) streams: BTreeMap<u32, Stream>,
    /// How the connection ended.
    pub(super) outcome: Option<Result<(), Error>>,
    /// The last thing was shown.
    over: bool,
}

impl Common {
    pub(super) fn new(pipe: Pipe) -> Common {
        let (shown, streams) = (VecDeque::new(), BTreeMap::new());
        Common { pipe, bell: Arc::default(), shown, streams, outcome: None, over: false }
    }

    /// Polls the streams in the order of their numbers: h2 does not show in which order frames of several came.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        let ids: Vec<u32> = self.streams.keys().copied().collect();
        for id in ids {
            let Some(stream) = self.streams.get_mut(&id) else { continue };
            let promised = stream.poll(id, cx, &mut |shown| self.shown.push_back(shown));
            for (id, mut stream) in promised {
                stream.poll(id, cx, &mut |shown| self.shown.push_back(shown));
                self.streams.insert(id, stream);
            }
        }
        self.streams.retain(|_, stream| !stream.is_done());
    }

    /// Tells the connection's end when all else was told. An error that the peer told us is its GOAWAY, no refusal.
    fn conclude(&mut self) {
        let Some(outcome) = self.outcome.take() else { return };
        self.over = true;
        match outcome {
            Ok(()) => self.shown.push_back(Shown::Closed),
            Err(error) if error.is_remote() => {}
            Err(error) => self.shown.push_back(Shown::Rejected { stream: None, error }),
        }
    }
}
