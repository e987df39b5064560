//! Each error code has a page that tells its cause and its remedy, and each page belongs to a code.

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_code_has_a_page_with_cause_and_remedy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let entries = std::fs::read_dir(&folder).expect("docs/errors is there");
    let pages: BTreeSet<String> = entries
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .filter(|name| name != "README")
        .collect();
    let codes: BTreeSet<String> = commerce::Refusal::CODES
        .into_iter()
        .chain(api::ApiError::CODES)
        .map(str::to_owned)
        .collect();
    assert_eq!(pages, codes);
    let index = std::fs::read_to_string(folder.join("README.md")).expect("an index");
    for code in &codes {
        let page = std::fs::read_to_string(folder.join(format!("{code}.md"))).expect("a page");
        assert!(page.starts_with(&format!("# `{code}`\n")), "{code}");
        assert!(
            page.contains("## Cause\n") && page.contains("## Remedy\n"),
            "{code}"
        );
        assert!(
            index.contains(&format!("]({code}.md)")),
            "{code} is missing in the index"
        );
    }
}
