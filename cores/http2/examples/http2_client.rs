//! A client over `std::net` on loopback, with prior knowledge (RFC 9113, 3.3): sends three requests at once and prints
//! the responses. `cargo run --example http2_client -- 8080`, with `http2_server` running there.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use wireproof_http2::{Code, Config, Connection, Event, Received};

const REQUESTS: u32 = 3;

fn main() -> io::Result<()> {
    let port = std::env::args().nth(1).and_then(|p| p.parse().ok()).unwrap_or(8080);
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut connection = Connection::client(Config::default());
    for n in 0..REQUESTS {
        let path = format!("/{n}");
        let fields: [(&[u8], &[u8]); 4] =
            [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"localhost"), (b":path", path.as_bytes())];
        connection.send_request(&fields, true).map_err(io::Error::other)?;
    }
    let (mut buffer, mut open) = (Vec::new(), REQUESTS);
    while open > 0 {
        let mut out = Vec::new();
        connection.transmit(&mut out);
        stream.write_all(&out)?;
        let mut piece = [0; 16_384];
        match stream.read(&mut piece)? {
            0 => connection.receive_eof(),
            n => buffer.extend_from_slice(&piece[..n]),
        }
        while let Received::Event { consumed, event } = connection.receive(&buffer).map_err(io::Error::other)? {
            let credit = show(&event, &mut open);
            buffer.drain(..consumed);
            if let Some(octets) = credit {
                let _ = connection.give_credit(0, octets);
            }
        }
    }
    let _ = connection.goaway(Code::NO_ERROR);
    let mut out = Vec::new();
    connection.transmit(&mut out);
    stream.write_all(&out)
}

/// Prints an event; gives the octets that are to be credited.
fn show(event: &Event<'_>, open: &mut u32) -> Option<u32> {
    match *event {
        Event::Response { stream, status, .. } => println!("{stream}: {status}"),
        Event::Data { stream, bytes, flow } => {
            println!("{stream}: {}", bytes.escape_ascii());
            return (flow > 0).then_some(flow);
        }
        Event::End { .. } | Event::Reset { .. } | Event::Refused { .. } => *open -= 1,
        Event::Closed => *open = 0,
        _ => {}
    }
    None
}
