"""Pseudo-header fields (RFC 9113, 8.3): missing, repeated, empty, unknown, misplaced, of another message; their values.

    python3 vectors/generate/h2_pseudo.py          writes vectors/http2/messages/pseudo-*.json
    python3 vectors/generate/h2_pseudo.py --check  compares
"""

from h2_messages import *

M, S, A, P = GET
X = ["x-b", "c"]


def without(name):
    return [field for field in GET if field[0] != name]


def instead(name, value):
    return [[n, value] if n == name else [n, v] for n, v in GET]


# Valid requests: id, title, fields, parts of the event that differ, fields of the event, requirements, why
VALID = [
    ("plain", "The four pseudo-header fields of a request", GET, {}, [], ["9113-8.3.1-15"], "The usual request."),
    ("field-after", "A regular field after the pseudo-header fields", GET + [X], {}, [X], ["9113-8.3-6"], "The usual request with a field."),
    ("order-path-first", "Pseudo-header fields in another order", [P, A, S, M], {}, [], ["9113-8.3-6"],
     "Clients send them in all orders; fingerprinting lives off it."),
    ("order-authority-first", "Pseudo-header fields with :authority first", [A, M, P, S, X], {}, [X], ["9113-8.3-6"],
     "Clients send them in all orders; fingerprinting lives off it."),
    ("no-authority-host", "A request without :authority, with Host", [M, S, P, ["host", "a"]], {"authority": None}, [["host", "a"]],
     ["9113-8.3.1-15"], ":authority is not among those that are always there: gateways from HTTP/1.1 may leave it out."),
    ("host-equal", "Host says what :authority says", GET + [["host", "a"]], {}, [["host", "a"]], ["9113-8.3.1-15"],
     "Gateways keep Host beside :authority."),
    ("scheme-https", ":scheme is https", instead(":scheme", "https"), {"scheme": "https"}, [], ["9113-8.3.1-15"], "The usual scheme."),
    ("scheme-other", ":scheme is neither http nor https", instead(":scheme", "coap"), {"scheme": "coap"}, [], ["9113-8.3.1-15"],
     "A gateway may translate requests of other schemes."),
    ("options-asterisk", "OPTIONS of *", [[":method", "OPTIONS"], S, A, [":path", "*"]], {"method": "OPTIONS", "path": "*"}, [],
     ["9113-8.3.1-14"], "The one request that is for the server and not for a resource."),
    ("options-path", "OPTIONS of a path", [[":method", "OPTIONS"], S, A, [":path", "/a"]], {"method": "OPTIONS", "path": "/a"}, [],
     ["9113-8.3.1-15"], "OPTIONS is not only for *."),
    ("path-query", ":path with a query", instead(":path", "/a?b=c&d=/?"), {"path": "/a?b=c&d=/?"}, [], ["9113-8.3.1-15"],
     "The query belongs to the path here."),
    ("path-percent", ":path with percent-encoded octets", instead(":path", "/a%20b%2fc"), {"path": "/a%20b%2fc"}, [], ["9113-8.3.1-15"],
     "Whoever decodes before dispatching changes what is asked for."),
    ("path-double-slash", ":path begins with two slashes", instead(":path", "//a/b"), {"path": "//a/b"}, [], ["9113-8.3.1-15"],
     "A parser of references takes it for an authority."),
    ("path-dots", ":path with dot segments", instead(":path", "/a/../b"), {"path": "/a/../b"}, [], ["9113-8.3.1-15"],
     "Normalising is not for the protocol layer: front and back would see different paths."),
    ("authority-port", ":authority with a port", instead(":authority", "a:8080"), {"authority": "a:8080"}, [], ["9113-8.3.1-15"], "The usual form."),
    ("authority-ipv6", ":authority is an IPv6 address with a port", instead(":authority", "[::1]:80"), {"authority": "[::1]:80"}, [],
     ["9113-8.3.1-15"], "Colons inside brackets are no port."),
    ("method-unknown", ":method is a token nobody registered", instead(":method", "X-Y"), {"method": "X-Y"}, [], ["9113-8.3.1-15"],
     "Methods extend HTTP; refusing them is for whoever answers."),
    ("method-lower", ":method is get in lower case", instead(":method", "get"), {"method": "get"}, [], ["9113-8.3.1-15"],
     "Methods are case-sensitive: this is another method, and not to be repaired."),
]

