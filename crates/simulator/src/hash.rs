//! A quick hash with a fixed start, for maps that are asked and never walked: the order of a walk must
//! not come from a hash.

use crate::rng::mix;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Mixes whole words.
#[derive(Debug, Default, Clone)]
pub struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        mix(self.0)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(23);
    }

    fn write_u128(&mut self, word: u128) {
        self.write_u64(word as u64);
        self.write_u64((word >> 64) as u64);
    }
}

/// A map that is asked and never walked.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Mixer>>;
