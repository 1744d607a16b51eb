"""h11 behind wireproof's child protocol, driven as its documentation tells applications to drive it.

* The application stops asking for events at the end of a message until its own side of the exchange is done (h11's
  "flow control"); only the end of the stream is looked for meanwhile. So pipelined octets wait in h11's buffer.
* A server starts the next cycle as soon as both sides are done, a client when it is asked to send another request:
  until then no response is due, and nobody reads.
* `closed` is h11's ConnectionClosed, or that h11's states allow neither side another message (MUST_CLOSE, CLOSED).
* After a switch of protocols the octets are no longer h11's: its trailing_data and all that follows are `data`.
* h11 ends a 101, and a 2xx to CONNECT, with the head: the vocabulary's `end` is reported, or taken, without a call.
"""

import os
import sys

import h11

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../sdk/python"))
from wireproof_adapter import Cannot, Endpoint, Refused, serve  # noqa: E402


class Connection(Endpoint):
    role = None

    def __init__(self, config):
        limit = {"max_incomplete_event_size": config["max-head"]} if "max-head" in config else {}
        self.h11 = h11.Connection(self.role, **limit)
        self.out = []
        self.eof_seen = False
        self.switched = False
        self.over = False  # rejected or closed: h11 would only say the same again

    def receive(self, data):
        if self.over or (data and self.eof_seen):  # h11's contract forbids octets after the end
            return
        if self.switched:
            self.emit_data(data)
            return
        if data:
            self.h11.receive_data(data)
        self.report()

    def eof(self):
        self.eof_seen = True
        if not self.over and not self.switched:
            self.h11.receive_data(b"")
            self.report()

    def transmit(self):
        out, self.out = b"".join(self.out), []
        return out

    def emit_data(self, octets):
        if octets:
            self.emit("data", bytes=octets)

    def report(self):
        """Asks for events until h11 has none or the application would wait."""
        while not self.over and not self.switched and not self.waits():
            try:
                event = self.h11.next_event()
            except h11.RemoteProtocolError as error:
                self.over = True
                self.reject(error)
                return
            if event is h11.NEED_DATA or event is h11.PAUSED:
                break
            self.show(event)
        self.settle()

    def waits(self):
        done = self.h11.their_state in (h11.DONE, h11.MUST_CLOSE, h11.CLOSED)
        return done and not self.eof_seen

    def settle(self):
        """What follows from the states alone: a switch of protocols, a connection that is over."""
        ours, theirs = self.h11.our_state, self.h11.their_state
        closing = (h11.MUST_CLOSE, h11.CLOSED)
        if self.over or self.switched:
            return
        if theirs is h11.SWITCHED_PROTOCOL:
            self.switched = True
            self.emit("upgraded")
            self.emit_data(self.h11.trailing_data[0])
        elif ours in closing and theirs in closing:
            self.over = True
            self.emit("closed")

    def show(self, event):
        kind = type(event)
        if kind is h11.Data:
            self.emit("data", bytes=event.data)
        elif kind is h11.EndOfMessage:
            self.emit("end", trailers=event.headers)
        elif kind is h11.ConnectionClosed:
            self.over = True
            self.emit("closed")
        elif kind is h11.Request:
            self.emit("request", method=event.method, target=event.target, version=event.http_version,
                      fields=event.headers)
        else:
            interim = kind is h11.InformationalResponse and event.status_code != 101
            self.emit("interim" if interim else "response", status=event.status_code, reason=event.reason,
                      version=event.http_version, fields=event.headers)
            if self.h11.their_state is h11.SWITCHED_PROTOCOL:
                self.emit("end", trailers=[])

    def send(self, action):
        (kind, said), = action.items()
        if self.h11.our_state is h11.SWITCHED_PROTOCOL:
            if kind == "end" and not said.get("trailers"):
                return
            raise Cannot("after a switch of protocols the application writes past h11")
        try:
            self.begin(kind)
            self.out.append(self.h11.send(event_to_send(kind, said)) or b"")
        except h11.LocalProtocolError as error:
            raise Refused(str(error)) from None
        self.sent()

    def begin(self, kind):
        pass

    def sent(self):
        pass

    def reject(self, error):
        self.emit("rejected", text=str(error))

    def both_done(self):
        return self.h11.our_state is h11.DONE and self.h11.their_state is h11.DONE


class Server(Connection):
    role = h11.SERVER

    def report(self):
        self.sent()
        super().report()

    def show(self, event):
        super().show(event)
        self.sent()

    def sent(self):
        if self.both_done():
            self.h11.start_next_cycle()

    def reject(self, error):
        self.emit("rejected", status=error.error_status_hint, text=str(error))


class Client(Connection):
    role = h11.CLIENT

    def begin(self, kind):
        if kind == "request" and self.both_done():
            self.h11.start_next_cycle()


def event_to_send(kind, said):
    """An action as h11's event. Making one can be refused, too."""
    if kind == "data":
        return h11.Data(data=said.encode("latin-1"))
    if kind == "end":
        return h11.EndOfMessage(headers=fields(said.get("trailers")))
    if kind == "close":
        return h11.ConnectionClosed()
    if kind == "request":
        return h11.Request(method=said["method"].encode("latin-1"), target=said["target"].encode("latin-1"),
                           headers=fields(said.get("fields")))
    if kind not in ("response", "interim"):
        raise Cannot(f"has nothing for {kind}")
    informational = kind == "interim" or said["status"] == 101
    make = h11.InformationalResponse if informational else h11.Response
    return make(status_code=said["status"], reason=said.get("reason", "").encode("latin-1"),
                headers=fields(said.get("fields")))


def fields(listed):
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in listed or ()]


if __name__ == "__main__":
    serve(
        name="h11",
        version=h11.__version__,
        endpoints={"http1.server": Server, "http1.client": Client},
        can=["head", "framing", "pipeline", "eof", "close", "trailers", "interim", "upgrade", "output", "target",
             "version", "reason", "field-order", "host", "error-status"],
        options=["max-head"],  # h11 bounds what it buffers of an incomplete event; a head that comes whole it takes
        licence="MIT",
        home="https://github.com/python-hyper/h11",
        cannot={
            "continue": "it shows a flag that the client waits; to answer is the application's",
            "error-class": "its errors carry a text and a status, no class",
        },
    )
