//! Who is signed in.

use alloy_primitives::{Address, B256};
use guerdon_store::{ListRole, Means, Owner, PersonId};
use jiff::tz::TimeZone;

/// A role that the chain gives a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChainRole {
    /// 0 is the administrator's; the others as the contracts number them.
    pub(crate) role: u64,
    /// What a call by this role must wait between schedule and execution, in seconds.
    pub(crate) delay_seconds: u32,
}

/// The role of the AccessManager that gives out all others.
pub(crate) const ADMIN_ROLE: u64 = 0;

/// Who is signed in, and what the people list and the chain say of him.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    /// Hash of the session's token.
    pub(crate) session: B256,
    pub(crate) person: Option<PersonId>,
    pub(crate) name: Option<String>,
    pub(crate) means: Means,
    /// Proven by this person; the first is the one signed in with. None for a mail link.
    pub(crate) wallets: Vec<Address>,
    pub(crate) list_roles: Vec<ListRole>,
    /// Of the wallet signed in with.
    pub(crate) chain_roles: Vec<ChainRole>,
    pub(crate) zone: Option<TimeZone>,
    /// Whether a wallet of his is the sponsor, a panel member or the arbiter of any goal.
    pub(crate) judges: bool,
}

impl Viewer {
    /// Whose settings, links and sessions these are: the person's, or of a wallet that the list
    /// does not know.
    pub(crate) fn owner(&self) -> Option<Owner> {
        let wallet = || self.wallets.first().copied().map(Owner::Wallet);
        self.person.map(Owner::Person).or_else(wallet)
    }

    /// The wallet signed in with; `None` for a session that may only look.
    pub(crate) fn wallet(&self) -> Option<Address> {
        match self.means {
            Means::Wallet => self.wallets.first().copied(),
            Means::MailLink | Means::AuditorLink(_) => None,
        }
    }

    /// Came by a link for auditors: reads what they read, and has nothing of his own here.
    pub(crate) fn is_by_link(&self) -> bool {
        matches!(self.means, Means::AuditorLink(_))
    }

    /// The people list or the chain's AccessManager knows who this is.
    pub(crate) fn is_known(&self) -> bool {
        self.person.is_some() || !self.chain_roles.is_empty()
    }

    /// May read what the company reads.
    pub(crate) fn is_company(&self) -> bool {
        let listed = |role: &ListRole| *role != ListRole::Auditor;
        !self.chain_roles.is_empty() || self.list_roles.iter().any(listed)
    }

    /// May read what auditors read.
    pub(crate) fn is_auditor(&self) -> bool {
        self.is_company() || self.list_roles.contains(&ListRole::Auditor)
    }

    /// May change the people list.
    pub(crate) fn is_administrator(&self) -> bool {
        let on_chain = |held: &ChainRole| held.role == ADMIN_ROLE;
        self.list_roles.contains(&ListRole::Administrator) || self.chain_roles.iter().any(on_chain)
    }

    /// Delay of a role of the chain that the wallet holds, in seconds; `None` without the role.
    pub(crate) fn chain_role(&self, role: u64) -> Option<u32> {
        let mut held = self.chain_roles.iter();
        held.find(|held| held.role == role)
            .map(|held| held.delay_seconds)
    }

    /// What stands at the right of the head: the name, or the shortened wallet.
    pub(crate) fn shown_name(&self) -> String {
        match (&self.name, self.wallets.first()) {
            (Some(name), _) => name.clone(),
            (None, Some(wallet)) => crate::numbers::shortened(&wallet.to_checksum(None)),
            (None, None) => "signed in".to_owned(),
        }
    }
}
