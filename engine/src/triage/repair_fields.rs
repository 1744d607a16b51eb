//! Repairs of what HTTP/2 field sections say.

use std::collections::{BTreeMap, BTreeSet};

use wireproof::Role;

use super::frames::*;
use super::repair_frames::frames;
use crate::Input;
use crate::hpack::{Item, Line, Table};

pub(super) const LENGTH: &[u8] = b"content-length";

/// What a field section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Request,
    Response,
    Interim,
    Trailers,
}

/// A field section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    pub part: Part,
    /// Whether a PUSH_PROMISE carries it.
    is_promise: bool,
    /// How many octets of DATA the stream carries behind it.
    data: usize,
}

/// What each field block is.
fn sections(all: &Frames, client: bool) -> Vec<Section> {
    let mut table = Table::default();
    let mut begun = BTreeSet::new();
    let section = |range: std::ops::Range<usize>| {
        let lines = table.read(&all.block(range.clone())).0;
        let first = &all.frames[range.start];
        let id = first.id();
        let is_interim = value(&lines, b":status").is_some_and(|status| status.starts_with(b"1"));
        let part = match (first.kind, client) {
            (PUSH_PROMISE, _) => Part::Request,
            (_, true) if is_interim && !begun.contains(&id) => Part::Interim,
            _ if !begun.insert(id) => Part::Trailers,
            (_, true) => Part::Response,
            (_, false) => Part::Request,
        };
        let data = all.frames[range.end..].iter().filter(|f| f.kind == DATA && f.id() == id).map(|f| f.body().len());
        Section { part, is_promise: first.kind == PUSH_PROMISE, data: data.sum() }
    };
    all.blocks().into_iter().map(section).collect()
}

/// The value of the first field of this name.
fn value<'l>(lines: &'l [Line], name: &[u8]) -> Option<&'l [u8]> {
    lines.iter().filter_map(|l| l.field.as_deref()).find(|field| field.0 == name).map(|field| &field.1[..])
}

fn name(line: &Line) -> &[u8] {
    line.field.as_deref().map_or(&[], |field| &field.0)
}

fn is_pseudo(line: &Line) -> bool {
    name(line).starts_with(b":")
}

/// The input with its field sections edited; none where nothing changes.
pub(super) fn fields(input: &Input, edit: impl Fn(&Section, &mut Vec<Line>)) -> Option<Input> {
    frames(input, |all| {
        let mut sections = sections(all, input.role() == Role::Client).into_iter();
        all.edit_blocks(|lines| sections.next().iter().for_each(|section| edit(section, lines)));
    })
}

/// Without the fields of some names.
pub(super) fn drop_named(input: &Input, unwanted: fn(&[u8]) -> bool) -> Option<Input> {
    fields(input, |_, lines| lines.retain(|line| line.field.as_deref().is_none_or(|field| !unwanted(&field.0))))
}

/// With another value of each field of this name.
pub(super) fn set_value(input: &Input, name: &[u8], mend: fn(&[u8]) -> Vec<u8>) -> Option<Input> {
    fields(input, |_, lines| {
        edit_fields(lines, |n, value| {
            if n == name {
                *value = mend(value)
            }
        })
    })
}

/// Edits fields; those that change become literals.
fn edit_fields(lines: &mut [Line], edit: impl Fn(&mut Vec<u8>, &mut Vec<u8>)) {
    for line in lines {
        let Some((mut name, mut value)) = line.field.as_deref().cloned() else { continue };
        edit(&mut name, &mut value);
        if line.field.as_deref() != Some(&(name.clone(), value.clone())) {
            line.set(&name, &value);
        }
    }
}

pub(super) fn is_token(text: &[u8]) -> bool {
    let is_tchar = |octet: &u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(octet);
    !text.is_empty() && text.iter().all(is_tchar)
}

pub(super) fn clean_names(lines: &mut [Line]) {
    edit_fields(lines, |name, _| {
        let mut at = 0;
        name.retain(|octet| {
            at += 1;
            is_token(&[*octet]) || at == 1 && *octet == b':'
        });
        if name.is_empty() {
            name.push(b'x');
        }
    });
}

