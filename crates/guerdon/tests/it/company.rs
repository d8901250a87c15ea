//! Acme from deployment to a committed round, entirely through commands.

use serde_json::{Value, json};

use crate::harness::{Company, DAY, NodeProcess, Rpc, START, sample};

pub(crate) const PRODUCT: &str = "product_500@0.80..0.90";
pub(crate) const LAUNCH: &str = "launch-eu";

/// A company on a node of its own.
#[derive(Debug)]
pub(crate) struct Acme {
    pub(crate) company: Company,
    pub(crate) rpc: Rpc,
    pub(crate) deployment: Value,
    pub(crate) root: String,
    _node: NodeProcess,
}

impl Acme {
    /// Deployed, funded, two goals defined, the sheet imported and committed.
    pub(crate) fn with_round() -> Self {
        let node = NodeProcess::start(START);
        let company = Company::new(Some(&node.url));
        let rpc = Rpc::new(&node.url);
        let deployment = company.json(&[
            "deploy",
            "--from",
            "0",
            "--company",
            "Acme AI",
            "--token-name",
            "Acme Credit",
            "--symbol",
            "ACC",
            "--bond-token",
        ]);
        company.json(&["token", "mint", "6000000", "--from", "0"]);
        let funded = company.json(&["fund", "5000000.5", "--from", "0"]);
        assert_eq!(funded["free"], "5000000500000000000000000");

        let mut acme = Self {
            company,
            rpc,
            deployment,
            root: String::new(),
            _node: node,
        };
        acme.define_goals();
        let imported = acme
            .company
            .json(&["round", "import", &sample("acme-2026-h1.csv")]);
        assert_eq!(imported["grants"], 21);
        acme.root = imported["root"].as_str().unwrap().to_owned();
        let committed = acme
            .company
            .json(&["round", "commit", &acme.root, "--from", "0"]);
        assert_eq!(committed["total"], imported["total"]);
        acme
    }

    pub(crate) fn contract(&self, name: &str) -> String {
        self.deployment["contracts"][name]["address"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) fn grant_file(&self, name: &str) -> String {
        self.company
            .path(&format!("grants/{name}.json"))
            .display()
            .to_string()
    }

    fn define_goals(&self) {
        let reading = self.company.json(&[
            "eval",
            "read",
            &sample("lm-eval-acme-coder-r3.json"),
            "--filter",
            "strict-match",
        ]);
        let product = json!({
            "kind": "PROPORTION", "threshold": "800000000", "stretch": "900000000",
            "basePpb": 500_000_000, "bound": 1983, "attempts": 2, "samples": 500, "pool": 500,
            "closes": START + 640 * DAY, "data": format!("0x{}", "5a".repeat(32)),
        });
        let specification = json!({
            "task": "product_500", "task_hash": reading["task_hash"], "metric": "exact_match",
            "filter": "strict-match",
        });
        self.define(PRODUCT, &product, &specification, [2, 3, 4]);
        let launch = json!({
            "kind": "COUNT", "threshold": "1", "stretch": "1", "basePpb": 1_000_000_000,
            "bound": 0, "attempts": 1, "samples": 1, "pool": 1,
            "closes": START + 1095 * DAY, "data": format!("0x{}", "00".repeat(32)),
        });
        self.define(
            LAUNCH,
            &launch,
            &json!({"milestone": "two regions"}),
            [5, 6, 7],
        );
    }

    pub(crate) fn define(
        &self,
        name: &str,
        particular: &Value,
        specification: &Value,
        panel: [u32; 3],
    ) {
        let mut goal = json!({
            "defaultPpb": 0, "maxVoids": 0, "guards": 0, "opens": START,
            "runSeconds": 14 * DAY, "challengeSeconds": 7 * DAY, "arbiterSeconds": 30 * DAY,
            "seedBlocks": 0, "sponsor": address(1), "arbiter": address(8),
            "bondToken": self.contract("BondToken"), "bond": "1000000000000000000",
        });
        let fields = goal.as_object_mut().unwrap();
        fields.extend(particular.as_object().unwrap().clone());
        let file = json!({
            "version": 1, "name": name, "goal": goal, "m": 2, "panel": panel.map(address),
            "specification": specification,
        });
        let path = self.company.path("draft.json");
        std::fs::write(&path, file.to_string()).unwrap();
        let defined = self
            .company
            .json(&["goal", "define", path.to_str().unwrap(), "--from", "0"]);
        assert_eq!(defined["name"], name);
    }

    /// One attempt at the product goal from registration to finality.
    pub(crate) fn attempt(&self, result: &str, number: &str) {
        let model = format!("0x{}", hex::encode([number.as_bytes()[0]; 32]));
        let accepted = self
            .company
            .json(&["goal", "accept", PRODUCT, "--model", &model, "--from", "3"]);
        let file = accepted["file"].as_str().unwrap();
        let registered = self.company.json(&[
            "goal",
            "register",
            PRODUCT,
            "--signature",
            file,
            "--from",
            "1",
        ]);
        assert_eq!(registered["attempt"].to_string(), number);

        let mut propose = vec!["goal".to_owned(), "propose".to_owned(), PRODUCT.to_owned()];
        for member in ["2", "4"] {
            let signed = self.company.json(&[
                "goal",
                "sign",
                PRODUCT,
                "--result",
                &sample(result),
                "--filter",
                "strict-match",
                "--from",
                member,
            ]);
            propose.extend([
                "--signature".to_owned(),
                signed["file"].as_str().unwrap().to_owned(),
            ]);
        }
        propose.extend(
            [
                "--from",
                "1",
                "--result",
                &sample(result),
                "--filter",
                "strict-match",
            ]
            .map(str::to_owned),
        );
        let propose: Vec<&str> = propose.iter().map(String::as_str).collect();
        self.company.json(&propose);
        self.rpc.travel(self.rpc.now() + 8 * DAY);
        self.company
            .json(&["goal", "finalize", PRODUCT, "--from", "9"]);
    }
}

/// An account of development nodes.
pub(crate) fn address(index: u32) -> String {
    guerdon_chain::Signer::embedded(index)
        .unwrap()
        .address()
        .to_string()
}
