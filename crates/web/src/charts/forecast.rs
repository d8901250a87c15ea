//! What vests in the next twelve months: filled by time, dashed only if goals are reached.

use super::svg::{Drawing, Label, Px};
use super::{Drawn, scale};
use crate::numbers::Token;
use crate::strings::charts as words;

/// One month of the forecast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Month {
    /// `Dec`
    pub(crate) short: String,
    /// `Dec 2026`
    pub(crate) long: String,
    /// Vests by time alone, with the results of today.
    pub(crate) by_time: u128,
    /// Vests besides, if every open goal pays in full.
    pub(crate) by_goal: u128,
}

struct Frame {
    width: i64,
    height: i64,
    left: i64,
    right: i64,
    class: &'static str,
    id: &'static str,
    column_per_cent: i64,
    every_label: bool,
}

const WIDE: Frame = Frame {
    width: 1072,
    height: 236,
    left: 0,
    right: 0,
    class: "wide broad",
    id: "forecast-w",
    column_per_cent: 58,
    every_label: true,
};
const PHONE: Frame = Frame {
    width: 358,
    height: 200,
    left: 0,
    right: 0,
    class: "phone broad",
    id: "forecast-p",
    column_per_cent: 74,
    every_label: false,
};
const TOP: i64 = 24;
const FOOT: i64 = 34;

/// Draws the months; `description` is read aloud.
pub(crate) fn draw(months: &[Month], token: &Token, description: &str) -> Drawn {
    let one = |frame: &Frame| drawing(frame, months, token, description);
    Drawn {
        wide: one(&WIDE),
        phone: one(&PHONE),
    }
}

fn drawing(frame: &Frame, months: &[Month], token: &Token, description: &str) -> String {
    let title = words::FORECAST;
    let label = Label {
        id: frame.id,
        class: frame.class,
        title,
        description,
    };
    let mut out = Drawing::new(&label, frame.width, frame.height);
    let highest = months.iter().map(Month::sum).max().unwrap_or(0);
    let base = frame.height - FOOT;
    let room = (base - TOP) * 10;
    let pitch = (frame.width - frame.left - frame.right) * 10
        / i64::try_from(months.len().max(1)).unwrap_or(i64::MAX);
    let column = pitch * frame.column_per_cent / 100;
    for (month, place) in months.iter().zip(0i64..) {
        let left = frame.left * 10 + pitch * place + (pitch - column) / 2;
        let middle = Px(left + column / 2);
        let time = scale(month.by_time, highest, room);
        let all = scale(month.sum(), highest, room);
        let height = |tenths: i64| Px(base * 10 - tenths);
        out.rect("column", (Px(left), height(time)), (Px(column), Px(time)));
        if all > time {
            let corner = (Px(left + 7), height(all));
            out.rect("column-goal", corner, (Px(column - 14), Px(all - time)));
        }
        if month.sum() > 0 && (frame.every_label || month.sum() == highest) {
            let at = (middle, Px(base * 10 - all - 60));
            out.text("middle", at, &token.short(month.sum()));
        }
        let name = if frame.every_label {
            month.short.as_str()
        } else {
            first_letter(month)
        };
        out.text("middle", (middle, Px::whole(base + 22)), name);
    }
    let (from, to) = (Px::whole(frame.left), Px::whole(frame.width - frame.right));
    out.line("grid", (from, Px::whole(base)), (to, Px::whole(base)));
    out.finish()
}

fn first_letter(month: &Month) -> &str {
    month.short.get(..1).unwrap_or(&month.short)
}

impl Month {
    pub(crate) fn sum(&self) -> u128 {
        self.by_time.saturating_add(self.by_goal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_month_fills_the_room_and_goals_stand_on_top() {
        let token = Token {
            symbol: "ACC".into(),
            name: String::new(),
            decimals: 0,
        };
        let month = |short: &str, by_time, by_goal| Month {
            short: short.into(),
            long: format!("{short} 2026"),
            by_time,
            by_goal,
        };
        let months = [month("Nov", 500, 0), month("Dec", 500, 1_500)];
        let drawn = draw(&months, &token, "two months");
        assert!(drawn.wide.contains("height=\"44.5\""), "{}", drawn.wide);
        assert!(drawn.wide.contains("height=\"133.5\""));
        assert!(drawn.wide.contains(">2k</text>") && drawn.wide.contains(">500</text>"));
        assert!(drawn.phone.contains(">D</text>") && !drawn.phone.contains(">500</text>"));
    }

    #[test]
    fn months_without_anything_draw_only_the_axis() {
        let token = Token {
            symbol: "ACC".into(),
            name: String::new(),
            decimals: 18,
        };
        assert!(!draw(&[], &token, "").wide.contains("rect"));
    }
}
