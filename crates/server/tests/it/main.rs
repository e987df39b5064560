//! The binary as a process: what only a real start, a real kill and a real restart show.

mod goods;
mod production;
mod test_provider;
