//! The executor: what both roles have in common.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use ::hyper::body::{Body, Incoming};
use ::hyper::rt::{Read, ReadBuf, Write};
use ::hyper::upgrade::{OnUpgrade, Upgraded};
use bytes::Bytes;
use http::HeaderMap;
use wireproof::http1::{Action, Event, Http1};
use wireproof::{Endpoint, Input, SendError};

use super::super::header_map;
use super::outgoing::{Outgoing, refused};
use super::pipe::Pipe;
use super::shown::{Shown, text};

/// What differs between a server and a client.
pub(super) trait Half {
    /// Polls the connection and what brings message heads.
    fn poll(&mut self, common: &mut Common, cx: &mut Context<'_>);

    /// Starts to send a message.
    fn start(&mut self, action: &Action, common: &mut Common) -> Result<(), SendError>;

    /// Asks hyper to end the connection.
    fn close(&mut self);
}

/// One side of one connection: an endpoint of hyper's futures.
pub(super) struct Side<H> {
    pub(super) half: H,
    pub(super) common: Common,
}

impl<H: Half> Side<H> {
    /// Polls every future for as long as one of them was woken meanwhile.
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

impl<H: Half> Endpoint<Http1> for Side<H> {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        if !self.common.over {
            match input {
                Input::Bytes(octets) => self.common.pipe.feed(octets),
                Input::Eof => self.common.pipe.end(),
                Input::Tick(_) => {} // hyper has a clock only if it is given one
            }
            self.run();
        }
        self.common.shown.drain(..).for_each(|shown| shown.report(events));
    }

    /// Hands the action to hyper and lets it work, so that hyper's refusal is this action's. What it shows meanwhile
    /// is told at the next input.
    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match action {
            Action::Request { .. } | Action::Response { .. } | Action::Interim { .. } => {
                self.half.start(action, &mut self.common)?;
            }
            Action::Data(text) => self.common.send_data(text.to_vec())?,
            Action::End { trailers } => self.common.send_end(header_map(trailers)?)?,
            Action::Close {} => self.half.close(),
        }
        self.run();
        self.common.refusal.take().map_or(Ok(()), |error| Err(refused(text(&error))))
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.common.pipe.drain(out);
    }
}

/// Rings when a future was woken.
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The message being read, the message being sent, the protocol that follows, and what there is to tell.
pub(super) struct Common {
    pub(super) pipe: Pipe,
    bell: Arc<Bell>,
    shown: VecDeque<Shown>,
    /// The last thing was shown.
    over: bool,
    /// The content being read, and its trailers.
    incoming: Option<Incoming>,
    trailers: HeaderMap,
    /// The content being sent.
    pub(super) outgoing: Option<Outgoing>,
    /// A switch of protocols that was agreed on.
    pub(super) switch: Option<OnUpgrade>,
    tunnel: Option<Upgraded>,
    /// How the connection's future ended.
    pub(super) outcome: Option<::hyper::Result<()>>,
    /// What hyper says against the action being sent.
    refusal: Option<::hyper::Error>,
}

impl Common {
    pub(super) fn new(pipe: Pipe) -> Common {
        Common {
            pipe,
            bell: Arc::new(Bell(AtomicBool::new(false))),
            shown: VecDeque::new(),
            over: false,
            incoming: None,
            trailers: HeaderMap::new(),
            outgoing: None,
            switch: None,
            tunnel: None,
            outcome: None,
            refusal: None,
        }
    }

    /// Something to tell.
    pub(super) fn show(&mut self, shown: Shown) {
        if !self.over {
            self.over = shown.is_last();
            self.shown.push_back(shown);
        }
    }

    /// A message's head, its content to come.
    pub(super) fn begin(&mut self, head: Shown, content: Incoming) {
        self.show(head);
        self.incoming = Some(content);
    }

    /// An error: of the script's sending, or a refusal of what was received. The connection's own error says more
    /// than what it makes of others.
    pub(super) fn fail(&mut self, error: ::hyper::Error) {
        let error = match self.outcome.take() {
            Some(Err(first)) => first,
            Some(Ok(())) | None => error,
        };
        if error.is_user() {
            self.over = true;
            self.refusal = Some(error);
        } else {
            let answered = error.is_parse() && !error.is_parse_version_h2();
            let status = if answered { self.pipe.last_refusal() } else { None };
            self.show(Shown::Rejected { error, status });
        }
    }

    /// Polls the content and what follows the last message.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        self.poll_content(cx);
        if self.incoming.is_none() {
            self.poll_switch(cx);
            self.poll_tunnel(cx);
        }
    }

    /// Shows content as far as it has come.
    pub(super) fn poll_content(&mut self, cx: &mut Context<'_>) {
        while let Some(content) = &mut self.incoming {
            match Pin::new(&mut *content).poll_frame(cx) {
                Poll::Pending => return,
                Poll::Ready(Some(Ok(frame))) => {
                    let ended = content.is_end_stream();
                    match frame.into_data() {
                        Ok(octets) => self.show(Shown::Data(octets)),
                        Err(frame) => self.trailers = frame.into_trailers().unwrap_or_default(),
                    }
                    if ended {
                        self.end();
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    self.incoming = None;
                    self.fail(error);
                }
                Poll::Ready(None) => self.end(),
            }
        }
    }

    fn end(&mut self) {
        self.incoming = None;
        let trailers = std::mem::take(&mut self.trailers);
        self.show(Shown::End(trailers));
    }

    fn poll_switch(&mut self, cx: &mut Context<'_>) {
        let Some(switch) = &mut self.switch else { return };
        if let Poll::Ready(switched) = Pin::new(switch).poll(cx) {
            self.switch = None;
            if let Ok(tunnel) = switched {
                self.show(Shown::Upgraded);
                self.tunnel = Some(tunnel);
            }
        }
    }

    fn poll_tunnel(&mut self, cx: &mut Context<'_>) {
        while let Some(tunnel) = &mut self.tunnel {
            let mut room = [0; 4096];
            let mut buffer = ReadBuf::new(&mut room);
            match Pin::new(tunnel).poll_read(cx, buffer.unfilled()) {
                Poll::Pending => return,
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    self.show(Shown::Data(Bytes::copy_from_slice(buffer.filled())));
                }
                Poll::Ready(Ok(()) | Err(_)) => self.tunnel = None, // the end; the pipe gives no errors
            }
        }
    }

    /// Tells the connection's end when all else was told.
    fn conclude(&mut self) {
        if self.incoming.is_none() && self.switch.is_none() && self.tunnel.is_none() {
            match self.outcome.take() {
                None => {}
                Some(Ok(())) => self.show(Shown::Closed),
                Some(Err(error)) => self.fail(error),
            }
        }
    }

    fn send_data(&mut self, octets: Vec<u8>) -> Result<(), SendError> {
        if let Some(tunnel) = &mut self.tunnel {
            let mut cx = Context::from_waker(Waker::noop());
            let _ = Pin::new(tunnel).poll_write(&mut cx, &octets); // the pipe takes all
            return Ok(());
        }
        match &self.outgoing {
            Some(outgoing) => outgoing.data(octets),
            None => Err(no_message()),
        }
    }

    fn send_end(&mut self, trailers: HeaderMap) -> Result<(), SendError> {
        match self.outgoing.take() {
            Some(outgoing) => outgoing.end(trailers),
            None => Err(no_message()),
        }
    }
}

fn no_message() -> SendError {
    refused("no message is being sent")
}
