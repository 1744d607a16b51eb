//! Texts side by side.

/// The narrowest column that can be read.
const NARROWEST: usize = 26;

/// The columns' cells row by row, each cell broken to fit; `None` if that many columns do not fit the width. Cells are
/// escaped text: a character is a column.
pub(crate) fn side_by_side(headers: &[String], columns: &[Vec<String>], width: usize) -> Option<String> {
    let room = width.saturating_sub(3 * columns.len().saturating_sub(1)) / columns.len().max(1);
    if room < NARROWEST {
        return None;
    }
    let longest = columns.iter().flatten().chain(headers).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let room = room.min(longest.max(1));
    let mut text = row(headers.iter().map(String::as_str), room);
    text.push_str(&vec!["─".repeat(room); columns.len()].join("─┼─"));
    text.push('\n');
    for index in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
        text.push_str(&row(columns.iter().map(|c| c.get(index).map_or("", String::as_str)), room));
    }
    Some(text)
}

/// One row, as many lines as its longest cell needs.
fn row<'a>(cells: impl Iterator<Item = &'a str>, room: usize) -> String {
    let broken: Vec<Vec<String>> = cells.map(|cell| wrap(cell, room)).collect();
    let lines = broken.iter().map(Vec::len).max().unwrap_or(0);
    let line = |index: usize| {
        let part = |cell: &Vec<String>| format!("{:room$}", cell.get(index).map_or("", String::as_str));
        broken.iter().map(part).collect::<Vec<_>>().join(" │ ").trim_end().to_owned() + "\n"
    };
    (0..lines).map(line).collect()
}

/// A text in lines of at most `room` characters, broken at spaces where there are any.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_inclusive(' ') {
        if !line.is_empty() && line.chars().count() + word.trim_end().chars().count() > room {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            if line.chars().count() == room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_their_width_and_lose_nothing() {
        let column = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let columns = [column(&["request method=\"GET\" target=\"/\" fields=[host: a]", "end"]), column(&["rejected"])];
        let text = side_by_side(&column(&["A", "B"]), &columns, 60).expect("60 is wide enough for two");
        assert!(text.lines().all(|l| l.chars().count() <= 60), "{text}");
        assert!(text.lines().filter(|l| l.contains('│')).count() >= 4, "{text}");
        assert_eq!(side_by_side(&column(&["A", "B"]), &columns, 40), None);
        assert_eq!(wrap("aaaa bb", 3), ["aaa", "a ", "bb"]);
    }
}
