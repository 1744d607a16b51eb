"""Every entry of the static table (RFC 7541, Appendix A): alone, as a name in the three literal forms, and all in a row."""

from hpack_common import STATIC, fields, indexed, literal, main, valid

WHY = "One wrong entry gives every peer another field than was sent, and only requests that happen to use it show it."
FORMS = {  # the literals, and how titles call them
    "add": "with incremental indexing",
    "none": "without indexing",
    "never": "never indexed",
}
GROUPS = [(1, 14), (15, 31), (32, 46), (47, 61)]  # :status is the last pseudo-header field


def shown(index):
    name, value = STATIC[index - 1]
    return f"{name}: {value}" if value else f"{name} without a value"


cases = [
    valid(f"static.entry-{index:02}", f"Index {index}: {shown(index)}", "7541-3.2-1", WHY,
          [([indexed(index)], fields(STATIC[index - 1]))])
    for index in range(1, 62)
]
for form, words in FORMS.items():
    for first, last in GROUPS:
        span = range(first, last + 1)
        cases.append(valid(
            f"static.names-{first}-to-{last}-{form}",
            f"Literals {words} whose names are static indices {first} to {last}",
            "7541-3.2-1 7541-5.1-i1",
            WHY,
            [([literal(i, f"v{i}", form) for i in span], fields(*[(STATIC[i - 1][0], f"v{i}") for i in span]))],
        ))
cases.append(valid("static.whole-table", "One block of all 61 static indices in order", "7541-2.1-2 7541-3.2-1", WHY,
                   [([indexed(i) for i in range(1, 62)], fields(*STATIC))]))
cases.append(valid("static.whole-table-backwards", "One block of all 61 static indices, the last one first",
                   "7541-2.1-2 7541-3.2-1", WHY,
                   [([indexed(i) for i in range(61, 0, -1)], fields(*STATIC[::-1]))]))

main({"hpack/static.json": ("static", cases)})
