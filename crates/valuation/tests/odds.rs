//! What a definition is said to be worth: figures of an independent computation in exact fractions,
//! and runs that draw results and ask core's own rule what they pay.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use alloy_primitives::B256;
use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind, lower_bound, payout};
use guerdon_valuation::calibrate::{
    Claim, Odds, Setting, Warning, calibrate, curve, odds, payment,
};

use crate::common::goal;

mod common;

fn judged(goal: &Goal) -> Odds {
    odds(goal, Setting::default()).unwrap()
}

fn near(found: f64, want: f64) {
    assert!((found - want).abs() < 1e-9, "{found} is not {want}");
}

/// The figures are sums over `fractions.Fraction` in Python, with Wilson's formula of the contract
/// in Python's whole numbers: 401 of 500 are needed with a bound of 1, 418 with 1983.
#[test]
fn a_raw_threshold_pays_three_of_four_models_that_are_no_better() {
    let mut raw = goal(Kind::Proportion, 500, 2);
    raw.bound = 1;
    let found = judged(&raw);
    assert_eq!((found.calibration.needed, found.fair), (401, Some(1983)));
    near(found.wrong.unwrap().one, 0.482_163_678_434_533_3);
    near(found.wrong.unwrap().all, 0.731_845_544_067_546_5);
    let Warning::WeakBound {
        bound: 1,
        fair: Some(1983),
        all,
        fair_all,
        ..
    } = found.warnings[0]
    else {
        panic!("{:?}", found.warnings);
    };
    near(all, 0.731_845_544_067_546_5);
    near(fair_all.unwrap(), 0.045_885_204_359_444_76);
}

#[test]
fn the_calibrated_bound_says_what_the_score_itself_would_do() {
    let mut hidden = goal(Kind::Proportion, 500, 2);
    let found = judged(&hidden);
    let Warning::RawScore {
        needed: 418,
        raw: Some(raw),
        ..
    } = found.warnings[0]
    else {
        panic!("{:?}", found.warnings);
    };
    near(raw, 0.731_845_544_067_546_5);
    hidden.bound = found.calibration.bound;
    for (skill, one, all) in [
        (
            820_000_000,
            0.192_106_799_484_144_7,
            0.347_308_576_560_248_04,
        ),
        (
            850_000_000,
            0.826_720_672_104_632_4,
            0.969_974_274_524_129_7,
        ),
    ] {
        let right = payment(&hidden, Claim::Skill(skill)).unwrap();
        near(right.one, one);
        near(right.all, all);
        let drawn = curve(&hidden, &[Claim::Skill(skill)]).unwrap();
        near(f64::from(drawn[0]) / f64::from(PPB), all);
    }
    hidden.data = B256::right_padding_from(b"public");
    let learned = judged(&hidden)
        .warnings
        .into_iter()
        .find_map(|warning| match warning {
            Warning::Public { learned } => learned,
            _ => None,
        });
    near(learned.unwrap(), 0.347_308_576_560_248_04);
}

/// 60 of 100 at 0.5 is 0.0284 in any table of the binomial distribution; 400 of 500 at 0.8 and the
/// pairs are sums over fractions, as above.
#[test]
fn counts_and_pairs_have_their_chances_too() {
    let mut count = goal(Kind::Count, 1, 1);
    (count.threshold, count.stretch) = (60, 60);
    let coin = Claim::Each {
        items: 100,
        skill: 500_000_000,
    };
    near(payment(&count, coin).unwrap().one, 0.028_443_966_820_490_4);
    (count.threshold, count.stretch) = (400, 400);
    let setting = Setting {
        counted: Some(500),
        ..Setting::default()
    };
    let found = odds(&count, setting).unwrap();
    assert!(found.wrong.is_none());
    let [
        Warning::RawCount {
            threshold: 400,
            counted: Some((500, chance)),
        },
    ] = found.warnings[..]
    else {
        panic!("{:?}", found.warnings);
    };
    near(chance, 0.526_727_770_817_687_5);
    assert!(payment(&count, Claim::Skill(1)).is_err());

    let mut pairs = goal(Kind::Paired, 120, 1);
    (pairs.threshold, pairs.stretch, pairs.bound) = (0, 0, 1_645);
    for ((win, loss), want) in [
        ((200_000_000, 100_000_000), 0.633_201_820_568_176_4),
        ((150_000_000, 150_000_000), 0.046_127_154_399_575_38),
    ] {
        near(
            payment(&pairs, Claim::Pair { win, loss }).unwrap().one,
            want,
        );
    }
}

