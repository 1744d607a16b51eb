//! Subjects of HTTP/2: the reference core, spoilt in one way each, in what it receives, reports or writes.

mod frames;
mod mindless;
mod received;
mod reported;
mod written;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use wireproof::http2::{Action, Event, Http2};
use wireproof::{Config, Endpoint, Implementation, InProcess, Input, Profile, Role, SendError, Unsupported};
use wireproof_adapters::rust::WireproofHttp2;
use wireproof_http2::hpack::Decoder;

use crate::catch::{self, vices};
use frames::{Frame, Inlet};
use mindless::Mindless;

vices! {
    /// Refuses the first octet, and what it is asked to send.
    RefusesEverything,
    /// Reports one and the same message for any octets.
    AcceptsEverything,
    /// Reports nothing and writes nothing.
    SaysNothing,
    /// Panics on octet 60 of a connection.
    Panics,
    /// Forgets what of a frame it has when a call ends.
    ForgetsAtCuts,
    /// Takes any 24 octets for the preface.
    TakesAnyPreface,
    /// Lets other frames stand inside a field block.
    InterleavesBlocks,
    /// Cuts or fills up frames whose size is fixed.
    ForgivesFrameSizes,
    /// Takes padding that does not fit for none at all.
    ForgivesPadding,
    /// Overlooks WINDOW_UPDATE with an increment of 0.
    ForgivesZeroIncrements,
    /// Overlooks GOAWAY.
    IgnoresGoaway,
    /// Acknowledges SETTINGS and does not look inside.
    IgnoresSettings,
    /// Answers frames of unknown types with an error.
    RefusesUnknownFrames,
    /// Takes upper-case field names for lower-case ones.
    LowersNames,
    /// Takes the white space around field values away.
    TrimsValues,
    /// Takes pseudo-header fields wherever they stand.
    SortsPseudoFields,
    /// Does not know the fields that are for one connection.
    PassesConnectionFields,
    /// Does not count content against Content-Length.
    IgnoresContentLength,
    /// Reports no error and writes none.
    NeverRefuses,
    /// Reports each event twice.
    ReportsTwice,
    /// Drops the last octet of each piece of content.
    LosesLastOctet,
    /// Never says that a message is complete.
    ForgetsTheEnd,
    /// Shows the fields of the head among the trailers, as if they were one list.
    MergesTrailers,
    /// Keeps the last line of each field, as a map does.
    KeepsOneLineOfEach,
    /// Does not acknowledge SETTINGS.
    ForgetsToAcknowledge,
    /// Answers PING with other octets.
    PongsZeros,
    /// Answers PING with no octets.
    PongsNothing,
    /// Does not answer PING.
    NeverPongs,
    /// Sends content whether or not there is credit for it.
    SendsWithoutCredit,
    /// Announces one octet of credit more than it gives.
    CreditsTooMuch,
    /// Knows no bound for the frames that it writes.
    JoinsDataFrames,
    /// Drops the last octet of content that it writes.
    WritesShort,
    /// Does not end the streams it writes.
    LeavesStreamsOpen,
    /// Says in GOAWAY that it has processed nothing.
    ForgetsTheLastStream,
    /// Writes fields as it is asked to, whatever the core says to them.
    SendsUnchecked,
    /// Takes an error of the connection for one of a stream.
    ResetsForConnectionErrors,
    /// Says CANCEL with every error.
    AlwaysCancels,
    /// Takes an error of a stream for one of the connection.
    ClosesForStreamErrors,
    /// Says PROTOCOL_ERROR with every error.
    AlwaysProtocolError,
    /// Does not count padding against its windows.
    CountsNoPadding,
}

impl catch::Vice for Vice {
    const ALL: &'static [Vice] = Vice::ALL;
    const FOLDER: &'static str = "http2";

    /// RFC 9113 5.4.1 (a stream error may be treated as one of the connection), 5.4 (generic codes), 6.9 (who is beyond a
    /// window MAY be refused). One case catches the generic code: it cannot tell a limit from a misread block by it.
    const PERMITTED: &'static [Vice] = &[Vice::ClosesForStreamErrors, Vice::AlwaysProtocolError, Vice::CountsNoPadding];

    fn subject(self) -> InProcess {
        InProcess::new(Bad(self))
    }
}

/// Names and values, in order.
type Lines = Vec<(Vec<u8>, Vec<u8>)>;

/// A bad subject. It claims all that the reference core can do.
struct Bad(Vice);

static PROFILE: LazyLock<Profile> =
    LazyLock::new(|| Profile { name: "bad".to_owned(), ..WireproofHttp2.profile().clone() });

impl Implementation<Http2> for Bad {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http2>>, Unsupported> {
        let core = WireproofHttp2.open(role, config)?;
        if let Vice::RefusesEverything | Vice::AcceptsEverything | Vice::SaysNothing = self.0 {
            return Ok(Box::new(Mindless::new(self.0, role)));
        }
        let table = config.get("header-table-size").map(|size| size as usize);
        Ok(Box::new(Spoilt {
            vice: self.0,
            core,
            server: role == Role::Server,
            inlet: Inlet::new(role == Role::Server),
            fed: 0,
            block: Vec::new(),
            decoder: table.map_or_else(Decoder::default, Decoder::new),
            heads: BTreeMap::new(),
            owed: BTreeMap::new(),
            life: Life::Open,
            preface: Vec::new(),
            out: Vec::new(),
        }))
    }
}

/// How far [`Vice::ClosesForStreamErrors`] has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    Open,
    /// It said so.
    Failed,
    /// And wrote so.
    Over,
}

/// The reference core with something wrong in it.
struct Spoilt {
    vice: Vice,
    core: Box<dyn Endpoint<Http2>>,
    server: bool,
    inlet: Inlet,
    /// Octets received.
    fed: usize,
    /// The frames of a field block that is held back.
    block: Vec<Frame>,
    /// Reads the blocks that may be changed.
    decoder: Decoder,
    /// The fields of each stream's head.
    heads: BTreeMap<u32, Lines>,
    /// Octets of each stream that were written before the core wanted to.
    owed: BTreeMap<u32, usize>,
    /// Whether it closed the connection where the core did not.
    life: Life,
    /// What is to be written first, and then these.
    preface: Vec<u8>,
    out: Vec<Frame>,
}

impl Endpoint<Http2> for Spoilt {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let octets = match input {
            Input::Bytes([]) | Input::Tick(_) => Vec::new(),
            Input::Bytes(octets) => self.spoil_input(octets),
            Input::Eof => self.rest(),
        };
        self.tell(Input::Bytes(&octets), events);
        if !matches!(input, Input::Bytes(_)) {
            self.tell(input, events);
        }
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        self.collect(false);
        if self.life != Life::Open {
            return Err(SendError::Refused("it is over".to_owned()));
        }
        let sent = self.core.send(action);
        self.collect(matches!(action, Action::Reset { .. } | Action::Goaway { .. }));
        self.after(action, sent)
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.collect(false);
        out.append(&mut self.preface);
        self.out.drain(..).for_each(|frame| frame.write(out));
    }
}
