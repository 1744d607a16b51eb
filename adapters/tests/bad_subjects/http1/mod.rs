//! Subjects of HTTP/1.1: the reference core, spoilt in one way each.

use std::sync::LazyLock;

use wireproof::http1::{Action, Event, Http1, Phase, Rejected};
use wireproof::{Config, Endpoint, Implementation, InProcess, Input, Profile, Role, SendError, Unsupported};
use wireproof_adapters::rust::WireproofHttp1;

use crate::catch::{self, vices};

vices! {
    /// Refuses the first octet, and what it is asked to send.
    RefusesEverything,
    /// Reports one and the same message for any octets.
    AcceptsEverything,
    /// Says that the connection is over, and no more.
    HangsUp,
    /// Reports nothing and writes nothing.
    SaysNothing,
    /// Reports what it receives as content, and writes it back.
    Echoes,
    /// Drops the last octet of content that it gets in one piece.
    LosesLastOctet,
    /// Reports each event twice.
    ReportsTwice,
    /// Shows the fields of the head among the trailers, as if they were one list.
    MergesTrailers,
    /// Takes each call for a new message.
    ForgetsAtCuts,
    /// Panics on octet 60 of a connection.
    Panics,
}

/// The octet that [`Vice::Panics`] does not survive, counted from 1.
const FATAL: usize = 60;

impl catch::Vice for Vice {
    const ALL: &'static [Vice] = Vice::ALL;
    const FOLDER: &'static str = "http1";

    fn subject(self) -> InProcess {
        InProcess::new(Bad(self))
    }
}

/// A bad subject. It claims all that the reference core can do.
struct Bad(Vice);

static PROFILE: LazyLock<Profile> =
    LazyLock::new(|| Profile { name: "bad".to_owned(), ..WireproofHttp1.profile().clone() });

impl Implementation<Http1> for Bad {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
        let core = WireproofHttp1.open(role, config)?;
        match self.0 {
            vice @ (Vice::RefusesEverything
            | Vice::AcceptsEverything
            | Vice::HangsUp
            | Vice::SaysNothing
            | Vice::Echoes) => Ok(Box::new(Mindless { vice, role, over: false, out: Vec::new() })),
            vice => Ok(Box::new(Spoilt { vice, core, role, config: config.clone(), head: Vec::new(), fed: 0 })),
        }
    }
}

/// One that does not parse at all.
struct Mindless {
    vice: Vice,
    role: Role,
    over: bool,
    out: Vec<u8>,
}

impl Endpoint<Http1> for Mindless {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let octets = match input {
            Input::Bytes([]) | Input::Eof | Input::Tick(_) => return,
            Input::Bytes(octets) => octets,
        };
        let first = !std::mem::replace(&mut self.over, true);
        match self.vice {
            Vice::Echoes => {
                events(Event::Data(octets));
                self.out.extend_from_slice(octets);
            }
            Vice::RefusesEverything if first => {
                let status = (self.role == Role::Server).then_some(400);
                events(Event::Rejected(Rejected { phase: Some(Phase::StartLine), class: None, status, text: "no" }));
            }
            Vice::AcceptsEverything if first => self.accept(events),
            Vice::HangsUp if first => events(Event::Closed),
            _ => {}
        }
    }

    fn send(&mut self, _: &Action) -> Result<(), SendError> {
        match self.vice {
            Vice::RefusesEverything => Err(SendError::Refused("no".to_owned())),
            _ => Ok(()),
        }
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}

impl Mindless {
    /// The canned message.
    fn accept(&self, events: &mut dyn FnMut(Event<'_>)) {
        let (minor, none) = (Some(1), [("", ""); 0]);
        match self.role {
            Role::Client => {
                events(Event::Response { status: 200, reason: Some(b"OK"), minor, fields: &none });
            }
            _ => events(Event::Request { method: b"GET", target: b"/", minor, fields: &[("host", "a")] }),
        }
        events(Event::End { trailers: &none });
    }
}

/// The reference core with something wrong in it.
struct Spoilt {
    vice: Vice,
    core: Box<dyn Endpoint<Http1>>,
    role: Role,
    config: Config,
    /// The fields of the head last seen.
    head: Vec<(Vec<u8>, Vec<u8>)>,
    fed: usize,
}

impl Endpoint<Http1> for Spoilt {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        if let Input::Bytes(octets @ [_, ..]) = input {
            self.feed(octets.len());
        }
        let Spoilt { vice, core, head, .. } = self;
        core.receive(input, &mut |event| match (&*vice, event) {
            (Vice::LosesLastOctet, Event::Data(octets)) => {
                events(Event::Data(&octets[..octets.len().saturating_sub(1)]));
            }
            (Vice::ReportsTwice, event) => {
                events(event);
                events(event);
            }
            (Vice::MergesTrailers, Event::End { trailers }) => {
                trailers.visit(&mut |name, value| head.push((name.to_vec(), value.to_vec())));
                events(Event::End { trailers: &*head });
            }
            (Vice::MergesTrailers, event @ (Event::Request { fields, .. } | Event::Response { fields, .. })) => {
                head.clear();
                fields.visit(&mut |name, value| head.push((name.to_vec(), value.to_vec())));
                events(event);
            }
            (_, event) => events(event),
        });
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        self.core.send(action)
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.core.transmit(out);
    }
}

impl Spoilt {
    /// What goes wrong before the core sees octets.
    fn feed(&mut self, octets: usize) {
        let fed = self.fed;
        self.fed += octets;
        if self.vice == Vice::Panics && (fed + 1..=fed + octets).contains(&FATAL) {
            std::panic::resume_unwind(Box::new("the fatal octet")); // a panic without its noise
        }
        if self.vice == Vice::ForgetsAtCuts && fed > 0 {
            // It opened once with the same arguments.
            self.core = WireproofHttp1.open(self.role, &self.config).unwrap_or_else(|why| panic!("{why:?}"));
        }
    }
}
