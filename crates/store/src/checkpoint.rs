//! Which chain a database follows, how far, and the block hashes that betray a re-org.

use alloy_primitives::{Address, B256};

use crate::text::{address, big, parse, unsigned, word};
use crate::{Read, Store, StoreError, Tx};

/// The chain and contracts that a database follows, for its whole life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The chain id that the node reports.
    pub chain_id: u64,
    /// Hash of the chain's block 0: tells a fresh local chain from an earlier one.
    pub genesis_hash: B256,
    /// First block that may hold a log of the contracts.
    pub start_block: u64,
    /// The `Grants` contract.
    pub grants: Address,
    /// The `Goals` contract.
    pub goals: Address,
    /// The `Succession` contract; deployments before it have none.
    pub succession: Option<Address>,
    /// The `AccessManager`; `None` only of a database that has not followed one yet.
    pub manager: Option<Address>,
}

/// The last block whose logs are in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Height.
    pub block: u64,
    /// Hash of that block when it was indexed.
    pub hash: B256,
    /// Its timestamp, Unix seconds.
    pub time: u64,
}

#[derive(sqlx::FromRow)]
struct IdentityRow {
    chain_id: i64,
    genesis_hash: String,
    start_block: i64,
    grants_address: String,
    goals_address: String,
    succession_address: Option<String>,
    manager_address: Option<String>,
}

#[derive(sqlx::FromRow)]
struct CheckpointRow {
    block: i64,
    hash: String,
    time: i64,
}

impl Identity {
    /// Whether this is the same chain and contracts, but for an AccessManager that it lacks.
    fn is_before_manager(&self, later: &Self) -> bool {
        let with_manager = Self {
            manager: later.manager,
            ..self.clone()
        };
        self.manager.is_none() && with_manager == *later
    }
}

impl Store {
    /// Remembers the chain at the first call; afterwards makes sure that it is the same.
    ///
    /// A database from before roles were followed learns the AccessManager here, and forgets what
    /// it derived: the chain is read again from its start, and what was imported or sent stays.
    ///
    /// # Errors
    /// [`StoreError::OtherChain`] when the database follows another chain or other contracts.
    pub async fn bind(&self, identity: &Identity) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        match tx.identity().await? {
            None => {
                tx.put_identity(identity).await?;
                tx.commit().await
            }
            Some(known) if known == *identity => Ok(()),
            Some(known) if known.is_before_manager(identity) => {
                tx.forget_chain().await?;
                tx.put_manager(identity.manager).await?;
                tx.commit().await
            }
            Some(known) => Err(StoreError::OtherChain {
                known: describe(&known),
                asked: describe(identity),
            }),
        }
    }
}

impl Read {
    /// The chain and contracts that this database follows, if it was ever bound.
    ///
    /// # Errors
    /// The database failed.
    pub async fn identity(&mut self) -> Result<Option<Identity>, StoreError> {
        let sql = "SELECT chain_id, genesis_hash, start_block, grants_address, goals_address, \
                   succession_address, manager_address FROM meta WHERE one = 1";
        run!(self, fetch_optional as IdentityRow, sql)?
            .map(Identity::try_from)
            .transpose()
    }

    /// The last block whose logs are in the store; nothing before the first step.
    ///
    /// # Errors
    /// The database failed.
    pub async fn checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        let sql = "SELECT block, hash, time FROM checkpoint WHERE one = 1";
        run!(self, fetch_optional as CheckpointRow, sql)?
            .map(Checkpoint::try_from)
            .transpose()
    }

    /// Remembered blocks below `height`, the highest first: candidates for a common ancestor.
    ///
    /// # Errors
    /// The database failed.
    pub async fn blocks_below(
        &mut self,
        height: u64,
        limit: u32,
    ) -> Result<Vec<Checkpoint>, StoreError> {
        let sql = "SELECT block, hash, time FROM blocks WHERE block < $1 \
                   ORDER BY block DESC LIMIT $2";
        let height = big("block", height)?;
        let rows = run!(
            self,
            fetch_all as CheckpointRow,
            sql,
            height,
            i64::from(limit)
        )?;
        rows.into_iter().map(Checkpoint::try_from).collect()
    }
}

