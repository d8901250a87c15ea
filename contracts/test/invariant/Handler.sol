// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Succession} from "../../src/Succession.sol";
import {OddCoin} from "../mocks/OddCoin.sol";
import {GoalCalls} from "./GoalCalls.sol";
import {GrantCalls} from "./GrantCalls.sol";
import {Play} from "./Play.sol";
import {Replay} from "./Replay.sol";
import {SuccessionCalls} from "./SuccessionCalls.sol";
import {TokenCalls} from "./TokenCalls.sol";

/// @notice Plays everybody, at random: a company, holders, keepers, a sponsor, a panel, an arbiter, strangers.
contract Handler is SuccessionCalls, GoalCalls, TokenCalls {
    function init() external {
        setUp();
        coin = new OddCoin();
        grants = newGrants(address(coin));
        coin.mint(company, 1e9 * 1e18);
        vm.prank(company);
        coin.approve(address(grants), type(uint256).max);
        vm.prank(stranger);
        bondCoin.approve(address(goals), type(uint256).max);
        succession = Succession(grants.SUCCESSION());
        replay = new Replay(address(grants), address(goals), grants.SUCCESSION());
        minted = token.totalSupply();
        defineAll();
    }

    /// @notice The supply of the access token, as it is and as it should be; and what its accounts have.
    function supplies() external view returns (uint256 supply, uint256 expected, uint256 accounts) {
        accounts = token.balanceOf(company) + token.balanceOf(stranger) + token.balanceOf(keeper);
        return (token.totalSupply(), minted, accounts);
    }

    function treasury() external view returns (address) {
        return company;
    }

    /// @notice Everybody who holds a grant, or may come to hold one.
    function people() external pure returns (address[] memory list) {
        list = new address[](2 * PEOPLE_COUNT);
        for (uint256 i; i < list.length; ++i) {
            list[i] = vm.addr(1000 + i);
        }
    }

    /// @notice The bonds of challenges that are not decided.
    function bondsAtStake() external view returns (uint256 total) {
        for (uint256 g; g < GOALS; ++g) {
            uint256 known = uint16(goals.stateOf(goalIds[g]) >> 32);
            for (uint16 n; n < known; ++n) {
                if ((attemptWord(goalIds[g], n) >> 152) & 0xf == 3) total += BOND;
            }
        }
    }

    /// @notice Every external function that changes something, and what of them deserves its own count.
    function calls() external pure returns (string[] memory all) {
        string[51] memory list = [
            "fund",
            "send unasked",
            "withdrawFree",
            "commit",
            "rescind",
            "open",
            "an invalid leaf is closed",
            "claimFirst",
            "claim",
            "claimMany",
            "a payment fails alone",
            "multicall",
            "end",
            "withdraw an end",
            "pause",
            "resume",
            "accelerate",
            "lowerWithholding",
            "settle",
            "waive",
            "holdClaims",
            "replace",
            "replace by one that waits",
            "move",
            "veto",
            "announceRecovery",
            "executeRecovery",
            "clearRecovery",
            "defineGoal",
            "register",
            "seal",
            "propose",
            "expire",
            "challenge",
            "resolve",
            "finalize",
            "demand",
            "refuse",
            "extend",
            "close",
            "withdrawBond",
            "mint",
            "burn",
            "burnFrom",
            "approve",
            "transfer",
            "transferFrom",
            "delegate",
            "permit",
            "transferWithAuthorization",
            "receiveWithAuthorization"
        ];
        all = new string[](list.length + 1);
        for (uint256 i; i < list.length; ++i) {
            all[i] = list[i];
        }
        all[list.length] = "cancelAuthorization";
    }

    /// @notice What one may call, the commoner steps named more than once.
    function steps() external pure returns (bytes4[] memory all) {
        bytes4[32] memory list = [
            Play.wait.selector,
            Play.wait.selector,
            Play.wait.selector,
            GrantCalls.fund.selector,
            GrantCalls.donate.selector,
            GrantCalls.withdrawFree.selector,
            GrantCalls.blockSomebody.selector,
            GrantCalls.commit.selector,
            GrantCalls.rescind.selector,
            GrantCalls.open.selector,
            GrantCalls.open.selector,
            GrantCalls.forge.selector,
            GrantCalls.claim.selector,
            GrantCalls.claimMany.selector,
            GrantCalls.end.selector,
            GrantCalls.pause.selector,
            GrantCalls.change.selector,
            GrantCalls.change.selector,
            GrantCalls.hold.selector,
            GrantCalls.trespass.selector,
            GoalCalls.judge.selector,
            GoalCalls.judge.selector,
            GoalCalls.judge.selector,
            GoalCalls.judge.selector,
            GoalCalls.judge.selector,
            SuccessionCalls.replace.selector,
            SuccessionCalls.move.selector,
            SuccessionCalls.recover.selector,
            SuccessionCalls.recover.selector,
            SuccessionCalls.intrude.selector,
            GoalCalls.meddle.selector,
            TokenCalls.tokens.selector
        ];
        all = new bytes4[](list.length);
        for (uint256 i; i < list.length; ++i) {
            all[i] = list[i];
        }
    }
}
