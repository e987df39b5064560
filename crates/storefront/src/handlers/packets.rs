//! Red packets: their page, and opening one.

use super::account::wallet;
use super::{Posted, fields};
use crate::pages::account::sign_in::path as sign_in_path;
use crate::pages::packets as pages;
use crate::views::wallet::{Entry, PacketsView, packets};
use crate::views::{Link, escape_query};
use crate::visit::{Answer, Visit};
use api::DoorError;
use axum::extract::Path;
use commerce::command::{Idempotency, Outcome};
use commerce::customer::Customer;
use commerce::id::CampaignId;
use commerce::world::RecordKind;
use commerce::{Command, Refusal};
use sha2::{Digest, Sha256};

/// Bytes of the key of a tap.
const KEY_BYTES_MAX: usize = 64;

/// The event with a code, and its packets under a rule's number.
fn find(
    visit: &Visit,
    (code, number): &(String, u8),
    member: Option<&Customer>,
) -> Option<(Link, PacketsView)> {
    let world = visit.shop.app.shelf.read();
    let id = world.id_of_code(RecordKind::Campaign, code)?;
    let campaign = world.campaign(CampaignId(id))?;
    let event = Link {
        title: campaign.title.get(visit.texts.language()).to_string(),
        href: format!("/events/{}", escape_query(code)),
        image: String::new(),
    };
    let all = packets(&visit.reader(&world), campaign, member);
    let view = all.into_iter().find(|v| v.rule.sub() == *number)?;
    Some((event, view))
}

/// The packets' page: with what was in the one that was just opened, if it is the member's.
pub async fn show(visit: Visit, Path(place): Path<(String, u8)>) -> Answer {
    let member = visit.member().await?;
    let Some((event, view)) = find(&visit, &place, member.as_ref()) else {
        return Err(visit.not_found().await);
    };
    let opened = match &member {
        Some(member) => opened(&visit, member, &view).await?,
        None => None,
    };
    let refused = asked(&visit, "refused").map(|code| {
        let text = visit.texts.lookup(&format!("refusal.{code}"));
        text.unwrap_or_else(|| visit.texts.t("refusal.other"))
    });
    let frame = visit.frame().await;
    let key = visit.shop.app.ids.next().to_string();
    let said = (opened.as_ref(), refused);
    let page = pages::packets(&frame, (&event, &view), said, &key);
    Ok(visit.ok(&frame, &page))
}

fn asked<'v>(visit: &'v Visit, name: &str) -> Option<&'v str> {
    let mut pairs = visit.query.iter().filter(|(n, _)| n == name);
    pairs.next().map(|(_, value)| value.as_str())
}

/// The packet that the address speaks of.
async fn opened(
    visit: &Visit,
    member: &Customer,
    view: &PacketsView,
) -> Result<Option<Entry>, crate::visit::Fault> {
    let Some(number) = asked(visit, "drawn").and_then(|n| n.parse::<u32>().ok()) else {
        return Ok(None);
    };
    let code = {
        let world = visit.shop.app.shelf.read();
        let rule = world.rule(view.rule);
        let packets = rule.and_then(|(_, r)| commerce::packet::Packets::of(view.rule, r));
        packets.map(|p| p.code(number, member.id))
    };
    let entries = wallet::of(visit, member).await?;
    let is_it = |e: &Entry| e.packet_of == Some(view.rule) && Some(&e.code) == code.as_ref();
    Ok(entries.into_iter().find(is_it))
}

/// Opens a packet. Who is not signed in is sent to do so, and comes back to the packets' page.
pub async fn draw(visit: Visit, Path(place): Path<(String, u8)>, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = visit.member().await?;
    let Some((_, view)) = find(&visit, &place, member.as_ref()) else {
        return Err(visit.not_found().await);
    };
    let Some(member) = member else {
        return Ok(visit.go(&sign_in_path(&view.href)));
    };
    let key = fields.get("key");
    let key = (!key.is_empty() && key.len() <= KEY_BYTES_MAX).then(|| {
        let caller = Sha256::digest(format!("storefront packet\n{}\n{key}", member.id));
        let request = Sha256::digest(view.rule.to_string());
        let number = |bytes: &[u8]| bytes.iter().fold(0_u128, |n, &b| n << 8 | u128::from(b));
        Idempotency {
            key: number(&caller[..16]),
            request: u64::try_from(number(&request[..8])).unwrap_or(u64::MAX),
        }
    });
    let command = Command::DrawPacket(view.rule, member.id);
    match visit.submit_under(key, command).await {
        Ok(Outcome::Packet(packet)) => {
            Ok(visit.go(&format!("{}?drawn={}", view.href, packet.number)))
        }
        Ok(_) => Ok(visit.go(&view.href)),
        Err(DoorError::Refused(
            refusal @ (Refusal::DrawNotOpen { .. }
            | Refusal::DrawOver
            | Refusal::PacketLimitReached { .. }
            | Refusal::PacketsGone
            | Refusal::WalletFull),
        )) => Ok(visit.go(&format!("{}?refused={}", view.href, refusal.code()))),
        Err(error) => Err(visit.refused(error).await),
    }
}
