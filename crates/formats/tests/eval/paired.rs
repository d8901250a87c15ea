//! A candidate against a baseline, from the files of both.

use alloy_primitives::keccak256;
use guerdon_core::goal::{Kind, lower_bound};
use guerdon_formats::eval::{PairFile, Pairing, Query, Side, pair};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::inspect_runs::InspectRun;
use crate::runs::LmRun;
use crate::support::{INSPECT, LIMIT_50, R2, R3, R3_SAMPLES, inspect_json, json as parsed, query};

fn files(run: &LmRun) -> (Vec<u8>, Vec<u8>) {
    (run.result(), run.samples())
}

fn paired(candidate: &(Vec<u8>, Vec<u8>), baseline: &(Vec<u8>, Vec<u8>)) -> Pairing {
    fn side((file, samples): &(Vec<u8>, Vec<u8>)) -> Side<'_> {
        Side {
            file,
            samples: Some(samples),
        }
    }
    pair(side(candidate), side(baseline), &query("score")).unwrap()
}

fn refusal(candidate: &(Vec<u8>, Vec<u8>), baseline: &(Vec<u8>, Vec<u8>)) -> String {
    let pairing = paired(candidate, baseline);
    assert!(!pairing.decides);
    assert_eq!((pairing.wins, pairing.losses, pairing.ties), (0, 0, 0));
    pairing.reason.unwrap()
}

/// The answers of release 2 of the demo, whose samples were not kept: 355 of 500 are right.
fn r2_samples() -> Vec<u8> {
    let text = std::str::from_utf8(R3_SAMPLES).unwrap();
    let mut right = 0;
    let lines = text.lines().map(|line| {
        let mut sample: Value = serde_json::from_str(line).unwrap();
        if sample["filter"] == "strict-match" && sample["exact_match"] == 1.0 {
            right += 1;
            sample["exact_match"] = json!(f64::from(u8::from(right <= 355)));
        }
        sample.to_string() + "\n"
    });
    lines.collect::<String>().into_bytes()
}

#[test]
fn release_3_against_release_2_is_counted_item_by_item() {
    let baseline = r2_samples();
    let asked = query("exact_match,strict-match");
    let side = |file, samples| Side { file, samples };
    let ours = side(R3, Some(R3_SAMPLES));
    let found = pair(ours, side(R2, Some(&baseline)), &asked).unwrap();
    assert_eq!(found.reason, None);
    assert_eq!((found.wins, found.losses, found.ties), (73, 0, 427));
    assert_eq!(
        (found.candidate.correct, found.baseline.correct),
        (428, 355)
    );
    let names = PairFile::decode(&found.files.encode()).unwrap();
    assert_eq!(names, found.files);
    assert_eq!(names.candidate.result, keccak256(R3));
    assert_eq!(names.baseline.answers, Some(keccak256(&baseline)));
    assert_eq!(found.evidence, keccak256(found.files.encode()));
    for bare in [
        pair(side(R3, None), side(R2, Some(&baseline)), &asked),
        pair(side(R3, Some(R3_SAMPLES)), side(R2, None), &asked),
    ] {
        let reason = bare.unwrap().reason.unwrap();
        assert!(reason.contains("has no answers one by one"), "{reason}");
    }
    let limited = pair(side(R3, Some(R3_SAMPLES)), side(LIMIT_50, None), &asked).unwrap();
    let reason = limited.reason.unwrap();
    assert!(reason.starts_with("The baseline's file must not decide: The run was limited"));
    let forged = pair(ours, side(R2, Some(R3_SAMPLES)), &asked).unwrap();
    let reason = forged.reason.unwrap();
    assert_eq!(reason, "The two files are one and the same run.");
    let torn = pair(ours, side(b"{", None), &asked).unwrap_err();
    assert!(
        torn.to_string().starts_with("The baseline's file: "),
        "{torn}"
    );
}

