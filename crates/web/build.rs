//! Embeds the fonts that npm put into `node_modules` at the workspace root, and the scripts that the
//! pinned esbuild makes of `ui/islands/*.ts`. Without them the pages use the reader's own interface
//! font and say that signing is not available, so that the crate builds before (or without) npm.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
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
    let modules = manifest.join("../../node_modules");
    let out = folder("OUT_DIR")?;
    fs::write(out.join("fonts.rs"), fonts(&modules)?)?;
    fs::write(out.join("islands.rs"), islands(&manifest, &modules, &out)?)
}

/// Source of the list of fonts.
fn fonts(modules: &Path) -> io::Result<String> {
    let packages = modules.join("@fontsource");
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
    Ok(source)
}

/// Bundles every `ui/islands/*.ts`; what they share lies in `ui/islands/shared`. Source of the list.
fn islands(manifest: &Path, modules: &Path, out: &Path) -> io::Result<String> {
    let folder = manifest.join("ui/islands");
    println!("cargo::rerun-if-changed={}", folder.display());
    let package = modules.join("esbuild/package.json");
    println!("cargo::rerun-if-changed={}", package.display());
    let mut source = String::from("pub(crate) static ISLANDS: &[Island] = &[\n");
    let Some(program) = bundler(modules) else {
        return Ok(source + "];\n");
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "ts") {
            entries.push(path);
        }
    }
    entries.sort();
    for entry in entries {
        let name = entry.file_stem().unwrap_or_default().to_string_lossy();
        let bundle = out.join(format!("{name}.js"));
        let ended = Command::new(&program)
            .arg(&entry)
            .args(["--bundle", "--format=esm", "--target=es2022", "--minify"])
            .args(["--charset=utf8", "--log-level=warning"])
            .arg(format!("--outfile={}", bundle.display()))
            .status()?;
        if !ended.success() {
            let reason = format!("esbuild could not bundle {}", entry.display());
            return Err(io::Error::other(reason));
        }
        let path = bundle.display().to_string();
        writeln!(
            source,
            "    Island {{ name: {name:?}, bytes: include_bytes!({path:?}) }},"
        )
        .map_err(io::Error::other)?;
    }
    source.push_str("];\n");
    Ok(source)
}

/// esbuild's own program for this machine: npm installs the one that fits.
fn bundler(modules: &Path) -> Option<PathBuf> {
    let platforms = fs::read_dir(modules.join("@esbuild")).ok()?;
    let programs = platforms.flatten().flat_map(|platform| {
        ["bin/esbuild", "esbuild.exe"].map(|program| platform.path().join(program))
    });
    let mut programs = programs.filter(|program| program.is_file());
    programs.next()
}

fn folder(variable: &str) -> io::Result<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other(format!("Cargo did not set {variable}")))
}
