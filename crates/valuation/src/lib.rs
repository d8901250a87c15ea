//! What a promise is worth and how likely it is: estimates, in floating point.
//!
//! This is the one crate with floating point. What leaves it are chances and estimates for people
//! to read; the one number that reaches the chain is the calibrated bound of a goal, which is a
//! whole number found by comparing chances, and every payment is then decided by the exact integers
//! of `guerdon-core`. Nothing here converts to money.

#![warn(missing_docs)]

/// The bound of a goal, the chances that follow from it, and what must be said with them.
pub mod calibrate;

mod binomial;
mod normal;
