//! Where a list goes on, bound to the block that its first page was read at.

use alloy_primitives::{B256, hex, keccak256};

/// Digits of a cursor.
pub(super) const DIGITS: usize = 2 * (8 + 32 + 4 + 32);

/// A place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Number and hash of the block.
    pub(super) block: u64,
    pub(super) hash: B256,
    /// Which list with which filters.
    pub(super) list: [u8; 4],
    /// The last key of the page before.
    pub(super) after: B256,
}

impl Cursor {
    /// The mark of a list and its filters.
    pub(super) fn mark(list: &str) -> [u8; 4] {
        let [a, b, c, d, ..] = keccak256(list).0;
        [a, b, c, d]
    }

    pub(super) fn write(&self) -> String {
        let mut bytes = Vec::with_capacity(DIGITS / 2);
        bytes.extend(self.block.to_be_bytes());
        bytes.extend(self.hash);
        bytes.extend(self.list);
        bytes.extend(self.after);
        hex::encode(bytes)
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = hex::decode(text).ok()?;
        let (block, rest) = bytes.split_first_chunk::<8>()?;
        let (hash, rest) = rest.split_first_chunk::<32>()?;
        let (list, rest) = rest.split_first_chunk::<4>()?;
        let after: [u8; 32] = rest.try_into().ok()?;
        Some(Self {
            block: u64::from_be_bytes(*block),
            hash: B256::from(*hash),
            list: *list,
            after: B256::from(after),
        })
    }
}

/// A number as a key.
pub(super) fn key_of(number: u64) -> B256 {
    B256::left_padding_from(&number.to_be_bytes())
}

/// The number of a key; the largest for one that is none.
pub(super) fn number_of(key: B256) -> u64 {
    let (high, low) = key.0.split_at(24);
    match (high.iter().all(|byte| *byte == 0), low.try_into()) {
        (true, Ok(low)) => u64::from_be_bytes(low),
        _ => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_no_other_text_is_one() {
        let cursor = Cursor {
            block: 1_650,
            hash: B256::repeat_byte(3),
            list: Cursor::mark("grants"),
            after: key_of(17),
        };
        let text = cursor.write();
        assert_eq!(text.len(), DIGITS);
        assert_eq!(Cursor::read(&text), Some(cursor));
        assert_eq!(number_of(cursor.after), 17);
        assert_eq!(number_of(B256::repeat_byte(1)), u64::MAX);
        for wrong in ["", "00", &text[2..], &format!("{text}00"), "zz"] {
            assert_eq!(Cursor::read(wrong), None, "{wrong}");
        }
    }
}
