//! Replacing, moving and recovering grants: every step and every refusal.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, address};
use guerdon_core::grant::{Desk, GateResult, Refused};
use guerdon_core::id::Domain;
use guerdon_core::state::{Flags, Phase, State};
use guerdon_core::succession::{
    Around, CLOSES_SECONDS, Found, Left, Lookup, OPENS_SECONDS, Power, QUIET_SECONDS, Recovery,
    Replacement, Signed, Stage, SuccessionRefused, announce, clear, execute, r#move, replace,
    succeed, veto,
};
use guerdon_core::terms::{Powers, Schedule, Terms, TermsError};

const HOLDER: Address = address!("0000000000000000000000000000000000000007");
const OTHER: Address = address!("0000000000000000000000000000000000000008");
const T0: u64 = 1_800_000_000;

/// Goals and opened ids as a test says.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) goals: BTreeMap<B256, GateResult>,
    pub(crate) taken: Vec<B256>,
}

impl Lookup for Known {
    fn is_taken(&self, id: B256) -> bool {
        self.taken.contains(&id)
    }

    fn goal(&self, goal: B256) -> Option<GateResult> {
        self.goals.get(&goal).copied()
    }
}

pub(crate) fn desk(now: u64) -> Desk {
    let grants = Address::repeat_byte(0xaa);
    Desk {
        domain: Domain::new(31_337, grants),
        grants,
        token: Address::repeat_byte(0xbb),
        now,
    }
}

fn terms(amount: u128) -> Terms {
    Terms {
        recipient: HOLDER,
        amount,
        start: T0,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 0,
        withhold_bps: 100,
        document: B256::ZERO,
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::whole(),
    }
}

#[test]
fn a_recovery_opens_after_30_days_lapses_after_60_and_rests_for_90() {
    let announced = Recovery::announced(OTHER, T0);
    let (from, until) = (T0 + OPENS_SECONDS, T0 + CLOSES_SECONDS);
    let to = OTHER;
    assert_eq!(OPENS_SECONDS, 30 * 86_400);
    assert_eq!(CLOSES_SECONDS, 60 * 86_400);
    assert_eq!(QUIET_SECONDS, 90 * 86_400);
    assert_eq!(
        announced.stage(from - 1),
        Stage::Announced { to, from, until }
    );
    assert_eq!(announced.stage(from), Stage::Open { to, until });
    assert_eq!(announced.stage(until), Stage::Open { to, until });
    assert_eq!(announced.stage(until + 1), Stage::Lapsed { to, until });
    let cancelled = Recovery::cancelled(T0);
    let until = T0 + QUIET_SECONDS;
    assert_eq!(cancelled.stage(until - 1), Stage::Quiet { until });
    assert_eq!(cancelled.stage(until), Stage::None);
    assert_eq!(Recovery::default().stage(0), Stage::None);
}

#[test]
fn a_recovery_goes_from_announcement_to_a_new_holder() {
    let (terms, opened) = (terms(1_000), State::opened(100, 0));
    let found = Found {
        terms: &terms,
        state: &opened,
        recovery: &Recovery::default(),
    };
    let left = announce(&desk(T0), &found, OTHER).unwrap();
    assert!(left.state.has(Flags::RECOVERING));
    assert_eq!(left.recovery, Recovery::announced(OTHER, T0));

    let found = Found {
        state: &left.state,
        recovery: &left.recovery,
        ..found
    };
    let until = T0 + CLOSES_SECONDS;
    let again = announce(&desk(until + 1), &found, HOLDER);
    assert_eq!(again, Err(SuccessionRefused::RecoveryOpen { until }));
    let from = T0 + OPENS_SECONDS;
    let early = execute(&found, OTHER, from - 1);
    assert_eq!(early, Err(SuccessionRefused::NotYet { until: from }));
    let late = execute(&found, OTHER, until + 1);
    assert_eq!(late, Err(SuccessionRefused::TooLate { until }));
    let elsewhere = execute(&found, HOLDER, from);
    assert_eq!(elsewhere, Err(SuccessionRefused::NoRecovery));
    let done = execute(&found, OTHER, from).unwrap();
    let moved = State {
        flags: Flags::OPENED.with(Flags::MOVED),
        ..opened
    };
    let wanted = Left {
        state: moved,
        recovery: Recovery::default(),
    };
    assert_eq!(done, wanted);

    let uncleared = clear(&found, until);
    assert_eq!(
        uncleared,
        Err(SuccessionRefused::NotYet { until: until + 1 })
    );
    let cleared = clear(&found, until + 1).unwrap();
    assert_eq!(cleared.state, opened);
    assert_eq!(cleared.recovery, Recovery::default());
}

