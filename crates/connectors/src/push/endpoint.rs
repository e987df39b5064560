//! Where a push service takes messages for a browser. A browser hands the address to its page, and the page to us:
//! whoever writes it could have the server call anything. So it is called only if it belongs to a service that browsers
//! really use, or to a host that the operator named.

use commerce::limits::ENDPOINT_CHARS_MAX;
use reqwest::Url;

/// The services of browsers: these names, and what lies below them.
const SERVICES: [&str; 4] = [
    // Chrome, Edge on Android, Opera, Samsung Internet.
    "fcm.googleapis.com",
    // Firefox.
    "push.services.mozilla.com",
    // Safari.
    "push.apple.com",
    // Edge on Windows.
    "notify.windows.com",
];

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    /// It is no address, or not written as the URL standard writes it.
    #[error("it is no address of a push service")]
    Malformed,
    /// Its host is none of those that are known.
    #[error("its push service is not known here")]
    Unknown,
}

/// A host that an operator named beside the known services, such as one of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    /// Reads `push.example` or `push.example:8443`, as the URL standard writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let written = format!("https://{text}/");
        let url = Url::parse(&written).ok()?;
        let is_alone = !text.contains(['/', '?', '#', '@']) && url.as_str() == written;
        let name = url.host_str()?.to_string();
        let port = url.port();
        is_alone.then_some(Self { name, port })
    }

    /// Whether it is this machine.
    pub fn is_local(&self) -> bool {
        ["localhost", "127.0.0.1", "[::1]"].contains(&self.name.as_str())
    }
}

/// Which push services are called.
#[derive(Debug, Clone, Default)]
pub struct Services {
    added: Vec<Host>,
}

impl Services {
    /// Those of browsers, and these hosts.
    pub fn with(added: Vec<Host>) -> Self {
        Self { added }
    }

