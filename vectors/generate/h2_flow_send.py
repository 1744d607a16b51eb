#!/usr/bin/env python3
"""What a sender does with windows: held, resumed, shared, negative (RFC 9113, 5.2, 6.9.1 and 6.9.2), in both roles.

    python3 vectors/generate/h2_flow_send.py            writes vectors/http2/flow/send.json
    python3 vectors/generate/h2_flow_send.py --check    compares instead (as JSON: the layout is `wireproof vectors fmt`'s)
"""

import json
import pathlib
import sys

from h2_frames import ACK, MAGIC, ROLES, a_case, event, outcome, request_fields, send_request

# --- the table ---------------------------------------------------------------------------------------------------
# name, title, the peer's SETTINGS_INITIAL_WINDOW_SIZE, requirements, why, then the steps. A step is what is done and
# the DATA that may go out in it: (content, whether it is the end). Nothing may go out in a step without.
#   ("data", octets, end)  ("end",)  ("trailers",)  ("credit", stream, increment)  ("window", INITIAL_WINDOW_SIZE)
#   ("fill", octets)   so many octets of content, which fit and of which only the room they take is looked at

RESPECT = ["9113-5.2.1-2", "9113-6.9.1-1"]
ADJUST = ["9113-6.9.2-1"]
NEGATIVE = ["9113-6.9.2-2", "9113-6.9.2-3"]

OVERRUN = "A sender that overruns a window fills buffers that its peer said it has not; the peer ends the connection."
STALL = "A sender that misses credit stalls for good: both sides wait for each other."
DRIFT = "Two sides whose windows differ by one octet differ for good, and the connection hangs or breaks much later."
BELOW = "A window kept in an unsigned number becomes four thousand million when it falls below zero."

