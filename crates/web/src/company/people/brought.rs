//! What a person brought to goals, for the person: results, files, reasons.

use guerdon_store::{Owner, Read, StoreError};
use serde_json::{Value, json};

use crate::dates::machine;

/// Papers that she asked the panel to sign, files by name and hash, and reasons in full. The bytes
/// of a file are evidence, and stand at its address for the goal's parties.
pub(super) async fn brought(read: &mut Read, owners: &[Owner]) -> Result<Value, StoreError> {
    let (mut papers, mut files, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
    for owner in owners {
        for paper in read.papers_by(*owner).await? {
            let said = serde_json::from_str(&paper.body).unwrap_or(Value::String(paper.body));
            papers.push(json!({
                "goal": paper.goal.to_string(),
                "attempt": paper.attempt,
                "kind": paper.kind,
                "digest": paper.digest.to_string(),
                "says": said,
                "made": machine(paper.made_at),
            }));
        }
        for file in read.result_files_by(*owner).await? {
            let (goal, attempt, hash) = (file.goal, file.attempt, file.hash);
            files.push(json!({
                "goal": goal.to_string(),
                "attempt": attempt,
                "hash": hash.to_string(),
                "name": file.name,
                "bytes": file.size,
                "at": format!("/goals/{goal}/attempts/{attempt}/files/{hash}"),
                "added": machine(file.added_at),
            }));
        }
        for reason in read.challenge_reasons_by(*owner).await? {
            reasons.push(json!({
                "goal": reason.goal.to_string(),
                "attempt": reason.attempt,
                "hash": reason.hash.to_string(),
                "reason": reason.reason,
                "added": machine(reason.added_at),
            }));
        }
    }
    Ok(json!({"papers": papers, "files": files, "reasons": reasons}))
}
