//! Subjects that do not parse at all.

use wireproof::http2::{Action, Event, Head, Http2, Scope};
use wireproof::{Endpoint, Input, Role, SendError};

use super::Vice;

pub(super) struct Mindless {
    vice: Vice,
    role: Role,
    begun: bool,
}

impl Mindless {
    pub(super) fn new(vice: Vice, role: Role) -> Mindless {
        Mindless { vice, role, begun: false }
    }
}

impl Endpoint<Http2> for Mindless {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        if !matches!(input, Input::Bytes([_, ..])) || std::mem::replace(&mut self.begun, true) {
            return;
        }
        match self.vice {
            Vice::RefusesEverything => {
                events(Event::Rejected { scope: Scope::Connection, stream: None, code: Some(1), text: "no" });
            }
            Vice::AcceptsEverything => accept(self.role, events),
            _ => {}
        }
    }

    fn send(&mut self, _: &Action) -> Result<(), SendError> {
        match self.vice {
            Vice::RefusesEverything => Err(SendError::Refused("no".to_owned())),
            _ => Ok(()),
        }
    }

    fn transmit(&mut self, _: &mut Vec<u8>) {}
}

/// The canned message.
fn accept(role: Role, events: &mut dyn FnMut(Event<'_>)) {
    let (stream, none) = (1, &[("", ""); 0]);
    let head = Head {
        method: Some(b"GET"),
        scheme: Some(b"http"),
        authority: Some(b"a"),
        path: Some(b"/"),
        protocol: None,
        fields: none,
    };
    match role {
        Role::Client => events(Event::Response { stream, status: 200, fields: none }),
        _ => events(Event::Request { stream, head }),
    }
    events(Event::End { stream, trailers: none });
}
