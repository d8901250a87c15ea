//! The data key: seals the secrets of webhooks in the database. It lies in a file beside it, so
//! that a copy of the database alone betrays none.

use std::path::Path;

use alloy_primitives::hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guerdon_store::Store;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

use crate::error::{Failure, Outcome};
use crate::files;

const FORM: &str = "v1.";
const MARK: &[u8] = b"guerdon data key";
const MARK_BYTES: usize = 8;

/// A key that seals and opens.
pub(crate) struct DataKey {
    key: LessSafeKey,
    mark: String,
}

/// Prints no key.
impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataKey").field("mark", &self.mark).finish()
    }
}

impl DataKey {
    /// The key of a file, which must be the one that the database's secrets are sealed with. Where
    /// nothing was sealed yet, a file that is not there is made; of several processes that make it
    /// at once, all take the first one's.
    pub(crate) async fn open(path: &Path, store: &Store) -> Outcome<Self> {
        let known = store.read().await?.data_key_mark().await?;
        if known.is_none() && !path.exists() {
            let bytes = random::<32>()?;
            files::write_first_secret(path, format!("{}\n", hex::encode(bytes)).as_bytes())?;
        }
        let found = Self::read(path)?;
        if known.is_none() {
            let mut tx = store.write().await?;
            tx.put_data_key_mark(&found.mark).await?;
            tx.commit().await?;
        }
        // Of several processes that begin at once, the first one's key counts.
        let known = store.read().await?.data_key_mark().await?;
        found.is_the_one(known.as_deref(), path)?;
        Ok(found)
    }

    /// Whether the key of a file stands and is the one that secrets are sealed with; `None` where
    /// nothing was sealed yet and no file is there. Makes nothing.
    pub(crate) async fn look(path: &Path, store: &Store) -> Outcome<Option<Self>> {
        let known = store.read().await?.data_key_mark().await?;
        if known.is_none() && !path.exists() {
            return Ok(None);
        }
        let found = Self::read(path)?;
        found.is_the_one(known.as_deref(), path)?;
        Ok(Some(found))
    }

    fn is_the_one(&self, known: Option<&str>, path: &Path) -> Outcome {
        if known.is_none_or(|known| known == self.mark) {
            return Ok(());
        }
        Err(Failure::precondition(format!(
            "{} is not the data key that the secrets of this database are sealed with",
            path.display()
        ))
        .hint("give the right one with --data-key; it is kept apart from backups"))
    }

    /// Reads a file that nobody else can read.
    fn read(path: &Path) -> Outcome<Self> {
        if !path.exists() {
            return Err(Failure::not_found(format!(
                "there is no data key at {}, and secrets of this database are sealed with one",
                path.display()
            ))
            .hint("bring the file from where it was, or give it with --data-key"));
        }
        private(path)?;
        let wrong = || Failure::input(format!("{} holds no data key", path.display()));
        let bytes = hex::decode(files::read_secret(path)?).map_err(|_| wrong())?;
        Self::of(&bytes).ok_or_else(wrong)
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).ok()?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), MARK);
        Some(Self {
            key: LessSafeKey::new(key),
            mark: hex::encode(tag.as_ref().get(..MARK_BYTES)?),
        })
    }

    /// Seals a text for one place in the database: it opens nowhere else.
    pub(crate) fn seal(&self, place: &str, text: &str) -> Outcome<String> {
        let nonce = random::<NONCE_LEN>()?;
        let mut sealed = text.as_bytes().to_vec();
        let failed = |_| Failure::failed("a secret could not be sealed");
        let (for_key, of) = (Nonce::assume_unique_for_key(nonce), Aad::from(place));
        let done = self.key.seal_in_place_append_tag(for_key, of, &mut sealed);
        done.map_err(failed)?;
        let whole = [&nonce[..], &sealed].concat();
        Ok(format!("{FORM}{}", STANDARD.encode(whole)))
    }

    /// Opens what was sealed for a place; nothing if it was sealed by another key, for another
    /// place, or changed.
    pub(crate) fn open_sealed(&self, place: &str, sealed: &str) -> Option<String> {
        let whole = STANDARD.decode(sealed.strip_prefix(FORM)?).ok()?;
        let (nonce, sealed) = whole.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.key.open_in_place(nonce, Aad::from(place), &mut sealed);
        String::from_utf8(opened.ok()?.to_vec()).ok()
    }
}

