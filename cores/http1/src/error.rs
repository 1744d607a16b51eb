//! What can be wrong: one reason a broken rule, whose fault it is, where, and what to answer.

use core::fmt;

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blame {
    /// The peer broke the protocol; the connection is over. HTTP/1.1 has no smaller scope.
    Remote,
    /// The application asked for what may not be sent; nothing was sent, and the connection goes on.
    Local,
}

/// An error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    /// The rule that was broken.
    pub reason: Reason,
    /// Whose fault it is.
    pub blame: Blame,
    /// For the peer's faults, the offset among all octets received of the octet that broke the rule.
    pub offset: u64,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $text:literal;)*) => {
        /// The rules that can be broken, one variant each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// The status code with which a server answers it (RFC 9110, 15.5 and 15.6).
            pub fn status(self) -> u16 {
                match self { $(Reason::$name => $status,)* }
            }

            fn text(self) -> &'static str {
                match self { $(Reason::$name => $text,)* }
            }
        }
    };
}

reasons! {
    /// RFC 9110, 9.1: the method is a token.
    Method = 400, "the method is no token";
    /// RFC 9112, 3: a method longer than any that is implemented.
    MethodTooLong = 501, "the method is longer than the limit";
    /// RFC 9112, 3.2: the request-target is one of four forms.
    Target = 400, "the request-target is malformed";
    /// RFC 9112, 3.2: each form goes with some methods only.
    TargetForm = 400, "the form of the request-target does not go with the method";
    /// RFC 9112, 3.
    TargetTooLong = 414, "the request-target is longer than the limit";
    /// RFC 9112, 2.3: HTTP-version is `HTTP/` DIGIT `.` DIGIT.
    Version = 400, "the HTTP-version is malformed";
    /// RFC 9110, 15.6.6: a major version that is not 1.
    VersionNotSupported = 505, "the major version is not 1";
    /// RFC 9112, 4: status-code is 3DIGIT.
    StatusCode = 502, "the status code is not three digits";
    /// RFC 9112, 4: the reason phrase is HTAB, SP, VCHAR and obs-text.
    ReasonPhrase = 502, "the reason phrase holds a control character";
    /// RFC 9112, 4: the status line is longer than the limit.
    StatusLineTooLong = 502, "the status line is longer than the limit";
    /// RFC 9112, 2.2: lines end with CRLF.
    LineEnd = 400, "a line does not end with CRLF";
    /// RFC 9112, 2.2: no white space between the start-line and the first field line.
    SpaceBeforeFields = 400, "white space before the first field line";
    /// RFC 9110, 5.1: a field name is a token, and nothing stands between it and its colon (RFC 9112, 5.1).
    FieldName = 400, "a field name is no token followed by a colon";
    /// RFC 9110, 5.5: a field value is HTAB, SP, VCHAR and obs-text.
    FieldValue = 400, "a field value holds a control character";
    /// RFC 9112, 5.2: obsolete line folding in a request.
    Fold = 400, "a folded field line";
    /// RFC 9110, 5.4: more field lines than the limit.
    TooManyFields = 431, "more field lines than the limit";
    /// RFC 9110, 5.4: a field section longer than the limit.
    HeadTooLong = 431, "the field section is longer than the limit";
    /// RFC 9112, 3.2: an HTTP/1.1 request has Host.
    HostMissing = 400, "no Host field";
    /// RFC 9112, 3.2: one Host field line at most.
    HostRepeated = 400, "more than one Host field line";
    /// RFC 9112, 3.2: Host is uri-host [ ":" port ].
    HostInvalid = 400, "the Host field is malformed";
    /// RFC 9110, 8.6: Content-Length is 1*DIGIT and fits.
    ContentLength = 400, "the Content-Length is no number that fits";
    /// RFC 9112, 6.3: Content-Length stands once.
    ContentLengthRepeated = 400, "more than one Content-Length";
    /// RFC 9112, 6.1: Content-Length beside Transfer-Encoding.
    LengthBesideCoding = 400, "Content-Length beside Transfer-Encoding";
    /// RFC 9112, 6.1: a list of transfer codings.
    TransferEncoding = 400, "the Transfer-Encoding is malformed";
    /// RFC 9112, 6.3: chunked once, and last.
    ChunkedNotLast = 400, "chunked is not the last transfer coding, or stands twice";
    /// RFC 9112, 6.1: a transfer coding that is not implemented.
    UnknownCoding = 501, "a transfer coding that is not implemented";
    /// RFC 9112, 6.1: Transfer-Encoding in an HTTP/1.0 message, or in one that has no content.
    CodingNotAllowed = 400, "a Transfer-Encoding where none may be";
    /// RFC 9112, 7.1: chunk-size is 1*HEXDIG and fits.
    ChunkSize = 400, "the chunk-size is no hexadecimal number that fits";
    /// RFC 9112, 7.1.1.
    ChunkExtension = 400, "a malformed chunk extension";
    /// RFC 9112, 7.1.1: a chunk line, or all extensions, longer than the limit.
    ChunkLineTooLong = 400, "a chunk line or all chunk extensions are longer than the limit";
    /// RFC 9112, 7.1: CRLF follows chunk data.
    ChunkEnd = 400, "chunk data is not followed by CRLF";
    /// RFC 9112, 8: the stream ended inside a message.
    Incomplete = 400, "the stream ended inside a message";
    /// RFC 9112, 9.2 and 6.3: a response, or what comes after one, that no request asked for.
    Unasked = 400, "octets that no request asked for";
    /// Ours: the action does not fit the state of the exchange.
    OutOfTurn = 500, "the message does not fit the state of the exchange";
    /// RFC 9112, 6.3: content where the message has none, or more or less than announced.
    WrongLength = 500, "content that does not fit the announced framing";
    /// RFC 9110, 6.5.1: trailers without chunked, or a field that may not be one.
    TrailerNotAllowed = 500, "a trailer field where none may be";
    /// RFC 9110, 7.8, 10.1.1, 10.1.4 and 15.2: a field or status that needs another, which is not there.
    NotAllowed = 500, "a field or status that may not be sent here";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.blame {
            Blame::Remote => write!(f, "{} (octet {})", self.reason.text(), self.offset),
            Blame::Local => f.write_str(self.reason.text()),
        }
    }
}

impl core::error::Error for Error {}
