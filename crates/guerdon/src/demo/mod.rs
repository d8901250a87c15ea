//! `demo`: a company, its rounds and two years on this machine, then its pages.

mod acts;
mod cast;
mod desk;
mod goals;
mod input;
mod later;
mod launch;
mod people;
mod play;
mod progress;
mod roles;
mod scenes;
mod stage;
mod story;

pub(crate) use play::run;
