//! A sans-I/O HTTP/1.1 core (RFC 9112, RFC 9110), both roles: octets in, events out; messages in, octets out. It opens
//! no socket, reads no clock, starts no thread and draws no randomness.
//!
//! **Offer every octet that you have and that was not consumed, again and again, until nothing comes.**
//!
//! 1. Make a [`Connection`] with [`Connection::server`] or [`Connection::client`].
//! 2. Append what the peer sent to your buffer, and call [`Connection::receive`] with the whole buffer.
//! 3. On [`Received::Event`], use the event, then drop its `consumed` octets from the front of the buffer, and go to 2
//!    without reading (there may be more in the buffer). Events borrow from the buffer.
//! 4. On [`Received::NeedMore`], read more from the peer. When the peer ends its stream, call
//!    [`Connection::receive_eof`] once and go on with step 2 until nothing comes.
//! 5. On [`Received::Paused`], finish the exchange: the next request waits for your response.
//! 6. Send with [`Connection::send_request`], [`Connection::send_response`], [`Connection::send_interim`],
//!    [`Connection::send_data`] and [`Connection::send_end`]; after any call, write out what
//!    [`Connection::transmit`] gives.
//! 7. On an [`Error`] from receiving, a server has the response it owes in [`Connection::transmit`]; write it and
//!    close. On [`Event::Closed`], write what is left and close. On [`Event::Upgraded`], octets are no longer HTTP:
//!    they come as [`Event::Data`], unchanged.
//!
//! It is strict by default. Each [`Leniency`] is named and off. [`Limits`] are arguments with defaults.
//!
//! ```
//! use wireproof_http1::{Config, Connection, Event, Received};
//!
//! let mut server = Connection::server(Config::default());
//! let buffer = b"GET /hello HTTP/1.1\r\nHost: example.com\r\n\r\n";
//! let Ok(Received::Event { consumed, event: Event::Request(request) }) = server.receive(buffer) else { panic!() };
//! assert_eq!((request.method, request.target), (&b"GET"[..], &b"/hello"[..]));
//! assert_eq!(consumed, buffer.len());
//! assert!(matches!(server.receive(&[]), Ok(Received::Event { event: Event::End(_), .. })));
//!
//! server.send_response(200, b"OK", &[(b"Content-Length", b"2")]).unwrap();
//! server.send_data(b"hi").unwrap();
//! server.send_end(&[]).unwrap();
//! let mut out = Vec::new();
//! server.transmit(&mut out);
//! assert_eq!(out, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
//! ```

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod chunked;
mod connection;
mod error;
mod event;
mod framing;
mod head;
mod limits;
mod names;
mod octets;
mod runs;
mod send;
mod target;

pub use connection::{Connection, Received};
pub use error::{Blame, Error, Reason};
pub use event::{Event, Fields, Request, Response};
pub use limits::{Config, Leniency, Limits};
