#!/usr/bin/env python3
"""The workloads of HTTP/2.

    python3 -B vectors/generate/workloads_http2.py            writes vectors/workloads/http2.json
    python3 -B vectors/generate/workloads_http2.py --check    compares instead (as JSON: the layout is `wireproof vectors fmt`'s)
"""

from workloads_common import again, content, finish, receive, send, size_name, size_words, workload

PIECES = [1, 16, 1460, 16384]
WINDOW = 65535  # what a connection may receive before it gives credit
SIZES = [1 << 10, 16 << 10, WINDOW, 256 << 10, 1 << 20, 4 << 20]
FRAME = 16 << 10  # the longest frame that everybody takes, and here also what is given back at once

START = {"let": "start"}
ACK = {"frame": "SETTINGS", "flags": ["ACK"]}


def literal(name, value):
    return {"literal": [name, value], "index": "add", "huffman": True}


def indexed(index):
    return {"indexed": index}


def newest(count):
    """All of `count` fields that were added last, in the order in which they were."""
    return [indexed(61 + count - at) for at in range(count)]


def added(fields):
    return [literal(name, value) for name, value in fields]


# Small requests of one client: what stands in the static table, and what goes into the dynamic one.
STATIC_GET = [indexed(2), indexed(7)]  # :method GET, :scheme https
SMALL = [
    (":authority", "api.example.test"), (":path", "/v1/status"), ("user-agent", "example-client/2.4"),
    ("accept", "application/json"), ("accept-encoding", "gzip"), ("authorization", "Bearer 6tGq1ZyWv0aKxB3nMd8eRj"),
]

STATIC_POST = [indexed(3), indexed(6)]  # :method POST, :scheme http
GRPC = [
    (":authority", "orders.example.test"), (":path", "/example.orders.v1.Orders/Get"), ("te", "trailers"),
    ("content-type", "application/grpc+proto"), ("user-agent", "grpc-example/1.68.0"), ("grpc-accept-encoding", "gzip"),
    ("grpc-timeout", "500m"), ("authorization", "Bearer 6tGq1ZyWv0aKxB3nMd8eRj"),
    ("x-request-id", "0192f0c4-7d2e-7b11-9a55-3c1d8e6f2a40"), ("x-tenant", "example"), ("x-region", "test-1"),
    ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("tracestate", "example=t61rcWkgMzE"),
    ("x-priority", "normal"),
]
assert len(GRPC) == 2 + 12

LETS = {
    "start": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {"frame": "SETTINGS"}, ACK],
    "server-start": [{"frame": "SETTINGS", "settings": [["MAX_CONCURRENT_STREAMS", 100]]}, ACK],
    "get-first": {"hpack": STATIC_GET + added(SMALL)},
    "get-warm": {"hpack": STATIC_GET + newest(len(SMALL))},
    "grpc-first": {"hpack": STATIC_POST + added(GRPC)},
    "grpc-warm": {"hpack": STATIC_POST + newest(len(GRPC))},
    "grpc-message": [{"hex": "00 00 00 00 3c"}, "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmn"],
    "post": {"frame": "HEADERS", "stream": 1,
             "fields": [[":method", "POST"], [":scheme", "https"], [":authority", "example.test"], [":path", "/files"]]},
}


def streams(count):
    return range(1, 2 * count, 2)


def server(name, title, why, messages, steps, **more):
    return workload(f"h2.{name}", title, why, "server", messages, [receive(START), *steps], **more)


def block_frame(stream, block, *flags):
    return {"frame": "HEADERS", "stream": stream, "flags": [*flags, "END_HEADERS"], "block": {"let": block}}


def data(octets, end=False, stream=1, **more):
    out = {"frame": "DATA", "stream": stream, "data": octets, **more}
    return {**out, "flags": ["END_STREAM"]} if end else out


def credit(octets, stream=1):
    """What was taken is given back, to the stream and to the connection."""
    return [send("window", stream=stream, increment=octets), send("window", stream=0, increment=octets)]


def response(stream, *fields, end):
    return send("response", stream=stream, fields=[[":status", "200"], *map(list, fields)], end=end)


def conversation(stream, first, warm):
    """One request and its answer; the first fills the dynamic table."""
    block = first if stream == 1 else warm
    return [receive(block_frame(stream, block, "END_STREAM")), response(stream, ("content-type", "application/json"), end=True)]


def call(stream):
    """One unary call in the manner of gRPC."""
    block = "grpc-first" if stream == 1 else "grpc-warm"
    message = {"let": "grpc-message"}
    return [
        receive(block_frame(stream, block), data(message, end=True, stream=stream)),
        response(stream, ("content-type", "application/grpc+proto"), end=False),
        send("data", stream=stream, bytes="\0\0\0\0<" + "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmn", end=False),
        send("end", stream=stream, trailers=[["grpc-status", "0"], ["grpc-message", ""]]),
    ]


