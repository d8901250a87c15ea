//! Every error of the interfaces has its own sentence.

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::{Panic, PanicKind, Revert, SolError};

use super::{ErrorNames, RevertKind, Reverted, unknown};
use crate::bindings::{IAccessManager, IAccessToken, IGoals, IGrants, ILibraries, ISuccession};

/// The error with numbers in it that fit every type: small, and a word of text where one is asked.
fn data(selector: [u8; 4]) -> Vec<u8> {
    let mut data = selector.to_vec();
    for number in [32u64, 0, 1_800_000_000, 4, 5, 6] {
        data.extend_from_slice(&U256::from(number).to_be_bytes::<32>());
    }
    data
}

fn every<E: ErrorNames>(selectors: &[[u8; 4]]) -> Vec<Reverted> {
    assert!(!selectors.is_empty());
    let say = |selector: &[u8; 4]| {
        let reverted = Reverted::from_data(&data(*selector));
        assert_eq!(Some(reverted.name.as_str()), E::name(*selector));
        reverted
    };
    selectors.iter().map(say).collect()
}

fn all() -> Vec<Reverted> {
    [
        every::<IGrants::IGrantsErrors>(IGrants::IGrantsErrors::SELECTORS),
        every::<ISuccession::ISuccessionErrors>(ISuccession::ISuccessionErrors::SELECTORS),
        every::<IGoals::IGoalsErrors>(IGoals::IGoalsErrors::SELECTORS),
        every::<IAccessToken::IAccessTokenErrors>(IAccessToken::IAccessTokenErrors::SELECTORS),
        every::<IAccessManager::IAccessManagerErrors>(
            IAccessManager::IAccessManagerErrors::SELECTORS,
        ),
        every::<ILibraries::ILibrariesErrors>(ILibraries::ILibrariesErrors::SELECTORS),
    ]
    .concat()
}

#[test]
fn every_error_has_a_sentence_and_a_hint() {
    let fallbacks = [
        "the Goals contract refused",
        "the token refused",
        "a part of the contract",
    ];
    for reverted in all() {
        let Reverted {
            name,
            sentence,
            hint,
            ..
        } = reverted;
        assert!(sentence.len() > 20 && hint.len() > 4, "{name}: {sentence}");
        for text in [&sentence, &hint] {
            assert!(
                !text.ends_with('.') && !text.contains('\n') && !text.contains("  "),
                "{name}"
            );
        }
        assert!(
            !fallbacks
                .iter()
                .any(|fallback| sentence.starts_with(fallback)),
            "{name}"
        );
        assert!(!sentence.contains("unknown error"), "{name}");
    }
}

#[test]
fn numbers_are_readable() {
    let data = IGrants::NothingClaimable {
        vested: U256::from(1_234_500_000_000_000_000_000u128),
        unlocked: U256::from(2_000_000_000_000_000_000_000u128),
        released: U256::from(1_234_500_000_000_000_000_000u128),
    }
    .abi_encode();
    let reverted = Reverted::from_data(&data);
    assert_eq!(
        reverted.sentence,
        "nothing is claimable now: 1,234.5 vested, 2,000 unlocked, 1,234.5 claimed or withheld so \
         far"
    );
    assert_eq!(reverted.kind, RevertKind::Precondition);
    assert_eq!(reverted.args.len(), 3);

    let data = IGoals::NotYet {
        until: U256::from(1_782_864_000u64),
    }
    .abi_encode();
    let sentence = Reverted::from_data(&data).sentence;
    assert!(
        sentence.ends_with("from 2026-07-01T00:00:00Z on"),
        "{sentence}"
    );

    let id = B256::repeat_byte(1);
    let data = IGrants::WrongState {
        id,
        flags: U256::from(1 + 8 + 16),
    }
    .abi_encode();
    let sentence = Reverted::from_data(&data).sentence;
    assert!(
        sentence.contains("is ended, ended with grace, which"),
        "{sentence}"
    );
}

#[test]
fn a_foreign_error_is_told_as_far_as_it_goes() {
    let text = Revert::from("out of stock").abi_encode();
    assert_eq!(
        Reverted::from_data(&text).sentence,
        "the contract refused: out of stock"
    );
    let panic = Panic::from(PanicKind::UnderOverflow).abi_encode();
    assert_eq!(Reverted::from_data(&panic).name, "Panic");
    let foreign = &keccak256("NeverSeen()")[..4];
    assert_eq!(
        Reverted::from_data(foreign).sentence,
        unknown(foreign).1.sentence
    );
    for short in [&[][..], &[1, 2, 3][..]] {
        assert_eq!(Reverted::from_data(short).name, "Reverted");
    }
    let torn = IGrants::NotHolder {
        caller: Address::ZERO,
        holder: Address::ZERO,
    }
    .abi_encode();
    assert!(
        Reverted::from_data(&torn[..40])
            .sentence
            .contains("unknown error")
    );
}
