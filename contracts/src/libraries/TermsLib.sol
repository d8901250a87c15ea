// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Reads the packed bytes of a grant's terms in calldata. The layout stands in IGrants.
/// @dev Readers do not check bounds: call them only on terms that `isValid`, that is on those of an opened grant.
/// Each assembly block reads calldata only, or memory above the free pointer only, hence memory-safe.
library TermsLib {
    uint256 internal constant SHORTEST = 98; // a header and one vesting segment
    uint256 internal constant HEADER = 88;
    uint256 internal constant GATE = 37;
    uint256 internal constant SEGMENT = 10;

    uint256 internal constant POWERS = 7;
    uint256 internal constant END = 1;
    uint256 internal constant MOVE = 2;
    uint256 internal constant RECOVER = 4;
    uint256 internal constant LAPSE = 1;
    uint256 internal constant TRIGGER = 2;

    uint256 internal constant GATES_MAX = 8;
    uint256 internal constant UNLOCK_MAX = 64;
    uint256 internal constant VESTING_MAX = 256;
    uint256 internal constant BACKDATE_MAX = 366 days;
    uint256 internal constant BPS = 10_000;
    uint256 internal constant ONE = 1e9;

    /// @notice The number in `bytesRead` bytes (1 to 32) at `offset`, big-endian.
    function read(bytes calldata terms, uint256 offset, uint256 bytesRead)
        internal
        pure
        returns (uint256 value)
    {
        // Proof: calldataload takes the 32 bytes from terms.offset + offset; the shift keeps the first bytesRead.
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, bytesRead)), calldataload(add(terms.offset, offset)))
        }
    }

    /// @notice keccak256(domain || terms)
    function id(bytes calldata terms, bytes32 domain) internal pure returns (bytes32 hash) {
        // Proof: writes 32 + terms.length bytes from the free pointer on, hashes exactly these, allocates nothing.
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, domain)
            calldatacopy(add(start, 0x20), terms.offset, terms.length)
            hash := keccak256(start, add(terms.length, 0x20))
        }
    }

    function recipient(bytes calldata terms) internal pure returns (address) {
        return address(uint160(read(terms, 0, 20))); // 20 bytes fit
    }

    function amount(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 20, 13);
    }

    function startOf(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 33, 5);
    }

    function powers(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 38, 2);
    }

    function graceSeconds(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 40, 4);
    }

    function backdateSeconds(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 44, 4);
    }

    function pauseMax(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 48, 4);
    }

    function withholdBps(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 52, 2);
    }

    function document(bytes calldata terms) internal pure returns (bytes32) {
        return bytes32(read(terms, 54, 32));
    }

    function gateCount(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 86, 1);
    }

    function unlockCount(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 87, 1);
    }

    /// @notice Both counts: 0 if there are neither gates nor an unlock clock.
    function counts(bytes calldata terms) internal pure returns (uint256) {
        return read(terms, 86, 2);
    }

    /// @notice The i-th gate.
    function gate(bytes calldata terms, uint256 i)
        internal
        pure
        returns (bytes32 goal, uint256 sharePpb, uint256 rule)
    {
        unchecked {
            uint256 offset = HEADER + i * GATE; // at most 88 + 255 * 37
            goal = bytes32(read(terms, offset, 32));
            uint256 both = read(terms, offset + 32, 5);
            sharePpb = both >> 8;
            rule = both & 0xff;
        }
    }

    /// @notice Unix seconds at which the unlock clock starts; only if there are unlock segments.
    function unlockStart(bytes calldata terms) internal pure returns (uint256) {
        unchecked {
            return read(terms, HEADER + gateCount(terms) * GATE, 5); // at most 88 + 255 * 37
        }
    }

    /// @notice The unlock segments; empty if there is no unlock clock.
    function unlock(bytes calldata terms) internal pure returns (bytes calldata) {
        unchecked {
            // at most 88 + 255 * 37 + 5 + 255 * 10
            return slice(terms, HEADER + gateCount(terms) * GATE + 5, unlockCount(terms) * SEGMENT);
        }
    }

    /// @notice The vesting segments.
    function vesting(bytes calldata terms) internal pure returns (bytes calldata) {
        unchecked {
            // well-formed terms are longer than what comes before
            uint256 offset = vestingOffset(terms);
            return slice(terms, offset, terms.length - offset);
        }
    }

    function vestingOffset(bytes calldata terms) internal pure returns (uint256 offset) {
        unchecked {
            // at most 88 + 255 * 37 + 5 + 255 * 10
            uint256 both = counts(terms);
            offset = HEADER + (both >> 8) * GATE;
            uint256 unlocks = both & 0xff;
            if (unlocks != 0) offset += 5 + unlocks * SEGMENT;
        }
    }

    /// @dev A part of the terms, without the bounds check of Solidity's slices: well-formed terms contain it.
    function slice(bytes calldata terms, uint256 offset, uint256 length)
        private
        pure
        returns (bytes calldata part)
    {
        // Proof: a calldata slice is a pair of numbers; isFormed has shown offset + length <= terms.length.
        assembly ("memory-safe") {
            part.offset := add(terms.offset, offset)
            part.length := length
        }
    }

    /// @notice Whether the bytes are terms that may be opened, goals aside.
    /// @param grants,token who can never be a recipient
    function isValid(bytes calldata terms, address grants, address token) internal pure returns (bool) {
        bytes calldata segments = vesting(terms);
        if (!restFits(segments.length)) return false;
        address to = recipient(terms);
        if (to == address(0)) return false;
        if (to == grants) return false;
        if (to == token) return false;
        if (amount(terms) == 0) return false;
        if (powers(terms) > POWERS) return false;
        if (backdateSeconds(terms) > BACKDATE_MAX) return false;
        if (withholdBps(terms) > BPS) return false;
        if (counts(terms) != 0) {
            if (!countsFit(terms)) return false;
            if (!gatesAddUp(terms)) return false;
            if (unlockCount(terms) != 0 && !rises(unlock(terms))) return false;
        }
        return rises(segments);
    }

    /// @notice Whether counts and length fit together: exact, without a byte left over. So the length is at least 98.
    function isFormed(bytes calldata terms) internal pure returns (bool) {
        return countsFit(terms) && restFits(vesting(terms).length);
    }

    function countsFit(bytes calldata terms) private pure returns (bool) {
        return gateCount(terms) <= GATES_MAX && unlockCount(terms) <= UNLOCK_MAX;
    }

    /// @param rest bytes of the vesting segments; far above the limit if the terms end before they begin
    function restFits(uint256 rest) private pure returns (bool) {
        if (rest == 0) return false;
        if (rest > VESTING_MAX * SEGMENT) return false;
        return rest % SEGMENT == 0;
    }

    /// @dev At most 8 gates. Shares without TRIGGER sum to at most one; a TRIGGER has none.
    function gatesAddUp(bytes calldata terms) private pure returns (bool) {
        uint256 count = gateCount(terms);
        uint256 sum;
        for (uint256 i; i < count; ++i) {
            (, uint256 share, uint256 rule) = gate(terms, i);
            if (rule > (LAPSE | TRIGGER)) return false;
            if (rule & TRIGGER != 0 && share != 0) return false;
            sum += share;
        }
        return sum <= ONE;
    }

    /// @dev At most 256 segments. Ends strictly rise (the first may be 0), shares never fall, the last is one.
    function rises(bytes calldata segments) private pure returns (bool) {
        uint256 endLeast;
        uint256 share;
        unchecked {
            // offsets stay below segments.length + 10, ends below 2^32
            for (uint256 offset; offset < segments.length; offset += SEGMENT) {
                uint256 both = read(segments, offset, 8);
                uint256 end = both >> 32;
                uint256 shareNow = both & type(uint32).max;
                if (end < endLeast) return false;
                if (shareNow < share) return false;
                endLeast = end + 1;
                share = shareNow;
            }
        }
        return share == ONE;
    }
}
