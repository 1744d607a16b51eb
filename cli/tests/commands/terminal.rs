//! Colours and progress: on a terminal and nowhere else.

use std::process::Command;

use crate::support::{CHUNKED, command, finish, text, vectors};

/// A run long enough to show how it goes on.
fn run() -> Vec<String> {
    let folder = vectors().join("http1").join(CHUNKED);
    ["run", "httparse", "wireproof-http1", "--cuts", "some", "--vectors", text(&folder)].map(str::to_owned).to_vec()
}

/// What a terminal of 80 columns gets, errors and all; nothing if no terminal can be had.
fn on_a_terminal(variables: &[(&str, &str)]) -> Option<String> {
    let line = format!("stty rows 24 cols 80; {} '{}'", env!("CARGO_BIN_EXE_wireproof"), run().join("' '"));
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).env_clear().env("TERM", "xterm-256color");
    script.env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(variables.iter().copied());
    match script.output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => {
            println!("unavailable: no terminal: script: {error}");
            None
        }
    }
}

#[test]
fn a_pipe_gets_plain_text() {
    for variables in [&[][..], &[("TERM", "xterm-256color")], &[("COLORTERM", "truecolor"), ("TERM", "xterm")]] {
        let ran =
            finish(command(&run().iter().map(String::as_str).collect::<Vec<_>>()).envs(variables.iter().copied()));
        assert!(!ran.out.contains('\x1b') && ran.out.contains("2 subjects"), "{}", ran.out);
        assert_eq!(ran.err, "", "progress is for terminals");
    }
}

#[test]
fn a_terminal_gets_colours_and_progress_in_its_width() {
    let Some(seen) = on_a_terminal(&[]) else { return };
    assert!(seen.contains("\x1b[1m") || seen.contains("\x1b[3"), "{seen:?}");
    for line in plain(&seen).lines().filter(|l| !l.contains('\r')) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn no_color_is_heeded() {
    let Some(seen) = on_a_terminal(&[("NO_COLOR", "1")]) else { return };
    let coloured = seen.match_indices("\x1b[").any(|(at, _)| {
        let code: String = seen[at + 2..].chars().take_while(|c| !c.is_ascii_alphabetic()).collect();
        seen[at + 2 + code.len()..].starts_with('m') && code != "0" && !code.is_empty()
    });
    assert!(!coloured, "{seen:?}");
}

/// Without escape sequences.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        out += before;
        rest = after.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).get(1..).unwrap_or_default();
    }
    out + rest
}
