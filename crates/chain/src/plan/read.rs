//! Call data back into the plan that made it, with its sentence.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::{SolCall, SolInterface};
use guerdon_core::tree::{Proof, Root};

use super::{Place, Plan, Unit};
use crate::bindings::IAccessManager::{self, IAccessManagerCalls as Manager};
use crate::bindings::IAccessToken::{self, IAccessTokenCalls as Token};
use crate::bindings::IGoals;
use crate::bindings::IGrants::{self, IGrantsCalls as Grants};
use crate::bindings::ISuccession::{self, ISuccessionCalls as Succession};
use crate::deployment::Deployment;
use crate::goal_abi::core_goal;

/// Where the contracts are that calls are read of, and how amounts of the token are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The Grants contract.
    pub grants: Address,
    /// The Succession contract, if there is one.
    pub succession: Option<Address>,
    /// The token that grants pay.
    pub token: Address,
    /// The AccessManager.
    pub manager: Address,
    /// The Goals contract, if its calls are read.
    pub goals: Option<Address>,
    /// The token's unit.
    pub unit: Unit,
}

impl From<&Deployment> for Places {
    fn from(deployment: &Deployment) -> Self {
        let contracts = &deployment.contracts;
        Self {
            grants: contracts.grants.address,
            succession: contracts.succession.map(|contract| contract.address),
            token: contracts.access_token.address,
            manager: contracts.access_manager.address,
            goals: Some(contracts.goals.address),
            unit: Unit::new(&deployment.token.symbol, deployment.token.decimals),
        }
    }
}

/// A call that somebody planned, scheduled or put into a batch, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadCall {
    /// The call with our sentence for it.
    pub plan: Plan,
    /// The terms of the grant that it is about, if it is about one.
    pub terms: Option<Bytes>,
}

/// Reads a call of a deployment's contracts. `None` when the contract is none of them, the function
/// is none that a plan is made for, or the data is not exactly what that plan would be.
#[must_use]
pub fn read(places: &Places, to: Address, data: &[u8]) -> Option<ReadCall> {
    let found = if to == places.grants {
        read_grants(to, data, &places.unit)
    } else if places.succession == Some(to) {
        read_succession(to, data)
    } else if to == places.token {
        read_token(to, data, &places.unit)
    } else if to == places.manager {
        read_manager(places, data)
    } else if places.goals == Some(to) {
        read_goals(to, data)
    } else {
        None
    };
    found.filter(|found| *found.plan.data == *data)
}

fn plain(plan: Plan) -> Option<ReadCall> {
    Some(ReadCall { plan, terms: None })
}

fn about(terms: Bytes, plan: impl FnOnce(&[u8]) -> Plan) -> Option<ReadCall> {
    Some(ReadCall {
        plan: plan(&terms),
        terms: Some(terms),
    })
}

fn read_grants(to: Address, data: &[u8], unit: &Unit) -> Option<ReadCall> {
    match Grants::abi_decode(data).ok()? {
        Grants::fund(call) => plain(super::fund(to, call.amount, unit)),
        Grants::withdrawFree(call) => plain(super::withdraw_free(to, call.to, call.amount, unit)),
        Grants::commit(call) => plain(read_commit(to, &call, unit)),
        Grants::rescind(call) => plain(super::rescind(to, call.root)),
        Grants::open(call) => {
            let (proof, root, index) = (Proof(call.proof.to_vec()), call.root, call.index);
            let place = Place {
                root,
                index,
                proof: &proof,
            };
            about(call.terms, |terms| super::open(to, terms, &place))
        }
        Grants::claim(call) => about(call.terms, |terms| super::claim(to, terms)),
        Grants::end(call) => {
            let (stop_at, grace) = (call.stopAt.to(), call.grace);
            about(call.terms, |terms| super::end(to, terms, stop_at, grace))
        }
        Grants::pause(call) => about(call.terms, |terms| super::pause(to, terms)),
        Grants::resume(call) => about(call.terms, |terms| super::resume(to, terms)),
        Grants::accelerate(call) => {
            about(call.terms, |terms| super::accelerate(to, terms, call.by))
        }
        Grants::lowerWithholding(call) => about(call.terms, |terms| {
            super::lower_withholding(to, terms, call.withholdBps)
        }),
        Grants::settle(call) => about(call.terms, |terms| super::settle(to, terms)),
        _ => None,
    }
}

