//! When a grant vests: steps, never smoothed. Solid is what is so, dashed what follows if nothing
//! more happens, dotted what time alone would give; a rule is today, diamonds are gates.

use jiff::tz::TimeZone;

use super::labels::{Anchor, Labels};
use super::svg::{Drawing, Label, Px};
use super::{Drawn, scale};
use crate::dates;
use crate::numbers::Token;
use crate::strings::charts as words;

/// A step function: at each time the value changes to the amount.
pub(crate) type Steps = Vec<(u64, u128)>;

/// A gate on the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) at: u64,
    pub(crate) amount: u128,
    /// Filled: a result is final. Hollow: a last day.
    pub(crate) is_final: bool,
    pub(crate) long: String,
    pub(crate) short: String,
}

/// All a timeline shows. Steps are ordered by time and lie within `start..=end`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeline {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) now: u64,
    pub(crate) amount: u128,
    /// Vested until now.
    pub(crate) vested: Steps,
    /// Vested from now on, if nothing more happens.
    pub(crate) ahead: Steps,
    /// Earned by time, over the whole.
    pub(crate) by_time: Steps,
    /// Claimed until now.
    pub(crate) claimed: Steps,
    pub(crate) marks: Vec<Mark>,
    /// What would be vested after an end, from that day on; empty where nobody asks.
    pub(crate) left: Steps,
}

impl Timeline {
    /// Whether time alone would give something else than what is drawn.
    pub(crate) fn shows_time(&self) -> bool {
        let drawn = self.vested.iter().chain(&self.ahead);
        drawn
            .into_iter()
            .any(|&(at, amount)| value_at(&self.by_time, at) != Some(amount))
    }
}

struct Frame {
    width: i64,
    height: i64,
    left: i64,
    class: &'static str,
    id: &'static str,
    phone: bool,
}

const WIDE: Frame = Frame {
    width: 660,
    height: 270,
    left: 62,
    class: "wide",
    id: "timeline-w",
    phone: false,
};
const PHONE: Frame = Frame {
    width: 358,
    height: 250,
    left: 50,
    class: "phone",
    id: "timeline-p",
    phone: true,
};
/// As wide as the page, where the chart has it to itself.
const BROAD: Frame = Frame {
    width: 1072,
    height: 290,
    left: 62,
    class: "wide broad",
    id: "timeline-w",
    phone: false,
};
const BROAD_PHONE: Frame = Frame {
    class: "phone broad",
    ..PHONE
};
const TOP: i64 = 22;
const FOOT: i64 = 36;
const RIGHT: i64 = 6;

/// In a column of two thirds.
pub(crate) fn draw(line: &Timeline, token: &Token, zone: &TimeZone, description: &str) -> Drawn {
    both((&WIDE, &PHONE), line, (token, zone), description)
}

/// Over the whole page.
pub(crate) fn draw_broad(
    line: &Timeline,
    token: &Token,
    zone: &TimeZone,
    description: &str,
) -> Drawn {
    both((&BROAD, &BROAD_PHONE), line, (token, zone), description)
}

fn both(
    (wide, phone): (&Frame, &Frame),
    line: &Timeline,
    (token, zone): (&Token, &TimeZone),
    description: &str,
) -> Drawn {
    let one = |frame: &Frame| {
        Plot {
            frame,
            line,
            token,
            zone,
        }
        .draw(description)
    };
    Drawn {
        wide: one(wide),
        phone: one(phone),
    }
}

struct Plot<'a> {
    frame: &'a Frame,
    line: &'a Timeline,
    token: &'a Token,
    zone: &'a TimeZone,
}

