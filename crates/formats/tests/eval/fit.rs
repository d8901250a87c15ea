//! Whether files decide a goal: what its specification names is what they say.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_core::goal::{Goal, Kind, panel_hash};
use guerdon_formats::eval::{
    Counts, Harness, Misfit, Pairing, Query, Side, fits, fits_pair, pair, read, run_seed,
    whole_baseline,
};
use guerdon_formats::goal_file::GoalDefinition;
use serde_json::{Value, json};

use crate::runs::LmRun;
use crate::support::{inspect_json, json as parsed, query};

fn goal(kind: Kind, samples: u32, names: &[(&str, &str)]) -> GoalDefinition {
    let panel = vec![Address::repeat_byte(7)];
    let goal = Goal {
        kind,
        threshold: 1,
        stretch: 1,
        base_ppb: 0,
        default_ppb: 0,
        bound: 1,
        attempts: 1,
        max_voids: 0,
        samples,
        pool: samples,
        guards: 0,
        opens: 1,
        closes: 2,
        run_seconds: 3,
        challenge_seconds: 4,
        arbiter_seconds: 5,
        seed_blocks: 0,
        sponsor: Address::repeat_byte(1),
        panel: panel_hash(1, &panel),
        arbiter: Address::repeat_byte(3),
        bond_token: Address::repeat_byte(4),
        bond: 5,
        data: B256::repeat_byte(6),
        spec: B256::ZERO,
    };
    let pairs = names.iter();
    GoalDefinition {
        name: "ahead".to_owned(),
        goal,
        m: 1,
        panel,
        specification: pairs
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect(),
        place: None,
    }
}

fn against(candidate: &LmRun, (file, samples): (&[u8], &[u8])) -> Pairing {
    let (result, answers) = (candidate.result(), candidate.samples());
    let ours = Side {
        file: &result,
        samples: Some(&answers),
    };
    let theirs = Side {
        file,
        samples: Some(samples),
    };
    pair(ours, theirs, &query("score")).unwrap()
}

#[test]
fn a_baseline_is_pinned_with_its_answers() {
    let candidate = LmRun::right("new", &[true, true, false, false]);
    let apart = LmRun::right("base", &[false, false, true, false]);
    // As many right answers, to other items: another file of answers beside the same result.
    let close = LmRun::right("base", &[true, false, false, false]);
    let result = apart.result();
    assert_eq!(result, close.result());
    let agreed = against(&candidate, (&result, &apart.samples()));
    let chosen = against(&candidate, (&result, &close.samples()));
    assert_eq!((agreed.wins, agreed.losses), (2, 1));
    assert_eq!((chosen.wins, chosen.losses), (1, 0));
    assert!(agreed.decides && chosen.decides);

    let (file, answers) = (keccak256(&result), keccak256(apart.samples()));
    let (file, answers) = (file.to_string(), answers.to_string());
    let pinned = [
        ("baseline_file", file.as_str()),
        ("baseline_answers", &answers),
    ];
    let both = goal(Kind::Paired, 4, &pinned);
    assert_eq!(fits_pair(&both, &agreed), Ok(()));
    let told = fits_pair(&both, &chosen).unwrap_err().to_string();
    assert!(told.contains("its baseline_answers is 0x"), "{told}");
    let half = goal(Kind::Paired, 4, &pinned[..1]);
    for pairing in [&agreed, &chosen] {
        let told = fits_pair(&half, pairing).unwrap_err();
        assert!(matches!(told, Misfit::AnswersOpen { .. }), "{told}");
    }
    let by_name = goal(Kind::Paired, 4, &[("baseline_model", "base")]);
    assert_eq!(fits_pair(&by_name, &agreed), Ok(()));
}

#[test]
fn a_log_of_inspect_is_pinned_by_one_hash() {
    let file = inspect_json();
    let mut other = parsed(&file);
    other["eval"]["model"] = json!("openai-api/acme/acme-coder-r2");
    let other = serde_json::to_vec(&other).unwrap();
    let side = |file| Side {
        file,
        samples: None,
    };
    let pairing = pair(side(&file), side(&other), &query("accuracy,match")).unwrap();
    assert_eq!(pairing.reason, None);
    let hash = keccak256(&other).to_string();
    let pins = [
        ("baseline_file", hash.as_str()),
        ("baseline_answers", &hash),
    ];
    let one = goal(Kind::Paired, 200, &pins[..1]);
    assert_eq!(fits_pair(&one, &pairing), Ok(()));
    let told = fits_pair(&goal(Kind::Paired, 200, &pins), &pairing).unwrap_err();
    let told = told.to_string();
    assert!(told.contains("its baseline_answers is not in it"), "{told}");
}

