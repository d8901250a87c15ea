//! What lies on the company's desk when the story ends, beside what the chain knows: acceptances,
//! templates, and a sheet that somebody has begun to import. All of it stands in the database alone.

use alloy_primitives::{B256, keccak256};
use guerdon_chain::{DEV_ACCOUNTS, Signer, typed_data_digest};
use guerdon_core::act::Act;
use guerdon_core::goal::{Accept, GoalsDomain};
use guerdon_core::terms::Powers;
use guerdon_store::{
    Acceptance, ChallengeReason, ImportDraft, NewRequest, Owner, PaperSignature, Template, Tx,
};
use guerdon_web::{accept_paper, acceptance, batch_call};

use super::goals::{LAUNCH, NEXT, PRODUCT_PANEL};
use super::launch::REASON;
use super::story::seconds;
use crate::commands::goal::KEEPER;
use crate::commands::goal::files::find as find_goal;
use crate::commands::grant::files::find as find_grant;
use crate::commands::money::COMPANY;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;

/// Who accepted, and when.
const ACCEPTED: [(&str, &str); 14] = [
    ("G-1001", "2026-07-03T09:12:00Z"),
    ("G-1002", "2026-07-03T10:40:00Z"),
    ("G-1003", "2026-07-04T02:05:00Z"),
    ("G-1004", "2026-07-03T14:31:00Z"),
    ("G-1005", "2026-07-06T08:00:00Z"),
    ("G-1006", "2026-07-05T16:20:00Z"),
    ("G-1008", "2026-07-07T01:15:00Z"),
    ("G-1010", "2026-07-08T19:44:00Z"),
    ("G-1013", "2026-07-04T17:02:00Z"),
    ("G-1015", "2026-07-10T07:30:00Z"),
    ("G-1016", "2026-07-06T05:50:00Z"),
    ("G-1018", "2026-07-09T12:12:00Z"),
    ("G-2001", "2028-06-22T09:00:00Z"),
    ("G-2003", "2028-06-23T03:30:00Z"),
];
/// A sheet with two mistakes, begun by PEOPLE.
const BEGUN: &[u8] = include_bytes!("../../demo/acme-2028-h2-draft.csv");
const DRAFT: &str = "2c1f0b9ad3e44756";
/// A sheet without a mistake, begun by PEOPLE.
const READY: &[u8] = include_bytes!("../../demo/acme-2028-spot.csv");
const SPOT: &str = "7be05a1c94d2f836";
/// Whose replacement is drafted.
const PROMOTED: &str = "G-1018";

/// Signs, with each holder's own key, what the pages would ask her to sign.
pub(super) async fn accept(context: &Context, tx: &mut Tx) -> Outcome {
    for (name, at) in ACCEPTED {
        let grant = find_grant(context, name)?;
        let (terms, at) = (&grant.file.terms, seconds(at)?);
        let place = (grant.file.chain_id, grant.file.contract);
        let document = acceptance(place, (grant.id, terms.document), at);
        let digest = typed_data_digest(&document).map_err(Failure::failed)?;
        let Some(holder) = account(terms.recipient)? else {
            continue;
        };
        tx.put_acceptance(&Acceptance {
            grant: grant.id,
            agreement: terms.document,
            wallet: terms.recipient,
            signed_at: at,
            signature: holder.sign_digest(&digest)?.to_vec(),
            added_at: at,
        })
        .await?;
    }
    Ok(())
}

/// What lies before those who measure: two candidates for the next goal's first attempt, one that a
/// member accepted and the sponsor may register, one that nobody accepted yet; and why the launch
/// is doubted, whose hash the chain keeps.
pub(super) async fn measure(context: &Context, tx: &mut Tx) -> Outcome {
    let (next, launch) = (find_goal(context, NEXT)?, find_goal(context, LAUNCH)?);
    let sponsor = Owner::Wallet(next.definition.goal.sponsor);
    let place = next.definition.place;
    let domain = place.map(|place| GoalsDomain {
        chain_id: place.chain_id,
        goals: place.contract,
    });
    let member = Signer::embedded(PRODUCT_PANEL[0])?;
    for (model, accepted) in [
        ("acme-coder release 4", true),
        ("acme-coder release 4b", false),
    ] {
        let accept = Accept {
            goal: next.id,
            attempt: 0,
            model: keccak256(format!("{model}: manifest with a nonce")),
            deadline: seconds("2028-07-15T21:59:59Z")?,
        };
        let Some(domain) = &domain else { break };
        let at = seconds("2028-06-30T08:15:00Z")?;
        let paper = accept_paper(domain, accept, (sponsor, at));
        tx.put_paper(&paper).await?;
        if accepted {
            tx.put_paper_signature(&PaperSignature {
                digest: paper.digest,
                signer: member.address(),
                signature: member.sign_digest(&paper.digest)?.to_vec(),
                added_at: seconds("2028-06-30T13:40:00Z")?,
            })
            .await?;
        }
    }
    tx.put_challenge_reason(&ChallengeReason {
        goal: launch.id,
        attempt: 0,
        hash: keccak256(REASON),
        reason: REASON.to_owned(),
        added_at: seconds("2028-06-29T10:00:00Z")?,
        added_by: Owner::Wallet(Signer::embedded(KEEPER)?.address()),
    })
    .await?;
    Ok(())
}

