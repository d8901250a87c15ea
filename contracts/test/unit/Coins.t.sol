// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Base} from "../Base.t.sol";
import {Builders} from "../Builders.sol";
import {OddCoin} from "../mocks/OddCoin.sol";

/// @notice Coins that misbehave, against every call that moves money: one row a misbehaviour, one letter a call.
/// @dev P pays: the payee gets all of it, and the books say so. S short: the books say all of it, the coin kept a part
/// on its way out. C credits: the books say what arrived, which is less than was asked. B believes: the books say
/// what the coin says arrived, which is not so. R reverts, and nothing has changed. F fails alone: this payee is as
/// before, the call returns and the others are paid.
contract CoinsTest is Base {
    uint256 private constant CALLS = 7; // fund, withdrawFree, claim, claimFirst, claimMany, challenge, withdrawBond
    uint256 private constant CLAIM_MANY = 4;
    uint128 private constant SMALL = 1000;
    uint128 private constant BOND = 200;
    address private constant OTHER = address(0x0717e2);

    OddCoin private coin;
    IGoals.Goal private goal;
    bytes private first; // opened, half vested
    bytes private second; // the same for OTHER
    bytes private third; // unopened
    bytes32 private firstId;
    bytes32 private thirdId;

    /// @dev What must move, or must not: the payee's coins in truth, and the books.
    struct Side {
        uint256 payee;
        uint256 other;
        uint256 books;
    }

    // ------------------------------------------------------------------------------------------------- the table

    function test_EveryCoin_AgainstEveryCall() public {
        row(OddCoin.Mood.Good, "PPPPPPP");
        row(OddCoin.Mood.Silent, "PPPPPPP"); // returns nothing
        row(OddCoin.Mood.Flood, "PPPPPPP"); // returns a bomb of data
        row(OddCoin.Mood.Fee, "CSSSSRS");
        row(OddCoin.Mood.False, "RRRRFRR"); // returns false
        row(OddCoin.Mood.Garbage, "RRRRRRR"); // moves and denies it: tried again and again, it would empty the pool
        row(OddCoin.Mood.Refusing, "RRRRFRR"); // a blocklist
        row(OddCoin.Mood.Paused, "RRRRFRR");
        row(OddCoin.Mood.Mute, "RRRRFRR"); // reverts without a word
        row(OddCoin.Mood.Bomb, "RRRRFRR"); // reverts with a bomb of data
        row(OddCoin.Mood.Hungry, "RRRRFRR"); // eats all gas
        row(OddCoin.Mood.Shrinking, "CPPPPRP"); // says less than there is
        row(OddCoin.Mood.Boasting, "BSSSSBS"); // says more than there is: the loss is of that coin's own pool
    }

    function row(OddCoin.Mood mood, bytes memory outcomes) private {
        vm.assertEq(outcomes.length, CALLS);
        for (uint256 call_; call_ < CALLS; ++call_) {
            cell(mood, call_, outcomes[call_]);
        }
    }

    function cell(OddCoin.Mood mood, uint256 call_, bytes1 expected) private {
        string memory name = string.concat("row ", vm.toString(uint256(mood)), " call ", vm.toString(call_));
        world();
        (address caller, address target, bytes memory data, address payee, uint256 amount) = callOf(call_);
        coin.setMood(mood, payee);
        Side memory before = sideOf(call_, payee);
        vm.prank(caller);
        (bool ok,) = target.call{gas: 3_000_000}(data);
        Side memory now_ = sideOf(call_, payee);
        (uint256 got, uint256 booked) = (now_.payee - before.payee, now_.books - before.books);
        vm.assertEq(ok, expected != "R", name);
        if (expected == "R") {
            vm.assertEq(got + booked + now_.other - before.other, 0, name);
        } else if (expected == "F") {
            vm.assertEq(got + booked, 0, name);
            bool nobody = mood == OddCoin.Mood.Paused;
            vm.assertEq(now_.other - before.other, nobody ? 0 : AMOUNT / 2, name);
        } else if (expected == "P") {
            vm.assertEq(got, amount, name);
            vm.assertEq(booked, amount, name);
        } else if (expected == "C") {
            vm.assertLt(booked, amount);
            vm.assertLe(booked, got, name);
        } else {
            vm.assertEq(booked, amount, name);
            vm.assertLt(got, amount);
        }
        if (call_ == CLAIM_MANY && ok) bothOrNone(expected);
    }

    /// @dev Whoever failed alone is paid once the coin is good again, and is not paid twice.
    function bothOrNone(bytes1 outcome) private {
        coin.setMood(OddCoin.Mood.Good, address(0));
        uint256 paid = grants.claimMany(both());
        if (outcome == "F") vm.assertGe(paid, 1);
        else vm.assertEq(paid, 0);
        vm.assertEq(released(firstId), AMOUNT / 2);
    }

    // ------------------------------------------------------------------------------------------------- the calls

    function callOf(uint256 call_)
        private
        view
        returns (address caller, address target, bytes memory data, address payee, uint256 amount)
    {
        (caller, target, payee, amount) = (company, address(grants), address(grants), SMALL);
        if (call_ == 0) data = abi.encodeCall(IGrants.fund, (SMALL));
        if (call_ == 1) (data, payee) = (abi.encodeCall(IGrants.withdrawFree, (company, SMALL)), company);
        if (call_ > 1 && call_ < 5) (payee, amount) = (holder, AMOUNT / 2);
        if (call_ == 2) data = abi.encodeCall(IGrants.claim, (first));
        if (call_ == 3) data = abi.encodeCall(IGrants.claimFirst, (third, thirdId, 0, ""));
        if (call_ == 4) data = abi.encodeCall(IGrants.claimMany, (both()));
        if (call_ > 4) (target, caller, amount) = (address(goals), stranger, BOND);
        if (call_ == 5) (data, payee) = (abi.encodeCall(IGoals.challenge, (goal, 1, "why")), address(goals));
        if (call_ == 6) (data, payee) = (abi.encodeCall(IGoals.withdrawBond, (address(coin))), stranger);
    }

    function both() private view returns (bytes[] memory list) {
        list = new bytes[](2);
        (list[0], list[1]) = (first, second);
    }

    /// @dev `books`: what the contract thinks that it has paid, or has received, by this call.
    function sideOf(uint256 call_, address payee) private view returns (Side memory side) {
        side.payee = coin.realBalanceOf(payee);
        side.other = coin.realBalanceOf(OTHER);
        if (call_ == 0) side.books = grants.funded();
        if (call_ == 1) side.books = type(uint128).max - grants.funded();
        if (call_ == 2 || call_ == 4) side.books = released(firstId);
        if (call_ == 3) side.books = released(thirdId);
        if (call_ == 5) side.books = (attemptWord(goals.goalId(goal), 1) >> 152) & 0xf == 3 ? BOND : 0;
        if (call_ == 6) side.books = type(uint128).max - goals.bondOwed(address(coin), stranger);
    }

    // ------------------------------------------------------------------------------------------------- the world

    /// @dev A pool with free money, two grants half way and a third unopened, two attempts: one whose challenger is
    /// owed his bond, one that waits for a challenge. The coin is good until then.
    function world() private {
        vm.warp(T0);
        coin = new OddCoin();
        grants = newGrants(address(coin));
        coin.mint(company, 10 * AMOUNT);
        coin.mint(stranger, 10 * BOND);
        vm.startPrank(company);
        coin.approve(address(grants), type(uint256).max);
        grants.fund(4 * AMOUNT);
        vm.stopPrank();
        IGrants.Terms memory terms = plain();
        (first, firstId) = promised(terms, holder);
        (second,) = promised(terms, OTHER);
        terms.document = "third";
        (third, thirdId) = promised(terms, holder);
        grants.open(first, firstId, 0, "");
        grants.open(second, grants.idOf(second), 0, "");
        goal = proportion();
        (goal.bondToken, goal.bond) = (address(coin), BOND);
        defined(goal);
        vm.warp(T0 + 2 * YEAR);
        registered(goal);
        registered(goal);
        proposed(goal, 0, 428);
        proposed(goal, 1, 428);
        vm.startPrank(stranger);
        coin.approve(address(goals), type(uint256).max);
        goals.challenge(goal, 0, "why");
        vm.stopPrank();
        vm.prank(arbiter);
        goals.resolve(goal, 0, 3, 0, 0, 0);
    }

    function promised(IGrants.Terms memory terms, address to)
        private
        returns (bytes memory packed, bytes32 id)
    {
        terms.recipient = to;
        packed = Builders.pack(terms);
        id = grants.idOf(packed);
        promise_(id, AMOUNT);
    }

    // ------------------------------------------------------------------------------------------------- calling back

    /// @dev Whatever moves money, and whatever the coin calls while it does, with all roles: the guard says no, and
    /// the payment is made.
    function test_ACoinThatCallsBack_FindsEveryDoorShut() public {
        for (uint256 call_; call_ < CALLS; ++call_) {
            for (uint256 inner; inner < (call_ < 5 ? 17 : 3); ++inner) {
                world();
                vm.startPrank(company);
                for (uint64 role = ISSUER; role <= TREASURY; ++role) {
                    manager.grantRole(role, address(coin), 0);
                }
                vm.stopPrank();
                (address caller, address target, bytes memory data, address payee, uint256 amount) =
                    callOf(call_);
                Side memory before = sideOf(call_, payee);
                coin.setCall(target, call_ < 5 ? doorOfGrants(inner) : doorOfGoals(inner));
                vm.prank(caller);
                (bool ok,) = target.call(data);
                vm.assertTrue(ok, vm.toString(call_));
                vm.assertFalse(coin.answered());
                vm.assertEq(
                    coin.answer(),
                    abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
                );
                Side memory now_ = sideOf(call_, payee);
                vm.assertEq(now_.payee - before.payee, amount, vm.toString(call_));
                vm.assertEq(now_.books - before.books, amount, vm.toString(call_));
            }
        }
    }

    /// @dev Everything of Grants that writes and that the coin could call; Succession's calls are refused to others.
    function doorOfGrants(uint256 number) private view returns (bytes memory) {
        bytes[17] memory doors = [
            abi.encodeCall(IGrants.fund, (1)),
            abi.encodeCall(IGrants.withdrawFree, (company, 1)),
            abi.encodeCall(IGrants.commit, ("root", 1, 0, 0)),
            abi.encodeCall(IGrants.rescind, (thirdId)),
            abi.encodeCall(IGrants.open, (third, thirdId, 0, "")),
            abi.encodeCall(IGrants.claimFirst, (third, thirdId, 0, "")),
            abi.encodeCall(IGrants.claim, (second)),
            abi.encodeCall(IGrants.claimMany, (both())),
            abi.encodeCall(IGrants.end, (second, uint40(block.timestamp), false)),
            abi.encodeCall(IGrants.pause, (second)),
            abi.encodeCall(IGrants.resume, (second)),
            abi.encodeCall(IGrants.accelerate, (second, 1)),
            abi.encodeCall(IGrants.lowerWithholding, (second, 0)),
            abi.encodeCall(IGrants.waive, (second)),
            abi.encodeCall(IGrants.holdClaims, (second, true)),
            abi.encodeCall(IGrants.settle, (second)),
            abi.encodeCall(IGrants.multicall, (claimAgain()))
        ];
        return doors[number];
    }

    function claimAgain() private view returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = abi.encodeCall(IGrants.claim, (first));
    }

    /// @dev What of Goals touches bonds.
    function doorOfGoals(uint256 number) private view returns (bytes memory) {
        if (number == 0) return abi.encodeCall(IGoals.challenge, (goal, 1, "again"));
        if (number == 1) return abi.encodeCall(IGoals.withdrawBond, (address(coin)));
        return abi.encodeCall(IGoals.resolve, (goal, 1, 1, 0, 0, 0));
    }
}
