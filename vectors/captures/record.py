#!/usr/bin/env python3
"""Record what real programs send over HTTP/1.1, octet for octet, on loopback.

    python3 record.py                 record everything that is installed
    python3 record.py curl nginx      record these only (names: --list)
    python3 record.py --check         re-frame every file, compare with the index

Needs Python 3.11 or newer and nothing but its standard library.  Each recorder
whose program is absent is skipped with a printed reason and leaves what was
recorded earlier as it is.  On Debian 12 all of them are there after

    apt-get update
    apt-get install --no-install-recommends curl wget nginx-light apache2-bin \\
        lighttpd busybox libwww-perl golang-go default-jdk-headless nodejs chromium
    python3 -m venv VENV && VENV/bin/pip install requests httpx aiohttp
    WIREPROOF_VENV=VENV python3 record.py

Only 127.0.0.1 is ever listened on or connected to; every program that is
started gets a time limit and is stopped at the end of its recorder.

Two kinds of capture (see README.md for the index's members):

  role "server"  what a server receives.  A Sink listens, stores every octet as
                 it comes off the socket, frames it just well enough to answer,
                 and the program under recording talks to it.
  role "client"  what a client receives.  ask() connects, sends a hand-written
                 request and stores every octet of the answer.

The framing code here (Wire, read_message_body) exists to know when to answer
and how many messages went by.  It is lenient on purpose and is not a reference.
"""

import base64
import contextlib
import datetime
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE / "http1"
INDEX = OUT / "index.json"
LIMIT = 16 * 1024            # no capture may be larger
PROGRAM_SECONDS = 20         # for one run of a client program
SOCKET_SECONDS = 6           # for one read
QUIET_SECONDS = 0.4          # silence that ends a read of unframed octets

TODAY = datetime.date.today().isoformat()
RECORDERS = {}


class Skip(Exception):
    """The program is absent or cannot do this here."""


# ---------------------------------------------------------------- framing

class Closed(Exception):
    """The other side closed in the middle of what was being read."""


class Wire:
    """A source of octets with a log of all that came from it."""

    def __init__(self, receive):
        self.receive = receive          # () -> bytes, b"" at the end
        self.log = bytearray()
        self.at = 0                     # how much of the log is framed
        self.closed = False

    def more(self):
        chunk = b"" if self.closed else self.receive()
        if not chunk:
            self.closed = True
            raise Closed
        self.log += chunk

    def line(self):
        while (end := self.log.find(b"\n", self.at)) < 0:
            self.more()
        line = bytes(self.log[self.at:end])
        self.at = end + 1
        return line.removesuffix(b"\r")

    def skip(self, count):
        while len(self.log) - self.at < count:
            self.more()
        self.at += count

    def head(self):
        """(start line, [(name, value)]); an empty line first is passed over."""
        start = self.line() or self.line()
        fields = []
        while line := self.line():
            name, _, value = line.partition(b":")
            fields.append((name.decode("latin-1"), value.strip(b" \t").decode("latin-1")))
        return start.decode("latin-1"), fields


def values(fields, name):
    """The members of a list-valued field, lower-cased."""
    joined = ",".join(v for n, v in fields if n.lower() == name)
    return [part.strip().lower() for part in joined.split(",") if part.strip()]


def read_message_body(wire, fields, to_close):
    """Pass over a body framed by its fields; to_close: else read to the end."""
    if values(fields, "transfer-encoding")[-1:] == ["chunked"]:
        while size := int(wire.line().split(b";")[0], 16):
            wire.skip(size)
            wire.line()
        while wire.line():
            pass
    elif lengths := values(fields, "content-length"):
        wire.skip(int(lengths[0]))
    elif to_close:
        with contextlib.suppress(Closed):
            while True:
                wire.more()
        wire.at = len(wire.log)


def read_response(wire, method):
    """One final response: (status, interim responses before it, fields)."""
    interim = 0
    while True:
        start, fields = wire.head()
        status = int(start.split()[1])
        if 100 <= status < 200 and status != 101:
            interim += 1
            continue
        bodiless = (method == "HEAD" or status in (101, 204, 304)
                    or (method == "CONNECT" and status < 300))
        if not bodiless:
            read_message_body(wire, fields, to_close=True)
        return status, interim, fields


def switches(method, status):
    return status == 101 or (method == "CONNECT" and 200 <= status < 300)


# ---------------------------------------------------------------- the index

def load_index():
    if INDEX.exists():
        return json.loads(INDEX.read_text())["captures"]
    return []


def save(name, octets, entry):
    if len(octets) > LIMIT:
        raise ValueError(f"{name}: {len(octets)} octets is over {LIMIT}")
    file = f"{name}.bin"
    (OUT / file).write_bytes(octets)
    captures = [c for c in load_index() if c["file"] != file]
    captures.append({"file": file} | entry)
    captures.sort(key=lambda c: c["file"])
    lines = ",\n".join("  " + json.dumps(c) for c in captures)
    INDEX.write_text('{"format": 1, "captures": [\n' + lines + "\n]}\n")
    print(f"  {file}: {len(octets)} octets")


def save_requests(name, program, what, connection, odd=None):
    """Store what one connection of a Sink received."""
    connection.done.wait(SOCKET_SECONDS)
    entry = {"role": "server", "program": program, "what": what, "recorded": TODAY,
             "requests": len(connection.requests), "eof": False}
    if any(r.asks_upgrade for r in connection.requests):
        entry["asks_upgrade"] = True
    if connection.switched_at is not None:
        entry["upgraded"] = True
        entry["after_switch"] = len(connection.wire.log) - connection.switched_at
    if odd:
        entry["odd"] = odd
    save(name, bytes(connection.wire.log), entry)


def check():
    """Re-frame every file from disk and compare with what the index says."""
    wrong = 0
    captures = load_index()
    for c in captures:
        octets = (OUT / c["file"]).read_bytes()
        pieces = iter([octets])
        wire = Wire(lambda: next(pieces, b""))
        found, switched = 0, False
        interim = 0
        try:
            if c["role"] == "server":
                while not switched and (wire.at < len(wire.log) or not wire.log):
                    start, fields = wire.head()
                    read_message_body(wire, fields, to_close=False)
                    found += 1
                    switched = c.get("upgraded", False) and found == c["requests"]
                good = found == c["requests"]
            else:
                for asked in c["asked"]:
                    status, before, _ = read_response(wire, asked["method"])
                    found, interim = found + 1, interim + before
                    switched = switches(asked["method"], status)
                    if switched or (wire.at == len(octets) and c["eof"]):
                        break
                good = (found, interim) == (c["responses"], c["interim"])
            rest = len(octets) - wire.at
            good = good and switched == c.get("upgraded", False)
            good = good and rest == c.get("after_switch", 0) and len(octets) <= LIMIT
        except (Closed, ValueError, IndexError) as error:
            good, rest = False, repr(error)
        if not good:
            wrong += 1
            print(f"{c['file']}: found {found} messages, {interim} interim, rest {rest}: {c}")
    unlisted = {p.name for p in OUT.glob("*.bin")} - {c["file"] for c in captures}
    for name in sorted(unlisted):
        wrong += 1
        print(f"{name}: not in the index")
    print(f"{len(captures)} captures, {wrong} wrong")
    return wrong


