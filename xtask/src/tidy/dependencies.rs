//! Which crate may use which: the table of ARCHITECTURE.md, held against every `Cargo.toml`.

use super::Finding;
use super::tree::Tree;

/// What a crate may use of ours, and why not more.
struct Row {
    name: &'static str,
    may_use: &'static [&'static str],
    why: &'static str,
}

const PRODUCT: &[&str] = &[
    "commerce",
    "logistics",
    "writer",
    "store",
    "screen",
    "search",
    "connectors",
    "media",
    "paper",
    "label",
    "api",
    "storefront",
    "festival",
];

const TABLE: &[Row] = &[
    Row {
        name: "commerce",
        may_use: &[],
        why: "the core is pure: it depends on nothing that could do I/O",
    },
    Row {
        name: "logistics",
        may_use: &[],
        why: "optimisers are pure and don't know the core; api and server translate",
    },
    Row {
        name: "writer",
        may_use: &["commerce"],
        why: "the writer is a machine without I/O: it knows no store",
    },
    Row {
        name: "store",
        may_use: &["commerce"],
        why: "the store keeps what the core decided and knows nobody else",
    },
    Row {
        name: "screen",
        may_use: &["commerce", "store"],
        why: "the big screen's figures are counted from what the store tells, without a clock or a network",
    },
    Row {
        name: "search",
        may_use: &["commerce"],
        why: "the index is fed by its caller",
    },
    Row {
        name: "connectors",
        may_use: &["commerce"],
        why: "a connector speaks to one third party and knows no store",
    },
    Row {
        name: "media",
        may_use: &[],
        why: "pictures are bytes and sizes: what they show is nobody's business there",
    },
    Row {
        name: "paper",
        may_use: &[],
        why: "documents are texts in their places: what they say was worked out elsewhere",
    },
    Row {
        name: "label",
        may_use: &["paper"],
        why: "a label is texts and a number: orders and carriers are translated in api",
    },
    Row {
        name: "api",
        may_use: &[
            "commerce",
            "logistics",
            "store",
            "screen",
            "search",
            "media",
            "paper",
            "label",
            "writer",
        ],
        why: "handlers parse, authorize, call, convert",
    },
    Row {
        name: "storefront",
        may_use: &["commerce", "store", "search", "media", "writer", "api"],
        why: "pages read projections and hand writes to the writer",
    },
    Row {
        name: "server",
        may_use: PRODUCT,
        why: "everything meets in the server, but tests stay outside of it",
    },
    Row {
        name: "testkit",
        may_use: &["commerce", "store", "writer"],
        why: "builders and checkers know what they build and check",
    },
    Row {
        name: "simulator",
        may_use: &["testkit", "writer", "commerce", "logistics", "store"],
        why: "the simulator runs the production writer without a network",
    },
    Row {
        name: "trials",
        may_use: &["logistics", "label", "paper"],
        why: "optimisers and label writers are measured without a shop",
    },
    Row {
        name: "festival",
        may_use: &["testkit"],
        why: "the festival sees the shop from outside, over HTTP",
    },
    Row {
        name: "fuzz",
        may_use: &[
            "api",
            "commerce",
            "connectors",
            "screen",
            "search",
            "store",
            "storefront",
        ],
        why: "targets feed parsers and nothing else",
    },
    Row {
        name: "xtask",
        may_use: &[],
        why: "xtask is compiled before anything else",
    },
];

/// A third-party crate that has its place.
struct Ban {
    crates: &'static [&'static str],
    place: Place,
    why: &'static str,
    remedy: &'static str,
}

enum Place {
    OnlyIn(&'static [&'static str]),
    NotIn(&'static [&'static str]),
}

