//! The contracts in a virtual machine inside of this process: the committed bytecode, no node.

use std::sync::OnceLock;

use alloy::primitives::{Address, Bytes, TxKind, U256};
use alloy::sol_types::{SolCall, SolValue};
use guerdon_chain::PAYMENT_GAS;
use guerdon_core::fact::{Log, Origin};
use revm::context::result::{ExecutionResult, Output};
use revm::context::{Context, TxEnv};
use revm::database::InMemoryDB;
use revm::handler::{MainBuilder, MainContext, MainnetContext, MainnetEvm};
use revm::primitives::hardfork::SpecId;
use revm::{ExecuteCommitEvm, ExecuteEvm};

use crate::abi::{IAccessManager, IAccessToken, IGrants, ISuccession};
use crate::people::{ADMIN, CHALLENGER, FUNDER, ISSUER, PAYROLL, PEOPLE, TREASURY, person};
use crate::wallet;

/// What the funder and the challenger have of each token at the start, in base units.
pub(crate) const ALLOTTED: u128 = 1 << 102;
pub(crate) const CHAIN_ID: u64 = 31_337;
/// 2027-01-15T08:00:00Z, when every sequence begins.
pub(crate) const START: u64 = 1_800_000_000;
pub(crate) const FIRST_BLOCK: u64 = 1_000;
/// The admin creates the manager, both tokens, Goals and Grants before.
const SUCCESSION_NONCE: u64 = 5;
const GAS: u64 = 30_000_000;

/// Where everything was deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) token: Address,
    pub(crate) bond_token: Address,
    pub(crate) goals: Address,
    pub(crate) grants: Address,
    pub(crate) succession: Address,
}

/// How a transaction ended.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) passed: bool,
    /// What was returned, or the error.
    pub(crate) output: Bytes,
    pub(crate) logs: Vec<Log>,
}

pub(crate) struct Machine {
    evm: MainnetEvm<MainnetContext<InMemoryDB>>,
    pub(crate) places: Places,
    origin: Origin,
}

impl Machine {
    /// A fresh chain with everything deployed; the deployment is made once.
    pub(crate) fn fresh() -> Self {
        static DEPLOYED: OnceLock<(InMemoryDB, Places)> = OnceLock::new();
        let (state, places) = DEPLOYED.get_or_init(deploy);
        Self::on(state.clone(), *places)
    }

    fn on(state: InMemoryDB, places: Places) -> Self {
        let context = Context::mainnet()
            .modify_cfg_chained(|settings| {
                settings.set_spec_and_mainnet_gas_params(SpecId::PRAGUE);
                settings.chain_id = CHAIN_ID;
                settings.disable_nonce_check = true;
                settings.disable_balance_check = true;
                settings.disable_base_fee = true;
                settings.disable_block_gas_limit = true;
                settings.tx_gas_limit_cap = Some(u64::MAX);
            })
            .with_db(state);
        let mut machine = Self {
            evm: context.build_mainnet(),
            places,
            origin: Origin {
                block: 0,
                block_hash: alloy::primitives::B256::ZERO,
                block_time: 0,
                tx: alloy::primitives::B256::ZERO,
                log_index: 0,
            },
        };
        machine.mine(FIRST_BLOCK, START);
        machine
    }

    /// What follows is in this block.
    pub(crate) fn mine(&mut self, block: u64, time: u64) {
        (self.origin.block, self.origin.block_time) = (block, time);
        self.evm.ctx.modify_block(|env| {
            env.number = U256::from(block);
            env.timestamp = U256::from(time);
        });
    }

    pub(crate) fn send(&mut self, from: Address, to: Address, data: Vec<u8>) -> Outcome {
        let transaction = transaction(from, TxKind::Call(to), data);
        let result = self.evm.transact_commit(transaction).unwrap();
        self.outcome(result)
    }

    /// What a view answers now; `None` when it reverts.
    pub(crate) fn view<C: SolCall>(&mut self, to: Address, call: &C) -> Option<C::Return> {
        let transaction = transaction(Address::ZERO, TxKind::Call(to), call.abi_encode());
        let result = self.evm.transact(transaction).unwrap().result;
        let ExecutionResult::Success { output, .. } = result else {
            return None;
        };
        Some(C::abi_decode_returns(output.data()).unwrap())
    }

    fn outcome(&mut self, result: ExecutionResult) -> Outcome {
        match result {
            ExecutionResult::Success { output, logs, .. } => Outcome {
                passed: true,
                output: output.into_data(),
                logs: logs.iter().map(|log| self.log(log)).collect(),
            },
            ExecutionResult::Revert { output, .. } => Outcome {
                passed: false,
                output,
                logs: Vec::new(),
            },
            ExecutionResult::Halt { reason, .. } => panic!("the machine halted: {reason:?}"),
        }
    }

    fn log(&mut self, log: &revm::primitives::Log) -> Log {
        self.origin.log_index += 1;
        Log {
            origin: self.origin,
            address: log.address,
            topics: log.data.topics().to_vec(),
            data: log.data.data.to_vec(),
        }
    }

