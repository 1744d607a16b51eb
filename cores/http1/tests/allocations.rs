//! A warm connection allocates nothing, whatever it reads and writes, as long as no message is larger than those before.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use wireproof_http1::{Config, Connection, Event, Received};

/// Counts the allocations of each thread.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator with the same arguments; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The allocations of the second hundred rounds.
fn when_warm(mut round: impl FnMut()) -> usize {
    (0..100).for_each(|_| round());
    let before = ALLOCATIONS.get();
    (0..100).for_each(|_| round());
    ALLOCATIONS.get() - before
}

/// Offers octets in pieces and calls back at the end of each message.
fn feed(connection: &mut Connection, input: &[u8], piece: usize, mut at_end: impl FnMut(&mut Connection)) {
    let (mut from, mut to) = (0, 0);
    while to < input.len() {
        to = input.len().min(to + piece);
        loop {
            let (consumed, ended) = match connection.receive(&input[from..to]) {
                Ok(Received::Event { consumed, event }) => (consumed, Some(matches!(event, Event::End(_)))),
                Ok(Received::NeedMore { consumed }) => (consumed, None),
                Ok(Received::Paused) => panic!("nothing is owed"),
                Err(error) => panic!("{error}"),
            };
            from += consumed;
            match ended {
                Some(true) => at_end(connection),
                Some(false) => {}
                None => break,
            }
        }
    }
    assert_eq!(from, input.len());
}

#[test]
fn a_server_allocates_nothing() {
    let requests: [&[u8]; 4] = [
        b"GET /a?b=c HTTP/1.1\r\nHost: a\r\nUser-Agent: b/1\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\nT: v\r\n\r\n",
    ];
    for input in requests {
        for piece in [1, 7, input.len()] {
            let (mut server, mut out) = (Connection::server(Config::default()), Vec::new());
            let allocations = when_warm(|| {
                feed(&mut server, input, piece, |server| {
                    server.send_response(200, b"OK", &[(b"Content-Type", b"text/plain")]).unwrap();
                    server.send_data(b"hello").unwrap();
                    server.send_end(&[(b"T", b"v")]).unwrap();
                    out.clear();
                    server.transmit(&mut out);
                });
            });
            assert_eq!(allocations, 0, "{:?} in pieces of {piece}", input.escape_ascii().to_string());
        }
    }
}

#[test]
fn a_client_allocates_nothing() {
    let response =
        b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\n c\r\n\r\nhi";
    let (mut client, mut out) = (Connection::client(Config::default()), Vec::new());
    let allocations = when_warm(|| {
        client.send_request(b"POST", b"/", &[(b"Host", b"a"), (b"Content-Length", b"2")]).unwrap();
        client.send_data(b"hi").unwrap();
        client.send_end(&[]).unwrap();
        out.clear();
        client.transmit(&mut out);
        feed(&mut client, response, response.len(), |_| {});
    });
    assert_eq!(allocations, 0);
}
