//! `--calldata` and `--safe-batch`: calls that somebody else will sign and send.
//!
//! A command runs as always, with its checks and its plan; where it would send, the call is kept
//! here instead, and written out when the command is done.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy_primitives::Address;
use guerdon_chain::{Chain, Plan, Signer};
use guerdon_formats::safe_batch::{SafeBatch, SafeCall};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::{
    Command, Global, GoalCommand, GrantCommand, JobCommand, RoleCommand, RoundCommand,
};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{self, Record};

/// Calls that were planned and not sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handover(Arc<Mutex<Vec<Call>>>);

#[derive(Debug, Clone)]
struct Call {
    chain_id: u64,
    to: Address,
    plan: Plan,
}

impl Global {
    /// Whether calls are written out instead of sent.
    pub(crate) fn hands_over(&self) -> bool {
        self.calldata || self.safe_batch.is_some()
    }
}

impl Handover {
    fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing was kept yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.calls().is_empty()
    }

    /// Tries the call as its sender, unless it follows another that must come first or nobody
    /// knows who will send it; then keeps it. Answers the gas it would use, if it was tried.
    pub(crate) async fn keep(
        &self,
        chain: &Chain,
        signer: &Signer,
        plan: &Plan,
    ) -> Outcome<Option<u64>> {
        let to = plan
            .to
            .ok_or_else(|| Failure::input("a new contract cannot be handed over"))?;
        let is_first = self.calls().is_empty();
        let gas = match is_first && is_known(signer) {
            true => Some(chain.simulate(plan, signer.address()).await?.gas),
            false => None,
        };
        self.calls().push(Call {
            chain_id: chain.chain_id(),
            to,
            plan: plan.clone(),
        });
        Ok(gas)
    }

    /// Writes what was kept, if anything was.
    pub(crate) fn write(&self, context: &Context) -> Outcome {
        let calls = self.calls().clone();
        let Some(first) = calls.first() else {
            return Ok(());
        };
        let global = &context.global;
        match &global.safe_batch {
            Some(path) => write_batch(context, path, first.chain_id, &calls),
            None => {
                let lines = calls.iter().map(|call| format!("{}\n", call.value()));
                output::data(&lines.collect::<String>())
            }
        }
    }
}

impl Call {
    fn value(&self) -> Value {
        json!({
            "to": self.to,
            "data": self.plan.data,
            "value": "0",
            "chainId": self.chain_id,
            "summary": self.plan.summary,
        })
    }
}

fn write_batch(context: &Context, path: &Path, chain_id: u64, calls: &[Call]) -> Outcome {
    let millis = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
    let summaries: Vec<&str> = calls
        .iter()
        .map(|call| call.plan.summary.as_str())
        .collect();
    let last = summaries.last().copied().unwrap_or_default();
    let batch = SafeBatch {
        chain_id,
        created_at: millis,
        name: format!("Guerdon: {last}"),
        description: summaries.join("; then: "),
        safe: context.global.sender,
        calls: calls
            .iter()
            .map(|call| SafeCall {
                to: call.to,
                data: call.plan.data.to_vec(),
            })
            .collect(),
    };
    files::write(path, &batch.encode())?;
    let value = json!({
        "file": path,
        "chain_id": chain_id,
        "calls": summaries,
        "safe": context.global.sender,
    });
    let record = Record::new(value)
        .line("written", path.display().to_string())
        .line("calls", summaries.join("\n"))
        .line(
            "next",
            "load it in the Safe's transaction builder, and sign there",
        );
    context.global.output.record(&record)
}

/// Refuses options that contradict each other or that the command cannot follow.
pub(crate) fn check(global: &Global, command: &Command) -> Outcome {
    if !global.hands_over() {
        return match global.sender {
            Some(_) => Err(
                Failure::input("--sender is for calls that are not sent here")
                    .hint("add --calldata or --safe-batch FILE, or sign with --account or --from"),
            ),
            None => Ok(()),
        };
    }
    if global.calldata && global.safe_batch.is_some() {
        return Err(Failure::input(
            "--calldata and --safe-batch exclude each other",
        ));
    }
    if global.dry_run {
        return Err(Failure::input(
            "--dry-run sends and writes nothing, and excludes --calldata and --safe-batch",
        ));
    }
    if is_write(command) {
        return Ok(());
    }
    Err(Failure::input("this command has no call to hand over")
        .hint("--calldata and --safe-batch are for commands that send a transaction"))
}

/// Commands whose calls somebody else can send.
fn is_write(command: &Command) -> bool {
    match command {
        Command::Token(_) | Command::Fund(_) | Command::WithdrawFree(_) => true,
        Command::Round(command) => {
            matches!(command, RoundCommand::Commit(_) | RoundCommand::Rescind(_))
        }
        Command::Job(command) => !matches!(command, JobCommand::List(_)),
        Command::Role(command) => !matches!(command, RoleCommand::List(_)),
        Command::Grant(command) => !matches!(
            command,
            GrantCommand::List(_) | GrantCommand::Show(_) | GrantCommand::Agree(_)
        ),
        Command::Goal(command) => matches!(
            command,
            GoalCommand::Define(_)
                | GoalCommand::Register(_)
                | GoalCommand::Seal(_)
                | GoalCommand::Propose(_)
                | GoalCommand::Expire(_)
                | GoalCommand::Challenge(_)
                | GoalCommand::Resolve(_)
                | GoalCommand::WithdrawBond(_)
                | GoalCommand::Finalize(_)
                | GoalCommand::Demand(_)
                | GoalCommand::Refuse(_)
                | GoalCommand::Extend(_)
                | GoalCommand::Close(_)
        ),
        _ => false,
    }
}

/// Who will send calls that are handed over, as far as it was said.
pub(crate) fn sender(context: &Context, role: Option<u32>) -> Outcome<Signer> {
    let global = &context.global;
    let role = role.filter(|_| global.rpc_url.is_none());
    Ok(match (global.sender, global.from.or(role)) {
        (Some(sender), _) => Signer::watching(sender),
        (None, Some(index)) => Signer::watching(Signer::embedded(index)?.address()),
        (None, None) => Signer::watching(Address::ZERO),
    })
}

/// Whether it is known who will send: everybody who signs is.
pub(crate) fn is_known(signer: &Signer) -> bool {
    signer.address() != Address::ZERO
}

/// The sender's address, where a command cannot do without.
pub(crate) fn address_of(signer: &Signer) -> Outcome<Address> {
    if is_known(signer) {
        return Ok(signer.address());
    }
    Err(
        Failure::input("it depends on who sends this call, and that is not said")
            .hint("give --sender ADDRESS: the account or the Safe that will send it"),
    )
}
