//! A company of eight grants, two goals and two years, told as facts: what the pages are tested
//! and looked at with. Every amount comes from `core`, none is written down here.

use std::collections::BTreeMap;
use std::path::Path;

use alloy_primitives::{Address, B256, U256, keccak256};
use guerdon_core::fact::{Fact, Log, Origin};
use guerdon_core::goal::{Goal, Kind, lower_bound, panel_hash, payout};
use guerdon_core::grant;
use guerdon_core::id::Domain;
use guerdon_core::ledger::Ledger;
use guerdon_core::state::State;
use guerdon_core::terms::{Gate, Powers, Rule, Terms};
use guerdon_core::tree::{Leaf, SumTree};
use guerdon_formats::calendar::{Zone, parse_date};
use guerdon_formats::goal_file::{GoalDefinition, GoalPlace, Specification, spec_hash};
use guerdon_formats::schedule::{Template, Words};
use guerdon_store::{
    Checkpoint, ImportedGoal, ImportedGrant, ImportedRound, LogRow, Store, Successor, Tx,
};

pub(crate) use crate::state::{ORIGIN, inner, state};

pub(crate) const ACC: u128 = 1_000_000_000_000_000_000;
pub(crate) const WALL: u64 = 1_795_300_000;
pub(crate) const CHAIN_ID: u64 = 31_337;
const DAY: u64 = 86_400;
const PRODUCT: &str = "product_500@0.80..0.90";
const LAUNCH: &str = "launch-eu";
/// The text behind the terms of every grant.
pub(crate) const AGREEMENT: &str = "SECRET agreement";

/// Noon UTC of a date.
pub(crate) fn noon(date: &str) -> u64 {
    let zone = Zone::named("UTC").unwrap();
    u64::try_from(zone.midnight(parse_date(date).unwrap()).unwrap()).unwrap() + DAY / 2
}

pub(crate) fn address(number: u8) -> Address {
    Address::repeat_byte(number)
}

/// The sheet: name, tokens, start, zone, template, cliff, duration and interval, gate and share.
const SHEET: &str = "
G-1001  48000 2025-03-01 Europe/London     standard-4y       12 48 1 -       0
G-1002  12500 2025-09-15 Europe/Stockholm  quarterly-3y       0 36 3 -       0
G-1003  96000 2026-01-31 Asia/Shanghai     graded-5-15-40-40  0 48 0 -       0
G-1004   7300 2026-06-01 Europe/Madrid     standard-4y       12 48 1 product 40
G-1005 240000 2024-02-29 Europe/Paris      milestone-only     0  0 0 launch  100
G-1006 100000 2026-09-01 Asia/Beirut       standard-4y       12 48 1 -       0
G-1010  96000 2024-02-29 America/New_York  standard-4y       12 48 1 product 40
G-1019 240000 2028-06-01 Europe/Copenhagen standard-4y       12 48 1 -       0
G-1021  15000 2026-06-01 Europe/London     standard-4y       12 48 1 product 100
";

/// The story so far, as facts and as what they add up to.
pub(crate) struct Story {
    pub(crate) facts: Vec<(Origin, Fact)>,
    pub(crate) ledger: Ledger,
    pub(crate) grants: BTreeMap<&'static str, (B256, Terms, &'static str)>,
    pub(crate) root: B256,
    pub(crate) total: u128,
    pub(crate) product: B256,
    pub(crate) launch: B256,
    pub(crate) now: u64,
    block: u64,
}

