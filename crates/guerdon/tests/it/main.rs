//! The whole product through its command line, on a real node.

mod harness;
