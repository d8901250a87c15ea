// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ISuccession} from "../../src/interfaces/ISuccession.sol";
import {Vm} from "../Vm.sol";

/// @notice The world as the events alone tell it: what an indexer knows.
contract Replay {
    uint256 public funded;
    uint256 public promised;
    mapping(bytes32 => uint256) public words;
    mapping(bytes32 => uint256) public goalWords;
    mapping(bytes32 => mapping(uint256 => uint256)) public attempts;
    mapping(address => mapping(address => uint256)) public owed;
    mapping(bytes32 => address) public holders; // of grants that changed hands
    mapping(bytes32 => ISuccession.Recovery) public recoveries;
    mapping(bytes32 => IGoals.Goal) private definitions;

    address private immutable grants;
    address private immutable goals;
    address private immutable succession;
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

    constructor(address grants_, address goals_, address succession_) {
        (grants, goals, succession) = (grants_, goals_, succession_);
    }

    function apply_(Vm.Log[] calldata logs) external {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == grants) grant(logs[i]);
            if (logs[i].emitter == goals) goal(logs[i]);
            if (logs[i].emitter == succession) recovery(logs[i]);
        }
    }

    function set(bytes32 id, uint256 place, uint256 bits, uint256 value) private {
        words[id] = put(words[id], place, bits, value);
    }

    function put(uint256 word, uint256 place, uint256 bits, uint256 value) private pure returns (uint256) {
        uint256 mask = ((1 << bits) - 1) << place;
        return (word & ~mask) | value << place;
    }

    function flag(bytes32 id, uint256 number, bool on) private {
        set(id, 104 + number, 1, on ? 1 : 0);
    }

    function grant(Vm.Log calldata log) private {
        bytes32 kind = log.topics[0];
        bytes32 id = log.topics.length > 1 ? log.topics[1] : bytes32(0);
        bytes calldata data = log.data;
        if (kind == IGrants.Funded.selector) {
            funded += abi.decode(data, (uint256));
        } else if (kind == IGrants.FreeWithdrawn.selector) {
            funded -= abi.decode(data, (uint256));
        } else if (kind == IGrants.RoundCommitted.selector) {
            promised += abi.decode(data, (uint256));
        } else if (kind == IGrants.RoundRescinded.selector) {
            promised -= abi.decode(data, (uint256));
        } else if (kind == IGrants.Opened.selector) {
            (,, uint256 bps) = abi.decode(data, (uint256, uint256, uint256));
            words[id] = 1 << 104 | bps << 120;
        } else if (kind == IGrants.Invalid.selector) {
            (, uint256 freed) = abi.decode(data, (uint256, uint256));
            words[id] = 3 << 104;
            promised -= freed;
        } else if (kind == IGrants.Claimed.selector) {
            (uint256 gross, uint256 withheld) = abi.decode(data, (uint256, uint256));
            words[id] += gross;
            funded += withheld;
        } else {
            change(kind, id, log);
        }
    }

    function change(bytes32 kind, bytes32 id, Vm.Log calldata log) private {
        bytes calldata data = log.data;
        if (kind == IGrants.Ended.selector) {
            (uint256 stopAt, bool grace, int256 freed, uint256 lost) =
                abi.decode(data, (uint256, bool, int256, uint256));
            flag(id, 2, false);
            flag(id, 3, true);
            flag(id, 4, grace);
            set(id, 152, 40, stopAt);
            set(id, 224, 32, lost);
            promised = uint256(int256(promised) - freed);
        } else if (kind == IGrants.EndWithdrawn.selector) {
            flag(id, 3, false);
            flag(id, 4, false);
            set(id, 152, 40, 0);
            promised = uint256(int256(promised) - abi.decode(data, (int256)));
        } else if (kind == IGrants.Paused.selector) {
            flag(id, 2, true);
            set(id, 152, 40, abi.decode(data, (uint256)));
        } else if (kind == IGrants.Resumed.selector) {
            flag(id, 2, false);
            set(id, 152, 40, 0);
            set(id, 224, 32, abi.decode(data, (uint256)));
        } else if (kind == IGrants.Accelerated.selector) {
            (uint256 credit, int256 freed) = abi.decode(data, (uint256, int256));
            set(id, 192, 32, credit);
            promised = uint256(int256(promised) - freed);
        } else if (kind == IGrants.Settled.selector || kind == IGrants.Waived.selector) {
            (uint256 value, uint256 freed) = abi.decode(data, (uint256, uint256));
            set(id, 106, 3, 0);
            flag(id, 5, true);
            set(id, 152, 104, value);
            promised -= freed;
        } else if (kind == IGrants.WithholdingLowered.selector) {
            set(id, 120, 16, abi.decode(data, (uint256)));
        } else if (kind == IGrants.ClaimsHeld.selector) {
            flag(id, 7, abi.decode(data, (bool)));
        } else {
            descent(kind, id, log);
        }
    }

    function descent(bytes32 kind, bytes32 id, Vm.Log calldata log) private {
        if (kind == IGrants.Succeeded.selector) {
            (uint256 place, bytes memory terms, int256 freed) = abi.decode(log.data, (uint256, bytes, int256));
            // the first takes over what was released; the place is the rank, and the rate stands in the terms
            uint256 rate = uint256(uint8(terms[52])) << 8 | uint8(terms[53]);
            uint256 since = words[id] & 0xffff << 136;
            bytes32 made = log.topics[2];
            if (place == 0) (inherited, sinceKept) = (uint104(words[id]), since);
            words[made] = 1 << 104 | rate << 120 | sinceKept | (place == 0 ? inherited : 0);
            words[id] = 3 << 104;
            promised = uint256(int256(promised) - freed);
        } else if (kind == IGrants.HolderChanged.selector) {
            flag(id, 6, true);
            flag(id, 8, false);
            holders[id] = address(uint160(uint256(log.topics[2])));
        } else if (kind == IGrants.RecoveringSet.selector) {
            flag(id, 8, abi.decode(log.data, (bool)));
        }
    }

    uint256 private inherited;
    uint256 private sinceKept;

    function recovery(Vm.Log calldata log) private {
        bytes32 kind = log.topics[0];
        ISuccession.Recovery storage made = recoveries[log.topics[1]];
        if (kind == ISuccession.RecoveryAnnounced.selector) {
            (made.to, made.cancelledAt) = (address(uint160(uint256(log.topics[2]))), 0);
            made.announcedAt = abi.decode(log.data, (uint40));
        } else if (kind == ISuccession.RecoveryVetoed.selector) {
            (made.to, made.announcedAt) = (address(0), 0);
            made.cancelledAt = abi.decode(log.data, (uint40));
        } else if (
            kind == ISuccession.RecoveryExecuted.selector || kind == ISuccession.RecoveryLapsed.selector
        ) {
            delete recoveries[log.topics[1]];
        }
    }

    function goal(Vm.Log calldata log) private {
        bytes32 kind = log.topics[0];
        bytes32 id = log.topics[1];
        bytes calldata data = log.data;
        uint256 word = goalWords[id];
        if (kind == IGoals.GoalDefined.selector) {
            (IGoals.Goal memory made,,) = abi.decode(data, (IGoals.Goal, uint8, address[]));
            definitions[id] = made;
            word = 1 << 72 | uint256(made.closes) << 80;
        } else if (kind == IGoals.Demanded.selector) {
            (, uint256 demandedAt) = abi.decode(data, (bytes32, uint256));
            word = put(put(word, 73, 1, 1), 120, 40, demandedAt);
        } else if (kind == IGoals.DemandRefused.selector) {
            word = put(put(word, 73, 1, 0), 120, 40, 0);
        } else if (kind == IGoals.Extended.selector) {
            word = put(put(word, 74, 1, 1), 80, 40, abi.decode(data, (uint256)));
        } else if (kind == IGoals.GoalClosed.selector) {
            (uint256 fraction, uint256 defaulted) = abi.decode(data, (uint256, uint256));
            word = put(put(put(word, 75, 1, 1), 0, 32, fraction), 200, 32, defaulted);
        } else if (kind == IGoals.BondWithdrawn.selector) {
            owed[
                address(uint160(uint256(log.topics[1])))
            ][address(uint160(uint256(log.topics[2])))] -= abi.decode(data, (uint256));
            return;
        } else {
            attempt(kind, id, uint256(log.topics[2]), log);
            return;
        }
        goalWords[id] = word;
    }

    function attempt(bytes32 kind, bytes32 id, uint256 n, Vm.Log calldata log) private {
        bytes calldata data = log.data;
        uint256 made = attempts[id][n];
        if (kind == IGoals.Registered.selector) {
            (, uint256 at_, uint256 number, uint256 deadline) =
                abi.decode(data, (bytes32, uint256, uint256, uint256));
            made = at_ | number << 40 | deadline << 80 | 1 << 152;
            goalWords[id] = put(goalWords[id] + (1 << 32 | 1 << 48), 160, 40, at_);
        } else if (kind == IGoals.Sealed.selector) {
            made = put(made, 160, 96, abi.decode(data, (uint256)));
        } else if (kind == IGoals.Proposed.selector) {
            (,,,,, uint256 fraction, uint256 deadline) =
                abi.decode(data, (uint256, uint256, uint256, bytes32, uint256, uint256, uint256));
            made = put(put(put(made, 152, 8, 0x12), 120, 32, fraction), 80, 40, deadline);
        } else if (kind == IGoals.Expired.selector) {
            made = put(put(made, 152, 4, 2), 80, 40, abi.decode(data, (uint256)));
        } else if (kind == IGoals.Challenged.selector) {
            (,, uint256 deadline) = abi.decode(data, (bytes32, uint256, uint256));
            made = put(put(made, 152, 4, 3), 80, 40, deadline);
            challengers[id][n] = address(uint160(uint256(log.topics[3])));
        } else if (kind == IGoals.Finalized.selector) {
            (uint256 fraction, uint256 best, uint256 back, bool cleared) =
                abi.decode(data, (uint256, uint256, uint256, bool));
            made = put(put(made, 152, 4, 4), 120, 32, fraction);
            if (cleared) made = answered(id, made);
            goalWords[id] = put(goalWords[id] - (1 << 48), 0, 32, best);
            owed[definitions[id].bondToken][challengers[id][n]] += back;
        } else if (kind == IGoals.Resolved.selector) {
            made = resolved(id, n, made, data);
        }
        attempts[id][n] = made;
    }

    mapping(bytes32 => mapping(uint256 => address)) private challengers;

    struct Resolved {
        uint256 verdict;
        uint256 fraction;
        uint256 x;
        uint256 y;
        uint256 guards;
        uint256 toSponsor;
        uint256 toChallenger;
        uint256 toDead;
        bool cleared;
    }

    function resolved(bytes32 id, uint256 n, uint256 made, bytes calldata data) private returns (uint256) {
        Resolved memory r = abi.decode(data, (Resolved));
        uint256 word = goalWords[id] - (1 << 48);
        if (r.fraction > uint32(word)) word = put(word, 0, 32, r.fraction);
        if (r.verdict == 3) word += 1 << 64;
        goalWords[id] = word;
        address token = definitions[id].bondToken;
        owed[token][definitions[id].sponsor] += r.toSponsor;
        owed[token][challengers[id][n]] += r.toChallenger;
        owed[token][DEAD] += r.toDead;
        made = put(put(made, 152, 4, r.verdict == 3 ? 5 : 4), 120, 32, r.fraction);
        return r.cleared ? answered(id, made) : made;
    }

    /// @dev The demand stands no longer; the attempt counts from it on.
    function answered(bytes32 id, uint256 made) private returns (uint256) {
        uint256 word = goalWords[id];
        goalWords[id] = put(word, 73, 1, 0);
        return put(put(made, 157, 1, 1), 80, 40, uint40(word >> 120));
    }
}
