//! The seeded instances of the measurements.

use logistics::routing::formats::{Instance, Rounding, read};
use logistics::routing::generate::{Horizon, Kind, Layout, Windows, li_lim, solomon};

// Layout, horizon and windows of each.
type Class = (Layout, Horizon, Windows);

const SMALL: [Class; 6] = [
    (Layout::Random, Horizon::Short, Windows::Narrow),
    (Layout::Random, Horizon::Long, Windows::Wide),
    (Layout::Clustered, Horizon::Short, Windows::Wide),
    (Layout::Clustered, Horizon::Long, Windows::Narrow),
    (Layout::Mixed, Horizon::Short, Windows::Wide),
    (Layout::Mixed, Horizon::Long, Windows::Narrow),
];

const LARGE: [Class; 3] = [
    (Layout::Random, Horizon::Short, Windows::Narrow),
    (Layout::Clustered, Horizon::Short, Windows::Wide),
    (Layout::Mixed, Horizon::Long, Windows::Wide),
];

/// How many customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 200.
    Small,
    /// 1,000.
    Large,
}

fn kinds(size: Size) -> Vec<Kind> {
    let (customers, classes) = match size {
        Size::Small => (200, &SMALL[..]),
        Size::Large => (1000, &LARGE[..]),
    };
    let kind = |(at, &(layout, horizon, windows)): (usize, &Class)| Kind {
        customers,
        layout,
        horizon,
        windows,
        seed: at as u64 + 1,
    };
    classes.iter().enumerate().map(kind).collect()
}

/// The instances with time windows, distances as ten times the published ones, cut off.
pub fn with_windows(size: Size) -> Result<Vec<Instance>, String> {
    let texts = kinds(size).into_iter().map(solomon);
    texts
        .map(|text| read(&text, Rounding::TruncatedTenths).map_err(|error| error.to_string()))
        .collect()
}

/// All instances as files: name and text.
pub fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for kind in [Size::Small, Size::Large].into_iter().flat_map(kinds) {
        let text = solomon(kind);
        let name = text.lines().next().unwrap_or_default().to_owned();
        files.push((format!("l{}.pdp.txt", name.to_lowercase()), li_lim(kind)));
        files.push((format!("{name}.txt"), text));
    }
    files
}