#[test]
fn runs_that_are_not_comparable_decide_nothing() {
    let base = LmRun::right("base", &[true, false, true, false]);
    let candidate = LmRun {
        model: "new",
        ..LmRun::right("new", &[true, true, true, true])
    };
    let ours = files(&candidate);
    assert_eq!(paired(&ours, &files(&base)).wins, 2);
    let other = |change: fn(&mut LmRun)| {
        let mut run = base.clone();
        change(&mut run);
        refusal(&ours, &files(&run))
    };
    for (change, want) in [
        (
            (|run| _ = run.scores.pop()) as fn(&mut LmRun),
            "Only 3 of 4 questions were asked.",
        ),
        (
            |run| run.scores[3].0 = 9,
            "The candidate does not answer item 9, which the baseline answers.",
        ),
        (
            |run| run.prompt = "Think first.",
            "Item 0 was asked differently in the two runs: the prompts differ.",
        ),
        (
            |run| run.fewshot_seed = 7,
            "The two runs differ in their fewshot_seed: 1234 and 7.",
        ),
        (
            |run| run.scores[1].1 = "0.5".to_owned(),
            "is no whole number of right answers",
        ),
        (
            |run| run.scores[2] = run.scores[1].clone(),
            "repeats a question",
        ),
    ] {
        let got = other(change);
        assert!(got.contains(want), "{want}: {got}");
    }
    let mut config = parsed(&base.result());
    config["configs"]["arith"]["num_fewshot"] = json!(5);
    let config = (serde_json::to_vec(&config).unwrap(), base.samples());
    assert!(refusal(&ours, &config).contains("configuration of the task"));
    let mut version = parsed(&base.result());
    version["lm_eval_version"] = json!("0.4.9");
    let version = (serde_json::to_vec(&version).unwrap(), base.samples());
    let want = "The two runs differ in their harness: lm_eval 0.4.13 and lm_eval 0.4.9.";
    assert_eq!(refusal(&ours, &version), want);
    assert!(refusal(&ours, &ours).contains("one and the same run"));
}

/// The log of Inspect with its first right answers made wrong, by a model of another name.
fn worse(count: usize) -> Vec<u8> {
    let mut log = parsed(&inspect_json());
    let mut left = count;
    for sample in log["samples"].as_array_mut().unwrap() {
        let value = &mut sample["scores"]["match"]["value"];
        if left > 0 && *value == "C" {
            *value = json!("I");
            left -= 1;
        }
    }
    let right = 165.0 - count as f64;
    let share = right / 200.0;
    let stderr = (share * (1.0 - share) / 199.0).sqrt();
    let metrics = &mut log["results"]["scores"][0]["metrics"];
    metrics["accuracy"]["value"] = json!(share);
    metrics["stderr"]["value"] = json!(stderr);
    log["eval"]["model"] = json!("openai-api/acme/acme-coder-r2");
    serde_json::to_vec(&log).unwrap()
}

#[test]
fn logs_of_inspect_are_compared_without_other_files() {
    let side = |file| Side {
        file,
        samples: None,
    };
    let baseline = worse(12);
    let asked = query("accuracy,match");
    // The archive against the one JSON file: what counts is what they hold.
    let found = pair(side(INSPECT), side(&baseline), &asked).unwrap();
    assert_eq!(found.reason, None);
    assert_eq!((found.wins, found.losses, found.ties), (12, 0, 188));
    assert_eq!(found.files.candidate.answers, None);
    let mut changed = parsed(&baseline);
    changed["samples"][4]["input"] = json!("Compute 1 * 1.");
    let changed = serde_json::to_vec(&changed).unwrap();
    let reason = pair(side(INSPECT), side(&changed), &asked).unwrap().reason;
    assert!(reason.unwrap().contains("is not the same in the two files"));
    let mut warmer = parsed(&baseline);
    warmer["eval"]["model_generate_config"]["temperature"] = json!(0.7);
    let warmer = serde_json::to_vec(&warmer).unwrap();
    let reason = pair(side(INSPECT), side(&warmer), &asked).unwrap().reason;
    assert!(reason.unwrap().contains("model_generate_config"));
    // A log of Inspect is no baseline of another harness.
    let lm = Side {
        file: R3,
        samples: Some(R3_SAMPLES),
    };
    let any = Query {
        filter: None,
        ..asked
    };
    assert!(pair(side(INSPECT), lm, &any).is_err());
}

const WHOLE: &[u8] = include_bytes!("../data/evals/inspect-arith-whole.eval");
const DRAWN: &[u8] = include_bytes!("../data/evals/inspect-arith-drawn.eval");

