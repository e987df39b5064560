//! A connection as long as nothing but requests of the lanes comes over it: read, answered and written here, one after
//! the other, without what a connection for everything needs.

use super::limit::Limit;
use super::wire::{self, Keep, Taken};
use super::{Express, Lane, spelled};
use crate::http::gate::Gate;
use axum::http::Request;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use std::future::ready;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Room for a request before it comes, in bytes: most fit.
const ROOM: usize = 4 * 1024;

/// What goes on with a connection.
pub enum Left {
    /// It has ended.
    Closed,
    /// Something else than a request of a lane came: these bytes were read and not looked at.
    Other(TcpStream, Bytes),
}

/// Answers what comes over a connection until it ends, `stop` says so between two requests, or something comes that
/// is for others.
pub async fn serve(
    mut stream: TcpStream,
    peer: SocketAddr,
    (gate, express): (&Gate, &Express),
    stop: impl Future<Output = ()>,
) -> Left {
    let mut stop = pin!(stop);
    let mut input = BytesMut::with_capacity(ROOM);
    let mut output = Vec::new();
    let mut limit = Limit::default();
    loop {
        match wire::take(&mut input) {
            Taken::Request(lane, request, keep) => {
                limit.begin();
                let answer = answer(lane, request, peer, (gate, express), &mut limit).await;
                output.clear();
                let (head, body) = answer.into_parts();
                let Ok(body) = spelled(body).await else {
                    return Left::Closed;
                };
                wire::put(&Response::from_parts(head, ()), &body, keep, &mut output);
                limit.begin();
                let written = limit.within(stream.write_all(&output)).await;
                if keep == Keep::Closed || !matches!(written, Some(Ok(()))) {
                    return Left::Closed;
                }
                limit.begin();
            }
            Taken::Part => {
                let was_idle = input.is_empty();
                input.reserve(ROOM);
                let read = read(&mut stream, &mut input, stop.as_mut());
                match limit.within(read).await {
                    Some(Some(count)) if count > 0 => {}
                    _ => return Left::Closed,
                }
                if was_idle {
                    // How long the connection lay idle is not taken from the request.
                    limit.begin();
                }
            }
            Taken::Other => return Left::Other(stream, input.freeze()),
        }
    }
}

/// Reads on. `None` when the connection broke, or the server stops and nothing of a request is there.
async fn read(
    stream: &mut TcpStream,
    input: &mut BytesMut,
    stop: Pin<&mut impl Future<Output = ()>>,
) -> Option<usize> {
    if !input.is_empty() {
        return stream.read_buf(input).await.ok();
    }
    tokio::select! {
        biased;
        read = stream.read_buf(input) => read.ok(),
        () = stop => None,
    }
}

async fn answer(
    lane: Lane,
    request: Request<Bytes>,
    peer: SocketAddr,
    (gate, express): (&Gate, &Express),
    limit: &mut Limit,
) -> Response {
    match gate.enter(peer, &request) {
        Ok(_entered) => {
            let (head, body) = request.into_parts();
            express.answer(lane, head, ready(Ok(body)), limit).await
        }
        Err(turned_away) => {
            gate.hold().await;
            *turned_away
        }
    }
}
