//! A script's steps as lines, with a caret under the octet that a case is about.

use wireproof::Step;
use wireproof::bytes::escape_octet;

use crate::text::{Shown, elide, safe, wrap};

/// So many rows of one `receive` step have room; more are elided around the caret.
const ROWS: usize = 14;

/// So many steps have room.
const STEPS: usize = 16;

/// The steps, none wider than `width` but for the caret's label. `at` is an offset among all received octets.
pub(crate) fn show_steps(steps: &[Step], at: Option<u64>, width: usize) -> Vec<String> {
    let starts: Vec<usize> = steps
        .iter()
        .scan(0, |sum, step| {
            let start = *sum;
            *sum += received(step).len();
            Some(start)
        })
        .collect();
    let at = at.and_then(|at| usize::try_from(at).ok());
    let focus = at.and_then(|at| pointed_at(steps, &starts, at));
    let line = |shown| match shown {
        Shown::Gap(range) => vec![format!("… {} more steps …", range.len())],
        Shown::Item(i) => show_step(&steps[i], starts[i], at.filter(|_| focus == Some(i)), width),
    };
    elide(steps.len(), STEPS, focus).into_iter().flat_map(line).collect()
}

fn received(step: &Step) -> &[u8] {
    if let Step::Receive(octets) = step { octets } else { &[] }
}

/// The step that holds this octet; for the end of everything, the last that receives.
fn pointed_at(steps: &[Step], starts: &[usize], at: usize) -> Option<usize> {
    let end = |i: usize| starts[i] + received(&steps[i]).len();
    let inside = (0..steps.len()).find(|i| (starts[*i]..end(*i)).contains(&at));
    inside.or_else(|| (0..steps.len()).rfind(|i| !received(&steps[*i]).is_empty() && end(*i) == at))
}

fn show_step(step: &Step, start: usize, at: Option<usize>, width: usize) -> Vec<String> {
    match step {
        Step::Receive(octets) => show_octets(octets, start, at, width),
        Step::Eof => vec!["(end of stream)".to_owned()],
        Step::Tick(ms) => vec![format!("({ms} ms pass)")],
        Step::Send(action) => wrap(&format!("(send {})", safe(&action.to_string())), width),
    }
}

/// A row of octets: where it begins among those of its step, its text, and the columns at which each octet begins.
struct Row {
    from: usize,
    text: String,
    columns: Vec<usize>,
}

/// Octets, escaped, a row ending after each LF; longer rows go on in the next.
fn show_octets(octets: &[u8], start: usize, at: Option<usize>, width: usize) -> Vec<String> {
    let rows = rows(octets, width);
    let at = at.map(|at| at - start);
    let focus = at.and_then(|at| rows.iter().rposition(|row| row.from <= at));
    let mut lines = Vec::new();
    for shown in elide(rows.len(), ROWS, focus) {
        match shown {
            Shown::Gap(range) => {
                let end = rows.get(range.end).map_or(octets.len(), |row| row.from);
                lines.push(format!("… {} octets …", end - rows[range.start].from));
            }
            Shown::Item(i) => {
                lines.push(rows[i].text.clone());
                let column = |at: usize| rows[i].columns.get(at - rows[i].from).copied().unwrap_or(rows[i].text.len());
                lines.extend(at.filter(|_| focus == Some(i)).map(|at| caret(column(at), start + at, width)));
            }
        }
    }
    lines
}

fn rows(octets: &[u8], width: usize) -> Vec<Row> {
    let row = |from| Row { from, text: String::new(), columns: Vec::new() };
    let mut rows = vec![row(0)];
    let mut fresh = false;
    for (i, &octet) in octets.iter().enumerate() {
        let mut text = String::new();
        escape_octet(octet, &mut text);
        let last = rows.last_mut().expect("there is a row from the beginning, and none is ever taken away");
        if fresh || last.text.len() + text.len() > width {
            rows.push(Row { from: i, columns: vec![0], text });
        } else {
            last.columns.push(last.text.len());
            last.text.push_str(&text);
        }
        fresh = octet == b'\n';
    }
    rows
}

/// The line below a row; the label goes to the left of the caret where there is no room to its right.
fn caret(column: usize, offset: usize, width: usize) -> String {
    let label = format!("octet {offset}");
    if column + 2 + label.len() > width && column > label.len() {
        return format!("{}{label} ^", " ".repeat(column - label.len() - 1));
    }
    format!("{}^ {label}", " ".repeat(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(octets: &[u8], at: Option<u64>, expected: &[&str]) {
        assert_eq!(show_steps(&[Step::Receive(octets.to_vec())], at, 24), expected);
    }

    #[test]
    fn the_caret_stands_under_its_octet() {
        check(b"GET /\r\nHo:\xff a\r\n", Some(11), &["GET /\\r\\n", "Ho:\\xff a\\r\\n", "       ^ octet 11"]);
        check(b"ab\r\n\r\n", Some(6), &["ab\\r\\n", "\\r\\n", "    ^ octet 6"]);
        check(b"ab\r\n", None, &["ab\\r\\n"]);
        check(b"ab", Some(77), &["ab"]);
        check(b"", Some(0), &[""]);
    }

    #[test]
    fn long_rows_go_on_and_labels_turn_left() {
        let octets = [b'a'; 30];
        check(&octets, Some(23), &[&"a".repeat(24), "              octet 23 ^", "aaaaaa"]);
    }

    #[test]
    fn long_input_is_elided_around_the_caret() {
        let shown = show_steps(&[Step::Receive(vec![b'a'; 2400])], Some(1210), 24);
        assert!(shown.len() <= ROWS + 3, "{shown:?}");
        assert!(shown.contains(&"          ^ octet 1210".to_owned()));
        assert_eq!(shown.iter().filter(|l| l.starts_with('…')).count(), 2);
    }

    #[test]
    fn a_caret_counts_over_all_receive_steps() {
        let steps = [Step::Receive(b"ab".to_vec()), Step::Tick(5), Step::Receive(b"cd".to_vec()), Step::Eof];
        let expected = ["ab", "(5 ms pass)", "cd", " ^ octet 3", "(end of stream)"];
        assert_eq!(show_steps(&steps, Some(3), 24), expected);
    }
}
