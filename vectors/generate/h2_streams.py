#!/usr/bin/env python3
"""States of promised streams, trailers, own identifiers, concurrency, pushes (RFC 9113, 5.1, 6.6, 8.4).

The states of requested streams are h2_states.py's.

    python3 vectors/generate/h2_streams.py            writes vectors/http2/streams/{pushed,own-identifiers,concurrency,push,send}.json
    python3 vectors/generate/h2_streams.py --check    compares instead (as JSON: the layout is `wireproof vectors fmt`'s)
"""

import json
import pathlib
import sys

# --- the table: what a frame meets in each state --------------------------------------------------------------------
#
# ok       it is read, nothing is refused
# idle     a connection error PROTOCOL_ERROR
# data     5.1 says connection error PROTOCOL_ERROR, 6.1 says stream error STREAM_CLOSED: either
# half     a stream error STREAM_CLOSED
# half-x   the frame's own section says connection error PROTOCOL_ERROR, 5.1 says stream error STREAM_CLOSED: either
# closed   stream error STREAM_CLOSED (6.1), connection error STREAM_CLOSED (5.1), or discarded (5.1)
# late     discarded, or a connection error STREAM_CLOSED; no RST_STREAM for it
# quiet    discarded: it may cross what closed the stream
# own      discarded: the endpoint itself reset the stream
# reuse    as `own`, and a second request head on one stream, which no peer has on its way: PROTOCOL_ERROR too
# skipped  a connection error PROTOCOL_ERROR (5.1.1); discarding is against 5.1's SHOULD
# stray    a connection error PROTOCOL_ERROR, whatever the state; STREAM_CLOSED where the stream is closed
# seen     the RFC does not settle it: recorded
# -        not a case of its own

COLUMNS = ["data", "headers", "trailers", "priority", "rst-stream", "push-promise", "window-update", "continuation", "unknown"]
TABLE = """
role    state               data    headers  trailers  priority  rst-stream  push-promise  window-update  continuation  unknown
server  promised-open       half    half     half      ok        ok          stray         ok             half-x        ok
server  promise-cancelled   closed  closed   -         ok        late        stray         late           stray         ok
client  promised-open       ok      -        ok        ok        ok          seen          ok             stray         ok
client  promise-refused     own     own      own       ok        own         stray         -              stray         ok
client  skipped             closed  skipped  -         ok        late        stray         late           stray         ok
server  half-closed-remote  -       half     -         -         -           -             -              -             -
server  ended               -       closed   -         -         -           -             -              -             -
server  reset-by-peer       -       closed   -         -         -           -             -              -             -
server  reset-by-itself     -       reuse    -         -         -           -             -              -             -
"""

# How a connection comes to have a stream in the state: the stream, and what happens before.
# `<` octets arrive (names of LETS), `>` the endpoint is asked to send.
STATES = {
    ("server", "idle"): (1, ["<start"]),
    ("server", "idle-own"): (2, ["<start", "<get"]),
    ("server", "reserved"): (2, ["<start", "<get", ">push"]),
    ("server", "promised-open"): (2, ["<start", "<get", ">push", ">response2"]),
    ("server", "open"): (1, ["<start", "<post"]),
    ("server", "half-closed-local"): (1, ["<start", "<post", ">response-end"]),
    ("server", "half-closed-remote"): (1, ["<start", "<get"]),
    ("server", "ended"): (1, ["<start", "<get", ">response-end"]),
    ("server", "reset-by-peer"): (1, ["<start", "<post", "<cancel"]),
    ("server", "reset-by-itself"): (1, ["<start", "<post", ">reset"]),
    ("server", "promise-cancelled"): (2, ["<start", "<get", ">push", "<cancel2"]),
    ("server", "skipped"): (1, ["<start", "<get3"]),
    ("client", "idle"): (2, [">get", "<settings"]),
    ("client", "idle-own"): (5, [">get", "<settings"]),
    ("client", "reserved"): (2, [">get", "<settings", "<promise"]),
    ("client", "promised-open"): (2, [">get", "<settings", "<promise", "<response2"]),
    ("client", "open"): (1, [">post", "<settings"]),
    ("client", "half-closed-local"): (1, [">get", "<settings"]),
    ("client", "half-closed-remote"): (1, [">post", "<settings", "<response-end"]),
    ("client", "ended"): (1, [">get", "<settings", "<response-end"]),
    ("client", "reset-by-peer"): (1, [">post", "<settings", "<cancel"]),
    ("client", "reset-by-itself"): (1, [">get", "<settings", ">reset"]),
    ("client", "promise-refused"): (2, [">get", "<settings", "<promise", ">reset2"]),
    ("client", "skipped"): (2, [">get", "<settings", "<promise4"]),
}

# In words, and what goes wrong.
SPOKEN = {
    ("server", "idle"): "a stream not opened yet", ("client", "idle"): "a stream not promised",
    ("server", "idle-own"): "a stream not promised", ("client", "idle-own"): "a stream not requested yet",
    ("server", "reserved"): "a stream that the server promised", ("client", "reserved"): "a promised stream",
    ("server", "promised-open"): "a pushed response's stream", ("client", "promised-open"): "a pushed response's stream",
    ("server", "open"): "an open stream", ("client", "open"): "an open stream",
    ("server", "half-closed-local"): "a stream that the server ended", ("client", "half-closed-local"): "a stream that the client ended",
    ("server", "half-closed-remote"): "a stream that the client ended", ("client", "half-closed-remote"): "a stream that the server ended",
    ("server", "ended"): "a stream that both ended", ("client", "ended"): "a stream that both ended",
    ("server", "reset-by-peer"): "a stream that the client reset", ("client", "reset-by-peer"): "a stream that the server reset",
    ("server", "reset-by-itself"): "a stream that the server reset", ("client", "reset-by-itself"): "a stream that the client reset",
    ("server", "promise-cancelled"): "a promised stream that the client reset",
    ("client", "promise-refused"): "a promised stream that the client reset",
    ("server", "skipped"): "a stream that was skipped", ("client", "skipped"): "a stream that was skipped",
}
FRAMES = {
    "data": "DATA", "headers": "HEADERS", "trailers": "HEADERS that end", "priority": "PRIORITY",
    "rst-stream": "RST_STREAM", "push-promise": "PUSH_PROMISE", "window-update": "WINDOW_UPDATE",
    "continuation": "CONTINUATION", "unknown": "An unknown frame",
}
WHY = {
    "ok": "Peers send this, and they may: an endpoint that refuses it breaks working connections.",
    "idle": "A stream that does not exist has no state to keep: what is made for it is memory that nobody frees.",
    "data": "Octets for a request that was never made end up in the next one, or in nothing.",
    "half": "The message is complete: what comes behind its end would be added to what was already acted upon.",
    "half-x": "The message is complete, and nothing that was begun is continued.",
    "closed": "What belongs to a stream that is over must not reach the application as something new.",
    "late": "Whoever answers a reset or a frame behind one with a reset begins a loop that nobody ends.",
    "quiet": "The frame crossed the end of the stream on the wire: nobody did anything wrong.",
    "own": "What was on its way when the reset was sent arrives after it, on every slow line.",
    "reuse": "The stream is over: its number does not name a second request.",
    "skipped": "A number below one that was used names a stream that cannot come any more.",
    "stray": "A frame that cannot stand here at all, in any state.",
    "seen": "A promise belongs to a request of the client, and this stream is not one.",
}