impl Plot<'_> {
    fn draw(&self, description: &str) -> String {
        let title = words::TIMELINE;
        let Frame {
            id,
            class,
            width,
            height,
            ..
        } = *self.frame;
        let mut out = Drawing::new(
            &Label {
                id,
                class,
                title,
                description,
            },
            width,
            height,
        );
        let mut labels = Labels::new(width);
        self.amount_axis(&mut out);
        self.time_axis(&mut out);

        let line = self.line;
        out.steps_above("area", &self.points(&line.vested), self.y(0));
        if line.shows_time() {
            out.steps("line time", &self.points(&line.by_time));
        }
        out.steps("line ahead", &self.points(&line.ahead));
        out.steps("line vested", &self.points(&line.vested));
        out.steps("line claimed", &self.points(&line.claimed));
        out.steps("line left", &self.points(&line.left));
        if let Some((at, _)) = line.left.first() {
            let x = self.x(*at);
            out.line("stop", (x, Px::whole(10)), (x, self.y(0)));
        }
        let now = self.x(line.now);
        out.line("today", (now, Px::whole(10)), (now, self.y(0)));
        for mark in &line.marks {
            let class = if mark.is_final {
                "gate final"
            } else {
                "gate open"
            };
            out.diamond(class, self.mark_point(mark), Px::whole(7));
        }

        self.names(&mut out, &mut labels);
        out.finish()
    }

    fn amount_axis(&self, out: &mut Drawing) {
        let right = Px::whole(self.frame.width - RIGHT);
        for quarter in 0..=4u128 {
            let amount = self.line.amount / 4 * quarter + self.line.amount % 4 * quarter / 4;
            let y = self.y(amount);
            out.line("grid", (Px::whole(self.frame.left), y), (right, y));
            let name = if self.line.amount >= 10 * 10u128.pow(u32::from(self.token.decimals)) {
                self.token.key(amount)
            } else {
                self.token.plain(amount)
            };
            out.text("end", (Px::whole(self.frame.left - 6), Px(y.0 + 40)), &name);
        }
    }

    fn time_axis(&self, out: &mut Drawing) {
        let ticks = ticks(self.line.start, self.line.end, self.zone);
        let y = Px::whole(self.frame.height - FOOT + 24);
        let short = self.frame.phone && ticks.months >= 12;
        let last = Px::whole(self.frame.width - RIGHT);
        for at in ticks.at {
            let x = self.x(at);
            let name = dates::zoned(at, self.zone).strftime(if short { "%Y" } else { "%b %Y" });
            let class = match x {
                x if x.0 < (self.frame.left + 24) * 10 => "start",
                x if x.0 > last.0 - 240 => "end",
                _ => "middle",
            };
            out.text(class, (x, y), &name.to_string());
        }
    }

    /// The words on the drawing, the most needed first.
    fn names(&self, out: &mut Drawing, labels: &mut Labels) {
        let line = self.line;
        let now = self.x(line.now);
        let today = [
            (Px(now.0 + 60), Px::whole(16), Anchor::Start),
            (Px(now.0 - 60), Px::whole(16), Anchor::End),
        ];
        labels.write(out, "strong", "today", &today);
        labels.keep_off_rule(now, (Px::whole(10), self.y(0)));
        self.name_leave(out, labels, now);
        for steps in [
            &line.vested,
            &line.ahead,
            &line.by_time,
            &line.claimed,
            &line.left,
        ] {
            labels.keep_off_steps(&self.points(steps));
        }
        for mark in &line.marks {
            labels.keep_clear(self.mark_point(mark), 8);
        }
        for mark in &line.marks {
            let (x, y) = self.mark_point(mark);
            let places = [
                (Px(x.0 - 110), Px(y.0 - 60), Anchor::End),
                (Px(x.0 + 40), Px(y.0 + 230), Anchor::Start),
                (Px(x.0 + 110), Px(y.0 + 200), Anchor::Start),
                (Px(x.0), Px(y.0 - 140), Anchor::Middle),
                (Px(x.0 - 110), Px(y.0 + 40), Anchor::End),
                (Px(x.0 - 20), Px(y.0 - 180), Anchor::End),
                (Px(x.0 + 60), Px(y.0 - 140), Anchor::End),
            ];
            let long = !self.frame.phone && labels.write(out, "", &mark.long, &places);
            if !long {
                labels.write(out, "", &mark.short, &places);
            }
        }
        let (time, ahead) = match self.frame.phone {
            true => words::LINES_SHORT,
            false => words::LINES,
        };
        if line.shows_time() {
            self.name_line(out, labels, time, (&line.by_time, Side::Above));
        }
        self.name_line(out, labels, ahead, (&line.ahead, Side::Below));
        self.name_line(out, labels, words::AFTER_END, (&line.left, Side::Below));
    }

    /// Names the day of an end, unless it is today.
    fn name_leave(&self, out: &mut Drawing, labels: &mut Labels, now: Px) {
        let Some(x) = self.line.left.first().map(|(at, _)| self.x(*at)) else {
            return;
        };
        if x.0 - now.0 > 20 {
            let name = words::END;
            let places = [
                (Px(x.0 + 60), Px::whole(16), Anchor::Start),
                (Px(x.0 - 60), Px::whole(16), Anchor::End),
                (Px(x.0 + 60), Px::whole(32), Anchor::Start),
            ];
            labels.write(out, "strong", name, &places);
            labels.keep_off_rule(x, (Px::whole(10), self.y(0)));
        }
    }

    /// Names a line beside one of its later points.
    fn name_line(
        &self,
        out: &mut Drawing,
        labels: &mut Labels,
        name: &str,
        (steps, side): (&Steps, Side),
    ) {
        let mut places = Vec::new();
        for share in [94i64, 90, 86, 82, 78, 74, 70, 66, 62, 58, 54] {
            let x = Px((self.frame.left * 100 + self.plot_width() * share) / 10);
            let Some(amount) = value_at(steps, self.time_of(x)) else {
                continue;
            };
            let y = self.y(amount);
            match side {
                Side::Above => places.push((Px(x.0 - 60), Px(y.0 - 120), Anchor::End)),
                Side::Below => places.push((Px(x.0), Px(y.0 + 300), Anchor::Middle)),
            }
        }
        places.retain(|(_, y, _)| y.0 > 120 && y.0 < self.y(0).0 - 20);
        labels.write(out, "", name, &places);
    }

    fn points(&self, steps: &Steps) -> Vec<(Px, Px)> {
        steps
            .iter()
            .map(|&(at, amount)| (self.x(at), self.y(amount)))
            .collect()
    }

    fn mark_point(&self, mark: &Mark) -> (Px, Px) {
        (self.x(mark.at), self.y(mark.amount))
    }

    fn plot_width(&self) -> i64 {
        self.frame.width - self.frame.left - RIGHT
    }

    fn x(&self, at: u64) -> Px {
        let span = self.line.end.saturating_sub(self.line.start);
        let since = at.clamp(self.line.start, self.line.end) - self.line.start;
        let along = scale(u128::from(since), u128::from(span), self.plot_width() * 10);
        Px(self.frame.left * 10 + along)
    }

    fn y(&self, amount: u128) -> Px {
        let base = (self.frame.height - FOOT) * 10;
        Px(base - scale(amount, self.line.amount, base - TOP * 10))
    }

    fn time_of(&self, x: Px) -> u64 {
        let span = self.line.end.saturating_sub(self.line.start);
        let along = u64::try_from(x.0 - self.frame.left * 10).unwrap_or(0);
        let whole = u64::try_from(self.plot_width() * 10).unwrap_or(1).max(1);
        self.line.start + span / whole * along
    }
}

