#!/usr/bin/env python3
"""Padding, the priority fields, PRIORITY and RST_STREAM (RFC 9113, 5.3, 6.1 to 6.4), in both roles.

    python3 vectors/generate/h2_stream_frames.py            writes vectors/http2/streams-frames/{padding,priority,reset}.json
    python3 vectors/generate/h2_stream_frames.py --check    compares instead (as JSON: the layout is `wireproof vectors fmt`'s)
"""

import json
import pathlib
import sys

from h2_frames import (LETS, ROLES, a_case, connection_error, event, head, let, opened, outcome, rejected, request_fields,
                       send_request, steps, valid)

# --- the tables --------------------------------------------------------------------------------------------------

PADS = [0, 1, 2, 127, 128, 254, 255]

# Priority fields: name, title, depends, weight, exclusive.
PRIORITIES = [
    ("weight-least", "a weight of 1", 0, 1, False), ("weight-most", "a weight of 256", 0, 256, False),
    ("exclusive", "the exclusive flag", 0, 16, True), ("on-itself", "a dependency on its own stream", 1, 16, False),
    ("on-itself-exclusive", "an exclusive dependency on its own stream", 1, 16, True),
    ("on-idle", "a dependency on an idle stream", 99, 16, False), ("on-even", "a dependency on stream 2", 2, 16, False),
    ("on-largest", "a dependency on stream 2^31-1, exclusive", 2147483647, 256, True),
]

CODES = ["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
         "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
         "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"]
UNKNOWN = [(14, "0xe"), (255, "0xff"), (2147483648, "0x80000000"), (4294967295, "0xffffffff")]

# --- notation ----------------------------------------------------------------------------------------------------

END = event("end", stream=1)
EMPTY_END = {"frame": "DATA", "stream": 1, "flags": ["END_STREAM"]}
FAULT = "Padding longer than the frame: who subtracts without looking gets a length of four thousand million."
IGNORED = "9113 5.3.2 and 6.3: priority signals of RFC 7540 are deprecated; the fields are read and change nothing"


def fields(role):
    return request_fields("POST", "/1") if role == "server" else [[":status", "200"]]


def first_frame(role, **members):
    return {"frame": "HEADERS", "stream": 1, **({} if "payload" in members else {"fields": fields(role)}), **members}


def block(role):
    """The field block of the first message, as octets: the static table's entries alone."""
    return "83 86 84 41 01 61" if role == "server" else "88"


def block_head(role):
    return event("request", stream=1, method="POST", path="/") if role == "server" else head(role)


def hexed(n):
    return f"{n:02x}"


