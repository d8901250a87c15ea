//! What is due from whom at a goal, by its state and what was signed here.

use alloy_primitives::{Address, B256};
use guerdon_core::PPB;
use guerdon_core::goal::{AttemptStatus, GoalFlags, Kind};
use guerdon_core::ledger::AttemptRecord;

use super::desk::Desk;
use super::papers::Sheet;
use crate::access::Part;

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    /// The sponsor names the model of the next attempt.
    Begin,
    /// A member accepts the next attempt.
    Accept,
    /// The sponsor registers what a member accepted.
    Register,
    /// Anyone lets the chain draw the items.
    Draw,
    /// A result file is to be brought.
    Bring,
    /// The files of a candidate and of its baseline are to be brought.
    BringBoth,
    /// A measurement is to be brought, or a result file with scores.
    BringScores,
    /// A number is to be brought, with its evidence.
    BringNumber,
    /// A member signs a result that was read.
    Sign,
    /// Enough members signed: anyone puts the result on the chain.
    Propose,
    /// A result may be challenged.
    Object,
    /// Nobody reported in time.
    Expire,
    /// The window is over.
    Finalize,
    /// The arbiter decides a challenge.
    Decide,
    /// The arbiter may refuse a demand.
    AnswerDemand,
    /// Nothing can change any more, and nobody said so to the chain.
    Close,
    /// A bond waits for its owner.
    TakeBond,
}

/// Something that is due from the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) goal: B256,
    pub(crate) title: String,
    pub(crate) attempt: Option<u16>,
    pub(crate) part: Option<Part>,
    pub(crate) task: Task,
    /// The last second for it, Unix; none if it has no end.
    pub(crate) by: Option<u64>,
}

impl Due {
    /// Where it is done.
    pub(crate) fn href(&self) -> String {
        let goal = format!("/goals/{}", self.goal);
        let attempt = |what: &str| {
            let number = self.attempt.unwrap_or_default();
            format!("{goal}/attempts/{number}/{what}")
        };
        match self.task {
            Task::Begin
            | Task::Accept
            | Task::Register
            | Task::Bring
            | Task::BringBoth
            | Task::BringScores
            | Task::BringNumber
            | Task::Sign
            | Task::Propose => attempt("work"),
            Task::Draw => attempt("seal"),
            Task::Object => attempt("challenge"),
            Task::Expire => attempt("expire"),
            Task::Finalize => attempt("finalize"),
            Task::Decide => attempt("resolve"),
            Task::AnswerDemand => format!("{goal}/refuse"),
            Task::Close => format!("{goal}/close"),
            Task::TakeBond => format!("{goal}/withdraw-bond"),
        }
    }
}

/// What is due at a goal from somebody who is these parts of it, at a time of the chain.
pub(super) fn due(desk: &Desk, parts: &[(Part, Address)], now: u64) -> Vec<Due> {
    let asking = Asking { desk, parts, now };
    let mut found = Vec::new();
    if desk.record.state.has(GoalFlags::FINAL) || parts.is_empty() {
        return found;
    }
    for attempt in &desk.record.attempts {
        let tasks = asking.of_attempt(attempt);
        found.extend(
            tasks
                .into_iter()
                .map(|it| asking.due(Some(attempt.number), it)),
        );
    }
    let next = asking.of_next().into_iter();
    found.extend(next.map(|it| asking.due(Some(desk.next()), it)));
    found.extend(asking.of_goal().into_iter().map(|it| asking.due(None, it)));
    found
}

/// A task, who does it, and until when.
type Found = (Task, Part, Option<u64>);

struct Asking<'a> {
    desk: &'a Desk,
    parts: &'a [(Part, Address)],
    now: u64,
}

