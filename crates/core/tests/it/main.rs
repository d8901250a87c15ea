//! Replays the shared vectors, and states the laws as properties.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod goals;
#[cfg(test)]
mod grants;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod laws_succession;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod ledger_succession;
#[cfg(test)]
mod lives;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod succession;
#[cfg(test)]
mod successors;
#[cfg(test)]
mod table;
#[cfg(test)]
mod terms;