#[test]
fn the_holder_cancels_a_recovery_by_veto_or_by_moving() {
    let terms = terms(1_000);
    let state = State {
        flags: Flags::OPENED.with(Flags::RECOVERING),
        ..State::opened(100, 0)
    };
    let found = Found {
        terms: &terms,
        state: &state,
        recovery: &Recovery::announced(OTHER, T0),
    };
    assert_eq!(
        veto(&found, T0 + 9, false),
        Err(SuccessionRefused::NotHolder)
    );
    let left = veto(&found, T0 + 9, true).unwrap();
    assert_eq!(left.recovery, Recovery::cancelled(T0 + 9));
    assert!(!left.state.has(Flags::RECOVERING));
    let quiet = Found {
        state: &left.state,
        recovery: &left.recovery,
        ..found
    };
    let until = T0 + 9 + QUIET_SECONDS;
    assert_eq!(
        announce(&desk(until - 1), &quiet, OTHER),
        Err(SuccessionRefused::NotYet { until })
    );
    assert!(announce(&desk(until), &quiet, OTHER).is_ok());
    let nothing = [
        veto(&quiet, T0 + 10, true),
        execute(&quiet, OTHER, T0 + 10),
        clear(&quiet, T0 + 10),
    ];
    assert_eq!(
        nothing.map(Result::unwrap_err),
        [const { SuccessionRefused::NoRecovery }; 3]
    );
    let moved = r#move(&desk(T0 + 9), &found, OTHER, true).unwrap();
    assert_eq!(moved.recovery, Recovery::cancelled(T0 + 9));
    assert_eq!(moved.state.flags, Flags::OPENED.with(Flags::MOVED));
}

