//! `sesame import` and `sesame export` as a shopkeeper runs them, on an open and on a closed shop.

use crate::harness::{Folder, Shop, run, sesame, text};
use std::path::{Path, PathBuf};

fn import(data: &Path, files: &[PathBuf]) -> String {
    let done = run(sesame(data).arg("import").args(files));
    assert!(done.status.success(), "{}", text(&done.stderr));
    text(&done.stdout)
}

fn nothing_changes(report: &str) {
    let same = |line: &str| line.contains(" 0 created, 0 changed, ");
    assert!(
        report.lines().count() > 0 && report.lines().all(same),
        "{report}"
    );
}

#[test]
fn goods_go_into_an_open_and_a_closed_shop_and_out_again() {
    let folder = Folder::new("goods");
    let data = folder.0.join("data");
    let demo = |name: &str| {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../demo")
            .join(name)
    };
    let files: Vec<PathBuf> = [
        "stock.csv",
        "prices.csv",
        "products.csv",
        "openfoodfacts-products.csv",
        "categories.csv",
        "locations.csv",
    ]
    .map(demo)
    .to_vec();

    let shop = Shop::open(&data, &[]);
    let first = import(&data, &files);
    assert!(
        first.contains("locations.csv: locations, 8 created, 0 changed, 0 unchanged"),
        "{first}"
    );
    nothing_changes(&import(&data, &files));

    let bad = folder.0.join("bad.csv");
    std::fs::write(
        &bad,
        "sku,currency,amount\n85123A,EUR,9.99\n85123A,GBP,1e3\n",
    )
    .expect("written");
    let refused = "bad.csv:3: amount: `1e3` is not an amount such as 2.95\nerror: 1 fault; nothing was imported\n";
    let done = run(sesame(&data).arg("import").arg(&bad));
    assert!(
        !done.status.success() && text(&done.stderr).ends_with(refused),
        "{}",
        text(&done.stderr)
    );
    nothing_changes(&import(&data, &files));
    drop(shop);

    // The shop was killed: its address is stale, its lock is free.
    nothing_changes(&import(&data, &files));
    let done = run(sesame(&data).arg("import").arg(&bad));
    assert!(
        !done.status.success() && text(&done.stderr).ends_with(refused),
        "{}",
        text(&done.stderr)
    );

    let mut exports = Vec::new();
    for kind in ["products", "prices", "stock", "locations", "categories"] {
        let path = folder.0.join(format!("{kind}-out.csv"));
        let done = run(sesame(&data).args(["export", kind, "-o"]).arg(&path));
        assert!(done.status.success(), "{}", text(&done.stderr));
        exports.push(path);
    }
    nothing_changes(&import(&data, &exports));
}
