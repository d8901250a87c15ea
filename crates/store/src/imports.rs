//! What the company brought in: rounds, terms and goal definitions. The chain knows only their
//! hashes, so none of this can be derived again.

use alloy_primitives::B256;
use guerdon_core::terms::{Gate, Rule, Terms};

use crate::text::{big, bytes, corrupt, parse, parse_bytes, unsigned, word};
use crate::{Page, Read, StoreError, Tx};

/// A round as it was imported, committed or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedRound {
    /// Root of the sum tree.
    pub root: B256,
    /// Sum of all amounts, base units.
    pub total: u128,
    /// Number of grants.
    pub count: u64,
    /// What the company calls the round.
    pub label: String,
    /// Name of the sheet's file.
    pub file: String,
    /// Hash of the round's own document.
    pub document: B256,
    /// Version of the time zone database that turned dates into seconds.
    pub tzdb: String,
}

/// One grant of an imported round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedGrant {
    /// Hash of the domain and the terms.
    pub id: B256,
    /// Root of its round, imported before.
    pub root: B256,
    /// Place among the leaves, from 0.
    pub index: u64,
    /// The canonical bytes of the terms.
    pub terms: Vec<u8>,
    /// The company's own name for the grant.
    pub external_id: String,
    /// IANA time zone in which its dates were meant.
    pub zone: String,
    /// The agreement's text, whose hash the terms carry; it holds a nonce and stays private.
    pub agreement: Option<String>,
}

/// A goal definition as it was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedGoal {
    /// Hash of the definition.
    pub id: B256,
    /// What grant sheets call it.
    pub name: String,
    /// The definition file, JSON, as it was written.
    pub definition: String,
}

/// A gate of an imported grant: the goal decides a share of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateRow {
    /// The grant.
    pub grant: B256,
    /// The gate itself.
    pub gate: Gate,
}

#[derive(sqlx::FromRow)]
struct RoundRow {
    root: String,
    total: String,
    leaves: i64,
    label: String,
    file: String,
    document: String,
    tzdb: String,
}

#[derive(sqlx::FromRow)]
pub(crate) struct TermsRow {
    id: String,
    root: String,
    leaf_index: i64,
    terms: String,
    external_id: String,
    zone: String,
    agreement: Option<String>,
}

#[derive(sqlx::FromRow)]
struct GoalRow {
    id: String,
    name: String,
    definition: String,
}

#[derive(sqlx::FromRow)]
struct GateColumns {
    id: String,
    goal: String,
    share_ppb: i64,
    lapse: bool,
    is_trigger: bool,
}

impl Read {
    /// An imported round.
    ///
    /// # Errors
    /// The database failed.
    pub async fn imported_round(
        &mut self,
        root: B256,
    ) -> Result<Option<ImportedRound>, StoreError> {
        let sql = "SELECT root, total, leaves, label, file, document, tzdb \
                   FROM imported_rounds WHERE root = $1";
        let row = run!(self, fetch_optional as RoundRow, sql, word(&root))?;
        row.map(ImportedRound::try_from).transpose()
    }

    /// All imported rounds, by label.
    ///
    /// # Errors
    /// The database failed.
    pub async fn imported_rounds(&mut self) -> Result<Vec<ImportedRound>, StoreError> {
        let sql = "SELECT root, total, leaves, label, file, document, tzdb \
                   FROM imported_rounds ORDER BY label, root";
        let rows = run!(self, fetch_all as RoundRow, sql)?;
        rows.into_iter().map(ImportedRound::try_from).collect()
    }

    /// The imported terms of a grant, opened or not.
    ///
    /// # Errors
    /// The database failed.
    pub async fn terms(&mut self, id: B256) -> Result<Option<ImportedGrant>, StoreError> {
        let sql = "SELECT id, root, leaf_index, terms, external_id, zone, agreement \
                   FROM terms WHERE id = $1";
        let row = run!(self, fetch_optional as TermsRow, sql, word(&id))?;
        row.map(ImportedGrant::try_from).transpose()
    }

    /// The imported terms of a grant.
    ///
    /// # Errors
    /// [`StoreError::TermsMissing`], or the database failed.
    pub async fn expect_terms(&mut self, id: B256) -> Result<ImportedGrant, StoreError> {
        self.terms(id).await?.ok_or(StoreError::TermsMissing { id })
    }

