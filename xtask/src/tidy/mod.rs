//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! A rule is a function from the [`Tree`] to findings; each finding says where, what, why and what to do.
//! It reads only what git tracks or would track, and changes nothing.

mod dependencies;
mod documents;
mod masked;
mod sizes;
mod texts;
mod tree;

use std::fmt;

use crate::workspace::Workspace;
use tree::Tree;

/// Something that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path below the root.
    pub file: String,
    /// Line from 1, or 0 for the file as a whole.
    pub line: usize,
    /// What is there.
    pub what: String,
    /// Why it must not be.
    pub why: String,
    /// How to mend it.
    pub remedy: String,
}

impl Finding {
    fn new(file: &str, line: usize, what: impl Into<String>, why: &str, remedy: &str) -> Self {
        Self {
            file: file.into(),
            line,
            what: what.into(),
            why: why.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}\n    why: {}\n    do:  {}",
            self.file, self.line, self.what, self.why, self.remedy
        )
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[(&str, Rule)] = &[
    ("dependencies", dependencies::check),
    ("sizes", sizes::check),
    ("texts", texts::check),
    ("documents", documents::check),
];

/// Checks every rule and prints what breaks one; the status is 0 when nothing does.
pub fn run(workspace: &Workspace) -> Result<u8, String> {
    let tree = Tree::read(workspace)?;
    let mut count = 0;
    for (name, rule) in RULES {
        for finding in rule(&tree) {
            println!("{finding}\n    rule: {name}\n");
            count += 1;
        }
    }
    println!(
        "tidy: {} files, {} rules, {count} findings",
        tree.files.len(),
        RULES.len()
    );
    Ok(u8::from(count > 0))
}
