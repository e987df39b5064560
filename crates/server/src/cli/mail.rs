//! `sesame mail`: whether mail leaves, before a shopper finds out that it does not.

use super::{ConfigArguments, Failure};
use crate::config::{MailWay, Settings};
use crate::mail::Way;
use api::mail::Mail;
use clap::{Args, Subcommand};

/// What is tried.
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Sends a mail by the way that is configured, and says what came of it. The shop may be open or closed.
    Test(Test),
}

/// A mail that says that mail works.
#[derive(Debug, Args)]
pub struct Test {
    /// The address it goes to.
    to: String,
    #[command(flatten)]
    config: ConfigArguments,
}

/// Tries it.
///
/// # Errors
/// When there is no way, or the mail does not leave.
pub async fn run(command: MailCommand) -> Result<(), Failure> {
    let MailCommand::Test(test) = command;
    let settings = Settings::of(&test.config.load(Vec::new())?)?;
    let Some(mail) = &settings.mail else {
        return Err(Failure::new(
            "this shop is in production and no mail server is configured: set `mail.url` and `mail.from` (docs/mail.md)",
        ));
    };
    let told = match Way::of(mail)?.deliver(&mail_of_a_test(test.to)).await {
        Ok(place) => match mail.way {
            MailWay::Server(_) => format!("{place} took the mail"),
            MailWay::Folder(_) => {
                format!("no mail server is configured (docs/mail.md); the mail is kept in {place}")
            }
        },
        Err(error) => {
            return Err(Failure::new(format!(
                "no mail was sent: {error}; check `mail.url` and `mail.from` (docs/mail.md)"
            )));
        }
    };
    println!("{told}");
    Ok(())
}

fn mail_of_a_test(to: String) -> Mail {
    let text = "This shop can send mail.";
    Mail {
        to,
        subject: "A test of the shop's mail".to_string(),
        text: format!("{text}\n"),
        html: format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{text}</title><p>{text}</p></html>"
        ),
        // Each test is a mail of its own: nobody would see a second one under the same name.
        name: format!("test.{:016x}", rand::random::<u64>()),
        unsubscribe: None,
    }
}
