//! Steps as call data.

use alloy::primitives::aliases::U40;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolCall;
use guerdon_core::goal::{Accept, Goal, GoalsDomain, PanelResult, accept_digest, result_digest};
use guerdon_core::tree::Proof;

use crate::abi::{IGoals, IGrants};
use crate::machine::CHAIN_ID;
use crate::people::{person, sign, signers};
use crate::step::{Call, Flaw, Pick, Reported, Twist};
use crate::world::{Defined, World};

/// Order of secp256k1.
const ORDER: U256 = U256::from_limbs([
    0xbfd2_5e8c_d036_4141,
    0xbaae_dce6_af48_a03b,
    0xffff_ffff_ffff_fffe,
    0xffff_ffff_ffff_ffff,
]);

impl World {
    /// Where a call goes, and its data.
    pub(crate) fn encode(&self, call: &Call) -> (Address, Vec<u8>) {
        if call.is_of_goals() {
            (self.places.goals, self.goals_call(call))
        } else if call.is_of_succession() {
            (self.places.succession, self.succession_call(call))
        } else {
            (self.places.grants, self.grants_call(call))
        }
    }

    fn grants_call(&self, call: &Call) -> Vec<u8> {
        match *call {
            Call::Fund { amount } => IGrants::fundCall { amount }.abi_encode(),
            Call::WithdrawFree { to, amount } => IGrants::withdrawFreeCall {
                to: person(to),
                amount,
            }
            .abi_encode(),
            Call::Commit {
                round,
                total,
                binding_at,
            } => IGrants::commitCall {
                root: self.rounds[round].root().hash,
                total,
                document: B256::ZERO,
                bindingAt: u40(binding_at),
            }
            .abi_encode(),
            Call::Rescind { round } => IGrants::rescindCall {
                root: self.rounds[round].root().hash,
            }
            .abi_encode(),
            Call::Open { leaf, round, twist } => {
                let (terms, root, index, proof) = self.leaf_of(leaf, round, twist);
                IGrants::openCall {
                    terms,
                    root,
                    index,
                    proof: proof.0.into(),
                }
                .abi_encode()
            }
            Call::ClaimFirst { leaf, round, twist } => {
                let (terms, root, index, proof) = self.leaf_of(leaf, round, twist);
                IGrants::claimFirstCall {
                    terms,
                    root,
                    index,
                    proof: proof.0.into(),
                }
                .abi_encode()
            }
            Call::Together { ref calls } => {
                let calls = calls.iter().map(|call| self.grants_call(call).into());
                IGrants::multicallCall {
                    calls: calls.collect(),
                }
                .abi_encode()
            }
            ref other => self.grant_call(other),
        }
    }

    fn grant_call(&self, call: &Call) -> Vec<u8> {
        let terms = |leaf: usize| self.terms(leaf);
        match *call {
            Call::Claim { leaf } => IGrants::claimCall { terms: terms(leaf) }.abi_encode(),
            Call::ClaimMany { ref leaves } => IGrants::claimManyCall {
                terms: leaves.iter().map(|leaf| terms(*leaf)).collect(),
            }
            .abi_encode(),
            Call::End {
                leaf,
                stop_at,
                grace,
            } => IGrants::endCall {
                terms: terms(leaf),
                stopAt: u40(stop_at),
                grace,
            }
            .abi_encode(),
            Call::Pause { leaf } => IGrants::pauseCall { terms: terms(leaf) }.abi_encode(),
            Call::Resume { leaf } => IGrants::resumeCall { terms: terms(leaf) }.abi_encode(),
            Call::Accelerate { leaf, by } => IGrants::accelerateCall {
                terms: terms(leaf),
                by,
            }
            .abi_encode(),
            Call::LowerWithholding { leaf, bps } => IGrants::lowerWithholdingCall {
                terms: terms(leaf),
                withholdBps: bps,
            }
            .abi_encode(),
            Call::Waive { leaf } => IGrants::waiveCall { terms: terms(leaf) }.abi_encode(),
            Call::HoldClaims { leaf, on } => IGrants::holdClaimsCall {
                terms: terms(leaf),
                on,
            }
            .abi_encode(),
            Call::Settle { leaf } => IGrants::settleCall { terms: terms(leaf) }.abi_encode(),
            Call::Bypass { leaf, call } => self.bypass(leaf, call),
            ref other => panic!("{other:?} is no call of one grant"),
        }
    }

