//! Builds a tree of a million grants from a stream of ids and amounts, and says on one line of JSON
//! what it cost: `cargo xtask bench tree` runs it and shows the answer.
//!
//! The measure is the process's own from its first instruction to the last proof: the stream, the
//! sorting, every level, and a proof for each of a thousand grants, verified against the root.
#![expect(clippy::print_stdout, reason = "the answer is data on stdout")]

use std::{error::Error, fs};

use alloy_primitives::B256;
use guerdon_core::tree::{Leaf, SumTree, verify};

const GRANTS: u32 = 1_000_000;
/// Every so many grants one proof is asked for and verified.
const STRIDE: u32 = 1_009;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = SplitMix(1);
    let tree = SumTree::build((0..GRANTS).map(|_| leaf(&mut words)))?;
    for index in (0..GRANTS).step_by(STRIDE as usize) {
        let leaf = tree.leaves()[index as usize];
        let proof = tree.proof(index).ok_or("a leaf has no proof")?;
        verify(tree.root(), leaf, index, &proof)?;
    }
    let (cpu, peak) = (cpu_seconds()?, peak_mib()?);
    println!("{{\"grants\":{GRANTS},\"cpu_seconds\":{cpu:.2},\"peak_mib\":{peak}}}");
    Ok(())
}

/// Numbers that only look random: ids of grants are hashes.
struct SplitMix(u64);

impl SplitMix {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

fn leaf(words: &mut SplitMix) -> Leaf {
    let mut id = [0; 32];
    for part in id.as_chunks_mut::<8>().0 {
        *part = words.word().to_be_bytes();
    }
    Leaf {
        id: B256::new(id),
        amount: u128::from(words.word()) << 16,
    }
}

/// User and system time of this process and its threads, from /proc/self/stat (clock ticks of 10
/// milliseconds on Linux).
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/self/stat is odd")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(ticks as f64 / 100.0)
}

/// The most memory this process ever held, from /proc/self/status, rounded up.
fn peak_mib() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kib
        .ok_or("/proc/self/status is odd")?
        .parse::<u64>()?
        .div_ceil(1024))
}
