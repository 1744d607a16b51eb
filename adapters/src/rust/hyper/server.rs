//! hyper as a server: a service that puts each request on a desk and waits for the script's response.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use ::hyper::body::Incoming;
use ::hyper::ext::ReasonPhrase;
use ::hyper::server::conn::http1::{Builder, UpgradeableConnection};
use ::hyper::service::Service;
use ::hyper::upgrade::{self, OnUpgrade};
use http::{Method, Request, Response, StatusCode};
use wireproof::SendError;
use wireproof::http1::{Action, FieldText};

use super::super::header_map;
use super::Limits;
use super::endpoint::{Common, Half, Side};
use super::outgoing::{Outgoing, refused};
use super::pipe::{Pipe, Shared};
use super::shown::Shown;

/// A new server.
pub(super) fn open(limits: Limits) -> Side<Server> {
    let mut builder = Builder::new();
    builder.half_close(true).auto_date_header(false);
    limits.head.map(|n| builder.max_header_size(n));
    limits.fields.map(|n| builder.max_headers(n));
    let (pipe, desk) = (Pipe::new(), Shared::new(Desk::default()));
    let connection = builder.serve_connection(pipe.clone(), Application(desk.clone())).with_upgrades();
    let half = Server { connection: Some(Box::pin(connection)), desk, waiting: None };
    Side { half, common: Common::new(pipe) }
}

/// Between hyper, which brings requests, and the script, which brings responses.
#[derive(Default)]
struct Desk {
    request: Option<Request<Incoming>>,
    response: Option<Response<Outgoing>>,
    reply: Option<Waker>,
}

/// The service.
struct Application(Shared<Desk>);

impl Service<Request<Incoming>> for Application {
    type Response = Response<Outgoing>;
    type Error = Infallible;
    type Future = Reply;

    fn call(&self, request: Request<Incoming>) -> Reply {
        self.0.lock().request = Some(request);
        Reply(self.0.clone())
    }
}

/// The response to come.
struct Reply(Shared<Desk>);

impl Future for Reply {
    type Output = Result<Response<Outgoing>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut desk = self.0.lock();
        if let Some(response) = desk.response.take() {
            return Poll::Ready(Ok(response));
        }
        desk.reply = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// The server's half of an endpoint.
pub(super) struct Server {
    connection: Option<Pin<Box<UpgradeableConnection<Pipe, Application>>>>,
    desk: Shared<Desk>,
    /// The request that waits for a response.
    waiting: Option<Waiting>,
}

struct Waiting {
    connect: bool,
    switch: OnUpgrade,
}

impl Half for Server {
    fn poll(&mut self, common: &mut Common, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && let Poll::Ready(outcome) = connection.as_mut().poll(cx)
        {
            self.connection = None;
            common.outcome = Some(outcome);
        }
        let request = self.desk.lock().request.take();
        if let Some(mut request) = request {
            common.poll_content(cx);
            let connect = request.method() == Method::CONNECT;
            self.waiting = Some(Waiting { connect, switch: upgrade::on(&mut request) });
            let (head, content) = request.into_parts();
            common.begin(Shown::request(head), content);
        }
    }

    fn start(&mut self, action: &Action, common: &mut Common) -> Result<(), SendError> {
        let Action::Response { status, reason, fields } = action else {
            return Err(SendError::Cannot("hyper's service gives one response to each request".to_owned()));
        };
        let content = Outgoing::new();
        let response = response(*status, reason, fields, content.clone())?;
        let waiting = self.waiting.take().ok_or_else(|| refused("no request is waiting for a response"))?;
        let status = response.status();
        if status == StatusCode::SWITCHING_PROTOCOLS || waiting.connect && status.is_success() {
            common.switch = Some(waiting.switch);
        }
        common.outgoing = Some(content);
        let mut desk = self.desk.lock();
        desk.response = Some(response);
        if let Some(reply) = desk.reply.take() {
            reply.wake();
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.as_mut().graceful_shutdown();
        }
    }
}

/// A response in hyper's type. hyper writes the usual reason phrase unless it is given one.
fn response(
    status: u16,
    reason: &[u8],
    fields: &FieldText,
    content: Outgoing,
) -> Result<Response<Outgoing>, SendError> {
    let mut response = Response::new(content);
    *response.status_mut() = StatusCode::from_u16(status).map_err(refused)?;
    *response.headers_mut() = header_map(fields)?;
    if response.status().canonical_reason().map(str::as_bytes) != Some(reason) {
        let reason = ReasonPhrase::try_from(reason.to_vec()).map_err(refused)?;
        response.extensions_mut().insert(reason);
    }
    Ok(response)
}
