//! Repairs of HTTP/2 frames.

use super::frames::*;
use super::repair::Repair;
use super::repair_fields::*;
use super::repair_frames::*;
use super::repair_hpack::{edit_texts, is_astray, lower, mend_padding, on_time, rewrite, written_out};
use super::repair_settings::*;
use super::repair_streams as streams;
use crate::Input;
use crate::hpack::{Item, Line};

/// The repairs, in the order in which they are tried: what looks at one thing first, what drops whole frames last.
pub(crate) static HTTP2: &[Repair] = &[
    repair!("incomplete-frame", "a last frame shorter than its length says", "RFC 9113, 4.1", |i| frames(i, complete)),
    repair!("cookies", "several cookie fields", "RFC 9113, 8.2.3", |i| fields(i, |_, lines| one_cookie(lines))),
    repair!("early-eof", "the end of the peer's octets before its first frame", "RFC 9113, 3.4", not_yet_over),
    repair!("frame-too-large", "a frame beyond the size that all take", "RFC 9113, 4.2", |i| {
        keep(i, |f| f.payload.len() <= LONGEST)
    }),
    repair!("reserved-bit", "the reserved bit before a stream identifier", "RFC 9113, 4.1", |i| {
        each(i, |f| f.stream = f.id())
    }),
    repair!("reserved-bit-inside", "a reserved bit inside a payload", "RFC 9113, 6.8", |i| each(i, no_reserved_bit)),
    repair!("undefined-flags", "flags that the frame type does not define", "RFC 9113, 4.1", |i| {
        each(i, |f| f.flags &= defined(f.kind))
    }),
    repair!("first-frame", "a first frame that is not SETTINGS", "RFC 9113, 3.4", settings_first),
    repair!("altsvc", "an ALTSVC frame", "RFC 7838, 4", |i| keep(i, |f| f.kind != ALTSVC)),
    repair!("priority-update", "a PRIORITY_UPDATE frame", "RFC 9218, 7.1", |i| keep(i, |f| f.kind != PRIORITY_UPDATE)),
    repair!("unknown-frame", "a frame of an unknown type", "RFC 9113, 5.5", |i| keep(i, |f| f.kind <= CONTINUATION)),
    repair!("padding-too-long", "padding longer than the payload", "RFC 9113, 6.1", |i| each(i, fit_padding)),
    repair!("padding-not-zero", "padding with octets other than zero", "RFC 9113, 6.1", |i| each(i, zero_padding)),
    repair!("padding", "padding", "RFC 9113, 6.1", |i| each(i, unpad)),
    repair!("goaway-raised", "a GOAWAY whose last stream is above that of an earlier one", "RFC 9113, 6.8", |i| {
        frames(i, streams::not_raised)
    }),
    repair!("goaway-given-up", "frames on a stream that a GOAWAY gave up", "RFC 9113, 6.8", |i| {
        frames(i, |f| streams::not_given_up(f, is_client(i)))
    }),
    repair!("goaway", "a GOAWAY", "RFC 9113, 6.8", |i| keep(i, |f| f.kind != GOAWAY)),
    repair!("stream-zero", "a frame of a stream on stream 0", "RFC 9113, 5.1.1", |i| {
        each(i, |f| {
            if f.id() == 0 && of_stream(f.kind) {
                f.stream |= 1
            }
        })
    }),
    repair!("stream-not-zero", "a frame of the connection on a stream", "RFC 9113, 6.5", |i| {
        each(i, |f| {
            if matches!(f.kind, SETTINGS | PING | GOAWAY) {
                f.stream &= 1 << 31
            }
        })
    }),
    repair!("size-update-late", "a size update behind a field", "RFC 7541, 4.2", |i| fields(i, |_, l| on_time(l))),
    repair!("continuation-stream", "a CONTINUATION on another stream", "RFC 9113, 6.10", |i| frames(i, same_stream)),
    repair!("block-interrupted", "a frame inside a field block", "RFC 9113, 4.3", |i| frames(i, uninterrupted)),
    repair!("continuation-astray", "a CONTINUATION outside a field block", "RFC 9113, 6.10", |i| frames(i, no_strays)),
    repair!("continuation-many", "a field block in more than eight frames", "RFC 9113, 10.5.1", |i| {
        frames(i, |all| merge(all, MOST_FRAMES))
    }),
    repair!("continuation", "a field block in several frames", "RFC 9113, 4.3", |i| frames(i, |f| merge(f, 1))),
    repair!("skipped-stream", "a frame on a stream that was passed over", "RFC 9113, 5.1.1", |i| {
        frames(i, |f| streams::not_skipped(f, is_client(i)))
    }),
    repair!("reserved-stream", "WINDOW_UPDATE or PUSH_PROMISE on a promised stream", "RFC 9113, 5.1", |i| {
        frames(i, streams::not_on_promised)
    }),
    repair!("idle-stream", "a frame on a stream that nobody opened", "RFC 9113, 5.1", |i| frames(i, |f| {
        streams::opened(f, is_client(i))
    })),
    repair!("even-stream", "a stream number of the wrong side", "RFC 9113, 5.1.1", |i| frames(i, streams::odd)),
    repair!("lower-stream", "a new stream lower than the last", "RFC 9113, 5.1.1", |i| frames(i, streams::ascending)),
    repair!("closed-stream", "a frame behind the end of its stream", "RFC 9113, 5.1", |i| frames(
        i,
        streams::until_end
    )),
    repair!("self-dependency", "a stream that depends on itself", "RFC 7540, 5.3.1", |i| each(i, independent)),
    repair!("headers-priority", "HEADERS with a priority", "RFC 9113, 5.3.2", |i| each(i, without_priority)),
    repair!("block-unfinished", "a field block without END_HEADERS", "RFC 9113, 4.3", |i| frames(i, finish_blocks)),
    repair!("settings-ack-payload", "an acknowledgement with a payload", "RFC 9113, 6.5", |i| each(i, empty_ack)),
    repair!("settings-size", "SETTINGS whose size is no multiple of six", "RFC 9113, 6.5", |i| each(i, whole_settings)),
    repair!("settings-twice", "a setting twice in one frame", "RFC 9113, 6.5.3", |i| each(i, settings_once)),
    repair!("enable-push", "SETTINGS_ENABLE_PUSH of 1 from a server", "RFC 9113, 6.5.2", no_push_by_server),
    repair!("connect-protocol-back", "SETTINGS_ENABLE_CONNECT_PROTOCOL of 0 after 1", "RFC 8441, 3", |i| {
        frames(i, connect_protocol_stays)
    }),
    repair!("settings-value", "a setting with a value out of range", "RFC 9113, 6.5.2", |i| each(i, mend_settings)),
    repair!("settings-many", "more than 32 settings in one frame", "RFC 9113, 10.5", |i| each(i, few_settings)),
    repair!("settings-unknown", "an unknown setting", "RFC 9113, 6.5.2", |i| each(i, known_settings)),
    repair!("ping-size", "a PING of other than eight octets", "RFC 9113, 6.7", |i| sized(i, PING, 8)),
    repair!("rst-stream-size", "a RST_STREAM of other than four octets", "RFC 9113, 6.4", |i| sized(i, RST_STREAM, 4)),
    repair!("priority-size", "a PRIORITY of other than five octets", "RFC 9113, 6.3", |i| sized(i, PRIORITY, 5)),
    repair!("window-size", "a WINDOW_UPDATE of other than four octets", "RFC 9113, 6.9", |i| {
        sized(i, WINDOW_UPDATE, 4)
    }),
    repair!("window-zero", "a WINDOW_UPDATE with an increment of 0", "RFC 9113, 6.9", |i| {
        keep(i, |f| f.kind != WINDOW_UPDATE || f.number(0).is_none_or(|number| number << 1 != 0))
    }),
    repair!("settings-window", "an initial size with which a window is beyond 2^31-1", "RFC 9113, 6.9.2", |i| {
        frames(i, fitting_windows)
    }),
    repair!("window-overflow", "a window beyond 2^31-1", "RFC 9113, 6.9.1", |i| frames(i, streams::no_overflow)),
    repair!("over-window", "DATA beyond the window", "RFC 9113, 6.9.1", |i| frames(i, streams::within_window)),
    repair!("data-first", "DATA before the final response", "RFC 9113, 8.1", response_first),
    repair!("empty-data", "empty DATA without END_STREAM", "RFC 9113, 6.1", |i| {
        keep(i, |f| f.kind != DATA || f.ends() || !f.body().is_empty())
    }),
    repair!("huffman-padding", "a Huffman string with EOS or wrong padding", "RFC 7541, 5.2", |i| {
        fields(i, |_, lines| edit_texts(lines, mend_padding))
    }),
    repair!("index", "an index that leads nowhere", "RFC 7541, 2.3.3", |i| {
        fields(i, |_, lines| lines.retain(|l| l.item != Item::Indexed(0) && !is_astray(l)))
    }),
    repair!("size-update", "a size update", "RFC 7541, 6.3", |i| {
        fields(i, |_, lines| lines.retain(|l| !matches!(l.item, Item::Size(_))))
    }),
    repair!("truncated-block", "a field block that ends inside a representation", "RFC 7541, 3.1", |i| {
        fields(i, |_, lines| lines.retain(|l| l.item != Item::Rest))
    }),
    repair!("upper-case-name", "a field name with upper-case letters", "RFC 9113, 8.2.1", |i| {
        fields(i, |_, lines| lines.iter_mut().for_each(lower))
    }),
    repair!("empty-name", "a field without a name", "RFC 9113, 8.2.1", |i| drop_named(i, |name| name.is_empty())),
    repair!("name-octets", "a field name that is no token", "RFC 9113, 8.2.1", |i| fields(i, |_, lines| clean_names(
        lines
    ))),
    repair!("value-space", "white space around a field value", "RFC 9113, 8.2.1", |i| fields(i, |_, lines| {
        trim_values(lines)
    })),
    repair!("value-octets", "NUL, CR or LF in a field value", "RFC 9113, 8.2.1", |i| fields(i, |_, lines| {
        clean_values(lines)
    })),
    repair!("value-control", "another control character in a field value", "RFC 9110, 5.5", |i| {
        fields(i, |_, lines| visible_values(lines))
    }),
    repair!("promise-method", "a promised request that is not safe or has content", "RFC 9113, 8.4", |i| {
        fields(i, safe_promise)
    }),
    repair!("promise-request", "a promised request that is malformed", "RFC 9113, 8.4.1", |i| {
        fields(i, sound_promise)
    }),
    repair!("pseudo-order", "a pseudo-header field behind others", "RFC 9113, 8.3", |i| fields(i, |_, lines| {
        pseudo_first(lines)
    })),
    repair!("pseudo-duplicate", "a pseudo-header field twice", "RFC 9113, 8.3", |i| fields(i, |_, lines| pseudo_once(
        lines
    ))),
    repair!("trailers-pseudo", "a pseudo-header field in trailers", "RFC 9113, 8.1", |i| fields(i, plain_trailers)),
    repair!("pseudo-unknown", "an unknown pseudo-header field", "RFC 9113, 8.3", |i| {
        drop_named(i, |name| name.starts_with(b":") && !is_request_pseudo(name) && name != b":status")
    }),
    repair!("pseudo-side", "a pseudo-header field of the other side", "RFC 9113, 8.3", |i| fields(i, own_pseudo)),
    repair!("status-101", "a response with status 101", "RFC 9113, 8.6", |i| {
        set_value(i, b":status", |value| if value == b"101" { b"103".to_vec() } else { value.to_vec() })
    }),
    repair!("no-content", "a response with a status that has no content", "RFC 9110, 6.4.1", |i| {
        set_value(
            i,
            b":status",
            |value| if matches!(value, b"204" | b"304") { b"200".to_vec() } else { value.to_vec() },
        )
    }),
    repair!("status-range", "a status of three digits outside 100 to 599", "RFC 9110, 15", |i| {
        set_value(i, b":status", |value| {
            let is_outside = is_number(value) && value.len() == 3 && !is_status(value);
            if is_outside { b"200".to_vec() } else { value.to_vec() }
        })
    }),
    repair!("status", "a status that is not three digits", "RFC 9113, 8.3.2", |i| {
        set_value(i, b":status", |value| if is_status(value) { value.to_vec() } else { b"200".to_vec() })
    }),
    repair!(
        "pseudo-control",
        "a pseudo-header field or a Host with octets that are not visible",
        "RFC 9113, 8.3",
        |i| { fields(i, |_, lines| visible_pseudo(lines)) }
    ),
    repair!("method-octets", "a :method that is no token", "RFC 9110, 9.1", |i| {
        set_value(i, b":method", |value| if is_token(value) { value.to_vec() } else { b"GET".to_vec() })
    }),
    repair!("path-asterisk", "an asterisk as the :path of another method than OPTIONS", "RFC 9113, 8.3.1", |i| {
        fields(i, |_, lines| no_asterisk(lines))
    }),
    repair!("scheme-octets", "a :scheme that is none", "RFC 3986, 3.1", |i| {
        set_value(i, b":scheme", |value| if is_scheme(value) { value.to_vec() } else { b"http".to_vec() })
    }),
    repair!("scheme", "a :scheme that is not http or https", "RFC 9113, 8.3.1", |i| {
        set_value(i, b":scheme", |value| if value == b"https" { value.to_vec() } else { b"http".to_vec() })
    }),
    repair!("empty-path", "an empty :path", "RFC 9113, 8.3.1", |i| {
        set_value(i, b":path", |value| if value.is_empty() { b"/".to_vec() } else { value.to_vec() })
    }),
    repair!("path", "a :path that begins with no slash", "RFC 9113, 8.3.1", |i| {
        set_value(i, b":path", |value| if is_path(value) { value.to_vec() } else { b"/".to_vec() })
    }),
    repair!("path-fragment", "a :path with a fragment", "RFC 9113, 8.3.1", |i| {
        set_value(i, b":path", |value| value.iter().copied().take_while(|octet| *octet != b'#').collect())
    }),
    repair!("authority-octets", "an :authority or a Host that is no host and port", "RFC 9113, 8.3.1", |i| {
        fields(i, |_, lines| clean_hosts(lines))
    }),
    repair!("protocol", "extended CONNECT", "RFC 8441, 4", |i| fields(i, |_, lines| no_protocol(lines))),
    repair!("connect-port", "CONNECT without a port", "RFC 9110, 9.3.6", |i| fields(i, |_, lines| with_port(lines))),
    repair!("connect", "CONNECT", "RFC 9113, 8.5", |i| fields(i, |_, lines| no_connect(lines))),
    repair!("pseudo-missing", "a missing pseudo-header field", "RFC 9113, 8.3.1", |i| fields(i, complete_pseudo)),
    repair!("authority-missing", "a request without :authority", "RFC 9113, 8.3.1", |i| fields(i, with_authority)),
    repair!("connection-field", "a field of the connection", "RFC 9113, 8.2.2", |i| drop_named(i, is_of_connection)),
    repair!("te-response", "te elsewhere than in a request", "RFC 9113, 8.2.2", |i| fields(i, te_in_requests)),
    repair!("te", "te with another value than trailers", "RFC 9113, 8.2.2", |i| fields(i, |_, lines| {
        lines.retain(|line| line.field.as_deref().is_none_or(|(name, value)| name != b"te" || value == b"trailers"))
    })),
    repair!("content-length-twice", "two content-length fields", "RFC 9110, 8.6", |i| fields(
        i,
        |_, lines| one_length(lines)
    )),
    repair!("content-length-digits", "a content-length that is no number", "RFC 9110, 8.6", |i| fields(
        i,
        |_, lines| {
            lines.retain(|line| line.field.as_deref().is_none_or(|(name, value)| name != LENGTH || is_number(value)))
        }
    )),
    repair!("content-length-wrong", "a content-length that DATA belies", "RFC 9113, 8.1.1", |i| fields(
        i,
        |section, lines| true_length(section, lines)
    )),
    repair!("content-length-interim", "content-length in an interim response", "RFC 9110, 8.6", |i| {
        fields(i, no_interim_length)
    }),
    repair!("content-length", "content-length", "RFC 9110, 8.6", |i| drop_named(i, |name| name == LENGTH)),
    repair!("host-differs", "a Host that differs from :authority", "RFC 9113, 8.3.1", |i| fields(i, |_, lines| {
        same_host(lines)
    })),
    repair!("host", "a host field", "RFC 9113, 8.3.1", |i| drop_named(i, |name| name == b"host")),
    repair!("trailers-unended", "trailers without END_STREAM", "RFC 9113, 8.1", end_trailers),
    repair!("trailers", "trailers", "RFC 9113, 8.1", no_trailers),
    repair!("interim-pushed", "an interim response on a promised stream", "RFC 9113, 8.4.2", |i| {
        no_interim(i, |stream| stream % 2 == 0)
    }),
    repair!("interim", "an interim response", "RFC 9113, 8.1", |i| no_interim(i, |_| true)),
    repair!("non-minimal-integer", "an integer that could be shorter", "RFC 7541, 5.1", |i| {
        fields(i, |_, lines| lines.iter_mut().for_each(rewrite))
    }),
    repair!("huffman", "a Huffman string", "RFC 7541, 5.2", |i| {
        fields(i, |_, lines| edit_texts(lines, |text| text.coded = None))
    }),
    repair!("dynamic-reference", "an index into the dynamic table", "RFC 7541, 2.3.2", |i| {
        fields(i, |_, lines| lines.iter_mut().for_each(written_out))
    }),
    repair!("field-block", "a field block that is not plain literals", "RFC 7541, 6", |i| fields(i, |_, lines| {
        *lines = lines.iter().filter_map(|line| line.field.as_deref().map(|f| Line::literal(&f.0, &f.1))).collect()
    })),
    repair!("push", "a PUSH_PROMISE", "RFC 9113, 6.6", |i| keep(i, |f| f.kind != PUSH_PROMISE)),
    repair!("rst-stream", "a RST_STREAM", "RFC 9113, 6.4", |i| keep(i, |f| f.kind != RST_STREAM)),
    repair!("priority", "a PRIORITY", "RFC 9113, 6.3", |i| keep(i, |f| f.kind != PRIORITY)),
    repair!("ping", "a PING", "RFC 9113, 6.7", |i| keep(i, |f| f.kind != PING)),
    repair!("window-update", "a WINDOW_UPDATE", "RFC 9113, 6.9", |i| keep(i, |f| f.kind != WINDOW_UPDATE)),
    repair!("settings-ack", "an acknowledgement of SETTINGS", "RFC 9113, 6.5.3", |i| {
        keep(i, |f| f.kind != SETTINGS || !f.has(ACK))
    }),
    repair!("settings", "SETTINGS", "RFC 9113, 6.5", |i| keep(i, |f| f.kind != SETTINGS || f.has(ACK))),
    repair!("unfinished-stream", "a message without END_STREAM", "RFC 9113, 8.1", |i| frames(i, streams::finish)),
    repair!("raw-front", "a connection that begins in another way", "RFC 9113, 3.4", usual_front),
    repair!("eof", "the end of the peer's octets", "RFC 9113, 9.1", |i| {
        (i.shape & 2 != 0).then(|| Input { shape: i.shape & !2, ..i.clone() })
    }),
];
