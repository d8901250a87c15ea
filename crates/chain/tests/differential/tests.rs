use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::run::{Coverage, sequence};

/// Sequences of the short run.
const SEQUENCES: u64 = 60;

/// Every call that must have passed, and must have been refused, in the short run already.
const CALLS: [&str; 30] = [
    "Accelerate",
    "Challenge",
    "Claim",
    "ClaimFirst",
    "ClaimMany",
    "Close",
    "Commit",
    "Define",
    "Demand",
    "End",
    "Expire",
    "Extend",
    "Finalize",
    "Fund",
    "HoldClaims",
    "LowerWithholding",
    "Open",
    "Pause",
    "Propose",
    "Refuse",
    "Register",
    "Rescind",
    "Resolve",
    "Resume",
    "Seal",
    "Settle",
    "Together",
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

fn plan() -> Plan {
    let minutes = number("GUERDON_FUZZ_MINUTES");
    let seconds = minutes.map(|minutes| Duration::from_secs(60 * minutes));
    Plan {
        sequences: if minutes.is_some() {
            u64::MAX
        } else {
            SEQUENCES
        },
        until: seconds.map(|seconds| Instant::now() + seconds),
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
        for (name, (passed, reverted)) in part {
            let count = coverage.entry(name).or_default();
            *count = (count.0 + passed, count.1 + reverted);
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{steps} steps in {seconds:.1} s, {:.0} a second",
        steps as f64 / seconds
    );
    for (name, (passed, reverted)) in &coverage {
        println!("    {name:<17} {passed:>7} passed {reverted:>7} reverted");
    }
    for name in CALLS {
        let (passed, reverted) = coverage.get(name).copied().unwrap_or_default();
        // claimMany skips what it cannot pay
        let refused = reverted > 0 || name == "ClaimMany";
        assert!(
            passed > 0 && refused,
            "{name} passed {passed}, reverted {reverted} times"
        );
    }
}
