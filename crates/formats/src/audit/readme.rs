//! What a bundle says of itself.

/// The text that stands in every bundle as `README.txt`, to the byte.
pub const README: &str = "\
Evidence about the grants of a company up to one block, which manifest.json names.

logs.ndjson    every event of its contracts, as the chain keeps them
terms.ndjson   terms of the grants that were opened, by id; the id is their hash
goals/         definitions of goals; each file's name is its hash
results/       files that signed results were read from, by goal and attempt; each file's name is
               its hash, which the result names, or the file that the result names
register.csv   every opened grant; amounts in whole base units
rounds.csv     every round by its root, and what its grants add up to
pool.csv       the money of the contract
attempts.csv   every attempt at a goal, and its result
manifest.json  block, contracts, hashes of their code, and the sha256 of every file
seal.txt       the sha256 of manifest.json

guerdon verify bundle FILE reads the archive without any node. It refuses one changed byte, folds
the events, checks every payment against the terms, holds every result file against what was
signed, and makes the tables anew. With --chain or
--rpc-url it compares block, code and events with the chain as well. Whoever wrote the archive could
have written another one: compare the seal with the one on the company's page, or ask a node.
";
