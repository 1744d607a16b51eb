//! `wireproof pair`: every client with every server, joined in memory.

use std::io::Write;
use std::sync::Arc;

use serde_json::json;
use wireproof::bytes::escape;
use wireproof::converse::converse;
use wireproof::http2::Http2;
use wireproof::http2::workload::{Client, Scale, Server, differences};
use wireproof::{Protocol, Session, Subject};

use crate::args::{Cli, Pair};
use crate::failure::Failure;
use crate::registry::{is_asked_for, subjects};
use crate::show::{Spinner, write_wrapped};

/// A subject that started.
struct Player {
    name: String,
    session: Box<dyn Session>,
}

/// What came of one pair: nothing wrong, what went wrong, or why it could not be tried.
enum Cell {
    Held(Scale),
    Differs(Vec<String>),
    Cannot(String),
}

impl Cell {
    fn mark(&self) -> &'static str {
        match self {
            Cell::Held(Scale::BeyondWindows) => "=",
            Cell::Held(Scale::WithinWindows) => "~",
            Cell::Differs(_) => "x",
            Cell::Cannot(_) => "-",
        }
    }
}

pub(crate) fn run(_: &Cli, pair: &Pair) -> Result<bool, Failure> {
    let all = subjects(&pair.names, &[Http2::SPEC.name], &pair.subjects)?;
    let (mut clients, mut absent) = start(&all, "http2.client");
    let (mut servers, no_server) = start(&all, "http2.server");
    absent.extend(no_server.into_iter().filter(|line| !absent.contains(line)).collect::<Vec<_>>());
    if let Some((name, why)) = absent.iter().find(|(name, _)| is_asked_for(name, &pair.names, &pair.subjects)) {
        return Err(Failure::broken(format!("{name} could not start: {why}")));
    }
    let spinner = Spinner::start("joining clients and servers");
    let mut cells = Vec::new();
    for client in &mut clients {
        for server in &mut servers {
            cells.push(join(client, server));
        }
    }
    drop(spinner);
    let held = !cells.iter().any(|cell| matches!(cell, Cell::Differs(_)));
    let mut out = anstream::stdout().lock();
    if pair.json {
        print_json(&clients, &servers, &cells, &mut out)?;
        return Ok(held);
    }
    show_grid(&clients, &servers, &cells, &mut out)?;
    show_reasons(&clients, &servers, &cells, &mut out)?;
    for (name, why) in &absent {
        write_wrapped(&mut out, &format!("{name} takes no part: {}", escape(why.as_bytes())), 0, 2)?;
    }
    Ok(held)
}

/// A session of each subject that has this endpoint and can write; and who does not start.
fn start(all: &[Arc<dyn Subject>], endpoint: &str) -> (Vec<Player>, Vec<(String, String)>) {
    let (mut players, mut absent) = (Vec::new(), Vec::new());
    for subject in all {
        match subject.open() {
            Ok(session) if session.profile().opens(endpoint) && session.profile().can("output") => {
                players.push(Player { name: subject.name().to_owned(), session });
            }
            Ok(_) => {}
            Err(why) => absent.push((subject.name().to_owned(), why.0)),
        }
    }
    (players, absent)
}

/// Joins two, with more content than the windows hold if both can hold content back.
fn join(client: &mut Player, server: &mut Player) -> Cell {
    let waits = |player: &Player| player.session.profile().can("send-flow");
    let large = waits(client) && waits(server);
    let first = if large { join_at(Scale::BeyondWindows, client, server) } else { Cell::Cannot(String::new()) };
    match first {
        Cell::Cannot(_) => join_at(Scale::WithinWindows, client, server),
        cell => cell,
    }
}

fn join_at(scale: Scale, client: &mut Player, server: &mut Player) -> Cell {
    let parties = (Client(scale), Server(scale));
    let talk = converse(Http2::SPEC, (&mut *client.session, &parties.0), (&mut *server.session, &parties.1));
    match talk {
        Err(why) if why.contains("cannot take part") => Cell::Cannot(why),
        Err(why) => Cell::Differs(vec![why]),
        Ok(talk) => match differences(scale, &talk, client.session.profile(), server.session.profile()) {
            lines if lines.is_empty() => Cell::Held(scale),
            lines => Cell::Differs(lines),
        },
    }
}

fn show_grid(clients: &[Player], servers: &[Player], cells: &[Cell], out: &mut dyn Write) -> std::io::Result<()> {
    let widest = clients.iter().map(|c| c.name.len()).max().unwrap_or(0);
    writeln!(out, "Clients in rows, servers in columns (x: something did not go well, -: cannot)")?;
    writeln!(out, "=: all went well, with more content than the windows hold; ~: with less, for one of the two")?;
    writeln!(out, "leaves waiting to the application or gives credit as it sees fit")?;
    for (row, client) in clients.iter().enumerate() {
        let marks = &cells[row * servers.len()..(row + 1) * servers.len()];
        let marks: String = marks.iter().map(|cell| format!(" {}", cell.mark())).collect();
        writeln!(out, "  {:widest$} {marks}", client.name)?;
    }
    let names: Vec<&str> = servers.iter().map(|s| s.name.as_str()).collect();
    write_wrapped(out, &format!("columns: {}", names.join(", ")), 2, 4)
}

fn show_reasons(clients: &[Player], servers: &[Player], cells: &[Cell], out: &mut dyn Write) -> std::io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        let (client, server) = (&clients[at / servers.len()].name, &servers[at % servers.len()].name);
        match cell {
            Cell::Held(_) => {}
            Cell::Cannot(why) => write_wrapped(out, &format!("{client} × {server}: {}", escape(why.as_bytes())), 0, 2)?,
            Cell::Differs(lines) => {
                writeln!(out, "\n{client} × {server}")?;
                lines.iter().take(12).try_for_each(|line| write_wrapped(out, &escape(line.as_bytes()), 2, 4))?;
            }
        }
    }
    Ok(())
}

fn print_json(clients: &[Player], servers: &[Player], cells: &[Cell], out: &mut dyn Write) -> Result<(), Failure> {
    let cell = |(at, cell): (usize, &Cell)| {
        let (held, why) = match cell {
            Cell::Held(_) => (Some(true), Vec::new()),
            Cell::Differs(lines) => (Some(false), lines.clone()),
            Cell::Cannot(why) => (None, vec![why.clone()]),
        };
        let (client, server) = (&clients[at / servers.len()].name, &servers[at % servers.len()].name);
        json!({"client": client, "server": server, "held": held, "why": why})
    };
    let cells: Vec<_> = cells.iter().enumerate().map(cell).collect();
    writeln!(out, "{}", serde_json::to_string_pretty(&cells).unwrap_or_default())?;
    Ok(())
}
