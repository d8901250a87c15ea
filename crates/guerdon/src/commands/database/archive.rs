//! The file of a backup: a line that says what it is, a packed part of one JSON line per table and
//! row, and a seal over all of it, so that damage is found before anything is written.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use guerdon_store::Row;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::tally::hex;
use crate::error::{Failure, Outcome, file_error};

const FORMAT: &str = "guerdon-backup";
const VERSION: u32 = 1;
const LEVEL: i32 = 3;
/// `sha256 `, 64 digits and the line's end.
const SEAL: u64 = 72;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    format: String,
    version: u32,
    /// The last migration of the database.
    pub(super) schema: u64,
    /// Unix seconds.
    pub(super) made_at: u64,
    /// The version of this program.
    pub(super) program: String,
}

/// A line of the packed part that is no row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mark {
    Table { name: String, columns: Vec<String> },
    EndOfTable { rows: u64, sha256: String },
    End { tables: usize },
}

/// A line of the packed part.
#[derive(Debug)]
pub(super) enum Line {
    Mark(Mark),
    Row(Row),
}

impl Header {
    pub(super) fn new(schema: u64, made_at: u64) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            schema,
            made_at,
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Hashes whatever is written through it.
struct Hashed<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// Writes an archive into a file.
pub(super) struct Writer<'f> {
    packed: zstd::Encoder<'static, Hashed<BufWriter<&'f File>>>,
    path: &'f Path,
}

impl<'f> Writer<'f> {
    pub(super) fn begin(file: &'f File, path: &'f Path, header: &Header) -> Outcome<Self> {
        let mut out = Hashed {
            inner: BufWriter::new(file),
            hash: Sha256::new(),
        };
        let begun = json_line(header).and_then(|line| {
            out.write_all(line.as_bytes())?;
            zstd::Encoder::new(out, LEVEL)
        });
        let packed = begun.map_err(|error| file_error("write", path, &error))?;
        Ok(Self { packed, path })
    }

    pub(super) fn mark(&mut self, mark: &Mark) -> Outcome {
        let line = json_line(mark).map_err(|error| file_error("write", self.path, &error))?;
        self.row(&line)
    }

    pub(super) fn row(&mut self, line: &str) -> Outcome {
        let written = self.packed.write_all(line.as_bytes());
        written.map_err(|error| file_error("write", self.path, &error))
    }

    /// Seals the file and waits until it lies on the disk.
    pub(super) fn finish(self) -> Outcome {
        let path = self.path;
        let sealed = self.packed.finish().and_then(|out| {
            let Hashed { mut inner, hash } = out;
            writeln!(inner, "sha256 {}", hex(hash))?;
            inner.flush()?;
            inner.get_ref().sync_all()
        });
        sealed.map_err(|error| file_error("write", path, &error))
    }
}

/// Reads an archive whose seal was checked.
pub(super) struct Reader {
    pub(super) header: Header,
    lines: BufReader<zstd::Decoder<'static, BufReader<std::io::Take<File>>>>,
    path: std::path::PathBuf,
}

impl Reader {
    /// Checks the seal over the whole file, then the first line.
    pub(super) fn open(path: &Path) -> Outcome<Self> {
        let broken = |error: std::io::Error| file_error("read", path, &error);
        let mut file = File::open(path).map_err(broken)?;
        let length = file.metadata().map_err(broken)?.len();
        let inside = length.checked_sub(SEAL).ok_or_else(|| damaged(path))?;
        let mut hash = Sha256::new();
        let mut seal = String::new();
        std::io::copy(&mut (&mut file).take(inside), &mut hash).map_err(broken)?;
        (&mut file)
            .take(SEAL)
            .read_to_string(&mut seal)
            .map_err(|_| damaged(path))?;
        if seal != format!("sha256 {}\n", hex(hash)) {
            return Err(damaged(path));
        }
        file.seek(SeekFrom::Start(0)).map_err(broken)?;
        let mut plain = BufReader::new(file.take(inside));
        let mut line = String::new();
        plain.read_line(&mut line).map_err(|_| damaged(path))?;
        let header = read_header(&line).ok_or_else(|| damaged(path))?;
        if header.version > VERSION {
            return Err(newer(path, &header));
        }
        let packed = zstd::Decoder::with_buffer(plain).map_err(|_| damaged(path))?;
        Ok(Self {
            header,
            lines: BufReader::new(packed),
            path: path.to_owned(),
        })
    }

    pub(super) fn next(&mut self) -> Outcome<Line> {
        let mut line = String::new();
        self.lines
            .read_line(&mut line)
            .map_err(|_| damaged(&self.path))?;
        let read = match line.starts_with('[') {
            true => serde_json::from_str(&line).map(Line::Row),
            false => serde_json::from_str(&line).map(Line::Mark),
        };
        read.map_err(|_| damaged(&self.path))
    }

    pub(super) fn damaged(&self) -> Failure {
        damaged(&self.path)
    }

    pub(super) fn newer(&self) -> Failure {
        newer(&self.path, &self.header)
    }
}

fn read_header(line: &str) -> Option<Header> {
    let header: Header = serde_json::from_str(line).ok()?;
    (header.format == FORMAT).then_some(header)
}

fn json_line(value: &impl Serialize) -> std::io::Result<String> {
    let mut line = serde_json::to_string(value)?;
    line.push('\n');
    Ok(line)
}

fn damaged(path: &Path) -> Failure {
    Failure::input(format!(
        "{} is no backup, or is damaged: its seal does not fit; nothing was written",
        path.display()
    ))
    .hint("take another copy of the backup, or an older one")
}

fn newer(path: &Path, header: &Header) -> Failure {
    Failure::precondition(format!(
        "{} was made by guerdon {}, which knows more than this one; nothing was written",
        path.display(),
        header.program
    ))
    .hint("install that version, or a newer one, and restore with it")
}
