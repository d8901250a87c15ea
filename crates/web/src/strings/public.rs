//! The public pages that hold no records: contracts, roles, how to verify.

pub(crate) const GLOSSARY: &str = "Glossary";
pub(crate) const CONTRACTS: &str = "Contracts";
pub(crate) const VERIFY: &str = "Verify";

/// After a reason about a goal.
pub(crate) const SEE_THE_GOAL: &str = "See the goal";

/// Roles in the order of their numbers, and what each may do.
pub(crate) const ROLES: [(&str, &str); 6] = [
    (
        "Administrator",
        "give and take roles, and set how long before a call each must announce it",
    ),
    (
        "Issuer",
        "commit a round of grants that the pool's free money covers; replace a grant, with its \
         holder's signature",
    ),
    (
        "People",
        "end or pause a grant, within its terms; announce another wallet for a lost key, which \
         the holder can veto",
    ),
    ("Payroll", "lower what is withheld for tax, never raise it"),
    ("Treasury", "take out money that is not promised to anyone"),
    (
        "Minter",
        "create tokens, up to the cap that is fixed in the token",
    ),
];

/// What a contract does.
pub(crate) fn purpose(name: &str) -> &'static str {
    match name {
        "Grants" => "holds the tokens of all rounds, opens grants, pays what is vested",
        "Goals" => "keeps definitions, attempts and results; decides by their lower bound",
        "AccessToken" | "Token" => "the token that grants pay",
        "AccessManager" => "knows which of the company's people may call what",
        "BondToken" => "the coin of challenge bonds, which the company cannot mint",
        "BondManager" => "keeps the bond token's minter apart from the company",
        "Succession" => {
            "lets holders move their grants, replaces them with the holder's signature, recovers \
             them for lost keys"
        }
        _ => "part of this deployment",
    }
}
