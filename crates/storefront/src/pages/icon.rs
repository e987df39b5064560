//! The shop's few icons, drawn on a 24-unit grid with round strokes. Each stands beside a word or has
//! a label on its control, so readers of the screen skip it.

use maud::{Markup, html};

/// Which icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named for what it shows")]
pub enum Icon {
    Home,
    Grid,
    Search,
    Cart,
    Check,
    Warning,
    Info,
    Truck,
    Shop,
    Lock,
    Box,
    Globe,
    Minus,
    Plus,
    Person,
    Key,
    Card,
    Wallet,
    Heart,
    Bell,
    Star,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Home => "M4 11 12 4l8 7M6 9.5V20h12V9.5",
            Icon::Grid => "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
            Icon::Search => "M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0ZM15.4 15.4 20 20",
            Icon::Cart => "M5 8h14l-1.2 12H6.2zM9 8V7a3 3 0 0 1 6 0v1",
            Icon::Check => "m5 12.5 4.5 4.5L19 7.5",
            Icon::Warning => "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.2",
            Icon::Info => "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM12 11v5.5M12 7.8V8",
            Icon::Truck => {
                "M3 6h11v10H3zM14 10h4l3 3v3h-7M9 18a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM19 18a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z"
            }
            Icon::Shop => "M4 10v10h16V10M3 10l2-6h14l2 6zM10 20v-6h4v6",
            Icon::Lock => "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
            Icon::Box => "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
            Icon::Globe => {
                "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM3.5 9h17M3.5 15h17M12 3c5 5.500 5 12.500 0 18-5-5.500-5-12.500 0-18Z"
            }
            Icon::Minus => "M6 12h12",
            Icon::Plus => "M6 12h12M12 6v12",
            Icon::Person => {
                "M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM4.500 20.500c.5-4 3.500-6 7.500-6s7 2 7.500 6"
            }
            Icon::Key => "M11 9a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM11 9h10v4M17 9v3",
            Icon::Card => "M3 6h18v13H3zM3 10.500h18M6.500 15.500h4",
            Icon::Star => {
                "m12 3.500 2.600 5.300 5.900.9-4.250 4.100 1 5.800L12 16.900l-5.250 2.700 1-5.800L3.500 9.700l5.900-.9z"
            }
            Icon::Wallet => {
                "M4 7.500V18a2 2 0 0 0 2 2h14V8H5.500A1.500 1.500 0 0 1 4 6.500 1.500 1.500 0 0 1 5.500 5H18v3M16 14h.2"
            }
            Icon::Heart => {
                "M12 20.500C6.500 16.500 3.500 13 3.500 9.300a4.600 4.600 0 0 1 8.500-2.400 4.600 4.600 0 0 1 8.500 2.400c0 3.700-3 7.200-8.500 11.200Z"
            }
            Icon::Bell => "M6 17v-6a6 6 0 0 1 12 0v6l1.500 2h-15zM10 21h4",
        }
    }
}

/// An icon as inline SVG in the color of the text around it.
pub fn icon(which: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
            path d=(which.path()) {}
        }
    }
}