/// Over the items 3, 7, 11 and 38 out of 40, against a baseline over all of them.
fn against_whole(metric: &str) -> Query {
    Query {
        drawn: vec![11, 3, 38, 7],
        pool: 40,
        whole_baseline: true,
        ..query(metric)
    }
}

/// A run over these items out of 40.
fn over(model: &'static str, items: &[u32], right: fn(u32) -> bool) -> LmRun {
    let score = |item: &u32| (*item, if right(*item) { "1.0" } else { "0.0" }.to_owned());
    LmRun {
        scores: items.iter().map(score).collect(),
        original: 40,
        ..LmRun::right(model, &[])
    }
}

/// The candidate right on 3, 7 and 11 and wrong on 38, against these files.
fn drawn_against(theirs: &(Vec<u8>, Vec<u8>), asked: &Query) -> Pairing {
    let ours = files(&over("new", &[3, 7, 11, 38], |item| item != 38));
    let [ours, theirs] = [&ours, theirs].map(|(file, samples)| Side {
        file,
        samples: Some(samples),
    });
    pair(ours, theirs, asked).unwrap()
}

#[test]
fn drawn_items_are_compared_with_a_baseline_that_ran_them_all() {
    let asked = against_whole("score");
    let all: Vec<u32> = (0..40).collect();
    let of = |items: &[u32], right| files(&over("base", items, right));
    let base = of(&all, |item| item >= 11);
    let found = drawn_against(&base, &asked);
    assert_eq!(found.reason, None);
    // 3 and 7 are won, 38 is lost, 11 is tied; what the baseline answered to others is no matter.
    assert_eq!((found.wins, found.losses, found.ties), (2, 1, 1));
    assert_eq!((found.candidate.samples, found.baseline.samples), (4, 40));
    let elsewhere = drawn_against(&of(&all, |item| item == 11 || item == 38), &asked);
    assert_eq!((elsewhere.wins, elsewhere.losses), (2, 1));
    for (theirs, asked, want) in [
        (
            of(&[3, 7, 11, 38], |_| false),
            asked.clone(),
            "The baseline's file must not decide: Only 4 of 40 questions were asked.",
        ),
        (
            files(&LmRun::right("base", &[false; 39])),
            asked.clone(),
            "over 39 items, but the chain drew out of 40",
        ),
        (
            base.clone(),
            Query {
                whole_baseline: false,
                ..asked.clone()
            },
            "The baseline's file must not decide: The samples file answers item 0",
        ),
        (
            files(&LmRun {
                prompt: "Think first.",
                ..LmRun::right("base", &[false; 40])
            }),
            asked.clone(),
            "Item 11 was asked differently",
        ),
        (
            files(&LmRun {
                seed: Some(7),
                ..LmRun::right("base", &[false; 40])
            }),
            asked.clone(),
            "differ in their random_seed: 0 and 7",
        ),
        (
            files(&LmRun::right("new", &[false; 40])),
            asked.clone(),
            "of the same model, new",
        ),
    ] {
        let found = drawn_against(&theirs, &asked);
        assert!(!found.decides);
        let reason = found.reason.unwrap();
        assert!(reason.contains(want), "{want}: {reason}");
    }
}

