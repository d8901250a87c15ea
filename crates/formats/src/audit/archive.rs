use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::bundle::{BundleError, MANIFEST, SEAL, options, seal_line, sha256};
use super::manifest::Manifest;
use super::same::Same;
use crate::json::FileError;

/// Bytes of a manifest: some 60,000 files, each of a path of 144 letters.
pub(super) const MANIFEST_MAX: u64 = 16 << 20;
/// Bytes of the archive's own directory. What it says of a file is shorter than what the manifest
/// says; the rest is for who looks for it.
const DIRECTORY_MAX: u64 = MANIFEST_MAX;
/// Bytes of a file that are read at a time.
const STEP: usize = 64 << 10;

/// A bundle in its archive, which was read once: it is exactly what [`super::Bundle::encode`]
/// writes. It may be anybody's and of any size: its files are read one at a time, and only what
/// tells of them stands in memory.
#[derive(Debug)]
pub struct Archive<S> {
    zip: ZipArchive<S>,
}

impl<S: Read + Seek> Archive<S> {
    /// Reads an archive, opened a few times, to its end.
    ///
    /// # Errors
    /// [`BundleError`] with the first thing that is not as it was written.
    pub fn open(source: impl Fn() -> io::Result<S>) -> Result<(Manifest, Self), BundleError> {
        let source = || source().map_err(broken);
        // Whoever writes a directory of any length fills no memory by it.
        ZipArchive::new(Scant::new(source()?, DIRECTORY_MAX)).map_err(broken)?;
        let zip = ZipArchive::new(source()?).map_err(broken)?;
        lies_plain(&zip, source()?.seek(SeekFrom::End(0)).map_err(broken)?)?;
        let mut archive = Self { zip };
        let encoded = archive.short(MANIFEST)?;
        let seal = archive.short(SEAL)?;
        if seal != seal_line(&sha256(&encoded)).into_bytes() {
            return Err(BundleError::Seal);
        }
        let manifest = Manifest::decode(&encoded)?;
        let rising = manifest.files.iter().map(|file| &file.path);
        if !rising.is_sorted_by(|one, next| one < next) {
            let why = "its paths do not rise: somebody named one twice";
            return Err(FileError::wrong("files", why).into());
        }
        let mut again = ZipWriter::new(Same::new(source()?));
        for (path, bytes) in [(MANIFEST, encoded), (SEAL, seal)] {
            again.start_file(path, options()).map_err(broken)?;
            again.write_all(&bytes).map_err(broken)?;
        }
        archive.holds(&manifest, &mut again)?;
        let again = again.finish().map_err(broken)?;
        match again.first_difference().map_err(broken)? {
            None => Ok((manifest, archive)),
            Some(at) => Err(BundleError::NotCanonical { at }),
        }
    }

    /// Every file is there with the bytes that the manifest names, and no other file is.
    fn holds<W: Write + Seek>(
        &mut self,
        manifest: &Manifest,
        again: &mut ZipWriter<W>,
    ) -> Result<(), BundleError> {
        for named in &manifest.files {
            let path = &named.path;
            again.start_file(path.as_str(), options()).map_err(broken)?;
            let changed = || BundleError::Changed { path: path.clone() };
            let (mut hasher, mut bytes) = (Sha256::new(), 0_u64);
            let mut file = self.reader(path)?;
            loop {
                let step = file.fill_buf().map_err(|_| changed())?;
                if step.is_empty() {
                    break;
                }
                hasher.update(step);
                again.write_all(step).map_err(broken)?;
                let length = step.len();
                bytes = bytes.saturating_add(length as u64);
                file.consume(length);
            }
            if hex::encode(hasher.finalize()) != named.sha256 || bytes != named.bytes {
                return Err(changed());
            }
        }
        let is_named = |path: &str| {
            let files = &manifest.files;
            let place = files.binary_search_by(|file| file.path.as_str().cmp(path));
            place.is_ok() || [MANIFEST, SEAL].contains(&path)
        };
        for path in self.zip.file_names() {
            let path = path.map_err(broken)?;
            if !is_named(&path) {
                let path = path.into_owned();
                return Err(BundleError::Extra { path });
            }
        }
        Ok(())
    }

    /// A file, from its beginning.
    ///
    /// # Errors
    /// [`BundleError::Missing`], or it cannot be read any more.
    pub fn reader(&mut self, path: &str) -> Result<impl BufRead, BundleError> {
        if self.zip.index_for_name(path).is_none() {
            return Err(BundleError::Missing {
                path: path.to_owned(),
            });
        }
        let file = self.zip.by_name(path).map_err(broken)?;
        Ok(BufReader::with_capacity(STEP, file))
    }

    /// All of a file.
    ///
    /// # Errors
    /// As [`Self::reader`].
    pub fn file(&mut self, path: &str) -> Result<Vec<u8>, BundleError> {
        let mut bytes = Vec::new();
        match self.reader(path)?.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(_) => Err(BundleError::Changed {
                path: path.to_owned(),
            }),
        }
    }

    /// All of a file that is no longer than a manifest may be.
    ///
    /// # Errors
    /// As [`Self::reader`], and [`BundleError::TooLong`].
    pub fn short(&mut self, path: &str) -> Result<Vec<u8>, BundleError> {
        let mut bytes = Vec::new();
        let file = self.reader(path)?;
        match file.take(MANIFEST_MAX + 1).read_to_end(&mut bytes) {
            Ok(length) if length as u64 > MANIFEST_MAX => Err(BundleError::TooLong {
                path: path.to_owned(),
                most: MANIFEST_MAX,
            }),
            Ok(_) => Ok(bytes),
            Err(_) => Err(BundleError::Changed {
                path: path.to_owned(),
            }),
        }
    }
}

/// Nothing is compressed, no name stands twice, and no file lies inside of another: then all of
/// them together are no longer than the archive.
fn lies_plain<S: Read + Seek>(zip: &ZipArchive<S>, length: u64) -> Result<(), BundleError> {
    if zip.has_duplicate_names() {
        return Err(broken("two of its files have one name"));
    }
    let mut left = length;
    for place in 0..zip.len() {
        let entry = zip.by_index_data(place).map_err(broken)?;
        let path = entry.name().map_err(broken)?;
        if entry.compression() != CompressionMethod::Stored {
            return Err(broken(format!("`{path}` is compressed")));
        }
        let rest = left.checked_sub(entry.compressed_size());
        left = rest.ok_or_else(|| broken(format!("`{path}` lies inside of other files")))?;
    }
    Ok(())
}

fn broken(error: impl Display) -> BundleError {
    BundleError::Archive(error.to_string())
}

/// A source of which only so much is read.
struct Scant<S> {
    source: S,
    left: u64,
}

impl<S> Scant<S> {
    const fn new(source: S, left: u64) -> Self {
        Self { source, left }
    }
}

impl<S: Read> Read for Scant<S> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(bytes)?;
        let left = self.left.checked_sub(length as u64);
        self.left = left.ok_or_else(|| io::Error::other("its directory is too long"))?;
        Ok(length)
    }
}

impl<S: Seek> Seek for Scant<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source.seek(to)
    }
}
