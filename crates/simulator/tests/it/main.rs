//! The simulator's own promises, and the cases that were kept.

use simulator::{Case, run, run_traced};

/// Enough people for crashes in the middle of everything, few enough for a test.
fn small(seed: u64) -> Case {
    let mut case = Case::of_seed(seed);
    case.options.actors = 400;
    case
}

#[test]
fn the_same_seed_gives_the_same_trace_byte_for_byte() {
    for seed in 1..=6 {
        let ((first, first_trace), (second, second_trace)) =
            (run_traced(&small(seed)), run_traced(&small(seed)));
        assert_eq!(first, second, "seed {seed}");
        assert!(
            first_trace == second_trace,
            "seed {seed}: the traces differ"
        );
        assert!(
            first_trace.lines().count() > 1_000,
            "seed {seed}: too little happens"
        );
        assert_eq!(
            run(&small(seed)),
            first,
            "a run that is not traced is the same"
        );
    }
}

#[test]
fn nothing_is_found_in_these_seeds() {
    for seed in 1..=40 {
        let report = run(&small(seed));
        assert_eq!(report.violation, None, "seed {seed}");
    }
}

#[test]
fn kept_cases_pass() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of kept cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a case");
        let case = Case::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let report = run(&case);
        assert!(report.commands > 0, "{}: nothing happens", file.display());
        assert_eq!(report.violation, None, "{}", file.display());
    }
}

#[test]
fn a_case_is_the_same_after_it_was_written_and_read() {
    let mut case = Case::of_seed(7);
    case.kept = Some(vec![(3, 3), (7, 9)]);
    assert_eq!(Case::parse(&case.to_text("two\nlines")), Ok(case));
    for bad in ["seed x", "option nonsense 1", "kept 1-x", "else"] {
        assert!(Case::parse(bad).is_err(), "{bad}");
    }
}
