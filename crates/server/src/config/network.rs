//! Addresses of machines that are trusted with something: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.

use std::net::{IpAddr, Ipv6Addr};

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: Ipv6Addr,
    bits: u32,
}

/// IPv4 addresses as IPv6 sees them begin with this many fixed bits.
const IPV4_BITS: u32 = 96;

fn widen(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    }
}

impl Network {
    /// Reads an address, or an address with the number of its leading bits that count.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let (fixed, width) = if address.is_ipv4() {
            (IPV4_BITS, 32)
        } else {
            (0, 128)
        };
        let bits = bits.unwrap_or(width);
        (bits <= width).then(|| Self {
            first: widen(address),
            bits: fixed + bits,
        })
    }

    /// Whether the address is in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        let differing = self.first.to_bits() ^ widen(address).to_bits();
        differing.leading_zeros() >= self.bits
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn ranges_hold_their_addresses_alone() {
        for (network, address, inside) in [
            ("127.0.0.0/8", "127.9.9.9", true),
            ("127.0.0.0/8", "128.0.0.1", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("::1", "::1", true),
            ("::1", "127.0.0.1", false),
            ("fd00::/8", "fd12::1", true),
            ("0.0.0.0/0", "9.9.9.9", true),
            ("0.0.0.0/0", "::1", false),
        ] {
            let parsed = Network::parse(network).expect(network);
            let address = address.parse().expect("an address");
            assert_eq!(parsed.contains(address), inside, "{network} {address}");
        }
        for wrong in ["", "localhost", "10.0.0.0/33", "::1/129", "10.0.0.0/x"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }
}
