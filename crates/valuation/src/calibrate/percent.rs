//! Chances as people read them.

use super::Strength;

/// A chance in per cent, for people: three digits that count.
#[must_use]
pub fn percent(share: f64) -> String {
    percent_as(share, Strength::Exact)
}

/// The same for a chance that is meant as a limit: it is rounded to where the limit still holds.
#[must_use]
pub fn percent_as(share: f64, strength: Strength) -> String {
    let share = share * 100.0;
    let places = match share {
        100.0.. => 0,
        99.95.. => 2,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    let unit = 10_f64.powi(places);
    // Products of what is exact in decimals are not.
    let rounded = match strength {
        Strength::AtMost => (share * unit - 1e-9).ceil() / unit,
        Strength::AtLeast => (share * unit + 1e-9).floor() / unit,
        Strength::Exact | Strength::Searched => share,
    };
    let said = match strength {
        Strength::AtLeast if share >= 100.0 => "99.99 %",
        Strength::Exact | Strength::Searched if share < 100.0 && rounded >= 99.995 => {
            "over 99.99 %"
        }
        _ if rounded >= 99.995 => "100 %",
        _ if share <= 0.0 => "0 %",
        _ if share >= 0.001 => return format!("{rounded:.*} %", places as usize),
        Strength::AtMost => "0.001 %",
        Strength::AtLeast => "0 %",
        Strength::Exact | Strength::Searched => "under 0.001 %",
    };
    said.to_owned()
}

/// A chance with how it is meant.
pub(super) fn meant(chance: f64, strength: Strength) -> String {
    let said = percent_as(chance, strength);
    match strength {
        Strength::AtMost => format!("at most {said}"),
        Strength::AtLeast => format!("at least {said}"),
        Strength::Exact | Strength::Searched => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_certain_nor_impossible_is_said_of_what_is_not() {
        for (share, want) in [
            (1.0, "100 %"),
            (0.999_99, "over 99.99 %"),
            (0.999_94, "99.99 %"),
            (0.999_6, "99.96 %"),
            (0.999_4, "99.9 %"),
            (0.997, "99.7 %"),
            (0.8, "80.0 %"),
            (0.025, "2.50 %"),
            (0.000_01, "0.001 %"),
            (1e-9, "under 0.001 %"),
            (0.0, "0 %"),
        ] {
            assert_eq!(percent(share), want);
        }
    }

    #[test]
    fn a_limit_holds_as_it_is_written() {
        for (share, most, least) in [
            (1.0, "100 %", "99.99 %"),
            (0.999_99, "100 %", "99.99 %"),
            (0.999_52, "99.96 %", "99.95 %"),
            (0.969_51, "97.0 %", "96.9 %"),
            (0.8, "80.0 %", "80.0 %"),
            (0.049_41, "4.95 %", "4.94 %"),
            (0.049_4, "4.94 %", "4.94 %"),
            (1e-9, "0.001 %", "0 %"),
            (0.0, "0 %", "0 %"),
        ] {
            assert_eq!(percent_as(share, Strength::AtMost), most, "{share}");
            assert_eq!(percent_as(share, Strength::AtLeast), least, "{share}");
        }
    }
}
