//! What a panel signs, and the files behind it.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_store::{ChallengeReason, Owner, Paper, PaperSignature, ResultFile, Store};

use crate::harness::on_both;

const ASKER: Owner = Owner::Wallet(Address::repeat_byte(0x0d));
const GOAL: B256 = B256::repeat_byte(0x33);
const AT: u64 = 1_782_864_000;

fn paper(digest: u8, attempt: u16) -> Paper {
    Paper {
        digest: B256::repeat_byte(digest),
        goal: GOAL,
        attempt,
        kind: "result".to_owned(),
        body: "{}".to_owned(),
        made_at: AT,
        made_by: ASKER,
    }
}

fn signature(digest: u8, signer: u8) -> PaperSignature {
    PaperSignature {
        digest: B256::repeat_byte(digest),
        signer: Address::repeat_byte(signer),
        signature: vec![signer; 65],
        added_at: AT + 1,
    }
}

#[tokio::test]
async fn a_member_signs_a_paper_once() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert!(tx.put_paper(&paper(1, 0)).await.unwrap());
        assert!(!tx.put_paper(&paper(1, 0)).await.unwrap());
        assert!(tx.put_paper(&paper(2, 1)).await.unwrap());
        assert!(tx.put_paper_signature(&signature(1, 7)).await.unwrap());
        let again = PaperSignature {
            signature: vec![0xff; 65],
            ..signature(1, 7)
        };
        assert!(!tx.put_paper_signature(&again).await.unwrap());
        assert!(tx.put_paper_signature(&signature(1, 8)).await.unwrap());
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        assert!(tx.put_paper_signature(&signature(9, 7)).await.is_err());
        drop(tx);

        let mut read = store.read().await.unwrap();
        assert_eq!(
            read.panel_papers(GOAL).await.unwrap(),
            [paper(1, 0), paper(2, 1)]
        );
        let kept = read.paper_signatures(GOAL).await.unwrap();
        assert_eq!(kept, [signature(1, 7), signature(1, 8)]);
        assert!(read.panel_papers(B256::ZERO).await.unwrap().is_empty());
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn files_and_reasons_are_kept_by_their_hash() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let content = b"{\"results\":{}}".to_vec();
        let file = ResultFile {
            goal: GOAL,
            attempt: 1,
            hash: keccak256(&content),
            name: "results.json".to_owned(),
            content,
            added_at: AT,
            added_by: ASKER,
        };
        let reason = ChallengeReason {
            goal: GOAL,
            attempt: 1,
            hash: keccak256("the set was known"),
            reason: "the set was known".to_owned(),
            added_at: AT,
            added_by: ASKER,
        };
        let mut tx = store.write().await.unwrap();
        assert!(tx.put_result_file(&file).await.unwrap());
        assert!(!tx.put_result_file(&file).await.unwrap());
        assert!(tx.put_challenge_reason(&reason).await.unwrap());
        assert!(!tx.put_challenge_reason(&reason).await.unwrap());
        tx.commit().await.unwrap();

        let mut read = store.read().await.unwrap();
        let found = read.result_file((GOAL, 1), file.hash).await.unwrap();
        assert_eq!(found, Some(file.clone()));
        assert!(!format!("{found:?}").contains("results"));
        let other = read.result_file((GOAL, 0), file.hash).await.unwrap();
        assert_eq!(other, None);
        let found = read.challenge_reason((GOAL, 1), reason.hash).await.unwrap();
        assert_eq!(found, Some(reason.clone()));
        let other = read.challenge_reason((GOAL, 0), reason.hash).await.unwrap();
        assert_eq!(other, None);
        for (attempt, author, counts) in [
            (1, ASKER, (1, 1)),
            (1, Owner::Wallet(Address::ZERO), (0, 1)),
            (0, ASKER, (0, 0)),
        ] {
            let place = (GOAL, attempt);
            let counted = read.count_challenge_reasons(place, author).await.unwrap();
            assert_eq!(counted, counts);
        }
        assert!(!read.judges(Address::repeat_byte(7)).await.unwrap());
        drop(read);
        store.close().await;
    })
    .await;
}
