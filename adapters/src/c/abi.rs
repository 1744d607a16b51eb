//! What `wireproof.h` declares, in Rust, and the reading of what a library hands over.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;

use wireproof::{EventRef, FieldList, ValueRef};

/// The version of the interface that this module speaks.
pub(super) const VERSION: u32 = 1;

/// `WP_MEMBERS`: at most this many members in one event.
const MEMBERS: usize = 16;

/// `WP_INPUT_*`.
pub(super) const INPUT_BYTES: c_int = 0;
pub(super) const INPUT_EOF: c_int = 1;
pub(super) const INPUT_TICK: c_int = 2;

/// What `wireproof_send` answers.
pub(super) const DONE: c_int = 0;
pub(super) const REFUSED: c_int = 1;
pub(super) const CANNOT: c_int = 2;

/// `WP_BYTES` and its kin.
pub(super) const BYTES: u32 = 0;
pub(super) const NUMBER: u32 = 1;
pub(super) const FLAG: u32 = 2;
pub(super) const FIELDS: u32 = 3;

/// `wp_bytes`: octets that live for `'a`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Octets<'a> {
    data: *const u8,
    len: usize,
    life: PhantomData<&'a [u8]>,
}

/// `wp_field`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: Octets<'a>,
    pub(super) value: Octets<'a>,
}

impl Field<'_> {
    /// An empty line.
    pub(super) const NONE: Field<'static> = Field { name: Octets::NONE, value: Octets::NONE };
}

/// `wp_member`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) name: *const c_char,
    pub(super) kind: u32,
    pub(super) bytes: Octets<'a>,
    pub(super) number: u64,
    pub(super) fields: *const Field<'a>,
    pub(super) field_count: usize,
}

impl Member<'_> {
    /// A member without a name: no fields.
    pub(super) const NONE: Member<'static> = Member {
        name: std::ptr::null(),
        kind: FIELDS,
        bytes: Octets::NONE,
        number: 0,
        fields: std::ptr::null(),
        field_count: 0,
    };
}

