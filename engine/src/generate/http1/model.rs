//! What is generated, before it is octets: messages with a place for everything that can be wrong.

use std::borrow::Cow;

/// Octets, most often from a table.
pub(super) type Octets = Cow<'static, [u8]>;

/// All that is fed to one endpoint.
#[derive(Debug, Default)]
pub(super) struct Connection {
    pub(super) shape: u8,
    pub(super) messages: Vec<Message>,
    /// What stands before the first message.
    pub(super) before: Octets,
    /// What follows the last message.
    pub(super) after: Octets,
    /// Where the end is cut off, in 256ths of all octets.
    pub(super) cut: Option<u8>,
}

/// A message. What is not there is empty.
#[derive(Debug)]
pub(super) struct Message {
    /// Method, target and version; or version, status and reason phrase.
    pub(super) start: [Octets; 3],
    /// What stands between them.
    pub(super) gaps: [Octets; 2],
    pub(super) start_end: Octets,
    pub(super) fields: Vec<Line>,
    /// The empty line behind the fields.
    pub(super) blank: Octets,
    /// Content that no chunks divide.
    pub(super) body: Octets,
    /// Chunks, the last one among them; without chunked coding none.
    pub(super) chunks: Vec<Chunk>,
    pub(super) trailers: Vec<Line>,
    /// The empty line behind the trailers.
    pub(super) end: Octets,
}

/// A field line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) name: Octets,
    /// The colon with the white space around it.
    pub(super) colon: Octets,
    /// The value with the white space behind it.
    pub(super) value: Octets,
    pub(super) end: Octets,
}

/// A chunk; the last one has no data.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) size: Octets,
    pub(super) extensions: Octets,
    pub(super) size_end: Octets,
    pub(super) data: Octets,
    pub(super) data_end: Octets,
}

pub(super) const CRLF: Octets = Cow::Borrowed(b"\r\n");
pub(super) const NOTHING: Octets = Cow::Borrowed(b"");

impl Line {
    pub(super) fn new(name: &'static [u8], value: impl Into<Octets>) -> Line {
        Line { name: name.into(), colon: (b": " as &[u8]).into(), value: value.into(), end: CRLF }
    }

    pub(super) fn is(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn parts(&self) -> [&Octets; 4] {
        [&self.name, &self.colon, &self.value, &self.end]
    }
}

impl Chunk {
    /// A chunk that says how long it is.
    pub(super) fn of(data: impl Into<Octets>) -> Chunk {
        let data = data.into();
        let size = format!("{:x}", data.len()).into_bytes().into();
        let data_end = if data.is_empty() { NOTHING } else { CRLF };
        Chunk { size, extensions: NOTHING, size_end: CRLF, data, data_end }
    }

    fn parts(&self) -> [&Octets; 5] {
        [&self.size, &self.extensions, &self.size_end, &self.data, &self.data_end]
    }
}

impl Message {
    fn write(&self, out: &mut Vec<u8>) {
        let [a, b, c] = &self.start;
        let [first, second] = &self.gaps;
        let start = [a, first, b, second, c, &self.start_end];
        let fields = self.fields.iter().flat_map(Line::parts);
        let chunks = self.chunks.iter().flat_map(Chunk::parts);
        let trailers = self.trailers.iter().flat_map(Line::parts);
        let rest = [&self.blank, &self.body];
        let parts = start.into_iter().chain(fields).chain(rest).chain(chunks).chain(trailers).chain([&self.end]);
        parts.for_each(|part| out.extend_from_slice(part));
    }
}

impl Connection {
    pub(super) fn is_client(&self) -> bool {
        self.shape & 1 != 0
    }

    /// The octets on the wire.
    pub(super) fn to_octets(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        out.extend_from_slice(&self.before);
        self.messages.iter().for_each(|message| message.write(&mut out));
        out.extend_from_slice(&self.after);
        if let Some(cut) = self.cut {
            out.truncate(out.len() * usize::from(cut) / 256);
        }
        out
    }
}
