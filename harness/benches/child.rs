//! How many runs a second a trivial child answers, over the Python SDK or as given:
//! `cargo bench -p wireproof --bench child [-- COMMAND…]`.

use std::ffi::OsString;
use std::path::Path;
use std::time::Instant;

use wireproof::child::Child;
use wireproof::cuts::Cut;
use wireproof::{Answer, Job, Role, Script, Subject, protocols};

const TRIVIAL: &str = r#"
from wireproof_adapter import Endpoint, serve


class Server(Endpoint):
    def receive(self, data):
        if data:
            self.emit("request", method=b"GET", target=b"/")
            self.emit("end")


serve(name="trivial", version="1", endpoints={"http1.server": Server}, can=["head"])
"#;

const RUNS: usize = 50_000;

const ROUNDS: usize = 5;

fn main() {
    let given: Vec<OsString> = std::env::args_os().skip(1).filter(|argument| argument != "--bench").collect();
    let trivial = || ["python3", "-c", TRIVIAL].map(OsString::from).to_vec();
    let mut child = Child::new("trivial", if given.is_empty() { trivial() } else { given });
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters/sdk/python");
    child.env.push(("PYTHONPATH".into(), sdk.into()));
    let mut session = child.open().expect("the child starts");

    let mut script = Script::of_bytes(protocols()[0], Role::Server, b"GET / HTTP/1.1\r\n\r\n".to_vec(), false);
    script.answer = false;
    let jobs = vec![Job { script, cuts: vec![Cut::Whole] }; RUNS];
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut ran = 0;
        let faults = session.run(&jobs, &mut |_, answer| ran += usize::from(matches!(answer, Answer::Ran { .. })));
        let took = begun.elapsed();
        assert_eq!((ran, faults), (RUNS, vec![]));
        println!("{:.0} runs a second", RUNS as f64 / took.as_secs_f64());
    }
}
