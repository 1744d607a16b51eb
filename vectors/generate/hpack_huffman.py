"""Huffman-encoded strings (RFC 7541, 5.2, Appendix B): every symbol, every padding that is right, and what is wrong.

The notation `"huffman": true` encodes what is right. What is wrong is put together here from bits, of few symbols.
"""

from hpack_common import (case, fields, indexed, integer, invalid, literal, main, octets, outcome, receive, valid)

# Codes of some symbols (Appendix B), as bits.
CODES = {
    "0": "00000", "a": "00011", "o": "00111", "&": "11111000", "X": "11111100", "Z": "11111101",
    "!": "1111111000", "#": "111111111010", "\x00": "1111111111000", "\\": "1111111111111110000",
    "\n": "111111111111111111111111111100",
}
EOS = "1" * 30
GET = (":method", "GET")

SYMBOL = "One wrong code changes one octet of a field, and nobody notices until a cookie holds that octet."
PADDING = "Padding that is not checked gives one field many encodings, and hides data in a block."
EOS_WHY = "EOS inside a string would end it early for one reader and not for another."
MALFORMED = "7541 knows no octet that a value cannot hold; 9113 8.2.1 calls this one malformed, which a combined decoder may say"


def string(bits):
    """The hex of a Huffman-encoded string of these bits, which fill octets."""
    assert len(bits) % 8 == 0, len(bits)
    data = [f"{int(bits[at:at + 8], 2):02x}" for at in range(0, len(bits), 8)]
    return " ".join([integer(len(data), 0x80, 7)] + data)


def codes(text):
    return "".join(CODES[symbol] for symbol in text)


def value(bits):
    """A literal with the name n and a value of these bits, and an indexed field behind it."""
    return [octets("00 01 6e " + string(bits)), indexed(2)]


cases = []

# ---- every symbol ----------------------------------------------------------------------------------------------------
for first in range(0, 256, 16):
    text = "".join(map(chr, range(first, first + 16)))
    title = f"A Huffman-encoded value of the octets {first:02X} to {first + 15:02X}"
    decoded = {"expect": [fields(("n", text), GET)]}
    steps = [receive(literal("n", text, huffman="value"), indexed(2))]
    if first in (0x00, 0x10, 0x70):  # octets that HTTP forbids in values: NUL, LF, CR, and by its grammar other controls
        cases.append(case(f"huffman.symbols-{first:02x}", title, "7541-3.2-1", SYMBOL, steps,
                          [outcome("decoded", "pass", "", decoded),
                           outcome("refused", "weak", MALFORMED, {"expect": [{"event": "rejected"}]}),
                           outcome("misread", "fail", "7541 Appendix B: another octet than was encoded",
                                   {"seen": {"event": "fields"}})]))
    else:
        cases.append(valid(f"huffman.symbols-{first:02x}", title, "7541-3.2-1", SYMBOL,
                           [([literal("n", text, huffman="value"), indexed(2)], fields(("n", text), GET))]))
NAME = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
cases.append(valid("huffman.name", "A Huffman-encoded name of every octet that a name can hold", "7541-3.2-1", SYMBOL,
                   [([literal(NAME, "v", huffman="name"), indexed(2)], fields((NAME, "v"), GET))]))
VISIBLE = "".join(map(chr, range(0x20, 0x7f)))
cases.append(valid("huffman.visible-backwards", "A Huffman-encoded value of all visible octets, the last one first",
                   "7541-3.2-1", SYMBOL,
                   [([literal("n", "x" + VISIBLE[::-1] + "x", huffman="value"), indexed(2)],
                     fields(("n", "x" + VISIBLE[::-1] + "x"), GET))]))
for name, symbol, count in [("shortest", "a", 1000), ("longest", "\xff", 300), ("thirty-bits", "\xf9", 100)]:
    text = {"repeat": symbol, "times": count}
    cases.append(valid(f"huffman.long-{name}", f"A Huffman-encoded value of {count:,} octets {ord(symbol):02X}",
                       "7541-3.2-1 7541-5.1-i1",
                       "A buffer sized by the encoded length is too small for short codes: 8 octets for 5 encoded ones.",
                       [([literal("n", text, huffman="value"), indexed(2)], fields(("n", text), GET))]))

# ---- coding of name and value apart ----------------------------------------------------------------------------------
for which, words in [("name", "name only"), ("value", "value only"), (True, "name and value")]:
    suffix = "both" if which is True else which
    cases.append(valid(f"huffman.flag-{suffix}", f"A literal with a Huffman-encoded {words}", "7541-3.2-1",
                       "The flag is of one string; what carries it over to the next reads plain text as codes.",
                       [([literal("accept-this", "some value", huffman=which), indexed(2)],
                         fields(("accept-this", "some value"), GET))]))
cases.append(valid("huffman.empty-value", "A Huffman-encoded value of no octets", "7541-3.2-1",
                   "An empty string has neither codes nor padding; an off-by-one reads the next field as one.",
                   [([octets("00 01 6e 80"), indexed(2)], fields(("n", ""), GET))]))

