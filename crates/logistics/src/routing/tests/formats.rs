//! Published forms, read and written.

use super::assert_fine;
use crate::routing::formats::{
    Rounding, Solution, read, read_solution, write_li_lim, write_solution,
};
use crate::routing::generate::{Horizon, Kind, Layout, Windows, li_lim, solomon};
use crate::routing::{Part, Settings, iterations, solve};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;

const SOLOMON: &str = "\
T1

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0      0         0          0          0       100         0
    1      3         4          5          0        50         1
    2      1         1          5          0        50         1
";

const LI_LIM: &str = "\
2 10 1
0 0 0 0 0 100 0 0 0
1 3 4 5 0 50 1 0 2
2 1 1 -5 0 50 1 1 0
";

const VRPLIB: &str = "\
NAME : T2
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : LOWER_ROW
CAPACITY : 10
EDGE_WEIGHT_SECTION
5 7
2
DEMAND_SECTION
1 0
2 5
3 5
DEPOT_SECTION
1
-1
EOF
";

#[test]
fn solomons_form_is_read() {
    let instance = read(SOLOMON, Rounding::TruncatedTenths).expect("an instance");
    assert_eq!((instance.name.as_str(), instance.scale), ("T1", 10));
    let problem = &instance.problem;
    assert_eq!(problem.matrices[0].distance(0, 1), 50);
    // The root of two, cut off and rounded.
    assert_eq!(problem.matrices[0].distance(0, 2), 14);
    let nearest = read(SOLOMON, Rounding::Nearest(1000)).expect("an instance");
    assert_eq!(nearest.problem.matrices[0].distance(0, 2), 1414);
    assert_eq!(problem.jobs.len(), 2);
    let stop = problem.jobs[0].stop(Part::Delivery).expect("a delivery");
    assert_eq!((stop.service, stop.windows[0].close), (10, 500));
    let kind = &problem.vehicles[0];
    assert_eq!((kind.count, kind.capacity[0]), (2, 10));
}

#[test]
fn li_and_lims_form_is_read() {
    let instance = read(LI_LIM, Rounding::Nearest(1)).expect("an instance");
    let stops = [None, Some((0, Part::Pickup)), Some((0, Part::Delivery))];
    assert_eq!(instance.stops, stops);
    assert!(matches!(instance.problem.jobs[..], [ref job] if job.demand == [5]));
}

#[test]
fn vrplib_is_read() {
    let instance = read(VRPLIB, Rounding::Nearest(1)).expect("an instance");
    let matrix = &instance.problem.matrices[0];
    let distances = [(0, 1), (2, 0), (1, 2)].map(|(from, to)| matrix.distance(from, to));
    assert_eq!(distances, [5, 7, 2]);
    let windows = "NAME : T3\nTYPE : VRPTW\nDIMENSION : 2\nVEHICLES : 4\nCAPACITY : 9\n\
        SERVICE_TIME : 10\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n\
        DEMAND_SECTION\n1 0\n2 3\nTIME_WINDOW_SECTION\n1 0 100\n2 7 20\nDEPOT_SECTION\n1\n-1\nEOF\n";
    let instance = read(windows, Rounding::TruncatedTenths).expect("an instance");
    assert_eq!(instance.problem.vehicles[0].count, 4);
    let stop = instance.problem.jobs[0]
        .stop(Part::Delivery)
        .expect("a delivery");
    assert_eq!((stop.service, stop.windows[0].open), (100, 70));
    assert_eq!(instance.problem.depots[0].window.close, 1_000);
}

