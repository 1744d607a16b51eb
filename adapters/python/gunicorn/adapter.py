"""gunicorn's RequestParser (the one in Python) behind wireproof's child protocol.

It pulls octets from an iterator, and requests are pulled from it. So it runs in a greenlet of its own, and never while
the adapter runs: the iterator hands over to the adapter, until there are more octets or the end of the stream.

The application is one that reads all content, by readline(), since read() asks for 1024 octets whatever it is told,
and would hold back those that there are; it asks for as many as are certain to be there. That the parser stops is `closed`: the stream ended between requests, or the
last request does not let the connection go on. NoMoreData is how it says that the stream ended within a request. The
peer is not one whose forwarding fields are trusted.
"""

import os
import sys
from functools import lru_cache

import gunicorn
from greenlet import greenlet
from gunicorn.config import Config
from gunicorn.http.body import LengthReader
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.http.parser import RequestParser

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../sdk/python"))
from wireproof_adapter import Endpoint, serve  # noqa: E402

PEER = ("192.0.2.1", 40000)
OPTIONS = {"max-start-line": "limit_request_line", "max-fields": "limit_request_fields"}


@lru_cache
def settings(options):
    made = Config()
    made.set("http_parser", "python")
    for option, value in options:
        made.set(OPTIONS[option], value)
    return made


class Puller:
    """The parser in its greenlet: a stack that stands still while the adapter runs, and the other way round."""

    def __init__(self, config):
        self.config = config
        self.events = []
        self.pulling = greenlet(self.run)
        self.pulling.switch()  # until it wants octets

    def feed(self, octets):
        """Lets the parser go on with octets, None at the end of the stream, until it wants more. What escapes it
        escapes here."""
        if not self.pulling.dead:
            self.pulling.switch(octets)

    def abandon(self):
        """Ends the parser where it stands; the stack that waits would keep itself alive."""
        self.pulling.throw()

    def __iter__(self):
        return self

    def __next__(self):
        octets = self.pulling.parent.switch()
        if octets is None:
            raise StopIteration
        return octets

    def run(self):
        try:
            self.pull()
        except (ParseException, NoMoreData) as error:
            self.events.append(("rejected", {"text": str(error)}))
        else:
            self.events.append(("closed", {}))

    def pull(self):
        for request in RequestParser(self.config, self, PEER):
            self.events.append(("request", {
                "method": latin1(request.method), "target": latin1(request.uri),
                "version": "%d.%d" % request.version, "fields": fields(request.headers)}))
            while octets := request.body.readline(certain(request.body.reader)):
                if self.events and self.events[-1][0] == "data":
                    self.events[-1][1]["bytes"] += octets
                else:
                    self.events.append(("data", {"bytes": bytearray(octets)}))
            self.events.append(("end", {"trailers": fields(request.trailers)}))


class Server(Endpoint):
    def __init__(self, config):
        self.puller = Puller(settings(tuple(config.items())))

    def __del__(self):
        self.puller.abandon()

    def receive(self, data):
        if data:  # to the parser, no octets are the end of the stream
            self.go_on(data)

    def eof(self):
        self.go_on(None)

    def go_on(self, octets):
        try:
            self.puller.feed(octets)
        finally:
            events, self.puller.events = self.puller.events, []
            for event, members in events:
                self.emit(event, **members)

    def send(self, action):
        """A parser writes nothing, and what is sent is nothing to it."""


def certain(reader):
    """How many octets of content can be asked for without a wait for more; 1 for chunks, where what has come may be
    their framing. At most 1024, as the parser itself asks for."""
    return max(1, min(1024, reader.unreader.buf.tell())) if isinstance(reader, LengthReader) else 1


def latin1(text):
    return text.encode("latin-1")


def fields(listed):
    return [(latin1(name.lower()), latin1(value)) for name, value in listed or ()]


if __name__ == "__main__":
    serve(
        name="gunicorn",
        version=gunicorn.__version__,
        endpoints={"http1.server": Server},
        can=["head", "framing", "pipeline", "eof", "close", "trailers", "target", "version", "field-order"],
        options=list(OPTIONS),
        licence="MIT",
        home="https://github.com/benoitc/gunicorn",
        cannot={
            "upgrade": "its parser has no notion of another protocol",
            "output": "a parser: it writes nothing",
            "host": "its parser refuses a second Host and looks no further",
            "continue": "its parser leaves a flag; the worker around it answers",
            "error-class": "it has exceptions, which tell of the code that raised them rather than of the rule",
            "error-status": "some of its exceptions carry a code; the worker around it has a table",
        },
    )
