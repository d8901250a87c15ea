// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Goals} from "../../src/Goals.sol";
import {Grants} from "../../src/Grants.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Vm} from "../Vm.sol";
import {Handler} from "./Handler.sol";
import {Replay} from "./Replay.sol";
import {Sentences} from "./Sentences.sol";

/// @notice What holds after every step of any sequence of calls: the sentences of SECURITY.md, one test each.
/// @dev Each is a random play of its own; AllSentences asks for all of them in one, and is what the deep profile plays.
/// forge-config: default.isolate = false
contract Invariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    bool public constant IS_TEST = true;
    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    event log_named_string(string key, string value);

    Handler private handler;
    Grants private grants;
    Goals private goals;
    IERC20 private coin;
    IERC20 private bondCoin;
    Replay private replay;

    function setUp() public {
        handler = new Handler();
        handler.init();
        (address a, address b, address c, address d) = handler.world();
        (grants, goals, coin, bondCoin) = (Grants(a), Goals(b), IERC20(c), IERC20(d));
        replay = handler.replay();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), handler.steps());
    }

    function unbroken(string memory sentence) private view {
        vm.assertEq(handler.broken(sentence), "", sentence);
    }

    // ------------------------------------------------------------------------------------------------- the sentences

    function invariant_PromisesAreFunded() public view {
        vm.assertEq(grants.promised(), handler.promisedSum(), "promised is what all grants hold");
        vm.assertLe(grants.promised(), grants.funded(), Sentences.FUNDED);
        unbroken(Sentences.FUNDED);
    }

    function invariant_PaymentsAreCovered() public view {
        uint256 expected = grants.funded() - handler.releasedSum() + handler.donated();
        vm.assertEq(coin.balanceOf(address(grants)), expected, Sentences.COVERED);
    }

    function invariant_NobodyIsPaidMoreThanGranted() public view {
        unbroken(Sentences.NOT_MORE);
    }

    function invariant_VestedStaysVested() public view {
        unbroken(Sentences.VESTED_STAYS);
    }

    /// @dev All coins are in the pool, with the company, or with the holders that the events name.
    function invariant_OnlyTheHolderIsPaid() public view {
        uint256 everywhere = coin.balanceOf(address(grants)) + coin.balanceOf(handler.treasury());
        address[] memory people = handler.people();
        for (uint256 i; i < people.length; ++i) {
            uint256 balance = coin.balanceOf(people[i]);
            vm.assertEq(balance, handler.paid(people[i]), Sentences.HOLDER_PAID);
            everywhere += balance;
        }
        vm.assertEq(everywhere, coin.totalSupply(), "nobody else has any");
        unbroken(Sentences.HOLDER_PAID);
    }

    function invariant_AGrantOpensOnce() public view {
        unbroken(Sentences.OPENS_ONCE);
    }

    function invariant_AResultCountsOnce() public view {
        unbroken(Sentences.COUNTS_ONCE);
    }

    function invariant_NoJudgeEarnsByHisVerdict() public view {
        address[4] memory judges = handler.judges();
        for (uint256 i; i < 4; ++i) {
            uint256 gain = bondCoin.balanceOf(judges[i]) + goals.bondOwed(address(bondCoin), judges[i]);
            vm.assertEq(gain, 0, Sentences.NO_JUDGE);
        }
        unbroken(Sentences.NO_JUDGE);
    }

    function invariant_AFailedRecipientIsIsolated() public view {
        unbroken(Sentences.ISOLATED);
    }

    function invariant_NoStateGoesBackwards() public view {
        unbroken(Sentences.FORWARD);
    }

    function invariant_WhatIsFinalNeverChanges() public view {
        unbroken(Sentences.FINAL);
    }

    function invariant_ReplaceAndMoveConserve() public view {
        unbroken(Sentences.CONSERVED);
    }

    function invariant_EventsRebuildTheWorld() public view {
        vm.assertEq(replay.funded(), grants.funded(), "funded");
        vm.assertEq(replay.promised(), grants.promised(), "promised");
        unbroken(Sentences.EVENTS);
    }

    function invariant_BondsAreAllThere() public view {
        address[3] memory parties = handler.parties();
        uint256 owed;
        for (uint256 i; i < 3; ++i) {
            uint256 one = goals.bondOwed(address(bondCoin), parties[i]);
            vm.assertEq(replay.owed(address(bondCoin), parties[i]), one, "bond ledger");
            owed += one;
        }
        vm.assertEq(bondCoin.balanceOf(address(goals)), owed + handler.bondsAtStake(), "bonds");
    }

    function invariant_TheAccessTokenIsAllThere() public view {
        (uint256 supply, uint256 expected, uint256 accounts) = handler.supplies();
        vm.assertEq(supply, expected, "supply is what was minted less what was burnt");
        vm.assertEq(supply, accounts, "supply is what its accounts have");
        vm.assertLe(supply, 1e9 * 1e18, "cap");
    }

    function invariant_EveryRefusalHasAReason() public view {
        unbroken(Sentences.NO_PANIC);
    }

    function invariant_AllSentences() public view {
        invariant_PromisesAreFunded();
        invariant_PaymentsAreCovered();
        invariant_NobodyIsPaidMoreThanGranted();
        invariant_VestedStaysVested();
        invariant_OnlyTheHolderIsPaid();
        invariant_AGrantOpensOnce();
        invariant_AResultCountsOnce();
        invariant_NoJudgeEarnsByHisVerdict();
        invariant_AFailedRecipientIsIsolated();
        invariant_NoStateGoesBackwards();
        invariant_WhatIsFinalNeverChanges();
        invariant_ReplaceAndMoveConserve();
        invariant_EventsRebuildTheWorld();
        invariant_BondsAreAllThere();
        invariant_TheAccessTokenIsAllThere();
        invariant_EveryRefusalHasAReason();
    }

    // ------------------------------------------------------------------------------------------------- the play itself

    mapping(string => uint256) private done;
    mapping(string => uint256) private refused;

    /// @dev The play is no play if the contracts refuse most of it: eight must reach every call. Their table is printed
    /// with -vv.
    function test_ThePlayReachesEveryCall() public {
        uint256 seed = 1;
        for (uint256 run; run < 8; ++run) {
            setUp();
            bytes4[] memory all = handler.steps();
            for (uint256 step; step < 500; ++step) {
                seed = uint256(keccak256(abi.encode(seed)));
                bytes32 argument = keccak256(abi.encode(seed, "argument"));
                (bool ok,) = address(handler).call(abi.encodeWithSelector(all[seed % all.length], argument));
                vm.assertTrue(ok);
            }
            invariant_AllSentences();
            tally();
        }
        string[] memory names = handler.calls();
        for (uint256 i; i < names.length; ++i) {
            string memory counts = string.concat(vm.toString(done[names[i]]), " done, ");
            counts = string.concat(counts, vm.toString(refused[names[i]]), " refused");
            emit log_named_string(names[i], counts);
        }
        for (uint256 i; i < names.length; ++i) {
            vm.assertGe(done[names[i]], 1, names[i]);
        }
        string[4] memory never = ["forge", "trespass", "meddle", "intrude"];
        for (uint256 i; i < 4; ++i) {
            vm.assertGe(handler.refused(never[i]), 1, never[i]);
            vm.assertEq(handler.done(never[i]), 0, never[i]);
        }
    }

    function tally() private {
        string[] memory names = handler.calls();
        for (uint256 i; i < names.length; ++i) {
            done[names[i]] += handler.done(names[i]);
            refused[names[i]] += handler.refused(names[i]);
        }
    }
}
