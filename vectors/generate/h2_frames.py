#!/usr/bin/env python3
"""Every frame type by length, stream, flags and reserved bit, in both roles (RFC 9113, 4.1, 4.2 and 6).

    python3 vectors/generate/h2_frames.py            writes vectors/http2/frames/{size,stream,limit,flags,reserved}.json
    python3 vectors/generate/h2_frames.py --check    compares instead (as JSON: the layout is `wireproof vectors fmt`'s)
"""

import json
import pathlib
import sys

# --- the tables --------------------------------------------------------------------------------------------------

ROLES = ("server", "client")

# Frames with a size of their own: name, type, stream, extra members, size, wrong sizes, requirement, clause, scope.
# The scope is that of the error; a stream error may always be a connection error (5.4.1).
SIZES = [
    # label             type             stream ack    right     wrong                 ids                        scope
    ("priority",        "PRIORITY",      1,     False, [5],      [0, 4, 6, 10],        ["9113-6.3-2", "9113-5.4.1-3"], "stream"),
    ("rst-stream",      "RST_STREAM",    1,     False, [4],      [0, 3, 5, 8],         ["9113-6.4-7"],            "connection"),
    ("settings",        "SETTINGS",      0,     False, [0, 6, 12], [1, 2, 3, 4, 5, 7, 13], ["9113-6.5-9", "9113-6.5-8"], "connection"),
    ("settings-ack",    "SETTINGS",      0,     True,  [0],      [1, 6],               ["9113-6.5-5"],            "connection"),
    ("ping",            "PING",          0,     False, [8],      [0, 7, 9, 16],        ["9113-6.7-7"],            "connection"),
    ("ping-ack",        "PING",          0,     True,  [8],      [0, 7, 9],            ["9113-6.7-7"],            "connection"),
    ("goaway",          "GOAWAY",        0,     False, [8, 9],   [0, 4, 7],            ["9113-4.2-2", "9113-4.2-3"], "connection"),
    ("window-update",   "WINDOW_UPDATE", 0,     False, [4],      [0, 3, 5, 8],         ["9113-6.9-7"],            "connection"),
    ("stream-window-update", "WINDOW_UPDATE", 1, False, [4],     [0, 3, 5, 8],         ["9113-6.9-7"],            "connection"),
]

# Frames that cannot hold what their flags or their type promise: label, type, flags, wrong sizes, roles, ids, scope.
SHORT = [
    ("headers-priority", "HEADERS",      0x25, [0, 4], ROLES,       ["9113-4.2-2", "9113-4.2-3"], "connection"),
    ("headers-padded",   "HEADERS",      0x0c, [0],    ROLES,       ["9113-4.2-2", "9113-4.2-3"], "connection"),
    ("data-padded",      "DATA",         0x08, [0],    ROLES,       ["9113-4.2-2"],               "stream"),
    ("push-promise",     "PUSH_PROMISE", 0x04, [0, 3], ("client",), ["9113-4.2-2", "9113-4.2-3"], "connection"),
    ("push-promise-padded", "PUSH_PROMISE", 0x0c, [0, 4], ("client",), ["9113-4.2-2", "9113-4.2-3"], "connection"),
]

# Frames on a stream where they cannot be: label, type, ack, wrong streams, roles, ids.
STREAMS = [
    ("data",          "DATA",         False, [0],             ROLES, ["9113-6.1-5", "9113-6.1-4"]),
    ("headers",       "HEADERS",      False, [0],             ROLES, ["9113-6.2-6", "9113-6.2-5"]),
    ("priority",      "PRIORITY",     False, [0],             ROLES, ["9113-6.3-1"]),
    ("rst-stream",    "RST_STREAM",   False, [0],             ROLES, ["9113-6.4-4", "9113-6.4-3"]),
    ("settings",      "SETTINGS",     False, [1, 2147483647], ROLES, ["9113-6.5-7", "9113-6.5-6"]),
    ("settings-ack",  "SETTINGS",     True,  [1, 2147483647], ROLES, ["9113-6.5-7", "9113-6.5-6"]),
    ("push-promise",  "PUSH_PROMISE", False, [0],             ("client",), ["9113-6.6-7"]),
    ("ping",          "PING",         False, [1, 2147483647], ROLES, ["9113-6.7-6"]),
    ("ping-ack",      "PING",         True,  [1, 2147483647], ROLES, ["9113-6.7-6"]),
    ("goaway",        "GOAWAY",       False, [1, 2147483647], ROLES, ["9113-6.8-4"]),
    ("continuation",  "CONTINUATION", False, [0],             ROLES, ["9113-6.10-4", "9113-6.10-3"]),
]

