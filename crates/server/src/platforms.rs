//! Shopping platforms, seen from the server: their profiles are fetched and they are told of their orders.
//!
//! The addresses come from strangers. None of them may lead into the operator's own network.

use crate::payments::Attempt;
use api::ucp::Ucp;
use api::ucp::platform::{Fetch, ProfileSource};
use api::ucp::version::Version;
use api::ucp::webhook::{self, Delivery};
use commerce::event::OrderNews;
use commerce::id::GroupId;
use connectors::http::{HttpAnswer, HttpCall, HttpClient, HttpError, HttpSettings};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// Time for one request, milliseconds.
const TIMEOUT_MS: u64 = 3_000;

/// How far requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// `https` to public addresses.
    Public,
    /// This machine too: for test suites.
    Local,
}

/// The way to platforms; cheap to clone.
#[derive(Debug, Clone)]
pub struct Outside {
    http: HttpClient,
    reach: Reach,
}

impl Outside {
    /// A way out that goes as far as `reach`.
    ///
    /// # Errors
    /// When no HTTP client can be made on this system.
    pub fn new(reach: Reach) -> Result<Self, HttpError> {
        let http = HttpClient::new(HttpSettings {
            timeout_ms: TIMEOUT_MS,
            attempts: 1,
        })?;
        Ok(Self { http, reach })
    }

    async fn call(&self, call: HttpCall) -> Result<HttpAnswer, String> {
        if self.reach == Reach::Public {
            check_public(&call.url).await?;
        }
        self.http.call(&call).await.map_err(|e| e.to_string())
    }

    async fn post(&self, delivery: Delivery) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        for (name, value) in delivery.headers {
            let value = HeaderValue::from_str(&value).map_err(|e| e.to_string())?;
            headers.insert(HeaderName::from_static(name), value);
        }
        let call = HttpCall {
            method: Method::POST,
            url: delivery.url,
            headers,
            body: delivery.body,
        };
        let answer = self.call(call).await?;
        match answer.status {
            200..=299 => Ok(()),
            status => Err(format!("the platform answered {status}")),
        }
    }
}

impl ProfileSource for Outside {
    fn fetch<'a>(&'a self, url: &'a str) -> Fetch<'a> {
        Box::pin(async move {
            let call = HttpCall {
                method: Method::GET,
                url: url.to_owned(),
                headers: HeaderMap::new(),
                body: Vec::new(),
            };
            let answer = self.call(call).await?;
            match answer.status {
                200 => Ok(answer.body),
                status => Err(format!("the platform answered {status}")),
            }
        })
    }
}

/// Refuses an address that is not `https`, or whose host is not public.
async fn check_public(url: &str) -> Result<(), String> {
    let url = reqwest::Url::parse(url).map_err(|e| e.to_string())?;
    let host = url
        .host_str()
        .filter(|_| url.scheme() == "https")
        .ok_or("only https addresses are reached")?;
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await;
    let mut addresses = found.map_err(|e| e.to_string())?.peekable();
    if addresses.peek().is_some() && addresses.all(|address| is_public(address.ip())) {
        Ok(())
    } else {
        Err("the address is not public".to_owned())
    }
}

/// Whether an address belongs to the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_documentation()
        || shared
        || first == 0
        || first >= 240)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; everything else is local, multicast or unassigned.
    address.segments()[0] >> 13 == 1
}

/// Tells platforms what became of the orders they brought.
#[derive(Clone)]
pub struct Herald {
    ucp: Ucp,
    outside: Arc<Outside>,
}

impl Herald {
    /// A herald of this shop.
    pub fn new(ucp: Ucp, outside: Arc<Outside>) -> Self {
        Self { ucp, outside }
    }

    /// Tries once to deliver a piece of news.
    pub async fn tell(&self, group: GroupId, news: OrderNews, effect: u64) -> Attempt {
        let desk = self.ucp.desk(Version::CURRENT);
        match webhook::delivery(&desk, group, news, effect).await {
            Ok(None) => Attempt::Done,
            Ok(Some(delivery)) => match self.outside.post(delivery).await {
                Ok(()) => Attempt::Done,
                // A suite's agent listens during its own test alone: later it would hear of other tests' orders.
                Err(reason) if self.outside.reach == Reach::Local => {
                    tracing::info!(reason, "a test platform was not told");
                    Attempt::Done
                }
                Err(reason) => Attempt::Again(reason),
            },
            Err(problem) => Attempt::Again(problem.content),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached() {
        let check = |address: &str, public| {
            let parsed = address.parse().expect("an address");
            assert_eq!(is_public(parsed), public, "{address}");
        };
        check("127.0.0.1", false);
        check("10.1.2.3", false);
        check("172.16.0.1", false);
        check("192.168.1.1", false);
        check("169.254.169.254", false);
        check("100.64.0.1", false);
        check("0.0.0.0", false);
        check("::1", false);
        check("fe80::1", false);
        check("fd00::1", false);
        check("::ffff:127.0.0.1", false);
        check("93.184.215.14", true);
        check("2606:4700::1111", true);
    }

    #[tokio::test]
    async fn strangers_addresses_are_checked_first() {
        for url in [
            "http://a.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "file:///etc/passwd",
            "x",
        ] {
            assert!(check_public(url).await.is_err(), "{url}");
        }
    }
}