def padding_cases():
    for role in ROLES:
        begin, rest = opened(role), let("rest")
        for n in PADS:
            yield a_case(f"h2.padded.data-{n}-{role}", f"DATA with {n} octets of padding ({role})", role, ["9113-6.1-1"],
                         "Padding that is counted wrong becomes content, or content is lost.", ["valid", "padding"],
                         steps(role, [begin, {"frame": "DATA", "stream": 1, "data": "abc", "pad": n}, let("rest")]),
                         valid([head(role), event("data", stream=1, bytes="abcok"), END], "9113 6.1: DATA MAY contain padding"))
            if n == 0:
                continue  # h2.frame-size.headers-padded-whole
            yield a_case(f"h2.padded.headers-{n}-{role}", f"HEADERS with {n} octets of padding ({role})", role, ["9113-6.2-7"],
                         "Padding that is counted wrong becomes part of the field block.", ["valid", "padding"],
                         steps(role, [first_frame(role, pad=n), rest]),
                         valid([head(role), event("data", stream=1, bytes="ok"), END], "9113 6.2: HEADERS may be padded"))
        yield a_case(f"h2.padded.trailers-255-{role}", f"Trailers with 255 octets of padding ({role})", role, ["9113-6.2-7"],
                     "Padding that is counted wrong becomes part of the field block.", ["valid", "padding"],
                     steps(role, [begin, {"frame": "HEADERS", "stream": 1, "flags": ["END_STREAM", "END_HEADERS"],
                                          "fields": [["x", "y"]], "pad": 255}]),
                     valid([head(role), {**END, "trailers": [["x", "y"]]}], "9113 6.2: HEADERS may be padded"))
        yield a_case(f"h2.padded.headers-before-continuation-{role}", f"Padded HEADERS, then CONTINUATION ({role})", role,
                     ["9113-6.2-3"], "Padding stands between the two parts of a field block and is in neither.",
                     ["valid", "padding"],
                     steps(role, [first_frame(role, pad=7, flags=[]), {"frame": "CONTINUATION", "stream": 1, "fields": [["b", "c"]]}, rest]),
                     valid([{**head(role), "fields": {"has": [["b", "c"]]}}, event("data", stream=1, bytes="ok"), END],
                           "9113 6.2: HEADERS may be padded"))
        yield a_case(f"h2.padded.data-with-end-{role}", f"DATA of nothing but padding, with END_STREAM ({role})", role,
                     ["9113-6.1-1"], "A frame without content ends the stream as any other.", ["valid", "padding"],
                     steps(role, [begin, {"frame": "DATA", "stream": 1, "flags": ["END_STREAM"], "data": "", "pad": 255}]),
                     valid([head(role), END], "9113 6.1: DATA MAY contain padding"))
        # Pad Length against what is left: the payload is Pad Length, then `left` octets.
        for what, clause, ids in (("data", "9113 6.1", ["9113-6.1-7"]), ("headers", "9113 6.2", ["9113-6.2-7"])):
            good = f"h2.padded.{what}-1-{role}"
            for name, left, pad in (("equal", 5, 6), ("one-more", 5, 7), ("most", 5, 255), ("alone-1", 0, 1), ("alone-255", 0, 255)):
                payload = {"hex": " ".join([hexed(pad), *["00"] * left])}
                if what == "data":
                    frames = [begin, {"frame": "DATA", "stream": 1, "flags": ["PADDED"], "payload": payload}]
                else:
                    frames = [{"frame": "HEADERS", "stream": 1, "flags": ["END_HEADERS", "PADDED"], "payload": payload}]
                yield a_case(f"h2.padded.{what}-{name}-{role}",
                             f"{what.upper()} with a Pad Length of {pad}, the payload is {left + 1} octets ({role})", role, ids, FAULT,
                             ["padding", "error-code"], steps(role, frames), connection_error("PROTOCOL_ERROR", clause), twin=good)
        # Priority fields and padding: what is left for the block.
        size = len(block(role).split())
        prio = "00 00 00 00 0f"
        good = f"h2.padded.headers-priority-fits-{role}"
        yield a_case(good, f"HEADERS with priority fields and 3 octets of padding ({role})", role, ["9113-6.2-7"],
                     "Padding, priority fields and the block share one payload.", ["valid", "padding", "priority"],
                     steps(role, [first_frame(role, flags=["END_HEADERS", "PADDED", "PRIORITY"],
                                              payload={"hex": f"03 {prio} {block(role)} 00 00 00"}), rest]),
                     valid([block_head(role), event("data", stream=1, bytes="ok"), END], "9113 6.2: a frame of this form is valid"))
        for name, pad in (("into-priority", size + 1), ("into-all-of-priority", size + 5)):
            yield a_case(f"h2.padded.headers-{name}-{role}",
                         f"HEADERS whose padding reaches {pad - size} octets into the priority fields ({role})", role,
                         ["9113-4.2-2", "9113-4.2-3"], FAULT, ["padding", "priority", "error-code"],
                         steps(role, [first_frame(role, flags=["END_HEADERS", "PADDED", "PRIORITY"],
                                                  payload={"hex": f"{hexed(pad)} {prio} {block(role)}"})]),
                         connection_error(["FRAME_SIZE_ERROR", "PROTOCOL_ERROR"], "9113 4.2"), twin=good)
        # What stands in the padding.
        for what, ids in (("data", ["9113-6.1-3"]), ("headers", ["9113-6.2-2"])):
            for name, octets in (("ones", "ff ff ff"), ("last", "00 00 01"), ("frame", "00 00 00 04 01 00 00 00 00")):
                pad = len(octets.split())
                if what == "data":
                    frames = [begin, {"frame": "DATA", "stream": 1, "flags": ["PADDED"], "payload": {"hex": f"{hexed(pad)} 61 {octets}"}}, rest]
                    events = [head(role), event("data", stream=1, bytes="aok"), END]
                else:
                    frames = [first_frame(role, flags=["END_HEADERS", "PADDED"], payload={"hex": f"{hexed(pad)} {block(role)} {octets}"}), rest]
                    events = [block_head(role), event("data", stream=1, bytes="ok"), END]
                clause = f"9113 {ids[0].split('-')[1]}: a receiver MAY treat non-zero padding as a connection error, and need not look"
                title = {"ones": "Padding of FF octets", "last": "A last octet of padding that is not zero",
                         "frame": "Padding that reads as a SETTINGS ACK"}[name]
                yield a_case(f"h2.padded.{what}-not-zero-{name}-{role}", f"{title} in {what.upper()} ({role})", role, ids,
                             "Padding that means something to one side is a channel past the other.", ["padding"],
                             steps(role, frames), [
                    outcome("not-looked-at", "pass", [{"expect": events}], clause),
                    outcome("connection-error", "pass", [{"seen": rejected("connection", ["PROTOCOL_ERROR", "INTERNAL_ERROR"])}], clause),
                    outcome("refused", "fail", [{"seen": event("rejected")}], clause),
                    outcome("misread", "fail", [{"never": event("rejected")}], "9113 6.1: padding has no application semantic value"),
                ], level="MAY")
    # What is sent: the harness reads as a peer that looks at the padding.
    small = {"send": {"data": {"stream": 1, "bytes": "abc", "end": True}}}
    for role in ROLES:
        if role == "server":
            script = [{"receive": [let("server"), {"frame": "HEADERS", "stream": 1, "flags": ["END_STREAM", "END_HEADERS"],
                                                   "fields": request_fields("GET", "/1")}]},
                      {"send": {"response": {"stream": 1, "fields": [[":status", "200"]], "end": False}}}, small]
        else:
            script = [send_request(1, "/1", "POST", False), {"receive": [let("client")]}, small]
        yield a_case(f"h2.padded.sent-{role}", f"A message with content is sent ({role})", role, ["9113-6.1-2", "9113-6.2-1"],
                     "Padding that is not cleared shows the peer what was in memory before.", ["padding", "send"], script, [
            outcome("sent", "pass", [{"wrote": event("HEADERS", stream=1)}, {"wrote": event("DATA", stream=1, end=True)},
                                     {"unwritten": event("garbled")}]),
            outcome("garbled", "fail", [{"wrote": event("garbled")}], "9113 6.1: padding octets MUST be set to zero when sending"),
            outcome("not-sent", "fail", [{"unwritten": event("DATA", stream=1, end=True)}], "9113 8.1: the message was to be sent")])