# The cases in which these stand where they belong.
TWINS = {
    "headers": "frame-size.headers-priority-whole", "priority": "frame-size.priority-5",
    "rst-stream": "frame-size.rst-stream-4", "settings": "frame-size.settings-6",
    "settings-ack": "frame-size.settings-ack-0", "push-promise": "frame-size.push-promise-whole",
    "ping": "frame-size.ping-8", "ping-ack": "frame-size.ping-ack-8", "goaway": "frame-size.goaway-8",
    "continuation": "continuation.two",
}

# The flags that a type does not define.
UNUSED = [
    ("data",          0x00, 0xf6), ("headers",      0x04, 0xd2), ("priority",      0x00, 0xff), ("rst-stream", 0x00, 0xff),
    ("settings",      0x00, 0xfe), ("settings-ack", 0x01, 0xfe), ("push-promise",  0x04, 0xf3), ("ping",       0x00, 0xfe),
    ("ping-ack",      0x01, 0xfe), ("goaway",       0x00, 0xff), ("window-update", 0x00, 0xff),
    ("stream-window-update", 0x00, 0xff), ("continuation", 0x04, 0xfb),
]

# Frames of 16384 octets (which everybody takes) and one more: label, type, ids, scope. SETTINGS and the types of a
# fixed size are in it for what they are when too long.
LIMITS = [
    ("data",          "DATA",         "stream"),
    ("headers",       "HEADERS",      "connection"),
    ("continuation",  "CONTINUATION", "connection"),
    ("settings",      "SETTINGS",     "connection"),
    ("push-promise",  "PUSH_PROMISE", "connection"),
    ("ping",          "PING",         "connection"),
    ("goaway",        "GOAWAY",       "connection"),
    ("priority",      "PRIORITY",     "stream"),
    ("rst-stream",    "RST_STREAM",   "connection"),
    ("window-update", "WINDOW_UPDATE", "connection"),
]

# --- notation ----------------------------------------------------------------------------------------------------

MAGIC = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
ACK = {"frame": "SETTINGS", "flags": ["ACK"]}
TYPES = {"DATA": 0, "HEADERS": 1, "PRIORITY": 2, "RST_STREAM": 3, "SETTINGS": 4, "PUSH_PROMISE": 5, "PING": 6,
         "GOAWAY": 7, "WINDOW_UPDATE": 8, "CONTINUATION": 9}


def request_fields(method="GET", path="/"):
    return [[":method", method], [":scheme", "http"], [":authority", "a"], [":path", path]]


LETS = {
    "server": [MAGIC, {"frame": "SETTINGS"}, ACK],
    "client": [{"frame": "SETTINGS"}, ACK],
    "post": {"frame": "HEADERS", "stream": 1, "fields": request_fields("POST", "/1")},
    "response": {"frame": "HEADERS", "stream": 1, "fields": [[":status", "200"]]},
    "rest": {"frame": "DATA", "stream": 1, "flags": ["END_STREAM"], "data": "ok"},
}


def let(name):
    return {"let": name}


def event(name, **members):
    return {"event": name, **members}


def rejected(scope, code=None, stream=None):
    out = event("rejected", scope=scope)
    if stream:
        out["stream"] = stream
    if code:
        out["code"] = code if isinstance(code, str) else {"any": code}
    return out


def outcome(name, verdict, when, why=None):
    return {"name": name, "is": verdict, **({"why": why} if why else {}), "when": when}


ANY_CODE = "9113 5.4: a generic code can always be used in place of a more specific one"
INSTEAD = "9113 5.4.1: an endpoint MAY treat a stream error as a connection error"