CASES = [
    ("fits", "8 octets into a window of 8", 8, RESPECT, STALL,
     [(("data", "abcdefgh", True), ("abcdefgh", True))]),
    ("stream-1-over", "9 octets into a stream window of 8, which then grows by 1", 8, RESPECT, OVERRUN,
     [(("data", "abcdefghi", True), ("abcdefgh", False)), (("credit", 1, 1), ("i", True))]),
    ("stream-resumed", "8 octets into a stream window of 5, which then grows by 3", 5, RESPECT, OVERRUN,
     [(("data", "abcdefgh", True), ("abcde", False)), (("credit", 1, 3), ("fgh", True))]),
    ("by-single-octets", "3 octets into a stream window of 0 that grows by 1 at a time", 0, RESPECT, DRIFT,
     [(("data", "abc", True), None), (("credit", 1, 1), ("a", False)), (("credit", 1, 1), ("b", False)),
      (("credit", 1, 1), ("c", True))]),
    ("more-credit-than-data", "8 octets into a stream window of 5, which then grows by 2^31-6", 5, RESPECT, STALL,
     [(("data", "abcdefgh", True), ("abcde", False)), (("credit", 1, 2147483642), ("fgh", True))]),
    ("credit-before-data", "A stream window of 3 grows by 2, then 8 octets are sent", 3, RESPECT, DRIFT,
     [(("credit", 1, 2), None), (("data", "abcdefgh", True), ("abcde", False)), (("credit", 1, 3), ("fgh", True))]),
    ("stream-full-connection-credit", "Credit for the connection only, while the stream's window is used up", 5, RESPECT,
     "Two windows bind at once: who looks at one overruns the other.",
     [(("data", "abcdefgh", True), ("abcde", False)), (("credit", 0, 1000), None), (("credit", 1, 3), ("fgh", True))]),
    ("connection-1-over", "The connection's 65535 octets are used up; 3 more are sent", 100000, RESPECT, OVERRUN,
     [(("fill", 65535), None), (("data", "abc", True), None), (("credit", 0, 2), ("ab", False)),
      (("credit", 0, 1), ("c", True))]),
    ("connection-full-stream-credit", "Credit for the stream only, while the connection's window is used up", 65535, RESPECT,
     "Two windows bind at once: who looks at one overruns the other.",
     [(("fill", 65535), None), (("data", "abc", True), None), (("credit", 1, 10), None), (("credit", 0, 3), ("abc", True))]),
    ("both-full", "Both windows are used up; the connection grows, then the stream", 65535, RESPECT, DRIFT,
     [(("fill", 65535), None), (("data", "abc", True), None), (("credit", 0, 3), None), (("credit", 1, 2), ("ab", False)),
      (("credit", 1, 1), ("c", True))]),
    ("two-writes-held", "Two writes wait for one credit", 0, RESPECT, "Content goes out in the order in which it came.",
     [(("data", "ab", False), None), (("data", "cd", True), None), (("credit", 1, 1), ("a", False))]),
    ("trailers-wait", "Trailers are sent while content waits for the window", 2, RESPECT,
     "Trailers that overtake content end the message before its content: what waits is lost.",
     [(("data", "abcd", False), ("ab", False)), (("trailers",), None), (("credit", 1, 2), ("cd", "trailers"))]),
    ("end-waits", "The end is sent while content waits for the window", 2, RESPECT,
     "An END_STREAM that overtakes content cuts the message short.",
     [(("data", "abcd", False), ("ab", False)), (("end",), None), (("credit", 1, 2), ("cd", True))]),
    ("settings-raise", "SETTINGS raise the window of a stream that waits, twice", 0, ADJUST, STALL,
     [(("data", "abc", True), None), (("window", 2), ("ab", False)), (("window", 3), ("c", True))]),
    ("settings-raise-after-use", "SETTINGS raise a window of 5 that is used up to 7", 5, ADJUST,
     "The difference counts: a window that is set to the new value gives the used octets twice.",
     [(("data", "abcdefgh", True), ("abcde", False)), (("window", 7), ("fg", False)), (("credit", 1, 1), ("h", True))]),
    ("settings-same", "SETTINGS repeat the value of a window that is used up", 5, ADJUST,
     "The difference counts: a window that is set to the value again gives the used octets twice.",
     [(("data", "abcdefgh", True), ("abcde", False)), (("window", 5), None), (("credit", 1, 3), ("fgh", True))]),
    ("settings-lower", "SETTINGS lower a window of 10, of which 2 are used, to 6", 10, ADJUST, OVERRUN,
     [(("data", "ab", False), ("ab", False)), (("window", 6), None), (("data", "cdefgh", True), ("cdef", False)),
      (("credit", 1, 2), ("gh", True))]),
    ("settings-lower-keeps-credit", "SETTINGS lower a window of 10, which was given 5 more, to 2", 10, ADJUST,
     "The difference counts: a window that is set to the new value forgets what WINDOW_UPDATE gave.",
     [(("credit", 1, 5), None), (("window", 2), None), (("data", "abcdefghij", True), ("abcdefg", False)),
      (("credit", 1, 3), ("hij", True))]),
    ("settings-to-zero-exactly", "SETTINGS lower the window of a stream to 0 exactly", 10, ADJUST, OVERRUN,
     [(("data", "abcd", False), ("abcd", False)), (("window", 4), None), (("data", "ef", True), None),
      (("credit", 1, 2), ("ef", True))]),
    ("negative-credit", "SETTINGS make a window -3; credit brings it to 0, then to 2, then to 4", 10, ADJUST + NEGATIVE, BELOW,
     [(("data", "abcdef", False), ("abcdef", False)), (("window", 3), None), (("data", "ghij", True), None),
      (("credit", 1, 3), None), (("credit", 1, 2), ("gh", False)), (("credit", 1, 2), ("ij", True))]),
    ("negative-to-minus-1", "SETTINGS make a window -3; credit brings it to -1, then to 1", 10, NEGATIVE, BELOW,
     [(("data", "abcdef", False), ("abcdef", False)), (("window", 3), None), (("data", "gh", True), None),
      (("credit", 1, 2), None), (("credit", 1, 2), ("g", False)), (("credit", 1, 1), ("h", True))]),
    ("negative-settings", "SETTINGS make a window -6; SETTINGS bring it to 0, then to 2", 10, ADJUST + NEGATIVE, BELOW,
     [(("data", "abcdef", False), ("abcdef", False)), (("window", 0), None), (("data", "gh", True), None),
      (("window", 6), None), (("window", 8), ("gh", True))]),
    ("negative-twice", "SETTINGS lower a negative window again", 10, ADJUST + NEGATIVE, BELOW,
     [(("data", "abcdef", False), ("abcdef", False)), (("window", 4), None), (("window", 1), None),
      (("data", "gh", True), None), (("credit", 1, 4), None), (("credit", 1, 3), ("gh", True))]),
    ("negative-connection-credit", "SETTINGS make a stream's window negative; the connection gets credit", 10, NEGATIVE, BELOW,
     [(("data", "abcdef", False), ("abcdef", False)), (("window", 0), None), (("data", "gh", True), None),
      (("credit", 0, 100), None), (("credit", 1, 8), ("gh", True))]),
    ("settings-not-connection", "SETTINGS raise the initial window while the connection's is used up", 65535,
     ["9113-6.9.2-i1", *RESPECT], "Only WINDOW_UPDATE changes the connection's window: who adds to it here overruns the peer.",
     [(("fill", 65535), None), (("window", 100000), None), (("data", "abc", True), None), (("credit", 0, 3), ("abc", True))]),
    ("settings-lower-not-connection", "An initial window of 4; the stream gets credit for 8 octets more", 4,
     ["9113-6.9.2-i1"], "Only WINDOW_UPDATE changes the connection's window: who lowers it here stalls.",
     [(("data", "abcdefghijkl", True), ("abcd", False)), (("credit", 1, 8), ("efghijkl", True))]),
    ("connection-credit-first", "The connection gets credit for 5 octets before 65535 are sent", 100000, RESPECT,
     DRIFT, [(("credit", 0, 5), None), (("fill", 65535), None), (("data", "abcdefgh", True), ("abcde", False)),
             (("credit", 0, 3), ("fgh", True))]),
    ("initial-largest", "An initial window of 2^31-1, the connection's is used up", 2147483647, RESPECT, OVERRUN,
     [(("fill", 65535), None), (("data", "abc", True), None), (("credit", 0, 3), ("abc", True))]),
]

