//! Who the client is: the peer, or whom trusted proxies say they speak for.

use crate::config::Network;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use std::net::{IpAddr, SocketAddr};

/// Tells the request its client's address, and gives it: the peer's, or what a trusted proxy says.
pub fn resolve<B>(peer: SocketAddr, request: &mut Request<B>, trusted: &[Network]) -> IpAddr {
    let mut client = peer;
    if let Some(address) = client_of(peer.ip(), request.headers(), trusted) {
        client.set_ip(address);
        // It has been used up: what reads it later must not trust it anew.
        request.headers_mut().remove("x-forwarded-for");
    }
    request.extensions_mut().insert(ConnectInfo(client));
    client.ip()
}

/// The last address in `X-Forwarded-For` that no trusted proxy has: each proxy adds its peer at the end.
fn client_of(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| trusted.iter().any(|n| n.contains(address));
    if !is_trusted(peer) {
        return None;
    }
    let lines = headers.get_all("x-forwarded-for");
    let all: Vec<&str> = lines.iter().filter_map(|v| v.to_str().ok()).collect();
    let joined = all.join(",");
    let mut furthest = None;
    for item in joined.rsplit(',') {
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
            headers.insert("x-forwarded-for", forwarded.parse().expect("a header"));
            let found = client_of(peer.parse().expect("an address"), &headers, &trusted);
            let expected = client.map(|c| c.parse().expect("an address"));
            assert_eq!(found, expected, "{peer} {forwarded}");
        }
    }
}
