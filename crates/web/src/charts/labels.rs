//! Places texts in a drawing so that none lies on another: the first free place wins, and a text
//! without a free place is left out (the table beside every chart has all of them).

use super::svg::{Drawing, Px};

/// Where a text hangs on its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    const fn class(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

#[derive(Clone, Copy)]
struct Area {
    left: i64,
    right: i64,
    top: i64,
    bottom: i64,
}

impl Area {
    const fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

pub(crate) struct Labels {
    width: i64,
    taken: Vec<Area>,
    /// Lines: a text stands on one only if it finds no place beside all of them.
    lines: Vec<Area>,
}

impl Labels {
    /// For a drawing of `width` pixels.
    pub(crate) fn new(width: i64) -> Self {
        Self {
            width: width * 10,
            taken: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Keeps texts away from a point.
    pub(crate) fn keep_clear(&mut self, (Px(x), Px(y)): (Px, Px), radius: i64) {
        let r = radius * 10;
        self.taken.push(Area {
            left: x - r,
            right: x + r,
            top: y - r,
            bottom: y + r,
        });
    }

    /// Keeps texts off a vertical rule.
    pub(crate) fn keep_off_rule(&mut self, Px(x): Px, (Px(top), Px(bottom)): (Px, Px)) {
        self.taken.push(Area {
            left: x - 20,
            right: x + 20,
            top,
            bottom,
        });
    }

    /// Keeps texts off a line through points, where there is room elsewhere.
    pub(crate) fn keep_off_steps(&mut self, points: &[(Px, Px)]) {
        for pair in points.windows(2) {
            let [(Px(x), Px(y)), (Px(to), Px(end))] = pair else {
                continue;
            };
            self.lines.push(Area {
                left: *x,
                right: *to,
                top: y - 15,
                bottom: y + 15,
            });
            let (top, bottom) = (*y.min(end), *y.max(end));
            self.lines.push(Area {
                left: to - 10,
                right: to + 10,
                top,
                bottom,
            });
        }
    }

    /// Writes the text at the first of the places that is free and inside; says whether one was.
    pub(crate) fn write(
        &mut self,
        drawing: &mut Drawing,
        class: &str,
        text: &str,
        places: &[(Px, Px, Anchor)],
    ) -> bool {
        let free = |place: &&(Px, Px, Anchor), beside_lines: bool| {
            let area = extent(text, place.0, place.1, place.2);
            let lines = self.lines.iter().filter(|_| beside_lines);
            let inside = area.left >= 0 && area.right <= self.width;
            inside
                && !self
                    .taken
                    .iter()
                    .chain(lines)
                    .any(|other| other.meets(&area))
        };
        let beside = places.iter().find(|place| free(place, true));
        let Some(place) = beside.or_else(|| places.iter().find(|place| free(place, false))) else {
            return false;
        };
        let (x, y, anchor) = *place;
        self.taken.push(extent(text, x, y, anchor));
        drawing.text(&format!("{class} {}", anchor.class()), (x, y), text);
        true
    }
}

/// About what a text of 12 px covers; Plex Sans is 6.3 px a letter in the mean.
fn extent(text: &str, Px(x): Px, Px(y): Px, anchor: Anchor) -> Area {
    let width = i64::try_from(text.chars().count()).unwrap_or(i64::MAX / 100) * 64;
    let left = match anchor {
        Anchor::Start => x,
        Anchor::Middle => x - width / 2,
        Anchor::End => x - width,
    };
    Area {
        left,
        right: left + width,
        top: y - 110,
        bottom: y + 30,
    }
}

#[cfg(test)]
mod tests {
    use super::super::svg::Label;
    use super::*;

    #[test]
    fn a_text_moves_on_or_is_left_out() {
        let label = Label {
            id: "x",
            class: "",
            title: "",
            description: "",
        };
        let mut drawing = Drawing::new(&label, 100, 50);
        let mut labels = Labels::new(100);
        let at = |y| (Px::whole(50), Px::whole(y), Anchor::Middle);
        assert!(labels.write(&mut drawing, "", "one", &[at(20)]));
        assert!(labels.write(&mut drawing, "", "two", &[at(20), at(40)]));
        assert!(!labels.write(&mut drawing, "", "three", &[at(22), at(38)]));
        assert!(!labels.write(&mut drawing, "", "far too long for a hundred px", &[at(5)]));
        let svg = drawing.finish();
        assert!(svg.contains("one") && svg.contains("y=\"40\">two") && !svg.contains("three"));
    }
}