LONG_IN_CLIENTS = ("connection-1-over", "settings-not-connection")

# A window without room, and the end of the stream in an empty DATA frame: name, title, window, steps before.
EMPTY = [
    ("empty-end-at-zero", "The end without content, the stream's window is 0", 0, []),
    ("empty-end-when-used", "The end without content, the stream's window is used up", 3, [("data", "abc", False)]),
    ("empty-end-when-negative", "The end without content, the stream's window is negative", 3,
     [("data", "abc", False), ("window", 0)]),
    ("empty-end-connection-used", "The end without content, the connection's window is used up", 65535, [("fill", 65535)]),
]

# --- notation ----------------------------------------------------------------------------------------------------


def settings(value):
    return {"frame": "SETTINGS", "settings": [["INITIAL_WINDOW_SIZE", value]]}


def request(stream=1):
    return {"frame": "HEADERS", "stream": stream, "flags": ["END_STREAM", "END_HEADERS"],
            "fields": request_fields("GET", f"/{stream}")}


def response(stream=1):
    return {"send": {"response": {"stream": stream, "fields": [[":status", "200"]], "end": False}}}


def opening(role, window, streams=(1,)):
    """Streams on which the endpoint may send content; the peer's SETTINGS have this window."""
    if role == "server":
        return [{"receive": [MAGIC, settings(window), ACK, *[request(s) for s in streams]]}, *[response(s) for s in streams]]
    return [{"receive": [settings(window), ACK]}] if not streams else \
        [send_request(streams[0], f"/{streams[0]}", "POST", False), {"receive": [settings(window), ACK]},
         *[send_request(s, f"/{s}", "POST", False) for s in streams[1:]]]


