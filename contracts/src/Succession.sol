// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IGrants} from "./interfaces/IGrants.sol";
import {ISuccession} from "./interfaces/ISuccession.sol";
import {TermsLib} from "./libraries/TermsLib.sol";
import {TermsMessages} from "./libraries/TermsMessages.sol";

/// @notice Replaces, moves and recovers grants. What each call means stands in ISuccession.
/// @dev Keeps recoveries only; money, words and holders are written by Grants, last in every call. The one stranger
/// called is a holder's contract that judges a signature, by a static call: nothing can change under it.
contract Succession is ISuccession, AccessManaged, EIP712 {
    using SafeCast for uint256;
    using TermsLib for bytes;

    uint256 private constant SUCCESSORS_MAX = 8;
    uint256 private constant RELEASED_BITS = 104;
    uint256 private constant OPENS_AFTER = 30 days;
    uint256 private constant LAPSES_AFTER = 60 days;
    uint256 private constant QUIET = 90 days;

    /// @inheritdoc ISuccession
    address public immutable GRANTS;
    address private immutable TOKEN;
    bytes32 private immutable DOMAIN;

    /// @inheritdoc ISuccession
    mapping(bytes32 id => Recovery) public recoveries;

    constructor(address manager, address grants) AccessManaged(manager) EIP712("Guerdon Succession", "1") {
        require(manager.code.length > 0 && grants.code.length > 0, BadDeployment());
        require(IGrants(grants).SUCCESSION() == address(this), BadDeployment());
        GRANTS = grants;
        TOKEN = IGrants(grants).TOKEN();
        DOMAIN = IGrants(grants).DOMAIN();
    }

    // ------------------------------------------------------------------------------------------------- replacing

    /// @inheritdoc ISuccession
    function replace(
        bytes calldata old,
        bytes[] calldata successors,
        uint256 deadline,
        bytes calldata signature
    ) external restricted {
        require(block.timestamp <= deadline, TooLate(deadline));
        uint256 count = successors.length;
        require(count != 0 && count <= SUCCESSORS_MAX, OutOfRange(count, SUCCESSORS_MAX));
        (bytes32 id, address holder) = _held(old);
        bytes32 digest = _replaceDigest(id, successors, deadline);
        require(_isSignedBy(holder, digest, signature), BadSignature(holder));

        _cancel(id);
        emit Replaced(id, holder, count);

        IGrants(GRANTS).succeed(old, successors);
    }

    // ------------------------------------------------------------------------------------------------- holder

    /// @inheritdoc ISuccession
    function move(bytes calldata terms, address to) external {
        (bytes32 id, address holder) = _held(terms);
        require(msg.sender == holder, NotHolder(msg.sender, holder));
        require(terms.powers() & TermsLib.MOVE != 0, NoPower(TermsLib.MOVE));
        _requirePayable(to);

        _cancel(id);
        emit Moved(id, holder, to);

        IGrants(GRANTS).setHolder(terms, to);
    }

    /// @inheritdoc ISuccession
    function veto(bytes calldata terms) external {
        (bytes32 id, address holder) = _held(terms);
        require(msg.sender == holder, NotHolder(msg.sender, holder));
        require(_cancel(id), NoRecovery(id));

        IGrants(GRANTS).setRecovering(terms, false);
    }

    // ------------------------------------------------------------------------------------------------- recovery

    /// @inheritdoc ISuccession
    function announceRecovery(bytes calldata terms, address to) external restricted {
        (bytes32 id,) = _held(terms);
        require(terms.powers() & TermsLib.RECOVER != 0, NoPower(TermsLib.RECOVER));
        _requirePayable(to);
        Recovery memory before = recoveries[id];
        require(before.announcedAt == 0, RecoveryOpen(before.announcedAt + LAPSES_AFTER));
        uint256 until = before.cancelledAt == 0 ? 0 : before.cancelledAt + QUIET;
        require(block.timestamp >= until, NotYet(until));

        uint40 announcedAt = block.timestamp.toUint40();
        recoveries[id] = Recovery(to, announcedAt, 0);
        emit RecoveryAnnounced(id, to, announcedAt);

        IGrants(GRANTS).setRecovering(terms, true);
    }

    /// @inheritdoc ISuccession
    function executeRecovery(bytes calldata terms, address to) external restricted {
        bytes32 id = terms.id(DOMAIN);
        Recovery memory made = recoveries[id];
        require(made.announcedAt != 0 && made.to == to, NoRecovery(id));
        uint256 from = made.announcedAt + OPENS_AFTER;
        require(block.timestamp >= from, NotYet(from));
        uint256 until = made.announcedAt + LAPSES_AFTER;
        require(block.timestamp <= until, TooLate(until));

        delete recoveries[id];
        emit RecoveryExecuted(id, to);

        IGrants(GRANTS).setHolder(terms, to);
    }

    /// @inheritdoc ISuccession
    function clearRecovery(bytes calldata terms) external {
        bytes32 id = terms.id(DOMAIN);
        uint256 announcedAt = recoveries[id].announcedAt;
        require(announcedAt != 0, NoRecovery(id));
        uint256 from = announcedAt + LAPSES_AFTER + 1;
        require(block.timestamp >= from, NotYet(from));

        delete recoveries[id];
        emit RecoveryLapsed(id);

        IGrants(GRANTS).setRecovering(terms, false);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ISuccession
    function replaceDigest(bytes calldata old, bytes[] calldata successors, uint256 deadline)
        external
        view
        returns (bytes32)
    {
        return _replaceDigest(old.id(DOMAIN), successors, deadline);
    }

    /// @inheritdoc ISuccession
    function isValid(bytes calldata terms) external view returns (bool) {
        return terms.isValid(GRANTS, TOKEN);
    }

    /// @inheritdoc ISuccession
    function decode(bytes calldata terms) external pure returns (Terms memory) {
        return TermsMessages.decode(terms);
    }

    // ------------------------------------------------------------------------------------------------- one grant

    /// @dev Of an opened grant that is not closed, so its terms are valid; Grants reverts for others.
    function _held(bytes calldata terms) private view returns (bytes32 id, address holder) {
        return (terms.id(DOMAIN), IGrants(GRANTS).holderOf(terms));
    }

    function _replaceDigest(bytes32 id, bytes[] calldata successors, uint256 deadline)
        private
        view
        returns (bytes32)
    {
        uint256 word = IGrants(GRANTS).words(id) >> RELEASED_BITS << RELEASED_BITS;
        return _hashTypedDataV4(TermsMessages.replace(id, word, successors, deadline));
    }

    /// @dev An account with delegated code keeps its key, so the key is tried first.
    function _isSignedBy(address holder, bytes32 digest, bytes calldata signature)
        private
        view
        returns (bool)
    {
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem == ECDSA.RecoverError.NoError && signer == holder) return true;
        if (holder.code.length == 0) return false;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(holder, digest, signature);
    }

    /// @dev Ends a standing recovery by the holder's will.
    function _cancel(bytes32 id) private returns (bool stood) {
        stood = recoveries[id].announcedAt != 0;
        if (!stood) return false;

        uint40 cancelledAt = block.timestamp.toUint40();
        recoveries[id] = Recovery(address(0), 0, cancelledAt);
        emit RecoveryVetoed(id, cancelledAt);
    }

    /// @dev The rule for recipients: whom nobody could pay, or who could never pass it on.
    function _requirePayable(address to) private view {
        require(to != address(0) && to != GRANTS && to != TOKEN, NotPayable(to));
    }
}
