//! Plain traffic for each endpoint, by number: what an adapter must tell apart, whatever is behind it.

use serde_json::{Value as Json, json};

use crate::bytes::{from_latin1, to_hex};
use crate::{hpack, http2};

/// The steps of a script that no endpoint of this name minds. Scripts are told apart by their number.
pub(super) fn steps(endpoint: &str, number: u64) -> Json {
    match endpoint {
        "http1.client" => http1_client(number),
        "http2.server" => json!([receive(&http2_server(number))]),
        "http2.client" => http2_client(number),
        "hpack.decoder" => json!([receive(&block(&json!([["x-number", number.to_string()]])))]),
        "hpack.encoder" => json!([["send", {"encode": {"fields": [["x-number", number.to_string()]]}}]]),
        _ => json!([receive(format!("GET /{number} HTTP/1.1\r\nHost: a{number}\r\n\r\n").as_bytes())]),
    }
}

fn receive(octets: &[u8]) -> Json {
    json!(["receive", to_hex(octets)])
}

fn http1_client(number: u64) -> Json {
    let request = json!({"request": {"method": "GET", "target": "/", "fields": [["Host", "a"]]}});
    let response = format!("HTTP/1.1 200 OK\r\nX-Number: {number}\r\nContent-Length: 0\r\n\r\n");
    json!([["send", request], ["send", {"end": {}}], receive(response.as_bytes())])
}

/// The fields of a request for `path`.
fn get(path: &str) -> Json {
    json!([[":method", "GET"], [":scheme", "http"], [":authority", "a"], [":path", path]])
}

fn http2_server(number: u64) -> Vec<u8> {
    [http2::PREFACE, &http2_frames(&get(&format!("/{number}")))].concat()
}

fn http2_client(number: u64) -> Json {
    let request = json!({"request": {"stream": 1, "fields": get("/"), "end": true}});
    let response = http2_frames(&json!([[":status", "200"], ["x-number", number.to_string()]]));
    json!([["send", request], receive(&response)])
}

/// SETTINGS, the acknowledgement of the other side's, and a message without content on stream 1.
fn http2_frames(fields: &Json) -> Vec<u8> {
    let forms = [
        json!({"frame": "SETTINGS"}),
        json!({"frame": "SETTINGS", "flags": ["ACK"]}),
        json!({"frame": "HEADERS", "stream": 1, "flags": ["END_STREAM", "END_HEADERS"], "fields": fields}),
    ];
    let frame = |form: &Json| http2::frame(form.as_object()?, &mut text).ok();
    forms.iter().filter_map(frame).flatten().collect()
}

fn block(fields: &Json) -> Vec<u8> {
    hpack::literals(fields, &mut text).unwrap_or_default() // these fields are pairs of texts
}

fn text(json: &Json) -> Result<Vec<u8>, String> {
    from_latin1(json.as_str().ok_or_else(|| format!("{json} is no text"))?).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::protocols;
    use crate::script::Step;

    #[test]
    fn every_endpoint_has_scripts_that_are_told_apart() {
        for protocol in protocols() {
            for role in protocol.roles {
                let endpoint = format!("{}.{role}", protocol.name);
                let steps: Vec<Step> = serde_json::from_value(steps(&endpoint, 7)).unwrap();
                assert_ne!(serde_json::to_value(&steps).unwrap(), super::steps(&endpoint, 8), "{endpoint}");
                for step in steps {
                    match step {
                        Step::Send(action) => assert_eq!((protocol.check_action)(&action), Ok(()), "{endpoint}"),
                        Step::Receive(octets) => assert!(!octets.is_empty(), "{endpoint}"),
                        Step::Eof | Step::Tick(_) => {}
                    }
                }
            }
        }
    }

    #[test]
    fn frames_are_frames() {
        let octets = http2_server(7);
        assert!(octets.starts_with(http2::PREFACE));
        let frames = &octets[http2::PREFACE.len()..];
        assert_eq!((&frames[..9], &frames[9..18]), (&b"\0\0\0\x04\0\0\0\0\0"[..], &b"\0\0\0\x04\x01\0\0\0\0"[..]));
        assert_eq!((&frames[21..27], frames.ends_with(b"\x02/7")), (&b"\x01\x05\0\0\0\x01"[..], true));
    }
}