def priority_cases():
    for role in ROLES:
        begin, rest = opened(role), let("rest")
        good = [head(role), event("data", stream=1, bytes="ok"), END]
        for name, title, depends, weight, exclusive in PRIORITIES:
            signal = {"depends": depends, "weight": weight, "exclusive": exclusive}
            why = "RFC 7540 made dependencies of streams; what is left of it is to be read and forgotten."
            yield a_case(f"h2.priority.headers-{name}-{role}", f"HEADERS with {title} ({role})", role, ["9113-6.3-i1"], why,
                         ["valid", "priority"], steps(role, [first_frame(role, priority=signal), rest]), valid(good, IGNORED))
            frame = {"frame": "PRIORITY", "stream": 1, "priority": signal}
            yield a_case(f"h2.priority.frame-{name}-{role}", f"PRIORITY with {title} ({role})", role, ["9113-6.3-i1"], why,
                         ["valid", "priority"], steps(role, [begin, frame, rest]), valid(good, IGNORED))
        for stream in (3, 2, 2147483647):
            frame = {"frame": "PRIORITY", "stream": stream, "priority": {"depends": 0, "weight": 16}}
            yield a_case(f"h2.priority.idle-{stream}-{role}", f"PRIORITY for idle stream {stream}, before a message on 1 ({role})",
                         role, ["9113-6.3-i1"], "PRIORITY opens no stream and closes none below it.", ["valid", "priority"],
                         steps(role, [frame, begin, rest]), valid(good, "9113 6.3: it does not affect the state of any stream"))
        circle = [{"frame": "PRIORITY", "stream": a, "priority": {"depends": b, "weight": 16}} for a, b in ((1, 3), (3, 5), (5, 1))]
        yield a_case(f"h2.priority.circle-{role}", f"PRIORITY frames whose dependencies form a circle ({role})", role, ["9113-6.3-i1"],
                     "A tree of priorities that is no tree has kept servers busy for ever (CVE-2019-9513).", ["valid", "priority"],
                     steps(role, [begin, *circle, rest]), valid(good, IGNORED))
        inside = [begin, {"frame": "DATA", "stream": 1, "data": "a"},
                  {"frame": "PRIORITY", "stream": 1, "priority": {"depends": 0, "weight": 1}}, rest]
        yield a_case(f"h2.priority.between-data-{role}", f"PRIORITY between two DATA frames ({role})", role, ["9113-6.3-i1"],
                     "It may come at any time on any stream.", ["valid", "priority"], steps(role, inside),
                     valid([head(role), event("data", stream=1, bytes="aok"), END], IGNORED))
        trailers = {"frame": "HEADERS", "stream": 1, "flags": ["END_STREAM", "END_HEADERS"], "fields": [["x", "y"]],
                    "priority": {"depends": 0, "weight": 1, "exclusive": True}}
        yield a_case(f"h2.priority.trailers-{role}", f"Trailers with priority fields ({role})", role, ["9113-6.3-i1"],
                     "The flag is one of HEADERS, whatever section the frame carries.", ["valid", "priority"],
                     steps(role, [begin, trailers]), valid([head(role), {**END, "trailers": [["x", "y"]]}], IGNORED))


