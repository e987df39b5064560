//! A time limit that is set anew for each thing that is waited for. Setting it costs a look at the clock: the timer
//! behind it is left as it is, and looks again when it rings too early.

use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

/// How long anything may take: the head and the body of a request to arrive, its answer to be found and to be
/// taken by the client. How long a connection may lie idle.
pub const LIMIT: Duration = super::ANSWER_TIMEOUT;

/// The limit of one connection.
pub struct Limit {
    deadline: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Default for Limit {
    fn default() -> Self {
        Self {
            deadline: Instant::now() + LIMIT,
            timer: Box::pin(sleep(LIMIT)),
        }
    }
}

impl Limit {
    /// Begins anew.
    pub fn begin(&mut self) {
        self.deadline = Instant::now() + LIMIT;
    }

    /// Waits for something until [`LIMIT`] after the last beginning; `None` when it took longer.
    pub async fn within<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        std::future::poll_fn(|context| {
            if let Poll::Ready(value) = future.as_mut().poll(context) {
                return Poll::Ready(Some(value));
            }
            while self.timer.as_mut().poll(context).is_ready() {
                if Instant::now() >= self.deadline {
                    return Poll::Ready(None);
                }
                // Never later than the deadline: all limits are of one length.
                self.timer.as_mut().reset(self.deadline);
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_limit_counts_from_its_last_beginning() {
        let (mut limit, began) = (Limit::default(), Instant::now());
        for _ in 0..5 {
            limit.begin();
            let short = limit.within(sleep(LIMIT * 3 / 4)).await;
            assert_eq!(short, Some(()));
        }
        assert_eq!(limit.within(sleep(LIMIT)).await, None);
        let took = began.elapsed();
        // The last beginning was four waits after the first.
        let expected = LIMIT * 3 / 4 * 4 + LIMIT;
        assert!(
            took >= expected && took < expected + LIMIT / 100,
            "{took:?}"
        );
    }
}
