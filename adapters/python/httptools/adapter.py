"""httptools (llhttp behind Cython) behind wireproof's child protocol.

httptools reports through callbacks of a protocol object while it is fed; the endpoint is that object. Two things are
not plain translation, each the documented use of its interface:

* After a request that may switch protocols feed_data raises HttpParserUpgrade with the offset of what follows. Octets
  from there on are held until the request is answered: 101, or 2xx to CONNECT, and they are `data` of the other
  protocol; anything else, and they are fed, for httptools has resumed its parser already.
* Nothing tells httptools which request a response answers, so a response to HEAD or CONNECT cannot be read with it.

No leniency is switched on.
"""

import os
import sys

import httptools

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../sdk/python"))
from wireproof_adapter import Cannot, Endpoint, serve  # noqa: E402


class Connection(Endpoint):
    """What both roles share. The on_* methods are called by httptools."""

    def __init__(self, config):
        self.parser = self.make(self)
        self.over = False  # rejected
        self.tunnel = False  # octets are another protocol's
        self.paused = False  # a server whose answer decides what the held octets are
        self.held = b""
        self.on_message_begin()

    def receive(self, data):
        if self.over:
            return
        if self.tunnel:
            self.emit_data(data)
        elif self.paused:
            self.held += data
        elif data:
            self.feed(data)

    def feed(self, data):
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.upgrade(data[upgrade.args[0]:])
        except httptools.HttpParserError as error:
            if error.__context__ is not None and not isinstance(error.__context__, httptools.HttpParserError):
                raise  # ours, out of a callback
            self.over = True
            self.emit("rejected", text=str(error) or type(error).__name__)

    def switch(self, rest):
        self.tunnel = True
        self.emit("upgraded")
        self.emit_data(rest)

    def emit_data(self, octets):
        if octets:
            self.emit("data", bytes=octets)

    def on_message_begin(self):
        self.start = b""  # target, or reason
        self.fields = []

    def on_header(self, name, value):
        self.fields.append((name.lower(), value))

    def on_headers_complete(self):
        self.head(version=self.parser.get_http_version(), fields=self.fields)
        self.fields = []  # from here on trailers

    def on_body(self, body):
        self.emit("data", bytes=body)

    def on_message_complete(self):
        self.emit("end", trailers=self.fields)


class Server(Connection):
    make = httptools.HttpRequestParser

    def __init__(self, config):
        super().__init__(config)
        self.unanswered = []  # methods

    def on_url(self, url):
        self.start += url

    def head(self, **members):
        self.unanswered.append(self.parser.get_method())
        self.emit("request", method=self.parser.get_method(), target=self.start, **members)

    def upgrade(self, rest):
        self.paused, self.held = True, rest

    def send(self, action):
        """Requests are answered in order; the answer to the last one decides whether its connection switches."""
        response = action.get("response")
        if response is None or not self.unanswered:
            return
        method = self.unanswered.pop(0)
        if not self.paused or self.unanswered:
            return
        self.paused, rest, self.held = False, self.held, b""
        if response["status"] == 101 or (method == b"CONNECT" and response["status"] // 100 == 2):
            self.switch(rest)
        else:
            self.receive(rest)


class Client(Connection):
    make = httptools.HttpResponseParser

    def on_status(self, reason):
        self.start += reason

    def head(self, **members):
        status = self.parser.get_status_code()
        self.interim = status // 100 == 1 and status != 101
        self.emit("interim" if self.interim else "response", status=status, reason=self.start, **members)

    def on_message_complete(self):
        if not self.interim:
            super().on_message_complete()

    def upgrade(self, rest):
        self.switch(rest)

    def send(self, action):
        method = action.get("request", {}).get("method")
        if method in ("HEAD", "CONNECT"):
            raise Cannot(f"cannot be told that a response answers {method}")


if __name__ == "__main__":
    serve(
        name="httptools",
        version=httptools.__version__,
        endpoints={"http1.server": Server, "http1.client": Client},
        can=["head", "framing", "pipeline", "trailers", "interim", "upgrade", "target", "version", "reason",
             "field-order"],
        licence="MIT",
        home="https://github.com/MagicStack/httptools",
        cannot={
            "eof": "it has no call for the end of the stream: what is cut short, or ends there, it never knows",
            "close": "should_keep_alive() is for the application to ask, and closing the application's",
            "output": "a parser: it writes nothing",
            "host": "left to the application",
            "continue": "left to the application",
            "error-class": "it has a class for errors in method, target and status; all others share one",
            "error-status": "its errors name no status code",
        },
    )
