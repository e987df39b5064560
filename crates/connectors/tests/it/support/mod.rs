//! Foreign programs for the tests: installing, starting, and ending them; and a small server with a script.

pub mod install;
pub mod mail_server;
pub mod process;
pub mod scripted;
