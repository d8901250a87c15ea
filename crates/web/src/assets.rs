//! Style sheet, fonts and icon: embedded, served by us, under names that carry their hash.

use std::fmt::Write as _;
use std::sync::LazyLock;

use alloy_primitives::keccak256;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// One weight of a typeface, as found at build time.
pub(crate) struct Font {
    family: &'static str,
    weight: u16,
    file: &'static str,
    bytes: &'static [u8],
}

/// A script, bundled at build time from `ui/islands/NAME.ts`.
pub(crate) struct Island {
    name: &'static str,
    bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/fonts.rs"));
include!(concat!(env!("OUT_DIR"), "/islands.rs"));

const STYLES: [&str; 12] = [
    include_str!("../ui/styles/tokens.css"),
    include_str!("../ui/styles/base.css"),
    include_str!("../ui/styles/shell.css"),
    include_str!("../ui/styles/parts.css"),
    include_str!("../ui/styles/answers.css"),
    include_str!("../ui/styles/tables.css"),
    include_str!("../ui/styles/forms.css"),
    include_str!("../ui/styles/sign.css"),
    include_str!("../ui/styles/actions.css"),
    include_str!("../ui/styles/demo.css"),
    include_str!("../ui/styles/charts.css"),
    include_str!("../ui/styles/print.css"),
];

const ICON: &str = include_str!("../ui/icon.svg");

struct Asset {
    path: String,
    content_type: &'static str,
    bytes: Bytes,
}

struct Assets {
    style: String,
    icon: String,
    islands: Vec<(&'static str, String)>,
    all: Vec<Asset>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

impl Assets {
    fn load() -> Self {
        let mut all = Vec::new();
        let mut css = String::new();
        for font in FONTS {
            let stem = font.file.trim_end_matches(".woff2");
            let path = address(stem, "woff2", font.bytes);
            let _ = writeln!(
                css,
                "@font-face{{font-family:\"{}\";font-weight:{};font-style:normal;\
                 font-display:swap;src:url(\"{path}\") format(\"woff2\")}}",
                font.family, font.weight
            );
            let bytes = Bytes::from_static(font.bytes);
            all.push(Asset {
                path,
                content_type: "font/woff2",
                bytes,
            });
        }
        css.extend(STYLES);
        let style = address("guerdon", "css", css.as_bytes());
        let icon = address("icon", "svg", ICON.as_bytes());
        all.push(Asset {
            path: style.clone(),
            content_type: "text/css; charset=utf-8",
            bytes: Bytes::from(css),
        });
        all.push(Asset {
            path: icon.clone(),
            content_type: "image/svg+xml",
            bytes: Bytes::from_static(ICON.as_bytes()),
        });
        let mut islands = Vec::new();
        for island in ISLANDS {
            let path = address(island.name, "js", island.bytes);
            islands.push((island.name, path.clone()));
            all.push(Asset {
                path,
                content_type: "text/javascript; charset=utf-8",
                bytes: Bytes::from_static(island.bytes),
            });
        }
        Self {
            style,
            icon,
            islands,
            all,
        }
    }
}

fn address(stem: &str, extension: &str, bytes: &[u8]) -> String {
    let hash = keccak256(bytes).to_string();
    let short: String = hash.chars().skip(2).take(12).collect();
    format!("/assets/{stem}-{short}.{extension}")
}

/// Path of the style sheet.
pub(crate) fn style_path() -> &'static str {
    &ASSETS.style
}

/// Path of the icon.
pub(crate) fn icon_path() -> &'static str {
    &ASSETS.icon
}

/// Path of the script of this name; `None` where it was built without scripts.
pub(crate) fn island_path(name: &str) -> Option<&'static str> {
    let mut islands = ASSETS.islands.iter();
    let (_, path) = islands.find(|(island, _)| *island == name)?;
    Some(path)
}

/// The script of this name itself; `None` where it was built without scripts.
pub(crate) fn island(name: &str) -> Option<&'static str> {
    let island = ISLANDS.iter().find(|island| island.name == name)?;
    std::str::from_utf8(island.bytes).ok()
}

/// Paths of the fonts that every page shows above the fold, to be fetched with the style sheet.
pub(crate) fn font_paths() -> Vec<&'static str> {
    let fonts = ASSETS
        .all
        .iter()
        .filter(|asset| asset.content_type == "font/woff2");
    fonts.map(|asset| asset.path.as_str()).collect()
}

/// Answers a path below `/assets/`; `None` if nothing is there.
pub(crate) fn respond(path: &str) -> Option<Response> {
    let asset = ASSETS.all.iter().find(|asset| asset.path == path)?;
    let headers = [
        (CONTENT_TYPE, asset.content_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Some((headers, asset.bytes.clone()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_content() {
        assert!(style_path().starts_with("/assets/guerdon-"));
        assert_ne!(address("a", "css", b"1"), address("a", "css", b"2"));
        assert!(respond(style_path()).is_some());
        assert!(respond("/assets/guerdon.css").is_none());
    }

    #[test]
    fn styles_name_no_foreign_origin() {
        for style in STYLES {
            assert!(!style.contains("http"), "{style}");
            assert!(!style.contains("@import"));
        }
    }

    /// Light and dark values of a token, in the order of the file.
    fn token(name: &str) -> Vec<[f64; 3]> {
        let needle = format!("--{name}: #");
        let values = STYLES[0].match_indices(&needle).map(|(at, _)| {
            let hex = &STYLES[0][at + needle.len()..at + needle.len() + 6];
            [0, 2, 4].map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap() as f64 / 255.0)
        });
        values.collect()
    }

    fn luminance(rgb: [f64; 3]) -> f64 {
        let [r, g, b] = rgb.map(|c| {
            if c <= 0.03928 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_and_marks_have_enough_contrast_in_both_themes() {
        let pairs = [
            ("ink", "paper", 4.5),
            ("ink", "why", 4.5),
            ("soft", "paper", 4.5),
            ("soft", "card", 4.5),
            ("soft", "why", 4.5),
            ("accent", "paper", 4.5),
            ("accent", "why", 4.5),
            ("ink", "code", 4.5),
            ("claimed", "paper", 3.0),
            ("claimable", "paper", 3.0),
            ("failed", "card", 3.0),
            ("focus", "paper", 3.0),
        ];
        for (front, back, least) in pairs {
            let (fronts, backs) = (token(front), token(back));
            assert_eq!((fronts.len(), backs.len()), (2, 2), "{front} on {back}");
            for (f, b) in fronts.into_iter().zip(backs) {
                let have = contrast(f, b);
                assert!(
                    have >= least,
                    "{front} on {back}: {have:.2}, wanted {least}"
                );
            }
        }
    }
}
