//! Charts, drawn here as SVG: they need no script, print, and are tested as text. Each has a title,
//! a description, and (in the templates) a caption with its message and a table with its data.

pub(crate) mod bar;
pub(crate) mod forecast;
mod labels;
pub(crate) mod power;
pub(crate) mod result_line;
pub(crate) mod svg;
pub(crate) mod timeline;

/// A chart drawn twice: texts are never scaled down for phones, they become shorter.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) wide: String,
    pub(crate) phone: String,
}

/// A whole scaled to a length: `part / whole * length`, for any integers with `part <= whole`.
fn scale(part: u128, whole: u128, length: i64) -> i64 {
    let length = u128::try_from(length).unwrap_or(0);
    let part = part.min(whole);
    // Amounts may be close to 2^128: lose bits of the ratio, not the product.
    let shift = 128u32
        .saturating_sub(whole.leading_zeros())
        .saturating_sub(96);
    let (part, whole) = (part >> shift, (whole >> shift).max(1));
    i64::try_from(part * length / whole).unwrap_or(0)
}
