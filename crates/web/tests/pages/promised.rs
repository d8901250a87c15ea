//! What a holder gets of a grant that the company is not bound to.

use axum::http::StatusCode;
use guerdon_core::fact::Fact;

use crate::me::Portal;
use crate::people::Who;
use crate::sample::{AGREEMENT, Story, WALL};

#[tokio::test]
async fn a_draft_and_a_round_that_was_taken_back_have_no_file_for_the_holder() {
    let bound = Portal::of(Story::begun(), Some(WALL - 4)).await;
    let mut story = Story::begun();
    let (root, freed) = (story.root, story.total);
    story.say(Fact::RoundRescinded { root, freed });
    let taken_back = Portal::of(story, Some(WALL - 4)).await;
    let draft = Portal::of(Story::begun(), Some(WALL - 4)).await;
    let mut tx = draft.store.write().await.unwrap();
    tx.delete_round(root).await.unwrap();
    tx.commit().await.unwrap();
    for (name, site, is_bound) in [
        ("bound", bound, true),
        ("taken back", taken_back, false),
        ("draft", draft, false),
    ] {
        let path = format!("{}/file.json", site.grant("G-1004"));
        for (who, gets) in [
            (Who::Holder, is_bound),
            (Who::HolderByMail, is_bound),
            (Who::CompanyByList, true),
        ] {
            let answer = site.get(who, &path).await;
            let status = match gets {
                true => StatusCode::OK,
                false => StatusCode::NOT_FOUND,
            };
            assert_eq!(answer.status, status, "{name}, {who:?}: {}", answer.body);
            assert_eq!(answer.body.contains(AGREEMENT), gets, "{name}, {who:?}");
        }
    }
}