MAGIC = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, ACK = {"frame": "SETTINGS"}, {"frame": "SETTINGS", "flags": ["ACK"]}
ES, EH = "END_STREAM", "END_HEADERS"


def request_fields(method, path):
    return [[":method", method], [":scheme", "http"], [":authority", "a"], [":path", path]]


def headers(stream, fields, end=False, **more):
    return {"frame": "HEADERS", "stream": stream, **({"flags": [ES, EH]} if end else {}), "fields": fields, **more}


def get(stream, path=None, method="GET"):
    return headers(stream, request_fields(method, path or f"/{stream}"), True)


def post(stream):
    return headers(stream, request_fields("POST", f"/{stream}"))


def answer(stream, end=False, status="200"):
    return headers(stream, [[":status", status]], end)


def promise(stream, promised, fields=None):
    return {"frame": "PUSH_PROMISE", "stream": stream, "promised": promised,
            "fields": fields or request_fields("GET", f"/{promised}")}


def cancel(stream, code="CANCEL"):
    return {"frame": "RST_STREAM", "stream": stream, "code": code}


LETS = {
    "start": [MAGIC, SETTINGS, ACK], "settings": [SETTINGS, ACK],
    "get": get(1), "post": post(1), "get3": get(3), "next": None,
    "response2": answer(2), "response-end": answer(1, True), "cancel": cancel(1), "cancel2": cancel(2),
    "promise": promise(1, 2), "promise4": promise(1, 4),
}


def act(name, **members):
    return {"send": {name: members}}


def ask(stream, end=True, method="GET"):
    return act("request", stream=stream, fields=request_fields(method, f"/{stream}"), end=end)


def respond(stream, end=True):
    return act("response", stream=stream, fields=[[":status", "200"]], end=end)


def push(stream, promised):
    return act("push", stream=stream, promised=promised, fields=request_fields("GET", f"/{promised}"))


ACTIONS = {
    "push": push(1, 2), "response2": respond(2, False), "response-end": respond(1),
    "reset": act("reset", stream=1, code="CANCEL"), "reset2": act("reset", stream=2, code="CANCEL"),
    "get": ask(1), "post": ask(1, False, "POST"),
}


def event(name, **members):
    return {"event": name, **members}


def asked(stream, method="GET"):
    return event("request", stream=stream, method=method, path=f"/{stream}")


def ended(stream):
    return event("end", stream=stream)


def responded(stream, status=200):
    return event("response", stream=stream, status=status)


def pushed(stream, promised):
    return event("pushed", stream=stream, promised=promised, path=f"/{promised}")


def rejected(scope, code=None, stream=None):
    out = event("rejected", scope=scope)
    if stream is not None:
        out["stream"] = stream
    if code:
        out["code"] = code if isinstance(code, str) else code[0] if len(code) == 1 else {"any": list(code)}
    return out


def outcome(name, verdict, when, why=None):
    return {"name": name, "is": verdict, **({"why": why} if why else {}), "when": when}


# The events of the way into a state.
EVENTS = {
    "server": {"<get": [asked(1), ended(1)], "<post": [asked(1, "POST")], "<get3": [asked(3), ended(3)],
               "<cancel": [event("reset", stream=1, code="CANCEL")], "<cancel2": [event("reset", stream=2, code="CANCEL")]},
    "client": {"<promise": [pushed(1, 2)], "<promise4": [pushed(1, 4)], "<response2": [responded(2)],
               "<response-end": [responded(1), ended(1)], "<cancel": [event("reset", stream=1, code="CANCEL")]},
}

ANY_CODE = "9113 5.4: a generic code can always be used in place of a more specific one"
INSTEAD = "9113 5.4.1: an endpoint MAY treat a stream error as a connection error"
DISCARD = "9113 5.1: minimal processing, for all streams that are closed"
PROTOCOL, CLOSED, INTERNAL = "PROTOCOL_ERROR", "STREAM_CLOSED", "INTERNAL_ERROR"


def connection_error(codes, clause, extra=(), never=()):
    """A connection error with one of these codes, or a generic one."""
    codes = [codes] if isinstance(codes, str) else list(codes)
    generic = [c for c in (PROTOCOL, INTERNAL) if c not in codes]
    never = [{"never": n} for n in never]
    out = [outcome("connection-error", "pass", [{"seen": rejected("connection", codes)}, *never])]
    if generic:
        out.append(outcome("generic-code", "pass", [{"seen": rejected("connection", generic)}, *never], ANY_CODE))
    out += list(extra)
    out.append(outcome("wrong-code", "fail", [{"seen": rejected("connection")}], f"{clause}: {' or '.join(codes)}"))
    out.append(outcome("stream-error-only", "fail", [{"seen": rejected("stream")}], f"{clause}: a connection error"))
    out.append(outcome("accepted", "fail", [{"never": event("rejected")}], f"{clause}: a connection error"))
    return out


def stream_error(stream, codes, clause, extra=(), never=()):
    """A stream error, or a connection error in its place."""
    codes = [codes] if isinstance(codes, str) else list(codes)
    generic = [c for c in (PROTOCOL, INTERNAL) if c not in codes]
    never = [{"never": n} for n in never]
    out = [outcome("stream-error", "pass", [{"seen": rejected("stream", codes, stream)}, *never])]
    if generic:
        out.append(outcome("generic-code", "pass", [{"seen": rejected("stream", generic, stream)}, *never], ANY_CODE))
    out.append(outcome("connection-error", "pass", [{"seen": rejected("connection", codes + generic)}, *never], INSTEAD))
    out += list(extra)
    out.append(outcome("wrong-code", "fail", [{"seen": event("rejected")}], f"{clause}: {' or '.join(codes)}"))
    out.append(outcome("accepted", "fail", [{"never": event("rejected")}], f"{clause}: an error"))
    return out


