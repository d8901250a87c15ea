// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGoals} from "../../src/interfaces/IGoals.sol";
import {Base} from "../Base.t.sol";
import {OddCoin} from "../mocks/OddCoin.sol";

/// @notice A goal from its definition to its close.
contract GoalsTest is Base {
    uint256 private constant DEFINED = 1 << 72;
    uint256 private constant DEMANDED = 2 << 72;
    uint256 private constant EXTENDED = 4 << 72;
    uint256 private constant FINAL = 8 << 72;
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

    IGoals.Goal private goal;
    bytes32 private id;

    function begin(IGoals.Goal memory made) private {
        goal = made;
        id = defined(made);
    }

    function fraction() private view returns (uint256 now_) {
        (now_,,) = goals.fractionOf(id);
    }

    function status(uint16 attempt) private view returns (uint256) {
        return uint8(attemptWord(id, attempt) >> 152);
    }

    function deadline(uint16 attempt) private view returns (uint256) {
        return uint40(attemptWord(id, attempt) >> 80);
    }

    function rejectsStatus(uint256 low) private {
        rejects(abi.encodeWithSelector(IGoals.WrongStatus.selector, low));
    }

    function challenged(uint16 attempt) private {
        vm.startPrank(stranger);
        bondCoin.approve(address(goals), goal.bond);
        goals.challenge(goal, attempt, "reason");
        vm.stopPrank();
    }

    // ------------------------------------------------------------------------------------------------- defineGoal

    function test_DefineGoal_PublishesTheWholeDefinition() public {
        goal = proportion();
        id = keccak256(abi.encode(block.chainid, address(goals), goal));
        vm.expectEmit(address(goals));
        emit IGoals.GoalDefined(id, goal, 2, panel);
        vm.assertEq(goals.defineGoal(goal, 2, panel), id);
        vm.assertEq(goals.goalId(goal), id);
        vm.assertEq(goals.stateOf(id), DEFINED | uint256(goal.closes) << 80);
        (uint32 now_, bool isFinal, uint40 last) = goals.fractionOf(id);
        vm.assertTrue(now_ == 0 && !isFinal && last == 0);
        rejects(abi.encodeWithSelector(IGoals.AlreadyDefined.selector, id));
        goals.defineGoal(goal, 2, panel);
    }

    function test_DefineGoal_RefusesWhatBreaksARule() public {
        for (uint256 rule; rule < 34; ++rule) {
            IGoals.Goal memory g = proportion();
            if (rule == 0) g.closes = g.opens;
            if (rule == 1) g.closes = g.opens + 3650 days + 1;
            if (rule == 2) g.runSeconds = 366 days - g.challengeSeconds - g.arbiterSeconds + 1;
            if (rule == 3) g.runSeconds = type(uint32).max;
            if (rule == 4) g.threshold = g.stretch + 1;
            if (rule == 5) g.stretch = 1_000_000_001;
            if (rule == 6) g.threshold = 0;
            if (rule == 7) g.threshold = -1;
            if (rule == 8) (g.threshold, g.stretch) = (1e9, 1e9);
            if (rule == 9) g.basePpb = 1_000_000_001;
            if (rule == 10) g.defaultPpb = 1_000_000_001;
            if (rule == 11) g.attempts = 0;
            if (rule == 12) (g.attempts, g.maxVoids) = (20, 13);
            if (rule == 13) (g.attempts, g.maxVoids) = (255, 255);
            if (rule == 14) g.samples = 0;
            if (rule == 15) g.pool = g.samples - 1;
            if (rule == 16) g.challengeSeconds = 0;
            if (rule == 17) g.bound = 0;
            if (rule == 18) g.kind = 4;
            if (rule == 19) g.panel = "another";
            if (rule == 20) (g.kind, g.threshold) = (1, -500_000_001);
            if (rule == 21) (g.kind, g.samples) = (1, 99);
            if (rule == 22) (g.kind, g.threshold) = (2, 0);
            if (rule == 23) (g.kind, g.samples) = (3, 2);
            if (rule == 24) (g.kind, g.samples) = (3, 1); // with a bound
            if (rule == 25) (g.kind, g.samples, g.bound, g.threshold) = (3, 1, 0, 0);
            (uint8 m, address[] memory members) = (2, panel);
            if (rule == 26) m = 0;
            if (rule == 27) m = 1; // no majority
            if (rule == 28) m = 4;
            if (rule == 29) (members[0], members[1]) = (members[1], members[0]);
            if (rule == 30) members[1] = members[0];
            if (rule == 31) members = new address[](0);
            if (rule == 32) members[0] = address(0);
            if (rule == 33) (m, members) = (9, crowd(17));
            if (rule != 19) g.panel = keccak256(abi.encode(uint256(m), members));
            rejects(abi.encodeWithSelector(IGoals.BadGoal.selector));
            goals.defineGoal(g, m, members);
        }
    }

    function test_DefineGoal_AcceptsEveryLimit() public {
        IGoals.Goal memory g = proportion();
        g.closes = g.opens + 3650 days;
        g.runSeconds = 366 days - g.challengeSeconds - g.arbiterSeconds;
        (g.attempts, g.maxVoids, g.threshold, g.stretch) = (16, 16, 999_999_999, 1e9);
        defined(g);
        (g.kind, g.threshold, g.samples) = (1, -5e8, 100);
        defined(g);
        (g.kind, g.threshold, g.stretch) = (2, 1, 1);
        g.samples = 1;
        defined(g);
        (g.kind, g.bound, g.stretch) = (3, 0, type(int64).max);
        g.panel = keccak256(abi.encode(uint256(9), crowd(16)));
        goals.defineGoal(g, 9, crowd(16));
    }

    function crowd(uint256 count) private pure returns (address[] memory members) {
        members = new address[](count);
        for (uint160 i; i < count; ++i) {
            members[i] = address(i + 1);
        }
    }

    // ------------------------------------------------------------------------------------------------- register

    function test_Register_BySponsorWithOneMember() public {
        begin(proportion());
        vm.warp(T0 + 50);
        vm.roll(1234);
        IGoals.Quorum memory one = signed(acceptHash(id, 0, "model", T0 + 60), 4);
        vm.expectEmit(address(goals));
        emit IGoals.Registered(id, 0, "model", T0 + 50, 1234, T0 + 50 + goal.runSeconds);
        vm.prank(sponsor);
        vm.assertEq(goals.register(goal, "model", T0 + 60, one), 0);
        (uint256 word, bytes32 model, address challenger) = goals.attemptOf(id, 0);
        vm.assertEq(
            word, T0 + 50 | uint256(1234) << 40 | uint256(T0 + 50 + goal.runSeconds) << 80 | uint256(1) << 152
        );
        vm.assertEq(model, "model");
        vm.assertEq(challenger, address(0));
        vm.assertEq(
            goals.stateOf(id),
            DEFINED | uint256(goal.closes) << 80 | 1 << 32 | 1 << 48 | uint256(T0 + 50) << 160
        );
    }

    function test_Register_ByAnyoneWithTheQuorum() public {
        begin(proportion());
        goals.register(goal, "model", T0, signed(acceptHash(id, 0, "model", T0), 5));
        vm.assertEq(status(0), 1);
    }

    function test_Register_NeverByOthersWithOneMember() public {
        begin(proportion());
        IGoals.Quorum memory one = signed(acceptHash(id, 0, "model", T0), 1);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGoals.NotSponsor.selector, company));
        goals.register(goal, "model", T0, one);
    }

    function test_Register_RefusesBadSignatures() public {
        begin(proportion());
        bytes memory no = abi.encodeWithSelector(IGoals.BadPanel.selector);
        bytes32 message = acceptHash(id, 0, "model", T0);
        vm.startPrank(sponsor);
        rejects(no);
        goals.register(goal, "model", T0, signed(message, 0)); // none
        rejects(no);
        goals.register(goal, "other model", T0, signed(message, 1));
        rejects(no);
        goals.register(goal, "model", T0 + 1, signed(message, 1));
        rejects(no);
        goals.register(goal, "model", T0, signed(message, 8)); // no such member
        IGoals.Quorum memory q = signed(message, 1);
        q.signers = 2; // of another member
        rejects(no);
        goals.register(goal, "model", T0, q);
        q.signers = 3; // fewer signatures than bits
        rejects(no);
        goals.register(goal, "model", T0, q);
        q = signed(message, 3);
        q.signers = 1; // more signatures than bits
        rejects(no);
        goals.register(goal, "model", T0, q);
        q = signed(message, 1);
        q.signatures[64] = 0x05; // no such v
        rejects(no);
        goals.register(goal, "model", T0, q);
        q = signed(message, 1);
        q.m = 1; // another panel
        rejects(no);
        goals.register(goal, "model", T0, q);
        q = signed(message, 1);
        q.panel = new address[](1);
        q.panel[0] = panel[0];
        rejects(no);
        goals.register(goal, "model", T0, q);
        q = highS(message);
        rejects(no);
        goals.register(goal, "model", T0, q);
        goals.register(goal, "model", T0, signed(message, 1));
        rejects(no); // used: the number of the next attempt is another
        goals.register(goal, "model", T0, signed(message, 1));
    }

    /// @dev The same signature with s mirrored.
    function highS(bytes32 message) private view returns (IGoals.Quorum memory q) {
        q = signed(message, 1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[0], digestOf(message));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        q.signatures = abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27));
    }

    function test_Register_OnlyWhileOpen() public {
        IGoals.Goal memory made = proportion();
        made.opens = T0 + 10;
        begin(made);
        bytes memory no = abi.encodeWithSelector(IGoals.NotOpen.selector, goal.opens, goal.closes);
        bytes32 message = acceptHash(id, 0, "model", type(uint40).max);
        vm.startPrank(sponsor);
        vm.warp(T0 + 9);
        rejects(no);
        goals.register(goal, "model", type(uint40).max, signed(message, 1));
        vm.warp(uint256(goal.closes) + 1);
        rejects(no);
        goals.register(goal, "model", type(uint40).max, signed(message, 1));
        vm.warp(goal.closes);
        goals.register(goal, "model", type(uint40).max, signed(message, 1));
    }

    function test_Register_WithinTheSignaturesTime() public {
        begin(proportion());
        IGoals.Quorum memory q = signed(acceptHash(id, 0, "model", T0), 1);
        vm.warp(T0 + 1);
        vm.prank(sponsor);
        rejects(abi.encodeWithSelector(IGoals.TooLate.selector, T0));
        goals.register(goal, "model", T0, q);
    }

    function test_Register_SoManyAttempts() public {
        begin(proportion());
        registered(goal);
        registered(goal);
        IGoals.Quorum memory q = signed(acceptHash(id, 2, "model", T0), 1);
        vm.prank(sponsor);
        rejects(abi.encodeWithSelector(IGoals.NoAttemptsLeft.selector, 2));
        goals.register(goal, "model", T0, q);
    }

    function test_CallsForAGoalNeverDefined_Revert() public {
        IGoals.Goal memory g = proportion();
        bytes32 unknown = goals.goalId(g);
        bytes memory no = abi.encodeWithSelector(IGoals.GoalNotDefined.selector, unknown);
        IGoals.Quorum memory q = signed("", 1);
        rejects(no);
        goals.register(g, "model", T0, q);
        rejects(no);
        goals.close(g);
        rejects(no);
        goals.demand(g, "model");
        rejects(no);
        goals.fractionOf(unknown);
        rejects(no);
        goals.fractionAt(unknown, T0);
        rejectsStatus(0);
        goals.expire(g, 0);
        vm.assertEq(goals.stateOf(unknown), 0);
    }

    // ------------------------------------------------------------------------------------------------- seal

    function sealing() private {
        IGoals.Goal memory made = proportion();
        made.seedBlocks = 10;
        made.pool = 5000;
        begin(made);
        vm.roll(1000);
        registered(goal);
    }

    function test_Seal_DrawsOnceFromALaterBlock() public {
        sealing();
        vm.roll(1010);
        rejects(abi.encodeWithSelector(IGoals.SeedNotReady.selector, 1010));
        goals.seal(goal, 0);
        vm.roll(1011);
        vm.setBlockhash(1010, keccak256("block 1010"));
        uint96 seed = uint96(uint256(keccak256(abi.encode(keccak256("block 1010"), id, uint256(0)))));
        vm.expectEmit(address(goals));
        emit IGoals.Sealed(id, 0, seed);
        vm.assertEq(goals.seal(goal, 0), seed);
        vm.assertEq(attemptWord(id, 0) >> 160, seed);
        rejects(abi.encodeWithSelector(IGoals.NoSeedDue.selector));
        goals.seal(goal, 0);
        proposed(goal, 0, 428);
    }

    function test_Seal_LostSeed_IsNeverDrawnAgain() public {
        sealing();
        vm.roll(1010 + 257);
        rejects(abi.encodeWithSelector(IGoals.SeedLost.selector));
        goals.seal(goal, 0);
        IGoals.Result memory made = resultOf(goal, 0, 428);
        IGoals.Quorum memory q = signed(resultHash(id, made), 3);
        rejects(abi.encodeWithSelector(IGoals.NotSealed.selector));
        goals.propose(goal, made, q);
    }

    function test_Seal_OnlyWhereItIsDue() public {
        begin(proportion());
        registered(goal);
        rejects(abi.encodeWithSelector(IGoals.NoSeedDue.selector));
        goals.seal(goal, 0);
        rejectsStatus(0);
        goals.seal(goal, 1);
    }

    // ------------------------------------------------------------------------------------------------- propose

    function test_Propose_StandsUntilChallenged() public {
        begin(proportion());
        registered(goal);
        IGoals.Result memory made = resultOf(goal, 0, 428);
        IGoals.Quorum memory q = signed(resultHash(id, made), 6);
        uint32 worth = goals.payout(goal, goals.lowerBound(0, 1983, 500, 428, 0));
        vm.expectEmit(address(goals));
        emit IGoals.Proposed(
            id, 0, 428, 0, 1, "evidence", 6, worth, uint40(T0 + goal.challengeSeconds), false
        );
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
        made.evidence = "other evidence";
        q = signed(resultHash(id, resultOf(goal, 0, 428)), 3);
        rejects(abi.encodeWithSelector(IGoals.BadPanel.selector));
        goals.propose(goal, made, q);
    }

    function refuses(IGoals.Result memory made, bytes memory why) private {
        IGoals.Quorum memory q = signed(resultHash(id, made), 3);
        rejects(why);
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
        emit IGoals.Finalized(id, 0, worth, worth, 0);
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
        emit IGoals.Finalized(id, 0, worth, worth, 101);
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

    // ------------------------------------------------------------------------------------------------- demand, refuse

    function demanded() private {
        vm.prank(sponsor);
        goals.demand(goal, "model");
    }

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

    function test_Demand_IsClearedByASignedResultSince() public {
        begin(proportion());
        registered(goal);
        vm.warp(T0 + 1);
        demanded();
        proposed(goal, 0, 300); // registered before
        vm.assertTrue(goals.stateOf(id) & DEMANDED != 0);
        registered(goal);
        IGoals.Result memory made = resultOf(goal, 1, 300);
        IGoals.Quorum memory q = signed(resultHash(id, made), 3);
        vm.expectEmit(address(goals));
        emit IGoals.Proposed(id, 1, 300, 0, 1, "evidence", 3, 0, T0 + 1 + goal.challengeSeconds, true);
        goals.propose(goal, made, q);
        vm.assertTrue(goals.stateOf(id) & DEMANDED == 0);
        vm.assertEq(status(1), 0x32);
        challenged(1);
        vm.expectEmit(address(goals));
        emit IGoals.Resolved(id, 1, 3, 0, 0, 0, 0, 0, 101, 0, true);
        vm.prank(arbiter);
        goals.resolve(goal, 1, 3, 0, 0, 0);
        vm.assertTrue(goals.stateOf(id) & DEMANDED != 0);
        vm.assertEq(uint40(goals.stateOf(id) >> 120), T0 + 1);
    }

    function test_FractionAt_GivenAnAnswerNotYetDecided_TheDemandIsPending() public {
        begin(proportion());
        demanded();
        vm.warp(T0 + 50);
        registered(goal);
        proposed(goal, 0, 300); // answers, and would restore the demand if it were void
        (, bool pending) = goals.fractionAt(id, T0 + 10);
        vm.assertTrue(pending);
        vm.warp(deadline(0) + 1);
        goals.finalize(id, 0);
        (, pending) = goals.fractionAt(id, T0 + 10);
        vm.assertFalse(pending);
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
