// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../src/interfaces/IGrants.sol";
import {Base} from "./Base.t.sol";

/// @notice A grant that is changed: opened from its round, with what it holds and what it has vested.
abstract contract ChangeBase is Base {
    bytes internal packed;
    bytes32 internal id;

    function begin(IGrants.Terms memory terms) internal {
        (packed, id) = opened(terms);
    }

    function end(uint40 stopAt, bool grace) internal {
        vm.prank(company);
        grants.end(packed, stopAt, grace);
    }

    function held() internal view returns (uint256 amount) {
        (,,,,, amount) = grants.amounts(packed);
    }

    function vested() internal view returns (uint256 amount) {
        (,, amount,,,) = grants.amounts(packed);
    }

    function rejectsState(uint256 flags) internal {
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.WrongState.selector, id, flags));
    }
}
