// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bounds} from "../../src/libraries/Bounds.sol";

/// @notice What a result pays, for every lower bound of 64 bits, threshold <= stretch and base: at most one, nothing below
/// the threshold, at least the base from there on, one from the stretch on, and never less for more. Numbers below zero
/// change nothing: only differences are looked at.
contract BoundsProofs {
    uint256 private constant ONE = 1e9;

    function check_payout_is_bounded(uint64 lower, uint64 threshold, uint64 stretch, uint32 basePpb)
        external
        pure
    {
        if (threshold > stretch || basePpb > ONE) return;
        uint256 paid = payout(lower, threshold, stretch, basePpb);
        assert(paid <= ONE);
        assert(lower >= threshold ? paid >= basePpb : paid == 0);
        assert(lower < stretch || paid == ONE);
    }

    function check_payout_never_falls(
        uint64 lower,
        uint64 higher,
        uint64 threshold,
        uint64 stretch,
        uint32 basePpb
    ) external pure {
        if (threshold > stretch || basePpb > ONE || lower > higher) return;
        uint256 paid = payout(lower, threshold, stretch, basePpb);
        assert(paid <= payout(higher, threshold, stretch, basePpb));
    }

    function payout(uint256 lower, uint256 threshold, uint256 stretch, uint256 basePpb)
        private
        pure
        returns (uint256)
    {
        return Bounds.payoutDown(int256(lower), int256(threshold), int256(stretch), basePpb);
    }
}
