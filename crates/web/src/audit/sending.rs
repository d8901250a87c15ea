//! Bundles on their way to readers. Each is an archive on this server's disk until it was taken, so
//! there are few at a time, few of one reader, and none for a reader who takes nothing.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use alloy_primitives::B256;
use axum::body::Bytes;
use futures::{Stream, StreamExt, stream};
use guerdon_store::{Means, Owner};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::access::Viewer;
use crate::error::PageError;
use crate::strings::audit as words;

/// Archives at a time, and of one reader.
const ALL_MAX: usize = 8;
const EACH_MAX: usize = 2;
/// Bytes of an archive that are sent at a time, and how long a reader may take over them.
const CHUNK: usize = 64 << 10;
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// Seconds after which to try again.
const LATER: u64 = 60;

/// Who reads. Whoever has a link opens sessions without end, so it is the link that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reader {
    Link(u64),
    Owner(Owner),
    Session(B256),
}

impl Reader {
    fn of(viewer: &Viewer) -> Self {
        match (viewer.means, viewer.owner()) {
            (Means::AuditorLink(link), _) => Self::Link(link),
            (_, Some(owner)) => Self::Owner(owner),
            (_, None) => Self::Session(viewer.session),
        }
    }
}

/// The places of one server.
#[derive(Debug)]
pub(crate) struct Sending {
    all: Arc<Semaphore>,
    each: Mutex<HashMap<Reader, Weak<Semaphore>>>,
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(ALL_MAX)),
            each: Mutex::default(),
        }
    }
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "held")] [OwnedSemaphorePermit; 2]);

impl Sending {
    /// A place for an archive.
    ///
    /// # Errors
    /// This reader has all that one may have, or all are taken.
    pub(super) fn open(&self, viewer: &Viewer) -> Result<Place, PageError> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        each.retain(|_, places| places.strong_count() > 0);
        let reader = Reader::of(viewer);
        let own = each.get(&reader).and_then(Weak::upgrade);
        let own = own.unwrap_or_else(|| Arc::new(Semaphore::new(EACH_MAX)));
        each.insert(reader, Arc::downgrade(&own));
        let own = own.try_acquire_owned();
        let own = own.map_err(|_| PageError::TooMany(words::MANY_BUNDLES, LATER))?;
        let one = Arc::clone(&self.all).try_acquire_owned();
        let one = one.map_err(|_| PageError::Busy(words::NO_BUNDLE, LATER))?;
        Ok(Place([own, one]))
    }
}

/// A file from where it stands to its end. It and its place are gone when the reader has it, or has
/// gone, or takes nothing for so long; the stream ends early then.
pub(super) fn chunks(
    file: File,
    place: Place,
    patience: Duration,
) -> impl Stream<Item = io::Result<Bytes>> {
    let (to, taken) = channel(1);
    tokio::spawn(send(file, place, (to, patience)));
    // Who compresses a body asks once more after its end, which an unfolding does not take.
    stream::unfold(taken, async |mut taken| Some((taken.recv().await?, taken))).fuse()
}

async fn send(mut file: File, place: Place, (to, patience): (Sender<io::Result<Bytes>>, Duration)) {
    loop {
        let next = chunk(&mut file).await.transpose();
        let Some(next) = next else { break };
        let failed = next.is_err();
        let taken = timeout(patience, to.send(next)).await;
        if failed || !matches!(taken, Ok(Ok(()))) {
            break;
        }
    }
    // Before the reader sees the end.
    drop((file, place));
}

async fn chunk(file: &mut File) -> io::Result<Option<Bytes>> {
    let mut chunk = vec![0; CHUNK];
    let length = file.read(&mut chunk).await?;
    chunk.truncate(length);
    Ok((length > 0).then(|| Bytes::from(chunk)))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use futures::StreamExt;

    use super::*;

    fn viewer(session: u8, means: Means) -> Viewer {
        Viewer {
            session: B256::repeat_byte(session),
            person: None,
            name: None,
            means,
            wallets: Vec::new(),
            list_roles: Vec::new(),
            chain_roles: Vec::new(),
            judges: false,
            zone: None,
        }
    }

    fn archive(chunks: usize) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![7; chunks * CHUNK]).unwrap();
        file.rewind().unwrap();
        File::from_std(file)
    }

    #[test]
    fn one_reader_has_few_places_and_all_have_a_number() {
        let sending = Sending::default();
        let link = |session, link| sending.open(&viewer(session, Means::AuditorLink(link)));
        let held = [link(1, 1).unwrap(), link(2, 1).unwrap()];
        let refused = link(3, 1).unwrap_err();
        assert!(matches!(refused, PageError::TooMany(..)), "{refused}");
        let mail = |session| sending.open(&viewer(session, Means::MailLink));
        let others: Vec<_> = (1..=6).map(|session| mail(session).unwrap()).collect();
        let refused = mail(7).unwrap_err();
        assert!(matches!(refused, PageError::Busy(..)), "{refused}");
        drop(held);
        assert!(link(4, 1).is_ok());
        drop(others);
        assert!(mail(1).is_ok());
        assert_eq!(sending.all.available_permits(), ALL_MAX);
    }

    #[tokio::test]
    async fn a_reader_who_takes_nothing_for_too_long_gets_no_more() {
        let sending = Sending::default();
        let open = || sending.open(&viewer(1, Means::MailLink)).unwrap();
        let mut whole = Box::pin(chunks(archive(9), open(), PATIENCE));
        assert_eq!(whole.by_ref().count().await, 9);
        assert!(whole.next().await.is_none(), "asked again after its end");
        assert_eq!(sending.all.available_permits(), ALL_MAX);

        let slow = chunks(archive(9), open(), Duration::from_millis(20));
        let mut slow = Box::pin(slow);
        assert!(slow.next().await.is_some());
        assert_eq!(sending.all.available_permits(), ALL_MAX - 1);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(
            sending.all.available_permits(),
            ALL_MAX,
            "its place is free"
        );
        assert!(slow.count().await < 3, "what was on its way, and the end");

        // Who goes away gives it back, too.
        drop(chunks(archive(9), open(), PATIENCE));
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(sending.all.available_permits(), ALL_MAX);
    }
}