def act(action, stream=1):
    kind, *rest = action
    if kind == "data":
        return {"send": {"data": {"stream": stream, "bytes": rest[0], "end": rest[1]}}}
    if kind == "fill":
        return {"send": {"data": {"stream": stream, "bytes": "x" * rest[0], "end": False}}}
    if kind == "end":
        return {"send": {"end": {"stream": stream}}}
    if kind == "trailers":
        return {"send": {"end": {"stream": stream, "trailers": [["x-sum", "1"]]}}}
    if kind == "credit":
        return {"receive": [{"frame": "WINDOW_UPDATE", **({"stream": rest[0]} if rest[0] else {}), "increment": rest[1]}]}
    return {"receive": [settings(rest[0])]}


MOST = 16777215


def written(goes, stream, step):
    """The DATA of one step, in one frame; an end may come in an empty frame behind it."""
    if not goes:
        return [{"wrote": [], "step": step}]
    content, end = goes
    last = event("DATA", stream=stream, bytes="", end=True, optional=True)
    if end == "trailers":
        return [{"wrote": [event("DATA", stream=stream, bytes=content, end=False),
                           event("HEADERS", stream=stream, fields=[["x-sum", "1"]], end=True)], "step": step}]
    if end:
        return [{"wrote": [event("DATA", stream=stream, bytes=content), last], "step": step},
                {"wrote": event("DATA", stream=stream, end=True), "step": step}]
    return [{"wrote": [event("DATA", stream=stream, bytes=content, end=False)], "step": step}]


def verdicts(clause, moments):
    """`moments`: (step, stream, action, what may go out). A frame longer than that, or an end before its time, fails."""
    good, over, stalled = [], [], []
    for step, stream, action, goes in moments:
        if action[0] == "fill":
            continue
        good += written(goes, stream, step)
        room = len(goes[0]) if goes else 0
        over.append({"wrote": event("DATA", length={"in": [room + 1, MOST]}), "step": step})
        if not goes or not goes[1]:
            over.append({"wrote": event("DATA", end=True), "step": step})
            over.append({"wrote": event("HEADERS", end=True), "step": step})
        else:
            stalled.append({"unwritten": event("HEADERS" if goes[1] == "trailers" else "DATA", stream=stream, end=True)})
    out = [outcome("in-step", "pass", good)]
    for condition in over:
        pattern = condition["wrote"]
        kind = "over" if "length" in pattern else "end-too-early"
        why = f"{clause}: longer than the window has room" if kind == "over" else f"{clause}: content still waits"
        out.append(outcome(f"{kind}-{condition['step']}" + ("-headers" if pattern["event"] == "HEADERS" else ""), "fail",
                           [condition], why))
    for condition in stalled:
        stream = condition["unwritten"]["stream"]
        out.append(outcome("stalled" if len(stalled) == 1 else f"stalled-{stream}", "fail", [condition], "9113 6.9.1: the windows have room for all of it"))
    out.append(outcome("garbled", "fail", [{"wrote": event("garbled")}], "9113 4.1: a frame that a strict peer refuses"))
    out.append(outcome("in-other-pieces", "seen", [{"unwritten": event("garbled")}],
                       "9113 6.9.1: how much of a window a sender uses at a time is its own affair"))
    return out


CLAUSES = {"9113-5.2.1-2": "9113 6.9.1", "9113-6.9.2-1": "9113 6.9.2", "9113-6.9.2-2": "9113 6.9.2", "9113-6.9.2-i1": "9113 6.9.2"}


