//! `deploy`: contracts and roles on a chain; the deployment file is what everything else reads.

use alloy_primitives::Address;
use guerdon_chain::{
    Chain, DeployConfig, Deployment, Role, Signer, deploy as deploy_contracts, deploy_bond_token,
};
use serde_json::json;

use super::goal::ARBITER;
use super::money::COMPANY;
use super::to_value;
use crate::cli::DeployArgs;
use crate::confirm::{Consent, confirm};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::Record;
use crate::words::Unit;

/// What a company asks for.
#[derive(Debug, Clone)]
pub(crate) struct Company {
    pub(crate) name: String,
    pub(crate) token_name: String,
    pub(crate) symbol: String,
    /// Base units of 18 decimals.
    pub(crate) cap: u128,
    pub(crate) roles: Option<Address>,
}

/// The bond token of a chain for trying things out.
const BOND_NAME: &str = "Bond Coin";
const BOND_SYMBOL: &str = "BOND";
const BOND_CAP: u128 = 1_000_000_000_000_000_000_000_000;

pub(crate) async fn run(context: &Context, arguments: &DeployArgs) -> Outcome {
    let unit = Unit::new(&arguments.symbol, 18);
    let company = Company {
        name: arguments.company.clone(),
        token_name: arguments.token_name.clone(),
        symbol: arguments.symbol.clone(),
        cap: unit.parse(&arguments.cap)?,
        roles: arguments.company_account,
    };
    context
        .with_node(async |node| {
            refuse_second(context, &node.chain)?;
            let signer = context.signer(Some(COMPANY))?;
            let admin = signer.address();
            let roles = company.roles.unwrap_or(admin);
            context.say(&format!(
                "  plan       deploy AccessManager, AccessToken, Goals, Grants, Succession \
                 and give out the roles\n  \
                 company    {}\n  token      {} ({}), at most {}\n  signed by  {admin}\n  roles      {roles}\n  \
                 undo       nobody: contracts stay; roles are administered by {admin}",
                company.name, company.token_name, company.symbol, unit.exact(company.cap)
            ));
            if context.global.dry_run {
                let record = Record::new(json!({"dry_run": true})).line("dry run", "nothing was sent");
                return context.global.output.record(&record);
            }
            confirm(&context.global, "Deploy?", Consent::Yes)?;
            let bond = match arguments.bond_token {
                true => Some(bond_signer(context, admin)?),
                false => None,
            };
            let deployment =
                deploy(context, &node.chain, &signer, (&company, bond.as_ref())).await?;
            show(context, &deployment)
        })
        .await
}

/// Deploys and writes the deployment file, in the end and at once.
pub(crate) async fn deploy(
    context: &Context,
    chain: &Chain,
    signer: &Signer,
    (company, bond): (&Company, Option<&Signer>),
) -> Outcome<Deployment> {
    let roles = company.roles.map_or_else(Vec::new, |account| {
        Role::ALL.into_iter().map(|role| (role, account)).collect()
    });
    let config = DeployConfig {
        name: company.name.clone(),
        token_name: company.token_name.clone(),
        token_symbol: company.symbol.clone(),
        cap: company.cap,
        roles,
    };
    let mut deployment = deploy_contracts(chain, signer, &config).await?;
    if let Some(admin) = bond {
        let config = DeployConfig {
            name: company.name.clone(),
            token_name: BOND_NAME.to_owned(),
            token_symbol: BOND_SYMBOL.to_owned(),
            cap: BOND_CAP,
            roles: Vec::new(),
        };
        let coin = deploy_bond_token(chain, admin, &config).await?;
        deployment.contracts.bond_token = Some(coin.token);
        deployment.contracts.bond_manager = Some(coin.manager);
    }
    deployment.write(&path(context, chain.chain_id()))?;
    Ok(deployment)
}

fn bond_signer(context: &Context, company: Address) -> Outcome<Signer> {
    let signer = Signer::embedded(ARBITER)?;
    if context.global.account.is_some() || signer.address() == company {
        return Err(
            Failure::input("--bond-token is for a chain to try things out on")
                .hint("on a real chain name an existing coin in the goal's `bondToken`"),
        );
    }
    Ok(signer)
}

fn path(context: &Context, chain_id: u64) -> std::path::PathBuf {
    context.data.deployments().join(format!("{chain_id}.json"))
}

fn refuse_second(context: &Context, chain: &Chain) -> Outcome {
    let path = path(context, chain.chain_id());
    if !path.exists() {
        return Ok(());
    }
    let text = format!("{} holds a deployment on this chain", path.display());
    Err(Failure::precondition(text).hint("use another --data-dir for a second one"))
}

fn show(context: &Context, deployment: &Deployment) -> Outcome {
    let mut record = Record::new(to_value(deployment)?).line("company", &deployment.name);
    for (name, contract) in deployment.contracts.list() {
        record = record.line(name, contract.address.to_string());
    }
    let file = path(context, deployment.chain_id);
    context
        .global
        .output
        .record(&record.line("file", file.display().to_string()))
}
