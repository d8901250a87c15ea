//! The result line of a goal: threshold, stretch and the band between; what counts is filled, what
//! was measured hollow, attempts that paid nothing hollow in red.

use super::labels::{Anchor, Labels};
use super::svg::{Drawing, Label, Px};
use super::{Drawn, scale};
use crate::numbers::{ordinal, percent, score};
use crate::strings::charts as words;

/// How an attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is what the goal pays by.
    Counts,
    /// Finished, and another pays more.
    Lower,
    /// Finished and pays nothing.
    Failed,
    /// May still be challenged or judged.
    Open,
}

/// One attempt on the line; scores in parts per billion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// Its number on the chain, from 0.
    pub(crate) number: u16,
    pub(crate) lower: i64,
    pub(crate) measured: Option<i64>,
    pub(crate) standing: Standing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResultLine {
    pub(crate) threshold: i64,
    pub(crate) stretch: i64,
    pub(crate) base_ppb: u64,
    pub(crate) points: Vec<Point>,
}

struct Frame {
    width: i64,
    class: &'static str,
    id: &'static str,
    phone: bool,
}

const WIDE: Frame = Frame {
    width: 600,
    class: "wide",
    id: "result-w",
    phone: false,
};
const PHONE: Frame = Frame {
    width: 318,
    class: "phone",
    id: "result-p",
    phone: true,
};
const HEIGHT: i64 = 150;
const AXIS: i64 = 82;
const MARGIN: i64 = 44;

/// Draws the line; `id` makes it unique on its page.
pub(crate) fn draw(line: &ResultLine, id: &str, description: &str) -> Drawn {
    let one = |frame: &Frame| Plot::new(frame, line).draw(id, description);
    Drawn {
        wide: one(&WIDE),
        phone: one(&PHONE),
    }
}

struct Plot<'a> {
    frame: &'a Frame,
    line: &'a ResultLine,
    low: i64,
    high: i64,
}

impl<'a> Plot<'a> {
    fn new(frame: &'a Frame, line: &'a ResultLine) -> Self {
        let scores = || {
            let points = line.points.iter().flat_map(|p| [Some(p.lower), p.measured]);
            points.flatten().chain([line.threshold, line.stretch])
        };
        let low = scores().min().unwrap_or(0);
        let high = scores().max().unwrap_or(0);
        // A goal without a result shows its band in the middle, not from edge to edge.
        let room = if line.points.is_empty() {
            (high - low).max(50_000_000)
        } else {
            0
        };
        Self {
            frame,
            line,
            low: low - room,
            high: high + room,
        }
    }

    fn draw(&self, id: &str, description: &str) -> String {
        let Frame {
            width,
            class,
            id: kind,
            ..
        } = *self.frame;
        let (title, id) = (words::RESULTS, format!("{id}-{kind}"));
        let label = Label {
            id: &id,
            class,
            title,
            description,
        };
        let mut out = Drawing::new(&label, width, HEIGHT);
        let mut labels = Labels::new(width);
        let axis = Px::whole(AXIS);
        out.line(
            "axis-line",
            (Px::whole(4), axis),
            (Px::whole(width - 4), axis),
        );
        self.band(&mut out, &mut labels);
        for point in &self.line.points {
            self.point(&mut out, &mut labels, point);
        }
        for point in self
            .line
            .points
            .iter()
            .filter(|p| p.standing != Standing::Counts)
        {
            self.name_other(&mut out, &mut labels, point);
        }
        out.finish()
    }

    fn band(&self, out: &mut Drawing, labels: &mut Labels) {
        let ResultLine {
            threshold,
            stretch,
            base_ppb,
            ..
        } = *self.line;
        let (from, to) = (self.x(threshold), self.x(stretch));
        if to > from {
            out.rect(
                "band",
                (from, Px::whole(AXIS - 6)),
                (Px(to.0 - from.0), Px::whole(12)),
            );
        }
        let one = [(stretch, "stretch", 1_000_000_000)];
        let two = [
            (threshold, "threshold", base_ppb),
            (stretch, "stretch", 1_000_000_000),
        ];
        let marks: &[(i64, &str, u64)] = if threshold == stretch { &one } else { &two };
        for &(at, name, pays) in marks {
            let x = self.x(at);
            out.line(
                "bound",
                (x, Px::whole(AXIS - 18)),
                (x, Px::whole(AXIS + 18)),
            );
            let name = match self.frame.phone {
                true => score(at),
                false if threshold == stretch => format!("{} threshold", score(at)),
                false => format!("{} {name}", score(at)),
            };
            let place = |y| {
                [
                    (x, Px::whole(y), Anchor::Middle),
                    (Px(x.0 + 40), Px::whole(y), Anchor::End),
                    (Px(x.0 - 40), Px::whole(y), Anchor::Start),
                ]
            };
            labels.write(out, "ink", &name, &place(AXIS + 36));
            labels.write(
                out,
                "",
                &format!("pays {}", percent(pays)),
                &place(AXIS + 53),
            );
        }
    }