def generic(codes):
    return [c for c in ("PROTOCOL_ERROR", "INTERNAL_ERROR") if c not in codes]


def connection_error(codes, clause, extra=()):
    """A connection error with one of these codes, or a generic one."""
    codes = [codes] if isinstance(codes, str) else list(codes)
    first = codes[0] if len(codes) == 1 else codes
    out = [outcome("connection-error", "pass", [{"seen": rejected("connection", first)}])]
    if generic(codes):
        out.append(outcome("generic-code", "pass", [{"seen": rejected("connection", generic(codes))}], ANY_CODE))
    out += list(extra)
    out.append(outcome("wrong-code", "fail", [{"seen": rejected("connection")}], f"{clause}: {' or '.join(codes)}"))
    out.append(outcome("stream-error-only", "fail", [{"seen": rejected("stream")}], f"{clause}: a connection error"))
    out.append(outcome("accepted", "fail", [{"never": event("rejected")}], f"{clause}: a connection error"))
    return out


def stream_error(stream, codes, clause, extra=()):
    """A stream error, or a connection error in its place."""
    codes = [codes] if isinstance(codes, str) else list(codes)
    first = codes[0] if len(codes) == 1 else codes
    every = codes + generic(codes)
    out = [outcome("stream-error", "pass", [{"seen": rejected("stream", first, stream)}])]
    if generic(codes):
        out.append(outcome("generic-code", "pass", [{"seen": rejected("stream", generic(codes), stream)}], ANY_CODE))
    out.append(outcome("connection-error", "pass", [{"seen": rejected("connection", every)}], INSTEAD))
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


def send_request(stream=1, path="/1", method="GET", end=True):
    return {"send": {"request": {"stream": stream, "fields": request_fields(method, path), "end": end}}}


SEND_PING = {"send": {"ping": {"data": "12345678"}}}


def head(role):
    """The events of the message that stream 1 begins with."""
    if role == "server":
        return event("request", stream=1, method="POST", path="/1")
    return event("response", stream=1, status=200)


REST = [event("data", stream=1, bytes="ok"), event("end", stream=1)]


def opened(role):
    return let("post" if role == "server" else "response")


def steps(role, octets, ping=False, acked=True):
    """Octets in an established connection (stream 1 open), or behind its start only."""
    start = [let(role)] if acked else ([MAGIC] if role == "server" else []) + [{"frame": "SETTINGS"}]
    out = [send_request()] if role == "client" else []
    if ping:
        return out + [{"receive": [*start, opened(role)]}, SEND_PING, {"receive": octets}]
    return out + [{"receive": [*start, *octets]}]


def literal_size(name, value):
    """The octets of a literal field without indexing and without Huffman, as `fields` builds it."""
    def integer(n, prefix):
        most = (1 << prefix) - 1
        if n < most:
            return 1
        n, size = n - most, 2
        while n >= 128:
            n, size = n >> 7, size + 1
        return size
    return 1 + integer(len(name), 7) + len(name) + integer(len(value), 7) + len(value)


def filler(fields, size):
    """One more field, so that the block is of this size: its value is a repeat."""
    used = sum(literal_size(n, v) for n, v in fields)
    for length in range(size - used, 0, -1):
        if used + literal_size("x", "x" * length) == size:
            return [*fields, ["x", {"repeat": "x", "times": length}]]
    raise ValueError(size)


# --- one valid frame of each kind, and where it stands ------------------------------------------------------------

