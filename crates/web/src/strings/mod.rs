//! Every sentence that is made in code, one file a part.

pub(crate) mod access;
pub(crate) mod claim;
pub(crate) mod signing;
