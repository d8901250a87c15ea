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
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::access::Viewer;
use crate::error::PageError;
use crate::strings::audit as words;

/// Archives at a time, and of one reader.
const ALL_MAX: usize = 8;
const EACH_MAX: usize = 2;
/// Bundles that are made at a time; who asks for more of them waits.
const MADE_AT_ONCE: usize = 2;
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
    making: Semaphore,
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(ALL_MAX)),
            each: Mutex::default(),
            making: Semaphore::new(MADE_AT_ONCE),
        }
    }
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "held")] [OwnedSemaphorePermit; 2]);

impl Sending {
    /// Waits for one's turn to make a bundle.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.making.acquire().await.ok()
    }

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
/// gone, or takes nothing for so long. A stream that does not give all of it ends in an error and so
/// breaks the connection: nobody takes a part for the whole, though compressed answers name no
/// length.
pub(super) fn chunks(
    file: File,
    place: Place,
    patience: Duration,
) -> impl Stream<Item = io::Result<Bytes>> {
    let (to, taken) = channel(1);
    let sending = tokio::spawn(send(file, place, (to, patience)));
    let next = async |(mut taken, sending): (Receiver<Bytes>, JoinHandle<io::Result<()>>)| {
        if let Some(chunk) = taken.recv().await {
            return Ok(Some((chunk, (taken, sending))));
        }
        sending.await??;
        Ok(None)
    };
    // Who compresses a body asks once more after its end, which an unfolding does not take.
    stream::try_unfold((taken, sending), next).fuse()
}

/// Gives all of the file, or says why not.
async fn send(
    mut file: File,
    _place: Place,
    (to, patience): (Sender<Bytes>, Duration),
) -> io::Result<()> {
    loop {
        let chunk = chunk(&mut file).await?;
        if chunk.is_empty() {
            return Ok(());
        }
        let taken = timeout(patience, to.send(chunk)).await;
        let slow = |_| io::Error::new(io::ErrorKind::TimedOut, "the reader took nothing");
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        taken.map_err(slow)?.map_err(gone)?;
    }
}

/// What comes next; nothing at the end.
async fn chunk(file: &mut File) -> io::Result<Bytes> {
    let mut chunk = vec![0; CHUNK];
    let length = file.read(&mut chunk).await?;
    chunk.truncate(length);
    Ok(Bytes::from(chunk))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};
    use std::net::SocketAddr;

    use axum::Router;
    use axum::body::Body;
    use axum::http::header::CONTENT_LENGTH;
    use axum::response::IntoResponse;
    use axum::routing::get;
    use futures::{StreamExt, TryStreamExt};
    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpListener, TcpStream};
    use tower_http::compression::CompressionLayer;

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
        // Noise, which no compression makes short.
        let mut word = 1_u64;
        let mut noise = vec![0; CHUNK];
        for _ in 0..chunks {
            for bytes in noise.chunks_exact_mut(8) {
                word ^= word << 13;
                word ^= word >> 7;
                word ^= word << 17;
                bytes.copy_from_slice(&word.to_le_bytes());
            }
            file.write_all(&noise).unwrap();
        }
        file.rewind().unwrap();
        File::from_std(file)
    }

    /// A server that answers with one file in chunks, compressed for whoever asks for it.
    async fn served(file: fn() -> File, sending: Arc<Sending>, patience: Duration) -> SocketAddr {
        let answer = async move || {
            let place = sending.open(&viewer(1, Means::MailLink)).unwrap();
            let file = file();
            let length = [(CONTENT_LENGTH, file.metadata().await.unwrap().len())];
            let length = length.map(|(name, length)| (name, length.to_string()));
            (length, Body::from_stream(chunks(file, place, patience))).into_response()
        };
        let router = Router::new().route("/", get(answer));
        let router = router.layer(CompressionLayer::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(crate::listen::listen(
            listener,
            router,
            std::future::pending(),
        ));
        address
    }

    /// Asks for it, waits, and answers everything that comes after the head.
    async fn fetched(at: SocketAddr, coding: &str, wait: impl Future<Output = ()>) -> Vec<u8> {
        let mut socket = TcpStream::connect(at).await.unwrap();
        let asked = format!("GET / HTTP/1.1\r\nhost: a\r\naccept-encoding: {coding}\r\n");
        let asked = format!("{asked}connection: close\r\n\r\n");
        socket.write_all(asked.as_bytes()).await.unwrap();
        let mut answer = vec![socket.read_u8().await.unwrap()];
        wait.await;
        // A connection that was broken may say so.
        drop(socket.read_to_end(&mut answer).await);
        let head = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
        let body = answer.split_off(head);
        let head = String::from_utf8(answer).unwrap().to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert_eq!(head.contains("chunked"), coding == "gzip", "{head}");
        assert_eq!(head.contains("content-length"), coding != "gzip", "{head}");
        body
    }

    const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
    /// Chunks of a file that fits into no buffers of sockets.
    const MANY: usize = 512;

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
        assert_eq!(
            whole.by_ref().try_collect::<Vec<_>>().await.unwrap().len(),
            9
        );
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
        let rest: Vec<_> = slow.collect().await;
        assert!(rest.len() < 3, "what was on its way, and why it ends");
        assert!(rest.last().is_some_and(Result::is_err));

        // Who goes away gives it back, too.
        drop(chunks(archive(9), open(), PATIENCE));
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(sending.all.available_permits(), ALL_MAX);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_reads_gets_all_of_it_and_its_end() {
        let at = served(|| archive(9), Arc::default(), PATIENCE).await;
        let plain = fetched(at, "identity", async {}).await;
        assert_eq!(plain.len(), 9 * CHUNK);
        let packed = fetched(at, "gzip", async {}).await;
        assert!(packed.ends_with(LAST_CHUNK));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_was_too_slow_sees_a_broken_connection_and_no_end() {
        for coding in ["identity", "gzip"] {
            let sending = Arc::new(Sending::default());
            let patience = Duration::from_millis(200);
            let at = served(|| archive(MANY), Arc::clone(&sending), patience).await;
            let given_up = async {
                while sending.all.available_permits() < ALL_MAX {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            let body = fetched(at, coding, given_up).await;
            assert!(body.len() < MANY * CHUNK, "{coding}: {}", body.len());
            assert!(!body.ends_with(LAST_CHUNK), "{coding}");
        }
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_ends_in_an_error() {
        // What is opened for writing alone is read by nobody.
        let folder = tempfile::tempdir().unwrap();
        let file = std::fs::File::create(folder.path().join("torn")).unwrap();
        file.set_len(9 * CHUNK as u64).unwrap();
        let place = Sending::default().open(&viewer(1, Means::MailLink));
        let torn = chunks(File::from_std(file), place.unwrap(), PATIENCE);
        let torn: Vec<_> = torn.collect().await;
        assert!(matches!(torn[..], [Err(_)]), "{torn:?}");
    }
}
