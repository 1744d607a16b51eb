//! Subjects of HPACK: the reference codec, spoilt in one way each.
//!
//! Its tables cannot be reached from without, so most vices change what it reads: each block is taken apart and given to
//! the codec as the vice would have it, all that the vice is not about octet for octet.

mod parts;
mod received;

use std::sync::LazyLock;

use wireproof::hpack::{Action, Class, Event, Hpack};
use wireproof::{Config, Endpoint, Implementation, InProcess, Input, Profile, Role, SendError, Unsupported};
use wireproof_adapters::rust::WireproofHpack;

use crate::catch::{self, vices};

vices! {
    /// Refuses every block, and what it is asked to send.
    RefusesEverything,
    /// Reports one and the same field for any block.
    AcceptsEverything,
    /// Reports nothing and writes nothing.
    SaysNothing,
    /// Reports nothing where a block is refused.
    SwallowsErrors,
    /// Reports each block twice.
    ReportsTwice,
    /// Panics on a block of more than 20 octets.
    Panics,
    /// Begins each block with new tables.
    ForgetsTables,
    /// Its table has room for one octet more than is allowed.
    TableTooLarge,
    /// Its table has room for one octet less.
    TableTooSmall,
    /// Its table has no bound.
    NeverEvicts,
    /// Overlooks size updates, and does not write them.
    IgnoresSizeUpdates,
    /// Takes a size update wherever it stands.
    ForgivesLateSizeUpdates,
    /// Takes what is never to be indexed for what is not indexed.
    ForgetsNeverIndexed,
    /// Takes index 0 for no field.
    ForgivesIndexZero,
    /// Takes an index beyond the tables for no field.
    ForgivesLargeIndices,
    /// Counts an index of more than one octet one too high.
    MiscountsLongIndices,
    /// Keeps 32 bits of an integer.
    WrapsIntegers,
    /// Takes a block that ends inside a representation as if it ended before.
    ForgivesTruncation,
    /// Takes whole octets of Huffman padding, EOS among them.
    ForgivesLongPadding,
    /// Takes Huffman padding of any bits.
    ForgivesPaddingBits,
    /// Reports the names of fields in lower case.
    LowersNames,
    /// Drops fields with an empty value.
    DropsEmptyValues,
}

impl catch::Vice for Vice {
    const ALL: &'static [Vice] = Vice::ALL;
    const FOLDER: &'static str = "hpack";

    /// RFC 7541 4.2 tells encoders where a size update stands; that a decoder refuses it elsewhere is in no MUST.
    const PERMITTED: &'static [Vice] = &[Vice::ForgivesLateSizeUpdates];

    fn subject(self) -> InProcess {
        InProcess::new(Bad(self))
    }
}

/// A bad subject. It claims all that the reference codec can do.
struct Bad(Vice);

static PROFILE: LazyLock<Profile> =
    LazyLock::new(|| Profile { name: "bad".to_owned(), ..WireproofHpack.profile().clone() });

impl Implementation<Hpack> for Bad {
    fn profile(&self) -> &Profile {
        &PROFILE
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Hpack>>, Unsupported> {
        Ok(Box::new(Spoilt::open(self.0, role, config.clone())?))
    }
}

/// Octets that a longer block than these makes [`Vice::Panics`] panic.
const FATAL: usize = 20;

/// The size of a table of which nothing else is said.
const TABLE: u64 = 4096;

/// The reference codec with something wrong in it.
struct Spoilt {
    vice: Vice,
    codec: Box<dyn Endpoint<Hpack>>,
    role: Role,
    config: Config,
}

impl Spoilt {
    fn open(vice: Vice, role: Role, mut config: Config) -> Result<Spoilt, Unsupported> {
        let table = config.get("header-table-size").unwrap_or(TABLE);
        let resized = resized(vice, table);
        if role == Role::Decoder && resized != table {
            config.0.insert("header-table-size".to_owned(), resized);
        }
        let codec = WireproofHpack.open(role, &config)?;
        Ok(Spoilt { vice, codec, role, config })
    }
}

/// The size that the vice gives a table which is to have this one.
fn resized(vice: Vice, size: u64) -> u64 {
    match vice {
        Vice::TableTooLarge => size + 1,
        Vice::TableTooSmall => size.saturating_sub(1),
        Vice::NeverEvicts => 1 << 20,
        _ => size,
    }
}

type Lines = Vec<(Vec<u8>, Vec<u8>)>;

impl Endpoint<Hpack> for Spoilt {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(Event<'_>)) {
        let Input::Bytes(block @ [_, ..]) = input else { return self.codec.receive(input, events) };
        let none = [("", ""); 0];
        match self.vice {
            Vice::SaysNothing => return,
            Vice::RefusesEverything => return events(Event::Rejected { class: Some(Class::Index), text: "no" }),
            Vice::AcceptsEverything => return events(Event::Fields { fields: &[("a", "b")], never: Some(&none) }),
            Vice::Panics if block.len() > FATAL => std::panic::resume_unwind(Box::new("a long block")),
            Vice::ForgetsTables => self.reopen(),
            _ => {}
        }
        let block = received::spoil(self.vice, block);
        if block.is_empty() {
            return events(Event::Fields { fields: &none, never: Some(&none) });
        }
        let vice = self.vice;
        self.codec.receive(Input::Bytes(&block), &mut |event| report(vice, event, events));
    }

    fn send(&mut self, action: &Action) -> Result<(), SendError> {
        match (self.vice, action) {
            (Vice::RefusesEverything, _) => Err(SendError::Refused("no".to_owned())),
            (Vice::SaysNothing | Vice::AcceptsEverything, _) | (Vice::IgnoresSizeUpdates, Action::TableSize(_)) => {
                Ok(())
            }
            (Vice::ForgetsNeverIndexed, Action::Encode { fields, .. }) => {
                self.codec.send(&Action::Encode { fields: fields.clone(), never: Vec::new() })
            }
            (vice, Action::TableSize(size)) => {
                self.codec.send(&Action::TableSize(resized(vice, (*size).into()) as u32)) // it was one
            }
            (Vice::ForgetsTables, action) => {
                self.reopen();
                self.codec.send(action)
            }
            (_, action) => self.codec.send(action),
        }
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        self.codec.transmit(out);
    }
}

impl Spoilt {
    fn reopen(&mut self) {
        // It opened once with the same arguments.
        self.codec = WireproofHpack.open(self.role, &self.config).unwrap_or_else(|why| panic!("{why:?}"));
    }
}

/// Reports an event, spoilt.
fn report(vice: Vice, event: Event<'_>, events: &mut dyn FnMut(Event<'_>)) {
    match (vice, event) {
        (Vice::SwallowsErrors, Event::Rejected { .. }) => {}
        (Vice::ReportsTwice, event) => {
            events(event);
            events(event);
        }
        (Vice::ForgetsNeverIndexed, Event::Fields { fields, .. }) => {
            events(Event::Fields { fields, never: Some(&[("", ""); 0]) });
        }
        (Vice::LowersNames | Vice::DropsEmptyValues, Event::Fields { fields, never }) => {
            let mut lines = Lines::new();
            fields.visit(&mut |name, value| match vice {
                Vice::LowersNames => lines.push((name.to_ascii_lowercase(), value.to_vec())),
                _ => lines.extend((!value.is_empty()).then(|| (name.to_vec(), value.to_vec()))),
            });
            events(Event::Fields { fields: &lines, never });
        }
        (_, event) => events(event),
    }
}
