"""Field names and values, octet by octet and place by place (RFC 9113, 8.2.1), and connection-specific fields (8.2.2).

    python3 vectors/generate/h2_fields.py          writes vectors/http2/messages/field-*.json and connection-field.json
    python3 vectors/generate/h2_fields.py --check  compares
"""

from h2_messages import *

# id, the name, what the title says of it, places: q request, r response, t request trailers, u response trailers, p push
BAD_NAMES = [
    ("upper-first", "X-a", "begins with an upper-case letter", "qrtup"),
    ("upper-last", "x-A", "ends with an upper-case letter", "q"),
    ("upper-z", "x-Z-a", "has an upper-case Z inside", "qr"),
    ("all-upper", "CONTENT-TYPE", "is a known one in upper case", "q"),
    ("nul", "x\u0000a", "has a NUL inside", "qrtu"),
    ("octet-01", "x\u0001a", "has the octet 01 inside", "q"),
    ("htab", "x\ta", "has a HTAB inside", "q"),
    ("lf", "x\na", "has a LF inside", "qrtup"),
    ("cr", "x\ra", "has a CR inside", "qr"),
    ("octet-1f", "x\u001fa", "has the octet 1F inside", "q"),
    ("sp-first", " x", "begins with SP", "q"),
    ("sp-inside", "x a", "has a SP inside", "qrtu"),
    ("sp-last", "x ", "ends with SP", "qr"),
    ("del", "x\u007fa", "has DEL inside", "qr"),
    ("octet-80", "x\u0080a", "has the octet 80 inside", "q"),
    ("utf-8", "x\u00c3\u00a9", "ends with a letter in UTF-8", "qr"),
    ("octet-ff", "x\u00ff", "ends with the octet FF", "qrt"),
]
COLON_NAMES = [
    ("colon-inside", "x:a", "has a colon inside", "qrtu"),
    ("colon-last", "x:", "ends with a colon", "qr"),
]
# Readers of several octets at a time may judge some by another rule than the rest: so many octets before one, and behind it.
FAR = [(3, 11), (11, 3), (7, 0), (8, 7), (3, 16), (16, 3), (7, 40), (15, 40), (20, 27), (31, 16), (40, 7), (63, 0)]


def far(name, octet, says, places):
    return [(f"{name}-{k}-{n}", "b" * k + octet + "b" * n, f"has {says} behind {k}, before {n} octets", places) for k, n in FAR]


