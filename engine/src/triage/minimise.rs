//! Smaller inputs that still show the same: parts of the structure first, then runs of octets, single octets, lengths
//! together with what they count, and plain octets at last. Deterministic, and bounded by its budget.

use std::collections::HashSet;

use crate::frames::pieces;
use crate::{Input, Target};

/// How much a minimisation may cost.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// How many inputs may be tried.
    pub tries: usize,
}

/// The smallest input found for which `same` still holds, which it does for `input`: structure first (messages, lines,
/// frames, blocks), then octets, then plain octets, then the shape. Its octets are never more than those of `input`.
pub fn minimise(input: &Input, same: &mut dyn FnMut(&Input) -> bool, budget: Budget) -> Input {
    let mut search = Search { best: input.clone(), same, left: budget.tries, tried: HashSet::new() };
    loop {
        let before = (search.best.octets.clone(), search.best.shape);
        search.shape();
        search.parts();
        search.octets();
        search.counted();
        if search.left == 0 || (search.best.octets == before.0 && search.best.shape == before.1) {
            break;
        }
    }
    search.plain();
    search.best
}

struct Search<'s> {
    best: Input,
    same: &'s mut dyn FnMut(&Input) -> bool,
    left: usize,
    tried: HashSet<(u8, Vec<u8>)>,
}

impl Search<'_> {
    /// Takes another input if it shows the same; not twice.
    fn take(&mut self, other: Input) -> bool {
        let known = !self.tried.insert((other.shape, other.octets.clone()));
        if self.left == 0 || known || other.octets.len() > self.best.octets.len() {
            return false;
        }
        self.left -= 1;
        let same = (self.same)(&other);
        if same {
            self.best = other;
        }
        same
    }

    fn take_octets(&mut self, octets: Vec<u8>) -> bool {
        let shape = self.best.shape;
        self.take(Input { target: self.best.target, shape, octets })
    }

    /// Bits of the shape that may be 0: the end of the stream, what was asked, the cuts.
    fn shape(&mut self) {
        for bits in [0xf0, 2, 4 | 8, 8, 4] {
            // Whether something is put in front changes what HTTP/2 octets are.
            let front = self.best.target == Target::Http2 && bits & 4 != 0;
            if self.best.shape & bits != 0 && !front {
                let shape = self.best.shape & !bits;
                self.take(Input { shape, ..self.best.clone() });
            }
        }
    }

    /// Removes parts: by halves of all, then singly, from the end.
    fn parts(&mut self) {
        for level in levels(self.best.target) {
            let mut size = level(&self.best).len().next_power_of_two() / 2;
            while size > 0 && self.left > 0 {
                let mut at = level(&self.best).len();
                while at > 0 {
                    let starts = level(&self.best);
                    at = at.min(starts.len()).saturating_sub(size);
                    let end = starts.get(at + size).copied().unwrap_or(self.best.octets.len());
                    let Some(&start) = starts.get(at) else { break };
                    self.take_octets([&self.best.octets[..start], &self.best.octets[end..]].concat());
                }
                size /= 2;
            }
        }
    }

    /// Removes runs of octets: by halves, then singly, from the end.
    fn octets(&mut self) {
        let mut size = (self.best.octets.len() / 4).next_power_of_two().min(64);
        while size > 0 && self.left > 0 {
            let mut end = self.best.octets.len();
            while end > 0 && self.left > 0 {
                end = end.min(self.best.octets.len());
                let start = end.saturating_sub(size);
                self.take_octets([&self.best.octets[..start], &self.best.octets[end..]].concat());
                end = start;
            }
            size /= 2;
        }
    }

    /// Removes an octet and lowers by one a number before it that may count it: decimal or hexadecimal digits in
    /// HTTP/1.1, the length of a frame, the length of a block.
    fn counted(&mut self) {
        let mut at = self.best.octets.len();
        while at > 0 && self.left > 0 {
            at -= 1;
            for counter in counters(&self.best, at) {
                let mut octets = self.best.octets.clone();
                if at < octets.len() && lower(&mut octets, counter, self.best.target) {
                    octets.remove(at);
                    if self.take_octets(octets) {
                        break;
                    }
                }
            }
            at = at.min(self.best.octets.len());
        }
    }

    /// Makes octets plain where it does not matter what they are.
    fn plain(&mut self) {
        let plain: &[u8] = if self.best.target == Target::Http1 { b"a0/" } else { &[0, 1, b'a'] };
        for at in 0..self.best.octets.len() {
            for octet in plain {
                if self.best.octets[at] == *octet {
                    break;
                }
                let mut octets = self.best.octets.clone();
                octets[at] = *octet;
                if self.take_octets(octets) {
                    break;
                }
            }
        }
    }
}

