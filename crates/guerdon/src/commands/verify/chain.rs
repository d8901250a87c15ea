//! The chain's state against what its events add up to.

use std::collections::BTreeSet;

use alloy_primitives::{B256, U256};
use guerdon_core::ledger::{GrantRecord, Ledger};
use guerdon_core::state::{Flags, State};

use super::files::Evidence;
use super::report::Report;
use super::succession::of_rounds;
use crate::error::Outcome;
use crate::session::Session;

/// The code at every address: as the deployment file says, and as the committed artifacts make it;
/// and that the contracts name each other.
pub(crate) async fn code(session: &Session<'_>, report: &mut Report) -> Outcome {
    for (name, contract) in session.deployment.contracts.list() {
        let found = session.chain.code_hash(contract.address).await?;
        report.equal(("code", name), "code hash", found, contract.code_hash);
    }
    for named in session.chain.names_of(&session.deployment).await? {
        let subject = ("code", named.contract);
        report.equal(subject, named.function, named.found, named.want);
    }
    for (name, found) in session
        .chain
        .code_against_artifacts(&session.deployment)
        .await?
    {
        match found {
            None => report.count("code"),
            Some(difference) => report.fail("code", name, "artifact", difference),
        }
    }
    Ok(())
}

/// The words of these grants.
pub(crate) async fn words(
    session: &Session<'_>,
    ids: BTreeSet<B256>,
    (ledger, block): (&Ledger, u64),
    report: &mut Report,
) -> Outcome {
    for id in ids {
        let found = session
            .chain
            .words(session.grants(), id, Some(block))
            .await?;
        let want = ledger
            .grants
            .get(&id)
            .map_or(State::UNOPENED, |grant| grant.state);
        let name = format!("grant {id}");
        report.equal(("words", &name), "word", found.to_word(), want.to_word());
        if let Some(record) = ledger.grants.get(&id) {
            held_by(session, record, block, report).await?;
        }
    }
    Ok(())
}

/// Who holds a grant, and the recovery announced for it.
async fn held_by(
    session: &Session<'_>,
    record: &GrantRecord,
    block: u64,
    report: &mut Report,
) -> Outcome {
    let name = format!("grant {}", record.id);
    let found = session
        .chain
        .holders(session.grants(), record.id, Some(block))
        .await?;
    let want = record.moved_to.unwrap_or_default();
    report.equal(("holders", &name), "holder", found, want);
    let Some(succession) = session.deployment.contracts.succession else {
        return Ok(());
    };
    let found = session
        .chain
        .recovery(succession.address, record.id, Some(block))
        .await?;
    let want = record.recovery;
    report.equal(("holders", &name), "recovery to", found.to, want.to);
    let (found_at, want_at) = (found.announced_at, want.announced_at);
    report.equal(("holders", &name), "recovery announced", found_at, want_at);
    let (found_at, want_at) = (found.cancelled_at, want.cancelled_at);
    report.equal(("holders", &name), "recovery cancelled", found_at, want_at);
    Ok(())
}

/// The word of every goal and attempt.
pub(crate) async fn goals(
    session: &Session<'_>,
    (ledger, block): (&Ledger, u64),
    report: &mut Report,
) -> Outcome {
    for (id, record) in &ledger.goals {
        let name = format!("goal {id}");
        let found = session
            .chain
            .goal_state(session.goals(), *id, Some(block))
            .await?;
        let found = found.map_or(U256::ZERO, |state| state.to_word());
        report.equal(("words", &name), "word", found, record.state.to_word());
        for attempt in &record.attempts {
            let name = format!("attempt {} at goal {id}", attempt.number);
            let number = attempt.number;
            let found = session
                .chain
                .attempt(session.goals(), *id, number, Some(block))
                .await?;
            let found = found.map_or(U256::ZERO, |view| view.attempt.to_word());
            report.equal(("words", &name), "word", found, attempt.word.to_word());
        }
    }
    Ok(())
}

/// The sums: pool, rounds, what grants hold, and the contract's balance.
pub(crate) async fn money(
    session: &Session<'_>,
    evidence: &Evidence,
    (ledger, block): (&Ledger, u64),
    report: &mut Report,
) -> Outcome {
    let (grants, at) = (session.grants(), Some(block));
    let (pool, unit) = (&ledger.pool, session.unit());
    let funded = session.chain.funded(grants, at).await?;
    report.equal(("money", "pool"), "funded", funded, pool.funded);
    let promised = session.chain.promised(grants, at).await?;
    report.equal(("money", "pool"), "promised", promised, pool.promised);
    if promised > funded {
        report.fail("money", "pool", "promised", "more is promised than funded");
    }
    for (root, round) in &ledger.rounds {
        let found = session.chain.round(grants, *root, at).await?;
        report.equal(
            ("money", &format!("round {root}")),
            "total",
            found.total,
            round.total,
        );
    }
    held(evidence, ledger, report);

    let balance = session
        .chain
        .balance_of(session.token(), grants, at)
        .await?;
    let owed = pool.owed();
    match balance.checked_sub(owed) {
        // Anyone can send tokens to the contract; they belong to nobody and change nothing.
        Some(stray) => {
            report.count("money");
            report.amount("stray", stray, &unit);
        }
        None => {
            let message = format!("it is {balance} and should be funded less released, {owed}");
            report.fail("money", "token", "balance of Grants", message);
        }
    }
    for (name, units) in [
        ("funded", funded),
        ("promised", promised),
        ("released", pool.released),
        ("paid", pool.paid_net()),
        ("withheld", pool.withheld),
        ("balance", balance),
    ] {
        report.amount(name, units, &unit);
    }
    Ok(())
}

/// What is promised is what opened grants hold and what is not opened yet; each grant holds what
/// its terms and word say.
fn held(evidence: &Evidence, ledger: &Ledger, report: &mut Report) {
    let mut sum: u128 = ledger.rounds.values().map(|round| round.total).sum();
    for grant in of_rounds(ledger) {
        sum = sum.saturating_sub(grant.amount);
    }
    for (id, grant) in &ledger.grants {
        sum = sum.saturating_add(grant.held());
        let name = format!("grant {id}");
        // What replaced another, the chain published; what was replaced holds nothing.
        if let Some(terms) = evidence.terms.get(id) {
            let want = guerdon_core::grant::held(terms, &grant.state);
            report.equal(("money", &name), "held", grant.held(), want);
        } else if !grant.state.has(Flags::CLOSED) {
            report.fail("money", &name, "terms", "no file here has its terms");
        }
    }
    report.equal(
        ("money", "pool"),
        "sum of what grants hold",
        sum,
        ledger.pool.promised,
    );
}
