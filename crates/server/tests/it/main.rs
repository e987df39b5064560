//! The binary as a process: what only a real start, a real kill and a real restart show.

mod admission;
mod bad_input;
mod goods;
mod harness;
mod operations;
mod postgres;
mod production;
mod screen;
mod test_provider;
