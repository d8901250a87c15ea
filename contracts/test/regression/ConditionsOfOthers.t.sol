// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ISuccession} from "../../src/interfaces/ISuccession.sol";
import {GoalBase} from "../GoalBase.t.sol";
import {OddCoin} from "../mocks/OddCoin.sol";

/// @notice How conditions, loops, keepers, rounding and order of calls failed in other vesting contracts, each as it
/// would look here.
contract ConditionsOfOthersTest is GoalBase {
    function vested(bytes memory terms) private view returns (uint256 amount) {
        (,, amount,,,) = grants.amounts(terms);
    }

    function end(bytes memory terms, uint256 stopAt) private {
        vm.prank(company);
        grants.end(terms, uint40(stopAt), false);
    }

    // ------------------------------------------------------------------------------------------------- gates

    /// @dev Elsewhere a gate read a spot value, which was reached and lost again.
    function test_GivenAGateThatWasReached_WhenALaterResultIsWorse_ItStaysOpen() public {
        begin(proportion());
        (bytes memory terms,) = opened(gated(id, 1e9, 0));
        decided(goal, 500);
        vm.warp(T0 + 2 * YEAR);
        vm.assertEq(vested(terms), AMOUNT / 2);
        decided(goal, 0);
        vm.assertEq(fraction(), 1e9);
        vm.assertGe(vested(terms), AMOUNT / 2);
        goals.close(goal);
        vm.assertGe(vested(terms), AMOUNT / 2);
    }

    /// @dev Elsewhere the sender cancelled while the value was low.
    function test_GivenAResultUnderWay_WhenTheCompanyEndsInTheDip_TheResultStillCounts() public {
        begin(proportion());
        (bytes memory terms,) = opened(gated(id, 1e9, 1));
        vm.warp(T0 + 2 * YEAR);
        registered(goal);
        vm.warp(block.timestamp + 1 days);
        rejects(abi.encodeWithSelector(IGrants.ResultUnderWay.selector, id, T0 + 2 * YEAR));
        vm.prank(company);
        grants.end(terms, T0 + uint40(2 * YEAR) - 1, false);
        end(terms, block.timestamp);
        vm.assertEq(vested(terms), 0);
        proposed(goal, 0, 500);
        finalized(0);
        vm.assertGe(grants.claim(terms), AMOUNT / 2);
    }

    /// @dev Elsewhere a feed was stale, or counted in other decimals.
    function test_GivenAStaleOrScaledResult_WhenItIsProposed_ItIsRefused() public {
        begin(proportion());
        registered(goal);
        IGoals.Result memory made = resultOf(goal, 0, 428e9); // ppb instead of items
        refuses(made, abi.encodeWithSelector(IGoals.WrongCount.selector, 428e9, 0));
        made = resultOf(goal, 0, 43);
        made.samples = 50; // of a smaller run
        refuses(made, abi.encodeWithSelector(IGoals.WrongSamples.selector, 50, 500));
        made = resultOf(goal, 0, 428);
        made.model = "last year's";
        refuses(made, abi.encodeWithSelector(IGoals.WrongModel.selector, bytes32("model")));
        vm.warp(deadline(0) + 1);
        made = resultOf(goal, 0, 428);
        refuses(made, abi.encodeWithSelector(IGoals.TooLate.selector, deadline(0)));
    }

    // ------------------------------------------------------------------------------------------------- hostile conditions

    /// @dev Elsewhere a condition was a contract, which reverted, returned bombs or burnt all gas. Here a gate is a
    /// hash and Goals calls nobody; the only stranger is the bond's coin, and no decision needs it.
    function test_GivenAHostileBondCoin_WhenTheGoalIsDecided_ItCannotStandInTheWay() public {
        OddCoin.Mood[4] memory moods =
            [OddCoin.Mood.Mute, OddCoin.Mood.Bomb, OddCoin.Mood.Hungry, OddCoin.Mood.Paused];
        for (uint256 i; i < moods.length; ++i) {
            vm.warp(T0);
            OddCoin coin = new OddCoin();
            coin.mint(stranger, 1000);
            IGoals.Goal memory made = proportion();
            (made.bondToken, made.attempts) = (address(coin), 3);
            begin(made);
            (bytes memory terms,) = opened(gated(id, 1e9, 0));
            registered(goal);
            proposed(goal, 0, 500);
            vm.startPrank(stranger);
            coin.approve(address(goals), 1000);
            goals.challenge(goal, 0, "why");
            vm.stopPrank();
            coin.setMood(moods[i], stranger);
            vm.prank(arbiter);
            goals.resolve(goal, 0, 1, 0, 0, 0);
            goals.close(goal);
            vm.warp(T0 + 2 * YEAR);
            vm.assertEq(grants.claim(terms), AMOUNT / 2);
        }
    }

    /// @dev As many gates as terms may have, each goal with as many attempts as it may have: still payable.
    function test_GivenAsManyGatesAndAttemptsAsThereMayBe_WhenClaimed_TheGasIsBounded() public {
        IGrants.Terms memory made = plain();
        made.gates = new IGrants.Gate[](8);
        for (uint256 g; g < 8; ++g) {
            IGoals.Goal memory crowded = proportion();
            (crowded.attempts, crowded.maxVoids, crowded.spec) = (32, 0, bytes32(g));
            made.gates[g] = IGrants.Gate(defined(crowded), 125_000_000, 1);
            for (uint256 n; n < 32; ++n) {
                registered(crowded);
            }
            proposed(crowded, 31, 500);
        }
        (bytes memory terms,) = opened(made);
        vm.warp(T0 + 2 * YEAR);
        for (uint256 g; g < 8; ++g) {
            goals.finalize(made.gates[g].goal, 31);
        }
        end(terms, block.timestamp);
        grants.claim{gas: 2_000_000}(terms);
        vm.assertEq(token.balanceOf(holder), AMOUNT / 2);
    }

    // ------------------------------------------------------------------------------------------------- loops

    /// @dev Elsewhere a claim went through all grants of its holder, and dust made it fail.
    function test_GivenDustGrantsForTheHolder_WhenHeClaims_TheyCostHimNothing() public {
        (bytes memory terms,) = opened(plain());
        vm.warp(T0 + YEAR);
        grants.claim(terms);
        vm.warp(T0 + 2 * YEAR);
        grants.claim(terms);
        uint256 before = vm.lastCallGas().gasTotalUsed;
        for (uint256 i; i < 60; ++i) {
            IGrants.Terms memory dust = plain();
            (dust.amount, dust.document) = (1, bytes32(i));
            opened(dust);
        }
        vm.warp(T0 + 3 * YEAR);
        grants.claim(terms);
        vm.assertEq(vm.lastCallGas().gasTotalUsed, before);
    }

    // ------------------------------------------------------------------------------------------------- keepers

    /// @dev Elsewhere a keeper who missed his days lost the cliff for the holder.
    function test_GivenNoKeeperForTenYears_WhenAnybodyClaims_AllIsThere() public {
        (bytes memory terms,) = opened(plain());
        vm.warp(T0 + YEAR);
        vm.prank(company);
        grants.pause(terms); // and nobody ever resumes it
        vm.warp(T0 + 14 * YEAR);
        vm.prank(stranger);
        vm.assertEq(grants.claim(terms), AMOUNT);
    }

    /// @dev Elsewhere one schedule lowered the allowance that another lived on.
    function test_GivenAnAllowanceTakenBack_WhenClaimed_ThePromiseDoesNotLiveOnIt() public {
        (bytes memory terms,) = opened(plain());
        vm.startPrank(company);
        token.approve(address(grants), 0);
        token.transfer(stranger, token.balanceOf(company));
        vm.stopPrank();
        vm.warp(T0 + 4 * YEAR);
        vm.assertEq(grants.claim(terms), AMOUNT);
    }

    // ------------------------------------------------------------------------------------------------- rounding

    /// @dev Elsewhere the rate of a period was truncated, so that the last period differed or the end moved.
    function test_GivenAmountsThatDoNotDivide_WhenClaimedEachMonth_TheSumIsExactAndTheEndStays(uint256 seed)
        public
    {
        IGrants.Terms memory made = plain();
        made.amount = uint104(within(seed, 1, AMOUNT));
        made.vesting[0].end = uint32(YEAR);
        (bytes memory terms, bytes32 grant) = opened(made);
        bytes[] memory list = new bytes[](1);
        list[0] = terms;
        uint256 month = 3 * YEAR / 36;
        for (uint256 k; k <= 36; ++k) {
            vm.warp(T0 + YEAR + k * month);
            grants.claimMany(list);
            uint256 ppb = 250_000_000 + uint256(750_000_000) * k / 36;
            vm.assertEq(released(grant), made.amount * ppb / 1e9);
        }
        vm.assertEq(block.timestamp, T0 + 4 * YEAR);
        vm.assertEq(released(grant), made.amount);
        vm.assertEq(token.balanceOf(holder), made.amount);
    }

    // ------------------------------------------------------------------------------------------------- order

    /// @dev Elsewhere it mattered whether the claim or the revocation came first in a block.
    function test_GivenOneBlock_WhenClaimAndEndAreOrderedEitherWay_TheHolderGetsTheSame() public {
        (bytes memory before,) = opened(plain());
        IGrants.Terms memory made = plain();
        (made.recipient, made.document) = (stranger, "second");
        (bytes memory after_,) = opened(made);
        vm.warp(T0 + 2 * YEAR + 12345);
        uint256 paid = grants.claim(before);
        end(before, block.timestamp);
        end(after_, block.timestamp);
        vm.assertEq(grants.claim(after_), paid);
        vm.assertEq(free(), 2 * (AMOUNT - paid));
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, paid, AMOUNT, paid));
        grants.claim(before);
    }

    /// @dev Elsewhere a revocation looked for the first holder, who had moved the grant on.
    function test_GivenAGrantThatMoved_WhenItEnds_TheNewHolderGetsWhatHadVested() public {
        (bytes memory terms,) = opened(plain());
        vm.warp(T0 + YEAR);
        vm.prank(holder);
        succession.move(terms, stranger);
        vm.warp(T0 + 2 * YEAR);
        end(terms, block.timestamp);
        vm.prank(holder);
        rejects(abi.encodeWithSelector(ISuccession.NotHolder.selector, holder, stranger));
        succession.move(terms, holder);
        vm.prank(holder);
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, holder, stranger));
        grants.waive(terms);
        vm.assertEq(grants.claim(terms), AMOUNT / 2);
        vm.assertEq(token.balanceOf(stranger), AMOUNT / 2);
        vm.assertEq(token.balanceOf(holder), 0);
        vm.assertEq(free(), AMOUNT / 2);
    }
}
