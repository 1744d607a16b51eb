//! Whole connections: two of them joined, cut anywhere, and what no input may do.

use proptest::prelude::*;
use wireproof_http2::{Code, Config, Connection, Error, Event, Limits, PREFACE, Reason, Received, Scope, Settings};

const GET: [(&[u8], &[u8]); 4] = [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"a"), (b":path", b"/")];
const POST: [(&[u8], &[u8]); 4] =
    [(b":method", b"POST"), (b":scheme", b"http"), (b":authority", b"a"), (b":path", b"/")];

/// Feeds `octets` in pieces that end at `splits`, and gives every event in words, and how it ended.
fn feed(connection: &mut Connection, octets: &[u8], splits: &[usize]) -> (Vec<String>, Result<(), Error>) {
    let (mut seen, mut used) = (Vec::new(), 0);
    for end in splits.iter().copied().chain([octets.len()]) {
        loop {
            match connection.receive(&octets[used..end.max(used)]) {
                Ok(Received::Event { consumed, event }) => {
                    used += consumed;
                    seen.push(words(&event));
                }
                Ok(Received::NeedMore { consumed }) => {
                    used += consumed;
                    break;
                }
                Err(error) => return (seen, Err(error)),
            }
        }
    }
    (seen, Ok(()))
}

/// An event with the content of its fields.
fn words(event: &Event<'_>) -> String {
    let list = |fields: &wireproof_http2::Fields<'_>| {
        fields.iter().map(|(n, v)| format!(" {}={}", n.escape_ascii(), v.escape_ascii())).collect::<String>()
    };
    match event {
        Event::Request { stream, request } => {
            format!("{stream} {}{}", request.method.escape_ascii(), list(&request.fields))
        }
        Event::Response { stream, status, fields } => format!("{stream} {status}{}", list(fields)),
        Event::Interim { stream, status, .. } => format!("{stream} interim {status}"),
        Event::Data { stream, bytes, flow } => format!("{stream} data {} {flow}", bytes.len()),
        Event::End { stream, trailers } => format!("{stream} end{}", list(trailers)),
        Event::Settings(settings) => format!("settings {:?}", settings.iter().collect::<Vec<_>>()),
        Event::Goaway { last, code, debug } => format!("goaway {last} {} {}", code.0, debug.escape_ascii()),
        other => format!("{other:?}"),
    }
}

fn out(connection: &mut Connection) -> Vec<u8> {
    let mut out = Vec::new();
    connection.transmit(&mut out);
    out
}

/// What a client writes that asks for three things in different ways.
fn asked() -> Vec<u8> {
    let mut client = Connection::client(Config::default());
    client.send_request(&GET, true).unwrap();
    client.send_request(&POST, false).unwrap();
    client.send_data(3, b"hello", false).unwrap();
    client.send_trailers(3, &[(b"x-sum", b"1")]).unwrap();
    client.ping(*b"12345678").unwrap();
    client.send_request(&POST, false).unwrap();
    client.send_data(5, &[b'x'; 20_000], true).unwrap();
    client.goaway(Code::NO_ERROR).unwrap();
    out(&mut client)
}

#[test]
fn a_conversation_goes_both_ways() {
    let (mut client, mut server) = (Connection::client(Config::default()), Connection::server(Config::default()));
    assert_eq!(client.send_request(&GET, true), Ok(1));
    let (seen, ended) = feed(&mut server, &out(&mut client), &[]);
    assert_eq!((seen, ended), (vec!["settings []".into(), "1 GET".into(), "1 end".into()], Ok(())));

    server.send_interim(1, &[(b":status", b"103")]).unwrap();
    server.send_response(1, &[(b":status", b"200"), (b"a", b"b")], false).unwrap();
    server.send_data(1, b"hi", false).unwrap();
    server.send_trailers(1, &[(b"t", b"u")]).unwrap();
    let (seen, ended) = feed(&mut client, &out(&mut server), &[]);
    let expected = ["settings []", "SettingsAcknowledged", "1 interim 103", "1 200 a=b", "1 data 2 2", "1 end t=u"];
    assert_eq!((seen, ended), (expected.map(String::from).to_vec(), Ok(())));
}

