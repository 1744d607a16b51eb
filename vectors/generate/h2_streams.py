#!/usr/bin/env python3
"""States of promised streams, trailers, own identifiers, concurrency, pushes (RFC 9113, 5.1, 6.6, 8.4).

The states of requested streams are h2_states.py's.

    python3 vectors/generate/h2_streams.py            writes vectors/http2/streams/{pushed,concurrency,push,send}.json
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
client  promise-refused     own     own      own       ok        own         -             -              stray         ok
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
               "<cancel": [event("reset", stream=1, code="CANCEL", optional=True)], "<cancel2": [event("reset", stream=2, code="CANCEL", optional=True)]},
    "client": {"<promise": [pushed(1, 2)], "<promise4": [pushed(1, 4)], "<response2": [responded(2)],
               "<response-end": [responded(1), ended(1)], "<cancel": [event("reset", stream=1, code="CANCEL", optional=True)]},
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
    off = more.get("config", {}).get("enable-push") == 0 and level != "OBSERVE"  # who does not know push refuses it, too
    if off:
        needs.discard("push")
    elif "push" in sent or "PUSH_PROMISE" in json.dumps(steps) and role == "client" or '"promise' in json.dumps(steps):
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
        "rst-stream": (cancel(stream, INTERNAL), [event("reset", stream=stream, code=INTERNAL, optional=True)]),
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
        ids = ["9113-5.1.1-4", "9113-5.1.1-3", "9113-5.1-14"]
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
                    "9113 5.1: minimal processing for all streams that are closed, against its SHOULD for frames not expressly permitted"),
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
                 [outcome("read", "pass", [{"seen": pushed(1, 2)}, {"seen": responded(1)}, {"seen": ended(1)}, {"never": event("rejected")}]),
                  *valid([], "9113 6.3: PRIORITY does not affect the state of any stream")[1:]])


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


def not_sent(step, record, clause):
    """A send that must not reach the peer."""
    unwritten, wrote = {"unwritten": record}, {"wrote": record}
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
        outcome("refused", "fail", [{"steps": list(steps), "refused": "some"} if len(steps) > 1 else {"refused": True, "step": steps[0]}], clause),
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
             outcome("closed", "pass", [{"refused": True, "step": 1}, {"seen": rejected("connection", [PROTOCOL, "REFUSED_STREAM", INTERNAL])}, {"never": asked(3)}],
                     INSTEAD),
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
                *go_on[1:3],
                outcome("misread", "fail", [{"seen": event("rejected")}], "9113 4.3: a field block MUST be decompressed, also where it is thrown away"),
                go_on[4]], **twin,
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
    chose = outcome("promise-refused", "pass", [{"seen": rejected("stream")}, {"never": rejected("stream", None, 1)}, {"never": rejected("connection")},
                                                {"never": responded(4)}],
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


# --- pushes, to a client --------------------------------------------------------------------------------------------

# How the clause is read, where it takes a second one.
READ = {
    "content-length": " A Content-Length above zero indicates the presence of request content.",
    "options": " OPTIONS is safe and not cacheable (9110 9.3.7): 8.4 asks for both.",
    "trace": " TRACE is safe and not cacheable (9110 9.3.8): 8.4 asks for both.",
}
MALFORMED = [  # a promise's fields, one thing wrong (or right): name, in a title, fields, requirements, clause
    ("post", "of POST", request_fields("POST", "/2"), ["9113-8.4-2", "9113-8.4.1-3"], "9113 8.4: not safe"),
    ("put", "of PUT", request_fields("PUT", "/2"), ["9113-8.4-2", "9113-8.4.1-3"], "9113 8.4: not safe"),
    ("delete", "of DELETE", request_fields("DELETE", "/2"), ["9113-8.4-2", "9113-8.4.1-3"], "9113 8.4: not safe"),
    ("unknown-method", "of a method that nobody knows", request_fields("FROB", "/2"), ["9113-8.4-2"], "9113 8.4: not known to be safe"),
    ("lower-case-method", "of get in lower case", request_fields("get", "/2"), ["9113-8.4-2"], "9113 8.4: not known to be safe"),
    ("options", "of OPTIONS, which is not cacheable", request_fields("OPTIONS", "/2"), ["9113-8.4-2"], "9113 8.4: not cacheable"),
    ("trace", "of TRACE, which is not cacheable", request_fields("TRACE", "/2"), ["9113-8.4-2"], "9113 8.4: not cacheable"),
    ("connect", "of CONNECT", [[":method", "CONNECT"], [":authority", "a:443"]], ["9113-8.4-2", "9113-8.4.1-3"], "9113 8.4: not safe"),
    ("content-length", "with Content-Length: 5", [*request_fields("GET", "/2"), ["content-length", "5"]], ["9113-8.4-2"], "9113 8.4: request content"),
    ("no-method", "without :method", request_fields("GET", "/2")[1:], ["9113-8.4.1-3"], "9113 8.4.1: not complete"),
    ("no-scheme", "without :scheme", [f for f in request_fields("GET", "/2") if f[0] != ":scheme"], ["9113-8.4.1-3"], "9113 8.4.1: not complete"),
    ("no-path", "without :path", request_fields("GET", "/2")[:3], ["9113-8.4.1-3"], "9113 8.4.1: not complete"),
    ("empty-path", "with an empty :path", request_fields("GET", ""), ["9113-8.4.1-3"], "9113 8.4.1: not valid"),
    ("status", "with :status", [*request_fields("GET", "/2"), [":status", "200"]], ["9113-8.4.1-3"], "9113 8.4.1: not valid"),
    ("two-methods", "with two :method", [[":method", "GET"], *request_fields("GET", "/2")], ["9113-8.4.1-3"], "9113 8.4.1: not valid"),
    ("late-pseudo", "with :path behind a field", [*request_fields("GET", "/2")[:3], ["x", "y"], [":path", "/2"]], ["9113-8.4.1-3"], "9113 8.4.1: not valid"),
    ("connection", "with Connection: close", [*request_fields("GET", "/2"), ["connection", "close"]], ["9113-8.4.1-3"], "9113 8.4.1: not valid"),
    ("transfer-encoding", "with Transfer-Encoding: chunked", [*request_fields("GET", "/2"), ["transfer-encoding", "chunked"]],
     ["9113-8.4.1-3", "9113-8.4-2"], "9113 8.4.1: not valid"),
]

NUMBERS = [  # what is promised: name, in a title, what comes first, the events of it, the promised stream
    ("zero", "stream 0", [], [], 0),
    ("odd-idle", "stream 5, which is the client's", [], [], 5),
    ("odd-higher", "stream 2147483647, which is the client's", [], [], 2147483647),
    ("itself", "the stream that it is on", [], [], 1),
    ("requested", "another stream that was requested", [], [], 3),
    ("reserved-again", "stream 2 a second time", [promise(1, 2)], [pushed(1, 2)], 2),
    ("open-again", "stream 2 while its response goes on", [promise(1, 2), answer(2)], [pushed(1, 2), responded(2)], 2),
    ("ended-again", "stream 2 behind its response", [promise(1, 2), answer(2, True)], [pushed(1, 2), responded(2), ended(2)], 2),
    ("reset-again", "stream 2 behind its RST_STREAM", [promise(1, 2), cancel(2)], [pushed(1, 2), event("reset", stream=2)], 2),
    ("lower", "stream 2 behind stream 4", [promise(1, 4)], [pushed(1, 4)], 2),
    ("behind-largest", "stream 2 behind stream 2147483646", [promise(1, 2147483646)], [pushed(1, 2147483646)], 2),
]


def pushes():
    open_ = [">get", ask(3), "<settings"]
    rest, done = answer(1, True), [responded(1), ended(1)]
    why_ok = "Servers that push do this, and a client that announced nothing else takes it."

    def good(name, title, items, events, ids=("9113-6.6-13",), why=why_ok, extra=(), **more):
        outs = valid(events, "9113 8.4: a valid push")
        outs[1:1] = [outcome("promise-refused", "pass", [{"seen": rejected("stream", ["REFUSED_STREAM", "CANCEL"])}, {"never": rejected("connection")},
                                                         *({"seen": e} for e in events if e.get("stream") in (1, 3) and e["event"] == "response")],
                             "9113 6.6: recipients can choose to reject promised streams"),
                     outcome("other-order", "pass", [{"never": event("rejected")}, *({"seen": e} for e in events if not e.get("optional"))],
                             "9113 5: streams are independent, and an interface may show them apart"), *extra]
        return a_case(f"h2.push.{name}", title, "client", ids, why, ["push", "valid"], build(items), outs, **more)
    body = {"frame": "DATA", "stream": 2, "flags": [ES], "data": "pushed"}
    got = [responded(2), event("data", stream=2, bytes="pushed"), ended(2)]
    yield good("plain", "A promise, the response, and the pushed response", [*open_, "<promise", rest, answer(2), body], [pushed(1, 2), *done, *got],
               ["9113-6.6-13", "9113-8.4-2"])
    yield good("before-response", "A pushed response before the one that was asked for", [*open_, "<promise", answer(2), body, rest],
               [pushed(1, 2), *got, *done])
    yield good("after-head", "A promise behind the response's head", [*open_, answer(1), "<promise", {"frame": "DATA", "stream": 1, "flags": [ES], "data": "x"}, answer(2, True)],
               [responded(1), pushed(1, 2), event("data", stream=1, bytes="x"), ended(1), responded(2), ended(2)])
    yield good("inside-content", "A promise between two DATA frames",
               [*open_, answer(1), {"frame": "DATA", "stream": 1, "data": "x"}, "<promise", {"frame": "DATA", "stream": 1, "flags": [ES], "data": "y"}, answer(2, True)],
               [responded(1), event("data", stream=1, bytes="x"), pushed(1, 2), event("data", stream=1, bytes="y"), ended(1), responded(2), ended(2)], extra=[
                   outcome("joined", "pass", [{"never": event("rejected")}, {"seen": pushed(1, 2)}, {"seen": event("data", stream=1, bytes="xy")}, {"seen": ended(2)}],
                           "9113 5: streams are independent, and an interface may show them apart")])
    yield good("head", "A promise of HEAD, and its response", [*open_, promise(1, 2, request_fields("HEAD", "/2")), rest, answer(2, True)],
               [{**pushed(1, 2), "method": "HEAD"}, *done, responded(2), ended(2)], ["9113-8.4-2", "9113-8.4.1-3"])
    yield good("fields", "A promise with fields of its own", [*open_, promise(1, 2, [*request_fields("GET", "/2"), ["accept", "text/css"]]), rest, answer(2, True)],
               [{**pushed(1, 2), "fields": [["accept", "text/css"]]}, *done, responded(2), ended(2)], ["9113-8.4.1-3"])
    yield good("interim", "103 and then 200 on a pushed stream", [*open_, "<promise", rest, answer(2, status="103"), answer(2, True)],
               [pushed(1, 2), *done, event("interim", stream=2, status=103, optional=True), responded(2), ended(2)], ["9113-5.1-7"])
    yield good("trailers", "A pushed response with trailers", [*open_, "<promise", rest, answer(2), headers(2, [["x", "y"]], True)],
               [pushed(1, 2), *done, responded(2), ended(2)], ["9113-5.1-7"])
    yield good("two", "Two promises, and their responses in the other order", [*open_, "<promise", "<promise4", rest, answer(4, True), answer(2, True)],
               [pushed(1, 2), pushed(1, 4), *done, responded(4), ended(4), responded(2), ended(2)], ["9113-6.6-15", "9113-6.6-1"],
               "9113 6.6: promised streams are not required to be used in the order they are promised.")
    yield good("on-two", "Promises on two streams", [*open_, promise(3, 2), promise(1, 4), rest, answer(3, True)],
               [pushed(3, 2), pushed(1, 4), *done, responded(3), ended(3)], ["9113-6.6-15", "9113-6.6-1"])
    yield good("skipped", "A promise of stream 6 that skips two", [*open_, promise(1, 6), rest, answer(6, True)],
               [pushed(1, 6), *done, responded(6), ended(6)], ["9113-6.6-15", "9113-5.1.1-i1"])
    yield good("largest", "A promise of stream 2147483646", [*open_, promise(1, 2147483646), rest, answer(2147483646, True)],
               [pushed(1, 2147483646), *done, responded(2147483646), ended(2147483646)], ["9113-6.6-15", "9113-5.1.1-3"])
    yield good("enabled", "A promise to a client that announced ENABLE_PUSH 1", [*open_, "<promise", rest], [pushed(1, 2), *done],
               ["9113-6.6-9"], config={"enable-push": 1})
    yield good("cancelled", "A promise that the server takes back", [*open_, "<promise", cancel(2), rest],
               [pushed(1, 2), event("reset", stream=2, code="CANCEL", optional=True), *done], ["9113-5.1-7"])
    yield good("padded", "A promise with padding", [*open_, {**promise(1, 2), "pad": 7}, rest], [pushed(1, 2), *done], ["9113-6.6-16", "9113-6.6-3"])
    # Padding.
    twin = "h2.push.padded"
    for name, title, size in (("padding-all", "the payload's length", 3), ("padding-over", "more than the payload's length", 255)):
        payload = [{"hex": "03" if size == 3 else "ff"}, {"hex": "00 00 00"}] if size == 3 else [{"hex": "ff 00 00 00 02 82 84 86"}]
        ids = ["9113-6.6-16"]
        frame = {"frame": "PUSH_PROMISE", "stream": 1, "flags": ["PADDED", EH],
                 "payload": [{"hex": "08 00 00 00 02"}, {"hex": "82 84 86"}] if size == 3 else payload}
        yield a_case(f"h2.push.{name}", f"A promise with padding of {title}", "client", ids, "A length that is subtracted without a look is huge.",
                     ["push", "padding"], build([*open_, frame]), connection_error(PROTOCOL, "9113 6.6", never=[event("pushed")]), twin=twin)
    block = {"hpack": [{"indexed": 2}, {"indexed": 6}, {"indexed": 4}, {"literal": [1, "a"]}]}
    frame = {"frame": "PUSH_PROMISE", "stream": 1, "flags": ["PADDED", EH], "payload": [{"hex": "02 00 00 00 02"}, block, {"hex": "00 01"}]}
    yield a_case("h2.push.padding-not-zero", "A promise whose padding is not zeros", "client", ["9113-6.6-3"], "Padding that says something is a channel for it.",
                 ["push", "padding"], build([*open_, frame, rest]),
                 [outcome("read", "pass", [{"seen": event("pushed", stream=1, promised=2)}, *({"seen": e} for e in done), {"never": event("rejected")}],
                          "9113 6.6: a receiver is not obligated to verify padding"),
                  outcome("connection-error", "pass", [{"seen": rejected("connection", [PROTOCOL, INTERNAL])}], "9113 6.6: MAY treat it as a connection error"),
                  outcome("promise-refused", "pass", [{"seen": rejected("stream", ["REFUSED_STREAM", "CANCEL"], 2)}], "9113 6.6: recipients can choose to reject promised streams"),
                  outcome("wrong-code", "fail", [{"seen": event("rejected")}], "9113 6.6: PROTOCOL_ERROR"),
                  outcome("misread", "fail", [{"never": event("rejected")}], "9113 6.6: read, or a connection error")], "MAY")
    # Push is off.
    off = {"config": {"enable-push": 0}}
    yield a_case("h2.push.disabled", "A promise to a client that announced ENABLE_PUSH 0, acknowledged", "client", ["9113-6.6-9", "9113-6.5.2-2"],
                 "Content that the client said it does not want takes its line and its memory.", ["push", "error-code"],
                 build([*open_, "<promise"]), connection_error(PROTOCOL, "9113 6.6", never=[event("pushed")]), twin="h2.push.enabled", **off)
    yield a_case("h2.push.disabled-other-stream", "ENABLE_PUSH 0 acknowledged: a promise behind a response's head", "client", ["9113-6.6-9", "9113-6.5.2-2"],
                 "Content that the client said it does not want takes its line and its memory.", ["push", "error-code"],
                 build([*open_, answer(3), promise(3, 2)]), connection_error(PROTOCOL, "9113 6.6", never=[event("pushed")]),
                 twin="h2.push.enabled", **off)
    yield a_case("h2.push.disabled-not-acknowledged", "A promise before the client's ENABLE_PUSH 0 is acknowledged", "client", [],
                 "The promise was on its way when the setting came: the server did nothing wrong.", ["push"],
                 build([">get", SETTINGS, "<promise", rest]),
                 [outcome("connection-error", "seen", [{"seen": rejected("connection")}], "9113 6.6: an error only when it is acknowledged"),
                  outcome("promise-refused", "seen", [{"seen": rejected("stream")}], "9113 6.6: recipients can choose to reject promised streams"),
                  outcome("accepted", "seen", [{"never": event("rejected")}], "9113 6.6: an error only when it is acknowledged")],
                 "OBSERVE", needs=["push"], **off)
    # The promised number.
    for name, title, items, events, number in NUMBERS:
        ids = ["9113-6.6-15", *(["9113-5.1.1-2", "9113-5.1.1-4"] if number % 2 else ["9113-5.1.1-3", "9113-5.1.1-4"])]
        if not number:
            ids = ["9113-6.6-15"]
        yield a_case(f"h2.push.promised-{name}", f"A promise of {title}", "client", ids,
                     "Two messages under one number: the response of one is taken for that of the other.", ["push", "stream-id", "error-code"],
                     build([*open_, *items, promise(1, number, request_fields("GET", "/late"))]),
                     connection_error(PROTOCOL, "9113 6.6", never=[event("pushed", path="/late")]), twin="h2.push.two")
    # The promised request.
    for name, title, fields, ids, clause in MALFORMED:
        yield a_case(f"h2.push.request-{name}", f"A promise {title}", "client", ids,
                     "A pushed response stands in the cache for a request that nobody would have made." + READ.get(name, ""), ["push", "messages"],
                     build([*open_, promise(1, 2, fields), rest]), stream_error(2, PROTOCOL, clause, [
                         outcome("wrong-stream", "fail", [{"seen": rejected("stream", None, 1)}], f"{clause}: an error of the promised stream"),
                         outcome("refused-otherwise", "fail", [{"seen": rejected("stream", ["REFUSED_STREAM", "CANCEL"], 2)}], f"{clause}: PROTOCOL_ERROR"),
                     ], [event("pushed", promised=2)]), needs=["messages"], twin="h2.push.plain")
    yield a_case("h2.push.request-goes-on", "A promise of POST, a good promise, and the response", "client", ["9113-8.4-2", "9113-8.4.1-3"],
                 "One bad promise is no reason to lose what was asked for.", ["push", "messages"],
                 build([*open_, promise(1, 2, request_fields("POST", "/2")), promise(1, 4), rest, answer(4, True)]),
                 [outcome("goes-on", "pass", [{"seen": rejected("stream", [PROTOCOL, INTERNAL], 2)}, {"seen": responded(1)}, {"never": event("pushed", promised=2)}]),
                  outcome("connection-error", "pass", [{"seen": rejected("connection", [PROTOCOL, INTERNAL])}], INSTEAD),
                  outcome("wrong-code", "fail", [{"seen": event("rejected")}], "9113 8.4: PROTOCOL_ERROR on the promised stream"),
                  outcome("accepted", "fail", [{"never": event("rejected")}], "9113 8.4: not safe")], needs=["messages"], twin="h2.push.two")
    for name, title, fields in (("content-length-0", "with Content-Length: 0", [*request_fields("GET", "/2"), ["content-length", "0"]]),
                                ("no-authority", "without :authority", [f for f in request_fields("GET", "/2") if f[0] != ":authority"])):
        yield a_case(f"h2.push.request-{name}", f"A promise {title}", "client", [], "Implementations differ in what a complete request of no content is.",
                     ["push", "messages"], build([*open_, promise(1, 2, fields), rest]),
                     [outcome("connection-error", "seen", [{"seen": rejected("connection")}], "9113 5.4.1: in place of a stream error"),
                      outcome("stream-error", "seen", [{"seen": rejected("stream")}], "9113 8.4.1: not a complete and valid request"),
                      outcome("accepted", "seen", [{"never": event("rejected")}], "9113 8.4: no content is indicated; 8.3.1: :authority may be missing")],
                     "OBSERVE", needs=["messages"])
    yield a_case("h2.push.behind-own-reset", "A promise on a stream that the client reset, and its response", "client", ["9113-6.6-14", "9113-5.1-11"],
                 "The promise was on its way when the reset was sent, and so is its response. By 5.1 the promised stream is reserved (remote) even so: its HEADERS are no error.", ["push", "valid"],
                 build([*open_, ">reset", "<promise", answer(2, True), answer(3, True)]),
                 [outcome("handled", "pass", [{"never": event("rejected")}, {"seen": responded(3)}]),
                  outcome("promise-refused", "pass", [{"seen": rejected("stream", None, 2)}, {"never": rejected("connection")}, {"seen": responded(3)}],
                          "9113 6.6: recipients can choose to reject promised streams"),
                  outcome("refused", "fail", [{"seen": event("rejected")}], "9113 5.1: the promised stream becomes reserved (remote)"),
                  outcome("stuck", "fail", [{"never": event("rejected")}], "9113 5.1: what comes behind it is lost")])
    # To a server.
    for name, title, items in (("to-server", "with an even promised stream", ["<start", "<post", promise(1, 2)]),
                               ("to-server-first", "as the first frame", ["<start", promise(1, 2)]),
                               ("to-server-odd", "of the client's own next stream", ["<start", "<get", promise(1, 3)]),
                               ("to-server-on-0", "on stream 0", ["<start", promise(0, 2)])):
        yield a_case(f"h2.push.{name}", f"A client's PUSH_PROMISE {title}", "server", ["9113-8.4-7", "9113-8.4.1-5"],
                     "A client cannot push: what is promised to a server is a request in disguise.", ["push", "error-code"], build(items),
                     connection_error(PROTOCOL, "9113 8.4"), twin="h2.stream-states.open-whole-block-server")


# --- what is sent, by state -----------------------------------------------------------------------------------------

def sending():
    why = "The peer ends the connection, and every request that is under way goes with it."

    def bad(name, title, role, ids, items, record, clause, twin, level="MUST NOT", **more):
        steps = build(items)
        return a_case(f"h2.stream-send.{name}", title, role, ids, why, ["send", "stream-state", "hostile"], steps,
                      not_sent(len(steps) - 1, record, clause), level, needs=["output", *more.pop("needs", [])], twin=twin, **more)

    def good(name, title, role, ids, items, records, clause, steps_, level="MUST", needs=()):
        return a_case(f"h2.stream-send.{name}", title, role, ids, "What is allowed must be possible.", ["send", "stream-state", "valid"], build(items),
                      sent(steps_, records, clause), level, needs=["output", *needs])
    window, trailer = act("window", stream=1, increment=1), act("end", stream=1, trailers=[["x", "y"]])
    data = act("data", stream=1, bytes="x", end=True)
    # Behind the peer's RST_STREAM: nothing but PRIORITY.
    gone, plain = "9113 6.4: after receiving a RST_STREAM no additional frames", "h2.stream-send.plain"
    yield good("plain-server", "A response, and credit for its request's content", "server", ["9113-6.4-1"], ["<start", "<post", window, respond(1)],
               [event("WINDOW_UPDATE", stream=1), event("HEADERS", stream=1)], "9113 5.1: an open stream", [1, 2])
    yield good("plain-client", "A request's content, and credit for its response's", "client", ["9113-6.4-1"],
               [">post", "<settings", answer(1), window, data],
               [event("WINDOW_UPDATE", stream=1), event("DATA", stream=1)], "9113 5.1: an open stream", [0, 2, 3])
    for role, begin in (("server", ["<start", "<post", "<cancel"]), ("client", [">post", "<settings", answer(1), "<cancel"])):
        actions = [("window", "Credit", window, "WINDOW_UPDATE"), ("reset", "A RST_STREAM", ACTIONS["reset"], "RST_STREAM")]
        if role == "server":
            actions += [("interim", "103", act("interim", stream=1, fields=[[":status", "103"]]), "HEADERS"),
                        ("empty", "A response without the end", respond(1, False), "HEADERS"), ("push", "A promise", push(1, 2), "PUSH_PROMISE")]
        else:
            actions += [("trailers", "Trailers", trailer, "HEADERS")]  # the request is HEADERS too
        for name, title, action, record in actions:
            ids = ["9113-6.4-1", "9113-5.1-9", *(["9113-5.4.2-4"] if name == "reset" else []), *(["9113-6.6-6", "9113-6.6-10"] if name == "push" else [])]
            yield bad(f"{name}-after-peer-reset-{role}", f"{title} on a stream that the {'client' if role == 'server' else 'server'} reset", role, ids,
                      [*begin, action], event(record, stream=1, **({"fields": {"has": [["x", "y"]]}} if name == "trailers" else {})), gone, f"{plain}-{role}")
    # RST_STREAM on what is idle.
    idle = "9113 6.4: RST_STREAM MUST NOT be sent for an idle stream"
    yield good("reset-server", "A RST_STREAM for an open stream", "server", ["9113-6.4-5"], ["<start", "<post", ">reset"], [event("RST_STREAM", stream=1)],
               "9113 5.1: an open stream", [1])
    yield good("reset-client", "A RST_STREAM for a request", "client", ["9113-6.4-5"], [">get", "<settings", ">reset"], [event("RST_STREAM", stream=1)],
               "9113 5.1: half-closed (local)", [0, 2])
    for role, begin, numbers in (("server", ["<start", "<get"], (3, 2, 0)), ("client", [">get", "<settings"], (0,))):  # 2 and 3 are h2.reset.idle-*
        for number in numbers:
            ids = ["9113-6.4-5"] if number else ["9113-6.4-3"]
            yield bad(f"reset-of-{number}-{role}", f"A RST_STREAM for {'idle stream ' + str(number) if number else 'stream 0'}, by a {role}", role, ids,
                      [*begin, act("reset", stream=number, code="CANCEL")], event("RST_STREAM", stream=number), idle if number else
                      "9113 6.4: RST_STREAM frames MUST be associated with a stream", f"h2.stream-send.reset-{role}", "MUST NOT" if number else "MUST")
    # Reserved streams.
    yield good("reserved-local-reset", "A server takes a promise back", "server", ["9113-5.1-3"], ["<start", "<get", ">push", ">reset2"],
               [event("PUSH_PROMISE", promised=2), event("RST_STREAM", stream=2)], "9113 5.1: RST_STREAM may be sent in reserved (local)", [1, 2])
    for name, title, action, record in (("window", "Credit", act("window", stream=2, increment=1), "WINDOW_UPDATE"),
                                        ("data", "Content", act("data", stream=2, bytes="x", end=True), "DATA"),
                                        ("push", "A promise", push(2, 4), "PUSH_PROMISE")):
        ids = ["9113-5.1-3", *(["9113-6.6-6", "9113-6.6-10"] if name == "push" else [])]
        yield bad(f"reserved-local-{name}", f"{title} of a server on a stream that it promised", "server", ids, ["<start", "<get", ">push", action],
                  event(record, stream=2), "9113 5.1: nothing but HEADERS, RST_STREAM and PRIORITY in reserved (local)", "h2.stream-send.reserved-local-reset")
    promised = [">get", "<settings", "<promise"]
    yield good("reserved-remote-reset", "A client refuses a promise", "client", ["9113-5.1-6"], [*promised, ">reset2"], [event("RST_STREAM", stream=2)],
               "9113 5.1: RST_STREAM may be sent in reserved (remote)", [0, 2], needs=["push"])
    for name, title, action, record in (("data", "Content", act("data", stream=2, bytes="x", end=True), "DATA"),
                                        ("trailers", "Trailers", act("end", stream=2, trailers=[["x", "y"]]), "HEADERS"),
                                        ("request", "A request", ask(2), "HEADERS"), ("response", "A response", respond(2), "HEADERS")):
        yield bad(f"reserved-remote-{name}", f"{title} of a client on a promised stream", "client", ["9113-5.1-6"], [*promised, action],
                  event(record, stream=2), "9113 5.1: nothing but RST_STREAM, WINDOW_UPDATE and PRIORITY in reserved (remote)", "h2.stream-send.reserved-remote-reset")
    # Promises: on what, and of what.
    yield good("push-two", "Two promises, in order", "server", ["9113-6.6-1", "9113-6.6-11", "9113-6.6-12", "9113-6.6-6"],
               ["<start", "<get", ">push", push(1, 4)], [event("PUSH_PROMISE", promised=2), event("PUSH_PROMISE", promised=4)], "9113 6.6: valid promises", [1, 2])
    yield good("push-open", "A promise while the request's content is to come", "server", ["9113-6.6-6", "9113-6.6-10", "9113-8.4.1-6"],
               ["<start", "<post", ">push"], [event("PUSH_PROMISE", stream=1, promised=2)], "9113 6.6: an open stream", [1])
    for name, title, ids, items, record, clause in (
            ("push-again", "A second promise of stream 2", ["9113-6.6-1", "9113-6.6-11", "9113-6.6-12"], ["<start", "<get", ">push", push(1, 2)],
             event("PUSH_PROMISE", promised=2), "9113 6.6: the promised stream MUST be idle"),
            ("push-pushed", "A second promise of stream 2 behind its response", ["9113-6.6-11", "9113-6.6-12"], ["<start", "<get", ">push", respond(2), push(1, 2)],
             event("PUSH_PROMISE", promised=2), "9113 6.6: the promised stream MUST be idle"),
            ("push-requested", "A promise of the stream that was requested", ["9113-6.6-11", "9113-5.1.1-2"], ["<start", "<get", push(1, 1)],
             event("PUSH_PROMISE", promised=1), "9113 6.6: a valid choice for a new stream"),
            ("push-zero", "A promise of stream 0", ["9113-6.6-11"], ["<start", "<get", push(1, 0)], event("PUSH_PROMISE", promised=0),
             "9113 6.6: a valid choice for a new stream"),
            ("push-on-idle", "A promise on a stream that nobody opened", ["9113-6.6-6", "9113-6.6-10"], ["<start", "<get", push(3, 2)],
             event("PUSH_PROMISE", stream=3), "9113 6.6: open or half-closed (remote)"),
            ("push-on-0", "A promise on stream 0", ["9113-6.6-6"], ["<start", "<get", push(0, 2)], event("PUSH_PROMISE", stream=0),
             "9113 6.6: on a peer-initiated stream"),
            ("push-on-pushed", "A promise on a stream that the server opened", ["9113-6.6-6"], ["<start", "<get", ">push", ">response2", push(2, 4)],
             event("PUSH_PROMISE", stream=2), "9113 6.6: on a peer-initiated stream"),
            ("push-half-closed-local", "A promise on a stream that the server ended", ["9113-6.6-6", "9113-6.6-10", "9113-8.4.1-6"],
             ["<start", "<post", ">response-end", ">push"], event("PUSH_PROMISE", stream=1), "9113 6.6: open or half-closed (remote)"),
            ("push-after-own-reset", "A promise on a stream that the server reset", ["9113-6.6-6", "9113-6.6-10"],
             ["<start", "<post", ">reset", ">push"], event("PUSH_PROMISE", stream=1), "9113 6.6: open or half-closed (remote)")):
        yield bad(name, title, "server", ids, items, record, clause, "h2.stream-send.push-two", "MUST NOT" if "9113-6.6-10" in ids else "MUST")
    # A client's own numbers.
    yield good("three-requests", "Requests on streams 1, 3 and 5", "client", ["9113-5.1.1-1", "9113-5.1.1-3"], [ask(1), ask(3), ask(5), "<settings"],
               [event("HEADERS", stream=n) for n in (1, 3, 5)], "9113 5.1.1: odd and ascending", [0, 1, 2])
    again = act("request", stream=1, fields=request_fields("GET", "/again"), end=True)
    late = event("HEADERS", stream=1, fields={"has": [[":path", "/again"]]})
    for name, title, ids, items, record in (
            ("request-even", "A client's request on stream 2", ["9113-5.1.1-1"], [ask(1), "<settings", ask(2)], event("HEADERS", stream=2)),
            ("request-0", "A client's request on stream 0", ["9113-5.1.1-1", "9113-6.2-5"], [ask(1), "<settings", ask(0)], event("HEADERS", stream=0)),
            ("request-again", "A client's second request on stream 1", ["9113-5.1.1-3"], [ask(1), "<settings", answer(1, True), again], late),
            ("request-lower", "A client's request on stream 1 behind stream 3", ["9113-5.1.1-3"],
             [ask(1), ask(3), "<settings", answer(1, True), answer(3, True), again], late)):
        yield bad(name, title, "client", ids, items, record, "9113 5.1.1: odd numbers, each greater than all before", "h2.stream-send.three-requests", "MUST")


FILES = {"pushed": states, "concurrency": concurrency, "push": pushes, "send": sending}


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
