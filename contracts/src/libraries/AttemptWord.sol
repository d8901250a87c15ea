// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Reads and changes the word of an attempt. The layout stands in IGoals.
library AttemptWord {
    uint256 internal constant REGISTERED = 1;
    uint256 internal constant PROPOSED = 2;
    uint256 internal constant CHALLENGED = 3;
    uint256 internal constant FINISHED = 4;
    uint256 internal constant VOID = 5;
    uint256 internal constant SIGNED = 0x10 << STATUS_AT;
    uint256 internal constant CLEARED_DEMAND = 0x20 << STATUS_AT;

    uint256 private constant BLOCK_AT = 40;
    uint256 private constant DEADLINE_AT = 80;
    uint256 private constant RESULT_AT = 120;
    uint256 private constant STATUS_AT = 152;
    uint256 private constant SEED_AT = 160;

    function registeredAt(uint256 word) internal pure returns (uint256) {
        return uint40(word); // the lowest 40 bits
    }

    function registeredBlock(uint256 word) internal pure returns (uint256) {
        return uint40(word >> BLOCK_AT); // 40 bits
    }

    function deadline(uint256 word) internal pure returns (uint40) {
        return uint40(word >> DEADLINE_AT); // 40 bits
    }

    /// @dev From when on it counts: its registration, or the demand that it answered, kept in place of the deadline.
    function countsFrom(uint256 word) internal pure returns (uint256) {
        return word & CLEARED_DEMAND != 0 ? deadline(word) : registeredAt(word);
    }

    function result(uint256 word) internal pure returns (uint32) {
        return uint32(word >> RESULT_AT); // 32 bits
    }

    function status(uint256 word) internal pure returns (uint256) {
        return (word >> STATUS_AT) & 0xf;
    }

    function isSealed(uint256 word) internal pure returns (bool) {
        return word >> SEED_AT != 0;
    }

    function registered(uint256 time, uint256 number, uint256 until) internal pure returns (uint256) {
        return time | number << BLOCK_AT | until << DEADLINE_AT | REGISTERED << STATUS_AT;
    }

    function withSeed(uint256 word, uint256 seed) internal pure returns (uint256) {
        return word | seed << SEED_AT;
    }

    /// @dev Another state, result and deadline; the bits above the state stay.
    function with(uint256 word, uint256 state, uint256 ppb, uint256 until) internal pure returns (uint256) {
        uint256 cleared = word
            & ~(uint256(type(uint40).max)
                << DEADLINE_AT
                | uint256(type(uint32).max)
                << RESULT_AT
                | 0xf
                << STATUS_AT);
        return cleared | until << DEADLINE_AT | ppb << RESULT_AT | state << STATUS_AT;
    }
}
