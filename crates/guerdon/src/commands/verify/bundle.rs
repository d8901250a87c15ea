//! A bundle of evidence: whole to the byte, and everything in it recomputed from its own logs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek};

use alloy_primitives::{Address, B256};
use guerdon_chain::{Chain, Deployment, decode};
use guerdon_core::fact::{Fact, Log, Origin};
use guerdon_core::id::Domain;
use guerdon_core::ledger::Ledger;
use guerdon_core::terms::Terms;
use guerdon_formats::FileError;
use guerdon_formats::audit::{
    Archive, BundleError, Manifest, Standing, attempts_table, each_log, pool_table, read_terms,
    register_table, rounds_table,
};
use guerdon_formats::goal_file::GoalDefinition;

use super::evidence;
use super::form;
use super::replay::{Known, replay};
use super::report::Report;
use super::succession;
use crate::cli::VerifyBundleArgs;
use crate::context::{Context, Node};
use crate::error::{Kind, Outcome, file_error};

const LOGS: &str = "logs.ndjson";
const TERMS: &str = "terms.ndjson";

/// Checks a bundle offline; with a node also against the chain.
pub(super) async fn run(context: &Context, arguments: &VerifyBundleArgs) -> Outcome {
    let file = &arguments.file;
    super::run::present(file)?;
    let open = || File::open(file);
    open().map_err(|error| file_error("read", file, &error))?;
    let mut report = Report::default();
    let name = file.display().to_string();
    match Archive::open(open) {
        Err(error) => report.fail("files", &name, "content", error.to_string()),
        Ok((manifest, mut archive)) => {
            let bundle = &mut (&manifest, &mut archive);
            for _ in &manifest.files {
                report.count("files");
            }
            about(&manifest, &mut report);
            form::check(bundle, &mut report);
            Content::read(bundle, &mut report).recompute(bundle, &mut report);
            if arguments.chain || context.global.rpc_url.is_some() {
                let compare = async |node: &Node| {
                    let chain = &node.chain;
                    let known = deployed(context, chain, &manifest)?;
                    let from = begins(known.as_ref(), &manifest, &mut report);
                    against_chain(chain, from, &mut (&manifest, &mut archive), &mut report).await
                };
                context.with_node(compare).await?;
            }
        }
    }
    report.finish(context.global.output)
}

/// A bundle in its archive.
pub(super) type Opened<'a, S> = (&'a Manifest, &'a mut Archive<S>);

fn about(manifest: &Manifest, report: &mut Report) {
    let pin = &manifest.pin;
    report.fact("company", manifest.company.clone());
    report.fact("date", pin.date.clone());
    report.fact("block", pin.block);
    report.fact("block hash", pin.hash.to_string());
    report.moment("time", pin.time);
    report.fact("seal", manifest.seal());
}

/// What the files of a bundle say.
struct Content {
    facts: Vec<(Origin, Fact)>,
    terms: BTreeMap<B256, Terms>,
}

impl Content {
    fn read<S: Read + Seek>((manifest, archive): &mut Opened<'_, S>, report: &mut Report) -> Self {
        let facts = match archive.reader(LOGS) {
            Ok(text) => facts_of(manifest, each_log(text), report),
            Err(error) => Err(absent(&error)),
        };
        let facts = facts.unwrap_or_else(|error| nothing_of(LOGS, error, report));
        let terms = archive
            .reader(TERMS)
            .map_err(|error| absent(&error))
            .and_then(read_terms);
        let terms = terms.unwrap_or_else(|error| nothing_of(TERMS, error, report));
        Self { facts, terms }
    }

    fn recompute<S: Read + Seek>(&self, bundle: &mut Opened<'_, S>, report: &mut Report) {
        let manifest = bundle.0;
        let domain = Domain::new(manifest.chain_id, address(manifest, "Grants"));
        for (id, terms) in &self.terms {
            let want = terms.encode().map(|bytes| domain.id(&bytes));
            let name = format!("grant {id}");
            let want = want.unwrap_or_default();
            report.equal(("terms", &name), "id", *id, want);
        }
        let mut known = Known {
            terms: &self.terms,
            chain_id: manifest.chain_id,
            goals: address(manifest, "Goals"),
            grants: address(manifest, "Grants"),
            partial: false,
        };
        let mut terms = self.terms.clone();
        terms.extend(succession::published(&known, &self.facts));
        let missing = self.without_terms(&terms);
        known.terms = &terms;
        known.partial = missing > 0;
        report.fact("grants without terms", missing);
        if missing > 0 {
            let message = format!("not checked: {missing} grants, whose terms are not in it");
            report.fail("terms", "terms.ndjson", "grants", message);
        }
        let ledger = replay(&known, &self.facts, report);
        report.fact("grants", ledger.grants.len());
        derived(bundle, (&ledger, &terms), report);
        goals(bundle, &ledger, report);
        evidence::check(bundle, (&ledger, &self.facts), report);
    }

