//! Words that must not be in our files: unfinished code, SQL outside the store, tests switched off, and the addresses
//! and paths of somebody's machine.

use super::Finding;
use super::masked::{Masked, mask};
use super::tree::Tree;

/// This folder names what it looks for.
const SELF: &str = "xtask/src/tidy/";

const UNFINISHED: &[&str] = &["todo!", "unimplemented!", "dbg!"];

const SQL_STARTS: &[&str] = &[
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "CREATE UNIQUE INDEX ",
    "CREATE VIEW ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "DROP INDEX ",
    "PRAGMA ",
    "BEGIN IMMEDIATE",
];

const HOSTS: &[&str] = &[
    "registry.npmjs.org",
    "index.crates.io",
    "static.crates.io",
    "pypi.org",
    "files.pythonhosted.org",
    "deb.debian.org",
    "/artifactory/",
];

const MACHINE_PATHS: &[&str] = &[
    "/work/",
    "/root/",
    "/Users/",
    "/home/runner/",
    "C:\\Users\\",
];

/// Texts in which a test is switched off or alone.
const LONELY_TESTS: &[&str] = &[
    "test.only(",
    "describe.only(",
    "it.only(",
    "test.skip(",
    "describe.skip(",
    "it.skip(",
    "debugger;",
];

/// Checks all texts.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree
        .texts(&[".rs"])
        .filter(|(path, _)| !path.starts_with(SELF))
    {
        let masked = mask(text);
        findings.extend(check_unfinished(path, &masked));
        findings.extend(check_ignored(path, text));
        if !path.starts_with("crates/store/") {
            findings.extend(check_sql(path, &masked));
        }
    }
    for (path, text) in tree.texts(&[".ts", ".tsx"]) {
        let remedy =
            "switch all tests on; a test that cannot run here belongs into a step of its own";
        findings.extend(find(
            path,
            text,
            LONELY_TESTS,
            "a suite that leaves tests out proves less than it says",
            remedy,
        ));
    }
    for (path, text) in tree
        .texts(&[""])
        .filter(|(path, _)| !path.starts_with(SELF))
    {
        findings.extend(check_machine(path, text));
    }
    findings.extend(tree.files.iter().filter_map(check_executable));
    findings
}

fn check_unfinished(path: &str, masked: &Masked) -> Vec<Finding> {
    let why = "nothing dead, nothing for later: what is committed works";
    find(
        path,
        &masked.code,
        UNFINISHED,
        why,
        "finish it, or refuse the case with an error of its own",
    )
}

fn check_ignored(path: &str, text: &str) -> Vec<Finding> {
    let why = "a test that never runs proves nothing";
    find(
        path,
        text,
        &["#[ignore]"],
        why,
        "let it run, delete it, or say why: `#[ignore = \"…\"]`",
    )
}

fn check_sql(path: &str, masked: &Masked) -> Vec<Finding> {
    let is_sql = |text: &str| {
        SQL_STARTS
            .iter()
            .any(|start| text.trim_start().starts_with(start))
    };
    let sql = masked.strings.iter().filter(|(_, text)| is_sql(text));
    let why = "a further database must cost one file, and that file is in store";
    sql.map(|(line, _)| {
        Finding::new(
            path,
            *line,
            "SQL outside of store",
            why,
            "add a method to the Store trait",
        )
    })
    .collect()
}

fn check_machine(path: &str, text: &str) -> Vec<Finding> {
    let host_why = "a lockfile or a script with an address works on one network only";
    let mut findings = find(
        path,
        text,
        HOSTS,
        host_why,
        "leave the address to the configuration of the machine",
    );
    let path_why = "a path of one machine is wrong on every other";
    let starts_path = |line: &str, at: usize| {
        !line[..at].ends_with(|c: char| c.is_alphanumeric() || "-_./~}".contains(c))
    };
    for (index, line) in text.lines().enumerate() {
        let found = MACHINE_PATHS.iter().find(|place| {
            line.match_indices(*place)
                .any(|(at, _)| starts_path(line, at))
        });
        findings.extend(found.map(|place| {
            Finding::new(
                path,
                index + 1,
                format!("`{place}` is a path of a machine"),
                path_why,
                "use a path below the repository or an argument",
            )
        }));
    }
    findings
}

fn check_executable(file: &super::tree::File) -> Option<Finding> {
    let is_script = file
        .text
        .as_deref()
        .is_some_and(|text| text.starts_with("#!/"));
    let why = "a script is called by its name";
    (is_script && !file.is_executable).then(|| {
        Finding::new(
            &file.path,
            1,
            "a script that cannot be executed",
            why,
            "chmod +x",
        )
    })
}

fn find(path: &str, text: &str, words: &[&str], why: &str, remedy: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let found = words.iter().filter(|word| line.contains(*word));
        findings.extend(
            found.map(|word| Finding::new(path, index + 1, format!("`{word}`"), why, remedy)),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)]))
            .into_iter()
            .map(|finding| format!("{}: {}", finding.line, finding.what))
            .collect()
    }

    #[test]
    fn what_is_found_and_what_is_left_alone() {
        let table: [(&str, &str, &[&str]); 12] = [
            (
                "crates/api/src/a.rs",
                "fn a() {\n    todo!()\n}",
                &["2: `todo!`"],
            ),
            (
                "crates/api/src/a.rs",
                "// todo!() is banned\nlet a = \"dbg!\";",
                &[],
            ),
            (
                "crates/api/src/a.rs",
                "#[ignore]\nfn a() {}",
                &["1: `#[ignore]`"],
            ),
            (
                "crates/api/src/a.rs",
                "let a = \"\n  SELECT id FROM orders\";",
                &["1: SQL outside of store"],
            ),
            (
                "crates/store/src/a.rs",
                "let a = \"SELECT id FROM orders\";",
                &[],
            ),
            (
                "crates/api/src/a.rs",
                "let a = \"'; DROP TABLE orders; --\";",
                &[],
            ),
            (
                "ui/a.test.ts",
                "test.only(\"a\", run)",
                &["1: `test.only(`"],
            ),
            (
                "ui/package-lock.json",
                "\"resolved\": \"https://registry.npmjs.org/a\"",
                &["1: `registry.npmjs.org`"],
            ),
            (
                "docs/a.md",
                "see `/root/sesame`",
                &["1: `/root/` is a path of a machine"],
            ),
            (
                "docs/a.md",
                "href=\"/shop/work/1\" and docs/work/plan.md",
                &[],
            ),
            (
                ".ci/run",
                "#!/usr/bin/env bash\n",
                &["1: a script that cannot be executed"],
            ),
            ("a.csv", "sku,name\n1,Lamp", &[]),
        ];
        for (path, text, expected) in table {
            assert_eq!(whats(path, text), expected, "{path}: {text}");
        }
    }
}