impl Tx {
    /// Moves the checkpoint, forward after a range or back after a re-org.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_checkpoint(&mut self, to: &Checkpoint) -> Result<(), StoreError> {
        let sql = "INSERT INTO checkpoint (one, block, hash, time) VALUES (1, $1, $2, $3) \
                   ON CONFLICT (one) DO UPDATE SET block = excluded.block, \
                   hash = excluded.hash, time = excluded.time";
        let (block, time) = (big("block", to.block)?, big("time", to.time)?);
        run!(self, sql, block, word(&to.hash), time)?;
        Ok(())
    }

    /// Forgets the checkpoint: the next step begins at the deployment's first block.
    ///
    /// # Errors
    /// The database failed.
    pub async fn clear_checkpoint(&mut self) -> Result<(), StoreError> {
        run!(self, "DELETE FROM checkpoint WHERE one = 1")?;
        Ok(())
    }

    /// Remembers the hash of a block, to compare with the chain's later.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_block(&mut self, block: &Checkpoint) -> Result<(), StoreError> {
        let sql = "INSERT INTO blocks (block, hash, time) VALUES ($1, $2, $3) \
                   ON CONFLICT (block) DO UPDATE SET hash = excluded.hash, time = excluded.time";
        let (height, time) = (big("block", block.block)?, big("time", block.time)?);
        run!(self, sql, height, word(&block.hash), time)?;
        Ok(())
    }

    /// Forgets the blocks above a height, which a re-org replaced.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_blocks_after(&mut self, height: u64) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM blocks WHERE block > $1",
            big("block", height)?
        )?;
        Ok(())
    }

    /// Forgets blocks below a height, too deep to be replaced, but never the highest of them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn prune_blocks(&mut self, height: u64) -> Result<(), StoreError> {
        let sql = "DELETE FROM blocks \
                   WHERE block < (SELECT MAX(block) FROM blocks WHERE block <= $1)";
        run!(self, sql, big("block", height)?)?;
        Ok(())
    }

    /// Deletes all that is derived from logs, and the logs, so that the chain is read again.
    async fn forget_chain(&mut self) -> Result<(), StoreError> {
        run!(self, "DELETE FROM logs")?;
        run!(self, "DELETE FROM pool")?;
        run!(self, "DELETE FROM rounds")?;
        run!(self, "DELETE FROM grants")?;
        run!(self, "DELETE FROM goals")?;
        run!(self, "DELETE FROM successors")?;
        run!(self, "DELETE FROM role_members")?;
        run!(self, "DELETE FROM function_roles")?;
        run!(self, "DELETE FROM operations")?;
        run!(self, "DELETE FROM blocks")?;
        self.clear_checkpoint().await
    }

    async fn put_manager(&mut self, manager: Option<Address>) -> Result<(), StoreError> {
        let sql = "UPDATE meta SET manager_address = $1 WHERE one = 1";
        run!(self, sql, manager.as_ref().map(address))?;
        Ok(())
    }

    async fn put_identity(&mut self, identity: &Identity) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta \
                   (one, chain_id, genesis_hash, start_block, grants_address, goals_address, \
                   succession_address, manager_address) VALUES (1, $1, $2, $3, $4, $5, $6, $7)";
        run!(
            self,
            sql,
            big("chain id", identity.chain_id)?,
            word(&identity.genesis_hash),
            big("block", identity.start_block)?,
            address(&identity.grants),
            address(&identity.goals),
            identity.succession.as_ref().map(address),
            identity.manager.as_ref().map(address)
        )?;
        Ok(())
    }
}

impl TryFrom<IdentityRow> for Identity {
    type Error = StoreError;

    fn try_from(row: IdentityRow) -> Result<Self, StoreError> {
        Ok(Self {
            chain_id: unsigned("chain id", row.chain_id)?,
            genesis_hash: parse("genesis hash", &row.genesis_hash)?,
            start_block: unsigned("start block", row.start_block)?,
            grants: parse("Grants address", &row.grants_address)?,
            goals: parse("Goals address", &row.goals_address)?,
            succession: row
                .succession_address
                .map(|address| parse("Succession address", &address))
                .transpose()?,
            manager: row
                .manager_address
                .map(|address| parse("AccessManager address", &address))
                .transpose()?,
        })
    }
}

impl TryFrom<CheckpointRow> for Checkpoint {
    type Error = StoreError;

    fn try_from(row: CheckpointRow) -> Result<Self, StoreError> {
        Ok(Self {
            block: unsigned("block", row.block)?,
            hash: parse("block hash", &row.hash)?,
            time: unsigned("block time", row.time)?,
        })
    }
}

fn describe(identity: &Identity) -> String {
    let Identity {
        chain_id,
        genesis_hash,
        grants,
        ..
    } = identity;
    format!("chain {chain_id} (genesis {genesis_hash}) with Grants at {grants}")
}
