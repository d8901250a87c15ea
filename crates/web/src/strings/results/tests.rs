use guerdon_core::goal::{AttemptStatus, GoalRefused};

use super::*;
use crate::results::Name;
use crate::strings::snapshot::check;

#[test]
fn tasks_and_steps_are_said_in_words() {
    use Task::*;
    let tasks = [
        Begin,
        Accept,
        Register,
        Draw,
        Bring,
        BringBoth,
        BringScores,
        BringNumber,
        Sign,
        Propose,
        Object,
        Expire,
        Finalize,
        Decide,
        AnswerDemand,
        Close,
        TakeBond,
    ];
    let mut all: Vec<String> = tasks.iter().map(|it| task(*it).to_owned()).collect();
    for name in Name::ALL {
        for words in [heading(name), lead(name), button(name), undo(name)] {
            all.push(words.to_owned());
        }
    }
    all.extend([due(0), due(1), due(3), definition_unknown("product_500")]);
    check(include_str!("../snapshots/results.txt"), &all);
}

#[test]
fn refusals_give_dates_and_not_seconds() {
    let zone = TimeZone::UTC;
    let late = GoalRefused::TooLate {
        deadline: 1_846_022_400,
    };
    assert_eq!(
        refused(&late, &zone),
        "It is too late: this could be done until 1 Jul 2028, 00:00."
    );
    let wrong = GoalRefused::WrongStatus {
        status: AttemptStatus::Finished,
    };
    assert_eq!(
        refused(&wrong, &zone),
        "The attempt is final: nothing changes it any more."
    );
    assert_eq!(
        refused(&GoalRefused::NotDemanded, &zone),
        "No run is demanded."
    );
}
