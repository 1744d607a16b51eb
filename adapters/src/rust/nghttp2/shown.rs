//! What nghttp2's callbacks noted, in our vocabulary.

use wireproof::http2::{Event, Head, Scope, setting_name};
use wireproof::{FieldBuffer, FieldList};

use super::native::{Block, Note};

/// Names all that was noted while `octets` were received; gives whether the connection was refused. `fatal` is what
/// nghttp2 answered instead of going on.
pub(super) fn report(
    notes: &[Note],
    octets: &[u8],
    server: bool,
    fatal: Option<&str>,
    events: &mut dyn FnMut(Event<'_>),
) -> bool {
    let mut left = Left::of(notes);
    let mut text = String::new();
    for note in notes {
        match note {
            Note::Invalid { stream, text: words } => {
                left.invalid -= 1;
                text = if text.is_empty() { words.clone() } else { format!("{words}: {text}") };
                if left.is_stream_error(*stream) {
                    let code = left.reset(*stream);
                    events(Event::Rejected { scope: Scope::Stream, stream: Some(*stream), code, text: &text });
                    text.clear();
                }
            }
            Note::Said(words) => text.clone_from(words),
            other => show(other, octets, server, events),
        }
    }
    let code = left.goaway;
    if fatal.is_none() && code.is_none() {
        return false;
    }
    let text = fatal.unwrap_or(&text);
    events(Event::Rejected { scope: Scope::Connection, stream: None, code, text });
    true
}

/// What is known of the refusals in a batch of notes before they are reported.
struct Left {
    /// The resets that were written.
    resets: Vec<(u32, u32)>,
    /// The error with which GOAWAY was written.
    goaway: Option<u32>,
    /// How many refused frames are to come.
    invalid: usize,
}

impl Left {
    fn of(notes: &[Note]) -> Left {
        let mut left = Left { resets: Vec::new(), goaway: None, invalid: 0 };
        for note in notes {
            match note {
                Note::SentReset { stream, code } => left.resets.push((*stream, *code)),
                Note::SentGoaway { code } if *code != 0 => left.goaway = Some(*code),
                Note::Invalid { .. } => left.invalid += 1,
                _ => {}
            }
        }
        left
    }

    /// A refused frame concerns its stream if that was reset, and also if nghttp2 went on after it.
    fn is_stream_error(&self, stream: u32) -> bool {
        stream != 0 && (self.goaway.is_none() || self.invalid > 0 || self.reset(stream).is_some())
    }

    fn reset(&self, stream: u32) -> Option<u32> {
        self.resets.iter().find(|(of, _)| *of == stream).map(|(_, code)| *code)
    }
}

fn show(note: &Note, octets: &[u8], server: bool, events: &mut dyn FnMut(Event<'_>)) {
    match note {
        Note::Block(block) => show_block(block, server, events),
        Note::Data { stream, at } => {
            let bytes = octets.get(at.clone()).expect("nghttp2 shows content where it received it");
            events(Event::Data { stream: *stream, bytes });
        }
        Note::End { stream } => events(Event::End { stream: *stream, trailers: &FieldBuffer::default() }),
        Note::Reset { stream, code } => events(Event::Reset { stream: *stream, code: *code }),
        Note::Goaway { last, code, debug } => {
            events(Event::Goaway { last: Some(*last), code: *code, debug: Some(debug) });
        }
        Note::Settings(values) => {
            let named = |(id, value): &(u16, u32)| (setting_name(*id), value.to_string());
            events(Event::Settings(Some(&values.iter().map(named).collect::<Vec<_>>())));
        }
        Note::SettingsAcknowledged => events(Event::SettingsAcknowledged),
        Note::Ping(data) => events(Event::Ping(data)),
        Note::Pong(data) => events(Event::Pong(data)),
        Note::Window { stream, increment } => events(Event::Window { stream: *stream, increment: *increment }),
        Note::Invalid { .. } | Note::Said(_) => {} // the caller's
        Note::SentReset { .. } | Note::SentGoaway { .. } | Note::NotSent(_) => {}
    }
}

/// The fields of a block that are no pseudo-header fields.
struct Regular<'a>(&'a FieldBuffer);

impl FieldList for Regular<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        self.0.iter().filter(|(name, _)| !name.starts_with(b":")).for_each(|(name, value)| each(name, value));
    }
}

/// A field block is a promise, a request, a response by its `:status`, or trailers.
fn show_block(block: &Block, server: bool, events: &mut dyn FnMut(Event<'_>)) {
    let pseudo = |name: &str| block.fields.iter().find(|(n, _)| *n == name.as_bytes()).map(|(_, v)| v);
    let (stream, fields) = (block.stream, &Regular(&block.fields));
    let head = || Head {
        method: pseudo(":method"),
        scheme: pseudo(":scheme"),
        authority: pseudo(":authority"),
        path: pseudo(":path"),
        protocol: pseudo(":protocol"),
        fields,
    };
    let status = pseudo(":status").and_then(|s| str::from_utf8(s).ok()?.parse().ok());
    match (block.promised, status) {
        (Some(promised), _) => events(Event::Pushed { stream, promised, head: head() }),
        (None, Some(status @ 100..=199)) => events(Event::Interim { stream, status, fields }),
        (None, Some(status)) => events(Event::Response { stream, status, fields }),
        (None, None) if server && pseudo(":method").is_some() => events(Event::Request { stream, head: head() }),
        (None, None) => {
            if block.end {
                events(Event::End { stream, trailers: fields });
            }
            return;
        }
    }
    if block.end {
        events(Event::End { stream, trailers: &FieldBuffer::default() });
    }
}
