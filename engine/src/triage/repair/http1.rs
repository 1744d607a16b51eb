//! The repairs of HTTP/1. Each is an edit of a [`Connection`], done again until it changes nothing.

mod chunks;
mod connection;
mod framing;
#[cfg(test)]
mod rows;
mod start;
mod syntax;
#[cfg(test)]
mod tests;

use super::Repair;
use super::lines::Connection;
use crate::{Input, Target};

/// How often an edit is done again: what it changes may be split in another way.
const ROUNDS: usize = 8;

/// The input after an edit that has come to rest; none where it changes nothing, and where it never rests.
fn settle(input: &Input, edit: fn(&mut Connection)) -> Option<Input> {
    let mut now = input.clone();
    for _ in 0..ROUNDS {
        let mut connection = Connection::of(&now);
        edit(&mut connection);
        let next = Input { target: Target::Http1, shape: connection.shape, octets: connection.octets() };
        if next == now {
            return (now != *input).then_some(now);
        }
        now = next;
    }
    None
}

macro_rules! row {
    ($name:literal, $what:literal, $clause:literal, $edit:expr) => {
        Repair { name: $name, what: $what, clause: $clause, apply: |input| settle(input, $edit) }
    };
}

/// All of them, from the specific to the general.
pub(super) const REPAIRS: &[Repair] = &[
    row!("cr-cr-lf", "a line that ends with several CR and LF", "RFC 9112, 2.2", syntax::cr_cr_lf),
    row!("chunk-line-end", "a chunk's line that ends with LF alone", "RFC 9112, 7.1", syntax::chunk_line_end),
    row!("lf-cr", "a line that ends with LF CR", "RFC 9112, 2.2", syntax::lf_cr),
    row!("value-lf", "LF in a field value", "RFC 9110, 5.5", syntax::value_lf),
    row!("bare-lf", "a line that ends with LF alone", "RFC 9112, 2.2", syntax::bare_lf),
    row!("space-before-start-line", "white space before a start-line", "RFC 9112, 2.2", syntax::space_before_start),
    row!("bare-cr", "a CR without LF", "RFC 9112, 2.2", syntax::bare_cr),
    row!("line-before-start", "an empty line before a start-line", "RFC 9112, 2.2", syntax::line_before_start),
    row!(
        "start-line-white-space",
        "white space in a start-line other than one SP twice",
        "RFC 9112, 3",
        start::white_space
    ),
    row!("version-missing", "a request line without a version", "RFC 9112, 2.3", start::version_missing),
    row!("h2-preface", "the preface of HTTP/2", "RFC 9113, 3.4", start::preface),
    row!("method-case", "a method with lower case", "RFC 9110, 9.1", start::method_case),
    row!("method-octets", "a method of other octets than letters", "RFC 9110, 9.1", start::method_octets),
    row!("method-unknown", "a method that few know", "RFC 9110, 9.1", start::method_unknown),
    row!(
        "method-content",
        "content, or none, where the method suggests otherwise",
        "RFC 9112, 6",
        start::method_content
    ),
    row!("target-octets", "octets in a target that no URI has", "RFC 9112, 3.2", start::target_octets),
    row!("target-absolute", "a target in absolute form", "RFC 9112, 3.2.2", start::target_absolute),
    row!("target-form", "a target of no form that the method has", "RFC 9112, 3.2", start::target_form),
    row!("method-connect", "CONNECT", "RFC 9110, 9.3.6", start::method_connect),
    row!("version-minor", "a version from HTTP/1.2 to HTTP/1.9", "RFC 9110, 6.2", start::version_minor),
    row!("version-other", "a version other than HTTP/1.0 and HTTP/1.1", "RFC 9112, 2.3", start::version_other),
    row!("status-form", "a status code not from 100 to 599", "RFC 9110, 15", start::status_form),
    row!("reason-missing-space", "no SP behind the status code", "RFC 9112, 4", start::reason_space),
    row!("reason-octets", "octets in a reason phrase other than SP and VCHAR", "RFC 9112, 4", start::reason_octets),
    row!("trailer-line", "a line of a trailer section that is no field line", "RFC 9112, 7.1.2", chunks::trailer_line),
    row!("space-before-first-field", "white space before the first field", "RFC 9112, 2.2", syntax::space_before_first),
    row!("obs-fold", "a field line folded over several lines", "RFC 9112, 5.2", syntax::obs_fold),
    row!("white-space-line", "a line of white space alone", "RFC 9112, 2.2", syntax::white_space_line),
    row!("space-before-colon", "white space between field name and colon", "RFC 9112, 5.1", syntax::space_before_colon),
    row!("empty-field-name", "a field line without a name", "RFC 9110, 5.1", syntax::empty_name),
    row!("field-without-colon", "a field line without a colon", "RFC 9112, 5", syntax::no_colon),
    row!("name-octets", "octets in a field name that no token has", "RFC 9110, 5.6.2", syntax::name_octets),
    row!("name-underscore", "a field name with an underscore", "RFC 9110, 5.1", syntax::name_underscore),
    row!("value-nul", "NUL in a field value", "RFC 9110, 5.5", syntax::value_nul),
    row!("value-del", "DEL in a field value", "RFC 9110, 5.5", syntax::value_del),
    row!("value-control", "a control octet in a field value", "RFC 9110, 5.5", syntax::value_control),
    row!("many-fields", "more than 20 fields", "RFC 9110, 5.4", connection::many_fields),
    row!("long-value", "a field value over 64 octets", "RFC 9110, 5.4", connection::long_value),
    row!("host-missing", "a request without Host", "RFC 9112, 3.2", framing::host_missing),
    row!("host-repeated", "more than one Host", "RFC 9112, 3.2", framing::host_repeated),
    row!("host-value", "a Host that is no host with a port", "RFC 9112, 3.2", framing::host_value),
    row!(
        "close-before-more",
        "octets behind a message that says close",
        "RFC 9112, 9.6",
        connection::close_before_more
    ),
    row!("proxy-connection", "a Proxy-Connection field", "RFC 9112, C.2.2", connection::proxy_dropped),
    row!("keep-alive-in-1.0", "keep-alive in HTTP/1.0", "RFC 9112, C.2.2", connection::keep_alive_old),
    row!(
        "field-repeated",
        "a field other than those of framing and Host that stands several times",
        "RFC 9110, 5.3",
        syntax::field_repeated
    ),
    row!("value-obs-text", "obs-text in a field value", "RFC 9110, 5.5", syntax::value_obs_text),
    row!("expect-dropped", "an Expect field", "RFC 9110, 10.1.1", connection::expect_dropped),
    row!("te-dropped", "a TE field", "RFC 9110, 10.1.4", connection::te_dropped),
    row!("upgrade-dropped", "an Upgrade field", "RFC 9110, 7.8", connection::upgrade_dropped),
    row!("trailer-field", "a Trailer field", "RFC 9110, 6.6.2", connection::trailer_dropped),
    row!("length-list", "a list in Content-Length", "RFC 9112, 6.3", framing::length_list),
    row!("length-repeated", "more than one Content-Length", "RFC 9112, 6.3", framing::length_repeated),
    row!(
        "length-differing",
        "several values in Content-Length that differ",
        "RFC 9112, 6.3",
        framing::length_differing
    ),
    row!("length-sign", "a sign in Content-Length", "RFC 9110, 8.6", framing::length_sign),
    row!("length-zeros", "leading zeros in Content-Length", "RFC 9110, 8.6", framing::length_zeros),
    row!("length-white-space", "white space other than SP in Content-Length", "RFC 9110, 8.6", framing::length_space),
    row!("length-not-a-number", "a Content-Length that is no number", "RFC 9110, 8.6", framing::length_not_a_number),
    row!("status-no-content-with-body", "framing of a response without content", "RFC 9112, 6.3", start::no_content),
    row!("reset-content", "a response 205", "RFC 9110, 15.3.6", start::reset_content),
    row!("length-and-coding", "Content-Length beside Transfer-Encoding", "RFC 9112, 6.1", framing::length_and_coding),
    row!("length-huge", "a Content-Length that few integers hold", "RFC 9110, 8.6", framing::length_huge),
    row!("length-large", "a Content-Length over 65535 octets", "RFC 9110, 8.6", framing::length_large),
    row!("length-differs", "a Content-Length other than what follows", "RFC 9112, 6.3", framing::length_differs),
    row!("coding-case", "upper case in Transfer-Encoding", "RFC 9112, 7", framing::coding_case),
    row!(
        "coding-empty-member",
        "an empty member of a list in Transfer-Encoding",
        "RFC 9110, 5.6.1.2",
        framing::coding_empty_member
    ),
    row!("coding-not-last", "chunked before other codings, or twice", "RFC 9112, 6.3", framing::coding_not_last),
    row!("coding-list", "a list in Transfer-Encoding", "RFC 9112, 6.1", framing::coding_list),
    row!("coding-repeated-field", "more than one Transfer-Encoding", "RFC 9112, 6.1", framing::coding_repeated),
    row!(
        "coding-white-space",
        "white space other than one SP before chunked",
        "RFC 9110, 5.6.3",
        framing::coding_space
    ),
    row!("coding-octets", "octets around chunked in Transfer-Encoding", "RFC 9112, 6.1", framing::coding_octets),
    row!("coding-unknown", "a transfer coding other than chunked", "RFC 9112, 6.1", framing::coding_unknown),
    row!("coding-in-1.0", "Transfer-Encoding in HTTP/1.0", "RFC 9112, 6.1", framing::coding_old),
    row!("chunk-size-case", "upper case in a chunk-size", "RFC 9112, 7.1", chunks::size_case),
    row!("chunk-size-prefix", "0x or a sign before a chunk-size", "RFC 9112, 7.1", chunks::size_prefix),
    row!("chunk-extension-white-space", "white space in a chunk extension", "RFC 9112, 7.1.1", chunks::extension_space),
    row!("chunk-extension-quoted", "a quoted-string in a chunk extension", "RFC 9112, 7.1.1", chunks::extension_quoted),
    row!(
        "chunk-extension-form",
        "a chunk extension that the grammar does not have",
        "RFC 9112, 7.1.1",
        chunks::extension_form
    ),
    row!("chunk-size-zeros", "leading zeros in a chunk-size", "RFC 9112, 7.1", chunks::size_zeros),
    row!("chunk-size-white-space", "white space around a chunk-size", "RFC 9112, 7.1", chunks::size_space),
    row!("chunk-size-huge", "a chunk-size that few integers hold", "RFC 9112, 7.1", chunks::size_huge),
    row!("last-chunk-missing", "no last chunk", "RFC 9112, 7.1", chunks::last_missing),
    row!("chunk-size-octets", "a chunk-size that is no hexadecimal number", "RFC 9112, 7.1", chunks::size_octets),
    row!("chunk-size-differs", "a chunk-size other than the data's length", "RFC 9112, 7.1", chunks::size_differs),
    row!("chunk-data-end", "no CRLF behind a chunk's data", "RFC 9112, 7.1", chunks::data_end),
    row!("trailer-framing-fields", "a field that no trailer section holds", "RFC 9110, 6.5.1", chunks::trailer_fields),
    row!("chunk-extension-dropped", "chunk extensions", "RFC 9112, 7.1.1", chunks::extensions_dropped),
    row!("value-white-space", "white space around a value other than one SP", "RFC 9112, 5.1", syntax::value_space),
    row!("version-1.0", "HTTP/1.0", "RFC 9112, 2.3", start::version_old),
    row!("connection-dropped", "a Connection field", "RFC 9112, 9.3", connection::connection_dropped),
    row!("switching-dropped", "a response 101", "RFC 9110, 15.2.2", connection::switching_dropped),
    row!("connect-response", "a response to CONNECT", "RFC 9112, 6.3", connection::asked_connect),
    row!("long-target", "a target over 64 octets", "RFC 9112, 3", start::long_target),
    row!("interim-fields", "fields of an interim response", "RFC 9110, 15.2", connection::interim_fields),
    row!("incomplete-completed", "a last message that is cut short", "RFC 9112, 8", connection::completed),
    row!("asked-twice", "a second request waiting", "RFC 9112, 9.3.2", connection::asked_twice),
    row!("unasked-response", "a response that nobody asked for", "RFC 9112, 9.2", connection::unasked_dropped),
    row!("coding-dropped", "a Transfer-Encoding field", "RFC 9112, 6.1", framing::coding_dropped),
    row!("fields-dropped", "some field other than those of framing and Host", "RFC 9110, 5", syntax::others_dropped),
    row!("trailers-dropped", "trailers", "RFC 9112, 7.1.2", chunks::trailers_dropped),
    row!("chunks", "how chunks are written", "RFC 9112, 7.1", chunks::rebuilt),
    row!("extra-octets", "octets between or behind messages", "RFC 9112, 2.2", connection::extra_octets),
    row!("second-message-dropped", "all behind the first message", "RFC 9112, 9.3.2", connection::second_dropped),
    row!("interim-dropped", "an interim response", "RFC 9110, 15.2", connection::interim_dropped),
    row!("head-response", "a response to HEAD", "RFC 9112, 6.3", connection::asked_head),
    row!("length-missing", "octets behind a request without content", "RFC 9112, 6.3", framing::length_missing),
    row!("length-dropped", "Content-Length with the content", "RFC 9112, 6.3", framing::length_dropped),
    row!("status-without-content", "a status code that allows no content", "RFC 9110, 6.4.1", start::status_bodiless),
    row!("start-line", "a start-line", "RFC 9112, 2.1", start::replaced),
    row!("unfinished-dropped", "the part of a last message", "RFC 9112, 8", connection::unfinished_dropped),
    row!("eof-dropped", "the end of the stream", "RFC 9112, 8", connection::eof_dropped),
    row!("eof-added", "a stream that does not end", "RFC 9112, 8", connection::eof_added),
];

/// The first of those that take away most of a message: what they help names no cause.
pub(super) const GENERAL: &str = "incomplete-completed";

/// The first of those that help alone or not at all. (What is unfinished, and Transfer-Encoding, which one subject never
/// shows, go together with other causes.)
pub(super) const ALONE: &str = "fields-dropped";