#[test]
fn content_waits_for_credit() {
    let (mut client, mut server) = (Connection::client(Config::default()), Connection::server(Config::default()));
    client.send_request(&POST, false).unwrap();
    client.send_data(1, &[b'x'; 70_000], true).unwrap();
    let wire = out(&mut client);
    let data = |seen: Vec<String>| seen.iter().filter(|line| line.contains("data")).cloned().collect::<Vec<_>>();
    let full = "1 data 16384 16384".to_owned();
    let first = data(feed(&mut server, &wire, &[]).0);
    assert_eq!(first, [full.clone(), full.clone(), full, "1 data 16383 16383".to_owned()]);
    server.give_credit(1, 10_000).unwrap();
    server.give_credit(0, 10_000).unwrap();
    feed(&mut client, &out(&mut server), &[]).1.unwrap();
    let (seen, _) = feed(&mut server, &out(&mut client), &[]);
    assert_eq!(seen[seen.len() - 2..], ["1 data 4465 4465", "1 end"]);
}

#[test]
fn what_may_not_be_sent_leaves_no_trace() {
    let mut client = Connection::client(Config::default());
    out(&mut client);
    let refused = |sent: Result<u32, Error>| assert_eq!(sent.unwrap_err().scope(), Scope::Local);
    refused(client.send_request(&[(b":method", b"GET")], true));
    refused(client.send_request(&[GET.as_slice(), &[(b"Upper", b"x")]].concat(), true));
    refused(client.send_request(&[GET.as_slice(), &[(b"connection", b"close")]].concat(), true));
    refused(client.send_request(&[GET.as_slice(), &[(b"a", b"b\nc")]].concat(), true));
    assert!(client.send_data(1, b"x", true).is_err());
    assert!(client.reset(1, Code::CANCEL).is_err());
    assert!(client.give_credit(0, 0).is_err());
    assert!(client.settings(&[(5, 1)]).is_err());
    assert_eq!(out(&mut client), b"");
    assert_eq!(client.send_request(&GET, true), Ok(1), "the number was not used up");
}

#[test]
fn floods_are_told_to_be_calm() {
    let start = [PREFACE.as_slice(), b"\0\0\0\x04\0\0\0\0\0"].concat();
    let reset = |n: u32| {
        let id = (2 * n + 1).to_be_bytes();
        let head = [b"\0\0\x04\x01\x05".as_slice(), &id, b"\x82\x86\x84\x41\x01a"].concat();
        let head = [&[0, 0, 6][..], &head[3..]].concat();
        [head, [b"\0\0\x04\x03\0".as_slice(), &id, b"\0\0\0\x08"].concat()].concat()
    };
    let floods: [(Vec<u8>, Reason); 5] = [
        (b"\0\0\x08\x06\0\0\0\0\x0012345678".repeat(20_000), Reason::Flood),
        (b"\0\0\0\x04\0\0\0\0\0".repeat(20_000), Reason::Flood),
        (b"\0\0\0\xff\0\0\0\0\0".repeat(20_000), Reason::Flood),
        ((0..2000).flat_map(reset).collect(), Reason::Flood),
        ([b"\0\0\0\x01\0\0\0\0\x01".to_vec(), b"\0\0\0\x09\0\0\0\0\x01".repeat(1000)].concat(), Reason::BlockTooLong),
    ];
    for (flood, reason) in floods {
        let mut server = Connection::server(Config::default());
        let (_, ended) = feed(&mut server, &[&start[..], &flood].concat(), &[]);
        let error = ended.unwrap_err();
        assert_eq!((error.reason, error.code()), (reason, Code::ENHANCE_YOUR_CALM));
    }
}

