//! The form under a preview: typed confirmation, and where the call goes: to the reader's wallet,
//! or into a batch for a Safe.

use guerdon_store::Read;

use super::permission::Permission;
use crate::access::Viewer;
use crate::error::PageError;
use crate::strings::actions as words;

/// Batches offered to add a call to.
const BATCHES_OFFERED: u32 = 20;

/// The form.
#[derive(Debug)]
pub(super) struct Consent {
    /// Path that the form goes to.
    pub(super) action: String,
    /// The order, field by field, hidden.
    pub(super) fields: Vec<(&'static str, String)>,
    /// What has to be typed; none where the act can be taken back.
    pub(super) typed: Option<String>,
    pub(super) ask: String,
    /// What the button says.
    pub(super) button: &'static str,
    /// Why the reader's wallet cannot sign it.
    pub(super) why_not: Option<String>,
    /// What else is to be known before signing.
    pub(super) notes: Vec<String>,
    /// Open batches, number and name; none where the call goes into no batch.
    pub(super) batches: Option<Vec<(u64, String)>>,
    /// What was wrong with the last try.
    pub(super) wrong: Option<String>,
    pub(super) command: String,
}

/// What a consent is made of.
pub(super) struct Terms<'a> {
    pub(super) action: String,
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) typed: Option<&'a str>,
    pub(super) button: &'static str,
    pub(super) permission: &'a Permission,
    pub(super) notes: Vec<String>,
    /// Whether a Safe of the company could make the call.
    pub(super) batched: bool,
    pub(super) is_wrong: bool,
    pub(super) command: String,
}

impl Consent {
    pub(super) async fn new(
        read: &mut Read,
        viewer: Option<&Viewer>,
        terms: Terms<'_>,
    ) -> Result<Self, PageError> {
        let company = viewer.is_some_and(|viewer| viewer.is_company() && viewer.wallet().is_some());
        let batches = match terms.batched && company {
            true => Some(open_batches(read).await?),
            false => None,
        };
        let wrong = terms.typed.filter(|_| terms.is_wrong);
        Ok(Self {
            action: terms.action,
            fields: terms.fields,
            ask: terms.typed.map_or_else(String::new, words::type_this),
            typed: terms.typed.map(str::to_owned),
            button: terms.button,
            why_not: terms.permission.reason().map(str::to_owned),
            notes: terms.notes,
            batches,
            wrong: wrong.map(words::typed_wrong),
            command: terms.command,
        })
    }
}

/// Batches that calls can be added to.
async fn open_batches(read: &mut Read) -> Result<Vec<(u64, String)>, PageError> {
    let all = read.batches(BATCHES_OFFERED).await?.into_iter();
    let open = all.filter(|batch| batch.closed_at.is_none());
    let name = |batch: guerdon_store::Batch| {
        let calls = words::calls(batch.calls.len());
        (batch.id, format!("batch {}, {calls}", batch.id))
    };
    Ok(open.map(name).collect())
}