#[test]
fn logs_of_inspect_over_drawn_items_are_compared_with_one_over_them_all() {
    let asked = against_whole("accuracy,match");
    let told = |ours: &[u8], theirs: &[u8]| {
        let [ours, theirs] = [ours, theirs].map(|file| Side {
            file,
            samples: None,
        });
        pair(ours, theirs, &asked).unwrap()
    };
    // Written by Inspect itself: the baseline is wrong on every third item, the candidate on every
    // seventh.
    let found = told(DRAWN, WHOLE);
    assert_eq!(found.reason, None);
    assert_eq!((found.wins, found.losses, found.ties), (1, 1, 2));
    let ours = InspectRun::over("mockllm/new", [3, 7, 11, 38], |item| item != 38);
    let base = InspectRun::over("mockllm/base", 0..40, |item| item >= 11);
    let found = told(&ours.log(), &base.log());
    assert_eq!(found.reason, None);
    assert_eq!((found.wins, found.losses, found.ties), (2, 1, 1));
    let other = |pointer: &str, value: Value| {
        let mut document = base.document();
        *document.pointer_mut(pointer).unwrap() = value;
        told(&ours.log(), document.to_string().as_bytes())
            .reason
            .unwrap()
    };
    for (pointer, value, want) in [
        (
            "/samples/3/input",
            json!("Compute 1 + 1."),
            "Item 4 is not the same in the two files",
        ),
        (
            "/samples/3/target",
            json!("7"),
            "Item 4 is not the same in the two files",
        ),
        (
            "/plan/config/seed",
            json!(5),
            "differ in their seed: 0 and 5",
        ),
        (
            "/plan/steps/0/solver",
            json!("plan"),
            "configuration of the task",
        ),
        (
            "/eval/dataset/shuffled",
            json!(true),
            "configuration of the task",
        ),
        (
            "/eval/model_generate_config/seed",
            json!(5),
            "model_generate_config",
        ),
    ] {
        let reason = other(pointer, value);
        assert!(reason.contains(want), "{want}: {reason}");
    }
    // A choice of items is no run over them all, even if it is the same choice.
    let chosen = InspectRun::over("mockllm/base", [3, 7, 11, 38], |_| false);
    let reason = told(&ours.log(), &chosen.log()).reason.unwrap();
    assert!(reason.contains("The baseline's file must not decide: The run was over chosen"));
    let fewer = InspectRun {
        original: 39,
        ..InspectRun::over("mockllm/base", 0..39, |_| false)
    };
    let reason = told(&ours.log(), &fewer.log()).reason.unwrap();
    assert!(
        reason.contains("over 39 items, but the chain drew out of 40"),
        "{reason}"
    );
}

#[test]
fn what_two_files_say_is_what_the_contract_decides_by() {
    let vectors = include_str!("../../../../vectors/bounds.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let column =
        |name: &str, row: usize| -> i64 { vectors[name][row].as_str().unwrap().parse().unwrap() };
    let mut tried = 0;
    for row in 0..vectors["kind"].as_array().unwrap().len() {
        let samples = column("samples", row);
        if column("kind", row) != 1 || samples > 1_000 {
            continue;
        }
        let (x, y) = (column("x", row), column("y", row));
        let rights: (Vec<bool>, Vec<bool>) = (0..samples)
            .map(|item| match item {
                item if item < x => (true, false),
                item if item < x + y => (false, true),
                item => (item % 2 == 0, item % 2 == 0),
            })
            .unzip();
        let candidate = files(&LmRun::right("new", &rights.0));
        let found = paired(&candidate, &files(&LmRun::right("base", &rights.1)));
        assert_eq!(found.reason, None);
        let (samples, bound) = (samples.try_into().unwrap(), column("bound", row));
        let (wins, losses) = (found.wins.into(), found.losses.into());
        let lower = lower_bound(
            Kind::Paired,
            bound.try_into().unwrap(),
            samples,
            wins,
            losses,
        );
        assert_eq!(lower, Ok(column("lower", row)), "row {row}");
        tried += 1;
    }
    assert!(tried > 40, "{tried}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_lines_does_not_matter_and_one_answer_moves_one_item(
        rights in prop::collection::vec(any::<(bool, bool)>(), 2..60),
        place in any::<prop::sample::Index>(),
        turn in any::<prop::sample::Index>(),
    ) {
        let (mut ours, theirs): (Vec<bool>, Vec<bool>) = rights.into_iter().unzip();
        let baseline = files(&LmRun::right("base", &theirs));
        let counts = |run: &LmRun| {
            let found = paired(&files(run), &baseline);
            assert_eq!(found.reason, None);
            (found.wins, found.losses, found.ties)
        };
        let run = LmRun::right("new", &ours);
        let before = counts(&run);
        let mut turned = run;
        let by = turn.index(ours.len());
        turned.scores.rotate_left(by);
        prop_assert_eq!(counts(&turned), before);
        let place = place.index(ours.len());
        ours[place] = !ours[place];
        let after = counts(&LmRun::right("new", &ours));
        let want = match (ours[place], theirs[place]) {
            (true, true) => (before.0, before.1 - 1, before.2 + 1),
            (true, false) => (before.0 + 1, before.1, before.2 - 1),
            (false, true) => (before.0, before.1 + 1, before.2 - 1),
            (false, false) => (before.0 - 1, before.1, before.2 + 1),
        };
        prop_assert_eq!(after, want);
    }
}
