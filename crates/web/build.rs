//! Embeds the fonts that npm put into `node_modules` at the workspace root. Without them the pages
//! use the reader's own interface font, so that the crate builds before (or without) npm.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

/// Package, file below `files/`, family as the style sheets name it, weight.
const FONTS: [(&str, &str, &str, u16); 4] = [
    (
        "ibm-plex-sans",
        "ibm-plex-sans-latin-400-normal.woff2",
        "IBM Plex Sans",
        400,
    ),
    (
        "ibm-plex-sans",
        "ibm-plex-sans-latin-500-normal.woff2",
        "IBM Plex Sans",
        500,
    ),
    (
        "ibm-plex-sans",
        "ibm-plex-sans-latin-600-normal.woff2",
        "IBM Plex Sans",
        600,
    ),
    (
        "ibm-plex-mono",
        "ibm-plex-mono-latin-400-normal.woff2",
        "IBM Plex Mono",
        400,
    ),
];

fn main() -> io::Result<()> {
    let manifest = folder("CARGO_MANIFEST_DIR")?;
    let packages = manifest.join("../../node_modules/@fontsource");
    let mut source = String::from("pub(crate) static FONTS: &[Font] = &[\n");
    for (package, file, family, weight) in FONTS {
        let path = packages.join(package).join("files").join(file);
        // While a watched file is missing, Cargo runs this again on every build: so it should.
        println!("cargo::rerun-if-changed={}", path.display());
        if let Ok(path) = fs::canonicalize(&path) {
            let path = path.display().to_string();
            writeln!(
                source,
                "    Font {{ family: {family:?}, weight: {weight}, file: {file:?}, \
                 bytes: include_bytes!({path:?}) }},"
            )
            .map_err(io::Error::other)?;
        }
    }
    source.push_str("];\n");
    fs::write(folder("OUT_DIR")?.join("fonts.rs"), source)
}

fn folder(variable: &str) -> io::Result<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other(format!("Cargo did not set {variable}")))
}