pub(super) fn trim_values(lines: &mut [Line]) {
    let is_space = |octet: &u8| matches!(octet, b' ' | b'\t');
    edit_fields(lines, |_, value| {
        let end = value.iter().rposition(|o| !is_space(o)).map_or(0, |at| at + 1);
        value.truncate(end);
        let start = value.iter().position(|o| !is_space(o)).unwrap_or(0);
        value.drain(..start);
    });
}

pub(super) fn clean_values(lines: &mut [Line]) {
    edit_fields(lines, |_, value| value.retain(|octet| !matches!(octet, 0 | b'\r' | b'\n')));
}

/// Without control characters in the values of fields that are no pseudo-header fields.
pub(super) fn visible_values(lines: &mut [Line]) {
    edit_fields(lines, |name, value| {
        if !name.starts_with(b":") {
            value.retain(|octet| !octet.is_ascii_control() || matches!(octet, 0 | b'\t' | b'\r' | b'\n'));
        }
    });
}

/// Only visible octets in what says where a request goes, or how.
pub(super) fn visible_pseudo(lines: &mut [Line]) {
    const PLAIN: [(&[u8], &[u8]); 5] =
        [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"a"), (b":path", b"/"), (b"host", b"a")];
    edit_fields(lines, |name, value| {
        let plain = PLAIN.iter().find(|(known, _)| *known == name);
        if let (Some((_, plain)), false) = (plain, value.iter().all(u8::is_ascii_graphic)) {
            value.retain(u8::is_ascii_graphic);
            if value.is_empty() {
                value.extend_from_slice(plain);
            }
        }
    });
}

/// Another path than an asterisk, but for OPTIONS.
pub(super) fn no_asterisk(lines: &mut [Line]) {
    let is_options = value(lines, b":method") == Some(b"OPTIONS");
    edit_fields(lines, |name, value| {
        if name == b":path" && value == b"*" && !is_options {
            *value = b"/".to_vec();
        }
    });
}

/// Only what every reader of a host and a port takes.
pub(super) fn clean_hosts(lines: &mut [Line]) {
    let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:".contains(octet);
    edit_fields(lines, |name, value| {
        if name == b":authority" || name == b"host" {
            value.retain(is_plain);
            if value.is_empty() {
                value.push(b'a');
            }
        }
    });
}

/// Makes a promised request GET, without content.
pub(super) fn safe_promise(section: &Section, lines: &mut Vec<Line>) {
    if section.is_promise {
        lines.retain(|line| name(line) != LENGTH);
        edit_fields(lines, |name, value| {
            if name == b":method" {
                *value = b"GET".to_vec();
            }
        });
    }
}

/// Makes a promised request one that nobody can object to.
pub(super) fn sound_promise(section: &Section, lines: &mut Vec<Line>) {
    const SOUND: [(&[u8], &[u8]); 4] =
        [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"a"), (b":path", b"/")];
    let is_sound = || {
        let fields = lines.iter().filter_map(|line| line.field.as_deref());
        fields.map(|field| (&field.0[..], &field.1[..])).eq(SOUND)
    };
    if section.is_promise && !is_sound() {
        *lines = SOUND.iter().map(|(name, value)| Line::literal(name, value)).collect();
    }
}

/// The authority of CONNECT with a port.
pub(super) fn with_port(lines: &mut [Line]) {
    let is_connect = value(lines, b":method") == Some(b"CONNECT");
    edit_fields(lines, |name, value| {
        let port = value.iter().rposition(|octet| *octet == b':').map(|at| &value[at + 1..]);
        if is_connect && name == b":authority" && !port.is_some_and(is_number) {
            value.extend_from_slice(if value.last() == Some(&b':') { b"80" } else { b":80" });
        }
    });
}

/// A request with an authority.
pub(super) fn with_authority(section: &Section, lines: &mut Vec<Line>) {
    if section.part == Part::Request {
        add_missing(lines, &[(b":authority", b"a")]);
    }
}

