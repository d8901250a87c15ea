//! The power of a test: how likely a payment is, by what a model can truly do.

use super::Drawn;
use super::labels::{Anchor, Labels};
use super::svg::{Drawing, Label, Px};
use crate::strings::goal_builder as words;

/// A curve of chances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Power {
    /// What a model can truly do and the chance that it is paid, both in ppb; rising.
    pub(crate) points: Vec<(i64, u32)>,
    pub(crate) threshold: i64,
    /// Who should be paid.
    pub(crate) better: i64,
}

struct Frame {
    width: i64,
    height: i64,
    class: &'static str,
    id: &'static str,
}

const WIDE: Frame = Frame {
    width: 600,
    height: 230,
    class: "wide",
    id: "power-w",
};
const PHONE: Frame = Frame {
    width: 318,
    height: 210,
    class: "phone",
    id: "power-p",
};
const LEFT: i64 = 44;
const RIGHT: i64 = 20;
const TOP: i64 = 22;
const FOOT: i64 = 34;
const WHOLE: i64 = 1_000_000_000;
/// The level that all attempts share.
const LEVEL: i64 = 50_000_000;

/// Draws the curve; `description` is read aloud.
pub(crate) fn draw(power: &Power, description: &str) -> Drawn {
    let one = |frame: &Frame| Plot { frame, power }.draw(description);
    Drawn {
        wide: one(&WIDE),
        phone: one(&PHONE),
    }
}

struct Plot<'a> {
    frame: &'a Frame,
    power: &'a Power,
}

impl Plot<'_> {
    fn x(&self, truth: i64) -> Px {
        let truths = || self.power.points.iter().map(|(truth, _)| *truth);
        let (low, high) = (truths().min().unwrap_or(0), truths().max().unwrap_or(0));
        let room = (self.frame.width - LEFT - RIGHT) * 10;
        let part = i128::from(truth - low) * i128::from(room) / i128::from((high - low).max(1));
        Px(LEFT * 10 + i64::try_from(part).unwrap_or(0))
    }

    fn y(&self, chance: i64) -> Px {
        let room = (self.frame.height - TOP - FOOT) * 10;
        Px((self.frame.height - FOOT) * 10 - chance * room / WHOLE)
    }

    fn chance_at(&self, truth: i64) -> Option<u32> {
        let mut points = self.power.points.iter();
        points
            .find(|(at, _)| *at == truth)
            .map(|(_, chance)| *chance)
    }

    fn draw(&self, description: &str) -> String {
        let frame = self.frame;
        let label = Label {
            id: frame.id,
            class: frame.class,
            title: words::CURVE,
            description,
        };
        let mut out = Drawing::new(&label, frame.width, frame.height);
        let mut labels = Labels::new(frame.width);
        self.axes(&mut out);
        let place = |(truth, chance): &(i64, u32)| (self.x(*truth), self.y(i64::from(*chance)));
        let points: Vec<_> = self.power.points.iter().map(place).collect();
        out.polyline("line vested", &points);
        let marks = [
            (self.power.threshold, "dot-failed"),
            (self.power.better, "dot-counts"),
        ];
        for (truth, class) in marks {
            let Some(chance) = self.chance_at(truth) else {
                continue;
            };
            let (x, y) = (self.x(truth), self.y(i64::from(chance)));
            out.circle(class, (x, y), Px::whole(5));
            labels.keep_clear((x, y), 7);
            let said = words::share(i64::from(chance));
            let (left, right) = (Px(x.0 - 110), Px(x.0 + 110));
            let places = [
                (left, Px(y.0 - 70), Anchor::End),
                (right, Px(y.0 + 40), Anchor::Start),
                (x, Px(y.0 - 110), Anchor::Middle),
            ];
            labels.write(&mut out, "strong", &said, &places);
        }
        out.finish()
    }

    /// Chances at the left, what a model can do below, and the level across.
    fn axes(&self, out: &mut Drawing) {
        let right = Px::whole(self.frame.width - RIGHT);
        let base = Px::whole(self.frame.height - 12);
        for (chance, said) in [(0, "0 %"), (WHOLE / 2, "50 %"), (WHOLE, "100 %")] {
            let y = self.y(chance);
            out.line("grid", (Px::whole(LEFT), y), (right, y));
            out.text("end", (Px::whole(LEFT - 8), Px(y.0 + 40)), said);
        }
        let level = self.y(LEVEL);
        out.line("stop", (Px::whole(LEFT), level), (right, level));
        out.text("end", (right, Px(level.0 - 40)), words::LEVEL);
        let threshold = self.x(self.power.threshold);
        let (top, foot) = (self.y(WHOLE), self.y(0));
        out.line("grid", (threshold, top), (threshold, foot));
        for truth in [self.power.threshold, self.power.better] {
            out.text("middle", (self.x(truth), base), &words::share(truth));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_rises_from_the_false_payment_to_the_true_one() {
        let power = Power {
            points: vec![
                (700_000_000, 0),
                (800_000_000, 46_000_000),
                (900_000_000, 1_000_000_000),
            ],
            threshold: 800_000_000,
            better: 900_000_000,
        };
        let drawn = draw(&power, "said aloud");
        for drawing in [&drawn.wide, &drawn.phone] {
            assert!(drawing.contains("said aloud"));
            assert!(drawing.contains(">4.60 %</text>"), "{drawing}");
            assert!(drawing.contains(">80.0 %</text>") && drawing.contains(">100 %</text>"));
        }
        // The better model stands at the right edge, at the top.
        assert!(
            drawn.wide.contains("cx=\"580\" cy=\"22\""),
            "{}",
            drawn.wide
        );
        assert!(
            drawn.wide.contains("class=\"dot-failed\" cx=\"312\""),
            "{}",
            drawn.wide
        );
    }
}
