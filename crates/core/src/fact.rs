use alloy_primitives::{Address, B256, U256};

use crate::goal::Goal;

/// Where on the chain something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Number of the block.
    pub block: u64,
    /// Hash of the block.
    pub block_hash: B256,
    /// Time of the block, in unix seconds.
    pub block_time: u64,
    /// Hash of the transaction.
    pub tx: B256,
    /// Place of the log in its block.
    pub log_index: u64,
}

/// A log as the chain keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Where it was written.
    pub origin: Origin,
    /// The contract that wrote it.
    pub address: Address,
    /// Signature and indexed fields.
    pub topics: Vec<B256>,
    /// The other fields, encoded.
    pub data: Vec<u8>,
}

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The pool of funded money.
    Pool,
    /// A round, by its root.
    Round(B256),
    /// A grant, by its id.
    Grant(B256),
    /// A goal, by its id.
    Goal(B256),
    /// A token or its ledger of bonds.
    Token,
    /// What an account may do by a role: the role's number and the account.
    Member(u64, Address),
    /// Who may call a function: the contract and the function's selector.
    Function(Address, [u8; 4]),
    /// A scheduled call: its id, and which of the calls with that id it is.
    Operation(B256, u32),
}

/// What happened: one variant per event of the contracts, with the event's fields.
///
/// Amounts in base units, times in unix seconds, shares in ppb. The interfaces in
/// `contracts/src/interfaces` say what each of them does to the state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "fields are those of the event of the same name, documented there"
)]
pub enum Fact {
    /// The pool received money.
    Funded { from: Address, amount: u128 },
    /// Free money left the pool.
    FreeWithdrawn { to: Address, amount: u128 },
    /// A round was promised.
    RoundCommitted {
        root: B256,
        total: u128,
        document: B256,
        binding_at: u64,
        since: u16,
    },
    /// A round was taken back before it was binding.
    RoundRescinded { root: B256, freed: u128 },
    /// A grant has its word.
    Opened {
        id: B256,
        root: B256,
        index: u32,
        recipient: Address,
        amount: u128,
        withhold_bps: u16,
    },
    /// A proven leaf was invalid and is closed.
    Invalid {
        id: B256,
        root: B256,
        index: u32,
        freed: u128,
    },
    /// A grant paid.
    Claimed {
        id: B256,
        to: Address,
        gross: u128,
        withheld: u128,
    },
    /// A keeper's payment failed and changed nothing.
    ClaimFailed {
        id: B256,
        to: Address,
        gross: u128,
        reason: B256,
    },
    /// A grant ends.
    Ended {
        id: B256,
        stop_at: u64,
        grace: bool,
        freed: i128,
        lost: u32,
    },
    /// An announced end was withdrawn.
    EndWithdrawn { id: B256, freed: i128 },
    /// The clock of a grant stands.
    Paused { id: B256, stop_at: u64 },
    /// It runs again.
    Resumed { id: B256, lost: u32 },
    /// It was advanced.
    Accelerated { id: B256, credit: u32, freed: i128 },
    /// The final amount of a grant is fixed.
    Settled { id: B256, value: u128, freed: u128 },
    /// The holder gave up what was not vested.
    Waived { id: B256, value: u128, freed: u128 },
    /// Less is withheld from payments.
    WithholdingLowered { id: B256, withhold_bps: u16 },
    /// Only the holder may call for payment, or anyone again.
    ClaimsHeld { id: B256, on: bool },
    /// A grant took the place of an older one; one fact for each successor.
    Succeeded {
        old: B256,
        id: B256,
        place: u8,
        terms: Vec<u8>,
        freed: i128,
    },
    /// Another holder is paid from now on.
    HolderChanged { id: B256, holder: Address },
    /// A recovery is under way, or no longer.
    RecoveringSet { id: B256, on: bool },
    /// A grant is closed: its holder agreed to so many others in its place.
    Replaced {
        old: B256,
        holder: Address,
        count: U256,
    },
    /// The holder moved a grant to another address.
    Moved {
        id: B256,
        from: Address,
        to: Address,
    },
    /// The company announced that a grant goes to another address, for a lost key.
    RecoveryAnnounced { id: B256, to: Address, at: u64 },
    /// The grant went there.
    RecoveryExecuted { id: B256, to: Address },
    /// The holder cancelled a recovery.
    RecoveryVetoed { id: B256, at: u64 },
    /// A recovery that nobody executed in time is cleared.
    RecoveryLapsed { id: B256 },
    /// A goal exists.
    GoalDefined {
        id: B256,
        goal: Box<Goal>,
        m: u8,
        panel: Vec<Address>,
    },
    /// An attempt was registered.
    Registered {
        id: B256,
        attempt: u16,
        model: B256,
        registered_at: u64,
        registered_block: u64,
        deadline: u64,
    },
    /// The chain drew the items of an attempt.
    Sealed {
        id: B256,
        attempt: u16,
        seed: [u8; 12],
    },
    /// A signed result stands.
    Proposed {
        id: B256,
        attempt: u16,
        x: u128,
        y: u128,
        guards: u32,
        evidence: B256,
        signers: u16,
        fraction: u32,
        deadline: u64,
    },
    /// Nobody reported in time.
    Expired {
        id: B256,
        attempt: u16,
        deadline: u64,
    },
    /// Somebody objects.
    Challenged {
        id: B256,
        attempt: u16,
        challenger: Address,
        reason: B256,
        bond: u128,
        deadline: u64,
    },
    /// The arbiter decided.
    Resolved {
        id: B256,
        attempt: u16,
        verdict: u8,
        fraction: u32,
        x: u128,
        y: u128,
        guards: u32,
        to_sponsor: u128,
        to_challenger: u128,
        to_dead: u128,
        cleared_demand: bool,
    },
    /// A proposal stands for good.
    Finalized {
        id: B256,
        attempt: u16,
        fraction: u32,
        best: u32,
        to_challenger: u128,
        cleared_demand: bool,
    },
    /// The sponsor asked for a run.
    Demanded {
        id: B256,
        model: B256,
        demanded_at: u64,
    },
    /// The arbiter refused the demand.
    DemandRefused { id: B256 },
    /// The arbiter extended the window.
    Extended { id: B256, closes: u64 },
    /// A goal is final.
    GoalClosed {
        id: B256,
        fraction: u32,
        defaulted: u32,
    },
    /// The ledger of bonds paid out.
    BondWithdrawn {
        token: Address,
        to: Address,
        amount: U256,
    },
    /// Tokens moved.
    Transfer {
        from: Address,
        to: Address,
        amount: U256,
    },
    /// An account has a role from `since` on; if it had it before, another delay from then on.
    RoleGranted {
        role: u64,
        account: Address,
        delay: u32,
        since: u64,
        new_member: bool,
    },
    /// An account no longer has a role.
    RoleRevoked { role: u64, account: Address },
    /// A function is for another role.
    TargetFunctionRoleUpdated {
        target: Address,
        selector: [u8; 4],
        role: u64,
    },
    /// A call may be made from `at` on.
    OperationScheduled {
        id: B256,
        nonce: u32,
        at: u64,
        caller: Address,
        target: Address,
        data: Vec<u8>,
    },
    /// It was made.
    OperationExecuted { id: B256, nonce: u32 },
    /// It never will be.
    OperationCanceled { id: B256, nonce: u32 },
}

