// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {GrantWord} from "../../src/libraries/GrantWord.sol";
import {GrantProofs, Numbers} from "./Model.sol";

/// @notice What a replacement by one successor may do, for grants that vest on one date, old and new in any numbers, the
/// old one active, ended or settled: the new one holds its amount, what was promised moves by exactly the difference,
/// and nothing vested and nothing released is lost.
contract SuccessionProofs is GrantProofs {
    function check_replacing_an_active_grant_conserves(
        Numbers calldata old,
        Numbers calldata next,
        uint128[2] calldata pool_
    ) external {
        requireConserved(old, next, pool_, ACTIVE);
    }

    function check_replacing_an_ended_grant_conserves(
        Numbers calldata old,
        Numbers calldata next,
        uint128[2] calldata pool_
    ) external {
        requireConserved(old, next, pool_, GrantWord.ENDED);
    }

    function check_replacing_a_settled_grant_conserves(
        Numbers calldata old,
        Numbers calldata next,
        uint128[2] calldata pool_
    ) external {
        requireConserved(old, next, pool_, GrantWord.SETTLED);
    }

    function requireConserved(Numbers memory old, Numbers memory next, uint128[2] memory pool_, uint256 flags)
        private
    {
        bytes memory oneDate = abi.encodePacked(uint32(0), uint32(1e9), uint16(1));
        bytes memory oldTerms = plain(old, oneDate);
        bytes[] memory successors = new bytes[](1);
        successors[0] = abi.encodePacked(header(next), uint8(0), uint8(1), uint40(0), oneDate, oneDate);
        Amounts memory before = begin(oldTerms, old, flags);
        vm.assume(le(before.held, pool_[1]) & le(pool_[1], pool_[0]) == 1);
        pool(pool_[0], pool_[1]);

        grants.succeed(oldTerms, successors);

        Amounts memory afterwards = amountsOf(successors[0]);
        uint256 books = same(grants.promised() + before.held, uint256(pool_[1]) + afterwards.held);
        books &= le(grants.promised(), pool_[0]) & same(grants.funded(), pool_[0]);
        uint256 kept = same(afterwards.released, before.released) & le(before.vested, afterwards.vested);
        kept &= le(afterwards.vested, afterwards.held) & same(afterwards.held, next.amount);
        assert(books & kept == 1);
    }
}
