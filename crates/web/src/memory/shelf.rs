//! Values by their keys, each made once however many ask for it at a time, and not too many.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

/// Values of one moment.
#[derive(Debug)]
pub(crate) struct Shelf<K, V> {
    cells: Mutex<HashMap<K, Arc<OnceCell<V>>>>,
    most: usize,
}

impl<K: Eq + Hash, V: Clone> Shelf<K, V> {
    /// Holds so many at most.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            cells: Mutex::default(),
            most,
        }
    }

    /// The value of a key. Who asks first makes it, the others wait for it; if it cannot be made,
    /// the next of them tries.
    pub(crate) async fn get<E>(
        &self,
        key: K,
        make: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        let cell = self.cell(key);
        cell.get_or_try_init(|| make).await.cloned()
    }

    fn cell(&self, key: K) -> Arc<OnceCell<V>> {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = cells.get(&key) {
            return Arc::clone(cell);
        }
        // Beginning anew costs each of them one reading; whoever waits still gets his own.
        if cells.len() >= self.most {
            cells.clear();
        }
        Arc::clone(cells.entry(key).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn fifty_who_ask_at_once_have_it_made_once() {
        let shelf = Arc::new(Shelf::new(8));
        let made = Arc::new(AtomicU32::new(0));
        let ask = |_| {
            let (shelf, made) = (Arc::clone(&shelf), Arc::clone(&made));
            tokio::spawn(async move {
                let make = async {
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                    Ok::<_, Infallible>(made.fetch_add(1, Ordering::SeqCst))
                };
                shelf.get("page", make).await
            })
        };
        for asked in (0..50).map(ask).collect::<Vec<_>>() {
            assert_eq!(asked.await.unwrap(), Ok(0));
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn what_failed_is_not_kept_and_a_full_shelf_begins_anew() {
        let shelf = Shelf::new(2);
        let failed = shelf.get(1, async { Err::<u32, _>("down") }).await;
        assert_eq!(failed, Err("down"));
        for key in 1..=5 {
            assert_eq!(
                shelf.get(key, async { Ok::<_, &str>(key * 10) }).await,
                Ok(key * 10)
            );
            assert!(shelf.cells.lock().unwrap().len() <= 2, "{key}");
        }
        assert_eq!(
            shelf.get(5, async { Ok::<_, &str>(0) }).await,
            Ok(50),
            "still there"
        );
        assert_eq!(
            shelf.get(1, async { Ok::<_, &str>(7) }).await,
            Ok(7),
            "made anew"
        );
    }
}
