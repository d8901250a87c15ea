// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IGrants} from "./interfaces/IGrants.sol";
import {Gates} from "./libraries/Gates.sol";
import {GrantWord} from "./libraries/GrantWord.sol";
import {Payment} from "./libraries/Payment.sol";
import {SumTree} from "./libraries/SumTree.sol";
import {TermsLib} from "./libraries/TermsLib.sol";
import {Pool} from "./Pool.sol";

/// @notice Opens, pays and changes grants. What each call means stands in IGrants.
/// @dev A grant is a word (layout in IGrants). Words are worked on raw: shifts, masks, one read, one write.
contract Grants is Pool, Multicall {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using TermsLib for bytes;
    using GrantWord for uint256;

    /// @inheritdoc IGrants
    address public immutable GOALS;
    /// @inheritdoc IGrants
    address public immutable SUCCESSION;
    /// @inheritdoc IGrants
    bytes32 public immutable DOMAIN;
    /// @inheritdoc IGrants
    uint256 public immutable PAYMENT_GAS;
    /// @inheritdoc IGrants
    bool public constant REVENUE = false;

    /// @inheritdoc IGrants
    mapping(bytes32 id => uint256) public words;
    /// @inheritdoc IGrants
    mapping(bytes32 id => address) public holders;

    constructor(address manager, address token, address goals, address succession, uint256 paymentGas)
        Pool(manager, token)
    {
        require(goals.code.length > 0 && paymentGas > 0, BadDeployment());
        GOALS = goals;
        SUCCESSION = succession;
        PAYMENT_GAS = paymentGas;
        DOMAIN = keccak256(abi.encode(keccak256("guerdon.grant.v1"), block.chainid, address(this)));
    }

    // ------------------------------------------------------------------------------------------------- opening, paying

    /// @inheritdoc IGrants
    function open(bytes calldata terms, bytes32 root, uint32 index, bytes calldata proof)
        external
        nonReentrant
    {
        bytes32 id = terms.id(DOMAIN);
        if (words[id] == 0) words[id] = _open(id, terms, root, index, proof);
    }

    /// @inheritdoc IGrants
    function claimFirst(bytes calldata terms, bytes32 root, uint32 index, bytes calldata proof)
        external
        nonReentrant
        returns (uint128 gross)
    {
        bytes32 id = terms.id(DOMAIN);
        uint256 word = words[id];
        if (word == 0) word = _open(id, terms, root, index, proof);
        if (word & GrantWord.CLOSED != 0) return 0;

        return _claim(id, terms, word);
    }

    /// @inheritdoc IGrants
    function claim(bytes calldata terms) external nonReentrant returns (uint128 gross) {
        (bytes32 id, uint256 word) = _opened(terms);
        return _claim(id, terms, word);
    }

    /// @inheritdoc IGrants
    /// @dev The loop is bounded by the caller's gas; nothing in it can be made dearer by a holder than PAYMENT_GAS.
    function claimMany(bytes[] calldata terms) external nonReentrant returns (uint256 paid) {
        uint256 balance = IERC20(TOKEN).balanceOf(address(this));
        for (uint256 i; i < terms.length; ++i) {
            (bool done, uint256 left) = _tryClaim(terms[i], balance);
            if (done) ++paid;
            balance = left;
        }
    }

    /// @inheritdoc IGrants
    function multicall(bytes[] calldata calls)
        public
        override(IGrants, Multicall)
        returns (bytes[] memory results)
    {
        return super.multicall(calls);
    }

    // ------------------------------------------------------------------------------------------------- company

    /// @inheritdoc IGrants
    function end(bytes calldata terms, uint40 stopAt, bool grace) external restricted nonReentrant {
        (bytes32 id, uint256 word) = _unsettled(terms);
        require(terms.powers() & TermsLib.END != 0, NoPower(TermsLib.END));
        if (word.hasEnded()) revert WrongState(id, word.flags());
        if (stopAt == 0) return _withdrawEnd(id, terms, word);
        uint256 earliest = block.timestamp - Math.min(block.timestamp, terms.backdateSeconds());
        require(stopAt >= earliest, OutOfRange(stopAt, earliest));
        Gates.requireNoResultAfter(terms, stopAt, GOALS);

        if (word & GrantWord.PAUSED != 0) {
            uint256 pausedAt = word.stopAt();
            word = word.withLost(terms, Math.max(Math.min(stopAt, block.timestamp), pausedAt) - pausedAt);
        }
        uint256 next = word.withEnd(stopAt, grace);

        int128 freed = _write(id, terms, word, next);
        emit Ended(id, stopAt, grace, freed, next.lost());
    }

    /// @inheritdoc IGrants
    function pause(bytes calldata terms) external restricted nonReentrant {
        (bytes32 id, uint256 word) = _unsettled(terms);
        if (word & (GrantWord.PAUSED | GrantWord.ENDED) != 0) revert WrongState(id, word.flags());
        require(word.lost() < terms.pauseMax(), OutOfRange(word.lost(), terms.pauseMax()));

        uint40 stopAt = block.timestamp.toUint40();
        words[id] = word | GrantWord.PAUSED | uint256(stopAt) << GrantWord.STOP_AT;
        emit Paused(id, stopAt);
    }

    /// @inheritdoc IGrants
    function resume(bytes calldata terms) external restricted nonReentrant {
        (bytes32 id, uint256 word) = _unsettled(terms);
        if (word & GrantWord.PAUSED == 0) revert WrongState(id, word.flags());

        uint256 next = word.withLost(terms, block.timestamp - word.stopAt()) & ~GrantWord.PAUSED;
        next &= ~GrantWord.STOP_MASK;

        words[id] = next;
        emit Resumed(id, next.lost());
    }

    /// @inheritdoc IGrants
    function accelerate(bytes calldata terms, uint32 by) external restricted nonReentrant {
        (bytes32 id, uint256 word) = _unsettled(terms);

        uint256 next = word.withCredit(by);

        int128 freed = _write(id, terms, word, next);
        emit Accelerated(id, next.credit(), freed);
    }

    /// @inheritdoc IGrants
    function lowerWithholding(bytes calldata terms, uint16 withholdBps) external restricted nonReentrant {
        (bytes32 id, uint256 word) = _opened(terms);
        require(withholdBps < word.withholdBps(), OutOfRange(withholdBps, word.withholdBps()));

        words[id] = word.withWithholding(withholdBps);
        emit WithholdingLowered(id, withholdBps);
    }

    // ------------------------------------------------------------------------------------------------- holder, anyone

    /// @inheritdoc IGrants
    function waive(bytes calldata terms) external nonReentrant {
        (bytes32 id, uint256 word) = _unsettled(terms);
        _requireHolder(msg.sender, id, terms, word);

        uint256 value = _vestedDown(terms, word);

        uint128 freed = _settle(id, terms, word, value);
        emit Waived(id, value.toUint128(), freed);
    }

    /// @inheritdoc IGrants
    function holdClaims(bytes calldata terms, bool on) external nonReentrant {
        (bytes32 id, uint256 word) = _opened(terms);
        _requireHolder(msg.sender, id, terms, word);

        words[id] = on ? word | GrantWord.HOLDER_ONLY : word & ~GrantWord.HOLDER_ONLY;
        emit ClaimsHeld(id, on);
    }

    /// @inheritdoc IGrants
    function settle(bytes calldata terms) external nonReentrant {
        (bytes32 id, uint256 word) = _unsettled(terms);
        uint256 stopAt = word.stopAt();
        // a result registered in the second of the end still counts, so that second must be over
        if (word & GrantWord.ENDED != 0 && block.timestamp <= stopAt) revert NotYet(stopAt + 1);

        if (word & GrantWord.ENDED == 0) {
            uint256 timePpb = word.timeDown(terms, word.clock(terms));
            require(timePpb == GrantWord.ONE, NotFullyVested(timePpb));
        }
        Gates.requireDone(terms, word, GOALS);

        uint256 value = _vestedDown(terms, word);
        uint128 freed = _settle(id, terms, word, value);
        emit Settled(id, value.toUint128(), freed);
    }

    // ------------------------------------------------------------------------------------------------- succession

    /// @inheritdoc IGrants
    /// @dev At most 8 successors, as SUCCESSION sees to.
    function succeed(bytes calldata old, bytes[] calldata successors) external nonReentrant {
        _requireSuccession();
        (bytes32 oldId, uint256 oldWord) = _opened(old);
        (uint256 before, uint256 held) = (_vestedDown(old, oldWord), oldWord.heldDown(old));

        words[oldId] = GrantWord.OPENED | GrantWord.CLOSED;
        uint256 word = oldWord.inherited();
        (uint256 freed, uint256 sum, uint256 vested) = (held, 0, 0);
        for (uint256 i; i < successors.length; ++i) {
            vested += _succeedOne(oldId, successors[i], i, word, freed);
            sum += successors[i].amount();
            (word, freed) = (word - word.released(), 0); // the first has taken them over
        }
        // each successor after the first may round away a base unit
        require(vested + successors.length > before, VestedFalls(before, vested));
        // what was paid counts for nobody but the holder
        if (oldWord.released() != 0) _requireHolder(successors[0].recipient(), oldId, old, oldWord);

        _hold(held, sum);
    }

    /// @inheritdoc IGrants
    function setHolder(bytes calldata terms, address to) external nonReentrant {
        _requireSuccession();
        (bytes32 id, uint256 word) = _opened(terms);

        words[id] = (word | GrantWord.MOVED) & ~GrantWord.RECOVERING;
        holders[id] = to;
        emit HolderChanged(id, to);
    }

    /// @inheritdoc IGrants
    function setRecovering(bytes calldata terms, bool on) external nonReentrant {
        _requireSuccession();
        (bytes32 id, uint256 word) = _opened(terms);

        words[id] = on ? word | GrantWord.RECOVERING : word & ~GrantWord.RECOVERING;
        emit RecoveringSet(id, on);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IGrants
    function holderOf(bytes calldata terms) external view returns (address) {
        (bytes32 id, uint256 word) = _opened(terms);
        return _holder(id, terms, word);
    }

    /// @inheritdoc IGrants
    function idOf(bytes calldata terms) external view returns (bytes32) {
        return terms.id(DOMAIN);
    }

    /// @inheritdoc IGrants
    function amounts(bytes calldata terms)
        external
        view
        returns (
            uint256 timePpb,
            uint256 openPpb,
            uint256 vested,
            uint256 unlocked,
            uint256 released,
            uint256 held
        )
    {
        (, uint256 word) = _opened(terms);
        bool settled = word & GrantWord.SETTLED != 0;
        timePpb = settled ? GrantWord.ONE : word.timeDown(terms, word.clock(terms));
        openPpb = settled ? GrantWord.ONE : Gates.openDown(terms, word, GOALS);
        vested = _vestedDown(terms, word);
        unlocked = GrantWord.unlockedDown(terms);
        released = word.released();
        held = word.heldDown(terms);
    }

    // ------------------------------------------------------------------------------------------------- one grant

    /// @dev Proves the leaf and makes its word, which the caller writes: a claim once, with the payment. Invalid terms
    /// are closed, an undefined goal reverts.
    function _open(bytes32 id, bytes calldata terms, bytes32 root, uint32 index, bytes calldata proof)
        private
        returns (uint256 word)
    {
        require(terms.length >= TermsLib.SHORTEST, BadTerms());
        (uint256 total, uint256 since) = _binding(root);
        require(SumTree.leadsTo(proof, index, id, terms.amount(), root, total), BadProof());
        if (!terms.isValid(address(this), TOKEN)) return _close(id, terms, root, index);
        if (terms.gateCount() != 0) Gates.requireDefined(terms, GOALS);

        uint16 withholdBps = uint16(terms.withholdBps()); // valid: at most 10000
        word = GrantWord.OPENED | uint256(withholdBps) << GrantWord.WITHHOLD_AT | since << GrantWord.SINCE_AT;

        emit Opened(id, root, index, terms.recipient(), uint128(terms.amount()), withholdBps); // 104 bits
    }

    /// @dev A leaf that can never be a grant: what it holds becomes free.
    function _close(bytes32 id, bytes calldata terms, bytes32 root, uint32 index)
        private
        returns (uint256 word)
    {
        word = GrantWord.OPENED | GrantWord.CLOSED;
        uint256 amount = terms.amount();

        _hold(amount, 0);
        words[id] = word;
        emit Invalid(id, root, index, uint128(amount)); // 104 bits
    }

    /// @dev Opens one successor with what it inherits. `freed` is what its predecessor held, for the first of them.
    /// @return vested base units earned by it now
    function _succeedOne(bytes32 oldId, bytes calldata terms, uint256 place, uint256 word, uint256 freed)
        private
        returns (uint256 vested)
    {
        bytes32 id = terms.id(DOMAIN);
        require(terms.isValid(address(this), TOKEN), BadTerms());
        Gates.requireDefined(terms, GOALS);
        require(words[id] == 0, AlreadyOpened(id));
        uint256 amount = terms.amount();
        require(amount >= word.released(), OutOfRange(amount, word.released()));

        word |= terms.withholdBps() << GrantWord.WITHHOLD_AT; // valid: at most 10000
        words[id] = word;
        // casts: place below 8, both amounts at most 104 bits
        emit Succeeded(oldId, id, uint8(place), terms, int128(int256(freed)) - int128(int256(amount)));

        return _vestedDown(terms, word);
    }

    /// @dev Pays an opened grant, or reverts.
    function _claim(bytes32 id, bytes calldata terms, uint256 word) private returns (uint128) {
        address to = terms.recipient();
        if (word & (GrantWord.MOVED | GrantWord.HOLDER_ONLY | GrantWord.RECOVERING) != 0) {
            to = _holder(id, terms, word);
            if (word.isHeldBack()) require(msg.sender == to, NotHolder(msg.sender, to));
        }

        uint256 gross = _payableDown(terms, word);
        if (gross == 0) {
            revert NothingClaimable(_vestedDown(terms, word), GrantWord.unlockedDown(terms), word.released());
        }
        uint256 withheld = _withheldDown(word, gross);

        unchecked {
            // `released` is lowest and stays at or below the amount; what is withheld is a part of what is paid
            words[id] = word + gross;
            if (withheld != 0) _keep(withheld);
            emit Claimed(id, to, uint128(gross), uint128(withheld)); // both at most 104 bits

            if (gross > withheld) IERC20(TOKEN).safeTransfer(to, gross - withheld);
            return uint128(gross);
        }
    }

    /// @dev The keeper's claim: skips what cannot be paid, undoes what fails. `balance` is the pool's before, `left`
    /// what it should be after.
    function _tryClaim(bytes calldata terms, uint256 balance) private returns (bool paid, uint256 left) {
        left = balance;
        bytes32 id = terms.id(DOMAIN);
        uint256 word = words[id];
        if (word & (GrantWord.OPENED | GrantWord.CLOSED) != GrantWord.OPENED) return (false, left);
        address to = _holder(id, terms, word);
        if (word.isHeldBack() && msg.sender != to) return (false, left);

        uint256 gross = _payableDown(terms, word);
        if (gross == 0) return (false, left);
        uint256 withheld = _withheldDown(word, gross);

        words[id] = word + gross;
        bytes32 reason;
        (paid, reason) = Payment.tryPay(IERC20(TOKEN), to, gross - withheld, PAYMENT_GAS, balance);

        // casts: both at most 104 bits
        if (paid) {
            left -= Math.min(left, gross - withheld);
            _keep(withheld);
            emit Claimed(id, to, uint128(gross), uint128(withheld));
        } else {
            words[id] = word;
            emit ClaimFailed(id, to, uint128(gross), reason);
        }
    }

    /// @dev Only an announced end can be withdrawn.
    function _withdrawEnd(bytes32 id, bytes calldata terms, uint256 word) private {
        if (word & GrantWord.ENDED == 0) revert WrongState(id, word.flags());

        int128 freed =
            _write(id, terms, word, word & ~(GrantWord.ENDED | GrantWord.GRACED | GrantWord.STOP_MASK));
        emit EndWithdrawn(id, freed);
    }

    /// @dev Stores a changed word and moves `promised` with it.
    function _write(bytes32 id, bytes calldata terms, uint256 word, uint256 next)
        private
        returns (int128 freed)
    {
        (uint256 before, uint256 held) = (word.heldDown(terms), next.heldDown(terms));
        _hold(before, held);
        words[id] = next;
        return int128(int256(before) - int256(held)); // both at most 104 bits
    }

    /// @dev The word after an end of all change: stopAt, credit and lost make room for the value.
    function _settle(bytes32 id, bytes calldata terms, uint256 word, uint256 value)
        private
        returns (uint128)
    {
        // value <= held, so what is freed is not negative
        return uint128(_write(id, terms, word, word.withValue(value)));
    }

    // ------------------------------------------------------------------------------------------------- amounts

    /// @dev Base units that a claim releases now.
    function _payableDown(bytes calldata terms, uint256 word) private view returns (uint256) {
        uint256 most = _earnedDown(terms, word);
        if (terms.unlockCount() != 0) most = Math.min(most, GrantWord.unlockedDown(terms));
        uint256 released = word.released();
        unchecked {
            return most > released ? most - released : 0;
        }
    }

    /// @dev What is kept back of a payment.
    function _withheldDown(uint256 word, uint256 gross) private pure returns (uint256) {
        unchecked {
            return gross * word.withholdBps() / TermsLib.BPS; // 2^104 * 2^14
        }
    }

    /// @dev What is vested: earned, and never below what was released.
    function _vestedDown(bytes calldata terms, uint256 word) private view returns (uint256) {
        return Math.max(_earnedDown(terms, word), word.released());
    }

    /// @dev What is earned: by time, let through by gates; the value once settled.
    function _earnedDown(bytes calldata terms, uint256 word) private view returns (uint256) {
        uint256 timePpb;
        if (word & GrantWord.ALTERED == 0) {
            timePpb = GrantWord.plainTimeDown(terms);
        } else {
            if (word & GrantWord.SETTLED != 0) return word.settledValue();
            timePpb = word.timeDown(terms, word.clock(terms));
        }
        unchecked {
            uint256 full = terms.amount() * timePpb; // 2^104 * 2^30
            if (terms.gateCount() == 0) return full / GrantWord.ONE;
            return full * Gates.openDown(terms, word, GOALS) / 1e18; // * 2^30
        }
    }

    // ------------------------------------------------------------------------------------------------- conditions

    function _requireSuccession() private view {
        require(msg.sender == SUCCESSION, NotSuccession(msg.sender));
    }

    function _requireHolder(address who, bytes32 id, bytes calldata terms, uint256 word) private view {
        address holder = _holder(id, terms, word);
        require(who == holder, NotHolder(who, holder));
    }

    function _opened(bytes calldata terms) private view returns (bytes32 id, uint256 word) {
        id = terms.id(DOMAIN);
        word = words[id];
        if (word & (GrantWord.OPENED | GrantWord.CLOSED) == GrantWord.OPENED) return (id, word);
        require(word == 0, IsClosed(id));
        revert NotOpened(id);
    }

    function _unsettled(bytes calldata terms) private view returns (bytes32 id, uint256 word) {
        (id, word) = _opened(terms);
        if (word & GrantWord.SETTLED != 0) revert WrongState(id, word.flags());
    }

    function _holder(bytes32 id, bytes calldata terms, uint256 word) private view returns (address) {
        return word & GrantWord.MOVED != 0 ? holders[id] : terms.recipient();
    }
}
