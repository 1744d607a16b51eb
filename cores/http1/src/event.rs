//! What a connection reports. Events borrow from the buffer that was offered.

use crate::head::FieldSpan;
use crate::names::Known;

/// Something that the peer did.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A request's head (servers).
    Request(Request<'a>),
    /// A final response's head, or 101 (clients).
    Response(Response<'a>),
    /// An interim response's head, other than 101 (clients).
    Interim(Response<'a>),
    /// Content, with chunked removed; after [`Event::Upgraded`], octets as they came.
    Data(&'a [u8]),
    /// The message is complete, with these trailer fields. Also for messages without content.
    End(Fields<'a>),
    /// What follows is no longer HTTP: after 101, and after a 2xx response to CONNECT.
    Upgraded,
    /// The connection is over without an error, by the end of the stream or because a message asked for it. Octets
    /// that were not consumed are not HTTP messages of this connection; they stay with the caller.
    Closed,
}

/// A request's head.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, case-sensitive.
    pub method: &'a [u8],
    /// The request-target as received.
    pub target: &'a [u8],
    /// The minor version, as received; 1 and above are HTTP/1.1.
    pub minor: u8,
    /// The header fields.
    pub fields: Fields<'a>,
    /// Whether the client waits for `100 Continue` (RFC 9110, 10.1.1).
    pub expects_continue: bool,
    /// Whether content follows.
    pub has_content: bool,
}

/// A response's head.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The status code, three digits.
    pub status: u16,
    /// The reason phrase as received.
    pub reason: &'a [u8],
    /// The minor version, as received.
    pub minor: u8,
    /// The header fields.
    pub fields: Fields<'a>,
}

/// Field lines, in order. Names are as received (compare them without case), values without the white space around
/// them.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    pub(crate) spans: &'a [FieldSpan],
    pub(crate) seen: u8,
    pub(crate) input: &'a [u8],
    pub(crate) unfolded: &'a [u8],
}

impl<'a> Fields<'a> {
    /// No fields.
    pub const NONE: Fields<'static> = Fields { spans: &[], seen: 0, input: &[], unfolded: &[] };

    /// How many field lines there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Name and value of each line.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let Fields { spans, input, unfolded, seen: _ } = *self;
        spans.iter().map(move |span| span.resolve(input, unfolded))
    }

    /// The values of the lines with this name (given in lower case), in order.
    #[inline(always)] // names are known when it is compiled: which lines can fit is then, too
    pub fn values(&self, name: &'static [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let Fields { spans, seen, input, unfolded } = *self;
        let known = Known::of(name);
        let spans = if known.is_in(seen) { spans } else { &[] };
        let lines = spans.iter().filter(move |span| span.known == known).map(move |span| span.resolve(input, unfolded));
        lines.filter(move |(n, _)| known != Known::Other || n.eq_ignore_ascii_case(name)).map(|(_, v)| v)
    }
}
