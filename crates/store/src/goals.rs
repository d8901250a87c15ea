//! Defined goals and their panels; their attempts are read beside them.

use alloy_primitives::B256;
use guerdon_core::fact::Origin;
use guerdon_core::goal::{Goal, GoalFlags, GoalState, Kind};
use guerdon_core::ledger::GoalRecord;

use crate::text::{address, big, corrupt, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

origin_columns!(
    Defined,
    defined_block,
    defined_hash,
    defined_time,
    defined_tx,
    defined_log
);
origin_columns!(
    Changed,
    changed_block,
    changed_hash,
    changed_time,
    changed_tx,
    changed_log
);

#[derive(sqlx::FromRow)]
struct GoalRow {
    id: String,
    m: i64,
    #[sqlx(flatten)]
    definition: DefinitionRow,
    #[sqlx(flatten)]
    state: StateRow,
    #[sqlx(flatten)]
    defined: Defined,
    #[sqlx(flatten)]
    changed: Changed,
}

#[derive(sqlx::FromRow)]
struct DefinitionRow {
    kind: i64,
    threshold: i64,
    stretch: i64,
    base_ppb: i64,
    default_ppb: i64,
    bound: i64,
    attempts: i64,
    max_voids: i64,
    samples: i64,
    pool: i64,
    guards: i64,
    opens: i64,
    closes: i64,
    run_seconds: i64,
    challenge_seconds: i64,
    arbiter_seconds: i64,
    seed_blocks: i64,
    sponsor: String,
    panel: String,
    arbiter: String,
    bond_token: String,
    bond: String,
    data: String,
    spec: String,
}

#[derive(sqlx::FromRow)]
struct StateRow {
    state_fraction: i64,
    state_count: i64,
    state_pending: i64,
    state_voided: i64,
    state_flags: i64,
    state_closes: i64,
    state_demanded_at: i64,
    state_last_registered_at: i64,
    state_defaulted: i64,
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    member: String,
}

impl Read {
    /// A defined goal with its attempts.
    ///
    /// # Errors
    /// The database failed.
    pub async fn goal(&mut self, id: B256) -> Result<Option<GoalRecord>, StoreError> {
        let sql = "SELECT * FROM goals WHERE id = $1";
        match run!(self, fetch_optional as GoalRow, sql, word(&id))? {
            Some(row) => Ok(Some(self.whole_goal(row).await?)),
            None => Ok(None),
        }
    }

    /// A defined goal with its attempts.
    ///
    /// # Errors
    /// [`StoreError::GoalMissing`], or the database failed.
    pub async fn expect_goal(&mut self, id: B256) -> Result<GoalRecord, StoreError> {
        self.goal(id).await?.ok_or(StoreError::GoalMissing { id })
    }

    /// All defined goals with their attempts, in the order of their definition.
    ///
    /// # Errors
    /// The database failed.
    pub async fn goals(&mut self) -> Result<Vec<GoalRecord>, StoreError> {
        let sql = "SELECT * FROM goals ORDER BY defined_block, defined_log";
        let rows = run!(self, fetch_all as GoalRow, sql)?;
        let mut goals = Vec::with_capacity(rows.len());
        for row in rows {
            goals.push(self.whole_goal(row).await?);
        }
        Ok(goals)
    }

    async fn whole_goal(&mut self, row: GoalRow) -> Result<GoalRecord, StoreError> {
        let members = "SELECT member FROM panel_members WHERE goal = $1 ORDER BY place";
        let members = run!(self, fetch_all as MemberRow, members, &row.id)?;
        let id = parse("goal id", &row.id)?;
        Ok(GoalRecord {
            id,
            goal: Goal::try_from(&row.definition)?,
            m: unsigned("quorum", row.m)?,
            panel: members
                .iter()
                .map(|row| parse("panel member", &row.member))
                .collect::<Result<_, _>>()?,
            state: GoalState::try_from(&row.state)?,
            attempts: self.attempts_of(id).await?,
            defined: Origin::try_from(&row.defined)?,
            changed: Origin::try_from(&row.changed)?,
        })
    }
}

impl Tx {
    /// Writes a goal's record with its panel and attempts.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_goal(&mut self, goal: &GoalRecord) -> Result<(), StoreError> {
        self.delete_goal(goal.id).await?;
        self.insert_goal(goal).await?;
        let sql = "INSERT INTO panel_members (goal, place, member) VALUES ($1, $2, $3)";
        for (place, member) in (0_i64..).zip(&goal.panel) {
            run!(self, sql, word(&goal.id), place, address(member))?;
        }
        for attempt in &goal.attempts {
            self.insert_attempt(goal.id, attempt).await?;
        }
        Ok(())
    }

    /// Deletes a goal's record with its panel and attempts, when no log of it is left.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_goal(&mut self, id: B256) -> Result<(), StoreError> {
        run!(self, "DELETE FROM goals WHERE id = $1", word(&id))?;
        Ok(())
    }

    async fn insert_goal(&mut self, record: &GoalRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO goals (id, m, kind, threshold, stretch, base_ppb, default_ppb, \
                   bound, attempts, max_voids, samples, pool, guards, opens, closes, run_seconds, \
                   challenge_seconds, arbiter_seconds, seed_blocks, sponsor, panel, arbiter, \
                   bond_token, bond, data, spec, state_fraction, state_count, state_pending, \
                   state_voided, state_flags, state_closes, state_demanded_at, \
                   state_last_registered_at, state_defaulted, defined_block, defined_hash, \
                   defined_time, defined_tx, defined_log, changed_block, changed_hash, \
                   changed_time, changed_tx, changed_log) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, \
                   $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
                   $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, \
                   $40, $41, $42, $43, $44, $45)";
        let GoalRecord {
            goal,
            state,
            defined,
            changed,
            ..
        } = record;
        run!(
            self,
            sql,
            word(&record.id),
            i64::from(record.m),
            i64::from(goal.kind.number()),
            goal.threshold,
            goal.stretch,
            i64::from(goal.base_ppb),
            i64::from(goal.default_ppb),
            i64::from(goal.bound),
            i64::from(goal.attempts),
            i64::from(goal.max_voids),
            i64::from(goal.samples),
            i64::from(goal.pool),
            i64::from(goal.guards),
            big("time", goal.opens)?,
            big("time", goal.closes)?,
            i64::from(goal.run_seconds),
            i64::from(goal.challenge_seconds),
            i64::from(goal.arbiter_seconds),
            i64::from(goal.seed_blocks),
            address(&goal.sponsor),
            word(&goal.panel),
            address(&goal.arbiter),
            address(&goal.bond_token),
            goal.bond.to_string(),
            word(&goal.data),
            word(&goal.spec),
            i64::from(state.fraction),
            i64::from(state.count),
            i64::from(state.pending),
            i64::from(state.voided),
            i64::from(state.flags.0),
            big("time", state.closes)?,
            big("time", state.demanded_at)?,
            big("time", state.last_registered_at)?,
            i64::from(state.defaulted),
            big("block", defined.block)?,
            word(&defined.block_hash),
            big("block time", defined.block_time)?,
            word(&defined.tx),
            big("log index", defined.log_index)?,
            big("block", changed.block)?,
            word(&changed.block_hash),
            big("block time", changed.block_time)?,
            word(&changed.tx),
            big("log index", changed.log_index)?
        )?;
        Ok(())
    }
}

