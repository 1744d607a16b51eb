//! Clients and servers joined in memory: those that are well go well, and one that is not is seen.

use wireproof::converse::converse;
use wireproof::http2::Http2;
use wireproof::http2::changes::{self, Change};
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

/// What goes otherwise than it should between two subjects when something changes under way.
fn changed(client: &InProcess, server: &InProcess, change: Change) -> Vec<String> {
    let (mut a, mut b) = (client.open().unwrap(), server.open().unwrap());
    let parties = (changes::Client(change), changes::Server(change));
    let talk = converse(Http2::SPEC, (a.as_mut(), &parties.0), (b.as_mut(), &parties.1)).unwrap();
    assert_eq!(changes::incapable(change, &talk), None);
    changes::differences(change, &talk, a.profile(), b.profile())
}

#[test]
fn two_cores_get_over_changes_under_way() {
    let (core, other) = (InProcess::new(WireproofHttp2), InProcess::new(Nghttp2));
    for (client, server) in [(&core, &core), (&core, &other), (&other, &core)] {
        for change in Change::ALL {
            assert_eq!(changed(client, server, change), [""; 0], "{} × {}: {change:?}", client.name(), server.name());
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
    /// Loses the SETTINGS it is asked to send.
    NoSettings,
    /// Loses the GOAWAY it is asked to send.
    NoGoaway,
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

    fn send(&mut self, action: &wireproof::AnyAction) -> Result<(), SendError> {
        match self.vice {
            Vice::NoCredit if action.get("window").is_some() => Ok(()),
            Vice::NoSettings if action.get("settings").is_some() => Ok(()),
            Vice::NoGoaway if action.get("goaway").is_some() => Ok(()),
            Vice::NoTrailers if action.get("end").is_some() => {
                self.core.send(&serde_json::json!({"end": {"stream": action["end"]["stream"]}}).into())
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

#[test]
fn a_change_that_does_not_come_is_missed() {
    let core = InProcess::new(WireproofHttp2);
    let lines = changed(&bad(Vice::NoSettings), &core, Change::Settings);
    assert_eq!(lines, ["the client saw settings-acknowledged 1 times; expected 2"]);
    let lines = changed(&core, &bad(Vice::NoGoaway), Change::Goaway);
    assert_eq!(lines, ["the client saw goaway 0 times; expected 1"]);
    let lines = changed(&bad(Vice::LosesOctet), &core, Change::Goaway);
    assert!(lines[0].starts_with("stream 1, client: response 200, data 19998, end; expected"), "{lines:#?}");
}
