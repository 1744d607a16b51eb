//! The Huffman code (RFC 7541, 5.2 and Appendix B).
//!
//! Decoding looks at the next [`WIDTH`] bits at once: [`STEPS`] tells the one or two symbols that they begin with, and
//! how many bits those take. A longer code is found by its length, for the code is canonical: the codes of one length
//! follow each other, in the order of their symbols. All tables are made from [`CODES`] and [`LENGTHS`] when this crate
//! is compiled, and what is said here about the code is checked then.

use alloc::vec::Vec;

use super::error::{Error, Reason};

/// "EOS", the end of a string, which no string may contain.
const EOS: usize = 256;

/// The bits of the shortest and the longest code.
const SHORTEST: usize = 5;
const LONGEST: usize = 30;

/// Appendix B: the code of each symbol, aligned to the least significant bit.
static CODES: [u32; 257] = [
    0x1ff8, 0x7fffd8, 0xfffffe2, 0xfffffe3, 0xfffffe4, 0xfffffe5, 0xfffffe6, 0xfffffe7, 0xfffffe8, 0xffffea,
    0x3ffffffc, 0xfffffe9, 0xfffffea, 0x3ffffffd, 0xfffffeb, 0xfffffec, 0xfffffed, 0xfffffee, 0xfffffef, 0xffffff0,
    0xffffff1, 0xffffff2, 0x3ffffffe, 0xffffff3, 0xffffff4, 0xffffff5, 0xffffff6, 0xffffff7, 0xffffff8, 0xffffff9,
    0xffffffa, 0xffffffb, 0x14, 0x3f8, 0x3f9, 0xffa, 0x1ff9, 0x15, 0xf8, 0x7fa, 0x3fa, 0x3fb, 0xf9, 0x7fb, 0xfa, 0x16,
    0x17, 0x18, 0x0, 0x1, 0x2, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x5c, 0xfb, 0x7ffc, 0x20, 0xffb, 0x3fc,
    0x1ffa, 0x21, 0x5d, 0x5e, 0x5f, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
    0x6e, 0x6f, 0x70, 0x71, 0x72, 0xfc, 0x73, 0xfd, 0x1ffb, 0x7fff0, 0x1ffc, 0x3ffc, 0x22, 0x7ffd, 0x3, 0x23, 0x4,
    0x24, 0x5, 0x25, 0x26, 0x27, 0x6, 0x74, 0x75, 0x28, 0x29, 0x2a, 0x7, 0x2b, 0x76, 0x2c, 0x8, 0x9, 0x2d, 0x77, 0x78,
    0x79, 0x7a, 0x7b, 0x7ffe, 0x7fc, 0x3ffd, 0x1ffd, 0xffffffc, 0xfffe6, 0x3fffd2, 0xfffe7, 0xfffe8, 0x3fffd3,
    0x3fffd4, 0x3fffd5, 0x7fffd9, 0x3fffd6, 0x7fffda, 0x7fffdb, 0x7fffdc, 0x7fffdd, 0x7fffde, 0xffffeb, 0x7fffdf,
    0xffffec, 0xffffed, 0x3fffd7, 0x7fffe0, 0xffffee, 0x7fffe1, 0x7fffe2, 0x7fffe3, 0x7fffe4, 0x1fffdc, 0x3fffd8,
    0x7fffe5, 0x3fffd9, 0x7fffe6, 0x7fffe7, 0xffffef, 0x3fffda, 0x1fffdd, 0xfffe9, 0x3fffdb, 0x3fffdc, 0x7fffe8,
    0x7fffe9, 0x1fffde, 0x7fffea, 0x3fffdd, 0x3fffde, 0xfffff0, 0x1fffdf, 0x3fffdf, 0x7fffeb, 0x7fffec, 0x1fffe0,
    0x1fffe1, 0x3fffe0, 0x1fffe2, 0x7fffed, 0x3fffe1, 0x7fffee, 0x7fffef, 0xfffea, 0x3fffe2, 0x3fffe3, 0x3fffe4,
    0x7ffff0, 0x3fffe5, 0x3fffe6, 0x7ffff1, 0x3ffffe0, 0x3ffffe1, 0xfffeb, 0x7fff1, 0x3fffe7, 0x7ffff2, 0x3fffe8,
    0x1ffffec, 0x3ffffe2, 0x3ffffe3, 0x3ffffe4, 0x7ffffde, 0x7ffffdf, 0x3ffffe5, 0xfffff1, 0x1ffffed, 0x7fff2,
    0x1fffe3, 0x3ffffe6, 0x7ffffe0, 0x7ffffe1, 0x3ffffe7, 0x7ffffe2, 0xfffff2, 0x1fffe4, 0x1fffe5, 0x3ffffe8,
    0x3ffffe9, 0xffffffd, 0x7ffffe3, 0x7ffffe4, 0x7ffffe5, 0xfffec, 0xfffff3, 0xfffed, 0x1fffe6, 0x3fffe9, 0x1fffe7,
    0x1fffe8, 0x7ffff3, 0x3fffea, 0x3fffeb, 0x1ffffee, 0x1ffffef, 0xfffff4, 0xfffff5, 0x3ffffea, 0x7ffff4, 0x3ffffeb,
    0x7ffffe6, 0x3ffffec, 0x3ffffed, 0x7ffffe7, 0x7ffffe8, 0x7ffffe9, 0x7ffffea, 0x7ffffeb, 0xffffffe, 0x7ffffec,
    0x7ffffed, 0x7ffffee, 0x7ffffef, 0x7fffff0, 0x3ffffee, 0x3fffffff,
];

