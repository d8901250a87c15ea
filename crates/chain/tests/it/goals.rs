//! A goal from definition to close, and the grant behind it.

use alloy::primitives::{Address, B256};
use guerdon_chain::plan::{self, Place, Verdict};
use guerdon_chain::{DeployConfig, Quorum, deploy_bond_token, result_signer};
use guerdon_core::goal::{
    Accept, AttemptStatus, Goal, GoalsDomain, Kind, PanelResult, lower_bound, panel_hash, payout,
};
use guerdon_core::terms::{Gate, Rule, Terms};

use crate::support::{START, TOKEN, World, YEAR, acc, signer, terms};

const PANEL: [u32; 3] = [2, 3, 4];

fn panel() -> Vec<Address> {
    let mut members: Vec<Address> = PANEL.map(|index| signer(index).address()).to_vec();
    members.sort();
    members
}

fn goal(bond_token: Address) -> Goal {
    Goal {
        kind: Kind::Proportion,
        threshold: 800_000_000,
        stretch: 900_000_000,
        base_ppb: 500_000_000,
        default_ppb: 0,
        bound: 1983,
        attempts: 2,
        max_voids: 0,
        samples: 500,
        pool: 500,
        guards: 0,
        opens: START,
        closes: START + YEAR,
        run_seconds: 7 * 86_400,
        challenge_seconds: 3 * 86_400,
        arbiter_seconds: 7 * 86_400,
        seed_blocks: 0,
        sponsor: signer(1).address(),
        panel: panel_hash(2, &panel()),
        arbiter: signer(8).address(),
        bond_token,
        bond: 100 * TOKEN,
        data: B256::repeat_byte(1),
        spec: B256::repeat_byte(2),
    }
}

struct Story {
    world: World,
    goal: Goal,
    id: B256,
    domain: GoalsDomain,
}

impl Story {
    async fn new() -> Self {
        let world = World::new(10_000 * TOKEN).await;
        let config = DeployConfig {
            name: "Arbiter".to_owned(),
            token_name: "Bond".to_owned(),
            token_symbol: "BOND".to_owned(),
            cap: 1_000_000 * TOKEN,
            roles: Vec::new(),
        };
        let bond = deploy_bond_token(world.chain(), &signer(8), &config)
            .await
            .unwrap();
        let goal = goal(bond.token.address);
        let domain = GoalsDomain {
            chain_id: world.deployment.chain_id,
            goals: world.goals(),
        };
        let id = goal.id(domain.chain_id, domain.goals);
        world
            .send(1, plan::define_goal(world.goals(), &goal, 2, &panel()))
            .await;
        Self {
            world,
            goal,
            id,
            domain,
        }
    }

    async fn register(&self, attempt: u16) {
        let deadline = self.world.chain().now().await.unwrap() + 86_400;
        let accept = Accept {
            goal: self.id,
            attempt,
            model: B256::repeat_byte(7),
            deadline,
        };
        let member = signer(PANEL[0]);
        let signed = (
            member.address(),
            member.sign_accept(&self.domain, &accept).unwrap(),
        );
        let quorum = Quorum::new(2, &panel(), &[signed]).unwrap();
        let goals = self.world.goals();
        self.world
            .send(
                1,
                plan::register(goals, &self.goal, accept.model, deadline, &quorum),
            )
            .await;
    }

    async fn propose(&self, attempt: u16, x: u128) {
        let result = PanelResult {
            goal: self.id,
            attempt,
            model: B256::repeat_byte(7),
            x,
            y: 0,
            samples: 500,
            guards: 0,
            evidence: B256::repeat_byte(8),
        };
        let signatures: Vec<(Address, [u8; 65])> = PANEL[1..]
            .iter()
            .map(|index| {
                let signature = signer(*index).sign_result(&self.domain, &result).unwrap();
                (
                    result_signer(&self.domain, &result, &signature).unwrap(),
                    signature,
                )
            })
            .collect();
        let (world, goals) = (&self.world, self.world.goals());
        let few = Quorum::new(2, &panel(), &signatures[..1]).unwrap();
        let refused = world
            .refused(9, plan::propose(goals, &self.goal, &result, &few))
            .await;
        assert_eq!(refused, "BadPanel");
        let quorum = Quorum::new(2, &panel(), &signatures).unwrap();
        world
            .send(9, plan::propose(goals, &self.goal, &result, &quorum))
            .await;
    }

    async fn challenge(&self, attempt: u16) {
        let (world, goals, bond) = (&self.world, self.world.goals(), self.goal.bond_token);
        world
            .send(
                8,
                plan::mint(bond, signer(1).address(), self.goal.bond, &acc()),
            )
            .await;
        world
            .send(1, plan::approve(bond, goals, self.goal.bond, &acc()))
            .await;
        world
            .send(1, plan::challenge(goals, &self.goal, attempt, B256::ZERO))
            .await;
    }

