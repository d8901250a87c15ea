//! One transaction of a sequence, complete in itself: leaving others out keeps its meaning.

use alloy::primitives::U256;

/// A call at a time, in a block, by somebody.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// Time of the block, in unix seconds.
    pub(crate) time: u64,
    pub(crate) block: u64,
    /// Place among the people.
    pub(crate) from: usize,
    pub(crate) call: Call,
}

/// A call; numbers name goals, leaves, rounds and people of the world.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    Fund {
        amount: u128,
    },
    WithdrawFree {
        to: usize,
        amount: u128,
    },
    Commit {
        round: usize,
        total: u128,
        binding_at: u64,
    },
    Rescind {
        round: usize,
    },
    Open {
        leaf: usize,
        round: usize,
        twist: Twist,
    },
    ClaimFirst {
        leaf: usize,
        round: usize,
        twist: Twist,
    },
    Claim {
        leaf: usize,
    },
    ClaimMany {
        leaves: Vec<usize>,
    },
    End {
        leaf: usize,
        stop_at: u64,
        grace: bool,
    },
    Pause {
        leaf: usize,
    },
    Resume {
        leaf: usize,
    },
    Accelerate {
        leaf: usize,
        by: u32,
    },
    LowerWithholding {
        leaf: usize,
        bps: u16,
    },
    Waive {
        leaf: usize,
    },
    HoldClaims {
        leaf: usize,
        on: bool,
    },
    Settle {
        leaf: usize,
    },
    /// Others take the place of a grant.
    Replace {
        leaf: usize,
        successors: Vec<usize>,
        deadline: u64,
        ink: Ink,
    },
    Move {
        leaf: usize,
        to: Payee,
    },
    Veto {
        leaf: usize,
    },
    AnnounceRecovery {
        leaf: usize,
        to: Payee,
    },
    ExecuteRecovery {
        leaf: usize,
        to: Payee,
    },
    ClearRecovery {
        leaf: usize,
    },
    /// What only Succession may ask of Grants, asked by somebody else.
    Bypass {
        leaf: usize,
        call: Bypass,
    },
    /// Calls of Grants in one transaction: all or none.
    Together {
        calls: Vec<Self>,
    },
    Define {
        goal: usize,
        m: u8,
    },
    Register {
        goal: usize,
        attempt: u16,
        model: u8,
        deadline: u64,
        quorum: Pick,
    },
    Seal {
        goal: usize,
        attempt: u16,
    },
    Propose {
        goal: usize,
        result: Reported,
        quorum: Pick,
    },
    Expire {
        goal: usize,
        attempt: u16,
    },
    Challenge {
        goal: usize,
        attempt: u16,
    },
    Resolve {
        goal: usize,
        attempt: u16,
        verdict: u8,
        x: u128,
        y: u128,
        guards: u32,
    },
    Finalize {
        goal: usize,
        attempt: u16,
    },
    Demand {
        goal: usize,
        model: u8,
    },
    Refuse {
        goal: usize,
    },
    Extend {
        goal: usize,
        closes: u64,
    },
    Close {
        goal: usize,
    },
    WithdrawBond {
        bond_token: bool,
    },
}

/// What is done to a proof.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Twist {
    /// Nothing.
    Straight,
    /// The index of a neighbour.
    Neighbour,
    /// A byte is changed.
    Byte,
    /// A byte is missing.
    Short,
    /// A level of nothing is added.
    Deeper,
}

/// A result, as the panel signs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reported {
    pub(crate) attempt: u16,
    pub(crate) model: u8,
    pub(crate) x: u128,
    pub(crate) y: u128,
    pub(crate) samples: u32,
    pub(crate) guards: u32,
}

/// Who signs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pick {
    /// The quorum that is told.
    pub(crate) m: u8,
    /// Bitmap over the panel.
    pub(crate) signers: u16,
    pub(crate) flaw: Flaw,
}

/// What is wrong with signatures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Flaw {
    None,
    /// The first is a stranger's.
    Stranger,
    /// They are of another message.
    OtherMessage,
    /// The last byte is missing.
    Short,
    /// A byte is left over.
    Long,
    /// The first has its twin with the high s.
    HighS,
    /// The first names another key.
    OtherV,
}

/// A holder's signature of a replacement, or something like it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ink {
    /// Place among the keys of holders and the wallet's owner.
    pub(crate) key: usize,
    /// The old word that is signed.
    pub(crate) word: U256,
    /// The deadline that is signed.
    pub(crate) deadline: u64,
    pub(crate) flaw: Flaw,
}

/// Who would hold a grant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Payee {
    Person(usize),
    /// Three that nobody can pay.
    Nobody,
    Grants,
    Token,
}

/// A call of Grants that is Succession's alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bypass {
    Succeed,
    SetHolder,
    SetRecovering,
}

impl Call {
    /// Its name, for counting.
    pub(crate) fn name(&self) -> String {
        let shown = format!("{self:?}");
        shown
            .split([' ', '{'])
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// Whether it goes to Succession.
    pub(crate) fn is_of_succession(&self) -> bool {
        matches!(
            self,
            Self::Replace { .. }
                | Self::Move { .. }
                | Self::Veto { .. }
                | Self::AnnounceRecovery { .. }
                | Self::ExecuteRecovery { .. }
                | Self::ClearRecovery { .. }
        )
    }

    /// Whether it goes to Goals.
    pub(crate) fn is_of_goals(&self) -> bool {
        matches!(
            self,
            Self::Define { .. }
                | Self::Register { .. }
                | Self::Seal { .. }
                | Self::Propose { .. }
                | Self::Expire { .. }
                | Self::Challenge { .. }
                | Self::Resolve { .. }
                | Self::Finalize { .. }
                | Self::Demand { .. }
                | Self::Refuse { .. }
                | Self::Extend { .. }
                | Self::Close { .. }
                | Self::WithdrawBond { .. }
        )
    }
}
