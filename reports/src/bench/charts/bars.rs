//! Throughput: for each workload a bar for each subject.

use plotters::prelude::*;
use wireproof::bench::BenchResults;

use super::frame::{
    Area, BOTTOM_LABELS, Drawn, Font, HEAD, MARGIN, Side, TOP_LABELS, WIDTH, across, colour, document, scale, sources,
    write,
};
use super::{Chart, Point, Race, file_name};
use crate::bench::rows::{about, digits, rate};
use crate::text::safe;

/// For the subjects' names.
const LEFT: i32 = 230;
/// For the figures behind the bars.
const RIGHT: i32 = 180;
const BAR: i32 = 15;
/// The workload's name above its bars.
const NAME: i32 = 30;

pub(super) fn chart(results: &BenchResults, protocol: &str, races: &[Race<'_>]) -> Chart {
    let all: Vec<&Race<'_>> = races.iter().collect();
    let bars: i32 = races.iter().map(|race| NAME + race.points.len() as i32 * BAR).sum();
    let height = TOP_LABELS + bars + BOTTOM_LABELS + 8;
    let title = format!("{}: throughput", safe(protocol));
    let about = "Octets taken in a second of one processor, by workload: longer is faster. The scale is logarithmic.";
    let svg = document(&title, about, height, &sources(results, &all), |area| draw(area, races, height));
    Chart { name: file_name(&format!("{protocol}-throughput")), title, svg, long: true }
}

/// Megabytes a second.
fn megabytes(race: &Race<'_>, point: &Point) -> f64 {
    race.workload.octets as f64 / race.workload.messages.max(1) as f64 / point.spread.median * 1e3
}

fn draw(area: &Area<'_>, races: &[Race<'_>], height: i32) -> Drawn {
    let numbers = races.iter().flat_map(|race| race.points.iter().map(|point| megabytes(race, point)));
    let x = across(area, scale(numbers), height, (LEFT, RIGHT), ("MB/s", digits))?;
    let mut top = HEAD + TOP_LABELS;
    for race in races {
        let name = format!("{}: {} ({})", safe(&race.workload.id), safe(&race.workload.title), about(race.workload));
        write(area, &name, (MARGIN, top + NAME / 2 + 2), Side::After, WIDTH as i32 - 2 * MARGIN, Font::Strong)?;
        top += NAME;
        for point in &race.points {
            let (y, end) = (top + BAR / 2, x(megabytes(race, point)));
            write(area, &point.label, (LEFT - 8, y), Side::Before, LEFT - MARGIN - 8, Font::Plain)?;
            let bar = [(LEFT, y - BAR / 2 + 2), (end.max(LEFT + 1), y + BAR / 2 - 1)];
            area.draw(&Rectangle::new(bar, colour(point.subject).filled()))?;
            let figure =
                format!("{} MB/s, {} messages/s", digits(megabytes(race, point)), rate(1e9 / point.spread.median));
            write(area, &figure, (end + 6, y), Side::After, RIGHT, Font::Small)?;
            top += BAR;
        }
    }
    Ok(())
}
