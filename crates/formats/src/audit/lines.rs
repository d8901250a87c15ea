use std::io::{BufRead, Read};

use crate::json::FileError;

/// Bytes of a line: that of a log which takes all gas of a transaction is shorter.
const LINE_MAX: u64 = 8 << 20;

/// The lines of a text that are not empty, with their places, from 1. It ends after the first one
/// that cannot be read.
pub(super) fn lines(
    mut text: impl BufRead,
) -> impl Iterator<Item = Result<(usize, Vec<u8>), (usize, FileError)>> {
    let mut place = 0;
    let mut next = move || {
        loop {
            place += 1;
            let mut line = Vec::new();
            let mut rest = Read::by_ref(&mut text).take(LINE_MAX + 1);
            let wrong = |why: String| (place, FileError::wrong("line", why));
            match rest.read_until(b'\n', &mut line) {
                Err(error) => return Some(Err(wrong(error.to_string()))),
                Ok(0) => return None,
                Ok(length) if length as u64 > LINE_MAX => {
                    return Some(Err(wrong(format!("it is longer than {LINE_MAX} bytes"))));
                }
                Ok(_) => {}
            }
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            if !line.is_empty() {
                return Some(Ok((place, line)));
            }
        }
    };
    let mut failed = false;
    std::iter::from_fn(move || {
        let line = if failed { None } else { next() };
        failed = matches!(line, Some(Err(_)));
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_their_places() {
        let read: Result<Vec<_>, _> = lines(&b"one\n\n\ntwo\nthree"[..]).collect();
        let line = |place: usize, text: &str| (place, text.as_bytes().to_vec());
        assert_eq!(
            read.unwrap(),
            [line(1, "one"), line(4, "two"), line(5, "three")]
        );
        assert_eq!(lines(&b""[..]).count(), 0);
    }

    #[test]
    fn a_line_without_end_is_refused_before_it_fills_the_memory() {
        let endless = std::io::BufReader::new(std::io::repeat(b'x'));
        let text = (&b"one\n"[..]).chain(endless);
        let read: Vec<_> = lines(text).collect();
        assert_eq!(read.len(), 2);
        let (place, why) = read[1].clone().unwrap_err();
        assert_eq!(place, 2);
        assert!(why.to_string().contains("longer than 8388608"), "{why}");
    }
}
