//! A file of a form: a CSV as it is, or a workbook's first sheet as CSV.

use std::collections::BTreeMap;

use axum::extract::Multipart;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use guerdon_formats::sheet;

use crate::strings::company as words;

/// The largest file that is taken, in bytes.
pub(super) const BYTES_MAX: usize = 4 << 20;
/// The longest name of a file that is kept, in characters.
const NAME_MAX: usize = 100;

/// A sheet and what its file is called.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) csv: Vec<u8>,
}

/// Reads the field `sheet` of a form.
///
/// # Errors
/// A sentence for whoever sent it.
pub(super) async fn read(form: Result<Multipart, MultipartRejection>) -> Result<Upload, String> {
    let mut form = form.map_err(|_| words::UPLOAD_BROKE.to_owned())?;
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
        if field.name() != Some("sheet") {
            continue;
        }
        let name = kept_name(field.file_name().unwrap_or_default());
        let bytes = field.bytes().await.map_err(|error| broken(&error))?;
        if bytes.is_empty() {
            break;
        }
        if bytes.len() > BYTES_MAX {
            return Err(words::TOO_LARGE.to_owned());
        }
        let csv = if sheet::is_workbook(&bytes) {
            let read = tokio::task::spawn_blocking(move || sheet::workbook_csv(&bytes)).await;
            let csv = read.map_err(|_| words::WORKBOOK_BROKE.to_owned())?;
            csv.map_err(|error| words::row_error(0, "", &error.to_string()))?
        } else {
            bytes.to_vec()
        };
        let known = sheet::matching(&csv, &BTreeMap::new());
        known.map_err(|sentence| words::row_error(0, "", &sentence))?;
        return Ok(Upload { name, csv });
    }
    Err(words::NO_FILE.to_owned())
}

fn broken(error: &MultipartError) -> String {
    match error.status().as_u16() {
        413 => words::TOO_LARGE.to_owned(),
        _ => words::UPLOAD_BROKE.to_owned(),
    }
}

/// The file's name without folders and signs that no name needs.
fn kept_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = last.chars().filter(|letter| !letter.is_control());
    let name: String = plain.take(NAME_MAX).collect();
    match name.trim() {
        "" => "sheet.csv".to_owned(),
        name => name.to_owned(),
    }
}