pub(super) fn pseudo_first(lines: &mut [Line]) {
    let updates = lines.iter().take_while(|l| matches!(l.item, Item::Size(_))).count();
    lines[updates..].sort_by_key(|line| !is_pseudo(line));
}

pub(super) fn pseudo_once(lines: &mut Vec<Line>) {
    let mut seen = BTreeSet::new();
    lines.retain(|line| !is_pseudo(line) || seen.insert(name(line).to_vec()));
}

pub(super) fn plain_trailers(section: &Section, lines: &mut Vec<Line>) {
    lines.retain(|line| section.part != Part::Trailers || !is_pseudo(line));
}

pub(super) fn is_request_pseudo(name: &[u8]) -> bool {
    [&b":method"[..], b":scheme", b":authority", b":path", b":protocol"].contains(&name)
}

pub(super) fn own_pseudo(section: &Section, lines: &mut Vec<Line>) {
    lines.retain(|line| match section.part {
        Part::Request => name(line) != b":status",
        Part::Response | Part::Interim => !is_request_pseudo(name(line)),
        Part::Trailers => true,
    });
}

pub(super) fn is_number(value: &[u8]) -> bool {
    !value.is_empty() && value.iter().all(u8::is_ascii_digit)
}

/// A status from 100 to 599.
pub(super) fn is_status(value: &[u8]) -> bool {
    value.len() == 3 && is_number(value) && matches!(value[0], b'1'..=b'5')
}

/// What RFC 3986 calls a scheme.
pub(super) fn is_scheme(value: &[u8]) -> bool {
    let is_part = |octet: &u8| octet.is_ascii_alphanumeric() || b"+-.".contains(octet);
    value.first().is_some_and(u8::is_ascii_alphabetic) && value.iter().all(is_part)
}

pub(super) fn is_path(value: &[u8]) -> bool {
    value.starts_with(b"/") || value == b"*"
}

pub(super) fn no_connect(lines: &mut Vec<Line>) {
    if value(lines, b":method") == Some(b"CONNECT") {
        lines.retain(|line| name(line) != b":protocol");
        edit_fields(lines, |name, value| {
            if name == b":method" {
                *value = b"GET".to_vec();
            }
        });
        add_missing(lines, &[(b":scheme", b"http"), (b":path", b"/")]);
    }
}

/// A CONNECT with :protocol as GET.
pub(super) fn no_protocol(lines: &mut Vec<Line>) {
    if value(lines, b":protocol").is_some() {
        no_connect(lines);
        lines.retain(|line| name(line) != b":protocol");
    }
}

/// Host says what :authority says.
pub(super) fn same_host(lines: &mut [Line]) {
    if let Some(authority) = value(lines, b":authority").map(<[u8]>::to_vec) {
        edit_fields(lines, |name, value| {
            if name == b"host" {
                value.clone_from(&authority);
            }
        });
    }
}

/// One cookie field for all, behind the others (RFC 9113, 8.2.3).
pub(super) fn one_cookie(lines: &mut Vec<Line>) {
    let is_cookie = |line: &Line| name(line) == b"cookie";
    let cookies = lines.iter().filter(|line| is_cookie(line)).filter_map(|line| line.field.as_deref());
    let cookies: Vec<&[u8]> = cookies.map(|field| &field.1[..]).collect();
    if cookies.len() > 1 || cookies.len() == 1 && !lines.last().is_some_and(is_cookie) {
        let one = Line::literal(b"cookie", &cookies.join(&b"; "[..]));
        lines.retain(|line| !is_cookie(line));
        lines.push(one);
    }
}

/// te in requests only.
pub(super) fn te_in_requests(section: &Section, lines: &mut Vec<Line>) {
    lines.retain(|line| section.part == Part::Request || name(line) != b"te");
}

/// Adds fields that no line has, in front of all fields.
fn add_missing(lines: &mut Vec<Line>, wanted: &[(&[u8], &[u8])]) {
    let updates = lines.iter().take_while(|l| matches!(l.item, Item::Size(_))).count();
    for (name, octets) in wanted.iter().rev().filter(|(name, _)| value(lines, name).is_none()).collect::<Vec<_>>() {
        lines.insert(updates, Line::literal(name, octets));
    }
}

