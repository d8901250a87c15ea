//! The words and laws of compensation, as pure functions.
