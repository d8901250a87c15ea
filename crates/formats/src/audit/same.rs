use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Bytes that are compared at a time.
const STEP: usize = 64 << 10;
/// Bytes that may differ until they are written anew, as headers are when their file has ended.
const OTHER_MAX: usize = 4_096;

/// A writer that keeps nothing: it compares what it is given with what stands at the same place of
/// a source.
#[derive(Debug)]
pub(super) struct Same<S> {
    source: S,
    /// Where the next byte goes, and where the longest text so far ends.
    at: u64,
    end: u64,
    /// Places where something else was written last.
    other: BTreeSet<u64>,
    /// The first of them when they became too many; nothing is compared any more.
    lost: Option<u64>,
    there: Vec<u8>,
}

impl<S: Read + Seek> Same<S> {
    /// Nothing was written yet.
    pub(super) const fn new(source: S) -> Self {
        Self {
            source,
            at: 0,
            end: 0,
            other: BTreeSet::new(),
            lost: None,
            there: Vec::new(),
        }
    }

    /// The first place where what was written and the source differ; one of them may end there.
    pub(super) fn first_difference(mut self) -> io::Result<Option<u64>> {
        let length = self.source.seek(SeekFrom::End(0))?;
        let end = self.end.min(length);
        let differs = self.lost.or_else(|| self.other.first().copied());
        Ok(differs.or((self.end != length).then_some(end)))
    }

    fn compare(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.source.seek(SeekFrom::Start(self.at))?;
        self.there.clear();
        let rest = Read::by_ref(&mut self.source);
        rest.take(bytes.len() as u64).read_to_end(&mut self.there)?;
        if self.there == bytes && self.other.is_empty() {
            return Ok(());
        }
        let mut there = self.there.iter();
        for (place, byte) in (self.at..).zip(bytes) {
            match there.next() == Some(byte) {
                true => self.other.remove(&place),
                false => self.other.insert(place),
            };
        }
        if self.other.len() > OTHER_MAX {
            self.lost = self.other.first().copied();
        }
        Ok(())
    }
}

impl<S: Read + Seek> Write for Same<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = bytes.get(..STEP).unwrap_or(bytes);
        if self.lost.is_none() {
            self.compare(bytes)?;
        }
        self.at = self.at.saturating_add(bytes.len() as u64);
        self.end = self.end.max(self.at);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S> Seek for Same<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        self.at = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Where what is written piece by piece, each at its place, differs from a source.
    fn differs(source: &[u8], pieces: &[(u64, &[u8])]) -> Option<u64> {
        let mut same = Same::new(Cursor::new(source));
        for (place, piece) in pieces {
            same.seek(SeekFrom::Start(*place)).unwrap();
            same.write_all(piece).unwrap();
        }
        same.first_difference().unwrap()
    }

    #[test]
    fn what_was_written_last_counts() {
        assert_eq!(differs(b"", &[]), None);
        assert_eq!(differs(b"abcdef", &[(0, b"abc"), (3, b"def")]), None);
        let anew: [(u64, &[u8]); 3] = [(0, b"a00d"), (4, b"ef"), (1, b"bc")];
        assert_eq!(differs(b"abcdef", &anew), None);
        assert_eq!(differs(b"abcdef", &anew[..2]), Some(1));
        assert_eq!(differs(b"abcdef", &[(0, b"abcdef"), (4, b"x")]), Some(4));
    }

    #[test]
    fn neither_may_be_longer() {
        assert_eq!(differs(b"abc", &[(0, b"abcd")]), Some(3));
        assert_eq!(differs(b"abcd", &[(0, b"abc")]), Some(3));
        assert_eq!(differs(b"", &[(0, b"a")]), Some(0));
    }

    #[test]
    fn what_is_wholly_different_takes_no_memory() {
        let (source, other) = (vec![0; 3 * STEP], vec![1; 3 * STEP]);
        assert_eq!(differs(&source, &[(0, &other)]), Some(0));
        let mut same = Same::new(Cursor::new(&source));
        same.write_all(&other).unwrap();
        assert!(same.other.len() <= STEP);
    }
}
