//! Devices on which members are told what they wait for: how a browser is known again, and what it is called.
//!
//! A browser remembers in a cookie which of whose devices it is. So the shop itself can forget the device when somebody
//! signs out there, with a script or without.

use api::hex;
use commerce::customer::PushDevice;
use commerce::id::CustomerId;
use sha2::{Digest, Sha256};

/// The cookie's name.
pub const COOKIE: &str = "sesame_device";
/// Bytes of the digest that a device is known by.
const ID_BYTES: usize = 16;

/// Whose device this browser is, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// The member.
    pub member: CustomerId,
    /// The device, as [`id_of`] names it.
    pub device: String,
}

impl Here {
    /// Reads the cookie.
    pub fn read(cookie: &str) -> Option<Self> {
        let (member, device) = cookie.split_once('.')?;
        let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        let is_id = device.len() == 2 * ID_BYTES && device.chars().all(is_digit);
        let member = CustomerId::parse(member).filter(|_| is_id)?;
        let device = device.to_string();
        Some(Self { member, device })
    }

    /// What the cookie says.
    pub fn write(&self) -> String {
        format!("{}.{}", self.member, self.device)
    }
}

/// Names a device: who does not know where it is written to cannot guess it, and who sees it learns nothing.
pub fn id_of(device: &PushDevice) -> String {
    hex::of(&Sha256::digest(&device.endpoint)[..ID_BYTES])
}

/// The push service that passes messages on to a device.
pub fn host_of(device: &PushDevice) -> &str {
    let (_, rest) = device.endpoint.split_once("://").unwrap_or_default();
    rest.split('/').next().unwrap_or_default()
}

/// Browsers by what they alone say of themselves; those that pretend to be others come first.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("AppleWebKit/", "Safari"),
];

/// Systems, likewise.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// What somebody recognizes their device by, such as `Chrome · Android`: in no language, and empty when nothing is known.
pub fn name_of(user_agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| {
        let mut found = names.iter().filter(|(mark, _)| user_agent.contains(mark));
        found.next().map(|(_, name)| *name)
    };
    let parts = [known(&BROWSERS), known(&SYSTEMS)];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(endpoint: &str) -> PushDevice {
        PushDevice {
            endpoint: endpoint.to_string(),
            p256dh: String::new(),
            auth: String::new(),
            since: 0,
            name: String::new(),
        }
    }

    #[test]
    fn a_browser_knows_again_which_device_it_is() {
        let device = device("https://web.push.apple.com/x");
        let here = Here {
            member: CustomerId(0x1234_5678_9abc_de00),
            device: id_of(&device),
        };
        assert_eq!(Here::read(&here.write()), Some(here.clone()));
        assert_eq!(host_of(&device), "web.push.apple.com");
        let member = here.member;
        for bad in [
            String::new(),
            ".".to_string(),
            member.to_string(),
            format!("{member}."),
            format!("{member}.{}", &here.device[1..]),
            format!("{member}.{}", here.device.to_uppercase()),
            format!("{}x", here.write()),
            format!(".{}", here.device),
        ] {
            assert_ne!(Here::read(&bad), Some(here.clone()), "{bad}");
        }
    }

    #[test]
    fn devices_are_called_what_they_say_they_are() {
        for (user_agent, name) in [
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0",
                "Firefox · Mac",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
                "Safari · iPhone",
            ),
            ("curl/8", ""),
            ("", ""),
        ] {
            assert_eq!(name_of(user_agent), name, "{user_agent}");
        }
    }
}
