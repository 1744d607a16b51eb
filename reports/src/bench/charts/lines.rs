//! A series: what an octet costs as one number of the traffic grows, a line for each subject.

use plotters::coord::combinators::{BindKeyPoints, IntoLogRange};
use plotters::prelude::*;
use wireproof::bench::BenchResults;

use super::frame::{
    Area, BOTTOM_LABELS, Drawn, Font, HEAD, INK, MARGIN, RULE, Side, WIDTH, colour, document, mark, scale, short,
    sources, write,
};
use super::{Chart, Race, file_name};
use crate::bench::rows::{octets, time};
use crate::text::safe;

/// For the numbers at the axis.
const LEFT: i32 = 84;
/// For the lines' names.
const RIGHT: i32 = 230;
const HEIGHT: i32 = 420;
/// For what the axis counts, above it.
const AXIS: i32 = 26;
/// Between the names of two lines.
const GAP: i32 = 16;

/// A subject's line.
struct Line<'a> {
    subject: usize,
    label: &'a str,
    /// The number, and nanoseconds for an octet.
    points: Vec<(f64, f64)>,
}

pub(super) fn chart(results: &BenchResults, name: &str, races: &[Race<'_>]) -> Chart {
    let of_series = |race: &&Race<'_>| race.workload.chart.as_ref().is_some_and(|chart| chart.name == name);
    let all: Vec<&Race<'_>> = races.iter().filter(of_series).collect();
    let lines = lines(&all);
    let height = HEIGHT.max(lines.len() as i32 * GAP + BOTTOM_LABELS + AXIS);
    let title = format!("{}: cost of an octet", safe(name));
    let named: Vec<String> = all.iter().map(|race| safe(&race.workload.id)).collect();
    let about = format!("Processor time for an octet: lower is faster. {}.", named.join(", "));
    let svg = document(&title, &about, height, &sources(results, &all), |area| draw(area, &lines, height));
    Chart { name: file_name(name), title, svg, long: false }
}

/// What an octet costs each subject, from the least number to the greatest.
fn lines<'a>(races: &[&'a Race<'_>]) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = Vec::new();
    for race in races {
        let at = race.workload.chart.as_ref().map_or(0, |chart| chart.at).max(1) as f64;
        let octets = race.workload.octets.max(1) as f64;
        for point in &race.points {
            let each = point.spread.median * race.workload.messages.max(1) as f64 / octets;
            match lines.iter_mut().find(|line| line.subject == point.subject && line.label == point.label) {
                Some(line) => line.points.push((at, each)),
                None => lines.push(Line { subject: point.subject, label: &point.label, points: vec![(at, each)] }),
            }
        }
    }
    lines.iter_mut().for_each(|line| line.points.sort_by(|a, b| a.0.total_cmp(&b.0)));
    lines
}

fn draw(area: &Area<'_>, lines: &[Line<'_>], height: i32) -> Drawn {
    let below = area.dim_in_pixel().1 as i32 - HEAD - height;
    let inner = area.margin(HEAD + AXIS, below, 0, RIGHT);
    let points = || lines.iter().flat_map(|line| line.points.iter().copied());
    let mut at: Vec<f64> = points().map(|(at, _)| at).collect();
    at.sort_by(f64::total_cmp);
    at.dedup();
    let (least, most) = (at[0], at[at.len() - 1]);
    let wide = (least / 1.3..most * 1.3).log_scale().with_key_points(at);
    let mut chart = ChartBuilder::on(&inner)
        .set_label_area_size(LabelAreaPosition::Left, LEFT)
        .set_label_area_size(LabelAreaPosition::Bottom, BOTTOM_LABELS)
        .build_cartesian_2d(wide, scale(points().map(|(_, each)| each)))?;
    let small = Font::Small.style();
    (chart.configure_mesh())
        .x_label_formatter(&|n| octets(*n as u64).replace(" octets", ""))
        .y_label_formatter(&|n| short(&time(*n)))
        .bold_line_style(RULE)
        .light_line_style(TRANSPARENT)
        .axis_style(RULE)
        .label_style(small)
        .draw()?;
    let middle = (LEFT + WIDTH as i32 - RIGHT) / 2;
    write(area, "octets", (middle, HEAD + height - 12), Side::Around, WIDTH as i32, Font::Small)?;
    write(area, "processor time for an octet", (MARGIN, HEAD + 10), Side::After, RIGHT, Font::Small)?;
    let plane = chart.plotting_area();
    let mut ends = Vec::new();
    for line in lines {
        let path: Vec<(i32, i32)> = line.points.iter().map(|point| plane.map_coordinate(point)).collect();
        ends.extend(path.last().map(|end| (*end, line)));
        area.draw(&PathElement::new(path.clone(), colour(line.subject).stroke_width(2)))?;
        for point in path {
            mark(area, line.subject, point)?;
        }
    }
    names(area, ends, height)
}

/// Writes the lines' names beside their ends, apart from each other, in the order of the ends.
fn names(area: &Area<'_>, mut ends: Vec<((i32, i32), &Line<'_>)>, height: i32) -> Drawn {
    ends.sort_by_key(|((_, y), _)| *y);
    let last = HEAD + height - BOTTOM_LABELS;
    let x = WIDTH as i32 - RIGHT + 20;
    let mut free = HEAD + AXIS;
    for (at, (end, line)) in ends.iter().enumerate() {
        // Those that are still to come need room below.
        let y = end.1.max(free).min(last - (ends.len() - 1 - at) as i32 * GAP);
        area.draw(&PathElement::new(vec![(end.0 + 6, end.1), (x - 8, y)], INK.mix(0.35)))?;
        mark(area, line.subject, (x, y))?;
        write(area, line.label, (x + 10, y), Side::After, RIGHT - MARGIN - 30, Font::Plain)?;
        free = y + GAP;
    }
    Ok(())
}
