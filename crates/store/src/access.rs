//! Who may do what, and what is scheduled: members of roles, roles of functions, scheduled calls.

use alloy_primitives::{Address, B256};
use guerdon_core::fact::Origin;
use guerdon_core::ledger::{
    AccessRecords, FunctionRecord, MemberRecord, OPERATION_EXPIRY, OperationRecord, OperationState,
};

use crate::text::{address, big, bytes, corrupt, parse, parse_bytes, unsigned, word};
use crate::{Read, StoreError, Tx};

/// Which scheduled calls to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operations {
    /// Those that can still be executed at that time (unix seconds) or later.
    Open(u64),
    /// So many of the newest, whatever became of them.
    Newest(u32),
}

origin_columns!(
    Scheduled,
    scheduled_block,
    scheduled_hash,
    scheduled_time,
    scheduled_tx,
    scheduled_log
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
struct MemberRow {
    role: i64,
    account: String,
    since: i64,
    delay_before: i64,
    delay: i64,
    delay_from: i64,
    #[sqlx(flatten)]
    changed: Changed,
}

#[derive(sqlx::FromRow)]
struct FunctionRow {
    target: String,
    selector: String,
    role: i64,
    #[sqlx(flatten)]
    changed: Changed,
}

#[derive(sqlx::FromRow)]
struct OperationRow {
    id: String,
    nonce: i64,
    caller: String,
    target: String,
    data: String,
    ready_at: i64,
    state: String,
    #[sqlx(flatten)]
    scheduled: Scheduled,
    #[sqlx(flatten)]
    changed: Changed,
}

impl Read {
    /// What an account may do by roles, and could once: by role. Whether it has one at a time says
    /// [`MemberRecord::is_member`].
    ///
    /// # Errors
    /// The database failed.
    pub async fn roles_of(&mut self, account: Address) -> Result<Vec<MemberRecord>, StoreError> {
        let sql = "SELECT * FROM role_members WHERE account = $1 ORDER BY role";
        let rows = run!(self, fetch_all as MemberRow, sql, address(&account))?;
        rows.into_iter().map(MemberRecord::try_from).collect()
    }

    /// All accounts that have a role, or had it, by account.
    ///
    /// # Errors
    /// The database failed.
    pub async fn members_of(&mut self, role: u64) -> Result<Vec<MemberRecord>, StoreError> {
        let sql = "SELECT * FROM role_members WHERE role = $1 ORDER BY account";
        let rows = run!(self, fetch_all as MemberRow, sql, signed(role))?;
        rows.into_iter().map(MemberRecord::try_from).collect()
    }

    /// Every account that has a role, or had it, by role and account.
    ///
    /// # Errors
    /// The database failed.
    pub async fn role_members(&mut self) -> Result<Vec<MemberRecord>, StoreError> {
        let sql = "SELECT * FROM role_members ORDER BY role, account";
        let rows = run!(self, fetch_all as MemberRow, sql)?;
        rows.into_iter().map(MemberRecord::try_from).collect()
    }

    /// One account in one role.
    ///
    /// # Errors
    /// The database failed.
    pub async fn role_member(
        &mut self,
        role: u64,
        account: Address,
    ) -> Result<Option<MemberRecord>, StoreError> {
        let sql = "SELECT * FROM role_members WHERE role = $1 AND account = $2";
        let account = address(&account);
        let row = run!(
            self,
            fetch_optional as MemberRow,
            sql,
            signed(role),
            account
        )?;
        row.map(MemberRecord::try_from).transpose()
    }

    /// Which role may call a function; `None`: only the administrator.
    ///
    /// # Errors
    /// The database failed.
    pub async fn function_role(
        &mut self,
        target: Address,
        selector: [u8; 4],
    ) -> Result<Option<FunctionRecord>, StoreError> {
        let sql = "SELECT * FROM function_roles WHERE target = $1 AND selector = $2";
        let (target, selector) = (address(&target), bytes(&selector));
        let row = run!(self, fetch_optional as FunctionRow, sql, target, selector)?;
        row.map(FunctionRecord::try_from).transpose()
    }

    /// Scheduled calls: open ones by their earliest time, the newest by when they were scheduled.
    ///
    /// # Errors
    /// The database failed.
    pub async fn operations(
        &mut self,
        which: Operations,
    ) -> Result<Vec<OperationRecord>, StoreError> {
        let rows = match which {
            Operations::Open(now) => {
                let sql = "SELECT * FROM operations WHERE state = 'scheduled' AND ready_at > $1 \
                           ORDER BY ready_at, id";
                let expired = i64::try_from(now).unwrap_or(i64::MAX);
                let expired = expired.saturating_sub(OPERATION_EXPIRY.cast_signed());
                run!(self, fetch_all as OperationRow, sql, expired)?
            }
            Operations::Newest(limit) => {
                let sql = "SELECT * FROM operations \
                           ORDER BY scheduled_block DESC, scheduled_log DESC LIMIT $1";
                run!(self, fetch_all as OperationRow, sql, i64::from(limit))?
            }
        };
        rows.into_iter().map(OperationRecord::try_from).collect()
    }

    /// The newest scheduled call of an id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn operation(&mut self, id: B256) -> Result<Option<OperationRecord>, StoreError> {
        let sql = "SELECT * FROM operations WHERE id = $1 ORDER BY nonce DESC LIMIT 1";
        let row = run!(self, fetch_optional as OperationRow, sql, word(&id))?;
        row.map(OperationRecord::try_from).transpose()
    }

    /// Everything the AccessManager said, as records.
    ///
    /// # Errors
    /// The database failed.
    pub async fn access_records(&mut self) -> Result<AccessRecords, StoreError> {
        let members = self.role_members().await?;
        let sql = "SELECT * FROM function_roles";
        let functions = run!(self, fetch_all as FunctionRow, sql)?;
        let operations = self.operations(Operations::Newest(u32::MAX)).await?;
        let mut records = AccessRecords::default();
        for member in members {
            records
                .members
                .insert((member.role, member.account), member);
        }
        for row in functions {
            let function = FunctionRecord::try_from(row)?;
            let key = (function.target, function.selector);
            records.functions.insert(key, function);
        }
        let operations = operations.into_iter().map(|it| ((it.id, it.nonce), it));
        records.operations.extend(operations);
        Ok(records)
    }

    /// A member of a role as the fold needs it, and so for functions and scheduled calls.
    ///
    /// # Errors
    /// The database failed.
    pub async fn operation_of(
        &mut self,
        id: B256,
        nonce: u32,
    ) -> Result<Option<OperationRecord>, StoreError> {
        let sql = "SELECT * FROM operations WHERE id = $1 AND nonce = $2";
        let nonce = i64::from(nonce);
        let row = run!(self, fetch_optional as OperationRow, sql, word(&id), nonce)?;
        row.map(OperationRecord::try_from).transpose()
    }
}

