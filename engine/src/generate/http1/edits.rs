//! How a fault is put into a connection.

use arbitrary::{Result, Unstructured};

use super::model::{Chunk, Connection, Line, Message, NOTHING, Octets};
use super::tables::TELLING;

type Text = &'static [u8];

/// A part of a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// The first part of the start-line: method, or version.
    First,
    /// The second: target, or status.
    Second,
    /// The third: version, or reason phrase.
    Third,
    StartLine,
    Field,
    FieldName,
    FieldValue,
    Blank,
    SizeLine,
    ChunkSize,
    ChunkExtension,
    Data,
    LastSize,
    Trailer,
    TrailerName,
    TrailerValue,
    Final,
}

/// What a fault does. It falls on one message, and there on one line or chunk, that the choices name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Edit {
    Before(Text),
    After(Text),
    /// Octets that no framing announces, behind a message that another one follows.
    Body(Text),
    /// What ends a line or data.
    End(Place, Text),
    Gap(usize, Text),
    Method(Text),
    Target(Text),
    Version(Text),
    Status(Text),
    NoReason,
    /// A telling octet put in.
    Octet(Place),
    Colon(Place, Text),
    Name(Place, Text),
    Value(Place, Text),
    Long(Place),
    /// So many lines that a table of them may be full.
    Many(Place),
    Insert(Place, Text, Text),
    Remove(Text),
    Double(Text),
    Set(Text, Text),
    /// All framing fields become these.
    Framing(&'static [(Text, Text)]),
    /// Content-Length says so much more.
    Length(i64),
    Upgrade(Text),
    Size(Text),
    /// What stands before and behind the digits.
    SizeAffix(Text, Text),
    SizeOff(i64),
    Extension(Text),
    LongExtension,
    Last(Text),
    NoLast,
    Twice,
    Missing,
    Cut,
}

/// Puts a fault in. It says whether it fits here.
pub(super) fn apply(edit: Edit, connection: &mut Connection, choices: &mut Unstructured<'_>) -> Result<bool> {
    let count = connection.messages.len();
    if count == 0 {
        return Ok(false);
    }
    let at = choices.choose_index(count)?;
    match edit {
        Edit::Before(octets) => connection.before = octets.into(),
        Edit::After(octets) => connection.after = octets.into(),
        Edit::Twice => {
            let octets = Connection { messages: connection.messages.drain(at..).collect(), ..Connection::default() };
            let tail = octets.to_octets();
            connection.messages.extend(octets.messages);
            connection.after = tail.into();
        }
        Edit::Missing if count > 1 => drop(connection.messages.remove(at)),
        Edit::Missing => return Ok(false),
        Edit::Cut => connection.cut = Some(choices.arbitrary()?),
        _ => {
            let client = connection.is_client();
            return in_message(edit, client, &mut connection.messages[at], choices);
        }
    }
    Ok(true)
}

fn in_message(edit: Edit, client: bool, message: &mut Message, choices: &mut Unstructured<'_>) -> Result<bool> {
    let (place, text) = match edit {
        Edit::Method(text) if !client => (&mut message.start[0], text),
        Edit::Target(text) if !client => (&mut message.start[1], text),
        Edit::Status(text) if client => (&mut message.start[1], text),
        Edit::Version(text) => (&mut message.start[if client { 0 } else { 2 }], text),
        Edit::Method(_) | Edit::Target(_) | Edit::Status(_) => return Ok(false),
        Edit::NoReason if client => {
            message.gaps[1] = NOTHING;
            (&mut message.start[2], b"" as Text)
        }
        Edit::Gap(gap, text) => (&mut message.gaps[gap], text),
        Edit::Body(text) => return Ok(append(&mut message.body, text)),
        Edit::End(place, text) => match end(message, place, choices)? {
            Some(part) => (part, text),
            None => return Ok(false),
        },
        Edit::Octet(place) => return octet(message, place, choices),
        Edit::Colon(..) | Edit::Name(..) | Edit::Value(..) | Edit::Long(_) | Edit::Many(_) | Edit::Insert(..) => {
            return in_line(edit, message, choices);
        }
        Edit::Remove(_) | Edit::Double(_) | Edit::Set(..) | Edit::Framing(_) | Edit::Length(_) | Edit::Upgrade(_) => {
            return in_fields(edit, message, choices);
        }
        _ => return in_chunks(edit, message, choices),
    };
    *place = text.into();
    Ok(true)
}

fn append(part: &mut Octets, octets: &[u8]) -> bool {
    part.to_mut().extend_from_slice(octets);
    true
}

/// One of some things, if there are any.
fn one<'a, T>(list: &'a mut [T], choices: &mut Unstructured<'_>) -> Result<Option<&'a mut T>> {
    if list.is_empty() { Ok(None) } else { choices.choose_index(list.len()).map(|at| list.get_mut(at)) }
}

fn lines(message: &mut Message, place: Place) -> &mut Vec<Line> {
    match place {
        Place::Trailer | Place::TrailerName | Place::TrailerValue => &mut message.trailers,
        _ => &mut message.fields,
    }
}

/// What ends a place.
fn end<'a>(message: &'a mut Message, place: Place, choices: &mut Unstructured<'_>) -> Result<Option<&'a mut Octets>> {
    Ok(match place {
        Place::StartLine => Some(&mut message.start_end),
        Place::Blank => Some(&mut message.blank),
        Place::Field | Place::Trailer => one(lines(message, place), choices)?.map(|line| &mut line.end),
        Place::SizeLine => one(&mut message.chunks, choices)?.map(|chunk| &mut chunk.size_end),
        Place::Data => one(with_data(message), choices)?.map(|chunk| &mut chunk.data_end),
        Place::LastSize => message.chunks.last_mut().map(|chunk| &mut chunk.size_end),
        Place::Final => Some(&mut message.end).filter(|_| !message.chunks.is_empty()),
        _ => None,
    })
}

