//! Deploying a company's contracts and giving out its roles.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::{SolCall, SolValue};
use guerdon_core::id::Domain;
use serde::Deserialize;

use crate::artifacts::{ACCESS_MANAGER, ACCESS_TOKEN, GOALS, GRANTS, SUCCESSION};
use crate::bindings::{IAccessManager, IAccessToken, IGrants, ISuccession};
use crate::connect::Chain;
use crate::deployment::{Contract, Contracts, Deployment, Token};
use crate::error::ChainError;
use crate::plan::Plan;
use crate::send::Receipt;
use crate::signer::Signer;

/// Gas that each payment of `claimMany` may use: several times what a transfer with votes costs.
pub const PAYMENT_GAS: u64 = 200_000;

/// Roles of the AccessManager; their numbers never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Commits and rescinds rounds; replaces grants, with their holders' signatures.
    Issuer = 1,
    /// Ends, pauses, resumes, accelerates grants; recovers those of lost keys.
    People = 2,
    /// Lowers withholding.
    Payroll = 3,
    /// Withdraws free money.
    Treasury = 4,
    /// Mints the access token.
    Minter = 5,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Issuer,
        Self::People,
        Self::Payroll,
        Self::Treasury,
        Self::Minter,
    ];

    /// The role of a number.
    #[must_use]
    pub fn of(id: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// Its number in the AccessManager.
    #[must_use]
    pub const fn id(self) -> u64 {
        self as u64
    }

    /// Its label in the AccessManager.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Issuer => "ISSUER",
            Self::People => "PEOPLE",
            Self::Payroll => "PAYROLL",
            Self::Treasury => "TREASURY",
            Self::Minter => "MINTER",
        }
    }
}

/// What to deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployConfig {
    /// The company, for the deployment file.
    pub name: String,
    /// For example "Acme Access".
    pub token_name: String,
    /// For example "ACC".
    pub token_symbol: String,
    /// Base units of 18 decimals; above zero and below 2^104.
    pub cap: u128,
    /// Who has which role from the start. Whoever deploys administers them, and has those that
    /// nobody is named for.
    pub roles: Vec<(Role, Address)>,
}

/// The token of bonds and who may mint it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondToken {
    /// The token.
    pub token: Contract,
    /// Its AccessManager, administered by whoever deployed it.
    pub manager: Contract,
}

/// Deploys AccessManager, AccessToken, Goals, Grants and Succession and gives out the roles. Nothing is
/// written to disk: a deployment that fails half-way leaves contracts nobody names.
///
/// # Errors
/// Whatever sending can fail with; [`ChainError::Deployment`] when the result is not what it
/// should be.
pub async fn deploy(
    chain: &Chain,
    admin: &Signer,
    config: &DeployConfig,
) -> Result<Deployment, ChainError> {
    let genesis = chain.block(0).await?;
    let manager = create_manager(chain, admin).await?;
    let token = create_token(chain, admin, manager.address, config).await?;
    let goals = create(chain, admin, "Goals", GOALS, Vec::new()).await?;
    let (grants, succession) = create_pair(chain, admin, [manager, token, goals]).await?;
    let targets = Targets {
        grants: grants.address,
        succession: succession.address,
        token: token.address,
    };
    let roles = role_calls(admin.address(), &targets, &config.roles);
    send_roles(chain, admin, manager.address, roles).await?;

    let deployment = Deployment {
        chain_id: chain.chain_id(),
        chain_id_at_deployment: chain.chain_id(),
        name: config.name.clone(),
        start_block: manager.block,
        genesis_hash: genesis.map_or(B256::ZERO, |block| block.hash),
        contracts: Contracts {
            grants,
            succession: Some(succession),
            goals,
            access_token: token,
            access_manager: manager,
            bond_token: None,
            bond_manager: None,
        },
        token: Token {
            symbol: config.token_symbol.clone(),
            name: config.token_name.clone(),
            decimals: 18,
        },
    };
    check_bindings(chain, &deployment).await?;
    Ok(deployment)
}

