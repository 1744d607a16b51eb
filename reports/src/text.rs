//! Text for people: made safe, wrapped, cut short.

use std::ops::Range;

use wireproof::bytes::escape_octet;

/// One line that no terminal, parser or reader is led astray by: controls, line breaks, bidirectional and invisible
/// characters become escapes; printable characters stay, quotes and backslashes too, so that a traceback reads as it
/// was written and text that is escaped already does not change.
pub(crate) fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(b' '..=b'~') => out.push(c),
            Ok(octet @ 0..=0x9f) => escape_octet(octet, &mut out),
            _ => out.extend(c.escape_debug()),
        }
    }
    out
}

/// The lines of a text of several lines, each [`safe`]; trailing empty ones are dropped.
pub(crate) fn safe_lines(text: &str) -> Vec<String> {
    text.trim_end().lines().map(safe).collect()
}

/// A text's first line, [`safe`].
pub(crate) fn first_line(text: &str) -> String {
    text.lines().next().map(safe).unwrap_or_default()
}

/// Lines of at most `width` characters, broken at spaces where there are any in the latter half.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut rest: Vec<char> = text.chars().collect();
    let mut lines = Vec::new();
    while rest.len() > width {
        let space = rest[..=width].iter().rposition(|c| *c == ' ').filter(|at| *at > width / 2);
        let tail = rest.split_off(space.unwrap_or(width));
        lines.push(rest.into_iter().collect());
        rest = tail.into_iter().skip(usize::from(space.is_some())).collect();
    }
    lines.push(rest.into_iter().collect());
    lines
}

/// [`wrap`], with every line but the first indented by two.
pub(crate) fn hang(text: &str, width: usize) -> Vec<String> {
    let mut lines = wrap(text, width);
    if lines.len() > 1 {
        let rest = lines.split_off(1).join(" ");
        lines.extend(wrap(&rest, width.saturating_sub(2)).into_iter().map(|line| format!("  {line}")));
    }
    lines
}

/// An item that is shown, by index, or a run of items that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Item(usize),
    Gap(Range<usize>),
}

/// What is shown of `count` items where about `limit` have room: the first, the last, and those around `focus`. A gap
/// stands for two items at least, for it takes a line itself.
pub(crate) fn elide(count: usize, limit: usize, focus: Option<usize>) -> Vec<Shown> {
    if count <= limit {
        return (0..count).map(Shown::Item).collect();
    }
    let quarter = limit / 4;
    let head = if focus.is_some() { quarter } else { limit - quarter };
    let kept =
        |i: &usize| *i < head || *i + quarter >= count || focus.is_some_and(|f| i.abs_diff(f) <= quarter.div_ceil(2));
    let mut shown: Vec<Shown> = Vec::new();
    let mut from = 0;
    for item in (0..count).filter(kept) {
        match item - from {
            0 => {}
            1 => shown.push(Shown::Item(from)),
            _ => shown.push(Shown::Gap(from..item)),
        }
        shown.push(Shown::Item(item));
        from = item + 1;
    }
    if from < count {
        shown.push(Shown::Gap(from..count));
    }
    shown
}

/// The lines that have room, with a line that counts those left out, and with them those that were `omitted` before
/// from the middle of more lines than have room.
pub(crate) fn elide_lines(lines: Vec<String>, limit: usize, omitted: usize) -> Vec<String> {
    let line = |shown| match shown {
        Shown::Item(index) => lines[index].clone(),
        Shown::Gap(range) => format!("… {} more lines …", range.len() + omitted),
    };
    elide(lines.len(), limit, None).into_iter().map(line).collect()
}

/// A number in at most five characters: `9876`, `98.7k`, `987k`, `9.8M`. Rounded down.
pub(crate) fn human(n: u64) -> String {
    const UNITS: [(u64, char); 3] = [(1_000, 'k'), (1_000_000, 'M'), (1_000_000_000, 'G')];
    if n < 10_000 {
        return n.to_string();
    }
    let (unit, letter) = UNITS.into_iter().rev().find(|(unit, _)| n >= *unit).unwrap_or(UNITS[0]);
    match n / unit {
        whole @ 0..100 => format!("{whole}.{}{letter}", n % unit * 10 / unit),
        whole => format!("{whole}{letter}"),
    }
}

/// `1 case`, `2 cases`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// A word as a shell takes it, quoted if need be.
pub(crate) fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_becomes_escapes() {
        let table = [
            ("plain \"quoted\" \\x1b", "plain \"quoted\" \\x1b"),
            ("\x1b[31m\0\u{7f}\u{9b}2J", "\\x1b[31m\\0\\x7f\\x9b2J"),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\u{202e}evil\u{200b}\u{feff}\u{ffff}", "\\u{202e}evil\\u{200b}\\u{feff}\\u{ffff}"),
            ("Zürich … 水", "Zürich … 水"),
        ];
        for (text, expected) in table {
            assert_eq!(safe(text), expected);
            assert_eq!(safe(expected), expected);
        }
    }

    #[test]
    fn lines_are_broken_at_spaces_and_else_anywhere() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("aaaaaaaaaaaaaaaaaaaa b", 8), ["aaaaaaaa", "aaaaaaaa", "aaaa b"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(hang("one two three four", 10), ["one two", "  three", "  four"]);
    }

    #[test]
    fn gaps_stand_for_two_items_at_least() {
        let gaps = |count, limit, focus| {
            let shown = elide(count, limit, focus);
            shown.into_iter().filter(|s| matches!(s, Shown::Gap(_))).collect::<Vec<_>>()
        };
        assert_eq!(gaps(12, 12, None), []);
        assert_eq!(gaps(13, 12, None), []);
        assert_eq!(gaps(100, 12, None), [Shown::Gap(9..97)]);
        assert_eq!(gaps(100, 12, Some(50)), [Shown::Gap(3..48), Shown::Gap(53..97)]);
        assert_eq!(gaps(100, 12, Some(99)), [Shown::Gap(3..97)]);
    }

    #[test]
    fn numbers_keep_to_five_characters() {
        let table =
            [(0, "0"), (9_999, "9999"), (10_000, "10.0k"), (98_765, "98.7k"), (987_654, "987k"), (9_876_543, "9.8M")];
        for (n, expected) in table {
            assert_eq!(human(n), expected);
        }
    }

    #[test]
    fn what_a_shell_would_read_is_quoted() {
        assert_eq!(shell_word("h11"), "h11");
        assert_eq!(shell_word("a b;'c'"), r"'a b;'\''c'\'''");
    }
}
