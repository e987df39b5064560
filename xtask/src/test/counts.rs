//! How many tests ran, read from what the test runners print at their end.
//! A runner that is not known here counts as one check: its step.

use std::ops::Add;

/// Executed tests. Ignored and skipped ones are in neither number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }
}

impl Counts {
    /// A step without tests of its own that went well is one check passed.
    pub fn or_one_passed(self) -> Self {
        if self == Self::default() {
            Self {
                passed: 1,
                failed: 0,
            }
        } else {
            self
        }
    }

    /// A failed step has at least one failure, whatever its tests say.
    pub fn or_one_failed(self) -> Self {
        Self {
            failed: self.failed.max(1),
            ..self
        }
    }
}

/// Adds up the closing lines of all runners found in `output`.
pub fn read(output: &str) -> Counts {
    output
        .lines()
        .map(str::trim)
        .filter_map(read_line)
        .fold(Counts::default(), Add::add)
}

fn read_line(line: &str) -> Option<Counts> {
    let rest = cargo_test(line)
        .or_else(|| nextest(line))
        .or_else(|| vitest(line))
        .or_else(|| pytest(line))
        .or_else(|| script(line))?;
    let number = |word: &str| number_before(rest, word).unwrap_or(0);
    Some(Counts {
        passed: number("passed"),
        failed: number("failed") + number("timed out") + number("errors"),
    })
}

// test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.03s
fn cargo_test(line: &str) -> Option<&str> {
    line.strip_prefix("test result: ")
}

// Summary [   1.503s] 12 tests run: 11 passed (1 slow), 1 failed, 1 timed out, 0 skipped
fn nextest(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("Summary [")?;
    Some(rest.split_once(" run: ")?.1)
}

// Tests  1 failed | 97 passed (98)
fn vitest(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("Tests  ")?;
    rest.ends_with(')').then_some(rest)
}

// ===== 1 failed, 12 passed in 3.21s =====
fn pytest(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("==")?.trim_matches('=').trim();
    rest.contains(" in ").then_some(rest)
}

// 61 passed, 0 failed
fn script(line: &str) -> Option<&str> {
    let (passed, failed) = line.strip_suffix(" failed")?.split_once(" passed, ")?;
    let is_number = |text: &str| text.parse::<u64>().is_ok();
    (is_number(passed) && is_number(failed)).then_some(line)
}

fn number_before(text: &str, word: &str) -> Option<u64> {
    let before = text[..text.find(&format!(" {word}"))?].trim_end();
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_the_runners() {
        let table = [
            (
                "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.03s",
                12,
                0,
            ),
            (
                "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
                3,
                2,
            ),
            (
                "     Summary [   1.503s] 12 tests run: 11 passed (1 slow), 1 failed, 4 skipped",
                11,
                1,
            ),
            (
                "     Summary [   1.503s] 3/12 tests run: 1 passed, 1 failed, 1 timed out, 4 skipped",
                1,
                2,
            ),
            (
                "     Summary [   0.010s] 1 test run: 1 passed, 0 skipped",
                1,
                0,
            ),
            ("      Tests  98 passed (98)", 98, 0),
            ("      Tests  1 failed | 97 passed (98)", 97, 1),
            ("===== 1 failed, 12 passed in 3.21s =====", 12, 1),
            ("===== 12 passed, 2 warnings in 3.21s =====", 12, 0),
            ("61 passed, 2 failed", 61, 2),
            ("some passed, 2 failed", 0, 0),
            (" Test Files  1 passed (1)", 0, 0),
            ("test money::adds ... ok", 0, 0),
            ("there were 5 passed over in silence", 0, 0),
        ];
        for (line, passed, failed) in table {
            assert_eq!(read(line), Counts { passed, failed }, "{line}");
        }
    }

    #[test]
    fn runners_add_up() {
        let output = "test result: ok. 2 passed; 0 failed\nnoise\nTests  3 passed (3)\n";
        assert_eq!(
            read(output),
            Counts {
                passed: 5,
                failed: 0
            }
        );
    }

    #[test]
    fn a_step_is_at_least_one_check() {
        let none = Counts::default();
        assert_eq!(
            none.or_one_passed(),
            Counts {
                passed: 1,
                failed: 0
            }
        );
        assert_eq!(
            none.or_one_failed(),
            Counts {
                passed: 0,
                failed: 1
            }
        );
        assert_eq!(
            Counts {
                passed: 5,
                failed: 2
            }
            .or_one_failed(),
            Counts {
                passed: 5,
                failed: 2
            }
        );
    }
}
