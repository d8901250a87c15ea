// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../interfaces/IGoals.sol";
import {Bounds} from "./Bounds.sol";

/// @notice What a definition must obey; its panel is judged by Panel.
library GoalRules {
    uint256 private constant ONE = 1e9;
    uint256 private constant ATTEMPTS_MAX = 32;
    uint256 private constant WINDOW_MAX = 3650 days; // "ten years"
    uint256 private constant DECISION_MAX = 366 days;
    uint256 private constant PAIRED_BOUND_MAX = 3100; // from 3147 on one more win can lower the bound

    /// @notice Whether a definition is well formed, its panel aside.
    function isGoal(IGoals.Goal calldata goal) internal pure returns (bool) {
        if (goal.opens >= goal.closes || goal.closes - goal.opens > WINDOW_MAX) return false;
        if (uint256(goal.runSeconds) + goal.challengeSeconds + goal.arbiterSeconds > DECISION_MAX) {
            return false;
        }
        if (goal.challengeSeconds == 0 || goal.basePpb > ONE || goal.defaultPpb > ONE) return false;
        if (goal.attempts == 0 || uint256(goal.attempts) + goal.maxVoids > ATTEMPTS_MAX) return false;
        if (goal.samples == 0 || goal.samples > goal.pool) return false;
        if (goal.threshold > goal.stretch) return false;

        if (goal.kind == Bounds.COUNT) return goal.threshold > 0 && goal.samples == 1 && goal.bound == 0;
        if (goal.stretch > 1e9 || goal.bound == 0) return false;
        if (goal.kind == Bounds.PROPORTION) return goal.threshold > 0 && goal.threshold < 1e9;
        if (goal.kind == Bounds.PAIRED) {
            return goal.threshold >= -5e8 && goal.samples >= 100 && goal.bound <= PAIRED_BOUND_MAX;
        }
        return goal.kind == Bounds.MEASURE && goal.threshold > 0;
    }
}