    /// Grants that were opened and whose terms are not here: nobody can recompute their claims.
    fn without_terms(&self, terms: &BTreeMap<B256, Terms>) -> usize {
        let opened = self.facts.iter().filter_map(|(_, fact)| match fact {
            Fact::Opened { id, .. } => Some(*id),
            _ => None,
        });
        opened.filter(|id| !terms.contains_key(id)).count()
    }
}

fn address(manifest: &Manifest, name: &str) -> Address {
    manifest.address(name).unwrap_or_default()
}

/// A file that is not there, which is a finding of its own already.
fn absent(error: &BundleError) -> Unread {
    (0, FileError::NotJson(error.to_string()))
}

/// The line of a file that cannot be read, and why.
type Unread = (usize, FileError);

/// Reports it; nothing of the file is taken up.
fn nothing_of<T: Default>(path: &str, (line, error): Unread, report: &mut Report) -> T {
    if line > 0 {
        report.fail("files", path, &format!("line {line}"), error.to_string());
    }
    T::default()
}

/// What the logs say, each in its place.
fn facts_of(
    manifest: &Manifest,
    logs: impl Iterator<Item = Result<Log, Unread>>,
    report: &mut Report,
) -> Result<Vec<(Origin, Fact)>, Unread> {
    let mut places = Places::of(manifest);
    let mut facts = Vec::new();
    for log in logs {
        let log = log?;
        report.count("events");
        match decode(&log) {
            Ok(fact) => facts.extend(fact.map(|fact| (log.origin, fact))),
            Err(error) => {
                let place = place(&log.origin);
                report.fail("events", &place, "content", error.to_string());
            }
        }
        places.check(&log, report);
    }
    Ok(facts)
}

fn place(origin: &Origin) -> String {
    format!("block {}, log {}", origin.block, origin.log_index)
}

/// Logs stand in the order of the chain, up to the block, and come from the contracts.
struct Places<'a> {
    manifest: &'a Manifest,
    contracts: BTreeSet<Address>,
    before: Option<Origin>,
}

impl<'a> Places<'a> {
    fn of(manifest: &'a Manifest) -> Self {
        Self {
            manifest,
            contracts: manifest.contracts.iter().map(|code| code.address).collect(),
            before: None,
        }
    }

    fn check(&mut self, log: &Log, report: &mut Report) {
        let (origin, pin) = (log.origin, &self.manifest.pin);
        let mut fail = |field: &str, message: &str| {
            report.fail("events", &place(&origin), field, message);
        };
        if !self.contracts.contains(&log.address) {
            let message = format!("{} is no contract of the manifest", log.address);
            fail("address", &message);
        }
        if origin.block > pin.block || origin.block < self.manifest.start_block {
            fail("block", "it is outside of the bundle");
        }
        if origin.block == pin.block && origin.block_hash != pin.hash {
            let message = "it is of another block than the one the bundle is pinned to";
            fail("block hash", message);
        }
        if let Some(before) = self.before {
            let was = (before.block, before.log_index);
            if was >= (origin.block, origin.log_index) {
                fail("order", "it does not follow on the one before");
            }
            if before.block == origin.block && before.block_hash != origin.block_hash {
                fail("block hash", "one block has two hashes");
            }
        }
        self.before = Some(origin);
    }
}

/// The tables are what the logs add up to.
fn derived<S: Read + Seek>(
    (manifest, archive): &mut Opened<'_, S>,
    (ledger, terms): (&Ledger, &BTreeMap<B256, Terms>),
    report: &mut Report,
) {
    let standing = Standing {
        ledger,
        terms,
        now: manifest.pin.time,
    };
    let token = (manifest.symbol.as_str(), manifest.decimals);
    let (register, rounds) = match (standing.register(), standing.rounds()) {
        (Ok(register), Ok(rounds)) => (register, rounds),
        (Err(error), _) | (_, Err(error)) => {
            return report.fail("tables", "register.csv", "rule", error.to_string());
        }
    };
    for (path, table) in [
        ("register.csv", register_table(&register, token)),
        ("rounds.csv", rounds_table(&rounds, token)),
        ("pool.csv", pool_table(&ledger.pool, token)),
        ("attempts.csv", attempts_table(ledger)),
    ] {
        let found = archive.file(path).unwrap_or_default();
        match first_difference(&found, table.to_csv().as_bytes()) {
            None => report.count("tables"),
            Some(line) => {
                let message = "it is not what the logs of the bundle add up to";
                report.fail("tables", path, &format!("line {line}"), message);
            }
        }
    }
}

/// The first line, from 1, in which two texts differ.
fn first_difference(found: &[u8], want: &[u8]) -> Option<usize> {
    if found == want {
        return None;
    }
    let (found, want) = (
        found.split(|it| *it == b'\n'),
        want.split(|it| *it == b'\n'),
    );
    let same = found.zip(want).take_while(|(found, want)| found == want);
    Some(same.count().saturating_add(1))
}

