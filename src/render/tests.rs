//! Whole editions.
