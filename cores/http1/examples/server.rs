//! A server over `std::net` on loopback: answers each request with what it was. `cargo run --example server -- 8080`,
//! then `curl -v http://127.0.0.1:8080/`. It serves connections one after another.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use wireproof_http1::{Config, Connection, Event, Received};

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

fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut connection = Connection::server(Config::default());
    let (mut buffer, mut echo) = (Vec::new(), Vec::new());
    while !connection.is_over() {
        let more = step(&mut connection, &mut buffer, &mut echo);
        let mut out = Vec::new();
        connection.transmit(&mut out);
        stream.write_all(&out)?;
        if more {
            let mut piece = [0; 4096];
            match stream.read(&mut piece)? {
                0 => connection.receive_eof(),
                n => buffer.extend_from_slice(&piece[..n]),
            }
        }
    }
    Ok(())
}

/// Handles one event; true if octets from the peer are needed.
fn step(connection: &mut Connection, buffer: &mut Vec<u8>, echo: &mut Vec<u8>) -> bool {
    let (consumed, more, complete) = match connection.receive(buffer) {
        Ok(Received::Event { consumed, event }) => {
            note(&event, echo);
            (consumed, false, matches!(event, Event::End(_)))
        }
        Ok(Received::NeedMore { consumed }) => (consumed, true, false),
        Ok(Received::Paused) => (0, true, false),
        Err(e) => {
            eprintln!("refused: {e}");
            return false;
        }
    };
    buffer.drain(..consumed);
    if complete {
        let length = echo.len().to_string();
        let fields: [(&[u8], &[u8]); 2] = [(b"Content-Type", b"text/plain"), (b"Content-Length", length.as_bytes())];
        let sent = connection.send_response(200, b"OK", &fields).and_then(|()| connection.send_data(echo));
        // A HEAD request takes no content: the data is refused, and the message still ends.
        let _ = sent;
        let _ = connection.send_end(&[]);
        echo.clear();
    }
    more
}

fn note(event: &Event<'_>, echo: &mut Vec<u8>) {
    match event {
        Event::Request(request) => {
            println!("{} {}", request.method.escape_ascii(), request.target.escape_ascii());
            echo.extend_from_slice(request.method);
            echo.push(b' ');
            echo.extend_from_slice(request.target);
            echo.push(b'\n');
        }
        Event::Data(data) => echo.extend_from_slice(data),
        Event::Response(_) | Event::Interim(_) | Event::End(_) | Event::Upgraded | Event::Closed => {}
    }
}