/// Where the parts of an input begin, the coarsest kind of parts first.
type Level = fn(&Input) -> Vec<usize>;

fn levels(target: Target) -> &'static [Level] {
    match target {
        Target::Http1 => &[messages, lines, words],
        Target::Http2 => &[frames],
        Target::Hpack => &[blocks],
    }
}

fn after(octets: &[u8], ends: impl Fn(&[u8]) -> bool) -> Vec<usize> {
    let starts = (1..octets.len()).filter(|at| ends(&octets[..*at]));
    std::iter::once(0).chain(starts).filter(|at| *at < octets.len()).collect()
}

fn messages(input: &Input) -> Vec<usize> {
    after(&input.octets, |before| before.ends_with(b"\r\n\r\n") || before.ends_with(b"\n\n"))
}

fn lines(input: &Input) -> Vec<usize> {
    after(&input.octets, |before| before.ends_with(b"\n"))
}

fn words(input: &Input) -> Vec<usize> {
    after(&input.octets, |before| before.ends_with(b" ") || before.ends_with(b",") || before.ends_with(b";"))
}

fn frames(input: &Input) -> Vec<usize> {
    let next = |at: &mut usize, piece: &[u8]| Some(std::mem::replace(at, *at + piece.len()));
    pieces(&input.octets).into_iter().scan(0, next).collect()
}

fn blocks(input: &Input) -> Vec<usize> {
    let (mut starts, mut at) = (Vec::new(), 0);
    while at < input.octets.len() {
        starts.push(at);
        at += 1 + usize::from(input.octets[at]);
    }
    starts
}

/// Where numbers end that may count the octet at this place, the nearest first.
fn counters(input: &Input, at: usize) -> Vec<usize> {
    let start = |starts: Vec<usize>| starts.into_iter().rfind(|start| *start <= at);
    match input.target {
        Target::Http1 => {
            let digit = |i: &usize| input.octets[*i].is_ascii_hexdigit();
            let ends =
                (0..at).rev().filter(|i| digit(i) && !input.octets.get(i + 1).is_some_and(u8::is_ascii_hexdigit));
            ends.take(6).collect()
        }
        Target::Http2 => start(frames(input)).filter(|s| *s + 9 <= at).into_iter().collect(),
        Target::Hpack => start(blocks(input)).filter(|s| *s < at).into_iter().collect(),
    }
}