/// Appendix B: the bits of each symbol's code.
static LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12,
    10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6,
    5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22,
    22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20,
    22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28,
    27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28,
    27, 27, 27, 27, 27, 26, 30,
];

/// What a run of [`WIDTH`] bits begins with.
#[derive(Clone, Copy)]
struct Step {
    symbols: [u8; 2],
    /// How many of the symbols there are; none, where the code is longer than the run.
    count: u8,
    /// The bits that they take.
    bits: u8,
}

/// The bits of a step: enough for pairs of the most frequent symbols, which have five or six bits, while the table stays
/// small beside a first-level cache. It was measured against 10 and 11.
const WIDTH: usize = 12;

const NO_STEP: Step = Step { symbols: [0; 2], count: 0, bits: 0 };

static STEPS: [Step; 1 << WIDTH] = pairs(&singles());

/// The first symbol of every run.
const fn singles() -> [Step; 1 << WIDTH] {
    let mut steps = [NO_STEP; 1 << WIDTH];
    let mut symbol = 0;
    while symbol < EOS {
        let bits = LENGTHS[symbol] as usize;
        if bits <= WIDTH {
            let free = WIDTH - bits;
            let first = (CODES[symbol] as usize) << free;
            let mut run = first;
            while run < first + (1 << free) {
                steps[run] = Step { symbols: [symbol as u8, 0], count: 1, bits: bits as u8 };
                run += 1;
            }
        }
        symbol += 1;
    }
    steps
}

/// The first two symbols of every run that holds two whole codes.
const fn pairs(singles: &[Step; 1 << WIDTH]) -> [Step; 1 << WIDTH] {
    let mut steps = *singles;
    let mut run = 0;
    while run < steps.len() {
        let first = singles[run];
        let second = singles[(run << first.bits) & ((1 << WIDTH) - 1)];
        if first.count == 1 && second.count == 1 && (first.bits + second.bits) as usize <= WIDTH {
            steps[run] =
                Step { symbols: [first.symbols[0], second.symbols[0]], count: 2, bits: first.bits + second.bits };
        }
        run += 1;
    }
    steps
}

/// The codes of one length.
#[derive(Clone, Copy)]
struct Row {
    /// The first code, aligned to the least significant bit.
    first: u32,
    /// How many there are.
    count: u32,
    /// Where in [`SORTED`] the first one's symbol stands.
    start: usize,
}

/// By length.
static ROWS: [Row; LONGEST + 1] = rows();

/// The symbols in the order of their codes.
static SORTED: [u16; EOS + 1] = sorted();

const fn rows() -> [Row; LONGEST + 1] {
    let mut rows = [Row { first: 0, count: 0, start: 0 }; LONGEST + 1];
    let (mut length, mut code, mut start) = (SHORTEST, 0, 0);
    while length <= LONGEST {
        let mut count = 0;
        let mut symbol = 0;
        while symbol <= EOS {
            if LENGTHS[symbol] as usize == length {
                // The code is canonical.
                assert!(CODES[symbol] == code + count);
                count += 1;
            }
            symbol += 1;
        }
        rows[length] = Row { first: code, count, start };
        start += count as usize;
        code = (code + count) << 1;
        length += 1;
    }
    // It is complete (Kraft's sum is 1), and EOS is its last code: all ones.
    assert!(code == 2 << LONGEST && start == EOS + 1 && CODES[EOS] == (1 << LONGEST) - 1);
    rows
}

