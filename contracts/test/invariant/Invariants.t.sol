// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Goals} from "../../src/Goals.sol";
import {Grants} from "../../src/Grants.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Vm} from "../Vm.sol";
import {Handler} from "./Handler.sol";
import {Replay} from "./Replay.sol";

/// @notice What holds after every step of any sequence of calls.
contract Invariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    bool public constant IS_TEST = true;
    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    uint256 private constant OPENED = 1 << 104;
    uint256 private constant CLOSED = 2 << 104;

    Handler private handler;
    Grants private grants;
    Goals private goals;
    IERC20 private token;
    IERC20 private bondCoin;
    Replay private replay;

    function setUp() public {
        handler = new Handler();
        handler.init();
        (address a, address b, address c, address d) = handler.world();
        (grants, goals, token, bondCoin) = (Grants(a), Goals(b), IERC20(c), IERC20(d));
        replay = handler.replay();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0].addr = address(handler);
        bytes4[] memory all = new bytes4[](16);
        (all[0], all[1], all[2]) =
        (Handler.wait.selector, Handler.fund.selector, Handler.withdrawFree.selector);
        (all[3], all[4], all[5]) = (Handler.commit.selector, Handler.rescind.selector, Handler.open.selector);
        (all[6], all[7], all[8]) =
        (Handler.claim.selector, Handler.claimMany.selector, Handler.change.selector);
        (all[9], all[10], all[11]) = (Handler.hold.selector, Handler.judge.selector, Handler.judge.selector);
        (all[12], all[13], all[14]) = (Handler.judge.selector, Handler.open.selector, Handler.change.selector);
        all[15] = Handler.wait.selector;
        list[0].selectors = all;
    }

    function invariant_TheBooksBalance() public view {
        uint256 promised;
        uint256 released;
        for (uint256 i; i < handler.count(); ++i) {
            bytes32 id = handler.ids(i);
            uint256 word = grants.words(id);
            if (word == 0) {
                (uint128 total,,,) = grants.rounds(handler.rootOf(i));
                if (total > 0) promised += handler.held(i);
            } else if (word & CLOSED == 0) {
                (uint256 vested, uint256 paid, uint256 held) = handler.amountsOf(i);
                vm.assertLe(paid, vested, "released <= vested");
                vm.assertLe(vested, held, "vested <= held");
                promised += held;
                released += paid;
            }
        }
        vm.assertEq(grants.promised(), promised, "promised is what all grants hold");
        vm.assertLe(promised, grants.funded(), "promised <= funded");
        vm.assertEq(token.balanceOf(address(grants)), grants.funded() - released, "solvent to the unit");
    }

    function invariant_EventsRebuildTheWorld() public view {
        vm.assertEq(replay.funded(), grants.funded(), "funded");
        vm.assertEq(replay.promised(), grants.promised(), "promised");
        for (uint256 i; i < handler.count(); ++i) {
            bytes32 id = handler.ids(i);
            vm.assertEq(replay.words(id), grants.words(id), "grant word");
        }
        for (uint256 g; g < 3; ++g) {
            bytes32 id = handler.goalIds(g);
            uint256 word = goals.stateOf(id);
            vm.assertEq(replay.goalWords(id), word, "goal word");
            for (uint16 n; n < uint16(word >> 32); ++n) {
                (uint256 made,,) = goals.attemptOf(id, n);
                vm.assertEq(replay.attempts(id, n), made, "attempt word");
            }
        }
    }

    function invariant_BondsAreAllThere() public view {
        address[3] memory parties = handler.parties();
        uint256 owed;
        for (uint256 i; i < 3; ++i) {
            uint256 one = goals.bondOwed(address(bondCoin), parties[i]);
            vm.assertEq(one, replay.owed(address(bondCoin), parties[i]), "bond ledger");
            owed += one;
        }
        uint256 open;
        for (uint256 g; g < 3; ++g) {
            bytes32 id = handler.goalIds(g);
            for (uint16 n; n < uint16(goals.stateOf(id) >> 32); ++n) {
                (uint256 made,,) = goals.attemptOf(id, n);
                if ((made >> 152) & 0xf == 3) open += 101;
            }
        }
        vm.assertEq(bondCoin.balanceOf(address(goals)), owed + open, "bonds");
    }

    function invariant_GoalsCountRight() public view {
        for (uint256 g; g < 3; ++g) {
            bytes32 id = handler.goalIds(g);
            uint256 word = goals.stateOf(id);
            (uint256 pending, uint256 voided, uint256 best) = (0, 0, uint32(word >> 200));
            for (uint16 n; n < uint16(word >> 32); ++n) {
                (uint256 made,,) = goals.attemptOf(id, n);
                uint256 status = (made >> 152) & 0xf;
                if (status < 4) ++pending;
                if (status == 5) ++voided;
                if (status >= 4 && uint32(made >> 120) > best) best = uint32(made >> 120);
            }
            vm.assertEq(uint16(word >> 48), pending, "pending");
            vm.assertEq(uint8(word >> 64), voided, "voided");
            vm.assertEq(uint32(word), best, "fraction");
            vm.assertLe(best, 1e9, "at most one");
        }
    }

    function invariant_NothingPanics_AndVestedNeverFallsButByEnd() public view {
        vm.assertEq(handler.failure(), "");
    }

    /// @dev The play is no play if the contracts refuse most of it: one long one must reach every call.
    function test_ThePlayReachesEveryCall() public {
        bytes4[] memory all = targetSelectors()[0].selectors;
        uint256 seed = 1;
        for (uint256 step; step < 1500; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            bytes4 selector = all[seed % all.length];
            (bool ok,) = address(handler)
                .call(abi.encodeWithSelector(selector, keccak256(abi.encode(seed, "argument"))));
            vm.assertTrue(ok);
        }
        string[25] memory names = [
            "fund",
            "withdrawFree",
            "commit",
            "rescind",
            "open",
            "claim",
            "claimMany",
            "end",
            "withdraw end",
            "pause",
            "resume",
            "accelerate",
            "settle",
            "waive",
            "holdClaims",
            "register",
            "seal",
            "propose",
            "expire",
            "challenge",
            "resolve",
            "finalize",
            "close",
            "demand",
            "withdrawBond"
        ];
        for (uint256 i; i < names.length; ++i) {
            vm.assertGe(handler.done(names[i]), 1, names[i]);
        }
        invariant_TheBooksBalance();
        invariant_EventsRebuildTheWorld();
        invariant_BondsAreAllThere();
        invariant_GoalsCountRight();
        invariant_NothingPanics_AndVestedNeverFallsButByEnd();
    }
}
