//! What people chose for themselves: short texts by name.

use super::owner::Owner;
use crate::{Read, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct SettingRow {
    name: String,
    value: String,
}

impl Read {
    /// One setting of an owner.
    ///
    /// # Errors
    /// The database failed.
    pub async fn setting(
        &mut self,
        owner: Owner,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT name, value FROM settings WHERE owner = $1 AND name = $2";
        let row = run!(
            self,
            fetch_optional as SettingRow,
            sql,
            owner.to_string(),
            name
        )?;
        Ok(row.map(|row| row.value))
    }

    /// Every setting of an owner: name and value, by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn settings(&mut self, owner: Owner) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT name, value FROM settings WHERE owner = $1 ORDER BY name";
        let rows = run!(self, fetch_all as SettingRow, sql, owner.to_string())?;
        Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
    }
}

impl Tx {
    /// Writes a setting; an empty value deletes it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_setting(
        &mut self,
        owner: Owner,
        name: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        if value.is_empty() {
            let sql = "DELETE FROM settings WHERE owner = $1 AND name = $2";
            run!(self, sql, owner.to_string(), name)?;
            return Ok(());
        }
        let sql = "INSERT INTO settings (owner, name, value) VALUES ($1, $2, $3) \
                   ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value";
        run!(self, sql, owner.to_string(), name, value)?;
        Ok(())
    }
}
