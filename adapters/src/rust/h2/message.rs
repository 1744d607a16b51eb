//! Scripts' actions in the types of the `http` crate, in which h2 takes them. What these types refuse, they refuse for
//! h2; what they have no place for, h2 cannot be asked for.

use super::super::header_map;
use ::h2::ext::Protocol;
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use wireproof::SendError;
use wireproof::http1::FieldText;

/// h2's words, or those of a type that it takes.
pub(super) fn refused(error: impl std::fmt::Display) -> SendError {
    SendError::Refused(error.to_string())
}

pub(super) fn cannot(why: &str) -> SendError {
    SendError::Cannot(why.to_owned())
}

/// The regular fields.
pub(super) fn fields(all: &FieldText) -> Result<HeaderMap, SendError> {
    header_map(all.iter().filter(|(name, _)| !name.starts_with(b":")))
}

/// The pseudo-header fields of these names. Others, and repeated ones, have no place.
fn pseudo<const N: usize>(all: &FieldText, names: [&str; N]) -> Result<[Option<Vec<u8>>; N], SendError> {
    let mut found = [const { None }; N];
    for (name, value) in all.iter().filter(|(name, _)| name.starts_with(b":")) {
        let slot = names.iter().position(|n| n.as_bytes() == &**name).map(|at| &mut found[at]);
        match slot {
            Some(empty @ None) => *empty = Some(value.to_vec()),
            _ => return Err(SendError::Cannot(format!("http's types have no place for this {name:?}"))),
        }
    }
    Ok(found)
}

/// A request's head.
pub(super) fn request(all: &FieldText) -> Result<Request<()>, SendError> {
    let [method, scheme, authority, path, protocol] =
        pseudo(all, [":method", ":scheme", ":authority", ":path", ":protocol"])?;
    let method = method.ok_or_else(|| cannot("http::Request has a method"))?;
    if scheme.is_some() && authority.is_none() {
        return Err(cannot("http::Uri has no scheme without an authority"));
    }
    let mut parts = http::uri::Parts::default();
    parts.scheme = scheme.map(|s| Scheme::try_from(s.as_slice())).transpose().map_err(refused)?;
    parts.authority = authority.map(|a| Authority::try_from(a.as_slice())).transpose().map_err(refused)?;
    parts.path_and_query = path.map(|p| PathAndQuery::try_from(p.as_slice())).transpose().map_err(refused)?;
    let mut request = Request::new(());
    *request.version_mut() = Version::HTTP_2;
    *request.method_mut() = Method::from_bytes(&method).map_err(refused)?;
    *request.uri_mut() = Uri::from_parts(parts).map_err(refused)?;
    *request.headers_mut() = fields(all)?;
    if let Some(protocol) = protocol {
        let protocol = String::from_utf8(protocol).map_err(refused)?;
        request.extensions_mut().insert(Protocol::from(protocol.as_str()));
    }
    Ok(request)
}

/// A response's head.
pub(super) fn response(all: &FieldText) -> Result<Response<()>, SendError> {
    let [status] = pseudo(all, [":status"])?;
    let status = status.ok_or_else(|| cannot("http::Response has a status code"))?;
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_bytes(&status).map_err(refused)?;
    *response.headers_mut() = fields(all)?;
    Ok(response)
}
