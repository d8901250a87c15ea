//! From a score and a number of questions to whole counts, and the proofs that they are counts.

use guerdon_core::PPB;

/// How far score times samples may lie from a whole number: rounding of doubles, no more.
const WHOLE_TOLERANCE: f64 = 1e-6;
/// How far the mean of scores may lie from the mean of the same, each rounded down to 1e-9.
const MEAN_TOLERANCE: f64 = 2e-9;
/// Relative error allowed between a reported and a recomputed standard error.
const STDERR_TOLERANCE: f64 = 1e-6;
/// Most questions of one run: the contract counts them in 32 bits.
const SAMPLES_MAX: u64 = u32::MAX as u64;

/// Why there is nothing to count.
pub(super) const NO_SCORE: &str = "The file gives no number for this metric.";

/// The nearest whole number of correct answers; 0 when there is no usable score.
pub(super) fn nearest(score: Option<f64>, samples: u64) -> u64 {
    let product = score.unwrap_or(0.0) * samples.min(SAMPLES_MAX) as f64;
    // A cast from float saturates: what is below 0 becomes 0.
    product.round() as u64
}

/// The number of correct answers, or why the score is no proportion of right and wrong answers.
pub(super) fn correct(score: Option<f64>, samples: u64) -> Result<u64, String> {
    let Some(score) = score else {
        return Err(NO_SCORE.to_owned());
    };
    if samples == 0 {
        return Err("No question was scored.".to_owned());
    }
    if samples > SAMPLES_MAX {
        return Err(format!(
            "A run of {samples} questions is more than a goal can ask for."
        ));
    }
    if !(0.0..=1.0).contains(&score) {
        return Err(format!("The score {score} is no share between 0 and 1."));
    }
    let correct = nearest(Some(score), samples);
    if (score * samples as f64 - correct as f64).abs() > WHOLE_TOLERANCE {
        return Err(format!(
            "The score {score} of {samples} questions is no whole number of right answers, so the \
             metric is not right or wrong for each question."
        ));
    }
    Ok(correct)
}

/// The sum of scores in ppb, if it has the mean that was reported: each score was rounded down.
pub(super) fn check_mean(mean: f64, sum: u128, samples: u64) -> Result<u128, String> {
    let counted = sum as f64 / samples as f64 / f64::from(PPB);
    if (mean - counted).abs() <= MEAN_TOLERANCE {
        return Ok(sum);
    }
    Err(format!(
        "The answers one by one have the mean {counted}, but the result says {mean}."
    ))
}

/// Compares a reported standard error with the one that `correct` right answers of `samples` have:
/// sqrt(p (1 - p) / (n - 1)). Partial credit makes it smaller, clusters and other tricks change it.
pub(super) fn check_stderr(reported: f64, correct: u64, samples: u64) -> Result<(), String> {
    let share = correct as f64 / samples as f64;
    let expected = match samples {
        0 | 1 => 0.0,
        _ => (share * (1.0 - share) / (samples - 1) as f64).sqrt(),
    };
    if (reported - expected).abs() <= expected * STDERR_TOLERANCE + 1e-12 {
        return Ok(());
    }
    Err(format!(
        "The standard error {reported} does not fit {correct} right answers of {samples}, which \
         have {expected}: the answers are not simply right or wrong, or the file was changed."
    ))
}

#[cfg(test)]
mod tests {
    use super::{check_stderr, correct, nearest};

    #[test]
    fn a_share_of_right_answers_becomes_their_number() {
        for (score, samples, want) in [
            (0.856, 500, 428),
            (0.0, 40, 0),
            (1.0, 1, 1),
            (0.71, 500, 355),
        ] {
            assert_eq!(correct(Some(score), samples), Ok(want));
        }
        for samples in 1..400_u64 {
            for count in 0..=samples {
                let score = count as f64 / samples as f64;
                assert_eq!(correct(Some(score), samples), Ok(count));
            }
        }
    }

    #[test]
    fn what_is_no_count_is_refused() {
        for (score, samples) in [
            (None, 10),
            (Some(0.5), 0),
            (Some(0.5), 5_000_000_000),
            (Some(1.1), 10),
            (Some(-0.1), 10),
            (Some(0.8333), 6),
            (Some(0.25), 10),
        ] {
            assert!(correct(score, samples).is_err(), "{score:?} of {samples}");
        }
        assert_eq!(nearest(Some(-3.0), 10), 0);
    }

    #[test]
    fn the_standard_error_of_right_and_wrong_answers_uses_n_minus_1() {
        assert_eq!(check_stderr(0.015716934945725763, 428, 500), Ok(()));
        assert_eq!(check_stderr(0.02693515384331068, 165, 200), Ok(()));
        assert_eq!(check_stderr(0.0, 0, 30), Ok(()));
        assert_eq!(check_stderr(0.0, 1, 1), Ok(()));
        assert!(check_stderr(0.0157, 428, 500).is_err());
        assert!(check_stderr(0.0, 428, 500).is_err());
        assert!(check_stderr(0.1, 30, 30).is_err());
    }
}
