//! Tokens made, allowed, and put into the pool.

use alloy_primitives::Address;
use guerdon_chain::{Receipt, Signer, plan};
use serde_json::json;

use crate::cli::{FundArgs, TokenCommand, WithdrawFreeArgs};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute, merge, receipt_value};
use crate::handover::{address_of, is_known};
use crate::output::Record;
use crate::session::Session;
use crate::words::Unit;

/// The company's account on the embedded chain.
pub(crate) const COMPANY: u32 = 0;

pub(crate) async fn run_token(context: &Context, command: &TokenCommand) -> Outcome {
    let TokenCommand::Mint(arguments) = command;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(COMPANY)?;
            let token = arguments.token.unwrap_or(session.token());
            let unit = session.unit_of(token).await?;
            let amount = unit.parse(&arguments.amount)?;
            let to = match arguments.to {
                Some(to) => to,
                None => address_of(&signer)?,
            };
            let Some(receipt) = mint(&session, &signer, token, (to, amount)).await? else {
                return Ok(());
            };
            let mut value = json!({"minted": amount.to_string(), "to": to});
            merge(&mut value, receipt_value(&receipt));
            let record = Record::new(value)
                .line("minted", unit.exact(amount))
                .line("to", to.to_string())
                .line("transaction", receipt.tx.to_string());
            context.global.output.record(&record)
        })
        .await
}

/// Makes new tokens.
pub(crate) async fn mint(
    session: &Session<'_>,
    signer: &Signer,
    token: Address,
    (to, amount): (Address, u128),
) -> Outcome<Option<Receipt>> {
    let unit = session.unit_of(token).await?;
    let plan = plan::mint(token, to, amount, &unit.plan());
    let intent = Intent::new(plan, "nobody; their owner may burn them")
        .fact("amount", unit.exact(amount))
        .fact("to", to.to_string());
    execute(session.context, session.chain, signer, intent).await
}

pub(crate) async fn run_fund(context: &Context, arguments: &FundArgs) -> Outcome {
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(COMPANY)?;
            let unit = session.unit();
            let amount = unit.parse(&arguments.amount)?;
            let Some(receipt) = fund(&session, &signer, amount).await? else {
                return Ok(());
            };
            let funded = session.chain.funded(session.grants(), None).await?;
            let promised = session.chain.promised(session.grants(), None).await?;
            let mut value = json!({
                "amount": amount.to_string(),
                "funded": funded.to_string(),
                "promised": promised.to_string(),
                "free": (funded - promised).to_string(),
            });
            merge(&mut value, receipt_value(&receipt));
            let record = Record::new(value)
                .line("put into the pool", unit.exact(amount))
                .line("funded", unit.exact(funded))
                .line("free", unit.exact(funded - promised))
                .line("transaction", receipt.tx.to_string());
            context.global.output.record(&record)
        })
        .await
}

/// Puts tokens into the pool; lets the pool take them first.
pub(crate) async fn fund(
    session: &Session<'_>,
    signer: &Signer,
    amount: u128,
) -> Outcome<Option<Receipt>> {
    let unit = session.unit();
    let owner = signer.address();
    let balance = session
        .chain
        .balance_of(session.token(), owner, None)
        .await?;
    if balance < amount && is_known(signer) {
        let (have, want) = (unit.exact(balance), unit.exact(amount));
        return Err(
            Failure::precondition(format!("{owner} has {have}, and {want} are wanted"))
                .hint("mint some first: guerdon token mint AMOUNT"),
        );
    }
    let ask = (session.token(), session.grants(), amount);
    if approve(session, signer, ask, &unit).await?.is_dry() {
        return Ok(None);
    }
    let funded = session.chain.funded(session.grants(), None).await?;
    let plan = plan::fund(session.grants(), amount, &unit.plan());
    let intent = Intent::new(plan, "the treasury, as far as it is not promised")
        .fact("amount", unit.exact(amount))
        .fact("funded so far", unit.exact(funded));
    execute(session.context, session.chain, signer, intent).await
}

pub(crate) async fn run_withdraw(context: &Context, arguments: &WithdrawFreeArgs) -> Outcome {
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(COMPANY)?;
            let unit = session.unit();
            let amount = unit.parse(&arguments.amount)?;
            let to = match arguments.to {
                Some(to) => to,
                None => address_of(&signer)?,
            };
            let Some(receipt) = withdraw(&session, &signer, (to, amount)).await? else {
                return Ok(());
            };
            let free = free(&session).await?;
            let mut value = json!({
                "amount": amount.to_string(),
                "to": to,
                "free": free.to_string(),
            });
            merge(&mut value, receipt_value(&receipt));
            let record = Record::new(value)
                .line("taken out", unit.exact(amount))
                .line("to", to.to_string())
                .line("free", unit.exact(free))
                .line("transaction", receipt.tx.to_string());
            context.global.output.record(&record)
        })
        .await
}

/// Takes tokens out of the pool that are promised to nobody.
async fn withdraw(
    session: &Session<'_>,
    signer: &Signer,
    (to, amount): (Address, u128),
) -> Outcome<Option<Receipt>> {
    let unit = session.unit();
    let free = free(session).await?;
    if amount > free {
        let (want, have) = (unit.exact(amount), unit.exact(free));
        return Err(
            Failure::precondition(format!("{want} are wanted, and {have} are free"))
                .hint("what is promised to grants stays in the pool"),
        );
    }
    if to == session.grants() || to == session.token() {
        let text = format!("{to} is a contract of ours: tokens sent there would be lost");
        return Err(Failure::input(text).hint("give the account of a treasury with --to"));
    }
    let plan = plan::withdraw_free(session.grants(), to, amount, &unit.plan());
    let intent = Intent::new(plan, "whoever gets them, by funding the pool again")
        .fact("amount", unit.exact(amount))
        .fact("free after", unit.exact(free - amount))
        .fact("holders", "nothing changes: their promises stay covered");
    execute(session.context, session.chain, signer, intent).await
}

/// Funded and not promised, in base units.
async fn free(session: &Session<'_>) -> Outcome<u128> {
    let funded = session.chain.funded(session.grants(), None).await?;
    let promised = session.chain.promised(session.grants(), None).await?;
    Ok(funded.saturating_sub(promised))
}

/// Whether a first step of two was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approval {
    /// The allowance stands, or is handed over to be given first.
    Stands,
    /// A dry run: it would be given first.
    Dry,
}

impl Approval {
    pub(crate) fn is_dry(self) -> bool {
        self == Self::Dry
    }
}

/// Lets a contract take tokens, unless it may already.
pub(crate) async fn approve(
    session: &Session<'_>,
    signer: &Signer,
    (token, spender, amount): (Address, Address, u128),
    unit: &Unit,
) -> Outcome<Approval> {
    let allowed = session
        .chain
        .allowance(token, signer.address(), spender, None)
        .await?;
    if allowed >= amount {
        return Ok(Approval::Stands);
    }
    let plan = plan::approve(token, spender, amount, &unit.plan());
    let intent = Intent::new(plan, "the owner, at any time").fact("amount", unit.exact(amount));
    let receipt = execute(session.context, session.chain, signer, intent).await?;
    Ok(
        if receipt.is_some() || session.context.global.hands_over() {
            Approval::Stands
        } else {
            Approval::Dry
        },
    )
}