def cases():
    for role in ROLES:
        for name, title, window, ids, why, plan in CASES:
            if role == "client" and name not in LONG_IN_CLIENTS and any(action[0] == "fill" for action, _ in plan):
                continue  # what is sent is written out in full: 65535 octets once are enough
            script = opening(role, window)
            moments = [(len(script) + i, 1, action, goes) for i, (action, goes) in enumerate(plan)]
            script += [act(action) for action, _ in plan]
            clause = CLAUSES[ids[0]]
            outs = verdicts(clause, moments)
            if name == "two-writes-held":
                outs = [o for o in outs if o["name"] != "stalled"]
            yield a_case(f"h2.flow-send.{name}-{role}", f"{title} ({role})", role, ids, why, ["flow-control", "send"],
                         script, outs, needs=["send-flow"])
        for name, title, window, before in EMPTY[:-1] if role == "client" else EMPTY:
            script = [*opening(role, window), *[act(a) for a in before], act(("end",))]
            step = len(script) - 1
            yield a_case(f"h2.flow-send.{name}-{role}", f"{title} ({role})", role, ["9113-6.9.1-2"],
                         "An end that takes no room and waits for room holds the message open for nothing.",
                         ["flow-control", "send"], script, [
                outcome("sent", "pass", [{"wrote": [event("DATA", stream=1, bytes="", end=True)], "step": step}]),
                outcome("waits", "pass", [{"wrote": [], "step": step}], "9113 6.9.1: it MAY be sent"),
                outcome("not-empty", "fail", [{"wrote": event("DATA", length={"in": [1, MOST]}), "step": step}],
                        "9113 6.9.1: there is no room for anything but nothing")], level="MAY", needs=["send-flow"])
        yield from shared(role)
        yield from cut(role)
        yield from gone(role)


def shared(role):
    """Two streams and one connection window."""
    base = opening(role, 100000, (1, 3))
    n = len(base)
    script = [*base, act(("fill", 65530), 1), act(("data", "abcdefgh", True), 3), act(("credit", 3, 50), 3),
              act(("credit", 0, 3), 3)]
    yield a_case(f"h2.flow-send.shared-{role}", f"65530 octets on stream 1, then 8 on stream 3 ({role})", role, RESPECT,
                 "The connection's window is one for all streams: who counts each stream alone overruns it.",
                 ["flow-control", "send"], script, verdicts("9113 6.9.1", [
                     (n + 1, 3, ("data",), ("abcde", False)), (n + 2, 3, ("credit",), None), (n + 3, 3, ("credit",), ("fgh", True))]),
                 needs=["send-flow"])
    base = opening(role, 5, (1, 3))
    n = len(base)
    script = [*base, act(("data", "abcdefgh", True), 1), act(("data", "ijklm", True), 3), act(("credit", 1, 3), 1)]
    yield a_case(f"h2.flow-send.other-stream-goes-on-{role}", f"Stream 1 waits for its window, stream 3 has room ({role})", role,
                 RESPECT, "A stream that waits for its own window need not hold up the others.",
                 ["flow-control", "send"], script, verdicts("9113 6.9.1", [
                     (n, 1, ("data",), ("abcde", False)), (n + 1, 3, ("data",), ("ijklm", True)), (n + 2, 1, ("credit",), ("fgh", True))]),
                 needs=["send-flow"])
    base = opening(role, 10, (1, 3))
    n = len(base)
    script = [*base, act(("data", "abcdefgh", False), 1), act(("window", 2)), act(("data", "ijkl", True), 3),
              act(("credit", 3, 2), 3), act(("data", "x", True), 1), act(("credit", 1, 1), 1)]
    yield a_case(f"h2.flow-send.settings-every-stream-{role}",
                 f"SETTINGS lower two streams' windows, one below zero ({role})", role, ADJUST + NEGATIVE,
                 "Every open stream's window moves by the difference, whatever is left in it.", ["flow-control", "send"],
                 script, verdicts("9113 6.9.2", [
                     (n, 1, ("data",), ("abcdefgh", False)), (n + 1, 1, ("window",), None), (n + 2, 3, ("data",), ("ij", False)),
                     (n + 3, 3, ("credit",), ("kl", True)), (n + 4, 1, ("data",), None), (n + 5, 1, ("credit",), None)])[:-3] + [
                     outcome("in-other-pieces", "seen", [{"unwritten": event("garbled")}],
                             "9113 6.9.1: how much of a window a sender uses at a time is its own affair")],
                 needs=["send-flow"])