/// Numbers that look like chance and are the same everywhere (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below a billion.
    fn ppb(&mut self) -> u32 {
        (((self.next() >> 32) * u64::from(PPB)) >> 32) as u32
    }
}

/// How often any of all attempts is paid, by core's bound and payout, among so many models.
fn drawn(goal: &Goal, seed: u64, mut one: impl FnMut(&mut Dice) -> (u128, u128)) -> f64 {
    const MODELS: u32 = 10_000;
    let mut dice = Dice(seed);
    let mut paid = 0_u32;
    for _ in 0..MODELS {
        let best = (0..goal.attempts).map(|_| {
            let (x, y) = one(&mut dice);
            payout(
                goal,
                lower_bound(goal.kind, goal.bound, goal.samples, x, y).unwrap(),
            )
        });
        paid += u32::from(best.max() > Some(0));
    }
    f64::from(paid) / f64::from(MODELS)
}

/// Five deviations of a share of 10,000: one run in a million lies outside.
fn close(found: f64, want: f64) {
    let deviation = (want * (1.0 - want) / 10_000.0).sqrt().max(1e-4);
    assert!(
        (found - want).abs() < 5.0 * deviation,
        "{found} is not near {want}"
    );
}

#[test]
fn drawn_results_are_paid_as_often_as_computed() {
    let mut proportion = goal(Kind::Proportion, 200, 3);
    proportion.bound = calibrate(&proportion).unwrap().bound;
    let mut pairs = goal(Kind::Paired, 150, 2);
    (pairs.threshold, pairs.stretch) = (0, 50_000_000);
    pairs.bound = calibrate(&pairs).unwrap().bound;
    for skill in [800_000_000, 850_000_000, 880_000_000] {
        let want = payment(&proportion, Claim::Skill(skill)).unwrap().all;
        let found = drawn(&proportion, u64::from(skill), |dice| {
            let right = (0..200).filter(|_| dice.ppb() < skill).count();
            (right as u128, 0)
        });
        close(found, want);
    }
    for (win, loss) in [(100_000_000, 100_000_000), (250_000_000, 120_000_000)] {
        let want = payment(&pairs, Claim::Pair { win, loss }).unwrap().all;
        let found = drawn(&pairs, u64::from(win), |dice| {
            let mut counts = (0, 0);
            for _ in 0..150 {
                match dice.ppb() {
                    it if it < win => counts.0 += 1,
                    it if it < win + loss => counts.1 += 1,
                    _ => {}
                }
            }
            counts
        });
        close(found, want);
    }
}

/// Hoeffding's inequality holds for any scores: drawn ones never break what it promises.
#[test]
fn measures_keep_what_is_promised_of_them() {
    let mut measure = goal(Kind::Measure, 1_000, 2);
    let found = judged(&measure);
    measure.bound = found.calibration.bound;
    // All or nothing is the worst that scores of a mean can do.
    let runs = |skill: u32| {
        drawn(&measure, 7, |dice| {
            let right = (0..1_000).filter(|_| dice.ppb() < skill).count();
            (right as u128 * u128::from(PPB), 0)
        })
    };
    assert!(runs(800_000_000) <= found.wrong.unwrap().all);
    let promised = payment(&measure, Claim::Skill(880_000_000)).unwrap().all;
    assert!(
        promised > 0.5 && runs(880_000_000) >= promised,
        "{promised}"
    );
}