impl TryFrom<&DefinitionRow> for Goal {
    type Error = StoreError;

    fn try_from(row: &DefinitionRow) -> Result<Self, StoreError> {
        let kind = u8::try_from(row.kind).ok().and_then(Kind::from_number);
        Ok(Self {
            kind: kind.ok_or_else(|| corrupt("kind of goal", row.kind))?,
            threshold: row.threshold,
            stretch: row.stretch,
            base_ppb: unsigned("payout", row.base_ppb)?,
            default_ppb: unsigned("payout", row.default_ppb)?,
            bound: unsigned("bound", row.bound)?,
            attempts: unsigned("attempts", row.attempts)?,
            max_voids: unsigned("voids", row.max_voids)?,
            samples: unsigned("samples", row.samples)?,
            pool: unsigned("pool of items", row.pool)?,
            guards: unsigned("guards", row.guards)?,
            opens: unsigned("time", row.opens)?,
            closes: unsigned("time", row.closes)?,
            run_seconds: unsigned("seconds", row.run_seconds)?,
            challenge_seconds: unsigned("seconds", row.challenge_seconds)?,
            arbiter_seconds: unsigned("seconds", row.arbiter_seconds)?,
            seed_blocks: unsigned("seed blocks", row.seed_blocks)?,
            sponsor: parse("sponsor", &row.sponsor)?,
            panel: parse("panel", &row.panel)?,
            arbiter: parse("arbiter", &row.arbiter)?,
            bond_token: parse("bond token", &row.bond_token)?,
            bond: parse("bond", &row.bond)?,
            data: parse("data commitment", &row.data)?,
            spec: parse("specification", &row.spec)?,
        })
    }
}

impl TryFrom<&StateRow> for GoalState {
    type Error = StoreError;

    fn try_from(row: &StateRow) -> Result<Self, StoreError> {
        Ok(Self {
            fraction: unsigned("fraction", row.state_fraction)?,
            count: unsigned("count", row.state_count)?,
            pending: unsigned("pending", row.state_pending)?,
            voided: unsigned("voided", row.state_voided)?,
            flags: GoalFlags(unsigned("flags", row.state_flags)?),
            closes: unsigned("time", row.state_closes)?,
            demanded_at: unsigned("time", row.state_demanded_at)?,
            last_registered_at: unsigned("time", row.state_last_registered_at)?,
            defaulted: unsigned("default", row.state_defaulted)?,
        })
    }
}
