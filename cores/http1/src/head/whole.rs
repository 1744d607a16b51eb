//! What a head nearly always consists of, taken a line at a time: lines that are there whole and need no leniency.
//!
//! Nothing is refused here, and nothing is half taken: a line that is cut off, or in which any octet is not what it
//! nearly always is, stays where it is, and [`Scanner`] goes on octet by octet. So every rule stands there, once; and
//! no octet is looked at more than once here and once there.

use super::{Scanner, State};
use crate::octets::is_blank;
use crate::runs::{blank_run, token_run, value_run};

impl Scanner {
    /// Takes field lines from the one that begins here, while the list is no longer than this.
    pub(super) fn whole_field_lines(&mut self, window: &[u8], fields: usize) {
        while self.spans.len() < fields && self.whole_field_line(window).is_some() {}
    }

    /// field-name ":" OWS field-value OWS CRLF (RFC 9112, 5).
    fn whole_field_line(&mut self, window: &[u8]) -> Option<()> {
        let name = self.at;
        let colon = name + token_run(window.get(name..)?);
        if colon == name || *window.get(colon)? != b':' {
            return None;
        }
        let value = colon + 1 + blank_run(&window[colon + 1..]);
        let end = value + value_run(&window[value..]);
        if window.get(end..end + 2)? != b"\r\n" {
            return None;
        }
        let blank = window[value..end].iter().rev().take_while(|b| is_blank(**b)).count();
        (self.name, self.mark, self.value_end, self.folding) = ((name, colon), value, end - blank, false);
        self.keep(window);
        (self.at, self.state) = (end + 2, State::Line);
        Some(())
    }
}
