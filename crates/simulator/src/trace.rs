//! What happened, as a hash that is always kept and as lines that are written only when asked for.

use std::fmt::Write;

/// The trace of a run: the same seed gives the same one, byte for byte.
#[derive(Debug, Default)]
pub struct Trace {
    hash: u64,
    lines: Option<String>,
}

impl Trace {
    /// A trace that keeps its lines.
    pub fn with_lines() -> Self {
        Self {
            hash: 0,
            lines: Some(String::new()),
        }
    }

    /// Notes that something happened at a virtual time, to whom and with what.
    pub fn note(&mut self, at: i64, what: &'static str, who: u64, with: u64) {
        for word in [
            at as u64,
            what.len() as u64 ^ u64::from(what.as_bytes()[0]) << 8,
            who,
            with,
        ] {
            self.hash = (self.hash ^ word)
                .wrapping_mul(0x0000_0100_0000_01b3)
                .rotate_left(29);
        }
        if let Some(lines) = &mut self.lines {
            writeln!(lines, "{at:>10} {what:<12} {who:x} {with:x}").expect("memory takes it");
        }
    }

    /// The hash of all notes.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// The lines, if they were kept.
    pub fn into_lines(self) -> Option<String> {
        self.lines
    }
}