impl Asking<'_> {
    fn due(&self, attempt: Option<u16>, (task, part, by): Found) -> Due {
        Due {
            goal: self.desk.record.id,
            title: self.desk.title(),
            attempt,
            part: Some(part),
            task,
            by,
        }
    }

    fn wallet(&self, part: Part) -> Option<Address> {
        let mut parts = self.parts.iter();
        parts.find(|(is, _)| *is == part).map(|(_, wallet)| *wallet)
    }

    fn first(&self) -> Part {
        self.parts.first().map_or(Part::Member, |(part, _)| *part)
    }

    fn of_attempt(&self, attempt: &AttemptRecord) -> Vec<Found> {
        let word = &attempt.word;
        let over = self.now > word.deadline;
        let by = Some(word.deadline);
        match word.status {
            AttemptStatus::Registered if over => vec![(Task::Expire, self.first(), None)],
            AttemptStatus::Registered => self.of_running(attempt),
            AttemptStatus::Proposed | AttemptStatus::Challenged if over => {
                vec![(Task::Finalize, self.first(), None)]
            }
            AttemptStatus::Proposed => vec![(Task::Object, self.first(), by)],
            AttemptStatus::Challenged => match self.wallet(Part::Arbiter) {
                Some(_) => vec![(Task::Decide, Part::Arbiter, by)],
                None => Vec::new(),
            },
            AttemptStatus::None | AttemptStatus::Finished | AttemptStatus::Void => Vec::new(),
        }
    }

    fn of_running(&self, attempt: &AttemptRecord) -> Vec<Found> {
        let (desk, by) = (self.desk, Some(attempt.word.deadline));
        if desk.record.goal.seed_blocks > 0 && attempt.word.seed == [0; 12] {
            return vec![(Task::Draw, self.first(), by)];
        }
        let sheets: Vec<&Sheet> = desk.results(attempt.number).collect();
        let enough = |sheet: &&Sheet| desk.count(sheet.paper.digest) >= desk.record.m;
        if sheets.iter().any(enough) {
            return vec![(Task::Propose, self.first(), by)];
        }
        let member = self.wallet(Part::Member);
        let signs = |sheet: &&&Sheet| {
            member.is_some_and(|member| desk.has_signed(sheet.paper.digest, member))
        };
        let bring = match desk.record.goal.kind {
            Kind::Proportion => Task::Bring,
            Kind::Paired => Task::BringBoth,
            Kind::Measure => Task::BringScores,
            Kind::Count => Task::BringNumber,
        };
        match (member, self.wallet(Part::Sponsor)) {
            (None, None) => Vec::new(),
            (None, Some(_)) if sheets.is_empty() => vec![(bring, Part::Sponsor, by)],
            (None, Some(_)) => Vec::new(),
            (Some(_), _) if sheets.is_empty() => vec![(bring, Part::Member, by)],
            (Some(_), _) if sheets.iter().any(|sheet| signs(&sheet)) => Vec::new(),
            (Some(_), _) => vec![(Task::Sign, Part::Member, by)],
        }
    }

    /// The attempt that comes next, if there can be one.
    fn of_next(&self) -> Vec<Found> {
        let (record, desk) = (&self.desk.record, self.desk);
        let (goal, state) = (&record.goal, &record.state);
        let open = self.now >= goal.opens && self.now <= state.closes;
        if !open || state.attempts_left(goal.attempts) == 0 || state.fraction == PPB {
            return Vec::new();
        }
        let sheets: Vec<&Sheet> = desk.accepts(desk.next(), self.now).collect();
        let mut found = Vec::new();
        let until = |sheet: &Sheet| match &sheet.asked {
            super::papers::Asked::Accept(accept) => Some(accept.deadline.min(state.closes)),
            super::papers::Asked::Result(_) => None,
        };
        if let Some(member) = self.wallet(Part::Member) {
            let open = sheets
                .iter()
                .filter(|sheet| desk.count(sheet.paper.digest) == 0);
            let mut unsigned = open.filter(|sheet| !desk.has_signed(sheet.paper.digest, member));
            if let Some(sheet) = unsigned.next() {
                found.push((Task::Accept, Part::Member, until(sheet)));
            }
        }
        if self.wallet(Part::Sponsor).is_some() {
            let accepted = sheets
                .iter()
                .find(|sheet| desk.count(sheet.paper.digest) > 0);
            match accepted {
                Some(sheet) => found.push((Task::Register, Part::Sponsor, until(sheet))),
                None if sheets.is_empty() && state.pending == 0 => {
                    found.push((Task::Begin, Part::Sponsor, Some(state.closes)));
                }
                None => {}
            }
        }
        found
    }

    fn of_goal(&self) -> Vec<Found> {
        let state = &self.desk.record.state;
        let mut found = Vec::new();
        if state.has(GoalFlags::DEMANDED) && self.wallet(Part::Arbiter).is_some() {
            found.push((Task::AnswerDemand, Part::Arbiter, Some(state.closes)));
        }
        if guerdon_core::goal::close(&self.desk.record.goal, state, self.now).is_ok() {
            found.push((Task::Close, self.first(), None));
        }
        found
    }
}