fn goals() -> (Goal, Goal) {
    let product = Goal {
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
        opens: noon("2026-07-01"),
        closes: noon("2028-07-31"),
        run_seconds: 30 * 86_400,
        challenge_seconds: 7 * 86_400,
        arbiter_seconds: 14 * 86_400,
        seed_blocks: 0,
        sponsor: address(0x51),
        panel: panel_hash(2, &panel(0x20)),
        arbiter: address(0x88),
        bond_token: address(0xb0),
        bond: 500 * ACC,
        data: keccak256("hidden items"),
        spec: spec_hash(PRODUCT, &Specification::new()),
    };
    let launch = Goal {
        kind: Kind::Count,
        threshold: 1,
        stretch: 1,
        base_ppb: 1_000_000_000,
        bound: 0,
        attempts: 1,
        samples: 1,
        pool: 1,
        closes: noon("2029-06-30"),
        panel: panel_hash(2, &panel(0x50)),
        spec: spec_hash(LAUNCH, &Specification::new()),
        ..product.clone()
    };
    (product, launch)
}

/// The definitions of both goals, as they were written to their files.
pub(crate) fn definitions() -> [GoalDefinition; 2] {
    let (product, launch) = goals();
    let definition = |name: &str, goal, first| GoalDefinition {
        name: name.to_owned(),
        goal,
        m: 2,
        panel: panel(first),
        specification: Specification::new(),
        place: Some(GoalPlace {
            chain_id: CHAIN_ID,
            contract: address(0x60),
        }),
    };
    [
        definition(PRODUCT, product, 0x20),
        definition(LAUNCH, launch, 0x50),
    ]
}

fn panel(first: u8) -> Vec<Address> {
    (first..first + 3).map(address).collect()
}

impl Story {
    /// Everything up to the last day of June 2028.
    pub(crate) fn told() -> Self {
        let mut story = Self::begun();
        let product = story.product;
        story.attempt(product, 0, ("2027-03-01", 355));
        story.open("G-1001", "2027-04-02");
        story.claim("G-1001", "2027-04-02");
        story.attempt(product, 1, ("2027-09-06", 428));
        story.open("G-1004", "2027-10-03");
        story.claim("G-1004", "2027-10-03");
        story.claim("G-1004", "2028-03-01");
        for name in ["G-1005", "G-1010", "G-1019", "G-1006"] {
            story.open(name, "2028-03-02");
        }
        story.claim("G-1010", "2028-03-02");
        story.claim("G-1006", "2028-03-02");
        story.end("G-1006", "2028-05-15");
        story.at("2028-06-30");
        story
    }

    /// The pool is funded, the goals defined, the round committed.
    pub(crate) fn begun() -> Self {
        let (product, launch) = goals();
        let (goals_contract, domain) = (address(0x60), Domain::new(CHAIN_ID, address(0x6a)));
        let ids = (
            product.id(CHAIN_ID, goals_contract),
            launch.id(CHAIN_ID, goals_contract),
        );
        let mut grants = BTreeMap::new();
        let mut leaves = Vec::new();
        for row in SHEET.lines().filter(|row| !row.is_empty()) {
            let row: Vec<_> = row.split_whitespace().collect();
            let terms = terms(&row, ids);
            let id = domain.id(&terms.encode().unwrap());
            leaves.push(Leaf {
                id,
                amount: terms.amount,
            });
            grants.insert(row[0], (id, terms, row[3]));
        }
        let root = SumTree::build(leaves).unwrap().root();
        let mut story = Self {
            facts: Vec::new(),
            ledger: Ledger::default(),
            grants,
            root: root.hash,
            total: root.total,
            product: ids.0,
            launch: ids.1,
            now: 0,
            block: 7,
        };
        story.at("2026-07-01");
        story.say(Fact::Funded {
            from: address(0xac),
            amount: root.total + 588_796 * ACC,
        });
        let (m, of) = (2, |first| panel(first));
        story.say(Fact::GoalDefined {
            id: ids.0,
            goal: Box::new(product),
            m,
            panel: of(0x20),
        });
        story.say(Fact::GoalDefined {
            id: ids.1,
            goal: Box::new(launch),
            m,
            panel: of(0x50),
        });
        let binding_at = noon("2026-07-04");
        let document = keccak256("round document");
        story.say(Fact::RoundCommitted {
            root: root.hash,
            total: root.total,
            document,
            binding_at,
            since: 0,
        });
        story
    }

    pub(crate) fn id(&self, name: &str) -> B256 {
        self.grants[name].0
    }

