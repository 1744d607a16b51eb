"""Integers (RFC 7541, 5.1) in each of their uses: at the edges of prefix and octets, padded with zeros, and too large."""

from hpack_common import (SOME, STATIC, case, fields, indexed, integer, invalid, literal, main, octets, outcome, receive,
                          size_update, times, valid)

EDGE = "An integer that is off by one at the edge of its prefix shifts every octet behind it."
PADDED = "A decoder that stops at the first zero octet, or adds one octet too few, reads the rest of the block as something else."
WRAP = "An integer that wraps names another entry, or another length, than the peer wrote: the two sides no longer agree."
ENDLESS = "An integer without end costs the sender one octet and the reader a shift beyond its word: wrapping, or a crash."

cases = []

# ---- the edges -------------------------------------------------------------------------------------------------------
# (use, prefix, values): 2^N-2, 2^N-1, 2^N, and the last value with one continuation octet and the first with two.

# Names by index. Up to 61 they are static, above that a table of single-octet names is built first.
for form, prefix, values in [("none", 4, [1, 13, 14, 15, 16, 61]), ("never", 4, [14, 15, 16]), ("add", 6, [1, 61])]:
    for value in values:
        name = STATIC[value - 1][0]
        cases.append(valid(f"integer.name-index-{form}-{value}",
                           f"A name index of {value} in a prefix of {prefix} bits, form {form}",
                           "7541-5.1-i1 7541-3.2-1", EDGE,
                           [([literal(value, "x", form), indexed(2)], fields((name, "x"), (":method", "GET")))]))


def table(entries):
    """A block that fills the table: the entry `old` `1`, then so many of `f`, and its only expectation."""
    return ([literal("old", "1", "add"), times(entries - 1, literal("f", "", "add"))], SOME)


# (use, prefix, index that names the oldest entry)
for form, prefix, values in [("none", 4, [142, 143]), ("never", 4, [142, 143]), ("add", 6, [62, 63, 64])]:
    for value in values:
        cases.append(valid(f"integer.name-index-{form}-{value}",
                           f"A name index of {value} in a prefix of {prefix} bits, form {form}",
                           "7541-5.1-i1 7541-2.3.2-i1", EDGE,
                           [table(value - 61), ([literal(value, "x", form), indexed(2)],
                                                fields(("old", "x"), (":method", "GET")))]))
for value in [62, 126, 127, 128]:
    cases.append(valid(f"integer.index-{value}", f"An index of {value} in a prefix of 7 bits",
                       "7541-5.1-i1 7541-2.3.2-i1", EDGE,
                       [table(value - 61), ([indexed(value), indexed(2)], fields(("old", "1"), (":method", "GET")))]))

BIG = {"config": {"header-table-size": 8192}}
for value in [254, 255]:
    setup, event = table(value - 61)
    cases.append(valid(f"integer.index-{value}", f"An index of {value} in a prefix of 7 bits, in a table of 8,192 octets",
                       "7541-5.1-i1 7541-2.3.2-i1", EDGE,
                       [([size_update(8192)] + setup, event),
                        ([indexed(value), indexed(2)], fields(("old", "1"), (":method", "GET")))], **BIG))
for value in [190, 191]:
    setup, event = table(value - 61)
    cases.append(valid(f"integer.name-index-add-{value}",
                       f"A name index of {value} in a prefix of 6 bits, in a table of 8,192 octets",
                       "7541-5.1-i1 7541-2.3.2-i1", EDGE,
                       [([size_update(8192)] + setup, event),
                        ([literal(value, "x", "add"), indexed(2)], fields(("old", "x"), (":method", "GET")))], **BIG))

# Lengths of strings, in octets as they stand in the block. "&" has a Huffman code of 8 bits.
LENGTHS = [1, 126, 127, 128, 254, 255]
for where in ["name", "value"]:
    for huffman in [False, True]:
        for length in LENGTHS:
            text = "&" * length if huffman else "a" * length
            name, value = (text, "v") if where == "name" else ("n", text)
            kind = "huffman-" if huffman else ""
            coding = "a Huffman-encoded" if huffman else "a plain"
            cases.append(valid(f"integer.length-{kind}{where}-{length}",
                               f"The length of {coding} {where} is {length} octets",
                               "7541-5.1-i1 7541-3.2-1", EDGE,
                               [([literal(name, value, huffman=where if huffman else None), indexed(2)],
                                 fields((name, value), (":method", "GET")))]))
