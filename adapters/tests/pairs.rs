//! Clients and servers joined in memory: those that are well go well, and one that is not is seen.

use serde_json::Value as Json;
use wireproof::converse::converse;
use wireproof::http2::Http2;
use wireproof::http2::workload::{Client, Scale, Server, differences};
use wireproof::{
    Config, Engine, EventRef, Implementation, InProcess, Input, Profile, Protocol, Role, SendError, Subject, Typed,
    Unsupported,
};
use wireproof_adapters::rust::{Nghttp2, WireproofHttp2};

/// What goes otherwise than it should between two subjects.
fn between(client: &InProcess, server: &InProcess, scale: Scale) -> Vec<String> {
    let (mut a, mut b) = (client.open().unwrap(), server.open().unwrap());
    let talk = converse(Http2::SPEC, (a.as_mut(), &Client(scale)), (b.as_mut(), &Server(scale))).unwrap();
    differences(scale, &talk, a.profile(), b.profile())
}

#[test]
fn two_cores_understand_each_other_both_ways() {
    let (core, other) = (InProcess::new(WireproofHttp2), InProcess::new(Nghttp2));
    for (client, server) in [(&core, &core), (&core, &other), (&other, &core)] {
        for scale in [Scale::BeyondWindows, Scale::WithinWindows] {
            assert_eq!(between(client, server, scale), [""; 0], "{} × {}", client.name(), server.name());
        }
    }
}

/// The core, with one vice.
struct Bad {
    core: Box<dyn Engine>,
    vice: Vice,
}

#[derive(Clone, Copy, PartialEq)]
enum Vice {
    /// Takes credit that it is told to give for itself.
    NoCredit,
    /// Loses the last octet of all content that it shows.
    LosesOctet,
    /// Drops the trailers it is asked to send, and ends the message without them.
    NoTrailers,
}

impl Engine for Bad {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(&EventRef<'_>)) {
        let vice = self.vice;
        self.core.receive(input, &mut |event| match (event.name, event.bytes("bytes")) {
            ("data", Some([octets @ .., _])) if vice == Vice::LosesOctet => {
                let members: Vec<_> = event.members.iter().filter(|(name, _)| *name != "bytes").copied().collect();
                let members = [members, vec![("bytes", wireproof::ValueRef::Bytes(octets))]].concat();
                events(&EventRef { name: "data", members: &members });
            }
            _ => events(event),
        });
    }

    fn send(&mut self, action: &Json) -> Result<(), SendError> {
        match self.vice {
            Vice::NoCredit if action.get("window").is_some() => Ok(()),
            Vice::NoTrailers if action.get("end").is_some() => {
                self.core.send(&serde_json::json!({"end": {"stream": action["end"]["stream"]}}))
            }
            _ => self.core.send(action),
        }
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.core.transmit(out);
    }
}

fn bad(vice: Vice) -> InProcess {
    let profile = Profile { name: "bad".to_owned(), ..WireproofHttp2.profile().clone() };
    let open = move |role: Role, config: &Config| -> Result<Box<dyn Engine>, Unsupported> {
        let core = Box::new(Typed(WireproofHttp2.open(role, config)?));
        Ok(Box::new(Bad { core, vice }))
    };
    InProcess::of_engines(profile, open)
}

#[test]
fn each_vice_shows_on_either_side() {
    let core = InProcess::new(WireproofHttp2);
    let check = |vice: Vice, as_client: bool, what: &str| {
        let subject = bad(vice);
        let (client, server) = if as_client { (&subject, &core) } else { (&core, &subject) };
        let lines = between(client, server, Scale::BeyondWindows);
        assert!(lines.iter().any(|line| line.contains(what)), "{what:?} is not in {lines:#?}");
    };
    check(Vice::NoCredit, true, "stream 3, client: response 200, data 65524; expected");
    check(Vice::NoCredit, false, "stream 3, server: request POST /large, data 65535; expected");
    check(Vice::LosesOctet, true, "stream 1, client: response 200, data 4, end; expected response 200, data 5, end");
    check(Vice::LosesOctet, false, "stream 3, server: request POST /large, data 99");
    check(Vice::NoTrailers, false, "stream 7, client: response 200, data 1, end; expected");
}