def sample(label, role, **lie):
    """A good frame of this kind, with members overridden."""
    first = request_fields("POST", "/1") if role == "server" else [[":status", "200"]]
    frames = {
        "data": {"frame": "DATA", "stream": 1, "data": "x"},
        "headers": {"frame": "HEADERS", "stream": 1, "fields": first},
        "priority": {"frame": "PRIORITY", "stream": 1, "priority": {"depends": 0, "weight": 16}},
        "rst-stream": {"frame": "RST_STREAM", "stream": 1, "code": "CANCEL"},
        "settings": {"frame": "SETTINGS", "settings": [["MAX_CONCURRENT_STREAMS", 100]]},
        "settings-ack": {"frame": "SETTINGS", "flags": ["ACK"]},
        "push-promise": {"frame": "PUSH_PROMISE", "stream": 1, "promised": 2, "fields": request_fields("GET", "/2")},
        "ping": {"frame": "PING", "data": "abcdefgh"},
        "ping-ack": {"frame": "PING", "flags": ["ACK"], "data": "12345678"},
        "goaway": {"frame": "GOAWAY", "last": 0 if role == "server" else 1, "code": "NO_ERROR"},
        "window-update": {"frame": "WINDOW_UPDATE", "increment": 1},
        "stream-window-update": {"frame": "WINDOW_UPDATE", "stream": 1, "increment": 1},
        "continuation": {"frame": "CONTINUATION", "stream": 1, "fields": [["b", "c"]]},
    }
    return {**frames[label], **lie}


def place(label, role, frame):
    """(steps, events, further conditions, needs) of a connection in which this good frame stands, all of it read."""
    begin, rest, first = opened(role), let("rest"), head(role)
    if label == "headers":
        return steps(role, [frame, rest]), [first, *REST], [], []
    if label == "continuation":
        opening = sample("headers", role, flags=[])
        return steps(role, [opening, frame, rest]), [{**first, "fields": {"has": [["b", "c"]]}}, *REST], [], []
    if label == "settings-ack":
        return steps(role, [frame, begin, rest], acked=False), [first, *REST], [], []
    if label == "data":
        return steps(role, [begin, frame, rest]), [first, event("data", stream=1, bytes="xok"), REST[1]], [], []
    if label == "ping-ack":
        return steps(role, [frame, rest], ping=True), [first, *REST], [], ["output"]
    if label == "push-promise":
        pushed = event("pushed", stream=1, promised=2, method="GET", path="/2")
        return steps(role, [begin, frame, rest]), [first, pushed, *REST], [], ["push"]
    if label == "goaway":
        gone = event("goaway", last=0 if role == "server" else 1, code="NO_ERROR")
        return steps(role, [begin, frame, rest]), [first, gone, *REST], [], []
    if label == "rst-stream":
        third = {"server": {"frame": "HEADERS", "stream": 3, "flags": ["END_STREAM", "END_HEADERS"],
                            "fields": request_fields("GET", "/3")},
                 "client": {"frame": "HEADERS", "stream": 3, "flags": ["END_STREAM", "END_HEADERS"],
                            "fields": [[":status", "204"]]}}[role]
        script = steps(role, [begin, frame, third])
        if role == "client":
            script.insert(1, send_request(3, "/3"))
        last = event("request", stream=3, path="/3") if role == "server" else event("response", stream=3, status=204)
        return script, [first, event("reset", stream=1, code="CANCEL"), last, event("end", stream=3)], [], []
    also = {
        "ping": [{"wrote": event("PING_ACK", data="abcdefgh")}],
        "settings": [{"wrote": [event("..."), event("SETTINGS_ACK"), event("..."), event("SETTINGS_ACK"), event("...")]}],
    }
    return steps(role, [begin, frame, rest]), [first, *REST], also.get(label, []), []


def a_case(id_, title, role, ids, why, tags, script, outcomes, level="MUST", needs=(), **more):
    out = {"id": id_, "title": title, "role": role, "level": level, "requirements": list(ids), "why": why,
           "tags": list(tags)}
    if needs:
        out["needs"] = sorted(set(needs))
    out.update(more)
    out["steps"], out["outcomes"] = script, outcomes
    return out


def good_case(id_, title, role, ids, why, tags, label, frame, clause, more_needs=(), also=True):
    script, events, conditions, needs = place(label, role, frame)
    return a_case(id_, title, role, ids, why, tags, script, valid(events, clause, conditions if also else []),
                  needs=[*needs, *more_needs])


def spoken(label):
    names = {"stream-window-update": "WINDOW_UPDATE of stream 1", "settings-ack": "SETTINGS ACK",
             "ping-ack": "PING ACK", "window-update": "WINDOW_UPDATE of stream 0"}
    return names.get(label, label.upper().replace("-", "_"))