def upload(size):
    """Content in frames of 16 KiB. Each is given back when it came, if the windows do not hold the whole."""
    full = (size - 1) // FRAME
    steps = [receive({"let": "post"})]
    if full:
        steps.append(again(full, receive(data(content(FRAME))), *(credit(FRAME) if size > WINDOW else ())))
    return [*steps, receive(data(content(size - full * FRAME), end=True))]


def size_title(size):
    return "65535 octets, which the windows hold," if size == WINDOW else size_words(size)


def continued(stream):
    """A field section in HEADERS and 8 CONTINUATION frames."""
    parts = [[indexed(2), indexed(7), {"literal": [":authority", "example.test"]}, indexed(4)]]
    parts += [[{"literal": [f"x-claim-{n}", {"repeat": f"part-{n};", "times": 45}]}] for n in range(8)]
    first = {"frame": "HEADERS", "stream": stream, "flags": ["END_STREAM"], "hpack": parts[0]}
    rest = [{"frame": "CONTINUATION", "stream": stream, "flags": ["END_HEADERS"] if at == 7 else [], "block": {"let": f"claim-{at}"}}
            for at in range(8)]
    LETS.update({f"claim-{at}": {"hpack": part} for at, part in enumerate(parts[1:])})
    return receive(first, *rest)


def asked(stream):
    """A client's request, and what a server says."""
    fields = [[":method", "GET"], [":scheme", "https"], [":authority", "api.example.test"], [":path", f"/v1/items/{stream}"],
              ["accept", "application/json"]]
    head = {"frame": "HEADERS", "stream": stream,
            "hpack": [indexed(8), literal("content-type", "application/json") if stream == 1 else indexed(62)]}
    return [send("request", stream=stream, fields=fields, end=True), receive(head, data('{"ok":true}', end=True, stream=stream))]


def flat(parts):
    return [step for part in parts for step in part]


MESSAGES = [
    server("small-requests", "100 small requests, their fields in the dynamic table after the first",
           "An API client on one connection: nearly every field is one octet.",
           100, flat(conversation(n, "get-first", "get-warm") for n in streams(100)), answer=False),
    server("grpc", "50 unary calls in the manner of gRPC, answered with content and trailers",
           "Services call each other so: many fields that repeat, a message of a few octets each way.",
           50, flat(call(n) for n in streams(50)), answer=False),
    server("continuation", "20 requests, each with HEADERS and 8 CONTINUATION frames",
           "Large tokens do not fit one frame of a cautious sender; a receiver has to put them together.",
           20, [continued(n) for n in streams(20)]),
    workload("h2.responses", "50 requests sent, answered with 11 octets each",
             "An API client's side: what it costs to write a request and to read a short answer.",
             "client", 50, [receive({"let": "server-start"}), *flat(asked(n) for n in streams(50))], answer=False),
]

CONTENT = [
    server("data-1000x16", "A request with 1000 DATA frames of 16 octets, 50 at a time",
           "A program that streams what it has at once: the frame is most of the cost.",
           1, [receive({"let": "post"}), again(20, receive({"repeat": data("0123456789abcdef"), "times": 50})),
               receive(data("", end=True))]),
    *(server(f"upload-pieces-{pieces}", f"A request with {size_title(WINDOW)} in pieces of {pieces}",
             "How much of the cost is that of a call: octets come as the network gives them.",
             1, upload(WINDOW), pieces=pieces, chart=("h2.pieces", pieces)) for pieces in PIECES),
    *(server(f"content-{'window' if size == WINDOW else size_name(size)}", f"A request with {size_title(size)} in frames of up to 16 KiB",
             "What an octet of content costs under flow control: frames are given back as they come.",
             1, upload(size), chart=("h2.size", size)) for size in SIZES),
]

WORST = [
    server("padded", "251 DATA frames of one octet and 255 of padding",
           "Padding is taken from the windows and thrown away: 266 octets for one of content.",
           1, [receive({"let": "post"}), again(5, receive({"repeat": data("x", pad=255), "times": 50})),
               receive(data("x", end=True, pad=255))]),
    server("ping", "1000 PING frames, 50 at a time, and a request",
           "Each has to be answered, and nothing is gained: what a peer can make an endpoint do for 17 octets.",
           1, [again(20, receive({"repeat": {"frame": "PING", "data": "12345678"}, "times": 50})),
               receive(block_frame(1, "get-first", "END_STREAM"))]),
    server("settings", "100 SETTINGS frames of three values, and a request",
           "Each has to be applied to every stream and acknowledged.",
           1, [again(100, receive({"frame": "SETTINGS", "settings": [
               ["INITIAL_WINDOW_SIZE", 65535], ["MAX_FRAME_SIZE", 16384], ["MAX_CONCURRENT_STREAMS", 100]]})),
               receive(block_frame(1, "get-first", "END_STREAM"))]),
]

finish("http2", LETS, MESSAGES + CONTENT + WORST)
