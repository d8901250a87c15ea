// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Builders} from "../Builders.sol";
import {OddCoin} from "../mocks/OddCoin.sol";
import {Play} from "./Play.sol";
import {Sentences} from "./Sentences.sol";

/// @notice Money, rounds and grants: a company, its payroll and treasury, holders, keepers, and a coin that blocks.
abstract contract GrantCalls is Play {
    uint256 internal constant PEOPLE_COUNT = 5;

    /// @dev What a keeper's call should do to a grant.
    struct Due {
        address to;
        uint256 payable_;
        bool skipped;
        bool sends;
    }

    // ------------------------------------------------------------------------------------------------- money

    function fund(uint256 seed) external {
        toGrants(company, abi.encodeCall(IGrants.fund, (uint128(within(seed, 0, 100_000e18)))), "fund");
    }

    function donate(uint256 seed) external {
        uint256 amount = within(seed, 1, 1000);
        if (act(
                company,
                address(coin),
                abi.encodeCall(coin.transfer, (address(grants), amount)),
                "send unasked"
            )) {
            donated += amount;
        }
    }

    function withdrawFree(uint256 seed) external {
        uint256 most = free();
        uint128 amount = uint128(seed % 4 == 0 ? most + 1 : within(seed, 0, most));
        bool ok = toGrants(company, abi.encodeCall(IGrants.withdrawFree, (company, amount)), "withdrawFree");
        if (ok) check(amount <= most, Sentences.FUNDED, "withdrawFree");
    }

    /// @dev The coin refuses one recipient, in one of four ways, or nobody.
    function blockSomebody(uint256 seed) external {
        OddCoin.Mood[5] memory moods = [
            OddCoin.Mood.Good,
            OddCoin.Mood.Silent,
            OddCoin.Mood.Refusing,
            OddCoin.Mood.False,
            OddCoin.Mood.Bomb
        ];
        coin.setMood(moods[seed % 5], vm.addr(1000 + (seed >> 8) % (2 * PEOPLE_COUNT)));
    }

    // ------------------------------------------------------------------------------------------------- rounds

    /// @dev A round of one to four grants, one of which may be invalid.
    function commit(uint256 seed) external {
        // slowly: late grants keep a long play alive
        if ((ids.length >= 4 && (seed >> 200) % 4 != 0) || ids.length + 4 > GRANTS_MAX) return;
        uint256 size = within(seed, 1, 4);
        uint256 first = ids.length;
        bytes32[] memory hashes = new bytes32[](size);
        uint256[] memory sums = new uint256[](size);
        for (uint256 i; i < size; ++i) {
            seed = uint256(keccak256(abi.encode(seed, ids.length))); // no grant comes twice
            IGrants.Terms memory t = drawn(seed);
            append(t);
            (hashes[i], sums[i]) = (ids[first + i], t.amount);
        }
        bytes32 root;
        uint256 total;
        for (uint256 i; i < size; ++i) {
            bytes memory proof;
            (root, total, proof) = Builders.tree(copy(hashes), copy(sums), i);
            leaves.push(Leaf(root, uint32(i), sums[i], proof));
        }
        for (uint256 i; i < size; ++i) {
            leaves[first + i].root = root;
        }
        uint40 bindingAt = seed % 2 == 0 ? uint40(block.timestamp + within(seed, 0, 30 days)) : 0;
        if (total > free()) toGrants(company, abi.encodeCall(IGrants.fund, (uint128(total))), "fund");
        bytes memory data = abi.encodeCall(IGrants.commit, (root, uint128(total), "round", bindingAt));
        if (!toGrants(company, data, "commit")) forget(first);
    }

    /// @dev Grants that never came to be.
    function forget(uint256 first) internal {
        while (ids.length > first) {
            ids.pop();
            terms.pop();
            drawings.pop();
            leaves.pop();
            lapsing.pop();
        }
    }

    function append(IGrants.Terms memory t) internal {
        bool lapses;
        for (uint256 i; i < t.gates.length; ++i) {
            if (t.gates[i].rule & 1 != 0) lapses = true;
        }
        lapsing.push(lapses);
        terms.push(Builders.pack(t));
        drawings.push(abi.encode(t));
        ids.push(grants.idOf(terms[terms.length - 1]));
        recipients[ids[ids.length - 1]] = t.recipient;
    }

    function copy(bytes32[] memory list) private pure returns (bytes32[] memory) {
        return abi.decode(abi.encode(list), (bytes32[]));
    }

    function copy(uint256[] memory list) private pure returns (uint256[] memory) {
        return abi.decode(abi.encode(list), (uint256[]));
    }

    function drawn(uint256 seed) internal view returns (IGrants.Terms memory t) {
        t = plain();
        t.recipient = vm.addr(1000 + seed % PEOPLE_COUNT);
        t.amount = uint104(within(seed >> 8, 1, seed % 2 == 0 ? 1000 : 10_000e18));
        t.start = uint40(block.timestamp + within(seed >> 16, 0, 40 days) - 20 days);
        t.document = bytes32(seed);
        t.withholdBps = seed % 2 == 0 ? 0 : uint16(within(seed >> 24, 0, 10_000));
        if (seed % 32 == 1) t.withholdBps = 10_001; // invalid
        t.powers = uint16(seed % 8 == 0 ? within(seed >> 128, 0, 8) : 7);
        t.graceSeconds = uint32(within(seed >> 32, 0, 100 days));
        t.vesting[0].end = uint32(within(seed >> 40, 0, 50 days));
        t.vesting[1].end = uint32(within(seed >> 48, 51 days, 400 days));
        t.vesting[1].steps = uint16(within(seed >> 56, 0, 36));
        if (seed % 3 == 0) {
            t.unlockStart = uint40(block.timestamp);
            t.unlock = new IGrants.Segment[](1);
            t.unlock[0] = IGrants.Segment(uint32(within(seed >> 64, 1, 200 days)), 1e9, uint16(seed >> 250));
        }
        uint256 gates = within(seed >> 72, 0, 2);
        t.gates = new IGrants.Gate[](gates);
        for (uint256 i; i < gates; ++i) {
            uint8 rule = uint8(within(seed >> (80 + 8 * i), 0, 3));
            uint32 share = rule & 2 != 0 ? 0 : uint32(within(seed >> 100, 0, 5e8));
            t.gates[i] = IGrants.Gate(goalIds[(seed >> (140 + 8 * i)) % GOALS], share, rule);
        }
    }

    function rescind(uint256 seed) external {
        if (ids.length == 0) return;
        bytes32 root = leaves[leaves.length - 1 - seed % (leaves.length < 4 ? 1 : 4)].root;
        (uint128 total,, uint40 bindingAt,) = grants.rounds(root);
        bool ok = toGrants(company, abi.encodeCall(IGrants.rescind, (root)), "rescind");
        (uint128 left,,,) = grants.rounds(root);
        check(left == (ok ? 0 : total), Sentences.FORWARD, "rescind");
        if (ok) check(block.timestamp < bindingAt, Sentences.FORWARD, "rescind");
    }

    // ------------------------------------------------------------------------------------------------- opening, paying

    function open(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = seed % ids.length;
        Leaf memory leaf = leaves[i];
        bool first = (seed >> 32) % 2 == 0;
        bytes memory data = first
            ? abi.encodeCall(IGrants.open, (terms[i], leaf.root, leaf.index, leaf.proof))
            : abi.encodeCall(IGrants.claimFirst, (terms[i], leaf.root, leaf.index, leaf.proof));
        toGrants(keeper, data, first ? "open" : "claimFirst");
    }

    /// @dev The wrong place, another leaf's proof, or another round: never opens anything.
    function forge(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = seed % ids.length;
        Leaf memory leaf = leaves[i];
        Leaf memory wrong = leaves[(seed >> 16) % leaves.length];
        if (grants.words(ids[i]) != 0) return;
        if (seed >> 253 == 0) ++leaf.index;
        else if (seed >> 254 == 1) leaf.proof = abi.encodePacked(leaf.proof, bytes32(0), uint128(0));
        else (leaf.root, leaf.proof, leaf.index) = (wrong.root, wrong.proof, wrong.index);
        if (keccak256(abi.encode(leaf)) == keccak256(abi.encode(leaves[i]))) return;
        bytes memory data = abi.encodeCall(IGrants.open, (terms[i], leaf.root, leaf.index, leaf.proof));
        check(!toGrants(keeper, data, "forge"), Sentences.OPENS_ONCE, "forge");
    }

    function claim(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = seed % ids.length;
        if (seed >> 254 != 0) i = claimable(i);
        address caller = seed % 2 == 0 ? keeper : seen[ids[i]].holder;
        toGrants(caller, abi.encodeCall(IGrants.claim, (terms[i])), "claim");
    }

    /// @dev The first grant from `i` on that has something to pay; `i` if there is none.
    function claimable(uint256 i) private returns (uint256) {
        for (uint256 k; k < ids.length; ++k) {
            if (dueOf((i + k) % ids.length).payable_ > 0) return (i + k) % ids.length;
        }
        return i;
    }

    /// @dev Whoever can be paid is paid in full; whoever cannot is left as he was, and holds up nobody.
    function claimMany(uint256 seed) external {
        Due[] memory due = new Due[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            due[i] = dueOf(i);
        }
        uint256 paidBefore = done["claimMany"];
        if (!toGrants(keeper, abi.encodeCall(IGrants.claimMany, (terms)), "claimMany")) return;
        bool refuses = uint8(coin.mood()) >= uint8(OddCoin.Mood.False);
        for (uint256 i; i < ids.length; ++i) {
            uint256 word = grants.words(ids[i]);
            bool blocked = refuses && due[i].sends && due[i].to == coin.blocked();
            uint256 expected = due[i].skipped || blocked ? 0 : due[i].payable_;
            check(uint104(word) == seenReleased[i] + expected, Sentences.ISOLATED, "claimMany");
            if (blocked && !due[i].skipped && due[i].payable_ > 0) ++done["a payment fails alone"];
        }
        check(done["claimMany"] == paidBefore + 1, Sentences.ISOLATED, "claimMany");
        if (seed % 4 == 0 && ids.length > 0) several(seed);
    }

    mapping(uint256 => uint256) private seenReleased;

    function dueOf(uint256 i) private returns (Due memory due) {
        uint256 word = grants.words(ids[i]);
        seenReleased[i] = uint104(word);
        due.skipped = word & (OPENED | CLOSED) != OPENED || word & (HOLDER_ONLY | RECOVERING) != 0;
        if (due.skipped) return due;
        due.to = grants.holderOf(terms[i]);
        (,, uint256 vested, uint256 unlocked, uint256 released_,) = grants.amounts(terms[i]);
        uint256 most = vested < unlocked ? vested : unlocked;
        due.payable_ = most > released_ ? most - released_ : 0;
        due.sends = due.payable_ > due.payable_ * uint16(word >> 120) / 10_000;
    }

    /// @dev Two calls in one; if one is refused, both are.
    function several(uint256 seed) private {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IGrants.claimMany, (terms));
        calls[1] = abi.encodeCall(IGrants.claim, (terms[(seed >> 8) % ids.length]));
        if ((seed >> 16) % 2 == 0) calls[1] = calls[0];
        toGrants(keeper, abi.encodeCall(IGrants.multicall, (calls)), "multicall");
    }

    // ------------------------------------------------------------------------------------------------- changing

    function end(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = seed % ids.length;
        uint256 what = (seed >> 16) % 6;
        bool withdraws = what < 2;
        if (withdraws) i = flagged(i, ENDED);
        uint256 at_ = block.timestamp + within(seed >> 32, 0, 300 days);
        if (what == 2) at_ = block.timestamp - within(seed >> 32, 0, 120 days); // the terms allow 30
        if (what == 3) at_ = block.timestamp;
        if (withdraws) at_ = 0;
        if (!withdraws && at_ < block.timestamp) backdated = i;
        bytes memory data = abi.encodeCall(IGrants.end, (terms[i], uint40(at_), (seed >> 64) % 2 == 0));
        bool ok = toGrants(company, data, withdraws ? "withdraw an end" : "end");
        backdated = NOBODY;
        if (ok && !withdraws) {
            uint256 backdate = abi.decode(drawings[i], (IGrants.Terms)).backdateSeconds;
            check(at_ + backdate >= block.timestamp, Sentences.VESTED_STAYS, "end");
        }
    }

    function pause(uint256 seed) external {
        if (ids.length == 0) return;
        toGrants(company, abi.encodeCall(IGrants.pause, (terms[seed % ids.length])), "pause");
    }

    function change(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = seed % ids.length;
        uint256 what = (seed >> 16) % 4;
        if (what == 0) {
            toGrants(company, abi.encodeCall(IGrants.resume, (terms[flagged(i, PAUSED)])), "resume");
        } else if (what == 1) {
            uint32 by = (seed >> 32) % 20 == 0 ? type(uint32).max : uint32(within(seed >> 40, 0, 50 days));
            toGrants(company, abi.encodeCall(IGrants.accelerate, (terms[i], by)), "accelerate");
        } else if (what == 2) {
            if (seed >> 255 == 0) i = over(i);
            toGrants(keeper, abi.encodeCall(IGrants.settle, (terms[i])), "settle");
        } else {
            uint16 bps = uint16(within(seed >> 32, 0, 10_000));
            toGrants(company, abi.encodeCall(IGrants.lowerWithholding, (terms[i], bps)), "lowerWithholding");
        }
    }

    /// @dev The first grant from `i` on that is paused, or whose end is announced; `i` if there is none.
    function flagged(uint256 i, uint256 flag) internal view returns (uint256) {
        for (uint256 k; k < ids.length; ++k) {
            uint256 word = grants.words(ids[(i + k) % ids.length]);
            if (word & flag == 0) continue;
            if (flag != ENDED || uint40(word >> 152) > block.timestamp) return (i + k) % ids.length;
        }
        return i;
    }

    /// @dev The first grant from `i` on that could be settled as far as time goes, without gates.
    function over(uint256 i) private view returns (uint256) {
        for (uint256 k; k < ids.length; ++k) {
            uint256 j = (i + k) % ids.length;
            uint256 word = grants.words(ids[j]);
            if (word & OPENED == 0 || word & (CLOSED | SETTLED) != 0 || terms[j][86] != 0) continue;
            (uint256 timePpb,,,,,) = grants.amounts(terms[j]);
            if (timePpb == 1e9 || word & ENDED != 0) return j;
        }
        return i;
    }

    function hold(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = seed % ids.length;
        bool waives = seed % 9 == 0;
        bytes memory data = waives
            ? abi.encodeCall(IGrants.waive, (terms[i]))
            : abi.encodeCall(IGrants.holdClaims, (terms[i], seed % 4 == 0));
        toGrants(seen[ids[i]].holder, data, waives ? "waive" : "holdClaims");
    }

    /// @dev Somebody who may not: nothing that is restricted, or the holder's, or Succession's, is ever done.
    function trespass(uint256 seed) external {
        if (ids.length == 0) return;
        bytes memory t = terms[seed % ids.length];
        bytes[] memory none = new bytes[](1);
        bytes[12] memory calls = [
            abi.encodeCall(IGrants.withdrawFree, (stranger, 0)),
            abi.encodeCall(IGrants.commit, ("root", 1, 0, 0)),
            abi.encodeCall(IGrants.rescind, (leaves[0].root)),
            abi.encodeCall(IGrants.end, (t, uint40(block.timestamp), false)),
            abi.encodeCall(IGrants.pause, (t)),
            abi.encodeCall(IGrants.resume, (t)),
            abi.encodeCall(IGrants.accelerate, (t, 1)),
            abi.encodeCall(IGrants.lowerWithholding, (t, 0)),
            abi.encodeCall(IGrants.waive, (t)),
            abi.encodeCall(IGrants.succeed, (t, none)),
            abi.encodeCall(IGrants.setHolder, (t, stranger)),
            abi.encodeCall(IGrants.setRecovering, (t, true))
        ];
        check(!toGrants(stranger, calls[(seed >> 16) % 12], "trespass"), Sentences.HOLDER_PAID, "trespass");
    }
}