#[test]
fn a_goal_that_draws_takes_its_pinned_baseline_from_a_run_over_the_pool() {
    let whole = LmRun::right("base", &[false; 6]);
    let (result, answers) = (whole.result(), whole.samples());
    let (file, beside) = (
        keccak256(&result).to_string(),
        keccak256(&answers).to_string(),
    );
    let pins = [
        ("baseline_file", file.as_str()),
        ("baseline_answers", &beside),
    ];
    let mut drawn = goal(Kind::Paired, 2, &pins);
    (drawn.goal.pool, drawn.goal.seed_blocks) = (6, 3);
    let mut seed = [9; 12];
    let asked = |goal: &GoalDefinition, seed| Query {
        metric: "score".to_owned(),
        ..Query::of_goal(goal, seed)
    };
    let query = asked(&drawn, seed);
    assert!(query.whole_baseline && whole_baseline(&drawn));
    assert_eq!((query.seed, run_seed(Some(&drawn), seed)), (None, 0));
    let mut items = query.drawn.clone();
    items.sort_unstable();
    let run = LmRun {
        scores: items.iter().map(|item| (*item, "1.0".to_owned())).collect(),
        original: 6,
        ..LmRun::right("new", &[])
    };
    let (ours, hers) = (run.result(), run.samples());
    let side = |file, samples| Side {
        file,
        samples: Some(samples),
    };
    let found = pair(side(&ours, &hers), side(&result, &answers), &query).unwrap();
    assert_eq!(found.reason, None);
    assert_eq!((found.wins, fits_pair(&drawn, &found)), (2, Ok(())));
    // Another run over the pool is not the one that was named.
    let other = LmRun::right("base", &[false, false, false, false, false, true]);
    let (result, answers) = (other.result(), other.samples());
    let found = pair(side(&ours, &hers), side(&result, &answers), &query).unwrap();
    let told = fits_pair(&drawn, &found).unwrap_err().to_string();
    assert!(told.contains("its baseline_file is 0x"), "{told}");
    // Without the file's hash the baseline runs the drawn items, by the drawn seed, as the candidate.
    drawn.specification.remove("baseline_file");
    seed[11] = 5;
    let query = asked(&drawn, seed);
    assert_eq!(
        (query.whole_baseline, query.seed),
        (false, Some(0x0909_0905))
    );
    assert_eq!(run_seed(Some(&drawn), seed), 0x0909_0905);
    // Where nothing is drawn, any seed will do that both have.
    drawn.goal.seed_blocks = 0;
    assert_eq!(asked(&drawn, seed).seed, None);
}

#[test]
fn the_command_is_of_the_harness_that_was_named() {
    let of = |name| Harness::of_goal(&goal(Kind::Proportion, 2, &[("harness", name)]));
    for (name, want) in [
        ("lm_eval", Some(Harness::LmEval)),
        ("lm_eval 0.4.13", Some(Harness::LmEval)),
        ("inspect_ai", Some(Harness::Inspect)),
        ("inspect_ai 0.3.285", Some(Harness::Inspect)),
        ("inspect", None),
        ("measurement 1", None),
    ] {
        assert_eq!(of(name), want, "{name}");
    }
    assert_eq!(
        Harness::of_goal(&goal(Kind::Proportion, 2, &[])),
        Some(Harness::LmEval)
    );
    assert_eq!(
        (Harness::LmEval.item(4), Harness::Inspect.item(4)),
        ("4".to_owned(), "5".to_owned())
    );
}

#[test]
fn a_hash_may_be_written_in_capitals() {
    let run = LmRun::right("new", &[true, false]);
    let reading = read(&run.result(), &query("score"), None).unwrap();
    let digits = reading.task_hash.to_string().to_uppercase();
    let capitals = digits.replacen("0X", "0x", 1);
    let fitting = goal(Kind::Proportion, 2, &[("task_hash", &capitals)]);
    assert_eq!(fits(&fitting, &reading), Ok(()));
    for other in [B256::repeat_byte(9).to_string(), format!("0x{capitals}")] {
        let told = fits(
            &goal(Kind::Proportion, 2, &[("task_hash", &other)]),
            &reading,
        );
        let told = told.unwrap_err().to_string();
        assert!(told.contains("its task_hash is 0x"), "{told}");
    }
}

#[test]
fn a_harness_named_without_its_version_is_any_of_its_versions() {
    let run = LmRun::right("new", &[true, false]);
    let reading = read(&run.result(), &query("score"), None).unwrap();
    let (name, version) = reading.harness.split_once(' ').unwrap();
    for (named, is_fit) in [
        (name, true),
        (&reading.harness, true),
        ("inspect_ai", false),
        (&format!("{name} 1{version}"), false),
        (&name[1..], false),
    ] {
        let fitting = goal(Kind::Proportion, 2, &[("harness", named)]);
        assert_eq!(fits(&fitting, &reading).is_ok(), is_fit, "{named}");
    }
}

