// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {AccessToken} from "../../src/AccessToken.sol";
import {IAccessToken} from "../../src/interfaces/IAccessToken.sol";
import {Base} from "../Base.t.sol";

/// @notice A wallet that accepts one digest (ERC-1271).
contract Wallet {
    bytes32 private immutable accepted;

    constructor(bytes32 digest) {
        accepted = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == accepted ? this.isValidSignature.selector : bytes4(0);
    }
}

/// @notice What is ours in the token: cap, role, day clock, EIP-3009; and that IAccessToken is its whole surface.
contract AccessTokenTest is Base {
    uint256 private constant CAP = 1e9 * 1e18;
    bytes32 private constant NONCE = keccak256("a random nonce");
    bytes32 private constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    uint256 private constant KEY = 0xc0; // the company's

    function tokenDigest(bytes32 message) private view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), message));
    }

    function authorized(bytes32 kind, address from, address to) private view returns (bytes32) {
        return tokenDigest(keccak256(abi.encode(kind, from, to, 7, T0 - 1, T0 + 1, NONCE)));
    }

    function signature(bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        return abi.encodePacked(r, s, v);
    }

    function test_Domain_IsTheTokensName() public view {
        vm.assertEq(token.DOMAIN_SEPARATOR(), domainOf("Acme Compute", address(token)));
    }

    function test_Constructor_RefusesACapBeyondAGrantsAmount() public {
        rejects(abi.encodeWithSelector(IAccessToken.BadCap.selector, 1 << 104));
        create("AccessToken", abi.encode("A", "A", 1 << 104, address(manager)));
        create("AccessToken", abi.encode("A", "A", (1 << 104) - 1, address(manager)));
    }

    function test_Mint_ByTheMinterWithinTheCap() public {
        vm.assertEq(token.totalSupply(), CAP);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IAccessToken.ERC20ExceededCap.selector, CAP + 1, CAP));
        token.mint(stranger, 1);
        vm.prank(company);
        token.burn(5);
        rejects(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        token.mint(stranger, 5);
        vm.prank(company);
        token.mint(stranger, 5);
        vm.assertEq(token.balanceOf(stranger), 5);
    }

    function test_BondCoin_CannotBeMintedByTheCompany() public {
        rejects(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, company));
        vm.prank(company);
        bondCoin.mint(company, 1);
    }

    function test_Clock_CountsDays() public {
        vm.assertEq(token.clock(), T0 / 1 days);
        vm.assertEq(token.CLOCK_MODE(), "mode=day");
        vm.prank(company);
        token.delegate(company);
        vm.assertEq(token.getVotes(company), CAP);
        rejects(
            abi.encodeWithSelector(
                IAccessToken.ERC5805FutureLookup.selector, T0 / 1 days, uint48(T0 / 1 days)
            )
        );
        token.getPastVotes(company, T0 / 1 days);
        vm.warp(T0 + 1 days);
        vm.assertEq(token.getPastVotes(company, T0 / 1 days), CAP);
    }

    function test_Permit_SharesItsNoncesWithDelegations() public {
        bytes32 kind =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 digest = tokenDigest(keccak256(abi.encode(kind, company, keeper, 9, 0, T0)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        token.permit(company, keeper, 9, T0, v, r, s);
        vm.assertEq(token.allowance(company, keeper), 9);
        vm.assertEq(token.nonces(company), 1);
    }

    function test_TransferWithAuthorization_InBothForms() public {
        bytes32 digest = authorized(TRANSFER, company, keeper);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        vm.expectEmit(address(token));
        emit IAccessToken.AuthorizationUsed(company, NONCE);
        vm.prank(stranger);
        token.transferWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, v, r, s);
        vm.assertEq(token.balanceOf(keeper), 7);
        vm.assertTrue(token.authorizationState(company, NONCE));
        bytes memory bytes_ = signature(digest);
        rejects(abi.encodeWithSelector(IAccessToken.ERC3009UsedAuthorization.selector, company, NONCE));
        token.transferWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, bytes_);
    }

    function test_TransferWithAuthorization_BytesOfAWalletAndOfAKey() public {
        bytes memory bytes_ = signature(authorized(TRANSFER, company, keeper));
        rejects(abi.encodeWithSelector(IAccessToken.ERC3009InvalidSignature.selector));
        token.transferWithAuthorization(company, stranger, 7, T0 - 1, T0 + 1, NONCE, bytes_);
        token.transferWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, bytes_);
        // a contract wallet: its address is known before its digest is
        address future = 0x1111111111111111111111111111111111111111;
        vm.etch(future, address(new Wallet(authorized(TRANSFER, future, keeper))).code);
        vm.prank(company);
        token.transfer(future, 7);
        token.transferWithAuthorization(future, keeper, 7, T0 - 1, T0 + 1, NONCE, "");
        vm.assertEq(token.balanceOf(keeper), 14);
    }

    function test_TransferWithAuthorization_InItsTimeOnly() public {
        bytes memory bytes_ = signature(authorized(TRANSFER, company, keeper));
        bytes memory no =
            abi.encodeWithSelector(IAccessToken.ERC3009InvalidAuthorizationTime.selector, T0 - 1, T0 + 1);
        vm.warp(T0 - 1);
        rejects(no);
        token.transferWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, bytes_);
        vm.warp(T0 + 1);
        rejects(no);
        token.transferWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, bytes_);
    }

    function test_ReceiveWithAuthorization_ByThePayeeOnly() public {
        bytes32 digest = authorized(RECEIVE, company, keeper);
        bytes memory bytes_ = signature(digest);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        bytes memory no = abi.encodeWithSelector(IAccessToken.ERC20InvalidReceiver.selector, keeper);
        rejects(no);
        token.receiveWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, bytes_);
        rejects(no);
        token.receiveWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, v, r, s);
        rejects(abi.encodeWithSelector(IAccessToken.ERC3009InvalidSignature.selector));
        token.transferWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, bytes_);
        vm.startPrank(keeper);
        rejects(abi.encodeWithSelector(IAccessToken.ERC3009InvalidSignature.selector));
        token.receiveWithAuthorization(company, keeper, 8, T0 - 1, T0 + 1, NONCE, bytes_);
        token.receiveWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, bytes_);
        vm.assertEq(token.balanceOf(keeper), 7);
    }

    function test_CancelAuthorization_EndsTheNonce() public {
        bytes32 digest = tokenDigest(keccak256(abi.encode(CANCEL, company, NONCE)));
        rejects(abi.encodeWithSelector(IAccessToken.ERC3009InvalidSignature.selector));
        token.cancelAuthorization(stranger, NONCE, signature(digest));
        vm.expectEmit(address(token));
        emit IAccessToken.AuthorizationCanceled(company, NONCE);
        token.cancelAuthorization(company, NONCE, signature(digest));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        rejects(abi.encodeWithSelector(IAccessToken.ERC3009UsedAuthorization.selector, company, NONCE));
        token.cancelAuthorization(company, NONCE, v, r, s);
        bytes memory transfer = signature(authorized(TRANSFER, company, keeper));
        rejects(abi.encodeWithSelector(IAccessToken.ERC3009UsedAuthorization.selector, company, NONCE));
        token.transferWithAuthorization(company, keeper, 7, T0 - 1, T0 + 1, NONCE, transfer);
    }

    /// @dev What OpenZeppelin says is declared in IAccessToken as it is said.
    function test_Errors_AreThoseOfTheInterface() public {
        rejects(abi.encodeWithSelector(IAccessToken.ERC20InsufficientBalance.selector, keeper, 0, 1));
        vm.prank(keeper);
        token.transfer(stranger, 1);
        rejects(abi.encodeWithSelector(IAccessToken.ERC20InsufficientAllowance.selector, keeper, 0, 1));
        vm.prank(keeper);
        token.transferFrom(company, stranger, 1);
        rejects(abi.encodeWithSelector(IAccessToken.ERC20InvalidReceiver.selector, address(0)));
        token.transfer(address(0), 1);
        rejects(abi.encodeWithSelector(IAccessToken.ERC20InvalidSender.selector, address(0)));
        vm.prank(address(0));
        token.transfer(keeper, 1);
        rejects(abi.encodeWithSelector(IAccessToken.ERC20InvalidSpender.selector, address(0)));
        token.approve(address(0), 1);
        rejects(abi.encodeWithSelector(IAccessToken.ERC20InvalidApprover.selector, address(0)));
        vm.prank(address(0));
        token.approve(keeper, 1);
        rejects(abi.encodeWithSelector(IAccessToken.AccessManagedUnauthorized.selector, keeper));
        vm.prank(keeper);
        token.mint(keeper, 1);
        rejects(abi.encodeWithSelector(IAccessToken.ERC2612ExpiredSignature.selector, T0 - 1));
        token.permit(company, keeper, 1, T0 - 1, 27, "r", "s");
        bytes32 permit =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 digest = tokenDigest(keccak256(abi.encode(permit, company, keeper, 1, 0, T0)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(0xbad, digest);
        rejects(abi.encodeWithSelector(IAccessToken.ERC2612InvalidSigner.selector, vm.addr(0xbad), company));
        token.permit(company, keeper, 1, T0, v, r, s);
        rejects(abi.encodeWithSelector(IAccessToken.VotesExpiredSignature.selector, T0 - 1));
        token.delegateBySig(keeper, 0, T0 - 1, v, r, s);
    }

    function test_Events_AreThoseOfTheInterface() public {
        vm.startPrank(company);
        vm.expectEmit(address(token));
        emit IAccessToken.Transfer(company, keeper, 9);
        token.transfer(keeper, 9);
        vm.expectEmit(address(token));
        emit IAccessToken.Approval(company, keeper, 9);
        token.approve(keeper, 9);
        vm.expectEmit(address(token));
        emit IAccessToken.DelegateChanged(company, address(0), keeper);
        vm.expectEmit(address(token));
        emit IAccessToken.DelegateVotesChanged(keeper, 0, CAP - 9);
        token.delegate(keeper);
    }

    /// @dev IAccessToken is not inherited; every function that it names answers here.
    function test_Interface_IsTheContractsSurface() public view {
        string memory json = vm.readFile("artifacts/AccessToken.json");
        bytes memory code = vm.parseJsonBytes(json, ".deployedBytecode");
        bytes4[31] memory all = [
            IAccessToken.mint.selector,
            IAccessToken.burn.selector,
            IAccessToken.burnFrom.selector,
            IAccessToken.cap.selector,
            IAccessToken.name.selector,
            IAccessToken.symbol.selector,
            IAccessToken.decimals.selector,
            IAccessToken.totalSupply.selector,
            IAccessToken.balanceOf.selector,
            IAccessToken.transfer.selector,
            IAccessToken.allowance.selector,
            IAccessToken.approve.selector,
            IAccessToken.transferFrom.selector,
            IAccessToken.permit.selector,
            IAccessToken.nonces.selector,
            IAccessToken.DOMAIN_SEPARATOR.selector,
            IAccessToken.authorizationState.selector,
            IAccessToken.clock.selector,
            IAccessToken.CLOCK_MODE.selector,
            IAccessToken.delegate.selector,
            IAccessToken.delegateBySig.selector,
            IAccessToken.delegates.selector,
            IAccessToken.getVotes.selector,
            IAccessToken.getPastVotes.selector,
            IAccessToken.getPastTotalSupply.selector,
            IAccessToken.authority.selector,
            // overloads, by their signatures
            bytes4(
                keccak256("transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)")
            ),
            bytes4(
                keccak256(
                    "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)"
                )
            ),
            bytes4(
                keccak256("receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)")
            ),
            bytes4(keccak256("cancelAuthorization(address,bytes32,bytes)")),
            bytes4(keccak256("cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)"))
        ];
        for (uint256 i; i < all.length; ++i) {
            vm.assertTrue(contains(code, all[i]), vm.toString(uint256(uint32(all[i]))));
        }
    }

    function contains(bytes memory code, bytes4 selector) private pure returns (bool found) {
        uint256 wanted = uint32(selector);
        assembly {
            let end := add(code, mload(code))
            for { let at_ := add(code, 4) } iszero(gt(at_, end)) { at_ := add(at_, 1) } {
                if eq(and(mload(at_), 0xffffffff), wanted) {
                    found := 1
                    break
                }
            }
        }
    }
}
