//! The child protocol: JSON Lines over two pipes, by which adapters in any language take part, and by which in-process
//! subjects are contained ([`serve`] makes one speak it).
//!
//! ```text
//! → {"hello": {"protocol": 1}}
//! ← {"hello": {"protocol": 1, "name": "h11", "version": "0.16.0", "language": "python",
//!              "endpoints": ["http1.server"], "can": ["framing", "cuts"]}}
//! → {"run": 17, "endpoint": "http1.server", "answer": true, "config": {}, "steps": [["receive", "4745…"], ["eof"]],
//!    "cuts": ["octets", 1, 2, 3]}
//! ← {"ran": 17, "steps": [{"events": [{"event": "request", …}], "output": "4854…"}, {}],
//!    "cuts": {"0": {"steps": […]}}}
//! ← {"ran": 17, "cannot": "no trailers"}
//! ← {"ran": 17, "steps": […so far…], "fault": "Traceback…"}
//! → {"bench": 18, "times": 1000, "endpoint": "http1.server", "answer": true, "config": {}, "steps": […], "pieces": 1460}
//! ← {"benched": 18, "nanoseconds": 812000, "events": 2000}
//! → {"bench": 19, "times": 9000}
//! ← {"benched": 19, "cannot": "…"}
//! → {"judge": 20, "vectors": "58d0…", "case": "h1.simple.get", "place": "http1/simple.json:12", "cuts": "all", "seed": 0}
//! ← {"judged": 20, "verdict": "pass", "outcome": "as-written", "cut": "whole", …}
//! ← {"unknown": "shout"}                                          to any message that is not known
//! ```
//!
//! `cuts` asks for the same script with its received octets split: `"octets"` is one by one, a number is one split
//! before the octet at that offset. The reply holds, by index into that list, the transcripts of `"octets"` (always)
//! and of those cuts that differ from the whole one. A child without the capability `cuts` is never sent any; the
//! harness then cuts for it. An event may carry `"fed"`, how many octets had been fed when it was reported.
//!
//! `bench` asks for a script to be run so many times, each on a new endpoint, the octets of each `receive` step in pieces of
//! so many octets if `pieces` is there, and for the processor time and the number of events of all runs together. Without
//! `steps` it is the script of the `bench` before. A child that does not know it is not measured.
//!
//! `judge` is said only by a program to itself ([`Child::judges`]): an adapter of somebody's library is never asked for a
//! verdict on it, and one that it gives is garbage.

mod canary;
mod check;
mod contain;
mod cutting;
mod host;
mod lines;
mod plain;
mod process;
mod serve;
mod translate;
mod wire;

pub use check::{CheckLine, check};
pub use contain::kill_all;
pub use host::{Child, Limits, bench_message};
pub use lines::read_answers;
pub use serve::serve;