fn account(holder: alloy_primitives::Address) -> Outcome<Option<Signer>> {
    for index in 0..DEV_ACCOUNTS {
        let signer = Signer::embedded(index)?;
        if signer.address() == holder {
            return Ok(Some(signer));
        }
    }
    Ok(None)
}

/// Two templates that its sheets name.
pub(super) async fn templates(tx: &mut Tx) -> Outcome {
    let standard = Template {
        name: "standard-4y".to_owned(),
        kind: String::new(),
        cliff_months: "12".to_owned(),
        duration_months: "48".to_owned(),
        interval_months: "1".to_owned(),
        cliff_percent: "25".to_owned(),
        vest_day: String::new(),
        gates: String::new(),
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 30 * 86_400,
        pause_max: 365 * 86_400,
        withhold_bps: 0,
        changed_at: seconds("2026-06-29T08:00:00Z")?,
    };
    let quarterly = Template {
        name: "quarterly-3y".to_owned(),
        cliff_months: "0".to_owned(),
        duration_months: "36".to_owned(),
        interval_months: "3".to_owned(),
        cliff_percent: "0".to_owned(),
        ..standard.clone()
    };
    for template in [standard, quarterly] {
        if tx.template(&template.name).await?.is_none() {
            tx.put_template(&template).await?;
        }
    }
    Ok(())
}

/// Sheets that PEOPLE has begun to import: one whose columns are not matched, and one without a
/// mistake, ready to be looked at and imported.
pub(super) async fn drafts(tx: &mut Tx, by: String) -> Outcome {
    let columns = READY
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let columns = String::from_utf8_lossy(columns);
    let columns = columns.split(',').map(|name| Some(name.to_owned()));
    for (id, name, (sheet, matched)) in [
        (DRAFT, "acme-2028-h2.csv", (BEGUN, None)),
        (SPOT, "acme-2028-spot.csv", (READY, Some(columns.collect()))),
    ] {
        if tx.import_draft(id).await?.is_some() {
            continue;
        }
        let at = seconds("2028-06-30T15:20:00Z")?;
        tx.put_import_draft(&ImportDraft {
            id: id.to_owned(),
            name: name.to_owned(),
            sheet: sheet.to_vec(),
            matched,
            left_out: std::collections::BTreeSet::new(),
            created_by: by.clone(),
            created_at: at,
            changed_at: at,
            binding_at: None,
            root: None::<B256>,
        })
        .await?;
    }
    Ok(())
}

/// A batch that the owners of a Safe would sign: one clock runs again, one grant ends with notice.
/// And the replacement that waits for its holder's signature, as the page of drafts keeps it.
pub(super) async fn signatures(context: &Context, tx: &mut Tx, seen: u64) -> Outcome {
    let by = Owner::Wallet(Signer::embedded(COMPANY)?.address());
    let at = seconds("2028-06-30T16:05:00Z")?;
    if tx.batches(1).await?.is_empty() {
        let batch = tx.add_batch(&by, at).await?;
        let stop_at = seconds("2028-09-30T22:59:59Z")?;
        for (name, act) in [
            ("G-1019", Act::Resume),
            (
                "G-1009",
                Act::End {
                    stop_at,
                    grace: false,
                },
            ),
        ] {
            let grant = find_grant(context, name)?;
            let terms = grant.file.terms.encode();
            let terms = terms.map_err(|error| Failure::failed(error.to_string()))?;
            let made = batch_call(grant.file.contract, (grant.id, &terms), act, (by, at, seen));
            let call = made.ok_or_else(|| Failure::failed("an act of the story has no call"))?;
            tx.add_batch_call(batch, &call).await?;
        }
    }
    let grant = find_grant(context, PROMOTED)?;
    let subject = format!("grant:{}", grant.id);
    if tx.requests_of(&subject, 1).await?.is_empty() {
        let file = files::read(&context.data.replacement(PROMOTED))?;
        tx.add_request(&NewRequest {
            subject,
            kind: "replace".to_owned(),
            body: String::from_utf8_lossy(&file).into_owned(),
            made_at: at,
            made_by: by,
        })
        .await?;
    }
    Ok(())
}