MANDATORY = "9113 8.3.1: a request has exactly one value for :method, :scheme and :path"
UNDEFINED = "9113 8.3: a message with undefined or invalid pseudo-header fields is malformed"
ONCE = "9113 8.3: a message with a repeated pseudo-header field is malformed"
BEFORE = "9113 8.3: a pseudo-header field after a regular field makes the message malformed"
BENIGN = "A gateway that fills in what is missing asks for something nobody asked for."
TWO = "Two recipients that take the first and the last disagree on what is asked for."
HIDDEN = "Control data that stands where it is not looked for reaches one recipient and not the other."

# Malformed requests: id, title, fields, level, requirements, clause, why
MALFORMED = [
    ("no-method", "A request without :method", without(":method"), "MUST", ["9113-8.3.1-15"], MANDATORY, BENIGN),
    ("no-scheme", "A request without :scheme", without(":scheme"), "MUST", ["9113-8.3.1-15"], MANDATORY, BENIGN),
    ("no-path", "A request without :path", without(":path"), "MUST", ["9113-8.3.1-15"], MANDATORY, BENIGN),
    ("no-path-no-authority", "A request with neither :path nor :authority", [M, S], "MUST", ["9113-8.3.1-15"], MANDATORY, BENIGN),
    ("no-path-other-scheme", "A request without :path, of a scheme that is not http", [M, [":scheme", "coap"], A], "MUST", ["9113-8.3.1-15"],
     MANDATORY, BENIGN),
    ("only-method", "A request of :method alone", [M], "MUST", ["9113-8.3.1-15"], MANDATORY, BENIGN),
    ("none", "A request without pseudo-header fields", [["host", "a"], X], "MUST", ["9113-8.3.1-15"], MANDATORY, BENIGN),
    ("nothing", "A request whose field section is empty", [], "MUST", ["9113-8.3.1-15"], MANDATORY, BENIGN),
    ("two-methods", ":method twice, the same", [M, M, S, A, P], "MUST", ["9113-8.3-8", "9113-8.3-9"], ONCE, TWO),
    ("two-methods-differing", ":method twice, GET and POST", [M, [":method", "POST"], S, A, P], "MUST", ["9113-8.3-8", "9113-8.3-9"], ONCE, TWO),
    ("two-schemes", ":scheme twice, the same", [M, S, S, A, P], "MUST", ["9113-8.3-8", "9113-8.3-9"], ONCE, TWO),
    ("two-authorities", ":authority twice, the same", [M, S, A, A, P], "MUST", ["9113-8.3-8", "9113-8.3-9"], ONCE, TWO),
    ("two-authorities-differing", ":authority twice, different", [M, S, A, [":authority", "b"], P], "MUST", ["9113-8.3-8", "9113-8.3-9"], ONCE, TWO),
    ("two-paths", ":path twice, the same", [M, S, A, P, P], "MUST", ["9113-8.3-8", "9113-8.3-9"], ONCE, TWO),
    ("two-paths-differing", ":path twice, different", [M, S, A, P, [":path", "/b"]], "MUST", ["9113-8.3-8", "9113-8.3-9"], ONCE, TWO),
    ("path-empty", ":path is empty", instead(":path", ""), "MUST NOT", ["9113-8.3.1-12", "9113-8.3-5"], "9113 8.3.1: :path is not empty for http and https", BENIGN),
    ("path-empty-https", ":path is empty, for https", [M, [":scheme", "https"], A, [":path", ""]], "MUST NOT", ["9113-8.3.1-12", "9113-8.3-5"],
     "9113 8.3.1: :path is not empty for http and https", BENIGN),
    ("options-path-empty", "OPTIONS with an empty :path", [[":method", "OPTIONS"], S, A, [":path", ""]], "MUST", ["9113-8.3.1-14", "9113-8.3-5"],
     "9113 8.3.1: OPTIONS without a path says *", BENIGN),
    ("method-empty", ":method is empty", instead(":method", ""), "MUST", ["9113-8.3.1-15", "9113-8.3-5"], MANDATORY, BENIGN),
    ("scheme-empty", ":scheme is empty", instead(":scheme", ""), "MUST", ["9113-8.3.1-15", "9113-8.3-5"], MANDATORY, BENIGN),
    ("unknown", "A pseudo-header field nobody defined", GET + [[":x", "b"]], "MUST", ["9113-8.3-5"], UNDEFINED, HIDDEN),
    ("unknown-first", "A pseudo-header field nobody defined comes first", [[":x", "b"]] + GET, "MUST", ["9113-8.3-5"], UNDEFINED, HIDDEN),
    ("colon-only", "A field whose name is a colon", GET + [[":", "b"]], "MUST", ["9113-8.3-5"], UNDEFINED, HIDDEN),
    ("two-colons", "A field named ::path", GET + [["::path", "/b"]], "MUST", ["9113-8.3-5"], UNDEFINED, HIDDEN),
    ("host", "A pseudo-header field named :host", [M, S, [":host", "a"], P], "MUST", ["9113-8.3-5"], UNDEFINED, "It was in SPDY; a parser that still knows it takes two names for one thing."),
    ("upper-path", ":Path instead of :path", [M, S, A, [":Path", "/"]], "MUST", ["9113-8.3-5", "9113-8.2.1-3"], UNDEFINED, HIDDEN),
    ("upper-path-second", ":PATH beside :path", GET + [[":PATH", "/b"]], "MUST", ["9113-8.3-5", "9113-8.2.1-3"], UNDEFINED, TWO),
    ("version", "A pseudo-header field named :version", GET + [[":version", "HTTP/1.1"]], "MUST", ["9113-8.3-5"], UNDEFINED,
     "It was in SPDY; HTTP/2 has no such thing."),
    ("status", ":status in a request", GET + [[":status", "200"]], "MUST NOT", ["9113-8.3-3", "9113-8.3-5"],
     "9113 8.3: pseudo-header fields of responses have no place in requests", HIDDEN),
    ("protocol-get", ":protocol in a GET request", GET + [[":protocol", "websocket"]], "MUST", ["9113-8.3-5"], UNDEFINED,
     "RFC 8441 defines it for CONNECT where the server announced it, and for nothing else."),
    ("method-after", ":method after a regular field", [S, A, P, X, M], "MUST", ["9113-8.3-6", "9113-8.3-7"], BEFORE, HIDDEN),
    ("scheme-after", ":scheme after a regular field", [M, A, P, X, S], "MUST", ["9113-8.3-6", "9113-8.3-7"], BEFORE, HIDDEN),
    ("authority-after", ":authority after a regular field", [M, S, P, X, A], "MUST", ["9113-8.3-6", "9113-8.3-7"], BEFORE, HIDDEN),
    ("path-after", ":path after a regular field", [M, S, A, X, P], "MUST", ["9113-8.3-6", "9113-8.3-7"], BEFORE, HIDDEN),
    ("all-after", "All pseudo-header fields after a regular field", [X] + GET, "MUST", ["9113-8.3-6", "9113-8.3-7"], BEFORE, HIDDEN),
    ("second-path-after", ":path a second time, after a regular field", GET + [X, [":path", "/b"]], "MUST", ["9113-8.3-7", "9113-8.3-9"], BEFORE, TWO),
]
for part, value in [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/a")]:
    for word, octet in [("nul", "\u0000"), ("lf", "\n"), ("cr", "\r")]:
        MALFORMED.append((f"{part[1:]}-{word}", f"{part} with a {word.upper()} inside", instead(part, value[:1] + octet + "b"), "MUST",
                          ["9113-8.3-5", "9113-10.3-i1"], "9113 8.3 and 10.3: an invalid pseudo-header field; nothing it can hold has such octets",
                          "Put into a request line or a Host field, the value ends where the sender of it likes: request smuggling."))
MALFORMED.append(("path-crlf", ":path with a whole HTTP/1.1 request behind CRLF", instead(":path", "/ HTTP/1.1\r\nhost: a\r\n\r\nGET /b"), "MUST",
                  ["9113-8.3-5", "9113-10.3-i1"], "9113 8.3 and 10.3: an invalid pseudo-header field; nothing it can hold has such octets",
                  "Joined to a request line, it is two requests."))
# 10.3 asks for validation where values are used, without a MUST: SHOULD.
for part, word, says, value in [
    (":method", "sp", "with a SP inside", "GET /b"), (":method", "sp-first", "with a SP before", " GET"), (":scheme", "sp", "with a SP inside", "ht tp"),
    (":authority", "sp", "with a SP inside", "a b"), (":path", "sp", "with a SP inside", "/ HTTP/1.1"), (":path", "sp-first", "with a SP before", " /"),
    (":path", "sp-last", "with a SP behind", "/ "), (":path", "htab", "with a HTAB inside", "/\tb"), (":path", "del", "with DEL inside", "/\u007f"),
    (":authority", "slash", "with a slash inside", "a/b"), (":scheme", "url", "holding the rest of a URI", "http://b/?"),
]:
    MALFORMED.append((f"{part[1:]}-{word}", f"{part} {says}", instead(part, value), "SHOULD", ["9113-10.3-i1"],
                      "9113 10.3: where the values are used, they need validation", "Joined to a URI or a request line, the value becomes several parts."))
MALFORMED.append(("authority-userinfo", ":authority with userinfo", instead(":authority", "u:p@a"), "SHOULD", ["9113-8.3.1-11", "9113-10.3-i1"],
                  "9113 8.3.1: no userinfo in :authority (a sender's MUST NOT; 9110 4.2.4: recipients SHOULD treat it as an error)",
                  "What stands before the @ looks like a host to people and to careless code."))
# The RFC is silent, or demands nothing of recipients.
SILENT = [
    ("no-authority-no-host", "A request with neither :authority nor Host", without(":authority")),
    ("authority-empty", ":authority is empty", instead(":authority", "")),
    ("asterisk-get", "GET of *", instead(":path", "*")),
    ("path-relative", ":path does not begin with a slash", instead(":path", "a")),
    ("path-query-only", ":path is only a query", instead(":path", "?a=b")),
    ("path-absolute", ":path is a whole URI", instead(":path", "http://b/")),
    ("path-fragment", ":path with a fragment", instead(":path", "/a#b")),
    ("path-obs-text", ":path with octets above 7F", instead(":path", "/\u00c3\u00a9")),
    ("path-empty-other-scheme", ":path is empty, for a scheme that is not http", [M, [":scheme", "coap"], A, [":path", ""]]),
    ("scheme-upper", ":scheme is HTTP in upper case", instead(":scheme", "HTTP")),
    ("scheme-digit", ":scheme begins with a digit", instead(":scheme", "1a")),
    ("host-port-default", "Host names the port that :authority leaves to the scheme", GET + [["host", "a:80"]]),
    ("host-upper", "Host in upper case, :authority in lower", GET + [["host", "A"]]),
    ("host-twice-equal", "Host twice, both as :authority", GET + [["host", "a"], ["host", "a"]]),
]
HOST = [
    ("host-other", "Host names another host than :authority", [["host", "b"]]),
    ("host-other-port", "Host names another port than :authority", [["host", "a:8080"]]),
    ("host-twice", "Host twice, one as :authority and one other", [["host", "a"], ["host", "b"]]),
]


def requests():
    for name, title, fields, parts, rest, ids, why in VALID:
        yield case(f"h2.pseudo-request.{name}", title, "server", "MUST", ids, why, to_server(headers(fields)),
                   valid([request(rest, **parts), end()], "9113 8.3.1: a valid request"), tags=["valid", "pseudo"])
    for name, title, fields, level, ids, clause, why in MALFORMED:
        twin = {"options-path-empty": "h2.pseudo-request.options-asterisk", "path-empty-https": "h2.pseudo-request.scheme-https"}.get(name)
        twin = twin or ("h2.pseudo-request.field-after" if X in fields else "h2.pseudo-request.plain")
        yield case(f"h2.pseudo-request.{name}", title, "server", level, ids, why, to_server(headers(fields)),
                   malformed("server", clause, level=level), twin, tags=["malformed", "pseudo"])
    for name, title, fields in HOST:
        outcomes = malformed("server", "9113 8.3.1: a Host that differs from :authority SHOULD be treated as malformed", level="SHOULD")
        by_host = {"name": "host-used", "is": "fail", "why": "9113 8.3.1: Host MUST NOT determine the target where there is :authority",
                   "when": [{"seen": request(None, authority=fields[-1][1]) | {"fields": {"has": []}}}]}
        at = [o["name"] for o in outcomes].index("accepted")
        yield case(f"h2.pseudo-request.{name}", title, "server", "SHOULD", ["9113-8.3.1-5", "9113-8.3.1-1"],
                   "Front and back route by different names: cache poisoning, and access to hosts that are not meant to be reached.",
                   to_server(headers(GET + fields)), outcomes[:at] + [by_host] + outcomes[at:], "h2.pseudo-request.host-equal", tags=["malformed", "pseudo", "smuggling"])
    for name, title, fields in SILENT:
        yield case(f"h2.pseudo-request.{name}", title, "server", "OBSERVE", ["9113-8.3.1-15"], "No clause asks a recipient to refuse it.",
                   to_server(headers(fields)), observe("server"), tags=["pseudo"])


T = OK[0]
MALFORMED_RESPONSES = [
    ("none", "A response without :status", [X], ["9113-8.3.2-1"], "9113 8.3.2: a response without :status is malformed", "Without a status there is nothing to go by."),
    ("nothing", "A response whose field section is empty", [], ["9113-8.3.2-1"], "9113 8.3.2: a response without :status is malformed", "Without a status there is nothing to go by."),
    ("two", ":status twice, the same", [T, T], ["9113-8.3-8", "9113-8.3-9"], ONCE, TWO),
    ("two-differing", ":status twice, 200 and 404", [T, [":status", "404"]], ["9113-8.3-8", "9113-8.3-9"], ONCE, TWO),
    ("after", ":status after a regular field", [X, T], ["9113-8.3-6", "9113-8.3-7"], BEFORE, HIDDEN),
    ("second-after", ":status a second time, after a regular field", [T, X, [":status", "404"]], ["9113-8.3-7", "9113-8.3-9"], BEFORE, TWO),
    ("unknown", "A response with a pseudo-header field nobody defined", [T, [":x", "b"]], ["9113-8.3-5"], UNDEFINED, HIDDEN),
    ("reason", "A response with :reason", [T, [":reason", "OK"]], ["9113-8.3-5"], UNDEFINED, "HTTP/2 has no reason phrases."),
    ("upper", ":Status instead of :status", [[":Status", "200"]], ["9113-8.3-5", "9113-8.2.1-3"], UNDEFINED, HIDDEN),
] + [(f"with-{name[1:]}", f"{name} in a response", [T, [name, value]], ["9113-8.3-2", "9113-8.3-5"],
      "9113 8.3: pseudo-header fields of requests have no place in responses", HIDDEN) for name, value in GET] + [
    (f"value-{word}", f":status {says}", [[":status", value]], ["9113-8.3-5"], "9113 8.3, 8.3.2: :status carries a status code, three digits",
     "What is no number becomes 0, or one that its reader can choose.")
    for word, says, value in [("empty", "is empty", ""), ("two-digits", "has two digits", "20"), ("four-digits", "has four digits", "2000"), ("letters", "is letters", "abc"),
                              ("sign", "has a plus sign", "+20"), ("reason", "with a reason phrase", "200 OK"), ("sp-first", "begins with SP", " 200"),
                              ("hex", "is hexadecimal", "0xc"), ("nul", "ends with NUL", "200\u0000"), ("overflow", "is 2^32 + 200", "4294967496")]
]
VALID_RESPONSES = [
    ("plain", "A response of :status alone", [T], 200, "MUST", []),
    ("field-after", "A response with a field after :status", [T, X], 200, "MUST", [X]),
    ("404", "A response with :status 404", [[":status", "404"]], 404, "MUST", []),
    ("unknown-code", "A response with :status 299, which nobody registered", [[":status", "299"]], 299, "MUST", []),
    ("599", "A response with :status 599", [[":status", "599"]], 599, "MUST", []),
]


def responses():
    for name, title, fields, status, level, rest in VALID_RESPONSES:
        yield case(f"h2.pseudo-response.{name}", title, "client", level, ["9113-8.3.2-1"], "Clients understand the class where they do not know the code.",
                   to_client(headers(fields)), valid([response(rest, status=status), end()], "9113 8.3.2: a valid response"), tags=["valid", "pseudo"])
    for name, title, fields, ids, clause, why in MALFORMED_RESPONSES:
        twin = "h2.pseudo-response.field-after" if X in fields else "h2.pseudo-response.plain"
        yield case(f"h2.pseudo-response.{name}", title, "client", "MUST", ids + ["9113-8.1.1-5"], why, to_client(headers(fields)),
                   malformed("client", clause), twin, tags=["malformed", "pseudo"])
    for code in ["600", "999", "099", "000"]:
        yield case(f"h2.pseudo-response.value-{code}", f"A response with :status {code}", "client", "OBSERVE", ["9113-8.3.2-1"],
                   "9110 15 would have such codes treated as 5xx, as a SHOULD.", to_client(headers([[":status", code]])), observe("client"), tags=["pseudo"])


PSEUDO_TRAILERS = [
    ("server", "path", [[":path", "/b"], X]), ("server", "method", [[":method", "GET"]]), ("server", "authority", [[":authority", "b"]]),
    ("server", "status", [[":status", "200"]]), ("server", "unknown", [[":x", "b"]]), ("server", "after-field", [X, [":path", "/b"]]),
    ("server", "whole-request", GET),
    ("client", "status", [[":status", "200"], X]), ("client", "status-404", [[":status", "404"]]), ("client", "path", [[":path", "/b"]]),
    ("client", "unknown", [[":x", "b"]]), ("client", "after-field", [X, [":status", "200"]]),
]


def trailers():
    for role, name, fields in PSEUDO_TRAILERS:
        server = role == "server"
        script = to_server(headers(POST, end=False), data("abc", end=False), headers(fields)) if server else \
            to_client(headers(OK, end=False), data("abc", end=False), headers(fields))
        word = "request" if server else "response"
        what = fields[-1][0] if name == "after-field" else "all pseudo-header fields of a request" if name == "whole-request" else fields[0][0]
        where = ", after a regular field" if name == "after-field" else ""
        title = f"{what[0].upper()}{what[1:]} in {word} trailers{where}" if name != "status-404" else ":status 404 in response trailers"
        yield case(f"h2.pseudo-trailer.{word}-{name}", title, role, "MUST", ["9113-8.1-4", "9113-8.3-4"] + ([] if server else ["9113-8.1.1-5"]),
                   "Who merges trailers into the head, or reads any field section as a head, has the message changed behind the check.",
                   script, malformed(role, "9113 8.1: pseudo-header fields in trailers make the message malformed", "end"),
                   f"h2.pseudo-trailer.{word}-none", tags=["malformed", "pseudo", "trailers"])
    for role in ["server", "client"]:
        server = role == "server"
        word = "request" if server else "response"
        field = ["x-checksum", "c"]
        script = to_server(headers(POST, end=False), data("abc", end=False), headers([field])) if server else \
            to_client(headers(OK, end=False), data("abc", end=False), headers([field]))
        yield case(f"h2.pseudo-trailer.{word}-none", f"A {word} with a checksum in its trailers", role, "MUST", ["9113-8.1-4"], "The other side of the rule.", script,
                   valid([request(method="POST") if server else response(), shown("abc"), end(trailers=[field])], "9113 8.1: a valid message"), tags=["valid", "trailers"])


if __name__ == "__main__":
    main({
        "messages/pseudo-request.json": file("messages/pseudo-request", list(requests()), ["messages"]),
        "messages/pseudo-response.json": file("messages/pseudo-response", list(responses()), ["messages"]),
        "messages/pseudo-trailer.json": file("messages/pseudo-trailer", list(trailers()), ["messages"]),
    })
