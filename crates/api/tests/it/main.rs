//! The HTTP interface from outside, over a real database in a temporary folder.

mod answers;
mod authorization;
mod buy_now;
mod campaigns;
mod console;
mod delays;
mod epcis;
mod errors;
mod harness;
mod hubs;
mod members;
mod openapi;
mod parcels;
mod points;
mod promise;
mod returns;
mod reviews;
mod rounds;
mod sources;
mod switches;
mod together;