BAD_NAMES += far("upper", "B", "a capital", "q") + far("del", "\u007f", "DEL", "q")
# Not in a token, though 8.2.1's minimum lets it pass: SHOULD.
UNTOKEN_NAMES = [
    ("empty", "", "is empty", "qr"),
    ("parenthesis", "x(a", "has a parenthesis inside", "q"),
    ("comma", "x,a", "has a comma inside", "q"),
    ("quote", "x\"a", "has a quotation mark inside", "q"),
    ("slash", "x/a", "has a slash inside", "q"),
    ("equals", "x=a", "has an equals sign inside", "q"),
    ("at", "x@a", "has 40, the octet before A, inside", "qr"),
    ("bracket", "x[a", "has 5B, the octet after Z, inside", "qr"),
    ("brace", "x{a", "has a brace inside", "q"),
]
GOOD_NAMES = [
    ("plain", "x-a", "is one that nobody registered", "qrtup"),
    ("all-tchar", "!#$%&'*+-.^_`|~09az", "has all marks that a token may have", "qrt"),
    ("one-letter", "x", "is one letter", "q"),
    ("digits", "123", "is digits", "q"),
    ("underscore", "x_a", "has an underscore", "q"),
]
BAD_VALUES = [
    ("nul-inside", "b\u0000c", "has a NUL inside", "qrtup"),
    ("nul-first", "\u0000b", "begins with NUL", "q"),
    ("nul-last", "b\u0000", "ends with NUL", "qr"),
    ("nul-only", "\u0000", "is a NUL", "q"),
    ("lf-inside", "b\nc", "has a LF inside", "qrtup"),
    ("lf-first", "\nb", "begins with LF", "q"),
    ("lf-last", "b\n", "ends with LF", "qr"),
    ("cr-inside", "b\rc", "has a CR inside", "qrtu"),
    ("cr-first", "\rb", "begins with CR", "q"),
    ("cr-last", "b\r", "ends with CR", "qr"),
    ("crlf-field", "b\r\nx-injected: 1", "has CRLF and another field inside", "qrtu"),
    ("crlf-message", "b\r\n\r\nGET /b HTTP/1.1\r\nhost: a\r\n\r\n", "has CRLF and another request inside", "q"),
    ("fold", "b\r\n c", "is folded as in HTTP/1.1", "qr"),
]
BAD_VALUES += far("nul", "\0", "a NUL", "qr") + far("lf", "\n", "a LF", "q")
SPACED_VALUES = [
    ("sp-first", " b", "begins with SP", "qrtu"),
    ("sp-last", "b ", "ends with SP", "qrtu"),
    ("htab-first", "\tb", "begins with HTAB", "qr"),
    ("htab-last", "b\t", "ends with HTAB", "qr"),
    ("sp-only", " ", "is a SP", "qr"),
    ("htab-only", "\t", "is a HTAB", "q"),
]
# Prohibited by 9110, 5.5, though 8.2.1's minimum lets it pass: SHOULD.
CONTROL_VALUES = [
    ("octet-01", "b\u0001c", "has the octet 01 inside", "qr"),
    ("octet-08", "b\u0008c", "has a BS inside", "q"),
    ("octet-0b", "b\u000bc", "has a VT inside", "q"),
    ("octet-1b", "b\u001bc", "has an ESC inside", "q"),
    ("octet-1f", "b\u001fc", "has the octet 1F inside", "q"),
    ("del", "b\u007fc", "has DEL inside", "qr"),
]
GOOD_VALUES = [
    ("empty", "", "is empty", "qrt"),
    ("inner-sp", "b c", "has a SP inside", "qrt"),
    ("inner-htab", "b\tc", "has a HTAB inside", "qr"),
    ("octet-80", "b\u0080c", "has the octet 80 inside", "qr"),
    ("octet-ff", "\u00ff", "is the octet FF", "qr"),
    ("utf-8", "\u00c3\u00a9", "is a letter in UTF-8", "q"),
    ("marks", ":;,\"\\(){}=?", "is marks that mean something elsewhere", "qr"),
    ("no-date", "yesterday", "is no date, in a Date field", "qr"),
]

# Connection-specific: id, field, places.
CONNECTION = [
    ("connection-close", ["connection", "close"], "qrtu"),
    ("connection-keep-alive", ["connection", "keep-alive"], "qr"),
    ("connection-names-field", ["connection", "x-a"], "q"),
    ("connection-empty", ["connection", ""], "q"),
    ("keep-alive", ["keep-alive", "timeout=5"], "qr"),
    ("proxy-connection", ["proxy-connection", "keep-alive"], "qr"),
    ("transfer-encoding-chunked", ["transfer-encoding", "chunked"], "qrtu"),
    ("transfer-encoding-identity", ["transfer-encoding", "identity"], "q"),
    ("upgrade", ["upgrade", "websocket"], "qr"),
    ("upgrade-h2c", ["upgrade", "h2c"], "q"),
    ("te-gzip", ["te", "gzip"], "q"),
    ("te-trailers-and-gzip", ["te", "trailers, gzip"], "q"),
    ("te-chunked", ["te", "chunked"], "q"),
]
CONNECTION_SILENT = [
    ("te-upper", ["te", "Trailers"], "TE: Trailers, with a capital"),
    ("te-empty", ["te", ""], "an empty TE"),
    ("http2-settings", ["http2-settings", "AAMAAABk"], "HTTP2-Settings, which belongs to the upgrade from HTTP/1.1"),
]

