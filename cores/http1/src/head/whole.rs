//! What a head nearly always consists of, taken a line at a time: lines that are there whole and need no leniency.
//!
//! Nothing is refused here, and nothing is half taken: a line that is cut off, or in which any octet is not what it
//! nearly always is, stays where it is, and [`Scanner`] goes on octet by octet. So every rule stands there, once; and
//! no octet is looked at more than once here and once there.

use super::{Kind, Scanner, State};
use crate::octets::is_blank;
use crate::runs::{blank_run, path_run, token_run, value_run};

/// What was whole.
pub(super) enum Whole {
    /// Nothing.
    None,
    /// A start-line, empty lines before one, or field lines.
    Lines,
    /// The section to its end.
    Section,
}

impl Scanner {
    /// Takes what is whole from here on. The list grows to so many fields.
    #[inline(always)]
    pub(super) fn whole_lines(&mut self, window: &[u8], fields: usize) -> Whole {
        let from = self.at;
        match self.state {
            State::Before => drop(self.whole_request_line(window)),
            State::Version(0) if self.kind == Kind::Response => drop(self.whole_status_line(window)),
            State::Line => {
                self.whole_field_lines(window, fields);
                if let Some([b'\r', b'\n']) = window.get(self.at..self.at + 2) {
                    self.at += 2;
                    return Whole::Section;
                }
            }
            _ => return Whole::None,
        }
        if self.at > from { Whole::Lines } else { Whole::None }
    }

    /// *CRLF method SP request-target SP HTTP-version CRLF (RFC 9112, 2.2 and 3), with an ordinary path.
    fn whole_request_line(&mut self, window: &[u8]) -> Option<()> {
        while window.get(self.at..self.at + 2)? == b"\r\n" {
            self.at += 2;
        }
        let method = self.at;
        let target = method + token_run(window.get(method..)?) + 1;
        if target == method + 1 || window.get(target - 1..target + 1)? != b" /" {
            return None;
        }
        let end = target + path_run(&window[target..]);
        let [minor @ b'0'..=b'9', b'\r', b'\n', ..] = window[end..].strip_prefix(b" HTTP/1.")? else { return None };
        self.start.method = (method, target - 1);
        self.start.target = (target, end);
        self.start.plain_path = true;
        self.start.minor = minor - b'0';
        (self.at, self.state) = (end + " HTTP/1.d\r\n".len(), State::Line);
        Some(())
    }

    /// HTTP-version SP status-code SP [ reason-phrase ] CRLF (RFC 9112, 4).
    fn whole_status_line(&mut self, window: &[u8]) -> Option<()> {
        let digits = window.get(self.at..)?.strip_prefix(b"HTTP/1.")?;
        let [minor @ b'0'..=b'9', b' ', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', b' ', ..] = digits else {
            return None;
        };
        let reason = self.at + "HTTP/1.d ddd ".len();
        let end = reason + value_run(&window[reason..]);
        if window.get(end..end + 2)? != b"\r\n" {
            return None;
        }
        self.start.minor = minor - b'0';
        self.start.status = [a, b, c].iter().fold(0, |n, &digit| n * 10 + u16::from(digit - b'0'));
        self.start.reason = (reason, end);
        (self.at, self.state) = (end + 2, State::Line);
        Some(())
    }

    /// Field lines, while the list is shorter than this.
    #[inline(never)] // registers for this loop alone
    fn whole_field_lines(&mut self, window: &[u8], fields: usize) {
        while self.spans.len() < fields
            && let Some(FieldLine { colon, value, end }) = field_line(window, self.at)
        {
            let blank = window[value..end].iter().rev().take_while(|b| is_blank(**b)).count();
            self.push((self.at, colon), (value, end - blank), &window[self.at..colon]);
            self.at = end + 2;
        }
    }
}

/// Where the parts of a field line lie.
struct FieldLine {
    colon: usize,
    value: usize,
    /// The end of the value and of the white space behind it.
    end: usize,
}

/// field-name ":" OWS field-value OWS CRLF (RFC 9112, 5).
#[inline(always)]
fn field_line(window: &[u8], name: usize) -> Option<FieldLine> {
    let colon = name + token_run(window.get(name..)?);
    if colon == name || *window.get(colon)? != b':' {
        return None;
    }
    let value = colon + 1 + blank_run(&window[colon + 1..]);
    let end = value + value_run(&window[value..]);
    (window.get(end..end + 2)? == b"\r\n").then_some(FieldLine { colon, value, end })
}