/// Deploys a token for bonds under an authority of its own: `admin`, who must not be the
/// company, alone may mint it.
///
/// # Errors
/// See [`deploy`].
pub async fn deploy_bond_token(
    chain: &Chain,
    admin: &Signer,
    config: &DeployConfig,
) -> Result<BondToken, ChainError> {
    let manager = create_manager(chain, admin).await?;
    let token = create_token(chain, admin, manager.address, config).await?;
    let mut calls = vec![function_role(
        token.address,
        Role::Minter,
        functions(Role::Minter),
    )];
    calls.extend(membership(Role::Minter, admin.address()));
    send_roles(chain, admin, manager.address, calls).await?;
    Ok(BondToken { token, manager })
}

async fn create_manager(chain: &Chain, admin: &Signer) -> Result<Contract, ChainError> {
    let arguments = (admin.address(),).abi_encode_params();
    create(chain, admin, "AccessManager", ACCESS_MANAGER, arguments).await
}

async fn create_token(
    chain: &Chain,
    admin: &Signer,
    manager: Address,
    config: &DeployConfig,
) -> Result<Contract, ChainError> {
    let (name, symbol) = (config.token_name.clone(), config.token_symbol.clone());
    let arguments = (name, symbol, U256::from(config.cap), manager).abi_encode_params();
    create(chain, admin, "AccessToken", ACCESS_TOKEN, arguments).await
}

/// Grants and Succession name each other: Grants is given the address that the next transaction of
/// the same account will make.
async fn create_pair(
    chain: &Chain,
    admin: &Signer,
    [manager, token, goals]: [Contract; 3],
) -> Result<(Contract, Contract), ChainError> {
    let nonce = chain.next_nonce(admin.address()).await?;
    let succession = admin.address().create(nonce.saturating_add(1));
    let arguments = (
        manager.address,
        token.address,
        goals.address,
        succession,
        U256::from(PAYMENT_GAS),
    );
    let arguments = arguments.abi_encode_params();
    let grants = create(chain, admin, "Grants", GRANTS, arguments).await?;
    let arguments = (manager.address, grants.address).abi_encode_params();
    let found = create(chain, admin, "Succession", SUCCESSION, arguments).await?;
    if found.address == succession {
        return Ok((grants, found));
    }
    Err(ChainError::Deployment {
        place: "of Grants and Succession".to_owned(),
        reason: "another transaction of the same account came between them; deploy again"
            .to_owned(),
    })
}

async fn create(
    chain: &Chain,
    admin: &Signer,
    name: &'static str,
    artifact: &str,
    arguments: Vec<u8>,
) -> Result<Contract, ChainError> {
    let mut code = bytecode(name, artifact)?;
    code.extend(arguments);
    let receipt: Receipt = chain
        .send(&Plan::create(code, format!("Deploy {name}")), admin)
        .await?;
    let address = receipt.created.ok_or_else(|| ChainError::Deployment {
        place: name.to_owned(),
        reason: format!("transaction {} created no contract", receipt.tx),
    })?;
    let code_hash = chain.code_hash(address).await?;
    Ok(Contract {
        address,
        tx_hash: receipt.tx,
        block: receipt.block,
        code_hash,
    })
}

#[derive(Deserialize)]
struct Artifact {
    bytecode: Bytes,
}

fn bytecode(name: &str, artifact: &str) -> Result<Vec<u8>, ChainError> {
    let artifact: Artifact =
        serde_json::from_str(artifact).map_err(|error| ChainError::Deployment {
            place: format!("artifact of {name}"),
            reason: error.to_string(),
        })?;
    Ok(artifact.bytecode.to_vec())
}

/// The contracts whose functions need roles.
struct Targets {
    grants: Address,
    succession: Address,
    token: Address,
}

