// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Base} from "../Base.t.sol";
import {Builders} from "../Builders.sol";
import {OddCoin} from "../mocks/OddCoin.sol";

/// @notice claim, claimFirst, claimMany, multicall: who is paid what, and when.
contract GrantsClaimTest is Base {
    address private constant OTHER = address(0x0717e2);

    // ------------------------------------------------------------------------------------------------- one grant

    function test_Claim_PaysWhatHasVestedToTheHolder_WhoeverCalls() public {
        (bytes memory packed, bytes32 id) = opened(plain());
        vm.warp(T0 + YEAR);
        vm.expectEmit(address(grants));
        emit IGrants.Claimed(id, holder, AMOUNT / 4, 0);
        vm.prank(stranger);
        vm.assertEq(grants.claim(packed), AMOUNT / 4);
        vm.assertEq(token.balanceOf(holder), AMOUNT / 4);
        vm.assertEq(released(id), AMOUNT / 4);
        vm.warp(T0 + 4 * YEAR);
        grants.claim(packed);
        vm.assertEq(token.balanceOf(holder), AMOUNT);
        vm.assertEq(grants.promised(), AMOUNT);
        vm.assertEq(grants.funded(), AMOUNT);
    }

    function test_Claim_WithNothing_SaysWhy() public {
        (bytes memory packed,) = opened(plain());
        vm.warp(T0 + YEAR - 1);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, 0, AMOUNT, 0));
        grants.claim(packed);
        vm.warp(T0 + YEAR);
        grants.claim(packed);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, AMOUNT / 4, AMOUNT, AMOUNT / 4));
        grants.claim(packed);
    }

    function test_Claim_BeforeTheStart_HasNothing() public {
        IGrants.Terms memory terms = plain();
        terms.start = T0 + 100;
        terms.vesting[0].end = 0; // a quarter at the start itself
        (bytes memory packed,) = opened(terms);
        vm.warp(T0 + 99);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, 0, AMOUNT, 0));
        grants.claim(packed);
        vm.warp(T0 + 100);
        vm.assertEq(grants.claim(packed), AMOUNT / 4);
    }

    function test_ClaimFirst_OpensAndPays() public {
        bytes memory packed = Builders.pack(plain());
        bytes32 id = grants.idOf(packed);
        pay(AMOUNT);
        promise_(id, AMOUNT);
        vm.warp(T0 + 2 * YEAR);
        vm.assertEq(grants.claimFirst(packed, id, 0, ""), AMOUNT / 2);
        vm.warp(T0 + 3 * YEAR);
        // somebody opened it before: it pays all the same
        vm.assertEq(grants.claimFirst(packed, id, 0, ""), AMOUNT / 4);
    }

    function test_ClaimFirst_WithNothing_RevertsAndOpensNothing() public {
        bytes memory packed = Builders.pack(plain());
        bytes32 id = grants.idOf(packed);
        pay(AMOUNT);
        promise_(id, AMOUNT);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, 0, AMOUNT, 0));
        grants.claimFirst(packed, id, 0, "");
        vm.assertEq(grants.words(id), 0);
    }

    function test_Claim_KeepsTheWithheldShareAsFreeMoney() public {
        IGrants.Terms memory terms = plain();
        terms.withholdBps = 3333;
        (bytes memory packed, bytes32 id) = opened(terms);
        vm.warp(T0 + 2 * YEAR);
        uint128 withheld = uint128(uint256(AMOUNT / 2) * 3333 / 10_000);
        vm.expectEmit(address(grants));
        emit IGrants.Claimed(id, holder, AMOUNT / 2, withheld);
        grants.claim(packed);
        vm.assertEq(token.balanceOf(holder), AMOUNT / 2 - withheld);
        vm.assertEq(released(id), AMOUNT / 2);
        vm.assertEq(free(), withheld);
        vm.prank(company);
        grants.withdrawFree(company, withheld);
        vm.warp(T0 + 4 * YEAR);
        grants.claim(packed);
        vm.assertEq(token.balanceOf(holder) + 2 * withheld, AMOUNT);
    }

    function test_Claim_KeepsOneWithheldUnit() public {
        IGrants.Terms memory terms = plain();
        (terms.amount, terms.withholdBps) = (10, 1000);
        (bytes memory packed,) = opened(terms);
        vm.warp(T0 + 4 * YEAR);
        grants.claim(packed);
        vm.assertEq(token.balanceOf(holder), 9);
        vm.assertEq(free(), 1);
    }

    function test_Claim_WithheldInFull_PaysNothingOut() public {
        IGrants.Terms memory terms = plain();
        terms.withholdBps = 10_000;
        (bytes memory packed,) = opened(terms);
        vm.warp(T0 + 4 * YEAR);
        vm.assertEq(grants.claim(packed), AMOUNT);
        vm.assertEq(token.balanceOf(holder), 0);
        vm.assertEq(free(), AMOUNT);
    }

    function test_Claim_WithheldInFull_AsksTheTokenNothing() public {
        (OddCoin coin, bytes memory first,) = oddPair(10_000);
        coin.setMood(OddCoin.Mood.Refusing, holder); // even a payment of nothing
        vm.assertEq(grants.claim(first), AMOUNT / 2);
    }

    function test_Claim_StaysWithinTheUnlockClock() public {
        IGrants.Terms memory terms = plain();
        terms.unlockStart = T0 + uint40(YEAR);
        terms.unlock = new IGrants.Segment[](1);
        terms.unlock[0] = IGrants.Segment(1000, 1e9, 10);
        (bytes memory packed,) = opened(terms);
        vm.warp(T0 + YEAR - 1);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, 0, 0, 0));
        grants.claim(packed);
        vm.warp(T0 + YEAR + 199); // vested a quarter, unlocked a tenth
        vm.assertEq(grants.claim(packed), AMOUNT / 10);
        vm.warp(T0 + YEAR + 300);
        vm.assertEq(grants.claim(packed), AMOUNT / 4 - AMOUNT / 10);
    }

    function test_Claim_GivenAnUnlockThatBeginsWithAShare_PaysItAtTheStart() public {
        IGrants.Terms memory terms = plain();
        terms.unlockStart = T0 + uint40(YEAR);
        terms.unlock = new IGrants.Segment[](2);
        terms.unlock[0] = IGrants.Segment(0, 1e8, 0);
        terms.unlock[1] = IGrants.Segment(1000, 1e9, 0);
        (bytes memory packed,) = opened(terms);
        vm.warp(T0 + YEAR);
        vm.assertEq(grants.claim(packed), AMOUNT / 10);
    }

    function test_Claim_GivenHeldClaims_OnlyTheHolderCalls() public {
        (bytes memory packed, bytes32 id) = opened(plain());
        vm.expectEmit(address(grants));
        emit IGrants.ClaimsHeld(id, true);
        vm.prank(holder);
        grants.holdClaims(packed, true);
        vm.assertEq(grants.words(id), OPENED | HOLDER_ONLY);
        vm.warp(T0 + 2 * YEAR);
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, address(this), holder));
        grants.claim(packed);
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, address(this), holder));
        grants.claimFirst(packed, id, 0, "");
        vm.assertEq(grants.claimMany(list(packed)), 0);
        vm.prank(holder);
        grants.claim(packed);
        vm.assertEq(released(id), AMOUNT / 2);
        vm.warp(T0 + 3 * YEAR);
        vm.prank(holder);
        vm.assertEq(grants.claimMany(list(packed)), 1);
        vm.prank(holder);
        grants.holdClaims(packed, false);
        vm.warp(T0 + 4 * YEAR);
        grants.claim(packed);
        vm.assertEq(token.balanceOf(holder), AMOUNT);
    }

    function test_HoldClaims_IsTheHoldersAlone() public {
        (bytes memory packed,) = opened(plain());
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, company, holder));
        vm.prank(company);
        grants.holdClaims(packed, true);
    }

    function test_Multicall_JoinsCalls() public {
        (bytes memory packed, bytes32 id) = opened(plain());
        bytes memory second = Builders.pack(another(OTHER));
        bytes32 secondId = grants.idOf(second);
        pay(AMOUNT);
        promise_(secondId, AMOUNT);
        vm.warp(T0 + 2 * YEAR);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IGrants.claim, (packed));
        calls[1] = abi.encodeCall(IGrants.claimFirst, (second, secondId, 0, ""));
        bytes[] memory results = grants.multicall(calls);
        vm.assertEq(abi.decode(results[1], (uint256)), AMOUNT / 2);
        vm.assertEq(released(id), AMOUNT / 2);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, AMOUNT / 2, AMOUNT, AMOUNT / 2));
        grants.multicall(calls);
    }

    // ------------------------------------------------------------------------------------------------- gates

    function test_Claim_GivenAGate_PaysTheOpenShareOnly() public {
        IGoals.Goal memory goal = proportion();
        (bytes memory packed,) = opened(gated(defined(goal), 4e8, 0));
        vm.warp(T0 + 2 * YEAR);
        (uint256 timePpb, uint256 openPpb, uint256 vested,,,) = grants.amounts(packed);
        vm.assertEq(timePpb, 5e8);
        vm.assertEq(openPpb, 6e8);
        vm.assertEq(vested, uint256(AMOUNT) * 3 / 10);
        decided(goal, 428);
        vm.warp(T0 + 4 * YEAR);
        (uint32 fraction,,) = goals.fractionOf(goals.goalId(goal));
        vm.assertEq(fraction / 1e6, 610); // 61.0 % of the gated share
        (, openPpb, vested,,,) = grants.amounts(packed);
        vm.assertEq(openPpb, 6e8 + uint256(4e8) * fraction / 1e9);
        grants.claim(packed);
        vm.assertEq(token.balanceOf(holder), vested);
    }

    function test_Claim_GivenAGateOfTheSmallestShare_HoldsItBack() public {
        IGrants.Terms memory terms = gated(defined(milestone()), 1, 0);
        terms.amount = 1e9;
        (bytes memory packed,) = opened(terms);
        vm.warp(T0 + 4 * YEAR);
        vm.assertEq(grants.claim(packed), 1e9 - 1);
    }

    function test_Claim_GivenATrigger_PaysNothingUntilItOpens() public {
        IGoals.Goal memory goal = milestone();
        (bytes memory packed,) = opened(gated(defined(goal), 0, 2));
        vm.warp(T0 + 2 * YEAR);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, 0, AMOUNT, 0));
        grants.claim(packed);
        decided(goal, 1);
        vm.assertEq(grants.claim(packed), AMOUNT / 2);
    }

    function test_Claim_GivenSharesAndTriggers_AppliesTriggersLast() public {
        IGoals.Goal memory half = proportion(); // reaches 0.61
        IGoals.Goal memory all = milestone();
        IGrants.Terms memory terms = plain();
        terms.gates = new IGrants.Gate[](3);
        terms.gates[0] = IGrants.Gate(defined(half), 0, 2);
        terms.gates[1] = IGrants.Gate(defined(all), 3e8, 0);
        terms.gates[2] = IGrants.Gate(goals.goalId(half), 5e8, 0);
        (bytes memory packed,) = opened(terms);
        decided(half, 428);
        (uint256 f,,) = goals.fractionOf(goals.goalId(half));
        (, uint256 openPpb,,,,) = grants.amounts(packed);
        vm.assertEq(openPpb, (1e9 - 8e8 + 5e8 * f / 1e9) * f / 1e9);
    }

    // ------------------------------------------------------------------------------------------------- many

    function test_ClaimMany_SkipsWhatCannotBePaid() public {
        (bytes memory first,) = opened(plain());
        (bytes memory held,) = opened(another(OTHER));
        vm.prank(OTHER);
        grants.holdClaims(held, true);
        IGrants.Terms memory late = another(address(1));
        late.start = T0 + uint40(4 * YEAR);
        (bytes memory nothing,) = opened(late);
        vm.warp(T0 + 2 * YEAR);
        bytes[] memory all = new bytes[](6);
        (all[0], all[1], all[2], all[3]) = (held, nothing, first, first);
        (all[4], all[5]) = ("short", Builders.pack(another(address(2))));
        vm.assertEq(grants.claimMany(all), 1);
        vm.assertEq(token.balanceOf(holder), AMOUNT / 2);
    }

    function test_ClaimMany_KeepsTheWithheldShare() public {
        IGrants.Terms memory terms = plain();
        terms.withholdBps = 2500;
        (bytes memory packed, bytes32 id) = opened(terms);
        vm.warp(T0 + 2 * YEAR);
        vm.expectEmit(address(grants));
        emit IGrants.Claimed(id, holder, AMOUNT / 2, AMOUNT / 8);
        grants.claimMany(list(packed));
        vm.assertEq(free(), AMOUNT / 8);
        vm.assertEq(token.balanceOf(holder), AMOUNT * 3 / 8);
    }

    function test_ClaimMany_GivenARecipientThatCannotBePaid_PaysTheOthers() public {
        (OddCoin coin, bytes memory first, bytes memory second) = oddPair(2500);
        bytes32 id = grants.idOf(first);
        OddCoin.Mood[4] memory moods =
            [OddCoin.Mood.Refusing, OddCoin.Mood.False, OddCoin.Mood.Bomb, OddCoin.Mood.Hungry];
        bytes32[4] memory reasons =
            [bytes32(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, holder)), 0, 0, 0];
        bytes[] memory both = new bytes[](2);
        (both[0], both[1]) = (first, second);
        for (uint256 i; i < 4; ++i) {
            vm.warp(block.timestamp + 60 days);
            coin.setMood(moods[i], holder);
            uint256 word = grants.words(id);
            uint256 funded = grants.funded();
            (,, uint256 vested,,,) = grants.amounts(first);
            vm.expectEmit(address(grants));
            emit IGrants.ClaimFailed(id, holder, uint128(vested), reasons[i]);
            vm.assertEq(grants.claimMany(both), 1);
            vm.assertEq(grants.words(id), word);
            vm.assertEq(grants.funded() - funded, withheldOf(second, i)); // the other's share, not this one's
        }
        coin.setMood(OddCoin.Mood.Good, address(0));
        vm.assertEq(grants.claimMany(both), 1);
        vm.assertEq(coin.balanceOf(holder), coin.balanceOf(OTHER));
    }

    mapping(uint256 => uint256) private seen;

    /// @dev The withheld share of the last payment of a grant that is paid again and again.
    function withheldOf(bytes memory packed, uint256 round) private returns (uint256 share) {
        (,,,, uint256 total,) = grants.amounts(packed);
        share = (total - (round == 0 ? 0 : seen[round - 1])) * 2500 / 10_000;
        seen[round] = total;
    }

    function test_ClaimMany_AcceptsTokensThatReturnNothing() public {
        (OddCoin coin, bytes memory first,) = oddPair(0);
        coin.setMood(OddCoin.Mood.Silent, address(0));
        vm.assertEq(grants.claimMany(list(first)), 1);
    }

    function test_ClaimMany_GivenATokenThatPaysAndDeniesIt_Reverts() public {
        // a failure is undone and tried again: believed, this one would empty the pool
        (OddCoin coin, bytes memory first, bytes memory second) = oddPair(0);
        coin.setMood(OddCoin.Mood.Denying, holder);
        (,, uint256 vested,,,) = grants.amounts(first);
        bytes memory unclear = abi.encodeWithSelector(IGrants.PaymentUnclear.selector, holder, vested);
        rejects(unclear);
        grants.claimMany(list(first));
        bytes[] memory behind = new bytes[](2);
        (behind[0], behind[1]) = ("short", first); // the first is skipped
        rejects(unclear);
        grants.claimMany(behind);
        grants.claim(second);
        behind[0] = second; // has nothing more
        rejects(unclear);
        grants.claimMany(behind);
        vm.prank(OTHER);
        grants.holdClaims(second, true); // is held back
        rejects(unclear);
        grants.claimMany(behind);
        vm.assertEq(coin.balanceOf(holder), 0);
    }

    function test_ClaimMany_GivenADenialAfterAWithheldShare_KnowsTheBalanceInBetween() public {
        (OddCoin coin, bytes memory first, bytes memory second) = oddPair(2500);
        grants.claim(first);
        vm.warp(block.timestamp + 60 days); // a little for the first, all of it for the second
        coin.setMood(OddCoin.Mood.Denying, holder);
        bytes[] memory both = new bytes[](2);
        (both[0], both[1]) = (second, first);
        (,, uint256 vested,, uint256 released_,) = grants.amounts(first);
        uint256 gross = vested - released_;
        rejects(
            abi.encodeWithSelector(IGrants.PaymentUnclear.selector, holder, gross - gross * 2500 / 10_000)
        );
        grants.claimMany(both);
    }

    function test_ClaimMany_GivenADenialAfterAPayment_KnowsTheBalanceInBetween() public {
        (OddCoin coin, bytes memory first, bytes memory second) = oddPair(0);
        coin.setMood(OddCoin.Mood.False, holder);
        bytes[] memory both = new bytes[](2);
        (both[0], both[1]) = (second, first); // pays, then is told no: no money left the pool
        vm.assertEq(grants.claimMany(both), 1);
        vm.assertEq(coin.balanceOf(holder), 0);
    }

    function test_ClaimMany_WhenAllIsWithheld_SendsNothing() public {
        (OddCoin coin, bytes memory first,) = oddPair(10_000);
        coin.setMood(OddCoin.Mood.Refusing, holder);
        vm.assertEq(grants.claimMany(list(first)), 1);
        vm.assertEq(coin.balanceOf(holder), 0);
    }

    function test_Claim_GivenATokenThatFails_Reverts() public {
        (OddCoin coin, bytes memory first,) = oddPair(0);
        coin.setMood(OddCoin.Mood.False, holder);
        rejects(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(coin)));
        grants.claim(first);
        coin.setMood(OddCoin.Mood.Refusing, holder);
        rejects(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, holder));
        grants.claim(first);
    }

    function test_ClaimMany_ChecksThatItCanAffordEachPayment() public {
        // without the check, a keeper could send so little gas that a dear but honest payment fails
        (OddCoin coin, bytes memory first,) = oddPair(0);
        coin.setMood(OddCoin.Mood.Costly, address(0));
        bytes memory call_ = abi.encodeCall(IGrants.claimMany, (list(first)));
        bool refused;
        for (uint256 gas_ = 180_000; gas_ < 320_000; gas_ += 400) {
            (bool ok, bytes memory answer) = address(grants).call{gas: gas_}(call_);
            if (ok) {
                vm.assertEq(abi.decode(answer, (uint256)), 1); // never a failed payment
                vm.assertTrue(refused);
                return;
            }
            if (answer.length > 0) refused = bytes4(answer) == IGrants.NotEnoughGas.selector;
        }
        vm.assertTrue(false, "it never succeeded");
    }

    function test_Payments_CannotBeEnteredAgain() public {
        (OddCoin coin, bytes memory first, bytes memory second) = oddPair(0);
        bytes memory no =
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        bytes32 id = grants.idOf(second);
        bytes[8] memory calls = [
            abi.encodeCall(IGrants.claim, (second)),
            abi.encodeCall(IGrants.claimFirst, (second, id, 0, "")),
            abi.encodeCall(IGrants.claimMany, (list(second))),
            abi.encodeCall(IGrants.open, (second, id, 0, "")),
            abi.encodeCall(IGrants.settle, (second)),
            abi.encodeCall(IGrants.waive, (second)),
            abi.encodeCall(IGrants.holdClaims, (second, true)),
            abi.encodeCall(IGrants.fund, (0))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.warp(block.timestamp + 60 days);
            coin.setCall(address(grants), calls[i]);
            if (i % 2 == 0) grants.claim(first);
            else grants.claimMany(list(first));
            vm.assertFalse(coin.answered());
            vm.assertEq(coin.answer(), no);
        }
    }

    // ------------------------------------------------------------------------------------------------- words

    function another(address to) private view returns (IGrants.Terms memory terms) {
        terms = plain();
        terms.recipient = to;
    }

    function list(bytes memory one) private pure returns (bytes[] memory all) {
        all = new bytes[](1);
        all[0] = one;
    }

    /// @dev A pool of a coin with moods, and two grants half way through.
    function oddPair(uint16 bps) private returns (OddCoin coin, bytes memory first, bytes memory second) {
        coin = new OddCoin();
        grants = newGrants(address(coin));
        coin.mint(address(this), 2 * AMOUNT);
        coin.approve(address(grants), 2 * AMOUNT);
        grants.fund(2 * AMOUNT);
        IGrants.Terms memory terms = plain();
        terms.withholdBps = bps;
        first = Builders.pack(terms);
        terms.recipient = OTHER;
        second = Builders.pack(terms);
        promise_(grants.idOf(first), AMOUNT);
        promise_(grants.idOf(second), AMOUNT);
        grants.open(first, grants.idOf(first), 0, "");
        grants.open(second, grants.idOf(second), 0, "");
        vm.warp(T0 + 2 * YEAR);
    }
}
