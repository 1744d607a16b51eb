//! What can be wrong: one reason a broken rule, how far it goes, whose fault it is, and the code on the wire.

use core::fmt;

use crate::hpack;

/// An error code (RFC 9113, 7). Codes that are not known are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code(pub u32);

impl Code {
    /// Not an error.
    pub const NO_ERROR: Code = Code(0x0);
    /// An unspecific error of the protocol.
    pub const PROTOCOL_ERROR: Code = Code(0x1);
    /// An internal error.
    pub const INTERNAL_ERROR: Code = Code(0x2);
    /// Flow control was not kept.
    pub const FLOW_CONTROL_ERROR: Code = Code(0x3);
    /// SETTINGS were not acknowledged in time.
    pub const SETTINGS_TIMEOUT: Code = Code(0x4);
    /// A frame came after the stream was half-closed.
    pub const STREAM_CLOSED: Code = Code(0x5);
    /// A frame has a size it may not have.
    pub const FRAME_SIZE_ERROR: Code = Code(0x6);
    /// The stream was refused before anything was done.
    pub const REFUSED_STREAM: Code = Code(0x7);
    /// The stream is no longer needed.
    pub const CANCEL: Code = Code(0x8);
    /// The field compression context cannot be kept.
    pub const COMPRESSION_ERROR: Code = Code(0x9);
    /// The connection of a CONNECT request was reset.
    pub const CONNECT_ERROR: Code = Code(0xa);
    /// The peer makes too much work.
    pub const ENHANCE_YOUR_CALM: Code = Code(0xb);
    /// The transport does not meet the requirements.
    pub const INADEQUATE_SECURITY: Code = Code(0xc);
    /// HTTP/1.1 is required.
    pub const HTTP_1_1_REQUIRED: Code = Code(0xd);
}

/// How far an error goes, and whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The peer broke the protocol; the connection is over (5.4.1).
    Connection,
    /// The peer broke the protocol on one stream; the stream is over (5.4.2).
    Stream,
    /// The application asked for what may not be sent; nothing was sent.
    Local,
}

/// An error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    /// The rule that was broken.
    pub reason: Reason,
    /// The stream it concerns; 0 for none.
    pub stream: u32,
    /// For the peer's faults, the offset among all octets received of the frame that broke the rule.
    pub offset: u64,
}

impl Error {
    /// How far it goes.
    pub fn scope(&self) -> Scope {
        self.reason.scope()
    }

    /// The error code that is written for it.
    pub fn code(&self) -> Code {
        self.reason.code()
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $scope:ident, $code:ident, $text:literal;)*) => {
        /// The rules that can be broken, one variant each. Sections are those of RFC 9113.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $name,)*
            /// 4.3: the field block cannot be decoded.
            Compression(hpack::Reason),
        }

        impl Reason {
            /// How far it goes.
            pub fn scope(self) -> Scope {
                match self { $(Reason::$name => Scope::$scope,)* Reason::Compression(_) => Scope::Connection }
            }

            /// The error code that is written for it.
            pub fn code(self) -> Code {
                match self { $(Reason::$name => Code::$code,)* Reason::Compression(_) => Code::COMPRESSION_ERROR }
            }

            fn text(self) -> &'static str {
                match self { $(Reason::$name => $text,)* Reason::Compression(_) => "the field block cannot be decoded" }
            }
        }
    };
}

