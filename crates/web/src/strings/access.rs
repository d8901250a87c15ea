//! Why something is not permitted, and who may.

/// A refusal: what is not permitted, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) what: &'static str,
    pub(crate) hint: &'static str,
}

pub(crate) const NOT_SIGNED_IN: Refusal = Refusal {
    what: "You are not signed in, or your session has ended.",
    hint: "Sign in, and do it again: nothing was changed.",
};

pub(crate) const FOREIGN_FORM: Refusal = Refusal {
    what: "This form did not come from a page of this server, so nothing was done.",
    hint: "Open the page here and send the form again. An operator behind a proxy: the server must \
           know its public address, and browsers must use that one.",
};

pub(crate) const VIEW_ONLY: Refusal = Refusal {
    what: "You signed in by e-mail, which lets you look and nothing else.",
    hint: "Sign in with your wallet to do this.",
};

pub(crate) const LINK_ONLY: Refusal = Refusal {
    what: "You came by a link for auditors, which opens what auditors read and nothing else.",
    hint: "If the people list or the chain knows you, sign in by your wallet.",
};

/// Who came by an auditor's link, in the place of a name.
pub(crate) const BY_AUDITOR_LINK: &str = "Auditor, by link";

pub(crate) const COMPANY_ONLY: Refusal = Refusal {
    what: "This page is for the company's people.",
    hint: "An administrator gives the company role in the people list; a role on the chain counts \
           as well.",
};

pub(crate) const COMPANY_BY_WALLET: Refusal = Refusal {
    what: "You signed in by e-mail, and the company's pages open by a wallet alone.",
    hint: "If you are of the company's people, sign in with your wallet.",
};

pub(crate) const ADMINISTRATOR_ONLY: Refusal = Refusal {
    what: "This page is for administrators.",
    hint: "The people list or the chain's access manager says who is one.",
};

pub(crate) const AUDITOR_ONLY: Refusal = Refusal {
    what: "This page is for auditors and the company's people.",
    hint: "An administrator gives the auditor role in the people list.",
};

pub(crate) const OTHERS_GRANT: Refusal = Refusal {
    what: "This grant is not yours to read.",
    hint: "Its holder can give you a link. If it is yours, sign in with the wallet that it pays.",
};

pub(crate) const PARTIES_ONLY: Refusal = Refusal {
    what: "This page names people, so it is for the grant's holder and the company.",
    hint: "Auditors read the grant itself by its id, without names.",
};

pub(crate) const NOT_PROMISED: Refusal = Refusal {
    what: "This grant has no file for its holder now.",
    hint: "Its round is not committed on the chain, or was taken back. Ask the people team.",
};

pub(crate) const GOAL_PARTIES_ONLY: Refusal = Refusal {
    what: "This page is for the goal's sponsor, its panel and its arbiter.",
    hint: "Its definition names them, by wallet. Sign in with that wallet; what anyone may read \
           stands on the goal's own page.",
};

pub(crate) const HOLDER_ONLY: Refusal = Refusal {
    what: "Only the grant's holder can do this.",
    hint: "Sign in with the wallet that the grant pays.",
};

/// The reader's own wallet.
pub(crate) const YOU: &str = "you";

/// `Viktor Lange (0x15d3…6A65)`
pub(crate) fn called(name: &str, short: &str) -> String {
    format!("{name} ({short})")
}
