// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Base} from "../Base.t.sol";
import {Builders} from "../Builders.sol";
import {Vm} from "../Vm.sol";
import {OddCoin} from "../mocks/OddCoin.sol";
import {Replay} from "./Replay.sol";
import {Sentences} from "./Sentences.sol";

/// @notice The stage of a random play: makes the calls, and after each compares the world with the one before.
/// @dev Calls that the contracts refuse are part of the play; a panic, or a revert without a reason, is a failure.
/// What is found is kept by the sentence that it breaks; the invariants ask for each of them.
abstract contract Play is Base {
    uint256 internal constant GRANTS_MAX = 24;
    uint256 internal constant GOALS = 3;
    uint256 internal constant BOND = 101;
    uint256 internal constant CALL_GAS = 60_000_000;
    uint256 internal constant NOBODY = type(uint256).max;
    address internal constant DEAD = 0x000000000000000000000000000000000000dEaD;

    /// @dev A grant as it was after the last step.
    struct Seen {
        uint256 word;
        uint256 vested;
        address holder;
        bool over;
    }

    /// @dev Where a grant waits to be opened; a successor has no root.
    struct Leaf {
        bytes32 root;
        uint32 index;
        uint256 amount;
        bytes proof;
    }

    Replay public replay;
    OddCoin public coin; // the pool's; blocks a recipient now and then

    bytes[] internal terms;
    bytes[] internal drawings; // the same terms, encoded by name
    bytes32[] public ids;
    Leaf[] internal leaves;
    bool[] internal lapsing;
    mapping(bytes32 => bool) internal taken; // a successor that waited in a round, whose amount there stays locked
    mapping(bytes32 => address) internal recipients;
    mapping(bytes32 => uint256) internal totals; // of a root, as committed
    mapping(bytes32 => uint256) internal proven; // of a root: amounts of the leaves that were opened
    mapping(bytes32 => uint256) internal openings; // of a grant
    mapping(address => uint256) public paid; // by events, to this account

    IGoals.Goal[] internal definitions;
    bytes32[] public goalIds;

    mapping(bytes32 => Seen) internal seen;
    mapping(bytes32 => uint256) internal seenGoals;
    mapping(bytes32 => mapping(uint256 => uint256)) internal seenAttempts;
    uint256 internal backdated = NOBODY; // the grant that the present call may lower
    uint256 public promisedSum; // what all grants and unopened leaves hold
    uint256 public releasedSum;
    uint256 public donated; // sent to the pool without `fund`

    mapping(string => uint256) public done;
    mapping(string => uint256) public refused;
    mapping(string => string) public broken; // by sentence

    function fail(string memory sentence, string memory name) internal {
        if (bytes(broken[sentence]).length == 0) broken[sentence] = name;
    }

    function check(bool holds, string memory sentence, string memory name) internal {
        if (!holds) fail(sentence, name);
    }

    // ------------------------------------------------------------------------------------------------- one step

    /// @dev One call by `caller`: refused without a trace, or its events replayed and the worlds compared.
    function act(address caller, address target, bytes memory data, string memory name)
        internal
        returns (bool ok)
    {
        vm.recordLogs();
        vm.prank(caller);
        bytes memory answer;
        (ok, answer) = target.call{gas: CALL_GAS}(data);
        Vm.Log[] memory logs = vm.getRecordedLogs(); // those of a call that reverted, too
        if (!ok) {
            ++refused[name];
            check(answer.length >= 4 && bytes4(answer) != 0x4e487b71, Sentences.NO_PANIC, name);
            return false;
        }
        ++done[name];
        replay.apply_(logs);
        read(logs, name);
        compare(name);
        if (target == address(goals)) compareAttempts(name);
    }

    function toGrants(address caller, bytes memory data, string memory name) internal returns (bool) {
        return act(caller, address(grants), data, name);
    }

    /// @dev Who was paid, and what was opened from where, by the events of one call.
    function read(Vm.Log[] memory logs, string memory name) private {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == address(goals)) judged(logs[i], name);
            if (logs[i].emitter != address(grants)) continue;
            bytes32 kind = logs[i].topics[0];
            bytes32 id = logs[i].topics[1];
            if (kind == IGrants.Claimed.selector) {
                address to = address(uint160(uint256(logs[i].topics[2])));
                (uint256 gross, uint256 withheld) = abi.decode(logs[i].data, (uint256, uint256));
                paid[to] += gross - withheld;
                address holder_ = seen[id].word == 0 ? recipients[id] : seen[id].holder;
                check(to == holder_, Sentences.HOLDER_PAID, name);
            } else if (kind == IGrants.RoundCommitted.selector) {
                totals[id] = abi.decode(logs[i].data, (uint256));
            } else if (kind == IGrants.Opened.selector || kind == IGrants.Invalid.selector) {
                bytes32 root = logs[i].topics[2];
                (, uint256 amount) = abi.decode(logs[i].data, (uint256, uint256));
                proven[root] += amount;
                check(proven[root] <= totals[root], Sentences.OPENS_ONCE, name);
                check(++openings[id] == 1, Sentences.OPENS_ONCE, name);
                if (kind == IGrants.Invalid.selector) ++done["an invalid leaf is closed"];
            } else if (kind == IGrants.Succeeded.selector) {
                (uint256 place, bytes memory made) = abi.decode(logs[i].data, (uint256, bytes));
                // what a grant counts as paid was paid to the one who holds it
                bool same = address(bytes20(made)) == seen[id].holder || uint104(seen[id].word) == 0;
                check(place > 0 || same, Sentences.HOLDER_PAID, name);
                check(++openings[logs[i].topics[2]] == 1, Sentences.OPENS_ONCE, name);
            }
        }
    }

    /// @dev Half of a lost bond goes to the sponsor and half to nobody; every other bond goes back.
    function judged(Vm.Log memory log, string memory name) private {
        if (log.topics[0] != IGoals.Resolved.selector) return;
        (uint256 verdict,,,,, uint256 toSponsor, uint256 toChallenger, uint256 toDead) =
            abi.decode(log.data, (uint256, uint256, uint256, uint256, uint256, uint256, uint256, uint256));
        bool fair = verdict == 1
            ? toSponsor == BOND / 2 && toDead == BOND - BOND / 2 && toChallenger == 0
            : toSponsor == 0 && toDead == 0 && toChallenger == BOND;
        check(fair, Sentences.NO_JUDGE, name);
    }

    /// @dev Every grant and goal beside what it was.
    function compare(string memory name) internal {
        (uint256 promised, uint256 released_) = (0, 0);
        for (uint256 i; i < ids.length; ++i) {
            (uint256 held, uint256 out) = compareGrant(i, name);
            promised += held + lockedIn(i);
            released_ += out;
        }
        (promisedSum, releasedSum) = (promised, released_);
        for (uint256 g; g < goalIds.length; ++g) {
            bytes32 id = goalIds[g];
            uint256 word = goals.stateOf(id);
            check(replay.goalWords(id) == word, Sentences.EVENTS, name);
            check(goalMoves(seenGoals[id], word), Sentences.FORWARD, name);
            if (seenGoals[id] >> 75 & 1 != 0) check(word == seenGoals[id], Sentences.FINAL, name);
            seenGoals[id] = word;
        }
    }

    function compareGrant(uint256 i, string memory name) private returns (uint256 held, uint256 out) {
        bytes32 id = ids[i];
        uint256 word = grants.words(id);
        Seen storage was = seen[id];
        check(replay.words(id) == word, Sentences.EVENTS, name);
        if (word == 0) {
            check(was.word == 0, Sentences.FORWARD, name);
            if (leaves[i].root == 0) return (0, 0);
            (uint128 total,,,) = grants.rounds(leaves[i].root);
            return (total > 0 ? leaves[i].amount : 0, 0);
        }
        bool over = word & ENDED != 0 && uint40(word >> 152) <= block.timestamp;
        check(over || !was.over || word & (CLOSED | SETTLED) != 0, Sentences.FORWARD, name);
        check(grantMoves(was.word, word), Sentences.FORWARD, name);
        // a second move leaves the word as it is
        bool moves = word != was.word || bytes32(bytes(name)) == "move";
        bool ends = over && !was.over;
        (was.word, was.over) = (word, over);
        if (word & CLOSED != 0) return (0, 0);
        if (moves) {
            was.holder = grants.holderOf(terms[i]);
            check(replay.holders(id) == grants.holders(id), Sentences.EVENTS, name);
        }
        return compareAmounts(i, was, ends, name);
    }

    function lockedIn(uint256 i) private view returns (uint256) {
        if (!taken[ids[i]] || grants.words(ids[i]) == 0) return 0;
        (uint128 total,,,) = grants.rounds(leaves[i].root);
        return total > 0 ? leaves[i].amount : 0;
    }

    function compareAmounts(uint256 i, Seen storage was, bool ends, string memory name)
        private
        returns (uint256 held, uint256 out)
    {
        uint256 openPpb;
        uint256 vested;
        (, openPpb, vested,, out, held) = grants.amounts(terms[i]);
        check(out <= vested && vested <= held && held <= leaves[i].amount, Sentences.NOT_MORE, name);
        if (vested < was.vested) {
            bool allowed = i == backdated && vested >= leastAfterEnd(i, was.word, openPpb);
            if (lapsing[i] && ends) allowed = allowed || i != backdated; // the lapse that the terms name
            check(allowed, Sentences.VESTED_STAYS, name);
        }
        was.vested = vested;
    }

    /// @dev What an end reaching back as far as the terms allow leaves, by a schedule read apart from the contract's.
    function leastAfterEnd(uint256 i, uint256 word, uint256 openPpb) private view returns (uint256) {
        IGrants.Terms memory t = abi.decode(drawings[i], (IGrants.Terms));
        int256 elapsed = int256(block.timestamp) - int256(uint256(t.backdateSeconds));
        elapsed += int256(uint256(uint32(word >> 192))) - int256(word >> 224) - int256(uint256(t.start));
        return t.amount * Builders.naiveFraction(t.vesting, elapsed) * openPpb / 1e18;
    }

    // ------------------------------------------------------------------------------------------------- directions

    /// @dev Whether a grant's word may follow another: nothing that was reached is left again.
    function grantMoves(uint256 was, uint256 word) private pure returns (bool) {
        if (was == 0 || was == word) return true;
        if (was & CLOSED != 0 || word & OPENED == 0) return false; // a closed word never changes
        if (word & CLOSED != 0) return word == (OPENED | CLOSED);
        if (uint104(word) < uint104(was)) return false; // released
        if (uint16(word >> 120) > uint16(was >> 120)) return false; // withholding
        if (uint16(word >> 136) != uint16(was >> 136)) return false; // since
        if (was & MOVED != 0 && word & MOVED == 0) return false;
        if (was & SETTLED != 0) return word & SETTLED != 0 && word >> 152 == was >> 152;
        if (word & SETTLED != 0) return true;
        return uint32(word >> 192) >= uint32(was >> 192) && word >> 224 >= was >> 224; // credit, lost
    }

    function goalMoves(uint256 was, uint256 word) private pure returns (bool) {
        if (uint32(word) < uint32(was) || uint8(word >> 64) < uint8(was >> 64)) return false; // fraction, voided
        uint256 more = uint256(uint16(word >> 32)) - uint16(was >> 32); // count, by one at a time
        uint256 kept = was & (0xd << 72); // DEFINED, EXTENDED, FINAL
        bool times = uint40(word >> 80) >= uint40(was >> 80) && uint40(word >> 160) >= uint40(was >> 160);
        return more <= 1 && word & kept == kept && times;
    }

    function compareAttempts(string memory name) private {
        for (uint256 g; g < goalIds.length; ++g) {
            bytes32 id = goalIds[g];
            uint256 known = uint16(goals.stateOf(id) >> 32);
            (uint256 pending, uint256 voided, uint256 best) = (0, 0, uint32(seenGoals[id] >> 200));
            for (uint16 n; n < known; ++n) {
                uint256 word = attemptWord(id, n);
                check(replay.attempts(id, n) == word, Sentences.EVENTS, name);
                check(attemptMoves(seenAttempts[id][n], word), Sentences.COUNTS_ONCE, name);
                seenAttempts[id][n] = word;
                uint256 status = (word >> 152) & 0xf;
                if (status < 4) ++pending;
                if (status == 5) ++voided;
                if (status >= 4 && uint32(word >> 120) > best) best = uint32(word >> 120);
            }
            uint256 state = seenGoals[id];
            bool counted = uint16(state >> 48) == pending && uint8(state >> 64) == voided;
            check(counted && uint32(state) == best && best <= 1e9, Sentences.COUNTS_ONCE, name);
        }
    }

    /// @dev NONE, REGISTERED, PROPOSED, CHALLENGED, FINISHED or VOID; a finished attempt never changes, and no
    /// attempt is anything before it was registered.
    function attemptMoves(uint256 was, uint256 word) private view returns (bool) {
        (uint256 from, uint256 to) = ((was >> 152) & 0xf, (word >> 152) & 0xf);
        if (from >= 4) return word == was;
        if (from == 0) {
            return to == 1 && uint40(word) == block.timestamp && uint40(word >> 40) == block.number;
        }
        bool sealed_ = was >> 160 == 0 || was >> 160 == word >> 160;
        return to >= from && uint80(word) == uint80(was) && sealed_;
    }

    // ------------------------------------------------------------------------------------------------- time, views

    function wait(uint256 seed) external {
        uint256 time = block.timestamp + (seed % 16 == 0 ? within(seed, 0, 60 days) : within(seed, 0, 4 days));
        vm.warp(time);
        vm.roll(block.number + within(seed >> 8, 1, 5));
        compare("time");
    }

    function count() external view returns (uint256) {
        return ids.length;
    }

    function world() external view returns (address, address, address, address) {
        return (address(grants), address(goals), address(coin), address(bondCoin));
    }

    /// @notice The accounts that decide about results: none of them may earn by it.
    function judges() external view returns (address[4] memory) {
        return [arbiter, panel[0], panel[1], panel[2]];
    }

    function parties() external view returns (address[3] memory) {
        return [sponsor, stranger, DEAD];
    }
}
