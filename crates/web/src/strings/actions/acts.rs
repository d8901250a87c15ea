use guerdon_core::act::Act;

/// What the act is called.
pub(crate) const fn heading(act: Act) -> &'static str {
    match act {
        Act::End { .. } => "End the grant",
        Act::WithdrawEnd => "Withdraw the announced end",
        Act::Pause => "Pause its clock",
        Act::Resume => "Let its clock run again",
        Act::Accelerate { .. } => "Set its clock forward",
        Act::LowerWithholding { .. } => "Withhold less for tax",
        Act::Settle => "Settle it",
        Act::Waive => "Give up what is not vested",
        Act::Hold { on: true } => "Let only the holder call for payment",
        Act::Hold { on: false } => "Let anyone call for payment again",
        Act::Move { .. } => "Move it to another account",
        Act::AnnounceRecovery { .. } => "Announce a recovery for a lost key",
        Act::ExecuteRecovery => "Carry out the announced recovery",
        Act::ClearRecovery => "Clear the lapsed recovery",
        Act::Veto => "Veto the announced recovery",
    }
}

/// What it does, in a sentence.
pub(crate) const fn what(act: Act) -> &'static str {
    match act {
        Act::End { .. } => {
            "Vesting stops at a moment. What was paid is never taken back, and what is vested by \
             then stays payable."
        }
        Act::WithdrawEnd => "The grant goes on as if no end had been announced.",
        Act::Pause => {
            "Vesting stands still until the company lets it run again, or until the pauses that \
             the terms allow are used up. Then it goes on by itself."
        }
        Act::Resume => {
            "Vesting goes on. What stood still is lost: everything vests that much later."
        }
        Act::Accelerate { .. } => "Everything vests that much earlier. A clock is never set back.",
        Act::LowerWithholding { .. } => {
            "Each payment from now on keeps back less. The rate can only fall."
        }
        Act::Settle => {
            "Fixes the final amount once neither time nor results can change it; the rest goes \
             back to the pool. Anyone may do it."
        }
        Act::Waive => {
            "The final amount becomes what is vested now, and the rest goes back to the company. \
             Only the holder can do it."
        }
        Act::Hold { on: true } => {
            "Keepers skip this grant, and only the holder's own call is paid. The holder can undo \
             it at any time."
        }
        Act::Hold { on: false } => "Keepers and anyone else may call again; the holder is paid.",
        Act::Move { .. } => {
            "Another account holds the grant from then on and is paid all that is still to come. \
             Only the new holder could move it again."
        }
        Act::AnnounceRecovery { .. } => {
            "For a holder who lost the key. It is announced in the open: the holder has 30 days to \
             veto it, and it can be carried out in the 30 days after."
        }
        Act::ExecuteRecovery => "The announced account becomes the holder.",
        Act::ClearRecovery => {
            "Nobody carried it out in its 30 days. Once cleared, anyone may call for payment again."
        }
        Act::Veto => {
            "Says that the key is not lost. The recovery is cancelled, and none can be announced \
             for 90 days."
        }
    }
}

/// Who can take it back, at `now`.
pub(crate) const fn undo(act: Act, now: u64) -> &'static str {
    match act {
        Act::End { stop_at, .. } if stop_at > now => {
            "The company can move or withdraw it until that moment; then nobody can."
        }
        Act::End { .. } => "Nobody can take it back.",
        Act::WithdrawEnd => "The company can announce an end again.",
        Act::Pause => "The company can let it run again at any time; what stood still is lost.",
        Act::Resume => "Nobody gets back what stood still; the company may pause again.",
        Act::Accelerate { .. } => "Nobody can take it back: a clock is never set back.",
        Act::LowerWithholding { .. } => "Nobody can take it back: the rate can only fall.",
        Act::Settle | Act::Waive => "Nobody can take it back: the amount is final.",
        Act::Hold { .. } => "The holder can change it at any time.",
        Act::Move { .. } => "Nobody but the new holder, if the terms let it move on.",
        Act::AnnounceRecovery { .. } => {
            "The holder can cancel it by a veto or a move. If nobody carries it out, it lapses."
        }
        Act::ExecuteRecovery => "Nobody can take it back: the new account holds the grant.",
        Act::ClearRecovery => "Nobody needs to: the company may announce another.",
        Act::Veto => "Nobody can take it back; the company may announce another later.",
    }
}

/// What the button that signs says.
pub(crate) const fn button(act: Act) -> &'static str {
    match act {
        Act::End { .. } => "End this grant",
        Act::WithdrawEnd => "Withdraw the end",
        Act::Pause => "Pause this grant",
        Act::Resume => "Resume this grant",
        Act::Accelerate { .. } => "Set the clock forward",
        Act::LowerWithholding { .. } => "Lower the withholding",
        Act::Settle => "Settle this grant",
        Act::Waive => "Give up the rest",
        Act::Hold { on: true } => "Hold claims",
        Act::Hold { on: false } => "Release claims",
        Act::Move { .. } => "Move this grant",
        Act::AnnounceRecovery { .. } => "Announce the recovery",
        Act::ExecuteRecovery => "Carry out the recovery",
        Act::ClearRecovery => "Clear the recovery",
        Act::Veto => "Veto the recovery",
    }
}
