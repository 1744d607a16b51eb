//! The cost of a message: a strip for each workload, on it a mark for each subject.

use plotters::prelude::*;
use wireproof::bench::BenchResults;

use super::frame::{
    Area, BAND, BOTTOM_LABELS, Drawn, Font, HEAD, MARGIN, Side, TOP_LABELS, WIDTH, across, colour, document, mark,
    scale, sources, write,
};
use super::{Chart, Race, file_name};
use crate::bench::rows::time;
use crate::text::safe;

/// For the workloads' names.
const LEFT: i32 = 200;
const RIGHT: i32 = 30;
/// A subject's height in a strip: marks side by side do not hide each other.
const LANE: i32 = 6;

pub(super) fn chart(results: &BenchResults, protocol: &str, races: &[Race<'_>]) -> Chart {
    let all: Vec<&Race<'_>> = races.iter().collect();
    let legend = Legend::of(races);
    let strips: i32 = races.iter().map(strip).sum();
    let height = legend.height() + TOP_LABELS + strips + BOTTOM_LABELS;
    let title = format!("{}: cost of a message", safe(protocol));
    let about = "Processor time for a message, by workload: left is faster. Lines reach from quartile to quartile.";
    let svg = document(&title, about, height, &sources(results, &all), |area| draw(area, races, &legend, height));
    Chart { name: file_name(&format!("{protocol}-cost")), title, svg, long: false }
}

/// The height of a workload's strip.
fn strip(race: &Race<'_>) -> i32 {
    (race.points.len() as i32 * LANE + 12).max(26)
}

fn draw(area: &Area<'_>, races: &[Race<'_>], legend: &Legend<'_>, height: i32) -> Drawn {
    legend.draw(area)?;
    let mut top = HEAD + legend.height() + TOP_LABELS;
    let from = top;
    for (at, race) in races.iter().enumerate() {
        let bottom = top + strip(race);
        if at % 2 == 0 {
            area.draw(&Rectangle::new([(MARGIN, top), (WIDTH as i32 - RIGHT, bottom)], BAND.filled()))?;
        }
        top = bottom;
    }
    let numbers = races.iter().flat_map(|race| race.points.iter().flat_map(|p| [p.spread.low, p.spread.high]));
    let inner = area.margin(legend.height(), 0, 0, 0);
    let x = across(
        &inner,
        scale(numbers),
        height - legend.height(),
        (LEFT, RIGHT),
        ("processor time for a message", time),
    )?;
    top = from;
    for race in races {
        write(area, &safe(&race.workload.id), (LEFT - 8, top + strip(race) / 2), Side::Before, LEFT - 24, Font::Plain)?;
        for (lane, point) in race.points.iter().enumerate() {
            let y = top + 6 + LANE / 2 + lane as i32 * LANE;
            let quartiles = vec![(x(point.spread.low), y), (x(point.spread.high), y)];
            area.draw(&PathElement::new(quartiles, colour(point.subject).stroke_width(2)))?;
            mark(area, point.subject, (x(point.spread.median), y))?;
        }
        top += strip(race);
    }
    Ok(())
}

/// Which mark is whose, in rows above the strips.
struct Legend<'a> {
    rows: Vec<Vec<(usize, &'a str, i32)>>,
}

impl<'a> Legend<'a> {
    fn of(races: &'a [Race<'_>]) -> Legend<'a> {
        let mut all: Vec<(usize, &str)> =
            races.iter().flat_map(|race| race.points.iter().map(|p| (p.subject, p.label.as_str()))).collect();
        all.sort_unstable();
        all.dedup();
        let mut rows = vec![Vec::new()];
        let mut x = MARGIN + 6;
        for (subject, label) in all {
            let width = Font::Plain.width(label).min(300) + 30;
            if x + width > WIDTH as i32 - RIGHT {
                rows.push(Vec::new());
                x = MARGIN + 6;
            }
            rows.last_mut().into_iter().for_each(|row: &mut Vec<_>| row.push((subject, label, x)));
            x += width;
        }
        Legend { rows }
    }

    fn height(&self) -> i32 {
        self.rows.len() as i32 * 20 + 4
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        for (row, entries) in self.rows.iter().enumerate() {
            let y = HEAD + 8 + row as i32 * 20;
            for (subject, label, x) in entries {
                mark(area, *subject, (*x, y))?;
                write(area, label, (x + 10, y), Side::After, 300, Font::Plain)?;
            }
        }
        Ok(())
    }
}