def n_octets(n):
    return {0: "no octet", 1: "1 octet"}.get(n, f"{n} octets")


# --- the files ----------------------------------------------------------------------------------------------------

def before(label, role, frame):
    """The same place with nothing behind the frame: for faults."""
    script = place(label, role, frame)[0]
    if label == "rst-stream" and role == "client":
        del script[1]
    octets = script[-1]["receive"]
    del octets[octets.index(frame) + 1:]
    return script


SIZE_WHY = {
    "priority": "Reading five octets whatever the length says takes octets of the next frame, or of the heap.",
    "rst-stream": "Reading a code of four octets out of fewer reads past the frame.",
    "settings": "A reader that walks six octets at a time runs over the end of the payload.",
    "settings-ack": "Settings inside an acknowledgement are applied by one side and not by the other.",
    "ping": "An echo of eight octets out of fewer shows the peer octets of other memory.",
    "ping-ack": "A payload that does not match what was sent is compared out of bounds.",
    "goaway": "The last stream and the code are read from octets that are not there.",
    "window-update": "An increment out of other octets makes the two windows disagree for good.",
    "stream-window-update": "An increment out of other octets makes the two windows disagree for good.",
}


def size_payload(label, size):
    full = {
        "priority": "00 00 00 00 0f" + " 00" * 5, "rst-stream": "00 00 00 08" + " 00" * 4,
        "settings": "00 03 00 00 00 64 00 06 00 01 00 00 00", "settings-ack": "00 03 00 00 00 64",
        "ping": "61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70", "ping-ack": "31 32 33 34 35 36 37 38 39",
        "goaway": "00 00 00 00 00 00 00 00 64", "window-update": "00 00 00 01 00 00 00 01",
        "stream-window-update": "00 00 00 01 00 00 00 01",
    }[label].split()
    return {"hex": " ".join(full[:size])}


def size_frame(label, role, kind, stream, ack, size):
    out = {"frame": kind}
    if stream:
        out["stream"] = stream
    if ack:
        out["flags"] = ["ACK"]
    payload = size_payload(label, size)
    if label == "goaway" and role == "client" and size >= 4:
        payload = {"hex": payload["hex"].replace("00 00 00 00", "00 00 00 01", 1)}
    return {**out, "payload": payload}


def size_cases():
    for label, kind, stream, ack, right, wrong, ids, scope in SIZES:
        clause = "9113 " + ids[0].split("-")[1]
        for role in ROLES:
            for size in right:
                if label == "settings" and size == 0:
                    sample_id = f"h2.frame-size.{label}-0-{role}"
                else:
                    sample_id = f"h2.frame-size.{label}-{size}-{role}"
                ids_ok = [*ids, "9113-6.8-11"] if (label, size) == ("goaway", 9) else ids
                yield good_case(sample_id, f"{spoken(label)} of {n_octets(size)}, to a {role}", role, ids_ok,
                                "The size that the frame has: who refuses it talks to nobody.", ["valid", "frame-size"],
                                label, size_frame(label, role, kind, stream, ack, size),
                                f"{clause}: this is its size", also=label != "ping" and label != "settings")
            for size in wrong:
                frame = size_frame(label, role, kind, stream, ack, size)
                errors = connection_error("FRAME_SIZE_ERROR", clause) if scope == "connection" else \
                    stream_error(stream, "FRAME_SIZE_ERROR", clause)
                yield a_case(f"h2.frame-size.{label}-{size}-{role}", f"{spoken(label)} of {n_octets(size)}, to a {role}",
                             role, [*ids, *(["9113-4.2-2"] if "9113-4.2-2" not in ids else [])], SIZE_WHY[label],
                             ["frame-size", "error-code"], before(label, role, frame), errors,
                             needs=place(label, role, frame)[3], twin=f"h2.frame-size.{label}-{right[-1]}-{role}")
    yield from short_cases()


