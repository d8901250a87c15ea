//! `role`: who may call what for the company, told by the AccessManager, which the administrator
//! writes to.

use alloy_primitives::Address;
use guerdon_chain::Role;
use guerdon_chain::plan::{self, role_name};
use guerdon_core::ledger::MemberRecord;
use serde_json::json;

use super::job::records;
use super::money::COMPANY;
use crate::cli::{ChainRole, RoleCommand, RoleGrantArgs, RoleListArgs, RoleRevokeArgs};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute, merge, receipt_value};
use crate::output::{Listing, Record};
use crate::session::Session;
use crate::words::time;

pub(crate) async fn run(context: &Context, command: &RoleCommand) -> Outcome {
    match command {
        RoleCommand::List(arguments) => list(context, arguments).await,
        RoleCommand::Grant(arguments) => grant(context, arguments).await,
        RoleCommand::Revoke(arguments) => revoke(context, arguments).await,
    }
}

/// The number of a role.
const fn number(role: ChainRole) -> u64 {
    match role {
        ChainRole::Administrator => 0,
        ChainRole::Issuer => Role::Issuer.id(),
        ChainRole::People => Role::People.id(),
        ChainRole::Payroll => Role::Payroll.id(),
        ChainRole::Treasury => Role::Treasury.id(),
        ChainRole::Minter => Role::Minter.id(),
    }
}

async fn list(context: &Context, arguments: &RoleListArgs) -> Outcome {
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let (head, records) = records(session.chain, &session.deployment).await?;
            let now = session.chain.now().await?.max(head.time);
            let members = records.members.into_values();
            let shown: Vec<_> = members
                .filter(|one| arguments.all || one.is_member(now))
                .collect();
            let items = shown.iter().map(|one| {
                json!({
                    "role": role_name(one.role),
                    "number": one.role,
                    "account": one.account,
                    "has_it": one.is_member(now),
                    "since": one.since,
                    "delay_seconds": one.delay_at(now),
                    "next_delay_seconds": (one.delay_from > now).then_some(one.delay),
                    "next_delay_from": (one.delay_from > now).then_some(one.delay_from),
                })
            });
            let rows = shown.iter().map(|one| row(one, now));
            context.global.output.listing(&Listing {
                columns: vec!["role", "account", "since", "delay"],
                rows: rows.collect(),
                items: items.collect(),
                empty: "nobody has a role".to_owned(),
            })
        })
        .await
}

fn row(one: &MemberRecord, now: u64) -> Vec<String> {
    let length = |seconds: u32| match seconds {
        0 => "none".to_owned(),
        seconds => plan::length(seconds.into()),
    };
    let delay = match one.delay_from > now {
        false => length(one.delay_at(now)),
        true => format!(
            "{}, {} from {} on",
            length(one.delay_at(now)),
            length(one.delay),
            time(one.delay_from)
        ),
    };
    vec![
        role_name(one.role),
        one.account.to_string(),
        match one.is_member(now) {
            true => time(one.since),
            false => "taken away".to_owned(),
        },
        delay,
    ]
}

async fn grant(context: &Context, arguments: &RoleGrantArgs) -> Outcome {
    let (role, account) = (number(arguments.role), arguments.who);
    let delay = arguments.delay.map_or(0, |delay| delay.0);
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let manager = session.deployment.contracts.access_manager.address;
            let undo = "the administrator, by guerdon role revoke; a shorter delay takes the \
                        difference to come into force";
            let intent = Intent::new(plan::grant_role(manager, role, account, delay), undo);
            send(&session, (role, account, "granted"), intent).await
        })
        .await
}

async fn revoke(context: &Context, arguments: &RoleRevokeArgs) -> Outcome {
    let (role, account) = (number(arguments.role), arguments.who);
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let manager = session.deployment.contracts.access_manager.address;
            let (head, records) = records(session.chain, &session.deployment).await?;
            let now = session.chain.now().await?.max(head.time);
            let member = records.members.get(&(role, account));
            if !member.is_some_and(|member| member.is_member(now)) {
                let refused = format!("{account} has no {} role", role_name(role));
                return Err(Failure::precondition(refused)
                    .hint("guerdon role list shows who has which role"));
            }
            let undo = match role {
                0 => "another administrator; nobody, if this is the last one",
                _ => "the administrator, by guerdon role grant",
            };
            let intent = Intent::new(plan::revoke_role(manager, role, account), undo);
            send(&session, (role, account, "revoked"), intent).await
        })
        .await
}

async fn send(
    session: &Session<'_>,
    (role, account, done): (u64, Address, &'static str),
    intent: Intent<'_>,
) -> Outcome {
    let context = session.context;
    let signer = session.signer(COMPANY)?;
    let summary = intent.plan.summary.clone();
    let Some(receipt) = execute(context, session.chain, &signer, intent).await? else {
        return Ok(());
    };
    let mut value = json!({"role": role_name(role), "account": account, "state": done});
    merge(&mut value, receipt_value(&receipt));
    let record = Record::new(value)
        .line(done, summary)
        .line("transaction", receipt.tx.to_string());
    context.global.output.record(&record)
}
