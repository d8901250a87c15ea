//! Round files: the terms of every grant of a round, one a line in leaf order, after a header;
//! compressed with zstd.

use std::io::{Read, Write};

use alloy_primitives::{Address, B256};
use guerdon_core::id::Domain;
use guerdon_core::terms::{Terms, TermsError};
use guerdon_core::tree::{Leaf, Root, SumTree, TreeError};
use serde_json::{Value, json};
use thiserror::Error;

use crate::calendar::tzdb_version;
use crate::json::{Fields, FileError, canonical, hex, same_bytes};
use crate::sheet::{Draft, TokenSpec};

/// The one compression level, so that the same round is the same bytes.
const LEVEL: i32 = 3;
/// The largest round file that is read, decompressed: about five million grants.
const TEXT_BYTES_MAX: u64 = 4 << 30;

/// Why a round file is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RoundFileError {
    /// Not what a round file is compressed with, or damaged.
    #[error("the round file cannot be decompressed: {0}")]
    Compression(String),
    /// The header.
    #[error("the header of the round file is wrong: {0}")]
    Header(FileError),
    /// A line that is not the terms of a grant.
    #[error("line {line} of the round file is wrong: {why}")]
    Line {
        /// Lines count from 1, which is the header.
        line: usize,
        /// A clause.
        why: String,
    },
    /// The grants are not in ascending order of their ids.
    #[error("line {line} of the round file is out of order: grants stand in order of their ids")]
    Order {
        /// Lines count from 1, which is the header.
        line: usize,
    },
    /// The grants make no tree.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The grants make another round than the header says.
    #[error("the grants of the file make {0}, which is not what its header says")]
    OtherRound(String),
    /// Right in content, but not the bytes that writing it gives.
    #[error("the round file was changed: {0}")]
    NotCanonical(FileError),
}

/// What a round file says before its grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundHeader {
    /// Chain id at deployment.
    pub chain_id: u64,
    /// The Grants contract.
    pub contract: Address,
    /// The token, if it is said.
    pub token: Option<TokenSpec>,
    /// The round's document, as committed.
    pub document: B256,
    /// The release of the time-zone database that made the dates.
    pub tzdb: String,
    /// The program that compressed the file.
    pub codec: String,
    /// Root and total.
    pub root: Root,
    /// How many grants.
    pub count: u64,
}

/// A round and its grants, in leaf order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundFile {
    /// What it says first.
    pub header: RoundHeader,
    /// Canonical terms, ascending by id.
    pub terms: Vec<Vec<u8>>,
}

/// Where a round belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundOrigin {
    /// Chain id at deployment.
    pub chain_id: u64,
    /// The Grants contract.
    pub contract: Address,
    /// The token, if known.
    pub token: Option<TokenSpec>,
    /// The round's document, as it will be committed.
    pub document: B256,
}

impl RoundFile {
    /// The file of a round of drafts.
    ///
    /// # Errors
    /// [`TreeError`] when they make no tree.
    pub fn build(origin: RoundOrigin, drafts: &[Draft]) -> Result<Self, TreeError> {
        let tree = SumTree::build(drafts.iter().map(Draft::leaf))?;
        let mut sorted: Vec<_> = drafts.iter().collect();
        sorted.sort_unstable_by_key(|draft| draft.id);
        let header = RoundHeader {
            chain_id: origin.chain_id,
            contract: origin.contract,
            token: origin.token,
            document: origin.document,
            tzdb: tzdb_version().to_owned(),
            codec: codec(),
            root: tree.root(),
            count: sorted.len() as u64,
        };
        let terms = sorted
            .into_iter()
            .map(|draft| draft.encoded.clone())
            .collect();
        Ok(Self { header, terms })
    }

    /// The tree over its grants.
    ///
    /// # Errors
    /// [`RoundFileError`] when terms are invalid or make no tree.
    pub fn tree(&self) -> Result<SumTree, RoundFileError> {
        Ok(SumTree::build(self.leaves()?)?)
    }

    /// The grants as leaves, in the order of the file.
    fn leaves(&self) -> Result<Vec<Leaf>, RoundFileError> {
        let domain = Domain::new(self.header.chain_id, self.header.contract);
        let numbered = (2..).zip(&self.terms);
        numbered
            .map(|(line, bytes)| {
                let terms = Terms::decode(bytes);
                let wrong = |error: TermsError| RoundFileError::Line {
                    line,
                    why: error.to_string(),
                };
                Ok(Leaf {
                    id: domain.id(bytes),
                    amount: terms.map_err(wrong)?.amount,
                })
            })
            .collect()
    }

    /// The compressed file: the same bytes for the same round and the same codec.
    ///
    /// # Errors
    /// [`RoundFileError::Compression`] when memory runs out.
    pub fn encode(&self) -> Result<Vec<u8>, RoundFileError> {
        compress(&self.text())
    }