impl Fact {
    /// The entity whose record the fact changes first. The pool's record changes with many of them.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Funded { .. } | Self::FreeWithdrawn { .. } => Subject::Pool,
            Self::RoundCommitted { root, .. } | Self::RoundRescinded { root, .. } => {
                Subject::Round(*root)
            }
            Self::Opened { id, .. }
            | Self::Invalid { id, .. }
            | Self::Claimed { id, .. }
            | Self::ClaimFailed { id, .. }
            | Self::Ended { id, .. }
            | Self::EndWithdrawn { id, .. }
            | Self::Paused { id, .. }
            | Self::Resumed { id, .. }
            | Self::Accelerated { id, .. }
            | Self::Settled { id, .. }
            | Self::Waived { id, .. }
            | Self::WithholdingLowered { id, .. }
            | Self::ClaimsHeld { id, .. }
            | Self::Succeeded { id, .. }
            | Self::HolderChanged { id, .. }
            | Self::RecoveringSet { id, .. }
            | Self::Replaced { old: id, .. }
            | Self::Moved { id, .. }
            | Self::RecoveryAnnounced { id, .. }
            | Self::RecoveryExecuted { id, .. }
            | Self::RecoveryVetoed { id, .. }
            | Self::RecoveryLapsed { id } => Subject::Grant(*id),
            Self::GoalDefined { id, .. }
            | Self::Registered { id, .. }
            | Self::Sealed { id, .. }
            | Self::Proposed { id, .. }
            | Self::Expired { id, .. }
            | Self::Challenged { id, .. }
            | Self::Resolved { id, .. }
            | Self::Finalized { id, .. }
            | Self::Demanded { id, .. }
            | Self::DemandRefused { id }
            | Self::Extended { id, .. }
            | Self::GoalClosed { id, .. } => Subject::Goal(*id),
            Self::BondWithdrawn { .. } | Self::Transfer { .. } => Subject::Token,
            Self::RoleGranted { role, account, .. } | Self::RoleRevoked { role, account } => {
                Subject::Member(*role, *account)
            }
            Self::TargetFunctionRoleUpdated {
                target, selector, ..
            } => Subject::Function(*target, *selector),
            Self::OperationScheduled { id, nonce, .. }
            | Self::OperationExecuted { id, nonce }
            | Self::OperationCanceled { id, nonce } => Subject::Operation(*id, *nonce),
        }
    }
}
