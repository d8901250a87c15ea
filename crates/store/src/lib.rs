//! The only crate that contains SQL.
