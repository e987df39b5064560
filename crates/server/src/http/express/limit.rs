//! A time limit that is set anew for each thing that is waited for. Setting it costs a look at the clock: the timer
//! behind it is left as it is, and looks again when it rings too early.

use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

/// How long anything may take: the head and the body of a request to arrive, its answer to be found and to be
/// taken by the client. How long a connection may lie idle.
const LIMIT: Duration = super::ANSWER_TIMEOUT;

/// The limit of one connection.
pub struct Limit {
    length: Duration,
    deadline: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Default for Limit {
    fn default() -> Self {
        Self::of(LIMIT)
    }
}

impl Limit {
    fn of(length: Duration) -> Self {
        Self {
            length,
            deadline: Instant::now() + length,
            timer: Box::pin(sleep(length)),
        }
    }

    /// Begins anew.
    pub fn begin(&mut self) {
        self.deadline = Instant::now() + self.length;
    }

    /// Waits for something until the limit after the last beginning; `None` when it took longer.
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

    #[tokio::test]
    async fn a_limit_counts_from_its_last_beginning() {
        const LENGTH: Duration = Duration::from_millis(200);
        let (mut limit, began) = (Limit::of(LENGTH), Instant::now());
        for _ in 0..4 {
            limit.begin();
            let short = limit.within(sleep(LENGTH / 2)).await;
            assert_eq!(short, Some(()));
        }
        assert_eq!(limit.within(std::future::pending::<()>()).await, None);
        // The last beginning was three waits after the first.
        assert!(began.elapsed() >= LENGTH / 2 * 3 + LENGTH);
    }
}
