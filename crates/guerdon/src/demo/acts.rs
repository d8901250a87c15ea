//! What happens in the scenes: the commands' own steps, each looking first whether it is done.

use alloy_primitives::{B256, keccak256};
use guerdon_chain::Signer;
use guerdon_core::goal::{Accept, AttemptStatus, GoalFlags};
use guerdon_core::state::Flags;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::round_file::RoundFile;
use guerdon_formats::sheet::Documents;
use serde_json::json;

use super::goals::{self, PRODUCT, PRODUCT_PANEL};
use super::input::{Release, Sheet};
use super::story::seconds;
use crate::commands::deploy::{Company, deploy};
use crate::commands::goal::files::{Defined, find as find_goal, known_goals, path as goal_path};
use crate::commands::goal::{self, ARBITER, KEEPER, SPONSOR, Step};
use crate::commands::grant::{self, claim as claims, files::find as find_grant};
use crate::commands::money::{COMPANY, fund, mint};
use crate::commands::round;
use crate::commands::{eval, money};
use crate::context::{Context, Node};
use crate::error::{Failure, Kind, Outcome};
use crate::files;
use crate::session::Session;

const COMPANY_NAME: &str = "Acme AI";
/// Whole tokens: the cap, what the company mints, what it puts into the pool, what a keeper gets
/// of the bond coin.
const CAP: &str = "100000000";
const MINTED: &str = "12000000";
const FUNDED: &str = "5000000";
const BOND_COINS: &str = "2000";
const ACCEPT_SECONDS: u64 = 3 * 86_400;

/// Contracts, tokens, the pool.
pub(super) async fn found(context: &Context, node: &Node) -> Outcome {
    let company = Signer::embedded(COMPANY)?;
    let arbiter = Signer::embedded(ARBITER)?;
    if !stands(context, node).await {
        let unit = crate::words::Unit::new("ACC", 18);
        let acme = Company {
            name: COMPANY_NAME.to_owned(),
            token_name: "Acme Inference Credit".to_owned(),
            symbol: unit.symbol.clone(),
            cap: unit.parse(CAP)?,
            roles: None,
        };
        deploy(context, &node.chain, &company, (&acme, Some(&arbiter))).await?;
    }
    let session = Session::open(context, node)?;
    if session.deployment.name != COMPANY_NAME {
        return Err(
            Failure::precondition("the data directory holds another company")
                .hint("give the demo a --data-dir of its own"),
        );
    }
    let unit = session.unit();
    if node.chain.total_supply(session.token(), None).await? == 0 {
        let minted = (company.address(), unit.parse(MINTED)?);
        mint(&session, &company, session.token(), minted).await?;
    }
    if node.chain.funded(session.grants(), None).await? == 0 {
        fund(&session, &company, unit.parse(FUNDED)?).await?;
    }
    bond_coins(&session, &arbiter).await
}

/// Whether the deployment file speaks of contracts that are there. A machine that died between the
/// file and the chain's state leaves a file alone; deploying again makes the same addresses.
async fn stands(context: &Context, node: &Node) -> bool {
    match context.deployment(node.chain.chain_id()) {
        Ok(deployment) if deployment.name != COMPANY_NAME => true,
        Ok(deployment) => deployment.check(&node.chain).await.is_ok(),
        Err(_) => false,
    }
}

/// The coin of bonds belongs to neither party: the arbiter gives some to the keeper.
async fn bond_coins(session: &Session<'_>, arbiter: &Signer) -> Outcome {
    let Some(token) = session.bond_token() else {
        return Ok(());
    };
    if session.chain.total_supply(token, None).await? > 0 {
        return Ok(());
    }
    let unit = session.unit_of(token).await?;
    let keeper = Signer::embedded(KEEPER)?.address();
    mint(session, arbiter, token, (keeper, unit.parse(BOND_COINS)?)).await?;
    Ok(())
}

pub(super) async fn define_goals(context: &Context, node: &Node) -> Outcome {
    let session = Session::open(context, node)?;
    let company = Signer::embedded(COMPANY)?;
    let bond_token = session
        .bond_token()
        .ok_or_else(|| Failure::precondition("the deployment has no bond coin"))?;
    let nonce = seeded("product_500 items");
    for definition in goals::definitions(bond_token, nonce)? {
        define(&session, &company, definition).await?;
    }
    Ok(())
}

