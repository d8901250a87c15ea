// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ISuccession} from "../../src/interfaces/ISuccession.sol";
import {Builders} from "../Builders.sol";
import {SuccessionBase} from "../SuccessionBase.t.sol";

/// @notice How a replacement took or froze the money of another, before the first successor had to be the holder's,
/// and what must stay possible: parts for others, exact splits, all for another.
contract ReplacementAttacksTest is SuccessionBase {
    uint256 private constant INSIDER_KEY = 0x1d1d;
    address private immutable insider = vm.addr(INSIDER_KEY);

    /// @dev A binding round with a colleague's grant in it, which nobody has opened yet. All money is promised.
    function colleagues(uint40 bindingAt) private returns (IGrants.Terms memory theirs, bytes32 id) {
        theirs = plain();
        theirs.document = "colleague";
        id = grants.idOf(Builders.pack(theirs));
        pay(AMOUNT);
        vm.prank(company);
        grants.commit(id, AMOUNT, 0, bindingAt);
    }

    /// @dev A grant of the insider's own, paid out to the last unit.
    function paidOut() private returns (bytes memory mine) {
        IGrants.Terms memory terms = plain();
        (terms.recipient, terms.document) = (insider, "insider");
        terms.vesting = new IGrants.Segment[](1);
        terms.vesting[0] = IGrants.Segment(0, 1e9, 1);
        (mine,) = opened(terms);
        grants.claim(mine);
        vm.prank(company);
        manager.grantRole(ISSUER, insider, 0);
    }

    function only(IGrants.Terms memory terms) private pure returns (IGrants.Terms[] memory list) {
        list = new IGrants.Terms[](1);
        list[0] = terms;
    }

    function refusesHolder(address recipient, address holder_) private {
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, recipient, holder_));
    }

    // ------------------------------------------------------------------------------------------------- a colleague's

    /// @dev Once this opened the colleague's grant with the insider's payments on it: never a unit for the colleague.
    function test_GivenAColleaguesUnopenedGrant_WhenAPaidOutOneIsReplacedByIt_Reverts() public {
        (IGrants.Terms memory theirs, bytes32 id) = colleagues(T0);
        bytes memory mine = paidOut();
        bytes memory signature = agreed(INSIDER_KEY, mine, only(theirs));
        bytes[] memory list = packed(only(theirs));
        refusesHolder(holder, insider);
        vm.prank(insider);
        succession.replace(mine, list, LATER, signature);
        vm.assertEq(grants.words(id), 0);
        vm.warp(T0 + 4 * YEAR);
        vm.assertEq(grants.claimFirst(list[0], id, 0, ""), AMOUNT);
        vm.assertEq(token.balanceOf(holder), AMOUNT);
    }

    /// @dev Before a round is binding its grants cannot be opened: the colleague had no way to be first.
    function test_GivenARoundNotYetBinding_WhenAPaidOutGrantIsReplacedByOneOfIt_Reverts() public {
        (IGrants.Terms memory theirs, bytes32 id) = colleagues(T0 + 1 days);
        bytes memory mine = paidOut();
        bytes memory signature = agreed(INSIDER_KEY, mine, only(theirs));
        bytes[] memory list = packed(only(theirs));
        rejects(abi.encodeWithSelector(IGrants.NotYet.selector, T0 + 1 days));
        grants.open(list[0], id, 0, "");
        refusesHolder(holder, insider);
        vm.prank(company);
        succession.replace(mine, list, LATER, signature);
        vm.warp(T0 + 4 * YEAR);
        vm.assertEq(grants.claimFirst(list[0], id, 0, ""), AMOUNT);
    }

    // ------------------------------------------------------------------------------------------------- another party

    /// @dev Half is earned, nothing paid; the first half is for another party. Signed so.
    function divorced()
        private
        returns (bytes memory old, IGrants.Terms[] memory list, bytes memory signature)
    {
        (old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        list = parts(2);
        list[0].recipient = heir;
        signature = agreed(HOLDER_KEY, old, list);
    }

    /// @dev Once the holder kept what he was paid, and the same signature took it from the other party.
    function test_GivenAPaymentSinceTheSignature_WhenTheFirstIsAnothers_Reverts() public {
        (bytes memory old, IGrants.Terms[] memory list, bytes memory signature) = divorced();
        vm.prank(stranger);
        grants.claim(old);
        refusesHolder(heir, holder);
        replace(old, list, signature);
        (list[0], list[1]) = (list[1], list[0]); // what was paid is the holder's, so his part is the first
        replaceSigned(old, list);
        vm.warp(T0 + 4 * YEAR);
        grants.claimMany(packed(list));
        vm.assertEq(token.balanceOf(heir), AMOUNT / 2);
        vm.assertEq(token.balanceOf(holder), AMOUNT / 2);
    }

    function test_GivenNoPayment_WhenTheFirstIsAnothers_EachIsPaidHisPart() public {
        (bytes memory old, IGrants.Terms[] memory list, bytes memory signature) = divorced();
        replace(old, list, signature);
        vm.warp(T0 + 4 * YEAR);
        grants.claimMany(packed(list));
        vm.assertEq(token.balanceOf(heir), AMOUNT / 2);
        vm.assertEq(token.balanceOf(holder), AMOUNT / 2);
    }

    /// @dev Who was paid and gives all that is left to another keeps a first part of exactly what he was paid. He
    /// holds claims before he signs: else a stranger's claim would raise what was paid above it.
    function test_GivenAPaidGrant_WhenAllThatIsLeftGoesToAnother_HeldClaimsKeepTheSignatureGood() public {
        (bytes memory old, bytes32 id) = opened(plain());
        vm.warp(T0 + YEAR);
        grants.claim(old);
        uint256 paid = released(id);
        vm.prank(holder);
        grants.holdClaims(old, true);
        IGrants.Terms[] memory list = parts(2);
        (list[0].amount, list[1].amount) = (uint104(paid), uint104(AMOUNT - paid));
        list[1].recipient = heir;
        // three quarters must have earned as much as the whole had, less what the first part has
        list[1].vesting[0].cumulative = 333_333_333;
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        vm.warp(T0 + YEAR + 31 days);
        refusesHolder(stranger, holder);
        vm.prank(stranger);
        grants.claim(old);
        replace(old, list, signature);
        vm.warp(T0 + 4 * YEAR);
        vm.assertEq(grants.claim(packed(list)[1]), AMOUNT - paid);
        vm.assertEq(token.balanceOf(heir), AMOUNT - paid);
    }

    // ------------------------------------------------------------------------------------------------- by one unit

    /// @dev Once 51 of these 100 splits were refused by one unit, which rounding down takes from the sum of two parts.
    function test_GivenAnExactSplit_WhenReplacedAtAnyTime_ItIsNeverRefused(uint256 seed) public {
        IGrants.Terms memory terms = plain();
        terms.amount = 1_000_003;
        terms.vesting[1].steps = 0;
        (bytes memory old,) = opened(terms);
        IGrants.Terms[] memory list = parts(2);
        (list[0].amount, list[1].amount) = (500_001, 500_002);
        list[0].vesting[1].steps = 0;
        list[1].vesting[1].steps = 0;
        vm.warp(T0 + within(seed, 0, 5 * YEAR));
        uint256 before = vestedOf(old);
        replaceSigned(old, list);
        bytes[] memory both = packed(list);
        vm.assertGe(vestedOf(both[0]) + vestedOf(both[1]) + 1, before);
        vm.warp(T0 + 5 * YEAR);
        vm.assertEq(vestedOf(both[0]) + vestedOf(both[1]), 1_000_003);
    }

    // ------------------------------------------------------------------------------------------------- by a stranger

    /// @dev What the interface says of it: settle first, then sign.
    function test_GivenAnEndedGrant_WhenAStrangerSettlesIt_OnlyANewSignatureIsGood() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        vm.prank(company);
        grants.end(old, uint40(block.timestamp), false);
        vm.warp(block.timestamp + 1);
        IGrants.Terms[] memory list = parts(2);
        list[0].vesting = list[1].vesting = new IGrants.Segment[](1);
        list[0].vesting[0] = IGrants.Segment(0, 1e9, 1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        pay(AMOUNT);
        vm.prank(stranger);
        grants.settle(old);
        rejects(abi.encodeWithSelector(ISuccession.BadSignature.selector, holder));
        replace(old, list, signature);
        replaceSigned(old, list);
        vm.assertEq(vestedOf(packed(list)[0]), AMOUNT / 2);
    }
}
