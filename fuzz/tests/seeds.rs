//! The seeds, and whatever a run found, go through their targets as ordinary tests: without libFuzzer's flags.

use std::path::Path;

fn each_seed(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    let files = std::fs::read_dir(&folder).expect("a folder of seeds");
    let mut count = 0;
    for file in files {
        let bytes = std::fs::read(file.expect("a file").path()).expect("bytes");
        run(&bytes);
        // A cut in the middle is what networks make of it.
        run(&bytes[..bytes.len() / 2]);
        count += 1;
    }
    assert!(count > 0, "{target} has no seeds");
}

macro_rules! targets {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            each_seed(stringify!($name), fuzz::$name);
        }
    )*};
}

targets! { admission buy_now config epcis forms goods hours ids keys money search ucp webhooks }
