//! Values that never change, by hashes: trees of rounds, states at the ends of days.

use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::B256;
use tokio::sync::OnceCell;

/// A value that is made, or will be.
type Cell<V> = Arc<OnceCell<Arc<V>>>;

/// Values by their hashes, the one that was asked for last at the end; those that were asked for
/// the longest ago are forgotten when all together weigh too much.
#[derive(Debug)]
pub(crate) struct Weighed<V> {
    kept: Mutex<Vec<(B256, Cell<V>)>>,
    most: usize,
    weight: fn(&V) -> usize,
}

impl<V> Weighed<V> {
    /// Keeps values of this weight together at most, but for the one that was asked for last.
    pub(crate) fn new(most: usize, weight: fn(&V) -> usize) -> Self {
        Self {
            kept: Mutex::default(),
            most,
            weight,
        }
    }

    /// The value of a hash. Who asks first has it made, the others wait for it; if it cannot be
    /// made, the next of them tries.
    pub(crate) async fn get<E>(
        &self,
        hash: B256,
        make: impl Future<Output = Result<V, E>>,
    ) -> Result<Arc<V>, E> {
        let cell = self.cell(hash);
        let make = || async { make.await.map(Arc::new) };
        let value = cell.get_or_try_init(make).await.cloned();
        self.leave_out(self.most);
        value
    }

    fn cell(&self, hash: B256) -> Cell<V> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|(of, _)| *of == hash);
        let entry = known.map_or_else(|| (hash, Arc::default()), |place| kept.remove(place));
        kept.push(entry.clone());
        entry.1
    }

    /// Forgets those that were asked for the longest ago, down to so much weight.
    fn leave_out(&self, most: usize) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // What is not made yet, or could not be, weighs next to nothing.
        let weight =
            |(_, cell): &(B256, Cell<V>)| cell.get().map_or(1, |it| (self.weight)(it).max(1));
        while kept.len() > 1 && kept.iter().map(weight).sum::<usize>() > most {
            kept.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Texts that weigh their length.
    fn texts(most: usize) -> Weighed<&'static str> {
        Weighed::new(most, |text| text.len())
    }

    #[tokio::test]
    async fn a_value_is_made_once_however_many_ask_at_a_time() {
        let (texts, made) = (Arc::new(texts(100)), Arc::new(AtomicU32::new(0)));
        let ask = |_| {
            let (texts, made) = (Arc::clone(&texts), Arc::clone(&made));
            tokio::spawn(async move {
                let make = async {
                    tokio::task::yield_now().await;
                    made.fetch_add(1, Ordering::SeqCst);
                    Ok::<_, Infallible>("tree")
                };
                texts.get(B256::repeat_byte(9), make).await.unwrap()
            })
        };
        for asked in (0..20).map(ask).collect::<Vec<_>>() {
            assert_eq!(*asked.await.unwrap(), "tree");
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn the_oldest_are_forgotten_and_the_last_one_never() {
        let texts = texts(100);
        for n in 1..=4_u8 {
            let make = async { Ok::<_, Infallible>("abc") };
            texts.get(B256::repeat_byte(n), make).await.unwrap();
        }
        let again = async { Err::<&str, _>("made anew") };
        assert!(texts.get(B256::repeat_byte(1), again).await.is_ok(), "kept");
        texts.leave_out(6);
        let hashes = |texts: &Weighed<&str>| -> Vec<u8> {
            let kept = texts.kept.lock().unwrap();
            kept.iter().map(|(hash, _)| hash.0[0]).collect()
        };
        assert_eq!(hashes(&texts), [4, 1]);
        texts.leave_out(0);
        assert_eq!(hashes(&texts), [1]);
    }

    #[tokio::test]
    async fn what_could_not_be_made_is_tried_again_and_does_not_pile_up() {
        let texts = texts(3);
        for n in 1..=9_u8 {
            let failed = async { Err::<&str, _>("down") };
            let asked = texts.get(B256::repeat_byte(n), failed).await;
            assert_eq!(asked, Err("down"), "{n}");
        }
        let make = async { Ok::<_, &str>("abc") };
        let made = texts.get(B256::repeat_byte(9), make).await;
        assert_eq!(made.as_deref(), Ok(&"abc"));
        assert_eq!(texts.kept.lock().unwrap().len(), 1);
    }
}
