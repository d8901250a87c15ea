// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Reads and changes the word of a goal. The layout stands in IGoals.
library GoalWord {
    uint256 internal constant DEFINED = 1 << 72;
    uint256 internal constant DEMANDED = 2 << 72;
    uint256 internal constant EXTENDED = 4 << 72;
    uint256 internal constant FINAL = 8 << 72;

    uint256 private constant COUNT_AT = 32;
    uint256 private constant PENDING_AT = 48;
    uint256 private constant VOIDED_AT = 64;
    uint256 private constant CLOSES_AT = 80;
    uint256 private constant DEMANDED_AT = 120;
    uint256 private constant REGISTERED_AT = 160;
    uint256 private constant DEFAULTED_AT = 200;
    uint256 private constant FRACTION_MASK = type(uint32).max;
    uint256 private constant TIME_MASK = type(uint40).max;

    // ------------------------------------------------------------------------------------------------- fields

    function fraction(uint256 word) internal pure returns (uint32) {
        return uint32(word); // the lowest 32 bits
    }

    function count(uint256 word) internal pure returns (uint16) {
        return uint16(word >> COUNT_AT); // 16 bits
    }

    function pending(uint256 word) internal pure returns (uint256) {
        return uint16(word >> PENDING_AT); // 16 bits
    }

    function voided(uint256 word) internal pure returns (uint256) {
        return uint8(word >> VOIDED_AT); // 8 bits
    }

    function closes(uint256 word) internal pure returns (uint256) {
        return uint40(word >> CLOSES_AT); // 40 bits
    }

    function demandedAt(uint256 word) internal pure returns (uint256) {
        return uint40(word >> DEMANDED_AT); // 40 bits
    }

    function lastRegisteredAt(uint256 word) internal pure returns (uint40) {
        return uint40(word >> REGISTERED_AT); // 40 bits
    }

    /// @dev A lapsing end reaches back to the last registration, or to a demand that stands, if later.
    function lapsesFrom(uint256 word) internal pure returns (uint40 time) {
        time = lastRegisteredAt(word);
        if (word & DEMANDED != 0 && demandedAt(word) > time) time = uint40(demandedAt(word)); // 40 bits
    }

    /// @dev 0 until FINAL.
    function defaulted(uint256 word) internal pure returns (uint32) {
        return uint32(word >> DEFAULTED_AT); // 32 bits
    }

    // ------------------------------------------------------------------------------------------------- next words

    function defined(uint256 time) internal pure returns (uint256) {
        return DEFINED | time << CLOSES_AT;
    }

    function withAttempt(uint256 word, uint256 time) internal pure returns (uint256) {
        uint256 cleared = word & ~(TIME_MASK << REGISTERED_AT);
        return (cleared | time << REGISTERED_AT) + (1 << COUNT_AT | 1 << PENDING_AT);
    }

    /// @dev One attempt less is pending; the best counts.
    function withResult(uint256 word, uint256 ppb) internal pure returns (uint256) {
        uint256 best = Math.max(word & FRACTION_MASK, ppb);
        return ((word & ~FRACTION_MASK) | best) - (1 << PENDING_AT);
    }

    function withVoid(uint256 word) internal pure returns (uint256) {
        return word + (1 << VOIDED_AT);
    }

    function withDemand(uint256 word, uint256 time) internal pure returns (uint256) {
        return (word & ~(TIME_MASK << DEMANDED_AT)) | DEMANDED | time << DEMANDED_AT;
    }

    function withoutDemand(uint256 word) internal pure returns (uint256) {
        return word & ~(DEMANDED | TIME_MASK << DEMANDED_AT);
    }

    function withClose(uint256 word, uint256 time) internal pure returns (uint256) {
        return (word & ~(TIME_MASK << CLOSES_AT)) | EXTENDED | time << CLOSES_AT;
    }

    function withFinal(uint256 word, uint256 ppb) internal pure returns (uint256) {
        uint256 best = Math.max(word & FRACTION_MASK, ppb);
        return (word & ~FRACTION_MASK) | best | FINAL | ppb << DEFAULTED_AT;
    }
}
