// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGoals} from "../../src/interfaces/IGoals.sol";
import {GoalBase} from "../GoalBase.t.sol";
import {OddCoin} from "../mocks/OddCoin.sol";

/// @notice Results: proposals, challenges and their bonds, verdicts.
contract GoalsResultTest is GoalBase {
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

    // ------------------------------------------------------------------------------------------------- propose

    function test_Propose_StandsUntilChallenged() public {
        begin(proportion());
        registered(goal);
        IGoals.Result memory made = resultOf(goal, 0, 428);
        IGoals.Quorum memory q = signed(resultHash(id, made), 6);
        uint32 worth = goals.payout(goal, goals.lowerBound(0, 1983, 500, 428, 0));
        vm.expectEmit(address(goals));
        emit IGoals.Proposed(id, 0, 428, 0, 1, "evidence", 6, worth, uint40(T0 + goal.challengeSeconds));
        vm.prank(stranger);
        goals.propose(goal, made, q);
        vm.assertEq(status(0), 0x12);
        vm.assertEq(deadline(0), T0 + goal.challengeSeconds);
        vm.assertEq(uint32(attemptWord(id, 0) >> 120), worth);
        vm.assertEq(worth / 1e6, 610);
        vm.assertEq(fraction(), 0);
        rejectsStatus(2);
        goals.propose(goal, made, q);
    }

    function test_Propose_BelowTheThreshold_IsWorthNothing() public {
        begin(proportion());
        decided(goal, 355);
        vm.assertEq(fraction(), 0);
        decided(goal, 428);
        vm.assertEq(fraction() / 1e6, 610);
    }

    function test_Propose_WithoutAGuard_IsWorthNothing() public {
        IGoals.Goal memory made_ = proportion();
        made_.guards = 5;
        begin(made_);
        registered(goal);
        IGoals.Result memory made = resultOf(goal, 0, 500);
        made.guards = 4;
        goals.propose(goal, made, signed(resultHash(id, made), 3));
        vm.assertEq(uint32(attemptWord(id, 0) >> 120), 0);
        registered(goal);
        made.attempt = 1;
        made.guards = 7;
        goals.propose(goal, made, signed(resultHash(id, made), 3));
        vm.assertEq(uint32(attemptWord(id, 1) >> 120), 1e9);
    }

    function test_Propose_RefusesWhatWasNotAgreed() public {
        begin(proportion());
        registered(goal);
        IGoals.Result memory made = resultOf(goal, 0, 428);
        made.model = "another";
        refuses(made, abi.encodeWithSelector(IGoals.WrongModel.selector, bytes32("model")));
        made = resultOf(goal, 0, 428);
        made.samples = 499;
        refuses(made, abi.encodeWithSelector(IGoals.WrongSamples.selector, 499, 500));
        made = resultOf(goal, 0, 501);
        refuses(made, abi.encodeWithSelector(IGoals.WrongCount.selector, 501, 0));
        made = resultOf(goal, 0, 428);
        made.y = 1;
        refuses(made, abi.encodeWithSelector(IGoals.WrongCount.selector, 428, 1));
        made = resultOf(goal, 0, 428);
        IGoals.Quorum memory q = signed(resultHash(id, made), 1); // one of two
        q.signers = 1;
        rejects(abi.encodeWithSelector(IGoals.BadPanel.selector));
        goals.propose(goal, made, q);
        q = signed(resultHash(id, made), 3);
        q.signers = 3 | 8; // nobody is the fourth of three
        rejects(abi.encodeWithSelector(IGoals.BadPanel.selector));
        goals.propose(goal, made, q);
        made.evidence = "other evidence";
        q = signed(resultHash(id, resultOf(goal, 0, 428)), 3);
        rejects(abi.encodeWithSelector(IGoals.BadPanel.selector));
        goals.propose(goal, made, q);
    }

    function test_Propose_InTimeOnly() public {
        begin(proportion());
        registered(goal);
        vm.warp(T0 + goal.runSeconds + 1);
        refuses(resultOf(goal, 0, 428), abi.encodeWithSelector(IGoals.TooLate.selector, T0 + goal.runSeconds));
        vm.warp(T0 + goal.runSeconds);
        proposed(goal, 0, 428);
    }

    function test_Propose_OfEveryKind() public {
        IGoals.Goal memory g = proportion();
        (g.kind, g.threshold, g.stretch, g.bound) = (1, 0, 1e8, 1645);
        g.guards = 0;
        wins(g, 300, 100);
        impossible(g, 300, 201);
        g = proportion();
        (g.kind, g.bound, g.guards) = (2, 2996, 0);
        wins(g, 499e9, 0);
        impossible(g, 500e9 + 1, 0);
        impossible(g, 1, 1);
        g = milestone();
        wins(g, 1, 0);
        impossible(g, 1 << 63, 0);
        impossible(g, 1, 1);
    }

    function wins(IGoals.Goal memory g, uint128 x, uint128 y) private {
        begin(g);
        uint16 attempt = registered(goal);
        IGoals.Result memory made = resultOf(goal, attempt, x);
        made.y = y;
        goals.propose(goal, made, signed(resultHash(id, made), 3));
        vm.assertEq(
            uint32(attemptWord(id, attempt) >> 120),
            goals.payout(goal, goals.lowerBound(g.kind, g.bound, g.samples, x, y))
        );
        vm.assertGt(uint32(attemptWord(id, attempt) >> 120), 0);
    }

    function impossible(IGoals.Goal memory g, uint128 x, uint128 y) private {
        bytes memory no = abi.encodeWithSelector(IGoals.WrongCount.selector, x, y);
        if (uint16(goals.stateOf(id) >> 32) < 2) registered(g);
        IGoals.Result memory made = resultOf(g, 1, x);
        made.y = y;
        refuses(made, no);
        rejects(no);
        goals.lowerBound(g.kind, g.bound, g.samples, x, y);
    }

    /// @dev Where the exact value is a whole number, or nearly: the slightest error shows.
    function test_LowerBound_AtTheEdgeOfAUnit_IsExact() public view {
        vm.assertEq(goals.lowerBound(0, 1000, 1, 1, 0), 500_000_000);
        vm.assertEq(goals.lowerBound(1, 1025, 251, 175, 28), 536_723_065);
        vm.assertEq(goals.lowerBound(1, 1, 106, 5, 14), -83_375_000);
        vm.assertEq(goals.lowerBound(2, 5, 1, 50_000_007, 0), 7);
    }

    function test_LowerBound_OfNoKind_Reverts() public {
        rejects(abi.encodeWithSelector(IGoals.BadGoal.selector));
        goals.lowerBound(4, 1, 1, 1, 0);
        rejects(abi.encodeWithSelector(IGoals.BadGoal.selector));
        goals.lowerBound(0, 1, 0, 0, 0);
    }

    // ------------------------------------------------------------------------------------------------- expire, finalize

    function test_Expire_IsAProposedZero() public {
        begin(proportion());
        registered(goal);
        vm.warp(T0 + goal.runSeconds);
        rejects(abi.encodeWithSelector(IGoals.NotYet.selector, T0 + goal.runSeconds + 1));
        goals.expire(goal, 0);
        vm.warp(T0 + goal.runSeconds + 1);
        vm.expectEmit(address(goals));
        emit IGoals.Expired(id, 0, uint40(block.timestamp + goal.challengeSeconds));
        goals.expire(goal, 0);
        vm.assertEq(status(0), 2);
        rejectsStatus(2);
        goals.expire(goal, 0);
        vm.warp(block.timestamp + goal.challengeSeconds + 1);
        goals.finalize(id, 0);
        vm.assertEq(status(0), 4);
        vm.assertEq(uint16(goals.stateOf(id) >> 48), 0);
    }

    function test_Finalize_AfterTheWindow_RaisesTheFraction() public {
        begin(proportion());
        registered(goal);
        rejectsStatus(1);
        goals.finalize(id, 0);
        proposed(goal, 0, 428);
        uint256 last = deadline(0);
        uint32 worth = uint32(attemptWord(id, 0) >> 120);
        vm.warp(last);
        rejects(abi.encodeWithSelector(IGoals.NotYet.selector, last + 1));
        goals.finalize(id, 0);
        vm.warp(last + 1);
        vm.expectEmit(address(goals));
        emit IGoals.Finalized(id, 0, worth, worth, 0, false);
        goals.finalize(id, 0);
        vm.assertEq(fraction(), worth);
        vm.assertEq(status(0), 0x14);
        rejectsStatus(4);
        goals.finalize(id, 0);
        registered(goal); // a worse one changes nothing
        proposed(goal, 1, 400);
        vm.warp(deadline(1) + 1);
        goals.finalize(id, 1);
        vm.assertEq(fraction(), worth);
    }

    // ------------------------------------------------------------------------------------------------- challenge, resolve

    function test_Challenge_TakesTheBond() public {
        begin(proportion());
        registered(goal);
        rejectsStatus(1);
        goals.challenge(goal, 0, "reason");
        proposed(goal, 0, 428);
        vm.startPrank(stranger);
        bondCoin.approve(address(goals), 202);
        vm.expectEmit(address(goals));
        emit IGoals.Challenged(id, 0, stranger, "reason", 101, T0 + goal.arbiterSeconds);
        goals.challenge(goal, 0, "reason");
        vm.assertEq(bondCoin.balanceOf(address(goals)), 101);
        vm.assertEq(status(0), 0x13);
        (,, address challenger) = goals.attemptOf(id, 0);
        vm.assertEq(challenger, stranger);
        rejectsStatus(3);
        goals.challenge(goal, 0, "again");
    }

    function test_Challenge_InsideTheWindowOnly() public {
        begin(proportion());
        registered(goal);
        proposed(goal, 0, 428);
        vm.warp(deadline(0) + 1);
        rejects(abi.encodeWithSelector(IGoals.WindowClosed.selector, deadline(0)));
        goals.challenge(goal, 0, "reason");
    }

    function test_Challenge_NeedsTheWholeBond() public {
        OddCoin coin = new OddCoin();
        IGoals.Goal memory made = proportion();
        made.bondToken = address(coin);
        made.bond = 200;
        begin(made);
        registered(goal);
        proposed(goal, 0, 428);
        coin.mint(address(this), 1000);
        coin.approve(address(goals), 1000);
        coin.setMood(OddCoin.Mood.Fee, address(0));
        rejects(abi.encodeWithSelector(IGoals.BondNotReceived.selector, 198, 200));
        goals.challenge(goal, 0, "reason");
        coin.setCall(address(goals), abi.encodeCall(IGoals.withdrawBond, (address(coin))));
        goals.challenge(goal, 0, "reason");
        vm.assertEq(
            coin.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    function test_Challenge_WithoutABond_NeedsNoCoin() public {
        IGoals.Goal memory made = proportion();
        (made.bond, made.bondToken) = (0, address(0));
        begin(made);
        registered(goal);
        proposed(goal, 0, 428);
        goals.challenge(goal, 0, "reason");
        vm.prank(arbiter);
        goals.resolve(goal, 0, 1, 0, 0, 0);
        vm.assertEq(fraction() / 1e6, 610);
    }

    function disputed() private {
        begin(proportion());
        registered(goal);
        proposed(goal, 0, 428);
        challenged(0);
    }

    function test_Resolve_Upheld_SplitsTheBond() public {
        disputed();
        uint32 worth = uint32(attemptWord(id, 0) >> 120);
        vm.expectEmit(address(goals));
        emit IGoals.Resolved(id, 0, 1, worth, 7, 8, 9, 50, 0, 51, false);
        vm.prank(arbiter);
        goals.resolve(goal, 0, 1, 7, 8, 9); // x, y and guards say nothing here
        vm.assertEq(fraction(), worth);
        vm.assertEq(status(0), 0x14);
        vm.assertEq(goals.bondOwed(address(bondCoin), sponsor), 50);
        vm.assertEq(goals.bondOwed(address(bondCoin), DEAD), 51);
        vm.expectEmit(address(goals));
        emit IGoals.BondWithdrawn(address(bondCoin), sponsor, 50);
        vm.prank(sponsor);
        vm.assertEq(goals.withdrawBond(address(bondCoin)), 50);
        vm.assertEq(bondCoin.balanceOf(sponsor), 50);
        vm.prank(sponsor);
        rejects(abi.encodeWithSelector(IGoals.NothingOwed.selector));
        goals.withdrawBond(address(bondCoin));
        vm.prank(arbiter);
        rejectsStatus(4);
        goals.resolve(goal, 0, 3, 0, 0, 0);
    }

    function test_Resolve_ABondOfOneUnit_GoesWhole() public {
        IGoals.Goal memory g = proportion();
        g.bond = 1;
        begin(g);
        registered(goal);
        proposed(goal, 0, 428);
        challenged(0);
        vm.expectEmit(address(goals));
        emit IGoals.Resolved(id, 0, 2, 0, 0, 0, 0, 0, 1, 0, false);
        vm.prank(arbiter);
        goals.resolve(goal, 0, 2, 0, 0, 0);
        vm.assertEq(goals.bondOwed(address(bondCoin), stranger), 1);
        vm.prank(stranger);
        vm.assertEq(goals.withdrawBond(address(bondCoin)), 1);
    }

    function test_Resolve_Overturned_CorrectsAndReturnsTheBond() public {
        disputed();
        uint32 worth = goals.payout(goal, goals.lowerBound(0, 1983, 500, 450, 0));
        vm.prank(arbiter);
        rejects(abi.encodeWithSelector(IGoals.WrongCount.selector, 501, 0));
        goals.resolve(goal, 0, 2, 501, 0, 1);
        vm.expectEmit(address(goals));
        emit IGoals.Resolved(id, 0, 2, worth, 450, 0, 1, 0, 101, 0, false);
        vm.prank(arbiter);
        goals.resolve(goal, 0, 2, 450, 0, 1);
        vm.assertEq(fraction(), worth);
        uint256 before = bondCoin.balanceOf(stranger);
        vm.prank(stranger);
        goals.withdrawBond(address(bondCoin));
        vm.assertEq(bondCoin.balanceOf(stranger), before + 101);
    }

    function test_Resolve_Void_GivesTheAttemptBack() public {
        disputed();
        registered(goal);
        proposed(goal, 1, 428);
        challenged(1);
        vm.startPrank(arbiter);
        vm.expectEmit(address(goals));
        emit IGoals.Resolved(id, 0, 3, 0, 0, 0, 0, 0, 101, 0, false);
        goals.resolve(goal, 0, 3, 0, 0, 0);
        vm.assertEq(status(0), 0x15);
        vm.assertEq(fraction(), 0);
        rejects(abi.encodeWithSelector(IGoals.NoVoidsLeft.selector, 1));
        goals.resolve(goal, 1, 3, 0, 0, 0);
        vm.stopPrank();
        vm.assertEq(goals.bondOwed(address(bondCoin), stranger), 101);
        registered(goal); // the third, since one was void
        vm.assertEq(uint16(goals.stateOf(id) >> 32), 3);
    }

    function test_Resolve_ByTheArbiterInTimeOnly() public {
        disputed();
        rejects(abi.encodeWithSelector(IGoals.NotArbiter.selector, address(this)));
        goals.resolve(goal, 0, 1, 0, 0, 0);
        vm.startPrank(arbiter);
        rejects(abi.encodeWithSelector(IGoals.WrongVerdict.selector, 0));
        goals.resolve(goal, 0, 0, 0, 0, 0);
        rejects(abi.encodeWithSelector(IGoals.WrongVerdict.selector, 4));
        goals.resolve(goal, 0, 4, 0, 0, 0);
        vm.warp(deadline(0) + 1);
        rejects(abi.encodeWithSelector(IGoals.TooLate.selector, deadline(0)));
        goals.resolve(goal, 0, 1, 0, 0, 0);
    }

    function test_Finalize_GivenASilentArbiter_TheProposalStands() public {
        disputed();
        rejects(abi.encodeWithSelector(IGoals.NotYet.selector, deadline(0) + 1));
        goals.finalize(id, 0);
        vm.warp(deadline(0) + 1);
        uint32 worth = uint32(attemptWord(id, 0) >> 120);
        vm.expectEmit(address(goals));
        emit IGoals.Finalized(id, 0, worth, worth, 101, false);
        goals.finalize(id, 0);
        vm.assertEq(fraction(), worth);
        vm.assertEq(goals.bondOwed(address(bondCoin), stranger), 101);
    }

    function test_Resolve_AnExpiredAttempt_CanBeOverturned() public {
        begin(proportion());
        registered(goal);
        vm.warp(T0 + goal.runSeconds + 1);
        goals.expire(goal, 0);
        challenged(0);
        vm.prank(arbiter);
        goals.resolve(goal, 0, 2, 428, 0, 1);
        vm.assertEq(fraction() / 1e6, 610);
        vm.assertEq(status(0), 4);
    }
}