    /// Reads a round file and verifies all of it: the grants are valid and in order, make the root,
    /// total and count of the header, and writing them again gives the same bytes.
    ///
    /// # Errors
    /// [`RoundFileError`] says what does not hold.
    pub fn decode(bytes: &[u8]) -> Result<Self, RoundFileError> {
        let text = decompress(bytes)?;
        let file = Self::parse(&text)?;
        let leaves = file.leaves()?;
        let fallen = leaves.windows(2).position(|pair| pair[0].id >= pair[1].id);
        if let Some(place) = fallen {
            return Err(RoundFileError::Order { line: place + 3 });
        }
        let (root, header) = (SumTree::build(leaves)?.root(), &file.header);
        if root != header.root || file.terms.len() as u64 != header.count {
            let made = format!(
                "{} grants, root {}, total {}",
                file.terms.len(),
                root.hash,
                root.total
            );
            return Err(RoundFileError::OtherRound(made));
        }
        same_bytes(&text, &file.text()).map_err(RoundFileError::NotCanonical)?;
        // Another release of the compressor may choose other bytes for the same text.
        if header.codec == codec() {
            same_bytes(bytes, &compress(&text)?).map_err(RoundFileError::NotCanonical)?;
        }
        Ok(file)
    }

    fn text(&self) -> Vec<u8> {
        let header = &self.header;
        let token = header.token.as_ref();
        let token = token.map(|token| json!({"symbol": token.symbol, "decimals": token.decimals}));
        let mut text = canonical(&json!({
            "version": 1,
            "chain_id": header.chain_id,
            "contract": header.contract.to_checksum(None),
            "token": token,
            "document": header.document.to_string(),
            "tzdb": header.tzdb,
            "codec": header.codec,
            "root": header.root.hash.to_string(),
            "total": header.root.total.to_string(),
            "count": header.count,
        }));
        for terms in &self.terms {
            text.extend(canonical(&Value::String(hex(terms))));
        }
        text
    }

    fn parse(text: &[u8]) -> Result<Self, RoundFileError> {
        let mut lines = text.split(|byte| *byte == b'\n');
        let first = lines.next().unwrap_or_default();
        let header = read_header(first).map_err(RoundFileError::Header)?;
        let filled = (2..).zip(lines).filter(|(_, line)| !line.is_empty());
        let terms = filled.map(|(line, text)| {
            let wrong = |why: String| RoundFileError::Line { line, why };
            let text: String =
                serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))?;
            let bytes = text
                .strip_prefix("0x")
                .and_then(|digits| hex::decode(digits).ok());
            bytes.ok_or_else(|| wrong("it is not hexadecimal".to_owned()))
        });
        Ok(Self {
            header,
            terms: terms.collect::<Result<_, RoundFileError>>()?,
        })
    }
}

fn read_header(line: &[u8]) -> Result<RoundHeader, FileError> {
    let mut fields = Fields::of_file(line)?;
    fields.version()?;
    let token = match fields.take("token")? {
        Value::Null => None,
        value => Some(read_token(Fields::of("token", value)?)?),
    };
    let header = RoundHeader {
        chain_id: fields.integer("chain_id")?,
        contract: fields.address("contract")?,
        token,
        document: fields.hash("document")?,
        tzdb: fields.text("tzdb")?,
        codec: fields.text("codec")?,
        root: Root {
            hash: fields.hash("root")?,
            total: fields.integer("total")?,
        },
        count: fields.integer("count")?,
    };
    fields.finish()?;
    Ok(header)
}

fn read_token(mut fields: Fields) -> Result<TokenSpec, FileError> {
    let token = TokenSpec {
        symbol: fields.text("symbol")?,
        decimals: fields.integer("decimals")?,
    };
    fields.finish()?;
    Ok(token)
}

fn codec() -> String {
    format!("zstd {} level {LEVEL}", zstd::zstd_safe::version_string())
}

fn compress(text: &[u8]) -> Result<Vec<u8>, RoundFileError> {
    let failed = |error: std::io::Error| RoundFileError::Compression(error.to_string());
    let mut encoder = zstd::Encoder::new(Vec::new(), LEVEL).map_err(failed)?;
    encoder.include_checksum(true).map_err(failed)?;
    encoder
        .set_pledged_src_size(Some(text.len() as u64))
        .map_err(failed)?;
    encoder.write_all(text).map_err(failed)?;
    encoder.finish().map_err(failed)
}

fn decompress(bytes: &[u8]) -> Result<Vec<u8>, RoundFileError> {
    let failed = |error: std::io::Error| RoundFileError::Compression(error.to_string());
    let decoder = zstd::Decoder::new(bytes).map_err(failed)?;
    let mut text = Vec::new();
    decoder
        .take(TEXT_BYTES_MAX + 1)
        .read_to_end(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > TEXT_BYTES_MAX {
        return Err(RoundFileError::Compression(
            "it is larger than 4 GiB".to_owned(),
        ));
    }
    Ok(text)
}
