//! The words a person can type. No logic: commands take these structs.

mod arguments;
mod database;
mod goal;
mod goal_build;
mod grant;
mod job;
mod keep;
mod key;
mod operations;
mod people;
mod portal;
mod role;
mod round;
mod schedule;
mod values;
mod webhook;

pub(crate) use arguments::*;
pub(crate) use database::*;
pub(crate) use goal::*;
pub(crate) use goal_build::*;
pub(crate) use grant::*;
pub(crate) use job::*;
pub(crate) use keep::*;
pub(crate) use key::*;
pub(crate) use operations::*;
pub(crate) use people::*;
pub(crate) use portal::*;
pub(crate) use role::*;
pub(crate) use round::*;
pub(crate) use schedule::*;
pub(crate) use values::*;
pub(crate) use webhook::*;
