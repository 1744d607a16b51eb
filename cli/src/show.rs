//! What a terminal shows: widths, colours, progress. Nothing of it reaches a file or a pipe.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wireproof::runner::Progress;

/// The width of standard output; 100 where there is no terminal.
pub(crate) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let terminal = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    columns.or(terminal).unwrap_or(100).max(40)
}

/// The width of tables of ids: no limit where there is no terminal, so that a row is a line for grep.
pub(crate) fn table_width() -> usize {
    let known = std::env::var_os("COLUMNS").is_some() || std::io::stdout().is_terminal();
    if known { width() } else { usize::from(u16::MAX) }
}

/// A paragraph in lines of at most the terminal's width, broken at spaces: the first indented by `indent`, the others
/// by `hang`.
pub(crate) fn wrap(text: &str, indent: usize, hang: usize) -> Vec<String> {
    let (mut lines, mut rest, mut before) = (Vec::new(), text, indent);
    loop {
        let room = width().saturating_sub(before).max(20);
        let end = rest.char_indices().nth(room).map(|(at, _)| at);
        let Some(end) = end else { break };
        let spaces = rest.char_indices().take(room + 1).filter(|(at, c)| *c == ' ' && *at > end / 2);
        let space = spaces.map(|(at, _)| at).last();
        let (line, next) = rest.split_at(space.unwrap_or(end));
        lines.push(format!("{:before$}{line}", ""));
        (rest, before) = (next.strip_prefix(' ').unwrap_or(next), hang);
    }
    lines.push(format!("{:before$}{rest}", ""));
    lines
}

/// Writes [`wrap`]ped lines.
pub(crate) fn write_wrapped(out: &mut dyn Write, text: &str, indent: usize, hang: usize) -> std::io::Result<()> {
    wrap(text, indent, hang).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// Whether to colour standard output.
pub(crate) fn colour() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// A line that says what goes on, on a terminal; plain lines on standard error elsewhere.
pub(crate) struct Spinner(Option<ProgressBar>);

impl Spinner {
    pub(crate) fn start(what: &str) -> Spinner {
        if !std::io::stderr().is_terminal() {
            eprintln!("{what}");
            return Spinner(None);
        }
        let bar = ProgressBar::new_spinner().with_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        Spinner(Some(bar))
    }

    pub(crate) fn say(&self, what: &str) {
        match &self.0 {
            Some(bar) => bar.set_message(what.to_owned()),
            None => eprintln!("{what}"),
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A bar over all cases of all subjects.
pub(crate) struct Bar {
    bar: ProgressBar,
    names: Vec<String>,
    /// The subject whose name it shows.
    shown: Option<usize>,
}

impl Bar {
    pub(crate) fn new(names: Vec<String>, cases: usize) -> Bar {
        let shown = std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some((names.len() * cases) as u64), target);
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} cases  {msg}  {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Bar { bar, names, shown: None }
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn done(&mut self, subject: usize, cases: usize) {
        self.bar.inc(cases as u64);
        if self.shown != Some(subject)
            && let Some(name) = self.names.get(subject)
        {
            self.shown = Some(subject);
            self.bar.set_message(name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_characters() {
        for before in 0..200 {
            let text = format!("{}… a … b", "v".repeat(before));
            let text = [text.as_str(); 3].join(" ");
            let again = wrap(&text, 0, 0).concat();
            assert_eq!(again.replace(' ', ""), text.replace(' ', ""));
        }
    }
}
