// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGrants} from "./interfaces/IGrants.sol";

/// @notice The money of Grants: what is funded, what is promised, and the rounds it was promised to.
/// @dev promised <= funded always. Every call that writes is behind one transient guard, so that a word read at the
/// beginning of a call is still the word at its end.
abstract contract Pool is IGrants, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    uint256 private constant BINDING_MAX = 30 days;
    uint256 private constant COMMITTED_AT = 128;
    uint256 private constant BINDING_AT = 168;
    uint256 private constant SINCE_AT = 208;

    /// @inheritdoc IGrants
    address public immutable TOKEN;

    // one slot
    uint128 private _funded;
    uint128 private _promised;

    // one slot each: total u128 | committedAt u40 | bindingAt u40 | since u16
    mapping(bytes32 root => uint256) private _rounds;

    constructor(address manager, address token) AccessManaged(manager) {
        require(manager.code.length > 0 && token.code.length > 0, BadDeployment());
        TOKEN = token;
    }

    /// @inheritdoc IGrants
    function fund(uint128 amount) external nonReentrant returns (uint128 received) {
        uint256 balance = IERC20(TOKEN).balanceOf(address(this));
        IERC20(TOKEN).safeTransferFrom(msg.sender, address(this), amount);
        received = (IERC20(TOKEN).balanceOf(address(this)) - balance).toUint128();
        require(received > 0, NothingReceived());

        _funded += received;
        emit Funded(msg.sender, received);
    }

    /// @inheritdoc IGrants
    function withdrawFree(address to, uint128 amount) external restricted nonReentrant {
        require(to != address(this), NotPayable(to));
        uint128 funded_ = _funded;
        uint128 free = funded_ - _promised;
        require(amount <= free, NotFreeEnough(amount, free));

        _funded = funded_ - amount;
        emit FreeWithdrawn(to, amount);

        IERC20(TOKEN).safeTransfer(to, amount);
    }

    /// @inheritdoc IGrants
    function commit(bytes32 root, uint128 total, bytes32 document, uint40 bindingAt)
        external
        restricted
        nonReentrant
    {
        require(root != 0 && total > 0, BadRound());
        require(_rounds[root] == 0, RootUsed(root)); // committedAt stays for good
        uint256 latest = block.timestamp + BINDING_MAX;
        require(bindingAt <= latest, OutOfRange(bindingAt, latest));

        _hold(0, total);
        uint256 committedAt = block.timestamp.toUint40();
        _rounds[root] = total | committedAt << COMMITTED_AT | uint256(bindingAt) << BINDING_AT;
        emit RoundCommitted(root, total, document, bindingAt, 0);
    }

    /// @inheritdoc IGrants
    function rescind(bytes32 root) external restricted nonReentrant {
        (uint128 total,, uint40 bindingAt,) = rounds(root);
        require(total > 0, RoundNotFound(root));
        require(block.timestamp < bindingAt, TooLate(bindingAt));

        _hold(total, 0);
        _rounds[root] -= total; // the lowest field: the rest stays
        emit RoundRescinded(root, total);
    }

    /// @inheritdoc IGrants
    function rounds(bytes32 root)
        public
        view
        returns (uint128 total, uint40 committedAt, uint40 bindingAt, uint16 since)
    {
        uint256 round = _rounds[root];
        // the casts cut out the fields
        total = uint128(round);
        committedAt = uint40(round >> COMMITTED_AT);
        bindingAt = uint40(round >> BINDING_AT);
        since = uint16(round >> SINCE_AT);
    }

    /// @inheritdoc IGrants
    function funded() external view returns (uint128) {
        return _funded;
    }

    /// @inheritdoc IGrants
    function promised() external view returns (uint128) {
        return _promised;
    }

    /// @dev The one way in which `promised` changes: a grant or round that held `from` now holds `to`.
    function _hold(uint256 from, uint256 to) internal {
        if (from == to) return;
        (uint256 funded_, uint256 promised_) = (_funded, _promised);
        uint256 wanted = promised_ + to - from;
        if (wanted > funded_) revert NotFreeEnough(to - from, funded_ - promised_);

        _promised = uint128(wanted); // at most funded
    }

    /// @dev A withheld share stays as free money.
    function _keep(uint256 withheld) internal {
        if (withheld > 0) _funded += withheld.toUint128();
    }

    /// @dev The round of an unopened grant, if it can be opened now.
    function _binding(bytes32 root) internal view returns (uint256 total, uint256 since) {
        uint256 round = _rounds[root];
        (total, since) = (uint128(round), round >> SINCE_AT); // the lowest field, the highest
        require(total > 0, RoundNotFound(root));
        uint256 bindingAt = uint40(round >> BINDING_AT); // 40 bits
        require(block.timestamp >= bindingAt, NotYet(bindingAt));
    }

    /// @dev Where the guard lies in transient storage, which holds nothing else: a short number is cheaper to name.
    function _reentrancyGuardStorageSlot() internal pure override returns (bytes32) {
        return 0;
    }
}