#[test]
fn errors_name_line_and_field() {
    let solomon = |from: &str, to: &str| SOLOMON.replace(from, to);
    let vrplib = |from: &str, to: &str| VRPLIB.replace(from, to);
    let no_time = "    2      1         1          5          0        50         x\n";
    let row = SOLOMON.lines().last().expect("a row").len() + 1;
    let cases = [
        (
            solomon("  2         10", "  2"),
            "line 5, CAPACITY: is missing",
        ),
        (
            [&SOLOMON[..SOLOMON.len() - row], no_time].concat(),
            "line 12, service time: \"x\" is no number that fits",
        ),
        (
            solomon("    2      1 ", "    5      1 "),
            "line 12, number: 5 does not exist or came before",
        ),
        (solomon("NUMBER", ""), "VEHICLE: is missing"),
        (
            LI_LIM.replace("1 0 2", "1 0 9"),
            "line 3, delivery: 9 does not exist or came before",
        ),
        (
            vrplib("LOWER_ROW", "SPIRAL"),
            "EDGE_WEIGHT_FORMAT: \"SPIRAL\" is not supported",
        ),
        (
            vrplib("5 7", "5 -7"),
            "line 8, weight: \"-7\" is no number that fits",
        ),
        (
            vrplib("\n2\nDEMAND", "\nDEMAND"),
            "EDGE_WEIGHT_SECTION: is missing",
        ),
        (
            vrplib("DIMENSION : 3", "DIMENSION : 0"),
            "line 3, DIMENSION: \"0\" is no number that fits",
        ),
        (
            vrplib("\n2 5\n", "\n9 5\n"),
            "line 12, number: 9 does not exist or came before",
        ),
        (String::new(), "vehicles: is missing"),
    ];
    for (text, expected) in cases {
        let error = read(&text, Rounding::TruncatedTenths).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn broken_texts_are_refused_and_nothing_panics() {
    for text in [SOLOMON, LI_LIM, VRPLIB] {
        for at in 0..text.len() {
            for with in ["", "-", "9", "x", "1e300", "NaN"] {
                let broken = format!("{}{with}{}", &text[..at], &text[at + 1..]);
                let _ = read(&broken, Rounding::TruncatedTenths);
                let _ = read(&text[..at], Rounding::Nearest(1));
            }
        }
    }
}

#[test]
fn solutions_are_written_and_read_again() {
    let instance = read(SOLOMON, Rounding::TruncatedTenths).expect("an instance");
    let settings = Settings::default();
    let plan = solve(&instance.problem, settings, &mut iterations(10)).expect("a problem");
    let text = write_solution(&instance, &plan);
    // 5.0 + 3.6 + 1.4, each cut off.
    let is_written = text == "Route #1: 1 2\nCost 10\n" || text == "Route #1: 2 1\nCost 10\n";
    assert!(is_written, "{text}");
    let solution = read_solution(&text).expect("a solution");
    assert_eq!(solution.cost, Some(10.0));
    let again = instance.plan(&solution).expect("a plan");
    assert_fine(&instance.problem, &again, "read again");
    assert_eq!(again.cost, plan.cost);
    let mut dearer = plan.clone();
    dearer.cost.distance += 7;
    assert!(write_solution(&instance, &dearer).ends_with("Cost 10.7\n"));

    let pairs = read(LI_LIM, Rounding::Nearest(1)).expect("an instance");
    let plan = solve(&pairs.problem, settings, &mut iterations(10)).expect("a problem");
    let text = write_li_lim(&pairs, &plan);
    assert!(text.ends_with("Solution\nRoute 1 : 1 2\n"), "{text}");
    let routes = read_solution(&text).expect("a solution").routes;
    assert_eq!(routes, [vec![1, 2]]);

    let unknown = Solution {
        routes: vec![vec![7]],
        cost: None,
    };
    assert!(instance.plan(&unknown).is_err());
    assert!(read_solution("nothing").is_err());
}

#[test]
fn made_instances_can_be_served_whole() {
    let layouts = [Layout::Random, Layout::Clustered, Layout::Mixed];
    for (seed, layout) in layouts.into_iter().enumerate() {
        for (horizon, windows) in [
            (Horizon::Short, Windows::Narrow),
            (Horizon::Short, Windows::Wide),
            (Horizon::Long, Windows::Narrow),
            (Horizon::Long, Windows::Wide),
        ] {
            let kind = Kind {
                customers: 40,
                layout,
                horizon,
                windows,
                seed: seed as u64,
            };
            assert_eq!(solomon(kind), solomon(kind));
            for text in [solomon(kind), li_lim(kind)] {
                let instance = read(&text, Rounding::TruncatedTenths).expect("an instance");
                let mut budget = iterations(300);
                let plan = solve(&instance.problem, Settings::default(), &mut budget);
                let plan = plan.expect("a problem");
                assert_fine(&instance.problem, &plan, &instance.name);
                assert_eq!(plan.unserved, [], "{kind:?}");
            }
        }
    }
}
