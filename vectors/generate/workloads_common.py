"""What the generators of vectors/workloads/ share: the traffic of a browser and a web server, and writing or checking a file.

The field sets are our own writing in the manner of browsers and servers; no host, token or name in them is real.
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

TEXT = "The quick brown fox jumps over the lazy dog; 64 octets in lines\n"
assert len(TEXT) == 64

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
COOKIE = "session=q7Zk2mXw9RtB4nLs8VcY1pHd; theme=dark; consent=all; visit=1795401862"
PATH = "/articles/2026/on-parsing-with-care?from=front&page=2"

# A browser's navigation, without what HTTP/1.1 and HTTP/2 say each in their own way.
BROWSER = [
    ("sec-ch-ua", '"Chromium";v="140", "Not.A/Brand";v="24"'),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-ch-ua-platform", '"Linux"'),
    ("upgrade-insecure-requests", "1"),
    ("user-agent", AGENT),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-GB,en;q=0.9"),
    ("cookie", COOKIE),
]

# A web server's 30 fields. Those in CHANGING differ from response to response.
RESPONSE = [
    ("date", "Mon, 23 Nov 2026 03:04:05 GMT"),
    ("content-type", "text/html; charset=utf-8"),
    ("content-length", "13"),
    ("server", "example"),
    ("cache-control", "public, max-age=300, stale-while-revalidate=60"),
    ("etag", '"5f3a-61b2c9d0e4a17"'),
    ("last-modified", "Sun, 22 Nov 2026 18:20:00 GMT"),
    ("expires", "Mon, 23 Nov 2026 03:09:05 GMT"),
    ("vary", "accept-encoding, accept-language"),
    ("accept-ranges", "bytes"),
    ("age", "17"),
    ("via", "1.1 cache-3.example.test"),
    ("link", "</style.css>; rel=preload; as=style"),
    ("set-cookie", "session=q7Zk2mXw9RtB4nLs8VcY1pHd; Path=/; Secure; HttpOnly; SameSite=Lax"),
    ("set-cookie", "visit=1795401862; Path=/; Max-Age=86400"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("content-security-policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-site"),
    ("access-control-allow-origin", "https://www.example.test"),
    ("timing-allow-origin", "*"),
    ("server-timing", 'cache;desc="hit", app;dur=12.4'),
    ("alt-svc", 'h3=":443"; ma=86400'),
    ("x-request-id", "0192f0c4-7d2e-7b11-9a55-3c1d8e6f2a40"),
    ("x-cache", "HIT"),
    ("content-language", "en"),
]
assert len(RESPONSE) == 30
CHANGING = ("date", "content-length", "etag", "age", "x-request-id")


def content(size):
    """So many octets of text."""
    whole = {"repeat": TEXT, "times": size // len(TEXT)}
    rest = TEXT[:size % len(TEXT)]
    return [whole, rest] if rest else whole


def size_name(octets):
    """4kib, 16mib."""
    return f"{octets >> 20}mib" if octets >= 1 << 20 else f"{octets >> 10}kib"


def size_words(octets):
    return f"{octets >> 20} MiB" if octets >= 1 << 20 else f"{octets >> 10} KiB"


def again(times, *steps):
    return {"again": list(steps), "times": times}


def receive(*octets):
    return {"receive": octets[0] if len(octets) == 1 else list(octets)}


def send(name, **members):
    return {"send": {name: members}}


def workload(id, title, why, role, messages, steps, answer=True, pieces=None, chart=None):
    out = {"id": id, "title": title, "role": role, "why": why}
    if not answer:
        out["answer"] = False
    if pieces:
        out["pieces"] = pieces
    out["messages"] = messages
    if chart:
        out["chart"] = {"name": chart[0], "at": chart[1]}
    out["steps"] = steps
    return out


def finish(protocol, lets, workloads):
    """Writes the protocol's file; with --check compares it instead, as JSON."""
    path = ROOT / "workloads" / f"{protocol}.json"
    made = {"format": 1, "protocol": protocol, "lets": lets, "workloads": workloads}
    if sys.argv[1:] == ["--check"]:
        if not path.exists() or json.loads(path.read_text()) != made:
            sys.exit(f"{path} is not what {pathlib.Path(sys.argv[0]).name} makes")
    else:
        path.write_text(json.dumps(made, indent=1) + "\n")
