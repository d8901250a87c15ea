//! Dependencies point down, and each outside library stays behind its border.

use serde_json::Value;

/// What of ours each crate may use. A new arrow needs a decision record.
const OURS: &[(&str, &[&str])] = &[
    ("guerdon-core", &[]),
    ("guerdon-formats", &["guerdon-core"]),
    ("guerdon-valuation", &["guerdon-core"]),
    ("guerdon-chain", &["guerdon-core"]),
    ("guerdon-store", &["guerdon-core"]),
    (
        "guerdon-indexer",
        &["guerdon-core", "guerdon-chain", "guerdon-store"],
    ),
    (
        "guerdon-web",
        &[
            "guerdon-core",
            "guerdon-formats",
            "guerdon-valuation",
            "guerdon-chain",
            "guerdon-store",
        ],
    ),
    (
        "guerdon",
        &[
            "guerdon-core",
            "guerdon-formats",
            "guerdon-valuation",
            "guerdon-chain",
            "guerdon-store",
            "guerdon-indexer",
            "guerdon-web",
        ],
    ),
    ("xtask", &[]),
];

/// Outside libraries that only the named crates may use.
const BORDERS: &[(&str, &[&str])] = &[
    ("alloy", &["guerdon-chain", "guerdon"]),
    ("sqlx", &["guerdon-store"]),
    ("axum", &["guerdon-web", "guerdon"]),
    ("askama", &["guerdon-web"]),
    ("clap", &["guerdon", "xtask"]),
    ("anyhow", &["guerdon", "xtask"]),
    ("rand", &["guerdon-valuation"]),
];

/// Direct dependencies above this many are listed in docs/decisions with a reason.
pub(super) fn check(metadata: &Value, findings: &mut Vec<String>) {
    let members = metadata["workspace_members"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let packages = metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    for package in packages
        .iter()
        .filter(|package| members.contains(&package["id"]))
    {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = OURS.iter().find(|(known, _)| *known == name) else {
            findings.push(format!("crate {name} is not in the table of dependencies"));
            continue;
        };
        for dependency in package["dependencies"]
            .as_array()
            .map_or(&[][..], Vec::as_slice)
        {
            let used = dependency["name"].as_str().unwrap_or_default();
            let known = OURS.iter().any(|(ours, _)| *ours == used);
            if known && !allowed.contains(&used) {
                findings.push(format!("{name} must not depend on {used}"));
            }
            let shipped = dependency["kind"].is_null();
            for (_, crates) in BORDERS
                .iter()
                .filter(|(library, _)| shipped && *library == used)
            {
                if !crates.contains(&name) {
                    findings.push(format!("{name} must not depend on {used}"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn an_arrow_upwards_and_a_library_past_its_border_are_found() {
        let uses = |name| json!({ "name": name, "kind": null });
        let metadata = json!({
            "workspace_members": ["a"],
            "packages": [{
                "id": "a",
                "name": "guerdon-core",
                "dependencies": [uses("guerdon-store"), uses("sqlx"), uses("thiserror")],
            }],
        });
        let mut findings = Vec::new();
        super::check(&metadata, &mut findings);
        let want =
            ["guerdon-store", "sqlx"].map(|d| format!("guerdon-core must not depend on {d}"));
        assert_eq!(findings, want);
    }
}
