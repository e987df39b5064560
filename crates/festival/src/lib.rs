//! festival.
