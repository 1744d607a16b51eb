//! h2 as a client.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use ::h2::client::{Builder, Connection, SendRequest};
use bytes::Bytes;
use wireproof::http2::Action;
use wireproof::{SendError, Unsupported};

use super::Options;
use super::endpoint::{Common, Half, Side};
use super::message::{self, cannot, refused};
use super::pipe::Pipe;
use super::stream::{Awaited, Stream};

/// A new client, which has written its preface and SETTINGS.
pub(super) fn open(options: &Options) -> Result<Side<Client>, Unsupported> {
    let mut builder = Builder::new();
    options.header_table_size.map(|n| builder.header_table_size(n));
    options.max_concurrent_streams.map(|n| builder.max_concurrent_streams(n));
    options.initial_window_size.map(|n| builder.initial_window_size(n));
    options.max_frame_size.map(|n| builder.max_frame_size(n));
    options.max_header_list_size.map(|n| builder.max_header_list_size(n));
    options.enable_push.map(|n| builder.enable_push(n == 1));
    if options.enable_connect_protocol.is_some() {
        return Err(Unsupported("h2's client does not announce extended CONNECT".to_owned()));
    }
    let pipe = Pipe::default();
    let handshake = pin!(builder.handshake::<_, Bytes>(pipe.clone()));
    let Poll::Ready(opened) = handshake.poll(&mut Context::from_waker(Waker::noop())) else {
        return Err(Unsupported("h2's client waits before it has written its preface".to_owned()));
    };
    let (requests, connection) = opened.map_err(|e| Unsupported(e.to_string()))?;
    let mut side = Side { half: Client { requests, connection: Some(connection) }, common: Common::new(pipe) };
    side.run();
    Ok(side)
}

/// The client's half of an endpoint.
pub(super) struct Client {
    requests: SendRequest<Bytes>,
    connection: Option<Connection<Pipe, Bytes>>,
}

impl Half for Client {
    fn poll(&mut self, common: &mut Common, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && let Poll::Ready(outcome) = Pin::new(connection).poll(cx)
        {
            common.outcome = Some(outcome);
            self.connection = None;
        }
    }

    fn act(&mut self, action: &Action, common: &mut Common) -> Result<(), SendError> {
        let Action::Request { stream, fields, end } = action else {
            return Err(cannot("h2's client has no call for this"));
        };
        let request = message::request(fields)?;
        if let Poll::Ready(ready) = self.requests.poll_ready(&mut Context::from_waker(Waker::noop())) {
            ready.map_err(refused)?;
        }
        let (mut response, content) = self.requests.send_request(request, *end).map_err(refused)?;
        let chosen = response.stream_id().as_u32();
        let (promises, outgoing) = (Some(response.push_promises()), Some(content));
        let awaited = Some(Awaited::Response(response));
        common.streams.insert(chosen, Stream { promises, awaited, outgoing, sent: *end, ..Stream::default() });
        if chosen == *stream { Ok(()) } else { Err(cannot("h2 chooses another stream")) }
    }
}
