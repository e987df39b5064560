//! How the shop's mail leaves: the connector that the configuration names, as the edge asks for it.

pub mod follow;

use crate::config::{MailSettings, MailWay, Settings};
use crate::shop::{ShopError, setup};
use api::mail::{Mail, MailError, Mailer, SendMail, Sending};
use connectors::mail::folder::Folder;
use connectors::mail::smtp::Smtp;
use connectors::mail::{self, BadSetting, Letter};
use std::sync::Arc;

/// A way for mail.
pub enum Way {
    /// Through a mail server.
    Server(Smtp),
    /// Into a folder.
    Folder(Folder),
}

impl Way {
    /// The way that the configuration names.
    ///
    /// # Errors
    /// When this machine can do no TLS.
    pub fn of(settings: &MailSettings) -> Result<Self, BadSetting> {
        let sender = settings.sender.clone();
        Ok(match &settings.way {
            MailWay::Server(address) => Self::Server(Smtp::new(address.clone(), sender)?),
            MailWay::Folder(folder) => Self::Folder(Folder::new(folder.clone(), sender)),
        })
    }
}

impl Way {
    /// Sends a mail and says where it is now.
    ///
    /// # Errors
    /// As [`MailError`] says.
    pub async fn deliver(&self, mail: &Mail) -> Result<String, MailError> {
        let letter = Letter {
            to: &mail.to,
            subject: &mail.subject,
            text: &mail.text,
            html: &mail.html,
            name: &mail.name,
            unsubscribe: mail.unsubscribe.as_deref(),
        };
        let sent = match self {
            Self::Server(smtp) => smtp.send(&letter).await.map(|()| smtp.server()),
            Self::Folder(folder) => {
                let kept = folder.send(&letter).await;
                kept.map(|file| file.display().to_string())
            }
        };
        sent.map_err(|error| match error {
            mail::MailError::Address(reason) => MailError::Address(reason),
            mail::MailError::Later(reason) => MailError::Later(reason),
        })
    }
}

impl SendMail for Way {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move { self.deliver(mail).await.map(drop) })
    }
}

/// The shop's way to send mail, if it has one; says in the log what becomes of mails.
///
/// # Errors
/// As for [`Way::of`].
pub fn mailer(settings: &Settings) -> Result<Mailer, ShopError> {
    let Some(mail) = &settings.mail else {
        tracing::warn!(
            "this shop is in production and sends no mail: set `mail.url` and `mail.from` (docs/mail.md)"
        );
        return Ok(Mailer::default());
    };
    match &mail.way {
        MailWay::Server(address) => tracing::info!(server = address.shown(), "mails are sent"),
        MailWay::Folder(folder) => tracing::info!(
            folder = %folder.display(),
            "mails are kept in a folder and sent to nobody: `mail.url` is not set (docs/mail.md)"
        ),
    }
    let way = Way::of(mail).map_err(setup("mail"))?;
    Ok(Mailer::of(Arc::new(way)))
}
