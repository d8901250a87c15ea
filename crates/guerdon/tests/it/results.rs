//! Results of every kind from the files of their harness: read, signed, proposed.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::company::address;
use crate::harness::{Company, DAY, NodeProcess, Rpc, START};
use crate::inspect_runs::InspectRun;
use crate::runs::LmRun;

/// A company of its own with goals for a panel of three.
struct Lab {
    company: Company,
    rpc: Rpc,
    _node: NodeProcess,
}

impl Lab {
    fn new() -> Self {
        let node = NodeProcess::start(START);
        let company = Company::new(Some(&node.url));
        let name = ["--company", "Acme AI", "--token-name", "Acme Credit"];
        let rest = ["--symbol", "ACC", "--from", "0"];
        company.json(&[&["deploy"], &name[..], &rest].concat());
        Self {
            rpc: Rpc::new(&node.url),
            company,
            _node: node,
        }
    }

    /// Defines a goal and registers its first attempt.
    fn begin(&self, name: &str, particular: &Value, specification: &Value) {
        let mut goal = json!({
            "threshold": "10000000", "stretch": "900000000", "basePpb": 500_000_000,
            "defaultPpb": 0, "attempts": 1, "maxVoids": 0, "guards": 0,
            "opens": START, "closes": START + 400 * DAY,
            "runSeconds": 14 * DAY, "challengeSeconds": 7 * DAY, "arbiterSeconds": 30 * DAY,
            "seedBlocks": 0, "sponsor": address(1), "arbiter": address(8),
            "bondToken": address(9), "bond": "0", "data": format!("0x{}", "11".repeat(32)),
        });
        let fields = goal.as_object_mut().unwrap();
        fields.extend(particular.as_object().unwrap().clone());
        let file = json!({
            "version": 1, "name": name, "goal": goal, "m": 2,
            "panel": ([2, 3, 4].map(address)), "specification": specification,
        });
        let draft = self.put(&format!("{name}-draft.json"), file.to_string().as_bytes());
        self.company
            .json(&["goal", "define", &draft, "--from", "0"]);
        let model = format!("0x{}", "4d".repeat(32));
        let accepted = self
            .company
            .json(&["goal", "accept", name, "--model", &model, "--from", "3"]);
        let file = accepted["file"].as_str().unwrap();
        self.company
            .json(&["goal", "register", name, "--signature", file, "--from", "1"]);
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path: PathBuf = self.company.path(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The files of a run.
    fn put_run(&self, name: &str, run: &LmRun) -> [String; 2] {
        let result = self.put(&format!("{name}.json"), &run.result());
        [result, self.put(&format!("{name}.jsonl"), &run.samples())]
    }

    /// Signed by two members, proposed with the files beside it once more, and as the chain has it.
    fn settle(&self, name: &str, files: &[&str]) -> Value {
        let mut propose = vec!["goal", "propose", name, "--from", "9"];
        let signed = ["2", "4"].map(|member| {
            let sign = [&["goal", "sign", name, "--from", member][..], files].concat();
            self.company.json(&sign)["file"]
                .as_str()
                .unwrap()
                .to_owned()
        });
        for file in &signed {
            propose.extend(["--signature", file]);
        }
        self.company.json(&[&propose[..], files].concat());
        self.company.json(&["goal", "show", name])["attempts"][0].clone()
    }
}

/// A run over these items out of 900, by a seed, that gets the first ones wrong.
fn run(model: &'static str, (items, seed): &(Vec<u32>, u32), wrong: usize) -> LmRun {
    let score = |place: usize| if place < wrong { "0.0" } else { "1.0" }.to_owned();
    let items = items.iter().enumerate();
    LmRun {
        scores: items.map(|(place, item)| (*item, score(place))).collect(),
        original: 900,
        seed: Some(*seed),
        ..LmRun::right(model, &[])
    }
}

/// The items that the chain draws for the goal's first attempt, and the seed to run them by.
fn drawn(lab: &Lab, goal: &str) -> (Vec<u32>, u32) {
    for _ in 0..3 {
        lab.rpc.ask("evm_mine", &json!([]));
    }
    lab.company.json(&["goal", "seal", goal, "--from", "9"]);
    let drawn = lab.company.json(&["goal", "draw", goal]);
    let seed = serde_json::from_value(drawn["decoding_seed"].clone()).unwrap();
    (
        serde_json::from_value(drawn["items"].clone()).unwrap(),
        seed,
    )
}

#[test]
fn two_runs_over_drawn_items_are_signed_from_their_answers() {
    let lab = Lab::new();
    let mut particular = json!({"kind": "PAIRED", "bound": 1645, "samples": 120, "pool": 900});
    particular["seedBlocks"] = json!(2);
    let names = json!({"task": "arith", "metric": "score", "baseline_model": "base"});
    lab.begin("ahead", &particular, &names);
    let [early, answers] = lab.put_run("early", &LmRun::right("new", &[true; 120]));
    let refused = |files: &[&str], why: &str| {
        let sign = [
            &["goal", "sign", "ahead", "--from", "2", "--result"][..],
            files,
        ]
        .concat();
        let ran = lab.company.run(&sign);
        assert_ne!(ran.code, 0);
        assert!(ran.stderr.contains(why), "{why}: {}", ran.stderr);
    };
    refused(&[&early], "are not drawn yet");
    let items = drawn(&lab, "ahead");
    let [ours, our_answers] = lab.put_run("ours", &run("new", &items, 10));
    let [theirs, their_answers] = lab.put_run("theirs", &run("base", &items, 50));
    let [other, other_answers] = lab.put_run("other", &run("another", &items, 50));
    let against = |file, answers| ["--against", file, "--against-samples", answers];
    let mine = [ours.as_str(), "--samples", &our_answers];
    let files = [&mine[..], &against(&theirs, &their_answers)].concat();
    refused(&[&ours], "compares two runs, and one was given");
    refused(
        &[&ours, "--against", &theirs],
        "does not say over which items the run was",
    );
    let whole = [&early, "--samples", &answers, "--against", &theirs];
    refused(&whole, "which the chain did not draw");
    let [sown, sown_answers] = lab.put_run("sown", &run("new", &(items.0.clone(), 7), 0));
    let sown = [&[sown.as_str(), "--samples", &sown_answers], &files[3..]].concat();
    refused(&sown, "random_seed is 7, but the chain drew");
    let swapped = [&mine[..], &against(&other, &other_answers)].concat();
    refused(&swapped, "its baseline_model is another, not base");

    let attempt = lab.settle("ahead", &[&["--result"][..], &files].concat());
    assert_eq!(attempt["x"], "40", "{attempt}");
    assert_eq!(attempt["y"], "0", "{attempt}");
    let pair = lab.company.path("pair.json");
    let read = ["-o", "json", "eval", "read", "--metric", "score", "--pair"];
    let read = [&read[..], &[pair.to_str().unwrap()], &files].concat();
    // Alone it is no run over the whole task; the evidence is what was signed all the same.
    let ran = lab.company.run(&read).expect(5);
    assert_eq!(ran.value()["evidence"], attempt["evidence"]);
    let written = std::fs::read(pair).unwrap();
    let hash = alloy_primitives::keccak256(&written).to_string();
    assert_eq!(attempt["evidence"], hash);
}

#[test]
fn a_baseline_pinned_before_the_draw_ran_all_items() {
    let lab = Lab::new();
    let all = ((0..900).collect(), 0);
    let base = run("base", &all, 450);
    let hash = |bytes: &[u8]| alloy_primitives::keccak256(bytes).to_string();
    let mut particular = json!({"kind": "PAIRED", "bound": 1645, "samples": 120, "pool": 900});
    particular["seedBlocks"] = json!(2);
    let names = json!({
        "harness": "lm_eval", "task": "arith", "metric": "score",
        "baseline_file": hash(&base.result()), "baseline_answers": hash(&base.samples()),
    });
    lab.begin("ahead", &particular, &names);
    let items = drawn(&lab, "ahead");
    assert_eq!(items.1, 0, "as the baseline has it");
    let told = lab.company.run(&["goal", "draw", "ahead"]).expect(0).stdout;
    assert!(
        told.contains("0, as the baseline over all items has it"),
        "{told}"
    );
    let [ours, our_answers] = lab.put_run("ours", &run("new", &items, 10));
    let mine = ["--result", ours.as_str(), "--samples", &our_answers];
    let sign = |theirs: &LmRun| {
        let [file, answers] = lab.put_run("theirs", theirs);
        let against = ["--against", &file, "--against-samples", &answers];
        let sign = ["goal", "sign", "ahead", "--from", "2"];
        lab.company.run(&[&sign[..], &mine, &against].concat())
    };
    let chosen = sign(&run("base", &items, 120)).expect(5).stderr;
    assert!(
        chosen.contains("Only 120 of 900 questions were asked"),
        "{chosen}"
    );
    let weaker = sign(&run("base", &all, 900)).expect(5).stderr;
    assert!(weaker.contains("its baseline_file is 0x"), "{weaker}");
    let [theirs, their_answers] = lab.put_run("base", &base);
    let against = [
        "--against",
        theirs.as_str(),
        "--against-samples",
        &their_answers,
    ];
    let attempt = lab.settle("ahead", &[&mine[..], &against].concat());
    // The baseline is right from item 450 on, the candidate from the tenth drawn item on.
    let won = items.0.iter().skip(10).filter(|item| **item < 450).count();
    let lost = items.0.iter().take(10).filter(|item| **item >= 450).count();
    assert_eq!(attempt["x"], won.to_string(), "{attempt}");
    assert_eq!(attempt["y"], lost.to_string(), "{attempt}");
}

#[test]
fn inspect_runs_and_proves_drawn_items() {
    let lab = Lab::new();
    let particular = json!({
        "kind": "PROPORTION", "bound": 1, "samples": 20, "pool": 40, "seedBlocks": 2,
    });
    let names = json!({"harness": "inspect_ai", "task": "arith", "metric": "accuracy"});
    lab.begin("drawn", &particular, &names);
    let (items, seed) = drawn(&lab, "drawn");
    let ids: Vec<String> = items.iter().map(|item| (item + 1).to_string()).collect();
    let command = lab
        .company
        .json(&["goal", "draw", "drawn", "--model", "acme"]);
    let want = format!(
        "inspect eval arith --model acme --sample-id {} --seed {seed} --log-dir results",
        ids.join(",")
    );
    assert_eq!(command["command"], want);
    let put = |items: &[u32], seed: u32| {
        let run = InspectRun::over("mockllm/new", items.iter().copied(), |_| true);
        lab.put("log.json", &InspectRun { seed, ..run }.log())
    };
    let all: Vec<u32> = (0..40).collect();
    for (items, seed, why) in [
        (&all, seed, "not over the drawn items"),
        (&all[..20].to_vec(), seed, "which the chain did not draw"),
        (&items, seed ^ 1, "but the chain drew"),
    ] {
        let file = put(items, seed);
        let sign = ["goal", "sign", "drawn", "--from", "2", "--result", &file];
        let ran = lab.company.run(&sign).expect(5);
        assert!(ran.stderr.contains(why), "{why}: {}", ran.stderr);
    }
    let file = put(&items, seed);
    let attempt = lab.settle("drawn", &["--result", &file]);
    assert_eq!(attempt["x"], "20", "{attempt}");
}

#[test]
fn scores_and_numbers_are_signed_from_their_files() {
    let lab = Lab::new();
    let particular = json!({"kind": "MEASURE", "bound": 1, "samples": 3, "pool": 3});
    let names = json!({"task": "checkout", "metric": "availability"});
    lab.begin("uptime", &particular, &names);
    let mut document = json!({
        "guerdon": "measurement", "version": 1, "task": "checkout", "metric": "availability",
        "unit": "share of the day", "source": "https://status.acme.example/export",
        "window": {"from": "2028-01-01T00:00:00Z", "to": "2028-01-04T00:00:00Z"},
        "scores": [
            {"item": "1", "score": 1}, {"item": "2", "score": 0.5}, {"item": "3", "score": 0.25},
        ],
    });
    let file = lab.put("uptime.json", document.to_string().as_bytes());
    let attempt = lab.settle("uptime", &["--result", &file]);
    assert_eq!(attempt["x"], "1750000000", "{attempt}");

    let particular = json!({
        "kind": "COUNT", "bound": 0, "samples": 1, "pool": 1, "threshold": "10", "stretch": "20",
    });
    lab.begin("sites", &particular, &json!({}));
    let map = document.as_object_mut().unwrap();
    map.remove("scores");
    map.insert("count".to_owned(), json!(12));
    let file = lab.put("sites.json", document.to_string().as_bytes());
    let typed = [
        "goal",
        "sign",
        "sites",
        "--x",
        "13",
        "--evidence",
        &file,
        "--from",
        "2",
    ];
    let ran = lab.company.run(&typed).expect(5);
    assert!(ran.stderr.contains("says 12"), "{}", ran.stderr);
    let attempt = lab.settle("sites", &["--result", &file]);
    assert_eq!(attempt["x"], "12", "{attempt}");

    let mean = LmRun::of("new", &["0.5", "0.25"]);
    let [result, answers] = lab.put_run("mean", &mean);
    let read = [
        "-o",
        "json",
        "eval",
        "read",
        &result,
        "--metric",
        "score",
        "--samples",
        &answers,
    ];
    let ran = lab
        .company
        .run(&[&read[..], &["--scores"]].concat())
        .expect(0);
    assert_eq!(ran.value()["x"], "750000000");
    lab.company.run(&read).expect(5);
}
