"""h2 (hyper-h2) behind wireproof's child protocol, driven as its documentation tells applications to drive it.

* The configuration is the default one: header fields as octets, all checks and normalisations on.
* What a script's `config` asks for is announced right after h2's own SETTINGS, by `update_settings`, which alone puts
  every setting into effect when it is acknowledged (values put into `local_settings` before are in effect at once, or,
  as the size of frames, never). The first frame announces h2's own values: those of the RFC, and the limit of 65,536
  octets for a field section that h2 keeps to anyway; its limit of 100 streams is taken out.
* No credit is given but by the action `window`. (For DATA on a stream that is already closed h2 gives some by itself:
  no application ever sees those octets.)
* h2 raises when it refuses the connection, and with the exception is lost what came before it in the same call.
* h2 refuses DATA that does not fit a window or a frame; to wait and to split are the application's.
* What h2 reports of priorities, alternative services and frames it does not know has no place in the vocabulary.
"""

import os
import sys

import h2
from h2 import events
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.exceptions import H2Error, ProtocolError
from h2.settings import SettingCodes

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../sdk/python"))
from wireproof_adapter import Cannot, Endpoint, Refused, fields, octets, serve  # noqa: E402

OPTIONS = {name.lower().replace("_", "-"): SettingCodes[name] for name in SettingCodes.__members__}
PSEUDO = {b":method": "method", b":scheme": "scheme", b":authority": "authority", b":path": "path",
          b":protocol": "protocol"}


class Connection(Endpoint):
    client_side = None

    def __init__(self, config):
        self.h2 = H2Connection(H2Configuration(client_side=self.client_side, header_encoding=None))
        del self.h2.local_settings[SettingCodes.MAX_CONCURRENT_STREAMS]
        self.h2.initiate_connection()
        if config:
            try:
                self.h2.update_settings({OPTIONS[name]: value for name, value in config.items()})
            except ProtocolError as error:
                raise Cannot(words(error)) from None
        self.trailers = {}
        self.over = False

    def receive(self, data):
        if self.over or not data:
            return
        try:
            reported = self.h2.receive_data(data)
        except ProtocolError as error:
            self.over = True
            self.emit("rejected", scope="connection", code=code_name(error.error_code), text=words(error))
            return
        for event in reported:
            if show := SHOW.get(type(event)):
                show(self, event)

    def transmit(self):
        return self.h2.data_to_send()

    def send(self, action):
        (kind, said), = action.items()
        try:
            SEND[kind](self, said)
        except (H2Error, ValueError, TypeError) as error:  # the latter two: how h2 refuses an argument
            raise Refused(words(error)) from None

    # What h2 reports.

    def request(self, event):
        pseudo, regular = split(event.headers)
        self.emit("request", stream=event.stream_id, **pseudo, fields=regular)

    def pushed(self, event):
        pseudo, regular = split(event.headers)
        self.emit("pushed", stream=event.parent_stream_id, promised=event.pushed_stream_id, **pseudo, fields=regular)

    def response(self, event):
        interim = type(event) is events.InformationalResponseReceived
        status = dict(event.headers).get(b":status", b"")
        self.emit("interim" if interim else "response", stream=event.stream_id,
                  status=int(status) if status.isdigit() else None,
                  fields=[field for field in event.headers if field[0] != b":status"])

    def data(self, event):
        self.emit("data", stream=event.stream_id, bytes=event.data)

    def has_trailers(self, event):  # StreamEnded follows
        self.trailers[event.stream_id] = event.headers

    def ended(self, event):
        self.emit("end", stream=event.stream_id, trailers=self.trailers.pop(event.stream_id, []))

    def reset(self, event):
        code = code_name(event.error_code)
        if event.remote_reset:
            self.emit("reset", stream=event.stream_id, code=code)
        else:
            self.emit("rejected", scope="stream", stream=event.stream_id, code=code)

    def goaway(self, event):
        self.emit("goaway", last=event.last_stream_id, code=code_name(event.error_code),
                  debug=event.additional_data or b"")

    def settings(self, event):
        changed = event.changed_settings.values()
        self.emit("settings", values=[(setting_name(one.setting), str(one.new_value)) for one in changed])

    def acknowledged(self, event):
        self.emit("settings-acknowledged")

    def ping(self, event):
        self.emit("ping" if type(event) is events.PingReceived else "pong", data=event.ping_data)

    def window(self, event):
        self.emit("window", stream=event.stream_id, increment=event.delta)

    # What h2 is asked to send.

    def choose(self, stream):
        """The next stream is the one that h2 names."""
        chosen = self.h2.get_next_available_stream_id()
        if stream != chosen:
            raise Cannot(f"it chooses stream {chosen}, not {stream}")

    def send_request(self, said):
        self.choose(said["stream"])
        self.send_head(said)

    def send_head(self, said):
        self.h2.send_headers(said["stream"], fields(said["fields"]), end_stream=said.get("end", False))

    def send_data(self, said):
        self.h2.send_data(said["stream"], octets(said["bytes"]), end_stream=said.get("end", False))

    def send_end(self, said):
        if said.get("trailers"):
            self.h2.send_headers(said["stream"], fields(said["trailers"]), end_stream=True)
        else:
            self.h2.end_stream(said["stream"])

    def send_push(self, said):
        self.choose(said["promised"])
        self.h2.push_stream(said["stream"], said["promised"], fields(said["fields"]))

    def send_settings(self, said):
        values = {setting_number(name): value for name, value in said["values"]}
        if len(values) < len(said["values"]):
            raise Cannot("a setting stands twice")
        self.h2.update_settings(values)


