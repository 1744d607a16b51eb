"""What stays in the dynamic table (RFC 7541, 4.1, 4.3, 4.4): entries of known sizes into tables of known sizes."""

from hpack_common import SOME, fields, indexed, invalid, literal, main, size_update, valid

# name: (title, octets of the table, sizes of the entries in the order of their insertion, how many stay)
ROWS = {
    "one-exact": ("An entry of 100 octets into a table of 100", 100, [100], 1),
    "one-over": ("An entry of 101 octets into a table of 100", 100, [101], 0),
    "one-under": ("An entry of 99 octets into a table of 100", 100, [99], 1),
    "two-exact": ("Entries of 50 and 50 octets into a table of 100", 100, [50, 50], 2),
    "two-over": ("Entries of 50 and 51 octets into a table of 100", 100, [50, 51], 1),
    "two-over-first": ("Entries of 51 and 50 octets into a table of 100", 100, [51, 50], 1),
    "three-exact": ("Entries of 33, 33 and 34 octets into a table of 100", 100, [33, 33, 34], 3),
    "three-over": ("Entries of 33, 33 and 35 octets into a table of 100", 100, [33, 33, 35], 2),
    "two-leave": ("Entries of 33, 33, 34 and 60 octets into a table of 100", 100, [33, 33, 34, 60], 2),
    "two-leave-exact": ("Entries of 33, 33, 34 and 66 octets into a table of 100", 100, [33, 33, 34, 66], 2),
    "all-leave": ("Entries of 33, 33, 34 and 67 octets into a table of 100", 100, [33, 33, 34, 67], 1),
    "all-leave-exact": ("Entries of 33, 33 and 100 octets into a table of 100", 100, [33, 33, 100], 1),
    "too-large-empties": ("Entries of 33, 33 and 101 octets into a table of 100", 100, [33, 33, 101], 0),
    "added-after-too-large": ("Entries of 33, 101 and 50 octets into a table of 100", 100, [33, 101, 50], 1),
    "too-large-twice": ("Entries of 101, 40 and 102 octets into a table of 100", 100, [101, 40, 102], 0),
    "chain": ("Six entries of 40 octets into a table of 100", 100, [40] * 6, 2),
    "nothing-fits": ("An entry of 33 octets into a table of 32", 32, [33], 0),
    "smallest-exact": ("An entry of 33 octets into a table of 33", 33, [33], 1),
    "no-table": ("An entry of 33 octets into a table of 0", 0, [33], 0),
    "default-exact": ("Entries of 2,048 and 2,048 octets into a table of 4,096", None, [2048, 2048], 2),
    "default-over": ("Entries of 2,048 and 2,049 octets into a table of 4,096", None, [2048, 2049], 1),
    "default-one-exact": ("An entry of 4,096 octets into a table of 4,096", None, [4096], 1),
    "default-one-over": ("An entry of 4,097 octets into a table of 4,096", None, [4097], 0),
    "default-many-exact": ("124 entries of 33 octets into a table of 4,096", None, [33] * 124, 124),
    "default-many-over": ("125 entries of 33 octets into a table of 4,096", None, [33] * 125, 124),
}
# How the entries are written; the size is that of what is decoded. "\xff" has a code of 26 bits, "a" one of 5.
CODINGS = {
    "short-codes": ("a", True, "short codes"),
    "long-codes": ("\xff", True, "long codes"),
}
CODED = ["one-exact", "one-over", "two-exact", "two-over", "three-over", "too-large-empties"]

WHY = "Two sides that disagree on one octet of a size evict different entries, and every later index names another field."
REQUIREMENTS = "7541-4.1-i1 7541-4.4-i1 7541-3.2-1"
GONE = "7541 2.3.3: an index beyond both tables MUST be treated as a decoding error; 4.4 evicted this entry"


def text(letter, count):
    return {"repeat": letter, "times": count} if count > 80 else letter * count


def entry(number, size, letter):
    """A field of that size; its name tells its number."""
    name = chr(ord("a") + number % 26)
    return name, text(letter, size - 33)


cases = []


def add(name, title, limit, entries, stay, huffman):
    """ENTRIES are the fields in the order of insertion."""
    setup = [size_update(limit)] if limit is not None else []
    setup += [literal(n, v, "add", huffman) for n, v in entries]
    event = fields(*entries) if len(entries) < 10 else SOME
    kept = [(n, v) for n, v in entries[::-1][:stay]]
    proof = ([indexed(62 + at) for at in range(stay)] + [indexed(2)], fields(*kept, (":method", "GET")))
    words = {0: "; nothing stays", 1: "; one stays"}.get(stay, f"; {stay} stay")
    cases.append(valid(f"eviction.{name}", title + words, REQUIREMENTS, WHY, [(setup, event), proof]))
    cases.append(invalid(f"eviction.{name}-beyond", f"{title}; index {62 + stay}", REQUIREMENTS + " 7541-2.3.3-1", WHY,
                         [(setup, event)], [indexed(62 + stay)], "index", GONE, f"eviction.{name}"))


for name, (title, limit, sizes, stay) in ROWS.items():
    add(name, title, limit, [entry(at, size, "v") for at, size in enumerate(sizes)], stay, None)
for coding, (letter, huffman, words) in CODINGS.items():
    for name in CODED:
        title, limit, sizes, stay = ROWS[name]
        title = title.replace(" into a table of ", ", table ")
        add(f"{name}-{coding}", f"{title}, {words}", limit,
            [entry(at, size, letter) for at, size in enumerate(sizes)], stay, huffman)

# ---- names by index count in full ------------------------------------------------------------------------------------
for name, length, stay in [("exact", 55, 1), ("over", 56, 0)]:  # cache-control has 13 octets
    value = "v" * length
    setup = ([size_update(100), literal(24, value, "add")], fields(("cache-control", value)))
    title = f"An entry of {45 + length} octets with a static name into a table of 100"
    after = [indexed(62)] if stay else []
    cases.append(valid(f"eviction.static-name-{name}", title, REQUIREMENTS, WHY,
                       [setup, (after + [indexed(2)], fields(*[("cache-control", value)] * stay, (":method", "GET")))]))
    cases.append(invalid(f"eviction.static-name-{name}-beyond", f"{title}; index {62 + stay}",
                         REQUIREMENTS + " 7541-2.3.3-1", WHY, [setup], [indexed(62 + stay)], "index", GONE,
                         f"eviction.static-name-{name}"))
for name, length, stay in [("exact", 20, 2), ("over", 21, 1)]:  # 40 octets, and 40 more
    value = "v" * length
    setup = ([size_update(100), literal("eightlet", "", "add"), literal(62, value, "add")],
             fields(("eightlet", ""), ("eightlet", value)))
    title = f"Entries of 40 and {40 + length} octets of the same name, table 100"
    proof = ([indexed(62 + at) for at in range(stay)], fields(*[("eightlet", value), ("eightlet", "")][:stay]))
    cases.append(valid(f"eviction.dynamic-name-{name}", title, REQUIREMENTS, WHY, [setup, proof]))
    cases.append(invalid(f"eviction.dynamic-name-{name}-beyond", f"{title}; index {62 + stay}",
                         REQUIREMENTS + " 7541-2.3.3-1", WHY, [setup], [indexed(62 + stay)], "index", GONE,
                         f"eviction.dynamic-name-{name}"))

main({"hpack/eviction.json": ("eviction", cases)})
