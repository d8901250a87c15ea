//! `demo`: a company, its round and two years on this machine, then its pages.

mod acts;
mod goals;
mod input;
mod play;
mod progress;
mod story;

pub(crate) use play::run;
