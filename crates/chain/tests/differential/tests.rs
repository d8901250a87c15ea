use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::run::{Count, Coverage, sequence};

/// Sequences of the short run.
const SEQUENCES: u64 = 120;

/// Every call that must have passed, and must have been refused, in the short run already.
const CALLS: [&str; 36] = [
    "Accelerate",
    "AnnounceRecovery",
    "Challenge",
    "Claim",
    "ClaimFirst",
    "ClaimMany",
    "ClearRecovery",
    "Close",
    "Commit",
    "Define",
    "Demand",
    "End",
    "ExecuteRecovery",
    "Expire",
    "Extend",
    "Finalize",
    "Fund",
    "HoldClaims",
    "LowerWithholding",
    "Move",
    "Open",
    "Pause",
    "Propose",
    "Refuse",
    "Register",
    "Replace",
    "Rescind",
    "Resolve",
    "Resume",
    "Seal",
    "Settle",
    "Together",
    "Veto",
    "Waive",
    "WithdrawBond",
    "WithdrawFree",
];

/// How long to go on, and from which seed.
struct Plan {
    sequences: u64,
    until: Option<Instant>,
    seed: u64,
}

fn number(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

/// Without words from outside the short run; with 0 minutes the one sequence of the seed.
fn plan() -> Plan {
    let minutes = number("GUERDON_FUZZ_MINUTES");
    let duration = |minutes| Duration::from_secs(60 * minutes);
    Plan {
        sequences: match minutes {
            None => SEQUENCES,
            Some(0) => 1,
            Some(_) => u64::MAX,
        },
        until: minutes
            .filter(|minutes| *minutes > 0)
            .map(|minutes| Instant::now() + duration(minutes)),
        seed: number("GUERDON_FUZZ_SEED").unwrap_or(1),
    }
}

/// Takes sequences, each of the next seed, until the plan is done or one fails.
fn work(plan: &Plan, next: &AtomicU64, failed: &AtomicBool) -> Result<(Coverage, u64), String> {
    let (mut coverage, mut steps) = (Coverage::new(), 0);
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let is_over = plan.until.is_some_and(|until| Instant::now() >= until);
        if place >= plan.sequences || is_over || failed.load(Ordering::Relaxed) {
            return Ok((coverage, steps));
        }
        if plan.until.is_some() && place > 0 && place.is_multiple_of(1_000) {
            println!("{place} sequences agree");
        }
        let taken = sequence(plan.seed.wrapping_add(place), &mut coverage);
        steps += taken.inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
    }
}

#[test]
fn contracts_and_core_agree_after_every_step() {
    let plan = plan();
    let (next, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let begun = Instant::now();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let results: Vec<_> = std::thread::scope(|scope| {
        let start = |_| scope.spawn(|| work(&plan, &next, &failed));
        let threads: Vec<_> = (0..workers).map(start).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });

    let (mut coverage, mut steps) = (Coverage::new(), 0);
    for result in results {
        let (part, taken) = result.unwrap_or_else(|report| panic!("{report}"));
        steps += taken;
        for (name, of_part) in part {
            let count = coverage.entry(name).or_default();
            count.passed += of_part.passed;
            for (reason, times) in of_part.refused {
                *count.refused.entry(reason).or_default() += times;
            }
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let rate = steps as f64 / seconds;
    println!("{steps} steps in {seconds:.1} s, {rate:.0} a second");
    for (name, Count { passed, refused }) in &coverage {
        println!("{name}: {passed} passed, refused {refused:?}");
    }
    if plan.sequences > 1 {
        for name in CALLS {
            let count = coverage.get(name).cloned().unwrap_or_default();
            // claimMany skips what it cannot pay
            let refused = !count.refused.is_empty() || name == "ClaimMany";
            assert!(count.passed > 0 && refused, "{name}: {count:?}");
        }
        let bypass = coverage.get("Bypass").cloned().unwrap_or_default();
        assert!(bypass.passed == 0 && !bypass.refused.is_empty());
    }
}