PLACES = {
    "q": ("request", "server", "in a request"),
    "r": ("response", "client", "in a response"),
    "t": ("request-trailer", "server", "in request trailers"),
    "u": ("response-trailer", "client", "in response trailers"),
    "p": ("push", "client", "in a promised request"),
}


def script(place, field):
    if place == "q":
        return to_server(headers(GET + [field]))
    if place == "r":
        return to_client(headers(OK + [field]))
    if place == "t":
        return to_server(headers(POST, end=False), data("abc", end=False), headers([field]))
    if place == "u":
        return to_client(headers(OK, end=False), data("abc", end=False), headers([field]))
    promise = {"frame": "PUSH_PROMISE", "stream": 1, "promised": 2, "fields": GET + [field]}
    return to_client(promise)


def events(place, field):
    return {
        "q": [request([field]), end()],
        "r": [response([field]), end()],
        "t": [request(method="POST"), shown("abc"), end(trailers=[field])],
        "u": [response(), shown("abc"), end(trailers=[field])],
        "p": [{"event": "pushed", "stream": 1, "promised": 2, "method": "GET", "scheme": "http", "authority": "a", "path": "/", "fields": [field]}],
    }[place]


def refusal(place, clause, level="MUST", lost=None):
    role = PLACES[place][1]
    if place == "p":
        pushed = {"event": "pushed", "promised": 2}
        return malformed(role, clause, stream=2, level=level, shown=pushed)
    if place in "tu":
        return malformed(role, clause, "end", level=level, answer=place == "t")
    return malformed(role, clause, level=level, lost=lost)


def needs(place):
    return {"p": ["push"]}.get(place)


def rows(topic, part, table, level, requirements, clause, why, tags=None):
    for name, octets, says, places in table:
        for place in places:
            word, role, where = PLACES[place]
            field = [octets, "b"] if part == "name" else ["x-a", octets]
            lost = octets if part == "name" and place in "qr" and octets else None
            ids = requirements + (["9113-8.1.1-5"] if role == "client" and level == "MUST NOT" else [])
            ids = ids + (["9113-8.4.1-3"] if place == "p" else [])
            yield case(f"h2.{topic}.{word}-{name}", f"A field {part} {where} {says}", role, level, ids, why,
                       script(place, field), refusal(place, clause, level, lost), f"h2.field-name.{word}-plain", needs(place),
                       ["malformed", part] + (tags or []))


def good(topic, part, table, why, clause):
    for name, octets, says, places in table:
        for place in places:
            word, role, where = PLACES[place]
            named = "date" if name == "no-date" else "x-a"
            field = [octets, "b"] if part == "name" else [named, octets]
            ids = ["9113-8.2.1-i1"] if name == "no-date" else ["9113-8.2.1-2"]
            title = f"A field {part} {where} {says}"
            yield case(f"h2.{topic}.{word}-{name}", title, role, "MUST", ids, why, script(place, field),
                       valid(events(place, field), clause), needs=needs(place), tags=["valid", part])


