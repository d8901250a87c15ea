use alloy_primitives::{Address, B256};
use guerdon_core::id::Domain;
use guerdon_core::terms::{Schedule, Segment, Terms, TermsError};

use crate::table::Table;

#[test]
fn schedules_release_what_the_oracle_says() {
    let table = Table::read("schedule");
    let schedules: Vec<_> = table
        .bytes("schedules")
        .iter()
        .map(|bytes| schedule(bytes))
        .collect();
    let (places, elapsed) = (table.all::<usize>("schedule"), table.all::<i64>("elapsed"));
    for ((place, elapsed), want) in places
        .into_iter()
        .zip(elapsed)
        .zip(table.all::<u32>("want"))
    {
        assert_eq!(
            schedules[place].fraction(elapsed),
            want,
            "schedule {place} after {elapsed}"
        );
    }
}

#[test]
fn terms_read_and_write_the_oracles_bytes() {
    let table = Table::read("terms");
    let domain = Domain::new(table.scalar("chainId"), table.scalar("grants"));
    assert_eq!(domain.0, table.scalar::<B256>("domain"));
    let ids = table.all::<B256>("id");
    for (row, bytes) in table.bytes("terms").iter().enumerate() {
        let terms = Terms::decode(bytes).unwrap();
        assert_eq!(&terms.encode().unwrap(), bytes);
        assert_eq!(domain.id(bytes), ids[row]);
        let unlock = terms.unlock.as_ref();
        let want = |name: &str| table.all::<u128>(name)[row];
        assert_eq!(terms.recipient, table.all::<Address>("recipient")[row]);
        assert_eq!(terms.document, table.all::<B256>("document")[row]);
        assert_eq!(terms.amount, want("amount"));
        assert_eq!(u128::from(terms.start), want("start"));
        assert_eq!(u128::from(terms.powers.bits()), want("powers"));
        assert_eq!(u128::from(terms.grace_seconds), want("graceSeconds"));
        assert_eq!(u128::from(terms.backdate_seconds), want("backdateSeconds"));
        assert_eq!(u128::from(terms.pause_max), want("pauseMax"));
        assert_eq!(u128::from(terms.withhold_bps), want("withholdBps"));
        assert_eq!(
            unlock.map_or(0, |unlock| u128::from(unlock.start)),
            want("unlockStart")
        );
        let segments = unlock.map_or(0, |unlock| unlock.schedule.segments().len());
        assert_eq!(segments as u128, want("nUnlock"));
        assert_eq!(terms.gates.len() as u128, want("nGates"));
        assert_eq!(terms.vesting.segments().len() as u128, want("nVesting"));
    }
}

#[test]
fn terms_that_break_one_rule_are_refused() {
    let table = Table::read("terms");
    let (grants, token) = (table.scalar("grants"), table.scalar("token"));
    let refused = table.bytes("refusedTerms");
    for (row, (bytes, short)) in refused.iter().zip(table.bools("refusedShort")).enumerate() {
        let read = Terms::decode(bytes).and_then(|terms| terms.check(grants, token));
        let error = read.expect_err(&format!("row {row} should be refused"));
        assert_eq!(
            matches!(error, TermsError::TooShort { .. }),
            short,
            "row {row}: {error}"
        );
    }
}

pub(crate) fn schedule(bytes: &[u8]) -> Schedule {
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |sum: u32, byte| sum << 8 | u32::from(*byte))
    };
    let segments = bytes.chunks_exact(10).map(|bytes| Segment {
        end: number(&bytes[..4]),
        cumulative: number(&bytes[4..8]),
        steps: number(&bytes[8..]) as u16,
    });
    Schedule::new(segments.collect()).unwrap()
}
