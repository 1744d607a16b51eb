//! What repairs do to single HTTP/2 frames and to those of a field block.

use wireproof::Role;
use wireproof::http2::PREFACE;

use super::frames::*;
use crate::Input;

/// A frame type that many know and nobody has to (RFC 7838).
pub(super) const ALTSVC: u8 = 10;

/// Another (RFC 9218).
pub(super) const PRIORITY_UPDATE: u8 = 16;

/// How many frames of one field block all take: nghttp2 allows HEADERS and eight CONTINUATION frames.
pub(super) const MOST_FRAMES: usize = 9;

pub(super) fn is_client(input: &Input) -> bool {
    input.role() == Role::Client
}

/// The longest payload that a repair may make: what every endpoint takes (RFC 9113, 4.2).
pub(super) const LONGEST: usize = 1 << 14;

/// The input with its frames edited; none where nothing changes or a payload grows too long.
pub(super) fn frames(input: &Input, edit: impl Fn(&mut Frames)) -> Option<Input> {
    let longest = |all: &Frames| all.frames.iter().map(|frame| frame.payload.len()).max().unwrap_or(0);
    let mut frames = Frames::read(input);
    let most = longest(&frames).max(LONGEST);
    edit(&mut frames);
    let fits = longest(&frames) <= most;
    let octets = frames.write();
    (fits && octets != input.octets).then(|| Input { octets, ..input.clone() })
}

pub(super) fn each(input: &Input, edit: fn(&mut Frame)) -> Option<Input> {
    frames(input, |all| {
        for frame in &mut all.frames {
            let size = frame.payload.len();
            edit(frame);
            if frame.payload.len() != size {
                frame.length = None;
            }
        }
    })
}

pub(super) fn keep(input: &Input, wanted: fn(&Frame) -> bool) -> Option<Input> {
    frames(input, |all| all.retain(wanted))
}

pub(super) fn sized(input: &Input, kind: u8, size: usize) -> Option<Input> {
    frames(input, |all| {
        for frame in all.frames.iter_mut().filter(|f| f.kind == kind && f.payload.len() != size) {
            frame.payload.resize(size, 0);
            frame.length = None;
        }
    })
}

/// Frame types that belong to a stream.
pub(super) fn of_stream(kind: u8) -> bool {
    matches!(kind, DATA | HEADERS | PRIORITY | RST_STREAM | PUSH_PROMISE | CONTINUATION)
}

pub(super) fn defined(kind: u8) -> u8 {
    match kind {
        DATA => END_STREAM | PADDED,
        HEADERS => END_STREAM | END_HEADERS | PADDED | HAS_PRIORITY,
        SETTINGS | PING => ACK,
        PUSH_PROMISE => END_HEADERS | PADDED,
        CONTINUATION => END_HEADERS,
        PRIORITY | RST_STREAM | GOAWAY | WINDOW_UPDATE => 0,
        _ => 0xff,
    }
}

pub(super) fn complete(all: &mut Frames) {
    if all.frames.last().is_some_and(|last| last.length.is_some()) {
        all.frames.pop();
    }
    all.tail.clear();
}

pub(super) fn fit_padding(frame: &mut Frame) {
    let room = frame.payload.len() - frame.inner();
    if let (true, Some(pad)) = (frame.is_padded(), frame.payload.first_mut())
        && usize::from(*pad) > room
    {
        *pad = 0;
    }
}

pub(super) fn zero_padding(frame: &mut Frame) {
    let start = frame.body_end();
    frame.payload[start..].fill(0);
}

pub(super) fn unpad(frame: &mut Frame) {
    if frame.is_padded() && !frame.payload.is_empty() {
        frame.payload.truncate(frame.body_end());
        frame.payload.remove(0);
        frame.flags &= !PADDED;
    }
}

/// Clears the bit before a last stream, an increment or a promised stream.
pub(super) fn no_reserved_bit(frame: &mut Frame) {
    let at = usize::from(frame.is_padded());
    if matches!(frame.kind, GOAWAY | WINDOW_UPDATE | PUSH_PROMISE)
        && let Some(octet) = frame.payload.get_mut(at)
    {
        *octet &= 0x7f;
    }
}

