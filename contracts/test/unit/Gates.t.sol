// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Goals} from "../../src/Goals.sol";
import {Base} from "../Base.t.sol";
import {TableGoals} from "../mocks/TableGoals.sol";

/// @notice What Grants makes of a fraction that Goals would never give.
contract GatesTest is Base {
    function test_GivenAFractionAboveOne_WhenItCounts_ItIsClamped() public {
        TableGoals table = new TableGoals();
        goals = Goals(address(table));
        grants = newGrants(address(token));
        bytes32[2] memory names = [bytes32("share"), "trigger"];
        for (uint256 i; i < 2; ++i) {
            table.set(names[i], TableGoals.Answer(2e9, false, 0, 3e9, false));
            IGrants.Terms memory terms = gated(names[i], i == 0 ? 4e8 : 0, i == 0 ? 1 : 3);
            terms.document = names[i];
            (bytes memory packed,) = opened(terms);
            vm.warp(T0 + 2 * YEAR);
            requireAllOpen(packed);
            vm.prank(company);
            grants.end(packed, uint40(block.timestamp), false);
            requireAllOpen(packed);
            grants.claim(packed);
            vm.assertEq(token.balanceOf(holder), AMOUNT / 2 * (i + 1));
        }
    }

    function requireAllOpen(bytes memory packed) private view {
        (, uint256 openPpb, uint256 vested,,,) = grants.amounts(packed);
        vm.assertEq(openPpb, 1e9);
        vm.assertEq(vested, AMOUNT / 2);
    }
}