#[test]
fn a_length_is_judged_before_its_payload_comes() {
    let mut server = Connection::server(Config::default());
    let announced = [PREFACE.as_slice(), b"\0\0\0\x04\0\0\0\0\0", b"\xff\xff\xff\0\0\0\0\0\x01"].concat();
    let error = feed(&mut server, &announced, &[]).1.unwrap_err();
    assert_eq!((error.reason, error.offset), (Reason::FrameTooLong, 33));
    assert_eq!(server.receive(b"").unwrap_err(), error, "it stays so");
    assert!(out(&mut server).ends_with(b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x06"));
}

proptest! {
    #[test]
    fn any_cut_means_the_same(mut splits in proptest::collection::vec(0_usize..21_000, 0..40)) {
        let wire = asked();
        splits.retain(|at| *at < wire.len());
        splits.sort_unstable();
        let whole = feed(&mut Connection::server(Config::default()), &wire, &[]);
        prop_assert!(whole.1.is_ok());
        let cut = feed(&mut Connection::server(Config::default()), &wire, &splits);
        prop_assert_eq!(cut, whole);
    }

    /// One octet of a good conversation changed, or it cut short: no panic, and never more than one error.
    #[test]
    fn a_changed_octet_is_survived(at in 0_usize..500, to: u8, cut in 0_usize..2000, client: bool) {
        let mut wire = asked();
        let changed = at % wire.len();
        wire[changed] = to;
        wire.truncate(wire.len().saturating_sub(cut));
        let limits = Limits { idle_frames: 10, ..Limits::default() };
        let config = Config { settings: Settings::default(), limits };
        let mut connection = if client { Connection::client(config) } else { Connection::server(config) };
        let start = if client { PREFACE.len().min(wire.len()) } else { 0 };
        let (_, ended) = feed(&mut connection, &wire[start..], &[]);
        if let Err(error) = ended {
            prop_assert_eq!(connection.receive(b"").unwrap_err(), error);
        }
        let _ = connection.send_request(&GET, true);
        out(&mut connection);
    }

    /// Frames with any header and payload.
    #[test]
    fn any_frames_are_survived(frames: Vec<(u8, u8, u8, Vec<u8>)>) {
        let mut wire = [PREFACE.as_slice(), b"\0\0\0\x04\0\0\0\0\0"].concat();
        for (kind, flags, stream, payload) in frames {
            wire.extend([0, 0, payload.len() as u8, kind % 11, flags, 0, 0, 0, stream % 8]);
            wire.extend(payload.iter().take(255));
        }
        let _ = feed(&mut Connection::server(Config::default()), &wire, &[]);
        let _ = feed(&mut Connection::client(Config::default()), &wire[PREFACE.len()..], &[]);
    }
}

/// The smaller window decides, and nothing goes out past content that waits.
#[test]
fn room_is_what_goes_out_at_once() {
    let (mut client, mut server) = (Connection::client(Config::default()), Connection::server(Config::default()));
    client.send_request(&GET, true).unwrap();
    feed(&mut server, &out(&mut client), &[]).1.unwrap();
    assert_eq!(server.room(1), 0, "the response comes first");
    server.send_response(1, &[(b":status", b"200")], false).unwrap();
    assert_eq!((server.room(1), server.room(3)), (65_535, 0));
    out(&mut server);

    server.send_data(1, &[0; 65_530], false).unwrap();
    assert_eq!((server.room(1), out(&mut server).len()), (5, 65_530 + 4 * 9));
    server.send_data(1, &[0; 10], true).unwrap();
    assert_eq!((server.room(1), out(&mut server).len()), (0, 9 + 5));
    client.give_credit(1, 100).unwrap();
    feed(&mut server, &out(&mut client), &[]).1.unwrap();
    assert_eq!((server.room(1), out(&mut server).len()), (0, 0), "the connection has no credit");
    client.give_credit(0, 3).unwrap();
    client.give_credit(0, 100).unwrap();
    feed(&mut server, &out(&mut client), &[]).1.unwrap();
    assert_eq!((server.room(1), out(&mut server).len()), (0, 9 + 3 + 9 + 2), "it has ended");
}

/// With no more octets than `lacks` says, frames become whole one after another, and the events are the same.
#[test]
fn lacks_leads_from_frame_to_frame() {
    let wire = asked();
    let whole = feed(&mut Connection::server(Config::default()), &wire, &[]).0;
    let mut server = Connection::server(Config::default());
    let (mut seen, mut kept, mut rest) = (Vec::new(), Vec::new(), &wire[..]);
    while !rest.is_empty() {
        let (more, others) = rest.split_at(server.lacks(&kept));
        kept.extend_from_slice(more);
        rest = others;
        let mut used = 0;
        loop {
            match server.receive(&kept[used..]).unwrap() {
                Received::Event { consumed, event } => {
                    used += consumed;
                    seen.push(words(&event));
                }
                Received::NeedMore { consumed } => break used += consumed,
            }
        }
        kept.drain(..used);
    }
    assert_eq!((seen, kept), (whole, Vec::new()));
}
