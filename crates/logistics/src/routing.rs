//! The order in which couriers drive.