impl Tx {
    /// Writes what an account may do by a role.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_role_member(&mut self, member: &MemberRecord) -> Result<(), StoreError> {
        self.delete_role_member(member.role, member.account).await?;
        let sql = "INSERT INTO role_members (role, account, since, delay_before, delay, \
                   delay_from, changed_block, changed_hash, changed_time, changed_tx, \
                   changed_log) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let at = &member.changed;
        run!(
            self,
            sql,
            signed(member.role),
            address(&member.account),
            big("time", member.since)?,
            i64::from(member.delay_before),
            i64::from(member.delay),
            big("time", member.delay_from)?,
            big("block", at.block)?,
            word(&at.block_hash),
            big("time", at.block_time)?,
            word(&at.tx),
            big("log index", at.log_index)?
        )?;
        Ok(())
    }

    /// Deletes it, as a re-org did.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_role_member(
        &mut self,
        role: u64,
        account: Address,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM role_members WHERE role = $1 AND account = $2";
        run!(self, sql, signed(role), address(&account))?;
        Ok(())
    }

    /// Writes which role may call a function.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_function_role(&mut self, function: &FunctionRecord) -> Result<(), StoreError> {
        self.delete_function_role(function.target, function.selector)
            .await?;
        let sql = "INSERT INTO function_roles (target, selector, role, changed_block, \
                   changed_hash, changed_time, changed_tx, changed_log) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let at = &function.changed;
        run!(
            self,
            sql,
            address(&function.target),
            bytes(&function.selector),
            signed(function.role),
            big("block", at.block)?,
            word(&at.block_hash),
            big("time", at.block_time)?,
            word(&at.tx),
            big("log index", at.log_index)?
        )?;
        Ok(())
    }

    /// Deletes it, as a re-org did.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_function_role(
        &mut self,
        target: Address,
        selector: [u8; 4],
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM function_roles WHERE target = $1 AND selector = $2";
        run!(self, sql, address(&target), bytes(&selector))?;
        Ok(())
    }

    /// Writes a scheduled call.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_operation(&mut self, operation: &OperationRecord) -> Result<(), StoreError> {
        self.delete_operation(operation.id, operation.nonce).await?;
        let sql = "INSERT INTO operations (id, nonce, caller, target, data, ready_at, state, \
                   scheduled_block, scheduled_hash, scheduled_time, scheduled_tx, scheduled_log, \
                   changed_block, changed_hash, changed_time, changed_tx, changed_log) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
                   $16, $17)";
        let (scheduled, changed) = (&operation.scheduled, &operation.changed);
        run!(
            self,
            sql,
            word(&operation.id),
            i64::from(operation.nonce),
            address(&operation.caller),
            address(&operation.target),
            bytes(&operation.data),
            big("time", operation.at)?,
            state_text(operation.state),
            big("block", scheduled.block)?,
            word(&scheduled.block_hash),
            big("time", scheduled.block_time)?,
            word(&scheduled.tx),
            big("log index", scheduled.log_index)?,
            big("block", changed.block)?,
            word(&changed.block_hash),
            big("time", changed.block_time)?,
            word(&changed.tx),
            big("log index", changed.log_index)?
        )?;
        Ok(())
    }

    /// Deletes it, as a re-org did.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_operation(&mut self, id: B256, nonce: u32) -> Result<(), StoreError> {
        let sql = "DELETE FROM operations WHERE id = $1 AND nonce = $2";
        run!(self, sql, word(&id), i64::from(nonce))?;
        Ok(())
    }
}

