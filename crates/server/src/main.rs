//! server.
fn main() {}
