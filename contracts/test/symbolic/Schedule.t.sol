// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ScheduleLib} from "../../src/libraries/ScheduleLib.sol";
import {TermsLib} from "../../src/libraries/TermsLib.sol";

/// @notice For every valid schedule of up to four segments and every time: the fraction is at most one, never falls,
/// and is one from the last end on. Steps are any, none (continuous) included; ends and shares are any that the contract
/// accepts.
contract ScheduleProofs {
    using TermsLib for bytes;

    uint256 private constant ONE = 1e9;

    function check_fraction_is_bounded_for_1_segment(bytes10 a, uint256 elapsed) external view {
        requireBounded(abi.encodePacked(a), elapsed);
    }

    function check_fraction_is_bounded_for_2_segments(bytes10 a, bytes10 b, uint256 elapsed) external view {
        requireBounded(abi.encodePacked(a, b), elapsed);
    }

    function check_fraction_is_bounded_for_3_segments(bytes10 a, bytes10 b, bytes10 c, uint256 elapsed)
        external
        view
    {
        requireBounded(abi.encodePacked(a, b, c), elapsed);
    }

    function check_fraction_is_bounded_for_4_segments(
        bytes10 a,
        bytes10 b,
        bytes10 c,
        bytes10 d,
        uint256 elapsed
    ) external view {
        requireBounded(abi.encodePacked(a, b, c, d), elapsed);
    }

    function check_fraction_never_falls_for_1_segment(bytes10 a, uint256 earlier, uint256 later)
        external
        view
    {
        requireRising(abi.encodePacked(a), earlier, later);
    }

    function check_fraction_never_falls_for_2_segments(bytes10 a, bytes10 b, uint256 earlier, uint256 later)
        external
        view
    {
        requireRising(abi.encodePacked(a, b), earlier, later);
    }

    function check_fraction_never_falls_for_3_segments(
        bytes10 a,
        bytes10 b,
        bytes10 c,
        uint256 earlier,
        uint256 later
    ) external view {
        requireRising(abi.encodePacked(a, b, c), earlier, later);
    }

    function check_fraction_never_falls_for_4_segments(
        bytes10 a,
        bytes10 b,
        bytes10 c,
        bytes10 d,
        uint256 earlier,
        uint256 later
    ) external view {
        requireRising(abi.encodePacked(a, b, c, d), earlier, later);
    }

    function requireBounded(bytes memory segments, uint256 elapsed) private view {
        uint256 fraction = this.fractionOf(withHeader(segments), elapsed);
        assert(fraction <= ONE);
        if (elapsed > type(uint32).max) assert(fraction == ONE);
    }

    function requireRising(bytes memory segments, uint256 earlier, uint256 later) private view {
        if (earlier > later) return;
        bytes memory terms = withHeader(segments);
        assert(this.fractionOf(terms, earlier) <= this.fractionOf(terms, later));
    }

    /// @dev Terms with these vesting segments and nothing else.
    function withHeader(bytes memory segments) private pure returns (bytes memory) {
        uint104 amount = 1;
        bytes memory plain =
            abi.encodePacked(uint40(0), uint16(0), uint32(0), uint32(0), uint32(0), uint16(0));
        return abi.encodePacked(address(1), amount, plain, bytes32(0), uint8(0), uint8(0), segments);
    }

    /// @dev Reverts, which proves nothing and disproves nothing, if the terms could never be opened.
    function fractionOf(bytes calldata terms, uint256 elapsed) external pure returns (uint256) {
        require(terms.isValid(address(2), address(3)));
        return ScheduleLib.fractionDown(terms.vesting(), elapsed);
    }
}
