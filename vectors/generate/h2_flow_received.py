#!/usr/bin/env python3
"""Windows as a receiver keeps them, and changes that overflow a window (RFC 9113, 6.9 to 6.9.3), in both roles.

    python3 vectors/generate/h2_flow_received.py            writes vectors/http2/flow/{received,overflow}.json
    python3 vectors/generate/h2_flow_received.py --check    compares instead (as JSON: the layout is `wireproof vectors fmt`'s)
"""

import json
import pathlib
import sys

from h2_frames import (ACK, LETS, ROLES, a_case, connection_error, event, head, let, opened, outcome, rejected,
                       request_fields, send_request, stream_error, valid)

MOST = 2147483647

# --- the tables --------------------------------------------------------------------------------------------------
# What brings a window to 2^31-1, and what brings it over: name, title, frames before, the last frame within, the last
# frame over, scope of the error, requirements. ("credit", stream, n), ("window", INITIAL_WINDOW_SIZE), ("sent", n): the
# endpoint sends n octets on stream 1.

OVERFLOW = [
    ("settings-raise", "a stream's window of 2^31-1", [("credit", 1, MOST - 65535)], ("window", 65535), ("window", 65536),
     "connection", ["9113-6.9.2-4"]),
    ("settings-largest", "a stream with credit of 1", [("credit", 1, 1)], ("window", MOST - 1), ("window", MOST),
     "connection", ["9113-6.9.2-4"]),
    ("settings-from-zero", "a stream with credit of 2^31-1 from 0", [("window", 0), ("credit", 1, MOST)], ("window", 0),
     ("window", 1), "connection", ["9113-6.9.2-4"]),
    ("settings-down-and-up", "a stream's window of 2^31-1, lowered before", [("credit", 1, MOST - 65535), ("window", 1)],
     ("window", 65535), ("window", 65536), "connection", ["9113-6.9.2-4"]),
    ("settings-after-use", "a stream's window of 2^31-1 less 10 that were sent", [("sent", 10), ("credit", 1, MOST - 65535)],
     ("window", 65545), ("window", 65546), "connection", ["9113-6.9.2-4"]),
    ("sum-stream", "a stream's window that is nearly full", [("credit", 1, 1000000000), ("credit", 1, 1000000000)],
     ("credit", 1, MOST - 65535 - 2000000000), ("credit", 1, MOST - 65534 - 2000000000), "stream", ["9113-6.9.1-4", "9113-6.9.1-3"]),
    ("sum-connection", "a connection's window nearly full", [("credit", 0, 1000000000), ("credit", 0, 1000000000)],
     ("credit", 0, MOST - 65535 - 2000000000), ("credit", 0, MOST - 65534 - 2000000000), "connection",
     ["9113-6.9.1-4", "9113-6.9.1-3"]),
    ("used-stream", "a stream's window, 10 octets of it used", [("sent", 10)], ("credit", 1, MOST - 65525),
     ("credit", 1, MOST - 65524), "stream", ["9113-6.9.1-4"]),
    ("used-connection", "a connection's window, 10 used", [("sent", 10)], ("credit", 0, MOST - 65525),
     ("credit", 0, MOST - 65524), "connection", ["9113-6.9.1-4"]),
    ("raised-stream", "a stream's window after SETTINGS of 2^31-2", [("window", MOST - 1)], ("credit", 1, 1), ("credit", 1, 2),
     "stream", ["9113-6.9.1-4", "9113-6.9.2-1"]),
    ("negative-stream", "a stream's window of -10", [("sent", 10), ("window", 0), ("credit", 1, MOST)], ("credit", 1, 10),
     ("credit", 1, 11), "stream", ["9113-6.9.1-4", "9113-6.9.2-2"]),
]

# The same for a client, whose servers have them in windows.json.
CLIENT = [
    ("one-stream", "a stream's window", [], ("credit", 1, MOST - 65535), ("credit", 1, MOST - 65534), "stream", ["9113-6.9.1-4"]),
    ("one-connection", "the connection's window", [], ("credit", 0, MOST - 65535), ("credit", 0, MOST - 65534), "connection",
     ["9113-6.9.1-4"]),
]