    pub(crate) fn at(&mut self, date: &str) {
        self.now = noon(date);
        self.block += 100;
    }

    pub(crate) fn say(&mut self, fact: Fact) {
        let number = self.facts.len() as u64;
        let origin = Origin {
            block: self.block,
            block_hash: keccak256(self.block.to_be_bytes()),
            block_time: self.now,
            tx: keccak256(number.to_le_bytes()),
            log_index: number,
        };
        self.ledger.apply(&origin, &fact).unwrap();
        self.facts.push((origin, fact));
    }

    pub(crate) fn open(&mut self, name: &str, date: &str) {
        self.at(date);
        let (id, terms, _) = &self.grants[name];
        let mut ids: Vec<_> = self.grants.values().map(|grant| grant.0).collect();
        ids.sort_unstable();
        let index = u32::try_from(ids.binary_search(id).unwrap()).unwrap();
        self.say(Fact::Opened {
            id: *id,
            root: self.root,
            index,
            recipient: terms.recipient,
            amount: terms.amount,
            withhold_bps: terms.withhold_bps,
        });
    }

    pub(crate) fn claim(&mut self, name: &str, date: &str) {
        self.at(date);
        let (id, terms, _) = self.grants[name].clone();
        let state = self.ledger.grants[&id].state;
        let gates: Vec<_> = terms
            .gates
            .iter()
            .map(|gate| self.ledger.goals[&gate.goal].gate_result(None))
            .collect();
        let gross = grant::payable(&terms, &state, &gates, self.now).unwrap();
        let payment = grant::payment(gross, state.withhold_bps);
        let withheld = payment.withheld;
        self.say(Fact::Claimed {
            id,
            to: terms.recipient,
            gross,
            withheld,
        });
    }

    fn end(&mut self, name: &str, date: &str) {
        self.at(date);
        let (id, terms, _) = self.grants[name].clone();
        let before = self.ledger.grants[&id].state;
        let mut word = before.to_word();
        // Set ENDED and the stop in the word, as the contract does.
        word |= U256::from(8u16) << 104;
        word |= U256::from(self.now) << 152;
        let held = |state: &State| grant::held(&terms, state);
        let freed = held(&before) - held(&State::from_word(word));
        let freed = i128::try_from(freed).unwrap();
        self.say(Fact::Ended {
            id,
            stop_at: self.now,
            grace: false,
            freed,
            lost: 0,
        });
    }

    /// Registered on a day, proposed two weeks later, final after the challenge window.
    fn attempt(&mut self, id: B256, attempt: u16, (date, x): (&str, u128)) {
        self.at(date);
        let goal = self.ledger.goals[&id].goal.clone();
        let model = keccak256([b'm', attempt as u8]);
        self.say(Fact::Registered {
            id,
            attempt,
            model,
            registered_at: self.now,
            registered_block: self.block,
            deadline: self.now + u64::from(goal.run_seconds),
        });
        (self.now, self.block) = (self.now + 14 * DAY, self.block + 10);
        let lower = lower_bound(goal.kind, goal.bound, goal.samples, x, 0).unwrap();
        let fraction = payout(&goal, lower);
        let deadline = self.now + u64::from(goal.challenge_seconds);
        self.say(Fact::Proposed {
            id,
            attempt,
            x,
            y: 0,
            guards: 0,
            evidence: keccak256("evidence"),
            signers: 0b011,
            fraction,
            deadline,
        });
        (self.now, self.block) = (deadline + DAY, self.block + 10);
        let best = fraction.max(self.ledger.goals[&id].state.fraction);
        self.say(Fact::Finalized {
            id,
            attempt,
            fraction,
            best,
            to_challenger: 0,
            cleared_demand: false,
        });
    }

    /// Writes it into a new database, as an import and the indexer would.
    pub(crate) async fn stored(&self, folder: &Path) -> Store {
        let store = Store::open_file(&folder.join("guerdon.db")).await.unwrap();
        self.put(&store).await;
        store
    }

