//! Actions in the words of http-net's builders.

use ::http_net::{HttpError, Request, Response, reason_phrase};
use wireproof::SendError;
use wireproof::bytes::to_latin1;
use wireproof::http1::FieldText;

/// How far a message that is being sent is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    /// There is none.
    Nothing,
    /// It is written whole; the action that ends it is due.
    Whole,
    /// Its content follows.
    Stream,
}

/// How content is delimited, as the fields say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Unsaid,
    Length(u64),
    Chunked,
}

/// The fields of an action. What the builders have a call for, and what is said in one way only, is taken out of them;
/// all else is handed over as fields, for http-net to refuse.
pub(super) struct Spec {
    pub(super) framing: Framing,
    pub(super) close: bool,
    /// The protocols of Upgrade, where Connection names it.
    pub(super) upgrade: Vec<String>,
    pub(super) expect: bool,
    rest: Vec<(String, Vec<u8>)>,
}

impl Spec {
    /// Reads the fields; those which nothing in http-net can send are a *cannot*.
    pub(super) fn of(fields: &FieldText) -> Result<Spec, SendError> {
        // Its calls take texts.
        let texts: Vec<_> = fields.iter().map(|(n, v)| (to_latin1(n), to_latin1(v), v)).collect();
        let values = |name: &str| {
            let of_name = texts.iter().filter(|(n, _, _)| n.eq_ignore_ascii_case(name));
            of_name.map(|(_, v, _)| v.as_str()).collect::<Vec<_>>()
        };
        for name in ["trailer", "keep-alive", "proxy-connection"] {
            if !values(name).is_empty() {
                return Err(cannot(name));
            }
        }
        let framing = match (&values("content-length")[..], &values("transfer-encoding")[..]) {
            ([length], []) => match length.parse() {
                Ok(n) if u64::to_string(&n) == *length => Framing::Length(n),
                _ => Framing::Unsaid,
            },
            ([], [coding]) if coding.eq_ignore_ascii_case("chunked") => Framing::Chunked,
            _ => Framing::Unsaid,
        };
        let connection = values("connection");
        let options: Vec<String> = members(&connection).map(str::to_ascii_lowercase).collect();
        if !connection.is_empty() && (options.is_empty() || options.iter().any(|o| o != "close" && o != "upgrade")) {
            return Err(cannot("connection"));
        }
        let mut upgrade: Vec<String> = members(&values("upgrade")).map(str::to_owned).collect();
        if !options.iter().any(|o| o == "upgrade") {
            upgrade.clear();
        }
        let close = options.iter().any(|o| o == "close");
        let expect = values("expect").iter().any(|v| v.eq_ignore_ascii_case("100-continue"));
        let taken = |name: &str, value: &str| match &*name.to_ascii_lowercase() {
            "content-length" | "transfer-encoding" => framing != Framing::Unsaid,
            "connection" => close || !upgrade.is_empty(),
            "upgrade" => !upgrade.is_empty(),
            "expect" => value.eq_ignore_ascii_case("100-continue"),
            _ => false,
        };
        let rest = texts.iter().filter(|(n, v, _)| !taken(n, v)).map(|(n, _, v)| (n.clone(), v.to_vec())).collect();
        Ok(Spec { framing, close, upgrade, expect, rest })
    }

    /// What a request's builder makes of it.
    pub(super) fn request(&self, method: &[u8], target: &[u8]) -> Request {
        let mut request = Request::new(&to_latin1(method), &to_latin1(target));
        for (name, value) in &self.rest {
            request = request.header(name, value);
        }
        for protocol in &self.upgrade {
            request = request.upgrade(protocol);
        }
        match self.framing {
            Framing::Unsaid => {}
            Framing::Length(n) => request = request.content_length(n),
            Framing::Chunked => request = request.chunked(),
        }
        if self.expect {
            request = request.expect_continue();
        }
        if self.close { request.close() } else { request }
    }

    /// What a response's builder makes of it.
    pub(super) fn response(&self, status: u16) -> Result<Response, SendError> {
        let mut response = match &self.upgrade[..] {
            [protocol] if status == 101 => Response::switching_protocols(protocol),
            [] => Response::new(status),
            _ => return Err(cannot("upgrade")),
        };
        for (name, value) in &self.rest {
            response = response.header(name, value);
        }
        match self.framing {
            Framing::Unsaid => {}
            Framing::Length(n) => response = response.content_length(n),
            Framing::Chunked => response = response.chunked(),
        }
        Ok(if self.close { response.close() } else { response })
    }
}

/// The members of a list field.
fn members<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    lines.iter().flat_map(|line| line.split(',')).map(str::trim).filter(|member| !member.is_empty())
}

fn cannot(name: &str) -> SendError {
    SendError::Cannot(format!("http-net writes {name} itself, and has no call for this"))
}

pub(super) fn refused(error: HttpError) -> SendError {
    SendError::Refused(error.to_string())
}

/// After it took a response: it writes the registered reason phrase, and has no way to say another.
pub(super) fn check_reason(status: u16, reason: &[u8]) -> Result<(), SendError> {
    if reason.is_empty() || reason == reason_phrase(status).as_bytes() {
        return Ok(());
    }
    Err(SendError::Cannot("http-net writes the registered reason phrase".to_owned()))
}

/// Trailer fields as its calls take them.
pub(super) fn with_trailers(
    trailers: &FieldText,
    send: impl FnOnce(&[(&str, &[u8])]) -> Result<(), HttpError>,
) -> Result<(), SendError> {
    let owned: Vec<(String, &[u8])> = trailers.iter().map(|(n, v)| (to_latin1(n), &**v)).collect();
    let lines: Vec<(&str, &[u8])> = owned.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    send(&lines).map_err(refused)
}
