//! ureq-proto, driven as its documentation says: each side walks through the states of one exchange, and a new
//! `Reply` or `Call` begins the next.
//!
//! A state that wants octets is given all that came and were not used. `closed` is its `must_close_connection`, asked
//! at the end of an exchange. Of a client that waits for 100 (`Send100`) the server's side accepts the content as soon
//! as octets of it are there, or a 100 is to be sent; a response that is sent before that rejects it.

use std::sync::LazyLock;

use super::header_map;
use ::ureq_proto::{Error, client, server};
use client::state::{Await100, RecvResponse as AwaitResponse, SendBody as SendContent};
use client::{Await100Result, Call, RecvBodyResult, RecvResponseResult, SendRequestResult};
use http::{HeaderMap, Request, Response, StatusCode, Version};
use server::state::{Cleanup, ProvideResponse, RecvBody, RecvRequest, Send100, SendBody};
use server::{RecvRequestResult, Reply, SendResponseResult};
use wireproof::http1::{Action, Event, FieldText, Http1, Rejected};
use wireproof::{
    Config, Endpoint, Engine, EventRef, FieldList, Implementation, InProcess, Input, Profile, Role, SendError, Typed,
    Unsupported,
};

/// The version in `Cargo.lock`; a test compares them.
const VERSION: &str = "0.7.1";

/// The `ureq-proto` crate, with clients free to use any method.
pub struct UreqProto;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile {
    licence: "MIT OR Apache-2.0".to_owned(),
    home: "https://github.com/algesten/ureq-proto".to_owned(),
    ..Profile::rust::<Http1>("ureq-proto", VERSION, CAN, CANNOT)
});

const CAN: &[&str] = &["head", "framing", "pipeline", "close", "output", "version"];

const CANNOT: &[(&str, &str)] = &[
    ("eof", "it has no call for the end of the stream; what an end means is its caller's to know"),
    ("trailers", "it reads over them"),
    ("interim", "try_response takes the octets of a 1xx other than 101 and shows nothing of it"),
    ("upgrade", "a 101 or a tunnel is a reason to close for its client, and nothing at all for its server"),
    ("target", "http::Uri drops a fragment and adds the path / to a target in absolute form"),
    ("reason", "http::Response has no reason phrase"),
    ("field-order", "http::HeaderMap groups field lines by name and promises no order of the groups"),
    ("host", "its server leaves Host to the application"),
    ("continue", "it has a state in which the application accepts or rejects the content; it does neither itself"),
    ("error-class", "its errors name some rules, and httparse's text for all that is wrong in a head"),
    ("error-status", "its errors carry no status, and it writes no answer to what it refuses"),
];

impl Implementation<Http1> for UreqProto {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
        config.only(&[])?;
        match role {
            Role::Server => Ok(Box::new(Side { stage: Serve::next(), input: Vec::new(), out: Vec::new() })),
            Role::Client => Ok(Box::new(Side { stage: Ask::Idle, input: Vec::new(), out: Vec::new() })),
            Role::Decoder | Role::Encoder => Err(Unsupported(format!("HTTP/1 has no {role}"))),
        }
    }
}

/// The crate as a subject. The typed events have a target and trailers always: what it cannot show is left out of them.
pub fn ureq_proto() -> InProcess {
    InProcess::of_engines(PROFILE.clone(), |role, config| {
        UreqProto.open(role, config).map(|endpoint| Box::new(Shown(Typed(endpoint))) as Box<dyn Engine>)
    })
}

/// An endpoint without the members that it cannot show.
struct Shown(Typed<Http1>);

impl Engine for Shown {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(&EventRef<'_>)) {
        self.0.receive(input, &mut |event| {
            let shown = event.members.iter().filter(|(name, _)| !matches!(*name, "target" | "trailers"));
            events(&EventRef { name: event.name, members: &shown.copied().collect::<Vec<_>>() });
        });
    }

    fn send(&mut self, action: &wireproof::AnyAction) -> Result<(), SendError> {
        self.0.send(action)
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.0.transmit(out);
    }
}

/// One side of one connection.
struct Side<S> {
    stage: S,
    /// What came and was not used.
    input: Vec<u8>,
    out: Vec<u8>,
}

/// A stage as it is now, or the one that follows it.
enum Step<S> {
    Stays(S),
    Goes(S),
}

/// The states of one side.
trait Stage: Sized {
    /// Nothing more is reported.
    const OVER: Self;

