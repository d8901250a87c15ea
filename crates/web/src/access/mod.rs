//! Who asks, and what he may: authorisation as a type that a handler takes.

mod called;
mod client;
pub(crate) mod cookie;
mod extract;
mod goal;
mod grant;
mod known;
mod recognise;
pub(crate) mod token;
mod viewer;

pub(crate) use called::{called, name, told};
pub(crate) use client::Client;
pub(crate) use extract::{
    Administrator, AuditorReader, CompanyReader, CompanyWriter, Demo, SignedIn, Visitor, WithWallet,
};
pub(crate) use goal::{GoalParty, Part, parts_of};
pub(crate) use grant::{GrantHolder, GrantParty, GrantReader, Why, right};
pub(crate) use known::known;
pub(crate) use recognise::{IDLE_SECONDS, Recognised, recognise, viewer_of};
pub(crate) use viewer::Viewer;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anyone.
    Public,
    /// Any session of somebody's own: all but those by a link for auditors.
    SignedIn,
    /// A session by wallet.
    WithWallet,
    /// The grant's holder, the company, an auditor, or a link that its holder shares.
    GrantReader,
    /// The grant's holder, or the company: whoever reads names and agreements.
    GrantParty,
    /// The grant's holder, by wallet.
    GrantHolder,
    /// The goal's sponsor, a member of its panel, or its arbiter, by wallet.
    GoalParty,
    /// The company's people.
    CompanyReader,
    /// The company's people, by wallet.
    CompanyWriter,
    /// An administrator, by wallet.
    Administrator,
    /// An auditor, or the company.
    AuditorReader,
    /// Anyone, in a demonstration; elsewhere nobody.
    Demo,
}
