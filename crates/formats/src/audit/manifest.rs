use alloy_primitives::{Address, B256};
use serde_json::json;

use super::bundle::sha256;
use crate::json::{Fields, FileError, canonical, same_bytes};

/// The block that a bundle speaks of, and the day that it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The day, as 2026-11-22; its last final block before midnight UTC.
    pub date: String,
    /// Number of the block.
    pub block: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time, in unix seconds.
    pub time: u64,
}

/// What code runs at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// `Grants`, `Goals`, …
    pub name: String,
    /// Where.
    pub address: Address,
    /// keccak256 of its code.
    pub code_hash: B256,
}

/// A file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHash {
    /// Its path in the archive.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// sha256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
}

/// What a bundle is about, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Whose grants these are.
    pub company: String,
    /// The block.
    pub pin: Pin,
    /// The chain's id; part of every id of a grant.
    pub chain_id: u64,
    /// Hash of the chain's first block.
    pub genesis_hash: B256,
    /// No event of these contracts is older than this block.
    pub start_block: u64,
    /// Symbol of the token that grants pay.
    pub symbol: String,
    /// Its decimal places.
    pub decimals: u8,
    /// The contracts.
    pub contracts: Vec<Code>,
    /// Every other file but the seal, by path.
    pub files: Vec<FileHash>,
}

impl Manifest {
    /// Canonical bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let contracts = self.contracts.iter().map(|code| {
            json!({
                "name": code.name,
                "address": code.address.to_checksum(None),
                "code_hash": code.code_hash.to_string(),
            })
        });
        let files = self
            .files
            .iter()
            .map(|file| json!({"path": file.path, "bytes": file.bytes, "sha256": file.sha256}));
        canonical(&json!({
            "version": 1,
            "company": self.company,
            "date": self.pin.date,
            "block": {
                "number": self.pin.block,
                "hash": self.pin.hash.to_string(),
                "time": self.pin.time,
            },
            "chain_id": self.chain_id,
            "genesis_hash": self.genesis_hash.to_string(),
            "start_block": self.start_block,
            "token": {"symbol": self.symbol, "decimals": self.decimals},
            "contracts": contracts.collect::<Vec<_>>(),
            "files": files.collect::<Vec<_>>(),
        }))
    }

    /// sha256 of these bytes: whoever knows these 64 digits knows every byte of the bundle.
    #[must_use]
    pub fn seal(&self) -> String {
        sha256(&self.encode())
    }

    /// Reads canonical bytes.
    ///
    /// # Errors
    /// [`FileError`] naming the field, or the first byte that is not canonical.
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        let mut fields = Fields::of_file(bytes)?;
        fields.version()?;
        let company = fields.text("company")?;
        let date = fields.text("date")?;
        let mut block = fields.object("block")?;
        let pin = Pin {
            date,
            block: block.integer("number")?,
            hash: block.hash("hash")?,
            time: block.integer("time")?,
        };
        block.finish()?;
        let mut token = fields.object("token")?;
        let (symbol, decimals) = (token.text("symbol")?, token.integer("decimals")?);
        token.finish()?;
        let contracts = fields.objects("contracts")?.into_iter().map(code);
        let contracts = contracts.collect::<Result<_, _>>()?;
        let files = fields.objects("files")?.into_iter().map(file_hash);
        let files = files.collect::<Result<_, _>>()?;
        let manifest = Self {
            company,
            pin,
            chain_id: fields.integer("chain_id")?,
            genesis_hash: fields.hash("genesis_hash")?,
            start_block: fields.integer("start_block")?,
            symbol,
            decimals,
            contracts,
            files,
        };
        fields.finish()?;
        same_bytes(bytes, &manifest.encode())?;
        Ok(manifest)
    }

    /// Address of a contract.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<Address> {
        let mut contracts = self.contracts.iter();
        contracts
            .find(|code| code.name == name)
            .map(|code| code.address)
    }
}

fn code(mut fields: Fields) -> Result<Code, FileError> {
    let code = Code {
        name: fields.text("name")?,
        address: fields.address("address")?,
        code_hash: fields.hash("code_hash")?,
    };
    fields.finish()?;
    Ok(code)
}

fn file_hash(mut fields: Fields) -> Result<FileHash, FileError> {
    let file = FileHash {
        path: fields.text("path")?,
        bytes: fields.integer("bytes")?,
        sha256: fields.text("sha256")?,
    };
    fields.finish()?;
    Ok(file)
}
