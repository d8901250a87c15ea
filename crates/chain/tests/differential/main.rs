//! The committed bytecode against core: random sequences over all calls of Grants, Succession
//! and Goals, in a virtual machine inside of this process.
//!
//! After each step every amount, every word, holder and recovery, `funded`, `promised`, rounds, balances,
//! bonds, and revert or not must be the same on both sides, and the ledger that the events add up
//! to as well. Of Succession every error is compared too, with its numbers.
//! What differs is shown as the shortest sequence that fails. `GUERDON_FUZZ_MINUTES` makes it run
//! longer and `GUERDON_FUZZ_SEED` begin elsewhere: `cargo xtask fuzz`.

#[cfg(test)]
mod abi;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod compare_succession;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod encode;
#[cfg(test)]
mod encode_succession;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod generate_goals;
#[cfg(test)]
mod generate_succession;
#[cfg(test)]
mod machine;
#[cfg(test)]
mod model;
#[cfg(test)]
mod model_goals;
#[cfg(test)]
mod model_succession;
#[cfg(test)]
mod people;
#[cfg(test)]
mod run;
#[cfg(test)]
mod step;
#[cfg(test)]
mod successors;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wallet;
#[cfg(test)]
mod world;
