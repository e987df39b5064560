//! Who the client is: the peer, or whom trusted proxies say they speak for.

use crate::config::Network;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use std::net::{IpAddr, SocketAddr};

/// Who a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// The peer's address, or the one that a trusted proxy gives for it.
    pub address: SocketAddr,
    /// Whether a trusted proxy gave it.
    is_forwarded: bool,
}

impl Client {
    /// The client of a request.
    pub fn of(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let forwarded = client_of(peer.ip(), headers, trusted);
        Self {
            address: SocketAddr::new(forwarded.unwrap_or(peer.ip()), peer.port()),
            is_forwarded: forwarded.is_some(),
        }
    }

    /// Tells the request.
    pub fn tell<B>(self, request: &mut Request<B>) {
        if self.is_forwarded {
            // It has been used up: what reads it later must not trust it anew.
            request.headers_mut().remove(FORWARDED);
        }
        request.extensions_mut().insert(ConnectInfo(self.address));
    }
}

/// Whom a proxy speaks for.
const FORWARDED: &str = "x-forwarded-for";

/// The last address in `X-Forwarded-For` that no trusted proxy has: each proxy adds its peer at the end.
fn client_of(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| trusted.iter().any(|n| n.contains(address));
    if !is_trusted(peer) {
        return None;
    }
    let lines = headers.get_all(FORWARDED).iter().rev();
    let items = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.rsplit(','));
    let mut furthest = None;
    for item in items {
        let Ok(address) = item.trim().parse::<IpAddr>() else {
            break;
        };
        furthest = Some(address);
        if !is_trusted(address) {
            break;
        }
    }
    furthest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_lines_are_one_list() {
        let trusted = [Network::parse("10.0.0.0/8").expect("a network")];
        let mut headers = HeaderMap::new();
        for line in ["1.1.1.1, 2.2.2.2", "10.0.0.7"] {
            headers.append(FORWARDED, line.parse().expect("a header"));
        }
        let peer = "10.0.0.1".parse().expect("an address");
        let found = client_of(peer, &headers, &trusted);
        assert_eq!(found, Some("2.2.2.2".parse().expect("an address")));
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = [Network::parse("10.0.0.0/8").expect("a network")];
        for (peer, forwarded, client) in [
            ("9.9.9.9", "1.2.3.4", None),
            ("10.0.0.1", "1.2.3.4", Some("1.2.3.4")),
            ("10.0.0.1", "6.6.6.6, 1.2.3.4", Some("1.2.3.4")),
            ("10.0.0.1", "1.2.3.4, 10.0.0.2", Some("1.2.3.4")),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", Some("10.0.0.3")),
            ("10.0.0.1", "nonsense, 10.0.0.2", Some("10.0.0.2")),
            ("10.0.0.1", "nonsense", None),
            ("10.0.0.1", "2001:db8::1", Some("2001:db8::1")),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED, forwarded.parse().expect("a header"));
            let found = client_of(peer.parse().expect("an address"), &headers, &trusted);
            let expected = client.map(|c| c.parse().expect("an address"));
            assert_eq!(found, expected, "{peer} {forwarded}");
        }
    }
}