fn read_commit(to: Address, call: &IGrants::commitCall, unit: &Unit) -> Plan {
    let root = Root {
        hash: call.root,
        total: call.total,
    };
    super::commit(to, &root, call.document, call.bindingAt.to(), unit)
}

fn read_succession(to: Address, data: &[u8]) -> Option<ReadCall> {
    match Succession::abi_decode(data).ok()? {
        Succession::replace(call) => read_replace(to, call),
        Succession::announceRecovery(call) => about(call.terms, |terms| {
            super::announce_recovery(to, terms, call.to)
        }),
        Succession::executeRecovery(call) => about(call.terms, |terms| {
            super::execute_recovery(to, terms, call.to)
        }),
        Succession::clearRecovery(call) => {
            about(call.terms, |terms| super::clear_recovery(to, terms))
        }
        _ => None,
    }
}

fn read_replace(to: Address, call: ISuccession::replaceCall) -> Option<ReadCall> {
    let successors: Vec<Vec<u8>> = call.successors.iter().map(|it| it.to_vec()).collect();
    let deadline = u64::try_from(call.deadline).ok()?;
    about(call.old, |old| {
        super::replace(to, old, &successors, (deadline, &call.signature))
    })
}

fn read_token(to: Address, data: &[u8], unit: &Unit) -> Option<ReadCall> {
    let small = |amount: U256| u128::try_from(amount).ok();
    match Token::abi_decode(data).ok()? {
        Token::mint(call) => plain(super::mint(to, call.to, small(call.amount)?, unit)),
        Token::approve(IAccessToken::approveCall { spender, amount }) => {
            plain(super::approve(to, spender, small(amount)?, unit))
        }
        Token::transfer(call) => plain(super::transfer(to, call.to, small(call.amount)?, unit)),
        _ => None,
    }
}

/// Of the calls to Goals only the definition, which a company puts into a batch.
fn read_goals(to: Address, data: &[u8]) -> Option<ReadCall> {
    let call = IGoals::defineGoalCall::abi_decode(data).ok()?;
    let goal = core_goal(&call.goal).ok()?;
    plain(super::define_goal(to, &goal, call.m, &call.panel))
}

fn read_manager(places: &Places, data: &[u8]) -> Option<ReadCall> {
    let manager = places.manager;
    // A call in a call in a call is nothing that anybody plans.
    let inner = |target: Address, data: &Bytes| match target == manager {
        true => None,
        false => read(places, target, data),
    };
    match Manager::abi_decode(data).ok()? {
        Manager::grantRole(IAccessManager::grantRoleCall {
            roleId,
            account,
            executionDelay,
        }) => plain(super::grant_role(manager, roleId, account, executionDelay)),
        Manager::revokeRole(call) => plain(super::revoke_role(manager, call.roleId, call.account)),
        Manager::schedule(call) => {
            let found = inner(call.target, &call.data)?;
            let at = Some(call.when.to::<u64>()).filter(|at| *at > 0);
            wrapped(found, |plan| super::schedule(manager, plan, at))
        }
        Manager::execute(call) => {
            let found = inner(call.target, &call.data)?;
            wrapped(found, |plan| super::execute(manager, plan))
        }
        Manager::cancel(call) => {
            let found = inner(call.target, &call.data)?;
            wrapped(found, |plan| super::cancel(manager, call.caller, plan))
        }
        _ => None,
    }
}

fn wrapped(found: ReadCall, plan: impl FnOnce(&Plan) -> Plan) -> Option<ReadCall> {
    Some(ReadCall {
        plan: plan(&found.plan),
        terms: found.terms,
    })
}

#[cfg(test)]
mod tests {
    use alloy::primitives::B256;
    use guerdon_core::goal::{Goal, Kind};