LIMITED = "7541 7.4: an implementation sets a limit to the length of strings"
for length in [16510, 16511]:  # 127 + 2^14 - 1, and one more: two octets after the prefix, and three
    text = {"repeat": "a", "times": length}
    cases.append(case(f"integer.length-value-{length}", f"The length of a plain value is {length:,} octets",
                      "7541-5.1-i1 7541-5.1-1", EDGE,
                      [receive(literal("n", text), indexed(2))],
                      [outcome("decoded", "pass", "", {"expect": [fields(("n", text), (":method", "GET"))]}),
                       outcome("limit", "pass", LIMITED, {"expect": [{"event": "rejected"}]}),
                       outcome("misread", "fail", "7541 5.1: the integer says otherwise", {"seen": SOME})]))

# Sizes of the table. What is decoded behind the update shows where it ended.
for size in [0, 1, 30, 31, 32, 33, 158, 159, 1337, 4095, 4096]:
    blocks = [([size_update(size), indexed(2)], fields((":method", "GET")))]
    if size > 33:  # an entry of exactly that size stays
        value = "v" * (size - 33)
        blocks += [([literal("n", value, "add")], fields(("n", value))), ([indexed(62)], fields(("n", value)))]
    cases.append(valid(f"integer.size-update-{size}", f"A size update to {size}, in a prefix of 5 bits",
                       "7541-5.1-i1 7541-3.2-1", EDGE, blocks))

# ---- needless zeros --------------------------------------------------------------------------------------------------
# (use, title, octets before the integer, first bits, prefix, value, octets behind it, fields)
USES = [
    ("index", "An index", "", 0x80, 7, 127, "", 66),
    ("name-index-none", "A name index without indexing", "", 0x00, 4, 16, "01 78", 0),
    ("name-index-never", "A name index never indexed", "", 0x10, 4, 16, "01 78", 0),
    ("name-index-add", "A name index with incremental indexing", "", 0x40, 6, 63, "01 78", 2),
    ("length-name", "The length of a plain name", "00", 0x00, 7, 127, "61 " * 127 + "01 78", 0),
    ("length-value", "The length of a plain value", "00 01 6e", 0x00, 7, 127, "61 " * 127, 0),
    ("length-huffman-value", "The length of a Huffman-encoded value", "00 01 6e", 0x80, 7, 127, "f8 " * 127, 0),
    ("size-update", "A size update", "", 0x20, 5, 4096, "", 0),
]
WANTED = {
    "index": ("old", "1"),
    "name-index-none": ("accept-encoding", "x"),
    "name-index-never": ("accept-encoding", "x"),
    "name-index-add": ("old", "x"),
    "length-name": ("a" * 127, "x"),
    "length-value": ("n", "a" * 127),
    "length-huffman-value": ("n", "&" * 127),
    "size-update": None,
}
ZEROS = [1, 3, 12]
for use, title, before, first, prefix, value, behind, entries in USES:
    for zeros in ZEROS:
        setup = [table(entries)] if entries else []
        coded = " ".join(f"{before} {integer(value, first, prefix, zeros)} {behind}".split())
        wanted = fields(*([WANTED[use]] if WANTED[use] else []), (":method", "GET"))
        steps = [receive(*items) for items, _ in setup] + [receive(octets(coded), indexed(2))]
        events = [event for _, event in setup]
        plural = "octet" if zeros == 1 else "octets"
        cases.append(case(
            f"integer.zeros-{use}-{zeros}", f"{title} with {zeros} needless zero {plural} at its end",
            "7541-5.1-i2 7541-5.1-1", PADDED, steps,
            [outcome("decoded", "pass", "", {"expect": events + [wanted]}),
             outcome("limit", "pass", "7541 5.1: encodings may exceed a limit in octet length",
                     {"expect": events + [{"event": "rejected"}]}),
             outcome("misread", "fail", "7541 5.1: zeros at the end do not change the value",
                     {"expect": events + [SOME]})]))

