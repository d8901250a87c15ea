//! The tail of the normal distribution.

use std::f64::consts::TAU;

/// The chance that a standard normal number is at least `z`, for z of 1.5 and above: the continued
/// fraction of Laplace.
pub(crate) fn tail(z: f64) -> f64 {
    let fraction = (1..=200).rev().fold(z, |below, k| z + f64::from(k) / below);
    (-z * z / 2.0).exp() / TAU.sqrt() / fraction
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_tails_are_met() {
        for (z, want) in [
            (1.5, 0.066_807_201_268_858_07),
            (2.0, 0.022_750_131_948_179_21),
            (3.0, 0.001_349_898_031_630_094_6),
        ] {
            assert!((super::tail(z) / want - 1.0).abs() < 1e-13, "{z}");
        }
    }
}
