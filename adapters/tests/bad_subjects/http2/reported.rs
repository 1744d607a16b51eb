//! What goes wrong with what the core reports.

use wireproof::http2::{Event, Head, Scope};
use wireproof::{Fields, Input};

use super::received::restore;
use super::written::BY_CHOICE;
use super::{Life, Lines, Spoilt, Vice};

impl Spoilt {
    /// Feeds the core and reports what it reports, spoilt.
    pub(super) fn tell(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Spoilt { vice, core, heads, life, inlet, .. } = self;
        core.receive(input, &mut |event| match (&*vice, event) {
            _ if *life != Life::Open => {}
            (Vice::NeverRefuses, Event::Rejected { .. }) | (Vice::ForgetsTheEnd, Event::End { .. }) => {}
            (Vice::ReportsTwice, event) => {
                events(event);
                events(event);
            }
            (Vice::LosesLastOctet, Event::Data { stream, bytes }) => {
                events(Event::Data { stream, bytes: &bytes[..bytes.len().saturating_sub(1)] });
            }
            (Vice::AlwaysCancels, Event::Rejected { scope, stream, text, .. }) => {
                events(Event::Rejected { scope, stream, code: Some(8), text });
            }
            (Vice::AlwaysProtocolError, Event::Rejected { scope, stream, text, .. }) => {
                events(Event::Rejected { scope, stream, code: Some(1), text });
            }
            (Vice::ClosesForStreamErrors, Event::Rejected { scope: Scope::Stream, code, text, .. })
                if !code.is_some_and(|code| BY_CHOICE.contains(&code)) =>
            {
                *life = Life::Failed;
                events(Event::Rejected { scope: Scope::Connection, stream: None, code, text });
            }
            (Vice::ResetsForConnectionErrors, Event::Rejected { code, text, .. }) => {
                events(Event::Rejected { scope: Scope::Stream, stream: Some(inlet.last.max(1)), code, text });
            }
            (Vice::MergesTrailers, Event::End { stream, trailers }) => {
                let mut all = heads.remove(&stream).unwrap_or_default();
                all.extend(lines(trailers));
                events(Event::End { stream, trailers: &all });
            }
            (Vice::MergesTrailers, event @ (Event::Request { .. } | Event::Response { .. })) => {
                with_lines(event, &mut |stream, lines| drop(heads.insert(stream, lines.clone())), events);
            }
            (Vice::KeepsOneLineOfEach, event) => with_lines(event, &mut |_, lines| keep_one(lines), events),
            (Vice::PassesConnectionFields | Vice::IgnoresContentLength, event) => {
                let restored = &mut |_, lines: &mut Lines| lines.iter_mut().for_each(|(name, _)| restore(*vice, name));
                with_lines(event, restored, events);
            }
            (_, event) => events(event),
        });
    }
}

fn lines(fields: Fields<'_>) -> Lines {
    let mut lines = Lines::new();
    fields.visit(&mut |name, value| lines.push((name.to_vec(), value.to_vec())));
    lines
}

/// Reports an event with other fields.
fn with_lines(event: Event<'_>, change: &mut dyn FnMut(u32, &mut Lines), events: &mut dyn FnMut(Event<'_>)) {
    let mut changed = |stream: u32, fields: Fields<'_>| {
        let mut lines = lines(fields);
        change(stream, &mut lines);
        lines
    };
    match event {
        Event::Request { stream, head } => {
            let fields = &changed(stream, head.fields);
            events(Event::Request { stream, head: Head { fields, ..head } });
        }
        Event::Pushed { stream, promised, head } => {
            let fields = &changed(stream, head.fields);
            events(Event::Pushed { stream, promised, head: Head { fields, ..head } });
        }
        Event::Response { stream, status, fields } => {
            events(Event::Response { stream, status, fields: &changed(stream, fields) });
        }
        Event::Interim { stream, status, fields } => {
            events(Event::Interim { stream, status, fields: &changed(stream, fields) });
        }
        Event::End { stream, trailers } => events(Event::End { stream, trailers: &changed(stream, trailers) }),
        event => events(event),
    }
}

/// The last line of each name stays.
fn keep_one(lines: &mut Lines) {
    let mut kept = Lines::new();
    for line in lines.drain(..) {
        kept.retain(|(name, _)| *name != line.0);
        kept.push(line);
    }
    *lines = kept;
}