SUM_WHY = "A window that wraps around is negative or tiny: content stops for good, or a peer is overrun."

# --- notation ----------------------------------------------------------------------------------------------------

EMPTY_END = {"frame": "DATA", "stream": 1, "flags": ["END_STREAM"]}
REST = {"frame": "DATA", "stream": 1, "flags": ["END_STREAM"], "data": "ok"}
ENDED = event("end", stream=1)


def start(role, end=False):
    """Stream 1 is open; the octets may go on."""
    if role == "server":
        return [{"receive": [let("server"), let("post")]}]
    return [send_request(1, "/1", "POST", end), {"receive": [let("client"), let("response")]}]


def second(role):
    """Stream 3 is opened too."""
    if role == "server":
        return [{"receive": [{"frame": "HEADERS", "stream": 3, "fields": request_fields("POST", "/3")}]}]
    return [send_request(3, "/3", "POST", False), {"receive": [{"frame": "HEADERS", "stream": 3, "fields": [[":status", "200"]]}]}]


def second_head(role):
    return event("request", stream=3, path="/3") if role == "server" else event("response", stream=3, status=200)


def act(action, role):
    kind, *rest = action
    if kind == "credit":
        return [{"receive": [{"frame": "WINDOW_UPDATE", **({"stream": rest[0]} if rest[0] else {}), "increment": rest[1]}]}]
    if kind == "window":
        return [{"receive": [{"frame": "SETTINGS", "settings": [["INITIAL_WINDOW_SIZE", rest[0]]]}]}]
    out = [{"send": {"data": {"stream": 1, "bytes": "x" * rest[0], "end": False}}}]
    if role == "server":
        out.insert(0, {"send": {"response": {"stream": 1, "fields": [[":status", "200"]], "end": False}}})
    return out


def joined(script):
    """`receive` steps that follow each other, in one."""
    out = []
    for step in script:
        if "receive" in step and out and "receive" in out[-1]:
            out[-1] = {"receive": [*out[-1]["receive"], *step["receive"]]}
        else:
            out.append(step)
    return out


def spoken(action):
    kind, *rest = action
    return f"WINDOW_UPDATE of {rest[1]}" if kind == "credit" else f"SETTINGS of {rest[0]}"


