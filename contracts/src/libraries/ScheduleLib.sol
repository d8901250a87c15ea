// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A schedule is a list of segments of 10 bytes: end u32 (seconds after the start) | cumulative u32 (ppb at
/// the end) | steps u16 (0: every second). Ends strictly rise, the last cumulative is 1e9.
library ScheduleLib {
    uint256 internal constant ONE = 1e9;
    uint256 private constant SEGMENT = 10;

    /// @notice The released share after `elapsed` seconds (ppb), each step and each second rounded down.
    /// @dev Needs a valid schedule of at least one segment. Binary search: at most 8 rounds for 256 segments.
    function fractionDown(bytes calldata segments, uint256 elapsed) internal pure returns (uint256) {
        unchecked {
            // Proof for unchecked: offsets stay below segments.length, ends and shares below 2^32, steps below 2^16,
            // ends rise strictly and shares never fall, so no difference is negative and no product exceeds 2^80.
            uint256 high = segments.length / SEGMENT - 1;
            if (elapsed >= segmentAt(segments, high) >> 48) return ONE;

            uint256 low;
            uint256 before; // the segment at low - 1; 0 if there is none
            while (low < high) {
                uint256 middle = (low + high) >> 1;
                uint256 segment = segmentAt(segments, middle);
                if (segment >> 48 > elapsed) high = middle;
                else (low, before) = (middle + 1, segment);
            }
            return withinDown(before, segmentAt(segments, low), elapsed);
        }
    }

    /// @dev The share inside segment `current`, which begins where `before` ends (0: at the start).
    function withinDown(uint256 before, uint256 current, uint256 elapsed)
        private
        pure
        returns (uint256 value)
    {
        unchecked {
            uint256 share = (before >> 16) & type(uint32).max;
            uint256 rise = ((current >> 16) & type(uint32).max) - share;
            uint256 length = (current >> 48) - (before >> 48);
            uint256 passed = elapsed - (before >> 48);
            uint256 steps = current & type(uint16).max;
            if (steps == 0) steps = length; // a step a second
            // Proof: no division is by zero, so Solidity's check is left out: the first end above `elapsed` is above
            // 0, and ends rise, so length > 0, and steps > 0 by the line above. Memory untouched.
            assembly ("memory-safe") {
                value := add(share, div(mul(rise, div(mul(passed, steps), length)), steps))
            }
        }
    }

    /// @dev The i-th segment as one number: end << 48 | cumulative << 16 | steps.
    function segmentAt(bytes calldata segments, uint256 i) private pure returns (uint256 segment) {
        // Proof: i < segments.length / 10, so the 10 bytes kept by the shift lie inside the list. Memory untouched.
        assembly ("memory-safe") {
            segment := shr(176, calldataload(add(segments.offset, mul(i, 10))))
        }
    }
}
