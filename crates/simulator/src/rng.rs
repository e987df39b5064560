//! Random numbers that are the same for the same seed, today and in ten years: splitmix64, ours, so that
//! no update of a crate can make a kept case mean something else.

/// Turns a counter into well-spread bits (Steele, Lea, Flood 2014: splitmix64's finalizer).
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A stream of its own for one part of a run: what other parts draw does not change it.
    pub fn of(seed: u64, part: u64) -> Self {
        Self(mix(mix(seed) ^ part.rotate_left(32)))
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A place in a list of this length.
    pub fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as u64) as i64
    }

    /// Yes in so many of 100 cases.
    pub fn percent(&mut self, share: u32) -> bool {
        self.below(100) < u64::from(share)
    }

    /// Yes in so many of 1,000 cases.
    pub fn per_mille(&mut self, share: u32) -> bool {
        self.below(1_000) < u64::from(share)
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.index(from.len())]
    }
}