def short_cases():
    pad = {"headers-priority": "HEADERS with the PRIORITY flag", "headers-padded": "HEADERS with the PADDED flag",
           "data-padded": "DATA with the PADDED flag", "push-promise": "PUSH_PROMISE",
           "push-promise-padded": "PUSH_PROMISE with the PADDED flag"}
    for label, kind, flags, wrong, roles, ids, scope in SHORT:
        for role in roles:
            twin = f"h2.frame-size.{label}-whole-{role}"
            base = {"headers-priority": "headers", "headers-padded": "headers", "data-padded": "data"}.get(label, "push-promise")
            whole = sample(base, role, **({"priority": {"depends": 0, "weight": 16}} if label == "headers-priority" else
                                          {} if label == "push-promise" else {"pad": 0}))
            yield good_case(twin, f"{pad[label]} that holds all of it, to a {role}", role, ids,
                            "The fixed part is there, and what follows begins behind it.", ["valid", "frame-size"], base,
                            whole, "9113 6: a frame of this form is valid")
            for size in wrong:
                frame = {"frame": kind, "stream": 1, "flags": flags, "payload": {"hex": " ".join(["00"] * size)}}
                codes = "FRAME_SIZE_ERROR"
                section = {"HEADERS": "6.2", "DATA": "6.1", "PUSH_PROMISE": "6.6"}[kind]
                errors = stream_error(1, codes, "9113 4.2") if scope == "stream" else connection_error(codes, "9113 4.2")
                yield a_case(f"h2.frame-size.{label}-{size}-{role}",
                             f"{pad[label]}, the payload is {n_octets(size)}, to a {role}", role, ids,
                             f"The fixed part (9113 {section}) is longer than the payload: who subtracts without looking "
                             "gets a length of four thousand million.", ["frame-size", "error-code"],
                             before(base, role, frame), errors, needs=place(base, role, frame)[3], twin=twin)


STREAM_WHY = {
    0: "A reader that looks for stream 0 in its table finds nothing, or makes one.",
    1: "What concerns the connection would be tied to one stream and forgotten with it.",
    2147483647: "A frame of the connection would open, or look up, the last stream there can be.",
}


def stream_cases():
    for label, kind, ack, wrong, roles, ids in STREAMS:
        clause = "9113 " + ids[0].split("-")[1]
        for role in roles:
            twin = f"h2.frame-stream.{label}-{role}"
            good = sample(label, role)
            if label in TWINS:
                twin = f"h2.{TWINS[label]}-{role}"
            else:
                yield good_case(twin, f"{spoken(label)} on a stream where it belongs, to a {role}", role, ids[-1:],
                                "The frame in its place.", ["valid", "stream-id"], label, good,
                                f"{clause}: this is where it stands")
            for stream in wrong:
                frame = {**good, "stream": stream}
                name = "last" if stream == 2147483647 else str(stream)
                needs = [n for n in place(label, role, frame)[3] if n != "push"]
                yield a_case(f"h2.frame-stream.{label}-on-{name}-{role}",
                             f"{spoken(label)} on stream {stream}, to a {role}", role,
                             [*ids, *(["9113-4.1-i1"] if stream == 0 else [])], STREAM_WHY[stream],
                             ["stream-id", "error-code"], before(label, role, frame),
                             connection_error("PROTOCOL_ERROR", clause), needs=needs, twin=twin)