const BANS: &[Ban] = &[
    Ban {
        crates: &["tokio", "async-std", "smol", "futures"],
        place: Place::NotIn(&["commerce", "logistics", "writer", "simulator"]),
        why: "what decides and what is simulated must be synchronous and deterministic",
        remedy: "take time and input as arguments and return effects as data; drive it from server",
    },
    Ban {
        crates: &["axum", "hyper", "tower-http", "actix-web", "warp"],
        place: Place::OnlyIn(&["api", "storefront", "server", "festival"]),
        why: "HTTP is an edge; festival holds the empty handler that benchmarks compare with",
        remedy: "put the handler into api or storefront",
    },
    Ban {
        crates: &["rusqlite", "postgres", "tokio-postgres", "sqlx", "diesel"],
        place: Place::OnlyIn(&["store"]),
        why: "a further database must cost one file, and that file is in store",
        remedy: "add a method to the Store trait",
    },
    Ban {
        crates: &[
            "serde_json",
            "csv",
            "toml",
            "serde_yaml",
            "bincode",
            "postcard",
            "ciborium",
            "rmp-serde",
        ],
        place: Place::NotIn(&["commerce"]),
        why: "the core names no serialization format; the edges choose one",
        remedy: "derive serde's traits only, and serialize in store or api",
    },
    Ban {
        crates: &["p256", "ring"],
        place: Place::OnlyIn(&["connectors"]),
        why: "curves and ciphers by hand are easily got wrong: web push needs them, and nothing else does",
        remedy: "sign with hmac through api::auth::seal, or put the protocol that needs them into connectors",
    },
    Ban {
        crates: &["rand", "getrandom", "jiff", "chrono", "time"],
        place: Place::NotIn(&["commerce", "writer"]),
        why: "time, ids and seeds are inputs of the core, so that every run can be replayed",
        remedy: "take the value as an argument",
    },
];

/// One entry of a dependency section.
struct Entry<'a> {
    line: usize,
    name: &'a str,
    is_dev: bool,
    from_workspace: bool,
}

/// Checks the manifests of all our crates.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts(&["/Cargo.toml"]) {
        let crate_name = path
            .trim_end_matches("/Cargo.toml")
            .rsplit('/')
            .next()
            .unwrap_or("");
        let Some(row) = TABLE.iter().find(|row| row.name == crate_name) else {
            let remedy =
                "add a row to TABLE in xtask/src/tidy/dependencies.rs and to ARCHITECTURE.md";
            findings.push(Finding::new(
                path,
                0,
                format!("{crate_name} is not in the table"),
                "each part has a place",
                remedy,
            ));
            continue;
        };
        let entries = entries(text);
        // A workspace of its own names its versions itself, and its targets are no library of ours.
        let is_apart = text.lines().any(|line| line.trim() == "[workspace]");
        if !is_apart {
            findings.extend(check_manifest(path, text));
            let own = entries.iter().filter(|entry| !entry.from_workspace);
            findings.extend(own.map(|entry| local_version(path, entry)));
        }
        findings.extend(
            entries
                .iter()
                .filter_map(|entry| check_ours(path, row, entry)),
        );
        findings.extend(
            entries
                .iter()
                .filter_map(|entry| check_banned(path, row.name, entry)),
        );
    }
    findings.extend(check_no_std(tree));
    findings
}

fn check_ours(path: &str, row: &Row, entry: &Entry) -> Option<Finding> {
    let is_ours = TABLE.iter().any(|row| row.name == entry.name);
    let is_test_help = entry.is_dev && (entry.name == "testkit" || row.name == "testkit");
    if !is_ours || row.may_use.contains(&entry.name) || is_test_help {
        return None;
    }
    let what = format!("{} uses {}", row.name, entry.name);
    let remedy =
        "move the code to a crate that may use both, or change the design and the table together";
    Some(Finding::new(path, entry.line, what, row.why, remedy))
}

fn check_banned(path: &str, name: &str, entry: &Entry) -> Option<Finding> {
    let is_broken = |place: &Place| match place {
        Place::OnlyIn(places) => !entry.is_dev && !places.contains(&name),
        Place::NotIn(places) => places.contains(&name),
    };
    let ban = BANS
        .iter()
        .find(|ban| ban.crates.contains(&entry.name) && is_broken(&ban.place))?;
    Some(Finding::new(
        path,
        entry.line,
        format!("{name} uses {}", entry.name),
        ban.why,
        ban.remedy,
    ))
}

fn local_version(path: &str, entry: &Entry) -> Finding {
    let what = format!("{} is not taken from the workspace", entry.name);
    let why = "each third-party crate is named once, with its version and the reason for it";
    Finding::new(
        path,
        entry.line,
        what,
        why,
        "name it in the root Cargo.toml and write `name.workspace = true` here",
    )
}

