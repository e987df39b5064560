//! The commands of the repository: run, test, bench, tidy.
fn main() {}
