//! What all charts have in common: paper, ink, colours, title, scale, and the lines below that say whence it is.

use std::collections::BTreeSet;
use std::fmt::Write;

use plotters::coord::Shift;
use plotters::coord::combinators::{BindKeyPoints, WithKeyPoints};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use wireproof::bench::BenchResults;

use super::super::rows::origin;
use super::Race;
use crate::text::wrap;

/// Pixels. Pages and telephones scroll.
pub(super) const WIDTH: u32 = 960;
/// Between the title and the frame's edge.
pub(super) const MARGIN: i32 = 16;
/// Above the drawing: the title and a line below it.
pub(super) const HEAD: i32 = 62;

/// `templates/bench.html` knows these four by value and repaints them in the dark.
pub(super) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
pub(super) const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
pub(super) const RULE: RGBColor = RGBColor(0xd0, 0xd7, 0xde);
pub(super) const BAND: RGBColor = RGBColor(0xf6, 0xf8, 0xfa);

/// The palette of Okabe and Ito, which the colour-blind tell apart, without black, which is ink, and without yellow,
/// which is not seen on paper.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x80, 0x80, 0x80),
];

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// The colour of a subject.
pub(super) fn colour(subject: usize) -> RGBColor {
    COLOURS[subject % COLOURS.len()]
}

/// Where text stands to its point.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Before,
    Around,
    After,
}

/// One line of text at its middle's height; no longer than `room` pixels, about.
pub(super) fn write(area: &Area<'_>, text: &str, at: (i32, i32), side: Side, room: i32, font: Font) -> Drawn {
    let pos = match side {
        Side::Before => HPos::Right,
        Side::Around => HPos::Center,
        Side::After => HPos::Left,
    };
    let style = font.style().pos(Pos::new(pos, VPos::Center));
    area.draw(&Text::new(clipped(text, room, font), at, style))
}

/// Sizes of text.
#[derive(Clone, Copy)]
pub(super) enum Font {
    Title,
    Strong,
    Plain,
    Small,
}

impl Font {
    /// Pixels of an em.
    pub(super) fn size(self) -> f64 {
        match self {
            Font::Title => 18.0,
            Font::Strong | Font::Plain => 12.0,
            Font::Small => 11.0,
        }
    }

    pub(super) fn style(self) -> TextStyle<'static> {
        // The backend divides what it is given by 1.24.
        let font = ("sans-serif", self.size() * 1.24).into_font().color(&INK);
        match self {
            Font::Title | Font::Strong => TextStyle { font: font.font.style(FontStyle::Bold), ..font },
            Font::Plain | Font::Small => font,
        }
    }

    /// About how wide a text gets. There is no font to ask: the reader's is not known.
    pub(super) fn width(self, text: &str) -> i32 {
        (text.chars().count() as f64 * self.size() * 0.56).ceil() as i32
    }
}

fn clipped(text: &str, room: i32, font: Font) -> String {
    if font.width(text) <= room {
        return text.to_owned();
    }
    let fits = (f64::from(room) / (font.size() * 0.56)) as usize;
    text.chars().take(fits.saturating_sub(1)).chain(['…']).collect()
}

/// The mark of a subject: its colour, and another shape for each round through the colours.
pub(super) fn mark(area: &Area<'_>, subject: usize, (x, y): (i32, i32)) -> Drawn {
    let style = colour(subject).filled();
    let corners = |offsets: [(i32, i32); 4]| Polygon::new(offsets.map(|(dx, dy)| (x + dx, y + dy)).to_vec(), style);
    match subject / COLOURS.len() % 4 {
        0 => area.draw(&Circle::new((x, y), 4, style)),
        1 => area.draw(&corners([(-4, -4), (4, -4), (4, 4), (-4, 4)])),
        2 => area.draw(&Polygon::new(vec![(x, y - 5), (x + 5, y + 4), (x - 5, y + 4)], style)),
        _ => area.draw(&corners([(0, -6), (5, 0), (0, 6), (-5, 0)])),
    }
}

