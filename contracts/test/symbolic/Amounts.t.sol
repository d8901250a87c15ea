// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {GrantWord} from "../../src/libraries/GrantWord.sol";
import {GrantProofs, Numbers} from "./Model.sol";

/// @notice For all terms, every state that a grant can be in, and every time: released <= vested <= held <= amount,
/// unlocked <= amount, and fractions are at most one. So nothing is ever paid beyond held, nor beyond the amount.
contract AmountProofs is GrantProofs {
    uint256 private constant ONE = 1e9;

    function check_amounts_in_order_when_active(Numbers calldata n, bytes10 a) external {
        requireOrder(plain(n, abi.encodePacked(a)), n, ACTIVE);
    }

    function check_amounts_in_order_when_paused(Numbers calldata n, bytes10 a) external {
        requireOrder(plain(n, abi.encodePacked(a)), n, GrantWord.PAUSED);
    }

    function check_amounts_in_order_when_ended(Numbers calldata n, bytes10 a) external {
        requireOrder(plain(n, abi.encodePacked(a)), n, GrantWord.ENDED);
    }

    function check_amounts_in_order_when_graced(Numbers calldata n, bytes10 a) external {
        requireOrder(plain(n, abi.encodePacked(a)), n, GrantWord.ENDED | GrantWord.GRACED);
    }

    function check_amounts_in_order_when_settled(Numbers calldata n, bytes10 a) external {
        requireOrder(plain(n, abi.encodePacked(a)), n, GrantWord.SETTLED);
    }

    function check_amounts_in_order_with_any_gate(
        Numbers calldata n,
        uint32 present,
        uint32 atStop,
        uint32 share,
        uint8 rule
    ) external {
        strangers.set(present, atStop);
        bytes memory gate = abi.encodePacked(bytes32(0), share, rule);
        bytes memory atOnce = abi.encodePacked(uint32(0), uint32(ONE), uint16(1));
        requireOrder(abi.encodePacked(header(n), uint8(1), uint8(0), gate, atOnce), n, GrantWord.ENDED);
    }

    function check_amounts_in_order_with_an_unlock_clock(
        Numbers calldata n,
        uint40 unlockStart,
        bytes10 unlock
    ) external {
        bytes memory atOnce = abi.encodePacked(uint32(0), uint32(ONE), uint16(1));
        bytes memory terms = abi.encodePacked(header(n), uint8(0), uint8(1), unlockStart, unlock, atOnce);
        requireOrder(terms, n, ACTIVE);
    }

    function requireOrder(bytes memory terms, Numbers memory n, uint256 flags) private {
        Amounts memory a = begin(terms, n, flags);

        uint256 shares = le(a.timePpb, ONE) & le(a.openPpb, ONE);
        uint256 order = le(a.released, a.vested) & le(a.vested, a.held) & le(a.held, n.amount);
        assert(shares & order & le(a.unlocked, n.amount) == 1);
    }
}
