//! Length of files and functions, as a ratchet: what was too long before may only become shorter.
//!
//! Made files (`not to be changed by hand` at their head) are as long as they are. A reason lifts the limit: `//! Long because …` at the head of a file, `// Long because …` right above a function.

use std::collections::BTreeMap;

use super::Finding;
use super::masked::mask;
use super::tree::Tree;

const FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 70;
const RATCHET: &str = "xtask/tidy-ratchet.txt";
const HEAD_LINES: usize = 40;
const MADE: &str = "not to be changed by hand";
const REASON: &str = "Long because ";

const FILE_WHY: &str = "one file, one idea: past 800 lines nobody sees what is in it";
const FUNCTION_WHY: &str = "past 70 lines a function no longer fits a screen or a head";

/// Checks sources against the limits, and the list of exceptions against the sources.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut excepted = ratchet(tree);
    let mut findings = Vec::new();
    for (path, text) in tree.texts(&[".rs", ".ts", ".tsx", ".css", ".py"]) {
        if text
            .lines()
            .take(HEAD_LINES)
            .any(|line| line.contains(MADE))
        {
            continue;
        }
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX && !has_reason(text.lines().take(HEAD_LINES)) {
            let what = format!("the file has {lines} lines, {FILE_LINES_MAX} is the limit");
            let found = Finding::new(
                path,
                0,
                what,
                FILE_WHY,
                "split it by idea, or write `Long because …` at its head",
            );
            findings.extend(judge(&mut excepted, path, lines, found));
        }
        if path.ends_with(".rs") {
            findings.extend(check_functions(path, text, &mut excepted));
        }
    }
    findings.extend(
        excepted
            .into_iter()
            .map(|(name, (line, _))| stale(line, &name)),
    );
    findings
}

fn check_functions(path: &str, text: &str, excepted: &mut Exceptions) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    let masked = mask(text);
    let mut findings = Vec::new();
    for function in masked
        .functions()
        .iter()
        .filter(|function| function.lines > FUNCTION_LINES_MAX)
    {
        let above = lines[..function.line - 1]
            .iter()
            .rev()
            .map(|line| line.trim());
        if has_reason(above.take_while(|line| line.starts_with("//") || line.starts_with("#["))) {
            continue;
        }
        let what = format!(
            "fn {} has {} lines, {FUNCTION_LINES_MAX} is the limit",
            function.name, function.lines
        );
        let remedy =
            "keep the branching and move the leaves out, or write `// Long because …` above it";
        let found = Finding::new(path, function.line, what, FUNCTION_WHY, remedy);
        findings.extend(judge(
            excepted,
            &format!("{path}::{}", function.name),
            function.lines,
            found,
        ));
    }
    findings
}

fn has_reason<'a>(mut lines: impl Iterator<Item = &'a str>) -> bool {
    lines.any(|line| {
        line.split_once(REASON)
            .is_some_and(|(_, reason)| !reason.trim().is_empty())
    })
}

// Excepted things by name, with the line and the length that the list gives them.
type Exceptions = BTreeMap<String, (usize, usize)>;

fn ratchet(tree: &Tree) -> Exceptions {
    let text = tree
        .get(RATCHET)
        .and_then(|file| file.text.as_deref())
        .unwrap_or("");
    let read = |(index, line): (usize, &str)| {
        let (name, length) = line.trim().rsplit_once(' ')?;
        Some((name.to_owned(), (index + 1, length.parse().ok()?)))
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#'))
        .filter_map(read)
        .collect()
}

// `found` unless the list excepts exactly this length.
fn judge(excepted: &mut Exceptions, name: &str, length: usize, found: Finding) -> Option<Finding> {
    let Some((line, allowed)) = excepted.remove(name) else {
        return Some(found);
    };
    if length > allowed {
        return Some(Finding {
            what: format!("{} ({RATCHET} excepts {allowed})", found.what),
            ..found
        });
    }
    (length < allowed).then(|| {
        let what = format!("{name} has become shorter: {length} lines instead of {allowed}");
        Finding::new(
            RATCHET,
            line,
            what,
            "the ratchet only turns one way",
            &format!("write {length}"),
        )
    })
}

fn stale(line: usize, name: &str) -> Finding {
    Finding::new(
        RATCHET,
        line,
        format!("{name} needs no exception any more"),
        "the ratchet only turns one way",
        "delete the line",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    work();\n".repeat(lines - 2))
    }

    fn whats(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files))
            .into_iter()
            .map(|finding| finding.what)
            .collect()
    }

    #[test]
    fn the_limits_themselves_are_allowed() {
        assert_eq!(
            whats(&[("a.rs", &function(70)), ("b.ts", &"x\n".repeat(800))]),
            [""; 0]
        );
    }

    #[test]
    fn one_line_more_is_found() {
        let found = whats(&[("a.rs", &function(71)), ("b.ts", &"x\n".repeat(801))]);
        let expected = [
            "fn long has 71 lines, 70 is the limit",
            "the file has 801 lines, 800 is the limit",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_reason_lifts_the_limit_and_an_empty_one_does_not() {
        let reasoned = format!(
            "// Long because it is one table.\n#[rustfmt::skip]\n{}",
            function(90)
        );
        assert_eq!(whats(&[("a.rs", &reasoned)]), [""; 0]);
        let empty = format!("// Long because \n{}", function(90));
        assert_eq!(whats(&[("a.rs", &empty)]).len(), 1);
        let head = format!(
            "//! Long because the schema is one text.\n{}",
            "// x\n".repeat(900)
        );
        assert_eq!(whats(&[("a.rs", &head)]), [""; 0]);
    }

    #[test]
    fn the_ratchet_turns_one_way() {
        let ratchet = |length| format!("# exceptions\na.rs::long {length}\n");
        let table = [
            (90, [""; 0].to_vec()),
            (
                89,
                vec!["fn long has 90 lines, 70 is the limit (xtask/tidy-ratchet.txt excepts 89)"],
            ),
            (
                91,
                vec!["a.rs::long has become shorter: 90 lines instead of 91"],
            ),
        ];
        for (length, expected) in table {
            assert_eq!(
                whats(&[("a.rs", &function(90)), (RATCHET, &ratchet(length))]),
                expected
            );
        }
        let stale = whats(&[("a.rs", &function(50)), (RATCHET, &ratchet(90))]);
        assert_eq!(stale, ["a.rs::long needs no exception any more"]);
    }
}
