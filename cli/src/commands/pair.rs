//! `wireproof pair`: every client with every server, joined in memory.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use serde_json::json;
use wireproof::bytes::escape;
use wireproof::converse::{Conversation, Party, converse};
use wireproof::http2::Http2;
use wireproof::http2::changes::{self, Change};
use wireproof::http2::workload::{Client, Scale, Server, differences};
use wireproof::{Profile, Protocol, Session, Subject};

use crate::args::{Cli, Pair};
use crate::failure::Failure;
use crate::registry::{is_asked_for, subjects};
use crate::show::{Spinner, write_wrapped};

/// A subject that started.
struct Player {
    name: String,
    session: Box<dyn Session>,
}

/// What came of one pair: nothing wrong, with its mark; what went wrong, or why that is known; or why it could not be
/// tried.
enum Cell {
    Held(&'static str),
    Differs(Vec<String>),
    Known(&'static str),
    Cannot(String),
}

/// A failure of a client that was read against the RFC: with every server.
struct KnownFailure {
    workload: &'static str,
    client: &'static str,
    version: &'static str,
    reason: &'static str,
}

const KNOWN: [KnownFailure; 1] = [KnownFailure {
    workload: "goaway",
    client: "hyper-h2",
    version: "4.4.1",
    reason: "RFC 9113, 6.8: as a client it takes a GOAWAY for the end of the connection and refuses what completes the \
             streams that were begun before",
}];

/// What is known of this client is no news; that it is gone is.
fn known(workload: Workload, client: &Player, cell: Cell) -> Cell {
    let profile = client.session.profile();
    let entry = KNOWN.iter().find(|known| {
        (known.workload, known.client, known.version) == (workload.name(), &*profile.name, &*profile.version)
    });
    match (entry, cell) {
        (Some(known), Cell::Differs(_)) => Cell::Known(known.reason),
        (Some(known), Cell::Held(_)) => Cell::Differs(vec![format!("all went well; no longer so: {}", known.reason)]),
        (_, cell) => cell,
    }
}

impl Cell {
    fn mark(&self) -> &'static str {
        match self {
            Cell::Held(mark) => mark,
            Cell::Differs(_) => "x",
            Cell::Known(_) => "k",
            Cell::Cannot(_) => "-",
        }
    }
}

/// What pairs do.
#[derive(Clone, Copy)]
enum Workload {
    Messages,
    Change(Change),
}

impl Workload {
    fn all() -> Vec<Workload> {
        [Workload::Messages].into_iter().chain(Change::ALL.map(Workload::Change)).collect()
    }

    fn name(self) -> &'static str {
        match self {
            Workload::Messages => "messages",
            Workload::Change(change) => change.name(),
        }
    }

