//! The loader of vectors, the builder of their octets, the generator behind tables: none may panic on any text.

use serde_json::{Value, json};
use wireproof::protocols;
use wireproof::vectors::{Suite, format_file, generate, lint};

/// Text, which the first octet makes a file, the steps of a case, a catalogue of requirements or a table.
///
/// # Panics
/// If anything that reads vectors panics.
pub fn vectors(octets: &[u8]) {
    let Some((kind, text)) = octets.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    match kind % 4 {
        0 => load("fuzz.json", &text),
        1 => {
            let Ok(steps) = serde_json::from_str::<Value>(&text) else { return };
            for (protocol, role) in [("http1", "server"), ("http2", "client"), ("hpack", "decoder")] {
                load("fuzz.json", &case(protocol, role, &steps).to_string());
            }
        }
        2 => load("requirements/fuzz.json", &text),
        _ => drop(generate("fuzz.json", &text)),
    }
}

/// A file of one case with these steps.
pub(crate) fn case(protocol: &str, role: &str, steps: &Value) -> Value {
    let case = json!({
        "id": format!("{protocol}.fuzz"), "title": "fuzz", "role": role, "level": "MUST", "why": "fuzz", "steps": steps,
    });
    json!({"protocol": protocol, "suite": "fuzz", "cases": [case]})
}

fn load(name: &str, text: &str) {
    if let Ok(suite) = Suite::of_files([(name, text)].into_iter(), protocols()) {
        drop(lint(&suite));
    }
    drop(format_file(text));
}
