//! Reads the frames that subjects write, strictly to RFC 9113: what it calls `garbled`, a strict peer refuses.
//!
//! It is independent of `cores/http2` on purpose: a judge must not share the defendant's code.

use std::ops::Range;

use super::codes::{FRAMES, code_name, flags, setting_name};
use super::{PREFACE, boundaries};
use crate::hpack::{FieldLines, Item, Reader as Blocks};
use crate::protocol::Role;
use crate::script::{Script, Step};
use crate::transcript::Transcript;
use crate::value::{Record, Value};

/// One frame as it stands on the wire.
pub(crate) struct Frame<'a> {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: &'a [u8],
}

impl Frame<'_> {
    /// The type's name, or its number in hex.
    pub(crate) fn name(&self) -> String {
        FRAMES.get(usize::from(self.kind)).map_or_else(|| format!("0x{:x}", self.kind), |name| (*name).to_owned())
    }
}

/// The first frame, if it is complete, and what follows it.
pub(crate) fn split(octets: &[u8]) -> Option<(Frame<'_>, &[u8])> {
    let (head, rest) = octets.split_at_checked(9)?;
    let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
    let stream = number(&head[5..9])? & 0x7fff_ffff;
    let (payload, rest) = rest.split_at_checked(length)?;
    Some((Frame { kind: head[3], flags: head[4], stream, payload }, rest))
}

/// Four octets, most significant first.
fn number(octets: &[u8]) -> Option<u32> {
    octets.first_chunk().map(|four| u32::from_be_bytes(*four))
}

/// Everything written in some steps of a transcript, a record a frame, in the step in which it was complete; a field
/// block is one record whatever frames carry it, after a `TABLE_SIZE` for each size update in it.
pub(super) fn read(role: Role, transcript: &Transcript, steps: Range<usize>) -> Vec<Record> {
    let octets = transcript.output();
    let ends = ends(transcript);
    let mut reader = Reader { blocks: Blocks::new(usize::MAX), open: None, records: Vec::new() };
    let mut chosen = Vec::new();
    let mut rest = &octets[..];
    if role == Role::Client && !rest.is_empty() {
        match rest.strip_prefix(PREFACE) {
            Some(frames) => rest = frames,
            None => return vec![garbled("no client connection preface")],
        }
        reader.records.push(Record::new("PREFACE"));
    }
    while !rest.is_empty() {
        let (read, next) = match split(rest) {
            Some((frame, next)) => (strict(rest).and_then(|()| reader.frame(&frame)), next),
            None => (Err("a frame that ends in the middle"), &[][..]),
        };
        if let Err(why) = read {
            reader.records.push(garbled(why));
            rest = &[];
        } else {
            rest = next;
        }
        let step = step_of(octets.len() - rest.len(), &ends);
        let records = reader.records.drain(..);
        chosen.extend(records.filter(|record| steps.contains(&step) || record.event == "garbled"));
    }
    chosen.extend(reader.records.into_iter().filter(|_| steps.contains(&0)));
    chosen
}

/// After how many octets of all output each step ends.
fn ends(transcript: &Transcript) -> Vec<usize> {
    let mut ends = Vec::new();
    for step in &transcript.steps {
        ends.push(ends.last().unwrap_or(&0) + step.output.len());
    }
    ends
}

/// The step in which so many octets had been written.
fn step_of(written: usize, ends: &[usize]) -> usize {
    ends.iter().position(|end| *end >= written).unwrap_or(0)
}

/// What a sender leaves unset is unset: the reserved bit, and flags that the type does not define (4.1).
fn strict(octets: &[u8]) -> Result<(), &'static str> {
    let (kind, set) = (octets[3], octets[4]); // the header is there
    if octets[5] & 0x80 != 0 {
        return Err("the reserved bit is set");
    }
    let defined = flags(kind).iter().fold(0, |all, (_, bit)| all | bit);
    if usize::from(kind) < FRAMES.len() && set & !defined != 0 {
        Err("a flag that the type does not define")
    } else {
        Ok(())
    }
}

fn garbled(why: &str) -> Record {
    Record::new("garbled").with("text", Value::Bytes(why.as_bytes().to_vec()))
}

/// A field section whose CONTINUATION frames are still to come.
struct Open {
    record: Record,
    stream: u32,
    block: Vec<u8>,
    length: usize,
    end: bool,
}

struct Reader {
    blocks: Blocks,
    open: Option<Open>,
    records: Vec<Record>,
}

