//! Following until told to stop.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crate::IndexError;
use crate::source::Source;
use crate::step::{Indexer, Progress};

/// Wait after a step that found something; idle steps double it.
const POLL_MIN: Duration = Duration::from_millis(50);
const POLL_MAX: Duration = Duration::from_secs(2);
/// Wait between two looks at how far the process with the lease is.
const LOOK: Duration = Duration::from_millis(200);
/// Waits after failures, while the node or the database is away.
const RETRY_MIN: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(30);

impl<S: Source> Indexer<S> {
    /// Steps until the store holds everything up to the head of now, or until the process with the
    /// lease has brought it there.
    ///
    /// # Errors
    /// As [`Indexer::step`].
    pub async fn catch_up(&self) -> Result<Progress, IndexError> {
        loop {
            let progress = self.step().await?;
            if progress.is_done() {
                return Ok(progress);
            }
            if progress.by_other {
                tokio::time::sleep(LOOK).await;
            } else if progress.stood() {
                tokio::time::sleep(POLL_MIN).await;
            }
        }
    }

    /// Follows the chain until `stop` is ready: at once while there is more to take, else at
    /// intervals that grow while nothing happens. Waits for a node or database that is away;
    /// `report` sees each step.
    ///
    /// # Errors
    /// A log that cannot be read, or a store that cannot go on.
    pub async fn run(
        &self,
        stop: impl Future<Output = ()> + Send,
        mut report: impl FnMut(&Progress) + Send,
    ) -> Result<(), IndexError> {
        let mut stop = pin!(stop);
        let mut poll = POLL_MIN;
        let mut retry = RETRY_MIN;
        loop {
            // A step that is cut off here leaves no trace: its transaction is dropped.
            let step = tokio::select! {
                biased;
                () = &mut stop => return Ok(()),
                step = self.step() => step,
            };
            let wait = match step {
                Ok(progress) => {
                    retry = RETRY_MIN;
                    let is_idle = progress.by_other
                        || progress.stood()
                        || progress.is_done() && progress.logs == 0;
                    poll = if is_idle {
                        POLL_MAX.min(poll * 2)
                    } else {
                        POLL_MIN
                    };
                    report(&progress);
                    if progress.is_done() || progress.by_other || progress.stood() {
                        poll
                    } else {
                        Duration::ZERO
                    }
                }
                Err(error) if error.is_passing() => {
                    tracing::warn!("indexing waits {} ms: {error}", retry.as_millis());
                    let wait = retry;
                    retry = RETRY_MAX.min(retry * 2);
                    wait
                }
                Err(error) => return Err(error),
            };
            tokio::select! {
                biased;
                () = &mut stop => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}
