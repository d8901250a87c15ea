//! Who sponsors, signs and judges: accounts, or people of the list by their numbers.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use guerdon_chain::Role;
use guerdon_store::Read;

use super::read::Reader;
use super::sheet::Sheet;
use crate::actions::account;
use crate::error::PageError;
use crate::strings::goal_builder as words;

/// Members a panel can have, and a few lines more to say so.
const LINES_MAX: usize = 20;

/// Accounts by what was typed for them, or why there is none.
#[derive(Debug, Default)]
pub(super) struct People {
    known: BTreeMap<String, Result<Address, String>>,
    /// Names of the list by account.
    pub(super) names: BTreeMap<Address, String>,
}

impl People {
    /// Looks up everybody whom the sheet names.
    pub(super) async fn look_up(read: &mut Read, sheet: &Sheet) -> Result<Self, PageError> {
        let mut people = Self::default();
        let panel = lines(sheet.get("panel"));
        let others = ["sponsor", "arbiter"].map(|name| sheet.get(name).to_owned());
        for text in panel.into_iter().chain(others) {
            if text.is_empty() || people.known.contains_key(&text) {
                continue;
            }
            let found = find(read, &text).await?;
            if let Ok(account) = found {
                let member = read.member_of_wallet(account).await?;
                let name = member.map(|member| member.name).unwrap_or_default();
                if !name.is_empty() {
                    people.names.insert(account, name);
                }
            }
            people.known.insert(text, found);
        }
        Ok(people)
    }

    fn get(&self, text: &str) -> Result<Address, String> {
        let found = self.known.get(text).cloned();
        found.unwrap_or_else(|| Err(words::MISSING.to_owned()))
    }

    /// The one account of a field.
    pub(super) fn one(&self, reader: &mut Reader<'_>, name: &'static str) -> Address {
        self.get(reader.sheet.get(name)).unwrap_or_else(|why| {
            reader.wrong.add(name, why);
            Address::ZERO
        })
    }

    /// The panel, in ascending order.
    pub(super) fn panel(&self, reader: &mut Reader<'_>) -> Vec<Address> {
        let texts = lines(reader.sheet.get("panel"));
        if texts.is_empty() {
            reader.wrong.add("panel", words::MISSING);
        }
        let mut members = Vec::new();
        for text in &texts {
            match self.get(text) {
                Ok(member) if members.contains(&member) => {
                    reader.wrong.add("panel", words::twice(text));
                }
                Ok(member) => members.push(member),
                Err(why) if why.contains(text) => reader.wrong.add("panel", why),
                Err(why) => reader.wrong.add("panel", words::of_line(text, &why)),
            }
        }
        members.sort_unstable();
        members
    }
}

/// One on a line, or separated by commas.
fn lines(text: &str) -> Vec<String> {
    let pieces = text.split(['\n', ',', ';']).map(str::trim);
    let filled = pieces.filter(|piece| !piece.is_empty());
    filled.take(LINES_MAX).map(str::to_owned).collect()
}

/// An address as it is, or the first wallet of the person with this number.
async fn find(read: &mut Read, text: &str) -> Result<Result<Address, String>, PageError> {
    if text.starts_with("0x") {
        let found = account(text).map_err(str::to_owned);
        return Ok(found.and_then(|account| match account.is_zero() {
            true => Err(words::NOBODY.to_owned()),
            false => Ok(account),
        }));
    }
    let Some(member) = read.member_of_number(text).await? else {
        return Ok(Err(words::unknown_person(text)));
    };
    let wallet = member.wallets.first().map(|wallet| wallet.address);
    Ok(wallet.ok_or_else(|| words::no_wallet(text)))
}

/// Panel members who have a role of the company: no round with such a goal is committed.
pub(super) async fn own_judges(
    read: &mut Read,
    panel: &[Address],
    now: u64,
) -> Result<Vec<String>, PageError> {
    let mut said = Vec::new();
    for role in Role::ALL {
        for member in read.members_of(role.id()).await? {
            if member.is_member(now) && panel.contains(&member.account) {
                let role = role.label().to_lowercase();
                said.push(words::own_judge(&member.account.to_checksum(None), &role));
            }
        }
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    #[test]
    fn members_stand_on_lines_or_behind_commas() {
        assert_eq!(super::lines(" a\r\nb, c;\n\n d "), ["a", "b", "c", "d"]);
        assert!(super::lines(" ,\n").is_empty());
    }
}
