"""waitress's HTTPRequestParser behind wireproof's child protocol, driven as its own channel drives it.

Each request has a parser of its own, fed until it is `completed`; what it did not consume goes to the next one. The head
is shown as soon as `headers_finished` is set. The parser gathers all content, which is shown when the request is
complete. An `error` ends the connection, and an `empty` request is none.

The parser keeps fields as CGI variables: upper case, `-` as `_`, fields of one name joined with commas. It drops fields
with `_` in their names, so each `_` was a `-`. A field Transfer-Encoding it takes away.
"""

import os
import sys
from importlib.metadata import version

from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../sdk/python"))
from wireproof_adapter import Endpoint, serve  # noqa: E402

DEFAULTS = Adjustments()


class Server(Endpoint):
    def __init__(self, config):
        limit = {"max_request_header_size": config["max-head"]} if "max-head" in config else None
        self.settings = Adjustments(**limit) if limit else DEFAULTS
        self.parser = None
        self.shown = False  # the head of the request that is being read
        self.over = False  # rejected

    def receive(self, data):
        while data and not self.over:
            if self.parser is None:
                self.parser, self.shown = HTTPRequestParser(self.settings), False
            consumed = self.parser.received(data)
            self.report(self.parser)
            if consumed >= len(data):
                break
            data = data[consumed:]

    def report(self, parser):
        if parser.headers_finished and not (self.shown or parser.error or parser.empty):
            self.shown = True
            self.emit("request", method=latin1(parser.command), target=latin1(parser.request_uri),
                      version=parser.version, fields=fields(parser.headers))
        if parser.error:
            self.over = True
            self.emit("rejected", status=parser.error.code, text=parser.error.body)
        elif parser.completed:
            if not parser.empty:
                content = parser.get_body_stream().read()
                if content:
                    self.emit("data", bytes=content)
                self.emit("end")
            self.parser = None
            parser.close()

    def send(self, action):
        """A parser writes nothing, and what is sent is nothing to it."""


def latin1(text):
    return text.encode("latin-1")


def fields(headers):
    return [(latin1(name.lower().replace("_", "-")), latin1(value)) for name, value in headers.items()]


if __name__ == "__main__":
    serve(
        name="waitress",
        version=version("waitress"),
        endpoints={"http1.server": Server},
        can=["head", "framing", "pipeline", "target", "version", "error-status"],
        options=["max-head"],
        licence="ZPL-2.1",
        home="https://github.com/Pylons/waitress",
        cannot={
            "eof": "its parser has no call for the end of the stream",
            "close": "its parser leaves a flag; to close is for the server around it",
            "trailers": "it reads past trailer fields and does not show them",
            "upgrade": "it has no notion of another protocol",
            "output": "a parser: it writes nothing",
            "field-order": "it keeps fields in a dictionary, joins those of one name, and drops names with _ and "
                           "Transfer-Encoding",
            "host": "left to the application",
            "continue": "its parser leaves a flag; the server around it answers",
            "error-class": "its errors carry a status and a text, no class",
        },
    )
