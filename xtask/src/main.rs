//! Our build tool: `cargo xtask <verb>`. Depends on nothing heavy, so that its first word appears
//! in seconds; every other part of the toolchain is set up from here.

mod bench;
mod browser;
mod chaos;
mod coverage;
mod fuzz;
mod fuzz_api;
mod mutate;
mod postgres;
mod process;
mod prove;
mod setup;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <verb>

  demo [ARGS]      set everything up and run the main job on this machine (ARGS go to `guerdon demo`)
  test             set everything up and pass all tests
  setup            install the pinned tools of package-lock.json
  screenshots      pictures of every page, in target/screenshots
  tidy             the mechanical checks of layout, documents and dependencies
  artifacts        compile the contracts and write contracts/artifacts
  bench tree       measure a tree of a million grants (-o json for programs)
  bench gas        whole transactions beside targets and peers (-o json; --write records ours)
  bench load       pages under load on both databases (-o json, --release); needs wrk
  bench index      a million events read by us and by ponder into PostgreSQL (-o json, --release,
                   --events N)
  chaos            copies on one PostgreSQL killed and stopped at random under load (--minutes N,
                   --seed S)
  coverage         the lines and branches of the contracts that the tests reach; fails below 100 %
  fuzz             random sequences on contracts and core (--minutes N, --seed S); with
                   --contracts the contracts alone: 10,000 runs of each test, plays of 1000 x 500
  fuzz api         schemathesis on the API of a scratch demo (--examples N); needs Python 3.11
  mutate           change the contracts one place at a time; a test must fail (--list, --only FILE)
  prove            symbolic proofs (halmos) and static analysis (slither); needs Python 3.11
  vectors          write vectors/*.json again by the independent oracle (needs Python 3.11)";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let verb = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let root = setup::root()?;
    if !["demo", "bench", "chaos", "fuzz", "mutate"].contains(&verb.as_str()) && !rest.is_empty() {
        bail!("{verb} takes no arguments\n\n{USAGE}");
    }
    match verb.as_str() {
        "demo" => {
            setup::setup(&root)?;
            setup::demo(&root, &rest)
        }
        "bench" => bench::bench(&root, &rest),
        "chaos" => chaos::chaos(&root, &rest),
        "fuzz" => fuzz::fuzz(&root, &rest),
        "coverage" => {
            setup::setup(&root)?;
            coverage::coverage(&root, &test::native(&root, "forge")?)
        }
        "mutate" => {
            setup::setup(&root)?;
            mutate::mutate(&root, &test::native(&root, "forge")?, &rest)
        }
        "prove" => {
            setup::setup(&root)?;
            prove::prove(&root, &test::native(&root, "forge")?)
        }
        "test" => test::test(&root),
        "screenshots" => browser::screenshots(&root),
        "setup" => setup::setup(&root),
        "tidy" => tidy::tidy(&root),
        "artifacts" => {
            setup::setup(&root)?;
            setup::artifacts(&root, &[])
        }
        "vectors" => setup::vectors(&root, &[]),
        _ => bail!("there is no verb `{verb}`\n\n{USAGE}"),
    }
}
