//! Makes a failing case small: fewer people, fewer faults, a simpler town, as long as the same check fails.

use crate::options::{FAULTS, Options};
use crate::run::{Case, run};

/// Runs that shrinking may take.
const RUNS_MAX: u32 = 600;
/// Commands that all these runs together may take.
const COMMANDS_MAX: u64 = 20_000_000;

/// What simpler values look like, for options that are not faults.
const SIMPLE: &[(&str, u32)] = &[
    ("warehouses", 1),
    ("shops", 1),
    ("sellers", 1),
    ("articles", 1),
    ("lines", 1),
    ("quantity", 1),
    ("hot", 0),
    ("tax_added", 0),
    ("discounts", 0),
    ("double_click", 0),
    ("new_attempt", 0),
    ("on_account", 0),
    ("decline", 0),
    ("challenge", 0),
    ("capture_at_once", 0),
    ("told_later", 0),
    ("abandon", 0),
    ("stock_changes", 0),
    ("price_changes", 0),
    ("tills", 0),
    ("cancel", 0),
    ("returns", 0),
    ("batch_ms", 0),
    ("commit_ms", 0),
];

struct Shrinker {
    best: Case,
    check: String,
    runs: u32,
    commands: u64,
}

/// The smallest case found for which the check that failed still fails.
pub fn shrink(case: &Case, check: &str) -> Case {
    let mut shrinker = Shrinker {
        best: case.clone(),
        check: check.to_string(),
        runs: 0,
        commands: 0,
    };
    shrinker.fewer_actors();
    shrinker.without_faults();
    shrinker.without_people();
    shrinker.simpler();
    shrinker.without_faults();
    shrinker.without_people();
    shrinker.best
}

impl Shrinker {
    fn is_spent(&self) -> bool {
        self.runs >= RUNS_MAX || self.commands >= COMMANDS_MAX
    }

    /// Takes a case as the best one if it fails in the same way.
    fn try_case(&mut self, case: Case) -> bool {
        if self.is_spent() {
            return false;
        }
        self.runs += 1;
        let report = run(&case);
        self.commands += report.commands;
        let fails = report.violation.is_some_and(|v| v.check == self.check);
        if fails {
            self.best = case;
        }
        fails
    }

    fn try_option(&mut self, name: &str, value: u32) {
        if self.best.options.get(name).is_some_and(|now| now != value) {
            let mut case = self.best.clone();
            case.options.set(name, value).expect("it has the option");
            self.try_case(case);
        }
    }

    /// Half as many people, again and again.
    fn fewer_actors(&mut self) {
        while self.best.options.actors > 1 {
            let mut case = self.best.clone();
            case.options.actors /= 2;
            if !self.try_case(case) {
                break;
            }
        }
    }

    fn without_faults(&mut self) {
        for name in FAULTS {
            self.try_option(name, 0);
        }
    }

    fn simpler(&mut self) {
        for &(name, value) in SIMPLE {
            debug_assert!(Options::NAMES.contains(&name));
            self.try_option(name, value);
        }
    }

    /// Leaves out ever smaller groups of people.
    fn without_people(&mut self) {
        let mut kept = self.people();
        let mut size = kept.len().div_ceil(2);
        while size > 0 && !self.is_spent() {
            let mut from = 0;
            while from < kept.len() {
                let mut fewer = kept.clone();
                fewer.drain(from..(from + size).min(kept.len()));
                let case = Case {
                    kept: Some(ranges(&fewer)),
                    ..self.best.clone()
                };
                if self.try_case(case) {
                    kept = fewer;
                } else {
                    from += size;
                }
            }
            size /= 2;
        }
    }

    fn people(&self) -> Vec<u32> {
        let all = 0..self.best.options.actors;
        match &self.best.kept {
            None => all.collect(),
            Some(ranges) => all
                .filter(|n| ranges.iter().any(|&(from, to)| (from..=to).contains(n)))
                .collect(),
        }
    }
}

fn ranges(numbers: &[u32]) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some(last) if last.1 + 1 == number => last.1 = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}
