// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {GoalBase} from "../GoalBase.t.sol";

/// @notice Demands: who makes them, what answers them, and from when on the answer counts.
contract GoalsDemandTest is GoalBase {
    uint32 private constant DEFAULT = 3e8;

    /// @dev A demand at T0 + 10, and an attempt registered since.
    function answering() private {
        begin(proportion());
        vm.warp(T0 + 10);
        demanded();
        vm.warp(T0 + 20);
        registered(goal);
    }

    function isDemanded() private view returns (bool) {
        return goals.stateOf(id) & DEMANDED != 0;
    }

    function lapsesFrom() private view returns (uint256 time) {
        (,, time) = goals.fractionOf(id);
    }

    // ------------------------------------------------------------------------------------------------- demand, refuse

    function test_Demand_Unanswered_PaysTheDefault() public {
        begin(proportion());
        rejects(abi.encodeWithSelector(IGoals.NotSponsor.selector, address(this)));
        goals.demand(goal, "model");
        vm.warp(T0 + 100);
        vm.expectEmit(address(goals));
        emit IGoals.Demanded(id, "model", T0 + 100);
        demanded();
        vm.assertEq(
            goals.stateOf(id), DEFINED | DEMANDED | uint256(goal.closes) << 80 | uint256(T0 + 100) << 120
        );
        vm.prank(sponsor);
        rejects(abi.encodeWithSelector(IGoals.AlreadyDemanded.selector));
        goals.demand(goal, "model");
        (uint32 at_, bool pending) = goals.fractionAt(id, T0 + 100);
        vm.assertTrue(at_ == 0 && pending);
        (, pending) = goals.fractionAt(id, T0 + 99);
        vm.assertFalse(pending);
        registered(goal); // an attempt that expires does not answer
        vm.warp(deadline(0) + 1);
        goals.expire(goal, 0);
        vm.warp(deadline(0) + 1);
        goals.finalize(id, 0);
        vm.warp(uint256(goal.closes) + 1);
        vm.expectEmit(address(goals));
        emit IGoals.GoalClosed(id, 3e8, 3e8);
        goals.close(goal);
        vm.assertEq(fraction(), 3e8);
        (at_, pending) = goals.fractionAt(id, T0 + 100);
        vm.assertTrue(at_ == 3e8 && !pending);
        (at_, pending) = goals.fractionAt(id, T0 + 99);
        vm.assertTrue(at_ == 0 && !pending);
    }

    function test_Demand_InTimeAndWithAttemptsLeft() public {
        begin(proportion());
        vm.warp(goal.closes - goal.runSeconds);
        vm.startPrank(sponsor);
        rejects(abi.encodeWithSelector(IGoals.TooLate.selector, goal.closes));
        goals.demand(goal, "model");
        vm.stopPrank();
        vm.warp(T0);
        registered(goal);
        registered(goal);
        vm.startPrank(sponsor);
        rejects(abi.encodeWithSelector(IGoals.NoAttemptsLeft.selector, 2));
        goals.demand(goal, "model");
    }

    function test_Refuse_ByTheArbiter_EndsTheDemand() public {
        begin(proportion());
        vm.prank(arbiter);
        rejects(abi.encodeWithSelector(IGoals.NotDemanded.selector));
        goals.refuse(goal);
        demanded();
        rejects(abi.encodeWithSelector(IGoals.NotArbiter.selector, address(this)));
        goals.refuse(goal);
        vm.expectEmit(address(goals));
        emit IGoals.DemandRefused(id);
        vm.prank(arbiter);
        goals.refuse(goal);
        vm.assertEq(goals.stateOf(id), DEFINED | uint256(goal.closes) << 80);
        vm.warp(uint256(goal.closes) + 1);
        goals.close(goal);
        vm.assertEq(fraction(), 0);
    }

    function test_Demand_OnlyWhereTheDefaultIsMoreThanTheFraction() public {
        IGoals.Goal memory made = proportion();
        made.defaultPpb = 0;
        begin(made);
        vm.prank(sponsor);
        rejects(abi.encodeWithSelector(IGoals.NothingToDemand.selector, 0, 0));
        goals.demand(goal, "model");
        made.defaultPpb = 610_420_550;
        begin(made);
        decided(goal, 428);
        vm.assertEq(fraction(), made.defaultPpb);
        vm.prank(sponsor);
        rejects(abi.encodeWithSelector(IGoals.NothingToDemand.selector, made.defaultPpb, made.defaultPpb));
        goals.demand(goal, "model");
        ++made.defaultPpb;
        begin(made);
        decided(goal, 428);
        demanded();
        vm.assertTrue(isDemanded());
    }

    function test_Refuse_GivenAnAnswerUnderWay_ItCountsFromItsRegistration() public {
        answering();
        proposed(goal, 0, 500);
        vm.prank(arbiter);
        goals.refuse(goal); // a refused demand was never made
        finalized(0);
        vm.assertEq(status(0), 0x14);
        counts(T0 + 19, 0, false);
        counts(T0 + 20, 1e9, false);
    }

    // ------------------------------------------------------------------------------------------------- answers

    function test_Propose_GivenADemand_LeavesItStanding() public {
        answering();
        proposed(goal, 0, 300);
        vm.assertTrue(isDemanded());
        vm.assertEq(status(0), 0x12);
        counts(T0 + 9, 0, false);
        counts(T0 + 10, 0, true);
        vm.prank(sponsor);
        rejects(abi.encodeWithSelector(IGoals.AlreadyDemanded.selector));
        goals.demand(goal, "model");
    }

    function test_Finalize_GivenASignedResultSince_AnswersTheDemand() public {
        answering();
        proposed(goal, 0, 500);
        vm.warp(deadline(0) + 1);
        vm.expectEmit(address(goals));
        emit IGoals.Finalized(id, 0, 1e9, 1e9, 0, true);
        goals.finalize(id, 0);
        vm.assertFalse(isDemanded());
        vm.assertEq(uint40(goals.stateOf(id) >> 120), T0 + 10);
        vm.assertEq(status(0), 0x34);
        vm.assertEq(deadline(0), T0 + 10); // from when on it counts
        counts(T0 + 9, 0, false);
        counts(T0 + 10, 1e9, false);
        vm.prank(arbiter);
        rejects(abi.encodeWithSelector(IGoals.NotDemanded.selector));
        goals.refuse(goal);
    }

    function test_Finalize_GivenARegistrationInTheSecondOfTheDemand_AnswersIt() public {
        begin(proportion());
        registered(goal);
        demanded();
        proposed(goal, 0, 300);
        finalized(0);
        vm.assertFalse(isDemanded());
    }

    function test_Finalize_GivenARegistrationBeforeTheDemand_AnswersNothing() public {
        begin(proportion());
        registered(goal);
        vm.warp(T0 + 1);
        demanded();
        proposed(goal, 0, 428);
        finalized(0);
        vm.assertTrue(isDemanded());
        vm.assertEq(status(0), 0x14);
        vm.assertGt(fraction(), 0);
        counts(T0, fraction(), false);
        counts(T0 + 1, fraction(), true); // the demand
    }

    function test_Finalize_GivenASilentArbiter_TheAnswerStands() public {
        answering();
        proposed(goal, 0, 500);
        challenged(0);
        vm.warp(deadline(0) + 1);
        vm.expectEmit(address(goals));
        emit IGoals.Finalized(id, 0, 1e9, 1e9, 101, true);
        goals.finalize(id, 0);
        counts(T0 + 10, 1e9, false);
    }

    function test_Resolve_Upheld_AnswersTheDemand() public {
        answering();
        proposed(goal, 0, 500);
        challenged(0);
        vm.expectEmit(address(goals));
        emit IGoals.Resolved(id, 0, 1, 1e9, 0, 0, 0, 50, 0, 51, true);
        vm.prank(arbiter);
        goals.resolve(goal, 0, 1, 0, 0, 0);
        vm.assertEq(status(0), 0x34);
        counts(T0 + 10, 1e9, false);
    }

    function test_Resolve_Overturned_AnswersTheDemand() public {
        answering();
        proposed(goal, 0, 500);
        challenged(0);
        vm.expectEmit(address(goals));
        emit IGoals.Resolved(id, 0, 2, 0, 300, 0, 1, 0, 101, 0, true);
        vm.prank(arbiter);
        goals.resolve(goal, 0, 2, 300, 0, 1);
        counts(T0 + 10, 0, false);
    }

    function test_Resolve_Void_AnswersNothing() public {
        answering();
        proposed(goal, 0, 500);
        challenged(0);
        vm.expectEmit(address(goals));
        emit IGoals.Resolved(id, 0, 3, 0, 0, 0, 0, 0, 101, 0, false);
        vm.prank(arbiter);
        goals.resolve(goal, 0, 3, 0, 0, 0);
        vm.assertEq(status(0), 0x15);
        vm.assertTrue(isDemanded());
        counts(T0 + 10, 0, true);
    }

    function test_Resolve_Overturned_GivenAnExpiredAttempt_AnswersNothing() public {
        answering();
        vm.warp(deadline(0) + 1);
        goals.expire(goal, 0);
        challenged(0);
        vm.prank(arbiter);
        goals.resolve(goal, 0, 2, 428, 0, 1); // nobody signed it
        vm.assertTrue(isDemanded());
        vm.assertEq(status(0), 4);
        counts(T0 + 10, 0, true);
        counts(T0 + 20, fraction(), true);
    }

    function test_Resolve_Void_GivenAnotherAnswer_RestoresNothing() public {
        begin(proportion());
        vm.warp(goal.closes - goal.runSeconds - 1);
        demanded();
        vm.warp(goal.closes);
        registered(goal);
        registered(goal);
        proposed(goal, 0, 300);
        proposed(goal, 1, 300);
        challenged(0);
        finalized(1); // a signed result of nothing answers for good
        vm.assertFalse(isDemanded());
        vm.prank(arbiter);
        goals.resolve(goal, 0, 3, 0, 0, 0);
        vm.expectEmit(address(goals));
        emit IGoals.GoalClosed(id, 0, 0);
        goals.close(goal);
    }

    function test_Finalize_GivenTwoResultsSince_TheFirstFinishedAnswers() public {
        answering();
        vm.warp(T0 + 30);
        registered(goal);
        proposed(goal, 0, 500);
        proposed(goal, 1, 428);
        finalized(1);
        finalized(0);
        vm.assertEq(status(1), 0x34);
        vm.assertEq(status(0), 0x14);
        counts(T0 + 10, 610_420_550, false);
        counts(T0 + 20, 1e9, false);
    }

    // ------------------------------------------------------------------------------------------------- again

    function test_Demand_Again_LeavesTheFirstAnswerWhereItCounts() public {
        IGoals.Goal memory made = proportion();
        made.defaultPpb = 700_000_000;
        begin(made);
        vm.warp(T0 + 10);
        demanded();
        vm.warp(T0 + 20);
        decided(goal, 428);
        uint256 second = block.timestamp;
        demanded();
        counts(T0 + 10, 610_420_550, false);
        counts(second - 1, 610_420_550, false);
        counts(second, 610_420_550, true);
        vm.warp(uint256(goal.closes) + 1);
        goals.close(goal);
        counts(T0 + 10, 610_420_550, false);
        counts(second, 700_000_000, false);
    }

    function test_Close_GivenAllAttemptsExpired_PaysTheDefault() public {
        answering();
        registered(goal);
        vm.warp(deadline(0) + 1);
        goals.expire(goal, 0);
        goals.expire(goal, 1);
        finalized(0);
        goals.finalize(id, 1);
        counts(T0 + 10, 0, true);
        vm.warp(uint256(goal.closes) + 1);
        vm.expectEmit(address(goals));
        emit IGoals.GoalClosed(id, DEFAULT, DEFAULT);
        goals.close(goal);
        counts(T0 + 9, 0, false);
        counts(T0 + 10, DEFAULT, false);
    }

    function test_Extend_GivenADemand_ItStandsUntilTheNewClose() public {
        answering();
        vm.prank(arbiter);
        goals.extend(goal, goal.closes + 100);
        vm.warp(deadline(0) + 1);
        goals.expire(goal, 0);
        finalized(0);
        vm.warp(uint256(goal.closes) + 1);
        rejects(abi.encodeWithSelector(IGoals.NotFinal.selector, 0, goal.closes + 100));
        goals.close(goal);
        counts(T0 + 10, 0, true);
        registered(goal);
        proposed(goal, 1, 500);
        finalized(1);
        counts(T0 + 10, 1e9, false);
    }

    function test_FractionOf_TellsTheDemandThatStands() public {
        answering();
        vm.assertEq(lapsesFrom(), T0 + 20);
        proposed(goal, 0, 300);
        finalized(0);
        vm.assertEq(lapsesFrom(), T0 + 20);
        uint256 second = block.timestamp;
        demanded();
        vm.assertEq(lapsesFrom(), second);
        vm.prank(arbiter);
        goals.refuse(goal);
        vm.assertEq(lapsesFrom(), T0 + 20);
        demanded();
        vm.warp(uint256(goal.closes) + 1);
        goals.close(goal);
        vm.assertEq(lapsesFrom(), second);
    }
}