def huffman(topic):
    """The same faults behind Huffman coding, in indexed names, and out of the dynamic table."""
    field = {"literal": ["x-A", "b"], "huffman": True}
    plain = [{"literal": pair} for pair in GET]
    yield case(f"h2.{topic}.request-upper-huffman", "An upper-case letter in a Huffman-coded field name", "server", "MUST NOT",
               ["9113-8.2.1-3", "9113-8.2.1-7"], "A check that runs on the octets as they are coded sees nothing of what they decode to.",
               to_server(headers(None, hpack=plain + [field])), malformed("server", "9113 8.2.1: no upper-case letters in field names", lost="x-a"),
               "h2.field-name.request-plain", tags=["malformed", "name", "hpack"])
    yield case(f"h2.{topic}.request-upper-from-table", "A later request takes an upper-case field name from the table", "server", "MUST NOT",
               ["9113-8.2.1-3", "9113-8.2.1-7"], "The entry came with a request that was refused; it stays in the table, and is no better the second time.",
               to_server(headers(None, hpack=plain + [{"literal": ["x-A", "b"], "index": "add"}]),
                         headers(None, stream=3, hpack=plain + [{"indexed": 62}])),
               [{"name": "both-refused", "is": "pass", "when": [{"seen": rejected("stream", "PROTOCOL_ERROR", 1)}, {"seen": rejected("stream", "PROTOCOL_ERROR", 3)},
                                                                  {"never": {"event": "request"}}]},
                {"name": "connection-error", "is": "pass", "why": "9113 5.4.1: a stream error may be treated as a connection error",
                 "when": [{"seen": rejected("connection", ["PROTOCOL_ERROR", "INTERNAL_ERROR"])}, {"never": {"event": "request"}}]},
                {"name": "both-answered", "is": "pass", "why": "9113 8.1.1: a server may send a response before it closes the stream",
                 "when": [{"wrote": {"event": "HEADERS", "stream": 1, "fields": {"has": [[":status", "400"]]}}},
                          {"wrote": {"event": "HEADERS", "stream": 3, "fields": {"has": [[":status", "400"]]}}}, {"never": {"event": "request"}}]},
                {"name": "second-accepted", "is": "fail", "why": "9113 8.2.1: no upper-case letters in field names", "when": [{"seen": {"event": "request", "stream": 3}}]},
                {"name": "first-accepted", "is": "fail", "why": "9113 8.2.1: no upper-case letters in field names", "when": [{"seen": {"event": "request", "stream": 1}}]}],
               "h2.field-name.request-plain", tags=["malformed", "name", "hpack"])


def huffman_values(topic):
    plain = [{"literal": pair} for pair in GET]
    for name, item, title in [
        ("lf-huffman", {"literal": ["x-a", "b\nc"], "huffman": "value"}, "A LF in a Huffman-coded field value"),
        ("lf-indexed-name", {"literal": [58, "b\nc"]}, "A LF in the value of a field whose name is an index"),
    ]:
        yield case(f"h2.{topic}.request-{name}", title, "server", "MUST NOT", ["9113-8.2.1-5", "9113-8.2.1-7"],
                   "A check that runs on one way of coding misses the others.", to_server(headers(None, hpack=plain + [item])),
                   malformed("server", "9113 8.2.1: no NUL, LF or CR in field values"), "h2.field-name.request-plain",
                   tags=["malformed", "value", "hpack"])


def connection_fields():
    for name, field, places in CONNECTION:
        for place in places:
            word, role, where = PLACES[place]
            te = field[0] == "te"
            twin = f"h2.connection-field.{word}-none" if place != "q" or not te else "h2.connection-field.request-te-trailers"
            clause = "9113 8.2.2: TE may only be in a request, and only say trailers" if te else \
                "9113 8.2.2: a message with connection-specific fields is malformed"
            why = "Such fields frame HTTP/1.1 messages: carried on, they make a back end read another message than the front end did." \
                if field[0] == "transfer-encoding" else "Such fields are about one HTTP/1.1 connection; carried on, they change another one."
            title = f"{field[0]}: {field[1]} {where}" if field[1] else f"{field[0]} without a value {where}"
            ids = ["9113-8.2.2-4"] if te else ["9113-8.2.2-2"]
            ids += ["9113-8.6-i1"] if field[0] == "upgrade" and place == "q" else []
            yield case(f"h2.connection-field.{word}-{name}", title, role, "MUST NOT" if te else "MUST", ids, why, script(place, field),
                       refusal(place, clause, lost=field[0] if place in "qr" else None), twin, tags=["malformed", "connection-specific"])
    for place in "qrtu":
        word, role, where = PLACES[place]
        field = ["content-language", "en"]
        yield case(f"h2.connection-field.{word}-none", f"No connection-specific field {where}", role, "MUST", ["9113-8.2.2-2"],
                   "The other side of the rule: nothing else is refused.", script(place, field),
                   valid(events(place, field), "9113 8.1: a valid message"), tags=["valid"])
    for name, fields, title in [("te-trailers", [["te", "trailers"]], "TE: trailers in a request"),
                                ("te-trailers-and-trailer", [["te", "trailers"], ["trailer", "x-a"]], "TE: trailers beside a Trailer field")]:
        yield case(f"h2.connection-field.request-{name}", title, "server", "MAY", ["9113-8.2.2-3"],
                   "gRPC clients send it with every request.", to_server(headers(GET + fields)),
                   valid([request(fields), end()], "9113 8.2.2: TE may be in a request"), tags=["valid"])
    yield case("h2.connection-field.response-te-trailers", "TE: trailers in a response", "client", "OBSERVE", ["9113-8.2.2-4"],
               "TE has a meaning in requests only; 8.2.2 does not list it among the fields that make a response malformed.",
               script("r", ["te", "trailers"]), observe("client"), tags=["connection-specific"])
    for name, field, title in CONNECTION_SILENT:
        yield case(f"h2.connection-field.request-{name}", title[0].upper() + title[1:], "server", "OBSERVE", ["9113-8.2.2-4"] if field[0] == "te" else ["9113-8.2.2-2"],
                   "No clause says.", script("q", field), observe("server"), tags=["connection-specific"])