def valid(events, clause, also=()):
    """Exactly these events, and nothing refused."""
    return [
        outcome("read", "pass", [{"expect": events}, *also]),
        outcome("refused", "fail", [{"seen": event("rejected")}], clause),
        outcome("misread", "fail", [{"never": event("rejected")}], clause),
    ]


def let(name):
    return {"let": name}


def build(items):
    """Steps out of `<name`, `>name`, frames (which arrive) and actions; what arrives in one go is one step."""
    steps = []
    for item in items:
        if isinstance(item, str) and item != MAGIC:
            item = let(item[1:]) if item[0] == "<" else ACTIONS[item[1:]]
        if "send" in item:
            steps.append(item)
        elif steps and "receive" in steps[-1]:
            steps[-1]["receive"].append(item)
        else:
            steps.append({"receive": [item]})
    return steps


def a_case(id_, title, role, ids, why, tags, steps, outcomes, level="MUST", needs=(), **more):
    needs = set(needs)
    sent = {name for step in steps for name in step.get("send", {})}
    if sent - {"request"}:
        needs.add("output")
    if "push" in sent or "PUSH_PROMISE" in json.dumps(steps) and role == "client" or '"promise' in json.dumps(steps):
        needs.add("push")
    out = {"id": id_, "title": title, "role": role, "level": level, "requirements": list(ids), "why": why, "tags": list(tags)}
    if not ids:
        del out["requirements"]
    if needs:
        out["needs"] = sorted(needs)
    out.update(more)
    out["steps"], out["outcomes"] = steps, outcomes
    return out


# --- the matrix -----------------------------------------------------------------------------------------------------

def the_frames(role, state, column, stream):
    """What arrives in this cell, and the events if all of it is read."""
    prelude, first = [], []
    if role == "client" and stream == 1 and column in ("data", "trailers") and state in ("open", "half-closed-local", "reset-by-itself"):
        prelude, first = [answer(1)], [responded(1)]
    if (role, state) == ("client", "promise-refused") and column in ("data", "trailers"):
        prelude, first = [answer(2)], [responded(2)]
    if column == "headers":
        if role == "server":
            return [headers(stream, request_fields("PUT", "/late"))], [event("request", stream=stream, method="PUT", path="/late")]
        return [answer(stream, status="203")], [responded(stream, 203)]
    frame, events = {
        "data": ({"frame": "DATA", "stream": stream, "data": "late"}, [event("data", stream=stream, bytes="late")]),
        "trailers": (headers(stream, [["x", "late"]], True), [ended(stream)]),
        "priority": ({"frame": "PRIORITY", "stream": stream, "priority": {"depends": 0, "weight": 16}}, []),
        "rst-stream": (cancel(stream, INTERNAL), [event("reset", stream=stream, code=INTERNAL)]),
        "push-promise": (promise(stream, 6), [pushed(stream, 6)]),
        "window-update": ({"frame": "WINDOW_UPDATE", "stream": stream, "increment": 1}, []),
        "continuation": ({"frame": "CONTINUATION", "stream": stream, "fields": [["x", "late"]]}, []),
        "unknown": ({"frame": 240, "stream": stream, "payload": "late"}, []),
    }[column]
    return [*prelude, frame], [*first, *events]


def following(role, state):
    """Something behind it, and its events: the connection still works."""
    if role == "client":
        return answer(3, True, "204"), [responded(3, 204), ended(3)]
    number = 5 if state == "skipped" else 1 if state == "idle" else 3
    return get(number), [asked(number), ended(number)]


OK_IDS = {
    "data": ["9113-6.1-6"], "headers": ["9113-5.1-1"], "trailers": ["9113-5.1-8"], "priority": ["9113-6.3-i1"],
    "rst-stream": ["9113-6.4-6"], "push-promise": ["9113-6.6-13"], "window-update": ["9113-6.9-5"],
    "unknown": ["9113-5.1-i1", "9113-5.5-2"],
}


def cell_ids(role, state, column, kind):
    """The requirement ids, and the level."""
    if kind == "ok":
        if column in ("priority", "unknown"):
            return OK_IDS[column], "MUST"
        if state == "reserved":
            if (role, column) == ("server", "window-update"):
                return ["9113-5.1-4"], "MAY"
            return (["9113-5.1-5"] if role == "server" else ["9113-5.1-7"]), "MUST"
        if state.startswith("half-closed-remote") or (role, state) == ("server", "promised-open"):
            return (["9113-6.9-5"], "MUST NOT") if column == "window-update" else (["9113-5.1-8"], "MUST")
        if state == "ended":
            return ["9113-6.9-5"], "MUST NOT"
        if column == "window-update":
            return ["9113-5.1-1"], "MUST"
        return OK_IDS[column], "MUST"
    if column == "push-promise" and role == "server":
        return ["9113-8.4-7", "9113-8.4.1-5"], "MUST"
    if column == "continuation":
        ids = ["9113-6.10-6"]
        if kind == "half-x":
            ids.append("9113-5.1-8")
        elif state.startswith("idle"):
            ids.append("9113-5.1-1")
        elif state == "reserved":
            ids.append("9113-5.1-5" if role == "server" else "9113-5.1-7")
        return ids, "MUST"
    if kind in ("idle", "data") and state == "reserved":
        ids = ["9113-5.1-5" if role == "server" else "9113-5.1-7"]
    elif kind in ("idle", "data"):
        ids = ["9113-5.1-1"]
        if column == "headers":
            ids = {"server": ["9113-5.1.1-1", "9113-5.1.1-4"],
                   "client": ["9113-5.1-2"] if state == "idle" else ["9113-5.1.1-2", "9113-5.1.1-4"]}[role]
    elif kind in ("half", "half-x"):
        ids = ["9113-5.1-8"]
    elif kind == "closed":
        ids = ["9113-5.1-10"]
        if column == "data":
            return [*ids, "9113-6.1-6"], "MUST"
        if column == "headers" and (role, state[:7]) != ("client", "promise"):
            return [*ids, "9113-5.1.1-3"], "MUST"
        return ids, "MAY"
    elif kind == "late":
        return ["9113-5.1-10", *(["9113-5.4.2-4"] if column == "rst-stream" else [])], "MUST NOT" if column == "rst-stream" else "MAY"
    elif kind == "quiet":
        return ["9113-5.1-10", "9113-5.4.2-4"], "MUST NOT"
    elif kind in ("own", "reuse"):
        ids = ["9113-5.1-11", "9113-6.4-2"]
        if state == "promise-refused":
            ids = ["9113-6.4-2", "9113-5.4.2-1"]
        if column == "push-promise":
            ids = ["9113-5.1-11", "9113-6.6-14"]
    elif kind == "skipped":
        ids = ["9113-5.1.1-4", "9113-5.1.1-3"]
    elif kind == "seen":
        return [], "OBSERVE"
    else:
        ids = []
    if column == "data" and kind == "data":
        ids.append("9113-6.1-6")
    if column == "rst-stream" and state.startswith("idle"):
        ids.append("9113-6.4-6")
    if column == "push-promise":
        ids.append("9113-6.6-13")
    return ids, "MUST"


