// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {GoalBase} from "../GoalBase.t.sol";

/// @notice Goals up to their runs: definition, registration, seal.
contract GoalsDefineTest is GoalBase {
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
        for (uint256 rule; rule < 35; ++rule) {
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
            if (rule == 34) (g.kind, g.bound) = (1, 3101); // one more win could lower the bound
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
        (g.basePpb, g.defaultPpb) = (1e9, 1e9);
        defined(g);
        (g.kind, g.threshold, g.samples, g.bound) = (1, -5e8, 100, 3100);
        defined(g);
        (g.kind, g.threshold, g.stretch, g.bound) = (2, 1, 1, type(uint16).max);
        g.samples = 1;
        defined(g);
        (g.kind, g.bound, g.stretch) = (3, 0, type(int64).max);
        g.panel = keccak256(abi.encode(uint256(9), crowd(16)));
        goals.defineGoal(g, 9, crowd(16));
        g = proportion(); // and the least of each
        (g.closes, g.runSeconds, g.challengeSeconds, g.arbiterSeconds) = (g.opens + 1, 0, 1, 0);
        (g.attempts, g.maxVoids, g.samples, g.pool, g.bound) = (1, 0, 1, 1, 1);
        (g.threshold, g.stretch, g.basePpb, g.defaultPpb) = (1, 1, 0, 0);
        address[] memory alone = crowd(1);
        g.panel = keccak256(abi.encode(uint256(1), alone));
        goals.defineGoal(g, 1, alone);
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
        sealing(10);
    }

    function sealing(uint16 blocks) private {
        IGoals.Goal memory made = proportion();
        made.seedBlocks = blocks;
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

    function test_Seal_DrawsFromTheNextBlock() public {
        sealing(1);
        vm.roll(1002);
        vm.setBlockhash(1001, keccak256("block 1001"));
        vm.assertTrue(goals.seal(goal, 0) != 0);
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
}