reasons! {
    /// 3.4: the client connection preface.
    Preface = Connection, PROTOCOL_ERROR, "the connection does not begin with the client connection preface";
    /// 3.4: SETTINGS is the first frame.
    FirstFrame = Connection, PROTOCOL_ERROR, "the first frame is not SETTINGS";
    /// 4.2: longer than our SETTINGS_MAX_FRAME_SIZE.
    FrameTooLong = Connection, FRAME_SIZE_ERROR, "a frame longer than SETTINGS_MAX_FRAME_SIZE";
    /// 4.2: of another size than its type has.
    FrameSize = Connection, FRAME_SIZE_ERROR, "a frame of a size that its type cannot have";
    /// 6.3: PRIORITY of another size than 5 octets.
    PrioritySize = Stream, FRAME_SIZE_ERROR, "a PRIORITY frame that is not of 5 octets";
    /// 6.1, 6.2, 6.6: as much padding as payload, or more.
    Padding = Connection, PROTOCOL_ERROR, "more padding than the frame has room for";
    /// 6: a frame on stream 0 that belongs to a stream.
    StreamZero = Connection, PROTOCOL_ERROR, "a frame on stream 0 that belongs to a stream";
    /// 6: a frame on a stream that belongs to the connection.
    NotStreamZero = Connection, PROTOCOL_ERROR, "a frame on a stream that belongs to the connection";
    /// 4.3, 6.10: something else inside a field block.
    BlockInterrupted = Connection, PROTOCOL_ERROR, "another frame inside a field block";
    /// 6.10: CONTINUATION of nothing.
    LoneContinuation = Connection, PROTOCOL_ERROR, "a CONTINUATION frame outside a field block";
    /// 5.1: a frame that an idle stream cannot have.
    Idle = Connection, PROTOCOL_ERROR, "a frame on an idle stream";
    /// 5.1: a frame that a reserved stream cannot have.
    Reserved = Connection, PROTOCOL_ERROR, "a frame that may not come on a reserved stream";
    /// 5.1: a frame after END_STREAM.
    HalfClosed = Stream, STREAM_CLOSED, "a frame after END_STREAM";
    /// 5.1: a frame on a closed stream.
    Closed = Connection, STREAM_CLOSED, "a frame on a closed stream";
    /// 5.1.1: a stream of the wrong parity, or lower than one before.
    StreamIdentifier = Connection, PROTOCOL_ERROR, "a new stream whose number is not one that may come next";
    /// 5.1.2: more streams than our SETTINGS_MAX_CONCURRENT_STREAMS.
    TooManyStreams = Stream, REFUSED_STREAM, "more streams than SETTINGS_MAX_CONCURRENT_STREAMS";
    /// 6.5.2: ENABLE_PUSH is 0 or 1, and never 1 from a server.
    EnablePush = Connection, PROTOCOL_ERROR, "a value that SETTINGS_ENABLE_PUSH cannot have";
    /// 6.5.2: at most 2^31 - 1.
    InitialWindow = Connection, FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE above 2^31 - 1";
    /// 6.5.2: from 2^14 to 2^24 - 1.
    MaxFrameSize = Connection, PROTOCOL_ERROR, "a value that SETTINGS_MAX_FRAME_SIZE cannot have";
    /// RFC 8441, 3: 0 or 1, and never 0 after 1.
    EnableConnect = Connection, PROTOCOL_ERROR, "a value that SETTINGS_ENABLE_CONNECT_PROTOCOL cannot have";
    /// 6.6, 8.4: PUSH_PROMISE from a client, or without our leave, or on a stream that cannot have it.
    PushNotAllowed = Connection, PROTOCOL_ERROR, "a PUSH_PROMISE that may not be";
    /// 8.4: more promises than we remember.
    TooManyPromises = Stream, REFUSED_STREAM, "more promised streams than the limit";
    /// 6.9: an increment of 0 on the connection.
    ZeroIncrement = Connection, PROTOCOL_ERROR, "WINDOW_UPDATE of 0 on the connection";
    /// 6.9: an increment of 0 on a stream.
    ZeroStreamIncrement = Stream, PROTOCOL_ERROR, "WINDOW_UPDATE of 0 on a stream";
    /// 6.9.1: the connection's window above 2^31 - 1.
    WindowOverflow = Connection, FLOW_CONTROL_ERROR, "a window of the connection above 2^31 - 1";
    /// 6.9.1: a stream's window above 2^31 - 1.
    StreamWindowOverflow = Stream, FLOW_CONTROL_ERROR, "a window of a stream above 2^31 - 1";
    /// 6.9.1: more DATA than the connection's window holds.
    FlowControl = Connection, FLOW_CONTROL_ERROR, "more DATA than the connection's window has room for";
    /// 6.9.1: more DATA than the stream's window holds.
    StreamFlowControl = Stream, FLOW_CONTROL_ERROR, "more DATA than the stream's window has room for";
    /// 8.2.1: a field name that is no lower-case token.
    FieldName = Stream, PROTOCOL_ERROR, "a field name that is no token in lower case";
    /// 8.2.1: a field value with octets it may not have, or white space around it.
    FieldValue = Stream, PROTOCOL_ERROR, "a field value with a control character or white space around it";
    /// 8.2.2: a field that belongs to an HTTP/1.1 connection.
    ConnectionField = Stream, PROTOCOL_ERROR, "a connection-specific field";
    /// 8.3: a pseudo-header field that is unknown, repeated, misplaced, or of another kind of message.
    Pseudo = Stream, PROTOCOL_ERROR, "a pseudo-header field that is unknown, repeated or misplaced";
    /// 8.3.1, 8.3.2, 8.5: a pseudo-header field that is missing, or one too many.
    PseudoMissing = Stream, PROTOCOL_ERROR, "the pseudo-header fields do not make a message";
    /// 8.3.1: a method, scheme, authority or path that is malformed.
    ControlData = Stream, PROTOCOL_ERROR, "malformed control data";
    /// 8.3.1: Host against `:authority`.
    Host = Stream, PROTOCOL_ERROR, "Host says something else than :authority";
    /// 8.3.2, 8.6: a status that is no three digits, or 101.
    Status = Stream, PROTOCOL_ERROR, "a status that is malformed or may not be";
    /// 8.1.1: Content-Length is a number, once.
    ContentLength = Stream, PROTOCOL_ERROR, "a Content-Length that is no number";
    /// 8.1.1: DATA against Content-Length.
    WrongLength = Stream, PROTOCOL_ERROR, "DATA that does not fit Content-Length";
    /// 8.1: frames in an order that makes no message.
    MessageOrder = Stream, PROTOCOL_ERROR, "frames in an order that makes no message";
    /// 8.5: HEADERS in a tunnel.
    Tunnel = Stream, PROTOCOL_ERROR, "HEADERS in a tunnel";
    /// 8.4: a promised request that is not safe, or has content.
    PromisedRequest = Stream, PROTOCOL_ERROR, "a promised request that may not be";
    /// 10.5.1: a field section longer than our limit.
    SectionTooLong = Stream, ENHANCE_YOUR_CALM, "a field section longer than SETTINGS_MAX_HEADER_LIST_SIZE";
    /// 10.5.1: a field block longer than our limit, or in too many frames.
    BlockTooLong = Connection, ENHANCE_YOUR_CALM, "a field block longer than the limit";
    /// 10.5: too many frames that lead nowhere.
    Flood = Connection, ENHANCE_YOUR_CALM, "too many frames without progress";
    /// Ours: the action does not fit the state of the stream or the connection.
    OutOfTurn = Local, INTERNAL_ERROR, "the frame does not fit the state of the stream";
    /// Ours: a value that may not be sent.
    NotAllowed = Local, INTERNAL_ERROR, "a value that may not be sent";
    /// Ours: a message that may not be sent, for it is malformed.
    Malformed = Local, INTERNAL_ERROR, "the message is malformed";
    /// Ours: the peer's SETTINGS_MAX_CONCURRENT_STREAMS, or numbers, are used up.
    NoStream = Local, INTERNAL_ERROR, "no stream is free";
    /// 10.5.1: longer than the peer's SETTINGS_MAX_HEADER_LIST_SIZE.
    PeerSectionLimit = Local, INTERNAL_ERROR, "the field section is longer than the peer takes";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.text())?;
        if self.stream != 0 {
            write!(f, ", stream {}", self.stream)?;
        }
        if self.scope() == Scope::Local { Ok(()) } else { write!(f, " (octet {})", self.offset) }
    }
}

impl core::error::Error for Error {}