    /// Writes it all into an empty store.
    pub(crate) async fn put(&self, store: &Store) {
        let mut tx = store.write().await.unwrap();
        tx.put_imported_round(&ImportedRound {
            root: self.root,
            total: self.total,
            count: self.grants.len() as u64,
            label: "2026 H1".to_owned(),
            file: "grants.csv".to_owned(),
            document: keccak256("round document"),
            tzdb: "2026a".to_owned(),
        })
        .await
        .unwrap();
        let mut grants: Vec<_> = self.grants.iter().collect();
        grants.sort_unstable_by_key(|(_, grant)| grant.0);
        for (index, (name, (id, terms, zone))) in (0..).zip(grants) {
            tx.put_terms(&ImportedGrant {
                id: *id,
                root: self.root,
                index,
                terms: terms.encode().unwrap(),
                external_id: format!("{name} SECRET"),
                zone: (*zone).to_owned(),
                agreement: Some(AGREEMENT.to_owned()),
            })
            .await
            .unwrap();
        }
        for definition in definitions() {
            tx.put_goal_definition(&ImportedGoal {
                id: definition.id().unwrap(),
                name: definition.name.clone(),
                definition: String::from_utf8(definition.encode()).unwrap(),
            })
            .await
            .unwrap();
        }
        tx.insert_logs(&self.facts.iter().map(row).collect::<Vec<_>>())
            .await
            .unwrap();
        tx.put_pool(&self.ledger.pool).await.unwrap();
        for round in self.ledger.rounds.values() {
            tx.put_round(round).await.unwrap();
        }
        for grant in self.ledger.grants.values() {
            tx.put_grant(grant).await.unwrap();
        }
        for goal in self.ledger.goals.values() {
            tx.put_goal(goal).await.unwrap();
        }
        self.put_successors(&mut tx).await;
        let hash = keccak256("head");
        let head = Checkpoint {
            block: self.block + 3,
            hash,
            time: self.now,
        };
        tx.set_checkpoint(&head).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn put_successors(&self, tx: &mut Tx) {
        for (_, fact) in &self.facts {
            if let Fact::Succeeded { id, terms, .. } = fact {
                let (id, terms) = (*id, terms.clone());
                tx.put_successor(&Successor { id, terms }).await.unwrap();
            }
        }
    }
}

fn row((origin, fact): &(Origin, Fact)) -> LogRow {
    LogRow {
        log: Log {
            origin: *origin,
            address: address(0x6a),
            topics: vec![B256::ZERO],
            data: vec![],
        },
        name: "Event".to_owned(),
        subject: fact.subject(),
        moves_pool: false,
    }
}

fn terms(row: &[&'static str], goals: (B256, B256)) -> Terms {
    let number = |place: usize| row[place].parse::<u32>().unwrap();
    let words = Words {
        vesting_start: parse_date(row[2]).unwrap(),
        zone: Zone::named(row[3]).unwrap(),
        template: Template::parse(row[4]).unwrap(),
        cliff_months: number(5),
        duration_months: number(6),
        interval_months: number(7),
        cliff_percent: None,
        vest_day: None,
    };
    let vesting = words.vesting().unwrap();
    let goal = match row[8] {
        "product" => Some(goals.0),
        "launch" => Some(goals.1),
        _ => None,
    };
    let share_ppb = number(9) * 10_000_000;
    let gate = goal.map(|goal| Gate {
        goal,
        share_ppb,
        rule: Rule::default(),
    });
    Terms {
        recipient: Address::from_slice(&keccak256(row[0])[..20]),
        amount: u128::from(number(1)) * ACC + 1,
        start: vesting.start,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 2_592_000,
        pause_max: 31_536_000,
        withhold_bps: if row[0] == "G-1010" { 2_500 } else { 0 },
        document: keccak256(AGREEMENT),
        gates: gate.into_iter().collect(),
        unlock: None,
        vesting: vesting.schedule,
    }
}
