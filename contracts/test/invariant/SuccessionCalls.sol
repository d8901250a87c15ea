// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ISuccession} from "../../src/interfaces/ISuccession.sol";
import {GrantCalls} from "./GrantCalls.sol";
import {Sentences} from "./Sentences.sol";

/// @notice Grants that are replaced, moved and recovered.
abstract contract SuccessionCalls is GrantCalls {
    uint256 private constant SUCCESSORS_MAX = 16; // in all, beside the grants of rounds

    /// @dev What must be the same, or move as it should, on both sides of a call.
    struct Books {
        uint256 promised;
        uint256 balance;
        uint256 vested;
        uint256 held;
        uint256 released;
    }

    function booksOf(uint256[] memory places) private view returns (Books memory b) {
        b.promised = grants.promised();
        b.balance = coin.balanceOf(address(grants));
        for (uint256 k; k < places.length; ++k) {
            uint256 i = places[k];
            uint256 word = grants.words(ids[i]);
            if (word & OPENED == 0 || word & CLOSED != 0) continue;
            (,, uint256 vested,, uint256 released_, uint256 held) = grants.amounts(terms[i]);
            (b.vested, b.held, b.released) = (b.vested + vested, b.held + held, b.released + released_);
        }
    }

    function only(uint256 i) private pure returns (uint256[] memory places) {
        places = new uint256[](1);
        places[0] = i;
    }

    function all() private view returns (uint256[] memory places) {
        places = new uint256[](ids.length);
        for (uint256 i; i < places.length; ++i) {
            places[i] = i;
        }
    }

    function alive(uint256 i) private view returns (uint256) {
        for (uint256 k; k < ids.length; ++k) {
            uint256 word = grants.words(ids[(i + k) % ids.length]);
            if (word & OPENED != 0 && word & CLOSED == 0) return (i + k) % ids.length;
        }
        return i;
    }

    // ------------------------------------------------------------------------------------------------- replace

    /// @dev One grant becomes one to eight; what is earned does not fall, what is promised follows what is held, and
    /// what was released is kept by the first. Now and then a successor is a grant that waits in its round.
    function replace(uint256 seed) external {
        uint256 first = ids.length;
        uint256 count_ = seed % 5 == 0 ? within(seed >> 8, 1, 8) : within(seed >> 8, 1, 3);
        if (first == 0 || first + count_ > GRANTS_MAX + SUCCESSORS_MAX) return;
        uint256 i = alive((seed >> 16) % first);
        Books memory old = booksOf(only(i));
        uint256[] memory places = drawSuccessors(seed, count_, i, old);
        bytes[] memory packed = new bytes[](count_);
        for (uint256 k; k < count_; ++k) {
            packed[k] = terms[places[k]];
        }
        Books memory before = booksOf(places);
        uint256 until = block.timestamp + seed % 2;
        bytes memory signature = agreed(seed, i, packed, until);
        for (uint256 k; k < count_; ++k) {
            if (places[k] < first && grants.words(ids[places[k]]) == 0) taken[ids[places[k]]] = true;
        }
        bool ok = act(
            company,
            address(succession),
            abi.encodeCall(ISuccession.replace, (terms[i], packed, until, signature)),
            "replace"
        );
        if (!ok) return undo(first, places);
        for (uint256 k; k < count_; ++k) {
            if (taken[ids[places[k]]]) ++done["replace by one that waits"];
        }
        Books memory now_ = booksOf(places);
        // each of them may round down by one unit
        bool kept = now_.vested + count_ > old.vested && now_.released == old.released;
        check(kept, Sentences.CONSERVED, "replace");
        check(before.promised + now_.held == now_.promised + old.held, Sentences.CONSERVED, "replace");
        check(before.balance == now_.balance, Sentences.CONSERVED, "replace");
        check(grants.words(ids[i]) == (OPENED | CLOSED), Sentences.CONSERVED, "replace");
    }

    function undo(uint256 first, uint256[] memory places) private {
        for (uint256 k; k < places.length; ++k) {
            if (places[k] < first && grants.words(ids[places[k]]) == 0) taken[ids[places[k]]] = false;
        }
        forget(first);
    }

    /// @dev The first has earned as much as the old one, mostly, and is its holder's; the others are drawn like any
    /// grant.
    function drawSuccessors(uint256 seed, uint256 count_, uint256 i, Books memory old)
        private
        returns (uint256[] memory places)
    {
        places = new uint256[](count_);
        uint256 total;
        for (uint256 k; k < count_; ++k) {
            seed = uint256(keccak256(abi.encode(seed)));
            places[k] = seed % 16 == 0 ? waiting((seed >> 8) % ids.length) : ids.length;
            if (places[k] == ids.length) append(drawnSuccessor(seed, k == 0, i, old));
            total += leaves[places[k]].amount;
        }
        if (seed % 8 != 1 && total > old.held + free()) {
            uint256 wanted = total - old.held - free();
            toGrants(company, abi.encodeCall(IGrants.fund, (uint128(wanted))), "fund");
        }
    }

    /// @dev The first grant from `i` on that waits in its round; the number of grants if there is none.
    function waiting(uint256 i) private view returns (uint256) {
        for (uint256 k; k < ids.length; ++k) {
            uint256 j = (i + k) % ids.length;
            if (grants.words(ids[j]) == 0 && leaves[j].root != 0) return j;
        }
        return ids.length;
    }

    function drawnSuccessor(uint256 seed, bool first, uint256 i, Books memory old)
        private
        returns (IGrants.Terms memory t)
    {
        t = drawn(uint256(keccak256(abi.encode(seed, ids.length))));
        t.recipient = vm.addr(1000 + seed % (2 * PEOPLE_COUNT));
        if (first) {
            uint256 most = old.vested + 1 + (seed >> 32) % 1e18;
            if (seed % 16 != 1) t.recipient = seen[ids[i]].holder;
            t.amount = uint104(seed % 8 == 2 ? within(seed >> 64, 1, most) : most);
            t.gates = new IGrants.Gate[](0);
            if (seed % 4 != 3) t.vesting[0] = IGrants.Segment(0, 1e9, 1);
            if (seed % 4 != 3) t.start = uint40(block.timestamp - 1);
        }
        leaves.push(Leaf(0, 0, t.amount, ""));
    }

    /// @dev The holder's signature of exactly this, or now and then somebody else's.
    function agreed(uint256 seed, uint256 i, bytes[] memory packed, uint256 until)
        private
        view
        returns (bytes memory)
    {
        uint256 key = 1000;
        while (key < 1000 + 2 * PEOPLE_COUNT && vm.addr(key) != seen[ids[i]].holder) ++key;
        if (seed >> 252 == 0) ++key;
        bytes32 digest = succession.replaceDigest(terms[i], packed, until);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    // ------------------------------------------------------------------------------------------------- move, recover

    function move(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = alive(seed % ids.length);
        address to = vm.addr(1000 + (seed >> 16) % (2 * PEOPLE_COUNT));
        if ((seed >> 8) % 32 == 0) to = address(grants);
        conserving(i, seen[ids[i]].holder, abi.encodeCall(ISuccession.move, (terms[i], to)), "move", to);
    }

    /// @dev Announced, carried out in its time, vetoed, or cleared once it has lapsed.
    function recover(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 what = (seed >> 8) % 8;
        uint256 i = what < 3 ? alive(seed % ids.length) : flagged(seed % ids.length, RECOVERING);
        (address to, uint40 announcedAt,) = succession.recoveries(ids[i]);
        address holder_ = seen[ids[i]].holder;
        if (what < 3) {
            to = vm.addr(1000 + (seed >> 16) % (2 * PEOPLE_COUNT));
            bytes memory data = abi.encodeCall(ISuccession.announceRecovery, (terms[i], to));
            return conserving(i, company, data, "announceRecovery", holder_);
        }
        if (what == 3) {
            return conserving(i, holder_, abi.encodeCall(ISuccession.veto, (terms[i])), "veto", holder_);
        }
        if (announcedAt != 0 && (seed >> 32) % 2 == 0) {
            later(announcedAt + within(seed >> 40, 30 days, 62 days));
        }
        if (what < 7) {
            bytes memory data = abi.encodeCall(ISuccession.executeRecovery, (terms[i], to));
            return conserving(i, company, data, "executeRecovery", to);
        }
        bytes memory clears = abi.encodeCall(ISuccession.clearRecovery, (terms[i]));
        conserving(i, keeper, clears, "clearRecovery", holder_);
    }

    function later(uint256 time) private {
        if (time <= block.timestamp) return;
        vm.warp(time);
        compare("time");
    }

    /// @dev A call that moves no money and no claim to it, and leaves `to` as the holder.
    function conserving(uint256 i, address caller, bytes memory data, string memory name, address to)
        private
    {
        Books memory before = booksOf(all());
        bool ok = act(caller, address(succession), data, name);
        Books memory now_ = booksOf(all());
        check(keccak256(abi.encode(before)) == keccak256(abi.encode(now_)), Sentences.CONSERVED, name);
        if (ok) check(grants.holderOf(terms[i]) == to, Sentences.CONSERVED, name);
        toldAs(i, name);
    }

    /// @dev The recovery as the events tell it, and the flag that goes with it.
    function toldAs(uint256 i, string memory name) private {
        (address to, uint40 announcedAt, uint40 cancelledAt) = succession.recoveries(ids[i]);
        bytes32 real = keccak256(abi.encode(to, announcedAt, cancelledAt));
        bool flagged_ = grants.words(ids[i]) & RECOVERING != 0;
        check(flagged_ == (announcedAt != 0), Sentences.FORWARD, name);
        (to, announcedAt, cancelledAt) = replay.recoveries(ids[i]);
        check(real == keccak256(abi.encode(to, announcedAt, cancelledAt)), Sentences.EVENTS, name);
    }

    /// @dev A stranger, who holds nothing and has no role.
    function intrude(uint256 seed) external {
        if (ids.length == 0) return;
        bytes memory t = terms[seed % ids.length];
        bytes[] memory one = new bytes[](1);
        one[0] = t;
        bytes[5] memory calls = [
            abi.encodeCall(ISuccession.replace, (t, one, block.timestamp, "")),
            abi.encodeCall(ISuccession.move, (t, stranger)),
            abi.encodeCall(ISuccession.veto, (t)),
            abi.encodeCall(ISuccession.announceRecovery, (t, stranger)),
            abi.encodeCall(ISuccession.executeRecovery, (t, stranger))
        ];
        bool ok = act(stranger, address(succession), calls[(seed >> 16) % 5], "intrude");
        check(!ok, Sentences.HOLDER_PAID, "intrude");
    }
}