impl TryFrom<MemberRow> for MemberRecord {
    type Error = StoreError;

    fn try_from(row: MemberRow) -> Result<Self, StoreError> {
        Ok(Self {
            role: row.role.cast_unsigned(),
            account: parse("account", &row.account)?,
            since: unsigned("time", row.since)?,
            delay_before: unsigned("delay", row.delay_before)?,
            delay: unsigned("delay", row.delay)?,
            delay_from: unsigned("time", row.delay_from)?,
            changed: Origin::try_from(&row.changed)?,
        })
    }
}

impl TryFrom<FunctionRow> for FunctionRecord {
    type Error = StoreError;

    fn try_from(row: FunctionRow) -> Result<Self, StoreError> {
        let selector = parse_bytes("selector", &row.selector)?;
        Ok(Self {
            target: parse("contract", &row.target)?,
            selector: <[u8; 4]>::try_from(selector)
                .map_err(|_| corrupt("selector", &row.selector))?,
            role: row.role.cast_unsigned(),
            changed: Origin::try_from(&row.changed)?,
        })
    }
}

impl TryFrom<OperationRow> for OperationRecord {
    type Error = StoreError;

    fn try_from(row: OperationRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse("operation", &row.id)?,
            nonce: unsigned("nonce", row.nonce)?,
            caller: parse("account", &row.caller)?,
            target: parse("contract", &row.target)?,
            data: parse_bytes("call data", &row.data)?,
            at: unsigned("time", row.ready_at)?,
            state: state_of(&row.state)?,
            scheduled: Origin::try_from(&row.scheduled)?,
            changed: Origin::try_from(&row.changed)?,
        })
    }
}

/// Roles use all 64 bits: the public role is the greatest number there is.
fn signed(role: u64) -> i64 {
    role.cast_signed()
}

fn state_text(state: OperationState) -> &'static str {
    match state {
        OperationState::Scheduled => "scheduled",
        OperationState::Executed => "executed",
        OperationState::Canceled => "canceled",
    }
}

fn state_of(text: &str) -> Result<OperationState, StoreError> {
    match text {
        "scheduled" => Ok(OperationState::Scheduled),
        "executed" => Ok(OperationState::Executed),
        "canceled" => Ok(OperationState::Canceled),
        _ => Err(corrupt("state of a scheduled call", text)),
    }
}