def names():
    yield from good("field-name", "name", GOOD_NAMES, "Fields extend HTTP; a table of allowed octets is wrong for exactly those that nobody tries.",
                    "9110 5.1: a field name is a token")
    injected = "Behind an HTTP/1.1 gateway these octets are delimiters: the field becomes another, or several."
    yield from rows("field-name", "name", BAD_NAMES, "MUST NOT", ["9113-8.2.1-3", "9113-8.2.1-7"],
                    "9113 8.2.1: 00 to 20, 41 to 5A and 7F to FF have no place in a field name", injected)
    yield from rows("field-name", "name", COLON_NAMES, "MUST NOT", ["9113-8.2.1-4", "9113-8.2.1-7"],
                    "9113 8.2.1: no colon in a field name", injected)
    yield from rows("field-name", "name", UNTOKEN_NAMES, "SHOULD", ["9113-8.2.1-1"],
                    "9113 8.2.1: names SHOULD be validated as 9110 5.1 defines them", "What is no token breaks parsers of HTTP/1.1 behind.")
    yield from huffman("field-name")


def values():
    yield from good("field-value", "value", GOOD_VALUES, "Values are nearly anything; what is not prohibited passes unchanged.",
                    "9113 8.2.1 prohibits nothing of this")
    yield from rows("field-value", "value", BAD_VALUES, "MUST NOT", ["9113-8.2.1-5", "9113-8.2.1-7"],
                    "9113 8.2.1: no NUL, LF or CR in field values",
                    "Written to an HTTP/1.1 connection, the value ends where the sender of it likes: request smuggling and response splitting.")
    yield from rows("field-value", "value", SPACED_VALUES, "MUST NOT", ["9113-8.2.1-6", "9113-8.2.1-7"],
                    "9113 8.2.1: a field value does not start or end with SP or HTAB (new against RFC 7540)",
                    "HTTP/1.1 drops this whitespace, so that two recipients compare different values.")
    yield from rows("field-value", "value", CONTROL_VALUES, "SHOULD", ["9113-8.2.1-1"],
                    "9113 8.2.1: values SHOULD be validated as 9110 5.5 defines them", "Control characters end up in logs and terminals.")
    yield from huffman_values("field-value")


if __name__ == "__main__":
    main({
        "messages/field-name.json": file("messages/field-name", list(names()), ["messages"]),
        "messages/field-value.json": file("messages/field-value", list(values()), ["messages"]),
        "messages/connection-field.json": file("messages/connection-field", list(connection_fields()), ["messages"]),
    })