    fn legend(self) -> &'static str {
        match self {
            Workload::Messages => {
                "messages of all kinds (=: all went well, with more content than the windows hold; ~: with less, for \
                 one of the two leaves waiting to the application or gives credit as it sees fit)"
            }
            Workload::Change(Change::Settings) => "the client sends new SETTINGS in the middle of responses",
            Workload::Change(Change::Goaway) => {
                "the server sends GOAWAY in the middle of responses, and completes them"
            }
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
    let mut grids = Vec::new();
    for workload in Workload::all() {
        let mut cells = Vec::new();
        for client in &mut clients {
            for server in &mut servers {
                let cell = join(workload, client, server);
                cells.push(known(workload, client, cell));
            }
        }
        grids.push((workload, cells));
    }
    drop(spinner);
    let held = !grids.iter().flat_map(|(_, cells)| cells).any(|cell| matches!(cell, Cell::Differs(_)));
    let mut out = anstream::stdout().lock();
    if pair.json {
        print_json(&clients, &servers, &grids, &mut out)?;
        return Ok(held);
    }
    writeln!(out, "Clients in rows, servers in columns (=: all went well, x: something did not, k: known, -: cannot)")?;
    let names: Vec<&str> = servers.iter().map(|s| s.name.as_str()).collect();
    write_wrapped(&mut out, &format!("columns: {}", names.join(", ")), 2, 4)?;
    for (workload, cells) in &grids {
        show_grid(*workload, &clients, &servers, cells, &mut out)?;
        show_reasons(&clients, &servers, cells, &mut out)?;
    }
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

/// Joins two for a workload.
fn join(workload: Workload, client: &mut Player, server: &mut Player) -> Cell {
    match workload {
        Workload::Messages => join_for_messages(client, server),
        Workload::Change(change) => {
            let parties = (changes::Client(change), changes::Server(change));
            join_as((&parties.0, client), (&parties.1, server), |talk, client, server| {
                match changes::incapable(change, talk) {
                    Some(why) => Cell::Cannot(why),
                    None => judged("=", changes::differences(change, talk, client, server)),
                }
            })
        }
    }
}

/// Joins two, with more content than the windows hold if both can hold content back.
fn join_for_messages(client: &mut Player, server: &mut Player) -> Cell {
    let waits = |player: &Player| player.session.profile().can("send-flow");
    let large = waits(client) && waits(server);
    let mut at = |scale: Scale, mark| {
        let parties = (Client(scale), Server(scale));
        join_as((&parties.0, client), (&parties.1, server), |talk, client, server| {
            judged(mark, differences(scale, talk, client, server))
        })
    };
    let first = if large { at(Scale::BeyondWindows, "=") } else { Cell::Cannot(String::new()) };
    match first {
        Cell::Cannot(_) => at(Scale::WithinWindows, "~"),
        cell => cell,
    }
}

fn join_as(
    client: (&dyn Party, &mut Player),
    server: (&dyn Party, &mut Player),
    judge: impl FnOnce(&Conversation, &Profile, &Profile) -> Cell,
) -> Cell {
    let talk = converse(Http2::SPEC, (&mut *client.1.session, client.0), (&mut *server.1.session, server.0));
    match talk {
        Err(why) if why.contains("cannot take part") => Cell::Cannot(why),
        Err(why) => Cell::Differs(vec![why]),
        Ok(talk) => judge(&talk, client.1.session.profile(), server.1.session.profile()),
    }
}

fn judged(mark: &'static str, lines: Vec<String>) -> Cell {
    if lines.is_empty() { Cell::Held(mark) } else { Cell::Differs(lines) }
}

fn show_grid(
    workload: Workload,
    clients: &[Player],
    servers: &[Player],
    cells: &[Cell],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let cannot = cells.iter().filter(|cell| matches!(cell, Cell::Cannot(_))).count();
    let counted = if cannot == 0 { String::new() } else { format!("; {cannot} of {} cannot", cells.len()) };
    writeln!(out)?;
    write_wrapped(out, &format!("{}: {}{counted}", workload.name(), workload.legend()), 0, 2)?;
    let widest = clients.iter().map(|c| c.name.len()).max().unwrap_or(0);
    for (row, client) in clients.iter().enumerate() {
        let marks = &cells[row * servers.len()..(row + 1) * servers.len()];
        let marks: String = marks.iter().map(|cell| format!(" {}", cell.mark())).collect();
        writeln!(out, "  {:widest$} {marks}", client.name)?;
    }
    Ok(())
}

/// Why what is not well is not, and who cannot, each reason once.
fn show_reasons(clients: &[Player], servers: &[Player], cells: &[Cell], out: &mut dyn Write) -> std::io::Result<()> {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (at, cell) in cells.iter().enumerate() {
        let (client, server) = (&clients[at / servers.len()].name, &servers[at % servers.len()].name);
        match cell {
            Cell::Held(_) => {}
            Cell::Cannot(why) => reasons.entry(why).or_default().push(format!("{client} × {server}")),
            Cell::Known(why) => reasons.entry(why).or_default().push(format!("{client} × {server}")),
            Cell::Differs(lines) => {
                writeln!(out, "\n{client} × {server}")?;
                lines.iter().take(12).try_for_each(|line| write_wrapped(out, &escape(line.as_bytes()), 2, 4))?;
            }
        }
    }
    let line = |(why, pairs): (&&str, &Vec<String>)| format!("{}: {}", pairs.join(", "), escape(why.as_bytes()));
    reasons.iter().map(line).try_for_each(|line| write_wrapped(out, &line, 2, 4))
}

fn print_json(
    clients: &[Player],
    servers: &[Player],
    grids: &[(Workload, Vec<Cell>)],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let cell = |workload: Workload, at: usize, cell: &Cell| {
        let (held, why) = match cell {
            Cell::Held(_) => (Some(true), Vec::new()),
            Cell::Differs(lines) => (Some(false), lines.clone()),
            Cell::Known(why) => (Some(false), vec![format!("known: {why}")]),
            Cell::Cannot(why) => (None, vec![why.clone()]),
        };
        let (client, server) = (&clients[at / servers.len()].name, &servers[at % servers.len()].name);
        json!({"workload": workload.name(), "client": client, "server": server, "held": held, "why": why})
    };
    let row = |(workload, cells): &(Workload, Vec<Cell>)| -> Vec<_> {
        cells.iter().enumerate().map(|(at, one)| cell(*workload, at, one)).collect()
    };
    let cells: Vec<_> = grids.iter().flat_map(row).collect();
    writeln!(out, "{}", serde_json::to_string_pretty(&cells).unwrap_or_default())?;
    Ok(())
}
