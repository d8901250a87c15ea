// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AttemptWord} from "../../src/libraries/AttemptWord.sol";
import {GoalWord} from "../../src/libraries/GoalWord.sol";
import {GrantWord} from "../../src/libraries/GrantWord.sol";

/// @notice A range of bits of a word.
function bits(uint256 offset, uint256 width) pure returns (uint256) {
    return ((1 << width) - 1) << offset;
}

/// @notice For every word and every argument of its type: what makes the next word of a grant changes the fields that
/// it names and no other bit, and puts there what it should.
contract GrantWordProofs {
    using GrantWord for uint256;

    uint256 private constant STATE = GrantWord.PAUSED | GrantWord.ENDED | GrantWord.GRACED;

    function check_end_changes_its_fields_only(uint256 word, uint40 time, bool grace) external pure {
        uint256 next = word.withEnd(time, grace);
        assert((next ^ word) & ~(STATE | bits(152, 40)) == 0);
        assert(next.stopAt() == time);
        assert(next & STATE == GrantWord.ENDED | (grace ? GrantWord.GRACED : 0));
    }

    function check_withholding_changes_its_field_only(uint256 word, uint16 bps) external pure {
        uint256 next = word.withWithholding(bps);
        assert((next ^ word) & ~bits(120, 16) == 0);
        assert(next.withholdBps() == bps);
    }

    function check_credit_saturates_and_changes_its_field_only(uint256 word, uint32 by) external pure {
        uint256 next = word.withCredit(by);
        assert((next ^ word) & ~bits(192, 32) == 0);
        uint256 sum = uint256(word.credit()) + by;
        assert(next.credit() == (sum > type(uint32).max ? type(uint32).max : sum));
    }

    function check_lost_stays_below_pause_max_and_changes_its_field_only(
        uint256 word,
        uint32 pauseMax,
        uint256 stood
    ) external view {
        if (word.lost() > pauseMax) return;
        uint256 next = this.withLost(word, abi.encodePacked(new bytes(48), pauseMax), stood);
        assert((next ^ word) & ~bits(224, 32) == 0);
        uint256 left = pauseMax - word.lost();
        assert(next.lost() == word.lost() + (stood < left ? stood : left));
    }

    function check_settlement_keeps_what_lies_below_and_stores_the_value(uint256 word, uint104 value)
        external
        pure
    {
        uint256 next = word.withValue(value);
        assert((next ^ word) & bits(0, 152) & ~(STATE | GrantWord.SETTLED) == 0);
        assert(next & (STATE | GrantWord.SETTLED) == GrantWord.SETTLED);
        assert(next.settledValue() == value);
    }

    function check_successor_inherits_released_and_since_only(uint256 word) external pure {
        uint256 next = word.inherited();
        assert(next.released() == word.released());
        assert((next ^ word) & bits(136, 16) == 0);
        assert(next & ~(bits(0, 104) | bits(136, 16)) == GrantWord.OPENED);
    }

    function withLost(uint256 word, bytes calldata terms, uint256 stood) external pure returns (uint256) {
        return word.withLost(terms, stood);
    }
}

/// @notice The same for the word of a goal: times of 40 bits, fractions of 32, and at most 32 attempts and voids.
contract GoalWordProofs {
    using GoalWord for uint256;

    function check_attempt_counts_one_more_of_each(uint256 word, uint40 time) external pure {
        if (word.count() >= 32 || word.pending() >= 32) return;
        uint256 next = word.withAttempt(time);
        assert((next ^ word) & ~(bits(32, 16) | bits(48, 16) | bits(160, 40)) == 0);
        assert(next.count() == word.count() + 1);
        assert(next.pending() == word.pending() + 1);
        assert(next.lastRegisteredAt() == time);
    }

    function check_result_never_lowers_the_fraction(uint256 word, uint32 ppb) external pure {
        if (word.pending() == 0) return;
        uint256 next = word.withResult(ppb);
        assert((next ^ word) & ~(bits(0, 32) | bits(48, 16)) == 0);
        assert(next.pending() == word.pending() - 1);
        assert(next.fraction() == (ppb > word.fraction() ? ppb : word.fraction()));
    }

    function check_void_changes_its_field_only(uint256 word) external pure {
        if (word.voided() >= 32) return;
        uint256 next = word.withVoid();
        assert((next ^ word) & ~bits(64, 8) == 0);
        assert(next.voided() == word.voided() + 1);
    }

    function check_demand_changes_its_fields_only(uint256 word, uint40 time) external pure {
        uint256 next = word.withDemand(time);
        assert((next ^ word) & ~(GoalWord.DEMANDED | bits(120, 40)) == 0);
        assert(next & GoalWord.DEMANDED != 0 && next.demandedAt() == time);

        uint256 cleared = word.withoutDemand();
        assert((cleared ^ word) & ~(GoalWord.DEMANDED | bits(120, 40)) == 0);
        assert(cleared & GoalWord.DEMANDED == 0 && cleared.demandedAt() == 0);
    }

    function check_close_changes_its_fields_only(uint256 word, uint40 time) external pure {
        uint256 next = word.withClose(time);
        assert((next ^ word) & ~(GoalWord.EXTENDED | bits(80, 40)) == 0);
        assert(next & GoalWord.EXTENDED != 0 && next.closes() == time);
    }

    function check_final_never_lowers_the_fraction(uint256 word, uint32 ppb) external pure {
        if (word & GoalWord.FINAL != 0 || word.defaulted() != 0) return;
        uint256 next = word.withFinal(ppb);
        assert((next ^ word) & ~(bits(0, 32) | GoalWord.FINAL | bits(200, 32)) == 0);
        assert(next & GoalWord.FINAL != 0 && next.defaulted() == ppb);
        assert(next.fraction() == (ppb > word.fraction() ? ppb : word.fraction()));
    }
}

/// @notice The same for the word of an attempt.
contract AttemptWordProofs {
    using AttemptWord for uint256;

    function check_registration_reads_back(uint40 time, uint40 number, uint40 until) external pure {
        uint256 word = AttemptWord.registered(time, number, until);
        assert(word.registeredAt() == time && word.registeredBlock() == number && word.deadline() == until);
        assert(word.status() == AttemptWord.REGISTERED && word.result() == 0 && !word.isSealed());
        assert(word & (AttemptWord.SIGNED | AttemptWord.CLEARED_DEMAND) == 0);
    }

    function check_seed_changes_its_field_only(uint256 word, uint96 seed) external pure {
        if (word.isSealed()) return;
        uint256 next = word.withSeed(seed);
        assert((next ^ word) & ~bits(160, 96) == 0);
        assert(next >> 160 == seed);
    }

    function check_state_changes_its_fields_only(uint256 word, uint8 state, uint32 ppb, uint40 until)
        external
        pure
    {
        if (state >= 16) return;
        uint256 next = word.with(state, ppb, until);
        assert((next ^ word) & ~(bits(80, 40) | bits(120, 32) | bits(152, 4)) == 0);
        assert(next.status() == state && next.result() == ppb && next.deadline() == until);
    }
}