def reset_cases():
    for role in ROLES:
        begin = opened(role)
        known = [(code, code, code) for code in CODES] + [(n, shown, shown[2:]) for n, shown in UNKNOWN]
        for code, shown, name in known:
            name = name.lower().replace("_", "-")
            unknown = not isinstance(code, str)
            script = steps(role, [begin, {"frame": "RST_STREAM", "stream": 1, "code": code}])
            script.append({"receive": [{"frame": "PING", "data": "12345678"}]})
            also = [{"wrote": event("PING_ACK", data="12345678")}, {"unwritten": event("RST_STREAM")}]
            ended = [outcome("ended", "pass", [{"expect": [head(role), event("reset", stream=1, code=shown)]}, *also])]
            if unknown:
                ended.append(outcome("as-internal-error", "pass",
                                     [{"expect": [head(role), event("reset", stream=1, code="INTERNAL_ERROR")]}, *also],
                                     "9113 7: an unknown code MAY be treated as INTERNAL_ERROR"))
            yield a_case(f"h2.reset.code-{name}-{role}", f"RST_STREAM with {'unknown code ' if unknown else ''}{shown} ({role})", role,
                         ["9113-7-1" if unknown else "9113-6.4-1"],
                         "A code that nobody knows ends the stream as any other." if unknown else
                         "The code says why; the stream is over, and the connection is not.", ["valid", "reset"], script, [
                *ended,
                outcome("answered", "fail", [{"wrote": event("RST_STREAM")}], "9113 5.4.2: never RST_STREAM in response to RST_STREAM"),
                outcome("refused", "fail", [{"seen": event("rejected")}], "9113 6.4: RST_STREAM ends this stream, not the connection"),
                outcome("misread", "fail", [{"never": event("rejected")}], "9113 6.4: the error code says why the stream is ended"),
            ], needs=["reset"])
        # What is sent behind it.
        reset = {"frame": "RST_STREAM", "stream": 1, "code": "CANCEL"}
        if role == "server":
            base = [{"receive": [let("server"), let("post")]}, {"send": {"response": {"stream": 1, "fields": [[":status", "200"]], "end": False}}},
                    {"receive": [reset]}]
        else:
            base = [send_request(1, "/1", "POST", False), {"receive": [let("client"), let("response")]}, {"receive": [reset]}]
        n = len(base)
        for name, title, send in (
                ("data", "DATA", {"data": {"stream": 1, "bytes": "abc", "end": False}}),
                ("end", "The end", {"end": {"stream": 1}}),
                ("trailers", "Trailers", {"end": {"stream": 1, "trailers": [["x", "y"]]}}),
                ("reset", "RST_STREAM", {"reset": {"stream": 1, "code": "CANCEL"}}),
                ("window", "WINDOW_UPDATE", {"window": {"stream": 1, "increment": 10}})):
            names = ["DATA", "HEADERS", "RST_STREAM", "WINDOW_UPDATE"]
            none = [{"wrote": [], "step": n}, {"unwritten": event("WINDOW_UPDATE", stream=1)}]
            yield a_case(f"h2.reset.then-{name}-{role}", f"{title} is sent on a stream that the peer reset ({role})", role,
                         ["9113-6.4-1"],
                         "The peer has forgotten the stream: it may close the connection over the frame.", ["reset", "send"],
                         [*base, {"send": send}], [
                outcome("refused", "pass", [{"refused": True, "step": n}, *none]),
                outcome("nothing-written", "pass", none, "9113 6.4: nothing is sent"),
                *[outcome("refused-and-wrote-" + k.lower().replace("_", "-"), "fail",
                          [{"refused": True, "step": n}, {"wrote": event(k, stream=1), "step": n}],
                          "9113 6.4: no additional frames for that stream; it was refused and written") for k in names],
                *[outcome("wrote-" + k.lower().replace("_", "-"), "fail", [{"wrote": event(k, stream=1), "step": n}],
                          "9113 6.4: no additional frames for that stream, except for PRIORITY") for k in names],
                outcome("garbled", "fail", [{"wrote": event("garbled")}], "9113 6.4: a frame that a strict peer refuses")])
        # RST_STREAM of an idle stream.
        idle = [{"receive": [let("server")]}] if role == "server" else [send_request(), {"receive": [let("client")]}]
        for stream in (3, 2):
            step = len(idle)
            gone = [{"unwritten": event("RST_STREAM", stream=stream)}, {"unwritten": event("garbled")}]
            yield a_case(f"h2.reset.idle-{stream}-{role}", f"RST_STREAM is sent for idle stream {stream} ({role})", role, ["9113-6.4-5"],
                         "A reset of an idle stream is a connection error on the other side.", ["reset", "send"],
                         [*idle, {"send": {"reset": {"stream": stream, "code": "CANCEL"}}}], [
                outcome("refused", "pass", [{"refused": True, "step": step}, *gone]),
                outcome("nothing-written", "pass", gone, "9113 6.4: nothing is sent"),
                outcome("refused-and-written", "fail", [{"refused": True, "step": step}, {"wrote": event("RST_STREAM", stream=stream)}],
                        "9113 6.4: MUST NOT be sent for a stream in the idle state; it was refused and written"),
                outcome("written", "fail", [{"wrote": event("RST_STREAM", stream=stream)}],
                        "9113 6.4: MUST NOT be sent for a stream in the idle state"),
                outcome("garbled", "fail", [{"wrote": event("garbled")}], "9113 6.4: a frame that a strict peer refuses")])


FILES = {"padding": padding_cases, "priority": priority_cases, "reset": reset_cases}


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "http2" / "streams-frames"
    stale = []
    for name, make in FILES.items():
        made = list(make())
        text = json.dumps(made)
        lets = {k: v for k, v in LETS.items() if json.dumps({"let": k}) in text}
        made = {"format": 1, "protocol": "http2", "suite": f"streams-frames/{name}", "lets": lets, "cases": made}
        path = folder / f"{name}.json"
        if "--check" not in sys.argv:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(made, indent=1) + "\n")
        elif not path.exists() or json.loads(path.read_text()) != made:
            stale.append(str(path))
    if stale:
        sys.exit("not what the generator makes: " + ", ".join(stale))


if __name__ == "__main__":
    main()
