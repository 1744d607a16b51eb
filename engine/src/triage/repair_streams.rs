//! Repairs of what HTTP/2 frames do to streams and windows.

use std::collections::{BTreeMap, BTreeSet};

use super::frames::*;
use super::repair_settings::initial_window;

/// A window at the beginning (RFC 9113, 6.9.2), and at its largest.
pub(super) const WINDOW: (u64, u64) = (65_535, 0x7fff_ffff);

/// The largest number of a stream.
const LAST: u32 = 0x7fff_ffff;

/// Gives streams that no PUSH_PROMISE reserved the next odd number.
pub(super) fn odd(all: &mut Frames) {
    let promised: BTreeSet<u32> = all.frames.iter().filter_map(promises).collect();
    for frame in &mut all.frames {
        if frame.kind != SETTINGS && frame.id() != 0 && !promised.contains(&frame.id()) {
            frame.stream |= 1;
        }
    }
}

/// The stream that a frame reserves.
fn promises(frame: &Frame) -> Option<u32> {
    let at = usize::from(frame.is_padded());
    (frame.kind == PUSH_PROMISE).then(|| frame.number(at)).flatten().map(|stream| stream & 0x7fff_ffff)
}

/// Numbers new streams upwards: one that would be lower than the last gets the next number of its side, and goes with
/// all its frames where there is none.
pub(super) fn ascending(all: &mut Frames) {
    let mut names = BTreeMap::new();
    let mut highest = [0, 0];
    for frame in all.frames.iter_mut().filter(|frame| frame.id() != 0) {
        let (id, reserved) = (frame.id(), frame.stream & 1 << 31);
        let side = &mut highest[(id % 2) as usize];
        if frame.kind == HEADERS && !names.contains_key(&id) {
            let name = if id <= *side { *side + 2 } else { id };
            *side = name.min(LAST);
            names.insert(id, name);
        }
        frame.stream = reserved | names.get(&id).copied().filter(|name| *name <= LAST).unwrap_or(id);
    }
    let gone: BTreeSet<u32> = names.iter().filter(|(_, name)| **name > LAST).map(|(id, _)| *id).collect();
    all.retain(|frame| !gone.contains(&frame.id()));
}

/// Drops frames on streams that were never opened and are closed since a higher one of their side was. A client has
/// opened stream 1.
pub(super) fn not_skipped(all: &mut Frames, client: bool) {
    let mut opened = BTreeSet::new();
    opened.extend(client.then_some(1));
    all.retain(|frame| {
        let id = frame.id();
        opened.extend(promises(frame));
        let is_below = !opened.contains(&id) && opened.iter().any(|other| *other > id && (*other ^ id) & 1 == 0);
        if frame.kind == HEADERS && !client && !is_below {
            opened.insert(id);
        }
        // HEADERS there are a matter of the order of new streams.
        !is_below || id == 0 || matches!(frame.kind, HEADERS | CONTINUATION | PRIORITY)
    });
}

/// Drops WINDOW_UPDATE and PUSH_PROMISE on streams that a PUSH_PROMISE reserved.
pub(super) fn not_on_promised(all: &mut Frames) {
    let mut promised = BTreeSet::new();
    all.retain(|frame| {
        let wanted = !matches!(frame.kind, WINDOW_UPDATE | PUSH_PROMISE) || !promised.contains(&frame.id());
        promised.extend(promises(frame).filter(|_| wanted));
        wanted
    });
}

/// Drops frames on streams that nobody opened. A client has opened stream 1.
pub(super) fn opened(all: &mut Frames, client: bool) {
    let mut open = BTreeSet::from([0]);
    open.extend(client.then_some(1));
    all.retain(|frame| {
        open.extend(promises(frame));
        if frame.kind == HEADERS && !client {
            open.insert(frame.id());
        }
        match frame.kind {
            HEADERS | DATA | RST_STREAM | WINDOW_UPDATE => open.contains(&frame.id()),
            _ => true,
        }
    });
}

/// Drops frames behind END_STREAM or RST_STREAM of their stream, and all HEADERS and CONTINUATION with them.
pub(super) fn until_end(all: &mut Frames) {
    let mut ended = BTreeSet::new();
    let mut last = 0;
    all.retain(|frame| {
        let id = frame.id();
        let wanted = match frame.kind {
            CONTINUATION => id == last || !ended.contains(&id),
            _ => id == 0 || frame.kind == PRIORITY || !ended.contains(&id),
        };
        if frame.ends() || frame.kind == RST_STREAM {
            ended.insert(id);
        }
        if wanted {
            last = id;
        }
        wanted
    });
}

/// Drops WINDOW_UPDATE frames that would make a window larger than it may be.
pub(super) fn no_overflow(all: &mut Frames) {
    let (mut initial, mut widened) = (WINDOW.0, BTreeMap::new());
    all.retain(|frame| {
        initial = initial_window(frame).map_or(initial, u64::from);
        let Some(increment) = frame.number(0).filter(|_| frame.kind == WINDOW_UPDATE) else { return true };
        let start = if frame.id() == 0 { WINDOW.0 } else { initial };
        let sum = widened.entry(frame.id()).or_insert(0);
        let wanted = *sum + u64::from(increment & 0x7fff_ffff);
        let fits = start + wanted <= WINDOW.1;
        *sum = if fits { wanted } else { *sum };
        fits
    });
}

/// Gives no GOAWAY a last stream above that of an earlier one.
pub(super) fn not_raised(all: &mut Frames) {
    let mut lowest = u32::MAX;
    for frame in all.frames.iter_mut().filter(|frame| frame.kind == GOAWAY) {
        let Some(last) = frame.number(0) else { continue };
        if last & 0x7fff_ffff > lowest {
            frame.payload[..4].copy_from_slice(&(last & 1 << 31 | lowest).to_be_bytes());
        }
        lowest = lowest.min(last & 0x7fff_ffff);
    }
}

/// Drops frames behind a GOAWAY on those streams of the endpoint that it gave up.
pub(super) fn not_given_up(all: &mut Frames, client: bool) {
    let mut last = u32::MAX;
    all.retain(|frame| {
        if let (GOAWAY, Some(number)) = (frame.kind, frame.number(0)) {
            last = last.min(number & 0x7fff_ffff);
        }
        let is_own = frame.id() != 0 && (frame.id() % 2 == 1) == client;
        !is_own || frame.kind == GOAWAY || frame.id() <= last
    });
}

/// Drops DATA frames that the window of the connection has no room for: nobody widens it.
pub(super) fn within_window(all: &mut Frames) {
    let mut left = WINDOW.0 as usize;
    all.retain(|frame| {
        let size = if frame.kind == DATA { frame.payload.len() } else { 0 };
        let fits = size <= left;
        left -= if fits { size } else { 0 };
        fits
    });
}

/// Ends each stream that began and did not end, with empty DATA.
pub(super) fn finish(all: &mut Frames) {
    let is_cut = !all.tail.is_empty() || all.frames.last().is_some_and(|last| last.length.is_some());
    let is_open = all.blocks().last().is_some_and(|block| !all.frames[block.end - 1].has(END_HEADERS));
    if is_cut || is_open {
        return;
    }
    let mut open = BTreeSet::new();
    for frame in &all.frames {
        match frame.kind {
            DATA | HEADERS if frame.id() != 0 && !frame.ends() => open.insert(frame.id()),
            DATA | HEADERS | RST_STREAM => open.remove(&frame.id()),
            _ => false,
        };
    }
    let end = |stream| Frame { kind: DATA, flags: END_STREAM, stream, ..Frame::default() };
    all.frames.extend(open.into_iter().map(end));
}
