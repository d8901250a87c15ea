// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ChangeBase} from "../ChangeBase.t.sol";

/// @notice end and withdrawEnd: what an end takes, and from when.
contract GrantsEndTest is ChangeBase {
    // ------------------------------------------------------------------------------------------------- end

    function test_End_Now_FreesWhatIsNotVested() public {
        begin(plain());
        vm.warp(T0 + 2 * YEAR);
        vm.expectEmit(address(grants));
        emit IGrants.Ended(id, T0 + uint40(2 * YEAR), false, int128(uint128(AMOUNT / 2)), 0);
        end(T0 + uint40(2 * YEAR), false);
        vm.assertEq(grants.words(id), OPENED | ENDED | (T0 + 2 * YEAR) << 152);
        vm.assertEq(held(), AMOUNT / 2);
        vm.assertEq(free(), AMOUNT / 2);
        vm.warp(T0 + 9 * YEAR);
        vm.assertEq(grants.claim(packed), AMOUNT / 2);
    }

    function test_End_WithGrace_CountsTheGrace() public {
        IGrants.Terms memory terms = plain();
        terms.graceSeconds = uint32(YEAR);
        begin(terms);
        vm.warp(T0 + 2 * YEAR);
        end(T0 + uint40(2 * YEAR), true);
        vm.assertEq(grants.words(id), OPENED | ENDED | GRACED | (T0 + 2 * YEAR) << 152);
        vm.assertEq(held(), AMOUNT * 3 / 4);
        vm.assertEq(grants.claim(packed), AMOUNT * 3 / 4);
    }

    function test_End_Backdated_ReachesBackOnlySoFar() public {
        begin(plain());
        vm.warp(T0 + YEAR + 29 days);
        uint256 earliest = T0 + YEAR - 1 days;
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.OutOfRange.selector, earliest - 1, earliest));
        grants.end(packed, uint40(earliest - 1), false);
        end(uint40(earliest), false);
        vm.assertEq(held(), 0); // the day before the cliff
        vm.assertEq(free(), AMOUNT);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, 0, AMOUNT, 0));
        grants.claim(packed);
    }

    function test_End_Backdated_ReadsNoGateBeyondTheLast() public {
        IGrants.Terms memory terms = plain();
        terms.vesting = new IGrants.Segment[](5);
        for (uint256 i; i < 5; ++i) {
            // a byte of the fourth share would be the rule of a gate that lapses, were there one
            uint32 share = i == 3 ? 0x1d000100 : uint32(i < 3 ? i * 1e8 : 1e9);
            terms.vesting[i] = IGrants.Segment(uint32((i + 1) * YEAR), share, 0);
        }
        begin(terms);
        vm.warp(T0 + YEAR + 29 days);
        end(T0 + uint40(YEAR), false);
        vm.assertEq(held(), 0);
    }

    function test_End_Backdated_NeverTakesBackWhatWasPaid() public {
        begin(plain());
        vm.warp(T0 + YEAR);
        grants.claim(packed);
        vm.warp(T0 + YEAR + 29 days);
        end(T0 + uint40(YEAR - 1 days), false);
        vm.assertEq(held(), AMOUNT / 4);
        vm.assertEq(vested(), AMOUNT / 4);
        vm.assertEq(free(), AMOUNT * 3 / 4);
    }

    function test_End_BeforeTheStart_TakesAllBack() public {
        IGrants.Terms memory terms = plain();
        terms.start = T0 + 1000;
        begin(terms);
        end(T0, false);
        vm.assertEq(free(), AMOUNT);
    }

    function test_End_Ahead_ChangesNothingBeforeItsDay() public {
        begin(plain());
        uint40 day = T0 + uint40(3 * YEAR);
        end(day, false);
        vm.assertEq(free(), AMOUNT / 4);
        vm.warp(T0 + YEAR);
        vm.assertEq(grants.claim(packed), AMOUNT / 4);
        vm.warp(day - 1);
        uint256 before = vested();
        vm.warp(day);
        vm.assertGe(vested(), before);
        vm.assertEq(vested(), AMOUNT * 3 / 4);
        vm.warp(day + YEAR);
        vm.assertEq(vested(), AMOUNT * 3 / 4);
    }

    function test_End_Ahead_MovesEitherWayAndCanBeWithdrawn() public {
        begin(plain());
        end(T0 + uint40(2 * YEAR), false);
        vm.expectEmit(address(grants));
        emit IGrants.Ended(id, T0 + uint40(3 * YEAR), false, -int128(uint128(AMOUNT / 4)), 0);
        end(T0 + uint40(3 * YEAR), false);
        end(T0 + uint40(YEAR), true);
        vm.expectEmit(address(grants));
        emit IGrants.EndWithdrawn(id, -int128(uint128(AMOUNT)) + int128(int256(held())));
        end(0, false);
        vm.assertEq(grants.words(id), OPENED);
        vm.assertEq(free(), 0);
    }

    function test_End_MovedLater_NeedsFreeMoney() public {
        begin(plain());
        end(T0 + uint40(2 * YEAR), false);
        vm.prank(company);
        grants.withdrawFree(company, AMOUNT / 2);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, AMOUNT / 4, 0));
        grants.end(packed, T0 + uint40(3 * YEAR), false);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, AMOUNT / 2, 0));
        grants.end(packed, 0, false);
    }

    function test_End_OnceEnded_IsOver() public {
        begin(plain());
        vm.warp(T0 + 2 * YEAR);
        end(uint40(block.timestamp), false);
        rejectsState(1 | 8);
        grants.end(packed, uint40(block.timestamp), false);
        rejectsState(1 | 8);
        grants.end(packed, 0, false);
        rejectsState(1 | 8);
        grants.pause(packed);
        rejectsState(1 | 8);
        grants.resume(packed);
    }

    function test_End_NothingAnnounced_CannotBeWithdrawn() public {
        begin(plain());
        rejectsState(1);
        grants.end(packed, 0, false);
    }

    function test_End_NeedsThePower() public {
        IGrants.Terms memory terms = plain();
        terms.powers = 6;
        begin(terms);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.NoPower.selector, 1));
        grants.end(packed, T0, false);
    }

    function test_End_NowOrLater_TakesBackNothingVested(uint256 seed) public {
        begin(plain());
        vm.warp(T0 + within(seed, 0, 5 * YEAR));
        uint256 before = vested();
        end(uint40(block.timestamp + within(seed >> 64, 0, YEAR)), seed >> 255 == 1);
        vm.assertGe(vested(), before);
        vm.assertGe(held(), before);
    }

    // ------------------------------------------------------------------------------------------------- end and results

    function test_End_GivenALapsingGate_CountsOnlyWhatWasRegisteredBefore() public {
        IGoals.Goal memory goal = proportion();
        begin(gated(defined(goal), 4e8, 1));
        vm.warp(T0 + 100);
        end(uint40(block.timestamp), false);
        vm.warp(T0 + 200);
        decided(goal, 500);
        (, uint256 openPpb,,,,) = grants.amounts(packed);
        vm.assertEq(openPpb, 6e8);
    }

    function test_End_GivenAResultUnderWay_CountsIt() public {
        IGoals.Goal memory goal = proportion();
        begin(gated(defined(goal), 4e8, 1));
        vm.warp(T0 + 100);
        uint16 attempt = registered(goal);
        vm.warp(T0 + 150);
        bytes32 goalId = goals.goalId(goal);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.ResultUnderWay.selector, goalId, T0 + 100));
        grants.end(packed, T0 + 99, false);
        end(T0 + 100, false);
        vm.warp(T0 + 101);
        rejects(abi.encodeWithSelector(IGrants.GoalNotFinal.selector, goals.goalId(goal)));
        grants.settle(packed);
        proposed(goal, attempt, 500);
        vm.warp(block.timestamp + goal.challengeSeconds + 1);
        goals.finalize(goals.goalId(goal), attempt);
        (, uint256 openPpb,,,,) = grants.amounts(packed);
        vm.assertEq(openPpb, 1e9);
        grants.settle(packed); // lapsed, and nothing is pending
    }

    function test_End_GivenAGateThatDoesNotLapse_ReachesBackBeyondARegistration() public {
        IGoals.Goal memory goal = proportion();
        begin(gated(defined(goal), 4e8, 0));
        vm.warp(T0 + 100);
        registered(goal);
        end(T0 + 99, false);
        vm.assertTrue(grants.words(id) & ENDED != 0);
    }

    function test_End_GivenAGateThatDoesNotLapse_LaterResultsCount() public {
        IGoals.Goal memory goal = proportion();
        begin(gated(defined(goal), 1e9, 0));
        vm.warp(T0 + 2 * YEAR);
        end(uint40(block.timestamp), false);
        vm.assertEq(vested(), 0);
        vm.assertEq(held(), AMOUNT / 2);
        decided(goal, 500);
        vm.assertEq(grants.claim(packed), AMOUNT / 2);
    }

    // ------------------------------------------------------------------------------------------------- end of a paused grant

    function test_End_WhilePaused_CountsTheTimeThatStood() public {
        begin(plain());
        vm.warp(T0 + YEAR);
        vm.prank(company);
        grants.pause(packed);
        vm.warp(T0 + YEAR + 20 days);
        uint256 before = vested();
        vm.expectEmit(address(grants));
        emit IGrants.Ended(id, uint40(block.timestamp), false, int128(uint128(AMOUNT * 3 / 4)), 20 days);
        end(uint40(block.timestamp), false);
        vm.assertEq(vested(), before);
        vm.assertEq(grants.words(id), OPENED | ENDED | block.timestamp << 152 | uint256(20 days) << 224);
    }

    function test_End_BackdatedBeforeThePause_LosesNothing() public {
        begin(plain());
        vm.warp(T0 + YEAR + 5 days);
        vm.prank(company);
        grants.pause(packed);
        vm.warp(T0 + YEAR + 20 days);
        end(T0 + uint40(YEAR), false);
        vm.assertEq(grants.words(id) >> 224, 0);
        vm.assertEq(vested(), AMOUNT / 4);
    }

    function test_End_AheadWhilePaused_LetsTheClockRunAgain() public {
        begin(plain());
        vm.warp(T0 + YEAR);
        vm.prank(company);
        grants.pause(packed);
        vm.warp(T0 + YEAR + 20 days);
        end(T0 + uint40(2 * YEAR + 20 days), false);
        vm.assertEq(grants.words(id) >> 224, 20 days);
        vm.warp(T0 + 3 * YEAR);
        vm.assertEq(vested(), AMOUNT / 2);
    }
}
