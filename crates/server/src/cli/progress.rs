//! One line on a terminal that says how far a command is; nothing when nobody looks.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// The shortest time between two drawings.
const INTERVAL: Duration = Duration::from_millis(100);

/// A line that is drawn over and over.
pub struct Progress {
    shown: bool,
    drawn: Option<Instant>,
}

impl Progress {
    /// A line on standard error, if that is a terminal.
    pub fn new() -> Self {
        Self {
            shown: stderr().is_terminal(),
            drawn: None,
        }
    }

    /// Says what begins now: in the line, or as a line of its own where nothing can be drawn over.
    pub fn phase(&mut self, line: &str) {
        if self.shown {
            self.drawn = None;
            self.say(|| line.to_string());
        } else {
            eprintln!("{line}");
        }
    }

    /// Draws the line anew, unless that was done a moment ago.
    pub fn say(&mut self, line: impl FnOnce() -> String) {
        let fresh = self.drawn.is_some_and(|at| at.elapsed() < INTERVAL);
        if self.shown && !fresh {
            self.drawn = Some(Instant::now());
            // A terminal that went away is no reason to stop.
            drop(write!(stderr(), "\r\x1b[K{}", line()));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            drop(write!(stderr(), "\r\x1b[K"));
        }
    }
}

/// A count with its thousands apart: `1,234,567`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }
}
