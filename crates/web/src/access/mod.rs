//! Who asks, and what he may: authorisation as a type that a handler takes.

pub(crate) mod cookie;
mod extract;
mod grant;
mod recognise;
pub(crate) mod token;
mod viewer;

pub(crate) use extract::{
    Administrator, AuditorReader, CompanyReader, CompanyWriter, Demo, SignedIn, Visitor, WithWallet,
};
pub(crate) use grant::{GrantHolder, GrantReader, Why, right};
pub(crate) use recognise::{IDLE_SECONDS, Recognised, recognise};
pub(crate) use viewer::Viewer;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anyone.
    Public,
    /// Any session.
    SignedIn,
    /// A session by wallet.
    WithWallet,
    /// The grant's holder, the company, an auditor, or a link that its holder shares.
    GrantReader,
    /// The grant's holder, by wallet.
    GrantHolder,
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