/// Which functions need which role, and who has it.
fn role_calls(admin: Address, targets: &Targets, named: &[(Role, Address)]) -> Vec<Bytes> {
    let mut calls = Vec::new();
    for role in Role::ALL {
        let target = match role {
            Role::Minter => targets.token,
            _ => targets.grants,
        };
        calls.push(function_role(target, role, functions(role)));
        let more = succession_functions(role);
        if !more.is_empty() {
            calls.push(function_role(targets.succession, role, more));
        }
        let members: Vec<Address> = named
            .iter()
            .filter(|(of, _)| *of == role)
            .map(|(_, member)| *member)
            .collect();
        let members = if members.is_empty() {
            vec![admin]
        } else {
            members
        };
        for member in members {
            calls.extend(membership(role, member));
        }
    }
    calls
}

/// What a role may call of Grants; the minter's is of the token.
fn functions(role: Role) -> &'static [[u8; 4]] {
    match role {
        Role::Issuer => &[
            IGrants::commitCall::SELECTOR,
            IGrants::rescindCall::SELECTOR,
        ],
        Role::People => &[
            IGrants::endCall::SELECTOR,
            IGrants::pauseCall::SELECTOR,
            IGrants::resumeCall::SELECTOR,
            IGrants::accelerateCall::SELECTOR,
        ],
        Role::Payroll => &[IGrants::lowerWithholdingCall::SELECTOR],
        Role::Treasury => &[IGrants::withdrawFreeCall::SELECTOR],
        Role::Minter => &[IAccessToken::mintCall::SELECTOR],
    }
}

/// What a role may call of Succession.
fn succession_functions(role: Role) -> &'static [[u8; 4]] {
    match role {
        Role::Issuer => &[ISuccession::replaceCall::SELECTOR],
        Role::People => &[
            ISuccession::announceRecoveryCall::SELECTOR,
            ISuccession::executeRecoveryCall::SELECTOR,
        ],
        Role::Payroll | Role::Treasury | Role::Minter => &[],
    }
}

fn function_role(target: Address, role: Role, selectors: &[[u8; 4]]) -> Bytes {
    let selectors = selectors
        .iter()
        .map(|selector| (*selector).into())
        .collect();
    let call = IAccessManager::setTargetFunctionRoleCall {
        target,
        selectors,
        roleId: role.id(),
    };
    call.abi_encode().into()
}

fn membership(role: Role, account: Address) -> [Bytes; 2] {
    let label = IAccessManager::labelRoleCall {
        roleId: role.id(),
        label: role.label().to_owned(),
    };
    let grant = IAccessManager::grantRoleCall {
        roleId: role.id(),
        account,
        executionDelay: 0,
    };
    [label.abi_encode().into(), grant.abi_encode().into()]
}

async fn send_roles(
    chain: &Chain,
    admin: &Signer,
    manager: Address,
    calls: Vec<Bytes>,
) -> Result<(), ChainError> {
    let call = IAccessManager::multicallCall { data: calls };
    chain
        .send(&Plan::call(manager, &call, "Give out the roles"), admin)
        .await?;
    Ok(())
}

/// The contracts must know each other, and count ids as we do.
async fn check_bindings(chain: &Chain, deployment: &Deployment) -> Result<(), ChainError> {
    let Contracts {
        grants,
        goals,
        access_token,
        ..
    } = &deployment.contracts;
    let found = chain.bound_to(grants.address).await?;
    let domain = Domain::new(deployment.chain_id, grants.address).0;
    if found != (access_token.address, goals.address, domain) {
        return Err(ChainError::Deployment {
            place: format!("of Grants at {}", grants.address),
            reason: "it names another token, Goals or domain than it was deployed with".to_owned(),
        });
    }
    let named = chain.names_of(deployment).await?;
    match named.into_iter().find(|named| named.found != named.want) {
        None => Ok(()),
        Some(named) => Err(ChainError::Deployment {
            place: format!("of {}", named.contract),
            reason: format!(
                "its {} is {}, not {}",
                named.function, named.found, named.want
            ),
        }),
    }
}
