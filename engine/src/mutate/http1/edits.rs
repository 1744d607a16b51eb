//! The edits. Each says whether it found something to work on.

#![expect(clippy::ptr_arg, reason = "the edits stand in one table and have one type, also those that keep the length")]

use std::ops::Range;

use arbitrary::{Result, Unstructured};

use super::LONG;
use super::parts::{Kind, Parts, hexadecimal, number};
use super::tables;
use crate::Input;

type Edit = fn(&mut Vec<u8>, &Parts, &mut Unstructured<'_>) -> Result<bool>;

/// The edits and how often they come: an edit that stands twice comes twice as often.
const EDITS: &[Edit] = &[
    duplicate,
    delete,
    delete,
    swap,
    move_part,
    replace,
    replace,
    insert,
    insert,
    line_end,
    line_end,
    name_case,
    blank,
    blank,
    change_number,
    change_number,
    body_length,
    split_chunk,
    merge_chunks,
    duplicate_message,
    delete_message,
];

/// One structural edit.
pub(super) fn structural(input: &mut Input, choices: &mut Unstructured<'_>) -> Result<bool> {
    if choices.ratio(1, 24)? {
        input.shape ^= 1 << choices.int_in_range(0..=7)?;
        return Ok(true);
    }
    let parts = Parts::split(&input.octets);
    if parts.len() == 0 {
        return Ok(false);
    }
    choices.choose(EDITS)?(&mut input.octets, &parts, choices)
}

fn any(parts: &Parts, choices: &mut Unstructured<'_>) -> Result<usize> {
    choices.choose_index(parts.len())
}

/// Some part of one of these kinds.
fn some(parts: &Parts, kinds: &[Kind], choices: &mut Unstructured<'_>) -> Result<Option<usize>> {
    let from = any(parts, choices)?;
    Ok(parts.find(from, |_, kind| kinds.contains(&kind)))
}

/// A copy of a range, put where another place was before.
fn copy(octets: &mut Vec<u8>, from: Range<usize>, to: usize) {
    let length = from.len();
    octets.extend_from_within(from);
    octets[to..].rotate_right(length);
}

fn put(octets: &mut Vec<u8>, over: Range<usize>, with: &[u8]) {
    octets.splice(over, with.iter().copied());
}

fn duplicate(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let from = parts.range(any(parts, choices)?);
    let to = if choices.arbitrary()? { from.end } else { parts.range(any(parts, choices)?).start };
    let fits = octets.len() + from.len() < LONG;
    if fits {
        copy(octets, from, to);
    }
    Ok(fits)
}

fn delete(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    octets.drain(parts.range(any(parts, choices)?));
    Ok(true)
}

fn swap(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let (a, b) = (any(parts, choices)?, any(parts, choices)?);
    let (first, second) = (parts.range(a.min(b)), parts.range(a.max(b)));
    if a != b {
        let all = &mut octets[first.start..second.end];
        all.rotate_left(first.len());
        let between = second.start - first.end;
        all[..between + second.len()].rotate_left(between);
    }
    Ok(a != b)
}

fn move_part(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let (a, b) = (any(parts, choices)?, any(parts, choices)?);
    let (from, to) = (parts.range(a), parts.range(b));
    if a < b {
        octets[from.start..to.end].rotate_left(from.len());
    } else {
        octets[to.start..from.end].rotate_right(from.len());
    }
    Ok(a != b)
}

fn replace(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let part = any(parts, choices)?;
    let with = choices.choose(tables::parts(parts.kind(part)))?;
    put(octets, parts.range(part), with);
    Ok(true)
}

fn insert(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let part = any(parts, choices)?;
    let at = parts.range(part).start;
    // Before an empty line, a field line is what one would put in.
    let kind = if parts.kind(part) == Kind::Blank { Kind::Field } else { parts.kind(part) };
    let with = choices.choose(tables::parts(kind))?;
    put(octets, at..at, with);
    Ok(true)
}

/// Where the line end of these octets begins.
fn line_end_of(line: &[u8]) -> usize {
    match line {
        [.., b'\r', b'\n'] => line.len() - 2,
        [.., b'\n'] => line.len() - 1,
        _ => line.len(),
    }
}

fn line_end(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let range = parts.range(any(parts, choices)?);
    let from = range.start + line_end_of(&octets[range.clone()]);
    let with = choices.choose(tables::LINE_ENDS)?;
    put(octets, from..range.end, with);
    Ok(true)
}

/// Turns letters over: of a field name or method, of a value, or of a chunk-size.
fn name_case(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    const LINES: &[Kind] = &[Kind::Start, Kind::Field, Kind::Trailer, Kind::Size];
    let Some(part) = some(parts, LINES, choices)? else { return Ok(false) };
    let line = &mut octets[parts.range(part)];
    let colon = line.iter().position(|&b| matches!(b, b':' | b' ')).unwrap_or(line.len());
    let half = if choices.ratio(3, 4)? { &mut line[..colon] } else { &mut line[colon..] };
    match choices.int_in_range(0..=2)? {
        0 => half.make_ascii_uppercase(),
        1 => half.make_ascii_lowercase(),
        _ => half.iter_mut().step_by(2).filter(|b| b.is_ascii_alphabetic()).for_each(|b| *b ^= 0x20),
    }
    Ok(true)
}

/// White space at one of the places where it matters: line begin and end, around the first colon, comma, space, `;`.
fn blank(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    const LINES: &[Kind] = &[Kind::Start, Kind::Field, Kind::Trailer, Kind::Size];
    let Some(part) = some(parts, LINES, choices)? else { return Ok(false) };
    let range = parts.range(part);
    let line = &octets[range.clone()];
    let separator = |separators: &[u8]| line.iter().position(|b| separators.contains(b));
    let at = match choices.int_in_range(0..=5)? {
        0 => Some(0),
        1 => Some(line_end_of(line)),
        2 => separator(b":;"),
        3 => separator(b":;").map(|at| at + 1),
        4 => separator(b" ,="),
        _ => separator(b",=").map(|at| at + 1),
    };
    let at = range.start + at.unwrap_or(0);
    let with = choices.choose(tables::BLANKS)?;
    put(octets, at..at, with);
    Ok(true)
}

/// A number becomes one more or less, or one of the edges.
fn change_number(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let from = any(parts, choices)?;
    let numbered = |part: usize, kind: Kind| match kind {
        Kind::Start | Kind::Field | Kind::Trailer | Kind::Size => digits(octets, parts, part).is_some(),
        _ => false,
    };
    let Some(part) = parts.find(from, numbered) else { return Ok(false) };
    let Some(range) = digits(octets, parts, part) else { return Ok(false) };
    if choices.ratio(1, 3)? {
        put(octets, range, choices.choose(tables::NUMBERS)?);
        return Ok(true);
    }
    let base = base(parts.kind(part));
    let by = *choices.choose(&[1, -1, 2, -2, 16, 255])?;
    let changed = number(&octets[range.clone()], base).unwrap_or(0).saturating_add_signed(by);
    write_number(octets, range, changed, base);
    Ok(true)
}

fn base(kind: Kind) -> u32 {
    if kind == Kind::Size { 16 } else { 10 }
}

/// The first run of digits in a part.
fn digits(octets: &[u8], parts: &Parts, part: usize) -> Option<Range<usize>> {
    let (range, base) = (parts.range(part), base(parts.kind(part)));
    let line = &octets[range.clone()];
    let is_digit = |&b: &u8| char::from(b).is_digit(base);
    let begin = line.iter().position(is_digit)?;
    let length = line[begin..].iter().take_while(|b| is_digit(b)).count();
    Some(range.start + begin..range.start + begin + length)
}

fn write_number(octets: &mut Vec<u8>, over: Range<usize>, mut number: u64, base: u32) {
    let mut text = [b'0'; 20]; // 2^64 has twenty decimal digits
    let mut at = text.len() - 1;
    loop {
        text[at] = b"0123456789abcdef"[(number % u64::from(base)) as usize]; // below the base
        number /= u64::from(base);
        if number == 0 {
            break;
        }
        at -= 1;
    }
    put(octets, over, &text[at..]);
}

/// Makes a body or a chunk's data longer or shorter, with the length that announces it or without.
fn body_length(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let Some(part) = some(parts, &[Kind::Body, Kind::Data], choices)? else { return Ok(false) };
    let (range, length) = (parts.range(part), parts.range(part).len());
    let fill = *choices.choose(b"x\0\r\n0")?;
    let changed = match choices.int_in_range(0..=3)? {
        0 => length.saturating_sub(choices.int_in_range(1..=4)?),
        1 => 0,
        2 => length * 2,
        _ => length + choices.int_in_range(1..=4)?,
    };
    if changed > LONG {
        return Ok(false);
    }
    if changed > length {
        let more = changed - length;
        octets.splice(range.end..range.end, std::iter::repeat_n(fill, more));
    } else {
        octets.drain(range.start + changed..range.end);
    }
    if choices.arbitrary()? {
        announce(octets, parts, part, changed as u64);
    }
    Ok(true)
}

/// Writes a length into the line before a body that announces it; the parts before the body are still as they were.
fn announce(octets: &mut Vec<u8>, parts: &Parts, body: usize, length: u64) {
    let announces = |part: &usize| match parts.kind(*part) {
        Kind::Size => parts.kind(body) == Kind::Data,
        Kind::Field => {
            matches!(octets[parts.range(*part).start], b'C' | b'c') && digits(octets, parts, *part).is_some()
        }
        _ => false,
    };
    let Some(line) = (0..body).rev().find(announces) else { return };
    if let Some(range) = digits(octets, parts, line) {
        write_number(octets, range, length, base(parts.kind(line)));
    }
}

/// Whether a chunk-size line, data and perhaps a line end begin at this part, in that order.
fn is_chunk(octets: &[u8], parts: &Parts, part: usize) -> bool {
    let whole = part + 2 < parts.len() && parts.kind(part) == Kind::Size && parts.kind(part + 2) == Kind::DataEnd;
    whole && hexadecimal(&octets[parts.range(part)]) == Some(parts.range(part + 1).len() as u64)
}

fn split_chunk(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let splits = |part: usize, _| is_chunk(octets, parts, part) && parts.range(part + 1).len() > 1;
    let Some(part) = parts.find(any(parts, choices)?, splits) else { return Ok(false) };
    let data = parts.range(part + 1);
    let first = choices.int_in_range(1..=data.len() - 1)?;
    let between = format!("\r\n{:x}\r\n", data.len() - first);
    put(octets, data.start + first..data.start + first, between.as_bytes());
    if let Some(size) = digits(octets, parts, part) {
        write_number(octets, size, first as u64, 16);
    }
    Ok(true)
}

fn merge_chunks(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let merge = |part: usize, _| is_chunk(octets, parts, part) && is_chunk(octets, parts, part + 3);
    let Some(part) = parts.find(any(parts, choices)?, merge) else { return Ok(false) };
    let (first, second) = (parts.range(part + 1), parts.range(part + 4));
    octets.drain(first.end..second.start);
    if let Some(size) = digits(octets, parts, part) {
        write_number(octets, size, (first.len() + second.len()) as u64, 16);
    }
    Ok(true)
}

fn duplicate_message(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    let message = parts.message(choices.choose_index(parts.messages())?);
    let fits = octets.len() + message.len() < LONG;
    if fits {
        let to = message.end;
        copy(octets, message, to);
    }
    Ok(fits)
}

fn delete_message(octets: &mut Vec<u8>, parts: &Parts, choices: &mut Unstructured<'_>) -> Result<bool> {
    if parts.messages() < 2 {
        return Ok(false);
    }
    octets.drain(parts.message(choices.choose_index(parts.messages())?));
    Ok(true)
}
