//! The agreement behind a grant: a readable statement of its terms with a random nonce, whose
//! hash is the `document` of the terms. Without the nonce nobody can guess the text.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_core::terms::Terms;

use crate::amount;
use crate::calendar::Zone;
use crate::percent::show_ppb;
use crate::words::{describe_gates, describe_schedule};

/// Before the nonce, which ends the text.
const NONCE: &str = "Nonce: ";

/// A generated agreement.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The whole text; its keccak256 in UTF-8 is the `document` of the terms.
    pub text: String,
}

impl Agreement {
    /// keccak256 of the text in UTF-8.
    #[must_use]
    pub fn document(&self) -> B256 {
        keccak256(self.text.as_bytes())
    }

    /// Whether another text says the same, but for its nonce.
    #[must_use]
    pub fn says_like(&self, text: &str) -> bool {
        fn said(text: &str) -> &str {
            text.rsplit_once(NONCE).map_or(text, |(said, _)| said)
        }
        said(&self.text) == said(text)
    }
}

/// Everything that an agreement says. The `document` of the terms is not read.
pub struct Statement<'a> {
    /// Who grants.
    pub company: &'a str,
    /// Who is granted; may be empty.
    pub name: &'a str,
    /// The company's own number of the grant.
    pub external_id: &'a str,
    /// `30 Jun 2026`; empty if not said.
    pub grant_date: &'a str,
    /// `28 Jun 2026`; empty if not said.
    pub board_approval_date: &'a str,
    /// Names of files that belong to it; may be empty.
    pub document_refs: &'a str,
    /// The symbol of the token.
    pub symbol: &'a str,
    /// Decimal places of the token.
    pub decimals: u8,
    /// Where its days begin.
    pub zone: &'a Zone,
    /// Chain id at deployment of the contract.
    pub chain_id: u64,
    /// The Grants contract.
    pub contract: Address,
    /// What is granted.
    pub terms: &'a Terms,
    /// The name of a goal.
    pub goal_name: &'a dyn Fn(B256) -> String,
}

impl std::fmt::Debug for Statement<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut form = formatter.debug_struct("Statement");
        form.field("external_id", &self.external_id)
            .finish_non_exhaustive()
    }
}

impl Statement<'_> {
    /// Writes the agreement with a nonce that nobody else knows.
    #[must_use]
    pub fn agreement(&self, nonce: [u8; 32]) -> Agreement {
        let mut lines = vec![format!("Grant {}", self.external_id), String::new()];
        lines.extend(self.parties());
        lines.extend(self.promise());
        lines.extend(self.powers());
        lines.push(String::new());
        lines.push(
            "The contract pays by the terms; this text says them in words. The keccak256 hash of \
             this text stands in the terms as `document`."
                .to_owned(),
        );
        lines.push(format!("{NONCE}{}", B256::from(nonce)));
        let mut text = lines.join("\n");
        text.push('\n');
        Agreement { text }
    }

    fn parties(&self) -> Vec<String> {
        let holder = if self.name.is_empty() {
            "the holder"
        } else {
            self.name
        };
        let mut lines = vec![
            format!("Granted by: {}", self.company),
            format!("Granted to: {holder}, paid to {}", self.terms.recipient),
            format!("Contract: {} on chain {}", self.contract, self.chain_id),
        ];
        let optional = [
            ("Granted on", self.grant_date),
            ("Approved by the board on", self.board_approval_date),
            ("Belongs to it", self.document_refs),
        ];
        let said = optional.iter().filter(|(_, value)| !value.is_empty());
        lines.extend(said.map(|(label, value)| format!("{label}: {value}")));
        lines
    }

    fn promise(&self) -> Vec<String> {
        let Terms {
            amount,
            start,
            vesting,
            gates,
            ..
        } = self.terms;
        let exact = amount::exact(*amount, self.decimals);
        let mut lines = vec![
            String::new(),
            format!(
                "Amount: at most {exact} {} ({amount} base units)",
                self.symbol
            ),
            format!(
                "Earned by time: {}",
                describe_schedule(vesting, *start, self.zone)
            ),
            format!(
                "Results: {}",
                describe_gates(gates, self.goal_name).join(" ")
            ),
        ];
        if let Some(unlock) = &self.terms.unlock {
            let words = describe_schedule(&unlock.schedule, unlock.start, self.zone);
            lines.push(format!("May leave: {words}"));
        }
        let withheld = show_ppb(u32::from(self.terms.withhold_bps) * 100_000);
        lines.push(format!("Withheld for tax from each payment: {withheld}"));
        lines
    }

    fn powers(&self) -> Vec<String> {
        let terms = self.terms;
        let mut lines = vec![String::new()];
        if terms.powers.end {
            lines.push(format!(
                "The company may end this grant, at most {} back. What was paid stays paid.",
                span(terms.backdate_seconds)
            ));
            if terms.grace_seconds > 0 {
                let grace = span(terms.grace_seconds);
                lines.push(format!(
                    "After an end with grace it goes on vesting for {grace}."
                ));
            }
        } else {
            lines.push("The company may not end this grant.".to_owned());
        }
        lines.push(match terms.pause_max {
            0 => "The company may not pause it.".to_owned(),
            seconds => format!(
                "The company may pause its clock for {} in all.",
                span(seconds)
            ),
        });
        if terms.powers.r#move {
            lines.push("The holder may move it to another account.".to_owned());
        }
        if terms.powers.recover {
            lines.push(
                "If the holder's key is lost, the company may move it after a notice of 30 days, \
                 in which the holder can veto."
                    .to_owned(),
            );
        }
        lines
    }
}

/// Seconds in days if they are whole days.
pub(crate) fn span(seconds: u32) -> String {
    match (seconds / 86_400, seconds % 86_400) {
        (1, 0) => "1 day".to_owned(),
        (days, 0) if days > 0 => format!("{days} days"),
        _ => format!("{seconds} seconds"),
    }
}