const fn sorted() -> [u16; EOS + 1] {
    let rows = rows();
    let mut sorted = [0; EOS + 1];
    let mut symbol = 0;
    while symbol <= EOS {
        let row = rows[LENGTHS[symbol] as usize];
        sorted[row.start + (CODES[symbol] - row.first) as usize] = symbol as u16;
        symbol += 1;
    }
    sorted
}

/// The bits that are held at least, as long as there are more.
const HELD: usize = 56;

/// Bits that were read and not yet decoded.
struct Bits<'d> {
    data: &'d [u8],
    /// How many octets of `data` were read.
    at: usize,
    /// The bits, the next one most significant. Behind them stand bits of the next octet, or zeros.
    held: u64,
    /// How many are held: 63 at most.
    count: usize,
}

impl Bits<'_> {
    /// Reads until [`HELD`] bits at least are held, or all of the data is read.
    fn refill(&mut self) {
        if let Some(octets) = self.data.get(self.at..).and_then(|rest| rest.first_chunk()) {
            self.held |= u64::from_be_bytes(*octets) >> self.count;
            self.at += (63 - self.count) / 8;
            self.count |= HELD; // its low three bits stay
            return;
        }
        while self.count < HELD
            && let Some(octet) = self.data.get(self.at)
        {
            self.held |= u64::from(*octet) << (HELD - self.count);
            self.at += 1;
            self.count += 8;
        }
    }

    fn skip(&mut self, bits: usize) {
        self.held <<= bits;
        self.count -= bits;
    }

    /// The code that comes next, with ones after the last bit, which can only lengthen it: its symbol and its length.
    fn code(&self) -> (usize, usize) {
        let ahead = self.held | (u64::MAX >> self.count);
        let step = STEPS[(ahead >> (64 - WIDTH)) as usize]; // WIDTH bits: in range
        if step.count > 0 {
            let symbol = usize::from(step.symbols[0]);
            return (symbol, usize::from(LENGTHS[symbol]));
        }
        let run = (ahead >> (64 - LONGEST)) as u32;
        for (length, row) in ROWS.iter().enumerate().skip(WIDTH + 1) {
            let nth = (run >> (LONGEST - length)).wrapping_sub(row.first);
            if nth < row.count {
                // As `rows` made it, the rows share out the whole of SORTED.
                return (usize::from(SORTED[row.start + nth as usize]), length);
            }
        }
        // Not reached: the code is complete.
        (EOS, LONGEST)
    }

    /// The error, at the octet that holds the last of so many bits from here.
    fn error(&self, reason: Reason, bits: usize) -> Error {
        Error { reason, offset: (self.at * 8 - self.count + bits).saturating_sub(1) / 8 }
    }

    /// Whether all of the data is decoded but for the padding that it should have.
    fn is_padding(&self) -> bool {
        self.count < 8 && self.held.leading_ones() as usize == self.count
    }

    /// 5.2: "an incomplete code at the end of the encoded data is to be considered as padding and discarded".
    fn padding(&self) -> Result<(), Error> {
        // 5.2: "A padding strictly longer than 7 bits MUST be treated as a decoding error."
        if self.count > 7 {
            return Err(self.error(Reason::HuffmanPaddingTooLong, self.count));
        }
        // 5.2: "A padding not corresponding to the most significant bits of the code for the EOS symbol MUST be treated as
        // a decoding error."
        if self.held.leading_ones() as usize != self.count {
            return Err(self.error(Reason::HuffmanPaddingNotEos, self.count));
        }
        Ok(())
    }
}

