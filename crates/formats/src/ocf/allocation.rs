use std::fmt;

use num_bigint::BigUint;

use super::OcfError;
use super::ratio::Ratio;

/// How the format rounds what vests at a date to whole units. For 18 units in four equal parts:
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allocation {
    /// 5, 4, 5, 4: the sum so far is rounded, halves up.
    CumulativeRounding,
    /// 4, 5, 4, 5: the sum so far is rounded down.
    CumulativeRoundDown,
    /// 5, 5, 4, 4: what is left over goes to the first parts, one each.
    FrontLoaded,
    /// 4, 4, 5, 5: what is left over goes to the last parts, one each.
    BackLoaded,
    /// 6, 4, 4, 4: what is left over goes to the first part.
    FrontLoadedToSingleTranche,
    /// 4, 4, 4, 6: what is left over goes to the last part.
    BackLoadedToSingleTranche,
    /// 4.5 four times: nothing is rounded.
    Fractional,
}

impl Allocation {
    const ALL: [Self; 7] = [
        Self::CumulativeRounding,
        Self::CumulativeRoundDown,
        Self::FrontLoaded,
        Self::BackLoaded,
        Self::FrontLoadedToSingleTranche,
        Self::BackLoadedToSingleTranche,
        Self::Fractional,
    ];

    /// As the format spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CumulativeRounding => "CUMULATIVE_ROUNDING",
            Self::CumulativeRoundDown => "CUMULATIVE_ROUND_DOWN",
            Self::FrontLoaded => "FRONT_LOADED",
            Self::BackLoaded => "BACK_LOADED",
            Self::FrontLoadedToSingleTranche => "FRONT_LOADED_TO_SINGLE_TRANCHE",
            Self::BackLoadedToSingleTranche => "BACK_LOADED_TO_SINGLE_TRANCHE",
            Self::Fractional => "FRACTIONAL",
        }
    }

    pub(super) fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == text)
    }

    /// The share of the whole that is reached with each of `shares`, which sum to one.
    ///
    /// # Errors
    /// [`OcfError::Allocation`] when whole units need a size of the grant that is not given or not
    /// whole, and when the format does not say how to split unequal parts.
    pub(super) fn reached(
        self,
        shares: &[Ratio],
        tokens: Option<&Ratio>,
    ) -> Result<Vec<Ratio>, OcfError> {
        let exact = sums(shares);
        if self == Self::Fractional {
            return Ok(exact);
        }
        let refuse = |why: &str| OcfError::Allocation {
            allocation: self,
            why: why.to_owned(),
        };
        let tokens = tokens.ok_or_else(|| {
            refuse("rounds to whole units: give --quantity with the size of the grant")
        })?;
        if !tokens.is_whole() {
            return Err(refuse(
                "rounds to whole units, and the grant is no whole number of them: FRACTIONAL \
                 does not round",
            ));
        }
        let units = match self {
            Self::CumulativeRounding => rounded(&exact, tokens, Ratio::round),
            Self::CumulativeRoundDown => rounded(&exact, tokens, Ratio::floor),
            _ if shares.iter().all(|share| share.times(tokens).is_whole()) => {
                rounded(&exact, tokens, Ratio::floor)
            }
            _ => self.loaded(shares, &tokens.floor()).ok_or_else(|| {
                refuse("is defined for equal parts, and these are unequal and not whole units")
            })?,
        };
        let share = |units: BigUint| Ratio::whole(units).over(tokens);
        let shares: Option<Vec<_>> = units.into_iter().map(share).collect();
        shares.ok_or_else(|| refuse("needs a grant above zero"))
    }

    /// Units reached with each part, where what is left over goes to some of them.
    fn loaded(self, shares: &[Ratio], units: &BigUint) -> Option<Vec<BigUint>> {
        let mut parts = shares.iter().filter(|share| !share.is_zero());
        let part = parts.next()?;
        if parts.any(|other| other != part) {
            return None;
        }
        let count = shares.iter().filter(|share| !share.is_zero()).count();
        let (each, left) = (units / count, units % count);
        let left: usize = left.try_into().ok()?;
        let more = |place: usize| match self {
            Self::FrontLoaded => usize::from(place < left),
            Self::BackLoaded => usize::from(place >= count - left),
            Self::FrontLoadedToSingleTranche if place == 0 => left,
            Self::BackLoadedToSingleTranche if place + 1 == count => left,
            _ => 0,
        };
        let mut place = 0;
        let mut sum = BigUint::ZERO;
        let reached = shares.iter().map(|share| {
            if !share.is_zero() {
                sum += &each + more(place);
                place += 1;
            }
            sum.clone()
        });
        Some(reached.collect())
    }
}

impl fmt::Display for Allocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn sums(shares: &[Ratio]) -> Vec<Ratio> {
    let add = |sum: &mut Ratio, share: &Ratio| {
        *sum = sum.plus(share);
        Some(sum.clone())
    };
    shares.iter().scan(Ratio::whole(0u8), add).collect()
}

fn rounded(exact: &[Ratio], tokens: &Ratio, rule: fn(&Ratio) -> BigUint) -> Vec<BigUint> {
    exact
        .iter()
        .map(|share| rule(&share.times(tokens)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the schema of the format publishes for 18 shares in four parts, and what its
    /// maintainers say that a cliff after two of them pays (9, 9, 10, 8, 10, 8).
    #[test]
    fn allocations_are_those_of_the_published_example() {
        let rows = [
            ("CUMULATIVE_ROUNDING", [5, 4, 5, 4], 9),
            ("CUMULATIVE_ROUND_DOWN", [4, 5, 4, 5], 9),
            ("FRONT_LOADED", [5, 5, 4, 4], 10),
            ("BACK_LOADED", [4, 4, 5, 5], 8),
            ("FRONT_LOADED_TO_SINGLE_TRANCHE", [6, 4, 4, 4], 10),
            ("BACK_LOADED_TO_SINGLE_TRANCHE", [4, 4, 4, 6], 8),
        ];
        let (tokens, quarter) = (Ratio::whole(18u8), Ratio::new(1u8, 4u8).unwrap());
        let shares = vec![quarter; 4];
        for (name, parts, cliff) in rows {
            let allocation = Allocation::named(name).unwrap();
            let reached = allocation.reached(&shares, Some(&tokens)).unwrap();
            let units: Vec<_> = reached
                .iter()
                .map(|share| u64::try_from(share.times(&tokens).floor()).unwrap())
                .collect();
            let before = std::iter::once(0).chain(units.clone());
            let got: Vec<_> = units
                .iter()
                .zip(before)
                .map(|(to, from)| to - from)
                .collect();
            assert_eq!(got, parts, "{name}");
            assert_eq!(units[1], cliff, "{name}");
        }
        let fractional = Allocation::Fractional.reached(&shares, None).unwrap();
        assert_eq!(fractional[0].times(&tokens), Ratio::new(9u8, 2u8).unwrap());
    }
}
