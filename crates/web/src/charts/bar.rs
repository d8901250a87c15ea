//! The state bar: one bar, segments in the order of the words.

use std::fmt::Write as _;

use super::svg::Escaped;
use crate::numbers::{ONE_PPB, share};

/// What a segment of a bar says. The order of the variants is the order in the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Claimed,
    Withheld,
    Claimable,
    Clock,
    Waiting,
    Unvested,
    Freed,
}

impl Part {
    /// Class of the legend.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Withheld => "withheld",
            Self::Claimable => "claimable",
            Self::Clock => "clock",
            Self::Waiting => "waiting",
            Self::Unvested => "unvested",
            Self::Freed => "freed",
        }
    }

    const fn fill(self) -> &'static str {
        match self {
            Self::Claimed => "fill-claimed",
            Self::Claimable => "fill-claimable",
            Self::Withheld | Self::Unvested => "fill-unvested",
            Self::Clock | Self::Waiting => "fill-hatch-ground",
            Self::Freed => "fill-freed",
        }
    }
}

/// Draws a bar of `total`; the label says it in words. Nothing drawn is clickable or animated.
pub(crate) fn draw(id: &str, label: &str, parts: &[(Part, u128)], total: u128) -> String {
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg class=\"bar\" role=\"img\" aria-labelledby=\"{id}-t\"><title id=\"{id}-t\">{}</title>\
         <defs><pattern id=\"{id}-h\" width=\"9\" height=\"9\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><line class=\"fill-hatch-stripe\" x1=\"2\" y1=\"0\" \
         x2=\"2\" y2=\"9\"/></pattern></defs>",
        Escaped(label)
    );
    let mut before = 0u128;
    for (part, amount) in parts.iter().filter(|(_, amount)| *amount > 0) {
        let (from, to) = (
            share(before, total),
            share(before.saturating_add(*amount), total),
        );
        before = before.saturating_add(*amount);
        let (x, width) = (hundredths(from), hundredths(to - from));
        rect(&mut svg, part.fill(), &x, &width);
        if matches!(part, Part::Waiting | Part::Clock) {
            let _ = write!(
                svg,
                "<rect x=\"{x}\" width=\"{width}\" height=\"100%\" fill=\"url(#{id}-h)\"/>"
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

fn rect(svg: &mut String, class: &str, x: &str, width: &str) {
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{x}\" width=\"{width}\" height=\"100%\"/>"
    );
}

/// Parts per billion as per cent with two places.
fn hundredths(ppb: u64) -> String {
    let parts = ppb / (ONE_PPB / 10_000);
    format!("{}.{:02}%", parts / 100, parts % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_follow_each_other_and_fill_the_bar() {
        let parts = [
            (Part::Claimed, 25),
            (Part::Waiting, 25),
            (Part::Unvested, 50),
        ];
        let svg = draw("b", "a < b", &parts, 100);
        assert!(
            svg.contains("fill-claimed\" x=\"0.00%\" width=\"25.00%\""),
            "{svg}"
        );
        assert!(svg.contains("fill-hatch-ground\" x=\"25.00%\" width=\"25.00%\""));
        assert!(svg.contains("fill=\"url(#b-h)\""));
        assert!(svg.contains("fill-unvested\" x=\"50.00%\" width=\"50.00%\""));
        assert!(svg.contains("a &lt; b"));
    }

    #[test]
    fn empty_segments_are_not_drawn() {
        let svg = draw("b", "", &[(Part::Claimed, 0), (Part::Unvested, 1)], 1);
        assert!(!svg.contains("fill-claimed"));
    }
}
