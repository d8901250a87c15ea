//! The embedded chain: attaching, dumping, loading, time.

use std::fs;
use std::path::{Path, PathBuf};

use guerdon_chain::embedded::{Embedded, EmbeddedError, Options};
use guerdon_chain::{Chain, ChainError};

use crate::support::{START, Scratch, options, processes_of, start};

fn dumps(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("state-")
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn the_clock_and_the_blocks_are_kept_across_restarts() {
    let dir = Scratch::new();
    let first = start(dir.path()).await;
    assert!(first.owned());
    assert_eq!(first.chain().block(0).await.unwrap().unwrap().time, START);
    let genesis = first.chain().block(0).await.unwrap().unwrap().hash;
    first.advance(86_400).await.unwrap();
    let before = first.set_time(START + 30 * 86_400).await.unwrap();
    assert_eq!(before.time, START + 30 * 86_400);
    first.stop().await.unwrap();
    assert!(processes_of(dir.path()).is_empty());

    let other_time = Options {
        start_time: Some(1),
        ..options()
    };
    let second = Embedded::attach_or_start(dir.path(), &other_time)
        .await
        .unwrap();
    assert_eq!(second.notice(), None);
    assert_eq!(second.chain().head().await.unwrap(), before);
    assert_eq!(
        second.chain().block(0).await.unwrap().unwrap().hash,
        genesis
    );
    let after = second.mine().await.unwrap();
    let gap = after.time - before.time;
    assert!(gap < 20, "the clock jumped by {gap} seconds");
    let now = second.chain().now().await.unwrap();
    assert!(now - after.time < 20, "the pending block is at {now}");
    second.stop().await.unwrap();
}

#[tokio::test]
async fn time_goes_forward_only() {
    let dir = Scratch::new();
    let chain = start(dir.path()).await;
    let head = chain.advance(100).await.unwrap();
    for wanted in [START, head.time] {
        let error = chain.set_time(wanted).await.unwrap_err();
        assert!(
            matches!(error, ChainError::Embedded(EmbeddedError::Backwards { .. })),
            "{error}"
        );
    }
    chain.stop().await.unwrap();
}

#[tokio::test]
async fn commands_that_come_at_once_share_one_process() {
    let dir = Scratch::new();
    let options = options();
    let come = || Embedded::attach_or_start(dir.path(), &options);
    let all = tokio::try_join!(come(), come(), come(), come(), come()).unwrap();
    let all = [all.0, all.1, all.2, all.3, all.4];

    let pid = all[0].process_id();
    assert!(all.iter().all(|one| one.process_id() == pid));
    assert_eq!(all.iter().filter(|one| one.owned()).count(), 1);
    assert_eq!(processes_of(dir.path()), [pid]);

    // The last one out stops it, whoever started it.
    for one in all {
        assert_eq!(processes_of(dir.path()), [pid]);
        one.release().await.unwrap();
    }
    assert!(processes_of(dir.path()).is_empty());
}

#[tokio::test]
async fn a_kept_chain_stays_until_it_is_stopped() {
    let dir = Scratch::new();
    let command = start(dir.path()).await;
    let keep = Options {
        keep: true,
        ..options()
    };
    let server = Embedded::attach_or_start(dir.path(), &keep).await.unwrap();
    server.mine().await.unwrap();
    server.release().await.unwrap();
    command.release().await.unwrap();
    assert_eq!(processes_of(dir.path()).len(), 1);

    let again = start(dir.path()).await;
    assert!(!again.owned());
    assert_eq!(again.chain().head().await.unwrap().number, 1);
    again.stop().await.unwrap();
    assert!(processes_of(dir.path()).is_empty());
}

#[tokio::test]
async fn only_what_moved_is_dumped_and_two_dumps_are_kept() {
    let dir = Scratch::new();
    let chain = start(dir.path()).await;
    for _ in 0..3 {
        chain.mine().await.unwrap();
        assert!(chain.snapshot().await.unwrap());
        assert!(!chain.snapshot().await.unwrap());
    }
    assert_eq!(dumps(dir.path()).len(), 2);
    chain.stop().await.unwrap();
    assert_eq!(dumps(dir.path()).len(), 2);
}

#[tokio::test]
async fn a_torn_dump_falls_back_to_the_one_before_and_says_so() {
    let dir = Scratch::new();
    let chain = start(dir.path()).await;
    chain.mine().await.unwrap();
    chain.snapshot().await.unwrap();
    let good = chain.chain().head().await.unwrap();
    chain.mine().await.unwrap();
    chain.stop().await.unwrap();

    let newest = dumps(dir.path()).pop().unwrap();
    let bytes = fs::read(&newest).unwrap();
    fs::write(&newest, &bytes[..bytes.len() / 2]).unwrap();
    let chain = start(dir.path()).await;
    let notice = chain.notice().unwrap().to_owned();
    assert!(notice.contains("at block 1"), "{notice}");
    assert_eq!(chain.chain().head().await.unwrap(), good);
    chain.mine().await.unwrap();
    chain.stop().await.unwrap();

    for dump in dumps(dir.path()) {
        fs::write(dump, b"torn").unwrap();
    }
    let error = Embedded::attach_or_start(dir.path(), &options())
        .await
        .unwrap_err();
    assert!(
        matches!(error, ChainError::Embedded(EmbeddedError::NoDump { .. })),
        "{error}"
    );
    assert!(error.hint().is_some());
    assert!(processes_of(dir.path()).is_empty());
}

#[tokio::test]
async fn a_stale_record_is_no_chain() {
    let dir = Scratch::new();
    let chain = start(dir.path()).await;
    chain.mine().await.unwrap();
    chain.snapshot().await.unwrap();
    let record = fs::read(dir.path().join("anvil.json")).unwrap();
    let (port_owner, old) = (Scratch::new(), chain.process_id());
    chain.stop().await.unwrap();

    // The machine went down: the record stands and the process is gone.
    fs::write(dir.path().join("anvil.json"), &record).unwrap();
    let chain = start(dir.path()).await;
    assert_ne!(chain.process_id(), old);
    assert_eq!(chain.chain().head().await.unwrap().number, 1);
    chain.stop().await.unwrap();

    // Worse, another chain listens on its port now.
    let stale: serde_json::Value = serde_json::from_slice(&record).unwrap();
    let port = u16::try_from(stale["port"].as_u64().unwrap()).unwrap();
    let other = Options { port, ..options() };
    let other = Embedded::attach_or_start(port_owner.path(), &other)
        .await
        .unwrap();
    fs::write(dir.path().join("anvil.json"), &record).unwrap();
    let chain = start(dir.path()).await;
    assert_ne!(chain.url(), other.url());
    assert_eq!(chain.chain().head().await.unwrap().number, 1);
    chain.stop().await.unwrap();
    other.stop().await.unwrap();
}

#[tokio::test]
async fn a_program_that_is_not_there_is_one_sentence() {
    let dir = Scratch::new();
    for program in ["/nowhere/anvil", "/bin/false"] {
        let options = Options {
            anvil: Some(program.into()),
            ..options()
        };
        let error = Embedded::attach_or_start(dir.path(), &options)
            .await
            .unwrap_err();
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let chain = start(dir.path()).await;
    chain.stop().await.unwrap();
}

#[tokio::test]
async fn stopping_under_a_user_is_told_to_it() {
    let dir = Scratch::new();
    let user = start(dir.path()).await;
    start(dir.path()).await.stop().await.unwrap();
    let error = user.snapshot().await.unwrap_err();
    assert!(
        matches!(error, ChainError::Embedded(EmbeddedError::Gone)),
        "{error}"
    );
    assert!(Chain::connect(user.url()).await.is_err());
    user.release().await.unwrap();
}
