//! Runs a script on one endpoint. Everything in process goes through [`drive`], whoever watches.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::action::AnyAction;
use crate::cuts::pieces;
use crate::endpoint::{Input, SendError};
use crate::protocol::Answerer;
use crate::script::{Script, Step};
use crate::transcript::{Fault, FaultKind, Seen, StepRecord, Transcript};
use crate::value::EventRef;

/// An endpoint without its protocol's types; adapters implement [`crate::Endpoint`], and [`crate::Typed`] does this.
pub trait Engine {
    /// See [`crate::Endpoint::receive`].
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(&EventRef<'_>));
    /// See [`crate::Endpoint::send`].
    fn send(&mut self, action: &AnyAction) -> Result<(), SendError>;
    /// See [`crate::Endpoint::transmit`].
    fn transmit(&mut self, out: &mut Vec<u8>);
}

/// Watches a script run: collects, counts or hashes.
pub trait Observer {
    /// The next step begins.
    fn step(&mut self) {}
    /// An event was reported after `fed` octets had been fed in all.
    fn event(&mut self, event: &EventRef<'_>, fed: usize);
    /// Octets were written.
    fn output(&mut self, octets: &[u8]);
    /// An action was refused.
    fn refused(&mut self, why: &str);
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All steps were done.
    Completed,
    /// The subject's interface cannot do a step: the case is n/a.
    Cannot(String),
}

/// How many times in a row an endpoint may be answered within one piece before the harness stops answering: a
/// bound against endpoints that report requests for ever.
const ANSWERS: usize = 100_000;

/// How the octets of `receive` steps are fed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Feeding<'a> {
    /// Cut at these offsets, counted over all steps.
    At(&'a [usize]),
    /// In pieces of so many octets; the last of a step may be shorter.
    Every(usize),
}

/// Runs `script`, cut at `splits`, on a new endpoint, and tells `observer` everything. Allocates nothing per event.
pub fn drive(engine: &mut dyn Engine, script: &Script, splits: &[usize], observer: &mut dyn Observer) -> Ending {
    drive_fed(engine, script, Feeding::At(splits), observer)
}

/// The same, for every way to feed.
pub(crate) fn drive_fed(
    engine: &mut dyn Engine,
    script: &Script,
    feeding: Feeding<'_>,
    observer: &mut dyn Observer,
) -> Ending {
    let answerer = if script.answer { (script.protocol.answerer)(script.role) } else { None };
    let mut run = Run { engine, observer, answerer, due: Vec::new(), out: Vec::new(), fed: 0 };
    for step in &script.steps {
        run.observer.step();
        let done = match step {
            Step::Receive(octets) => run.receive(octets, feeding),
            Step::Eof => run.feed(Input::Eof),
            Step::Tick(ms) => run.feed(Input::Tick(*ms)),
            Step::Send(action) => run.send(action).and_then(|()| run.feed(Input::Bytes(&[]))),
        };
        if let Err(cannot) = done {
            return Ending::Cannot(cannot);
        }
    }
    Ending::Completed
}

/// One run in progress.
struct Run<'a> {
    engine: &'a mut dyn Engine,
    observer: &'a mut dyn Observer,
    answerer: Option<Box<dyn Answerer>>,
    /// Answers owed for events just reported.
    due: Vec<Cow<'static, [AnyAction]>>,
    /// Scratch for written octets.
    out: Vec<u8>,
    fed: usize,
}

impl Run<'_> {
    fn receive(&mut self, octets: &[u8], feeding: Feeding<'_>) -> Result<(), String> {
        match feeding {
            Feeding::At(splits) => pieces(octets, self.fed, splits).try_for_each(|piece| self.receive_piece(piece)),
            Feeding::Every(size) => octets.chunks(size.max(1)).try_for_each(|piece| self.receive_piece(piece)),
        }
    }

    fn receive_piece(&mut self, piece: &[u8]) -> Result<(), String> {
        self.fed += piece.len();
        if piece.is_empty() { Ok(()) } else { self.feed(Input::Bytes(piece)) }
    }

    /// Feeds one input, and goes on as long as what it brought is answered.
    fn feed(&mut self, mut input: Input<'_>) -> Result<(), String> {
        for _ in 0..ANSWERS {
            let Run { engine, observer, answerer, due, fed, .. } = self;
            engine.receive(input, &mut |event| {
                observer.event(event, *fed);
                if let Some(answerer) = answerer {
                    let answers = answerer.observe(event);
                    if !answers.is_empty() {
                        due.push(answers);
                    }
                }
            });
            if self.due.is_empty() {
                self.transmit();
                return Ok(());
            }
            let mut due = std::mem::take(&mut self.due);
            for actions in due.drain(..) {
                actions.iter().try_for_each(|action| self.answer(action))?;
            }
            self.due = due; // its room is used again
            self.transmit(); // once: what was written before the answers stands before them
            input = Input::Bytes(&[]);
        }
        Ok(())
    }

    /// Sends an answer of the harness's own. That it is refused is no part of the script: after a refusal in the same
    /// piece it is right.
    fn answer(&mut self, action: &AnyAction) -> Result<(), String> {
        match self.engine.send(action) {
            Ok(()) | Err(SendError::Refused(_)) => Ok(()),
            Err(SendError::Cannot(why)) => Err(why),
        }
    }

    fn send(&mut self, action: &AnyAction) -> Result<(), String> {
        match self.engine.send(action) {
            Ok(()) => {}
            Err(SendError::Refused(why)) => self.observer.refused(&why),
            Err(SendError::Cannot(why)) => return Err(why),
        }
        self.transmit();
        Ok(())
    }

    fn transmit(&mut self) {
        self.out.clear();
        self.engine.transmit(&mut self.out);
        if !self.out.is_empty() {
            self.observer.output(&self.out);
        }
    }
}

/// An observer that keeps everything.
#[derive(Default)]
struct Collect(Transcript);

impl Collect {
    fn last(&mut self) -> &mut StepRecord {
        if self.0.steps.is_empty() {
            self.0.steps.push(StepRecord::default());
        }
        let last = self.0.steps.len() - 1;
        &mut self.0.steps[last]
    }
}

impl Observer for Collect {
    fn step(&mut self) {
        self.0.steps.push(StepRecord::default());
    }

    fn event(&mut self, event: &EventRef<'_>, fed: usize) {
        let seen = Seen { fed: Some(fed as u64), record: event.to_record() };
        self.last().events.push(seen);
    }

    fn output(&mut self, octets: &[u8]) {
        self.last().output.extend_from_slice(octets);
    }

    fn refused(&mut self, why: &str) {
        self.last().refused.get_or_insert_with(|| why.to_owned());
    }
}

/// Runs a script on a new endpoint and keeps the transcript. A panic becomes a fault; what came before it is kept.
pub fn transcribe(
    open: &mut dyn FnMut() -> Result<Box<dyn Engine>, crate::Unsupported>,
    script: &Script,
    splits: &[usize],
) -> Result<Transcript, String> {
    let mut collect = Collect::default();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut engine = open().map_err(|u| u.0)?;
        match drive(&mut *engine, script, splits, &mut collect) {
            Ending::Completed => Ok(()),
            Ending::Cannot(why) => Err(why),
        }
    }));
    match ran {
        Ok(Ok(())) => {}
        Ok(Err(cannot)) => return Err(cannot),
        Err(panic) => {
            let text = panic_text(&*panic);
            collect.0.fault = Some(Fault { kind: FaultKind::Panic, text });
        }
    }
    Ok(collect.0)
}

/// The message of a panic.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}