#[test]
fn holders_and_powers_decide_who_may_do_what() {
    let mut terms = terms(1_000);
    terms.powers = Powers::default();
    let (opened, recovery) = (State::opened(0, 0), Recovery::default());
    let found = Found {
        terms: &terms,
        state: &opened,
        recovery: &recovery,
    };
    let desk = desk(T0);
    assert_eq!(
        r#move(&desk, &found, OTHER, false),
        Err(SuccessionRefused::NotHolder)
    );
    let (power, other) = (Power::Move, Power::Recover);
    assert_eq!(
        r#move(&desk, &found, OTHER, true),
        Err(SuccessionRefused::NoPower { power })
    );
    assert_eq!(
        announce(&desk, &found, OTHER),
        Err(SuccessionRefused::NoPower { power: other })
    );
    let powerful = self::terms(1_000);
    for to in [Address::ZERO, desk.grants, desk.token] {
        let found = Found {
            terms: &powerful,
            ..found
        };
        let refused = SuccessionRefused::NotPayable { to };
        assert_eq!(
            r#move(&desk, &found, to, true).unwrap_err().to_string(),
            refused.to_string()
        );
        assert_eq!(announce(&desk, &found, to), Err(refused));
    }
    for (state, refused) in [
        (State::UNOPENED, SuccessionRefused::NotOpened),
        (State::closed(), SuccessionRefused::Closed),
    ] {
        let found = Found {
            state: &state,
            recovery: &Recovery::announced(OTHER, T0 - OPENS_SECONDS),
            ..found
        };
        assert_eq!(r#move(&desk, &found, OTHER, true), Err(refused.clone()));
        assert_eq!(veto(&found, T0, true), Err(refused.clone()));
        assert_eq!(announce(&desk, &found, OTHER), Err(refused.clone()));
        assert_eq!(execute(&found, OTHER, T0), Err(refused.clone()));
        let around = Around {
            desk: &desk,
            lookup: &Known::default(),
            free: 0,
        };
        assert_eq!(
            succeed(&around, &found, &[], &[], HOLDER),
            Err(refused.clone())
        );
        let later = T0 + CLOSES_SECONDS;
        assert_eq!(clear(&found, later), Err(refused));
    }
}

#[test]
fn a_replacement_needs_a_signature_in_time_and_one_to_eight_successors() {
    let (old, state) = (terms(1_000), State::opened(100, 0));
    let (recovery, known) = (Recovery::announced(OTHER, T0 - 5), Known::default());
    let desk = desk(T0);
    let around = Around {
        desk: &desk,
        lookup: &known,
        free: 0,
    };
    let found = Found {
        terms: &old,
        state: &state,
        recovery: &recovery,
    };
    let mut successor = terms(1_000);
    successor.document = B256::repeat_byte(1);
    let bytes = vec![successor.encode().unwrap()];
    let signed = Signed {
        holder: HOLDER,
        is_good: true,
    };
    let order = Replacement {
        successors: &bytes,
        deadline: T0,
        signed,
    };
    let try_it = |order: Replacement<'_>| replace(&around, &found, &[], &order);

    let (after, born) = try_it(order).unwrap();
    assert_eq!(after, Recovery::cancelled(T0));
    assert_eq!((born.len(), born[0].freed), (1, 0));
    assert_eq!(born[0].state, State::opened(100, 0));

    let late = Replacement {
        deadline: T0 - 1,
        ..order
    };
    let until = T0 - 1;
    assert_eq!(try_it(late), Err(SuccessionRefused::TooLate { until }));
    let nine = vec![bytes[0].clone(); 9];
    for (successors, count) in [(&[][..], 0), (&nine[..], 9)] {
        let wrong = Replacement {
            successors,
            ..order
        };
        assert_eq!(try_it(wrong), Err(SuccessionRefused::Count { count }));
    }
    let unsigned = Replacement {
        signed: Signed {
            is_good: false,
            ..signed
        },
        ..order
    };
    let holder = HOLDER;
    assert_eq!(
        try_it(unsigned),
        Err(SuccessionRefused::BadSignature { holder })
    );
    let short = vec![bytes[0].clone(), bytes[0][..97].to_vec()];
    let formless = Replacement {
        successors: &short,
        ..unsigned
    };
    let reason = TermsError::TooShort { bytes: 97 };
    let refused = SuccessionRefused::BadTerms { place: 1, reason };
    assert_eq!(try_it(formless), Err(refused));
}

#[test]
fn successors_must_be_new_defined_and_free() {
    let (old, recovery) = (terms(1_000), Recovery::default());
    let state = State::opened(0, 3);
    let desk = desk(T0);
    let mut gated = terms(1_001);
    gated.gates = vec![guerdon_core::terms::Gate {
        goal: B256::repeat_byte(9),
        share_ppb: 0,
        rule: Default::default(),
    }];
    let bytes = vec![gated.encode().unwrap()];
    let found = Found {
        terms: &old,
        state: &state,
        recovery: &recovery,
    };
    let id = desk.domain.id(&bytes[0]);
    let mut known = Known::default();
    let attempt = |known: &Known, free| {
        let around = Around {
            desk: &desk,
            lookup: known,
            free,
        };
        succeed(&around, &found, &[], &bytes, HOLDER)
    };
    let goal = B256::repeat_byte(9);
    assert_eq!(
        attempt(&known, 9),
        Err(SuccessionRefused::GoalNotDefined { goal })
    );
    known.goals.insert(goal, GateResult::default());
    // a revenue grant holds what its epoch allows: it is never raised
    assert_eq!(attempt(&known, 9), Err(SuccessionRefused::RevenueRises));
    known.taken.push(id);
    assert_eq!(
        attempt(&known, 9),
        Err(SuccessionRefused::AlreadyOpened { id })
    );
    let around = Around {
        desk: &desk,
        lookup: &known,
        free: 9,
    };
    let missing = succeed(
        &around,
        &Found {
            terms: &gated,
            ..found
        },
        &[],
        &bytes,
        HOLDER,
    );
    let refused = Refused::GateResults { gates: 1, given: 0 };
    assert_eq!(missing, Err(SuccessionRefused::Grant(refused)));
}

#[test]
fn a_settled_grant_hands_on_its_final_amount() {
    let old = terms(1_000);
    let state = State {
        released: 300,
        flags: Flags::OPENED.with(Flags::SETTLED).with(Flags::HOLDER_ONLY),
        phase: Phase::Settled { value: 400 },
        ..State::opened(4_200, 7)
    };
    let known = Known::default();
    let desk = desk(T0 + 1);
    let around = Around {
        desk: &desk,
        lookup: &known,
        free: 0,
    };
    let found = Found {
        terms: &old,
        state: &state,
        recovery: &Recovery::default(),
    };
    let parts: Vec<_> = [350, 50]
        .map(|amount| terms(amount).encode().unwrap())
        .to_vec();
    let born = succeed(&around, &found, &[], &parts, HOLDER).unwrap();
    let inherited = State {
        released: 300,
        ..State::opened(100, 7)
    };
    assert_eq!(
        (born[0].state, born[1].state),
        (inherited, State::opened(100, 7))
    );
    assert_eq!((born[0].freed, born[1].freed), (50, -50));
    let less: Vec<_> = [348, 50]
        .map(|amount| terms(amount).encode().unwrap())
        .to_vec();
    let fallen = succeed(&around, &found, &[], &less, HOLDER);
    let (before, after) = (400, 398);
    assert_eq!(
        fallen,
        Err(SuccessionRefused::VestedFalls { before, after })
    );

    let rounded: Vec<_> = [349, 50]
        .map(|amount| terms(amount).encode().unwrap())
        .to_vec();
    assert!(succeed(&around, &found, &[], &rounded, HOLDER).is_ok());
    let (heir, holder) = (HOLDER, Address::repeat_byte(0x77));
    assert_eq!(
        succeed(&around, &found, &[], &parts, holder),
        Err(SuccessionRefused::NotHeir { heir, holder })
    );
    let unpaid = State {
        released: 0,
        ..state
    };
    let found = Found {
        state: &unpaid,
        ..found
    };
    assert!(succeed(&around, &found, &[], &parts, holder).is_ok());
}