def bit_cases(kind):
    for label, used, unused in UNUSED:
        for role in ROLES:
            if (label, role) == ("push-promise", "server"):
                continue
            if kind == "flags":
                frame = sample(label, role, flags=used | unused)
                yield good_case(f"h2.frame-flags.{label}-{role}",
                                f"{spoken(label)} with all of its unused flags set, to a {role}", role,
                                ["9113-4.1-3", *(["9113-5.5-1"] if label == "data" else [])],
                                "A flag that means something in another type is read where it means nothing.",
                                ["valid", "flags"], label, frame, "9113 4.1: unused flags MUST be ignored on receipt")
            else:
                frame = sample(label, role, reserved=True)
                yield good_case(f"h2.frame-reserved.{label}-{role}",
                                f"{spoken(label)} with the reserved bit set in its header, to a {role}", role,
                                ["9113-4.1-6"],
                                "A stream identifier of 32 bits names a stream that nobody has.",
                                ["valid", "reserved"], label, frame, "9113 4.1: the bit MUST be ignored when receiving")
    if kind == "reserved":
        inner = [
            ("window-update", "increment", 0x80000001, ROLES, "increment of a WINDOW_UPDATE", "9113-6.9-i1"),
            ("stream-window-update", "increment", 0x80000001, ROLES, "increment of a stream's WINDOW_UPDATE", "9113-6.9-i1"),
            ("goaway", "last", None, ROLES, "last stream of a GOAWAY", "9113-4.1-6"),
            ("push-promise", "promised", 0x80000002, ("client",), "promised stream of a PUSH_PROMISE", "9113-4.1-6"),
        ]
        for label, member, value, roles, what, id_ in inner:
            for role in roles:
                if label == "goaway":
                    value = 0x80000000 | (0 if role == "server" else 1)
                frame = sample(label, role, **{member: value})
                yield good_case(f"h2.frame-reserved.{label}-{member}-{role}",
                                f"Reserved bit before the {what}, to a {role}", role,
                                sorted({"9113-4.1-6", id_}), "A number of 32 bits is read where there are 31.",
                                ["valid", "reserved"], label, frame, "9113 4.1: reserved bits are ignored when receiving")


