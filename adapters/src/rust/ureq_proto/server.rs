//! The states of a server.

use ::ureq_proto::Error;
use ::ureq_proto::server::state::{Cleanup, ProvideResponse, RecvBody, RecvRequest, Send100, SendBody};
use ::ureq_proto::server::{RecvRequestResult, Reply, SendResponseResult};
use http::{HeaderMap, Response, StatusCode};
use wireproof::SendError;
use wireproof::http1::{Action, Event, FieldText};

use super::super::header_map;
use super::words::{
    Lines, ROOM, cannot, check_reason, minor, no_content, no_head, read_content, refused, room_for, unfinished,
    write_content,
};
use super::{Stage, Step};

/// The states of a server.
pub(super) enum Serve {
    Head(Reply<RecvRequest>),
    Expected(Reply<Send100>),
    Content(Reply<RecvBody>),
    Asked(Reply<ProvideResponse>),
    Sending(Reply<SendBody>),
    /// The response is written, its end is not asked for yet.
    Sent(Reply<Cleanup>),
    Done(Reply<Cleanup>),
    /// Its response was refused, and the exchange went with it.
    Refused,
    Over,
}

impl Serve {
    pub(super) fn next() -> Serve {
        Serve::Head(Reply::new().expect("a new exchange"))
    }

    /// The request is complete.
    fn asked(reply: Reply<ProvideResponse>, events: &mut dyn FnMut(Event<'_>)) -> Serve {
        events(Event::End { trailers: &Lines(&HeaderMap::new()) });
        Serve::Asked(reply)
    }
}

impl Stage for Serve {
    const OVER: Serve = Serve::Over;

    fn read(
        self,
        input: &mut Vec<u8>,
        out: &mut Vec<u8>,
        events: &mut dyn FnMut(Event<'_>),
    ) -> Result<Step<Serve>, Error> {
        Ok(Step::Goes(match self {
            Serve::Head(mut reply) => {
                let (used, request) = reply.try_request(input)?;
                input.drain(..used);
                let Some(request) = request else { return Ok(Step::Stays(Serve::Head(reply))) };
                events(Event::Request {
                    method: request.method().as_str().as_bytes(),
                    target: request.uri().to_string().as_bytes(),
                    minor: minor(request.version()),
                    fields: &Lines(request.headers()),
                });
                match reply.proceed().expect("a request was received") {
                    RecvRequestResult::Send100(reply) => Serve::Expected(reply),
                    RecvRequestResult::RecvBody(reply) => Serve::Content(reply),
                    RecvRequestResult::ProvideResponse(reply) => Serve::asked(reply, events),
                }
            }
            Serve::Expected(reply) if !input.is_empty() => Serve::Content(accept(reply, out)?),
            Serve::Content(mut reply) => {
                read_content(input, events, |input, content| reply.read(input, content))?;
                if !reply.is_ended() {
                    return Ok(Step::Stays(Serve::Content(reply)));
                }
                Serve::asked(reply.proceed()?, events)
            }
            Serve::Done(reply) if reply.must_close_connection() => {
                events(Event::Closed);
                Serve::Over
            }
            Serve::Done(_) => Serve::next(),
            waits => return Ok(Step::Stays(waits)),
        }))
    }

    fn write(self, action: &Action, out: &mut Vec<u8>) -> (Serve, Result<(), SendError>) {
        match (self, action) {
            (Serve::Expected(reply), Action::Interim { status: 100, fields, .. }) if fields.is_empty() => {
                match accept(reply, out) {
                    Ok(reply) => (Serve::Content(reply), Ok(())),
                    Err(error) => (Serve::Over, Err(refused(error))),
                }
            }
            (stage, Action::Interim { .. }) => {
                (stage, cannot("but for a 100 that is awaited, it has no call for a 1xx"))
            }
            (Serve::Expected(reply), Action::Response { .. }) => Serve::Asked(reply.reject()).write(action, out),
            (Serve::Asked(reply), Action::Response { status, reason, fields }) => {
                match respond(reply, *status, fields, out) {
                    Ok(stage) => (stage, check_reason(*status, reason)),
                    Err(error) => (Serve::Refused, Err(error)),
                }
            }
            (stage, Action::Response { .. }) => (stage, cannot("it takes a response when the whole request has come")),
            (Serve::Sending(mut reply), Action::Data(data)) if !data.is_empty() => {
                let done = write_content(data, out, |data, room| reply.write(data, room));
                (Serve::Sending(reply), done)
            }
            (Serve::Sent(reply), Action::Data(data)) => (Serve::Sent(reply), no_content(data)),
            (stage, Action::End { trailers }) if !trailers.is_empty() => (stage, cannot("it writes no trailer fields")),
            (Serve::Refused, Action::Data(_) | Action::End { .. }) => (Serve::Refused, no_head()),
            (Serve::Sending(mut reply), Action::End { .. }) => {
                let done = write_content(b"", out, |data, room| reply.write(data, room));
                match (done, reply.is_finished()) {
                    (Ok(()), true) => (Serve::Done(reply.proceed()), Ok(())),
                    (Ok(()), false) => (Serve::Sending(reply), unfinished()),
                    (error, _) => (Serve::Sending(reply), error),
                }
            }
            (Serve::Sent(reply), Action::End { .. }) => (Serve::Done(reply), Ok(())),
            (stage, Action::Data(data)) if data.is_empty() => (stage, Ok(())),
            (stage, _) => (stage, cannot("it has no call for this here")),
        }
    }
}

/// Writes 100 and goes on to the content.
fn accept(reply: Reply<Send100>, out: &mut Vec<u8>) -> Result<Reply<RecvBody>, Error> {
    let mut room = [0; ROOM];
    let (wrote, reply) = reply.accept(&mut room)?;
    out.extend_from_slice(&room[..wrote]);
    Ok(reply)
}

fn respond(
    reply: Reply<ProvideResponse>,
    status: u16,
    fields: &FieldText,
    out: &mut Vec<u8>,
) -> Result<Serve, SendError> {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(status).map_err(refused)?;
    *response.headers_mut() = header_map(fields)?;
    let mut reply = reply.provide(response).map_err(refused)?;
    let mut room = room_for(fields);
    while !reply.is_finished() {
        let wrote = reply.write(&mut room).map_err(refused)?;
        out.extend_from_slice(&room[..wrote]);
    }
    Ok(match reply.proceed() {
        SendResponseResult::SendBody(reply) => Serve::Sending(reply),
        SendResponseResult::Cleanup(reply) => Serve::Sent(reply),
    })
}
