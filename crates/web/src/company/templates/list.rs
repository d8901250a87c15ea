//! The templates that there are, as a page and as a file.

use axum::extract::State;
use guerdon_store::{Read, Template};

use super::judge;
use crate::access::CompanyReader;
use crate::dates;
use crate::error::PageError;
use crate::load;
use crate::pages::{Answer, Form, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::table::{self, Rows};
use crate::views::shell::{Place, Shell};

#[derive(Debug, askama::Template)]
#[template(path = "pages/company_templates.html")]
struct TemplatesPage {
    shell: Shell,
    rows: Vec<TemplateRow>,
    empty: &'static str,
    may_write: bool,
}

#[derive(Debug)]
struct TemplateRow {
    name: String,
    words: String,
    used: String,
}

/// A template, what it says, and how many grants were made by it.
struct Listed {
    template: Template,
    words: String,
    uses: u64,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let listed = all(&mut read, &state).await?;
    let rows = listed.into_iter().map(|listed| TemplateRow {
        name: listed.template.name,
        words: listed.words,
        used: words::template_used(listed.uses),
    });
    html(&TemplatesPage {
        shell: Shell::new(&context, "Templates", Place::Templates)
            .with_data("/company/templates".to_owned())
            .with_zone(&context.zone_of(None).1),
        rows: rows.collect(),
        empty: words::NO_TEMPLATES,
        may_write: viewer.wallet().is_some(),
    })
}

/// By name, each read as a row of a sheet would be.
async fn all(read: &mut Read, state: &AppState) -> Result<Vec<Listed>, PageError> {
    let mut all = Vec::new();
    for template in read.templates().await? {
        let read_as = judge(read, state, &template).await?;
        all.push(Listed {
            words: read_as.words.join(" "),
            uses: read.template_uses(&template.name).await?,
            template,
        });
    }
    Ok(all)
}

/// What each says, and the cells that say it.
pub(super) async fn data(
    State(state): State<AppState>,
    CompanyReader(_viewer): CompanyReader,
    form: Form,
) -> Answer {
    let mut rows = Rows::new(&[
        "template",
        "says",
        "grants",
        "kind",
        "cliff_months",
        "duration_months",
        "interval_months",
        "cliff_percent",
        "vest_day",
        "gates",
        "can_end",
        "can_move",
        "can_recover",
        "grace_seconds",
        "backdate_seconds",
        "pause_seconds",
        "withhold_bps",
        "changed",
    ]);
    let may = |power: bool| if power { "yes" } else { "no" };
    let listed = all(&mut state.store.read().await?, &state).await?;
    for Listed {
        template,
        words,
        uses,
    } in listed
    {
        let powers = template.powers;
        rows.row(&[
            &template.name,
            &words,
            &uses,
            &template.kind,
            &template.cliff_months,
            &template.duration_months,
            &template.interval_months,
            &template.cliff_percent,
            &template.vest_day,
            &template.gates,
            &may(powers.end),
            &may(powers.r#move),
            &may(powers.recover),
            &template.grace_seconds,
            &template.backdate_seconds,
            &template.pause_max,
            &template.withhold_bps,
            &dates::machine(template.changed_at),
        ]);
    }
    table::answer(form, rows).await
}