    /// Imported grants of all rounds in order of their ids.
    ///
    /// # Errors
    /// The database failed.
    pub async fn imported_grants(&mut self, page: &Page) -> Result<Vec<ImportedGrant>, StoreError> {
        let sql = "SELECT id, root, leaf_index, terms, external_id, zone, agreement FROM terms \
                   WHERE id > $1 ORDER BY id LIMIT $2";
        let after = page.after.as_ref().map(word).unwrap_or_default();
        let limit = i64::from(page.limit);
        let rows = run!(self, fetch_all as TermsRow, sql, after, limit)?;
        rows.into_iter().map(ImportedGrant::try_from).collect()
    }

    /// The imported grants of a round from a leaf on, in leaf order.
    ///
    /// # Errors
    /// The database failed.
    pub async fn terms_of_round(
        &mut self,
        root: B256,
        from_index: u64,
        limit: u32,
    ) -> Result<Vec<ImportedGrant>, StoreError> {
        let sql = "SELECT id, root, leaf_index, terms, external_id, zone, agreement FROM terms \
                   WHERE root = $1 AND leaf_index >= $2 ORDER BY leaf_index LIMIT $3";
        let from = big("leaf index", from_index)?;
        let rows = run!(
            self,
            fetch_all as TermsRow,
            sql,
            word(&root),
            from,
            i64::from(limit)
        )?;
        rows.into_iter().map(ImportedGrant::try_from).collect()
    }

    /// The grants that the company calls by this name, in order of their ids: several when a
    /// sheet was imported more than once.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants_named(
        &mut self,
        external_id: &str,
    ) -> Result<Vec<ImportedGrant>, StoreError> {
        let sql = "SELECT id, root, leaf_index, terms, external_id, zone, agreement \
                   FROM terms WHERE external_id = $1 ORDER BY id";
        let rows = run!(self, fetch_all as TermsRow, sql, external_id)?;
        rows.into_iter().map(ImportedGrant::try_from).collect()
    }

    /// The gates through which a goal decides imported grants and those that replaced others, by
    /// grant.
    ///
    /// # Errors
    /// The database failed.
    pub async fn gates_of_goal(&mut self, goal: B256) -> Result<Vec<GateRow>, StoreError> {
        let sql = "SELECT id, place, goal, share_ppb, lapse, is_trigger FROM grant_gates \
                   WHERE goal = $1 \
                   UNION SELECT id, place, goal, share_ppb, lapse, is_trigger \
                   FROM successor_gates WHERE goal = $1 ORDER BY id, place";
        let rows = run!(self, fetch_all as GateColumns, sql, word(&goal))?;
        rows.into_iter().map(GateRow::try_from).collect()
    }

    /// The imported definition of a goal.
    ///
    /// # Errors
    /// The database failed.
    pub async fn goal_definition(&mut self, id: B256) -> Result<Option<ImportedGoal>, StoreError> {
        let sql = "SELECT id, name, definition FROM goal_definitions WHERE id = $1";
        let row = run!(self, fetch_optional as GoalRow, sql, word(&id))?;
        row.map(ImportedGoal::try_from).transpose()
    }

    /// The imported definition of a goal.
    ///
    /// # Errors
    /// [`StoreError::DefinitionMissing`], or the database failed.
    pub async fn expect_goal_definition(&mut self, id: B256) -> Result<ImportedGoal, StoreError> {
        self.goal_definition(id)
            .await?
            .ok_or(StoreError::DefinitionMissing { id })
    }

    /// All imported goal definitions, by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn goal_definitions(&mut self) -> Result<Vec<ImportedGoal>, StoreError> {
        let sql = "SELECT id, name, definition FROM goal_definitions ORDER BY name, id";
        let rows = run!(self, fetch_all as GoalRow, sql)?;
        rows.into_iter().map(ImportedGoal::try_from).collect()
    }
}

