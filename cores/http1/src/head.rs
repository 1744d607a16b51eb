//! Start-lines and field sections, octet by octet: each octet is looked at once, whatever the pieces it comes in, and
//! a refusal comes with the octet that deserves it.
//!
//! ```text
//! request-line = method SP request-target SP HTTP-version           RFC 9112, 3
//! status-line  = HTTP-version SP status-code SP [ reason-phrase ]   RFC 9112, 4
//! field-line   = field-name ":" OWS field-value OWS                 RFC 9112, 5
//! ```
//!
//! Nothing is copied: a complete section is a list of offsets into the caller's buffer, which must therefore hold the
//! whole section. Only the values of folded lines are rebuilt.

mod whole;

use alloc::vec::Vec;

use crate::error::Reason;
use crate::limits::{Config, Leniency};
use crate::names::Known;
use crate::octets::{is_blank, is_token, is_value};
use crate::runs::value_run;
use whole::Whole;

/// Where one field line's name and value lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldSpan {
    name: (usize, usize),
    value: (usize, usize),
    pub(crate) known: Known,
    /// The value lies in the rebuilt octets.
    unfolded: bool,
}

impl FieldSpan {
    /// The name and value. Spans lie inside the octets they were made from; others give nothing.
    pub(crate) fn resolve<'a>(&self, input: &'a [u8], unfolded: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let values = if self.unfolded { unfolded } else { input };
        let name = input.get(self.name.0..self.name.1).unwrap_or_default();
        (name, values.get(self.value.0..self.value.1).unwrap_or_default())
    }
}

/// A broken rule and the offset, in what was offered, of the octet that broke it.
pub(crate) type Flaw = (Reason, usize);

/// What a section begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Response,
    Trailers,
}

/// The next thing that the scanner expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A request line, or an empty line before it (RFC 9112, 2.2).
    Before,
    /// The LF of an empty line before a request line.
    BeforeLf,
    Method,
    Target,
    /// So many octets of `HTTP/d.d` were seen.
    Version(u8),
    /// CR after a request line.
    VersionEnd,
    /// SP after a status line's version.
    VersionSpace,
    /// So many digits of a status code were seen.
    Code(u8),
    /// SP after a status code.
    CodeSpace,
    Reason,
    /// The LF of a start-line.
    StartLf,
    /// A field line, the end of the section, or the continuation of a folded line.
    Line,
    Name,
    /// The white space before a field value.
    ValueStart,
    Value,
    /// The LF of a field line.
    ValueLf,
    /// The LF of the empty line that ends the section.
    EndLf,
}

/// Scans one section after another; its memory is kept.
#[derive(Debug)]
pub(crate) struct Scanner {
    kind: Kind,
    state: State,
    /// The next octet to look at.
    at: usize,
    /// Where the current element begins.
    mark: usize,
    /// Where the last octet of the value that is no white space ends.
    value_end: usize,
    name: (usize, usize),
    /// Whether the current line continues the one before.
    folding: bool,
    /// Whether folded lines are replaced; otherwise they are refused.
    unfold: bool,
    /// What is kept belongs to a head that was read already.
    stale: bool,
    pub(crate) start: StartLine,
    pub(crate) spans: Vec<FieldSpan>,
    /// The known names among them.
    pub(crate) seen: u8,
    pub(crate) unfolded: Vec<u8>,
}

/// Where the parts of a start-line lie.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StartLine {
    pub(crate) method: (usize, usize),
    pub(crate) target: (usize, usize),
    /// The target is a path, perhaps with a query, without percent-encoding: fit for any method but CONNECT.
    pub(crate) plain_path: bool,
    major: u8,
    pub(crate) minor: u8,
    pub(crate) status: u16,
    pub(crate) reason: (usize, usize),
}

