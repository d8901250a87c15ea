//! `people add`: a new person, or more about one who is on the list.

use guerdon_store::{Actor, ListRole, NewEntry, NewMember, PersonId, Store};
use serde_json::json;

use super::{now, show};
use crate::cli::{AddPersonArgs, RoleName};
use crate::confirm::{Consent, confirm_or};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::Record;

pub(super) async fn run(context: &Context, store: &Store, arguments: &AddPersonArgs) -> Outcome {
    // Looked at first and written at the end: nobody waits while a person is being asked.
    let known = store
        .read()
        .await?
        .member_of_number(&arguments.number)
        .await?;
    let before = known.as_ref().map(guerdon_store::Member::to_new);
    let after = merged(arguments, before.clone().unwrap_or_default());
    if let Some((_, sentence)) = show::to_entry(&after)
        .check(&show::role_names())
        .into_iter()
        .next()
    {
        return Err(Failure::input(sentence));
    }
    let changes = before.as_ref().map(|before| show::changes(before, &after));
    if changes.as_ref().is_some_and(Vec::is_empty) {
        return Err(Failure::precondition(format!(
            "{} is on the list with all of this already",
            after.number
        )));
    }
    tell(context, &after, changes.as_deref());
    if !context.global.dry_run {
        confirm_or(
            &context.global,
            "Write it?",
            Consent::Yes,
            "nothing was written",
        )?;
    }
    let mut tx = store.write().await?;
    let id = match &known {
        Some(member) => {
            tx.put_member(member.person, &after).await?;
            member.person
        }
        None => tx.add_member(&after, now()).await?,
    };
    tx.append_audit(&entry(id, changes.as_deref(), &after))
        .await?;
    if context.global.dry_run {
        // Everything was tried; dropped, it leaves no trace.
        let value = json!({"number": after.number, "new": known.is_none(), "dry_run": true});
        let record = Record::new(value).line("dry run", "nothing was written");
        return context.global.output.record(&record);
    }
    tx.commit().await?;
    let value = json!({"id": id.to_string(), "number": after.number, "new": known.is_none()});
    let done = if known.is_none() { "added" } else { "changed" };
    let record = Record::new(value)
        .line(done, after.number.clone())
        .line("id", id.to_string());
    context.global.output.record(&record)
}

fn merged(arguments: &AddPersonArgs, mut new: NewMember) -> NewMember {
    new.number.clone_from(&arguments.number);
    for (field, given) in [
        (&mut new.name, &arguments.name),
        (&mut new.email, &arguments.email),
        (&mut new.country, &arguments.country),
        (&mut new.zone, &arguments.zone),
    ] {
        if let Some(given) = given {
            field.clone_from(given);
        }
    }
    let roles = arguments.role.iter().map(|role| ListRole::from(*role));
    new.roles.extend(roles);
    for wallet in &arguments.wallet {
        if !new.wallets.contains(wallet) {
            new.wallets.push(*wallet);
        }
    }
    new
}

fn tell(context: &Context, new: &NewMember, changes: Option<&[&str]>) {
    context.say(&match changes {
        None => format!("Put {} onto the people list.", new.number),
        Some(changes) => format!("Change {} on the list: {}.", new.number, changes.join(", ")),
    });
    let lines = [
        ("name", new.name.clone()),
        ("e-mail", new.email.clone()),
        ("country", new.country.clone()),
        ("time zone", new.zone.clone()),
        ("may read", show::roles(&new.roles)),
        ("wallets", show::wallets(new)),
    ];
    for (label, text) in lines.into_iter().filter(|(_, text)| !text.is_empty()) {
        context.say(&format!("  {label:9}  {text}"));
    }
}

/// What the audit log says about it: columns and roles, nothing personal.
pub(super) fn entry(id: PersonId, changes: Option<&[&str]>, new: &NewMember) -> NewEntry {
    let roles = show::roles(&new.roles);
    let (action, changed) = match changes {
        None => ("person added", String::new()),
        Some(changes) => ("person changed", changes.join(", ")),
    };
    let says_roles = changes.is_none_or(|changes| changes.contains(&"roles"));
    let roles = match (says_roles, roles.as_str()) {
        (false, _) => String::new(),
        (true, "") => "no roles".to_owned(),
        (true, roles) => format!("roles: {roles}"),
    };
    let detail = [changed, roles].into_iter().filter(|part| !part.is_empty());
    NewEntry {
        at: now(),
        actor: Actor::CommandLine,
        action: action.to_owned(),
        subject: id.to_string(),
        detail: detail.collect::<Vec<_>>().join("; "),
    }
}

impl From<RoleName> for ListRole {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Auditor => Self::Auditor,
            RoleName::Company => Self::Company,
            RoleName::Administrator => Self::Administrator,
        }
    }
}
