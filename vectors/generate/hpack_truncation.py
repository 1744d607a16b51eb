"""Field blocks cut off after each of their octets (RFC 7541, 3.1 and 6).

Between two representations the cut leaves a shorter block that is right. Elsewhere no keyword says what becomes of it: it
is no concatenation of representations, so refusing is a SHOULD here, and giving out a field that is not there is a failure.
"""

from hpack_common import SOME, case, fields, main, octets, outcome, refusal, valid

# name: (title, [(octets of one representation, its field or None)])
BLOCKS = {
    "plain": ("a plain literal", [
        ("00 03 6b 65 79 05 76 61 6c 75 65", ("key", "value")),
        ("82", (":method", "GET")),
    ]),
    "huffman": ("a Huffman-encoded literal", [  # C.4.3
        ("40 88 25 a8 49 e9 5b a9 7d 7f 89 25 a8 49 e9 5b b8 e8 b4 bf", ("custom-key", "custom-value")),
    ]),
    "never": ("a never-indexed literal", [
        ("1f 08 06 73 65 63 72 65 74", ("authorization", "secret")),
    ]),
    "request": ("the request of C.3.1", [
        ("82", (":method", "GET")),
        ("86", (":scheme", "http")),
        ("84", (":path", "/")),
        ("41 0f 77 77 77 2e 65 78 61 6d 70 6c 65 2e 63 6f 6d", (":authority", "www.example.com")),
    ]),
    "response": ("the response of C.5.1", [
        ("48 03 33 30 32", (":status", "302")),
        ("58 07 70 72 69 76 61 74 65", ("cache-control", "private")),
    ]),
    "size-update": ("size updates and fields", [
        ("20", None),
        ("3f e1 1f", None),
        ("82", (":method", "GET")),
        ("0f 2e 01 78", ("www-authenticate", "x")),
    ]),
    "empty": ("empty values", [
        ("40 01 6e 00", ("n", "")),
        ("04 00", (":path", "")),
        ("be", ("n", "")),
    ]),
}
WHY = "A block that ends too early comes of a frame that was cut; read on, it takes what lies behind it in memory for a field."
WHOLE = "What waits for more octets at the end of a block that is complete never delivers it."

cases = []
fed = {"82", "20 3f e1 1f 82"}  # stand elsewhere
for name, (title, parts) in BLOCKS.items():
    block = [octet for text, _ in parts for octet in text.split()]
    edges, at = {}, 0  # offset behind a representation: the fields until then
    done = []
    for text, field in parts:
        at += len(text.split())
        done = done + [field] if field else done
        edges[at] = done
    for cut in range(1, len(block) + 1):
        text = " ".join(block[:cut])
        if text in fed:
            continue  # two blocks begin alike
        fed.add(text)
        kept = octets(text)
        ident = f"truncation.{name}-{cut:02}"
        of = f"of the {len(block)} octets of {title}"
        if cut in edges:
            words = "All" if cut == len(block) else f"The first {cut}"
            cases.append(valid(ident, f"{words} {of}, to the end of a field" if cut < len(block) else f"{words} {of}",
                               "7541-3.2-1", WHOLE, [([kept], fields(*edges[cut]))]))
            continue
        before = max((e for e in edges if e < cut), default=0)
        prefix = fields(*edges.get(before, []))
        cases.append(case(
            ident, f"The first {cut} {of}", "7541-5.2-i1 7541-3.2-1 9113-4.3-3", WHY,
            [{"receive": {"hpack": [kept]}}],
            refusal([], "truncated") + [
                outcome("leftover-dropped", "weak",
                        "7541 3.1: a block is a concatenation of representations, and the rest of this one is none",
                        {"expect": [prefix]}),
                outcome("invented", "fail", "7541 3.2: a field that no representation stands for", {"expect": [SOME]}),
            ],
            level="SHOULD", twin=f"truncation.{name}-{len(block):02}"))

main({"hpack/truncation.json": ("truncation", cases)})
