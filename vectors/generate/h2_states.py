#!/usr/bin/env python3
"""Every frame in every stream state, for both roles: RFC 9113, 5.1, as a table.

`python3 vectors/generate/h2_states.py` writes vectors/http2/streams/states-server.json and states-client.json (then
`wireproof vectors fmt`); `--check` only compares. What a word of the tables permits stands in REACTIONS; which clauses
of the frame's own section say so, in CLAUSES.
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "http2" / "streams"

FRAMES = "DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING GOAWAY WINDOW_UPDATE CONTINUATION UNKNOWN".split()

#                    DATA    HEADERS   PRIO     RST       SETT   PUSH      PING   GOAWAY WU       CONT      UNKNOWN
SERVER = """
idle                 either  taken     ignored  error     error  error     error  error  error    error     ignored
idle-even            either  error     ignored  error     error  error     error  error  error    error     ignored
reserved-local       either  error     ignored  taken     error  error     error  error  ignored  error     ignored
open                 taken   taken     ignored  taken     error  error     error  error  ignored  error     ignored
half-closed-local    taken   taken     ignored  taken     error  error     error  error  ignored  error     ignored
half-closed-remote   closed  closed    ignored  taken     error  both      error  error  ignored  both      ignored
closed-by-end        may     may       ignored  late      error  error     error  error  ignored  error     ignored
closed-by-peer-reset may     may       ignored  again     error  error     error  error  may      error     ignored
closed-by-own-reset  discard discard   ignored  discard   error  error     error  error  discard  conflict  ignored
closed-by-skipping   may     unexpected ignored may       error  error     error  error  may      error     ignored
"""
CLIENT = """
idle                 either  error     ignored  error     error  error     error  error  error    error     ignored
idle-even            either  error     ignored  error     error  error     error  error  error    error     ignored
reserved-remote      either  taken     ignored  taken     error  error     error  error  error    error     ignored
open                 taken   taken     ignored  taken     error  taken     error  error  ignored  error     ignored
half-closed-local    taken   taken     ignored  taken     error  taken     error  error  ignored  error     ignored
half-closed-remote   closed  closed    ignored  taken     error  both      error  error  ignored  both      ignored
closed-by-end        may     may       ignored  late      error  error     error  error  ignored  error     ignored
closed-by-peer-reset may     may       ignored  again     error  error     error  error  may      error     ignored
closed-by-own-reset  discard discard   ignored  discard   error  promise   error  error  discard  conflict  ignored
"""

REACTIONS = {
    "taken": "the state permits the frame: it has its effect",
    "ignored": "the state permits the frame, and nothing comes of it",
    "error": "a connection error of type PROTOCOL_ERROR",
    "either": "5.1 asks for a connection error of type PROTOCOL_ERROR, 6.1 for a stream error of type STREAM_CLOSED",
    "closed": "a stream error of type STREAM_CLOSED",
    "both": "the state asks for a stream error, the frame's section for a connection error; 5.4: that one must be reported",
    "may": "a connection error of type STREAM_CLOSED, a stream error, or minimal processing and discarding",
    "late": "may have been under way: nothing comes of it; an error is nowhere forbidden, and recorded",
    "again": "a second RST_STREAM of the same peer: an error or nothing, and never a RST_STREAM",
    "discard": "may have been under way when our RST_STREAM arrived: minimally processed, discarded, no error",
    "promise": "may have been under way; the promised stream is reserved, or refused, without a connection error",
    "conflict": "5.1: any frame is discarded; 6.10: a connection error",
    "unexpected": "a connection error, for the identifier is lower than one already opened",
}

STATES = {  # state: (in a title, the clause that the state is, in words)
    "idle": ("idle", "5.1 idle: any frame other than HEADERS or PRIORITY is a connection error of type PROTOCOL_ERROR"),
    "idle-even": ("idle, even", "5.1 idle: any frame other than HEADERS or PRIORITY is a connection error of type PROTOCOL_ERROR"),
    "reserved-local": ("reserved (local)", "5.1 reserved (local): any frame other than RST_STREAM, PRIORITY or WINDOW_UPDATE is a connection error of type PROTOCOL_ERROR"),
    "reserved-remote": ("reserved (remote)", "5.1 reserved (remote): any frame other than HEADERS, RST_STREAM or PRIORITY is a connection error of type PROTOCOL_ERROR"),
    "open": ("open", "5.1 open: both peers may send frames of any type"),
    "half-closed-local": ("half-closed (local)", "5.1 half-closed (local): an endpoint can receive any type of frame"),
    "half-closed-remote": ("half-closed (remote)", "5.1 half-closed (remote): frames other than WINDOW_UPDATE, PRIORITY or RST_STREAM are a stream error of type STREAM_CLOSED"),
    "closed-by-end": ("closed by END_STREAM", "5.1 closed: any frame other than PRIORITY MAY be a connection error of type STREAM_CLOSED"),
    "closed-by-peer-reset": ("closed by the peer's RST_STREAM", "5.1 closed: any frame other than PRIORITY MAY be a connection error of type STREAM_CLOSED"),
    "closed-by-own-reset": ("closed by our RST_STREAM", "5.1 closed: after sending RST_STREAM an endpoint MUST minimally process and then discard any frames"),
    "closed-by-skipping": ("closed by a higher one", "5.1 closed: any frame other than PRIORITY MAY be a connection error of type STREAM_CLOSED"),
}

CLAUSES = {  # (role or *, state or *, frame): requirements of the frame's own section
    ("*", "*", "SETTINGS"): ["9113-6.5-6", "9113-6.5-7"],
    ("*", "*", "PING"): ["9113-6.7-6"],
    ("*", "*", "GOAWAY"): ["9113-6.8-4"],
    ("*", "*", "CONTINUATION"): ["9113-6.10-5", "9113-6.10-6"],
    ("*", "*", "UNKNOWN"): ["9113-5.1-i1", "9113-4.1-2", "9113-5.5-2"],
    ("*", "*", "PRIORITY"): ["9113-6.3-i1"],
    ("server", "*", "PUSH_PROMISE"): ["9113-8.4-7", "9113-8.4.1-5"],
    ("client", "*", "PUSH_PROMISE"): ["9113-6.6-13"],
    ("*", "idle", "RST_STREAM"): ["9113-5.1-1", "9113-6.4-6"],
    ("*", "idle", "DATA"): ["9113-5.1-1", "9113-6.1-6"],
    ("*", "idle", "WINDOW_UPDATE"): ["9113-5.1-1"],
    ("server", "idle", "HEADERS"): ["9113-5.1.1-3"],
    ("client", "idle", "HEADERS"): ["9113-5.1.1-2", "9113-5.1.1-4"],
    ("*", "idle-even", "RST_STREAM"): ["9113-5.1-1", "9113-6.4-6"],
    ("*", "idle-even", "DATA"): ["9113-5.1-1", "9113-6.1-6"],
    ("*", "idle-even", "WINDOW_UPDATE"): ["9113-5.1-1"],
    ("server", "idle-even", "HEADERS"): ["9113-5.1.1-1", "9113-5.1.1-4"],
    ("client", "idle-even", "HEADERS"): ["9113-5.1-2"],
    ("*", "reserved-local", "DATA"): ["9113-5.1-5", "9113-6.1-6"],
    ("*", "reserved-local", "HEADERS"): ["9113-5.1-5"],
    ("*", "reserved-local", "RST_STREAM"): ["9113-5.1-4"],
    ("*", "reserved-local", "WINDOW_UPDATE"): ["9113-5.1-4"],
    ("*", "reserved-remote", "DATA"): ["9113-5.1-7", "9113-6.1-6"],
    ("*", "reserved-remote", "HEADERS"): ["9113-5.1-7"],
    ("*", "reserved-remote", "RST_STREAM"): ["9113-5.1-7"],
    ("*", "reserved-remote", "WINDOW_UPDATE"): ["9113-5.1-7"],
    ("*", "half-closed-remote", "DATA"): ["9113-5.1-8", "9113-6.1-6"],
    ("*", "half-closed-remote", "HEADERS"): ["9113-5.1-8"],
    ("*", "half-closed-remote", "RST_STREAM"): ["9113-5.1-8", "9113-5.4.2-4"],
    ("*", "half-closed-remote", "WINDOW_UPDATE"): ["9113-6.9-5"],
    ("*", "closed-by-end", "DATA"): ["9113-5.1-10", "9113-6.1-6"],
    ("*", "closed-by-end", "HEADERS"): ["9113-5.1-10"],
    ("*", "closed-by-end", "RST_STREAM"): ["9113-5.1-10", "9113-5.4.2-4"],
    ("*", "closed-by-end", "WINDOW_UPDATE"): ["9113-6.9-5"],
    ("*", "closed-by-peer-reset", "DATA"): ["9113-5.1-10", "9113-6.1-6"],
    ("*", "closed-by-peer-reset", "HEADERS"): ["9113-5.1-10"],
    ("*", "closed-by-peer-reset", "RST_STREAM"): ["9113-5.1-10", "9113-5.4.2-4"],
    ("*", "closed-by-peer-reset", "WINDOW_UPDATE"): ["9113-5.1-10"],
    ("*", "closed-by-own-reset", "DATA"): ["9113-5.1-11", "9113-5.4.2-1", "9113-5.4.2-2", "9113-6.4-2"],
    ("*", "closed-by-own-reset", "HEADERS"): ["9113-5.1-11", "9113-5.4.2-1", "9113-5.4.2-2", "9113-6.4-2"],
    ("*", "closed-by-own-reset", "RST_STREAM"): ["9113-5.1-11", "9113-5.4.2-4"],
    ("*", "closed-by-own-reset", "WINDOW_UPDATE"): ["9113-5.1-11", "9113-6.4-2"],
    ("*", "closed-by-own-reset", "CONTINUATION"): ["9113-5.1-11", "9113-6.10-6"],
    ("client", "closed-by-own-reset", "PUSH_PROMISE"): ["9113-6.6-14", "9113-5.1-11"],
    ("*", "closed-by-skipping", "DATA"): ["9113-5.1-10", "9113-5.1.1-i1", "9113-6.1-6"],
    ("*", "closed-by-skipping", "HEADERS"): ["9113-5.1.1-3", "9113-5.1.1-4"],
    ("*", "closed-by-skipping", "RST_STREAM"): ["9113-5.1-10", "9113-5.1.1-i1"],
    ("*", "closed-by-skipping", "WINDOW_UPDATE"): ["9113-5.1-10", "9113-5.1.1-i1"],
    ("*", "open", "DATA"): ["9113-6.1-4"],
    ("*", "open", "HEADERS"): ["9113-6.2-5"],
    ("*", "open", "RST_STREAM"): ["9113-6.4-3"],
    ("*", "open", "WINDOW_UPDATE"): ["9113-6.9-i1"],
    ("*", "half-closed-local", "DATA"): ["9113-6.1-4"],
    ("*", "half-closed-local", "HEADERS"): ["9113-6.2-5"],
    ("*", "half-closed-local", "RST_STREAM"): ["9113-6.4-3"],
    ("*", "half-closed-local", "WINDOW_UPDATE"): ["9113-6.9-i1"],
}

WHY = {  # what goes wrong in practice
    "DATA": "Octets taken where no message is under way are attached to a message that is over, or that never began.",
    "HEADERS": "A field section in a state that has no place for it opens or reopens a message behind the application's back.",
    "PRIORITY": "Old clients send PRIORITY for streams in any state, and a peer that minds breaks with them.",
    "RST_STREAM": "Peers that disagree on whether a stream is over leak it, or answer one reset with another without end.",
    "SETTINGS": "SETTINGS bound to a stream would let a peer change the connection where a proxy looks only at streams.",
    "PUSH_PROMISE": "A promise in the wrong place leaves the promised stream's state unknown on one side.",
    "PING": "A PING bound to a stream means that the peers have lost a common view of the frame layer.",
    "GOAWAY": "A GOAWAY bound to a stream means that the peers have lost a common view of the frame layer.",
    "WINDOW_UPDATE": "Credit for a stream crosses the frame that ends it on the wire; credit for no stream is a lost view of the peer.",
    "CONTINUATION": "A fragment of no field block leaves the two HPACK tables different for the rest of the connection.",
    "UNKNOWN": "Extensions such as ALTSVC and ORIGIN work only if those who do not know them pass over them.",
}

GENERIC = ["PROTOCOL_ERROR", "INTERNAL_ERROR"]
POST = [[":method", "POST"], [":scheme", "http"], [":authority", "a"], [":path", "/"]]
GET = [[":method", "GET"], [":scheme", "http"], [":authority", "a"], [":path", "/"]]
LETS = {
    "server": {
        "start": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {"frame": "SETTINGS"}, {"frame": "SETTINGS", "flags": ["ACK"]}],
        "post": {"hpack": [{"indexed": 3}, {"indexed": 6}, {"indexed": 4}, {"literal": [1, "a"]}]},
        "get": {"hpack": [{"indexed": 2}, {"indexed": 6}, {"indexed": 4}, {"literal": [1, "a"]}]},
    },
    "client": {
        "start": [{"frame": "SETTINGS"}, {"frame": "SETTINGS", "flags": ["ACK"]}],
        "ok": {"hpack": [{"indexed": 8}]},
        "get": {"hpack": [{"indexed": 2}, {"indexed": 6}, {"indexed": 4}, {"literal": [1, "a"]}]},
    },
}


def let(name):
    return {"let": name}


def headers(stream, block, end=False):
    return {"frame": "HEADERS", "stream": stream, "flags": ["END_STREAM", "END_HEADERS"] if end else ["END_HEADERS"], "block": block}


def push(stream, promised):
    return {"frame": "PUSH_PROMISE", "stream": stream, "promised": promised, "block": let("get")}


def event(name, stream, **more):
    return {"event": name, "stream": stream, **more}


def setup(role, state):
    """(stream, steps, events) that lead into the state."""
    if role == "server":
        start = let("start")
        asked, over = headers(1, let("post")), headers(1, let("get"), True)
        request, end = event("request", 1), event("end", 1)
        answer = {"send": {"response": {"stream": 1, "fields": [[":status", "200"]], "end": True}}}
        return {
            "idle": (5, [{"receive": [start]}], []),
            "idle-even": (2, [{"receive": [start]}], []),
            "reserved-local": (2, [{"receive": [start, over]}, {"send": {"push": {"stream": 1, "promised": 2, "fields": GET}}}], [request, end]),
            "open": (1, [{"receive": [start, asked]}], [request]),
            "half-closed-local": (1, [{"receive": [start, asked]}, answer], [request]),
            "half-closed-remote": (1, [{"receive": [start, over]}], [request, end]),
            "closed-by-end": (1, [{"receive": [start, over]}, answer], [request, end]),
            "closed-by-peer-reset": (1, [{"receive": [start, asked, {"frame": "RST_STREAM", "stream": 1, "code": "CANCEL"}]}], [request, event("reset", 1)]),
            "closed-by-own-reset": (1, [{"receive": [start, asked]}, {"send": {"reset": {"stream": 1, "code": "CANCEL"}}}], [request]),
            "closed-by-skipping": (1, [{"receive": [start, headers(3, let("get"), True)]}], [event("request", 3), event("end", 3)]),
        }[state]
    asks = lambda stream, end: {"send": {"request": {"stream": stream, "fields": GET if end else POST, "end": end}}}
    whole, part, other = asks(1, True), asks(1, False), asks(3, True)
    start, head, last = let("start"), headers(1, let("ok")), headers(1, let("ok"), True)
    response, end = event("response", 1, status=200), event("end", 1)
    promise = event("pushed", 1, promised=2, optional=True)
    return {
        "idle": (5, [whole, other, {"receive": [start]}], []),
        "idle-even": (2, [whole, other, {"receive": [start]}], []),
        "reserved-remote": (2, [whole, other, {"receive": [start, push(1, 2)]}], [promise]),
        "open": (1, [part, other, {"receive": [start, head]}], [response]),
        "half-closed-local": (1, [whole, other, {"receive": [start, head]}], [response]),
        "half-closed-remote": (1, [part, other, {"receive": [start, last]}], [response, end]),
        "closed-by-end": (1, [whole, other, {"receive": [start, last]}], [response, end]),
        "closed-by-peer-reset": (1, [whole, other, {"receive": [start, {"frame": "RST_STREAM", "stream": 1, "code": "CANCEL"}]}], [event("reset", 1)]),
        "closed-by-own-reset": (1, [whole, other, {"receive": [start]}, {"send": {"reset": {"stream": 1, "code": "CANCEL"}}}], []),
    }[state]


def frame(role, state, kind, stream):
    """The frame at the point, and the events that it gives where it is taken."""
    promised = 2 if stream != 2 else 4
    if kind == "HEADERS":
        if state == "idle" and role == "server" or state in ("reserved-local", "idle-even") and role == "server":
            return headers(stream, let("get"), True), [event("request", stream), event("end", stream)]
        if state in ("reserved-remote", "idle", "idle-even"):
            return headers(stream, let("ok"), True), [event("response", stream, status=200), event("end", stream)]
        if state == "closed-by-skipping":
            return headers(stream, let("get"), True), []
        if state in ("closed-by-own-reset", "closed-by-peer-reset") and role == "client":
            return headers(stream, let("ok")), []
        trailers = {"frame": "HEADERS", "stream": stream, "flags": ["END_STREAM", "END_HEADERS"], "fields": [["x", "y"]]}
        return trailers, [event("end", stream, trailers=[["x", "y"]])]
    return {
        "DATA": ({"frame": "DATA", "stream": stream, "data": "abc"}, [event("data", stream, bytes="abc")]),
        "PRIORITY": ({"frame": "PRIORITY", "stream": stream, "priority": {"depends": 0, "weight": 16}}, []),
        "RST_STREAM": ({"frame": "RST_STREAM", "stream": stream, "code": "CANCEL"}, [event("reset", stream, code="CANCEL")]),
        "SETTINGS": ({"frame": "SETTINGS", "stream": stream}, []),
        "PUSH_PROMISE": (push(stream, promised), [event("pushed", stream, promised=promised)]),
        "PING": ({"frame": "PING", "stream": stream, "data": "12345678"}, []),
        "GOAWAY": ({"frame": "GOAWAY", "stream": stream, "last": 1 if role == "client" else 0, "code": "NO_ERROR"}, []),
        "WINDOW_UPDATE": ({"frame": "WINDOW_UPDATE", "stream": stream, "increment": 1}, []),
        "CONTINUATION": ({"frame": "CONTINUATION", "stream": stream, "fields": [["x", "y"]]}, []),
        "UNKNOWN": ({"frame": 200, "stream": stream, "payload": "abc"}, []),
    }[kind]


def rejected(scope, codes=None, stream=None):
    pattern = {"event": "rejected", "scope": scope}
    if stream is not None:
        pattern["stream"] = stream
    if codes:
        pattern["code"] = codes[0] if len(codes) == 1 else {"any": codes}
    return pattern


def outcome(name, verdict, when, why=None):
    made = {"name": name, "is": verdict}
    if why:
        made["why"] = why
    return {**made, "when": when}


def connection(codes, why, never=()):
    """A connection error with one of these codes, or a generic one."""
    conditions = [{"never": pattern} for pattern in never]
    made = [outcome("connection-error", "pass", [{"seen": rejected("connection", codes)}, *conditions], why)]
    generic = [code for code in GENERIC if code not in codes]
    if generic:
        made.append(outcome("generic-code", "pass", [{"seen": rejected("connection", generic)}, *conditions], "9113 5.4: a generic error code can always be used in place of a more specific one"))
    return made


def stream_error(stream, verdict, why):
    codes = ["STREAM_CLOSED"] + GENERIC
    return outcome("stream-error", verdict, [{"seen": rejected("stream", codes, stream)}, {"never": rejected("connection")}], why)


WRONG = lambda scope: outcome("wrong-code", "fail", [{"seen": {"event": "rejected"} if scope == "any" else rejected(scope)}], "9113 5.4: an applicable code, or a generic one")


def outcomes(role, state, kind, word, stream, before, events, after):
    words = STATES[state][1]
    unheard = [{"event": e["event"], "stream": stream} for e in events if e["event"] not in ("reset", "pushed")] if kind in ("DATA", "HEADERS") else []
    unheard = [] if any(u in [{"event": b["event"], "stream": b["stream"]} for b in before] for u in unheard) else unheard
    delivered = [outcome("delivered", "fail", [{"seen": u}], REACTIONS[word]) for u in unheard[:1]]
    quiet = lambda extra=(): [{"expect": [*before, *extra, *after]}]
    own = {
        "SETTINGS": "9113 6.5: SETTINGS with a stream identifier other than 0 is a connection error of type PROTOCOL_ERROR",
        "PING": "9113 6.7: PING with a stream identifier other than 0 is a connection error of type PROTOCOL_ERROR",
        "GOAWAY": "9113 6.8: GOAWAY with a stream identifier other than 0 is a connection error of type PROTOCOL_ERROR",
        "CONTINUATION": "9113 6.10: CONTINUATION without a field block to continue is a connection error of type PROTOCOL_ERROR",
    }.get(kind, f"9113 {words}")
    if kind == "PUSH_PROMISE":
        own = {
            "server": "9113 8.4: servers MUST treat the receipt of PUSH_PROMISE as a connection error of type PROTOCOL_ERROR",
            "client": "9113 6.6: PUSH_PROMISE on a stream neither open nor half-closed (local) is a connection error of type PROTOCOL_ERROR",
        }[role]
    if kind == "HEADERS" and word in ("error", "unexpected") and not state.startswith("reserved"):
        own = "9113 5.1.1: an unexpected stream identifier is a connection error of type PROTOCOL_ERROR"
        if role == "client" and state == "idle-even":
            own = "9113 5.1 idle: HEADERS on a stream that the server initiates is a connection error of type PROTOCOL_ERROR"
    accepted = outcome("accepted", "fail", [{"never": {"event": "rejected"}}], own)
    if word == "taken":
        pushed = kind == "PUSH_PROMISE"
        made = [outcome("taken", "pass", quiet(events))]
        if pushed:
            refused = [{"seen": rejected("stream", ["CANCEL", "REFUSED_STREAM"], events[0]["promised"])}, {"never": rejected("connection")}]
            made.append(outcome("promise-refused", "pass", refused, "9113 6.6: recipients can reject promised streams by RST_STREAM"))
        if state == "half-closed-local" and role == "server":
            told = [{"seen": rejected("stream", ["NO_ERROR"], 1)}, {"never": rejected("connection")}]
            made.append(outcome("asked-to-stop", "pass", told, "9113 8.1: after a complete response a server MAY ask for no more of the request, by RST_STREAM with NO_ERROR"))
        return made + [outcome("rejected", "fail", [{"seen": {"event": "rejected"}}], f"9113 {words}: this frame is permitted" if state.startswith(("open", "half-closed-local")) else "9113 5.1: the state permits this frame")]
    if word == "ignored":
        made = [outcome("ignored", "pass", quiet())]
        if state == "half-closed-local" and role == "server":
            told = [{"seen": rejected("stream", ["NO_ERROR"], 1)}, {"never": rejected("connection")}]
            made.append(outcome("asked-to-stop", "pass", told, "9113 8.1: after a complete response a server MAY ask for no more of the request, by RST_STREAM with NO_ERROR"))
        why = {
            "PRIORITY": "9113 5.1: PRIORITY can be sent and received in any stream state",
            "UNKNOWN": "9113 5.1: receipt of frames for which the semantics are unknown cannot be treated as an error",
            "WINDOW_UPDATE": "9113 6.9: a receiver MUST NOT treat this as an error" if state in ("half-closed-remote", "closed-by-end") else "9113 5.1: the state permits WINDOW_UPDATE",
        }[kind]
        return made + [outcome("rejected", "fail", [{"seen": {"event": "rejected"}}], why), outcome("state-changed", "fail", [{"never": {"event": "rejected"}}], "9113 6.3: PRIORITY does not affect the state of any stream" if kind == "PRIORITY" else "the frame changes nothing, and what follows it is valid")]
    if word == "error":
        codes = ["PROTOCOL_ERROR"]
        made = connection(codes, own, unheard)
        if state.startswith(("closed", "half-closed-remote")):
            made.append(outcome("stream-closed", "pass", [{"seen": rejected("connection", ["STREAM_CLOSED"])}], f"9113 {words}; 5.4: any one of several errors may be reported"))
        extra = []
        if state == "reserved-remote":
            extra = [outcome("promise-refused", "seen", [{"seen": rejected("stream", ["CANCEL", "REFUSED_STREAM"], 2)}, {"never": rejected("connection")}], "9113 6.6: the client refused the promise, so the stream was closed when the frame came")]
        return made + delivered + extra + [WRONG("connection"), outcome("stream-error-only", "fail", [{"seen": rejected("stream")}], "9113 5.4: if a frame causes a connection error, that error MUST be reported"), accepted]
    if word == "either":
        made = connection(["PROTOCOL_ERROR"], own, unheard)
        made.append(outcome("stream-closed", "pass", [{"seen": rejected("connection", ["STREAM_CLOSED"])}, *({"never": u} for u in unheard)], "9113 6.1: a stream error of type STREAM_CLOSED; 5.4.1: any stream error may be treated as a connection error"))
        made.append(stream_error(stream, "pass", "9113 6.1: DATA on a stream neither open nor half-closed (local) is a stream error of type STREAM_CLOSED"))
        if state == "reserved-remote":
            made.append(outcome("promise-refused", "seen", [{"seen": rejected("stream", ["CANCEL", "REFUSED_STREAM"], 2)}, {"never": rejected("connection")}], "9113 6.6: the client refused the promise, so the stream was closed when the frame came"))
        return made + delivered + [WRONG("any"), accepted]
    if word in ("closed", "may", "unexpected"):
        verdict = "pass" if word != "unexpected" else "seen"
        made = delivered + []
        why = f"9113 {words}"
        if word == "closed":
            made.append(stream_error(stream, "pass", why))
            made += connection(["STREAM_CLOSED"], "9113 5.4.1: any stream error may be treated as a connection error")
        elif word == "unexpected":
            made += connection(["PROTOCOL_ERROR"], own)
            made.append(outcome("stream-closed", "pass", [{"seen": rejected("connection", ["STREAM_CLOSED"])}], why))
            made.append(stream_error(stream, "seen", "9113 5.1.1 asks for a connection error; 5.1 knows the stream as closed, where 5.4.2 permits another RST_STREAM"))
        else:
            made += connection(["STREAM_CLOSED"], why)
            if kind == "WINDOW_UPDATE" or kind == "RST_STREAM":
                if kind == "RST_STREAM":
                    made.append(outcome("reset-for-a-reset", "fail", [{"seen": rejected("stream", None, stream)}], "9113 5.4.2: an endpoint MUST NOT send RST_STREAM in response to RST_STREAM"))
                else:
                    made.append(stream_error(stream, "seen", "9113 5.1: no frames other than PRIORITY on a closed stream; 5.4.2 permits another RST_STREAM"))
            else:
                made.append(stream_error(stream, "pass", "9113 6.1 and 5.4.2: a stream error of type STREAM_CLOSED"))
        made.append(WRONG("any"))
        if word == "closed":
            return made + [outcome("accepted", "fail", [{"never": {"event": "rejected"}}], why)]
        optional = [{**e, "optional": True} for e in events] if kind == "RST_STREAM" else []
        return made + [outcome("discarded", verdict, quiet(optional), "9113 5.1: an endpoint can minimally process and discard frames for all streams in the closed state")]
    if word == "both":
        made = connection(["PROTOCOL_ERROR"], own)
        made.append(outcome("stream-closed", "pass", [{"seen": rejected("connection", ["STREAM_CLOSED"])}], f"9113 {words}; 5.4.1: any stream error may be treated as a connection error"))
        made.append(WRONG("connection"))
        made.append(outcome("stream-error", "seen", [{"seen": rejected("stream", None, 1)}], f"9113 {words}; but 5.4: if a frame causes a connection error, that error MUST be reported"))
        if kind == "PUSH_PROMISE" and role == "client":
            made.append(outcome("promise-refused", "fail", [{"seen": rejected("stream")}], "9113 6.6: a client resets what it does not want of promises on an open or half-closed (local) stream; here the promise itself is the error"))
        return made + [accepted]
    if word in ("late", "again"):
        optional = [{**e, "optional": True} for e in events]
        made = [outcome("reset-for-a-reset", "fail", [{"seen": rejected("stream", None, stream)}], "9113 5.4.2: an endpoint MUST NOT send RST_STREAM in response to RST_STREAM")]
        made.append(outcome("discarded", "pass", quiet(optional), "9113 5.1: an endpoint can minimally process and discard frames for all streams in the closed state"))
        verdict = "seen" if word == "late" else "pass"
        why = "9113 5.1: a RST_STREAM might come before the peer knows that the stream is closed; no clause forbids an error" if word == "late" else f"9113 {words}"
        made.append(outcome("connection-error", verdict, [{"seen": rejected("connection", ["STREAM_CLOSED", *GENERIC])}], why))
        return made + [WRONG("connection")]
    if word in ("discard", "promise"):
        optional = [{**e, "optional": True} for e in events] if kind in ("RST_STREAM", "PUSH_PROMISE") else []
        made = [outcome("discarded", "pass", quiet(optional))]
        made.append(outcome("connection-error", "fail", [{"seen": rejected("connection")}], f"9113 {words}"))
        if word == "promise":
            made.append(outcome("promise-refused", "pass", [{"seen": rejected("stream", None, events[0]["promised"])}], "9113 6.6: recipients can reject promised streams by RST_STREAM"))
            made.append(outcome("lost", "fail", [{"never": {"event": "rejected"}}], "what follows is valid"))
            return made
        if kind == "RST_STREAM":
            made.append(outcome("reset-for-a-reset", "fail", [{"seen": rejected("stream")}], "9113 5.4.2: an endpoint MUST NOT send RST_STREAM in response to RST_STREAM"))
        else:
            made.append(outcome("reset-again", "weak", [{"seen": rejected("stream", None, stream)}], "9113 5.4.2: an endpoint SHOULD NOT send more than one RST_STREAM for any stream"))
        made.append(outcome("delivered", "fail", [{"never": {"event": "rejected"}}], f"9113 {words}"))
        return made
    if word == "conflict":
        made = connection(["PROTOCOL_ERROR"], own)
        made.append(WRONG("connection"))
        made.append(outcome("stream-error", "fail", [{"seen": rejected("stream")}], own))
        return made + [outcome("discarded", "seen", quiet(), f"9113 {words}; but {own[5:]}")]
    raise KeyError(word)


def level(word, kind, state):
    if word in ("may", "late", "again"):
        return "MUST NOT" if kind == "RST_STREAM" else "MAY"
    if word == "ignored" and kind == "WINDOW_UPDATE" and state in ("half-closed-remote", "closed-by-end"):
        return "MUST NOT"
    return "MUST"


def requirements(role, state, kind, word):
    for key in ((role, state, kind), ("*", state, kind), (role, "*", kind), ("*", "*", kind)):
        if key in CLAUSES:
            found = list(CLAUSES[key])
            break
    if word == "both":
        found.append("9113-5.1-8")
    if kind == "CONTINUATION" and state.startswith("idle"):
        found.append("9113-5.1-1")
    return found


def cell(role, state, kind, word):
    stream, steps, before = setup(role, state)
    point, events = frame(role, state, kind, stream)
    if role == "server":
        probe, after = headers(7, let("get"), True), [event("request", 7), event("end", 7)]
    else:
        probe, after = headers(3, let("ok"), True), [event("response", 3, status=200), event("end", 3)]
    final = word in ("error", "either", "both")
    steps = steps + [{"receive": [point] if final else [point, probe]}]
    sends = any("send" in step and "request" not in step["send"] for step in steps)
    needs = ["output"] if sends else []
    if state.startswith("reserved") or word == "promise" or kind == "PUSH_PROMISE" and word == "taken":
        needs.append("push")
    case = {
        "id": f"h2.states.{role}-{state}-{kind.lower().replace('_', '-')}",
        "title": f"{'A frame of an unknown type' if kind == 'UNKNOWN' else kind} on a stream that is {STATES[state][0]}",
        "role": role,
        "level": level(word, kind, state),
        "requirements": requirements(role, state, kind, word),
        "why": WHY[kind],
        "tags": ["stream-state", state],
    }
    if needs:
        case["needs"] = needs
    if role == "server":
        case["answer"] = False
    case["steps"] = steps
    case["outcomes"] = outcomes(role, state, kind, word, stream, before, events, after)
    passing = [o for o in case["outcomes"] if o["is"] == "pass"]
    if all("rejected" in json.dumps(o["when"]) for o in passing):
        case["twin"] = f"h2.states.{role}-{state}-priority"
    return case


def file(role, table):
    cases = []
    for line in table.strip().splitlines():
        state, *words = line.split()
        assert len(words) == len(FRAMES), line
        cases += [cell(role, state, kind, word) for kind, word in zip(FRAMES, words)]
    return {"format": 1, "protocol": "http2", "suite": f"streams/states-{role}", "lets": LETS[role], "cases": cases}


def main():
    stale = False
    for role, table in (("server", SERVER), ("client", CLIENT)):
        path, made = ROOT / f"states-{role}.json", file(role, table)
        if "--check" in sys.argv:
            stale |= not path.exists() or json.loads(path.read_text()) != made
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(made, indent=1, ensure_ascii=True) + "\n")
    if stale:
        sys.exit("vectors/http2/streams/states-*.json is not what h2_states.py makes of its tables")


if __name__ == "__main__":
    main()