def overflow_cases():
    for role in ROLES:
        for name, title, before, within, over, scope, ids in OVERFLOW + (CLIENT if role == "client" else []):
            base = start(role) + [s for a in before for s in act(a, role)]
            more = {"answer": False} if role == "server" else {}
            clause = "9113 6.9.2" if over[0] == "window" else "9113 6.9.1"
            good = f"h2.flow-overflow.{name}-most-{role}"
            yield a_case(good, f"{spoken(within)} to {title} ({role})", role, [*ids, "9113-6.9-i1"] if within[0] == "credit" else ids,
                         "2^31-1 is a window like any other.", ["valid", "flow-control"],
                         joined([*base, *act(within, role), {"receive": [REST]}]),
                         valid([head(role), event("data", stream=1, bytes="ok"), ENDED], f"{clause}: a window may be 2^31-1 octets"),
                         needs=["send-flow"], **more)
            errors = stream_error(1, "FLOW_CONTROL_ERROR", clause) if scope == "stream" else \
                connection_error("FLOW_CONTROL_ERROR", clause)
            yield a_case(f"h2.flow-overflow.{name}-over-{role}", f"{spoken(over)} to {title} ({role})", role, ids, SUM_WHY,
                         ["flow-control", "error-code"], joined([*base, *act(over, role)]), errors, needs=["send-flow"],
                         twin=good, **more)
        base = joined([*start(role), *second(role), *act(("credit", 3, MOST - 65535), role)])
        more = {"answer": False} if role == "server" else {}
        good = f"h2.flow-overflow.second-stream-most-{role}"
        yield a_case(good, f"SETTINGS of 65535, the second of two streams has a window of 2^31-1 ({role})", role, ["9113-6.9.2-4"],
                     "2^31-1 is a window like any other.", ["valid", "flow-control"],
                     joined([*base, *act(("window", 65535), role), {"receive": [REST]}]),
                     valid([head(role), second_head(role), event("data", stream=1, bytes="ok"), ENDED],
                           "9113 6.9.2: a window may be 2^31-1 octets"), needs=["send-flow"], **more)
        yield a_case(f"h2.flow-overflow.second-stream-over-{role}",
                     f"SETTINGS of 65536, the second of two streams has a window of 2^31-1 ({role})", role, ["9113-6.9.2-4"],
                     "Every open stream's window is changed, and every one can overflow.", ["flow-control", "error-code"],
                     joined([*base, *act(("window", 65536), role)]), connection_error("FLOW_CONTROL_ERROR", "9113 6.9.2"),
                     needs=["send-flow"], twin=good, **more)
        yield a_case(f"h2.flow-overflow.connection-untouched-{role}",
                     f"SETTINGS of 2^31-1, the connection's window is 2^31-1 already ({role})", role,
                     ["9113-6.9.2-i1", "9113-6.9.2-4"], "Who adds the difference to the connection's window sees an overflow that is none.",
                     ["valid", "flow-control"],
                     joined([*start(role), *act(("credit", 0, MOST - 65535), role), *act(("window", MOST), role), {"receive": [REST]}]),
                     valid([head(role), event("data", stream=1, bytes="ok"), ENDED],
                           "9113 6.9.2: SETTINGS cannot alter the connection's window"), **more)
    for scope, number in (("stream", 1), ("connection", 0)):
        good = f"h2.flow-overflow.increment-1-{scope}-client"
        clause = "9113 6.9"
        yield a_case(good, f"WINDOW_UPDATE of 1 for the {scope} (client)", "client", ["9113-6.9-i1"],
                     "1 is the least that can be given.", ["valid", "flow-control"],
                     joined([*start("client"), *act(("credit", number, 1), "client"), {"receive": [REST]}]),
                     valid([head("client"), event("data", stream=1, bytes="ok"), ENDED], "9113 6.9: 1 is a legal increment"))
        errors = stream_error(1, "PROTOCOL_ERROR", clause) if number else connection_error("PROTOCOL_ERROR", clause)
        for bit, octets in (("", "00 00 00 00"), ("-reserved-bit", "80 00 00 00")):
            yield a_case(f"h2.flow-overflow.increment-0{bit}-{scope}-client",
                         f"WINDOW_UPDATE of 0 for the {scope}{', the reserved bit is set' if bit else ''} (client)", "client",
                         ["9113-6.9-3" if number else "9113-6.9-4"], "Credit of nothing is work for nothing.",
                         ["flow-control", "error-code"],
                         joined([*start("client"), {"receive": [{"frame": "WINDOW_UPDATE", "stream": number, "payload": {"hex": octets}}]}]),
                         errors, twin=good)


# --- what is received --------------------------------------------------------------------------------------------

def fill(stream, size, pad=None):
    out = []
    while size > 0:
        n = min(size, 16384)
        frame = {"frame": "DATA", "stream": stream, "data": {"repeat": "x", "times": n}}
        if pad and n == 16384:
            frame = {"frame": "DATA", "stream": stream, "data": {"repeat": "x", "times": n - pad - 1}, "pad": pad}
        out.append(frame)
        size -= n
    return out


def data(stream, size):
    return event("data", stream=stream, bytes={"repeat": "x", "times": size})


def over(stream, clause="9113 6.9: a receiver MAY respond with FLOW_CONTROL_ERROR if it is unable to accept a frame"):
    codes = ["FLOW_CONTROL_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR"]
    return [
        outcome("stream-error", "pass", [{"seen": rejected("stream", codes, stream)}], clause),
        outcome("connection-error", "pass", [{"seen": rejected("connection", codes)}], clause),
        outcome("wrong-code", "fail", [{"seen": event("rejected")}], "9113 5.4: an applicable code, or a generic one"),
        outcome("tolerated", "seen", [{"never": event("rejected")}], clause),
    ]


