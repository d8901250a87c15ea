use alloy_primitives::B256;
use guerdon_core::PPB;
use guerdon_core::terms::Gate;

use crate::percent::show_ppb;

/// Says what gates ask, one sentence each, in their order; one sentence when there are none.
/// `name` gives the name that people know a goal by.
#[must_use]
pub fn describe_gates(gates: &[Gate], name: &dyn Fn(B256) -> String) -> Vec<String> {
    if gates.is_empty() {
        return vec!["No part of it waits for a result.".to_owned()];
    }
    let mut sentences: Vec<_> = gates
        .iter()
        .map(|gate| sentence(gate, &name(gate.goal)))
        .collect();
    let shares: u32 = gates
        .iter()
        .map(|gate| gate.share_ppb)
        .fold(0, u32::saturating_add);
    match PPB.saturating_sub(shares) {
        0 => {}
        PPB => {}
        free => sentences.push(format!("The other {} waits for no result.", show_ppb(free))),
    }
    sentences
}

fn sentence(gate: &Gate, name: &str) -> String {
    let late = if gate.rule.lapse {
        " Attempts registered after the grant has ended do not count."
    } else {
        ""
    };
    if gate.rule.trigger {
        format!("What is open is multiplied by what the goal {name} pays.{late}")
    } else {
        let share = show_ppb(gate.share_ppb);
        format!("{share} of it opens with the goal {name}, by the part that its result pays.{late}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guerdon_core::terms::Rule;

    #[test]
    fn gates_read_as_sentences() {
        let gate = |share_ppb, lapse, trigger| Gate {
            goal: B256::ZERO,
            share_ppb,
            rule: Rule { lapse, trigger },
        };
        let words = |gates: &[Gate]| describe_gates(gates, &|_| "launch-eu".into()).join(" ");
        assert_eq!(words(&[]), "No part of it waits for a result.");
        assert_eq!(
            words(&[gate(400_000_000, false, false)]),
            "40% of it opens with the goal launch-eu, by the part that its result pays. \
             The other 60% waits for no result."
        );
        assert_eq!(
            words(&[gate(0, true, true)]),
            "What is open is multiplied by what the goal launch-eu pays. \
             Attempts registered after the grant has ended do not count."
        );
    }
}
