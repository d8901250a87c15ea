// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ScheduleLib} from "./ScheduleLib.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice Reads a grant's state word, and what it says together with the terms. The layout stands in IGrants.
/// @dev Everything here needs the terms of an opened grant, except for what reads the word alone.
library GrantWord {
    using TermsLib for bytes;

    uint256 internal constant FLAGS_AT = 104;
    uint256 internal constant WITHHOLD_AT = 120;
    uint256 internal constant SINCE_AT = 136;
    uint256 internal constant STOP_AT = 152; // the settled value lies here, too
    uint256 internal constant CREDIT_AT = 192;
    uint256 internal constant LOST_AT = 224;

    uint256 internal constant OPENED = 1 << FLAGS_AT;
    uint256 internal constant CLOSED = 2 << FLAGS_AT;
    uint256 internal constant PAUSED = 4 << FLAGS_AT;
    uint256 internal constant ENDED = 8 << FLAGS_AT;
    uint256 internal constant GRACED = 16 << FLAGS_AT;
    uint256 internal constant SETTLED = 32 << FLAGS_AT;
    uint256 internal constant MOVED = 64 << FLAGS_AT;
    uint256 internal constant HOLDER_ONLY = 128 << FLAGS_AT;
    uint256 internal constant RECOVERING = 256 << FLAGS_AT;

    uint256 private constant RELEASED_MASK = type(uint104).max;
    uint256 private constant SINCE_MASK = uint256(type(uint16).max) << SINCE_AT;
    uint256 internal constant STOP_MASK = uint256(type(uint40).max) << STOP_AT;
    uint256 internal constant SECONDS_MAX = type(uint32).max;
    uint256 internal constant ONE = 1e9;
    uint256 private constant BELOW_STOP = (1 << STOP_AT) - 1;

    /// @dev None of these: the grant's clock is the block's.
    uint256 internal constant ALTERED = PAUSED | ENDED | SETTLED | ~BELOW_STOP;

    // ------------------------------------------------------------------------------------------------- fields

    function released(uint256 word) internal pure returns (uint256) {
        return uint104(word); // the lowest 104 bits
    }

    function flags(uint256 word) internal pure returns (uint256) {
        return uint16(word >> FLAGS_AT); // 16 bits
    }

    function withholdBps(uint256 word) internal pure returns (uint256) {
        return uint16(word >> WITHHOLD_AT); // 16 bits
    }

    function stopAt(uint256 word) internal pure returns (uint40) {
        return uint40(word >> STOP_AT); // 40 bits
    }

    function credit(uint256 word) internal pure returns (uint32) {
        return uint32(word >> CREDIT_AT); // 32 bits
    }

    function lost(uint256 word) internal pure returns (uint32) {
        return uint32(word >> LOST_AT); // the highest 32 bits
    }

    function settledValue(uint256 word) internal pure returns (uint256) {
        return word >> STOP_AT;
    }

    /// @dev An announced end has not ended anything before its day.
    function hasEnded(uint256 word) internal view returns (bool) {
        return word & ENDED != 0 && block.timestamp >= stopAt(word);
    }

    /// @dev Only the holder may call for payment.
    function isHeldBack(uint256 word) internal pure returns (bool) {
        return word & (HOLDER_ONLY | RECOVERING) != 0;
    }

    // ------------------------------------------------------------------------------------------------- next words

    function withEnd(uint256 word, uint40 time, bool grace) internal pure returns (uint256) {
        uint256 cleared = word & ~(PAUSED | GRACED | STOP_MASK);
        return cleared | ENDED | (grace ? GRACED : 0) | uint256(time) << STOP_AT;
    }

    function withWithholding(uint256 word, uint256 bps) internal pure returns (uint256) {
        return (word & ~(uint256(type(uint16).max) << WITHHOLD_AT)) | bps << WITHHOLD_AT;
    }

    /// @dev Saturates.
    function withCredit(uint256 word, uint256 by) internal pure returns (uint256) {
        uint256 sum = Math.min(uint256(credit(word)) + by, SECONDS_MAX);
        return (word & ~(SECONDS_MAX << CREDIT_AT)) | sum << CREDIT_AT;
    }

    /// @dev Adds time that stood still, at most what is left of pauseMax (lost never exceeds it).
    function withLost(uint256 word, bytes calldata terms, uint256 stood) internal pure returns (uint256) {
        return word + (Math.min(stood, terms.pauseMax() - lost(word)) << LOST_AT);
    }

    /// @dev The word of a successor, its own rate aside.
    function inherited(uint256 word) internal pure returns (uint256) {
        return OPENED | word & (SINCE_MASK | RELEASED_MASK);
    }

    /// @dev The value takes the place of stopAt, credit and lost; it has at most 104 bits.
    function withValue(uint256 word, uint256 value) internal pure returns (uint256) {
        return (word & BELOW_STOP & ~(PAUSED | ENDED | GRACED)) | SETTLED | value << STOP_AT;
    }

    // ------------------------------------------------------------------------------------------------- amounts

    /// @notice What a grant that is not closed holds of `promised` (base units): gates and unlock count as fully open.
    function heldDown(uint256 word, bytes calldata terms) internal pure returns (uint256) {
        if (word & SETTLED != 0) return settledValue(word);
        if (word & ENDED == 0) return terms.amount();
        return Math.max(released(word), partDown(terms, timeDown(word, terms, lastClock(word, terms))));
    }

    /// @notice What may leave by the unlock clock (base units), which no end and no pause stops.
    function unlockedDown(bytes calldata terms) internal view returns (uint256) {
        if (terms.unlockCount() == 0) return terms.amount();
        uint256 start = terms.unlockStart();
        if (block.timestamp < start) return 0;
        return partDown(terms, ScheduleLib.fractionDown(terms.unlock(), block.timestamp - start));
    }

    /// @notice The share vested now (ppb), if nothing of ALTERED is set.
    function plainTimeDown(bytes calldata terms) internal view returns (uint256) {
        uint256 start = terms.startOf();
        if (block.timestamp < start) return 0;
        unchecked {
            return ScheduleLib.fractionDown(terms.vesting(), block.timestamp - start);
        }
    }

    /// @notice The share vested at a reading of the grant's clock (ppb).
    function timeDown(uint256 word, bytes calldata terms, uint256 time) internal pure returns (uint256) {
        unchecked {
            // both sums are of numbers below 2^64, and the difference is taken only if it is not negative
            uint256 forward = time + credit(word);
            uint256 back = terms.startOf() + lost(word);
            if (forward < back) return 0;
            return ScheduleLib.fractionDown(terms.vesting(), forward - back);
        }
    }

    /// @notice Where the grant's clock stands (unix seconds).
    function clock(uint256 word, bytes calldata terms) internal view returns (uint256) {
        if (word & (ENDED | PAUSED) == 0) return block.timestamp;
        if (hasEnded(word)) return lastClock(word, terms);
        if (word & PAUSED == 0) return block.timestamp;
        uint256 left = terms.pauseMax() - lost(word);
        return Math.max(stopAt(word), block.timestamp - Math.min(left, block.timestamp));
    }

    /// @notice Where the clock of an ended grant stands for good (unix seconds).
    function lastClock(uint256 word, bytes calldata terms) internal pure returns (uint256) {
        return uint256(stopAt(word)) + (word & GRACED != 0 ? terms.graceSeconds() : 0);
    }

    /// @dev A share of the amount (base units).
    function partDown(bytes calldata terms, uint256 ppb) private pure returns (uint256) {
        unchecked {
            return terms.amount() * ppb / ONE; // 2^104 * 2^30
        }
    }
}
