//! Limits per client: a token bucket for each key, in a table of fixed size, without a lock.
//!
//! A bucket is one number: the time at which it is full again (the generic cell rate algorithm, ITU-T I.371).
//! One that is full says nothing, so its place can be given away: forgetting costs nobody anything. Two threads
//! that meet in one place may let one request too many through, never fewer.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};

/// Places a key may have in the table.
const WAYS: usize = 4;
/// Groups of [`WAYS`] places.
const SETS: usize = 16_384;
/// Bits of an IPv6 address that tell clients apart: a household or a phone has the rest to itself.
const IPV6_PREFIX_BITS: u32 = 64;
const SECOND_NS: u64 = 1_000_000_000;

/// How much a client may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests per second in the long run; 0 for no limit.
    pub per_second: u32,
    /// Requests at once after a pause.
    pub burst: u32,
}

impl Rate {
    /// Nanoseconds between two requests in the long run.
    fn gap_ns(self) -> u64 {
        SECOND_NS / u64::from(self.per_second.max(1))
    }
}

/// A client has used up what it may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooFast {
    /// Seconds until the next request is let through.
    pub retry_after_s: u32,
}

#[derive(Default)]
struct Place {
    key: AtomicU64,
    /// When the bucket is full again, in nanoseconds of the caller's clock.
    full_at: AtomicU64,
}

/// The buckets.
pub struct Clients {
    places: Box<[[Place; WAYS]]>,
    hasher: RandomState,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            places: (0..SETS).map(|_| Default::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl Clients {
    /// The key of an address for one kind of bucket. Keys differ from start to start, so that nobody can choose
    /// addresses that share a place.
    pub fn key_of_address(&self, address: IpAddr, bucket: u8) -> u64 {
        let wide = match address {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(_) => v6.to_bits(),
                None => v6.to_bits() & prefix_mask(),
            },
        };
        self.key((wide, bucket))
    }

    /// The key of anything else.
    pub fn key(&self, of: impl Hash) -> u64 {
        // Zero stands for a place that was never used.
        self.hasher.hash_one(of).max(1)
    }

    /// Takes one token at `now_ns` (nanoseconds of a clock that never goes back).
    ///
    /// # Errors
    /// [`TooFast`] when there is none; nothing was taken then.
    pub fn take(&self, key: u64, rate: Rate, now_ns: u64) -> Result<(), TooFast> {
        if rate.per_second == 0 {
            return Ok(());
        }
        let place = self.place(key);
        let tolerance = rate.gap_ns() * u64::from(rate.burst.max(1) - 1);
        let mut full_at = place.full_at.load(Ordering::Relaxed);
        loop {
            let base = full_at.max(now_ns);
            let early = base - now_ns;
            if early > tolerance {
                let wait_s = (early - tolerance).div_ceil(SECOND_NS).max(1);
                let retry_after_s = u32::try_from(wait_s).unwrap_or(u32::MAX);
                return Err(TooFast { retry_after_s });
            }
            let next = base + rate.gap_ns();
            match place.full_at.compare_exchange_weak(
                full_at,
                next,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(()),
                Err(other) => full_at = other,
            }
        }
    }

    /// The key's place; for a new key the one whose bucket is full again first.
    fn place(&self, key: u64) -> &Place {
        let set = &self.places[key as usize % SETS];
        let found = set.iter().find(|p| p.key.load(Ordering::Relaxed) == key);
        found.unwrap_or_else(|| {
            let oldest = set
                .iter()
                .min_by_key(|p| p.full_at.load(Ordering::Relaxed))
                .expect("a set has places");
            oldest.key.store(key, Ordering::Relaxed);
            oldest.full_at.store(0, Ordering::Relaxed);
            oldest
        })
    }
}

fn prefix_mask() -> u128 {
    Ipv6Addr::from_bits(u128::MAX << IPV6_PREFIX_BITS).to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_second: 10,
        burst: 5,
    };

    fn taken(clients: &Clients, key: u64, tries: u32, now_ns: u64) -> u32 {
        let one = |_| u32::from(clients.take(key, RATE, now_ns).is_ok());
        (0..tries).map(one).sum()
    }

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let clients = Clients::default();
        let key = clients.key_of_address("9.9.9.9".parse().expect("an address"), 0);
        assert_eq!(taken(&clients, key, 20, 0), 5);
        assert_eq!(
            clients.take(key, RATE, 0),
            Err(TooFast { retry_after_s: 1 })
        );
        let other = clients.key_of_address("9.9.9.8".parse().expect("an address"), 0);
        assert_eq!(taken(&clients, other, 20, 0), 5, "another client");
        let mut later = 0;
        for tenth in 1..=100 {
            later += taken(&clients, key, 3, tenth * SECOND_NS / 10);
        }
        assert_eq!(later, 100, "ten a second for ten seconds");
        assert_eq!(taken(&clients, key, 20, 60 * SECOND_NS), 5, "full again");
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds() {
        let clients = Clients::default();
        let slow = Rate {
            per_second: 1,
            burst: 1,
        };
        assert_eq!(clients.take(7, slow, 0), Ok(()));
        let told = clients.take(7, slow, 1);
        assert_eq!(told, Err(TooFast { retry_after_s: 1 }));
        let unlimited = Rate {
            per_second: 0,
            burst: 0,
        };
        assert_eq!(clients.take(7, unlimited, 1), Ok(()));
    }

    #[test]
    fn a_household_of_ipv6_addresses_is_one_client() {
        let clients = Clients::default();
        let key = |text: &str| clients.key_of_address(text.parse().expect("an address"), 1);
        assert_eq!(key("2001:db8::1"), key("2001:db8::2"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("10.0.0.1"), key("::ffff:10.0.0.1"));
        assert_ne!(key("10.0.0.1"), key("10.0.0.2"));
    }

    #[test]
    fn the_table_forgets_and_does_not_grow() {
        let clients = Clients::default();
        for n in 1..=(4 * SETS * WAYS) as u64 {
            assert_eq!(clients.take(clients.key(n), RATE, 0), Ok(()), "{n}");
        }
    }
}
