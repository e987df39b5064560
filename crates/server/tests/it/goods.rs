//! `sesame import` and `sesame export` as a shopkeeper runs them, on an open and on a closed shop.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long the shop may take to open.
const OPEN_MAX: Duration = Duration::from_secs(60);

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

struct Open(Child);

impl Drop for Open {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn sesame(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sesame"));
    command
        .env("SESAME_DATA", data)
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null());
    command
}

fn open(data: &Path) -> Open {
    let mut command = sesame(data);
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let shop = Open(command.spawn().expect("the shop starts"));
    let started = Instant::now();
    let run = data.join("run.json");
    while std::fs::read(&run).map_or(0, |bytes| bytes.len()) == 0 {
        assert!(started.elapsed() < OPEN_MAX, "the shop does not open");
        std::thread::park_timeout(Duration::from_millis(50));
    }
    shop
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the command runs")
}

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
    let name = format!(
        "sesame-goods-{}-{:08x}",
        std::process::id(),
        rand::random::<u32>()
    );
    let folder = Folder(std::env::temp_dir().join(name));
    let data = folder.0.join("data");
    std::fs::create_dir_all(&folder.0).expect("a folder");
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

    let shop = open(&data);
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
