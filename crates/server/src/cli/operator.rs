//! `sesame operator`: who may use the console, for the moment when nobody can sign in.

use super::local::Local;
use super::{ConfigArguments, Failure};
use axum::http::Method;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

/// What is done with operators.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Makes an operator and shows their first password once.
    Add(Add),
    /// Gives an operator a new password, shown once, and ends their sessions.
    ResetPassword(ResetPassword),
}

/// A new operator.
#[derive(Debug, Args)]
pub struct Add {
    /// Their e-mail address.
    email: String,
    /// Their name.
    #[arg(long)]
    name: String,
    /// What they may do.
    #[arg(long, value_enum, default_value = "staff")]
    role: Role,
    #[command(flatten)]
    config: ConfigArguments,
}

/// Whose password is made anew.
#[derive(Debug, Args)]
pub struct ResetPassword {
    /// Their e-mail address.
    email: String,
    #[command(flatten)]
    config: ConfigArguments,
}

/// What an operator may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    /// Everything.
    Owner,
    /// Orders, goods and stock.
    Staff,
    /// The rounds that they drive.
    Courier,
    /// Scans of parcels at the shop's places.
    Hub,
}

/// Does it, whether the shop is open or closed.
///
/// # Errors
/// When there is no shop, or it refuses.
pub async fn run(command: OperatorCommand) -> Result<(), Failure> {
    let config = match &command {
        OperatorCommand::Add(add) => &add.config,
        OperatorCommand::ResetPassword(reset) => &reset.config,
    };
    let shop = Local::connect(&config.shop()?)?;
    let done = match &command {
        OperatorCommand::Add(add) => make(&shop, add).await,
        OperatorCommand::ResetPassword(reset) => reset_password(&shop, reset).await,
    };
    shop.close().await;
    println!("{}", done?);
    Ok(())
}

async fn make(shop: &Local, add: &Add) -> Result<String, Failure> {
    let role = match add.role {
        Role::Owner => "owner",
        Role::Staff => "staff",
        Role::Courier => "courier",
        Role::Hub => "hub",
    };
    let password = api::auth::one_time_password();
    let body = json!({ "email": add.email, "name": add.name, "role": role, "password": password });
    let made = shop
        .call(Method::POST, "/api/v1/operators", Some(body))
        .await?;
    Ok(told(&made, &password))
}

async fn reset_password(shop: &Local, reset: &ResetPassword) -> Result<String, Failure> {
    let list = shop.call(Method::GET, "/api/v1/operators", None).await?;
    let email = reset.email.trim().to_lowercase();
    let items = list["items"].as_array().map_or(&[][..], Vec::as_slice);
    let found = items.iter().find(|o| o["email"] == email.as_str());
    let id = found.and_then(|o| o["id"].as_str()).ok_or_else(|| {
        Failure::new(format!(
            "there is no operator {email}: `sesame operator add` makes one"
        ))
    })?;
    let password = api::auth::one_time_password();
    let body = json!({ "password": password, "active": true });
    let path = format!("/api/v1/operators/{id}");
    let changed = shop.call(Method::PATCH, &path, Some(body)).await?;
    Ok(told(&changed, &password))
}

fn told(operator: &Value, password: &str) -> String {
    let email = operator["email"].as_str().unwrap_or_default();
    format!("{email}, password {password} (shown once; change it after signing in)")
}
