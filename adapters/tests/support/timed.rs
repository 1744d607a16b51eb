//! What a child over an SDK answers to `bench`.

use std::sync::Arc;

use wireproof::bench::Task;
use wireproof::child::Child;
use wireproof::{Config, Role, Script, Step, Subject, protocols};

const TWO: &str = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n";

fn task(octets: &str, config: &[(&str, u64)], pieces: Option<usize>) -> Arc<Task> {
    let config = Config(config.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect());
    let steps = vec![Step::Receive(octets.as_bytes().to_vec()), Step::Eof];
    let script = Script { protocol: protocols()[0], role: Role::Server, config, answer: true, steps };
    Arc::new(Task { script, pieces })
}

/// Checks that runs are counted, whole and in pieces, and that what cannot be done is said and leaves no trace.
pub(crate) fn check(child: &Child) {
    let mut session = child.open().unwrap_or_else(|e| panic!("{}", e.0));
    let mut events = |task: &Arc<Task>, times| {
        let measured = session.measure(task, times)?;
        assert!(measured.nanoseconds > 0 || times == 0, "{measured:?}");
        Ok(measured.events)
    };
    let two = task(TWO, &[], None);
    let each = 5; // two requests with their ends, and the end of the stream
    assert_eq!(events(&two, 1), Ok(each));
    assert_eq!(events(&two, 3), Ok(3 * each), "without steps");
    assert_eq!(events(&two, 0), Ok(0));
    assert_eq!(events(&task(TWO, &[], Some(1)), 3), Ok(3 * each), "octet by octet");
    assert_eq!(events(&task(TWO, &[], Some(7)), 1), Ok(each), "in pieces of 7");

    let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd";
    assert_eq!(events(&task(post, &[], None), 1), Ok(4));
    assert_eq!(events(&task(post, &[], Some(1)), 2), Ok(2 * 7), "an event for each octet of content");

    let cannot = task(TWO, &[("no-such-option", 1)], None);
    for _ in 0..2 {
        assert_eq!(events(&cannot, 1), Err("cannot set no-such-option".to_owned()));
    }
    assert_eq!(events(&two, 2), Ok(2 * each), "after that");
}