    fn goals_call(&self, call: &Call) -> Vec<u8> {
        let goal = |place: usize| abi_goal(&self.goals[place].goal);
        match *call {
            Call::Define { goal: place, m } => IGoals::defineGoalCall {
                goal: goal(place),
                m,
                panel: self.goals[place].panel.clone(),
            }
            .abi_encode(),
            Call::Register {
                goal: place,
                attempt,
                model,
                deadline,
                quorum,
            } => {
                let defined = &self.goals[place];
                let model = B256::with_last_byte(model);
                let accept = Accept {
                    goal: defined.id,
                    attempt,
                    model,
                    deadline,
                };
                let digest = accept_digest(&self.goals_domain(), &accept);
                IGoals::registerCall {
                    goal: goal(place),
                    model,
                    deadline: u40(deadline),
                    quorum: abi_quorum(defined, &quorum, digest),
                }
                .abi_encode()
            }
            Call::Propose {
                goal: place,
                result,
                quorum,
            } => {
                let defined = &self.goals[place];
                let result = panel_result(defined.id, &result);
                let digest = result_digest(&self.goals_domain(), &result);
                IGoals::proposeCall {
                    goal: goal(place),
                    result: abi_result(&result),
                    quorum: abi_quorum(defined, &quorum, digest),
                }
                .abi_encode()
            }
            ref other => self.goal_call(other),
        }
    }

    fn goal_call(&self, call: &Call) -> Vec<u8> {
        let goal = |place: usize| abi_goal(&self.goals[place].goal);
        match *call {
            Call::Seal { goal: at, attempt } => IGoals::sealCall {
                goal: goal(at),
                attempt,
            }
            .abi_encode(),
            Call::Expire { goal: at, attempt } => IGoals::expireCall {
                goal: goal(at),
                attempt,
            }
            .abi_encode(),
            Call::Challenge { goal: at, attempt } => IGoals::challengeCall {
                goal: goal(at),
                attempt,
                reason: B256::ZERO,
            }
            .abi_encode(),
            Call::Resolve {
                goal: at,
                attempt,
                verdict,
                x,
                y,
                guards,
            } => IGoals::resolveCall {
                goal: goal(at),
                attempt,
                verdict,
                x,
                y,
                guards,
            }
            .abi_encode(),
            Call::Finalize { goal: at, attempt } => IGoals::finalizeCall {
                goalId: self.goals[at].id,
                attempt,
            }
            .abi_encode(),
            Call::Demand { goal: at, model } => IGoals::demandCall {
                goal: goal(at),
                model: B256::with_last_byte(model),
            }
            .abi_encode(),
            Call::Refuse { goal: at } => IGoals::refuseCall { goal: goal(at) }.abi_encode(),
            Call::Extend { goal: at, closes } => IGoals::extendCall {
                goal: goal(at),
                closes: u40(closes),
            }
            .abi_encode(),
            Call::Close { goal: at } => IGoals::closeCall { goal: goal(at) }.abi_encode(),
            Call::WithdrawBond { bond_token } => {
                let token = self.token(bond_token);
                IGoals::withdrawBondCall { token }.abi_encode()
            }
            ref other => panic!("{other:?} is no call of Goals"),
        }
    }

    pub(crate) fn token(&self, bond_token: bool) -> Address {
        if bond_token {
            self.places.bond_token
        } else {
            self.places.token
        }
    }

    pub(crate) fn terms(&self, leaf: usize) -> Bytes {
        self.leaves[leaf].bytes.clone().into()
    }

