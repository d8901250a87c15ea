//! Everybody of the story whom a visitor of its pages may be.

use alloy_primitives::Address;
use guerdon_chain::Signer;
use guerdon_store::ListRole;
use guerdon_web::Actor;

use super::goals::{LAUNCH_PANEL, PRODUCT_PANEL};
use super::input::FIRST;
use crate::commands::goal::{ARBITER, SPONSOR};
use crate::commands::money::COMPANY;
use crate::error::{Failure, Outcome};

/// Accounts of the embedded chain that work for the company beside its first.
pub(super) const PEOPLE: u32 = 30;
pub(super) const PAYROLL: u32 = 31;
pub(super) const TREASURY: u32 = 32;
const AUDITOR: u32 = 33;

/// Somebody who holds no grant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Player {
    pub(super) account: u32,
    pub(super) number: &'static str,
    pub(super) name: &'static str,
    pub(super) does: &'static str,
    pub(super) zone: &'static str,
    pub(super) country: &'static str,
    pub(super) roles: &'static [ListRole],
    group: &'static str,
    home: &'static str,
}

const COMPANYS: &str = "The company";
const JUDGES: &str = "Who measures";

const fn company(account: u32, number: &'static str, name: &'static str) -> Player {
    Player {
        account,
        number,
        name,
        does: "",
        zone: "Europe/Berlin",
        country: "DE",
        roles: &[ListRole::Company],
        group: COMPANYS,
        home: "/company",
    }
}

const fn judge(account: u32, number: &'static str, name: &'static str) -> Player {
    Player {
        does: "panel",
        roles: &[],
        group: JUDGES,
        home: "/queue",
        ..company(account, number, name)
    }
}

pub(super) static PLAYERS: [Player; 13] = [
    Player {
        does: "administrator",
        roles: &[ListRole::Administrator, ListRole::Company],
        ..company(COMPANY, "E001", "Ingrid Solberg")
    },
    Player {
        does: "PEOPLE",
        ..company(PEOPLE, "E014", "Marco Bianchi")
    },
    Player {
        does: "payroll",
        ..company(PAYROLL, "E022", "Hana Sato")
    },
    Player {
        does: "treasury",
        ..company(TREASURY, "E009", "Viktor Lange")
    },
    Player {
        does: "auditor",
        roles: &[ListRole::Auditor],
        zone: "Europe/Paris",
        country: "FR",
        home: "/company/audit",
        ..company(AUDITOR, "A-01", "Claire Fontaine")
    },
    Player {
        does: "sponsor of the goals",
        ..judge(SPONSOR, "E031", "Noor Rahman")
    },
    judge(PRODUCT_PANEL[0], "P-01", "Helen Marsh"),
    judge(PRODUCT_PANEL[1], "P-02", "Jun Park"),
    judge(PRODUCT_PANEL[2], "P-03", "Amara Diallo"),
    judge(LAUNCH_PANEL[0], "P-04", "Lars Nyberg"),
    judge(LAUNCH_PANEL[1], "P-05", "Sofia Marin"),
    judge(LAUNCH_PANEL[2], "P-06", "Piet de Vries"),
    Player {
        does: "arbiter",
        ..judge(ARBITER, "P-07", "Ruth Abramson")
    },
];

/// The engineers of the first sheet, then everybody else.
pub(super) fn cast() -> Outcome<Vec<Actor>> {
    let mut cast = engineers()?;
    for player in &PLAYERS {
        cast.push(Actor {
            key: player.number.to_owned(),
            name: player.name.to_owned(),
            does: player.does.to_owned(),
            group: player.group,
            account: Signer::embedded(player.account)?.address(),
            home: player.home.to_owned(),
        });
    }
    Ok(cast)
}

fn engineers() -> Outcome<Vec<Actor>> {
    let wrong = |error: &dyn std::fmt::Display| Failure::failed(format!("{}: {error}", FIRST.name));
    let mut reader = csv::Reader::from_reader(FIRST.bytes);
    let headers = reader.headers().map_err(|error| wrong(&error))?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let (name, number) = (column("name"), column("employee_id"));
    let (wallet, notes) = (column("wallet"), column("notes"));
    let mut cast: Vec<Actor> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| wrong(&error))?;
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
        let account: Address = cell(wallet).parse().map_err(|error| wrong(&error))?;
        if cast.iter().any(|actor| actor.account == account) {
            continue;
        }
        let does = match cell(notes) {
            "contractor" => "contractor",
            _ => "engineer",
        };
        cast.push(Actor {
            key: cell(number).to_owned(),
            name: cell(name).to_owned(),
            does: does.to_owned(),
            group: "Engineers",
            account,
            home: "/me".to_owned(),
        });
    }
    Ok(cast)
}