# ---------------------------------------------------------------- role "server"

class Request:
    def __init__(self, start, fields):
        self.method, self.target, self.version = (start.split(" ") + ["", ""])[:3]
        self.fields = fields
        self.asks_upgrade = bool(values(fields, "upgrade")
                                 and "upgrade" in values(fields, "connection"))

    def value(self, name):
        return next((v for n, v in self.fields if n.lower() == name), "")


class Connection:
    def __init__(self, sock):
        sock.settimeout(SOCKET_SECONDS)
        self.sock = sock
        self.wire = Wire(self.receive)
        self.requests = []
        self.switched_at = None
        self.done = threading.Event()

    def receive(self):
        try:
            return self.sock.recv(65536)
        except OSError:
            return b""


def simple(body=b"ok\n", *fields, status="200 OK", close=False):
    """A minimal final response with a Content-Length."""
    head = [f"HTTP/1.1 {status}", "Content-Type: text/plain", f"Content-Length: {len(body)}"]
    head += fields
    if close:
        head.append("Connection: close")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Sink:
    """A server that keeps exactly what each connection sends.

    answer(request) gives the response's octets; the response to HEAD loses its
    body here.  A response with "Connection: close" ends the connection; 101,
    and 2xx to CONNECT, turn the rest of it into unframed octets, answered once
    with `tunnelled` if that is given.
    """

    def __init__(self, answer=lambda request: simple(), tunnelled=b""):
        self.answer, self.tunnelled = answer, tunnelled
        self.connections = []
        self.listener = listen()
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)    # wakes accept()
        self.listener.close()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            connection = Connection(sock)
            self.connections.append(connection)
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        try:
            with connection.sock, contextlib.suppress(Closed, OSError):
                while self.exchange(connection):
                    pass
        finally:
            connection.done.set()

    def exchange(self, connection):
        wire, sock = connection.wire, connection.sock
        start, fields = wire.head()
        request = Request(start, fields)
        if values(fields, "expect") == ["100-continue"]:
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        read_message_body(wire, fields, to_close=False)
        connection.requests.append(request)
        response = self.answer(request)
        if request.method == "HEAD":
            response = response[:response.index(b"\r\n\r\n") + 4]
        status = int(response.split()[1])
        if switches(request.method, status):
            connection.switched_at = wire.at
            sock.sendall(response)
            sock.settimeout(1.5)
            with contextlib.suppress(Closed):
                wire.more()
                if self.tunnelled:
                    sock.sendall(self.tunnelled)
                while True:
                    wire.more()
            return False
        sock.sendall(response)
        if b"\r\nConnection: close\r\n" in response:
            sock.shutdown(socket.SHUT_WR)
            with contextlib.suppress(Closed):
                sock.settimeout(1)
                while True:
                    wire.more()
            return False
        return True

    def spoken(self):
        """The connections that carried at least one octet, oldest first."""
        time.sleep(0.1)
        return [c for c in self.connections if c.wire.log]

    def only(self):
        spoken = self.spoken()
        if len(spoken) != 1:
            raise ValueError(f"expected one connection, there were {len(spoken)}")
        return spoken[0]

    def wait_for(self, condition, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not condition():
            time.sleep(0.1)
        return condition()


def listen(ports=(18080, 18081, 18082, 0)):
    """A listening socket, on a fixed port if free: re-recording changes less."""
    for port in ports:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(16)
            return listener
        except OSError:
            listener.close()
    raise OSError("no port to listen on")


# ---------------------------------------------------------------- role "client"

def ask(name, program, what, port, asked, hold=False, raw_after=b"", odd=None):
    """Send hand-written requests, all at once, and store the octets that come back.

    asked: [(method, target, fields, body, version)], the last two optional.
    hold: send the (one) body only after an interim response.
    raw_after: sent once the connection has switched protocols.
    """
    sock = socket.create_connection(("127.0.0.1", port), SOCKET_SECONDS)

    def receive():
        try:
            return sock.recv(65536)
        except ConnectionResetError:
            return b""

    wire = Wire(receive)
    listed, parts = [], []
    for method, target, fields, *more in asked:
        body, version = (more + [b"", "1.1"][len(more):])[:2]
        lines = [f"{method} {target} HTTP/{version}"] + [f"{n}: {v}" for n, v in fields]
        parts += ["\r\n".join(lines).encode("latin-1") + b"\r\n\r\n", body]
        listed.append({"method": method, "target": target}
                      | ({"version": version} if version != "1.1" else {})
                      | {"fields": [list(f) for f in fields]}
                      | ({"body": body.decode("latin-1")} if body else {}))
    with sock:
        if hold:
            sock.sendall(parts[0])
            while b"\r\n\r\n" not in wire.log:
                wire.more()
            sock.sendall(parts[1])
        else:
            sock.sendall(b"".join(parts))
        responses = interims = 0
        switched_at = None
        for method, *_ in asked:
            try:
                status, interim, _ = read_response(wire, method)
            except Closed:
                if wire.at < len(wire.log) or not responses:
                    raise
                break                   # closed between two responses
            responses, interims = responses + 1, interims + interim
            if switches(method, status):
                switched_at = wire.at
                if raw_after:
                    sock.sendall(raw_after)
                break
        sock.settimeout(1.0 if switched_at is not None else QUIET_SECONDS)
        with contextlib.suppress(Closed, TimeoutError):
            while True:
                wire.more()
    entry = {"role": "client", "program": program, "what": what, "recorded": TODAY,
             "asked": listed, "responses": responses, "interim": interims, "eof": wire.closed}
    if switched_at is not None:
        entry["upgraded"] = True
        entry["after_switch"] = len(wire.log) - switched_at
    elif wire.at != len(wire.log):
        raise ValueError(f"{name}: {len(wire.log) - wire.at} octets after the last response")
    if odd:
        entry["odd"] = odd
    save(name, bytes(wire.log), entry)


# ---------------------------------------------------------------- running programs

def distribution():
    with contextlib.suppress(OSError):
        text = Path("/etc/os-release").read_text()
        fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.M))
        return f" ({fields['NAME'].split()[0]} {fields['VERSION_ID']})"
    return ""


def need(program):
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if not path:
        raise Skip(f"{program} is not installed")
    return path


def version(command, pattern, label):
    """'label VERSION (Debian 12)', VERSION found by pattern in the output."""
    need(command[0])
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=plain_env())
    found = re.search(pattern, done.stdout + done.stderr)
    if not found:
        raise Skip(f"{command[0]} does not tell its version")
    return f"{label} {found[1]}{distribution()}"


SCRATCH = None               # a temporary directory, made in main()


def plain_env():
    """An environment without proxies, rc files or a private home."""
    return {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "HOME": str(SCRATCH),
            "LANG": "C.UTF-8", "TMPDIR": str(SCRATCH)}


def run(*command, check=True, stdin=b""):
    done = subprocess.run([str(c) for c in command], input=stdin, capture_output=True,
                          timeout=PROGRAM_SECONDS, env=plain_env(), cwd=SCRATCH)
    if check and done.returncode:
        raise ValueError(f"{command[0]} left with {done.returncode}: {done.stderr.decode()[-300:]}")