    /// The proof of a leaf in a round, twisted; of a leaf that is not there, the first one's.
    pub(crate) fn leaf_of(
        &self,
        leaf: usize,
        round: usize,
        twist: Twist,
    ) -> (Bytes, B256, u32, Proof) {
        let tree = &self.rounds[round];
        let index = tree.index_of(self.leaves[leaf].id).unwrap_or(0);
        let Proof(mut proof) = tree.proof(index).unwrap();
        let mut told = index;
        match twist {
            Twist::Straight => {}
            Twist::Neighbour => told ^= 1,
            Twist::Byte => {
                if let Some(byte) = proof.get_mut(40) {
                    *byte ^= 1;
                }
            }
            Twist::Short => {
                proof.pop();
            }
            Twist::Deeper => proof.extend([0; 48]),
        }
        (self.terms(leaf), tree.root().hash, told, Proof(proof))
    }

    fn goals_domain(&self) -> GoalsDomain {
        GoalsDomain {
            chain_id: CHAIN_ID,
            goals: self.places.goals,
        }
    }
}

pub(crate) fn panel_result(goal: B256, told: &Reported) -> PanelResult {
    PanelResult {
        goal,
        attempt: told.attempt,
        model: B256::with_last_byte(told.model),
        x: told.x,
        y: told.y,
        samples: told.samples,
        guards: told.guards,
        evidence: B256::ZERO,
    }
}

fn u40(time: u64) -> U40 {
    U40::saturating_from(time)
}

fn abi_quorum(defined: &Defined, pick: &Pick, digest: B256) -> IGoals::Quorum {
    let mut signatures = Vec::new();
    let digest = if pick.flaw == Flaw::OtherMessage {
        B256::ZERO
    } else {
        digest
    };
    for (place, member) in defined.members.iter().enumerate() {
        if pick.signers >> place & 1 == 0 {
            continue;
        }
        let stranger = pick.flaw == Flaw::Stranger && signatures.is_empty();
        let signer = if stranger {
            signers().last().unwrap()
        } else {
            &signers()[*member]
        };
        signatures.extend(sign(signer, digest));
    }
    spoiled(&mut signatures, pick.flaw);
    IGoals::Quorum {
        m: pick.m,
        panel: defined.panel.clone(),
        signers: pick.signers,
        signatures: signatures.into(),
    }
}

/// What a flaw does to the first of some signatures, or to all.
pub(crate) fn spoiled(signatures: &mut Vec<u8>, flaw: Flaw) {
    match flaw {
        Flaw::Short => {
            signatures.pop();
        }
        Flaw::Long => signatures.push(0),
        Flaw::HighS if !signatures.is_empty() => {
            let s = ORDER - U256::from_be_slice(&signatures[32..64]);
            signatures[32..64].copy_from_slice(&s.to_be_bytes::<32>());
            signatures[64] = 55 - signatures[64];
        }
        Flaw::OtherV if !signatures.is_empty() => signatures[64] -= 27,
        _ => {}
    }
}

fn abi_result(result: &PanelResult) -> IGoals::Result {
    IGoals::Result {
        attempt: result.attempt,
        model: result.model,
        x: result.x,
        y: result.y,
        samples: result.samples,
        guards: result.guards,
        evidence: result.evidence,
    }
}

pub(crate) fn abi_goal(goal: &Goal) -> IGoals::Goal {
    IGoals::Goal {
        kind: goal.kind.number(),
        threshold: goal.threshold,
        stretch: goal.stretch,
        basePpb: goal.base_ppb,
        defaultPpb: goal.default_ppb,
        bound: goal.bound,
        attempts: goal.attempts,
        maxVoids: goal.max_voids,
        samples: goal.samples,
        pool: goal.pool,
        guards: goal.guards,
        opens: u40(goal.opens),
        closes: u40(goal.closes),
        runSeconds: goal.run_seconds,
        challengeSeconds: goal.challenge_seconds,
        arbiterSeconds: goal.arbiter_seconds,
        seedBlocks: goal.seed_blocks,
        sponsor: goal.sponsor,
        panel: goal.panel,
        arbiter: goal.arbiter,
        bondToken: goal.bond_token,
        bond: goal.bond,
        data: goal.data,
        spec: goal.spec,
    }
}
