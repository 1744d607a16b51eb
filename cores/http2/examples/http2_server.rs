//! A server over `std::net` on loopback, with prior knowledge (RFC 9113, 3.3): answers each request with what it was.
//! `cargo run --example http2_server -- 8080`, then `curl -v --http2-prior-knowledge http://127.0.0.1:8080/`. It serves
//! connections one after another.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use wireproof_http2::{Config, Connection, Error, Event, Received, Settings};

fn main() -> io::Result<()> {
    let port = std::env::args().nth(1).and_then(|p| p.parse().ok()).unwrap_or(8080);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("listening on http://{}/", listener.local_addr()?);
    for stream in listener.incoming() {
        if let Err(e) = serve(stream?) {
            eprintln!("connection: {e}");
        }
    }
    Ok(())
}

/// What is to be done after an event was looked at.
enum Next {
    Nothing,
    Answer(u32),
    Credit { stream: u32, octets: u32 },
    Close,
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    let settings = Settings { max_concurrent_streams: Some(100), ..Settings::default() };
    let mut connection = Connection::server(Config { settings, ..Config::default() });
    let (mut buffer, mut echoes) = (Vec::new(), HashMap::new());
    loop {
        let over = step(&mut connection, &mut buffer, &mut echoes);
        let mut out = Vec::new();
        connection.transmit(&mut out);
        stream.write_all(&out)?;
        match over {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(e) => return Err(io::Error::other(e)),
        }
        let mut piece = [0; 16_384];
        match stream.read(&mut piece)? {
            0 => connection.receive_eof(),
            n => buffer.extend_from_slice(&piece[..n]),
        }
    }
}

/// Handles what has come; true when the connection is over.
fn step(connection: &mut Connection, buffer: &mut Vec<u8>, echoes: &mut HashMap<u32, Vec<u8>>) -> Result<bool, Error> {
    loop {
        let (consumed, next) = match connection.receive(buffer)? {
            Received::Event { consumed, event } => (consumed, note(&event, echoes)),
            Received::NeedMore { consumed } => {
                buffer.drain(..consumed);
                return Ok(false);
            }
        };
        buffer.drain(..consumed);
        match next {
            Next::Nothing => {}
            Next::Close => return Ok(true),
            Next::Credit { stream, octets } => {
                let _ = connection.give_credit(stream, octets); // refused where nothing more can come
                let _ = connection.give_credit(0, octets);
            }
            Next::Answer(stream) => {
                let echo = echoes.remove(&stream).unwrap_or_default();
                connection.send_response(stream, &[(b":status", b"200"), (b"content-type", b"text/plain")], false)?;
                // A response to HEAD has no content: it is refused, and the end is sent alone.
                if connection.send_data(stream, &echo, true).is_err() {
                    connection.send_data(stream, &[], true)?;
                }
            }
        }
    }
}

fn note(event: &Event<'_>, echoes: &mut HashMap<u32, Vec<u8>>) -> Next {
    match *event {
        Event::Request { stream, request } => {
            let line = [request.method, b" ", request.path.unwrap_or_default(), b"\n"].concat();
            println!("{stream}: {}", line.escape_ascii());
            echoes.insert(stream, line);
            Next::Nothing
        }
        Event::Data { stream, bytes, flow } => {
            echoes.entry(stream).or_default().extend_from_slice(bytes);
            Next::Credit { stream, octets: flow }
        }
        Event::End { stream, .. } => Next::Answer(stream),
        Event::Reset { stream, .. } | Event::Refused { stream, .. } => {
            echoes.remove(&stream);
            Next::Nothing
        }
        Event::Closed => Next::Close,
        _ => Next::Nothing,
    }
}
