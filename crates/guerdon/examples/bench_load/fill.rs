//! What the company imported: rounds, terms, people.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_store::{Identity, ImportedGrant, ImportedRound, NewMember, Person, Store};
use guerdon_web::ContractView;

use crate::Outcome;
use crate::chain::{CHAIN_ID, GOALS, GRANTS, MANAGER, Made, ROUND, SUCCESSION};

pub(crate) fn identity() -> Identity {
    Identity {
        chain_id: CHAIN_ID,
        genesis_hash: keccak256(0_u64.to_be_bytes()),
        start_block: 0,
        grants: GRANTS,
        goals: GOALS,
        succession: Some(SUCCESSION),
        manager: Some(MANAGER),
    }
}

pub(crate) fn contracts(named: &[(&str, Address)]) -> Vec<ContractView> {
    let view = |(name, address): &(&str, Address)| ContractView {
        name: (*name).to_owned(),
        address: *address,
        transaction: None,
        code_hash: B256::ZERO,
    };
    named.iter().map(view).collect()
}

pub(crate) async fn people(store: &Store, holders: &[Address]) -> Outcome {
    let mut tx = store.write().await?;
    for (number, wallet) in holders.iter().enumerate() {
        let member = NewMember {
            number: format!("E{number:05}"),
            name: format!("Engineer {number}"),
            email: format!("engineer.{number}@acme.example"),
            zone: "Europe/Berlin".to_owned(),
            wallets: vec![*wallet],
            ..NewMember::default()
        };
        tx.add_member(&member, 0).await?;
    }
    Ok(tx.commit().await?)
}

pub(crate) async fn imports(store: &Store, made: &Made) -> Outcome {
    let mut tx = store.write().await?;
    for (number, promise) in (0_u64..).zip(&made.promises) {
        let (round, index) = (number / ROUND, number % ROUND);
        if index == 0 {
            tx.put_imported_round(&ImportedRound {
                root: Made::root(round),
                total: Made::total(),
                count: ROUND,
                label: format!("round-{round:02}"),
                file: format!("round-{round:02}.csv"),
                document: B256::ZERO,
                tzdb: "2026b".to_owned(),
            })
            .await?;
        }
        let external_id = format!("G-{number:05}");
        tx.put_terms(&ImportedGrant {
            id: promise.id,
            root: Made::root(round),
            index,
            terms: promise.encoded.clone(),
            external_id: external_id.clone(),
            zone: "Europe/Berlin".to_owned(),
            agreement: None,
        })
        .await?;
        let member = tx.member_of_wallet(promise.holder).await?;
        let member = member.ok_or("a holder is not on the list")?;
        tx.put_person(&Person {
            id: promise.id,
            external_id,
            name: member.name,
            email: member.email,
            employee_id: member.number,
            wallet: promise.holder,
            country: String::new(),
        })
        .await?;
    }
    Ok(tx.commit().await?)
}
