//! Exact chances of the binomial distribution, to about 12 digits for up to ten million samples.
//!
//! One chance is computed by Stirling's series with its error terms (Loader 2000), which loses no
//! digits where a difference of log-gammas would; the others of a tail follow from it by exact
//! ratios.

use std::f64::consts::TAU;

/// The number of right answers among `samples`, each right with the chance `right`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Binomial {
    samples: f64,
    right: f64,
    /// 1 - right, given apart so that it keeps its digits.
    wrong: f64,
}

/// A term so much smaller than the sum adds nothing.
const NEGLIGIBLE: f64 = 1e-18;

impl Binomial {
    pub(crate) fn new(samples: u32, right: f64, wrong: f64) -> Self {
        Self {
            samples: samples.into(),
            right,
            wrong,
        }
    }

    /// With a skill in parts per billion, at most the whole.
    pub(crate) fn of_ppb(samples: u32, skill: u32) -> Self {
        let whole = f64::from(guerdon_core::PPB);
        let wrong = guerdon_core::PPB.saturating_sub(skill);
        Self::new(samples, f64::from(skill) / whole, f64::from(wrong) / whole)
    }

    /// The chance of exactly so many right answers.
    pub(crate) fn exactly(&self, count: u32) -> f64 {
        let (n, x) = (self.samples, f64::from(count));
        if x > n {
            return 0.0;
        }
        if x == 0.0 || x == n {
            let (chance, other) = if x == 0.0 {
                (self.wrong, self.right)
            } else {
                (self.right, self.wrong)
            };
            // The logarithm of the one that is known better: near 1 it is the other's.
            let log = if other < 0.5 {
                (-other).ln_1p()
            } else {
                chance.ln()
            };
            return if n == 0.0 { 1.0 } else { (n * log).exp() };
        }
        if self.right == 0.0 || self.wrong == 0.0 {
            return 0.0;
        }
        let misses = n - x;
        let log = stirling_error(n)
            - stirling_error(x)
            - stirling_error(misses)
            - deviance(x, n * self.right)
            - deviance(misses, n * self.wrong);
        log.exp() / (TAU * x * misses / n).sqrt()
    }

    /// The chance of at least so many right answers.
    pub(crate) fn at_least(&self, count: u32) -> f64 {
        let n = self.samples;
        if count == 0 {
            return 1.0;
        }
        if f64::from(count) > n || self.right == 0.0 {
            return 0.0;
        }
        if self.wrong == 0.0 {
            return 1.0;
        }
        let odds = self.right / self.wrong;
        if f64::from(count) > n * self.right {
            let mut x = f64::from(count);
            let (mut term, mut sum) = (self.exactly(count), 0.0);
            while term > sum * NEGLIGIBLE {
                sum += term;
                term *= (n - x) / (x + 1.0) * odds;
                x += 1.0;
            }
            return sum.min(1.0);
        }
        let mut x = f64::from(count) - 1.0;
        let (mut term, mut sum) = (self.exactly(count - 1), 0.0);
        while term > sum * NEGLIGIBLE {
            sum += term;
            term *= x / (n - x + 1.0) / odds;
            x -= 1.0;
        }
        (1.0 - sum).max(0.0)
    }

    /// A range outside of which the chance is below 1e-30: ten and more deviations from the mean.
    pub(crate) fn likely(&self) -> (u32, u32) {
        let mean = self.samples * self.right;
        let reach = 12.0 * (mean * self.wrong).sqrt() + 60.0;
        let low = (mean - reach).max(0.0).floor();
        let high = (mean + reach).min(self.samples).ceil();
        (low as u32, high as u32)
    }
}

/// ln(x!) less Stirling's formula, ln(sqrt(2 pi x) (x/e)^x), for x >= 1.
fn stirling_error(x: f64) -> f64 {
    if x <= 15.0 {
        let mut factorial = 1.0;
        let mut factor = 2.0;
        while factor <= x {
            factorial *= factor;
            factor += 1.0;
        }
        return f64::ln(factorial) - (0.5 * (TAU * x).ln() + x * x.ln() - x);
    }
    let square = x * x;
    let series = 1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - series / square) / square) / x
}

/// x ln(x/m) + m - x, by a series where the two nearly cancel.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() - difference;
    }
    let v = difference / (x + mean);
    let square = v * v;
    let mut sum = difference * v;
    let mut term = 2.0 * x * v;
    let mut odd = 3.0;
    loop {
        term *= square;
        let next = sum + term / odd;
        if next == sum {
            return sum;
        }
        sum = next;
        odd += 2.0;
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;

    /// The tail in whole numbers: the chance as a numerator over 1e9 to the power of n.
    fn exact(samples: u32, count: u32, skill: u32) -> f64 {
        let (p, q) = (BigUint::from(skill), BigUint::from(1_000_000_000 - skill));
        let mut ways = BigUint::from(1_u8);
        let mut sum = BigUint::default();
        for x in (count..=samples).rev() {
            sum += &ways * p.pow(x) * q.pow(samples - x);
            ways = ways * x / (samples - x + 1);
        }
        let scaled: BigUint = (sum << 200) / BigUint::from(1_000_000_000_u32).pow(samples);
        // 200 bits keep 60 digits of the chance; the 64 highest bits of them make the float.
        let shift = scaled.bits().saturating_sub(64);
        let high = u64::try_from(&(scaled >> shift)).unwrap();
        high as f64 * (shift as f64 - 200.0).exp2()
    }

    #[test]
    fn tails_agree_with_big_rationals() {
        for (samples, skill) in [(1, 50_000_000), (7, 123_456_789), (40, 999_000_000)] {
            for count in 0..=samples {
                check(samples, count, skill);
            }
        }
        for count in (0..=300).step_by(13) {
            check(300, count, 700_000_000);
            check(300, count, 50_000_001);
        }
    }

    fn check(samples: u32, count: u32, skill: u32) {
        let want = exact(samples, count, skill);
        if want < 1e-40 {
            return;
        }
        let found = Binomial::of_ppb(samples, skill).at_least(count);
        let error = (found / want - 1.0).abs();
        assert!(error < 1e-12, "{count} of {samples} at {skill}: {error}");
    }

    #[test]
    fn certain_and_impossible_answers_have_their_chances() {
        let sure = Binomial::of_ppb(10, 1_000_000_000);
        let never = Binomial::of_ppb(10, 0);
        for (found, want) in [
            (sure.at_least(10), 1.0),
            (sure.exactly(10), 1.0),
            (sure.exactly(9), 0.0),
            (never.at_least(0), 1.0),
            (never.at_least(1), 0.0),
            (never.exactly(0), 1.0),
            (never.at_least(11), 0.0),
        ] {
            assert_eq!(found, want);
        }
    }

    #[test]
    fn the_likely_range_holds_everything() {
        let binomial = Binomial::of_ppb(10_000, 300_000_000);
        let (low, high) = binomial.likely();
        let sum: f64 = (low..=high).map(|x| binomial.exactly(x)).sum();
        assert!((sum - 1.0).abs() < 1e-11, "{sum}");
    }
}
