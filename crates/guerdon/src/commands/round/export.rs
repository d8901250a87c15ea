//! `round export`: everything of a round in one folder, to hand out and to keep.

use guerdon_formats::grant_file::GrantFile;
use serde_json::json;

use crate::cli::ExportArgs;
use crate::context::Context;
use crate::error::{Outcome, file_error};
use crate::files;
use crate::output::Record;

pub(crate) fn run(context: &Context, arguments: &ExportArgs) -> Outcome {
    let (path, file) = super::find(context, &arguments.round)?;
    let root = file.header.root.hash;
    copy(&path, &arguments.to.join(format!("{root}.ndjson.zst")))?;
    let mut grants = 0_u64;
    for path in files::list(&context.data.grants(), ".json")? {
        let bytes = files::read(&path)?;
        let of_round = GrantFile::decode(&bytes)
            .ok()
            .and_then(|grant| grant.round)
            .is_some_and(|round| round.root.hash == root);
        if of_round {
            copy(
                &path,
                &arguments
                    .to
                    .join("grants")
                    .join(path.file_name().unwrap_or_default()),
            )?;
            grants += 1;
        }
    }
    if grants < file.header.count {
        let missing = file.header.count - grants;
        context.say(&format!(
            "{missing} of {} grant files are not here; the round file still has their terms",
            file.header.count
        ));
    }
    let value = json!({"root": root, "folder": arguments.to, "grant_files": grants});
    let record = Record::new(value)
        .line("round", root.to_string())
        .line("folder", arguments.to.display().to_string())
        .line("grant files", grants.to_string());
    context.global.output.record(&record)
}

fn copy(from: &std::path::Path, to: &std::path::Path) -> Outcome {
    let bytes = std::fs::read(from).map_err(|error| file_error("read", from, &error))?;
    files::write(to, &bytes)
}