#[derive(Clone, Copy)]
enum Side {
    Above,
    Below,
}

/// The value of a step function at a time; none before its first step.
pub(crate) fn value_at(steps: &[(u64, u128)], at: u64) -> Option<u128> {
    let after = steps.partition_point(|(time, _)| *time <= at);
    steps.get(after.checked_sub(1)?).map(|(_, amount)| *amount)
}

struct Ticks {
    months: i64,
    at: Vec<u64>,
}

/// At most six ticks, a whole number of months apart, from the start.
fn ticks(start: u64, end: u64, zone: &TimeZone) -> Ticks {
    const MONTH: u64 = 2_629_800;
    let span = i64::try_from(end.saturating_sub(start) / MONTH).unwrap_or(i64::MAX);
    let choices = [1, 2, 3, 6, 12, 24, 36, 60, 120, 240];
    let months = choices
        .into_iter()
        .find(|step| span / step <= 4)
        .unwrap_or(600);
    let first = dates::zoned(start, zone);
    let at = (0..6)
        .map_while(|k| first.checked_add(jiff::Span::new().months(months * k)).ok())
        .map(|tick| u64::try_from(tick.timestamp().as_second()).unwrap_or(0))
        .take_while(|at| *at <= end)
        .collect();
    Ticks { months, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Timeline {
        const YEAR: u64 = 31_557_600;
        let at = |years: u64| 1_780_272_000 + years * YEAR;
        Timeline {
            start: at(0),
            end: at(4),
            now: at(2),
            amount: 7_300,
            vested: vec![(at(0), 0), (at(1), 1_095), (at(2), 2_190)],
            ahead: vec![(at(2), 2_190), (at(3), 3_285), (at(4), 4_380)],
            by_time: vec![
                (at(0), 0),
                (at(1), 1_825),
                (at(2), 3_650),
                (at(3), 5_475),
                (at(4), 7_300),
            ],
            claimed: vec![(at(0), 0), (at(1) + 9, 1_095), (at(2), 1_095)],
            marks: vec![Mark {
                at: at(1) + YEAR / 2,
                amount: 1_095,
                is_final: true,
                long: "result: 428 of 500".into(),
                short: "428 of 500".into(),
            }],
            left: Vec::new(),
        }
    }

    #[test]
    fn both_drawings_carry_every_line_and_the_rule_of_today() {
        let token = Token {
            symbol: "ACC".into(),
            name: String::new(),
            decimals: 0,
        };
        let drawn = draw(&sample(), &token, &TimeZone::UTC, "words");
        for svg in [&drawn.wide, &drawn.phone] {
            for class in [
                "line time",
                "line ahead",
                "line vested",
                "line claimed",
                "gate final",
            ] {
                assert!(svg.contains(&format!("class=\"{class}\"")), "{class}");
            }
            assert!(svg.contains(">today</text>") && svg.contains("7,300"));
        }
        assert!(drawn.wide.contains("result: 428 of 500") && drawn.wide.contains("Jun 2026"));
        assert!(drawn.phone.contains(">428 of 500") && drawn.phone.contains(">2026</text>"));
    }

    #[test]
    fn an_empty_span_and_an_empty_grant_do_not_divide_by_zero() {
        let token = Token {
            symbol: "ACC".into(),
            name: String::new(),
            decimals: 18,
        };
        let drawn = draw(&Timeline::default(), &token, &TimeZone::UTC, "");
        assert!(drawn.wide.contains("today"));
    }

    #[test]
    fn ticks_are_whole_months_apart() {
        let ticks = ticks(
            1_780_272_000,
            1_780_272_000 + 4 * 31_557_600,
            &TimeZone::UTC,
        );
        assert_eq!((ticks.months, ticks.at.len()), (12, 5));
    }

    #[test]
    fn a_step_function_has_no_value_before_its_first_step() {
        let steps = vec![(10, 1), (20, 2)];
        assert_eq!(value_at(&steps, 9), None);
        assert_eq!(value_at(&steps, 19), Some(1));
        assert_eq!(value_at(&steps, 20), Some(2));
    }
}