/// All chunks but the last one.
fn with_data(message: &mut Message) -> &mut [Chunk] {
    let count = message.chunks.len().saturating_sub(1);
    &mut message.chunks[..count]
}

fn octet(message: &mut Message, place: Place, choices: &mut Unstructured<'_>) -> Result<bool> {
    let part = match place {
        Place::First => Some(&mut message.start[0]),
        Place::Second => Some(&mut message.start[1]),
        Place::Third => Some(&mut message.start[2]),
        Place::FieldName | Place::TrailerName => one(lines(message, place), choices)?.map(|line| &mut line.name),
        Place::FieldValue | Place::TrailerValue => one(lines(message, place), choices)?.map(|line| &mut line.value),
        Place::ChunkSize => one(&mut message.chunks, choices)?.map(|chunk| &mut chunk.size),
        Place::ChunkExtension => one(&mut message.chunks, choices)?
            .map(|chunk| &mut chunk.extensions)
            .filter(|extensions| !extensions.is_empty()),
        _ => None,
    };
    let Some(part) = part else { return Ok(false) };
    let at = choices.int_in_range(0..=part.len())?;
    part.to_mut().insert(at, *choices.choose(TELLING)?);
    Ok(true)
}

fn in_line(edit: Edit, message: &mut Message, choices: &mut Unstructured<'_>) -> Result<bool> {
    let place = match edit {
        Edit::Insert(Place::Trailer, ..) | Edit::Many(Place::Trailer) if message.chunks.is_empty() => return Ok(false),
        Edit::Many(place) => {
            let lines = lines(message, place);
            let count = choices.int_in_range(24..=160)?;
            lines.extend((0..count).map(|_| Line::new(b"X", b"y" as Text)));
            return Ok(true);
        }
        Edit::Insert(place, name, value) => {
            let lines = lines(message, place);
            let at = choices.int_in_range(0..=lines.len())?;
            lines.insert(at, Line::new(name, value));
            return Ok(true);
        }
        Edit::Colon(place, _) | Edit::Name(place, _) | Edit::Value(place, _) | Edit::Long(place) => place,
        _ => return Ok(false),
    };
    let Some(line) = one(lines(message, place), choices)? else { return Ok(false) };
    match edit {
        Edit::Colon(_, text) => line.colon = text.into(),
        Edit::Name(_, text) => line.name = text.into(),
        Edit::Value(_, text) => line.value = text.into(),
        _ => line.value = vec![b'x'; choices.int_in_range(256..=1500)?].into(),
    }
    Ok(true)
}

fn in_fields(edit: Edit, message: &mut Message, choices: &mut Unstructured<'_>) -> Result<bool> {
    let fields = &mut message.fields;
    let find = |fields: &[Line], name: Text| fields.iter().position(|line| line.is(name));
    let before = fields.len();
    match edit {
        Edit::Remove(name) => {
            fields.retain(|line| !line.is(name));
            return Ok(fields.len() < before);
        }
        Edit::Double(name) => {
            let Some(at) = find(fields, name) else { return Ok(false) };
            fields.push(fields[at].clone());
        }
        Edit::Set(name, value) => {
            let Some(at) = find(fields, name) else { return Ok(false) };
            fields[at].value = value.into();
        }
        Edit::Framing(list) => {
            fields.retain(|line| !line.is(b"content-length") && !line.is(b"transfer-encoding"));
            for &(name, value) in list {
                let at = choices.int_in_range(0..=fields.len())?;
                fields.insert(at, Line::new(name, value));
            }
        }
        Edit::Length(by) => {
            let Some(at) = find(fields, b"Content-Length") else { return Ok(false) };
            let length = (message.body.len() as u64).saturating_add_signed(by);
            fields[at].value = length.to_string().into_bytes().into();
        }
        Edit::Upgrade(protocols) => {
            fields.push(Line::new(b"Connection", b"upgrade" as Text));
            fields.push(Line::new(b"Upgrade", protocols));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn in_chunks(edit: Edit, message: &mut Message, choices: &mut Unstructured<'_>) -> Result<bool> {
    match edit {
        Edit::Last(size) => {
            let Some(last) = message.chunks.last_mut() else { return Ok(false) };
            last.size = size.into();
        }
        Edit::NoLast => return Ok(message.chunks.pop().is_some()),
        Edit::Size(_) | Edit::SizeAffix(..) | Edit::SizeOff(_) | Edit::Extension(_) | Edit::LongExtension => {
            let Some(chunk) = one(&mut message.chunks, choices)? else { return Ok(false) };
            in_chunk(edit, chunk, choices)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn in_chunk(edit: Edit, chunk: &mut Chunk, choices: &mut Unstructured<'_>) -> Result<()> {
    match edit {
        Edit::Size(size) => chunk.size = size.into(),
        Edit::SizeAffix(before, behind) => chunk.size = [before, &chunk.size, behind].concat().into(),
        Edit::SizeOff(by) => {
            let size = (chunk.data.len() as u64).saturating_add_signed(by);
            chunk.size = format!("{size:x}").into_bytes().into();
        }
        Edit::Extension(text) => chunk.extensions = text.into(),
        _ => chunk.extensions = b";abc=def".repeat(choices.int_in_range(16..=150)?).into(),
    }
    Ok(())
}