/// The goals that the second round waits for.
pub(super) async fn define_next(context: &Context, node: &Node) -> Outcome {
    let session = Session::open(context, node)?;
    let company = Signer::embedded(COMPANY)?;
    let bond_token = session
        .bond_token()
        .ok_or_else(|| Failure::precondition("the deployment has no bond coin"))?;
    for definition in goals::next(bond_token, seeded("agents_500 items"))? {
        define(&session, &company, definition).await?;
    }
    Ok(())
}

async fn define(session: &Session<'_>, company: &Signer, definition: GoalDefinition) -> Outcome {
    let known = goal_path(session.context, &definition.name);
    let definition = if known.exists() {
        goal::files::read(&known)?
    } else {
        definition
    };
    goal::define(session, company, definition).await?;
    Ok(())
}

pub(super) async fn commit_round(context: &Context, node: &Node, sheet: &Sheet) -> Outcome {
    let session = Session::open(context, node)?;
    let company = Signer::embedded(COMPANY)?;
    let file = match imported(context, sheet)? {
        Some(file) => file,
        None => import(&session, sheet).await?,
    };
    let root = file.header.root.hash;
    let known = node.chain.round(session.grants(), root, None).await?;
    if known.committed_at == 0 {
        let binding_at = sheet.binding.map_or(Ok(0), seconds)?;
        round::commit(&session, &company, &file, binding_at).await?;
    }
    Ok(())
}

/// Imports a round that the company has not committed yet.
pub(super) async fn prepare_round(context: &Context, node: &Node, sheet: &Sheet) -> Outcome {
    if imported(context, sheet)?.is_none() {
        import(&Session::open(context, node)?, sheet).await?;
    }
    Ok(())
}

async fn import(session: &Session<'_>, sheet: &Sheet) -> Outcome<RoundFile> {
    let context = session.context;
    let place = round::place_of(&session.deployment);
    let mut number = 0_u32;
    // The same on every machine: whoever follows the demo finds the ids that are written about.
    let mut nonce = || {
        number += 1;
        seeded(&format!("{} {number}", sheet.name)).0
    };
    let documents = Documents::Nonces(&mut nonce);
    let known = known_goals(context)?;
    let mut read = round::import::read_with(sheet.bytes, &place, known, documents)?;
    if let Some(error) = read.sheet.errors.first() {
        let text = format!("row {}: {}", error.row, error.message);
        return Err(Failure::input(text));
    }
    let written = round::write::write_round(context, &place, &mut read, sheet.name).await?;
    Ok(written.file)
}

/// The round of a sheet, if it is imported: the round file comes last.
pub(super) fn imported(context: &Context, sheet: &Sheet) -> Outcome<Option<RoundFile>> {
    let Ok(grant) = find_grant(context, sheet.grant) else {
        return Ok(None);
    };
    let files = round::read_all(context)?.into_iter().map(|(_, file)| file);
    let mut ours = files.filter(|file| round::ids(file).contains(&grant.id));
    Ok(ours.next())
}

pub(super) async fn open(context: &Context, node: &Node, names: &[&str]) -> Outcome {
    let session = Session::open(context, node)?;
    let keeper = Signer::embedded(KEEPER)?;
    for name in names {
        let grant = find_grant(context, name)?;
        let state = node.chain.words(session.grants(), grant.id, None).await?;
        if !state.has(Flags::OPENED) {
            grant::open(&session, &keeper, &grant).await?;
        }
    }
    Ok(())
}

/// The keeper pays whom it can; what has nothing new is passed over.
pub(super) async fn claim(context: &Context, node: &Node, names: &[&str]) -> Outcome {
    let session = Session::open(context, node)?;
    let keeper = Signer::embedded(KEEPER)?;
    let unit = session.unit();
    for name in names {
        let grant = find_grant(context, name)?;
        match claims::claim(context, &node.chain, &keeper, &grant, &unit).await {
            Err(failure) if failure.kind != Kind::Precondition => return Err(failure),
            _ => {}
        }
    }
    Ok(())
}

