// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessToken} from "../../src/interfaces/IAccessToken.sol";
import {Base} from "../Base.t.sol";

/// @notice What the token has from OpenZeppelin, asked through IAccessToken: it is there and does what it says.
contract AccessTokenPlainTest is Base {
    uint256 private constant CAP = 1e9 * 1e18;

    function ours() private view returns (IAccessToken) {
        return IAccessToken(address(token));
    }

    function test_Names_AreThoseOfTheDeployment() public view {
        vm.assertEq(ours().name(), "Acme Compute");
        vm.assertEq(ours().symbol(), "ACC");
        vm.assertEq(ours().decimals(), 18);
        vm.assertEq(ours().cap(), CAP);
        vm.assertEq(ours().authority(), address(manager));
    }

    function test_Burn_LowersSupplyAndMakesRoomBelowTheCap() public {
        vm.startPrank(company);
        ours().burn(100);
        vm.assertEq(ours().totalSupply(), CAP - 100);
        ours().mint(keeper, 100);
        vm.assertEq(ours().balanceOf(keeper), 100);
    }

    function test_BurnFrom_NeedsAnAllowance() public {
        vm.prank(company);
        ours().approve(keeper, 5);
        vm.startPrank(keeper);
        rejects(abi.encodeWithSelector(IAccessToken.ERC20InsufficientAllowance.selector, keeper, 5, 6));
        ours().burnFrom(company, 6);
        ours().burnFrom(company, 5);
        vm.assertEq(ours().totalSupply(), CAP - 5);
        vm.assertEq(ours().allowance(company, keeper), 0);
    }

    function test_TransferFrom_SpendsTheAllowance() public {
        vm.prank(company);
        ours().approve(keeper, 5);
        vm.prank(keeper);
        ours().transferFrom(company, stranger, 4);
        vm.assertEq(ours().balanceOf(stranger), 4);
        vm.assertEq(ours().allowance(company, keeper), 1);
    }

    function test_Votes_FollowTheDelegate_ByTheDay() public {
        vm.prank(company);
        ours().delegate(keeper);
        vm.assertEq(ours().delegates(company), keeper);
        vm.assertEq(ours().getVotes(keeper), CAP);
        vm.warp(T0 + 1 days);
        vm.prank(company);
        ours().burn(1);
        vm.assertEq(ours().getPastTotalSupply(T0 / 1 days), CAP);
        vm.assertEq(ours().getPastVotes(keeper, T0 / 1 days), CAP);
        vm.assertEq(ours().getVotes(keeper), CAP - 1);
    }

    function test_DelegateBySig_TakesTheSignersVotes() public {
        bytes32 kind = keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
        bytes32 message = keccak256(abi.encode(kind, keeper, 0, T0));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", ours().DOMAIN_SEPARATOR(), message));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(0xc0, digest);
        vm.prank(stranger);
        ours().delegateBySig(keeper, 0, T0, v, r, s);
        vm.assertEq(ours().delegates(company), keeper);
        vm.assertEq(ours().nonces(company), 1);
    }
}