/// A document with a title, something below it, and below that its sources; `height` is that of what is drawn between.
pub(super) fn document(
    title: &str,
    about: &str,
    height: i32,
    sources: &[String],
    draw: impl FnOnce(&Area<'_>) -> Drawn,
) -> String {
    let foot = MARGIN + 8 + 15 * sources.len() as i32;
    let whole = (HEAD + height + foot) as u32;
    let mut svg = String::new();
    let all = |area: &Area<'_>| -> Drawn {
        area.fill(&PAPER)?;
        let room = WIDTH as i32 - 2 * MARGIN;
        write(area, title, (MARGIN, 24), Side::After, room, Font::Title)?;
        write(area, about, (MARGIN, 46), Side::After, room, Font::Plain)?;
        for (at, line) in sources.iter().enumerate() {
            write(area, line, (MARGIN, HEAD + height + 15 * at as i32 + 14), Side::After, room, Font::Small)?;
        }
        draw(area)?;
        area.present()
    };
    let drawn = all(&SVGBackend::with_string(&mut svg, (WIDTH, whole)).into_drawing_area());
    // The backend writes into a string, which takes everything, and looks for no font.
    drawn.expect("a string takes all that is drawn");
    svg
}

/// A figure of a scale without zeros that say nothing: `1 µs`.
pub(super) fn short(figure: &str) -> String {
    let (number, unit) = figure.split_once(' ').map_or((figure, ""), |(number, unit)| (number, unit));
    let number = if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number };
    format!("{number} {unit}").trim_end().to_owned()
}

/// Where the figures are from, and what was left out.
pub(super) fn sources(results: &BenchResults, races: &[&Race<'_>]) -> Vec<String> {
    let mut text = origin(results);
    text.push_str(" Only subjects that did the whole work are drawn.");
    let all = races.iter().flat_map(|race| race.points.iter());
    let parsers: BTreeSet<&str> = all.filter(|point| point.only_reads).map(|point| point.label.as_str()).collect();
    if !parsers.is_empty() {
        let names: Vec<&str> = parsers.into_iter().collect();
        let _ = write!(text, " Parsers, which write no answers: {}.", names.join(", "));
    }
    wrap(&text, 150)
}

/// A scale of logarithms around some numbers, marked at 1, 2 and 5 of each decade, or at decades alone if they are many.
pub(super) fn scale(numbers: impl IntoIterator<Item = f64>) -> WithKeyPoints<LogCoord<f64>> {
    let (least, most) = numbers.into_iter().fold((f64::MAX, f64::MIN_POSITIVE), |(l, m), n| (l.min(n), m.max(n)));
    let (first, last) = (least.log10().floor() as i32, most.log10().ceil() as i32);
    let steps: &[f64] = if last - first > 4 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let marks: Vec<f64> =
        (first - 1..=last).flat_map(|decade| steps.iter().map(move |step| step * 10f64.powi(decade))).collect();
    let low = marks.iter().copied().rfind(|mark| *mark < least).unwrap_or(least / 2.0);
    let high = marks.iter().copied().find(|mark| *mark >= most).unwrap_or(most * 2.0);
    let inside = marks.into_iter().filter(|mark| (low..=high).contains(mark)).collect();
    (low..high).log_scale().with_key_points(inside)
}

/// Draws a scale from left to right, its marks over the whole height, and gives where on it a number stands.
pub(super) fn across(
    area: &Area<'_>,
    scale: WithKeyPoints<LogCoord<f64>>,
    height: i32,
    (left, right): (i32, i32),
    (unit, number): (&str, fn(f64) -> String),
) -> Result<impl Fn(f64) -> i32, DrawingAreaErrorKind<std::io::Error>> {
    let below = area.dim_in_pixel().1 as i32 - HEAD - height;
    let inner = area.margin(HEAD, below, left, right);
    let mut chart = ChartBuilder::on(&inner)
        .set_label_area_size(LabelAreaPosition::Top, TOP_LABELS)
        .set_label_area_size(LabelAreaPosition::Bottom, BOTTOM_LABELS)
        .build_cartesian_2d(scale, 0.0..1.0)?;
    let small = Font::Small.style();
    (chart.configure_mesh().disable_y_mesh().x_label_formatter(&|n| short(&number(*n))))
        .bold_line_style(RULE)
        .light_line_style(TRANSPARENT)
        .axis_style(RULE)
        .x_label_style(small)
        .draw()?;
    let middle = (left + WIDTH as i32 - right) / 2;
    write(&inner, unit, (middle - left, height - 12), Side::Around, WIDTH as i32, Font::Small)?;
    Ok(move |n| chart.plotting_area().map_coordinate(&(n, 0.5)).0)
}

/// Room for the marks' numbers above, and for those and the unit below.
pub(super) const TOP_LABELS: i32 = 22;
/// See [`TOP_LABELS`].
pub(super) const BOTTOM_LABELS: i32 = 44;