    async fn agrees(&self) {
        let (chain, goals) = (self.world.chain(), self.world.goals());
        let ledger = self.world.ledger().await;
        let record = &ledger.goals[&self.id];
        let state = chain
            .goal_state(goals, self.id, None)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(record.state, state);
        let (fraction, is_final, last) = chain.fraction_of(goals, self.id, None).await.unwrap();
        let result = record.gate_result(None);
        assert_eq!(
            (result.fraction, result.is_final, result.last_registered_at),
            (fraction, is_final, last)
        );
        for time in [START, last, last + 1] {
            let found = chain.fraction_at(goals, self.id, time, None).await.unwrap();
            assert_eq!(record.fraction_at(time), found, "at {time}");
        }
    }
}

#[tokio::test]
async fn a_result_opens_the_gated_share() {
    let story = Story::new().await;
    let (world, goals) = (&story.world, story.world.goals());
    let gate = Gate {
        goal: story.id,
        share_ppb: 400_000_000,
        rule: Rule::default(),
    };
    let terms = Terms {
        gates: vec![gate],
        ..terms(10, 1_000 * TOKEN)
    };
    let tree = world.tree(std::slice::from_ref(&terms));
    world
        .send(
            0,
            plan::commit(world.grants(), &tree.root(), B256::ZERO, 0, &acc()),
        )
        .await;

    story.register(0).await;
    story.agrees().await;
    story.propose(0, 355).await;
    assert_eq!(
        world.refused(9, plan::finalize(goals, story.id, 0)).await,
        "NotYet"
    );
    world.embedded.advance(3 * 86_400 + 1).await.unwrap();
    world.send(9, plan::finalize(goals, story.id, 0)).await;
    story.agrees().await;

    let fraction = second_attempt_stands(&story).await;

    world.embedded.set_time(START + 4 * YEAR).await.unwrap();
    world.send(9, plan::close(goals, &story.goal)).await;
    story.agrees().await;
    let (encoded, proof) = (terms.encode().unwrap(), tree.proof(0).unwrap());
    let place = Place {
        root: tree.root().hash,
        index: 0,
        proof: &proof,
    };
    world
        .send(9, plan::claim_first(world.grants(), &encoded, &place))
        .await;
    let open = 600_000_000 + u128::from(fraction) * 4 / 10;
    assert_eq!(
        world.balance(terms.recipient).await,
        1_000 * TOKEN * open / 1_000_000_000
    );
    story.world.stop().await;
}

/// 428 of 500, challenged in vain. Returns the fraction it pays, in ppb.
async fn second_attempt_stands(story: &Story) -> u32 {
    let (world, goals) = (&story.world, story.world.goals());
    story.register(1).await;
    story.propose(1, 428).await;
    story.challenge(1).await;
    story.agrees().await;
    world
        .send(8, plan::resolve(goals, &story.goal, 1, Verdict::Upheld))
        .await;
    story.agrees().await;
    assert_eq!(
        world
            .chain()
            .bond_owed(goals, story.goal.bond_token, signer(1).address(), None)
            .await
            .unwrap(),
        50 * TOKEN
    );
    world
        .send(1, plan::withdraw_bond(goals, story.goal.bond_token))
        .await;

    let attempt = world
        .chain()
        .attempt(goals, story.id, 1, None)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(attempt.attempt.status, AttemptStatus::Finished);
    let lower = lower_bound(Kind::Proportion, 1983, 500, 428, 0).unwrap();
    let fraction = payout(&story.goal, lower);
    assert_eq!(attempt.attempt.fraction, fraction);
    assert!((600_000_000..620_000_000).contains(&fraction), "{fraction}");
    assert!(
        world
            .chain()
            .attempt(goals, story.id, 2, None)
            .await
            .unwrap()
            .is_none()
    );
    fraction
}

#[tokio::test]
async fn attempts_expire_and_results_are_overturned() {
    let story = Story::new().await;
    let (world, goals) = (&story.world, story.world.goals());
    story.register(0).await;
    world.embedded.advance(7 * 86_400 + 1).await.unwrap();
    world.send(9, plan::expire(goals, &story.goal, 0)).await;
    world.embedded.advance(3 * 86_400 + 1).await.unwrap();
    world.send(9, plan::finalize(goals, story.id, 0)).await;
    story.agrees().await;

    story.register(1).await;
    story.propose(1, 499).await;
    story.challenge(1).await;
    assert_eq!(
        world
            .refused(1, plan::resolve(goals, &story.goal, 1, Verdict::Void))
            .await,
        "NotArbiter"
    );
    let verdict = Verdict::Overturned {
        x: 100,
        y: 0,
        guards: 0,
    };
    world
        .send(8, plan::resolve(goals, &story.goal, 1, verdict))
        .await;
    story.agrees().await;
    let (fraction, _, _) = world
        .chain()
        .fraction_of(goals, story.id, None)
        .await
        .unwrap();
    assert_eq!(fraction, 0);
    let unknown = world
        .chain()
        .goal_state(goals, B256::ZERO, None)
        .await
        .unwrap();
    assert_eq!(unknown, None);
    assert!(
        world
            .chain()
            .fraction_of(goals, B256::ZERO, None)
            .await
            .is_err()
    );
    story.world.stop().await;
}