    /// Goes to the next state, if the octets allow.
    fn read(
        self,
        input: &mut Vec<u8>,
        out: &mut Vec<u8>,
        events: &mut dyn FnMut(Event<'_>),
    ) -> Result<Step<Self>, Error>;

    /// Does what is asked for; gives the state that follows, also of what is refused.
    fn write(self, action: &Action, out: &mut Vec<u8>) -> (Self, Result<(), SendError>);
}

impl<S: Stage> Endpoint<Http1> for Side<S> {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Input::Bytes(octets) = input else { return };
        self.input.extend_from_slice(octets);
        loop {
            let stage = std::mem::replace(&mut self.stage, S::OVER);
            match stage.read(&mut self.input, &mut self.out, events) {
                Ok(Step::Goes(stage)) => self.stage = stage,
                Ok(Step::Stays(stage)) => {
                    self.stage = stage;
                    return;
                }
                Err(error) => {
                    let text = &error.to_string();
                    events(Event::Rejected(Rejected { phase: None, class: None, status: None, text }));
                    return;
                }
            }
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        let stage = std::mem::replace(&mut self.stage, S::OVER);
        let (stage, done) = stage.write(action, &mut self.out);
        self.stage = stage;
        done
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}

/// The states of a server.
enum Serve {
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
    fn next() -> Serve {
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

/// The states of a client.
enum Ask {
    Idle,
    Expecting(Call<Await100>),
    Sending(Call<SendContent>),
    /// The request is written, its end may not be asked for yet.
    Head(Call<AwaitResponse>),
    Content(Call<client::state::RecvBody>),
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

/// Octets for which a call has room at once.
const ROOM: usize = 4096;

/// A buffer that any line of a head fits into.
fn room_for(fields: &FieldText) -> Vec<u8> {
    vec![0; ROOM + fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()]
}

/// Reads content until nothing more comes of the octets.
fn read_content(
    input: &mut Vec<u8>,
    events: &mut dyn FnMut(Event<'_>),
    mut read: impl FnMut(&[u8], &mut [u8]) -> Result<(usize, usize), Error>,
) -> Result<(), Error> {
    let (mut all, mut content) = (0, [0; ROOM]);
    loop {
        let (used, got) = read(&input[all..], &mut content)?;
        if got > 0 {
            events(Event::Data(&content[..got]));
        }
        if used == 0 {
            input.drain(..all);
            return Ok(());
        }
        all += used;
    }
}

/// Writes content. Its calls take none of it for the end of the content, which an action without octets is not.
fn write_content(
    mut data: &[u8],
    out: &mut Vec<u8>,
    mut write: impl FnMut(&[u8], &mut [u8]) -> Result<(usize, usize), Error>,
) -> Result<(), SendError> {
    let mut room = [0; ROOM];
    loop {
        let (used, wrote) = write(data, &mut room).map_err(refused)?;
        out.extend_from_slice(&room[..wrote]);
        data = &data[used..];
        if data.is_empty() {
            return Ok(());
        }
    }
}

/// After it took a response: it writes the registered reason phrase, and has no way to say another.
fn check_reason(status: u16, reason: &[u8]) -> Result<(), SendError> {
    let registered = StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).map(str::as_bytes);
    if reason.is_empty() || Some(reason) == registered {
        return Ok(());
    }
    cannot("it writes the registered reason phrase")
}

fn refused(why: impl std::fmt::Display) -> SendError {
    SendError::Refused(why.to_string())
}

fn cannot(why: &str) -> Result<(), SendError> {
    Err(SendError::Cannot(format!("ureq-proto: {why}")))
}

/// Content where its next state is not the one that sends content.
fn no_content(data: &[u8]) -> Result<(), SendError> {
    if data.is_empty() { Ok(()) } else { Err(refused("this message has no content: its state takes none")) }
}

/// What follows a head that was refused.
fn no_head() -> Result<(), SendError> {
    Err(refused("the head was refused"))
}

/// An end where its state says that it must not be left.
fn unfinished() -> Result<(), SendError> {
    Err(refused("the content is not finished"))
}

fn minor(version: Version) -> Option<u8> {
    match version {
        Version::HTTP_10 => Some(0),
        Version::HTTP_11 => Some(1),
        _ => None,
    }
}

/// The map's fields in its own order; its names are lower case already.
struct Lines<'a>(&'a HeaderMap);

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.0.iter().for_each(|(name, value)| each(name.as_str().as_bytes(), value.as_bytes()));
    }
}
