//! The only crate that speaks EVM.