    fn point(&self, out: &mut Drawing, labels: &mut Labels, point: &Point) {
        let axis = Px::whole(AXIS);
        let at = (self.x(point.lower), axis);
        let class = match point.standing {
            Standing::Counts => "dot-counts",
            Standing::Lower => "dot-measured",
            Standing::Failed => "dot-failed",
            Standing::Open => "dot-open",
        };
        if point.standing == Standing::Counts {
            if let Some(measured) = point.measured {
                let hollow = (self.x(measured), axis);
                out.line("reach", at, hollow);
                out.circle("dot-measured", hollow, Px::whole(6));
                self.name_measured(out, labels, hollow.0, measured);
            }
            let y = Px::whole(AXIS - 26);
            let mut places = [
                (at.0, y, Anchor::Middle),
                (Px(at.0.0 + 50), y, Anchor::End),
                (Px(at.0.0 - 50), y, Anchor::Start),
            ];
            // Clear of the line up to the measured value's name.
            let near = Px::whole(46).0;
            if point
                .measured
                .is_some_and(|it| self.x(it).0 - at.0.0 < near)
            {
                places.swap(0, 1);
            }
            labels.write(
                out,
                "strong",
                &format!("{} counts", score(point.lower)),
                &places,
            );
        }
        out.circle(class, at, Px::whole(7));
    }

    fn name_measured(&self, out: &mut Drawing, labels: &mut Labels, x: Px, measured: i64) {
        let name = format!("{} measured", score(measured));
        let places = [
            (Px(x.0 + 30), Px::whole(AXIS - 48), Anchor::Middle),
            (Px(x.0 + 60), Px::whole(AXIS - 48), Anchor::End),
        ];
        if labels.write(out, "", &name, &places) {
            out.line(
                "leader",
                (x, Px::whole(AXIS - 8)),
                (Px(x.0 + 15), Px::whole(AXIS - 44)),
            );
        }
    }

    fn name_other(&self, out: &mut Drawing, labels: &mut Labels, point: &Point) {
        let x = self.x(point.lower);
        let what = match (point.standing, self.frame.phone) {
            (Standing::Failed, false) => ", pays nothing",
            (Standing::Open, false) => ", not final",
            _ => "",
        };
        let nth = ordinal(point.number);
        let name = format!("{nth} attempt: {}{what}", score(point.lower));
        let mut places = Vec::new();
        for y in [AXIS + 26, AXIS - 20, AXIS + 62, AXIS - 62] {
            places.push((Px(x.0 - 50), Px::whole(y), Anchor::Start));
            places.push((Px(x.0 + 50), Px::whole(y), Anchor::End));
        }
        labels.write(out, "", &name, &places);
    }

    fn x(&self, at: i64) -> Px {
        let span = u128::from(self.high.abs_diff(self.low));
        let along = u128::from(at.clamp(self.low, self.high).abs_diff(self.low));
        let length = (self.frame.width - 2 * MARGIN) * 10;
        Px(MARGIN * 10 + scale(along, span, length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_that_counts_is_filled_and_the_failed_one_hollow() {
        let line = ResultLine {
            threshold: 800_000_000,
            stretch: 900_000_000,
            base_ppb: 500_000_000,
            points: vec![
                Point {
                    number: 0,
                    lower: 668_200_000,
                    measured: Some(710_000_000),
                    standing: Standing::Failed,
                },
                Point {
                    number: 1,
                    lower: 822_100_000,
                    measured: Some(856_000_000),
                    standing: Standing::Counts,
                },
            ],
        };
        let drawn = draw(&line, "g1", "words");
        for text in [
            "0.8221 counts",
            "0.8560 measured",
            "0.80 threshold",
            "pays 50",
            "1st attempt: 0.6682, pays nothing",
        ] {
            assert!(drawn.wide.contains(text), "{text}: {}", drawn.wide);
        }
        assert!(drawn.phone.contains(">0.8221 counts<") && drawn.phone.contains(">0.80<"));
        assert!(drawn.wide.contains("id=\"g1-result-w-t\""));
    }

    #[test]
    fn a_goal_without_attempts_shows_its_band() {
        let line = ResultLine {
            threshold: 800_000_000,
            stretch: 900_000_000,
            base_ppb: 0,
            points: Vec::new(),
        };
        let drawn = draw(&line, "g1", "words");
        assert!(drawn.wide.contains("class=\"band\"") && !drawn.wide.contains("dot-"));
    }
}
