//! A day's trade against a running shop, seen from outside: it loads the shop over HTTP as shoppers
//! would, and then proves from outside that every acknowledged order is there and nothing was oversold.
