// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {GoalBase} from "../GoalBase.t.sol";

/// @notice What a goal still gives to a grant that lapses at its end: all of it gated, all earned by time.
contract GoalsLapseTest is GoalBase {
    uint40 private constant ASKED = T0 + 10 days;
    uint40 private constant STOP = T0 + 20 days;

    bytes private terms;

    function setUp() public override {
        super.setUp();
        begin(proportion());
        IGrants.Terms memory made = gated(id, 1e9, 1);
        made.vesting = new IGrants.Segment[](1);
        made.vesting[0] = IGrants.Segment(0, 1e9, 1);
        (terms,) = opened(made);
    }

    /// @dev Asked for by the sponsor, and ended ten days later.
    function askedAndEnded() private {
        vm.warp(ASKED);
        demanded();
        vm.warp(STOP);
        ends(STOP);
        vm.warp(STOP + 1 days);
    }

    function ends(uint40 stopAt) private {
        vm.prank(company);
        grants.end(terms, stopAt, false);
    }

    function waits() private {
        rejects(abi.encodeWithSelector(IGrants.GoalNotFinal.selector, id));
        grants.settle(terms);
    }

    function settlesAt(uint256 ppb) private {
        vm.prank(stranger);
        grants.settle(terms);
        (,, uint256 vested,,,) = grants.amounts(terms);
        vm.assertEq(vested, AMOUNT * ppb / 1e9);
    }

    function test_Settle_GivenALateAnswerThatBecomesVoid_WaitsForTheDefault() public {
        askedAndEnded();
        waits();
        registered(goal);
        waits();
        proposed(goal, 0, 0);
        waits();
        challenged(0);
        waits();
        vm.prank(arbiter);
        goals.resolve(goal, 0, 3, 0, 0, 0);
        waits();
        vm.warp(uint256(goal.closes) + 1);
        waits();
        goals.close(goal);
        settlesAt(goal.defaultPpb);
    }

    function test_Settle_GivenALateAnswer_PaysTheAnswer() public {
        askedAndEnded();
        registered(goal);
        proposed(goal, 0, 500);
        waits();
        finalized(0);
        settlesAt(1e9);
    }

    function test_Settle_GivenALateAnswerOfNothing_PaysNothing() public {
        askedAndEnded();
        decided(goal, 300);
        settlesAt(0);
    }

    function test_Settle_GivenALateExpiry_WaitsForTheDefault() public {
        askedAndEnded();
        registered(goal);
        vm.warp(deadline(0) + 1);
        goals.expire(goal, 0);
        finalized(0);
        waits();
        vm.warp(uint256(goal.closes) + 1);
        goals.close(goal);
        settlesAt(goal.defaultPpb);
    }

    function test_Settle_GivenADemandAfterTheEnd_DoesNotWait() public {
        vm.warp(STOP);
        ends(STOP);
        vm.warp(STOP + 1);
        demanded();
        settlesAt(0);
    }

    function test_Settle_GivenARefusal_DoesNotWait() public {
        askedAndEnded();
        vm.prank(arbiter);
        goals.refuse(goal);
        settlesAt(0);
    }

    function test_Settle_GivenAVoidAfterTheEnd_TheAttemptGivenBackIsOfThoseStillActive() public {
        vm.warp(STOP);
        registered(goal);
        ends(STOP);
        proposed(goal, 0, 500);
        challenged(0);
        vm.warp(STOP + 1 days);
        waits();
        vm.prank(arbiter);
        goals.resolve(goal, 0, 3, 0, 0, 0);
        registered(goal);
        proposed(goal, 1, 500);
        settlesAt(0);
    }

    function test_End_GivenADemandThatStands_ReachesNoFurtherBack() public {
        vm.warp(ASKED);
        demanded();
        vm.warp(STOP);
        bytes memory no = abi.encodeWithSelector(IGrants.ResultUnderWay.selector, id, ASKED);
        vm.prank(company);
        rejects(no);
        grants.end(terms, ASKED - 1, false);
        ends(ASKED);
        waits();
    }

    function test_End_GivenARefusedDemand_ReachesBackBeforeIt() public {
        vm.warp(ASKED);
        demanded();
        vm.prank(arbiter);
        goals.refuse(goal);
        vm.warp(STOP);
        ends(ASKED - 1);
        settlesAt(0);
    }
}
