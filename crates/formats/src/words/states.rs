use guerdon_core::ledger::GrantRecord;
use guerdon_core::state::Flags;
use guerdon_core::succession::Stage;

/// The state of a grant in the glossary's word, at a time in unix seconds.
pub fn state_word(record: &GrantRecord, now: u64) -> &'static str {
    let state = &record.state;
    let has = |flag| state.has(flag);
    match () {
        () if record.was_replaced() => "replaced",
        () if has(Flags::CLOSED) => "closed",
        () if !has(Flags::OPENED) => "not opened yet",
        () if has(Flags::SETTLED) => "settled",
        () if matches!(record.recovery.stage(now), Stage::Lapsed { .. }) => "recovery lapsed",
        () if has(Flags::RECOVERING) => "recovery announced",
        () if state.has_ended(now) => "ended",
        () if has(Flags::ENDED) => "notice given",
        () if has(Flags::PAUSED) => "paused",
        () if has(Flags::HOLDER_ONLY) => "held by its holder",
        () => "active",
    }
}
