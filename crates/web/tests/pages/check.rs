//! Reads a page strictly: balanced tags, unique ids, nothing inline, nothing foreign.

use std::collections::BTreeSet;

const VOID: [&str; 6] = ["meta", "link", "br", "hr", "input", "img"];

/// Fails the test when a page is malformed or could not work under the policy.
pub(crate) fn page(path: &str, html: &str) {
    assert!(
        html.starts_with("<!doctype html>"),
        "{path} is no whole page: {html}"
    );
    let mut open: Vec<String> = Vec::new();
    let mut ids = BTreeSet::new();
    for tag in tags(html) {
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(name),
                "{path}: </{name}> closes nothing"
            );
            continue;
        }
        let name = tag
            .split([' ', '\n', '/'])
            .next()
            .unwrap_or_default()
            .to_lowercase();
        if name.starts_with('!') {
            continue;
        }
        if name == "script" {
            let module = tag.contains("type=\"module\"") && tag.contains("src=\"/assets/");
            let empty = html.contains(&format!("<{tag}></script>"));
            assert!(module && empty, "{path} has a script of its own: {tag}");
        }
        assert_ne!(name, "style", "{path} has inline styles");
        for (attribute, value) in attributes(tag) {
            assert!(
                attribute != "style" && !attribute.starts_with("on"),
                "{path}: {tag}"
            );
            if attribute == "id" {
                assert!(
                    ids.insert(value.to_owned()),
                    "{path}: the id {value} stands twice"
                );
            }
            if ["href", "src", "action"].contains(&attribute) {
                let ours = value.starts_with('/') && !value.starts_with("//");
                assert!(ours || value.starts_with('#'), "{path} points to {value}");
            }
        }
        if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{path} leaves open: {open:?}");
    for needed in ["<title>", "<h1>", "lang=\"en\"", "id=\"main\""] {
        assert!(html.contains(needed), "{path} lacks {needed}");
    }
    for reference in tags(html)
        .flat_map(attributes)
        .filter(|(name, _)| *name == "aria-labelledby")
    {
        let mut missing = reference.1.split(' ').filter(|id| !ids.contains(*id));
        assert_eq!(missing.next(), None, "{path}: a label is missing");
    }
}

/// Addresses that a page names.
pub(crate) fn links(html: &str) -> Vec<String> {
    let links = tags(html)
        .flat_map(attributes)
        .filter(|(name, _)| *name == "href");
    links
        .map(|(_, value)| value.replace("&amp;", "&"))
        .collect()
}

/// What a reader sees, spaces joined.
pub(crate) fn text(html: &str) -> String {
    let mut out = String::new();
    for piece in html.split('<').skip(1) {
        let (tag, words) = piece.split_once('>').unwrap_or((piece, ""));
        let inline = [
            "data", "/data", "code", "/code", "strong", "/strong", "time", "/time",
        ];
        let name = tag.split(' ').next().unwrap_or_default();
        if !inline.contains(&name) {
            out.push(' ');
        }
        out.push_str(words);
    }
    let out = out
        .replace("&#39;", "'")
        .replace("&amp;", "&")
        .replace("&lt;", "<");
    let words: Vec<_> = out
        .split([' ', '\n', '\t'])
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<')
        .skip(1)
        .filter_map(|piece| piece.split_once('>').map(|(tag, _)| tag))
}

fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = tag.split_once(' ').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once("=\"") {
        let Some((value, next)) = after.split_once('"') else {
            break;
        };
        let name = name.rsplit([' ', '\n']).next().unwrap_or_default();
        found.push((name, value));
        rest = next;
    }
    found
}
