//! Driving allocates nothing per event: ten thousand events cost the harness as many allocations as ten.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use wireproof::http1::{Action, Event, Http1};
use wireproof::{
    Config, Ending, Endpoint, EventRef, Input, Observer, Protocol, Role, Script, SendError, Step, Typed, ValueRef,
    drive,
};

/// Counts the allocations of each thread, so that tests beside each other do not meet.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count_one() {
    // Fails only while a thread is torn down, when nothing is measured.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is passed on unchanged to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_one();
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: `ptr` came from `System` by `alloc` or `realloc` of this allocator.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count_one();
        // SAFETY: `ptr` came from `System` by `alloc` or `realloc` of this allocator.
        unsafe { System.realloc(ptr, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Reports events for each octet, and keeps nothing.
struct Reporter;

impl Endpoint<Http1> for Reporter {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Input::Bytes(octets) = input else { return };
        for octet in octets.chunks(1) {
            match octet {
                b"d" => events(Event::Data(octet)),
                b"h" => events(Event::Request {
                    method: b"GET",
                    target: b"/",
                    minor: Some(1),
                    fields: &[("host", "a"), ("accept", "*/*")],
                }),
                b"r" => {
                    events(Event::Response { status: 200, reason: Some(b"OK"), minor: Some(1), fields: &[("a", "b")] })
                }
                _ => events(Event::Upgraded),
            }
        }
    }

    fn send(&mut self, _: &Action) -> Result<(), SendError> {
        Ok(())
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"ok");
    }
}

/// Counts events and the octets in them.
#[derive(Default)]
struct Counter {
    events: usize,
    octets: usize,
}

impl Observer for Counter {
    fn event(&mut self, event: &EventRef<'_>, _: usize) {
        self.events += 1;
        for (_, value) in event.members {
            match value {
                ValueRef::Bytes(octets) => self.octets += octets.len(),
                ValueRef::Fields(fields) => fields.visit(&mut |name, value| self.octets += name.len() + value.len()),
                ValueRef::Number(_) | ValueRef::Flag(_) => {}
            }
        }
    }

    fn output(&mut self, octets: &[u8]) {
        self.octets += octets.len();
    }

    fn refused(&mut self, _: &str) {}
}

/// The allocations of driving one script of so many octets, an event each, under these cuts.
fn allocations(octets: &[u8], events: usize, answer: bool, splits: &[usize]) -> usize {
    let received = octets.iter().copied().cycle().take(events).collect();
    let steps = vec![Step::Receive(received), Step::Eof];
    let script = Script { protocol: Http1::SPEC, role: Role::Server, config: Config::default(), answer, steps };
    let (mut engine, mut counter) = (Typed(Box::new(Reporter)), Counter::default());
    let before = COUNT.with(Cell::get);
    let ending = drive(&mut engine, &script, splits, &mut counter);
    let allocated = COUNT.with(Cell::get) - before;
    assert_eq!((ending, counter.events), (Ending::Completed, events));
    assert!(counter.octets > 0);
    allocated
}

/// Few and many events allocate the same, whole and octet by octet.
fn check(octets: &[u8], answer: bool) {
    const MANY: usize = 10_000;
    let cut: Vec<usize> = (1..MANY).collect();
    for splits in [&[][..], &cut] {
        let (few, many) = (allocations(octets, 10, answer, splits), allocations(octets, MANY, answer, splits));
        assert_eq!(few, many, "{octets:?}, answered: {answer}, {} splits", splits.len());
    }
}

#[test]
fn the_counter_counts() {
    let before = COUNT.with(Cell::get);
    let kept = std::hint::black_box(vec![0u8; 100]);
    assert_eq!(COUNT.with(Cell::get), before + 1);
    drop(kept);
}

#[test]
fn an_event_costs_no_allocation() {
    for octets in [&b"d"[..], b"h", b"r", b"u", b"hdru"] {
        check(octets, false);
        check(octets, true);
    }
}
