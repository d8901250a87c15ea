// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Base} from "../Base.t.sol";
import {Builders} from "../Builders.sol";
import {Vm} from "../Vm.sol";
import {Replay} from "./Replay.sol";

/// @notice Plays everybody, at random: a company, holders, keepers, a sponsor, a panel, an arbiter.
/// @dev Calls that the contracts refuse are part of the play; a panic, or a revert without a reason, is a failure.
contract Handler is Base {
    uint256 private constant GRANTS_MAX = 48;
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

    string[12] private NAMES = [
        "register",
        "register",
        "seal",
        "propose",
        "propose",
        "expire",
        "challenge",
        "resolve",
        "finalize",
        "close",
        "demand",
        "withdrawBond"
    ];

    Replay public replay;
    IGoals.Goal[] private definitions;
    bytes32[] public goalIds;

    bytes[] private terms;
    bytes32[] public ids;
    uint256[] public held; // as a leaf of its round, while unopened
    bytes32[] private roots;
    bytes[] private proofs;
    bool[] public lapsing;
    mapping(bytes32 => uint256) public rescinded;
    mapping(bytes32 => uint256) private vestedBefore;
    uint256 public bondsPaid;
    string public failure;
    mapping(string => uint256) public done;

    function init() external {
        setUp();
        replay = new Replay(address(grants), address(goals));
        vm.prank(stranger);
        bondCoin.approve(address(goals), type(uint256).max);
        vm.prank(company);
        token.approve(address(grants), type(uint256).max);
        IGoals.Goal memory goal = proportion();
        goal.closes = T0 + 300 days;
        (goal.attempts, goal.maxVoids, goal.runSeconds) = (16, 8, 20 days);
        add(goal);
        goal = milestone();
        (goal.attempts, goal.runSeconds) = (8, 20 days);
        goal.closes = T0 + 200 days;
        add(goal);
        goal.seedBlocks = 2;
        goal.spec = "sealed";
        add(goal);
    }

    function add(IGoals.Goal memory goal) private {
        vm.recordLogs();
        goalIds.push(defined(goal));
        definitions.push(goal);
        replay.apply_(vm.getRecordedLogs());
    }

    // ------------------------------------------------------------------------------------------------- machinery

    /// @dev One call by `caller`, its events replayed, the vested amounts before and after compared.
    function act(address caller, address target, bytes memory data, string memory name, uint256 mayFall)
        private
    {
        for (uint256 i; i < ids.length; ++i) {
            vestedBefore[ids[i]] = vestedOf(i);
        }
        vm.recordLogs();
        vm.prank(caller);
        (bool ok, bytes memory answer) = target.call(data);
        Vm.Log[] memory logs = vm.getRecordedLogs(); // those of a call that reverted, too
        if (ok) replay.apply_(logs);
        if (ok) ++done[name];
        else if (answer.length < 4 || bytes4(answer) == 0x4e487b71) failure = string.concat(name, " panics");
        for (uint256 i; i < ids.length; ++i) {
            if (i != mayFall && !lapsing[i] && vestedOf(i) < vestedBefore[ids[i]]) {
                failure = string.concat(name, " lowers what is vested");
            }
        }
    }

    function act(address caller, bytes memory data, string memory name) private {
        act(caller, address(grants), data, name, type(uint256).max);
    }

    function vestedOf(uint256 i) public view returns (uint256 vested) {
        uint256 word = grants.words(ids[i]);
        if (word & OPENED == 0 || word & CLOSED != 0) return 0;
        (,, vested,,,) = grants.amounts(terms[i]);
    }

    function amountsOf(uint256 i) external view returns (uint256 vested, uint256 released_, uint256 held_) {
        (,, vested,, released_, held_) = grants.amounts(terms[i]);
    }

    function count() external view returns (uint256) {
        return ids.length;
    }

    function world() external view returns (address, address, address, address) {
        return (address(grants), address(goals), address(token), address(bondCoin));
    }

    function parties() external view returns (address[3] memory) {
        return [sponsor, stranger, DEAD];
    }

    // ------------------------------------------------------------------------------------------------- time, money

    function wait(uint256 seed) external {
        uint256 time = block.timestamp + (seed % 16 == 0 ? within(seed, 0, 60 days) : within(seed, 0, 4 days));
        for (uint256 i; i < ids.length; ++i) {
            vestedBefore[ids[i]] = vestedOf(i);
        }
        vm.warp(time);
        vm.roll(block.number + within(seed >> 8, 1, 5));
        for (uint256 i; i < ids.length; ++i) {
            if (!lapsing[i] && vestedOf(i) < vestedBefore[ids[i]]) failure = "time lowers what is vested";
        }
    }

    function fund(uint256 seed) external {
        act(company, abi.encodeCall(IGrants.fund, (uint128(within(seed, 0, 100_000e18)))), "fund");
    }

    function withdrawFree(uint256 seed) external {
        uint256 most = free();
        uint128 amount = uint128(seed % 4 == 0 ? most + 1 : within(seed, 0, most));
        act(company, abi.encodeCall(IGrants.withdrawFree, (company, amount)), "withdrawFree");
    }

    /// @dev A round of one to four grants, one of which may be invalid.
    function commit(uint256 seed) external {
        // slowly: late grants keep a long play alive
        if (ids.length >= 4 && (seed >> 200) % 4 != 0 || ids.length >= GRANTS_MAX) return;
        uint256 size = within(seed, 1, 4);
        uint256 first = ids.length;
        bytes32[] memory hashes = new bytes32[](size);
        uint256[] memory sums = new uint256[](size);
        for (uint256 i; i < size; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            IGrants.Terms memory t = drawn(seed);
            lapsing.push(t.gates.length > 0 && t.gates[0].rule & 1 != 0);
            terms.push(Builders.pack(t));
            ids.push(grants.idOf(terms[first + i]));
            held.push(t.amount);
            (hashes[i], sums[i]) = (ids[first + i], t.amount);
        }
        bytes32 root;
        uint256 total;
        for (uint256 i; i < size; ++i) {
            bytes memory proof;
            (root, total, proof) = Builders.tree(copy(hashes), copy(sums), i);
            proofs.push(proof);
        }
        for (uint256 i; i < size; ++i) {
            roots.push(root);
        }
        uint40 bindingAt = seed % 2 == 0 ? uint40(block.timestamp + within(seed, 0, 30 days)) : 0;
        if (total > free()) act(company, abi.encodeCall(IGrants.fund, (uint128(total))), "fund");
        act(company, abi.encodeCall(IGrants.commit, (root, uint128(total), "round", bindingAt)), "commit");
    }

    function copy(bytes32[] memory list) private pure returns (bytes32[] memory) {
        return abi.decode(abi.encode(list), (bytes32[]));
    }

    function copy(uint256[] memory list) private pure returns (uint256[] memory) {
        return abi.decode(abi.encode(list), (uint256[]));
    }

    function drawn(uint256 seed) private view returns (IGrants.Terms memory t) {
        t = plain();
        t.recipient = vm.addr(1000 + seed % 5);
        t.amount = uint104(within(seed >> 8, 1, seed % 2 == 0 ? 1000 : 10_000e18));
        t.start = uint40(block.timestamp + within(seed >> 16, 0, 40 days) - 20 days);
        t.document = bytes32(seed);
        t.withholdBps = seed % 2 == 0 ? 0 : uint16(within(seed >> 24, 0, seed % 32 == 1 ? 10_001 : 10_000));
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
            if (gates == 2) rule &= 2; // lapsing grants have one gate, so that `lapsing` is exact
            uint32 share = rule & 2 != 0 ? 0 : uint32(within(seed >> 100, 0, 5e8));
            t.gates[i] = IGrants.Gate(goalIds[(seed >> 140) % goalIds.length], share, rule);
        }
    }

    function rescind(uint256 seed) external {
        if (ids.length == 0) return;
        bytes32 root = roots[roots.length - 1 - seed % (roots.length < 4 ? 1 : 4)];
        (uint128 total,,,) = grants.rounds(root);
        act(company, abi.encodeCall(IGrants.rescind, (root)), "rescind");
        (uint128 left,,,) = grants.rounds(root);
        if (total > 0 && left == 0) rescinded[root] = total;
    }

    function rootOf(uint256 i) external view returns (bytes32) {
        return roots[i];
    }

    // ------------------------------------------------------------------------------------------------- grants

    function open(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = seed % ids.length;
        uint32 index;
        while (i - index > 0 && roots[i - index - 1] == roots[i]) ++index;
        bytes memory data = (seed >> 32) % 2 == 0
            ? abi.encodeCall(IGrants.open, (terms[i], roots[i], index, proofs[i]))
            : abi.encodeCall(IGrants.claimFirst, (terms[i], roots[i], index, proofs[i]));
        act(keeper, data, "open");
    }

    function claim(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = seed % ids.length;
        address caller = seed % 2 == 0 ? keeper : address(bytes20(terms[i]));
        act(caller, abi.encodeCall(IGrants.claim, (terms[i])), "claim");
    }

    function claimMany() external {
        act(keeper, abi.encodeCall(IGrants.claimMany, (terms)), "claimMany");
    }

    function change(uint256 seed) external {
        if (ids.length == 0) return;
        uint256 i = seed % ids.length;
        uint256 what = (seed >> 16) % 8;
        if (what == 0) i = flagged(i, ENDED);
        if (what == 4) i = flagged(i, PAUSED);
        if (what == 6 && seed >> 255 == 0) i = over(i);
        bytes memory t = terms[i];
        if (what < 3) {
            uint256 at_ = block.timestamp + within(seed >> 32, 0, 300 days) - 31 days;
            if (what == 0) at_ = 0;
            if (what == 1) at_ = block.timestamp;
            bytes memory data = abi.encodeCall(IGrants.end, (t, uint40(at_), (seed >> 64) % 2 == 0));
            act(
                company,
                address(grants),
                data,
                what == 0 ? "withdraw end" : "end",
                what == 0 ? type(uint256).max : i
            );
        }
        if (what == 3) act(company, abi.encodeCall(IGrants.pause, (t)), "pause");
        if (what == 4) act(company, abi.encodeCall(IGrants.resume, (t)), "resume");
        if (what == 5) {
            uint32 by = (seed >> 32) % 20 == 0 ? type(uint32).max : uint32(within(seed >> 40, 0, 50 days));
            act(company, abi.encodeCall(IGrants.accelerate, (t, by)), "accelerate");
        }
        if (what == 6) act(keeper, abi.encodeCall(IGrants.settle, (t)), "settle");
        if (what == 7) {
            uint16 bps = uint16(within(seed >> 32, 0, 10_000));
            act(company, abi.encodeCall(IGrants.lowerWithholding, (t, bps)), "lowerWithholding");
        }
    }

    /// @dev The first grant from `i` on that is paused, or whose end is announced; `i` if there is none.
    function flagged(uint256 i, uint256 flag) private view returns (uint256) {
        for (uint256 k; k < ids.length; ++k) {
            uint256 word = grants.words(ids[(i + k) % ids.length]);
            if (word & flag == 0) continue;
            if (flag == PAUSED || uint40(word >> 152) > block.timestamp) return (i + k) % ids.length;
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
        address caller = address(bytes20(terms[i]));
        bytes memory data = seed % 9 == 0
            ? abi.encodeCall(IGrants.waive, (terms[i]))
            : abi.encodeCall(IGrants.holdClaims, (terms[i], seed % 4 == 0));
        act(caller, data, seed % 9 == 0 ? "waive" : "holdClaims");
    }

    // ------------------------------------------------------------------------------------------------- goals

    function judge(uint256 seed) external {
        uint256 what = (seed >> 16) % 12;
        (uint256 which, uint16 n) = attemptFor(what, seed);
        IGoals.Goal memory g = definitions[which];
        bytes32 id = goalIds[which];
        uint256 known = uint16(goals.stateOf(id) >> 32);
        bytes memory data;
        address caller = keeper;
        if (what < 2) {
            uint40 until = uint40(block.timestamp);
            data = abi.encodeCall(
                IGoals.register, (g, "model", until, signed(acceptHash(id, known, "model", until), 1))
            );
            caller = sponsor;
        }
        if (what == 2) {
            (g, id) = (definitions[2], goalIds[2]);
            uint256 last = uint16(goals.stateOf(id) >> 32);
            n = uint16(last == 0 ? 0 : last - 1);
            uint256 drawnBy = uint40(attemptWord(id, n) >> 40) + 2;
            if (drawnBy < block.number && drawnBy + 256 >= block.number) {
                vm.setBlockhash(drawnBy, keccak256(abi.encode(drawnBy)));
            }
            data = abi.encodeCall(IGoals.seal, (g, n));
        }
        if (what == 3 || what == 4) {
            IGoals.Result memory made = resultOf(g, n, uint128(within(seed >> 32, 0, g.samples)));
            data = abi.encodeCall(IGoals.propose, (g, made, signed(resultHash(id, made), 3)));
        }
        if (what == 5) data = abi.encodeCall(IGoals.expire, (g, n));
        if (what == 6) (data, caller) = (abi.encodeCall(IGoals.challenge, (g, n, "why")), stranger);
        if (what == 7) {
            uint128 x = uint128(within(seed >> 40, 0, g.samples));
            data = abi.encodeCall(IGoals.resolve, (g, n, uint8(within(seed >> 32, 1, 3)), x, 0, g.guards));
            caller = arbiter;
        }
        if (what == 8) data = abi.encodeCall(IGoals.finalize, (id, n));
        if (what == 9) data = abi.encodeCall(IGoals.close, (g));
        if (what == 10) (data, caller) = demanding(g, seed);
        if (what == 11) (data, caller) = withdrawing(seed);
        act(caller, address(goals), data, NAMES[what], type(uint256).max);
    }

    /// @dev Mostly an attempt for which the call is due, from a random goal on; sometimes any.
    function attemptFor(uint256 what, uint256 seed) private view returns (uint256 which, uint16 n) {
        which = seed % definitions.length;
        if (what < 3 || what > 8 || seed >> 253 == 0) return (which, uint16((seed >> 8) % 4));
        for (uint256 k; k < definitions.length; ++k) {
            which = (which + 1) % definitions.length;
            uint256 known = uint16(goals.stateOf(goalIds[which]) >> 32);
            for (n = 0; n < known; ++n) {
                if (isDue(what, attemptWord(goalIds[which], n))) return (which, n);
            }
        }
        n = 0;
    }

    function isDue(uint256 what, uint256 word) private view returns (bool) {
        uint256 status = (word >> 152) & 0xf;
        bool over_ = block.timestamp > uint40(word >> 80);
        if (what == 3 || what == 4) return status == 1 && !over_;
        if (what == 5) return status == 1 && over_;
        if (what == 6) return status == 2 && !over_;
        if (what == 7) return status == 3 && !over_;
        return (status == 2 || status == 3) && over_;
    }

    function demanding(IGoals.Goal memory g, uint256 seed) private view returns (bytes memory, address) {
        uint256 what = (seed >> 32) % 4;
        if (what < 2) return (abi.encodeCall(IGoals.demand, (g, "model")), sponsor);
        if (what == 2) return (abi.encodeCall(IGoals.refuse, (g)), arbiter);
        return
            (abi.encodeCall(IGoals.extend, (g, g.closes + uint40(within(seed >> 40, 0, 30 days)))), arbiter);
    }

    function withdrawing(uint256 seed) private view returns (bytes memory, address) {
        return
            (abi.encodeCall(IGoals.withdrawBond, (address(bondCoin))), seed >> 255 == 0 ? sponsor : stranger);
    }
}
