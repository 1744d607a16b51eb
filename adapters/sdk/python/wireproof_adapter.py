"""Lets wireproof judge a protocol library written in Python.

Copy this file beside your adapter; it needs nothing but Python 3.9. Write one class for each endpoint (a side of a
connection), then call `serve`:

    from wireproof_adapter import Endpoint, Refused, serve
    import mylib

    class Server(Endpoint):
        def __init__(self, config):         # {"max-head": 100}; only the names you give to serve(options=...)
            self.parser = mylib.Parser()

        def receive(self, data):            # octets; b"" is NOT the end of the stream but "go on with what you have"
            try:
                for head in self.parser.feed(data):
                    self.emit("request", method=head.method, target=head.target, fields=head.fields)
                    self.emit("end")
            except mylib.ParseError as error:
                self.emit("rejected", text=str(error))

        def eof(self):                      # the peer ended its stream
            self.emit("closed")

        def send(self, action):             # {"response": {"status": 200, "reason": "OK", "fields": [...]}}
            raise Refused("...")            # the library refused; `raise Cannot("...")` if it has no way to say this

        def transmit(self):                 # what the library wants written, once
            return b""

    serve(name="mylib", version=mylib.__version__, endpoints={"http1.server": Server}, can=["framing", "pipeline"])

Members given to `emit`: bytes are octets; text is taken as UTF-8, so encode what your library decoded otherwise; fields
are a list of (name, value); None means "not known" and is left out. Any exception but Refused (from `send`) and Cannot
is a fault of the library: a protocol error must be caught and emitted as `rejected`. Text in actions is Latin-1, a
character an octet: `octets` and `fields` give what a library takes.

What is fed may be cut anywhere, and is in the runs of `cuts`; but to an "hpack" endpoint each `receive` is one block.
Actions and config are shared between runs: read them, and change nothing in them.

Everything else is done here: the loop, the automatic answers, the cuts, the clock. The library may print: once `serve` runs,
standard output is standard error, and standard input is empty.
"""

import json
import os
import sys
import time
import traceback

PROTOCOL = 1

# The most that is read at once.
PIECE = 1 << 16

# How long an answer waits for those to lines that came with it, in seconds: at the other end a deadline runs.
PATIENCE = 0.01

# How many times in a row an endpoint is answered within one input: a bound against requests without end.
ANSWERS = 100_000


class Refused(Exception):
    """The library refused to send this; say it in its own words."""


class Cannot(Exception):
    """The library's interface has no way to do this: the case does not apply to it."""


class Endpoint:
    """One side of one connection. Every script gets a new one. It translates, and never judges, repairs or hides."""

    def __new__(cls, *_):
        self = super().__new__(cls)
        self._emitted = []
        return self

    def __init__(self, config):
        pass

    def emit(self, event, **members):
        """Reports an event, in the vocabulary of the protocol."""
        shown = {"event": event}
        for name, value in members.items():
            if value is not None:
                shown[name] = _json(value)
        self._emitted.append(shown)

    def receive(self, data):
        raise NotImplementedError

    def eof(self):
        raise Cannot("cannot be told the end of the stream")

    def tick(self, milliseconds):
        """So much time passed; few libraries care."""

    def send(self, action):
        raise Cannot("does not send")

    def transmit(self):
        return b""


def octets(text):
    """Text of an action as octets."""
    return text.encode("latin-1")


def fields(listed):
    """Fields of an action, or none, as pairs of octets."""
    return [(octets(name), octets(value)) for name, value in listed or ()]


def serve(*, name, version, endpoints, can, options=(), **more):
    """Answers wireproof until it closes the pipe. `endpoints` maps names ("http1.server") to classes; `options` lists
    the config names they understand; `more` goes into the greeting: licence, home, cannot={capability: why}."""
    hello = {"protocol": PROTOCOL, "name": name, "version": version, "language": "python",
             "endpoints": list(endpoints), "can": [*can, "cuts"], **more}
    lines, answers = _take_pipes()
    adapter = _Adapter(hello, endpoints, options)
    for together in _batches(lines):
        flushed = time.monotonic()
        for line in together:
            answers.write(_encode(adapter.answer(line)).encode() + b"\n")
            if time.monotonic() - flushed > PATIENCE:
                answers.flush()
                flushed = time.monotonic()
        answers.flush()


def _take_pipes():
    """Keeps the two pipes for the protocol and leaves harmless ones to everybody else."""
    lines, answers = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", PIECE)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return lines, answers


