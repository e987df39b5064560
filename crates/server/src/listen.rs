//! Taking connections: each with limits on its head and its idleness, all ended in order when the server
//! stops.
//!
//! HTTP/1.1 alone is spoken: what faces the internet in front of it brings TLS and HTTP/2.

use crate::health::Health;
use crate::http::express::line::{self, Left};
use crate::http::express::{Express, Lane};
use crate::http::gate::Gate;
use axum::Router;
use axum::body::Bytes;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, join};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service;

/// Connections at once; a further one waits to be taken.
const CONNECTIONS_MAX: usize = 16_384;
/// How long a client may take over the head of a request, and how long a connection may lie idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest head of a request, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Header lines of a request at most.
const HEADERS_MAX: usize = 100;
/// How long accepted requests may take once the server stops.
const GRACE: Duration = Duration::from_secs(10);
/// The pause after the system gave no connection, as when it has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `health` says stop; then no new connection is taken, and what was accepted is finished
/// within [`GRACE`]. Nothing passes but through the gate.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    gate: Arc<Gate>,
    express: Arc<Express>,
    health: &Arc<Health>,
) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let stop = health.stopped();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let (stream, peer, slot) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (router, watcher) = (router.clone(), graceful.watcher());
        let (gate, express, stop) = (gate.clone(), express.clone(), health.stopped());
        tokio::spawn(async move {
            match line::serve(stream, peer, (&gate, &express), stop).await {
                Left::Closed => {}
                Left::Other(stream, read) => {
                    let connection = connection((stream, read), peer, router, gate, express);
                    // A client that went away is no error of ours.
                    drop(watcher.watch(connection).await);
                }
            }
            drop(slot);
        });
    }
    drop(listener);
    let waiting = graceful.count();
    tracing::info!(
        connections = waiting,
        "stopping: no new requests, the accepted ones are answered"
    );
    if tokio::time::timeout(GRACE, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests were not done in time and are cut off");
    }
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> std::io::Result<Accepted> {
    let slot = slots.clone().acquire_owned().await;
    let slot = slot.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // Answers are written whole: waiting to fill packets would only delay them.
    stream.set_nodelay(true)?;
    Ok((stream, peer, slot))
}

/// A connection for everything; `read` was read from it before.
fn connection(
    (stream, read): (TcpStream, Bytes),
    peer: SocketAddr,
    router: Router,
    gate: Arc<Gate>,
    express: Arc<Express>,
) -> impl hyper_util::server::graceful::GracefulConnection {
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        let entered = gate.enter(peer, &request);
        let (mut router, express, gate) = (router.clone(), express.clone(), gate.clone());
        async move {
            match entered {
                Ok(entered) => {
                    let answer = match Lane::of(&request) {
                        Some(lane) => Ok(express.answer_arriving(lane, request).await),
                        None => {
                            entered.client.tell(&mut request);
                            router.call(request).await
                        }
                    };
                    drop(entered.permit);
                    answer
                }
                Err(turned_away) => {
                    gate.hold().await;
                    Ok::<_, Infallible>(*turned_away)
                }
            }
        }
    });
    let (rest, writer) = stream.into_split();
    let reader = std::io::Cursor::new(read).chain(rest);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(
            TokioIo::new(join(reader, writer)),
            TowerToHyperService::new(service),
        )
}