# ---- padding of 0 to 7 bits ------------------------------------------------------------------------------------------
FIVE = {8 * -(-5 * n // 8) - 5 * n: n for n in range(1, 9)}  # padding: how many a leave it
assert sorted(FIVE) == list(range(8))
for bits in range(8):
    text = "a" * FIVE[bits]
    plural = "bit" if bits == 1 else "bits"
    cases.append(valid(f"huffman.padding-{bits}", f"A Huffman-encoded value with {bits} {plural} of padding",
                       "7541-5.2-1 7541-5.2-2", "What refuses right padding refuses most fields.",
                       [(value(codes(text) + "1" * bits), fields(("n", text), GET))]))

# ---- padding that is not of ones -------------------------------------------------------------------------------------
NOT_EOS = "7541 5.2: a padding not of the most significant bits of EOS MUST be treated as a decoding error"
WRONG = [(f"last-zero-{n}", "1" * (n - 1) + "0", f"{n} bits of padding, the last one 0") for n in range(1, 8)]
WRONG += [(f"zeros-{n}", "0" * n, f"{n} bits of padding, all 0") for n in range(2, 5)]
WRONG += [(f"first-zero-{n}", "0" + "1" * (n - 1), f"{n} bits of padding, the first one 0") for n in (3, 4)]
SHORT = ["00000", "00001", "00010", "00011", "00100", "00101", "00110", "00111", "01000", "01001"]  # the codes of 5 bits
for name, bits, words in WRONG:
    assert not any(bits.startswith(code) for code in SHORT) and (len(bits) < 6 or bits.startswith("1111"))
    title = words.replace("1 bits of padding, the last one 0", "one bit of padding, a 0")
    cases.append(invalid(f"huffman.{name}", f"A Huffman-encoded value with {title}", "7541-5.2-2", PADDING, [],
                         value(codes("a" * FIVE[len(bits)]) + bits), "huffman", NOT_EOS, f"huffman.padding-{len(bits)}"))

# ---- padding that is too long ----------------------------------------------------------------------------------------
TOO_LONG = "7541 5.2: a padding strictly longer than 7 bits MUST be treated as a decoding error"
for bits in [*range(8, 16), 16, 23, 24, 29]:
    text = "a" * FIVE[bits % 8]
    cases.append(invalid(f"huffman.padding-{bits}", f"A Huffman-encoded value with {bits} bits of padding, all 1", "7541-5.2-1",
                         PADDING, [], value(codes(text) + "1" * bits), "huffman", TOO_LONG,
                         f"huffman.padding-{bits % 8}"))
for count in [1, 2, 3]:
    cases.append(invalid(f"huffman.only-padding-{count}", f"A Huffman-encoded value of nothing but {8 * count} bits of padding",
                         "7541-5.2-1", PADDING, [], value("1" * 8 * count), "huffman", TOO_LONG, "huffman.empty-value"))
cases.append(invalid("huffman.name-padding-8", "A Huffman-encoded name with 8 bits of padding", "7541-5.2-1", PADDING, [],
                     [octets("00 " + string(codes("a" * 8) + "1" * 8) + " 01 78")], "huffman", TOO_LONG, "huffman.name"))
cases.append(invalid("huffman.name-last-zero", "A Huffman-encoded name with a 0 in its padding", "7541-5.2-2", PADDING, [],
                     [octets("00 " + string(codes("a") + "110") + " 01 78")], "huffman", NOT_EOS, "huffman.name"))
cases.append(invalid("huffman.added-padding-8", "8 bits of padding in a value that enters the dynamic table", "7541-5.2-1",
                     PADDING, [], [octets("40 01 6e " + string(codes("a" * 8) + "1" * 8))], "huffman", TOO_LONG,
                     "huffman.padding-0"))

# ---- codes that are cut off ------------------------------------------------------------------------------------------
# An incomplete code is padding (5.2): it has more than 7 bits, or is not of ones.
for symbol, kept in [("!", 9), ("#", 11), ("\x00", 12), ("\\", 18), ("\n", 29)]:
    text = "a" * next(n for n in range(1, 9) if (5 * n + kept) % 8 == 0)
    words = f"the first {kept} bits of the code of octet {ord(symbol):02X}"
    cases.append(invalid(f"huffman.cut-code-{ord(symbol):02x}", f"A Huffman-encoded value that ends in {words}",
                         "7541-5.2-1 7541-5.2-2",
                         "A code that is cut off is no symbol; what guesses one invents an octet.", [],
                         value(codes(text) + CODES[symbol][:kept]), "huffman", TOO_LONG, "huffman.symbols-20"))

# ---- EOS -------------------------------------------------------------------------------------------------------------
EOS_CLAUSE = "7541 5.2: a string containing the EOS symbol MUST be treated as a decoding error"
for name, bits, words in [
    ("alone", EOS + "11", "of EOS alone, padded"),
    ("twice", EOS + EOS + "1111", "of EOS twice, padded"),
    ("first", EOS + codes("a") + "11111", "that begins with EOS"),
    ("last", codes("aa") + EOS, "that ends in EOS, without padding"),
    ("last-padded", codes("a") + EOS + "11111", "that ends in EOS and 5 bits of padding"),
    ("middle", codes("aa") + EOS + codes("aaaaaaaa"), "with EOS in its middle"),
    ("unaligned", codes("aaa") + EOS + codes("a") + "111111", "with EOS in its middle, not at the edge of an octet"),
]:
    cases.append(invalid(f"huffman.eos-{name}", f"A Huffman-encoded value {words}", "7541-5.2-3", EOS_WHY, [], value(bits),
                         "huffman", EOS_CLAUSE, "huffman.padding-7"))
cases.append(invalid("huffman.eos-name", "A Huffman-encoded name that ends in EOS", "7541-5.2-3", EOS_WHY, [],
                     [octets("00 " + string(codes("aa") + EOS) + " 01 78")], "huffman", EOS_CLAUSE, "huffman.name"))

main({"hpack/huffman.json": ("huffman", cases)})