impl Scanner {
    pub(crate) fn new(kind: Kind, unfold: bool) -> Scanner {
        let mut scanner = Scanner {
            kind,
            state: State::Line,
            at: 0,
            mark: 0,
            value_end: 0,
            name: (0, 0),
            folding: false,
            unfold,
            stale: false,
            start: StartLine::default(),
            spans: Vec::new(),
            seen: 0,
            unfolded: Vec::new(),
        };
        scanner.restart(kind);
        scanner
    }

    /// Gets ready for another section.
    pub(crate) fn restart(&mut self, kind: Kind) {
        self.kind = kind;
        self.state = match kind {
            Kind::Request => State::Before,
            Kind::Response => State::Version(0),
            Kind::Trailers => State::Line,
        };
        (self.at, self.mark, self.value_end) = (0, 0, 0);
        (self.folding, self.stale) = (false, false);
        self.start = StartLine::default();
        self.spans.clear();
        self.seen = 0;
        self.unfolded.clear();
    }

    /// Gets ready for another head while the fields of the last one are still looked at.
    pub(crate) fn rewind(&mut self) {
        (self.at, self.state, self.stale) = (0, State::Version(0), true);
    }

    /// Whether a request's head has begun; empty lines before the request line are none.
    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.state, State::Before | State::BeforeLf)
    }

    /// Looks at octets not looked at before. Gives the length of the section once it is complete.
    pub(crate) fn scan(&mut self, input: &[u8], config: &Config) -> Result<Option<usize>, Flaw> {
        if self.stale {
            self.restart(self.kind);
        }
        while self.at < input.len() {
            let (limit, reason) = self.limit(config);
            if self.at >= limit {
                return Err((reason, self.at));
            }
            let window = &input[..input.len().min(limit)];
            match self.whole_lines(window, config.limits.fields) {
                Whole::Section => return Ok(Some(self.at)),
                Whole::Lines => continue,
                Whole::None => {}
            }
            if self.step(window, config).map_err(|reason| (reason, self.at))? {
                return Ok(Some(self.at));
            }
        }
        Ok(None)
    }

    /// RFC 9110, 5.4 and RFC 9112, 3: the first offset that is too far for the current element, and what it breaks.
    fn limit(&self, config: &Config) -> (usize, Reason) {
        let line = config.limits.start_line;
        match (self.state, self.kind) {
            (State::Before | State::BeforeLf | State::Method, _) => (line, Reason::MethodTooLong),
            (State::Target | State::Version(_) | State::VersionEnd, Kind::Request) => (line, Reason::TargetTooLong),
            (State::Target | State::Version(_) | State::VersionEnd, Kind::Response | Kind::Trailers)
            | (State::VersionSpace | State::Code(_) | State::CodeSpace | State::Reason, _) => {
                (line, Reason::StatusLineTooLong)
            }
            (State::StartLf, _) => (usize::MAX, Reason::LineEnd),
            (State::Line | State::Name | State::ValueStart | State::Value | State::ValueLf | State::EndLf, _) => {
                (config.limits.head, Reason::HeadTooLong)
            }
        }
    }

    /// Looks at one octet; true when the section is complete.
    fn step(&mut self, input: &[u8], config: &Config) -> Result<bool, Reason> {
        let b = input[self.at]; // `scan` calls with at < input.len() only
        let leniency = &config.leniency;
        match self.state {
            State::Before | State::BeforeLf => self.before(b, leniency)?,
            State::Method => self.method(b)?,
            State::Target => self.target(b)?,
            State::Version(seen) => self.version(seen, b)?,
            State::VersionEnd => self.line_end(b, State::StartLf, leniency, Reason::Version)?,
            State::VersionSpace => self.expect(b, b' ', State::Code(0), Reason::Version)?,
            State::Code(seen) => self.code(seen, b)?,
            State::CodeSpace => self.code_space(b, leniency)?,
            State::Reason => self.reason(b, input, leniency)?,
            State::StartLf => self.start_lf(b)?,
            State::Line => self.line(b, config)?,
            State::Name => self.name(b)?,
            State::ValueStart | State::Value => self.value(b, input, leniency)?,
            State::ValueLf => self.expect(b, b'\n', State::Line, Reason::LineEnd)?,
            State::EndLf => {
                self.expect(b, b'\n', State::Line, Reason::LineEnd)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes the octet and goes to another state.
    fn go(&mut self, state: State) {
        self.at += 1;
        self.state = state;
    }

    fn expect(&mut self, b: u8, expected: u8, then: State, otherwise: Reason) -> Result<(), Reason> {
        if b != expected {
            return Err(otherwise);
        }
        self.go(then);
        Ok(())
    }

    /// CR, or LF where that is allowed: then the LF state is passed over.
    fn line_end(&mut self, b: u8, lf: State, leniency: &Leniency, otherwise: Reason) -> Result<(), Reason> {
        match b {
            b'\r' => self.go(lf),
            b'\n' if leniency.bare_lf => self.go(State::Line),
            b'\n' => return Err(Reason::LineEnd),
            _ => return Err(otherwise),
        }
        Ok(())
    }

    /// RFC 9112, 2.2: empty lines before a request line are ignored; they count against the limit of a request line.
    fn before(&mut self, b: u8, leniency: &Leniency) -> Result<(), Reason> {
        match (self.state, b) {
            (State::BeforeLf, b'\n') => self.go(State::Before),
            (State::BeforeLf, _) => return Err(Reason::LineEnd),
            (_, b'\r') => self.go(State::BeforeLf),
            (_, b'\n') if leniency.bare_lf => self.go(State::Before),
            (_, b) if is_token(b) => {
                self.mark = self.at;
                self.go(State::Method);
            }
            (_, _) => return Err(Reason::Method),
        }
        Ok(())
    }

    fn method(&mut self, b: u8) -> Result<(), Reason> {
        match b {
            b' ' => {
                self.start.method = (self.mark, self.at);
                self.mark = self.at + 1;
                self.go(State::Target);
            }
            b if is_token(b) => self.at += 1,
            _ => return Err(Reason::Method),
        }
        Ok(())
    }

    /// The octets of the target are judged by its form, when the head is complete; here only what cannot be in any.
    fn target(&mut self, b: u8) -> Result<(), Reason> {
        match b {
            b' ' if self.at > self.mark => {
                self.start.target = (self.mark, self.at);
                self.go(State::Version(0));
            }
            0x21..=0x7e if b != b'#' => self.at += 1,
            _ => return Err(Reason::Target),
        }
        Ok(())
    }

    /// RFC 9112, 2.3: `HTTP/` DIGIT `.` DIGIT, case-sensitive.
    fn version(&mut self, seen: u8, b: u8) -> Result<(), Reason> {
        const PATTERN: [u8; 8] = *b"HTTP/d.d";
        let expected = PATTERN[usize::from(seen.min(7))];
        match (seen, b) {
            (5, b'0'..=b'9') => {
                self.start.major = b - b'0';
                self.go(State::Version(6));
            }
            // Only the "." tells another major version from what is no version at all.
            (6, b'.') if self.start.major != 1 => return Err(Reason::VersionNotSupported),
            (7, b'0'..=b'9') => {
                self.start.minor = b - b'0';
                let then = if self.kind == Kind::Request { State::VersionEnd } else { State::VersionSpace };
                self.go(then);
            }
            (5 | 7, _) => return Err(Reason::Version),
            (_, b) if b == expected => self.go(State::Version(seen + 1)),
            (_, _) => return Err(Reason::Version),
        }
        Ok(())
    }

    fn code(&mut self, seen: u8, b: u8) -> Result<(), Reason> {
        if !b.is_ascii_digit() {
            return Err(Reason::StatusCode);
        }
        self.start.status = self.start.status * 10 + u16::from(b - b'0');
        self.go(if seen == 2 { State::CodeSpace } else { State::Code(seen + 1) });
        Ok(())
    }

    fn code_space(&mut self, b: u8, leniency: &Leniency) -> Result<(), Reason> {
        if leniency.status_without_space && matches!(b, b'\r' | b'\n') {
            self.start.reason = (self.at, self.at);
            return self.line_end(b, State::StartLf, leniency, Reason::StatusCode);
        }
        self.mark = self.at + 1;
        self.expect(b, b' ', State::Reason, Reason::StatusCode)
    }

    fn reason(&mut self, b: u8, input: &[u8], leniency: &Leniency) -> Result<(), Reason> {
        if is_value(b) {
            self.at += value_run(&input[self.at..]);
            return Ok(());
        }
        self.start.reason = (self.mark, self.at);
        self.line_end(b, State::StartLf, leniency, Reason::ReasonPhrase)
    }

    fn start_lf(&mut self, b: u8) -> Result<(), Reason> {
        self.expect(b, b'\n', State::Line, Reason::LineEnd)
    }

    fn line(&mut self, b: u8, config: &Config) -> Result<(), Reason> {
        match b {
            b' ' | b'\t' if self.spans.is_empty() => return Err(Reason::SpaceBeforeFields),
            b' ' | b'\t' if !self.unfold => return Err(Reason::Fold), // RFC 9112, 5.2
            b' ' | b'\t' => {
                self.folding = true;
                self.go(State::ValueStart);
            }
            b'\r' => self.go(State::EndLf),
            b'\n' if config.leniency.bare_lf => self.state = State::EndLf,
            b if is_token(b) && self.spans.len() >= config.limits.fields => return Err(Reason::TooManyFields),
            b if is_token(b) => {
                self.mark = self.at;
                self.folding = false;
                self.go(State::Name);
            }
            b'\n' => return Err(Reason::LineEnd),
            _ => return Err(Reason::FieldName),
        }
        Ok(())
    }

    fn name(&mut self, b: u8) -> Result<(), Reason> {
        match b {
            b':' => {
                self.name = (self.mark, self.at);
                self.go(State::ValueStart);
            }
            b if is_token(b) => self.at += 1,
            _ => return Err(Reason::FieldName),
        }
        Ok(())
    }

    fn value(&mut self, b: u8, input: &[u8], leniency: &Leniency) -> Result<(), Reason> {
        if self.state == State::ValueStart {
            if is_blank(b) {
                self.at += 1;
                return Ok(());
            }
            (self.mark, self.value_end) = (self.at, self.at);
            self.state = State::Value;
        }
        if is_value(b) {
            let run = &input[self.at..self.at + value_run(&input[self.at..])];
            if let Some(last) = run.iter().rposition(|&b| !is_blank(b)) {
                self.value_end = self.at + last + 1;
            }
            self.at += run.len();
            return Ok(());
        }
        if matches!(b, b'\r' | b'\n') {
            self.line_end(b, State::ValueLf, leniency, Reason::FieldValue)?;
            self.keep(input);
            return Ok(());
        }
        Err(Reason::FieldValue)
    }

    #[inline(always)]
    fn push(&mut self, name: (usize, usize), value: (usize, usize), named: &[u8]) {
        let known = Known::of(named);
        self.seen |= known as u8;
        self.spans.push(FieldSpan { name, value, known, unfolded: false });
    }

    /// Keeps the field line just read, or joins it to the one that it continues.
    fn keep(&mut self, input: &[u8]) {
        let value = (self.mark, self.value_end);
        match self.spans.last_mut().filter(|_| self.folding) {
            None => self.push(self.name, value, input.get(self.name.0..self.name.1).unwrap_or_default()),
            Some(last) => {
                let (_, before) = last.resolve(input, &[]);
                if !last.unfolded {
                    last.value.0 = self.unfolded.len();
                    self.unfolded.extend_from_slice(before);
                    last.unfolded = true;
                }
                let more = input.get(value.0..value.1).unwrap_or_default();
                if !more.is_empty() {
                    if self.unfolded.len() > last.value.0 {
                        self.unfolded.push(b' ');
                    }
                    self.unfolded.extend_from_slice(more);
                }
                last.value.1 = self.unfolded.len();
            }
        }
    }
}
