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

/// `wp_member`.
#[repr(C)]
pub(super) struct Member<'a> {
    pub(super) name: *const c_char,
    pub(super) kind: u32,
    pub(super) bytes: Octets<'a>,
    pub(super) number: u64,
    pub(super) fields: *const Field<'a>,
    pub(super) field_count: usize,
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
    // SAFETY: not NULL, and the caller promises the zero.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

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
    if count > MEMBERS {
        return Err(Breach::TooMany);
    }
    // SAFETY: the caller's promise.
    let given = unsafe { slice(members, count) }.ok_or(Breach::Pointer)?;
    let mut lists = [Lines(&[]); MEMBERS];
    for (list, member) in lists.iter_mut().zip(given).filter(|(_, m)| m.kind == FIELDS) {
        // SAFETY: the caller's promise.
        *list = unsafe { Lines::checked(member) }.ok_or(Breach::Pointer)?;
    }
    let mut read = [("", ValueRef::Flag(false)); MEMBERS];
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
    show(&EventRef { name, members: &read[..count] }); // count is at most MEMBERS
    Ok(())
}