def recv(*frames):
    return {"receive": list(frames)}


def give(stream, n):
    return {"send": {"window": {"stream": stream, "increment": n}}}


def own(value):
    return {"send": {"settings": {"values": [["INITIAL_WINDOW_SIZE", value]]}}}


BIG = {"initial-window-size": 100000}
EXACT = "A window to the octet: who is off by one refuses what was allowed."
EXCEED = "Who does not count lets the peer choose how much memory it takes."


def received_cases():
    for role in ROLES:
        yield from received_in(role)


def received_in(role):
    first, third = head(role), second_head(role)
    ten = {"initial-window-size": 10}

    def pair(name, title, script, within, events, beyond, stream, ids, config, level="MAY", over_title="", why=EXACT):
        good = f"h2.flow-received.{name}-fits-{role}"
        needs = ["flow"]
        conf = {"config": config} if config else {}
        if within is not None:
            yield a_case(good, f"{title}, all of it ({role})", role, ids, why, ["valid", "flow-control"],
                         joined([*script, *within]), valid(events, "9113 6.9.1: the frame fits both windows"), needs=needs, **conf)
        if beyond is not None:
            yield a_case(f"h2.flow-received.{name}-over-{role}", f"{title}, 1 too many ({role})", role,
                         sorted({"9113-6.9-2", *ids}), EXCEED, ["flow-control"], joined([*script, *beyond]), over(stream),
                         level=level, needs=needs, **({"twin": good} if within is not None else {}), **conf)

    base = start(role)
    one = {"frame": "DATA", "stream": 1}
    if role == "client":
        yield from pair("stream-window", "DATA into a stream window of 10", base, [recv(*fill(1, 10))], [first, data(1, 10)],
                        [recv(*fill(1, 11))], 1, ["9113-6.9.1-1"], ten)
        yield from pair("stream-window-in-two", "Two DATA frames into a stream window of 10", base,
                        [recv(*fill(1, 4), *fill(1, 6))], [first, data(1, 10)], [recv(*fill(1, 4), *fill(1, 7))], 1,
                        ["9113-6.9.1-1"], ten)
        yield from pair("stream-window-padded", "Padded DATA into a stream window of 10", base,
                        [recv({**one, "data": "xxxx", "pad": 5})], [first, data(1, 4)], [recv({**one, "data": "xxxx", "pad": 6})],
                        1, ["9113-6.1-i1"], ten)
    yield from pair("pad-length-only", "DATA with a Pad Length of 0 into a stream window of 10", base,
                    [recv({**one, "data": "x" * 9, "pad": 0})], [first, data(1, 9)], [recv({**one, "data": "x" * 10, "pad": 0})],
                    1, ["9113-6.1-i1"], ten)
    yield from pair("nothing-but-padding", "DATA of nothing but padding into a stream window of 10", base,
                    [recv({**one, "data": "", "pad": 9}, EMPTY_END)], [first, ENDED], [recv({**one, "data": "", "pad": 10})],
                    1, ["9113-6.1-i1"], ten)
    yield from pair("window-0", "DATA without content into a stream window of 0", base, [recv(EMPTY_END)], [first, ENDED],
                    None, 1, ["9113-6.9.1-2", "9113-5.2.1-1"], {"initial-window-size": 0})
    yield from pair("window-0", "DATA into a stream window of 0", base, None, None, [recv(*fill(1, 1))], 1, ["9113-6.9.1-1"],
                    {"initial-window-size": 0})
    yield from pair("stream-credit", "DATA into a window of 10 that was used up and given 5", base,
                    [recv(*fill(1, 10)), give(1, 5), recv(*fill(1, 5))], [first, data(1, 15)],
                    [recv(*fill(1, 10)), give(1, 5), recv(*fill(1, 6))], 1, ["9113-6.9.1-1"], ten)
    yield from pair("stream-credit-early", "DATA into a window of 10 that was given 5 before use", base,
                    [give(1, 5), recv(*fill(1, 15))], [first, data(1, 15)], [give(1, 5), recv(*fill(1, 16))], 1,
                    ["9113-6.9.1-1"], ten)
    yield from pair("connection-window", "DATA into the connection's window of 65535", base, [recv(*fill(1, 65535), EMPTY_END)],
                    [first, data(1, 65535), ENDED], [recv(*fill(1, 65536))], 1, ["9113-6.9.1-1"], BIG)
    yield from pair("connection-window-padded", "Padded DATA into the connection's window of 65535", base,
                    [recv(*fill(1, 65535, pad=255))], [first, data(1, 65535 - 3 * 256)], [recv(*fill(1, 65536, pad=255))], 1,
                    ["9113-6.1-i1"], BIG)
    yield from pair("default-windows", "DATA into windows of 65535 octets by default", base, [recv(*fill(1, 65535))],
                    [first, data(1, 65535)], [recv(*fill(1, 65536))], 1, ["9113-6.9.1-1"], None)
    yield from pair("connection-credit", "DATA into the connection's window, used up and given 5", base,
                    [recv(*fill(1, 65535)), give(0, 5), recv(*fill(1, 5))], [first, data(1, 65540)],
                    [recv(*fill(1, 65535)), give(0, 5), recv(*fill(1, 6))], 1, ["9113-6.9.1-1"], BIG)
    yield from pair("credit-of-stream-only", "DATA into the connection's window, the stream got credit", base, None, None,
                    [recv(*fill(1, 65535)), give(1, 5), recv(*fill(1, 1))], 1, ["9113-6.9.1-1"], BIG)
    yield from pair("two-streams", "DATA of two streams into the connection's window", [*base, *second(role)],
                    [recv(*fill(1, 65530), *fill(3, 5))], [first, third, data(1, 65530), data(3, 5)],
                    [recv(*fill(1, 65530), *fill(3, 6))], 3, ["9113-6.9.1-1"], None)
    yield from pair("settings-raised", "DATA into a window of 10, raised to 20 and acknowledged", base,
                    [own(20), recv(ACK, *fill(1, 20))], [first, data(1, 20)], [own(20), recv(ACK, *fill(1, 21))], 1,
                    ["9113-6.9.2-1"], ten)
    # 6.9: what is exempt, and what counts though it is in error.
    ping = {"frame": "PING", "data": "12345678"}
    trailers = {"frame": "HEADERS", "stream": 1, "flags": ["END_STREAM", "END_HEADERS"], "fields": [["x", "y"]]}
    used = [*base, recv(*fill(1, 65535))]
    yield a_case(f"h2.flow-received.exempt-headers-{role}", f"Trailers, the connection's window is used up ({role})", role,
                 ["9113-6.9-1"], "Only DATA is counted: who holds the rest up stops the connection.", ["valid", "flow-control"],
                 joined([*used, recv(trailers)]), valid([first, data(1, 65535), {**ENDED, "trailers": [["x", "y"]]}],
                                                        "9113 6.9: frames exempt from flow control MUST be accepted"), needs=["flow"])
    yield a_case(f"h2.flow-received.exempt-ping-{role}", f"PING, the connection's window is used up ({role})", role,
                 ["9113-6.9-1"], "Only DATA is counted: who holds the rest up stops the connection.", ["valid", "flow-control"],
                 joined([*used, recv(ping)]), valid([first, data(1, 65535)], "9113 6.9: frames exempt from flow control MUST be accepted",
                                                    [{"wrote": event("PING_ACK", data="12345678")}]), needs=["flow"])
    yield a_case(f"h2.flow-received.exempt-reset-{role}", f"RST_STREAM, the connection's window is used up ({role})", role,
                 ["9113-6.9-1"], "Only DATA is counted: who holds the rest up stops the connection.", ["valid", "flow-control"],
                 joined([*used, recv({"frame": "RST_STREAM", "stream": 1, "code": "CANCEL"})]),
                 valid([first, data(1, 65535), event("reset", stream=1, code="CANCEL")],
                       "9113 6.9: frames exempt from flow control MUST be accepted"), needs=["flow", "reset"])
    yield a_case(f"h2.flow-received.exempt-new-stream-{role}", f"A message on stream 3, the connection's window is used up ({role})",
                 role, ["9113-6.9-1"], "Only DATA is counted: who holds the rest up stops the connection.", ["valid", "flow-control"],
                 joined([*used, *second(role)]), valid([first, data(1, 65535), third], "9113 6.9: frames exempt from flow control MUST be accepted"),
                 needs=["flow"])
    reset = {"send": {"reset": {"stream": 1, "code": "CANCEL"}}}
    dead = [*base, *second(role), reset, recv(*fill(1, 65535))]
    # A RST_STREAM again, for what comes on the stream that was reset, is no refusal of the other stream.
    again = "9113 5.4.2: an endpoint SHOULD NOT send more than one RST_STREAM for any stream"
    only_dead = [{"seen": rejected("stream", stream=1)}, {"never": rejected("stream", stream=3)}, {"never": rejected("connection")}]
    good = f"h2.flow-received.reset-stream-credit-{role}"
    read, *bad = valid([first, third, data(3, 5)], "9113 6.9: the peer counts these octets, and has credit for 5 more")
    yield a_case(good, f"65535 octets for a stream it reset, credit of 5, then 5 for another ({role})", role, ["9113-6.9-6", "9113-6.4-2"],
                 "What is on its way when a stream is reset still takes its place in the connection's window.", ["valid", "flow-control"],
                 joined([*dead, give(0, 5), recv(*fill(3, 5))]),
                 [read, outcome("reset-again", "weak", [{"seen": data(3, 5)}, *only_dead], again), *bad], needs=["flow"])
    yield a_case(f"h2.flow-received.reset-stream-counts-{role}", f"65535 octets for a stream it reset, then 1 for another ({role})",
                 role, ["9113-6.9-6"], "Octets of a stream in error that are not counted make the two windows differ for good.",
                 ["flow-control"], joined([*dead, recv(*fill(3, 1))]), [
        *over(3)[:-2],
        outcome("reset-again", "weak", [{"wrote": event("WINDOW_UPDATE", stream=0)}, {"seen": data(3, 1)}, *only_dead], again),
        over(3)[-2],
        outcome("credit-given", "pass", [{"wrote": event("WINDOW_UPDATE", stream=0)}, {"seen": data(3, 1)}],
                "9113 6.9.1: it accounts for what it throws away, and gives that room back at once"),
        over(3)[-1]], needs=["flow"], twin=good)
    # 6.9.3: the endpoint lowers its own window.
    yield a_case(f"h2.flow-received.lowered-before-ack-{role}", f"20 octets after it lowered its window to 5, before the ACK ({role})",
                 role, ["9113-6.9.3-1"], "The sender cannot know yet: who refuses here breaks every upload that is under way.",
                 ["valid", "flow-control"], joined([*base, own(5), recv(*fill(1, 20), ACK, EMPTY_END)]),
                 valid([first, data(1, 20), ENDED], "9113 6.9.3: it MUST be prepared to receive data that exceeds the new window"),
                 needs=["flow"])
    good = f"h2.flow-received.lowered-then-credit-{role}"
    yield a_case(good, f"A window of -15 gets credit of 20, then 5 octets come ({role})", role, ["9113-6.9.3-1", "9113-6.9.2-1"],
                 "Both sides have the same negative window, or they differ for good.", ["valid", "flow-control"],
                 joined([*base, own(5), recv(*fill(1, 20), ACK), give(1, 20), recv(*fill(1, 5))]),
                 valid([first, data(1, 25)], "9113 6.9.2: the window is 5 again"), needs=["flow"])
    late = "9113 6.9.3: a receiver MAY continue, or send RST_STREAM with FLOW_CONTROL_ERROR"
    for name, title, script in (
            ("lowered-then-over", "20 octets after it lowered its window to 5 and the ACK came", [own(5), recv(ACK, *fill(1, 20))]),
            ("lowered-negative-over", "20 octets before the ACK of a window of 5, and 1 after it", [own(5), recv(*fill(1, 20), ACK, *fill(1, 1))]),
            ("lowered-credit-over", "A window of -15 gets credit of 20, then 6 octets come",
             [own(5), recv(*fill(1, 20), ACK), give(1, 20), recv(*fill(1, 6))])):
        yield a_case(f"h2.flow-received.{name}-{role}", f"{title} ({role})", role, ["9113-6.9.3-2", "9113-6.9.3-3"],
                     EXCEED, ["flow-control"], joined([*base, *script]), over(1, late), level="MAY", needs=["flow"], twin=good)
    new = [*base, own(5), recv(ACK), *second(role)]
    good = f"h2.flow-received.lowered-new-stream-fits-{role}"
    yield a_case(good, f"5 octets on a stream opened after the window was lowered to 5 ({role})", role, ["9113-6.9.3-1"], EXACT,
                 ["valid", "flow-control"], joined([*new, recv(*fill(3, 5))]),
                 valid([first, third, data(3, 5)], "9113 6.9.2: the window of a new stream is 5"), needs=["flow"])
    yield a_case(f"h2.flow-received.lowered-new-stream-over-{role}",
                 f"6 octets on a stream opened after the window was lowered to 5 ({role})", role, ["9113-6.9-2"], EXCEED,
                 ["flow-control"], joined([*new, recv(*fill(3, 6))]), over(3), level="MAY", needs=["flow"], twin=good)