fn check_manifest(path: &str, text: &str) -> Option<Finding> {
    let has_lints = text
        .lines()
        .skip_while(|line| line.trim() != "[lints]")
        .nth(1)
        == Some("workspace = true");
    let why = "forbidden unsafe code and documented public items hold in every crate";
    let remedy = "add `[lints]` with `workspace = true`";
    (!has_lints).then(|| {
        Finding::new(
            path,
            0,
            "the workspace's lints are not taken over",
            why,
            remedy,
        )
    })
}

fn check_no_std(tree: &Tree) -> Option<Finding> {
    let path = "crates/commerce/src/lib.rs";
    let text = tree.get(path)?.text.as_deref()?;
    let why = "a clock, a file, a thread or an unordered map in the core must be a compile error";
    (!text.contains("#![no_std]") && !text.contains("#![cfg_attr(not(test), no_std)]")).then(|| {
        Finding::new(
            path,
            1,
            "commerce is built with std",
            why,
            "put `#![no_std]` at the head",
        )
    })
}

fn entries(manifest: &str) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    let mut section = "";
    let mut depth = 0usize;
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        let continues = depth > 0;
        depth = (depth + line.matches(['[', '{']).count())
            .saturating_sub(line.matches([']', '}']).count());
        if continues || line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
            continue;
        }
        if !section.ends_with("dependencies") {
            continue;
        }
        let name = line
            .split(['.', ' ', '='])
            .next()
            .unwrap_or("")
            .trim_matches('"');
        let from_workspace = line.replace(' ', "").contains("workspace=true");
        found.push(Entry {
            line: index + 1,
            name,
            is_dev: section.ends_with("dev-dependencies"),
            from_workspace,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[package]\nname = \"x\"\n[lints]\nworkspace = true\n";

    fn findings(name: &str, sections: &str) -> Vec<String> {
        let path = format!("crates/{name}/Cargo.toml");
        let text = format!("{HEAD}{sections}");
        check(&Tree::of(&[(&path, &text)]))
            .into_iter()
            .map(|finding| format!("{}: {}", finding.line, finding.what))
            .collect()
    }

    #[test]
    fn the_table_is_held() {
        let table: [(&str, &str, &[&str]); 9] = [
            ("writer", "[dependencies]\ncommerce.workspace = true\n", &[]),
            (
                "writer",
                "[dependencies]\nstore.workspace = true\n",
                &["6: writer uses store"],
            ),
            (
                "writer",
                "[dependencies]\ntokio = { workspace = true }\n",
                &["6: writer uses tokio"],
            ),
            (
                "writer",
                "[dev-dependencies]\ntestkit.workspace = true\n",
                &[],
            ),
            (
                "writer",
                "[dev-dependencies]\ntokio.workspace = true\n",
                &["6: writer uses tokio"],
            ),
            (
                "api",
                "[dependencies]\nrusqlite.workspace = true\n",
                &["6: api uses rusqlite"],
            ),
            (
                "connectors",
                "[dev-dependencies]\naxum.workspace = true\n",
                &[],
            ),
            (
                "store",
                "[dependencies]\nserde = \"1\"\n",
                &["6: serde is not taken from the workspace"],
            ),
            (
                "kiosk",
                "[dependencies]\n",
                &["0: kiosk is not in the table"],
            ),
        ];
        for (name, sections, expected) in table {
            assert_eq!(findings(name, sections), expected, "{name} {sections}");
        }
    }

    #[test]
    fn features_on_their_own_lines_are_not_dependencies() {
        let sections = "[dependencies]\ntokio = { workspace = true, features = [\n  \"rt\",\n] }\nserde.workspace = true\n";
        assert_eq!(findings("api", sections), [""; 0]);
    }

    #[test]
    fn the_core_is_without_std_and_every_crate_has_the_lints() {
        let tree = Tree::of(&[
            ("crates/commerce/Cargo.toml", "[package]\n"),
            ("crates/commerce/src/lib.rs", "//! x"),
        ]);
        let whats: Vec<_> = check(&tree)
            .into_iter()
            .map(|finding| finding.what)
            .collect();
        assert_eq!(
            whats,
            [
                "the workspace's lints are not taken over",
                "commerce is built with std"
            ]
        );
    }
}