SHOW = {
    events.RequestReceived: Connection.request,
    events.ResponseReceived: Connection.response,
    events.InformationalResponseReceived: Connection.response,
    events.TrailersReceived: Connection.has_trailers,
    events.DataReceived: Connection.data,
    events.StreamEnded: Connection.ended,
    events.StreamReset: Connection.reset,
    events.PushedStreamReceived: Connection.pushed,
    events.ConnectionTerminated: Connection.goaway,
    events.RemoteSettingsChanged: Connection.settings,
    events.SettingsAcknowledged: Connection.acknowledged,
    events.PingReceived: Connection.ping,
    events.PingAckReceived: Connection.ping,
    events.WindowUpdated: Connection.window,
}

SEND = {
    "request": Connection.send_request,
    "response": Connection.send_head,
    "interim": Connection.send_head,
    "data": Connection.send_data,
    "end": Connection.send_end,
    "push": Connection.send_push,
    "settings": Connection.send_settings,
    "reset": lambda self, said: self.h2.reset_stream(said["stream"], code_number(said["code"])),
    "goaway": lambda self, said: self.h2.close_connection(code_number(said["code"])),
    "ping": lambda self, said: self.h2.ping(octets(said["data"])),
    "window": lambda self, said: self.h2.increment_flow_control_window(said["increment"], said["stream"] or None),
}


class Server(Connection):
    client_side = False


class Client(Connection):
    client_side = True


def split(headers):
    """A request's pseudo-header fields by their names in the vocabulary, and all other fields."""
    pseudo = {PSEUDO[name]: value for name, value in headers if name in PSEUDO}
    return pseudo, [(name, value) for name, value in headers if name not in PSEUDO]


def words(error):
    return f"{type(error).__name__}: {error}"


def code_name(code):
    return code.name if isinstance(code, ErrorCodes) else f"0x{code:x}"


def code_number(name):
    return int(name, 16) if name.startswith("0x") else ErrorCodes[name]


def setting_name(setting):
    return setting.name if isinstance(setting, SettingCodes) else f"0x{setting:x}"


def setting_number(name):
    return int(name, 16) if name.startswith("0x") else SettingCodes[name.upper()]


if __name__ == "__main__":
    serve(
        name="hyper-h2",
        version=h2.__version__,
        endpoints={"http2.server": Server, "http2.client": Client},
        can=["output", "goaway-written", "messages", "content-length", "flow", "trailers", "interim", "push",
             "enhanced-connect", "reset", "goaway", "goaway-last", "goaway-debug", "settings", "settings-values",
             "settings-acknowledged", "ping", "window", "field-order", "error-code", "error-stream"],
        options=list(OPTIONS),
        licence="MIT",
        home="https://github.com/python-hyper/h2",
        cannot={
            "send-flow": "it refuses DATA that does not fit; to wait for room is the application's",
            "eof": "its interface has no word for the end of the peer's stream",
            "close": "it has no event for it",
        },
    )