def free_port():
    with listen((18090, 18091, 18092, 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def started(*command, port=None):
    """A program in a session of its own, stopped at the end; wait for its port."""
    process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=plain_env(), cwd=SCRATCH, start_new_session=True)
    try:
        end = time.monotonic() + 20
        while port:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            if process.poll() is not None or time.monotonic() > end:
                raise ValueError(f"{command[0]} did not start")
            time.sleep(0.1)
        yield process
    finally:
        for kind in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, kind)
                process.wait(3)
        process.wait(5)


def script(name, text):
    path = SCRATCH / name
    path.write_text(text)
    return path


def recorder(function):
    RECORDERS[function.__name__.rstrip("_")] = function
    return function


def websocket_accept(request):
    key = request.value("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()


def swallowed(request):
    """The usual answers: 101 to a WebSocket, 200 to all else."""
    if request.method == "CONNECT":
        return b"HTTP/1.1 200 Connection established\r\n\r\n"
    if request.asks_upgrade and "websocket" in values(request.fields, "upgrade"):
        return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Accept: {websocket_accept(request)}\r\n\r\n").encode()
    return simple()


# ================================================================ clients

@recorder
def curl():
    program = version(["curl", "--version"], r"curl (\S+)", "curl")
    small = script("upload.txt", "A small file.\nIts second line.\n")
    numbers = script("numbers.txt", "".join(f"{n}\n" for n in range(300)))

    def one(name, what, *arguments, answer=swallowed, odd=None, check=True, stdin=b"", **kw):
        with Sink(answer, **kw) as sink:
            arguments = [str(a).replace("URL", sink.url) for a in arguments]
            run("curl", "-q", "-sS", "-o", "/dev/null", "-m", "10", *arguments,
                check=check, stdin=stdin)
            save_requests(f"curl-{name}", program, what, sink.only(), odd)

    one("get", "GET with default fields", "URL/")
    one("head", "HEAD (-I)", "-I", "URL/")
    one("post-form", "POST of a url-encoded form (-d)", "-d", "name=value&other=a+b", "URL/form")
    one("post-chunked", "POST with a chunked body from a file of 1090 octets", "-H",
        "Transfer-Encoding: chunked", "--data-binary", f"@{numbers}", "URL/post")
    one("post-multipart", "POST of multipart/form-data (-F) with a file", "-F", "field=value",
        "-F", f"file=@{small}", "URL/upload")
    one("put", "PUT of a file (-T), its Expect taken away", "-H", "Expect:", "-T", small,
        "URL/upload.txt")
    one("put-expect", "PUT of a file with Expect: 100-continue (curl's default here), answered by 100",
        "-H", "Expect: 100-continue", "-T", small, "URL/upload.txt")
    one("put-stdin", "PUT from standard input: chunked, Expect: 100-continue", "-T", "-",
        "URL/upload.txt", stdin=b"from standard input\n")
    one("post-empty", "POST with an empty body, Content-Length: 0", "-d", "", "URL/")
    one("options-star", "OPTIONS * (asterisk-form)", "-X", "OPTIONS", "--request-target", "*", "URL/")
    one("compressed", "GET with Accept-Encoding (--compressed)", "--compressed", "URL/")
    one("http10", "HTTP/1.0 GET (-0)", "-0", "URL/")
    one("http10-post", "HTTP/1.0 POST (-0 -d)", "-0", "-d", "a=1", "URL/")
    one("keepalive", "two GETs over one connection, the second after the first's response",
        "URL/one", "-o", "/dev/null", "URL/two")
    one("keepalive-post", "two POSTs over one connection", "-d", "a=1", "URL/one", "-o",
        "/dev/null", "URL/two")
    one("fields", "GET with basic credentials, cookie, range, referrer and an empty field value",
        "-u", "user:password", "-b", "a=1; b=2", "-r", "0-99", "-e", "http://localhost/from",
        "-H", "X-Empty;", "URL/path?query=1&x=%20#fragment")
    one("obs-text", "GET with UTF-8 octets in a field value (obs-text)", "-H",
        "X-Name: Zo\u00eb", "URL/")
    one("raw-query", "GET whose query has characters that RFC 3986 does not allow raw",
        "-g", 'URL/q?a={b|c}&d=[e]^`"f"', odd='"^`{|}[] raw in the request target')
    one("proxy-get", "GET to a proxy: absolute-form (-x)", "-x", "URL", "http://localhost:8080/page?q=1")
    one("proxy-connect-refused", "CONNECT to a proxy that refuses (-x -p)", "-x", "URL", "-p",
        "http://localhost:8080/", check=False,
        answer=lambda r: simple(b"no\n", status="403 Forbidden", close=True))
    one("proxy-connect-tunnel", "CONNECT, answered by 200, then a GET inside the tunnel",
        "-x", "URL", "-p", "http://localhost:8080/", tunnelled=simple(close=True))
    one("upgrade-h2c", "GET that offers h2c (--http2), answered by 200", "--http2", "URL/")
    one("digest", "GET, then the same with Authorization: Digest after a 401", "--digest", "-u",
        "user:password", "URL/secret", answer=lambda r: simple() if r.value("authorization")
        else simple(b"", 'WWW-Authenticate: Digest realm="r", nonce="n0nce", qop="auth"',
                    status="401 Unauthorized"))


@recorder
def wget():
    program = version(["wget", "--version"], r"Wget (\S+)", "wget")

    def one(name, what, *arguments):
        with Sink() as sink:
            arguments = [a.replace("URL", sink.url) for a in arguments]
            run("wget", "-q", "-t", "1", "-T", "5", "-O", "/dev/null", *arguments)
            save_requests(f"wget-{name}", program, what, sink.only())

    one("get", "GET with default fields", "URL/")
    one("post", "POST (--post-data)", "--post-data", "a=1&b=2", "URL/form")


@recorder
def python():
    program = f"Python {sys.version.split()[0]} http.client"
    before = """
import http.client, sys, urllib.request
port = int(sys.argv[1])
c = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
"""

    def one(name, what, text, program=program):
        with Sink() as sink:
            run(sys.executable, "-I", "-c", before + text, sink.port)
            save_requests(f"python-{name}", program, what, sink.only())

    one("httpclient-get", "GET", 'c.request("GET", "/"); c.getresponse().read()')
    one("httpclient-post", "POST with a dict of fields and a bytes body",
        'c.request("POST", "/post", b"a=1", {"Content-Type": "text/plain"}); c.getresponse().read()')
    one("httpclient-chunked", "POST with an iterable body: chunked (encode_chunked)",
        'c.request("POST", "/", iter([b"first ", b"second ", b"third"]), '
        '{"Transfer-Encoding": "chunked"}, encode_chunked=True); c.getresponse().read()')
    one("httpclient-keepalive", "GET, POST without a body, GET over one connection",
        'for m in "GET", "POST", "GET": c.request(m, "/" + m.lower()); c.getresponse().read()')
    program = program.replace("http.client", "urllib.request")
    one("urllib-get", "GET", 'urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()',
        program)


def venv_python():
    venv = os.environ.get("WIREPROOF_VENV")
    if not venv:
        raise Skip("WIREPROOF_VENV names no virtual environment")
    return str(Path(venv).absolute() / "bin" / "python")


def package_version(interpreter, package):
    done = subprocess.run([interpreter, "-c", f"import {package}; print({package}.__version__)"],
                          capture_output=True, text=True, timeout=30, env=plain_env())
    if done.returncode:
        raise Skip(f"{package} is not in WIREPROOF_VENV")
    return done.stdout.strip()


@recorder
def python_packages():
    interpreter = venv_python()

    def one(package, name, what, text):
        try:
            program = f"{package} {package_version(interpreter, package)} (PyPI)"
        except Skip as reason:
            print(f"  skipped {package}-{name}: {reason}")
            return
        with Sink(swallowed) as sink:
            run(interpreter, "-c", f"import sys, {package}\nu = sys.argv[1]\n" + text, sink.url)
            save_requests(f"{package}-{name}", program, what, sink.only())

    one("requests", "get", "GET with default fields", "requests.get(u + '/', timeout=5)")
    one("requests", "post-chunked", "POST of a generator: chunked",
        "requests.post(u + '/', data=iter([b'one ', b'two']), timeout=5)")
    one("requests", "post-files", "POST of multipart/form-data with a non-ASCII file name",
        "requests.post(u + '/', files={'f': ('na\\u00efve.txt', b'hi')}, timeout=5)")
    one("httpx", "keepalive", "GET, HEAD, POST chunked over one connection",
        "with httpx.Client() as c:\n c.get(u + '/')\n c.head(u + '/')\n"
        " c.post(u + '/', content=iter([b'one ', b'two']))")
    around = ("import asyncio\nasync def main():\n async with aiohttp.ClientSession() as s:\n  {}\n"
              "asyncio.run(main())")
    one("aiohttp", "post-chunked", "POST of an async generator: chunked", around.format(
        "async def g():\n   yield b'one '\n   yield b'two'\n  await (await s.post(u + '/', data=g())).read()"))
    one("aiohttp", "websocket", "WebSocket handshake, answered by 101, then a masked frame",
        around.format("w = await s.ws_connect(u + '/ws', timeout=aiohttp.ClientWSTimeout(ws_close=1))\n"
                      "  await w.send_str('hello')\n  await asyncio.sleep(0.2)"))


NODE_CLIENT = r"""
const http = require('http');
const [port, what] = [+process.argv[2], process.argv[3]];
const url = `http://127.0.0.1:${port}`;
const send = (options, then) => new Promise((done, fail) => {
  const request = http.request({host: '127.0.0.1', port, ...options}, response => {
    response.resume(); response.on('end', done);
  });
  request.on('error', fail);
  (then || (r => r.end()))(request);
});
const acts = {
  'get': () => send({path: '/'}),
  'post-chunked': () => send({path: '/', method: 'POST'}, r => { r.write('first '); r.end('second'); }),
  'post-trailers': () => send({path: '/', method: 'POST',
    headers: {Trailer: 'X-Checksum', 'Transfer-Encoding': 'chunked'}}, r => {
    r.write('first '); r.write('second'); r.addTrailers({'X-Checksum': 'abc123'}); r.end(); }),
  'put-expect': () => send({path: '/', method: 'PUT',
    headers: {Expect: '100-continue', 'Content-Length': 5}}, r => {
    r.on('continue', () => r.end('hello')); r.flushHeaders(); }),
  'keepalive': async () => {
    const agent = new http.Agent({keepAlive: true, maxSockets: 1});
    await send({path: '/one', agent});
    await send({path: '/two', agent, method: 'DELETE'});
    agent.destroy();
  },
  'upgrade': () => new Promise((done, fail) => {
    const request = http.request({host: '127.0.0.1', port, path: '/ws', headers: {
      Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ=='}});
    request.on('upgrade', (response, socket) => { socket.end('octets of another protocol'); done(); });
    request.on('error', fail);
    request.end();
  }),
  'connect': () => new Promise((done, fail) => {
    const request = http.request({host: '127.0.0.1', port, method: 'CONNECT', path: 'localhost:443'});
    request.on('connect', (response, socket) => { socket.end('octets in the tunnel'); done(); });
    request.on('error', fail);
    request.end();
  }),
  'fetch-get': async () => { await (await fetch(url + '/')).text(); },
  'fetch-post': async () => { await (await fetch(url + '/api', {method: 'POST',
    headers: {'Content-Type': 'application/json'}, body: JSON.stringify({a: 1})})).text(); },
  'fetch-form': async () => { const f = new FormData(); f.set('a', '1'); f.set('b', 'caf\u00e9');
    await (await fetch(url + '/', {method: 'POST', body: f})).text(); },
  'fetch-stream': async () => { await (await fetch(url + '/', {method: 'POST', duplex: 'half',
    body: new ReadableStream({start(c) { c.enqueue(new TextEncoder().encode('first '));
      c.enqueue(new TextEncoder().encode('second')); c.close(); }})})).text(); },
};
acts[what]().then(() => process.exit(0), e => { console.error(e); process.exit(1); });
"""


@recorder
def node():
    program = version(["node", "--version"], r"v(\S+)", "Node.js").removesuffix(distribution())
    path = script("client.js", NODE_CLIENT)

    def one(act, what, program=program + " http", odd=None):
        with Sink(swallowed) as sink:
            run("node", path, sink.port, act)
            save_requests(f"node-{act}", program, what, sink.only(), odd)

    one("get", "GET with default fields")
    one("post-chunked", "POST with a chunked body of two writes")
    one("post-trailers", "POST with a chunked body and a trailer field")
    one("put-expect", "PUT with Expect: 100-continue, answered by 100")
    one("keepalive", "GET, DELETE over one connection of a keep-alive agent")
    one("upgrade", "WebSocket upgrade, answered by 101, then octets of no protocol in particular")
    one("connect", "CONNECT, answered by 200, then octets in the tunnel",
        odd="Host names the proxy, not the target as RFC 9112 3.2 has it")
    fetch = program + " fetch (undici)"
    one("fetch-get", "GET with default fields", fetch)
    one("fetch-stream", "POST of a stream: chunked", fetch)


@recorder
def perl():
    tiny = version(["perl", "-MHTTP::Tiny", "-e", "print qq(v$HTTP::Tiny::VERSION)"], r"v(\S+)",
                   "Perl HTTP::Tiny")

    def one(name, program, what, module, text):
        with Sink() as sink:
            run("perl", f"-M{module}", "-e", "my $u = $ARGV[0]; " + text, sink.url)
            save_requests(f"perl-{name}", program, what, sink.only())

    one("tiny-get", tiny, "GET with default fields", "HTTP::Tiny", 'HTTP::Tiny->new->get("$u/")')
    one("tiny-trailers", tiny, "POST of a callback's parts: chunked, with a trailer field", "HTTP::Tiny",
        'my @p = ("one ", "two"); HTTP::Tiny->new->post("$u/", {content => sub { shift @p }, '
        'headers => {"trailer" => "x-sum"}, trailer_callback => sub { {"x-sum" => "9"} }})')
    try:
        lwp = version(["perl", "-MLWP", "-e", "print qq(v$LWP::VERSION)"], r"v(\S+)", "Perl LWP")
    except Skip:
        print("  skipped perl-lwp: libwww-perl is not installed")
        return
    one("lwp-get", lwp, "GET with default fields (TE in Connection)", "LWP::UserAgent",
        'LWP::UserAgent->new->get("$u/")')


PAGE = b"""<!doctype html><meta charset=utf-8><title>page</title><link rel=icon href=/favicon.ico>
<iframe name=f></iframe><form id=u action=/form-urlencoded method=post target=f>
<input name=name value="a b&amp;c"></form><script>
(async () => {
  const quiet = p => p.catch(() => 0);
  await quiet(fetch('/api', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"a":1}'}));
  const form = new FormData(); form.set('name', 'caf\\u00e9'); form.set('file', new Blob(['hi']), 'a.txt');
  await quiet(fetch('/form-multipart', {method: 'POST', body: form}));
  await quiet(fetch('/query?a={b|c}&d=[e]^`"f"'));
  await quiet(fetch('/etag')); await quiet(fetch('/etag', {cache: 'no-cache'}));
  document.getElementById('u').submit();
  await new Promise(done => setTimeout(done, 700));
  await new Promise(done => { const w = new WebSocket('ws://' + location.host + '/ws');
    w.onopen = () => { w.send('hello'); w.close(); }; w.onclose = done; });
  await quiet(fetch('/end'));
})();
</script>
"""


@recorder
def chromium():
    need("chromium")
    program = version(["chromium", "--no-sandbox", "--version"], r"Chromium (\S+)", "Chromium")

    def answer(close):
        def give(request):
            if request.asks_upgrade:
                return swallowed(request)
            if request.target == "/":
                return simple(PAGE, close=close).replace(b"text/plain", b"text/html")
            if request.target == "/etag":
                if request.value("if-none-match"):
                    return b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nConnection: close\r\n\r\n'
                return simple(b"tagged", 'ETag: "v1"', close=close)
            return simple(close=close)
        return give

    def visit(close):
        sink = Sink(answer(close), tunnelled=b"\x88\x00")
        ended = lambda: any(r.target == "/end" for c in sink.connections for r in c.requests)
        with tempfile.TemporaryDirectory(dir=SCRATCH, ignore_cleanup_errors=True) as profile, sink:
            with started("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                         "--no-first-run", "--disable-background-networking", "--disable-sync",
                         "--disable-component-update", "--disable-default-apps", "--no-proxy-server",
                         "--disable-dev-shm-usage", "--remote-debugging-port=0",
                         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                         f"--user-data-dir={profile}", sink.url + "/"):
                sink.wait_for(ended, 30)
                time.sleep(0.5)
        return [c for c in sink.spoken() if c.requests]

    by_target = {}
    for connection in visit(close=True):
        by_target.setdefault(connection.requests[0].target, []).append(connection)
    wanted = [
        ("/", "page-get", "GET of a page (navigation)", 0),
        ("/favicon.ico", "favicon", "GET of the page's icon", 0),
        ("/api", "fetch-post", "fetch() POST of JSON", 0),
        ("/form-multipart", "post-multipart", "fetch() POST of multipart/form-data with UTF-8", 0),
        ("/form-urlencoded", "post-form", "POST of a form (navigation of a frame)", 0),
        ("/etag", "revalidate", "GET with If-None-Match (fetch, cache: no-cache)", 1),
        ("/ws", "websocket", "WebSocket handshake, answered by 101, then masked frames", 0),
    ]
    for target, name, what, which in wanted:
        if len(by_target.get(target, [])) > which:
            save_requests(f"chromium-{name}", program, what, by_target[target][which])
        else:
            print(f"  skipped chromium-{name}: it sent no such request")
    for target in by_target:
        if target.startswith("/query"):
            save_requests("chromium-raw-query", program, "GET whose query has characters that RFC "
                          "3986 does not allow raw", by_target[target][0],
                          "{|}[]^` raw in the request target")
    longest = max(visit(close=False), key=lambda c: len(c.requests), default=None)
    if longest and len(longest.requests) > 1:
        save_requests("chromium-keepalive", program,
                      "the requests of one page over one connection", longest,
                      "{|}[]^` raw in one request target")


GO_PROGRAM = r"""
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

type parts struct{ list []string }

func (p *parts) Read(b []byte) (int, error) {
	if len(p.list) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.list[0])
	p.list = p.list[1:]
	return n, nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func client(what, url string) {
	c := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{ExpectContinueTimeout: 2 * time.Second}}
	send := func(r *http.Request, err error) {
		must(err)
		a, err := c.Do(r)
		must(err)
		io.Copy(io.Discard, a.Body)
		a.Body.Close()
	}
	switch what {
	case "get":
		send(http.NewRequest("GET", url+"/", nil))
		send(http.NewRequest("HEAD", url+"/", nil))
	case "post-trailers":
		r, err := http.NewRequest("POST", url+"/", &parts{[]string{"first ", "second"}})
		must(err)
		r.Trailer = http.Header{"X-Checksum": {"abc123"}}
		send(r, nil)
	case "put-expect":
		r, err := http.NewRequest("PUT", url+"/", strings.NewReader("hello"))
		must(err)
		r.Header.Set("Expect", "100-continue")
		send(r, nil)
	}
}

func serve(port string) {
	http.HandleFunc("/plain", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "plain\n") })
	http.HandleFunc("/chunked", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "first ")
		w.(http.Flusher).Flush()
		io.WriteString(w, "second\n")
	})
	http.HandleFunc("/trailers", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Checksum")
		io.WriteString(w, "body")
		w.Header().Set("X-Checksum", "abc123")
	})
	http.HandleFunc("/early", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload; as=style")
		w.WriteHeader(103)
		io.WriteString(w, "after the hints\n")
	})
	http.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	http.ListenAndServe("127.0.0.1:"+port, nil)
}

func main() {
	if os.Args[1] == "serve" {
		serve(os.Args[2])
	} else {
		client(os.Args[1], os.Args[2])
	}
}
"""


@recorder
def go():
    program = version(["go", "version"], r"go(\d\S+)", "Go") .replace("Go", "Go net/http", 1)
    source = script("prog.go", GO_PROGRAM)
    binary = SCRATCH / "goprog"
    subprocess.run(["go", "build", "-o", str(binary), str(source)], check=True, timeout=180,
                   cwd=SCRATCH, env=plain_env() | {"GO111MODULE": "off", "GOFLAGS": "", "GOTOOLCHAIN": "local"})
    for act, what in [("get", "GET, HEAD over one connection"),
                      ("post-trailers", "POST of a reader: chunked, with a trailer field"),
                      ("put-expect", "PUT with Expect: 100-continue, answered by 100")]:
        with Sink() as sink:
            run(binary, act, sink.url)
            save_requests(f"go-{act}", program, what, sink.only())
    port = free_port()
    with started(binary, "serve", port, port=port):
        host = ("Host", f"127.0.0.1:{port}")

        def one(name, what, *asked, **kw):
            ask(f"go-server-{name}", program + " server", what, port, list(asked), **kw)

        one("http10", "to an HTTP/1.0 request, of unknown length: ended by the close",
            ("GET", "/chunked", [host], b"", "1.0"))
        one("trailers", "200, chunked, with a trailer field", ("GET", "/trailers", [host, ("TE", "trailers")]))
        one("early-hints", "103, then 200", ("GET", "/early", [host]))
        one("continue", "100 before the body is sent, then 200", ("POST", "/read", [
            host, ("Expect", "100-continue"), ("Content-Length", "5")], b"hello"), hold=True)
        one("bad-request", "400 to a request without Host", ("GET", "/plain", []))


JAVA_PROGRAM = r"""
import com.sun.net.httpserver.*;
import java.net.*;
import java.net.http.*;
import java.io.*;
import java.util.List;

public class Prog {
    public static void main(String[] a) throws Exception {
        if (a[0].equals("serve")) serve(Integer.parseInt(a[1]));
        else client(a[0], a[1]);
    }

    static void serve(int port) throws Exception {
        HttpServer s = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        s.createContext("/fixed", x -> { x.sendResponseHeaders(200, 6); out(x, "fixed\n"); });
        s.createContext("/chunked", x -> { x.sendResponseHeaders(200, 0); out(x, "chunked\n"); });
        s.createContext("/read", x -> { byte[] b = x.getRequestBody().readAllBytes();
            x.sendResponseHeaders(200, b.length); out(x, new String(b)); });
        s.start();
    }

    static void out(HttpExchange x, String text) throws IOException {
        if (!x.getRequestMethod().equals("HEAD")) x.getResponseBody().write(text.getBytes());
        x.close();
    }

    static void client(String what, String url) throws Exception {
        HttpClient c = HttpClient.newHttpClient();
        HttpRequest.Builder b = HttpRequest.newBuilder(URI.create(url + "/"));
        switch (what) {
            case "get": break;
            case "post-stream":
                b.version(HttpClient.Version.HTTP_1_1).POST(HttpRequest.BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream("from a stream".getBytes())));
                break;
            case "put-expect":
                b.version(HttpClient.Version.HTTP_1_1).expectContinue(true)
                    .PUT(HttpRequest.BodyPublishers.ofString("hello"));
                break;
            case "urlconnection":
                HttpURLConnection u = (HttpURLConnection) new URL(url + "/").openConnection();
                u.setDoOutput(true);
                u.setChunkedStreamingMode(8);
                u.getOutputStream().write("chunks of eight octets".getBytes());
                u.getInputStream().readAllBytes();
                return;
        }
        c.send(b.build(), HttpResponse.BodyHandlers.ofString());
    }
}
"""


@recorder
def java():
    label = version(["java", "-version"], r'version "([^"]+)"', "Java")
    need("javac")
    script("Prog.java", JAVA_PROGRAM)
    subprocess.run(["javac", "-d", str(SCRATCH), str(SCRATCH / "Prog.java")], check=True, timeout=90,
                   capture_output=True, env=plain_env())
    prog = ["java", "-XX:TieredStopAtLevel=1", "-cp", SCRATCH, "Prog"]
    for act, kind, what in [
            ("get", "java.net.http", "GET that offers h2c, answered by 200"),
            ("post-stream", "java.net.http", "POST of a stream: chunked"),
            ("put-expect", "java.net.http", "PUT with Expect: 100-continue, answered by 100"),
            ("urlconnection", "HttpURLConnection", "POST in chunked streaming mode")]:
        with Sink() as sink:
            run(*prog, act, sink.url)
            save_requests(f"java-{act}", label.replace("Java", f"Java {kind}", 1), what, sink.only())
    port = free_port()
    program = label.replace("Java", "Java com.sun.net.httpserver", 1)
    with started(*prog, "serve", port, port=port):
        host = ("Host", f"127.0.0.1:{port}")
        for name, what, asked, hold in [
                ("chunked", "200, chunked", ("GET", "/chunked", [host]), False),
                ("head", "HEAD", ("HEAD", "/fixed", [host]), False),
                ("continue", "100 before the body is sent, then 200", ("POST", "/read", [
                    host, ("Expect", "100-continue"), ("Content-Length", "5")], b"hello"), True)]:
            ask(f"java-server-{name}", program, what, port, [asked], hold=hold,
                odd="Content-Length in a 1xx response" if hold else None)


# ================================================================ servers

def site():
    """A directory of small files to serve."""
    root = SCRATCH / "site"
    root.mkdir(exist_ok=True)
    (root / "index.html").write_text("<!doctype html><title>t</title><p>Hello.\n")
    (root / "digits.txt").write_text("0123456789" * 10)
    (root / "numbers.txt").write_text("".join(f"{n}\n" for n in range(2000)))
    (root / "part.shtml").write_text('before <!--#echo var="REQUEST_METHOD" --> after\n')
    for path in (root, *root.iterdir()):
        os.utime(path, (1700000000, 1700000000))
    os.chmod(SCRATCH, 0o755)
    return root


@recorder
def nginx():
    program = version(["nginx", "-v"], r"nginx/(\S+)", "nginx")
    root, port = site(), free_port()

    with Sink(swallowed, tunnelled=b"\x81\x02hi") as behind:
        conf = script("nginx.conf", f"""
daemon off; master_process off; pid {SCRATCH}/nginx.pid; error_log {SCRATCH}/nginx.err;
events {{ worker_connections 32; }}
http {{
  access_log off; default_type text/plain; types {{ text/html html shtml; }}
  client_body_temp_path {SCRATCH}/b; proxy_temp_path {SCRATCH}/p; fastcgi_temp_path {SCRATCH}/f;
  uwsgi_temp_path {SCRATCH}/u; scgi_temp_path {SCRATCH}/s;
  server {{
    listen 127.0.0.1:{port}; root {root};
    location /part.shtml {{ ssi on; }}
    location /numbers.txt {{ gzip on; gzip_types text/plain; gzip_min_length 1; }}
    location /none {{ return 204; }}
    location /proxy10/ {{ proxy_pass {behind.url}; }}
    location /proxy11/ {{ proxy_pass {behind.url}; proxy_http_version 1.1; proxy_set_header Connection "";
                          proxy_request_buffering off; }}
    location /ws {{ proxy_pass {behind.url}; proxy_http_version 1.1;
                    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }}
  }}
}}
""")
        with started("nginx", "-c", conf, "-p", SCRATCH, "-e", SCRATCH / "nginx.err", port=port):
            host = ("Host", "localhost")

            def one(name, what, *asked, **kw):
                ask(f"nginx-{name}", program, what, port, list(asked), **kw)

            one("get", "200 with Content-Length", ("GET", "/", [host]))
            one("head", "HEAD: a Content-Length and no body", ("HEAD", "/", [host]))
            one("not-modified", "304 to If-Modified-Since", ("GET", "/", [
                host, ("If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT")]))
            one("not-found", "404", ("GET", "/absent", [host]))
            one("no-content", "204", ("GET", "/none", [host]))
            one("range", "206 with one range", ("GET", "/digits.txt", [host, ("Range", "bytes=10-19")]))
            one("ranges", "206 multipart/byteranges", ("GET", "/digits.txt", [
                host, ("Range", "bytes=0-4,-5")]))
            one("chunked-ssi", "200, chunked (server-side include)", ("GET", "/part.shtml", [host]))
            one("chunked-gzip", "200, chunked, gzip content coding", ("GET", "/numbers.txt", [
                host, ("Accept-Encoding", "gzip")]))
            one("http10", "to an HTTP/1.0 request, of unknown length: ended by the close",
                ("GET", "/part.shtml", [host], b"", "1.0"))
            one("pipelined", "answers to GET, HEAD, GET sent at once", ("GET", "/", [host]),
                ("HEAD", "/digits.txt", [host]), ("GET", "/part.shtml", [host]))
            one("pipelined-close", "two requests at once, the first with Connection: close: one answer",
                ("GET", "/", [host, ("Connection", "close")]), ("GET", "/", [host]))
            one("bad-request", "400 to a request without Host", ("GET", "/", []))
            one("bad-version", "505 to HTTP/2.1", ("GET", "/", [host], b"", "2.1"))
            one("continue", "100 before the body is sent, then 200 from an upstream", ("POST", "/proxy11/", [
                host, ("Expect", "100-continue"), ("Content-Length", "3")], b"a=1"), hold=True)
            one("switch", "101 from an upstream, then a WebSocket frame", ("GET", "/ws", [
                host, ("Connection", "Upgrade"), ("Upgrade", "websocket"),
                ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]),
                raw_after=b"\x81\x82\0\0\0\0hi")

            def proxied(name, what, method, target, fields=(), body=b""):
                seen = len(behind.connections)
                with socket.create_connection(("127.0.0.1", port), SOCKET_SECONDS) as sock:
                    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
                    lines += [f"{n}: {v}" for n, v in fields] + ["Connection: close"]
                    sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
                    time.sleep(0.2)     # so that the head is passed on before the body is known
                    sock.sendall(body)
                    while sock.recv(65536):
                        pass
                new = [c for c in behind.connections[seen:] if c.wire.log]
                save_requests(f"nginx-proxy-{name}", program + " as a proxy", what, new[0])

            proxied("http10", "GET to an upstream, HTTP/1.0 (its default)", "GET", "/proxy10/")
            proxied("http11", "GET to an upstream, HTTP/1.1", "GET", "/proxy11/", [("X-Note", "kept")])
            proxied("post-chunked", "chunked POST passed on without buffering", "POST", "/proxy11/",
                    [("Transfer-Encoding", "chunked")], b"3\r\na=1\r\n4\r\n&b=2\r\n0\r\n\r\n")
            proxied("post-buffered", "chunked POST buffered, passed on as HTTP/1.0 with Content-Length",
                    "POST", "/proxy10/", [("Transfer-Encoding", "chunked")], b"3\r\na=1\r\n0\r\n\r\n")


@recorder
def apache2():
    program = version(["apache2", "-v"], r"Apache/(\S+)", "Apache httpd")
    modules = Path("/usr/lib/apache2/modules")
    root, port = site(), free_port()
    names = ["mpm_event", "authz_core", "dir", "mime", "include", "filter", "proxy", "proxy_http",
             "proxy_connect"]
    script("mime.types", "text/html html shtml\ntext/plain txt\n")
    with Sink() as behind:
        lines = [f"LoadModule {n}_module {modules}/mod_{n}.so" for n in names] + [
            f"ServerRoot {SCRATCH}", "ServerName localhost", f"Listen 127.0.0.1:{port}",
            f"PidFile {SCRATCH}/apache.pid", f"ErrorLog {SCRATCH}/apache.err",
            f"DefaultRuntimeDir {SCRATCH}", "User www-data", "Group www-data", "StartServers 1",
            f"DocumentRoot {root}", "TypesConfig mime.types", "DirectoryIndex index.html",
            "AddOutputFilter INCLUDES .shtml", "TraceEnable on",
            f"<Directory {root}>", "Options +Includes", "Require all granted", "</Directory>",
            f"ProxyPass /proxy/ {behind.url}/",
            f"ProxyRequests on\nAllowCONNECT {behind.port}"]
        conf = script("apache.conf", "\n".join(lines) + "\n")
        with started("apache2", "-f", conf, "-D", "FOREGROUND", port=port):
            host = ("Host", "localhost")

            def one(name, what, *asked, **kw):
                ask(f"apache-{name}", program, what, port, list(asked), **kw)

            one("ranges", "206 multipart/byteranges", ("GET", "/digits.txt", [
                host, ("Range", "bytes=0-4,-5")]))
            one("options", "OPTIONS *", ("OPTIONS", "*", [host]))
            one("trace", "TRACE: the request comes back as message/http", ("TRACE", "/", [
                host, ("X-Note", "echo")]))
            one("chunked-ssi", "200, chunked (server-side include)", ("GET", "/part.shtml", [host]))
            one("http10-keepalive", "to HTTP/1.0 requests with Connection: keep-alive",
                ("GET", "/digits.txt", [host, ("Connection", "keep-alive")], b"", "1.0"),
                ("GET", "/digits.txt", [host], b"", "1.0"))
            one("expectation-failed", "417 to an unknown expectation", ("GET", "/", [host, ("Expect", "tea")]))
            one("continue", "100 before the body is sent, then 200 from an upstream", ("POST", "/proxy/", [
                host, ("Expect", "100-continue"), ("Content-Length", "3")], b"a=1"), hold=True)
            one("connect", "CONNECT: 200, then octets from the tunnel's far end",
                ("CONNECT", f"127.0.0.1:{behind.port}", [("Host", f"127.0.0.1:{behind.port}")]),
                raw_after=b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


@recorder
def lighttpd():
    program = version(["lighttpd", "-v"], r"lighttpd/(\S+)", "lighttpd")
    root, port = site(), free_port()
    (root / "slow.cgi").write_text("#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\nfirst\\n'\n"
                                   "sleep 0.2\necho second\n")
    conf = script("lighttpd.conf", f"""
server.modules = ("mod_cgi", "mod_indexfile", "mod_staticfile")
server.document-root = "{root}"
server.bind = "127.0.0.1"
server.port = {port}
server.stream-response-body = 1
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/html", ".txt" => "text/plain")
cgi.assign = (".cgi" => "/bin/sh")
static-file.exclude-extensions = (".cgi")
""")
    with started("lighttpd", "-D", "-f", conf, port=port):
        host = ("Host", "localhost")

        def one(name, what, *asked, **kw):
            ask(f"lighttpd-{name}", program, what, port, list(asked), **kw)

        one("chunked", "200, chunked (CGI, streamed)", ("GET", "/slow.cgi", [host]))
        one("http10", "CGI to an HTTP/1.0 request: ended by the close", ("GET", "/slow.cgi", [host], b"", "1.0"))
        one("switch-h2c", "101 to h2c, then HTTP/2 frames (the response to the GET among them)", ("GET", "/", [
            host, ("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"),
            ("HTTP2-Settings", "AAMAAABkAAQAAP__")]),
            raw_after=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")


@recorder
def busybox():
    need("busybox")
    program = version(["busybox"], r"BusyBox v(\S+)", "busybox httpd")
    root, port = site(), free_port()
    with started("busybox", "httpd", "-f", "-p", f"127.0.0.1:{port}", "-h", root, port=port):
        host = ("Host", "localhost")
        for name, what, asked in [
                ("get", "200 with Content-Length, then close", ("GET", "/", [host])),
                ("not-found", "404: no Content-Length, ended by the close", ("GET", "/absent", [host]))]:
            ask(f"busybox-{name}", program, what, port, [asked])


PYTHON_SERVER = """
import sys
from http.server import *
class Handler(SimpleHTTPRequestHandler):
    protocol_version = sys.argv[2]
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_PUT(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ended by the close")
        self.close_connection = True
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), lambda *a: Handler(*a, directory=sys.argv[3])).serve_forever()
"""


@recorder
def python_server():
    program = f"Python {sys.version.split()[0]} http.server"
    root = site()
    for protocol in ("1.0", "1.1"):
        port = free_port()
        with started(sys.executable, "-I", script("server.py", PYTHON_SERVER), port, f"HTTP/{protocol}",
                     root, port=port):
            host = ("Host", "localhost")
            short = protocol.replace(".", "")

            def one(name, what, *asked, **kw):
                ask(f"python-server{short}-{name}", f"{program}, protocol_version HTTP/{protocol}", what,
                    port, list(asked), **kw)

            if protocol == "1.0":
                one("get", "200 with Content-Length", ("GET", "/", [host]))
            one("to-close", "200 without Content-Length, ended by the close", ("PUT", "/", [
                host, ("Content-Length", "0")]))
            if protocol == "1.1":
                one("bad-method", "501 with an HTML body", ("BREW", "/", [host]))
                one("continue", "100 before the body is sent, then 200", ("POST", "/", [
                    host, ("Expect", "100-continue"), ("Content-Length", "3")], b"a=1"), hold=True)


AIOHTTP_SERVER = """
import sys
from aiohttp import web
async def ws(request):
    w = web.WebSocketResponse()
    await w.prepare(request)
    await w.send_str("hello")
    await w.close()
    return w
async def chunked(request):
    r = web.StreamResponse()
    r.enable_chunked_encoding()
    await r.prepare(request)
    await r.write(b"first ")
    await r.write_eof(b"second")
    return r
app = web.Application()
app.add_routes([web.get("/ws", ws), web.get("/chunked", chunked)])
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""


@recorder
def aiohttp_server():
    interpreter = venv_python()
    port = free_port()
    with started(interpreter, script("server.py", AIOHTTP_SERVER), port, port=port):
        program = f"aiohttp {package_version(interpreter, 'aiohttp')} server (PyPI)"
        ask("aiohttp-server-chunked", program, "200, chunked", port, [
            ("GET", "/chunked", [("Host", "localhost")])])
        ask("aiohttp-server-websocket", program, "101, then WebSocket frames", port, [("GET", "/ws", [
            ("Host", "localhost"), ("Connection", "Upgrade"), ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")])],
            raw_after=b"\x88\x82\0\0\0\0\x03\xe8")


NODE_SERVER = r"""
const http = require('http');
const server = http.createServer((q, s) => {
  switch (q.url) {
    case '/chunked': s.write('first '); setTimeout(() => s.end('second\n'), 50); break;
    case '/trailers': s.writeHead(200, {Trailer: 'X-Checksum'}); s.write('body');
      s.addTrailers({'X-Checksum': 'abc123'}); s.end(); break;
    case '/interim': s.writeProcessing(); s.writeEarlyHints({link: '</style.css>; rel=preload; as=style'});
      s.end('final\n'); break;
    case '/none': s.writeHead(204); s.end(); break;
    case '/unmodified': s.writeHead(304, {ETag: '"v1"'}); s.end(); break;
    case '/reason': s.writeHead(299, 'Caf\u00e9 is open', {'Set-Cookie': ['a=1', 'b=2; Path=/'], 'X-Empty': ''}); s.end(); break;
    case '/read': q.on('data', d => s.write(d)); q.on('end', () => s.end()); break;
    default: s.end('fixed\n');
  }
});
const switched = (head) => (q, socket) => { socket.write(head + 'HTTP/1.1 is over\n'); setTimeout(() => socket.end(), 100); };
server.on('upgrade', switched('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: example\r\n\r\n'));
server.on('connect', switched('HTTP/1.1 200 Connection Established\r\n\r\n'));
server.listen(+process.argv[2], '127.0.0.1');
"""


@recorder
def node_server():
    program = version(["node", "--version"], r"v(\S+)", "Node.js").removesuffix(distribution()) + " http server"
    port = free_port()
    with started("node", script("server.js", NODE_SERVER), port, port=port):
        host = ("Host", "localhost")

        def one(name, what, *asked, **kw):
            ask(f"node-server-{name}", program, what, port, list(asked), **kw)

        one("fixed", "200 with Content-Length", ("GET", "/", [host]))
        one("chunked", "200, chunked, in two writes", ("GET", "/chunked", [host]))
        one("chunked-close", "200, chunked, then close", ("GET", "/chunked", [host, ("Connection", "close")]))
        one("http10", "to an HTTP/1.0 request, of unknown length: ended by the close",
            ("GET", "/chunked", [host], b"", "1.0"))
        one("trailers", "200, chunked, with a trailer field", ("GET", "/trailers", [host]))
        one("interim", "102, 103, then 200", ("GET", "/interim", [host]))
        one("continue", "100 before the body is sent, then 200", ("POST", "/read", [
            host, ("Expect", "100-continue"), ("Content-Length", "5")], b"hello"), hold=True)
        one("no-content", "204", ("GET", "/none", [host]))
        one("not-modified", "304", ("GET", "/unmodified", [host, ("If-None-Match", '"v1"')]))
        one("head", "HEAD", ("HEAD", "/", [host]))
        one("head-chunked", "HEAD where GET would be chunked", ("HEAD", "/chunked", [host]))
        one("reason", "an unregistered status, obs-text in the reason, two Set-Cookie, an empty value",
            ("GET", "/reason", [host]))
        one("pipelined", "answers to GET, HEAD, GET sent at once", ("GET", "/chunked", [host]),
            ("HEAD", "/", [host]), ("GET", "/", [host]))
        one("bad-request", "400 to a request without Host", ("GET", "/", []))
        one("switch", "101 with octets in the same write (Node leaves the head to the application: ours)",
            ("GET", "/", [host, ("Connection", "Upgrade"), ("Upgrade", "example")]))
        one("connect", "200 to CONNECT with octets in the same write (the head is the application's: ours)",
            ("CONNECT", "localhost:443", [("Host", "localhost:443")]))


# ================================================================ main

def main(arguments):
    global SCRATCH
    if arguments == ["--list"]:
        print("\n".join(RECORDERS))
        return 0
    if arguments == ["--check"]:
        return 1 if check() else 0
    unknown = [a for a in arguments if a not in RECORDERS]
    if unknown:
        print("unknown: " + " ".join(unknown), file=sys.stderr)
        return 2
    OUT.mkdir(exist_ok=True)
    failed = 0
    for name in arguments or RECORDERS:
        print(name)
        with tempfile.TemporaryDirectory(prefix="wp-", ignore_cleanup_errors=True) as scratch:
            SCRATCH = Path(scratch)
            try:
                RECORDERS[name]()
            except Skip as reason:
                print(f"  skipped: {reason}")
            except (ValueError, OSError, Closed, subprocess.SubprocessError) as error:
                failed += 1
                print(f"  failed: {error!r}")
    return 1 if check() or failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
