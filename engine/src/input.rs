//! A fuzz input and the script that it stands for.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use wireproof::hpack::Hpack;
use wireproof::http1::{self, Http1};
use wireproof::http2::{self, Http2, PREFACE};
use wireproof::{Config, Protocol, ProtocolSpec, Role, Script, Step};

/// What is fuzzed: a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// HTTP/1.1, both roles.
    Http1,
    /// HTTP/2, both roles.
    Http2,
    /// HPACK decoders.
    Hpack,
}

impl Target {
    /// All of them.
    pub const ALL: [Target; 3] = [Target::Http1, Target::Http2, Target::Hpack];

    /// The protocol's tables.
    pub fn spec(self) -> &'static ProtocolSpec {
        match self {
            Target::Http1 => Http1::SPEC,
            Target::Http2 => Http2::SPEC,
            Target::Hpack => Hpack::SPEC,
        }
    }

    /// The target of this protocol's name.
    pub fn named(name: &str) -> Option<Target> {
        Target::ALL.into_iter().find(|target| target.spec().name == name)
    }
}

/// One input. As octets (in corpora, to libFuzzer) the `shape` comes first, then what is fed.
///
/// | bits of the shape | HTTP/1.1 | HTTP/2 | HPACK |
/// |---|---|---|---|
/// | 0 | client, else server | client, else server | – |
/// | 1 | the peer then ends its stream | the same | – |
/// | 2, 3 | a client has asked with GET, HEAD, CONNECT, or GET twice | 2: nothing is put in front of the octets, else preface (servers) and SETTINGS; 3: a client's request stays open | – |
/// | 4–7 | choose cuts | choose cuts | – |
///
/// For HPACK, `octets` are blocks, each behind one octet with its length; the last may be cut short.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Input {
    /// The protocol.
    pub target: Target,
    /// How the octets are fed; see above.
    pub shape: u8,
    /// The octets.
    pub octets: Vec<u8>,
}

/// Empty SETTINGS and the acknowledgement of the endpoint's own: what a peer says first.
const SETTINGS: [u8; 18] = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0];

/// What clients have asked, by the bits 4 and 8 of the shape.
const HTTP1_ASKED: [&[&str]; 4] = [&["GET"], &["HEAD"], &["CONNECT"], &["GET", "GET"]];

/// What clients have asked, by the bit 8 of the shape.
const HTTP2_ASKED: [&[&str]; 2] = [&["GET"], &["POST"]];

impl Input {
    /// What these octets of a corpus file stand for; none for an empty file.
    pub fn parse(target: Target, octets: &[u8]) -> Option<Input> {
        let (&shape, octets) = octets.split_first()?;
        Some(Input { target, shape, octets: octets.to_vec() })
    }

    /// The octets of a corpus file.
    pub fn to_octets(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(self.octets.len() + 1);
        octets.push(self.shape);
        octets.extend_from_slice(&self.octets);
        octets
    }

    /// The role of the endpoint that is fed.
    pub fn role(&self) -> Role {
        match (self.target, self.shape & 1) {
            (Target::Hpack, _) => Role::Decoder,
            (_, 0) => Role::Server,
            _ => Role::Client,
        }
    }

    /// Whether the peer ends its stream after the octets.
    pub fn eof(&self) -> bool {
        self.shape & 2 != 0 && self.target != Target::Hpack
    }

