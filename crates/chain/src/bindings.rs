//! The ABI: bound from the interface files, and the few parts of others' contracts that we call.

#![expect(clippy::too_many_arguments, reason = "generated from the interfaces")]

use alloy::sol;

sol!(
    #[sol(all_derives)]
    "../../contracts/src/interfaces/IGrants.sol"
);
sol!(
    #[sol(all_derives)]
    "../../contracts/src/interfaces/ISuccession.sol"
);
sol!(
    #[sol(all_derives)]
    "../../contracts/src/interfaces/IGoals.sol"
);
sol!(
    #[sol(all_derives)]
    "../../contracts/src/interfaces/IAccessToken.sol"
);

sol! {
    /// The parts of OpenZeppelin's AccessManager that a deployment uses, and its errors.
    #[sol(all_derives)]
    interface IAccessManager {
        event OperationScheduled(
            bytes32 indexed operationId,
            uint32 indexed nonce,
            uint48 schedule,
            address caller,
            address target,
            bytes data
        );
        event OperationExecuted(bytes32 indexed operationId, uint32 indexed nonce);
        event OperationCanceled(bytes32 indexed operationId, uint32 indexed nonce);
        event RoleGranted(
            uint64 indexed roleId,
            address indexed account,
            uint32 delay,
            uint48 since,
            bool newMember
        );
        event RoleRevoked(uint64 indexed roleId, address indexed account);
        event TargetFunctionRoleUpdated(
            address indexed target, bytes4 selector, uint64 indexed roleId
        );

        error AccessManagerAlreadyScheduled(bytes32 operationId);
        error AccessManagerNotScheduled(bytes32 operationId);
        error AccessManagerNotReady(bytes32 operationId);
        error AccessManagerExpired(bytes32 operationId);
        error AccessManagerLockedRole(uint64 roleId);
        error AccessManagerLockedFunction(bytes4 selector);
        error AccessManagerBadConfirmation();
        error AccessManagerUnauthorizedAccount(address msgsender, uint64 roleId);
        error AccessManagerUnauthorizedCall(address caller, address target, bytes4 selector);
        error AccessManagerUnauthorizedConsume(address target);
        error AccessManagerUnauthorizedCancel(
            address msgsender, address caller, address target, bytes4 selector
        );
        error AccessManagerInvalidInitialAdmin(address initialAdmin);

        function grantRole(uint64 roleId, address account, uint32 executionDelay) external;
        function revokeRole(uint64 roleId, address account) external;
        function labelRole(uint64 roleId, string calldata label) external;
        function setTargetFunctionRole(address target, bytes4[] calldata selectors, uint64 roleId)
            external;
        function hasRole(uint64 roleId, address account)
            external view returns (bool isMember, uint32 executionDelay);
        function getTargetFunctionRole(address target, bytes4 selector)
            external view returns (uint64);
        function canCall(address caller, address target, bytes4 selector)
            external view returns (bool immediate, uint32 delay);
        function schedule(address target, bytes calldata data, uint48 when)
            external returns (bytes32 operationId, uint32 nonce);
        function execute(address target, bytes calldata data) external payable returns (uint32);
        function cancel(address caller, address target, bytes calldata data)
            external returns (uint32);
        function getSchedule(bytes32 id) external view returns (uint48);
        function getNonce(bytes32 id) external view returns (uint32);
        function expiration() external view returns (uint32);
        function multicall(bytes[] calldata data) external returns (bytes[] memory results);
    }

    /// Errors of the OpenZeppelin parts inside our contracts and of other ERC-20 tokens.
    #[sol(all_derives)]
    interface ILibraries {
        error AccessManagedUnauthorized(address caller);
        error AccessManagedRequiredDelay(address caller, uint32 delay);
        error AccessManagedInvalidAuthority(address authority);
        error SafeERC20FailedOperation(address token);
        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        error ERC20InvalidReceiver(address receiver);
        error ERC20InvalidSender(address sender);
        error ERC20InvalidApprover(address approver);
        error ERC20InvalidSpender(address spender);
        error ERC20InvalidCap(uint256 cap);
        error ERC20ExceededSafeSupply(uint256 increasedSupply, uint256 cap);
        error InvalidAccountNonce(address account, uint256 currentNonce);
        error ReentrancyGuardReentrantCall();
        error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value);
        error SafeCastOverflowedUintToInt(uint256 value);
        error ECDSAInvalidSignature();
        error ECDSAInvalidSignatureLength(uint256 length);
        error ECDSAInvalidSignatureS(bytes32 s);
        error AddressEmptyCode(address target);
        error FailedCall();
        error InsufficientBalance(uint256 balance, uint256 needed);
        error StringTooLong(string str);
        error InvalidShortString();
        error CheckpointUnorderedInsertion();
        error ERC6372InconsistentClock();
    }
}
