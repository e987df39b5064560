//! The documents that must exist and what they must mention.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

const REQUIRED: &[&str] = &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE"];
const DEMO_LICENSES: &str = "demo/LICENSES.md";
/// The row of the table that covers what no other row names.
const OUR_OWN: &str = "everything else here";

/// Checks all documents.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let missing = REQUIRED.iter().filter(|path| tree.get(path).is_none());
    let mut findings: Vec<Finding> = missing.map(|path| missing_document(path)).collect();
    findings.extend(check_crates(tree));
    findings.extend(check_links(tree));
    findings.extend(check_demo(tree));
    findings
}

fn missing_document(path: &str) -> Finding {
    Finding::new(
        path,
        0,
        "the file is missing",
        "someone new looks for it first",
        "write it, true and short",
    )
}

fn check_crates(tree: &Tree) -> Vec<Finding> {
    let path = "ARCHITECTURE.md";
    let text = tree
        .get(path)
        .and_then(|file| file.text.as_deref())
        .unwrap_or("");
    let crates = tree
        .texts(&["/Cargo.toml"])
        .filter_map(|(path, _)| path.strip_suffix("/Cargo.toml"));
    let why = "a part that the map doesn't show cannot be found";
    let unnamed = crates.filter(|folder| !text.contains(&format!("`{folder}`")));
    unnamed
        .map(|folder| {
            Finding::new(
                path,
                0,
                format!("`{folder}` is not mentioned"),
                why,
                "add it to the table of parts",
            )
        })
        .collect()
}

fn check_links(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts(&[".md"]) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (index, line) in text.lines().enumerate() {
            let broken =
                link_targets(line).filter(|target| !exists(tree, &resolve(folder, target)));
            findings.extend(broken.map(|target| {
                let what = format!("the link to `{target}` leads nowhere");
                Finding::new(
                    path,
                    index + 1,
                    what,
                    "documents are true at every commit",
                    "mend the link or add the file",
                )
            }));
        }
    }
    findings
}

// Targets of `[text](target)` that are files of ours, without their anchors.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    let targets = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#', ' ']).next());
    targets.filter(|target| {
        !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:")
    })
}

fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn exists(tree: &Tree, path: &str) -> bool {
    let below = format!("{path}/");
    tree.files
        .iter()
        .any(|file| file.path == path || file.path.starts_with(&below))
}

// A folder of data or pictures is named in any case; a single file may be our own work.
fn check_demo(tree: &Tree) -> Vec<Finding> {
    let licenses = tree
        .get(DEMO_LICENSES)
        .and_then(|file| file.text.as_deref())
        .unwrap_or("");
    let mut names = BTreeSet::new();
    for path in tree
        .files
        .iter()
        .filter_map(|file| file.path.strip_prefix("demo/"))
    {
        match path.split_once('/') {
            Some((folder, _)) => names.insert(format!("{folder}/")),
            None if licenses.contains(OUR_OWN) => false,
            None => names.insert(path.to_owned()),
        };
    }
    let why = "data and pictures of others go into the product with their source and licence only";
    let remedy = format!("name it in {DEMO_LICENSES} with source and licence");
    let finding = |name: String| {
        let path = format!("demo/{name}");
        Finding::new(
            &path,
            0,
            "its source and licence are not written down",
            why,
            &remedy,
        )
    };
    names
        .into_iter()
        .filter(|name| !licenses.contains(name.as_str()))
        .map(finding)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: [(&str, &str); 4] = [
        ("README.md", "[map](ARCHITECTURE.md#parts)"),
        ("ARCHITECTURE.md", "`crates/store`"),
        ("CONTRIBUTING.md", ""),
        ("LICENSE", ""),
    ];

    fn whats(more: &[(&str, &str)]) -> Vec<String> {
        let files = [&COMPLETE[..], more].concat();
        check(&Tree::of(&files))
            .into_iter()
            .map(|finding| format!("{}: {}", finding.file, finding.what))
            .collect()
    }

    #[test]
    fn a_complete_set_has_no_findings() {
        assert_eq!(whats(&[("crates/store/Cargo.toml", "")]), [""; 0]);
    }

    #[test]
    fn missing_documents_and_unmentioned_crates_are_found() {
        assert_eq!(check(&Tree::default()).len(), REQUIRED.len());
        assert_eq!(
            whats(&[("crates/till/Cargo.toml", "")]),
            ["ARCHITECTURE.md: `crates/till` is not mentioned"]
        );
    }

    #[test]
    fn links_are_followed_from_their_folder() {
        let text =
            "[a](../README.md) [b](errors) [c](gone.md) [d](https://example.com/x) [e](#anchor)";
        let found = whats(&[("docs/a.md", text), ("docs/errors/README.md", "")]);
        assert_eq!(found, ["docs/a.md: the link to `gone.md` leads nowhere"]);
    }

    #[test]
    fn demo_data_names_its_licence() {
        let unwritten = "its source and licence are not written down";
        let found = whats(&[("demo/a.csv", "")]);
        assert_eq!(found, [format!("demo/a.csv: {unwritten}")]);
        let licenses = (
            DEMO_LICENSES,
            "| `a.csv` | CC BY 4.0 |\n| everything else here | ours |",
        );
        let found = whats(&[
            licenses,
            ("demo/a.csv", ""),
            ("demo/our.txt", ""),
            ("demo/media/a.svg", ""),
        ]);
        assert_eq!(found, [format!("demo/media/: {unwritten}")]);
    }
}
