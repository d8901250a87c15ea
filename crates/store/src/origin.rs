//! Where on the chain a record began or changed, as five columns.

/// Declares the five columns of one origin, to be flattened into a row, and their way back.
macro_rules! origin_columns {
    ($name:ident, $block:ident, $hash:ident, $time:ident, $tx:ident, $log:ident) => {
        #[derive(sqlx::FromRow)]
        struct $name {
            $block: i64,
            $hash: String,
            $time: i64,
            $tx: String,
            $log: i64,
        }

        impl TryFrom<&$name> for guerdon_core::fact::Origin {
            type Error = $crate::StoreError;

            fn try_from(row: &$name) -> Result<Self, $crate::StoreError> {
                Ok(Self {
                    block: $crate::text::unsigned("block", row.$block)?,
                    block_hash: $crate::text::parse("block hash", &row.$hash)?,
                    block_time: $crate::text::unsigned("block time", row.$time)?,
                    tx: $crate::text::parse("transaction", &row.$tx)?,
                    log_index: $crate::text::unsigned("log index", row.$log)?,
                })
            }
        }
    };
}
