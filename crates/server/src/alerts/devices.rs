//! Tells members on their devices instead of by mail.

use super::Delay;
use api::app::App;
use api::members;
use api::push::{Note, PushError, SendPush};
use commerce::customer::{Customer, Membership, PushDevice};
use commerce::wish::Letter;

/// Attempts at a letter's devices before the mail goes instead: news of this kind is old soon.
const ATTEMPTS_MAX: u32 = 3;

/// What became of a message.
pub enum Told {
    /// A device took it.
    Yes,
    /// None did, or there is none: a mail goes.
    No,
    /// A push service may take it later.
    Later(Delay),
}

/// Tells a member on all of their devices. One is enough: what another one's push service did not take for now is not
/// tried again, since the member knows already.
pub async fn tell(app: &App, customer: &Customer, (letter, note): (&Letter, Note)) -> Told {
    let devices = customer.membership.iter().flat_map(|m| &m.devices);
    let devices: Vec<PushDevice> = devices.cloned().collect();
    if devices.is_empty() || app.config.pusher.way().is_none() || letter.attempts >= ATTEMPTS_MAX {
        return Told::No;
    }
    let mut sending = tokio::task::JoinSet::new();
    for device in devices {
        let (pusher, note) = (app.config.pusher.clone(), note.clone());
        sending.spawn(async move {
            let sent = match pusher.way() {
                Some(way) => send(way, &device, &note).await,
                None => Ok(()),
            };
            (device, sent)
        });
    }
    let (mut taken, mut gone, mut later) = (false, Vec::new(), None);
    for (device, sent) in sending.join_all().await {
        match sent {
            Ok(()) => taken = true,
            Err(PushError::Gone(reason)) => {
                tracing::info!(member = %customer.id, reason, "a device is told no more");
                gone.push(device);
            }
            Err(PushError::Later { reason, after_ms }) => {
                let after_ms = after_ms.unwrap_or_default();
                later = Some(Delay { reason, after_ms });
            }
        }
    }
    if !gone.is_empty() {
        forget(app, customer, &gone).await;
    }
    match later {
        _ if taken => Told::Yes,
        None => Told::No,
        Some(delay) => Told::Later(delay),
    }
}

async fn send(way: &dyn SendPush, device: &PushDevice, note: &Note) -> Result<(), PushError> {
    let sent = way.send(device, note).await;
    match &sent {
        Ok(()) => metrics::counter!("sesame_pushes_sent_total").increment(1),
        Err(_) => metrics::counter!("sesame_push_failures_total").increment(1),
    }
    sent
}

/// Forgets devices that are gone. One that came back in the meantime has another time, and stays.
async fn forget(app: &App, customer: &Customer, gone: &[PushDevice]) {
    let forget = |_: &mut Customer, member: &mut Membership| {
        member.devices.retain(|device| !gone.contains(device));
    };
    match members::change(app, customer.id, forget).await {
        Ok(_) | Err(members::ChangeError::Gone) => {}
        // The next message finds it gone again.
        Err(error) => tracing::warn!(%error, member = %customer.id, "a device is not forgotten"),
    }
}
