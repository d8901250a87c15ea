//! A node together with the deployment on it: what commands about grants and goals work with.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use guerdon_chain::{Chain, Contract, Contracts, Deployment, Head, Signer, Token, decode};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::grant::GateResult;
use guerdon_core::ledger::{GrantRecord, Ledger};
use guerdon_core::terms::Terms;

use crate::commands::grant::files::Grant;
use crate::context::{Context, Node};
use crate::error::{Failure, Kind, Outcome};
use crate::words::Unit;

/// A deployment on a node.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub(crate) context: &'a Context,
    pub(crate) chain: &'a Chain,
    pub(crate) deployment: Deployment,
}

/// Everything the chain said up to a block, folded.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) head: Head,
    pub(crate) facts: Vec<(Origin, Fact)>,
    pub(crate) ledger: Ledger,
}

impl<'a> Session<'a> {
    pub(crate) fn open(context: &'a Context, node: &'a Node) -> Outcome<Self> {
        let deployment = context.deployment(node.chain.chain_id())?;
        Ok(Self {
            context,
            chain: &node.chain,
            deployment,
        })
    }

    /// The deployment that a grant file belongs to: the one known here, else as far as the file and
    /// the chain tell it. So a holder needs nothing but her file.
    pub(crate) async fn of_grant(
        context: &'a Context,
        node: &'a Node,
        grant: &Grant,
    ) -> Outcome<Self> {
        let contract = grant.file.contract;
        match context.deployment(node.chain.chain_id()) {
            Ok(deployment) if deployment.contracts.grants.address == contract => {
                return Ok(Self {
                    context,
                    chain: &node.chain,
                    deployment,
                });
            }
            Err(failure) if failure.kind != Kind::NotFound => return Err(failure),
            _ => {}
        }
        let chain = &node.chain;
        let (goals, token) = (
            chain.goals_of(contract).await?,
            chain.token_of(contract).await?,
        );
        let unit = chain.unit_of(token).await?;
        let genesis = chain.block(0).await?;
        let deployment = Deployment {
            chain_id: chain.chain_id(),
            chain_id_at_deployment: grant.file.chain_id,
            name: "the company".to_owned(),
            start_block: 0,
            genesis_hash: genesis.map_or(B256::ZERO, |block| block.hash),
            contracts: Contracts {
                grants: found(chain, contract).await?,
                succession: match chain.succession_of(contract).await? {
                    Some(succession) => Some(found(chain, succession).await?),
                    None => None,
                },
                goals: found(chain, goals).await?,
                access_token: found(chain, token).await?,
                access_manager: found(chain, Address::ZERO).await?,
                bond_token: None,
                bond_manager: None,
            },
            token: Token {
                name: unit.symbol.clone(),
                symbol: unit.symbol,
                decimals: unit.decimals,
            },
        };
        Ok(Self {
            context,
            chain,
            deployment,
        })
    }

    pub(crate) fn grants(&self) -> Address {
        self.deployment.contracts.grants.address
    }

    pub(crate) fn goals(&self) -> Address {
        self.deployment.contracts.goals.address
    }

    /// The contract that replaces, moves and recovers grants.
    pub(crate) fn succession(&self) -> Outcome<Address> {
        let contract = self.deployment.contracts.succession;
        contract.map(|contract| contract.address).ok_or_else(|| {
            Failure::precondition(
                "these contracts have no Succession: their grants cannot be replaced, moved or \
                 recovered",
            )
            .hint("new rounds can be committed under a new deployment: guerdon deploy")
        })
    }

    pub(crate) fn token(&self) -> Address {
        self.deployment.contracts.access_token.address
    }

    pub(crate) fn bond_token(&self) -> Option<Address> {
        self.deployment
            .contracts
            .bond_token
            .map(|contract| contract.address)
    }

    /// How amounts of any token are written.
    pub(crate) async fn unit_of(&self, token: Address) -> Outcome<Unit> {
        Ok(self.chain.unit_of(token).await?.into())
    }

    /// How amounts of the token are written.
    pub(crate) fn unit(&self) -> Unit {
        Unit::new(
            &self.deployment.token.symbol,
            self.deployment.token.decimals,
        )
    }

    /// Who signs: what the options say, or on the embedded chain the account that plays the role.
    pub(crate) fn signer(&self, role: u32) -> Outcome<Signer> {
        self.context.signer(Some(role))
    }

    /// Reads every event of the deployment, in the order of the chain.
    pub(crate) async fn facts(&self, head: &Head) -> Outcome<Vec<(Origin, Fact)>> {
        let succession = self.deployment.contracts.succession;
        let contracts = [
            Some(self.grants()),
            Some(self.goals()),
            succession.map(|it| it.address),
        ];
        let contracts: Vec<Address> = contracts.into_iter().flatten().collect();
        let logs = self
            .chain
            .logs(self.deployment.start_block, head.number, &contracts)
            .await?;
        let mut facts = Vec::with_capacity(logs.len());
        for log in &logs {
            let fact = decode(log).map_err(|error| Failure::failed(error.to_string()))?;
            facts.extend(fact.map(|fact| (log.origin, fact)));
        }
        Ok(facts)
    }

    /// Reads and folds every event of the deployment.
    pub(crate) async fn history(&self) -> Outcome<History> {
        let head = self.chain.head().await?;
        let facts = self.facts(&head).await?;
        let mut ledger = Ledger::default();
        for (origin, fact) in &facts {
            ledger
                .apply(origin, fact)
                .map_err(|error| Failure::failed(error.to_string()))?;
        }
        Ok(History {
            head,
            facts,
            ledger,
        })
    }
}

/// A contract of which only the address is known.
async fn found(chain: &Chain, address: Address) -> Outcome<Contract> {
    let code_hash = chain.code_hash(address).await?;
    Ok(Contract {
        address,
        tx_hash: B256::ZERO,
        block: 0,
        code_hash,
    })
}

impl History {
    /// What took a grant's place, in order of their ids.
    pub(crate) fn successors(&self, id: B256) -> impl Iterator<Item = &GrantRecord> {
        let grants = self.ledger.grants.values();
        grants.filter(move |grant| grant.descent.is_some_and(|descent| descent.old == id))
    }

    /// What the gates of a grant read now.
    pub(crate) fn gate_results(&self, id: B256, terms: &Terms) -> Vec<GateResult> {
        gate_results(&self.ledger, id, terms)
    }
}

/// What the gates of a grant read, with the results at its stop if it has one.
pub(crate) fn gate_results(ledger: &Ledger, id: B256, terms: &Terms) -> Vec<GateResult> {
    let stop_at = ledger
        .grants
        .get(&id)
        .map(|grant| grant.state.clock().stop_at);
    let stop_at = stop_at.filter(|time| *time != 0);
    results_at(ledger, terms, stop_at)
}

/// What gates read, with the results at a stop if there is one.
pub(crate) fn results_at(ledger: &Ledger, terms: &Terms, stop_at: Option<u64>) -> Vec<GateResult> {
    let result = |goal: B256| {
        ledger
            .goals
            .get(&goal)
            .map(|goal| goal.gate_result(stop_at))
    };
    terms
        .gates
        .iter()
        .map(|gate| result(gate.goal).unwrap_or_default())
        .collect()
}

/// Names of goals by id, for sentences.
pub(crate) type GoalNames = BTreeMap<B256, String>;

/// The goal's name if it is known here, else its id.
pub(crate) fn goal_name(names: &GoalNames, id: B256) -> String {
    names
        .get(&id)
        .cloned()
        .unwrap_or_else(|| format!("goal {id}"))
}
