//! A small SVG writer. Coordinates are whole tenths of a pixel, so that drawings are the same on
//! every machine; text and titles are escaped here and nowhere else.

use std::fmt::{self, Display, Write as _};

/// A length in tenths of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Px(pub(crate) i64);

impl Px {
    pub(crate) const fn whole(pixels: i64) -> Self {
        Self(pixels * 10)
    }
}

impl Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, tenth) = (self.0.abs() / 10, self.0.abs() % 10);
        if tenth == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{tenth}")
        }
    }
}

/// Text made safe for element content and double-quoted attributes.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// What every drawing says to someone who cannot see it.
pub(crate) struct Label<'a> {
    /// Unique on the page; the ids of title and description start with it.
    pub(crate) id: &'a str,
    pub(crate) class: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
}

pub(crate) struct Drawing {
    out: String,
}

impl Drawing {
    /// Opens a drawing of `width` by `height` pixels.
    pub(crate) fn new(label: &Label<'_>, width: i64, height: i64) -> Self {
        let Label {
            id,
            class,
            title,
            description,
        } = label;
        let mut out = String::new();
        let _ = write!(
            out,
            "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{}</title>\
             <desc id=\"{id}-d\">{}</desc>",
            Escaped(title),
            Escaped(description)
        );
        Self { out }
    }

    pub(crate) fn line(&mut self, class: &str, from: (Px, Px), to: (Px, Px)) {
        self.put(format_args!(
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
            from.0, from.1, to.0, to.1
        ));
    }

    pub(crate) fn rect(&mut self, class: &str, corner: (Px, Px), size: (Px, Px)) {
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            corner.0, corner.1, size.0, size.1
        ));
    }

    pub(crate) fn circle(&mut self, class: &str, centre: (Px, Px), radius: Px) {
        self.put(format_args!(
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>",
            centre.0, centre.1
        ));
    }

    /// A square on its corner.
    pub(crate) fn diamond(&mut self, class: &str, centre: (Px, Px), radius: Px) {
        let (Px(x), Px(y), Px(r)) = (centre.0, centre.1, radius);
        self.put(format_args!(
            "<path class=\"{class}\" d=\"M{} {}L{} {}L{} {}L{} {}Z\"/>",
            Px(x),
            Px(y - r),
            Px(x + r),
            Px(y),
            Px(x),
            Px(y + r),
            Px(x - r),
            Px(y)
        ));
    }

    /// A path through points, horizontal first and then vertical: steps, never smoothed.
    pub(crate) fn steps(&mut self, class: &str, points: &[(Px, Px)]) {
        let path = step_path(points);
        if !path.is_empty() {
            self.put(format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
        }
    }

    /// A line from point to point.
    pub(crate) fn polyline(&mut self, class: &str, points: &[(Px, Px)]) {
        let places: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let places = places.join(" ");
        self.put(format_args!(
            "<polyline class=\"{class}\" points=\"{places}\"/>"
        ));
    }

    /// The area between steps and a base line.
    pub(crate) fn steps_above(&mut self, class: &str, points: &[(Px, Px)], base: Px) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return;
        };
        let path = step_path(points);
        let close = format!("V{base}H{}Z", first.0);
        if last.0 > first.0 {
            self.put(format_args!(
                "<path class=\"{class}\" d=\"{path}{close}\"/>"
            ));
        }
    }

    pub(crate) fn text(&mut self, class: &str, at: (Px, Px), text: &str) {
        self.put(format_args!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
            at.0,
            at.1,
            Escaped(text)
        ));
    }

    pub(crate) fn finish(mut self) -> String {
        self.out.push_str("</svg>");
        self.out
    }

    fn put(&mut self, what: fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(what);
    }
}

fn step_path(points: &[(Px, Px)]) -> String {
    let mut path = String::new();
    let mut at: Option<(Px, Px)> = None;
    for &(x, y) in points {
        let _ = match at {
            None => write!(path, "M{x} {y}"),
            Some((_, before)) if before == y => write!(path, "H{x}"),
            Some(_) => write!(path, "H{x}V{y}"),
        };
        at = Some((x, y));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_are_written_shortly() {
        for (tenths, text) in [(0, "0"), (15, "1.5"), (-5, "-0.5"), (20, "2")] {
            assert_eq!(Px(tenths).to_string(), text);
        }
    }

    #[test]
    fn steps_go_across_and_then_up() {
        let points = [(Px(0), Px(100)), (Px(100), Px(100)), (Px(200), Px(50))];
        assert_eq!(step_path(&points), "M0 10H10H20V5");
    }

    #[test]
    fn text_cannot_break_out() {
        let label = Label {
            id: "a",
            class: "c",
            title: "<b>",
            description: "\"&'",
        };
        let mut drawing = Drawing::new(&label, 10, 10);
        drawing.text("t", (Px(0), Px(0)), "</text><script>");
        let svg = drawing.finish();
        assert!(
            !svg.contains("<script") && svg.contains("&lt;script"),
            "{svg}"
        );
        assert!(svg.contains("&quot;&amp;&#39;"));
    }
}