def shown(events):
    """What the application must not see of the late frame."""
    keep = [e for e in events if e["event"] in ("data", "request", "response", "pushed")]
    return keep[-1:]


def cell_outcomes(role, state, column, kind, stream, before, events, after):
    clause = {"data": "9113 5.1", "half": "9113 5.1", "half-x": "9113 5.1", "idle": "9113 5.1"}.get(kind, "9113 5.1")
    never = shown(events) if column in ("data", "headers") else []
    seen_late = [{"never": n} for n in never]
    if kind == "ok":
        return valid([*before, *events, *after], {
            "priority": "9113 5.1: PRIORITY can be received in any stream state",
            "unknown": "9113 5.1: frames with unknown semantics cannot be treated as an error",
            "window-update": "9113 6.9: no error in this state",
        }.get(column, "9113 5.1: this may be received in this state"))
    if kind == "idle":
        clause = "9113 5.1.1" if column == "headers" and state != "reserved" else "9113 5.1"
        return connection_error(PROTOCOL, clause, never=never)
    if kind == "data":
        own = "9113 6.1: DATA on a stream that is neither open nor half-closed (local)"
        return connection_error(PROTOCOL, "9113 5.1", never=never, extra=[
            outcome("connection-closed-code", "pass", [{"seen": rejected("connection", CLOSED)}, *seen_late], own),
            outcome("stream-closed", "pass", [{"seen": rejected("stream", CLOSED, stream)}, *seen_late], own),
        ])
    if kind == "half":
        return stream_error(stream, CLOSED, "9113 5.1", never=never)
    if kind == "half-x":
        own = "9113 5.1: a stream error STREAM_CLOSED for a frame behind the end"
        return connection_error(PROTOCOL, "9113 6.10" if column == "continuation" else "9113 6.6", extra=[
            outcome("connection-closed-code", "pass", [{"seen": rejected("connection", CLOSED)}], own),
            outcome("stream-closed", "pass", [{"seen": rejected("stream", CLOSED, stream)}], own),
        ])
    if kind == "stray":
        clause = {"push-promise": "9113 8.4" if role == "server" else "9113 6.6"}.get(column, "9113 6.10")
        over = "9113 5.1: a connection error STREAM_CLOSED for a frame on a stream that is over"
        is_over = state in ("half-closed-remote", "promised-open", "ended", "reset-by-peer", "reset-by-itself",
                            "promise-cancelled", "promise-refused", "skipped")
        extra = [outcome("connection-closed-code", "pass", [{"seen": rejected("connection", CLOSED)}], over)] if is_over and \
            (role, state) != ("client", "promised-open") else []
        return connection_error(PROTOCOL, clause, extra=extra)
    quiet = outcome("discarded", "pass", [{"expect": [*before, *after]}], DISCARD)
    if kind == "closed":
        out = stream_error(stream, CLOSED, "9113 5.1", never=never, extra=[quiet])
        for one in out:
            if one["name"] == "connection-error":
                one["why"] = "9113 5.1: an endpoint MAY treat it as a connection error"
            if one["name"] == "accepted":
                one["name"], one["why"] = "delivered", "9113 5.1: an error, or discarded"
        return out
    if kind == "skipped":
        return [
            outcome("connection-error", "pass", [{"seen": rejected("connection", PROTOCOL)}, *seen_late]),
            outcome("closed-code", "pass", [{"seen": rejected("connection", [CLOSED, INTERNAL])}, *seen_late],
                    "9113 5.1: the skipped stream is closed; 5.4: a generic code"),
            outcome("discarded", "weak", [{"expect": [*before, *after]}],
                    "9113 5.1: minimal processing for all streams that are closed; 5.1.1 asks for a connection error"),
            outcome("stream-error", "weak", [{"seen": rejected("stream", [CLOSED, PROTOCOL, INTERNAL], stream)}, *seen_late],
                    "9113 5.1: the skipped stream is closed; 5.1.1 asks for a connection error"),
            outcome("wrong-code", "fail", [{"seen": event("rejected")}], "9113 5.1.1: PROTOCOL_ERROR"),
            outcome("delivered", "fail", [{"never": event("rejected")}], "9113 5.1.1: a connection error"),
        ]
    told = [{**e, "optional": True} for e in events if e["event"] == "reset"]
    silent = [*before, *told, *after]
    if kind == "late":
        out = [
            outcome("discarded", "pass", [{"expect": silent}], DISCARD),
            outcome("connection-error", "pass", [{"seen": rejected("connection", [CLOSED, PROTOCOL, INTERNAL])}],
                    "9113 5.1: an endpoint MAY treat it as a connection error"),
        ]
        if column == "rst-stream":
            out.append(outcome("reset-for-reset", "fail", [{"seen": rejected("stream")}],
                               "9113 5.4.2: an endpoint MUST NOT send a RST_STREAM in response to a RST_STREAM frame"))
        else:
            out.append(outcome("stream-error", "pass", [{"seen": rejected("stream", [CLOSED, PROTOCOL, INTERNAL], stream)}],
                               "9113 5.1: less than the connection error that it MAY be"))
        out.append(outcome("wrong-code", "fail", [{"seen": event("rejected")}], "9113 5.1: STREAM_CLOSED"))
        out.append(outcome("misread", "fail", [{"never": event("rejected")}], "9113 5.1: an error, or discarded"))
        return out
    if kind == "quiet":
        return [
            outcome("discarded", "pass", [{"expect": silent}]),
            outcome("reset-for-reset", "fail", [{"seen": rejected("stream")}],
                    "9113 5.4.2: an endpoint MUST NOT send a RST_STREAM in response to a RST_STREAM frame"),
            outcome("refused", "fail", [{"seen": rejected("connection")}],
                    "9113 5.1: RST_STREAM might be received from a peer that has not seen the end"),
            outcome("misread", "fail", [{"never": event("rejected")}], "9113 5.1: discarded"),
        ]
    if kind in ("own", "reuse"):
        if column == "push-promise":
            return [
                outcome("handled", "pass", [{"never": event("rejected")}, *({"seen": e} for e in after)]),
                outcome("promise-refused", "pass", [{"seen": rejected("stream", None, 6)}, *({"seen": e} for e in after)],
                        "9113 6.6: recipients can choose to reject promised streams"),
                outcome("refused", "fail", [{"seen": event("rejected")}], "9113 6.6: it MUST handle such PUSH_PROMISE frames"),
                outcome("stuck", "fail", [{"never": event("rejected")}], "9113 6.6: what comes behind it is lost"),
            ]
        out = [outcome("discarded", "pass", [{"expect": silent}])]
        if kind == "reuse":
            out.append(outcome("connection-error", "pass", [{"seen": rejected("connection", [PROTOCOL, CLOSED, INTERNAL])}, *seen_late],
                               "9113 5.1.1: an unexpected stream identifier"))
        if column == "rst-stream":
            out.append(outcome("reset-for-reset", "fail", [{"seen": rejected("stream")}],
                               "9113 5.4.2: an endpoint MUST NOT send a RST_STREAM in response to a RST_STREAM frame"))
        else:
            out.append(outcome("reset-again", "weak", [{"seen": rejected("stream", None, stream)}, {"never": rejected("connection")},
                                                       *({"seen": e} for e in after)],
                               "9113 5.4.2: an endpoint SHOULD NOT send more than one RST_STREAM for any stream"))
        out.append(outcome("refused", "fail", [{"seen": event("rejected")}],
                           "9113 5.1: it MUST minimally process and then discard what was on its way"))
        out.append(outcome("shown", "fail", [{"never": event("rejected")}], "9113 5.1: it MUST discard what was on its way"))
        return out
    if kind == "seen":
        return [
            outcome("refused", "seen", [{"seen": rejected("connection")}], "9113 6.6: only sent on a peer-initiated stream"),
            outcome("stream-error", "seen", [{"seen": rejected("stream")}], "9113 6.6: recipients can reject promised streams"),
            outcome("accepted", "seen", [{"never": event("rejected")}], "9113 5.1: any type of frame can be received"),
        ]
    raise ValueError(kind)