# ---- too large -------------------------------------------------------------------------------------------------------
# Each is 2^bits more than a value that would be right: what wraps at that width takes it for right.
OVERFLOWS = {
    "index": ("An index", "", 0x80, 7, 2, "", "7541-5.1-1 7541-2.3.3-1", "index integer",
              "7541 2.3.3, 5.1: an index beyond both tables, or an integer beyond the limit", "index-127"),
    "name-index-none": ("A name index without indexing", "", 0x00, 4, 16, "01 78", "7541-5.1-1 7541-2.3.3-1",
                        "index integer", "7541 2.3.3, 5.1: an index beyond both tables, or an integer beyond the limit",
                        "name-index-none-16"),
    "name-index-never": ("A name index never indexed", "", 0x10, 4, 16, "01 78", "7541-5.1-1 7541-2.3.3-1",
                         "index integer", "7541 2.3.3, 5.1: an index beyond both tables, or an integer beyond the limit",
                         "name-index-never-16"),
    "name-index-add": ("A name index with incremental indexing", "", 0x40, 6, 16, "01 78", "7541-5.1-1 7541-2.3.3-1",
                       "index integer", "7541 2.3.3, 5.1: an index beyond both tables, or an integer beyond the limit",
                       "name-index-add-61"),
    "length-name": ("The length of a plain name", "00", 0x00, 7, 1, "61 01 78", "7541-5.1-1 7541-5.2-i1",
                    "truncated integer limit", "7541 5.1, 5.2: so many octets are not there", "length-name-1"),
    "length-value": ("The length of a plain value", "00 01 6e", 0x00, 7, 1, "61", "7541-5.1-1 7541-5.2-i1",
                     "truncated integer limit", "7541 5.1, 5.2: so many octets are not there", "length-value-1"),
    "length-huffman-value": ("The length of a Huffman-encoded value", "00 01 6e", 0x80, 7, 1, "f8",
                             "7541-5.1-1 7541-5.2-i1", "truncated integer limit",
                             "7541 5.1, 5.2: so many octets are not there", "length-huffman-value-1"),
    "size-update": ("A size update", "", 0x20, 5, 100, "82", "7541-5.1-1 7541-6.3-2", "size-update integer",
                    "7541 6.3: a size above the limit MUST be treated as a decoding error", "size-update-33"),
}
for use, (title, before, first, prefix, value, behind, requirements, classes, clause, twin) in OVERFLOWS.items():
    also = []
    if use.startswith("length"):
        also.append(outcome("leftover-dropped", "weak", "7541 5.2 has no rule by keyword for a string that is cut off",
                            {"expect": [fields()]}))
    for bits in [16, 31, 32, 63, 64]:
        coded = " ".join(f"{before} {integer(value + 2**bits, first, prefix)} {behind}".split())
        cases.append(invalid(f"integer.overflow-{use}-2-{bits}", f"{title} of 2^{bits} + {value}", requirements, WRAP, [],
                             [octets(coded)], classes, clause, f"integer.{twin}", also))

# ---- without end -----------------------------------------------------------------------------------------------------
# The shift of the last octet goes beyond any word: what masks the shift reads a small value.
FORMS = [("index", "An index", "ff", "index-127"), ("name-index-none", "A name index", "0f", "name-index-none-15"),
         ("name-index-add", "An incremental name index", "7f", "name-index-add-61"),
         ("size-update", "A size update", "3f", "size-update-31"), ("length", "The length of a name", "00 7f", "length-name-127")]
for use, title, start, twin in FORMS:
    for count, last, words in [(9, "02", "2^64 and more"), (30, "01", "far beyond any word")]:
        cases.append(invalid(f"integer.shift-{use}-{count}", f"{title} of {count} zero octets and then a one: {words}",
                             "7541-5.1-1", ENDLESS, [],
                             [octets(start), {"repeat": octets("80"), "times": count}, octets(last)],
                             "integer index size-update limit truncated",
                             "7541 5.1: an integer beyond the limit MUST be treated as a decoding error", f"integer.{twin}"))
    for count in [100, 5000]:
        cases.append(invalid(f"integer.endless-{use}-{count}", f"{title} of {count:,} octets FF and no last octet",
                             "7541-5.1-1", ENDLESS, [],
                             [octets(start), {"repeat": octets("ff"), "times": count}],
                             "integer limit truncated",
                             "7541 5.1: an integer beyond the limit MUST be treated as a decoding error", f"integer.{twin}"))

main({"hpack/integers.json": ("integers", cases)})
