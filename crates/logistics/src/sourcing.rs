//! Which location serves which line of an order.
