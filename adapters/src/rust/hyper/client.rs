//! hyper as a client.
//!
//! A client must not see a response before it has written the request: hyper would call it unexpected. Nothing holds
//! input back for that here, because a `request` is written to its end before `send` returns.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use ::hyper::body::Incoming;
use ::hyper::client::conn::http1::{Builder, SendRequest};
use ::hyper::{ext, upgrade};
use http::{Method, Request, Response, Uri};
use wireproof::http1::{Action, FieldText};
use wireproof::{SendError, Unsupported};

use super::super::header_map;
use super::Limits;
use super::endpoint::{Common, Half, Side};
use super::outgoing::{Outgoing, announces_content, refused};
use super::pipe::{Pipe, Shared};
use super::shown::Shown;

/// A new client.
pub(super) fn open(limits: Limits) -> Result<Side<Client>, Unsupported> {
    let mut builder = Builder::new();
    limits.head.map(|n| builder.max_header_size(n));
    limits.fields.map(|n| builder.max_headers(n));
    let pipe = Pipe::new();
    let handshake = pin!(builder.handshake(pipe.clone()));
    let Poll::Ready(Ok((sender, connection))) = handshake.poll(&mut Context::from_waker(Waker::noop())) else {
        return Err(Unsupported("hyper's HTTP/1 handshake, which sends nothing, did not succeed".to_owned()));
    };
    let connection: Pin<Box<Connection>> = Box::pin(connection.with_upgrades());
    let half =
        Client { sender: Some(sender), connection: Some(connection), response: None, interim: Shared::new(Vec::new()) };
    let mut side = Side { half, common: Common::new(pipe) };
    side.run(); // hyper takes requests when it has looked for one once
    Ok(side)
}

type Connection = dyn Future<Output = ::hyper::Result<()>>;
type Awaited = dyn Future<Output = ::hyper::Result<Response<Incoming>>>;

/// The client's half of an endpoint.
pub(super) struct Client {
    /// None once the script has closed.
    sender: Option<SendRequest<Outgoing>>,
    connection: Option<Pin<Box<Connection>>>,
    /// The response awaited.
    response: Option<Pin<Box<Awaited>>>,
    /// Interim responses not shown yet.
    interim: Shared<Vec<Shown>>,
}

impl Half for Client {
    fn poll(&mut self, common: &mut Common, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && let Poll::Ready(outcome) = connection.as_mut().poll(cx)
        {
            self.connection = None;
            common.outcome = Some(outcome);
        }
        self.interim.lock().drain(..).for_each(|interim| common.show(interim));
        if let Some(response) = &mut self.response
            && let Poll::Ready(response) = response.as_mut().poll(cx)
        {
            self.response = None;
            match response {
                Ok(response) => begin(response, common),
                Err(error) => common.fail(error),
            }
        }
    }

    fn start(&mut self, action: &Action, common: &mut Common) -> Result<(), SendError> {
        let Action::Request { method, target, fields } = action else {
            return Err(SendError::Cannot("a client sends requests".to_owned()));
        };
        let Some(sender) = &mut self.sender else { return Err(refused("the script has closed the connection")) };
        match sender.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(ready) => ready.map_err(refused)?,
            Poll::Pending => {
                return Err(SendError::Cannot("hyper takes a request only when the last one is done with".to_owned()));
            }
        }
        let mut request = request(method, target, fields)?;
        let interim = self.interim.clone();
        ext::on_informational(&mut request, move |head| {
            let (status, version, fields) = (head.status(), head.version(), head.headers().clone());
            interim.lock().push(Shown::Interim { status, version, fields });
        });
        common.outgoing = Some(request.body().clone());
        self.response = Some(Box::pin(sender.send_request(request)));
        Ok(())
    }

    fn close(&mut self) {
        self.sender = None;
    }
}

/// A response came. After 101, and 2xx to CONNECT, hyper hands over the connection; to others it says at once that
/// it will not.
fn begin(mut response: Response<Incoming>, common: &mut Common) {
    common.switch = Some(upgrade::on(&mut response));
    let (head, content) = response.into_parts();
    common.begin(Shown::response(head), content);
}

/// A request in hyper's type. Without framing fields a request has no content (RFC 9112, 6.3), and hyper is told so;
/// else it would choose a framing of its own.
fn request(method: &[u8], target: &[u8], fields: &FieldText) -> Result<Request<Outgoing>, SendError> {
    let fields = header_map(fields)?;
    let content = if announces_content(&fields) { Outgoing::new() } else { Outgoing::empty() };
    let mut request = Request::new(content);
    *request.method_mut() = Method::from_bytes(method).map_err(refused)?;
    *request.uri_mut() = Uri::try_from(target.to_vec()).map_err(refused)?;
    *request.headers_mut() = fields;
    Ok(request)
}
