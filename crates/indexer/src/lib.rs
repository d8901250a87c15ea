//! Follows the chain and folds logs into the store.
