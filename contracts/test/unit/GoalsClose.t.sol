// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {GoalBase} from "../GoalBase.t.sol";

/// @notice The window of a goal, its close, and what counts by when.
contract GoalsCloseTest is GoalBase {
    // ------------------------------------------------------------------------------------------------- extend, close

    function test_Extend_OnceAtMostDoubling() public {
        begin(proportion());
        uint40 latest = T0 + 2 * (goal.closes - T0);
        rejects(abi.encodeWithSelector(IGoals.NotArbiter.selector, address(this)));
        goals.extend(goal, latest);
        vm.startPrank(arbiter);
        rejects(abi.encodeWithSelector(IGoals.OutOfRange.selector, latest + 1, latest));
        goals.extend(goal, latest + 1);
        rejects(abi.encodeWithSelector(IGoals.OutOfRange.selector, goal.closes, goal.closes));
        goals.extend(goal, goal.closes);
        vm.warp(uint256(goal.closes) + 1);
        rejects(abi.encodeWithSelector(IGoals.TooLate.selector, goal.closes));
        goals.extend(goal, latest);
        vm.warp(goal.closes);
        vm.expectEmit(address(goals));
        emit IGoals.Extended(id, latest);
        goals.extend(goal, latest);
        rejects(abi.encodeWithSelector(IGoals.AlreadyExtended.selector));
        goals.extend(goal, latest + 1);
        vm.stopPrank();
        vm.assertEq(goals.stateOf(id), DEFINED | EXTENDED | uint256(latest) << 80);
        vm.warp(latest);
        registered(goal);
    }

    function test_Close_WhenOverAndNothingIsPending() public {
        begin(proportion());
        bytes memory no = abi.encodeWithSelector(IGoals.NotFinal.selector, 0, goal.closes);
        vm.warp(goal.closes);
        rejects(no);
        goals.close(goal);
        registered(goal);
        vm.warp(uint256(goal.closes) + 1);
        rejects(abi.encodeWithSelector(IGoals.NotFinal.selector, 1, goal.closes));
        goals.close(goal);
        proposed(goal, 0, 428);
        vm.warp(deadline(0) + 1);
        goals.finalize(id, 0);
        goals.close(goal);
        (uint32 now_, bool isFinal,) = goals.fractionOf(id);
        vm.assertTrue(isFinal && now_ / 1e6 == 610);
        finalForEver();
    }

    function finalForEver() private {
        bytes memory no = abi.encodeWithSelector(IGoals.IsFinal.selector, id);
        vm.warp(T0 + 100);
        IGoals.Quorum memory q = signed("", 1);
        rejects(no);
        goals.register(goal, "model", T0 + 100, q);
        rejects(no);
        goals.close(goal);
        vm.startPrank(sponsor);
        rejects(no);
        goals.demand(goal, "model");
        vm.startPrank(arbiter);
        rejects(no);
        goals.refuse(goal);
        rejects(no);
        goals.extend(goal, goal.closes + 1);
        vm.stopPrank();
    }

    function test_Close_PaidInFull_NeedNotWait() public {
        begin(milestone());
        decided(goal, 1);
        vm.assertEq(fraction(), 1e9);
        goals.close(goal);
        vm.assertEq(goals.stateOf(id) & FINAL, FINAL);
    }

    function test_FractionAt_CountsWhatWasRegisteredByThen() public {
        begin(proportion());
        vm.warp(T0 + 10);
        registered(goal);
        vm.warp(T0 + 20);
        registered(goal);
        proposed(goal, 1, 500);
        vm.warp(deadline(1) + 1);
        goals.finalize(id, 1);
        (uint32 at_, bool pending) = goals.fractionAt(id, T0 + 9);
        vm.assertTrue(at_ == 0 && !pending);
        (at_, pending) = goals.fractionAt(id, T0 + 10);
        vm.assertTrue(at_ == 0 && pending);
        (at_, pending) = goals.fractionAt(id, T0 + 20);
        vm.assertTrue(at_ == 1e9 && pending);
        proposed(goal, 0, 428);
        vm.warp(deadline(0) + 1);
        goals.finalize(id, 0);
        (at_, pending) = goals.fractionAt(id, T0 + 19);
        vm.assertTrue(at_ / 1e6 == 610 && !pending);
        (at_, pending) = goals.fractionAt(id, T0 + 20);
        vm.assertTrue(at_ == 1e9 && !pending);
    }
}
