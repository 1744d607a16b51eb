"""What the generators of message cases share: usual requests, outcomes of malformed and of valid messages, files."""

import json
import pathlib
import sys

VECTORS = pathlib.Path(__file__).resolve().parent.parent

PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = {"frame": "SETTINGS"}
ACK = {"frame": "SETTINGS", "flags": ["ACK"]}
START = {"let": "start"}
ES = ["END_STREAM", "END_HEADERS"]

GET = [[":method", "GET"], [":scheme", "http"], [":authority", "a"], [":path", "/"]]
POST = [[":method", "POST"], [":scheme", "http"], [":authority", "a"], [":path", "/"]]
OK = [[":status", "200"]]


def lets(role):
    return {"start": [PREFACE, SETTINGS, ACK] if role == "server" else [SETTINGS, ACK]}


def headers(fields, stream=1, end=True, **more):
    frame = {"frame": "HEADERS", "stream": stream}
    if end:
        frame["flags"] = ES
    if "hpack" not in more:
        frame["fields"] = fields
    return {**frame, **more}


def data(octets, stream=1, end=True, **more):
    frame = {"frame": "DATA", "stream": stream}
    if end:
        frame["flags"] = ["END_STREAM"]
    return {**frame, "data": octets, **more}


def ask(fields=GET, stream=1, end=True):
    return {"send": {"request": {"stream": stream, "fields": fields, "end": end}}}


def to_server(*frames):
    return [{"receive": [START, *frames]}]


def to_client(*frames, request=None):
    return [request or ask(), {"receive": [START, *frames]}]


def rejected(scope=None, code=None, stream=None):
    event = {"event": "rejected"}
    if scope:
        event["scope"] = scope
    if stream:
        event["stream"] = stream
    if code:
        event["code"] = code if isinstance(code, str) else {"any": code}
    return event


def malformed(role, clause, forbidden="head", stream=1, level="MUST", answer=True, code="PROTOCOL_ERROR", lost=None, shown=None):
    """Outcomes of a malformed message. `forbidden`: the event that a recipient has no right to report: the head where
    the fault is in the head, else the end."""
    head = {"event": {"server": "request", "client": "response"}[role], "stream": stream}
    end = {"event": "end", "stream": stream}
    bad = shown or {"head": head, "end": end}[forbidden]
    never = {"never": bad}
    outcomes = [
        {"name": "stream-error", "is": "pass",
         "when": [{"seen": rejected("stream", code, stream)}, never]},
        {"name": "connection-error", "is": "pass", "why": "9113 5.4.1: a stream error may be treated as a connection error",
         "when": [{"seen": rejected("connection", code)}, never]},
        {"name": "generic-code", "is": "pass", "why": "9113 5.4: a generic code can always be used",
         "when": [{"seen": rejected(code=["PROTOCOL_ERROR", "INTERNAL_ERROR"])}, never]},
    ]
    if role == "server" and answer:
        outcomes.append(
            {"name": "answered", "is": "pass", "why": "9113 8.1.1: a server may send a response before it closes the stream",
             "when": [{"wrote": {"event": "HEADERS", "stream": stream, "fields": {"has": [[":status", "400"]]}}}, never]})
    if bad == head:
        outcomes.append(
            {"name": "head-shown-first", "is": "pass",
             "why": "9113 8.1.1: some processing may come before a message is identified as malformed",
             "when": [{"seen": rejected(code=code)}, {"seen": head}, {"never": end}]})
    outcomes.append(
        {"name": "wrong-code", "is": "fail", "why": "9113 8.1.1: a malformed message is a stream error of type PROTOCOL_ERROR",
         "when": [{"seen": rejected()}, never]})
    against = "weak" if level.startswith("SHOULD") else "fail"
    if lost:
        outcomes.append(
            {"name": "field-dropped", "is": against, "why": clause + "; dropping the field hides the fault from everyone behind",
             "when": [{"seen": {**head, "fields": {"has": [], "lacks": [lost]}}}, {"never": rejected()}]})
    outcomes.append({"name": "accepted", "is": against, "why": clause, "when": [{"seen": bad}]})
    outcomes.append({"name": "ignored", "is": against, "why": clause + "; nothing tells the peer",
                     "when": [{"never": bad}, {"never": rejected()}]})
    return outcomes


def valid(events, clause):
    """Outcomes of a valid message: exactly these events."""
    return [
        {"name": "accepted", "is": "pass", "when": [{"expect": events}]},
        {"name": "refused", "is": "fail", "why": clause, "when": [{"seen": rejected()}]},
        {"name": "misread", "is": "fail", "why": clause, "when": [{"never": rejected()}]},
    ]


def observe(role, stream=1, forbidden="head"):
    """Outcomes where the RFC is silent."""
    head = {"event": {"server": "request", "client": "response"}[role], "stream": stream}
    bad = {"head": head, "end": {"event": "end", "stream": stream}}[forbidden]
    return [
        {"name": "refused", "is": "seen", "why": "the RFC is silent", "when": [{"seen": rejected()}]},
        {"name": "accepted", "is": "seen", "why": "the RFC is silent", "when": [{"seen": bad}]},
        {"name": "neither", "is": "seen", "why": "the RFC is silent", "when": [{"never": bad}]},
    ]


def request(fields=None, stream=1, **parts):
    event = {"event": "request", "stream": stream, "method": "GET", "scheme": "http", "authority": "a", "path": "/", **parts}
    event = {name: value for name, value in event.items() if value is not None}
    return {**event, "fields": fields or []}


def response(fields=None, stream=1, status=200):
    return {"event": "response", "stream": stream, "status": status, "fields": fields or []}


def end(stream=1, **parts):
    return {"event": "end", "stream": stream, **parts}


def shown(octets, stream=1):
    return {"event": "data", "stream": stream, "bytes": octets}


def case(id, title, role, level, requirements, why, steps, outcomes, twin=None, needs=None, tags=None, config=None, **more):
    members = {"id": id, "title": title, "role": role, "level": level, "requirements": requirements, "why": why,
               "tags": tags, "needs": needs, "config": config, "twin": twin, "steps": steps, "outcomes": outcomes, **more}
    return {name: value for name, value in members.items() if value}


def file(suite, cases, needs=None, start="server"):
    """A file; where both roles stand in one, the client's start is `client-start`."""
    return {"format": 1, "protocol": "http2", "suite": suite, **({"needs": needs} if needs else {}), "cases": cases}


def with_lets(document):
    """Names the start of each role."""
    roles = {case["role"] for case in document["cases"]}
    if len(roles) == 1:
        document["lets"] = lets(roles.pop())
        return document
    document["lets"] = {"start": lets("server")["start"], "client-start": lets("client")["start"]}
    for one in document["cases"]:
        if one["role"] == "client":
            one["steps"] = json.loads(json.dumps(one["steps"]).replace('{"let": "start"}', '{"let": "client-start"}'))
    return document


def main(files):
    """Writes the files, or with `--check` compares them. Layout is `wireproof vectors fmt`'s."""
    differing = []
    for path, document in files.items():
        document = with_lets(json.loads(json.dumps(document)))
        there = VECTORS / "http2" / path
        if "--check" in sys.argv:
            if not there.exists() or json.loads(there.read_text()) != document:
                differing.append(path)
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(json.dumps(document, indent=1) + "\n")
        print(f"{path}: {len(document['cases'])} cases; now wireproof vectors fmt")
    if differing:
        sys.exit(f"differ: {', '.join(differing)}")
