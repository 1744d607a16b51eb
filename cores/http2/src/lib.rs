//! A sans-I/O HTTP/2 core (RFC 9113, RFC 8441), both roles: octets in, events out; messages in, octets out. It opens no
//! socket, reads no clock, starts no thread and draws no randomness.
//!
//! **Offer every octet that you have and that was not consumed, again and again, until nothing comes.**
//!
//! 1. Make a [`Connection`] with [`Connection::server`] or [`Connection::client`]; write out what
//!    [`Connection::transmit`] gives.
//! 2. Append what the peer sent to your buffer, and call [`Connection::receive`] with the whole buffer.
//! 3. On [`Received::Event`], use the event, then drop its `consumed` octets from the front of the buffer, and go to 2
//!    without reading. Events borrow from the buffer and the connection.
//! 4. On [`Received::NeedMore`], drop its `consumed` octets, write out what [`Connection::transmit`] gives, and read
//!    more; [`Connection::lacks`] says how much more is of use. When the peer ends its stream, call
//!    [`Connection::receive_eof`] once and go on with 2 until it needs more.
//! 5. Send with [`Connection::send_request`], [`Connection::send_response`], [`Connection::send_data`] and its like;
//!    after any call, write out what [`Connection::transmit`] gives. Content waits inside for the peer's windows;
//!    [`Connection::room`] says how much would not.
//! 6. Give credit for the content that you have used, with [`Connection::give_credit`], for the stream and for the
//!    connection (stream 0). Nothing gives it for you.
//! 7. On an [`Error`] from receiving, write out what [`Connection::transmit`] gives, which ends with GOAWAY, and close.
//!
//! [`hpack`] is the field compression (RFC 7541), which stands alone. [`Settings`] are what a peer is told, [`Limits`]
//! what bounds the work that it can make.
//!
//! ```
//! use wireproof_http2::{Config, Connection, Event, Received};
//!
//! let (mut client, mut server) = (Connection::client(Config::default()), Connection::server(Config::default()));
//! let request: [(&[u8], &[u8]); 4] =
//!     [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", b"a"), (b":path", b"/")];
//! assert_eq!(client.send_request(&request, true).unwrap(), 1);
//! let mut wire = Vec::new();
//! client.transmit(&mut wire);
//!
//! let mut seen = Vec::new();
//! while let Received::Event { consumed, event } = server.receive(&wire).unwrap() {
//!     match event {
//!         Event::Request { stream, request } => seen.push((stream, request.path.unwrap().to_vec())),
//!         Event::End { stream, .. } => assert_eq!(stream, 1),
//!         Event::Settings(_) => {}
//!         other => panic!("{other:?}"),
//!     }
//!     wire.drain(..consumed);
//! }
//! assert_eq!(seen, [(1, b"/".to_vec())]);
//! server.send_response(1, &[(b":status", b"204")], true).unwrap();
//! ```

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod connection;
mod error;
mod event;
mod frame;
mod headers;
pub mod hpack;
mod limits;
mod message;
mod section;
mod send;
mod settings;
mod stream;

pub use connection::{Connection, PREFACE, Received};
pub use error::{Code, Error, Reason, Scope};
pub use event::{Event, Fields, Request};
pub use limits::{Config, Limits};
pub use send::FieldLines;
pub use settings::{Settings, SettingsList};
