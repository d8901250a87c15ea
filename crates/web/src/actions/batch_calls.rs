//! The calls of a batch as they would fare now, each after those before it.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::act::{Act, After};
use guerdon_core::ledger::PoolRecord;
use guerdon_core::succession::signed_word;
use guerdon_store::{Batch, BatchCall, Read};

use super::done::Happened;
use super::effect::weigh;
use super::round_subject::{self, Found, RoundSubject};
use super::rounds::RoundAct;
use super::subject::Subject;
use super::{define, order, replace, replace_sign};
use crate::error::PageError;
use crate::state::AppState;
use crate::strings::actions as words;
use crate::views::Context;

/// What is to be said of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fares {
    /// The contracts would carry it out.
    Goes,
    /// It happened already.
    Done(String),
    /// Why the contracts would refuse it.
    Refused(String),
}

/// Every call of a batch, in order.
pub(super) async fn fares(
    read: &mut Read,
    (state, context): (&AppState, &Context<'_>),
    batch: &Batch,
) -> Result<Vec<Fares>, PageError> {
    let mut weighing = Weighing {
        state,
        context,
        pool: read.pool().await?,
        grants: BTreeMap::new(),
    };
    let mut all = Vec::with_capacity(batch.calls.len());
    for (_, call) in &batch.calls {
        all.push(weighing.call(read, call).await?);
    }
    Ok(all)
}

/// The grants as the calls so far would leave them.
struct Weighing<'a> {
    state: &'a AppState,
    context: &'a Context<'a>,
    pool: PoolRecord,
    /// None for one that nothing can be asked of any more.
    grants: BTreeMap<B256, Option<Subject>>,
}

impl Weighing<'_> {
    async fn call(&mut self, read: &mut Read, call: &BatchCall) -> Result<Fares, PageError> {
        let about = call.subject.split_once(':');
        let Some((noun, id)) = about.and_then(|(noun, id)| Some((noun, id.parse().ok()?))) else {
            return Ok(Fares::Goes);
        };
        if noun == "round" {
            return self.round(read, id, call).await;
        }
        if noun == "goal" {
            return define::fares(read, self.context, (id, &call.body)).await;
        }
        let id: B256 = id;
        if !self.grants.contains_key(&id) {
            let about = (id, self.context);
            let loaded = Subject::load(read, self.state, about).await?;
            self.grants.insert(id, loaded);
        }
        if call.kind == replace::KIND {
            return self.replacement(read, id, call).await;
        }
        let (Some(Some(subject)), Some(act)) = (self.grants.get_mut(&id), order::read(&call.body))
        else {
            return Ok(Fares::Refused(words::NOTHING_TO_CHANGE.to_owned()));
        };
        if let Some(done) = Happened::of_act(subject, (act, &call.body), self.context) {
            return Ok(Fares::Done(done.when(&subject.zone)));
        }
        subject.ledger.pool = self.pool;
        Ok(match weigh(subject, act, self.context.token()) {
            Ok((after, _)) => {
                leave(subject, act, &after);
                let freed = after.freed.saturating_neg();
                self.pool.promised = self.pool.promised.saturating_add_signed(freed);
                Fares::Goes
            }
            Err(why) => Fares::Refused(why),
        })
    }

    async fn round(
        &self,
        read: &mut Read,
        root: B256,
        call: &BatchCall,
    ) -> Result<Fares, PageError> {
        let Some(act) = RoundAct::read(&call.body) else {
            return Ok(Fares::Goes);
        };
        let subject = RoundSubject::load(read, root).await?;
        if let Some(done) = act.happened(read, self.state, root).await? {
            let zone = self.context.zone_of(None).0;
            return Ok(Fares::Done(done.when(&zone)));
        }
        let found = round_subject::weigh(read, (&subject, self.context), act).await?;
        Ok(match found {
            Found::Refused(why) => Fares::Refused(why.join(" ")),
            Found::Goes(_) => Fares::Goes,
        })
    }

    async fn replacement(
        &mut self,
        read: &mut Read,
        id: B256,
        call: &BatchCall,
    ) -> Result<Fares, PageError> {
        let refused = |why: &str| Ok(Fares::Refused(why.to_owned()));
        let Some(Some(subject)) = self.grants.get(&id) else {
            return refused(words::NOTHING_TO_CHANGE);
        };
        let kept = match replace_sign::request_of(&call.body) {
            Some(number) => read.request(number).await?,
            None => None,
        };
        let Some(kept) = kept.filter(guerdon_store::Request::stands) else {
            return refused(words::WITHDRAWN);
        };
        let file = replace_sign::decode(id, &kept)?;
        if file.old_word != signed_word(&subject.data.record.state) {
            return refused(words::CHANGED_SINCE);
        }
        if let Err(why) = super::weighed::weighed(subject, &file, self.context.token()) {
            return refused(&why);
        }
        self.grants.insert(id, None);
        Ok(Fares::Goes)
    }
}

/// Leaves a grant as the call would.
fn leave(subject: &mut Subject, act: Act, after: &After) {
    let record = &mut subject.data.record;
    record.state = after.state;
    record.recovery = after.recovery;
    if let Act::Move { .. } | Act::ExecuteRecovery = act {
        record.moved_to = Some(after.holder);
        subject.holder = after.holder;
    }
}
