//! Recognises where a request comes from: by the tags of its address, by what advertising systems add to links, by a
//! referral code, and last by the page that it was followed from.

use super::sources::{self, medium};
use super::touch::{Landing, Touch};
use axum::http::Uri;

/// A request for a page, as far as it says where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The kind of page.
    pub landing: Landing,
    /// The parameters of the address, decoded.
    pub parameters: &'a [(String, String)],
    /// The page before, as the header says, or empty.
    pub referrer: &'a str,
    /// Hosts that are the shop's own, in lower case, without ports; with and without `www.` is the same.
    pub own_hosts: &'a [&'a str],
    /// When, in UTC milliseconds.
    pub at: i64,
}

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// From another page of the shop: no arrival.
    Within,
    /// From nowhere that is known.
    Direct,
    /// From somebody.
    Outside(Touch),
}

impl Asked<'_> {
    /// Where it comes from. The first of these counts: tags, a click's mark, a referral code, the page before.
    pub fn arrival(&self) -> Arrival {
        let before = Before::of(self.referrer, self.own_hosts);
        let tagged = self.tagged(&before).and_then(Touch::cleaned);
        match (tagged, before) {
            (Some(touch), _) => Arrival::Outside(touch),
            (None, Before::Own) => Arrival::Within,
            (None, Before::Outside { source, medium }) => {
                let touch = self.touch(source, medium.to_string()).cleaned();
                touch.map_or(Arrival::Direct, Arrival::Outside)
            }
            (None, Before::Unknown) => Arrival::Direct,
        }
    }

    fn parameter(&self, name: &str) -> &str {
        let found = self
            .parameters
            .iter()
            .find(|(n, v)| n == name && !v.is_empty());
        found.map_or("", |(_, value)| value)
    }

    fn touch(&self, source: String, medium: String) -> Touch {
        Touch {
            source,
            medium,
            landing: Some(self.landing),
            at: self.at,
            ..Touch::default()
        }
    }

    fn tagged(&self, before: &Before) -> Option<Touch> {
        let tag = |name: &str| self.parameter(name).to_string();
        let tags = Touch {
            campaign: tag("utm_campaign"),
            term: tag("utm_term"),
            content: tag("utm_content"),
            referral: tag("ref"),
            ..self.touch(tag("utm_source"), tag("utm_medium"))
        };
        let clicked = self
            .parameters
            .iter()
            .find_map(|(n, _)| sources::by_click(n));
        let is_tagged = [&tags.source, &tags.medium, &tags.campaign]
            .iter()
            .any(|text| !text.is_empty());
        let (source, medium) = match (clicked, before) {
            _ if !is_tagged && clicked.is_none() && tags.referral.is_empty() => return None,
            (Some((source, medium)), _) => (source.to_string(), medium),
            (None, Before::Outside { source, medium }) => (source.clone(), *medium),
            (None, _) if tags.referral.is_empty() => (String::new(), ""),
            (None, _) => (medium::REFERRAL.to_string(), medium::REFERRAL),
        };
        let or = |said: &str, otherwise: String| match said.trim() {
            "" => otherwise,
            said => said.to_string(),
        };
        Some(Touch {
            source: or(&tags.source, source),
            medium: or(&tags.medium, medium.to_string()),
            ..tags
        })
    }
}

/// The page before.
enum Before {
    Unknown,
    Own,
    Outside {
        source: String,
        medium: &'static str,
    },
}

impl Before {
    fn of(referrer: &str, own_hosts: &[&str]) -> Self {
        let outside = |(source, medium): (&str, _)| Self::Outside {
            source: source.to_string(),
            medium,
        };
        if let Some(rest) = referrer.strip_prefix("android-app://") {
            let name = rest.split('/').next().unwrap_or("");
            return match name {
                "" => Self::Unknown,
                name => outside(sources::by_app(name).unwrap_or((name, medium::REFERRAL))),
            };
        }
        let Some(host) = host_of(referrer) else {
            return Self::Unknown;
        };
        let plain = host.strip_prefix("www.").unwrap_or(&host);
        let is_own = |own: &&str| own.strip_prefix("www.").unwrap_or(own) == plain;
        if own_hosts.iter().any(is_own) {
            return Self::Own;
        }
        outside(sources::by_host(&host).unwrap_or((plain, medium::REFERRAL)))
    }
}

/// The host of a web address, in lower case, if it can be one: letters, digits, dots, hyphens, or an IPv6 address.
pub fn host_of(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return None;
    }
    let host = uri.host()?.trim_end_matches('.').to_ascii_lowercase();
    let is_plain =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    (!host.is_empty() && host.bytes().all(is_plain)).then_some(host)
}

#[cfg(test)]
#[path = "arrival_tests.rs"]
mod tests;
