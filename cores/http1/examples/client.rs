//! A client over `std::net`: asks a server on loopback for a path and prints the response.
//! `cargo run --example client -- 8080 /path`.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use wireproof_http1::{Config, Connection, Event, Received};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().and_then(|p| p.parse().ok()).unwrap_or(8080);
    let path = arguments.next().unwrap_or_else(|| "/".to_owned());
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut connection = Connection::client(Config::default());
    let host = format!("127.0.0.1:{port}");
    let fields: [(&[u8], &[u8]); 2] = [(b"Host", host.as_bytes()), (b"Connection", b"close")];
    let asked = connection.send_request(b"GET", path.as_bytes(), &fields).and_then(|()| connection.send_end(&[]));
    asked.map_err(io::Error::other)?;
    let mut out = Vec::new();
    connection.transmit(&mut out);
    stream.write_all(&out)?;
    let mut buffer = Vec::new();
    while !connection.is_over() {
        let (consumed, more) = match connection.receive(&buffer).map_err(io::Error::other)? {
            Received::Event { consumed, event } => {
                show(&event)?;
                (consumed, false)
            }
            Received::NeedMore { consumed } => (consumed, true),
            Received::Paused => break,
        };
        buffer.drain(..consumed);
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

fn show(event: &Event<'_>) -> io::Result<()> {
    match event {
        Event::Response(response) => {
            println!("{} {}", response.status, response.reason.escape_ascii());
            response.fields.iter().for_each(|(n, v)| println!("{}: {}", n.escape_ascii(), v.escape_ascii()));
            println!();
        }
        Event::Data(data) => io::stdout().write_all(data)?,
        Event::Request(_) | Event::Interim(_) | Event::End(_) | Event::Upgraded | Event::Closed => {}
    }
    Ok(())
}