    fn takes(&self, url: &Url) -> bool {
        let Some(name) = url.host_str() else {
            return false;
        };
        let is_below = |service: &str| {
            let rest = name.strip_suffix(service);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let is_usual = url.scheme() == "https" && url.port().is_none();
        if is_usual && SERVICES.iter().any(|service| is_below(service)) {
            return true;
        }
        self.added.iter().any(|host| {
            let is_safe = url.scheme() == "https" || (url.scheme() == "http" && host.is_local());
            is_safe && host.name == name && host.port == url.port()
        })
    }
}

/// An address that may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Reads an address. It has to be written as the URL standard writes it, which browsers do: what was looked at is
    /// then, letter by letter, what is called.
    ///
    /// # Errors
    /// As [`BadEndpoint`] says.
    pub fn parse(text: &str, services: &Services) -> Result<Self, BadEndpoint> {
        if text.len() > ENDPOINT_CHARS_MAX {
            return Err(BadEndpoint::Malformed);
        }
        let url = Url::parse(text).map_err(|_| BadEndpoint::Malformed)?;
        let is_named = !url.username().is_empty() || url.password().is_some();
        if url.as_str() != text || is_named || url.fragment().is_some() {
            return Err(BadEndpoint::Malformed);
        }
        match services.takes(&url) {
            true => Ok(Self(url)),
            false => Err(BadEndpoint::Unknown),
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Scheme, host and port: whom a proof of who we are is made out to.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, added: &[&str]) -> Result<String, BadEndpoint> {
        let added = added.iter().map(|h| Host::parse(h).expect("a host"));
        let services = Services::with(added.collect());
        Endpoint::parse(text, &services).map(|e| e.origin())
    }

    // Long because it is one table of addresses.
    #[test]
    fn services_of_browsers_are_called_and_nothing_else_is() {
        for (text, origin) in [
            (
                "https://fcm.googleapis.com/fcm/send/c1:APA91b-_x",
                "https://fcm.googleapis.com",
            ),
            (
                "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
                "https://updates.push.services.mozilla.com",
            ),
            (
                "https://web.push.apple.com/QG-1",
                "https://web.push.apple.com",
            ),
            (
                "https://wns2-par02p.notify.windows.com/w/?token=a%2fb",
                "https://wns2-par02p.notify.windows.com",
            ),
        ] {
            assert_eq!(check(text, &[]).as_deref(), Ok(origin), "{text}");
        }
        use BadEndpoint::{Malformed, Unknown};
        for (text, why) in [
            ("", Malformed),
            ("fcm.googleapis.com/x", Malformed),
            ("//fcm.googleapis.com/x", Malformed),
            ("https://fcm.googleapis.com", Malformed),
            ("http://fcm.googleapis.com/x", Unknown),
            ("ftp://fcm.googleapis.com/x", Unknown),
            ("file:///etc/passwd", Unknown),
            ("data:text/plain,x", Unknown),
            ("https://evil.example/x", Unknown),
            ("https://fcm.googleapis.com.evil.example/x", Unknown),
            ("https://evilfcm.googleapis.com/x", Unknown),
            ("https://evil.example/fcm.googleapis.com", Unknown),
            ("https://evil.example/?fcm.googleapis.com", Unknown),
            ("https://fcm.googleapis.com@evil.example/x", Malformed),
            ("https://user@fcm.googleapis.com/x", Malformed),
            ("https://user:word@fcm.googleapis.com/x", Malformed),
            ("https://evil.example\\@fcm.googleapis.com/x", Malformed),
            ("https://fcm.googleapis.com#@evil.example/", Malformed),
            ("https://fcm.googleapis.com/x#y", Malformed),
            ("https://fcm.googleapis.com:8443/x", Unknown),
            ("https://fcm.googleapis.com:443/x", Malformed),
            ("https://fcm.googleapis.com./x", Unknown),
            ("https://FCM.googleapis.com/x", Malformed),
            ("HTTPS://fcm.googleapis.com/x", Malformed),
            ("https://fcm%2Egoogleapis.com/x", Malformed),
            ("https://fcm.googleapis。com/x", Malformed),
            ("https://fcm.googleаpis.com/x", Malformed),
            ("https://xn--fcm-x.example/x", Malformed),
            ("https://fcm.googleapis.com/a b", Malformed),
            ("https://fcm.googleapis.com/a\nb", Malformed),
            (" https://fcm.googleapis.com/x", Malformed),
            ("https://fcm.googleapis.com/a/../b", Malformed),
            ("https://127.0.0.1/x", Unknown),
            ("https://2130706433/x", Malformed),
            ("https://0x7f.1/x", Malformed),
            ("https://[::1]/x", Unknown),
            ("https://[::ffff:7f00:1]/x", Unknown),
            ("https://169.254.169.254/latest/meta-data", Unknown),
            ("https://localhost/x", Unknown),
        ] {
            let found = check(text, &[]);
            let origin_is_ours = found
                .as_deref()
                .is_ok_and(|o| o.ends_with(".googleapis.com"));
            assert!(!origin_is_ours, "{text}");
            // An IDN that is not even one is malformed or unknown, as the parser likes.
            if !text.contains("xn--") {
                assert_eq!(found, Err(why), "{text}");
            }
        }
        let long = format!("https://fcm.googleapis.com/{}", "x".repeat(1_000));
        assert_eq!(check(&long, &[]), Err(Malformed));
    }

    #[test]
    fn hosts_that_were_added_are_called_as_they_were_named() {
        let added = ["push.example", "push.example:8443", "127.0.0.1:9090"];
        for text in [
            "https://push.example/x",
            "https://push.example:8443/x",
            "http://127.0.0.1:9090/x",
            "https://127.0.0.1:9090/x",
        ] {
            assert!(check(text, &added).is_ok(), "{text}");
        }
        for text in [
            "http://push.example/x",
            "https://below.push.example/x",
            "https://push.example:9090/x",
            "http://127.0.0.1/x",
            "http://127.0.0.1:9091/x",
            "http://127.0.0.2:9090/x",
            "http://localhost:9090/x",
        ] {
            assert_eq!(check(text, &added), Err(BadEndpoint::Unknown), "{text}");
        }
        assert!(Host::parse("127.0.0.1:9090").is_some_and(|h| h.is_local()));
        assert!(Host::parse("push.example").is_some_and(|h| !h.is_local()));
        for bad in [
            "",
            "Push.example",
            "push.example/",
            "push.example/x",
            "https://push.example",
            "a@push.example",
            "push.example:443",
            "push.example?x",
            "push.example#x",
            "*.example.com:x",
        ] {
            assert_eq!(Host::parse(bad), None, "{bad}");
        }
    }
}
