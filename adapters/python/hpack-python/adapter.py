"""hpack behind wireproof's child protocol, driven as h2, its main user, drives it.

* A decoder gives octets (`raw=True`). That a smaller table was acknowledged it learns by `max_allowed_table_size`, and
  then refuses a block that leaves its table larger; the table itself follows the peer's size updates. A table that is
  acknowledged from the beginning has its size from the beginning.
* An encoder's table follows `header_table_size`, and is always as large as allowed. Strings are Huffman-coded, as by
  default.
"""

import os
import sys

import hpack

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../sdk/python"))
from wireproof_adapter import Cannot, Endpoint, fields, serve  # noqa: E402


class Decoder(Endpoint):
    def __init__(self, config):
        limit = {"max_header_list_size": config["max-list"]} if "max-list" in config else {}
        self.decoder = hpack.Decoder(**limit)
        if "header-table-size" in config:
            self.decoder.max_allowed_table_size = config["header-table-size"]
            self.decoder.header_table_size = config["header-table-size"]
        self.over = False

    def receive(self, data):
        if self.over or not data:
            return
        try:
            decoded = self.decoder.decode(data, raw=True)
        except hpack.HPACKDecodingError as error:
            self.over = True
            self.emit("rejected", text=f"{type(error).__name__}: {error}")
        else:
            self.emit("fields", fields=decoded, never=[field for field in decoded if not field.indexable])

    def send(self, action):
        if "table-size" not in action:
            raise Cannot("a decoder encodes nothing")
        self.decoder.max_allowed_table_size = action["table-size"]


class Encoder(Endpoint):
    def __init__(self, config):
        if "max-list" in config:
            raise Cannot("an encoder has no limit for a list")
        self.encoder = hpack.Encoder()
        self.out = b""
        if "header-table-size" in config:
            self.encoder.header_table_size = config["header-table-size"]

    def receive(self, data):
        pass

    def send(self, action):
        if "table-size" in action:
            self.encoder.header_table_size = action["table-size"]
            return
        never = {name.encode("latin-1") for name in action["encode"].get("never", ())}
        listed = [(hpack.NeverIndexedHeaderTuple if name in never else hpack.HeaderTuple)(name, value)
                  for name, value in fields(action["encode"]["fields"])]
        self.out += self.encoder.encode(listed)

    def transmit(self):
        out, self.out = self.out, b""
        return out


if __name__ == "__main__":
    serve(
        name="hpack-python",
        version=hpack.__version__,
        endpoints={"hpack.decoder": Decoder, "hpack.encoder": Encoder},
        can=["output", "table-size", "size-update-required", "never-indexed", "field-order"],
        options=["header-table-size", "max-list"],
        licence="MIT",
        home="https://github.com/python-hyper/hpack",
        cannot={"error-class": "integers, truncation, Huffman codes and late size updates are one exception"},
    )
