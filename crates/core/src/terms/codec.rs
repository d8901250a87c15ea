//! Canonical bytes of terms, big end first: `kernel` layout of the Grants contract.

use super::{Gate, Powers, Rule, Schedule, Segment, Terms, TermsError, Unlock};
use crate::pack::{Cursor, narrow, narrow16, narrow32, put_big};

const GATE_BYTES: usize = 37;
const SEGMENT_BYTES: usize = 10;

/// The bytes of valid terms.
pub(super) fn encode(terms: &Terms) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    bytes.extend_from_slice(terms.recipient.as_slice());
    put_big(&mut bytes, terms.amount, 13);
    put_big(&mut bytes, terms.start.into(), 5);
    put_big(&mut bytes, terms.powers.bits().into(), 2);
    put_big(&mut bytes, terms.grace_seconds.into(), 4);
    put_big(&mut bytes, terms.backdate_seconds.into(), 4);
    put_big(&mut bytes, terms.pause_max.into(), 4);
    put_big(&mut bytes, terms.withhold_bps.into(), 2);
    bytes.extend_from_slice(terms.document.as_slice());
    let unlock_segments = terms
        .unlock
        .as_ref()
        .map_or(0, |unlock| unlock.schedule.segments().len());
    put_big(&mut bytes, terms.gates.len() as u128, 1);
    put_big(&mut bytes, unlock_segments as u128, 1);
    for gate in &terms.gates {
        bytes.extend_from_slice(gate.goal.as_slice());
        put_big(&mut bytes, gate.share_ppb.into(), 4);
        put_big(&mut bytes, gate.rule.bits().into(), 1);
    }
    if let Some(unlock) = &terms.unlock {
        put_big(&mut bytes, unlock.start.into(), 5);
        put_segments(&mut bytes, &unlock.schedule);
    }
    put_segments(&mut bytes, &terms.vesting);
    bytes
}

/// Reads the shape and the schedules; the caller validates the rest.
pub(super) fn decode(bytes: &[u8]) -> Result<Terms, TermsError> {
    if bytes.len() < super::TERMS_BYTES_MIN {
        return Err(TermsError::TooShort { bytes: bytes.len() });
    }
    let length = || TermsError::Length { bytes: bytes.len() };
    let mut cursor = Cursor(bytes);
    let head = head(&mut cursor).ok_or_else(length)?;
    let (gates, segments) = counts(&mut cursor).ok_or_else(length)?;
    if gates > super::GATES_MAX {
        return Err(TermsError::Gates { gates });
    }
    let powers = Powers::from_bits(head.powers).ok_or(TermsError::Powers {
        powers: head.powers,
    })?;
    let gates = (0..gates)
        .map(|place| gate(&mut cursor, place).ok_or_else(length)?)
        .collect::<Result<Vec<_>, _>>()?;
    let unlock = unlock(&mut cursor, segments).ok_or_else(length)??;
    let rest = cursor.0;
    if !rest.len().is_multiple_of(SEGMENT_BYTES) {
        return Err(length());
    }
    let vesting = Schedule::new(segments_of(rest)).map_err(TermsError::Vesting)?;
    Ok(Terms {
        powers,
        gates,
        unlock,
        vesting,
        ..head.terms
    })
}

/// Whether counts and length fit together.
pub(super) fn has_form(bytes: &[u8]) -> bool {
    const HEAD: usize = 88;
    let Some((&gates, &segments)) = bytes.get(HEAD - 2).zip(bytes.get(HEAD - 1)) else {
        return false;
    };
    let (gates, segments) = (usize::from(gates), usize::from(segments));
    let unlock = if segments == 0 {
        0
    } else {
        segments.saturating_mul(SEGMENT_BYTES).saturating_add(5)
    };
    let before = gates.saturating_mul(GATE_BYTES).saturating_add(HEAD);
    let rest = bytes.len().saturating_sub(before.saturating_add(unlock));
    let vesting = rest / SEGMENT_BYTES;
    bytes.len() >= super::TERMS_BYTES_MIN
        && gates <= super::GATES_MAX
        && segments <= super::UNLOCK_SEGMENTS_MAX
        && rest.is_multiple_of(SEGMENT_BYTES)
        && (1..=super::VESTING_SEGMENTS_MAX).contains(&vesting)
}

/// The fixed fields, with an empty tail, and the powers still in bits.
struct Head {
    terms: Terms,
    powers: u16,
}

fn head(cursor: &mut Cursor<'_>) -> Option<Head> {
    let recipient = cursor.address()?;
    let amount = cursor.big(13)?;
    let start = narrow(cursor.big(5)?);
    let powers = narrow16(cursor.big(2)?);
    let terms = Terms {
        recipient,
        amount,
        start,
        powers: Powers::default(),
        grace_seconds: narrow32(cursor.big(4)?),
        backdate_seconds: narrow32(cursor.big(4)?),
        pause_max: narrow32(cursor.big(4)?),
        withhold_bps: narrow16(cursor.big(2)?),
        document: cursor.hash()?,
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::whole(),
    };
    Some(Head { terms, powers })
}

fn counts(cursor: &mut Cursor<'_>) -> Option<(usize, usize)> {
    Some((cursor.u8()?.into(), cursor.u8()?.into()))
}

fn gate(cursor: &mut Cursor<'_>, place: usize) -> Option<Result<Gate, TermsError>> {
    let mut cursor = Cursor(cursor.take(GATE_BYTES)?);
    let (goal, share_ppb) = (cursor.hash()?, narrow32(cursor.big(4)?));
    let rule = cursor.u8()?;
    let rule = Rule::from_bits(rule).ok_or(TermsError::Rule { place, rule });
    Some(rule.map(|rule| Gate {
        goal,
        share_ppb,
        rule,
    }))
}

fn unlock(cursor: &mut Cursor<'_>, segments: usize) -> Option<Result<Option<Unlock>, TermsError>> {
    if segments == 0 {
        return Some(Ok(None));
    }
    let start = narrow(cursor.big(5)?);
    let segments = segments_of(cursor.take(segments.checked_mul(SEGMENT_BYTES)?)?);
    let schedule = Schedule::new(segments).map_err(TermsError::Unlock);
    Some(schedule.map(|schedule| Some(Unlock { start, schedule })))
}

fn segments_of(bytes: &[u8]) -> Vec<Segment> {
    bytes
        .chunks_exact(SEGMENT_BYTES)
        .filter_map(segment)
        .collect()
}

fn segment(bytes: &[u8]) -> Option<Segment> {
    let mut cursor = Cursor(bytes);
    Some(Segment {
        end: narrow32(cursor.big(4)?),
        cumulative: narrow32(cursor.big(4)?),
        steps: narrow16(cursor.big(2)?),
    })
}

fn put_segments(bytes: &mut Vec<u8>, schedule: &Schedule) {
    for segment in schedule.segments() {
        put_big(bytes, segment.end.into(), 4);
        put_big(bytes, segment.cumulative.into(), 4);
        put_big(bytes, segment.steps.into(), 2);
    }
}
