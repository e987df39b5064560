//! The binary as a process: what only a real start, a real kill and a real restart show.

mod admission;
mod bad_input;
mod clock;
mod goods;
mod harness;
mod mail;
#[path = "../../../connectors/tests/it/support/mail_server.rs"]
mod mail_server;
mod operations;
mod pictures;
mod postgres;
mod production;
mod returns;
mod screen;
mod test_provider;
mod traffic;
