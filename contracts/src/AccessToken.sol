// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IAccessToken} from "./interfaces/IAccessToken.sol";

/// @notice The utility token; its surface stands in IAccessToken (which is not inherited: nearly all of it is
/// OpenZeppelin's, and a test holds the two together).
/// @dev Nonces of EIP-3009 are random 32 bytes, as stock clients send them; OpenZeppelin's ERC20TransferAuthorization
/// would ask for sequential ones, so its overloads for contracts' signatures are written here.
contract AccessToken is ERC20Burnable, ERC20Capped, ERC20Permit, ERC20Votes, ERC3009, AccessManaged {
    constructor(string memory name_, string memory symbol_, uint256 cap_, address manager)
        ERC20(name_, symbol_)
        ERC20Permit(name_)
        ERC20Capped(cap_)
        AccessManaged(manager)
    {
        // a grant's amount has 104 bits
        require(cap_ < 1 << 104, IAccessToken.BadCap(cap_));
    }

    /// @notice Minter: creates `amount` for `to`, within the cap.
    function mint(address to, uint256 amount) external restricted {
        _mint(to, amount);
    }

    /// @notice EIP-3009 with a signature in bytes: ECDSA, or ERC-1271 of a contract.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        bytes32 message = keccak256(
            abi.encode(TRANSFER_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)
        );
        _requireSigned(from, message, signature);
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @notice The same, for the payee alone.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        require(to == msg.sender, ERC20InvalidReceiver(to));
        bytes32 message = keccak256(
            abi.encode(RECEIVE_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)
        );
        _requireSigned(from, message, signature);
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @notice Cancels a nonce that its owner asked to cancel.
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external {
        bytes32 message = keccak256(abi.encode(CANCEL_AUTHORIZATION_TYPEHASH, authorizer, nonce));
        _requireSigned(authorizer, message, signature);
        _cancelAuthorization(authorizer, nonce);
    }

    /// @notice The day (ERC-6372).
    function clock() public view override returns (uint48) {
        return SafeCast.toUint48(block.timestamp / 1 days);
    }

    /// @notice How the clock counts (ERC-6372).
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=day";
    }

    /// @notice The next nonce of permits and delegations by signature.
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _requireSigned(address signer, bytes32 message, bytes calldata signature) private view {
        bytes32 digest = _hashTypedDataV4(message);
        require(
            SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature), ERC3009InvalidSignature()
        );
    }

    function _update(address from, address to, uint256 amount)
        internal
        override(ERC20, ERC20Capped, ERC20Votes)
    {
        super._update(from, to, amount);
    }
}