#[test]
fn what_no_bound_cures_is_said() {
    let mut goal = goal(Kind::Proportion, 60, 5);
    (goal.pool, goal.data) = (60, B256::right_padding_from(b"public"));
    let setting = Setting {
        embedded: true,
        ..Setting::default()
    };
    let said = odds(&goal, setting).unwrap().warnings;
    assert!(
        matches!(
            said.as_slice(),
            [
                Warning::RawScore { .. },
                Warning::Public { .. },
                Warning::ManyAttempts { .. },
                Warning::FewSamples {
                    enough: Some(900_000_000..),
                    ..
                },
                Warning::RunnerHolds { .. },
                Warning::Clusters,
            ]
        ),
        "{said:?}"
    );
    assert_eq!(said.iter().filter(|warning| warning.is_remark()).count(), 2);
    (goal.seed_blocks, goal.pool, goal.data) = (5, 600, B256::ZERO);
    let said = odds(&goal, setting).unwrap().warnings;
    assert!(said.contains(&Warning::EmbeddedSeed));
    assert!(
        !said
            .iter()
            .any(|warning| matches!(warning, Warning::RunnerHolds { .. }))
    );
    for warning in said {
        assert!(warning.to_string().len() > 40);
    }
}

#[test]
fn a_strong_definition_has_no_weakness_and_an_impossible_one_no_fair_bound() {
    let mut strong = goal(Kind::Proportion, 500, 2);
    (strong.seed_blocks, strong.pool) = (5, 5_000);
    let said = judged(&strong).warnings;
    assert!(said.iter().all(Warning::is_remark), "{said:?}");

    let mut few = goal(Kind::Proportion, 10, 2);
    assert!(odds(&few, Setting::default()).is_err());
    few.bound = 1;
    let found = judged(&few);
    assert_eq!(found.fair, None);
    let said = found.warnings[0].to_string();
    assert!(
        said.contains("no bound makes so few samples an honest test"),
        "{said}"
    );

    let mut milestone = goal(Kind::Count, 1, 1);
    (milestone.threshold, milestone.stretch) = (1, 1);
    assert_eq!(judged(&milestone).warnings, []);
}

#[test]
fn a_bound_of_ones_own_that_nothing_passes_is_told_so() {
    let mut strict = goal(Kind::Proportion, 30, 1);
    strict.bound = u16::MAX;
    let said = odds(&strict, Setting::default()).unwrap_err().to_string();
    let fair = calibrate(&strict).unwrap().bound;
    // More samples would not help before there are 17,180 of them.
    assert!(!said.contains("would be enough"), "{said}");
    assert!(
        said.contains(&format!("the calibrated bound is {fair}")),
        "{said}"
    );
}

#[test]
fn samples_are_few_where_not_even_a_perfect_model_is_sure_of_its_pay() {
    let mut high = goal(Kind::Measure, 1_000, 2);
    (high.threshold, high.stretch) = (950_000_000, 950_000_000);
    let found = judged(&high);
    let perfect = payment(
        &Goal {
            bound: found.calibration.bound,
            ..high
        },
        Claim::Skill(PPB),
    );
    assert!(perfect.unwrap().all < 0.8);
    let few = Warning::FewSamples {
        samples: 1_000,
        enough: None,
        threshold: 950_000_000,
        kind: Kind::Measure,
    };
    assert!(found.warnings.contains(&few), "{:?}", found.warnings);
}

#[test]
fn limits_are_said_as_limits() {
    let mut measure = goal(Kind::Measure, 500, 2);
    measure.bound = 1_000;
    let said: Vec<_> = judged(&measure)
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    // exp(-1) and 1 - (1 - exp(-1))^2.
    for words in [
        "is paid with a chance of at most 60.1 %",
        "the calibrated bound of 3689 makes it at most 4.94 %",
        "variants makes a chance of at most 36.8 % of a false payment up to 99.99 %",
    ] {
        assert!(said.iter().any(|said| said.contains(words)), "{said:?}");
    }
}

#[test]
fn a_comparison_of_more_samples_than_are_computed_is_refused() {
    let many = goal(Kind::Paired, u32::MAX, 1);
    let said = odds(&many, Setting::default()).unwrap_err().to_string();
    assert!(
        said.contains("comparisons are calibrated for at most 1000000"),
        "{said}"
    );
}