TWINS = {
    ("server", "data"): "h2.states.server-open-data", ("client", "data"): "h2.stream-states.promised-open-data-client",
    ("server", "headers"): "h2.states.server-idle-headers", ("client", "headers"): "h2.states.client-reserved-remote-headers",
    ("server", "trailers"): "h2.stream-states.open-whole-block-server",
    ("client", "trailers"): "h2.stream-states.promised-open-trailers-client",
    ("server", "push-promise"): "h2.stream-states.open-whole-block-server",
    ("client", "push-promise"): "h2.states.client-open-push-promise",
    ("server", "continuation"): "h2.stream-states.open-whole-block-server",
    ("client", "continuation"): "h2.stream-states.open-whole-block-client",
}


def rows():
    lines = [line.split() for line in TABLE.strip().split("\n")]
    assert lines[0][2:] == COLUMNS
    for role, state, *cells in lines[1:]:
        yield role, state, dict(zip(COLUMNS, cells, strict=True))


def way(role, state):
    stream, items = STATES[role, state]
    before = [e for item in items if isinstance(item, str) for e in EVENTS[role].get(item, [])]
    if role == "client":
        items = [items[0], ask(3), *items[1:]]
    return stream, items, before


def states():
    for role, state, cells in rows():
        stream, items, before = way(role, state)
        for column, kind in cells.items():
            if kind == "-":
                continue
            frames, events = the_frames(role, state, column, stream)
            last, after = following(role, state)
            if (role, state, column) == ("server", "idle", "headers"):
                last, after = get(3), [asked(3), ended(3)]
            ids, level = cell_ids(role, state, column, kind)
            outcomes = cell_outcomes(role, state, column, kind, stream, before, events, after)
            refuses = kind in ("idle", "data", "half", "half-x", "stray")
            script = build([*items, *frames, *([] if refuses else [last])])
            tags = ["stream-state", *(["valid"] if kind == "ok" else []), *(["error-code"] if refuses else [])]
            twin = TWINS.get((role, column))
            more = {} if not refuses and kind != "skipped" else {"twin": twin}
            yield a_case(f"h2.stream-states.{state}-{column}-{role}", f"{FRAMES[column]} on {SPOKEN[role, state]}, to a {role}", role,
                         ids, WHY[kind], tags, script, outcomes, level, **more)
    yield from beside_the_matrix()