def cut(role):
    """Much content at once: the end is on the last frame only."""
    for size in (16384, 16385, 32768):
        script = [*opening(role, 65535), {"send": {"data": {"stream": 1, "bytes": "x" * size, "end": True}}}]
        step = len(script) - 1
        yield a_case(f"h2.flow-send.end-on-the-last-{size}-{role}", f"{size} octets and the end in one go ({role})", role,
                     ["9113-4.1-1", "9113-6.9.1-1"], "An END_STREAM on each piece of a cut cuts the message short.",
                     ["flow-control", "send", "frame-size"], script, [
            outcome("cut", "pass", [{"wrote": [event("..."), event("DATA", stream=1, end=True)], "step": step},
                                    {"unwritten": event("DATA", length={"in": [16385, MOST]})}, {"unwritten": event("garbled")}]),
            outcome("too-large", "fail", [{"wrote": event("DATA", length={"in": [16385, MOST]})}],
                    "9113 4.1: values above the receiver's SETTINGS_MAX_FRAME_SIZE MUST NOT be sent"),
            outcome("refused", "pass", [{"refused": True, "step": step}, {"unwritten": event("DATA")}],
                    "9113 4.1: an endpoint that does not cut for its user refuses"),
            outcome("garbled", "fail", [{"wrote": event("garbled")}], "9113 5.1: nothing after END_STREAM"),
            outcome("not-sent", "fail", [{"unwritten": event("DATA", end=True)}], "9113 6.9.1: the windows have room"),
        ], needs=["send-flow"])


def gone(role):
    """The peer resets a stream whose content waits."""
    reset = {"receive": [{"frame": "RST_STREAM", "stream": 1, "code": "CANCEL"}]}
    base = [*opening(role, 2), act(("data", "abcd", True)), reset]
    n = len(base)
    for name, title, credit in (("connection", "the connection", 0), ("stream", "the stream", 1)):
        script = [*base, act(("credit", credit, 100))]
        yield a_case(f"h2.flow-send.reset-while-held-{name}-{role}",
                     f"RST_STREAM for a stream that waits, then credit for {title} ({role})", role, ["9113-6.4-1"],
                     "What waited is sent into a stream that the peer has forgotten: a connection error there.",
                     ["flow-control", "send", "reset"], script, [
            outcome("dropped", "pass", [{"wrote": [], "step": n}, {"unwritten": event("RST_STREAM")}]),
            outcome("sent", "fail", [{"wrote": event("DATA"), "step": n}], "9113 6.4: no additional frames for that stream"),
            outcome("answered", "fail", [{"wrote": event("RST_STREAM")}], "9113 6.4: no additional frames for that stream"),
            outcome("refused", "fail", [{"seen": event("rejected")}], "9113 6.9: credit for a closed stream is no error")],
            needs=["send-flow"])


def trailers_refused(case):
    """Adds the outcome in which a library leaves trailers to the application while content waits: it is its choice."""
    if ".trailers-wait-" in case["id"]:
        sends = [at for at, step in enumerate(case["steps"]) if step.get("send", {}).get("end", {}).get("trailers")]
        case["outcomes"].insert(1, outcome("left-to-the-application", "pass",
            [{"refused": True, "step": sends[0]}, {"unwritten": event("HEADERS", end=True), "step": sends[0]}],
            "9113 6.9.1 holds DATA back; no rule has a library keep trailers behind it, so it may refuse them until then"))
    return case


def main():
    path = pathlib.Path(__file__).resolve().parent.parent / "http2" / "flow" / "send.json"
    made = {"format": 1, "protocol": "http2", "suite": "flow/send", "cases": [trailers_refused(case) for case in cases()]}
    if "--check" not in sys.argv:
        path.write_text(json.dumps(made, indent=1) + "\n")
    elif not path.exists() or json.loads(path.read_text()) != made:
        sys.exit(f"not what the generator makes: {path}")


if __name__ == "__main__":
    main()