impl Tx {
    /// Writes an imported round, or its new label; the round's grants follow by
    /// [`Tx::put_terms`]. One that was set aside stands again.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_imported_round(&mut self, round: &ImportedRound) -> Result<(), StoreError> {
        let sql = "INSERT INTO imported_rounds \
                   (root, total, leaves, label, file, document, tzdb) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (root) DO UPDATE SET \
                   label = excluded.label, file = excluded.file, document = excluded.document, \
                   tzdb = excluded.tzdb, aside = NULL";
        run!(
            self,
            sql,
            word(&round.root),
            round.total.to_string(),
            big("number of grants", round.count)?,
            &round.label,
            &round.file,
            word(&round.document),
            &round.tzdb
        )?;
        Ok(())
    }

    /// Writes the terms of a grant and the gates in them. Writing the same grant again changes
    /// its round, names and agreement, never its terms, which its id fixes; an agreement that was
    /// erased with its person stays away.
    ///
    /// # Errors
    /// The terms are not canonical, the round was not imported, or the database failed.
    pub async fn put_terms(&mut self, grant: &ImportedGrant) -> Result<(), StoreError> {
        let terms = Terms::decode(&grant.terms)
            .map_err(|error| corrupt("terms", format_args!("{} ({error})", grant.id)))?;
        let sql = "INSERT INTO terms \
                   (id, root, leaf_index, terms, external_id, zone, agreement) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET \
                   root = excluded.root, leaf_index = excluded.leaf_index, \
                   external_id = excluded.external_id, zone = excluded.zone, \
                   agreement = CASE WHEN EXISTS (SELECT 1 FROM people p WHERE p.id = excluded.id \
                   AND p.erased_at IS NOT NULL) THEN NULL ELSE excluded.agreement END";
        run!(
            self,
            sql,
            word(&grant.id),
            word(&grant.root),
            big("leaf index", grant.index)?,
            bytes(&grant.terms),
            &grant.external_id,
            &grant.zone,
            grant.agreement.as_deref()
        )?;
        let gates = "INSERT INTO grant_gates (id, place, goal, share_ppb, lapse, is_trigger) \
                     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id, place) DO NOTHING";
        for (place, gate) in (0_i64..).zip(&terms.gates) {
            self.put_gate(gates, (grant.id, place), gate).await?;
        }
        Ok(())
    }

    /// Forgets an imported round with its terms, gates and people.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_imported_round(&mut self, root: B256) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM imported_rounds WHERE root = $1",
            word(&root)
        )?;
        Ok(())
    }

    /// Writes a goal definition.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_goal_definition(&mut self, goal: &ImportedGoal) -> Result<(), StoreError> {
        let sql = "INSERT INTO goal_definitions (id, name, definition) VALUES ($1, $2, $3) \
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
                   definition = excluded.definition";
        run!(self, sql, word(&goal.id), &goal.name, &goal.definition)?;
        Ok(())
    }

    /// Forgets a definition, so that its name is free for another.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_goal_definition(&mut self, id: B256) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM goal_definitions WHERE id = $1",
            word(&id)
        )?;
        Ok(())
    }

    /// `sql` names the table; its values are id, place, goal, share, lapse, trigger.
    pub(crate) async fn put_gate(
        &mut self,
        sql: &'static str,
        (id, place): (B256, i64),
        gate: &Gate,
    ) -> Result<(), StoreError> {
        run!(
            self,
            sql,
            word(&id),
            place,
            word(&gate.goal),
            i64::from(gate.share_ppb),
            gate.rule.lapse,
            gate.rule.trigger
        )?;
        Ok(())
    }
}

impl TryFrom<RoundRow> for ImportedRound {
    type Error = StoreError;

    fn try_from(row: RoundRow) -> Result<Self, StoreError> {
        Ok(Self {
            root: parse("root", &row.root)?,
            total: parse("total", &row.total)?,
            count: unsigned("number of grants", row.leaves)?,
            label: row.label,
            file: row.file,
            document: parse("document", &row.document)?,
            tzdb: row.tzdb,
        })
    }
}

impl TryFrom<TermsRow> for ImportedGrant {
    type Error = StoreError;

    fn try_from(row: TermsRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse("grant id", &row.id)?,
            root: parse("root", &row.root)?,
            index: unsigned("leaf index", row.leaf_index)?,
            terms: parse_bytes("terms", &row.terms)?,
            external_id: row.external_id,
            zone: row.zone,
            agreement: row.agreement,
        })
    }
}

impl TryFrom<GoalRow> for ImportedGoal {
    type Error = StoreError;

    fn try_from(row: GoalRow) -> Result<Self, StoreError> {
        let id = parse("goal id", &row.id)?;
        Ok(Self {
            id,
            name: row.name,
            definition: row.definition,
        })
    }
}

impl TryFrom<GateColumns> for GateRow {
    type Error = StoreError;

    fn try_from(row: GateColumns) -> Result<Self, StoreError> {
        Ok(Self {
            grant: parse("grant id", &row.id)?,
            gate: Gate {
                goal: parse("goal id", &row.goal)?,
                share_ppb: unsigned("share", row.share_ppb)?,
                rule: Rule {
                    lapse: row.lapse,
                    trigger: row.is_trigger,
                },
            },
        })
    }
}