    /// What is put in front of the octets by [`Input::script`].
    pub fn front(&self) -> &'static [&'static [u8]] {
        match (self.target, self.shape & 4, self.role()) {
            (Target::Http2, 0, Role::Server) => &[PREFACE, &SETTINGS],
            (Target::Http2, 0, _) => &[&SETTINGS],
            _ => &[],
        }
    }

    /// How many octets [`Input::front`] has.
    pub fn front_length(&self) -> usize {
        self.front().iter().map(|front| front.len()).sum()
    }

    /// The script that it stands for.
    pub fn script(&self) -> Script {
        let mut steps = self.opening().to_vec();
        match self.target {
            Target::Hpack => steps.extend(self.blocks().into_iter().map(|block| Step::Receive(block.to_vec()))),
            _ => steps.push(Step::Receive([&self.front().concat(), &self.octets[..]].concat())),
        }
        if self.eof() {
            steps.push(Step::Eof);
        }
        let config = Config::default();
        Script { protocol: self.target.spec(), role: self.role(), config, answer: true, steps }
    }

    /// Whether nothing is fed.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty() && self.front().iter().all(|part| part.is_empty())
    }

    /// The methods of the requests that a client has sent before it is fed.
    pub fn asked(&self) -> &'static [&'static str] {
        match (self.target, self.role()) {
            (Target::Http1, Role::Client) => HTTP1_ASKED[usize::from(self.shape >> 2 & 3)],
            (Target::Http2, Role::Client) => HTTP2_ASKED[usize::from(self.shape >> 3 & 1)],
            _ => &[],
        }
    }

    /// What the endpoint sends before it is fed; made once, for actions are read but once.
    fn opening(&self) -> &'static [Step] {
        static HTTP1: LazyLock<[Vec<Step>; 4]> = LazyLock::new(|| HTTP1_ASKED.map(http1::asked));
        static HTTP2: LazyLock<[Vec<Step>; 2]> = LazyLock::new(|| HTTP2_ASKED.map(http2::asked));
        match (self.target, self.role()) {
            (Target::Http1, Role::Client) => &HTTP1[usize::from(self.shape >> 2 & 3)],
            (Target::Http2, Role::Client) => &HTTP2[usize::from(self.shape >> 3 & 1)],
            _ => &[],
        }
    }

    /// The HPACK blocks in the octets.
    pub fn blocks(&self) -> Vec<&[u8]> {
        let (mut blocks, mut rest) = (Vec::new(), &self.octets[..]);
        while let Some((&length, behind)) = rest.split_first() {
            let (block, behind) = behind.split_at(behind.len().min(length.into()));
            blocks.push(block);
            rest = behind;
        }
        blocks
    }

    /// An input of HPACK blocks; a block longer than 255 octets is cut there.
    pub fn of_blocks<B: AsRef<[u8]>>(blocks: &[B]) -> Input {
        let mut octets = Vec::new();
        for block in blocks {
            let block = &block.as_ref()[..block.as_ref().len().min(255)];
            octets.push(block.len() as u8); // at most 255
            octets.extend_from_slice(block);
        }
        Input { target: Target::Hpack, shape: 0, octets }
    }

    /// The input closest to a script of the vectors: its octets fed in one step. None if it does more than an input can
    /// say, or feeds more than `longest` octets.
    pub fn of_script(script: &Script, longest: usize) -> Option<Input> {
        let target = Target::named(script.protocol.name)?;
        let received: Vec<&[u8]> = script.steps.iter().filter_map(Step::received).collect();
        if received.is_empty() || script.length() > longest {
            return None;
        }
        if target == Target::Hpack {
            return (script.role == Role::Decoder && received.iter().all(|block| block.len() < 256))
                .then(|| Input::of_blocks(&received));
        }
        let mut input = Input { target, shape: 0, octets: received.concat() };
        input.shape |= u8::from(script.role == Role::Client) | u8::from(script.steps.contains(&Step::Eof)) << 1;
        match target {
            Target::Http1 if script.role == Role::Client => {
                input.shape |= (0..4).map(|bits| bits << 2).find(|bits| {
                    let trial = Input { shape: input.shape | bits, ..input.clone() };
                    methods(&trial.script()) == methods(script)
                })?;
            }
            Target::Http2 => match input.octets.strip_prefix(&input.front().concat()[..]) {
                Some(rest) => input.octets = rest.to_vec(),
                None => input.shape |= 4,
            },
            _ => {}
        }
        Some(input)
    }
}

/// The methods that a client of a script asks with.
fn methods(script: &Script) -> Vec<String> {
    let method = |step: &Step| match step {
        Step::Send(action) => Some(action["request"]["method"].as_str()?.to_owned()),
        _ => None,
    };
    script.steps.iter().filter_map(method).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wireproof::vectors::Suite;

    #[test]
    fn octets_and_inputs_are_the_same_thing() {
        let input = Input { target: Target::Http1, shape: 0b1011, octets: b"HTTP/1.1 200 OK\r\n\r\n".to_vec() };
        assert_eq!(Input::parse(Target::Http1, &input.to_octets()).as_ref(), Some(&input));
        assert_eq!(Input::parse(Target::Http1, b""), None);
        let script = input.script();
        assert_eq!((script.role, input.eof(), methods(&script)), (Role::Client, true, vec!["CONNECT".to_owned()]));
    }

    #[test]
    fn blocks_are_split_where_they_were_joined() {
        let input = Input::of_blocks(&[&b"abc"[..], b"", b"d"]);
        assert_eq!(input.blocks(), [&b"abc"[..], b"", b"d"]);
        assert_eq!(input.script().steps.len(), 3);
        assert_eq!(Input { octets: vec![9, 1], ..input }.blocks(), [&[1][..]]);
    }

    #[test]
    fn most_vectors_are_inputs() {
        let suite = Suite::bundled().expect("the bundled vectors load");
        for target in Target::ALL {
            let of: Vec<_> = suite.cases.iter().filter(|c| c.script.protocol.name == target.spec().name).collect();
            let inputs = of.iter().filter_map(|c| Input::of_script(&c.script, 4096)).count();
            assert!(inputs * 10 > of.len() * 6, "{target:?}: {inputs} of {}", of.len());
        }
    }
}
