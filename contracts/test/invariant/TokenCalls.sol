// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessToken} from "../../src/AccessToken.sol";
import {Play} from "./Play.sol";

/// @notice The access token: minting, burning, moving, authorizations by signature.
abstract contract TokenCalls is Play {
    uint256 private constant COMPANY_KEY = 0xc0;
    uint256 private constant STRANGER_KEY = 0x57a;
    bytes32 private constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    uint256 public minted; // by the minter, less what was burnt

    function tokens(uint256 seed) external {
        uint256 what = (seed >> 16) % 11;
        uint256 amount = within(seed >> 32, 0, 1000e18);
        if (what == 0 && toToken(company, abi.encodeCall(token.mint, (stranger, amount)), "mint")) {
            minted += amount;
        }
        if (what == 1 && toToken(company, abi.encodeWithSignature("burn(uint256)", amount), "burn")) {
            minted -= amount;
        }
        if (what == 2) toToken(company, abi.encodeCall(token.approve, (stranger, amount)), "approve");
        if (what == 3) {
            bytes memory data = abi.encodeCall(token.transferFrom, (company, keeper, amount));
            toToken(stranger, data, "transferFrom");
        }
        if (what == 4) {
            bytes memory data = abi.encodeWithSignature("burnFrom(address,uint256)", company, amount);
            if (toToken(stranger, data, "burnFrom")) minted -= amount;
        }
        if (what == 5) toToken(company, abi.encodeCall(token.transfer, (stranger, amount)), "transfer");
        if (what == 6) toToken(company, abi.encodeCall(token.delegate, (keeper)), "delegate");
        if (what == 7) permit(amount);
        if (what > 7) authorize(what, seed);
    }

    function toToken(address caller, bytes memory data, string memory name) private returns (bool) {
        return act(caller, address(token), data, name);
    }

    function digest(bytes32 message) private view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), message));
    }

    function permit(uint256 amount) private {
        bytes32 message =
            keccak256(abi.encode(PERMIT, company, stranger, amount, token.nonces(company), block.timestamp));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(COMPANY_KEY, digest(message));
        toToken(
            keeper,
            abi.encodeCall(token.permit, (company, stranger, amount, block.timestamp, v, r, s)),
            "permit"
        );
    }

    /// @dev A few nonces, so that one comes twice now and then.
    function authorize(uint256 what, uint256 seed) private {
        bytes32 nonce = bytes32((seed >> 64) % 64);
        (uint256 from, uint256 until) = (block.timestamp - 1, block.timestamp + 1);
        bytes32 message = what == 10
            ? keccak256(abi.encode(CANCEL, company, nonce))
            : keccak256(abi.encode(what == 8 ? TRANSFER : RECEIVE, company, keeper, 1, from, until, nonce));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(seed % 4 == 0 ? STRANGER_KEY : COMPANY_KEY, digest(message));
        bytes memory data = what == 8
            ? abi.encodeWithSignature(
                "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)",
                company,
                keeper,
                1,
                from,
                until,
                nonce,
                v,
                r,
                s
            )
            : abi.encodeWithSignature(
                "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
                company,
                keeper,
                1,
                from,
                until,
                nonce,
                abi.encodePacked(r, s, v)
            );
        if (what == 10) {
            data = abi.encodeWithSignature(
                "cancelAuthorization(address,bytes32,bytes)", company, nonce, abi.encodePacked(r, s, v)
            );
        }
        string[3] memory names =
            ["transferWithAuthorization", "receiveWithAuthorization", "cancelAuthorization"];
        toToken(keeper, data, names[what - 8]);
    }
}