/// Unpredictable bytes.
pub(super) fn random<const N: usize>() -> Outcome<[u8; N]> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Failure::failed("this machine gave no random bytes"))?;
    Ok(bytes)
}

#[cfg(unix)]
fn private(path: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let found = std::fs::metadata(path);
    let found = found.map_err(|error| crate::error::file_error("read", path, &error))?;
    if found.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::precondition(format!(
        "the data key {} can be read by others",
        path.display()
    ))
    .hint("chmod 600 it; if somebody may have read it, rotate the secrets of all webhooks"))
}

#[cfg(not(unix))]
fn private(_path: &Path) -> Outcome {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_by_its_key_and_in_its_place_alone() {
        let key = DataKey::of(&[7; 32]).unwrap();
        let sealed = key.seal("wh_1", "whsec_secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_ne!(sealed, key.seal("wh_1", "whsec_secret").unwrap());
        let opened = key.open_sealed("wh_1", &sealed);
        assert_eq!(opened.as_deref(), Some("whsec_secret"));
        assert_eq!(key.open_sealed("wh_2", &sealed), None);
        let other = DataKey::of(&[8; 32]).unwrap();
        assert_eq!(other.open_sealed("wh_1", &sealed), None);
        assert_ne!(other.mark, key.mark);
        let mut changed = STANDARD.decode(&sealed[3..]).unwrap();
        changed[NONCE_LEN] ^= 1;
        let changed = format!("{FORM}{}", STANDARD.encode(changed));
        assert_eq!(key.open_sealed("wh_1", &changed), None);
        for wrong in ["", "v1.", "v1.AAAA", &sealed[3..]] {
            assert_eq!(key.open_sealed("wh_1", wrong), None, "{wrong}");
        }
        assert!(DataKey::of(&[7; 31]).is_none());
        assert!(!format!("{key:?}").contains("0707"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn processes_that_begin_at_once_take_one_key_and_it_is_the_files() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let database = folder.path().join("guerdon.db");
            let path = folder.path().join("data.key");
            let store = Store::open_file(&database).await.unwrap();
            let begin = |_| {
                let (path, store) = (path.clone(), store.clone());
                tokio::spawn(async move { DataKey::open(&path, &store).await.unwrap().mark })
            };
            let begun: Vec<_> = (0..4).map(begin).collect();
            let kept = DataKey::open(&path, &store).await.unwrap().mark;
            for mark in begun {
                assert_eq!(mark.await.unwrap(), kept);
            }
            assert_eq!(DataKey::read(&path).unwrap().mark, kept);
            store.close().await;
        }
    }

    #[tokio::test]
    async fn the_first_key_is_made_for_its_owner_alone_and_no_other_is_taken_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_file(&folder.path().join("guerdon.db"))
            .await
            .unwrap();
        let path = folder.path().join("data.key");
        let made = DataKey::open(&path, &store).await.unwrap();
        let again = DataKey::open(&path, &store).await.unwrap();
        assert_eq!(again.mark, made.mark);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let open = std::fs::Permissions::from_mode(0o640);
            let shown = folder.path().join("shown.key");
            std::fs::copy(&path, &shown).unwrap();
            std::fs::set_permissions(&shown, open).unwrap();
            let refused = DataKey::open(&shown, &store).await.unwrap_err();
            assert!(refused.sentence.contains("read by others"), "{refused:?}");
        }
        let other = folder.path().join("other.key");
        let missing = DataKey::open(&other, &store).await.unwrap_err();
        assert!(missing.sentence.contains("no data key at"), "{missing:?}");
        files::write_secret(&other, "07".repeat(32).as_bytes()).unwrap();
        let wrong = DataKey::open(&other, &store).await.unwrap_err();
        assert!(wrong.sentence.contains("not the data key"), "{wrong:?}");
        store.close().await;
    }
}
