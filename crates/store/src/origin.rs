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

        impl TryFrom<&guerdon_core::fact::Origin> for $name {
            type Error = $crate::StoreError;

            fn try_from(origin: &guerdon_core::fact::Origin) -> Result<Self, $crate::StoreError> {
                Ok(Self {
                    $block: $crate::text::big("block", origin.block)?,
                    $hash: $crate::text::word(&origin.block_hash),
                    $time: $crate::text::big("block time", origin.block_time)?,
                    $tx: $crate::text::word(&origin.tx),
                    $log: $crate::text::big("log index", origin.log_index)?,
                })
            }
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