fn measured(window: [&str; 2]) -> Value {
    json!({
        "guerdon": "measurement", "version": 1, "task": "checkout", "metric": "availability",
        "unit": "share", "window": {"from": window[0], "to": window[1]},
        "source": "https://status.acme.example/export",
        "scores": [{"item": "a", "score": 1}, {"item": "b", "score": 0.5}],
    })
}

#[test]
fn a_measurement_is_of_the_window_that_was_named() {
    let names = [
        ("unit", "share"),
        ("window", "2028-01-01T00:00:00Z/2028-04-01T00:00:00Z"),
    ];
    let goal = goal(Kind::Measure, 2, &names);
    let told = |document: &Value| {
        let file = document.to_string();
        fits(
            &goal,
            &read(file.as_bytes(), &Query::default(), None).unwrap(),
        )
    };
    let (from, to) = ("2028-01-01T00:00:00Z", "2028-04-01T00:00:00Z");
    assert_eq!(told(&measured([from, to])), Ok(()));
    let earlier = told(&measured(["2027-01-01T00:00:00Z", "2027-04-01T00:00:00Z"]));
    let earlier = earlier.unwrap_err().to_string();
    assert!(earlier.contains("its window is 2027-"), "{earlier}");
}

#[test]
fn a_file_that_does_not_say_what_was_named_does_not_fit() {
    let run = LmRun::of("new", &["0.5", "1.0"]);
    let asked = Query {
        counts: Counts::Scores,
        ..query("score")
    };
    let reading = read(&run.result(), &asked, Some(&run.samples())).unwrap();
    assert_eq!(reading.reason, None);
    assert_eq!(fits(&goal(Kind::Measure, 2, &[]), &reading), Ok(()));
    for field in ["unit", "window", "source"] {
        let named = goal(Kind::Measure, 2, &[(field, "x")]);
        let told = fits(&named, &reading).unwrap_err().to_string();
        assert!(
            told.contains(&format!("its {field} is not in it, not x")),
            "{told}"
        );
    }
    // No file of right answers says where it comes from.
    let right = LmRun::right("new", &[true, false]);
    let reading = read(&right.result(), &query("score"), None).unwrap();
    assert_eq!(
        fits(&goal(Kind::Proportion, 2, &[("source", "x")]), &reading),
        Ok(())
    );
}

#[test]
fn what_counts_no_right_answers_is_no_side_of_a_comparison() {
    let window = ["2028-01-01T00:00:00Z", "2028-04-01T00:00:00Z"];
    let mut other = measured(window);
    other["scores"][0]["score"] = json!(0);
    let files = [measured(window).to_string(), other.to_string()];
    let [ours, theirs] = files.each_ref().map(|file| Side {
        file: file.as_bytes(),
        samples: None,
    });
    let found = pair(ours, theirs, &Query::default()).unwrap();
    assert!(!found.decides);
    let reason = found.reason.unwrap();
    assert!(reason.contains("counts no right answers"), "{reason}");
}

#[test]
fn a_run_is_no_baseline_of_itself_however_it_is_written() {
    let ours = LmRun::right("new", &[true, true, false]);
    let (result, samples) = (ours.result(), ours.samples());
    let again = |result: &[u8], samples: &[u8]| {
        let found = against(&ours, (result, samples));
        assert!(!found.decides);
        found.reason.unwrap()
    };
    let blank = |bytes: &[u8]| [bytes, b"\n"].concat();
    let same = "The two files are one and the same run.";
    assert_eq!(again(&blank(&result), &blank(&samples)), same);
    let renamed = LmRun::right("old", &[true, true, false]);
    assert_eq!(again(&renamed.result(), &blank(&samples)), same);
    // Run once more: other seconds, other words, the same model.
    let mut later = parsed(&result);
    later["total_evaluation_time_seconds"] = json!("12.5");
    let mut answers = String::from_utf8(samples).unwrap();
    answers = answers.replacen("\"new\"", "\"anew\"", 1);
    let told = again(&serde_json::to_vec(&later).unwrap(), answers.as_bytes());
    assert_eq!(told, "Both runs are of the same model, new.");
    // Another revision under the same name is another model.
    later["config"]["model_sha"] = json!("abc");
    let file = serde_json::to_vec(&later).unwrap();
    let found = against(&ours, (&file, answers.as_bytes()));
    assert_eq!(found.reason, None);
}
