//! h2 as a server.

use std::task::{Context, Poll};

use ::h2::server::{Builder, Connection, Handshake};
use bytes::Bytes;
use wireproof::http2::Action;
use wireproof::{SendError, Unsupported};

use super::Options;
use super::endpoint::{Common, Half, Side, reason, stream_of};
use super::message::{self, cannot, refused};
use super::pipe::Pipe;
use super::shown::Shown;
use super::stream::{Reply, Stream};

/// A new server, which has written its SETTINGS.
pub(super) fn open(options: &Options) -> Result<Side<Server>, Unsupported> {
    let mut builder = Builder::new();
    options.header_table_size.map(|n| builder.header_table_size(n));
    options.max_concurrent_streams.map(|n| builder.max_concurrent_streams(n));
    options.initial_window_size.map(|n| builder.initial_window_size(n));
    options.max_frame_size.map(|n| builder.max_frame_size(n));
    options.max_header_list_size.map(|n| builder.max_header_list_size(n));
    match (options.enable_push, options.enable_connect_protocol) {
        (None, None) => {}
        (None, Some(1)) => {
            builder.enable_connect_protocol();
        }
        _ => {
            return Err(Unsupported("h2's server announces extended CONNECT or nothing of it, and no push".to_owned()));
        }
    }
    let pipe = Pipe::default();
    let half = Server(State::Opening(builder.handshake(pipe.clone())));
    let mut side = Side { half, common: Common::new(pipe) };
    side.run();
    Ok(side)
}

enum State {
    /// The client's preface is to come.
    Opening(Handshake<Pipe, Bytes>),
    Open(Connection<Pipe, Bytes>),
    Over,
}

/// The server's half of an endpoint.
pub(super) struct Server(State);

impl Half for Server {
    /// What came on a stream is told before the next request is: h2 does not show which was first.
    fn poll(&mut self, common: &mut Common, cx: &mut Context<'_>) {
        if let State::Opening(handshake) = &mut self.0 {
            match std::pin::Pin::new(handshake).poll(cx) {
                Poll::Pending => return,
                Poll::Ready(Ok(connection)) => self.0 = State::Open(connection),
                Poll::Ready(Err(error)) => {
                    common.outcome = Some(Err(error));
                    self.0 = State::Over;
                }
            }
        }
        while let State::Open(connection) = &mut self.0 {
            match connection.poll_accept(cx) {
                Poll::Pending => return,
                Poll::Ready(Some(Ok((request, reply)))) => {
                    common.poll(cx);
                    let (head, content) = request.into_parts();
                    let stream = reply.stream_id().as_u32();
                    common.shown.push_back(Shown::Request { stream, head: http::Request::from_parts(head, ()) });
                    let (reply, incoming) = (Some(Reply::Request(reply)), Some(content));
                    common.streams.insert(stream, Stream { reply, incoming, ..Stream::default() });
                }
                Poll::Ready(ended) => {
                    common.outcome = Some(ended.map_or(Ok(()), |ended| ended.map(drop)));
                    self.0 = State::Over;
                }
            }
        }
    }

    fn act(&mut self, action: &Action, common: &mut Common) -> Result<(), SendError> {
        match action {
            Action::Response { stream, fields, end } => {
                stream_of(&mut common.streams, *stream)?.respond(message::response(fields)?, *end)
            }
            Action::Interim { stream, fields } => {
                stream_of(&mut common.streams, *stream)?.interim(message::response(fields)?)
            }
            Action::Push { stream, promised, fields } => {
                let to = stream_of(&mut common.streams, *stream)?;
                let Some(Reply::Request(reply)) = &mut to.reply else {
                    return Err(cannot("h2 has no handle to push on this stream"));
                };
                let push = reply.push_request(message::request(fields)?).map_err(refused)?;
                let chosen = push.stream_id().as_u32();
                let reply = Some(Reply::Push(push));
                common.streams.insert(chosen, Stream { reply, ended: true, ..Stream::default() });
                if chosen == *promised { Ok(()) } else { Err(cannot("h2 chooses another stream")) }
            }
            Action::Goaway { code } => {
                let code = reason(code)?;
                let connection = self.connection()?;
                if code == ::h2::Reason::NO_ERROR {
                    connection.graceful_shutdown();
                } else {
                    connection.abrupt_shutdown(code);
                }
                Ok(())
            }
            Action::Settings { values } => match values.as_slice() {
                [(name, size)] if name == "INITIAL_WINDOW_SIZE" && *size < 1 << 31 => {
                    self.connection()?.set_initial_window_size(*size).map_err(refused)
                }
                [(name, 1)] if name == "ENABLE_CONNECT_PROTOCOL" => {
                    self.connection()?.enable_connect_protocol().map_err(refused)
                }
                _ => Err(cannot("h2 has no call that sends these settings")),
            },
            _ => Err(cannot("a server does not send requests")),
        }
    }
}

impl Server {
    fn connection(&mut self) -> Result<&mut Connection<Pipe, Bytes>, SendError> {
        match &mut self.0 {
            State::Open(connection) => Ok(connection),
            State::Opening(_) | State::Over => Err(cannot("h2 gives no connection now")),
        }
    }
}
