//! JSON Lines, one record a line: the results file, from which every report can be drawn again.

use std::io;

use serde::Serialize;
use wireproof::results::{FORMAT, ResultRecord};

/// Writes the results file.
pub(crate) fn write(records: &[ResultRecord], out: &mut dyn io::Write) -> io::Result<()> {
    for record in records {
        write_value(record, out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Reads a results file; an error names the line. Empty lines are let pass.
pub fn read(text: &str) -> Result<Vec<ResultRecord>, String> {
    let mut records = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let record = read_line(line).map_err(|why| format!("line {}: {why}", index + 1))?;
        if records.is_empty() && !matches!(record, ResultRecord::Run(_)) {
            return Err(format!("line {}: a results file begins with the record `run`", index + 1));
        }
        records.push(record);
    }
    if records.is_empty() { Err("line 1: there are no records".to_owned()) } else { Ok(records) }
}

fn read_line(line: &str) -> Result<ResultRecord, String> {
    let value: serde_json::Value = serde_json::from_str(line)
        .map_err(|e| format!("column {}: not JSON: {}", e.column(), crate::text::safe(&e.to_string())))?;
    // Asked before all else: a newer file is told by its number, not by the first member that is strange.
    if let Some(format) = value.get("format").filter(|f| **f != FORMAT) {
        return Err(format!(
            "results of format {}; this version reads {FORMAT}",
            crate::text::safe(&format.to_string())
        ));
    }
    serde_json::from_value(value).map_err(|e| format!("not a record: {}", crate::text::safe(&e.to_string())))
}

/// One value in printable ASCII: JSON leaves DEL, C1 controls and bidirectional marks as they are, terminals do not.
pub(crate) fn write_value<T: Serialize + ?Sized>(value: &T, out: &mut dyn io::Write) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Ascii)).map_err(io::Error::from)
}

struct Ascii;

impl serde_json::ser::Formatter for Ascii {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for c in fragment.chars() {
            match c {
                ' '..='~' => writer.write_all(&[c as u8])?,
                _ => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(writer, "\\u{unit:04x}"))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_line() {
        let run = r#"{"record":"run","format":1,"wireproof":"0.1.0","vectors":"00","seed":0,"cuts":"all","cases":0}"#;
        let table = [
            ("", "line 1: there are no records"),
            ("{}", "line 1: not a record"),
            (r#"{"record":"run","format":2,"new":true}"#, "line 1: results of format 2; this version reads 1"),
            (r#"{"record":"subject","subject":"a"}"#, "line 1: a results file begins with the record `run`"),
            (&format!("{run}\n\n{{\"record\":"), "line 3: column 10: not JSON"),
            (&format!("{run}\n{{\"record\":\"\\u001b[2J\"}}"), "line 2: not a record: unknown variant `\\x1b[2J`"),
        ];
        for (text, expected) in table {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        assert_eq!(read(run).unwrap().len(), 1);
    }

    #[test]
    fn what_is_written_is_printable_ascii_and_reads_back() {
        let text = "\u{7f}\u{9b}2J\u{202e}\u{1f600}…\"\\\n";
        let mut out = Vec::new();
        write_value(text, &mut out).unwrap();
        assert!(out.iter().all(|b| (b' '..=b'~').contains(b)), "{}", String::from_utf8_lossy(&out));
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}