/// `wp_sink`.
pub(super) type Sink = unsafe extern "C" fn(*mut c_void, *const c_char, *const Member<'_>, usize);

/// The functions that a library exports, in the header's order.
pub(super) type Profile = unsafe extern "C" fn() -> *const c_char;
pub(super) type Abi = unsafe extern "C" fn() -> u32;
pub(super) type Open = unsafe extern "C" fn(*const c_char, *const c_char) -> *mut c_void;
pub(super) type Receive = unsafe extern "C" fn(*mut c_void, c_int, *const u8, usize, u64, Sink, *mut c_void);
pub(super) type Send = unsafe extern "C" fn(*mut c_void, *const c_char, *const Member<'_>, usize) -> c_int;
pub(super) type Why = unsafe extern "C" fn(*mut c_void) -> *const c_char;
pub(super) type Transmit = unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> usize;
pub(super) type Close = unsafe extern "C" fn(*mut c_void);

impl<'a> Octets<'a> {
    /// No octets.
    const NONE: Octets<'static> = Octets { data: std::ptr::null(), len: 0, life: PhantomData };

    /// These octets.
    pub(super) fn of(octets: &'a [u8]) -> Octets<'a> {
        Octets { data: octets.as_ptr(), len: octets.len(), life: PhantomData }
    }

    /// The octets, or nothing if a library gave a length without a pointer.
    ///
    /// # Safety
    /// `data` is NULL or points to `len` octets that stay as they are for `'a`.
    unsafe fn get(self) -> Option<&'a [u8]> {
        // SAFETY: the caller's promise.
        unsafe { slice(self.data, self.len) }
    }
}

/// `len` values at `data`; an empty slice may come as NULL.
///
/// # Safety
/// `data` is NULL, or points to `len` values that stay as they are for `'a`.
unsafe fn slice<'a, T>(data: *const T, len: usize) -> Option<&'a [T]> {
    match (data.is_null(), len) {
        (_, 0) => Some(&[]),
        (true, _) => None,
        // SAFETY: not NULL, and the caller promises that many values.
        (false, _) => Some(unsafe { std::slice::from_raw_parts(data, len) }),
    }
}

/// Text that ends with a zero; none if it is NULL or no UTF-8.
///
/// # Safety
/// `text` is NULL, or points to octets with a zero among them that stay as they are for `'a`.
pub(super) unsafe fn text<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    // Names are short words: to look at them octet by octet costs less than two calls for each.
    for len in 0..SHORT {
        // SAFETY: the caller promises a zero, and there was none before this octet.
        match unsafe { *text.add(len).cast::<u8>() } {
            // SAFETY: `len` octets were just read, all of them ASCII.
            0 => return Some(unsafe { str::from_utf8_unchecked(std::slice::from_raw_parts(text.cast(), len)) }),
            0x80.. => break,
            _ => {}
        }
    }
    // SAFETY: not NULL, and the caller promises the zero.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// Octets of a text that are looked at one by one.
const SHORT: usize = 24;

/// A library's field list, read where it lies. Its octets were checked when it was made.
#[derive(Clone, Copy)]
struct Lines<'a>(&'a [Field<'a>]);

impl<'a> Lines<'a> {
    /// # Safety
    /// As for [`Member::value`].
    unsafe fn checked(member: &Member<'a>) -> Option<Lines<'a>> {
        // SAFETY: the caller's promise.
        let lines = unsafe { slice(member.fields, member.field_count) }?;
        let sound = |octets: &Octets<'_>| octets.len == 0 || !octets.data.is_null();
        lines.iter().all(|line| sound(&line.name) && sound(&line.value)).then_some(Lines(lines))
    }
}

impl FieldList for Lines<'_> {
    fn visit(&self, each: &mut dyn FnMut(&[u8], &[u8])) {
        for line in self.0 {
            // SAFETY: `checked` made this list under the promise that its octets stay for the list's lifetime.
            let (name, value) = unsafe { (line.name.get(), line.value.get()) };
            each(name.unwrap_or_default(), value.unwrap_or_default());
        }
    }
}

/// How a library's event breaks the interface. These are faults of the shim, shown as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breach {
    /// The event's name is NULL or no UTF-8.
    EventName,
    /// A member's name is NULL or no UTF-8.
    MemberName,
    /// A member's kind is none of the header's.
    Kind,
    /// A length or count without a pointer.
    Pointer,
    /// More members than `WP_MEMBERS`.
    TooMany,
}

impl Breach {
    /// In words, for the author of the shim.
    pub(super) fn text(self) -> &'static str {
        match self {
            Breach::EventName => "an event's name is NULL or not UTF-8",
            Breach::MemberName => "a member's name is NULL or not UTF-8",
            Breach::Kind => "a member's kind is none of WP_BYTES, WP_NUMBER, WP_FLAG and WP_FIELDS",
            Breach::Pointer => "a NULL pointer came with a length above 0",
            Breach::TooMany => "an event has more than WP_MEMBERS members",
        }
    }
}

/// Reads an event where it lies and shows it. Allocates nothing.
///
/// # Safety
/// The pointers are NULL or as the header says, and what they lead to stays as it is during the call.
pub(super) unsafe fn read_event(
    name: *const c_char,
    members: *const Member<'_>,
    count: usize,
    show: &mut dyn FnMut(&EventRef<'_>),
) -> Result<(), Breach> {
    // SAFETY: the caller's promise.
    let name = unsafe { text(name) }.ok_or(Breach::EventName)?;
    let read = match count {
        0..=1 => read_members::<1>,
        2..=6 => read_members::<6>,
        7..=MEMBERS => read_members::<MEMBERS>,
        _ => return Err(Breach::TooMany),
    };
    // SAFETY: the caller's promise.
    unsafe { read(name, members, count, show) }
}

/// The same for at most `MOST` members: few need little room, and to clear much room takes time.
///
/// # Safety
/// As for [`read_event`].
unsafe fn read_members<const MOST: usize>(
    name: &str,
    members: *const Member<'_>,
    count: usize,
    show: &mut dyn FnMut(&EventRef<'_>),
) -> Result<(), Breach> {
    // SAFETY: the caller's promise.
    let given = unsafe { slice(members, count) }.ok_or(Breach::Pointer)?;
    let mut lists = [Lines(&[]); MOST];
    for (list, member) in lists.iter_mut().zip(given).filter(|(_, m)| m.kind == FIELDS) {
        // SAFETY: the caller's promise.
        *list = unsafe { Lines::checked(member) }.ok_or(Breach::Pointer)?;
    }
    let mut read = [("", ValueRef::Flag(false)); MOST];
    for ((read, list), member) in read.iter_mut().zip(&lists).zip(given) {
        // SAFETY: the caller's promise.
        let name = unsafe { text(member.name) }.ok_or(Breach::MemberName)?;
        let value = match member.kind {
            // SAFETY: the caller's promise.
            BYTES => ValueRef::Bytes(unsafe { member.bytes.get() }.ok_or(Breach::Pointer)?),
            NUMBER => ValueRef::Number(member.number),
            FLAG => ValueRef::Flag(member.number != 0),
            FIELDS => ValueRef::Fields(list),
            _ => return Err(Breach::Kind),
        };
        *read = (name, value);
    }
    show(&EventRef { name, members: &read[..count] }); // count is at most MOST
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;

    #[test]
    fn text_ends_with_its_zero_however_long_it_is() {
        let check = |octets: Vec<u8>| {
            let expected = std::str::from_utf8(&octets).ok();
            let ended = CString::new(octets.clone()).expect("no zero inside");
            // SAFETY: it ends with a zero and lives through the call.
            assert_eq!(unsafe { text(ended.as_ptr()) }, expected, "{octets:?}");
        };
        for len in 0..=SHORT + 2 {
            check(vec![b'a'; len]);
            for at in 0..len {
                let with = |octets: &[u8]| [&vec![b'a'; at][..], octets, &vec![b'b'; len - at][..]].concat();
                check(with("é".as_bytes()));
                check(with(b"\xff"));
            }
        }
    }

    #[test]
    fn members_are_read_whatever_their_number() {
        let names: Vec<CString> = (0..MEMBERS).map(|at| CString::new(format!("m{at}")).expect("no zero")).collect();
        let line = [Field { name: Octets::of(b"a"), value: Octets::of(b"b") }];
        let member = |(at, name): (usize, &CString)| {
            let (kind, fields) = if at % 2 == 0 { (NUMBER, std::ptr::null()) } else { (FIELDS, line.as_ptr()) };
            Member { name: name.as_ptr(), kind, number: at as u64, fields, field_count: at % 2, ..Member::NONE }
        };
        let members: Vec<Member<'_>> = names.iter().enumerate().map(member).collect();
        for count in 0..=MEMBERS {
            let mut shown = Vec::new();
            let mut show = |event: &EventRef<'_>| shown.push(event.to_record());
            // SAFETY: so many members, whose names and lines live through the call.
            let read = unsafe { read_event(c"data".as_ptr(), members.as_ptr(), count, &mut show) };
            assert_eq!((read, shown.len()), (Ok(()), 1));
            let value = |at: usize| match at % 2 {
                0 => wireproof::Value::Number(at as u64),
                _ => wireproof::Value::Fields(vec![(b"a".to_vec(), b"b".to_vec())]),
            };
            let expected: Vec<_> = (0..count).map(|at| (format!("m{at}").into(), value(at))).collect();
            assert_eq!(shown[0].members, expected, "{count} members");
        }
        // SAFETY: the same.
        let read = unsafe { read_event(c"data".as_ptr(), members.as_ptr(), MEMBERS + 1, &mut |_| ()) };
        assert_eq!(read, Err(Breach::TooMany));
    }
}