def _batches(lines):
    """Lists of lines that came together."""
    begun = []
    while piece := lines.read(PIECE):
        *together, rest = piece.split(b"\n")
        if together:
            together[0] = b"".join([*begun, together[0]])
            begun = []
            yield together
        begun.append(rest)
    if any(begun):
        yield [b"".join(begun)]


_decode = json.JSONDecoder().decode
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class _Adapter:
    """Answers messages, one by one."""

    def __init__(self, hello, endpoints, options):
        self.hello, self.endpoints, self.options = hello, endpoints, options
        self.timed = None  # the task of the last `bench`, if it could be done

    def answer(self, line):
        try:
            message = _decode(line.decode())
        except ValueError as error:
            return {"unknown": f"not JSON: {error}"}
        if not isinstance(message, dict):
            return {"unknown": "not an object"}
        if "run" in message:
            return self.run(message)
        if "bench" in message:
            return self.bench(message)
        return {"hello": self.hello} if "hello" in message else {"unknown": next(iter(message), "")}

    def run(self, message):
        try:
            steps = _steps(message)
        except (LookupError, TypeError, ValueError) as error:
            return {"unknown": f"run: {error!r}"}
        try:
            return {"ran": message["run"], **_run_all_cuts(message, steps, *self.opened(message))}
        except Cannot as why:
            return {"ran": message["run"], "cannot": str(why)}

    def bench(self, message):
        try:
            times = range(message["times"])
            inputs = _inputs(_steps(message), message.get("pieces")) if "steps" in message else None
        except (LookupError, TypeError, ValueError) as error:
            return {"unknown": f"bench: {error!r}"}
        task, self.timed = self.timed, None
        try:
            if inputs is not None:
                task = (*self.opened(message), inputs)
            if task is None:
                raise Cannot("there was no bench with steps before that it could do")
            nanoseconds, events = _time(times, *task)
        except KeyboardInterrupt:
            raise
        except Cannot as why:
            return {"benched": message["bench"], "cannot": str(why)}
        except BaseException as error:
            why = traceback.format_exception_only(type(error), error)[-1].strip()
            return {"benched": message["bench"], "cannot": f"it broke: {why}"}
        self.timed = task
        return {"benched": message["bench"], "nanoseconds": nanoseconds, "events": events}

    def opened(self, message):
        """The class and the config of the endpoint that is asked for, and whether it is answered."""
        name, config = message.get("endpoint"), message.get("config") or {}
        if name not in self.endpoints:
            raise Cannot(f"has no {name}")
        for option in config:
            if option not in self.options:
                raise Cannot(f"cannot set {option}")
        return self.endpoints[name], config, bool(message.get("answer")) and name == "http1.server"


def _steps(message):
    return [(kind, bytes.fromhex(rest[0]) if kind == "receive" else rest[0] if rest else None)
            for kind, *rest in message["steps"]]


def _run_all_cuts(message, steps, endpoint, config, answers):
    def run(splits):
        return _Run(answers, splits).transcript(lambda: endpoint(config), steps)

    whole, cuts, asked = run(()), {}, message.get("cuts")
    if not asked:
        return whole
    canonical = _canonical(whole)
    size = sum(len(octets) for kind, octets in steps if kind == "receive")
    for index, cut in enumerate(asked):
        transcript = run(range(1, size) if cut == "octets" else cut if isinstance(cut, list) else (cut,))
        if cut == "octets" or _canonical(transcript) != canonical:
            cuts[str(index)] = transcript
    if cuts:
        whole["cuts"] = cuts
    return whole