def beside_the_matrix():
    for role in ("server", "client"):
        stream, items, before = way(role, "open")
        last, after = following(role, "open")
        first = [] if role == "server" else [answer(1)]
        seen = [] if role == "server" else [responded(1)]
        block = [headers(1, [["x", "y"]], flags=[ES]), {"frame": "CONTINUATION", "stream": 1, "fields": [["z", "y"]]}]
        yield a_case(f"h2.stream-states.open-whole-block-{role}", f"HEADERS and CONTINUATION on an open stream, to a {role}", role,
                     ["9113-6.10-6"], "A field block may be cut wherever its sender likes.", ["stream-state", "valid"],
                     build([*items, *first, *block, last]),
                     valid([*before, *seen, ended(1), *after], "9113 6.10: CONTINUATION behind HEADERS without END_HEADERS"))
        # HPACK goes on behind a block that is thrown away.
        stream, items, before = way(role, "reset-by-itself")
        add = {"literal": ["x-late", "y"], "index": "add"}
        if role == "server":
            thrown = {"frame": "HEADERS", "stream": 1, "flags": [ES, EH], "hpack": [add]}
            name = [{"literal": [n, v]} for n, v in request_fields("GET", "/3")]
            last = {"frame": "HEADERS", "stream": 3, "flags": [ES, EH], "hpack": [*name, {"indexed": 62}]}
            after = [{**asked(3), "fields": [["x-late", "y"]]}, ended(3)]
        else:
            thrown = {"frame": "HEADERS", "stream": 1, "hpack": [{"indexed": 8}, add]}
            last = {"frame": "HEADERS", "stream": 3, "flags": [ES, EH], "hpack": [{"indexed": 9}, {"indexed": 62}]}
            after = [{**responded(3, 204), "fields": [["x-late", "y"]]}, ended(3)]
        yield a_case(f"h2.stream-states.reset-by-itself-compression-{role}",
                     f"A field block thrown away adds an entry that the next one uses, to a {role}", role,
                     ["9113-5.1-11"], "A block that is not decoded leaves a table that differs, and every later field is another.",
                     ["stream-state", "hpack"], build([*items, thrown, last]),
                     [outcome("decoded", "pass", [{"expect": [*before, *after]}]),
                      outcome("reset-again", "weak", [{"seen": rejected("stream", None, 1)}, *({"seen": e} for e in after)],
                              "9113 5.4.2: an endpoint SHOULD NOT send more than one RST_STREAM for any stream"),
                      outcome("refused", "fail", [{"seen": event("rejected")}],
                              "9113 5.1: minimal processing means updating header compression state"),
                      outcome("misread", "fail", [{"never": event("rejected")}],
                              "9113 5.1: minimal processing means updating header compression state")])
        # A signal that the peer has seen the reset.
        stream, items, before = way(role, "reset-by-itself")
        first, seen = ([], []) if role == "server" else ([answer(1)], [])
        last, after = following(role, "reset-by-itself")
        ping = act("ping", data="12345678")
        pong = {"frame": "PING", "flags": ["ACK"], "data": "12345678"}
        late = {"frame": "DATA", "stream": 1, "data": "late"}
        never = [{"never": event("data", stream=1)}]
        yield a_case(f"h2.stream-states.reset-by-itself-proven-{role}",
                     f"DATA behind a reset that the peer has seen, to a {role}", role, ["9113-5.1-12"],
                     "Behind the answer to a later PING nothing can be on its way any more.", ["stream-state"],
                     build([*items, ping, pong, *first, late, last]),
                     [outcome("connection-error", "pass", [{"seen": rejected("connection", [PROTOCOL, CLOSED, INTERNAL])}, *never],
                              "9113 5.1: endpoints MAY use other signals to detect that a peer has received the frames"),
                      outcome("reset-again", "pass", [{"seen": rejected("stream", None, 1)}, *never],
                              "9113 5.4.2: an endpoint MAY send additional RST_STREAM frames after more than a round-trip time"),
                      outcome("discarded", "pass", [{"expect": [*before, *after]}], DISCARD),
                      outcome("wrong-code", "fail", [{"seen": rejected("connection")}, *never], "9113 5.1: PROTOCOL_ERROR"),
                      outcome("shown", "fail", [{"seen": event("data", stream=1)}], "9113 5.1: an error, or discarded")], "MAY")
    yield a_case("h2.stream-states.priority-does-not-close-client", "PRIORITY on stream 6, then a promise of stream 2", "client",
                 ["9113-6.3-i1"], "PRIORITY opens nothing, and so it skips nothing.", ["stream-state", "valid"],
                 build([">get", "<settings", {"frame": "PRIORITY", "stream": 6, "priority": {"depends": 0, "weight": 16}}, "<promise",
                        answer(1, True)]),
                 valid([pushed(1, 2), responded(1), ended(1)], "9113 6.3: PRIORITY does not affect the state of any stream"))


# --- concurrency ----------------------------------------------------------------------------------------------------

LIMIT = "9113 5.1.2"
COUNTS = "9113 5.1.2: streams in the open and half-closed states count"


def over_limit(stream, extra=()):
    never = [{"never": event(name, stream=stream)} for name in ("request", "response")]
    return [
        outcome("stream-error", "pass", [{"seen": rejected("stream", ["REFUSED_STREAM", PROTOCOL], stream)}, *never]),
        outcome("generic-code", "pass", [{"seen": rejected("stream", INTERNAL, stream)}, *never], ANY_CODE),
        outcome("connection-error", "pass", [{"seen": rejected("connection", [PROTOCOL, "REFUSED_STREAM", INTERNAL])}, *never], INSTEAD),
        *extra,
        outcome("refused-and-shown", "fail", [{"seen": event("rejected")}, {"seen": event("request", stream=stream)}],
                f"{LIMIT}: a stream error"),
        outcome("wrong-code", "fail", [{"seen": event("rejected")}], f"{LIMIT}: PROTOCOL_ERROR or REFUSED_STREAM"),
        outcome("accepted", "fail", [{"never": event("rejected")}], f"{LIMIT}: a stream error"),
    ]


def not_sent(step, record, clause, whole=False):
    """A send that must not reach the peer."""
    where = {"step": step} if whole else {}
    unwritten, wrote = {"unwritten": record, **where}, {"wrote": record, **where}
    clean = {"unwritten": event("garbled")}
    return [
        outcome("refused", "pass", [{"refused": True, "step": step}, unwritten, clean]),
        outcome("not-written", "pass", [unwritten, clean], "what is written breaks no rule"),
        outcome("written", "fail", [wrote], clause),
        outcome("refused-and-written", "fail", [{"refused": True, "step": step}, wrote], f"{clause}; it was refused and written"),
        outcome("garbled", "fail", [{"wrote": event("garbled")}], clause),
        outcome("refused-and-garbled", "fail", [{"refused": True, "step": step}, {"wrote": event("garbled")}], clause),
    ]


def sent(steps, records, clause):
    """Sends that must reach the peer."""
    return [
        outcome("written", "pass", [*({"wrote": r} for r in records), {"unwritten": event("garbled")}]),
        outcome("refused", "fail", [{"steps": list(steps), "refused": "some"}], clause),
        outcome("garbled", "fail", [{"wrote": event("garbled")}], clause),
        outcome("not-written", "fail", [{"unwritten": event("garbled")}], clause),
    ]


def limited(value):
    return {"frame": "SETTINGS", "settings": [["MAX_CONCURRENT_STREAMS", value]]}