    fn create(&mut self, name: &str, arguments: Vec<u8>) -> Address {
        let mut code = bytecode(name);
        code.extend(arguments);
        let transaction = transaction(person(ADMIN), TxKind::Create, code);
        match self.evm.transact_commit(transaction).unwrap() {
            ExecutionResult::Success {
                output: Output::Create(_, Some(address)),
                ..
            } => address,
            other => panic!("{name} was not created: {other:?}"),
        }
    }

    fn must(&mut self, from: Address, to: Address, call: &impl SolCall) {
        let outcome = self.send(from, to, call.abi_encode());
        assert!(outcome.passed, "{} at deployment", outcome.output);
    }
}

fn transaction(from: Address, kind: TxKind, data: Vec<u8>) -> TxEnv {
    TxEnv {
        caller: from,
        kind,
        data: data.into(),
        gas_limit: GAS,
        gas_price: 0,
        chain_id: Some(CHAIN_ID),
        ..TxEnv::default()
    }
}

/// The committed bytecode, read when the test runs: a new artifact needs no new build.
fn bytecode(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/artifacts");
    let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
    let artifact: serde_json::Value = serde_json::from_str(&text).unwrap();
    let code: Bytes = artifact["bytecode"].as_str().unwrap().parse().unwrap();
    code.to_vec()
}

fn deploy() -> (InMemoryDB, Places) {
    let nowhere = Address::ZERO;
    let places = Places {
        token: nowhere,
        bond_token: nowhere,
        goals: nowhere,
        grants: nowhere,
        succession: nowhere,
    };
    let mut machine = Machine::on(InMemoryDB::default(), places);
    let manager = machine.create("AccessManager", (person(ADMIN),).abi_encode_params());
    let mut token = |name: &str| {
        let cap = U256::from((1_u128 << 104) - 1);
        let arguments = (name.to_owned(), name.to_owned(), cap, manager);
        machine.create("AccessToken", arguments.abi_encode_params())
    };
    let (token, bond_token) = (token("ACC"), token("BOND"));
    let goals = machine.create("Goals", Vec::new());
    // each names the other: what the same account creates next has a known address
    let expected = person(ADMIN).create(SUCCESSION_NONCE);
    let arguments = (manager, token, goals, expected, U256::from(PAYMENT_GAS));
    let grants = machine.create("Grants", arguments.abi_encode_params());
    let succession = machine.create("Succession", (manager, grants).abi_encode_params());
    assert_eq!(succession, expected);
    let places = Places {
        token,
        bond_token,
        goals,
        grants,
        succession,
    };
    give_roles(&mut machine, manager, &places);
    give_money(&mut machine, &places);
    let mut state = machine.evm.ctx.journaled_state.database;
    wallet::install(&mut state);
    (state, places)
}

fn give_roles(machine: &mut Machine, manager: Address, places: &Places) {
    let admin = person(ADMIN);
    let rows: [(u64, usize, &[[u8; 4]]); 5] = [
        (
            1,
            ISSUER,
            &[
                IGrants::commitCall::SELECTOR,
                IGrants::rescindCall::SELECTOR,
                ISuccession::replaceCall::SELECTOR,
            ],
        ),
        (
            2,
            PEOPLE,
            &[
                IGrants::endCall::SELECTOR,
                IGrants::pauseCall::SELECTOR,
                IGrants::resumeCall::SELECTOR,
                IGrants::accelerateCall::SELECTOR,
                ISuccession::announceRecoveryCall::SELECTOR,
                ISuccession::executeRecoveryCall::SELECTOR,
            ],
        ),
        (3, PAYROLL, &[IGrants::lowerWithholdingCall::SELECTOR]),
        (4, TREASURY, &[IGrants::withdrawFreeCall::SELECTOR]),
        (5, ADMIN, &[IAccessToken::mintCall::SELECTOR]),
    ];
    for (role, who, functions) in rows {
        let selectors = functions.iter().map(|function| (*function).into());
        let selectors: Vec<_> = selectors.collect();
        let token = [places.token, places.bond_token];
        for target in [places.grants, places.succession].into_iter().chain(token) {
            let call = IAccessManager::setTargetFunctionRoleCall {
                target,
                selectors: selectors.clone(),
                roleId: role,
            };
            machine.must(admin, manager, &call);
        }
        let call = IAccessManager::grantRoleCall {
            roleId: role,
            account: person(who),
            executionDelay: 0,
        };
        machine.must(admin, manager, &call);
    }
}

fn give_money(machine: &mut Machine, places: &Places) {
    for token in [places.token, places.bond_token] {
        for who in [FUNDER, CHALLENGER] {
            let call = IAccessToken::mintCall {
                to: person(who),
                amount: U256::from(ALLOTTED),
            };
            machine.must(person(ADMIN), token, &call);
            for spender in [places.grants, places.goals] {
                let call = IAccessToken::approveCall {
                    spender,
                    value: U256::MAX,
                };
                machine.must(person(who), token, &call);
            }
        }
    }
}
