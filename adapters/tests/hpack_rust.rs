//! The HPACK adapters that run in this process: the blocks of RFC 7541, C.4, a refusal, and what an encoder writes, read
//! back.

use serde_json::json;
use wireproof::hpack::Hpack;
use wireproof::judge::{show_record, visible};
use wireproof::{Config, InProcess, Protocol, Role, Script, Step};
use wireproof_adapters::rust::{FlukeHpack, HttlibHpack, Nghttp2Hpack, ShiguredoHpack};

fn subjects() -> [InProcess; 4] {
    [
        InProcess::new(Nghttp2Hpack),
        InProcess::new(FlukeHpack),
        InProcess::new(HttlibHpack),
        InProcess::new(ShiguredoHpack),
    ]
}

/// The version, the capabilities, and what is decoded or read back from what was encoded.
fn run(subject: &InProcess, role: Role, steps: &[Step]) -> Vec<String> {
    let script =
        Script { protocol: Hpack::SPEC, role, config: Config::default(), answer: false, steps: steps.to_vec() };
    let ran = subject.transcribe(&script, &[]).unwrap();
    assert_eq!(ran.fault, None);
    let shown = visible(&script, &ran, subject.profile()).into_iter().map(|seen| seen.record);
    let written = Hpack::SPEC.read_output.unwrap()(role, &ran, 0..usize::MAX);
    let mut records: Vec<_> = shown.chain(written).collect();
    for record in &mut records {
        record.members.retain(|(name, _)| name != "never" || subject.profile().can("never-indexed"));
    }
    records.iter().map(show_record).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b' ').collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn block(text: &str) -> Step {
    Step::Receive(unhex(text))
}

fn fields(subject: &InProcess, list: &str, never: &str) -> String {
    let never = if subject.profile().can("never-indexed") { format!(" never=[{never}]") } else { String::new() };
    format!("fields fields=[{list}]{never}")
}

#[test]
fn versions_are_those_of_the_lock_file() {
    let lock = include_str!("../../Cargo.lock");
    for subject in subjects() {
        let profile = subject.profile();
        let name = match profile.name.as_str() {
            "nghttp2-hpack" => "libnghttp2-sys",
            "shiguredo-hpack" => "shiguredo_http2",
            name => name,
        };
        let entry = format!("name = \"{name}\"\nversion = \"{}\"\n", profile.version);
        assert!(lock.contains(&entry), "{entry}");
    }
}

#[test]
fn profiles_name_known_capabilities() {
    for subject in subjects() {
        let profile = subject.profile();
        for capability in Hpack::SPEC.capabilities {
            assert!(
                profile.can(capability.name) != profile.cannot.contains_key(capability.name),
                "{}",
                capability.name
            );
        }
        assert!(profile.can.iter().all(|can| Hpack::SPEC.capabilities.iter().any(|c| c.name == can)));
    }
}

/// RFC 7541, C.4.
#[test]
fn three_requests_are_decoded() {
    let steps = [
        block("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"),
        block("8286 84be 5886 a8eb 1064 9cbf"),
        block("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"),
    ];
    let request = |scheme: &str, path: &str, more: &str| {
        format!(":method: GET, :scheme: {scheme}, :path: {path}, :authority: www.example.com{more}")
    };
    for subject in subjects() {
        let shown = [
            fields(&subject, &request("http", "/", ""), ""),
            fields(&subject, &request("http", "/", ", cache-control: no-cache"), ""),
            fields(&subject, &request("https", "/index.html", ", custom-key: custom-value"), ""),
        ];
        assert_eq!(run(&subject, Role::Decoder, &steps), shown, "{}", subject.profile().name);
    }
}

#[test]
fn a_refused_block_is_the_last() {
    for subject in subjects() {
        let steps = [block("82"), block("be"), block("82")];
        let ran = run(&subject, Role::Decoder, &steps);
        assert_eq!(ran[0], fields(&subject, ":method: GET", ""), "{}", subject.profile().name);
        assert!(ran[1].starts_with("rejected") && ran.len() == 2, "{}: {ran:?}", subject.profile().name);
    }
}

#[test]
fn a_sensitive_field_is_decoded() {
    for subject in subjects() {
        let steps = [block("1001 6101 62")];
        assert_eq!(run(&subject, Role::Decoder, &steps), [fields(&subject, "a: b", "a: b")]);
    }
}

#[test]
fn what_is_encoded_is_read() {
    let first = json!({"encode": {"fields": [[":method", "GET"], ["a", "b"], ["c", "d"]]}});
    let second = json!({"encode": {"fields": [["a", "b"], ["a", "\u{ff}"], ["c", ""]]}});
    for subject in subjects() {
        let ran = run(&subject, Role::Encoder, &[Step::send(first.clone()), Step::send(second.clone())]);
        let read = [fields(&subject, ":method: GET, a: b, c: d", ""), fields(&subject, "a: b, a: \\xff, c: ", "")];
        assert_eq!(ran, read, "{}", subject.profile().name);
    }
}

#[test]
fn a_sensitive_field_is_encoded() {
    let action = json!({"encode": {"fields": [["a", "b"], ["c", "d"]], "never": ["c"]}});
    for subject in subjects().iter().filter(|s| s.profile().can("never-indexed")) {
        let ran = run(subject, Role::Encoder, &[Step::send(action.clone())]);
        assert_eq!(ran, [fields(subject, "a: b, c: d", "c: d")], "{}", subject.profile().name);
    }
}