pub(super) async fn register(context: &Context, node: &Node, release: &Release) -> Outcome {
    let session = Session::open(context, node)?;
    let goal = find_goal(context, PRODUCT)?;
    let record = goal::record(&session, &goal).await?;
    if record.attempts.len() > usize::from(release.attempt) {
        return Ok(());
    }
    let model = manifest(context, release.model)?;
    let deadline = node.chain.head().await?.time + ACCEPT_SECONDS;
    let accept = Accept {
        goal: goal.id,
        attempt: release.attempt,
        model,
        deadline,
    };
    let member = Signer::embedded(PRODUCT_PANEL[0])?;
    let signature = goal::accept(&session, &member, &goal, accept)?;
    goal::keep_signature(context, &goal, &signature, None)?;
    goal::register(&session, &Signer::embedded(SPONSOR)?, &goal, &[signature]).await?;
    Ok(())
}

pub(super) async fn propose(context: &Context, node: &Node, release: &Release) -> Outcome {
    let session = Session::open(context, node)?;
    let goal = find_goal(context, PRODUCT)?;
    let record = goal::record(&session, &goal).await?;
    let attempt = goal::latest(&record, Some(release.attempt))?;
    if attempt.word.status != AttemptStatus::Registered {
        return Ok(());
    }
    let reading = eval::read_bytes(release.result, &goals::query(), None)?;
    let counts = goal::counts(&goal, &reading, 0)?;
    let mut signatures = Vec::new();
    for index in [PRODUCT_PANEL[0], PRODUCT_PANEL[2]] {
        let signature = goal::sign(&session, &Signer::embedded(index)?, &goal, attempt, counts)?;
        goal::keep_signature(context, &goal, &signature, None)?;
        signatures.push(signature);
    }
    goal::propose(&session, &Signer::embedded(SPONSOR)?, &goal, &signatures).await?;
    Ok(())
}

pub(super) async fn finalize(context: &Context, node: &Node, release: &Release) -> Outcome {
    let session = Session::open(context, node)?;
    let goal = find_goal(context, PRODUCT)?;
    let record = goal::record(&session, &goal).await?;
    let attempt = goal::latest(&record, Some(release.attempt))?;
    if attempt.word.status == AttemptStatus::Proposed {
        let keeper = Signer::embedded(KEEPER)?;
        goal::take_step(&session, &keeper, &goal, release.attempt, Step::Finalize).await?;
    }
    Ok(())
}

pub(super) async fn end(context: &Context, node: &Node, name: &str) -> Outcome {
    let session = Session::open(context, node)?;
    let grant = find_grant(context, name)?;
    let state = node.chain.words(session.grants(), grant.id, None).await?;
    if !state.has(Flags::ENDED) {
        let now = node.chain.head().await?.time;
        grant::end(
            &session,
            &Signer::embedded(money::COMPANY)?,
            &grant,
            (now, false),
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn close_product(context: &Context, node: &Node) -> Outcome {
    let session = Session::open(context, node)?;
    let goal: Defined = find_goal(context, PRODUCT)?;
    let state = node
        .chain
        .goal_state(session.goals(), goal.id, None)
        .await?;
    if !state.is_some_and(|state| state.has(GoalFlags::FINAL)) {
        goal::close(&session, &Signer::embedded(KEEPER)?, &goal).await?;
    }
    Ok(())
}

/// The manifest that binds a result to a model; its nonce hides it until the company shows it.
pub(super) fn manifest(context: &Context, model: &str) -> Outcome<B256> {
    let path = context.data.0.join("models").join(format!("{model}.json"));
    if !path.exists() {
        let manifest = json!({"version": 1, "model": model, "nonce": seeded(model)});
        files::write_secret(&path, format!("{manifest}\n").as_bytes())?;
    }
    Ok(keccak256(files::read(&path)?))
}

/// 32 bytes that are the same on every machine: nothing of the story is a secret.
fn seeded(what: &str) -> B256 {
    keccak256(format!("guerdon demo: {what}"))
}