/// Decodes into `scratch`, which only ever grows. Offsets of errors count from the beginning of `data`.
pub(super) fn decode<'s>(data: &[u8], scratch: &'s mut Vec<u8>, limit: usize) -> Result<&'s [u8], Error> {
    // Room for what the data can hold, or for what the limit lets through, and for one stride more.
    let room = limit.min(data.len().saturating_mul(8) / SHORTEST).saturating_add(STRIDE * 2);
    if scratch.len() < room {
        scratch.resize(room, 0);
    }
    let mut bits = Bits { data, at: 0, held: 0, count: 0 };
    let mut length = 0;
    loop {
        length = strides(&mut bits, scratch, length, limit);
        length = steps(&mut bits, scratch, length, limit);
        bits.refill();
        if length > limit {
            return Err(bits.error(Reason::StringTooLong, 0));
        }
        let (symbol, taken) = match bits.is_padding() {
            true => (EOS, LONGEST),
            false => bits.code(),
        };
        if taken > bits.count {
            bits.padding()?;
            return Ok(&scratch[..length]); // `length` octets were written
        }
        // 5.2: "A Huffman-encoded string literal containing the EOS symbol MUST be treated as a decoding error."
        if symbol == EOS {
            return Err(bits.error(Reason::HuffmanEos, taken));
        }
        scratch[length] = symbol as u8; // below EOS; `length` is at most the limit, and `taken` bits of the data had no octet yet
        length += 1;
        bits.skip(taken);
    }
}

/// The steps for which one reading is enough: they take four times [`WIDTH`] bits at most.
const STRIDE: usize = 4;

/// Decodes strides of steps, without a branch between them: after a code that is longer than a step, the others of its
/// stride find the same again and add nothing. Ends before a stride that could go beyond the limit or the data. Gives
/// the new length.
fn strides(bits: &mut Bits<'_>, out: &mut [u8], mut length: usize, limit: usize) -> usize {
    loop {
        bits.refill();
        let room = out.get_mut(length..).and_then(|rest| rest.first_chunk_mut());
        let Some(room) = room.filter(|_| bits.count >= STRIDE * WIDTH && limit.saturating_sub(length) >= STRIDE * 2)
        else {
            return length;
        };
        if STEPS[(bits.held >> (64 - WIDTH)) as usize].count == 0 {
            return length; // a stride for nothing
        }
        let (mut symbols, mut count, mut last) = (0, 0, 0);
        for _ in 0..STRIDE {
            let step = STEPS[(bits.held >> (64 - WIDTH)) as usize]; // WIDTH bits: in range
            symbols |= u64::from(u16::from_le_bytes(step.symbols)) << (count * 8);
            last = usize::from(step.count);
            count += last;
            bits.skip(usize::from(step.bits));
        }
        *room = symbols.to_le_bytes();
        length += count;
        if last == 0 {
            return length;
        }
    }
}

/// Decodes as long as steps hold whole codes, and the limit is kept. Gives the new length.
fn steps(bits: &mut Bits<'_>, out: &mut [u8], mut length: usize, limit: usize) -> usize {
    loop {
        bits.refill();
        for _ in 0..HELD / WIDTH {
            if bits.count < WIDTH || length > limit {
                return length;
            }
            let step = STEPS[(bits.held >> (64 - WIDTH)) as usize]; // WIDTH bits: in range
            if step.count == 0 {
                return length;
            }
            out[length..length + 2].copy_from_slice(&step.symbols); // see `room`
            length += usize::from(step.count);
            bits.skip(usize::from(step.bits));
        }
    }
}

/// The octets that a string takes when it is encoded.
pub(super) fn length(octets: &[u8]) -> usize {
    let bits: usize = octets.iter().map(|&octet| usize::from(LENGTHS[usize::from(octet)])).sum();
    bits.div_ceil(8)
}

/// The code and the bits of each octet, side by side.
static PAIRS: [(u32, u32); EOS] = {
    let mut pairs = [(0, 0); EOS];
    let mut symbol = 0;
    while symbol < EOS {
        pairs[symbol] = (CODES[symbol], LENGTHS[symbol] as u32);
        symbol += 1;
    }
    pairs
};

/// Appends the encoded string.
pub(super) fn encode(octets: &[u8], out: &mut Vec<u8>) {
    let (mut held, mut count) = (0u64, 0);
    for &octet in octets {
        let (code, length) = PAIRS[usize::from(octet)];
        // 31 bits at most were held, and 30 come: they fit in 64. Bits that were written already fall out on the left.
        held = held << length | u64::from(code);
        count += length;
        if count >= 32 {
            count -= 32;
            out.extend_from_slice(&((held >> count) as u32).to_be_bytes());
        }
    }
    while count >= 8 {
        count -= 8;
        out.push((held >> count) as u8);
    }
    // 5.2: padding up to the octet's end is "the most significant bits of the code corresponding to the EOS".
    if count > 0 {
        out.push((held << (8 - count)) as u8 | 0xff >> count);
    }
}