/// Where a frame says what its stream depends on.
pub(super) fn dependency(frame: &Frame) -> Option<usize> {
    match frame.kind {
        PRIORITY => Some(0),
        HEADERS if frame.has(HAS_PRIORITY) => Some(usize::from(frame.is_padded())),
        _ => None,
    }
}

pub(super) fn independent(frame: &mut Frame) {
    if let Some(at) = dependency(frame)
        && frame.id() != 0
        && frame.number(at).is_some_and(|on| on & 0x7fff_ffff == frame.id())
    {
        frame.payload[at..at + 4].fill(0);
    }
}

pub(super) fn without_priority(frame: &mut Frame) {
    if let (HEADERS, Some(at)) = (frame.kind, dependency(frame))
        && frame.payload.len() >= at + 5
    {
        frame.payload.drain(at..at + 5);
        frame.flags &= !HAS_PRIORITY;
    }
}

pub(super) fn same_stream(all: &mut Frames) {
    for range in all.blocks() {
        let stream = all.frames[range.start].id();
        for frame in &mut all.frames[range] {
            frame.stream = frame.stream & 1 << 31 | stream;
        }
    }
}

/// Drops what stands between a block without END_HEADERS and a CONTINUATION of it.
pub(super) fn uninterrupted(all: &mut Frames) {
    let mut open = None;
    let mut at = 0;
    while at < all.frames.len() {
        let frame = &all.frames[at];
        let goes_on = |stream| all.frames[at..].iter().any(|f| f.kind == CONTINUATION && f.id() == stream);
        match open {
            Some(stream) if frame.kind != CONTINUATION && goes_on(stream) => {
                all.frames.remove(at);
                continue;
            }
            _ => {}
        }
        if matches!(frame.kind, HEADERS | PUSH_PROMISE | CONTINUATION) {
            open = (!frame.has(END_HEADERS)).then_some(frame.id());
        }
        at += 1;
    }
}

pub(super) fn no_strays(all: &mut Frames) {
    let blocks = all.blocks();
    let mut at = 0;
    all.retain(|frame| {
        at += 1;
        frame.kind != CONTINUATION || blocks.iter().any(|block| block.contains(&(at - 1)))
    });
}

/// Merges field blocks of more frames than `most` into one frame.
pub(super) fn merge(all: &mut Frames, most: usize) {
    for range in all.blocks().into_iter().rev() {
        if range.len() <= most || !all.frames[range.clone()].iter().all(Frame::is_sound) {
            continue;
        }
        let block: Vec<u8> = all.block(range.start + 1..range.end);
        let end = all.frames[range.end - 1].flags & END_HEADERS;
        let first = &mut all.frames[range.start];
        let at = first.body_end();
        first.payload.splice(at..at, block);
        first.flags |= end;
        all.frames.drain(range.start + 1..range.end);
    }
}

pub(super) fn finish_blocks(all: &mut Frames) {
    for range in all.blocks() {
        all.frames[range.end - 1].flags |= END_HEADERS;
    }
}

/// Preface and SETTINGS in front, as every connection has them.
pub(super) fn usual_front(input: &Input) -> Option<Input> {
    let octets = input.octets.strip_prefix(PREFACE).unwrap_or(&input.octets).to_vec();
    is_raw(input).then(|| Input { shape: input.shape & !4, octets, ..input.clone() })
}

/// Whether nothing stands before the input's own octets.
pub(super) fn is_raw(input: &Input) -> bool {
    input.shape & 4 != 0
}

/// Empty SETTINGS before a first frame that is something else.
pub(super) fn settings_first(input: &Input) -> Option<Input> {
    frames(input, |all| {
        if is_raw(input) && all.frames.first().is_some_and(|first| first.kind != SETTINGS || first.has(ACK)) {
            all.frames.insert(0, Frame { kind: SETTINGS, ..Frame::default() });
        }
    })
}

/// Without the end of the peer's octets, if no whole frame stands before it.
pub(super) fn not_yet_over(input: &Input) -> Option<Input> {
    let is_begun = Frames::read(input).frames.first().is_some_and(|first| first.length.is_none());
    (is_raw(input) && input.eof() && !is_begun).then(|| Input { shape: input.shape & !2, ..input.clone() })
}
