//! What h2 shows, owned until the harness asks for it, and its names in our vocabulary.

use ::h2::Error;
use ::h2::ext::Protocol;
use bytes::Bytes;
use http::{HeaderMap, Request};
use wireproof::FieldList;
use wireproof::http2::{Event, Head, Scope};

/// Something h2 showed.
pub(super) enum Shown {
    Request { stream: u32, head: Request<()> },
    Response { stream: u32, status: u16, fields: HeaderMap },
    Interim { stream: u32, status: u16, fields: HeaderMap },
    Pushed { stream: u32, promised: u32, head: Request<()> },
    Data { stream: u32, bytes: Bytes },
    End { stream: u32, trailers: HeaderMap },
    Reset { stream: u32, code: u32 },
    Closed,
    Rejected { stream: Option<u32>, error: Error },
}

impl Shown {
    /// What an error on a stream says of it: the peer reset it, or h2 did. Errors of the connection are told once, by
    /// the connection.
    pub(super) fn stream_error(stream: u32, error: Error) -> Option<Shown> {
        let code = error.reason().map(u32::from).filter(|_| error.is_reset() && error.is_remote());
        match code {
            Some(code) => Some(Shown::Reset { stream, code }),
            None => (error.is_reset() && error.is_library()).then_some(Shown::Rejected { stream: Some(stream), error }),
        }
    }

    /// Names it.
    pub(super) fn report(&self, events: &mut dyn FnMut(Event<'_>)) {
        match self {
            Shown::Request { stream, head } => {
                show_head(head, |head| events(Event::Request { stream: *stream, head }));
            }
            Shown::Pushed { stream, promised, head } => {
                show_head(head, |head| events(Event::Pushed { stream: *stream, promised: *promised, head }));
            }
            Shown::Response { stream, status, fields } => {
                events(Event::Response { stream: *stream, status: *status, fields: &Lines(fields) });
            }
            Shown::Interim { stream, status, fields } => {
                events(Event::Interim { stream: *stream, status: *status, fields: &Lines(fields) });
            }
            Shown::Data { stream, bytes } => events(Event::Data { stream: *stream, bytes }),
            Shown::End { stream, trailers } => events(Event::End { stream: *stream, trailers: &Lines(trailers) }),
            Shown::Reset { stream, code } => events(Event::Reset { stream: *stream, code: *code }),
            Shown::Closed => events(Event::Closed),
            Shown::Rejected { stream, error } => events(Event::Rejected {
                scope: if stream.is_some() { Scope::Stream } else { Scope::Connection },
                stream: *stream,
                code: error.reason().map(u32::from),
                text: &error.to_string(),
            }),
        }
    }
}

/// `http::Request` has no place for a scheme without an authority; h2 drops that.
fn show_head(head: &Request<()>, mut then: impl FnMut(Head<'_>)) {
    let uri = head.uri();
    then(Head {
        method: Some(head.method().as_str().as_bytes()),
        scheme: uri.scheme_str().map(str::as_bytes),
        authority: uri.authority().map(|a| a.as_str().as_bytes()),
        path: uri.path_and_query().map(|p| p.as_str().as_bytes()),
        protocol: head.extensions().get::<Protocol>().map(|p| p.as_str().as_bytes()),
        fields: &Lines(head.headers()),
    });
}

/// Fields in the map's own order; its names are lower case already.
struct Lines<'a>(&'a HeaderMap);

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.0.iter().for_each(|(name, value)| each(name.as_str().as_bytes(), value.as_bytes()));
    }
}
