//! The list as a CSV, and a CSV into the list: all of it or nothing.

use std::collections::BTreeMap;

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Response};
use guerdon_formats::people_sheet::{self, COLUMNS};
use guerdon_store::{Member, Read, StoreError};

use super::list::{self, Asked};
use super::{BYTES_MAX, new_member, role_names};
use crate::access::{Administrator, CompanyReader};
use crate::company::forms::see;
use crate::company::note;
use crate::error::{PageError, form_refused};
use crate::pages::{Answer, Form};
use crate::state::AppState;
use crate::strings::company as words;
use crate::table::{self, Rows};

/// People asked of the store at a time.
const BATCH: u32 = 500;
/// Errors that are shown.
const SHOWN: usize = 50;

/// The whole list as a file; that it was taken is written down.
pub(super) async fn export(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    form: Form,
) -> Result<Response, PageError> {
    let mut tx = state.store.write().await?;
    let members = all(&mut tx).await?;
    let number = format!("{} people", members.len());
    let entry = ("people exported", String::new(), number);
    note(&mut tx, &state, &viewer, entry).await?;
    tx.commit().await?;
    let mut rows = Rows::new(&COLUMNS);
    for member in members {
        let roles: Vec<_> = member.roles.iter().map(|role| role.name()).collect();
        let wallets = member.wallets.iter();
        let wallets: Vec<_> = wallets.map(|it| it.address.to_checksum(None)).collect();
        rows.row(&[
            &member.person,
            &member.number,
            &member.name,
            &member.email,
            &member.country,
            &member.zone,
            &roles.join(" "),
            &wallets.join(" "),
        ]);
    }
    table::answer(form, rows).await
}

pub(super) async fn import(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    let everybody = Asked::default();
    let refuse = |sentences: Vec<String>| list::show(&state, &viewer, &everybody, sentences);
    let sheet = match file(form).await {
        Ok(sheet) => sheet,
        Err(sentence) => return form_refused(refuse(vec![sentence]).await),
    };
    let people = match people_sheet::read(&sheet, &role_names()) {
        Ok(people) => people,
        Err(errors) => {
            let told = errors.iter().take(SHOWN);
            let told = told.map(|it| words::row_error(it.row, &it.column, &it.message));
            return form_refused(refuse(told.collect()).await);
        }
    };
    let mut tx = state.store.write().await?;
    let known: BTreeMap<_, _> = all(&mut tx)
        .await?
        .into_iter()
        .map(|member| (member.number.clone(), member))
        .collect();
    let (mut added, mut changed) = (0_u64, 0_u64);
    for entry in people {
        let new = new_member(entry);
        let written = match known.get(&new.number) {
            Some(member) if member.to_new() == new => continue,
            Some(member) => {
                changed += 1;
                tx.put_member(member.person, &new)
                    .await
                    .map(|_| member.person)
            }
            None => {
                added += 1;
                tx.add_member(&new, (state.wall)()).await
            }
        };
        let person = match written {
            Ok(person) => person,
            Err(error @ (StoreError::WalletTaken { .. } | StoreError::NumberTaken { .. })) => {
                drop(tx);
                return form_refused(
                    refuse(vec![words::row_error(0, "", &error.to_string())]).await,
                );
            }
            Err(error) => return Err(error.into()),
        };
        let detail = "by a sheet".to_owned();
        note(
            &mut tx,
            &state,
            &viewer,
            ("person written", person.to_string(), detail),
        )
        .await?;
    }
    let detail = format!("{added} added, {changed} changed");
    note(
        &mut tx,
        &state,
        &viewer,
        ("people imported", String::new(), detail),
    )
    .await?;
    tx.commit().await?;
    Ok(see("/company/people").into_response())
}

async fn file(form: Result<Multipart, MultipartRejection>) -> Result<Vec<u8>, String> {
    let broke = || words::UPLOAD_BROKE.to_owned();
    let mut form = form.map_err(|_| broke())?;
    while let Some(field) = form.next_field().await.map_err(|_| broke())? {
        if field.name() == Some("people") {
            let bytes = field
                .bytes()
                .await
                .map_err(|_| words::TOO_MANY_PEOPLE.to_owned())?;
            return match bytes.len() {
                0 => Err(words::NO_FILE.to_owned()),
                length if length > BYTES_MAX => Err(words::TOO_MANY_PEOPLE.to_owned()),
                _ => Ok(bytes.to_vec()),
            };
        }
    }
    Err(words::NO_FILE.to_owned())
}

async fn all(read: &mut Read) -> Result<Vec<Member>, PageError> {
    let mut all: Vec<Member> = Vec::new();
    loop {
        let batch = read.members(all.last(), BATCH).await?;
        if batch.is_empty() {
            return Ok(all);
        }
        all.extend(batch);
    }
}