pub(super) fn complete_pseudo(section: &Section, lines: &mut Vec<Line>) {
    match section.part {
        Part::Response | Part::Interim => add_missing(lines, &[(b":status", b"200")]),
        Part::Request if value(lines, b":method") == Some(b"CONNECT") => add_missing(lines, &[(b":authority", b"a")]),
        Part::Request => {
            let wanted: [(&[u8], &[u8]); 4] =
                [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/"), (b":authority", b"a")];
            // Without an authority it may still be a request.
            if wanted[..3].iter().any(|(name, _)| value(lines, name).is_none()) {
                add_missing(lines, if value(lines, b"host").is_some() { &wanted[..3] } else { &wanted });
            }
        }
        Part::Trailers => {}
    }
}

pub(super) fn is_of_connection(name: &[u8]) -> bool {
    [&b"connection"[..], b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"].contains(&name)
}

pub(super) fn one_length(lines: &mut Vec<Line>) {
    let mut seen = false;
    lines.retain(|line| name(line) != LENGTH || !std::mem::replace(&mut seen, true));
}

pub(super) fn true_length(section: &Section, lines: &mut [Line]) {
    edit_fields(lines, |name, value| {
        let says = || std::str::from_utf8(value).ok().and_then(|text| text.parse::<usize>().ok());
        let is_length = name == LENGTH && section.part != Part::Trailers && is_number(value);
        if is_length && says() != Some(section.data) {
            *value = section.data.to_string().into_bytes();
        }
    });
}

/// Without DATA before the final response of its stream.
pub(super) fn response_first(input: &Input) -> Option<Input> {
    frames(input, |all| {
        let answers = starts(all, input, Part::Response);
        let mut at = 0;
        all.retain(|frame| {
            at += 1;
            let is_answered = || answers.iter().any(|(start, stream)| *start < at && *stream == frame.id());
            frame.kind != DATA || input.role() != Role::Client || is_answered()
        });
    })
}

/// The first frame of each block of this kind, with the stream.
fn starts(all: &Frames, input: &Input, part: Part) -> BTreeMap<usize, u32> {
    let sections = sections(all, input.role() == Role::Client);
    let of_part = all.blocks().into_iter().zip(sections).filter(|(_, section)| section.part == part);
    of_part.map(|(range, _)| (range.start, all.frames[range.start].id())).collect()
}

pub(super) fn end_trailers(input: &Input) -> Option<Input> {
    frames(input, |all| {
        for at in starts(all, input, Part::Trailers).into_keys() {
            all.frames[at].flags |= END_STREAM;
        }
    })
}

/// Without trailers: what ended with them ends with the frame before.
pub(super) fn no_trailers(input: &Input) -> Option<Input> {
    frames(input, |all| {
        let trailers = starts(all, input, Part::Trailers);
        let ended: Vec<bool> = all.frames.iter().map(Frame::ends).collect();
        drop_blocks(all, &trailers);
        for stream in trailers.into_iter().filter(|(at, _)| ended[*at]).map(|(_, stream)| stream) {
            let last = all.frames.iter_mut().rfind(|f| f.id() == stream && matches!(f.kind, DATA | HEADERS));
            last.into_iter().for_each(|last| last.flags |= END_STREAM);
        }
    })
}

pub(super) fn no_interim_length(section: &Section, lines: &mut Vec<Line>) {
    lines.retain(|line| section.part != Part::Interim || name(line) != LENGTH);
}

/// Without the interim responses on some streams.
pub(super) fn no_interim(input: &Input, unwanted: fn(u32) -> bool) -> Option<Input> {
    frames(input, |all| {
        let mut interim = starts(all, input, Part::Interim);
        interim.retain(|_, stream| unwanted(*stream));
        drop_blocks(all, &interim);
    })
}

/// Drops the blocks that begin at these frames.
fn drop_blocks(all: &mut Frames, starts: &BTreeMap<usize, u32>) {
    let mut at = 0;
    all.retain(|_| {
        at += 1;
        !starts.contains_key(&(at - 1))
    });
}
