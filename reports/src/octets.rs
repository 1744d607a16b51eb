//! A script's steps as lines, with a caret under the octet that a case is about.

use wireproof::Step;
use wireproof::bytes::escape_octet;
use wireproof::recorded::RecordedStep;

use crate::text::{Shown, elide, safe, wrap};

/// So many rows of one `receive` step have room; more are elided around the caret.
const ROWS: usize = 14;

/// So many steps have room.
const STEPS: usize = 16;

/// The steps, none wider than `width` but for the caret's label. `at` is an offset among all received octets.
pub(crate) fn show_steps(steps: &[RecordedStep], at: Option<u64>, width: usize) -> Vec<String> {
    let starts: Vec<usize> = steps
        .iter()
        .scan(0, |sum, step| {
            let start = *sum;
            *sum += step.received().1;
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

/// The step that holds this octet; for the end of everything, the last that receives.
fn pointed_at(steps: &[RecordedStep], starts: &[usize], at: usize) -> Option<usize> {
    let end = |i: usize| starts[i] + steps[i].received().1;
    let inside = (0..steps.len()).find(|i| (starts[*i]..end(*i)).contains(&at));
    inside.or_else(|| (0..steps.len()).rfind(|i| steps[*i].received().1 > 0 && end(*i) == at))
}

fn show_step(step: &RecordedStep, start: usize, at: Option<usize>, width: usize) -> Vec<String> {
    match step {
        RecordedStep::Whole(Step::Receive(octets)) => show_octets(octets, octets.len(), start, at, width),
        RecordedStep::Receive { first, all } => show_octets(first, all.octets, start, at, width),
        RecordedStep::Whole(Step::Eof) => vec!["(end of stream)".to_owned()],
        RecordedStep::Whole(Step::Tick(ms)) => vec![format!("({ms} ms pass)")],
        RecordedStep::Whole(Step::Send(action)) => wrap(&format!("(send {})", safe(&action.to_string())), width),
        RecordedStep::Send { first, all } => {
            let mut lines = wrap(&format!("(send {}", safe(first)), width);
            lines.truncate(ROWS);
            lines.push(format!("… of {} octets)", all.octets));
            lines
        }
    }
}

/// A row of octets: where it begins among those of its step, its text, and the columns at which each octet begins.
struct Row {
    from: usize,
    text: String,
    columns: Vec<usize>,
}

/// Octets, escaped, a row ending after each LF; longer rows go on in the next. They may be but the first of `all`.
fn show_octets(octets: &[u8], all: usize, start: usize, at: Option<usize>, width: usize) -> Vec<String> {
    let mut rows = rows(octets, width);
    let at = at.map(|at| at - start);
    let focus = at.filter(|at| *at < octets.len() || all == octets.len());
    let focus = focus.and_then(|at| rows.iter().rposition(|row| row.from <= at));
    let mut end = octets.len();
    if all > octets.len() {
        // What follows is not there: no last rows are shown, and one gap stands for all that is left out.
        let shown = focus.map_or(ROWS, |row| ROWS.max(row + 3));
        end = rows.get(shown).map_or(end, |row| row.from);
        rows.truncate(shown);
    }
    let mut lines = Vec::new();
    for shown in elide(rows.len(), ROWS, focus) {
        match shown {
            Shown::Gap(range) => {
                let end = rows.get(range.end).map_or(end, |row| row.from);
                lines.push(format!("… {} octets …", end - rows[range.start].from));
            }
            Shown::Item(i) => {
                lines.push(rows[i].text.clone());
                let column = |at: usize| rows[i].columns.get(at - rows[i].from).copied().unwrap_or(rows[i].text.len());
                lines.extend(at.filter(|_| focus == Some(i)).map(|at| caret(column(at), start + at, width)));
            }
        }
    }
    if all > end {
        let among = at.filter(|at| *at >= end).map(|at| format!(", octet {} among them", start + at));
        lines.push(format!("… {} octets more{} …", all - end, among.unwrap_or_default()));
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

    fn show(steps: &[Step], at: Option<u64>) -> Vec<String> {
        let recorded: Vec<RecordedStep> = steps.iter().map(RecordedStep::of).collect();
        show_steps(&recorded, at, 24)
    }

    fn check(octets: &[u8], at: Option<u64>, expected: &[&str]) {
        assert_eq!(show(&[Step::Receive(octets.to_vec())], at), expected);
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
        let shown = show(&[Step::Receive(vec![b'a'; 2000])], Some(1210));
        assert!(shown.len() <= ROWS + 3, "{shown:?}");
        assert!(shown.contains(&"          ^ octet 1210".to_owned()));
        assert_eq!(shown.iter().filter(|l| l.starts_with('…')).count(), 2);
    }

    #[test]
    fn a_caret_counts_over_all_receive_steps() {
        let steps = [Step::Receive(b"ab".to_vec()), Step::Tick(5), Step::Receive(b"cd".to_vec()), Step::Eof];
        let expected = ["ab", "(5 ms pass)", "cd", " ^ octet 3", "(end of stream)"];
        assert_eq!(show(&steps, Some(3)), expected);
    }

    #[test]
    fn what_a_cut_step_leaves_out_is_counted() {
        let steps = [Step::Receive(vec![b'a'; 100_000]), Step::Receive(b"b".to_vec())];
        let shown = show(&steps, Some(100_000));
        assert_eq!(shown[..ROWS], vec!["a".repeat(24); ROWS]);
        assert_eq!(shown[ROWS..], ["… 99664 octets more …", "b", "^ octet 100000"]);
        assert!(show(&steps, Some(1210)).contains(&"          ^ octet 1210".to_owned()));
        let beyond = show(&steps, Some(5000));
        assert_eq!(beyond[ROWS..], ["… 99664 octets more, octet 5000 among them …", "b"]);
        let send = show(&[Step::send(serde_json::json!({"ping": "a".repeat(5000)}))], None);
        assert_eq!(send.len(), ROWS + 1);
        assert_eq!(send[ROWS], "… of 5011 octets)");
    }
}
