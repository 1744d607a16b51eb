//! Colours, or none.

use anstyle::{AnsiColor, Style};

/// What a colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Strong,
    Faint,
    Good,
    Warn,
    Bad,
}

impl Tone {
    const ALL: [Tone; 6] = [Tone::Plain, Tone::Strong, Tone::Faint, Tone::Good, Tone::Warn, Tone::Bad];

    fn style(self) -> Style {
        match self {
            Tone::Plain => Style::new(),
            Tone::Strong => Style::new().bold(),
            Tone::Faint => Style::new().dimmed(),
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Warn => AnsiColor::Yellow.on_default(),
            Tone::Bad => AnsiColor::Red.on_default().bold(),
        }
    }

    /// An invisible character that stands for this tone while a table is laid out. `text::safe` lets none through.
    fn mark(self) -> char {
        match self {
            Tone::Plain => '\u{2060}',
            Tone::Strong => '\u{2061}',
            Tone::Faint => '\u{2062}',
            Tone::Good => '\u{2063}',
            Tone::Warn => '\u{2064}',
            Tone::Bad => '\u{206a}',
        }
    }
}

/// Stands for the end of any tone.
const END: char = '\u{206b}';

/// Paints, if colours are wanted.
#[derive(Clone, Copy)]
pub(crate) struct Pen(pub(crate) bool);

impl Pen {
    /// Text in a tone.
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        if !self.0 || tone == Tone::Plain || text.is_empty() {
            return text.to_owned();
        }
        let style = tone.style();
        format!("{}{text}{}", style.render(), style.render_reset())
    }

    /// Text for a cell of a table: colour codes would count as width, marks do not.
    pub(crate) fn mark(self, tone: Tone, text: &str) -> String {
        if !self.0 || tone == Tone::Plain {
            return text.to_owned();
        }
        format!("{}{text}{END}", tone.mark())
    }

    /// The marks of a finished table turned to colours.
    pub(crate) fn develop(self, table: &str) -> String {
        if !self.0 {
            return table.to_owned();
        }
        let reset = Tone::Strong.style().render_reset().to_string();
        let start = |text: String, tone: Tone| text.replace(tone.mark(), &tone.style().render().to_string());
        Tone::ALL.into_iter().fold(table.replace(END, &reset), start)
    }
}