def joined_data(events):
    """Adjacent data of one stream as one, as the judge sees it."""
    joined = []
    for event in events:
        last = joined[-1] if joined else {}
        if event["event"] == last.get("event") == "data" and event["stream"] == last["stream"]:
            joined[-1] = {**last, "bytes": [last["bytes"], event["bytes"]]}
        else:
            joined.append(event)
    return joined


def streams_apart(case):
    """Adds the outcomes in which what several streams bring comes in another order: the RFC has none between streams."""
    why = "9113 5: streams are independent; no rule orders what is shown of them"
    for at, outcome in enumerate(case["outcomes"]):
        lists = [c["expect"] for c in outcome["when"] if "expect" in c]
        if outcome["is"] != "pass" or len(lists) != 1 or len(outcome["when"]) != 1:
            continue
        apart = joined_data(sorted(lists[0], key=lambda event: event.get("stream", 0)))
        if apart != lists[0]:
            read = [{"seen": event} for event in lists[0] if event["event"] != "data" or event["stream"] == 3]
            case["outcomes"][at + 1:at + 1] = [
                {"name": "stream-by-stream", "is": "pass", "when": [{"expect": apart}], "why": why},
                {"name": "in-another-order", "is": "pass", "when": [*read, {"never": {"event": "rejected"}}], "why": why}]
        break
    return case


FILES = {"overflow": overflow_cases, "received": received_cases}


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "http2" / "flow"
    stale = []
    for name, make in FILES.items():
        made = [streams_apart(case) for case in make()]
        text = json.dumps(made)
        lets = {k: v for k, v in LETS.items() if json.dumps({"let": k}) in text}
        made = {"format": 1, "protocol": "http2", "suite": f"flow/{name}", "lets": lets, "cases": made}
        path = folder / f"{name}.json"
        if "--check" not in sys.argv:
            path.write_text(json.dumps(made, indent=1) + "\n")
        elif not path.exists() or json.loads(path.read_text()) != made:
            stale.append(str(path))
    if stale:
        sys.exit("not what the generator makes: " + ", ".join(stale))


if __name__ == "__main__":
    main()
