#!/usr/bin/env python3
"""The workloads of HPACK. Every `receive` is one field block.

    python3 -B vectors/generate/workloads_hpack.py            writes vectors/workloads/hpack.json
    python3 -B vectors/generate/workloads_hpack.py --check    compares instead (as JSON: the layout is `wireproof vectors fmt`'s)
"""

from hpack_common import STATIC, indexed, literal, size_update
from workloads_common import BROWSER, CHANGING, COOKIE, PATH, RESPONSE, again, finish, receive, send, workload

REQUEST = [(":method", "GET"), (":scheme", "https"), (":authority", "www.example.test"), (":path", PATH), *BROWSER]
ANSWER = [(":status", "200"), *RESPONSE]

TABLE = 4096  # octets of the dynamic table, if nobody says otherwise
ENTRY = 32    # octets that an entry takes beside its name and value


def static_name(name):
    """The index of a name in the static table, or the name."""
    return next((at + 1 for at, (known, _) in enumerate(STATIC) if known == name), name)


def first_and_warm(fields, changing=()):
    """The block that fills the table, and one that finds there what does not change."""
    kept = [f for f in fields if f not in STATIC and f[0] not in changing]
    assert sum(len(name) + len(value) + ENTRY for name, value in kept) <= TABLE

    def one(field, warm):
        name, value = field
        if field in STATIC:
            return indexed(STATIC.index(field) + 1)
        if field not in kept:
            return literal(static_name(name), value, "none", True)
        return indexed(61 + len(kept) - kept.index(field)) if warm else literal(static_name(name), value, "add", True)

    return {"hpack": [one(f, False) for f in fields]}, {"hpack": [one(f, True) for f in fields]}


request_first, request_warm = first_and_warm(REQUEST)
answer_first, answer_warm = first_and_warm(ANSWER, CHANGING)

LETS = {"request-first": request_first, "request-warm": request_warm, "answer-first": answer_first, "answer-warm": answer_warm}

# Huffman's longest code for an octet that a field value may have: 28 bits (RFC 7541, Appendix B).
LONGEST = "\u00f9"

# As many entries as fit the table: a name of 1 octet, a value of 1.
SMALLEST = TABLE // (ENTRY + 2)


def decoder(name, title, why, messages, steps):
    return workload(f"hpack.{name}", title, why, "decoder", messages, steps)


def encoder(name, title, why, messages, fields):
    step = send("encode", fields=[list(field) for field in fields])
    return workload(f"hpack.{name}", title, why, "encoder", messages, [again(messages, step)], answer=False)


def block(*items):
    return receive({"hpack": list(items)})


def cookies(n):
    """A request with long coded texts: a path, and a cookie in several fields, as browsers send it in HTTP/2."""
    path = f"/search/{n}?q=" + "+".join(["parsing", "with", "care", "and", "speed"] * 8)
    crumbs = [f"part{m}={n}{m}Zk2mXw9RtB4nLs8VcY1pHdq7Zk2mXw9RtB4nLs8VcY1pHd" for m in range(8)]
    return block(indexed(2), indexed(7), literal(4, path, "none", True), literal(32, COOKIE, "never", True),
                 *(literal(32, crumb, "never", True) for crumb in crumbs))


def churned(n):
    """Twelve new entries of some 250 octets, 16 of which fit the table."""
    return block(*(literal(f"x-part-{m}", f"{n}-{m} " + "abcdefghij" * 20, "add") for m in range(12)))


REAL = [
    decoder("browser-request", "A browser's request: once with literals, then 100 times from the table",
            "A connection to one site: after the first request nearly every field is one octet.",
            101, [receive({"let": "request-first"}), again(100, receive({"let": "request-warm"}))]),
    decoder("response-30-fields", "A response with 30 fields: once with literals, then 49 times from the table",
            "A web server's answers: most fields repeat, date, length and tags are new each time.",
            50, [receive({"let": "answer-first"}), again(49, receive({"let": "answer-warm"}))]),
    decoder("huffman", "20 requests with long paths and cookies, Huffman-coded",
            "What is new in each request is long and coded: the decoder of Huffman's code is all of the cost.",
            20, [cookies(n) for n in range(20)]),
    decoder("raw", "A browser's request in literals without indexing and without Huffman, 50 times",
            "Simple clients send so: every name and value is copied out of the block.",
            50, [again(50, block(*(literal(name, value) for name, value in REQUEST)))]),
    decoder("churn", "100 blocks of 12 new entries, each of which evicts others",
            "Values that change under an indexing sender: the table is always full, and everything in it leaves unused.",
            100, [again(10, *(churned(n) for n in range(10)))]),
    encoder("encode-browser-request", "A browser's request encoded 100 times",
            "A client's side of a connection to one site.", 100, REQUEST),
    encoder("encode-response-30-fields", "A response with 30 fields encoded 50 times",
            "A web server's side: it has to find which of many fields are known.", 50, ANSWER),
]

WORST = [
    decoder("indexed-1000", "20 blocks of 1000 indexed fields of one octet",
            "The most fields for the octets: each octet makes a field of 28.",
            20, [again(20, block({"repeat": {"hpack": [indexed(16)]}, "times": 1000}))]),
    decoder("longest-codes", "20 blocks with a value of 4000 octets in Huffman codes of 28 bits",
            "Codes that are long are rare, and are looked up in the most steps.",
            20, [again(20, block(literal("x-name", {"repeat": LONGEST, "times": 4000}, "none", True)))]),
    decoder("long-integers", "20 blocks of 500 fields whose index and length take two octets and more",
            "Indices at the far end of a full table, and lengths behind a full prefix, leave the fast path of an integer.",
            21, [block({"repeat": {"hpack": [literal("a", "b", "add")]}, "times": SMALLEST}),
                 again(20, block(size_update(TABLE),
                                 {"repeat": {"hpack": [indexed(61 + SMALLEST)]}, "times": 490},
                                 *[literal(61 + SMALLEST, {"repeat": "c", "times": 255}, "none")] * 10))]),
]

finish("hpack", LETS, REAL + WORST)
