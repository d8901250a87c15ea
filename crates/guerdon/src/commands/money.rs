//! Tokens made, allowed, and put into the pool.

use alloy_primitives::Address;
use guerdon_chain::{Receipt, Signer, plan};
use serde_json::json;

use crate::cli::{FundArgs, TokenCommand};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute, merge, receipt_value};
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
            let to = arguments.to.unwrap_or(signer.address());
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
    if balance < amount {
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

/// Whether a first step of two was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approval {
    /// The allowance stands.
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
    Ok(if receipt.is_some() {
        Approval::Stands
    } else {
        Approval::Dry
    })
}
