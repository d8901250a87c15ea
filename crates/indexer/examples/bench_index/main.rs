//! `cargo xtask bench index` runs this: fills a chain with events of our own contracts, and counts
//! what two indexers made of them.
//!
//! `bench_index fill RPC_URL DATA_DIR EVENTS`: the node is an anvil on this machine that mines at
//! once; the deployment is written where `guerdon serve` looks for it.
//! `bench_index count DATABASE_URL SCHEMA`: `public` is ours, any other the peer's.

mod cast;
#[path = "../common/promises.rs"]
mod common;
mod count;
mod fill;
mod node;
mod tally;

use std::error::Error;
use std::io::Write;
use std::path::Path;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let answer = match words.as_slice() {
        ["fill", url, folder, events] => {
            fill::fill(url, Path::new(folder), events.parse()?).await?
        }
        ["count", url, "public"] => count::ours(url).await?,
        ["count", url, schema] => count::peers(url, schema).await?,
        _ => {
            return Err("usage: bench_index fill RPC_URL DATA_DIR EVENTS | \
                        bench_index count DATABASE_URL SCHEMA"
                .into());
        }
    };
    let mut output = std::io::stdout().lock();
    writeln!(output, "{answer}")?;
    Ok(output.flush()?)
}
