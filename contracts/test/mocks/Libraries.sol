// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {Bounds} from "../../src/libraries/Bounds.sol";
import {GoalRules} from "../../src/libraries/GoalRules.sol";
import {Panel} from "../../src/libraries/Panel.sol";
import {ScheduleLib} from "../../src/libraries/ScheduleLib.sol";
import {SumTree} from "../../src/libraries/SumTree.sol";
import {TermsLib} from "../../src/libraries/TermsLib.sol";

/// @notice Libraries that read calldata, made callable.
contract Libraries {
    function fraction(bytes calldata segments, uint256 elapsed) external pure returns (uint256) {
        return ScheduleLib.fractionDown(segments, elapsed);
    }

    function leadsTo(
        bytes calldata proof,
        uint256 index,
        bytes32 node,
        uint256 sum,
        bytes32 root,
        uint256 total
    ) external pure returns (bool) {
        return SumTree.leadsTo(proof, index, node, sum, root, total);
    }

    function isValid(bytes calldata terms, address grants, address token) external pure returns (bool) {
        return TermsLib.isValid(terms, grants, token);
    }

    function termsId(bytes calldata terms, bytes32 domain) external pure returns (bytes32) {
        return TermsLib.id(terms, domain);
    }

    function lowerDown(uint256 kind, uint256 b, uint256 n, uint256 x, uint256 y)
        external
        pure
        returns (int256)
    {
        return Bounds.lowerDown(kind, b, n, x, y);
    }

    function isGoal(IGoals.Goal calldata goal) external pure returns (bool) {
        return GoalRules.isGoal(goal);
    }

    function isPanel(bytes32 hash, uint256 m, address[] calldata panel) external pure returns (bool) {
        return Panel.isPanel(hash, m, panel);
    }
}
