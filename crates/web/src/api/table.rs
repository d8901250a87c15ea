//! Every operation.

use std::sync::LazyLock;

use guerdon_store::Scope;

use super::endpoint::{Endpoint, Param, Run};
use super::{events, goals, grants, imports, jobs, people, plans, pool, webhooks};

/// All of them, in the order of the document.
pub(super) fn all() -> &'static [Endpoint] {
    static ALL: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
        let parts = [
            reads(),
            of_grants(),
            of_company(),
            of_sheets(),
            of_events(),
            acts(),
        ];
        parts.into_iter().flatten().collect()
    });
    &ALL
}

const AS_OF: &[Param] = &[Param::AsOf];
const PAGED: &[Param] = &[Param::AsOf, Param::Cursor, Param::Limit];

/// Something that is read: path, name, summary.
fn read(
    (path, id, summary): (&'static str, &'static str, &'static str),
    (scope, tag): (Scope, &'static str),
    query: &'static [Param],
    (answer, run): (&'static str, Run),
) -> Endpoint {
    Endpoint {
        path,
        id,
        scope,
        tag,
        summary,
        query,
        body: None,
        answer,
        run,
    }
}

fn reads() -> Vec<Endpoint> {
    let (grants, results) = (
        (Scope::ReadGrants, "Grants"),
        (Scope::ReadResults, "Results"),
    );
    vec![
        read(
            ("/overview", "overview", "What is promised and paid in all"),
            grants,
            AS_OF,
            ("Overview", Run::Reads(pool::overview)),
        ),
        read(
            ("/rounds", "rounds", "Rounds"),
            grants,
            PAGED,
            ("RoundPage", Run::Reads(pool::rounds)),
        ),
        read(
            ("/rounds/{root}", "round", "One round"),
            grants,
            AS_OF,
            ("RoundAnswer", Run::Reads(pool::round)),
        ),
        read(
            ("/goals", "goals", "Goals"),
            results,
            PAGED,
            ("GoalPage", Run::Reads(goals::list)),
        ),
        read(
            ("/goals/{id}", "goal", "One goal"),
            results,
            AS_OF,
            ("GoalAnswer", Run::Reads(goals::one)),
        ),
        read(
            ("/goals/{id}/attempts", "attempts", "Attempts at a goal"),
            results,
            PAGED,
            ("AttemptPage", Run::Reads(goals::attempts)),
        ),
    ]
}

fn of_grants() -> Vec<Endpoint> {
    const FILTERED: &[Param] = &[
        Param::AsOf,
        Param::Round,
        Param::Holder,
        Param::State,
        Param::Cursor,
        Param::Limit,
    ];
    let grants = (Scope::ReadGrants, "Grants");
    vec![
        read(
            ("/grants", "grants", "Grants, opened or still to be opened"),
            grants,
            FILTERED,
            ("GrantPage", Run::Reads(grants::list)),
        ),
        read(
            (
                "/grants/{id}",
                "grant",
                "One grant, opened or still to be opened",
            ),
            grants,
            AS_OF,
            ("GrantAnswer", Run::Reads(grants::one)),
        ),
        read(
            (
                "/grants/{id}/events",
                "grant_events",
                "What happened to a grant",
            ),
            grants,
            PAGED,
            ("EventPage", Run::Reads(grants::events)),
        ),
    ]
}

fn of_company() -> Vec<Endpoint> {
    const LISTED: &[Param] = &[Param::Cursor, Param::Limit];
    let people = (Scope::ReadPeople, "People");
    vec![
        read(
            ("/people", "people", "The people list"),
            people,
            LISTED,
            ("PersonPage", Run::Reads(people::list)),
        ),
        read(
            ("/people/{person}", "person", "One person"),
            people,
            &[],
            ("PersonAnswer", Run::Reads(people::one)),
        ),
        Endpoint {
            body: Some("NewPerson"),
            scope: Scope::PeopleWrite,
            ..read(
                ("/people", "add_person", "Put a person onto the list"),
                people,
                &[],
                ("Added", Run::Writes(people::add)),
            )
        },
        read(
            (
                "/jobs/scheduled",
                "scheduled_calls",
                "The company's scheduled calls, the newest first",
            ),
            (Scope::ReadJobs, "Jobs"),
            LISTED,
            ("OperationPage", Run::Reads(jobs::scheduled)),
        ),
        read(
            (
                "/jobs/keeper",
                "keeper_jobs",
                "The keeper's transactions, the newest first",
            ),
            (Scope::ReadJobs, "Jobs"),
            LISTED,
            ("JobPage", Run::Reads(jobs::keeper)),
        ),
    ]
}

fn of_events() -> Vec<Endpoint> {
    let hooks = (Scope::WebhooksWrite, "Events");
    vec![
        read(
            (
                "/events",
                events::LIST,
                "What happened, in order; a stream with `Accept: text/event-stream`",
            ),
            (Scope::ReadEvents, "Events"),
            &[Param::After, Param::Limit],
            ("ToldEventPage", Run::Reads(events::list)),
        ),
        read(
            ("/webhooks", "webhooks", "Where events are sent"),
            hooks,
            &[],
            ("WebhookList", Run::Reads(webhooks::list)),
        ),
        Endpoint {
            body: Some("NewWebhook"),
            ..read(
                ("/webhooks", "add_webhook", "Send events to a receiver"),
                hooks,
                &[],
                ("WebhookAnswer", Run::Writes(webhooks::add)),
            )
        },
        read(
            (
                "/webhooks/{webhook}",
                "remove_webhook",
                "Send nothing there any more",
            ),
            hooks,
            &[],
            ("WebhookAnswer", Run::Removes(webhooks::remove)),
        ),
    ]
}

fn of_sheets() -> Vec<Endpoint> {
    let sheets = (Scope::ImportWrite, "Sheets");
    let post = |what, body, answer| Endpoint {
        body: Some(body),
        ..read(what, sheets, &[], answer)
    };
    vec![
        post(
            ("/imports", "begin_import", "Send a sheet of grants"),
            "NewImport",
            ("Begun", Run::Does(imports::begin)),
        ),
        read(
            (
                "/imports/{import}",
                "import",
                "A sheet, and what is wrong with it",
            ),
            sheets,
            &[],
            ("ImportAnswer", Run::Asks(imports::one)),
        ),
        post(
            (
                "/imports/{import}/commit",
                "commit_import",
                "Make a round of a sheet, and get the call that commits it",
            ),
            "CommitImport",
            ("ImportedRound", Run::Does(imports::commit)),
        ),
        post(
            (
                "/imports/{import}/discard",
                "discard_import",
                "Forget a sheet that was not imported",
            ),
            "Nothing",
            ("Begun", Run::Writes(imports::discard)),
        ),
    ]
}

/// Calls to sign: path, name, summary, body.
const ACTS: [[&str; 4]; 15] = [
    ["/grants/{id}/plans/end", "plan_end", "End a grant", "End"],
    [
        "/grants/{id}/plans/withdraw-end",
        "plan_withdraw_end",
        "Take back an end that lies ahead",
        "Nothing",
    ],
    [
        "/grants/{id}/plans/pause",
        "plan_pause",
        "Stop a grant's clock",
        "Nothing",
    ],
    [
        "/grants/{id}/plans/resume",
        "plan_resume",
        "Let it run again",
        "Nothing",
    ],
    [
        "/grants/{id}/plans/accelerate",
        "plan_accelerate",
        "Set a grant's clock forward",
        "Accelerate",
    ],
    [
        "/grants/{id}/plans/lower-withholding",
        "plan_lower_withholding",
        "Lower what is withheld",
        "LowerWithholding",
    ],
    [
        "/grants/{id}/plans/settle",
        "plan_settle",
        "Fix the final amount",
        "Nothing",
    ],
    [
        "/grants/{id}/plans/waive",
        "plan_waive",
        "Give up what is not vested",
        "Nothing",
    ],
    [
        "/grants/{id}/plans/hold",
        "plan_hold",
        "Let nobody but the holder claim",
        "Nothing",
    ],
    [
        "/grants/{id}/plans/release",
        "plan_release",
        "Let anyone call for payment again",
        "Nothing",
    ],
    [
        "/grants/{id}/plans/move",
        "plan_move",
        "Name another account as the holder",
        "To",
    ],
    [
        "/grants/{id}/plans/announce-recovery",
        "plan_announce_recovery",
        "Announce another account, for a lost key",
        "To",
    ],
    [
        "/grants/{id}/plans/execute-recovery",
        "plan_execute_recovery",
        "Make the announced account the holder",
        "Nothing",
    ],
    [
        "/grants/{id}/plans/clear-recovery",
        "plan_clear_recovery",
        "Clear a recovery that lapsed",
        "Nothing",
    ],
    [
        "/grants/{id}/plans/veto",
        "plan_veto",
        "Cancel the announced recovery",
        "Nothing",
    ],
];

fn acts() -> Vec<Endpoint> {
    let plan = |[path, id, summary, body]: [&'static str; 4], run| Endpoint {
        body: Some(body),
        ..read(
            (path, id, summary),
            (Scope::PlanWrite, "Plans"),
            &[],
            ("PlanAnswer", Run::Plans(run)),
        )
    };
    let mut all: Vec<_> = ACTS.iter().map(|row| plan(*row, plans::act)).collect();
    let claim = [
        "/grants/{id}/plans/claim",
        "plan_claim",
        "Claim a grant",
        "Nothing",
    ];
    all.push(plan(claim, plans::claim));
    let open = [
        "/grants/{id}/plans/open",
        "plan_open",
        "Open a grant",
        "Nothing",
    ];
    all.push(plan(open, plans::open));
    let commit = [
        "/rounds/{root}/plans/commit",
        "plan_commit",
        "Commit a round",
        "Commit",
    ];
    all.push(plan(commit, plans::commit));
    let rescind = [
        "/rounds/{root}/plans/rescind",
        "plan_rescind",
        "Take a round back before it is binding",
        "Nothing",
    ];
    all.push(plan(rescind, plans::rescind));
    all
}