    use super::*;
    use crate::deployment::tests::deployment;
    use crate::plan;

    fn goal() -> Goal {
        Goal {
            kind: Kind::Proportion,
            threshold: 800_000_000,
            stretch: 900_000_000,
            base_ppb: 500_000_000,
            default_ppb: 0,
            bound: 1_983,
            attempts: 2,
            max_voids: 1,
            samples: 500,
            pool: 5_000,
            guards: 1,
            opens: 1_782_864_000,
            closes: 1_814_400_000,
            run_seconds: 3,
            challenge_seconds: 4,
            arbiter_seconds: 5,
            seed_blocks: 6,
            sponsor: Address::repeat_byte(7),
            panel: B256::repeat_byte(8),
            arbiter: Address::repeat_byte(9),
            bond_token: Address::repeat_byte(10),
            bond: 11,
            data: B256::repeat_byte(12),
            spec: B256::repeat_byte(13),
        }
    }

    fn plans(places: &Places) -> Vec<(Plan, bool)> {
        let unit = places.unit.clone();
        let (grants, token) = (places.grants, places.token);
        let (manager, succession) = (places.manager, places.succession.unwrap());
        let (terms, to) = (vec![7; 90], Address::repeat_byte(0x44));
        let root = Root {
            hash: B256::repeat_byte(3),
            total: 5,
        };
        let end = plan::end(grants, &terms, 1_782_864_000, true);
        vec![
            (plan::fund(grants, 5, &unit), false),
            (plan::withdraw_free(grants, to, 5, &unit), false),
            (plan::commit(grants, &root, B256::ZERO, 9, &unit), false),
            (plan::rescind(grants, root.hash), false),
            (plan::claim(grants, &terms), true),
            (plan::pause(grants, &terms), true),
            (plan::resume(grants, &terms), true),
            (plan::accelerate(grants, &terms, 60), true),
            (plan::lower_withholding(grants, &terms, 5), true),
            (plan::settle(grants, &terms), true),
            (
                plan::replace(succession, &terms, &[vec![1], vec![2]], (9, &[3; 65])),
                true,
            ),
            (plan::announce_recovery(succession, &terms, to), true),
            (plan::execute_recovery(succession, &terms, to), true),
            (plan::clear_recovery(succession, &terms), true),
            (plan::mint(token, to, 5, &unit), false),
            (plan::approve(token, to, 5, &unit), false),
            (plan::transfer(token, to, 5, &unit), false),
            (plan::grant_role(manager, 4, to, 86_400), false),
            (plan::revoke_role(manager, 4, to), false),
            (plan::schedule(manager, &end, None), true),
            (plan::schedule(manager, &end, Some(1_782_864_000)), true),
            (plan::execute(manager, &end), true),
            (plan::cancel(manager, to, &end), true),
            (
                plan::define_goal(places.goals.unwrap(), &goal(), 2, &[to, manager]),
                false,
            ),
            (end, true),
        ]
    }

    #[test]
    fn what_a_plan_wrote_is_read_back_as_that_plan() {
        let places = Places::from(&deployment());
        for (plan, has_terms) in plans(&places) {
            let found = read(&places, plan.to.unwrap(), &plan.data).unwrap();
            assert_eq!(found.plan, plan);
            assert_eq!(found.terms.is_some(), has_terms, "{}", plan.summary);
        }
    }

    #[test]
    fn what_no_plan_wrote_is_not_read() {
        let places = Places::from(&deployment());
        for (plan, _) in plans(&places) {
            let elsewhere = Address::repeat_byte(0x99);
            assert_eq!(read(&places, elsewhere, &plan.data), None);
            let longer = [&plan.data[..], &[0; 32]].concat();
            assert_eq!(read(&places, plan.to.unwrap(), &longer), None);
        }
        let manager = places.manager;
        let end = plan::end(places.grants, &[7; 90], 1, true);
        let twice = plan::schedule(manager, &plan::execute(manager, &end), None);
        assert_eq!(read(&places, manager, &twice.data), None);
    }
}