impl Reader {
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), &'static str> {
        if self.open.is_some() && frame.kind != 9 {
            return Err("another frame inside a field block");
        }
        let named = |name: &'static str| Record::new(name);
        let stream = |record: Record| record.with("stream", Value::Number(frame.stream.into()));
        let record = match frame.kind {
            0 => {
                let data = self::unpadded(frame)?;
                let data = stream(named("DATA")).with("bytes", Value::Bytes(data.to_vec()));
                length(data, frame.payload.len()).with("end", Value::Flag(frame.flags & 1 != 0))
            }
            1 => return self.headers(stream(named("HEADERS")), frame, if frame.flags & 0x20 == 0 { 0 } else { 5 }),
            5 => return self.headers(stream(named("PUSH_PROMISE")), frame, 4),
            9 => return self.continuation(frame),
            2 => sized(frame, 5).map(|_| stream(named("PRIORITY")))?,
            3 => stream(named("RST_STREAM")).with("code", code(sized(frame, 4)?)),
            4 if frame.flags & 1 != 0 => sized(frame, 0).map(|_| named("SETTINGS_ACK"))?,
            4 => named("SETTINGS").with("values", Value::Fields(settings(frame)?)),
            6 => {
                let name = if frame.flags & 1 == 0 { "PING" } else { "PING_ACK" };
                named(name).with("data", Value::Bytes(sized(frame, 8)?.to_vec()))
            }
            7 => goaway(frame)?,
            8 => {
                let increment = number(sized(frame, 4)?).unwrap_or(0) & 0x7fff_ffff;
                stream(named("WINDOW_UPDATE")).with("increment", Value::Number(increment.into()))
            }
            other => stream(named("UNKNOWN")).with("type", Value::Number(other.into())),
        };
        self.records.push(record);
        Ok(())
    }

    fn headers(&mut self, record: Record, frame: &Frame<'_>, skip: usize) -> Result<(), &'static str> {
        let payload = unpadded(frame)?;
        let (fixed, block) = payload.split_at_checked(skip).ok_or("a frame shorter than its fixed part")?;
        let record = match frame.kind {
            5 => record.with("promised", Value::Number((number(fixed).unwrap_or(0) & 0x7fff_ffff).into())),
            _ => record,
        };
        let (block, end) = (block.to_vec(), frame.flags & 1 != 0 && frame.kind == 1);
        self.open = Some(Open { record, stream: frame.stream, block, length: frame.payload.len(), end });
        self.close(frame.flags)
    }

    fn continuation(&mut self, frame: &Frame<'_>) -> Result<(), &'static str> {
        let open = self.open.as_mut().filter(|o| o.stream == frame.stream).ok_or("a CONTINUATION of nothing")?;
        open.block.extend_from_slice(frame.payload);
        open.length = open.length.max(frame.payload.len());
        self.close(frame.flags)
    }

    /// Reads the block if END_HEADERS is set.
    fn close(&mut self, flags: u8) -> Result<(), &'static str> {
        if flags & 0x4 == 0 {
            return Ok(());
        }
        let Some(open) = self.open.take() else { return Ok(()) };
        let mut fields = FieldLines::new();
        for item in self.blocks.block(&open.block)? {
            match item {
                Item::Field { name, value, .. } => fields.push((name, value)),
                Item::SizeUpdate(size) => {
                    self.records.push(Record::new("TABLE_SIZE").with("size", Value::Number(size as u64)));
                }
            }
        }
        let record = open.record.with("fields", Value::Fields(fields));
        let record = length(record, open.length);
        self.records.push(if record.event == "HEADERS" { record.with("end", Value::Flag(open.end)) } else { record });
        Ok(())
    }
}

fn length(record: Record, length: usize) -> Record {
    record.with("length", Value::Number(length as u64))
}

fn unpadded<'a>(frame: &Frame<'a>) -> Result<&'a [u8], &'static str> {
    if frame.flags & 0x8 == 0 {
        return Ok(frame.payload);
    }
    let (&pad, rest) = frame.payload.split_first().ok_or("padding in an empty frame")?;
    let end = rest.len().checked_sub(usize::from(pad)).ok_or("more padding than payload")?;
    // 6.1: padding is zero when sending.
    if rest[end..].iter().any(|b| *b != 0) { Err("padding that is not zero") } else { Ok(&rest[..end]) }
}

fn sized<'a>(frame: &Frame<'a>, size: usize) -> Result<&'a [u8], &'static str> {
    if frame.payload.len() == size { Ok(frame.payload) } else { Err("a frame of another size than its type has") }
}

fn code(payload: &[u8]) -> Value {
    Value::Bytes(code_name(number(payload).unwrap_or(0)).into_bytes())
}

