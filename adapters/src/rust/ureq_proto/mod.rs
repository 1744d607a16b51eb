//! ureq-proto, driven as its documentation says: each side walks through the states of one exchange, and a new
//! `Reply` or `Call` begins the next.
//!
//! A state that wants octets is given all that came and were not used. `closed` is its `must_close_connection`, asked
//! at the end of an exchange. Of a client that waits for 100 (`Send100`) the server's side accepts the content as soon
//! as octets of it are there, or a 100 is to be sent; a response that is sent before that rejects it.

mod client;
mod server;
mod words;

use std::sync::LazyLock;

use ::ureq_proto::Error;
use wireproof::http1::{Action, Event, Http1, Rejected};
use wireproof::{
    Config, Endpoint, Engine, EventRef, Implementation, InProcess, Input, Profile, Role, SendError, Typed, Unsupported,
};

use self::client::Ask;
use self::server::Serve;

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
