//! `diff`: where subjects part.

use crate::home::built_in;
use crate::support::{folder, holds, json, text, wireproof, wireproof_reading};

/// Both lengths in one request, and a second request behind the last chunk.
const SMUGGLING: &[u8] = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n\
    0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n";

const TWO: [&str; 5] = ["diff", "--subject", "wireproof-http1", "--subject", "hyper"];

#[test]
fn smuggling_shows_who_reads_what() {
    let ran = wireproof_reading(&[&TWO[..], &["-"]].concat(), SMUGGLING);
    holds(
        ran.with_code(1),
        &[
            "45 \"Transfer-Encoding: chunked\\r\\n\"",
            "Cluster A: wireproof-http1 Cluster B: hyper",
            "A: wireproof-http1 │ B: hyper",
            "rejected phase=\"head\" class=\"transfer-encoding\"",
            "request method=\"POST\" target=\"/\"",
            "wireproof-http1  = S3",
            "wireproof-http1 and hyper part: S3 (one accepts what another refuses), message 1: accepted",
        ],
    );
}

#[test]
fn everyone_who_needs_no_set_up_takes_part() {
    let ran = wireproof_reading(&["diff", "--no-setup", "-"], SMUGGLING);
    let absent = "h11 takes no part: not set up; run: wireproof setup h11";
    let parting = format!("Input to {} subjects in the role of a server", built_in());
    holds(ran.with_code(1), &[&parting, absent, "llhttp takes no part"]);
}

#[test]
fn agreement_exits_with_0() {
    let ran = wireproof(&[&TWO[..], &["GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"]].concat());
    holds(ran.with_code(0), &["Cluster A: wireproof-http1, hyper", "All agree, as far as each can show."]);
}

#[test]
fn the_octets_are_the_same_however_they_are_given() {
    let octets: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nX: \xff\\\r\n\r\n";
    let files = folder(&[]);
    let file = files.path().join("octets");
    std::fs::write(&file, octets).expect("a file");
    let escaped = "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: \\xff\\\\\\r\\n\\r\\n";
    let by_text = wireproof(&[&TWO[..], &[escaped]].concat());
    let by_file = wireproof(&[&TWO[..], &["--file", text(&file)]].concat());
    let by_pipe = wireproof_reading(&[&TWO[..], &["-"]].concat(), octets);
    holds(by_text.with_code(0), &["\"X: \\xff\\\\\\r\\n\""]);
    assert_eq!(by_text.out, by_file.out);
    assert_eq!(by_text.out, by_pipe.out);
}

#[test]
fn json_holds_the_transcripts() {
    let ran = wireproof_reading(&[&TWO[..], &["--no-setup", "--json", "-"]].concat(), SMUGGLING);
    let document = json(ran.with_code(1));
    assert_eq!(document["clusters"], serde_json::json!([["wireproof-http1"], ["hyper"]]));
    assert_eq!(document["subjects"][0]["transcript"]["steps"][0]["events"][0]["event"], "rejected");
    assert_eq!(document["absent"], serde_json::json!([]));
}

#[test]
fn eof_ends_the_stream() {
    let whole = "HTTP/1.1 200 OK\\r\\n\\r\\nabc";
    let client = [&TWO[..], &["--role", "client", whole]].concat();
    let open = wireproof(&client);
    assert!(!open.with_code(0).contains("end trailers"), "{}", open.out);
    let ended = wireproof(&[&client[..], &["--eof"]].concat());
    holds(ended.with_code(0), &["the peer ends its stream", "data bytes=\"abc\" end trailers=[]"]);
}

#[test]
fn what_was_asked_frames_the_response() {
    let response = "HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\n";
    let client = [&TWO[..], &["--role", "client", response]].concat();
    let head = wireproof(&[&client[..], &["--asked", "HEAD"]].concat());
    holds(head.with_code(0), &["0. send {\"request\":{\"method\":\"HEAD\"", "end trailers=[]"]);
    assert!(!wireproof(&client).out.contains("end trailers"));
    let both = wireproof(
        &[&client[..4], &["hyper", "--role", "client", "--asked", "HEAD", "--asked", "GET", &response.repeat(2)]]
            .concat(),
    );
    holds(&both.out, &["0. send {\"request\":{\"method\":\"HEAD\"", "2. send {\"request\":{\"method\":\"GET\""]);
}

#[test]
fn members_in_another_order_are_no_divergence() {
    let Some(llhttp) = crate::home::set_up("llhttp") else { return };
    let client = ["diff", "--subject", "wireproof-http1", "--subject", "llhttp", "--role", "client", "--asked", "HEAD"];
    let response = "HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n";
    let ran = crate::support::finish(
        crate::support::command(&[&client[..], &[response]].concat()).env("WIREPROOF_HOME", llhttp),
    );
    holds(ran.with_code(0), &["All agree"]);
}

#[test]
fn one_subject_has_nothing_to_agree_with() {
    let ran = wireproof(&["diff", "--subject", "hyper", "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"]);
    holds(ran.with_code(0), &["Input to 1 subject in the role of a server", "there is nothing to compare it with"]);
}

#[test]
fn nothing_hostile_reaches_the_terminal() {
    let ran = wireproof(&[&TWO[..], &["GET /\\x1b[31m HTTP/1.1\\r\\nHost: a\\x9b\\r\\n\\r\\n"]].concat());
    assert!(ran.out.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", ran.out);
}

#[test]
fn mistakes_exit_with_2() {
    for (arguments, words) in [
        (&["GET \\q"][..], &["OCTETS: unknown escape at octet 4; known: \\r \\n"][..]),
        (&[], &["<OCTETS>"]),
        (&["--file", "/nonexistent"], &["cannot read /nonexistent"]),
        (&["--file", "x", "y"], &["cannot be used with"]),
        (&["--role", "proxy", "x"], &["proxy", "server, client"]),
        (&["--subject", "nope", "x"], &["unknown subject \"nope\"; known: wireproof-http1"]),
    ] {
        wireproof(&[&["diff"], arguments].concat()).complains(2, words);
    }
    wireproof(&["diff", "--no-setup", "--subject", "h11", "x"]).complains(3, &["h11 could not start: not set up"]);
}
