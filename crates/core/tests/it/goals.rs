use alloy_primitives::{Address, B256, keccak256};
use guerdon_core::goal::{
    Accept, Goal, GoalsDomain, Kind, PanelResult, accept_digest, check_panel, draw, lower_bound,
    panel_hash, payout, result_digest,
};

use crate::table::Table;

#[test]
fn bounds_are_the_oracles_to_the_unit() {
    let table = Table::read("bounds");
    let (kinds, bounds) = (table.all::<u8>("kind"), table.all::<u16>("bound"));
    let (samples, wanted) = (table.all::<u32>("samples"), table.all::<i64>("lower"));
    let (x, y) = (table.all::<u128>("x"), table.all::<u128>("y"));
    for i in 0..kinds.len() {
        let kind = Kind::from_number(kinds[i]).unwrap();
        let found = lower_bound(kind, bounds[i], samples[i], x[i], y[i]);
        assert_eq!(
            found,
            Ok(wanted[i]),
            "row {i}: {kind:?} {} of {}",
            x[i],
            samples[i]
        );
    }
}

#[test]
fn impossible_counts_have_no_bound() {
    let table = Table::read("bounds");
    let (kinds, bounds) = (
        table.all::<u8>("refusedKind"),
        table.all::<u16>("refusedBound"),
    );
    let samples = table.all::<u32>("refusedSamples");
    let (x, y) = (table.all::<u128>("refusedX"), table.all::<u128>("refusedY"));
    for i in 0..kinds.len() {
        let kind = Kind::from_number(kinds[i]).unwrap();
        assert!(
            lower_bound(kind, bounds[i], samples[i], x[i], y[i]).is_err(),
            "row {i}"
        );
    }
}

#[test]
fn payouts_are_the_oracles_to_the_unit() {
    let table = Table::read("bounds");
    let (threshold, stretch) = (
        table.all::<i64>("payThreshold"),
        table.all::<i64>("payStretch"),
    );
    let (base, wanted) = (table.all::<u32>("payBase"), table.all::<u32>("payWant"));
    for (i, lower) in table.all::<i64>("payLower").into_iter().enumerate() {
        let (threshold, stretch, base_ppb) = (threshold[i], stretch[i], base[i]);
        let goal = Goal {
            threshold,
            stretch,
            base_ppb,
            ..product_500()
        };
        assert_eq!(payout(&goal, lower), wanted[i], "row {i}");
    }
}

#[test]
fn release_2_pays_nothing_and_release_3_pays_61_per_cent_of_its_gate() {
    let goal = product_500();
    let pays = |x| {
        payout(
            &goal,
            lower_bound(goal.kind, goal.bound, goal.samples, x, 0).unwrap(),
        )
    };
    assert_eq!(pays(355), 0);
    assert_eq!(pays(428), 610_420_550);
}

#[test]
fn drawn_items_are_those_with_the_smallest_hashes() {
    let table = Table::read("draw");
    let (pools, samples) = (table.all::<u32>("pool"), table.all::<u32>("samples"));
    let (first, items) = (table.all::<usize>("itemFirst"), table.all::<u32>("item"));
    for (i, seed) in table.all::<u128>("seed").into_iter().enumerate() {
        let seed: [u8; 12] = *seed.to_be_bytes().last_chunk().unwrap();
        let wanted = &items[first[i]..first[i] + samples[i] as usize];
        assert_eq!(draw(seed, pools[i], samples[i]), wanted, "row {i}");
    }
}

#[test]
fn definitions_have_the_oracles_ids_and_obey_its_rules() {
    let table = Table::read("goal");
    let (chain_id, goals) = (table.scalar("chainId"), table.scalar::<Address>("goals"));
    let (ids, valid) = (table.all::<B256>("id"), table.bools("valid"));
    for (i, bytes) in table.bytes("encoded").iter().enumerate() {
        let goal = goal(bytes);
        assert_eq!(&goal.encode(), bytes, "row {i}");
        assert_eq!(goal.id(chain_id, goals), ids[i], "row {i}");
        let verdict = goal.check();
        assert_eq!(verdict.is_ok(), valid[i], "row {i}: {verdict:?}");
    }
}