fn settings(frame: &Frame<'_>) -> Result<FieldLines, &'static str> {
    let (settings, rest) = frame.payload.as_chunks::<6>();
    let pair = |s: &[u8; 6]| {
        let value = u32::from_be_bytes([s[2], s[3], s[4], s[5]]);
        (setting_name(u16::from_be_bytes([s[0], s[1]])).into_bytes(), value.to_string().into_bytes())
    };
    if rest.is_empty() { Ok(settings.iter().map(pair).collect()) } else { Err("SETTINGS of a broken length") }
}

fn goaway(frame: &Frame<'_>) -> Result<Record, &'static str> {
    let (head, debug) = frame.payload.split_at_checked(8).ok_or("a GOAWAY of less than 8 octets")?;
    let last = number(head).unwrap_or(0) & 0x7fff_ffff;
    let record = Record::new("GOAWAY").with("last", Value::Number(last.into())).with("code", code(&head[4..]));
    Ok(record.with("debug", Value::Bytes(debug.to_vec())))
}

/// Refusals that a subject wrote without being asked to: GOAWAY with an error code and RST_STREAM, each with the step
/// in which it was written. What a peer sees is what counts, whether or not the implementation also reports it.
pub(super) fn refusals(script: &Script, transcript: &Transcript) -> Vec<(usize, Record)> {
    let octets = transcript.output();
    let preface = if script.role == Role::Client { PREFACE.len() } else { 0 };
    let ends = ends(transcript);
    let mut refusals = Vec::new();
    for start in boundaries(octets.get(preface..).unwrap_or_default()) {
        let Some((frame, rest)) = split(&octets[preface + start..]) else { break };
        let step = step_of(octets.len() - rest.len(), &ends);
        let asked = matches!(script.steps.get(step), Some(Step::Send(action)) if action.get("reset").is_some() || action.get("goaway").is_some());
        if let Some(record) = refusal(&frame).filter(|_| !asked) {
            refusals.push((step, record));
        }
    }
    refusals
}

fn refusal(frame: &Frame<'_>) -> Option<Record> {
    let word = |word: &str| Value::Bytes(word.as_bytes().to_vec());
    let rejected = Record::new("rejected");
    match frame.kind {
        3 => {
            let record = rejected.with("scope", word("stream")).with("stream", Value::Number(frame.stream.into()));
            Some(record.with("code", code(frame.payload)))
        }
        7 => {
            let code = code(frame.payload.get(4..)?);
            (code != word("NO_ERROR")).then(|| rejected.with("scope", word("connection")).with("code", code))
        }
        _ => None,
    }
}

/// A frame in words; a field block as far as it can be read without what went before it.
pub(super) fn show(unit: &[u8]) -> String {
    if unit == PREFACE {
        return "the client connection preface".to_owned();
    }
    let Some((frame, [])) = split(unit) else {
        return format!("an incomplete frame: {}", crate::bytes::to_hex(unit));
    };
    let known = flags(frame.kind);
    let mut named: Vec<String> =
        known.iter().filter(|(_, bit)| frame.flags & bit != 0).map(|(name, _)| (*name).to_owned()).collect();
    let rest = known.iter().fold(frame.flags, |rest, (_, bit)| rest & !bit);
    named.extend((rest != 0).then(|| format!("0x{rest:02x}")));
    let named = if named.is_empty() { String::new() } else { format!(" {}", named.join("+")) };
    let head = format!("{} stream {}{named}, {} octets", frame.name(), frame.stream, frame.payload.len());
    match payload(&frame) {
        text if text.is_empty() => head,
        text => format!("{head}: {text}"),
    }
}

/// What a frame's payload says, if it can be read by itself; else its octets.
fn payload(frame: &Frame<'_>) -> String {
    let mut reader = Reader { blocks: Blocks::new(usize::MAX), open: None, records: Vec::new() };
    let alone = Frame { flags: frame.flags | if matches!(frame.kind, 1 | 5) { 0x4 } else { 0 }, ..*frame };
    let hex = || crate::bytes::to_hex(&frame.payload[..frame.payload.len().min(64)]);
    if frame.kind > 8 || reader.frame(&alone).is_err() {
        return hex();
    }
    let Some(mut record) = reader.records.pop() else { return hex() };
    record.members.retain(|(name, _)| !["stream", "length", "end"].contains(&&**name));
    let line = crate::judge::show_record(&record);
    line.split_once(' ').map_or_else(String::new, |(_, members)| members.to_owned())
}
