//! Copies that index, pay and serve on one PostgreSQL are killed and stopped at random while people
//! read, ask and pay: nothing is lost, nobody is paid twice, and no page is old without a word.

mod books;
mod copies;
mod freshness;
mod load;

use std::time::{Duration, Instant};

use serde_json::json;

use crate::company::Acme;
use crate::database::Postgres;
use crate::harness::{DAY, START};
use copies::{Copies, WORKERS};
use freshness::Heights;
use load::Load;

/// `cargo xtask chaos` runs longer.
const SECONDS: u64 = 25;
const SEED: u64 = 7;
/// How long nobody indexes or pays now and then, in a long run: pages must say so after a minute.
const SILENCE: Duration = Duration::from_secs(75);
/// Between two such times.
const BETWEEN_SILENCES: Duration = Duration::from_secs(180);

#[expect(
    clippy::disallowed_methods,
    reason = "the toolbox says how long and from which seed"
)]
fn asked(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The same blows for the same seed, as far as the machine allows.
#[derive(Debug, Clone)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }
}

/// What was done to the copies.
#[derive(Debug, Default)]
struct Blows {
    kills: u64,
    stops: u64,
    silences: u64,
}

#[test]
fn copies_killed_at_random_under_load_lose_nothing_and_pay_nobody_twice() {
    let Some(postgres) = Postgres::new("chaos") else {
        return;
    };
    let length = Duration::from_secs(asked("GUERDON_CHAOS_SECONDS", SECONDS));
    let seed = asked("GUERDON_CHAOS_SEED", SEED);
    println!("chaos of {} s from seed {seed}", length.as_secs());
    let acme = Acme::with_round();
    acme.rpc.travel(START + 400 * DAY);
    let mut copies = Copies::start(&acme.company, &postgres.url);
    for served in copies.served() {
        served.wait_for(acme.rpc.head());
    }
    let heights = Heights::watch(acme.company.url.as_deref().unwrap());
    let load = Load::begin(&acme, (&postgres.url, &copies.urls()), &heights, seed);
    acme.rpc.ask("evm_setIntervalMining", &json!([1]));

    let blows = rage(&acme, &mut copies, (length, seed));
    let done = load.end();
    acme.rpc.ask("evm_setIntervalMining", &json!([0]));
    acme.rpc.ask("evm_setAutomine", &json!([true]));
    acme.rpc.travel(acme.rpc.now() + DAY);
    copies.all_live();
    for served in copies.served() {
        served.wait_for(acme.rpc.head());
    }
    copies.stop();
    let paid = books::check(&acme, &postgres.url, &done);

    println!(
        "{} kills, {} stops and {} silences in {} s from seed {seed}; {} pages and data read, {} \
         said that they were old; {} people added and {} claims asked by POST, {} POSTs failed and \
         were sent again; {} payments in {} transactions, {} of them asked claims",
        blows.kills,
        blows.stops,
        blows.silences,
        length.as_secs(),
        done.read,
        done.stale,
        done.people.len(),
        done.asked,
        done.failed,
        paid.payments,
        paid.transactions,
        paid.relayed,
    );
    assert!(blows.kills >= length.as_secs() / 15, "{blows:?}");
    assert!(blows.stops > 0, "{blows:?}");
    assert!(
        done.read > length.as_secs() && !done.people.is_empty(),
        "{done:?}"
    );
    assert!(paid.payments > 20 && done.asked > 0, "{paid:?} {done:?}");
}

/// Kills and stops copies at random while the chain's time runs.
fn rage(acme: &Acme, copies: &mut Copies<'_>, (length, seed): (Duration, u64)) -> Blows {
    let mut chance = Chance(seed);
    let mut blows = Blows::default();
    let begun = Instant::now();
    let mut silent = begun;
    while begun.elapsed() < length {
        std::thread::sleep(chance.millis(200, 1_200));
        let days = 1 + chance.below(4);
        acme.rpc.travel(acme.rpc.now() + days * DAY);
        let which = usize::try_from(chance.below(4)).unwrap();
        // Killed three times out of five; stopped for up to twice as long as a lease lasts.
        if chance.below(5) < 3 {
            copies.kill(which);
            blows.kills += 1;
            std::thread::sleep(chance.millis(0, 1_500));
            copies.revive(which);
        } else {
            copies.pause(which);
            blows.stops += 1;
            std::thread::sleep(chance.millis(300, 6_000));
            copies.go_on(which);
        }
        let time_left = length.saturating_sub(begun.elapsed());
        if silent.elapsed() > BETWEEN_SILENCES && time_left > SILENCE {
            silence(copies);
            blows.silences += 1;
            silent = Instant::now();
        }
    }
    blows
}

/// Nobody indexes for more than a minute: whoever serves pages must say so.
fn silence(copies: &mut Copies<'_>) {
    for which in WORKERS {
        copies.pause(which);
    }
    std::thread::sleep(SILENCE);
    for which in copies::PAGES {
        let page = copies.one(which).get("/");
        assert!(freshness::is_said_old(&page), "old without a word: {page}");
    }
    for which in WORKERS {
        copies.go_on(which);
    }
}
