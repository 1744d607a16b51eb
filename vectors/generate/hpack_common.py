"""What the generators of vectors/hpack/ share: shorthand for blocks and cases, and writing or checking a file.

A generator is run as `python3 vectors/generate/hpack_NAME.py`; with `--check` it only compares, as JSON, what it would
write with what is there. `wireproof vectors fmt` lays the files out.
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# RFC 7541, Appendix A.
STATIC = """
:authority= :method=GET :method=POST :path=/ :path=/index.html :scheme=http :scheme=https :status=200 :status=204
:status=206 :status=304 :status=400 :status=404 :status=500 accept-charset= accept-encoding=gzip,~deflate
accept-language= accept-ranges= accept= access-control-allow-origin= age= allow= authorization= cache-control=
content-disposition= content-encoding= content-language= content-length= content-location= content-range=
content-type= cookie= date= etag= expect= expires= from= host= if-match= if-modified-since= if-none-match= if-range=
if-unmodified-since= last-modified= link= location= max-forwards= proxy-authenticate= proxy-authorization= range=
referer= refresh= retry-after= server= set-cookie= strict-transport-security= transfer-encoding= user-agent= vary= via=
www-authenticate=
""".split()
STATIC = [tuple(entry.replace("~", " ").split("=")) for entry in STATIC]
assert len(STATIC) == 61


def indexed(index):
    return {"indexed": index}


def literal(name, value, index=None, huffman=None):
    """NAME is octets or an index; index is None, "add", "none" or "never"; huffman None, True, "name" or "value"."""
    out = {"literal": [name, value]}
    if index:
        out["index"] = index
    if huffman:
        out["huffman"] = huffman
    return out


def size_update(size):
    return {"size-update": size}


def octets(text):
    return {"hex": text}


def times(count, *items):
    return {"repeat": {"hpack": list(items)}, "times": count}


def integer(value, first, prefix, more=0):
    """Hex of an integer (5.1) after the bits `first`, with `more` needless zero octets at its end."""
    most = (1 << prefix) - 1
    out = []
    if value < most:
        assert more == 0
        return f"{first | value:02x}"
    out.append(first | most)
    value -= most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    out.append(value)
    for _ in range(more):
        out[-1] |= 0x80
        out.append(0)
    return " ".join(f"{octet:02x}" for octet in out)


def receive(*items):
    return {"receive": {"hpack": list(items)}}


def fields(*pairs, never=None):
    out = {"event": "fields", "fields": [list(pair) for pair in pairs]}
    if never is not None:
        out["never"] = [list(pair) for pair in never]
    return out


SOME = {"event": "fields"}  # a block of setup, whose fields are judged elsewhere


def case(id, title, requirements, why, steps, outcomes=None, level="MUST", role="decoder", **more):
    out = {"id": f"hpack.{id}", "title": title, "role": role, "level": level}
    if requirements:
        out["requirements"] = requirements.split()
    if why:
        out["why"] = why
    for member in ("tags", "needs", "config", "after", "twin", "disputed"):
        if more.get(member):
            value = more.pop(member)
            out[member] = value.split() if member in ("tags", "needs", "after") else value
        else:
            more.pop(member, None)
    assert not more, more
    if "twin" in out:
        out["twin"] = "hpack." + out["twin"]
    out["steps"] = steps
    if outcomes:
        out["outcomes"] = outcomes
    return out


def valid(id, title, requirements, why, blocks, **more):
    """BLOCKS are (items, event) pairs, or steps that are no block."""
    steps = []
    for block in blocks:
        if isinstance(block, dict):
            steps.append(block)
        else:
            steps += [receive(*block[0]), {"expect": [block[1]]}]
    tags = (more.pop("tags", "") + " valid").strip()
    return case(id, title, requirements, why, steps, tags=tags, **more)


def outcome(name, verdict, why, *when):
    out = {"name": name, "is": verdict}
    if why:
        out["why"] = why
    out["when"] = list(when)
    return out


def refusal(before, classes):
    """The passing outcomes of a block that is an error after the blocks BEFORE."""
    return [
        outcome("rejected", "pass", "",
                {"expect": before + [{"event": "rejected", "class": {"any": classes.split()}}]}),
        outcome("other-class", "pass", "7541 knows one kind of decoding error; the class shown names another rule",
                {"expect": before + [{"event": "rejected"}]}),
    ]


def invalid(id, title, requirements, why, before, bad, classes, clause, twin, also=(), **more):
    """BEFORE are blocks that are right, as in `valid`; then comes BAD, which must be refused for one of CLASSES."""
    steps, events = [], []
    for block in before:
        if isinstance(block, dict):
            steps.append(block)
        else:
            steps.append(receive(*block[0]))
            events.append(block[1])
    steps.append(receive(*bad))
    outcomes = refusal(events, classes) + list(also)
    outcomes.append(outcome("accepted", "fail", clause, {"expect": events + [SOME]}))
    return case(id, title, requirements, why, steps, outcomes, twin=twin, **more)


def main(files):
    """FILES maps paths below vectors/ to (suite, cases)."""
    wrong = []
    for path, (suite, cases) in files.items():
        ids = [c["id"] for c in cases]
        assert len(ids) == len(set(ids)), [i for i in ids if ids.count(i) > 1]
        document = {"format": 1, "protocol": "hpack", "suite": suite, "cases": cases}
        target = ROOT / path
        if "--check" in sys.argv:
            if not target.exists() or json.loads(target.read_text()) != document:
                wrong.append(path)
        elif not target.exists() or json.loads(target.read_text()) != document:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(document, indent=1) + "\n")
    for path in wrong:
        print(f"{path} is not what {sys.argv[0]} writes")
    sys.exit(1 if wrong else 0)
