//! The HTTP interface from outside, over a real database in a temporary folder.
mod openapi;
