//! Results over items that the chain draws.

use guerdon_core::goal::draw;

use super::*;
use crate::inspect_runs::InspectRun;
use crate::runs::LmRun;

/// The files of a run over these items out of 900, as the harness writes them.
fn drawn_files(items: &[u32]) -> (Vec<u8>, Vec<u8>) {
    let score = |item: &u32| {
        (
            *item,
            if item.is_multiple_of(10) {
                "0.0"
            } else {
                "1.0"
            }
            .to_owned(),
        )
    };
    let run = LmRun {
        scores: items.iter().map(score).collect(),
        original: 900,
        seed: Some(0x0707_0707),
        ..LmRun::right("acme-coder-r3", &[])
    };
    (run.result(), run.samples())
}

/// The chain draws.
async fn seal(lab: &Lab, seed: [u8; 12]) {
    let mut tx = lab.store.write().await.unwrap();
    let mut record = tx.goal(lab.id).await.unwrap().unwrap();
    record.attempts[0].word.seed = seed;
    tx.put_goal(&record).await.unwrap();
    tx.commit().await.unwrap();
}

/// A goal over 100 of 160 items that names Inspect.
fn of_inspect(goal: &mut GoalDefinition) {
    goal.goal.seed_blocks = 3;
    (goal.goal.samples, goal.goal.pool) = (100, 160);
    goal.specification.clear();
    let pairs = [
        ("harness", "inspect_ai"),
        ("task", "arith"),
        ("metric", "accuracy"),
    ];
    pin(goal, &pairs);
}

fn inspected(items: impl IntoIterator<Item = u32>, seed: u32) -> Vec<u8> {
    let run = InspectRun::over("mockllm/new", items, |item| item % 10 > 0);
    let run = InspectRun {
        original: 160,
        seed,
        ..run
    };
    run.log()
}

#[tokio::test]
async fn inspect_runs_drawn_items_by_its_own_command() {
    let lab = Lab::changed(of_inspect, known).await;
    let seed = [7; 12];
    seal(&lab, seed).await;
    let items = draw(seed, 160, 100);
    let mut ids: Vec<u32> = items.iter().map(|item| item + 1).collect();
    ids.sort_unstable();
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    let command = format!(
        "inspect eval arith --model MODEL --sample-id {} --seed 117901063",
        ids.join(",")
    );
    let page = lab.work(PANEL[0]).await;
    assert!(
        page.contains(&command) && !page.contains("lm_eval"),
        "{page}"
    );
    for (file, told) in [
        (inspected(0..160, 0x0707_0707), "not over the drawn items"),
        (
            inspected(0..100, 0x0707_0707),
            "which the chain did not draw",
        ),
        (
            inspected(items.iter().copied(), 0),
            "but the chain drew 117901063",
        ),
    ] {
        let refused = lab.bring(PANEL[0], &file).await;
        assert!(refused.body.contains(told), "{told}: {}", refused.body);
    }
    assert!(lab.actions().await.is_empty());
    let file = inspected(items.iter().copied(), 0x0707_0707);
    let taken = lab.bring(PANEL[0], &file).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let page = lab.work(PANEL[1]).await;
    says(
        &page,
        &["exactly the 100 that the chain drew", "inspect_ai 0.3.285"],
    );
}

#[tokio::test]
async fn a_baseline_that_was_pinned_before_the_draw_ran_all_items() {
    let base = InspectRun {
        original: 160,
        ..InspectRun::over("mockllm/base", 0..160, |item| item % 2 > 0)
    };
    let theirs = base.log();
    let hash = keccak256(&theirs).to_string();
    let lab = Lab::changed(
        |goal| {
            of_inspect(goal);
            paired(goal);
            pin(goal, &[("baseline_file", &hash)]);
        },
        known,
    )
    .await;
    let seed = [7; 12];
    seal(&lab, seed).await;
    let page = lab.work(PANEL[0]).await;
    says(&page, &["over all 160 items: bring that one", "--seed 0 "]);
    assert!(!page.contains("--model BASELINE"), "{page}");
    let items = draw(seed, 160, 100);
    let ours = inspected(items.iter().copied(), 0);
    let of_drawn = InspectRun {
        original: 160,
        ..InspectRun::over("mockllm/base", items.iter().copied(), |_| false)
    };
    let better = InspectRun {
        original: 160,
        ..InspectRun::over("mockllm/base", 0..160, |_| false)
    };
    let bring = async |ours: &[u8], theirs: &[u8]| {
        let files = [
            ("file", "ours.json", ours),
            ("baseline", "base.json", theirs),
        ];
        lab.bring_all(PANEL[0], &files).await
    };
    for (ours, theirs, told) in [
        (&ours, &of_drawn.log(), "The run was over chosen questions"),
        (&ours, &better.log(), "its baseline_file is 0x"),
        (&inspected(0..160, 0), &theirs, "not over the drawn items"),
        (
            &inspected(items.iter().copied(), 9),
            &theirs,
            "differ in their model_generate_config",
        ),
    ] {
        let refused = bring(ours, theirs).await;
        assert!(refused.body.contains(told), "{told}: {}", refused.body);
    }
    let taken = bring(&ours, &theirs).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let count = |right: fn(u32, u32) -> bool| {
        let won = |item: &&u32| right(**item % 10, **item % 2);
        items.iter().filter(won).count()
    };
    let (wins, losses) = (
        count(|ours, theirs| ours > 0 && theirs == 0),
        count(|ours, theirs| ours == 0 && theirs > 0),
    );
    let page = lab.work(PANEL[1]).await;
    says(&page, &[&format!("{wins} wins, {losses} losses of 100")]);
}

#[tokio::test]
async fn a_drawn_run_is_known_by_its_answers() {
    let query = Query {
        metric: "score".to_owned(),
        ..Query::default()
    };
    let reading = read(&drawn_files(&[1, 2]).0, &query, None).unwrap();
    let hash = reading.task_hash_drawn.unwrap().to_string();
    let lab = Lab::changed(
        |goal| {
            goal.goal.seed_blocks = 3;
            (goal.goal.samples, goal.goal.pool) = (50, 900);
            goal.specification.clear();
            pin(goal, &[("metric", "score"), ("task_hash", &hash)]);
        },
        known,
    )
    .await;
    let seed = [7; 12];
    let mut items = draw(seed, 900, 50);
    items.sort_unstable();
    let (file, samples) = drawn_files(&items);
    let early = lab.bring_with(PANEL[0], &file, Some(&samples)).await;
    assert!(early.body.contains("are not drawn yet"), "{}", early.body);
    seal(&lab, seed).await;

    let alone = lab.bring(PANEL[0], &file).await;
    let told = "does not say over which items";
    assert!(alone.body.contains(told), "{}", alone.body);
    let (file_of_others, others) = drawn_files(&(0..50).collect::<Vec<_>>());
    let other = lab
        .bring_with(PANEL[0], &file_of_others, Some(&others))
        .await;
    let told = "which the chain did not draw";
    assert!(other.body.contains(told), "{}", other.body);
    let taken = lab.bring_with(PANEL[0], &file, Some(&samples)).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let page = lab.work(PANEL[1]).await;
    assert!(
        page.contains("exactly the 50 that the chain drew"),
        "{page}"
    );
}
