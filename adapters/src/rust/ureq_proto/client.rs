//! The states of a client.

use ::ureq_proto::Error;
use ::ureq_proto::client::state::{Await100, RecvBody, RecvResponse as AwaitResponse, SendBody as SendContent};
use ::ureq_proto::client::{Await100Result, Call, RecvBodyResult, RecvResponseResult, SendRequestResult};
use http::{HeaderMap, Request};
use wireproof::SendError;
use wireproof::http1::{Action, Event, FieldText};

use super::super::header_map;
use super::words::{
    Lines, cannot, minor, no_content, no_head, read_content, refused, room_for, unfinished, write_content,
};
use super::{Stage, Step};

/// The states of a client.
pub(super) enum Ask {
    Idle,
    Expecting(Call<Await100>),
    Sending(Call<SendContent>),
    /// The request is written, its end may not be asked for yet.
    Head(Call<AwaitResponse>),
    Content(Call<RecvBody>),
    /// Octets came between two exchanges. What they are is its caller's to judge: it has nothing to give them to.
    Between,
    /// Its request was refused.
    Refused,
    /// It must close the connection.
    Closed,
    Over,
}

impl Ask {
    /// The response is complete.
    fn answered(must_close: bool, events: &mut dyn FnMut(Event<'_>)) -> Ask {
        events(Event::End { trailers: &Lines(&HeaderMap::new()) });
        if must_close {
            events(Event::Closed);
            return Ask::Closed;
        }
        Ask::Idle
    }
}

impl Stage for Ask {
    const OVER: Ask = Ask::Over;

    fn read(self, input: &mut Vec<u8>, _: &mut Vec<u8>, events: &mut dyn FnMut(Event<'_>)) -> Result<Step<Ask>, Error> {
        Ok(Step::Goes(match self {
            Ask::Idle | Ask::Refused if !input.is_empty() => Ask::Between,
            Ask::Expecting(mut call) => {
                let used = call.try_read_100(input)?;
                input.drain(..used);
                match call.can_keep_await_100() {
                    true if used > 0 => Ask::Expecting(call),
                    true => return Ok(Step::Stays(Ask::Expecting(call))),
                    false => Ask::not_expecting(call)?,
                }
            }
            Ask::Head(mut call) => {
                let (used, response) = call.try_response(input, false)?;
                input.drain(..used);
                let Some(response) = response else {
                    let call = Ask::Head(call);
                    return Ok(if used > 0 { Step::Goes(call) } else { Step::Stays(call) });
                };
                events(Event::Response {
                    status: response.status().as_u16(),
                    reason: None,
                    minor: minor(response.version()),
                    fields: &Lines(response.headers()),
                });
                match call.proceed().expect("a response was received") {
                    RecvResponseResult::RecvBody(call) => Ask::Content(call),
                    RecvResponseResult::Redirect(call) => Ask::answered(call.must_close_connection(), events),
                    RecvResponseResult::Cleanup(call) => Ask::answered(call.must_close_connection(), events),
                }
            }
            Ask::Content(mut call) => {
                read_content(input, events, |input, content| call.read(input, content))?;
                // Content up to the end of the stream may end anywhere; it ends when its caller says so.
                if call.body_mode() == ::ureq_proto::BodyMode::CloseDelimited || !call.can_proceed() {
                    return Ok(Step::Stays(Ask::Content(call)));
                }
                match call.proceed().expect("the content has ended") {
                    RecvBodyResult::Redirect(call) => Ask::answered(call.must_close_connection(), events),
                    RecvBodyResult::Cleanup(call) => Ask::answered(call.must_close_connection(), events),
                }
            }
            waits => return Ok(Step::Stays(waits)),
        }))
    }

    fn write(self, action: &Action, out: &mut Vec<u8>) -> (Ask, Result<(), SendError>) {
        match (self, action) {
            (Ask::Idle | Ask::Refused, Action::Request { method, target, fields }) => {
                match ask(method, target, fields, out) {
                    Ok(stage) => (stage, Ok(())),
                    Err(error) => (Ask::Refused, Err(error)),
                }
            }
            (Ask::Between, Action::Request { .. }) => {
                (Ask::Between, cannot("what came before the request is its caller's"))
            }
            (Ask::Closed, Action::Request { .. } | Action::Data(_)) => {
                (Ask::Closed, Err(refused("must_close_connection")))
            }
            (stage, Action::Request { .. }) => {
                (stage, cannot("a Call is one exchange, and it says when the next may be"))
            }
            (Ask::Refused, Action::Data(_) | Action::End { .. }) => (Ask::Refused, no_head()),
            // The content is sent without a 100, as after a time-out.
            (Ask::Expecting(call), Action::Data(_) | Action::End { .. }) => match Ask::not_expecting(call) {
                Ok(stage) => stage.write(action, out),
                Err(error) => (Ask::Over, Err(refused(error))),
            },
            (Ask::Sending(mut call), Action::Data(data)) if !data.is_empty() => {
                let done = write_content(data, out, |data, room| call.write(data, room));
                (Ask::Sending(call), done)
            }
            (Ask::Head(call), Action::Data(data)) => (Ask::Head(call), no_content(data)),
            (stage, Action::End { trailers }) if !trailers.is_empty() => (stage, cannot("it writes no trailer fields")),
            (Ask::Sending(mut call), Action::End { .. }) => {
                let done = write_content(b"", out, |data, room| call.write(data, room));
                match (done, call.can_proceed()) {
                    (Ok(()), true) => (Ask::Head(call.proceed().expect("the content was sent")), Ok(())),
                    (Ok(()), false) => (Ask::Sending(call), unfinished()),
                    (error, _) => (Ask::Sending(call), error),
                }
            }
            (stage, Action::End { .. }) => (stage, Ok(())),
            (stage, Action::Data(data)) if data.is_empty() => (stage, Ok(())),
            (stage, _) => (stage, cannot("it has no call for this here")),
        }
    }
}

impl Ask {
    fn not_expecting(call: Call<Await100>) -> Result<Ask, Error> {
        Ok(match call.proceed()? {
            Await100Result::SendBody(call) => Ask::Sending(call),
            Await100Result::RecvResponse(call) => Ask::Head(call),
        })
    }
}

fn ask(method: &[u8], target: &[u8], fields: &FieldText, out: &mut Vec<u8>) -> Result<Ask, SendError> {
    let mut request = Request::builder().method(method).uri(target.to_vec()).body(()).map_err(refused)?;
    *request.headers_mut() = header_map(fields)?;
    let mut call = Call::new(request).map_err(refused)?;
    call.allow_non_standard_methods(true);
    let mut call = call.proceed();
    let mut room = room_for(fields);
    room.resize(room.len() + target.len(), 0);
    while !call.can_proceed() {
        let wrote = call.write(&mut room).map_err(refused)?;
        out.extend_from_slice(&room[..wrote]);
    }
    Ok(match call.proceed().map_err(refused)?.expect("the head is written") {
        SendRequestResult::Await100(call) => Ask::Expecting(call),
        SendRequestResult::SendBody(call) => Ask::Sending(call),
        SendRequestResult::RecvResponse(call) => Ask::Head(call),
    })
}
