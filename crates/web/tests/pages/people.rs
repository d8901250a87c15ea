//! People of every kind, signed in, over a story's store.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_core::fact::Origin;
use guerdon_core::ledger::MemberRecord;
use guerdon_store::{
    Actor, ListRole, Means, NewAuditorLink, NewMember, Owner, PersonId, Session, ShareLink, Store,
    Tx,
};

use crate::sample::{Story, WALL, address};

/// The grant that the engineer holds; opened.
pub(crate) const MINE: &str = "G-1004";
/// A grant of somebody else; opened.
const OTHERS: &str = "G-1001";
const COMPANY: Address = Address::repeat_byte(0xc1);
const ADMINISTRATOR: Address = Address::repeat_byte(0xa1);
/// Wallets with a role on the chain: people, and the administrator's.
const ON_CHAIN: [(Address, u64); 2] = [
    (Address::repeat_byte(0xc2), 2),
    (Address::repeat_byte(0xa2), 0),
];
/// Tokens of the share link, the calendar and the link for auditors.
pub(crate) const SHARE: [u8; 32] = [0x5a; 32];
pub(crate) const CALENDAR: [u8; 32] = [0xca; 32];
pub(crate) const AUDITOR_LINK: [u8; 32] = [0xad; 32];

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Who {
    Nobody,
    /// Signed in by a wallet that holds nothing.
    Engineer,
    Holder,
    OtherHolder,
    HolderByMail,
    CompanyByList,
    CompanyByMail,
    /// A wallet with a role on the chain, not on the list.
    CompanyByChain,
    AdministratorByList,
    AdministratorByMail,
    AdministratorByChain,
    AuditorByMail,
    /// The wallet that the goals name as their sponsor; a panel member's; the arbiter's.
    Sponsor,
    PanelMember,
    Arbiter,
    /// Whoever has a link for auditors.
    AuditorByLink,
}

pub(crate) const EVERYBODY: [Who; 16] = [
    Who::Nobody,
    Who::Engineer,
    Who::Holder,
    Who::OtherHolder,
    Who::HolderByMail,
    Who::CompanyByList,
    Who::CompanyByMail,
    Who::CompanyByChain,
    Who::AdministratorByList,
    Who::AdministratorByMail,
    Who::AdministratorByChain,
    Who::AuditorByMail,
    Who::Sponsor,
    Who::PanelMember,
    Who::Arbiter,
    Who::AuditorByLink,
];

impl Who {
    /// The 32 bytes of the session's token; none for nobody.
    fn secret(self) -> [u8; 32] {
        [0x80 + self as u8; 32]
    }

    /// What the browser sends as its cookie.
    pub(crate) fn cookie(self) -> Option<String> {
        let token = alloy_primitives::hex::encode(self.secret());
        (self != Self::Nobody).then(|| format!("__Host-guerdon={token}"))
    }

    pub(crate) fn session(self) -> B256 {
        keccak256(self.secret())
    }
}

/// Puts everybody on the list, on the chain, and into a session.
pub(crate) async fn put(store: &Store, story: &Story) -> Vec<PersonId> {
    let (mine, others) = (&story.grants[MINE].1, &story.grants[OTHERS].1);
    let mut tx = store.write().await.unwrap();
    let add = |number: &str, roles: &[ListRole], wallets: &[Address]| NewMember {
        number: number.to_owned(),
        name: format!("Person {number}"),
        email: format!("{}@acme.example", number.to_lowercase()),
        zone: "Europe/Madrid".to_owned(),
        roles: roles.to_vec(),
        wallets: wallets.to_vec(),
        ..NewMember::default()
    };
    let engineer = add("E1", &[], &[mine.recipient]);
    let other = add("E2", &[], &[others.recipient]);
    let people = [
        engineer,
        other,
        add("C1", &[ListRole::Company], &[COMPANY]),
        add("A1", &[ListRole::Administrator], &[ADMINISTRATOR]),
        add("R1", &[ListRole::Auditor], &[]),
    ];
    let mut ids = Vec::new();
    for person in &people {
        ids.push(tx.add_member(person, WALL).await.unwrap());
    }
    for (account, role) in ON_CHAIN {
        tx.put_role_member(&role_of(account, role)).await.unwrap();
    }
    tx.add_auditor_link(&NewAuditorLink {
        hash: keccak256(AUDITOR_LINK),
        label: "KPMG".to_owned(),
        made_at: WALL - 60,
        made_by: Actor::Owner(Owner::Person(ids[3])),
        expires_at: WALL + 86_400,
    })
    .await
    .unwrap();
    put_sessions(&mut tx, story, &ids).await;
    tx.put_share_link(&ShareLink {
        hash: keccak256(SHARE),
        grant: story.grants[MINE].0,
        wallet: mine.recipient,
        label: "for my bank".to_owned(),
        created_at: WALL - 60,
        expires_at: None,
        revoked_at: None,
    })
    .await
    .unwrap();
    let owner = Owner::Person(ids[0]);
    tx.put_calendar_link(owner, keccak256(CALENDAR), WALL - 60)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    ids
}

/// Signs everybody in, whatever ended their sessions.
pub(crate) async fn sign_in(store: &Store, story: &Story, ids: &[PersonId]) {
    let mut tx = store.write().await.unwrap();
    put_sessions(&mut tx, story, ids).await;
    tx.commit().await.unwrap();
}

async fn put_sessions(tx: &mut Tx, story: &Story, ids: &[PersonId]) {
    let (mine, others) = (&story.grants[MINE].1, &story.grants[OTHERS].1);
    let wallet = |wallet, person: Option<usize>| (Means::Wallet, Some(wallet), person);
    let mail = |person: usize| (Means::MailLink, None, Some(person));
    for (who, (means, wallet, person)) in [
        (Who::Engineer, wallet(address(0xe3), None)),
        (Who::Sponsor, wallet(address(0x51), None)),
        (Who::PanelMember, wallet(address(0x20), None)),
        (Who::Arbiter, wallet(address(0x88), None)),
        (Who::Holder, wallet(mine.recipient, Some(0))),
        (Who::OtherHolder, wallet(others.recipient, Some(1))),
        (Who::HolderByMail, mail(0)),
        (Who::CompanyByList, wallet(COMPANY, Some(2))),
        (Who::CompanyByMail, mail(2)),
        (Who::CompanyByChain, wallet(ON_CHAIN[0].0, None)),
        (Who::AdministratorByList, wallet(ADMINISTRATOR, Some(3))),
        (Who::AdministratorByMail, mail(3)),
        (Who::AdministratorByChain, wallet(ON_CHAIN[1].0, None)),
        (Who::AuditorByMail, mail(4)),
        (Who::AuditorByLink, (Means::AuditorLink(1), None, None)),
    ] {
        let session = Session {
            hash: who.session(),
            means,
            person: person.map(|person| ids[person]),
            wallet,
            agent: "Firefox on Linux".to_owned(),
            created_at: WALL - 60,
            seen_at: WALL - 60,
            idle_at: WALL + 3_600,
            expires_at: WALL + 86_400,
        };
        tx.end_session(session.hash).await.unwrap();
        tx.add_session(&session).await.unwrap();
    }
}

fn role_of(account: Address, role: u64) -> MemberRecord {
    MemberRecord {
        role,
        account,
        since: 1,
        delay_before: 0,
        delay: 0,
        delay_from: 0,
        changed: Origin::default(),
    }
}