def concurrency():
    def case(name, title, role, items, outcomes, ids=("9113-5.1.2-2",), why=None, level="MUST", limit=1, **more):
        config = {} if limit is None else {"config": {"max-concurrent-streams": limit}}
        return a_case(f"h2.concurrency.{name}", title, role, ids, why or "A limit that is announced and not kept lets a peer choose how much work there is.",
                      ["concurrency", *(["valid"] if "twin" not in more and level != "OBSERVE" else [])], build(items), outcomes, level, **config, **more)
    one, three, five = [asked(1), ended(1)], [asked(3), ended(3)], [asked(5), ended(5)]
    twin = {"twin": "h2.concurrency.one-after-the-other"}
    free = "Streams that are over do not count: who counts them stops answering after so many requests."
    yield case("one-after-the-other", "Limit 1: a second request behind the first one's answer", "server",
               ["<start", "<get", ">response-end", get(3)], valid([*one, *three], COUNTS), why=free)
    yield case("open", "Limit 1: a second request while the first one's content is to come", "server",
               ["<start", "<post", get(3)], over_limit(3), **twin)
    yield case("half-closed-remote", "Limit 1: a second request while the first is not answered", "server",
               ["<start", "<get", get(3)], over_limit(3), **twin)
    yield case("half-closed-local", "Limit 1: a second request while the answered first one goes on", "server",
               ["<start", "<post", ">response-end", get(3)], over_limit(3), **twin)
    yield case("answer-begun", "Limit 1: a second request while the first one's answer goes on", "server",
               ["<start", "<get", respond(1, False), get(3)], over_limit(3), **twin)
    yield case("after-peer-reset", "Limit 1: a second request behind a RST_STREAM of the first", "server",
               ["<start", "<post", "<cancel", get(3)], valid([asked(1, "POST"), event("reset", stream=1), *three], COUNTS), why=free)
    yield case("after-own-reset", "Limit 1: a second request behind the server's RST_STREAM of the first", "server",
               ["<start", "<post", ">reset", get(3)], valid([asked(1, "POST"), *three], COUNTS), why=free)
    yield case("after-content", "Limit 1: a second request behind the first one's content and answer", "server",
               ["<start", "<post", {"frame": "DATA", "stream": 1, "flags": [ES], "data": "ok"}, ">response-end", get(3)],
               valid([asked(1, "POST"), event("data", stream=1, bytes="ok"), ended(1), *three], COUNTS), why=free)
    yield case("trailers", "Limit 1: trailers of the one request", "server",
               ["<start", "<post", headers(1, [["x", "y"]], True)], valid([asked(1, "POST"), ended(1)], "9113 5.1.2: no stream is opened"),
               why="Only HEADERS that open a stream are counted.")
    yield case("priority", "Limit 1: PRIORITY for five more streams, then the one request", "server",
               ["<start", *({"frame": "PRIORITY", "stream": n, "priority": {"depends": 0, "weight": 16}} for n in (3, 5, 7, 9, 11)), "<get"],
               valid(one, "9113 5.1.2: idle streams do not count"), ids=("9113-5.1.2-2", "9113-6.3-i1"), why="Only streams that are open are counted.")
    yield case("skipped", "Limit 1: a request on stream 9", "server", ["<start", get(9)], valid([asked(9), ended(9)], COUNTS),
               ids=("9113-5.1.2-2", "9113-5.1.1-i1"), why="Streams that were skipped are closed and do not count.")
    yield case("two", "Limit 2: two requests at a time", "server", ["<start", "<get", get(3)], valid([*one, *three], COUNTS), limit=2,
               why="The limit is a number of streams that are allowed, not one of streams that are not.")
    yield case("three-of-two", "Limit 2: three requests at a time", "server", ["<start", "<get", get(3), get(5)], over_limit(5), limit=2,
               twin="h2.concurrency.two")
    yield case("zero", "Limit 0: a request", "server", ["<start", "<get"], over_limit(1), limit=0, ids=("9113-5.1.2-2", "9113-6.5.2-8"),
               twin="h2.concurrency.one-after-the-other", why="0 is a limit like any other, not the absence of one.")
    go_on = [outcome("goes-on", "pass", [{"seen": rejected("stream", ["REFUSED_STREAM", PROTOCOL, INTERNAL], 3)}, {"seen": asked(5)}, {"never": asked(3)}]),
             outcome("connection-error", "pass", [{"seen": rejected("connection", [PROTOCOL, "REFUSED_STREAM", INTERNAL])}, {"never": asked(3)}], INSTEAD),
             outcome("stuck", "fail", [{"seen": event("rejected")}], "9113 5.1.2: the refused stream is closed and does not count"),
             outcome("accepted", "fail", [{"never": event("rejected")}], f"{LIMIT}: a stream error")]
    yield case("refused-is-free", "Limit 1: a request behind one that was refused and one that was answered", "server",
               ["<start", "<get", get(3), ">response-end", get(5)], go_on, **twin,
               why="Refused streams that go on counting use the limit up for good.")
    names = [{"literal": [n, v]} for n, v in request_fields("GET", "/3")]
    late = [{"literal": [n, v]} for n, v in request_fields("GET", "/5")]
    with_field = {**asked(5), "fields": [["x-late", "y"]]}
    yield case("refused-compression", "Limit 1: the refused request adds an entry that the next one uses", "server",
               ["<start", "<get", {"frame": "HEADERS", "stream": 3, "flags": [ES, EH], "hpack": [*names, {"literal": ["x-late", "y"], "index": "add"}]},
                ">response-end", {"frame": "HEADERS", "stream": 5, "flags": [ES, EH], "hpack": [*late, {"indexed": 62}]}],
               [outcome("goes-on", "pass", [{"seen": rejected("stream", ["REFUSED_STREAM", PROTOCOL, INTERNAL], 3)}, {"seen": with_field}, {"never": asked(3)}]),
                *go_on[1:2],
                outcome("misread", "fail", [{"seen": event("rejected")}], "9113 4.3: a field block MUST be decompressed, also where it is thrown away"),
                go_on[3]], **twin,
               why="A refused block that is not decoded leaves a table that differs: the next request has somebody else's fields.")
    yield case("not-acknowledged", "Limit 1 that is not acknowledged yet: two requests at a time", "server",
               [MAGIC, SETTINGS, "<get", get(3)],
               [outcome("stream-error", "seen", [{"seen": rejected("stream")}], "9113 5.1.2: its advertised limit"),
                outcome("connection-error", "seen", [{"seen": rejected("connection")}], "9113 5.1.2: its advertised limit"),
                outcome("accepted", "seen", [{"never": event("rejected")}], "9113 6.5.3: the peer has not applied it yet")],
               ids=(), level="OBSERVE", why="A client that has not seen the limit sends more; who answers with REFUSED_STREAM loses nothing.")
    yield case("of-the-other", "The client's limit is 1, and it has three requests at a time", "server",
               [MAGIC, limited(1), ACK, "<get", get(3), get(5)], valid([*one, *three, *five], "9113 5.1.2: the limit applies only to the peer that receives it"),
               limit=None, why="The limit of one side read as that of the other stops it for nothing.")
    yield case("pushes-apart", "Limit 1: a request while a pushed response goes on", "server",
               ["<start", "<get", ">push", ">response2", ">response-end", get(3)], valid([*one, *three], "9113 5.1.2: the limit is of streams that the client opens"),
               why="Streams of both sides counted together: a push would lock the client out.")
    # A client's limit, for what a server pushes.
    chose = outcome("promise-refused", "pass", [{"seen": rejected("stream", ["REFUSED_STREAM", "CANCEL"])}, {"never": rejected("connection")}],
                    "9113 6.6: recipients can choose to reject promised streams")
    first = [pushed(1, 2), pushed(1, 4)]
    start = [">get", "<settings", "<promise", "<promise4"]
    push_why = "A page pushes a dozen files at once: promises cost a number, responses cost content."
    yield case("reserved", "Limit 1: two promises to a client", "client", [*start, answer(1, True)],
               [*valid([*first, responded(1), ended(1)], "9113 5.1.2: reserved streams do not count")[:1], chose,
                *valid([], "9113 5.1.2: reserved streams do not count")[1:]], ids=("9113-5.1.2-i1",), why=push_why)
    yield case("reserved-zero", "Limit 0: a promise to a client", "client", [">get", "<settings", "<promise", answer(1, True)],
               [*valid([first[0], responded(1), ended(1)], "9113 8.4.2: this does not prevent promises")[:1], chose,
                *valid([], "9113 8.4.2: this does not prevent promises")[1:]], ids=("9113-5.1.2-i1",), limit=0, why=push_why)
    yield case("pushed-in-turn", "Limit 1: two pushed responses, one after the other", "client",
               [*start, answer(2, True), answer(4, True)],
               [*valid([*first, responded(2), ended(2), responded(4), ended(4)], COUNTS)[:1], chose, *valid([], COUNTS)[1:]], why=push_why)
    yield case("pushed-two", "Limit 1: two pushed responses at a time", "client", [*start, answer(2), answer(4)], over_limit(4, [chose]),
               twin="h2.concurrency.pushed-in-turn")
    yield case("pushed-zero", "Limit 0: a pushed response", "client", [">get", "<settings", "<promise", answer(2)], over_limit(2, [chose]),
               limit=0, twin="h2.concurrency.pushed-in-turn")
    yield case("of-the-other-client", "Limit 1 of a client that has two requests at a time", "client",
               [ask(1), ask(3), "<settings", answer(1, True), answer(3, True)],
               valid([responded(1), ended(1), responded(3), ended(3)], "9113 5.1.2: the limit applies only to the peer that receives it"),
               why="The limit of one side read as that of the other stops it for nothing.")
    # The peer's limit.
    send_why = "The peer answers with REFUSED_STREAM or ends the connection, and each attempt costs a round trip."

    def sends(name, title, role, items, outcomes, ids=("9113-5.1.2-1",), **more):
        return a_case(f"h2.concurrency.{name}", title, role, ids, send_why if "twin" in more else free,
                      ["concurrency", "send"], build(items), outcomes, "MUST NOT" if "twin" in more else "MUST", needs=["output"], **more)
    in_turn = {"twin": "h2.concurrency.send-in-turn"}
    begin = [ask(1), limited(1), ACK]
    written3, over = event("HEADERS", stream=3), "9113 5.1.2: endpoints MUST NOT exceed the limit set by their peer"
    yield sends("send-in-turn", "The server's limit is 1: a request behind the first one's response", "client",
                [*begin, answer(1, True), ask(3)], sent([0, 2], [written3], COUNTS))
    yield sends("send-two", "The server's limit is 1: two requests at a time", "client", [*begin, ask(3)], not_sent(2, written3, over), **in_turn)
    yield sends("send-half-closed-remote", "The server's limit is 1: a request while the first goes on behind its response", "client",
                [ask(1, False, "POST"), limited(1), ACK, answer(1, True), ask(3)], not_sent(2, written3, over), **in_turn)
    yield sends("send-zero", "The server's limit is 0: another request", "client", [ask(1), limited(0), ACK, answer(1, True), ask(3)],
                not_sent(2, written3, over), **in_turn)
    yield sends("send-lowered", "The server lowers its limit from 2 to 1: a third request", "client",
                [ask(1), limited(2), ACK, ask(3), limited(1), answer(1, True), ask(5)], not_sent(4, event("HEADERS", stream=5), over), **in_turn)
    yield sends("send-raised", "The server raises its limit from 1 to 2: a second request", "client", [*begin, limited(2), ask(3)],
                sent([0, 2], [written3], "9113 5.1.2: the limit is 2"))
    yield sends("send-after-peer-reset", "The server's limit is 1: a request behind a RST_STREAM of the first", "client",
                [*begin, cancel(1), ask(3)], sent([0, 2], [written3], COUNTS))
    yield sends("send-after-own-reset", "The server's limit is 1: a request behind the client's RST_STREAM", "client",
                [*begin, ">reset", ask(3)], sent([0, 2, 3], [written3], COUNTS))
    pushing = [MAGIC, limited(1), ACK, "<get", ">push", push(1, 4)]
    yield sends("send-promises", "The client's limit is 1: two promises", "server", pushing,
                sent([1, 2], [event("PUSH_PROMISE", promised=2), event("PUSH_PROMISE", promised=4)], "9113 5.1.2: reserved streams do not count"),
                ids=("9113-5.1.2-1", "9113-5.1.2-i1"))
    yield sends("send-pushed-in-turn", "The client's limit is 1: two pushed responses, one after the other", "server",
                [*pushing, respond(2), respond(4)], sent([1, 2, 3, 4], [event("HEADERS", stream=2), event("HEADERS", stream=4)], COUNTS))
    yield sends("send-pushed-two", "The client's limit is 1: two pushed responses at a time", "server",
                [*pushing, ">response2", respond(4)], not_sent(4, event("HEADERS", stream=4), over), twin="h2.concurrency.send-pushed-in-turn")


FILES = {"pushed": states, "concurrency": concurrency}


def used_lets(cases):
    text = json.dumps(cases)
    return {name: form for name, form in LETS.items() if json.dumps({"let": name}) in text}


def document(suite, cases):
    cases = list(cases)
    return {"format": 1, "protocol": "http2", "suite": suite, "lets": used_lets(cases), "cases": cases}


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "http2" / "streams"
    stale = []
    for name, cases in FILES.items():
        path, made = folder / f"{name}.json", document(f"streams/{name}", cases())
        if "--check" not in sys.argv:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(made, indent=1) + "\n")
        elif not path.exists() or json.loads(path.read_text()) != made:
            stale.append(str(path))
    if stale:
        sys.exit("not what the generator makes: " + ", ".join(stale))


if __name__ == "__main__":
    main()