/// The place, from 1, of the first log in which two lists differ.
fn first_other(
    mut told: impl Iterator<Item = Log>,
    mut found: impl Iterator<Item = Log>,
) -> Option<usize> {
    let mut place = 1;
    loop {
        match (told.next(), found.next()) {
            (None, None) => return None,
            (told, found) if told != found => return Some(place),
            _ => place += 1,
        }
    }
}

/// Definitions of goals are those that the chain has.
fn goals<S: Read + Seek>(
    (manifest, archive): &mut Opened<'_, S>,
    ledger: &Ledger,
    report: &mut Report,
) {
    let paths = manifest.files.iter().map(|file| &file.path);
    for path in paths.filter(|path| path.starts_with("goals/")) {
        let bytes = match archive.short(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                report.fail("goals", path, "content", error.to_string());
                continue;
            }
        };
        let goal = match GoalDefinition::decode(&bytes) {
            Ok(goal) => goal,
            Err(error) => {
                report.fail("goals", path, "content", error.to_string());
                continue;
            }
        };
        let id = goal.id().unwrap_or_default();
        let named = path.strip_prefix("goals/").unwrap_or_default();
        if named != format!("{id}.json") {
            report.fail("goals", path, "name", format!("it defines goal {id}"));
        }
        match ledger.goals.get(&id) {
            Some(record) if record.goal == goal.goal && record.panel == goal.panel => {
                report.count("goals");
            }
            Some(_) => report.fail("goals", path, "goal", "the chain has another definition"),
            None => report.fail("goals", path, "goal", "no event of the bundle defines it"),
        }
    }
}

/// The deployment that the bundle is of, if it is known here.
fn deployed(context: &Context, chain: &Chain, manifest: &Manifest) -> Outcome<Option<Deployment>> {
    let deployment = match context.deployment(chain.chain_id()) {
        Err(failure) if failure.kind == Kind::NotFound => return Ok(None),
        found => found?,
    };
    let is_of = deployment.genesis_hash == manifest.genesis_hash
        && manifest.address("Grants") == Some(deployment.contracts.grants.address);
    Ok(is_of.then_some(deployment))
}

/// The first block to take events from. Whoever made the bundle chose the one that it names, and
/// its contracts: what is known here has the last word.
fn begins(known: Option<&Deployment>, manifest: &Manifest, report: &mut Report) -> u64 {
    let Some(known) = known else {
        return manifest.start_block;
    };
    for (name, contract) in known.contracts.list() {
        let found = address(manifest, name);
        report.equal(("chain", name), "address", found, contract.address);
    }
    manifest.start_block.min(known.start_block)
}

/// The chain has this block, these logs and this code.
async fn against_chain<S: Read + Seek>(
    chain: &Chain,
    from: u64,
    (manifest, archive): &mut Opened<'_, S>,
    report: &mut Report,
) -> Outcome {
    let kind = "chain";
    let pin = &manifest.pin;
    let subject = (kind, "the node");
    report.equal(subject, "chain id", chain.chain_id(), manifest.chain_id);
    let genesis = chain.block(0).await?.map(|block| block.hash);
    let genesis = genesis.unwrap_or_default();
    report.equal(subject, "genesis", genesis, manifest.genesis_hash);
    let name = format!("block {}", pin.block);
    let block = chain.block(pin.block).await?;
    let hash = block.map(|block| block.hash).unwrap_or_default();
    report.equal((kind, &name), "hash", hash, pin.hash);
    let time = block.map(|block| block.time).unwrap_or_default();
    report.equal((kind, &name), "time", time, pin.time);
    for code in &manifest.contracts {
        let found = chain.code_hash(code.address).await?;
        report.equal((kind, &code.name), "code hash", found, code.code_hash);
    }
    let contracts: Vec<_> = manifest.contracts.iter().map(|code| code.address).collect();
    let found = chain.logs(from, pin.block, &contracts).await?;
    let found = found
        .into_iter()
        .filter(|log| matches!(decode(log), Ok(Some(_))) && is_followed(log, manifest));
    let told = archive.reader(LOGS).map(each_log);
    let told = told.into_iter().flatten().map_while(Result::ok);
    match first_other(told, found) {
        None => report.count(kind),
        Some(line) => {
            let message = "the chain has other events than the bundle";
            report.fail(kind, "logs.ndjson", &format!("line {line}"), message);
        }
    }
    Ok(())
}

/// The contracts whose events decide money and access; transfers of tokens are not among them.
fn is_followed(log: &Log, manifest: &Manifest) -> bool {
    ["Grants", "Goals", "Succession", "AccessManager"]
        .iter()
        .any(|name| manifest.address(name) == Some(log.address))
}
