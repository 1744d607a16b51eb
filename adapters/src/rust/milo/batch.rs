//! milo's parser and what it leaves in its event buffer. All `unsafe` of this adapter is here.

use milo_parser::{EVENT_ACTIVE_ALL, EVENT_END, EVENT_ERROR, EVENT_HEADERS};

/// Octets of the event buffer.
const ROOM: usize = 64 * 1024;

/// One entry of the event buffer: which, and the octets of the last call that it is about.
#[derive(Clone, Copy)]
pub(super) struct Noted {
    pub(super) kind: u8,
    pub(super) at: usize,
    pub(super) len: usize,
}

/// milo's parser, which notes every event and stops behind each head.
pub(super) struct Parser(milo_parser::Parser);

impl Parser {
    pub(super) fn new(is_request: bool, max_start_line: Option<usize>) -> Parser {
        let mut milo = milo_parser::Parser::new();
        milo.autodetect = false;
        milo.is_request = is_request;
        milo.suspend_after_headers = true;
        milo.active_events = EVENT_ACTIVE_ALL;
        milo.max_start_line_length = max_start_line.unwrap_or(milo.max_start_line_length);
        Parser(milo)
    }

    /// Feeds it what it has not consumed. Gives how much of it is consumed now, and what was noted.
    pub(super) fn parse(&mut self, octets: &[u8]) -> (usize, Vec<Noted>) {
        // Not an unsafe function, though it reads as many octets behind the pointer as it is told: all of a slice's.
        let consumed = self.0.parse(octets.as_ptr(), octets.len());
        (consumed, self.noted())
    }

    /// Tells it that the stream ended. The last call of [`Parser::parse`] must have noted nothing: where it has nothing
    /// to say, milo leaves the buffer as it was.
    pub(super) fn finish(&mut self) -> Vec<Noted> {
        self.0.finish();
        self.noted()
    }

    /// What the application alone knows of the message whose head was noted last.
    pub(super) fn tell(&mut self, skip_body: bool, is_connect: bool) {
        self.0.skip_body = skip_body;
        self.0.is_connect = is_connect;
    }

    /// Starts again, at the next message.
    pub(super) fn reset(&mut self) {
        self.0.reset(true);
    }

    pub(super) fn state(&self) -> u8 {
        self.0.state
    }

    pub(super) fn error(&self) -> String {
        format!("{}: {}", self.0.error_code_str(), self.0.error_description_str())
    }

    fn noted(&self) -> Vec<Noted> {
        // SAFETY: `events` points to a boxed array of 64 KiB, initialised and never moved, that the parser owns until
        // it is dropped; no reference to it is made but this one, and nothing writes to it while `self` is borrowed.
        let buffer = unsafe { &*self.0.events.cast::<[u8; ROOM]>() };
        read(buffer)
    }
}

/// Reads the entries: a number of its own size for errors and heads, and for all else where it begins and its length.
fn read(buffer: &[u8]) -> Vec<Noted> {
    let mut noted = Vec::new();
    let mut rest = buffer;
    while let [kind, entry @ ..] = rest
        && *kind != EVENT_END
    {
        let number = |at: usize| entry.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        let (size, len) = match *kind {
            EVENT_ERROR => (5, 0),
            EVENT_HEADERS => (18, 0),
            _ => (8, number(4)),
        };
        noted.push(Noted { kind: *kind, at: number(0) as usize, len: len as usize });
        rest = entry.get(size..).unwrap_or_default();
    }
    noted
}
