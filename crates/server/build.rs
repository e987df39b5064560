//! The built UI is embedded; an empty folder stands in for it until it is built.

fn main() {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
    std::fs::create_dir_all(&dist).expect("ui/dist can be made");
    println!("cargo::rerun-if-changed={}", dist.display());
}