/// Lowers the number that ends (or, in frames and blocks, begins) here by one; its digits stay as many.
fn lower(octets: &mut [u8], at: usize, target: Target) -> bool {
    match target {
        Target::Http1 => {
            let mut digit = at;
            loop {
                match octets[digit] {
                    b'0' if digit > 0 && octets[digit - 1].is_ascii_hexdigit() => {
                        octets[digit] = b'9';
                        digit -= 1;
                    }
                    b'1'..=b'9' | b'b'..=b'f' | b'B'..=b'F' => {
                        octets[digit] -= 1;
                        return true;
                    }
                    b'a' | b'A' => {
                        octets[digit] = b'9';
                        return true;
                    }
                    _ => return false,
                }
            }
        }
        Target::Http2 => {
            let Some([a, b, c]) = octets.get(at..at + 3).and_then(|l| <[u8; 3]>::try_from(l).ok()) else {
                return false;
            };
            let Some(less) = u32::from_be_bytes([0, a, b, c]).checked_sub(1) else { return false };
            octets[at..at + 3].copy_from_slice(&less.to_be_bytes()[1..]);
            true
        }
        Target::Hpack => {
            let less = octets[at].checked_sub(1);
            octets[at] = less.unwrap_or(0);
            less.is_some()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BUDGET: Budget = Budget { tries: 2000 };

    fn http1(octets: &[u8]) -> Input {
        Input { target: Target::Http1, shape: 0xf2, octets: octets.to_vec() }
    }

    fn text(input: &Input) -> String {
        String::from_utf8_lossy(&input.octets).into_owned()
    }

    #[test]
    fn structure_goes_first_and_the_rest_becomes_plain() {
        let input = http1(b"GET /x HTTP/1.1\r\nHost: a\r\nFoo: bar\r\nX : y\r\n\r\nPOST / HTTP/1.1\r\nHost: b\r\n\r\n");
        let mut tries = 0;
        let colon = |i: &Input| i.octets.windows(2).any(|w| w == b" :") && i.octets.ends_with(b"\r\n\r\n");
        let small = minimise(
            &input,
            &mut |i| {
                tries += 1;
                colon(i)
            },
            BUDGET,
        );
        assert_eq!((text(&small).as_str(), small.shape), (" :\r\n\r\n", 0));
        assert!(tries < 200, "{tries}");
    }

    #[test]
    fn what_a_number_counts_goes_with_it() {
        // An oracle for which content must be as long as it is announced.
        let exact = |i: &Input| {
            let text = text(i);
            let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
            let announced =
                text.split_once("Length: ").and_then(|(_, rest)| rest.split("\r\n").next()?.parse::<usize>().ok());
            announced.is_some() && announced == body && body > Some(0)
        };
        let input = http1(b"POST / HTTP/1.1\r\nContent-Length: 12\r\n\r\nabcdefghijkl");
        let small = minimise(&input, &mut |i| exact(i), BUDGET);
        assert!(
            text(&small).ends_with("Length: 1\r\n\r\na") || text(&small).ends_with("Length: 01\r\n\r\na"),
            "{small:?}"
        );
    }

    #[test]
    fn frames_and_blocks_keep_their_lengths() {
        let frame =
            |kind: u8, payload: &[u8]| [&[0, 0, payload.len() as u8, kind, 0, 0, 0, 0, 1][..], payload].concat();
        let octets = [frame(6, &[1; 8]), frame(0, b"hello"), frame(4, &[]), frame(3, &[0; 4])].concat();
        let input = Input { target: Target::Http2, shape: 0, octets };
        let hello = |payload: &[u8]| payload.starts_with(b"lo") || payload.ends_with(b"lo");
        let whole = |i: &Input| frames(i).iter().any(|s| i.octets.get(s + 9..).is_some_and(hello));
        let fits = |i: &Input, s: usize| i.octets.get(s + 2).is_some_and(|l| i.octets.len() == s + 9 + usize::from(*l));
        let lengths = |i: &Input| frames(i).last().is_some_and(|s| fits(i, *s));
        let small = minimise(&input, &mut |i| whole(i) && lengths(i), BUDGET);
        assert_eq!(small.octets.len(), 11, "{small:?}");
        // Of two parts either can go.
        let last = frame(6, &[2; 8]);
        let octets = [frame(6, &[1; 8]), last.clone()].concat();
        let input = Input { target: Target::Http2, shape: 0, octets };
        let small = minimise(&input, &mut |i| i.octets.ends_with(&last), Budget { tries: 8 });
        assert_eq!(small.octets, last);
        let input = Input::of_blocks(&[&b"abc"[..], b"dxe", b"f"]);
        let small = minimise(&input, &mut |i| i.blocks().iter().any(|b| b.contains(&b'x')), BUDGET);
        assert_eq!(small.octets, [1, b'x']);
    }

    proptest! {
        /// It shows the same, is no longer, and no octet of it can go.
        #[test]
        fn the_result_is_the_least_of_its_kind(octets in prop::collection::vec(prop::sample::select(b"ab:\r\n ".to_vec()), 0..60)) {
            let input = http1(&octets);
            let same = |i: &Input| {
                let colon = i.octets.iter().position(|o| *o == b':');
                colon.is_some_and(|at| i.octets[at..].contains(&b'b'))
            };
            prop_assume!(same(&input));
            let small = minimise(&input, &mut |i| same(i), BUDGET);
            prop_assert_eq!(small.octets.as_slice(), b":b");
        }

        #[test]
        fn it_never_panics_and_never_grows(octets: Vec<u8>, target in prop::sample::select(Target::ALL.to_vec()), tries in 0_usize..300) {
            let input = Input { target, shape: 0xff, octets };
            let (mut count, mut state) = (0, 1_u64);
            let small = minimise(&input, &mut |_| { count += 1; state = state.wrapping_mul(6364136223846793005).wrapping_add(1); state >> 63 == 1 }, Budget { tries });
            prop_assert!(small.octets.len() <= input.octets.len() && count <= tries);
        }
    }
}