#[test]
fn panels_have_the_oracles_hashes_and_obey_its_rules() {
    let table = Table::read("goal");
    let (m, hashes) = (table.all::<u8>("m"), table.all::<B256>("panelHash"));
    let fine = table.bools("panelOk");
    for (i, bytes) in table.bytes("members").iter().enumerate() {
        let members: Vec<_> = bytes.chunks_exact(20).map(Address::from_slice).collect();
        assert_eq!(panel_hash(m[i], &members), hashes[i], "row {i}");
        assert_eq!(check_panel(m[i], &members).is_ok(), fine[i], "row {i}");
    }
}

#[test]
fn typed_messages_have_the_oracles_digests() {
    let table = Table::read("goal");
    let domain = GoalsDomain {
        chain_id: table.scalar("chainId"),
        goals: table.scalar("goals"),
    };
    let goal = table.all::<B256>("id")[0];
    let (attempt, deadline) = (table.all::<u16>("attempt"), table.all::<u64>("deadline"));
    let (model, wanted) = (
        table.all::<B256>("model"),
        table.all::<B256>("acceptDigest"),
    );
    for i in 0..wanted.len() {
        let (attempt, model, deadline) = (attempt[i], model[i], deadline[i]);
        let accept = Accept {
            goal,
            attempt,
            model,
            deadline,
        };
        assert_eq!(accept_digest(&domain, &accept), wanted[i]);
    }
    let (attempt, model) = (
        table.all::<u16>("resAttempt"),
        table.all::<B256>("resModel"),
    );
    let (x, y) = (table.all::<u128>("resX"), table.all::<u128>("resY"));
    let (samples, guards) = (
        table.all::<u32>("resSamples"),
        table.all::<u32>("resGuards"),
    );
    let evidence = table.all::<B256>("resEvidence");
    for (i, wanted) in table.all::<B256>("resultDigest").into_iter().enumerate() {
        let result = PanelResult {
            goal,
            attempt: attempt[i],
            model: model[i],
            x: x[i],
            y: y[i],
            samples: samples[i],
            guards: guards[i],
            evidence: evidence[i],
        };
        assert_eq!(result_digest(&domain, &result), wanted);
    }
}

/// Reads abi.encode(Goal), word by word.
fn goal(bytes: &[u8]) -> Goal {
    let words: Vec<B256> = bytes.chunks_exact(32).map(B256::from_slice).collect();
    let uint = |i: usize| u128::from_be_bytes(*words[i].last_chunk().unwrap());
    let small = |i: usize| u32::try_from(uint(i)).unwrap();
    let int = |i: usize| i64::from_be_bytes(*words[i].last_chunk().unwrap());
    let address = |i: usize| Address::from_word(words[i]);
    Goal {
        kind: Kind::from_number(uint(0) as u8).unwrap(),
        threshold: int(1),
        stretch: int(2),
        base_ppb: small(3),
        default_ppb: small(4),
        bound: small(5) as u16,
        attempts: small(6) as u8,
        max_voids: small(7) as u8,
        samples: small(8),
        pool: small(9),
        guards: small(10),
        opens: uint(11) as u64,
        closes: uint(12) as u64,
        run_seconds: small(13),
        challenge_seconds: small(14),
        arbiter_seconds: small(15),
        seed_blocks: small(16) as u16,
        sponsor: address(17),
        panel: words[18],
        arbiter: address(19),
        bond_token: address(20),
        bond: uint(21),
        data: words[22],
        spec: words[23],
    }
}

/// The goal of the demonstration: 80 to 90 per cent of 500 hidden items.
pub(crate) fn product_500() -> Goal {
    let members = [1, 2, 3].map(Address::with_last_byte);
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
        opens: 1_000,
        closes: 1_000_000,
        run_seconds: 1_000,
        challenge_seconds: 100,
        arbiter_seconds: 100,
        seed_blocks: 0,
        sponsor: Address::with_last_byte(9),
        panel: panel_hash(2, &members),
        arbiter: Address::with_last_byte(8),
        bond_token: Address::with_last_byte(7),
        bond: 1_000,
        data: keccak256("items"),
        spec: keccak256("spec"),
    }
}
