//! Terms under a name, for the column `template` of sheets.

use alloy_primitives::B256;
use guerdon_core::terms::Powers;

use crate::text::{NumberRow, big, unsigned, word};
use crate::{Read, StoreError, Tx};

/// Terms under a name, as the cells of a sheet say them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// What sheets call it.
    pub name: String,
    /// Empty for calendar dates, else `even`, `continuous` or `graded-A-B-…`.
    pub kind: String,
    /// As a cell; may be empty.
    pub cliff_months: String,
    /// As a cell.
    pub duration_months: String,
    /// As a cell; may be empty.
    pub interval_months: String,
    /// As a cell; may be empty.
    pub cliff_percent: String,
    /// As a cell; may be empty.
    pub vest_day: String,
    /// As a cell; may be empty.
    pub gates: String,
    /// What the company and the holder may do later.
    pub powers: Powers,
    /// Seconds that a good leaver vests on.
    pub grace_seconds: u32,
    /// Seconds that an end may reach back.
    pub backdate_seconds: u32,
    /// Seconds that the company may pause in all.
    pub pause_max: u32,
    /// Basis points withheld for tax.
    pub withhold_bps: u16,
    /// Wall time of the last change.
    pub changed_at: u64,
}

#[derive(sqlx::FromRow)]
struct TemplateRow {
    name: String,
    kind: String,
    cliff_months: String,
    duration_months: String,
    interval_months: String,
    cliff_percent: String,
    vest_day: String,
    gates: String,
    can_end: bool,
    can_move: bool,
    can_recover: bool,
    grace_seconds: i64,
    backdate_seconds: i64,
    pause_max: i64,
    withhold_bps: i64,
    changed_at: i64,
}

#[derive(sqlx::FromRow)]
struct LabelRow {
    template: String,
}

impl Read {
    /// All templates, by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn templates(&mut self) -> Result<Vec<Template>, StoreError> {
        let sql = "SELECT * FROM templates ORDER BY name";
        let rows = run!(self, fetch_all as TemplateRow, sql)?;
        rows.into_iter().map(Template::try_from).collect()
    }

    /// A template.
    ///
    /// # Errors
    /// The database failed.
    pub async fn template(&mut self, name: &str) -> Result<Option<Template>, StoreError> {
        let sql = "SELECT * FROM templates WHERE name = $1";
        let row = run!(self, fetch_optional as TemplateRow, sql, name)?;
        row.map(Template::try_from).transpose()
    }

    /// How many imported grants were made by a template.
    ///
    /// # Errors
    /// The database failed.
    pub async fn template_uses(&mut self, name: &str) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM grant_templates WHERE template = $1";
        let row = run!(self, fetch_one as NumberRow, sql, name)?;
        unsigned("count", row.n)
    }

    /// The template that an imported grant was made by.
    ///
    /// # Errors
    /// The database failed.
    pub async fn template_of(&mut self, grant: B256) -> Result<Option<String>, StoreError> {
        let sql = "SELECT template FROM grant_templates WHERE id = $1";
        let row = run!(self, fetch_optional as LabelRow, sql, word(&grant))?;
        Ok(row.map(|row| row.template))
    }
}

impl Tx {
    /// Writes a template; grants that were made by it before stay as they are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_template(&mut self, template: &Template) -> Result<(), StoreError> {
        let sql = "INSERT INTO templates (name, kind, cliff_months, duration_months, \
                   interval_months, cliff_percent, vest_day, gates, can_end, can_move, \
                   can_recover, grace_seconds, backdate_seconds, pause_max, withhold_bps, \
                   changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
                   $14, $15, $16) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, \
                   cliff_months = excluded.cliff_months, \
                   duration_months = excluded.duration_months, \
                   interval_months = excluded.interval_months, \
                   cliff_percent = excluded.cliff_percent, vest_day = excluded.vest_day, \
                   gates = excluded.gates, can_end = excluded.can_end, \
                   can_move = excluded.can_move, can_recover = excluded.can_recover, \
                   grace_seconds = excluded.grace_seconds, \
                   backdate_seconds = excluded.backdate_seconds, \
                   pause_max = excluded.pause_max, withhold_bps = excluded.withhold_bps, \
                   changed_at = excluded.changed_at";
        run!(
            self,
            sql,
            &template.name,
            &template.kind,
            &template.cliff_months,
            &template.duration_months,
            &template.interval_months,
            &template.cliff_percent,
            &template.vest_day,
            &template.gates,
            template.powers.end,
            template.powers.r#move,
            template.powers.recover,
            i64::from(template.grace_seconds),
            i64::from(template.backdate_seconds),
            i64::from(template.pause_max),
            i64::from(template.withhold_bps),
            big("time", template.changed_at)?
        )?;
        Ok(())
    }

    /// Forgets a template; grants that were made by it keep its name as their label.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_template(&mut self, name: &str) -> Result<(), StoreError> {
        run!(self, "DELETE FROM templates WHERE name = $1", name)?;
        Ok(())
    }

    /// Writes by which template an imported grant was made; its terms were written before.
    ///
    /// # Errors
    /// The database failed, or the grant's terms are not there.
    pub async fn put_grant_template(
        &mut self,
        grant: B256,
        template: &str,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO grant_templates (id, template) VALUES ($1, $2) \
                   ON CONFLICT (id) DO UPDATE SET template = excluded.template";
        run!(self, sql, word(&grant), template)?;
        Ok(())
    }
}

impl TryFrom<TemplateRow> for Template {
    type Error = StoreError;

    fn try_from(row: TemplateRow) -> Result<Self, StoreError> {
        Ok(Self {
            name: row.name,
            kind: row.kind,
            cliff_months: row.cliff_months,
            duration_months: row.duration_months,
            interval_months: row.interval_months,
            cliff_percent: row.cliff_percent,
            vest_day: row.vest_day,
            gates: row.gates,
            powers: Powers {
                end: row.can_end,
                r#move: row.can_move,
                recover: row.can_recover,
            },
            grace_seconds: unsigned("time", row.grace_seconds)?,
            backdate_seconds: unsigned("time", row.backdate_seconds)?,
            pause_max: unsigned("time", row.pause_max)?,
            withhold_bps: unsigned("basis points", row.withhold_bps)?,
            changed_at: unsigned("time", row.changed_at)?,
        })
    }
}
