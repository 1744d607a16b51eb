#!/usr/bin/env python3
"""The workloads of HTTP/1.1.

    python3 -B vectors/generate/workloads_http1.py            writes vectors/workloads/http1.json
    python3 -B vectors/generate/workloads_http1.py --check    compares instead (as JSON: the layout is `wireproof vectors fmt`'s)
"""

from workloads_common import (
    BROWSER, PATH, RESPONSE, TEXT, again, content, finish, receive, send, size_name, size_words, workload,
)

PIECES = [1, 16, 1460, 16384]
SIZES = [1 << 10, 16 << 10, 256 << 10, 1 << 20, 16 << 20]

JSON = (
    '{"order":{"id":"0192f0c4-7d2e-7b11-9a55-3c1d8e6f2a40","currency":"EUR","lines":['
    '{"sku":"TEA-0042","name":"Darjeeling, 250 g","quantity":2,"price":1190},'
    '{"sku":"CUP-0007","name":"Cup, \\"blue hour\\"","quantity":4,"price":845},'
    '{"sku":"POT-0001","name":"Pot, 1.2 l","quantity":1,"price":3900}],'
    '"ship":{"name":"A. Example","street":"1 Test Street","city":"Exampleton","country":"XX"},'
    '"gift":false,"note":null}}'
)
assert 380 <= len(JSON) <= 420, len(JSON)


def lines(fields):
    return [f"{name}: {value}\r\n" for name, value in fields]


def titled(fields):
    """Names as clients and servers of HTTP/1.1 mostly write them."""
    return [("-".join(part.capitalize() for part in name.split("-")), value) for name, value in fields]


def head(line, fields):
    return [f"{line} HTTP/1.1\r\n", "Host: example.test\r\n", *lines(fields), "\r\n"]


LETS = {
    "browser": head(f"GET {PATH}", [("Connection", "keep-alive"), *titled(BROWSER)]),
    "json-post": [
        *head("POST /api/v2/orders", [
            ("Accept", "application/json"), ("Authorization", "Bearer 6tGq1ZyWv0aKxB3nMd8eRj"),
            ("Content-Type", "application/json"), ("User-Agent", "example-shop/3.1"), ("Content-Length", len(JSON)),
        ]),
        JSON,
    ],
    "response": ["HTTP/1.1 200 OK\r\n", *lines(titled(RESPONSE)), "\r\n", "Hello, world\n"],
}
assert 600 <= len("".join(LETS["browser"])) <= 800


def server(name, title, why, messages, steps, **more):
    return workload(f"h1.{name}", title, why, "server", messages, steps, **more)


def upload(size):
    """A request with so much content and Content-Length."""
    fields = [("Content-Type", "application/octet-stream"), ("Content-Length", size)]
    return receive(*head("PUT /files/upload.bin", fields), content(size))


def chunked(times, data):
    fields = [("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")]
    return receive(*head("POST /files", fields), {"repeat": {"chunk": data}, "times": times}, "0\r\n\r\n")


MESSAGES = [
    server("tiny-get", "The smallest GET, 100 of them pipelined",
           "A benchmark client's traffic: what a message costs beside its octets.",
           100, [receive({"repeat": "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "times": 100})]),
    server("browser-get", "A browser's GET, 20 of them one after the other",
           "Most requests of the web are like it: a short line and a dozen fields.",
           20, [again(20, receive({"let": "browser"}))]),
    server("browser-get-octets", "A browser's GET, octet by octet",
           "Who looks at a head from its beginning for every octet does work that grows with its square.",
           1, [receive({"let": "browser"})], pieces=1),
    server("json-post", "A POST of JSON to an API, 20 of them one after the other",
           "Services talk to each other so: few fields, a short content, Content-Length.",
           20, [again(20, receive({"let": "json-post"}))]),
    server("request-100-fields", "A GET with 100 fields, 10 times",
           "What proxies and tracing add to a request in a large installation.",
           10, [again(10, receive(*head("GET /", [(f"X-Trace-{n:02}", f"hop-{n:02}; took=0.{n:02}") for n in range(1, 100)])))]),
    workload("h1.response-30-fields", "A response with 30 fields and 13 octets, 20 times",
             "A web server behind a cache answers so: many fields, most of them always the same.",
             "client", 20,
             [again(20, send("request", method="GET", target=PATH, fields=[["Host", "example.test"]]), send("end"),
                    receive({"let": "response"}))],
             answer=False),
]

CONTENT = [
    server("chunked-16x4096", "64 KiB in 16 chunks of 4096 octets",
           "A program that writes its buffer whenever it is full.", 1, [chunked(16, content(4096))]),
    server("chunked-1024x64", "64 KiB in 1024 chunks of 64 octets",
           "A program that writes line by line, each in a chunk of its own.", 1, [chunked(1024, TEXT)]),
    *(server(f"upload-pieces-{pieces}", f"64 KiB with Content-Length, in pieces of {pieces}",
             "How much of the cost is that of a call: octets come as the network gives them.",
             1, [upload(64 << 10)], pieces=pieces, chart=("h1.pieces", pieces)) for pieces in PIECES),
    *(server(f"content-{size_name(size)}", f"{size_words(size)} with Content-Length, all at once",
             "What an octet of content costs: it has only to be passed on.",
             1, [upload(size)], chart=("h1.size", size)) for size in SIZES),
]

WORST = [
    server("long-value", "A GET with one field value of 8000 octets, 10 times",
           "The longest field that common servers take: a scan that is slow for an octet shows here.",
           10, [again(10, receive("GET / HTTP/1.1\r\nHost: a\r\nX-Token: ", {"repeat": "0123456789abcdef", "times": 500}, "\r\n\r\n"))]),
    server("chunks-1", "10240 chunks of one octet: 60 KiB of which 10 are content",
           "The most framing that content can have: six octets and an event for each octet of it.",
           1, [chunked(10240, "x")]),
    server("long-target", "A GET with a target of 4000 octets, 10 times",
           "Targets that hold a whole query are checked octet by octet.",
           10, [again(10, receive("GET /?q=", {"repeat": "a%20b+c.", "times": 499}, "x HTTP/1.1\r\nHost: a\r\n\r\n"))]),
    server("short-fields", "A GET with 100 field lines, 99 of them a: b, 10 times",
           "The most field lines for the octets: what a field costs beside its octets.",
           10, [again(10, receive("GET / HTTP/1.1\r\nHost: a\r\n", {"repeat": "a: b\r\n", "times": 99}, "\r\n"))]),
    server("obs-text", "A GET with 20 field values of 100 octets above 0x7f, 10 times",
           "Octets above 0x7f are legal in field values, and leave the fast path of many scanners.",
           10, [again(10, receive("GET / HTTP/1.1\r\nHost: a\r\n",
                                  {"repeat": ["X-Name: ", {"repeat": {"hex": "c3 a9 e2 82 ac"}, "times": 20}, "\r\n"], "times": 20},
                                  "\r\n"))]),
]

finish("http1", LETS, MESSAGES + CONTENT + WORST)