def limit_frame(label, role, size):
    """A frame of this kind whose payload is so long: SETTINGS and GOAWAY with what they may hold."""
    if label == "data":
        return sample(label, role, data={"repeat": "x", "times": size})
    if label in ("headers", "continuation"):
        base = sample(label, role)
        return {**base, "fields": filler(base["fields"], size)}
    if label == "push-promise":
        base = sample(label, role)
        return {**base, "fields": filler(base["fields"], size - 4)}
    if label == "goaway":
        return sample(label, role, debug={"repeat": "d", "times": size - 8})
    if label == "settings":
        return {"frame": "SETTINGS", "payload": {"repeat": {"hex": "00 03 00 00 00 64"}, "times": -(-size // 6)}}
    base = sample(label, role)
    keep = {k: base[k] for k in ("frame", "stream", "flags") if k in base}
    return {**keep, "payload": {"repeat": {"hex": "00"}, "times": size}}


TOO_LARGE = "9113 10.5.1: a field section may be larger than an endpoint is willing to handle"


def limit_cases():
    for label, kind, scope in LIMITS:
        for role in ROLES:
            if (label, role) == ("push-promise", "server"):
                continue
            fits = label in ("data", "headers", "continuation", "push-promise", "goaway", "settings")
            twin = f"h2.frame-limit.{label}-most-{role}" if fits else f"h2.frame-size.{label}-{dict(ping=8, priority=5).get(label, 4)}-{role}"
            over = 16386 if label == "settings" else 16385
            if fits:
                size = 16380 if label == "settings" else 16384
                frame = limit_frame(label, role, size)
                script, events, conditions, needs = place(label, role, frame)
                if label == "data":
                    events[1] = event("data", stream=1, bytes=[{"repeat": "x", "times": size}, "ok"])
                if label == "continuation":
                    events[0]["fields"] = {"has": [["b", "c"]]}
                if label == "settings":
                    conditions = []
                outs = valid(events, "9113 4.2: everybody can receive frames of 16384 octets", conditions)
                if label in ("headers", "continuation", "push-promise"):
                    outs[1:1] = [
                        outcome("too-large-for-it", "pass", [{"seen": rejected("stream", ["PROTOCOL_ERROR", "INTERNAL_ERROR", "REFUSED_STREAM", "CANCEL", "ENHANCE_YOUR_CALM"])}], TOO_LARGE),
                        outcome("closes-over-it", "pass", [{"seen": rejected("connection", ["ENHANCE_YOUR_CALM", "COMPRESSION_ERROR", "INTERNAL_ERROR"])}],
                                "9113 4.3: whoever does not decompress a field block ends the connection"),
                    ]
                if label == "settings":
                    calm = ["ENHANCE_YOUR_CALM", "PROTOCOL_ERROR", "INTERNAL_ERROR"]
                    outs.insert(1, outcome("calm", "weak", [{"seen": rejected("connection", calm)}],
                                           "9113 10.5: changing a setting many times MAY be treated as suspicious"))
                yield a_case(twin, f"{spoken(label)} of {size} octets, to a {role}", role,
                             ["9113-4.2-1", *(["9113-6.8-11"] if label == "goaway" else [])],
                             "The largest frame that needs no leave; peers with much to say send it all the time.",
                             ["valid", "frame-size", "large"], script, outs, needs=needs)
            frame = limit_frame(label, role, over)
            script = before(label, role, frame)
            errors = connection_error("FRAME_SIZE_ERROR", "9113 4.2") if scope == "connection" else \
                stream_error(1, "FRAME_SIZE_ERROR", "9113 4.2")
            ids = ["9113-4.2-2", *(["9113-4.2-3"] if scope == "connection" and label not in ("rst-stream",) else [])]
            yield a_case(f"h2.frame-limit.{label}-over-{role}",
                         f"{spoken(label)} of {over} octets where 16384 are allowed, to a {role}", role, ids,
                         "A limit that is announced and not enforced lets a peer choose how much memory a frame takes.",
                         ["frame-size", "large", "error-code"], script, errors, needs=place(label, role, frame)[3],
                         twin=twin)
    # A limit that the endpoint raised itself.
    for label in ("data", "headers", "goaway"):
        for role in ROLES:
            twin = f"h2.frame-limit.{label}-raised-most-{role}"
            for size, over in ((20000, False), (20001, True)):
                frame = limit_frame(label, role, size)
                script, events, _, needs = place(label, role, frame)
                if label == "data":
                    events[1] = event("data", stream=1, bytes=[{"repeat": "x", "times": size}, "ok"])
                outs = valid(events, "9113 4.2: SETTINGS_MAX_FRAME_SIZE of the receiver allows it")
                if label == "headers":
                    outs[1:1] = [
                        outcome("too-large-for-it", "pass", [{"seen": rejected("stream", ["PROTOCOL_ERROR", "INTERNAL_ERROR", "REFUSED_STREAM", "CANCEL", "ENHANCE_YOUR_CALM"])}], TOO_LARGE),
                        outcome("closes-over-it", "pass", [{"seen": rejected("connection", ["ENHANCE_YOUR_CALM", "COMPRESSION_ERROR", "INTERNAL_ERROR"])}],
                                "9113 4.3: whoever does not decompress a field block ends the connection"),
                    ]
                if over:
                    script = before(label, role, frame)
                    outs = stream_error(1, "FRAME_SIZE_ERROR", "9113 4.2") if label == "data" else \
                        connection_error("FRAME_SIZE_ERROR", "9113 4.2")
                name = "over" if over else "most"
                yield a_case(f"h2.frame-limit.{label}-raised-{name}-{role}",
                             f"{spoken(label)} of {size} octets where 20000 are announced, to a {role}", role,
                             ["9113-4.2-2"] if over else ["9113-4.1-1", "9113-4.2-2"],
                             "The limit that counts is the one announced, not the first one.",
                             ["frame-size", "large", *(["error-code"] if over else ["valid"])], script, outs, needs=needs,
                             config={"max-frame-size": 20000}, **({"twin": twin} if over else {}))


FILES = {
    "size": size_cases, "stream": stream_cases, "limit": limit_cases,
    "flags": lambda: bit_cases("flags"), "reserved": lambda: bit_cases("reserved"),
}


def used_lets(cases):
    text = json.dumps(cases)
    return {name: form for name, form in LETS.items() if json.dumps({"let": name}) in text}


def document(suite, cases):
    cases = list(cases)
    return {"format": 1, "protocol": "http2", "suite": suite, "lets": used_lets(cases), "cases": cases}


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "http2" / "frames"
    stale = []
    for name, cases in FILES.items():
        path, made = folder / f"{name}.json", document(f"frames/{name}", cases())
        if "--check" not in sys.argv:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(made, indent=1) + "\n")
        elif not path.exists() or json.loads(path.read_text()) != made:
            stale.append(str(path))
    if stale:
        sys.exit("not what the generator makes: " + ", ".join(stale))


if __name__ == "__main__":
    main()
