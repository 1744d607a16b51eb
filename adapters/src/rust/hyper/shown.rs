//! What hyper shows, owned until the harness asks for it, and its names in our vocabulary.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;

use ::hyper::ext::ReasonPhrase;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, Version, request, response};
use wireproof::FieldList;
use wireproof::http1::{Class, Event, Rejected};

/// Something hyper showed.
pub(super) enum Shown {
    /// A request's head.
    Request { method: Method, uri: Uri, version: Version, fields: HeaderMap },
    /// A final response's head, or that of a 101.
    Response { status: StatusCode, reason: Option<Bytes>, version: Version, fields: HeaderMap },
    /// An interim response's head.
    Interim { status: StatusCode, version: Version, fields: HeaderMap },
    /// Content, or octets of another protocol.
    Data(Bytes),
    /// The end of a message, with its trailers.
    End(HeaderMap),
    /// hyper handed the connection over.
    Upgraded,
    /// The connection's future is done.
    Closed,
    /// Some future gave an error that is not the script's fault.
    Rejected { error: ::hyper::Error, status: Option<u16> },
}

impl Shown {
    /// A request's head as hyper gives it.
    pub(super) fn request(head: request::Parts) -> Shown {
        Shown::Request { method: head.method, uri: head.uri, version: head.version, fields: head.headers }
    }

    /// A response's head as hyper gives it. hyper keeps a reason phrase only if it is not the usual one.
    pub(super) fn response(head: response::Parts) -> Shown {
        let usual = || head.status.canonical_reason().map(|r| Bytes::from_static(r.as_bytes()));
        let reason = head.extensions.get::<ReasonPhrase>().map(|r| Bytes::from(r.clone()));
        let reason = reason.or_else(usual);
        Shown::Response { status: head.status, reason, version: head.version, fields: head.headers }
    }

    /// Nothing comes after it.
    pub(super) fn is_last(&self) -> bool {
        matches!(self, Shown::Closed | Shown::Rejected { .. })
    }

    /// Names it.
    pub(super) fn report(&self, events: &mut dyn FnMut(Event<'_>)) {
        match self {
            Shown::Request { method, uri, version, fields } => events(Event::Request {
                method: method.as_str().as_bytes(),
                target: uri.to_string().as_bytes(),
                minor: minor(*version),
                fields: &Lines(fields),
            }),
            Shown::Response { status, reason, version, fields } => events(Event::Response {
                status: status.as_u16(),
                reason: reason.as_deref(),
                minor: minor(*version),
                fields: &Lines(fields),
            }),
            Shown::Interim { status, version, fields } => events(Event::Interim {
                status: status.as_u16(),
                reason: None,
                minor: minor(*version),
                fields: &Lines(fields),
            }),
            Shown::Data(octets) => events(Event::Data(octets)),
            Shown::End(trailers) => events(Event::End { trailers: &Lines(trailers) }),
            Shown::Upgraded => events(Event::Upgraded),
            Shown::Closed => events(Event::Closed),
            Shown::Rejected { error, status } => {
                let text = &text(error);
                events(Event::Rejected(Rejected { phase: None, class: class(error), status: *status, text }));
            }
        }
    }
}

fn minor(version: Version) -> Option<u8> {
    match version {
        Version::HTTP_10 => Some(0),
        Version::HTTP_11 => Some(1),
        _ => None,
    }
}

/// The rule broken, as far as hyper's accessors tell. A content error tells by its source whether the stream ended.
fn class(error: &::hyper::Error) -> Option<Class> {
    let source = error.source().and_then(|s| s.downcast_ref::<io::Error>());
    let truncated = source.is_some_and(|s| s.kind() == io::ErrorKind::UnexpectedEof);
    let known = [
        (error.is_parse_too_large(), Class::Limit),
        (error.is_parse_version_h2(), Class::Version),
        (error.is_parse_status(), Class::Status),
        (error.is_incomplete_message() || truncated, Class::Incomplete),
    ];
    known.into_iter().find_map(|(is, class)| is.then_some(class))
}

/// The error's words, with those of its sources.
pub(super) fn text(error: &::hyper::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}

/// hyper's fields in the map's own order; its names are lower case already.
struct Lines<'a>(&'a HeaderMap);

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.0.iter().for_each(|(name, value)| each(name.as_str().as_bytes(), value.as_bytes()));
    }
}
