// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title AccessToken: a capped utility token with votes and signed transfers
/// @notice Buys inference on the company's platform and carries a vote. ERC-20 with a fixed cap, burning, permit
/// (EIP-2612), votes by the day (ERC-5805, ERC-6372) and signed transfers (EIP-3009). No administrator after
/// deployment but the capped minter role.
/// @dev This is the whole surface; most of it is OpenZeppelin's. Amounts in base units of 18 decimals.
///
/// EIP-712 domain: the token's name, version "1", chain id, this contract.
///
/// Left out on purpose: pausing, blocking holders, fees, rebasing, forced transfers, upgrades, raising the cap.
interface IAccessToken {
    // ------------------------------------------------------------------------------------------------- errors

    /// @notice The cap is zero or does not fit into a grant's amount (2^104).
    error BadCap(uint256 cap);
    /// @notice The authorization is good after `validAfter` and before `validBefore` (unix seconds, both exclusive).
    error ERC3009InvalidAuthorizationTime(uint256 validAfter, uint256 validBefore);
    /// @notice The nonce was used or cancelled.
    error ERC3009UsedAuthorization(address authorizer, bytes32 nonce);
    /// @notice The signature is not the authorizer's.
    error ERC3009InvalidSignature();

    error AccessManagedUnauthorized(address caller);
    error ERC20ExceededCap(uint256 increasedSupply, uint256 cap);
    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InvalidSender(address sender);
    error ERC20InvalidApprover(address approver);
    error ERC20InvalidSpender(address spender);
    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);
    error ERC5805FutureLookup(uint256 timepoint, uint48 clock);
    error VotesExpiredSignature(uint256 expiry);

    // ------------------------------------------------------------------------------------------------- events

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event DelegateChanged(
        address indexed delegator, address indexed fromDelegate, address indexed toDelegate
    );
    event DelegateVotesChanged(address indexed delegate, uint256 previousVotes, uint256 newVotes);
    /// @notice The nonce was used by a signed transfer (EIP-3009).
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);
    /// @notice The nonce was cancelled by its owner (EIP-3009).
    event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce);

    // ------------------------------------------------------------------------------------------------- supply

    /// @notice Minter: creates `amount` for `to`, within the cap.
    function mint(address to, uint256 amount) external;

    /// @notice Destroys `amount` of the caller's.
    function burn(uint256 amount) external;

    /// @notice Destroys `amount` of `account`'s, out of the caller's allowance.
    function burnFrom(address account, uint256 amount) external;

    /// @notice The most that can ever exist, below 2^104.
    function cap() external view returns (uint256);

    // ------------------------------------------------------------------------------------------------- ERC-20

    function name() external view returns (string memory);

    function symbol() external view returns (string memory);

    function decimals() external view returns (uint8);

    function totalSupply() external view returns (uint256);

    function balanceOf(address account) external view returns (uint256);

    function transfer(address to, uint256 amount) external returns (bool);

    function allowance(address owner, address spender) external view returns (uint256);

    function approve(address spender, uint256 amount) external returns (bool);

    function transferFrom(address from, address to, uint256 amount) external returns (bool);

    // ------------------------------------------------------------------------------------------------- EIP-2612

    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    function nonces(address owner) external view returns (uint256);

    function DOMAIN_SEPARATOR() external view returns (bytes32);

    // ------------------------------------------------------------------------------------------------- EIP-3009

    /// @notice Whether the nonce was used or cancelled.
    function authorizationState(address authorizer, bytes32 nonce) external view returns (bool);

    /// @notice Anyone: carries out a transfer that `from` signed (contracts by ERC-1271).
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Payee: carries out a transfer to itself that `from` signed; nobody else can bring it first
    /// (ERC20InvalidReceiver).
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Anyone: cancels a nonce that its owner asked to cancel.
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external;

    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;

    // ------------------------------------------------------------------------------------------------- votes

    /// @notice The day: unix seconds / 86400.
    function clock() external view returns (uint48);

    /// @notice "mode=day"
    function CLOCK_MODE() external view returns (string memory);

    function delegate(address delegatee) external;

    function delegateBySig(address delegatee, uint256 nonce, uint256 expiry, uint8 v, bytes32 r, bytes32 s)
        external;

    function delegates(address account) external view returns (address);

    function getVotes(address account) external view returns (uint256);

    function getPastVotes(address account, uint256 timepoint) external view returns (uint256);

    function getPastTotalSupply(uint256 timepoint) external view returns (uint256);

    // ------------------------------------------------------------------------------------------------- roles

    /// @notice The AccessManager that says who may mint.
    function authority() external view returns (address);
}
