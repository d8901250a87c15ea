//! Reads evaluation results: what a file says, and whether it may decide money.
