//! What a connection reports. Events borrow from the buffer that was offered, and from the connection.

use crate::error::{Code, Error};
use crate::section::Span;
use crate::settings::SettingsList;

/// Something that the peer did. `stream` is the stream's number.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A request's field section is complete (servers).
    Request {
        /// The stream.
        stream: u32,
        /// What it says.
        request: Request<'a>,
    },
    /// A final response's field section is complete (clients).
    Response {
        /// The stream.
        stream: u32,
        /// The status code.
        status: u16,
        /// The fields.
        fields: Fields<'a>,
    },
    /// An interim response's field section is complete (clients).
    Interim {
        /// The stream.
        stream: u32,
        /// The status code.
        status: u16,
        /// The fields.
        fields: Fields<'a>,
    },
    /// Content. Its octets, and its padding, are taken off the windows until [`crate::Connection::give_credit`].
    Data {
        /// The stream.
        stream: u32,
        /// The octets, without padding.
        bytes: &'a [u8],
        /// Octets that were taken off the windows.
        flow: u32,
    },
    /// The peer's half of the stream is complete, with these trailer fields. Comes for every message.
    End {
        /// The stream.
        stream: u32,
        /// The trailer fields.
        trailers: Fields<'a>,
    },
    /// The peer promises a request and its response (clients).
    Pushed {
        /// The stream of the request that it belongs to.
        stream: u32,
        /// The stream on which the response will come.
        promised: u32,
        /// What the request says.
        request: Request<'a>,
    },
    /// The peer ended a stream; nothing more comes on it.
    Reset {
        /// The stream.
        stream: u32,
        /// Why.
        code: Code,
    },
    /// The peer broke the protocol on one stream; RST_STREAM is written, and nothing more comes on it.
    Refused {
        /// The stream.
        stream: u32,
        /// Why.
        error: Error,
    },
    /// The peer's settings, which now hold; the acknowledgement is written.
    Settings(SettingsList<'a>),
    /// Our oldest unacknowledged settings now hold.
    SettingsAcknowledged,
    /// A PING; the acknowledgement is written.
    Ping([u8; 8]),
    /// The acknowledgement of a PING of ours.
    Pong([u8; 8]),
    /// Credit of the peer, for a stream or, with 0, the connection.
    Window {
        /// The stream, or 0.
        stream: u32,
        /// So many octets more.
        increment: u32,
    },
    /// The peer takes no more streams; those of ours above `last` were not processed, and are over.
    Goaway {
        /// The last stream of ours that it may have processed.
        last: u32,
        /// Why.
        code: Code,
        /// Its own words.
        debug: &'a [u8],
    },
    /// The stream of octets ended.
    Closed,
}

/// A request's control data and fields (8.3.1). What is absent is none.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `:method`, a token.
    pub method: &'a [u8],
    /// `:scheme`; none in CONNECT.
    pub scheme: Option<&'a [u8]>,
    /// `:authority`.
    pub authority: Option<&'a [u8]>,
    /// `:path`; none in CONNECT.
    pub path: Option<&'a [u8]>,
    /// `:protocol` (RFC 8441).
    pub protocol: Option<&'a [u8]>,
    /// The fields.
    pub fields: Fields<'a>,
}

/// Fields, in order, names in lower case, values as received.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    pub(crate) spans: &'a [Span],
    pub(crate) octets: &'a [u8],
}

impl<'a> Fields<'a> {
    /// No fields.
    pub(crate) const NONE: Fields<'static> = Fields { spans: &[], octets: &[] };

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let octets = self.octets;
        self.spans.iter().map(move |&[name, value, end]| {
            let (name, value, end) = (name as usize, value as usize, end as usize);
            (&octets[name..value], &octets[value..end]) // spans are made of these octets
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}