class _Run:
    """One script on one new endpoint under one cut."""

    def __init__(self, answers, splits):
        self.answers, self.splits = answers, splits
        self.endpoint, self.steps, self.fed = None, [], 0
        self.due, self.connect = [], False

    def transcript(self, open_endpoint, steps):
        try:
            self.endpoint = open_endpoint()
            for kind, argument in steps:
                self.steps.append({})
                self.step(kind, argument)
        except (Cannot, KeyboardInterrupt):
            raise
        except BaseException:  # whatever else escapes, SystemExit too, is the library's fault
            if self.endpoint is not None and self.steps:
                self.collect()
            return {"steps": self.steps, "fault": traceback.format_exc()}
        return {"steps": self.steps}

    def step(self, kind, argument):
        if kind == "receive":
            if not self.splits:
                self.fed += len(argument)
                if argument:
                    self.feed(self.endpoint.receive, argument)
                return
            start, end = self.fed, self.fed + len(argument)
            bounds = [start, *(s for s in self.splits if start < s < end), end]
            for first, last in zip(bounds, bounds[1:]):
                self.fed = last
                if first < last:
                    self.feed(self.endpoint.receive, argument[first - start:last - start])
        elif kind == "eof":
            self.feed(self.endpoint.eof)
        elif kind == "tick":
            self.feed(self.endpoint.tick, argument)
        elif kind == "send":
            self.send(argument)
            self.feed(self.endpoint.receive, b"")
        else:
            raise Cannot(f"has no step {kind}")

    def feed(self, call, *arguments):
        """One input, and then "go on" for as long as what it brings is answered."""
        for _ in range(ANSWERS):
            call(*arguments)
            self.collect()
            self.transmit()
            if not self.due:
                return
            due, self.due = self.due, []
            for action in due:  # that an answer is refused is no part of the script
                self.send(action, noted=False)
            call, arguments = self.endpoint.receive, (b"",)

    def send(self, action, noted=True):
        try:
            self.endpoint.send(action)
        except Refused as why:
            if noted:
                self.steps[-1].setdefault("refused", str(why))
        self.transmit()

    def collect(self):
        """Takes the events; a complete request is due an answer: 200 without content, to CONNECT 200 alone."""
        emitted = self.endpoint._emitted
        if not emitted:
            return
        self.endpoint._emitted = []
        for event in emitted:
            event["fed"] = self.fed
            if self.answers and event["event"] == "request":
                self.connect = event.get("method") == "CONNECT"
            elif self.answers and event["event"] == "end":
                self.due += _answers(self.connect)
        self.steps[-1].setdefault("events", []).extend(emitted)

    def transmit(self):
        written = self.endpoint.transmit()
        if written:
            self.steps[-1]["output"] = self.steps[-1].get("output", "") + bytes(written).hex()


def _answers(connect):
    """What a complete request is answered with."""
    fields = [] if connect else [["content-length", "0"]]
    return [{"response": {"status": 200, "reason": "OK", "fields": fields}}, {"end": {}}]


def _inputs(steps, pieces):
    """Steps as they are timed: octets in pieces, and what says nothing left out."""
    inputs = []
    for kind, argument in steps:
        if kind == "receive":
            size = len(argument) if pieces is None else max(pieces, 1)
            inputs += [(kind, argument[at:at + size]) for at in range(0, len(argument), size or 1)]
        else:
            inputs.append((kind, argument))
    return inputs


def _time(times, endpoint_class, config, answers, inputs):
    """Runs inputs so many times, each on a new endpoint: nanoseconds and events of all runs. It does what `_Run` does,
    but keeps nothing."""
    to_connect, to_others = _answers(True), _answers(False)
    events, connect, due = 0, False, []

    def emit(_, event, **members):
        nonlocal events, connect
        events += 1
        if answers:
            if event == "request":
                connect = members.get("method") in (b"CONNECT", "CONNECT")
            elif event == "end":
                due.extend(to_connect if connect else to_others)

    def send(endpoint, action):
        try:
            endpoint.send(action)
        except Refused:
            pass
        endpoint.transmit()

    def run(endpoint):
        nonlocal due
        for kind, argument in inputs:
            if kind == "receive":
                endpoint.receive(argument)
            elif kind == "send":
                send(endpoint, argument)
                endpoint.receive(b"")
            elif kind == "eof":
                endpoint.eof()
            elif kind == "tick":
                endpoint.tick(argument)
            else:
                raise Cannot(f"has no step {kind}")
            endpoint.transmit()
            answered = 0
            while due and answered < ANSWERS:
                actions, due = due, []
                for action in actions:
                    send(endpoint, action)
                endpoint.receive(b"")
                endpoint.transmit()
                answered += 1

    kept, Endpoint.emit = Endpoint.emit, emit
    try:
        begun = time.process_time_ns()
        for _ in times:
            connect, due = False, []
            run(endpoint_class(config))
        return time.process_time_ns() - begun, events
    finally:
        Endpoint.emit = kept


def _canonical(transcript):
    """The form in which all cuts must agree: adjacent data joined, empty data dropped, offsets and words left out."""
    steps = []
    for step in transcript["steps"]:
        events = []
        for event in step.get("events", ()):
            event = {name: value for name, value in event.items() if name not in ("fed", "text")}
            octets = event.pop("bytes", "") if event["event"] == "data" else None
            if octets and events and events[-1][0] == event:
                events[-1] = (event, events[-1][1] + octets)
            elif octets != "":
                events.append((event, octets))
        steps.append((events, step.get("output"), "refused" in step))
    return steps, "fault" in transcript


def _json(value):
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value).decode("latin-1")
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("latin-1")
    if isinstance(value, (bool, int)):
        return value
    return [[_json(name), _json(field)] for name, field in value]
