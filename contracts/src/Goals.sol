// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGoals} from "./interfaces/IGoals.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {GoalRules} from "./libraries/GoalRules.sol";

/// @notice Keeps goals, their attempts and the bonds of challenges. What each call means stands in IGoals.
/// @dev Only block times decide. Words (layouts in IGoals) are worked on raw: a copy in memory costs 8k gas.
contract Goals is IGoals, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    // goal word
    uint256 private constant COUNT_AT = 32;
    uint256 private constant PENDING_AT = 48;
    uint256 private constant VOIDED_AT = 64;
    uint256 private constant FLAGS_AT = 72;
    uint256 private constant CLOSES_AT = 80;
    uint256 private constant DEMANDED_AT = 120;
    uint256 private constant REGISTERED_AT = 160;
    uint256 private constant DEFAULTED_AT = 200;
    uint256 private constant DEFINED = 1 << FLAGS_AT;
    uint256 private constant DEMANDED = 2 << FLAGS_AT;
    uint256 private constant EXTENDED = 4 << FLAGS_AT;
    uint256 private constant FINAL = 8 << FLAGS_AT;
    uint256 private constant FRACTION_MASK = type(uint32).max;
    uint256 private constant TIME_MASK = type(uint40).max;

    // attempt word
    uint256 private constant BLOCK_AT = 40;
    uint256 private constant DEADLINE_AT = 80;
    uint256 private constant RESULT_AT = 120;
    uint256 private constant STATUS_AT = 152;
    uint256 private constant SEED_AT = 160;
    uint256 private constant REGISTERED = 1;
    uint256 private constant PROPOSED = 2;
    uint256 private constant CHALLENGED = 3;
    uint256 private constant FINISHED = 4;
    uint256 private constant VOID = 5;
    uint256 private constant SIGNED = 0x10 << STATUS_AT;
    uint256 private constant CLEARED_DEMAND = 0x20 << STATUS_AT;

    uint256 private constant UPHELD = 1;
    uint256 private constant OVERTURNED = 2;
    uint256 private constant VOIDED = 3;

    uint256 private constant ONE = 1e9;
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

    bytes32 private constant ACCEPT =
        keccak256("Accept(bytes32 goal,uint16 attempt,bytes32 model,uint40 deadline)");
    bytes32 private constant RESULT = keccak256(
        "Result(bytes32 goal,uint16 attempt,bytes32 model,uint128 x,uint128 y,uint32 samples,uint32 guards,bytes32 evidence)"
    );

    uint256 private immutable CHAIN_ID = block.chainid;

    struct Attempt {
        uint256 word;
        bytes32 model;
    }

    /// @dev Kept apart: most attempts are never challenged. `finalize` knows no definition, hence token and bond.
    struct Challenge {
        address challenger;
        address token;
        uint128 bond;
    }

    /// @dev A verdict on its way to the event.
    struct Resolution {
        uint8 verdict;
        uint32 fraction;
        uint128 x;
        uint128 y;
        uint32 guards;
        uint128 toSponsor;
        uint128 toChallenger;
        uint128 toDead;
        bool restoredDemand;
    }

    mapping(bytes32 id => uint256) private _goals;
    mapping(bytes32 id => mapping(uint256 attempt => Attempt)) private _attempts;
    mapping(bytes32 id => mapping(uint256 attempt => Challenge)) private _challenges;

    /// @inheritdoc IGoals
    mapping(address token => mapping(address to => uint256)) public bondOwed;

    constructor() EIP712("Guerdon Goals", "1") {}

    // ------------------------------------------------------------------------------------------------- definition

    /// @inheritdoc IGoals
    function defineGoal(Goal calldata goal, uint8 m, address[] calldata panel) external returns (bytes32 id) {
        id = goalId(goal);
        require(_goals[id] == 0, AlreadyDefined(id));
        require(GoalRules.isGoal(goal) && GoalRules.isPanel(goal.panel, m, panel), BadGoal());

        _goals[id] = DEFINED | uint256(goal.closes) << CLOSES_AT;
        emit GoalDefined(id, goal, m, panel);
    }

    // ------------------------------------------------------------------------------------------------- attempts

    /// @inheritdoc IGoals
    function register(Goal calldata goal, bytes32 model, uint40 deadline, Quorum calldata quorum)
        external
        returns (uint16 attempt)
    {
        (bytes32 id, uint256 word) = _open(goal);
        require(
            block.timestamp >= goal.opens && block.timestamp <= _closes(word),
            NotOpen(goal.opens, _closes(word))
        );
        attempt = _count(word);
        require(attempt < uint256(goal.attempts) + uint8(word >> VOIDED_AT), NoAttemptsLeft(goal.attempts));
        require(block.timestamp <= deadline, TooLate(deadline));
        bytes32 message = keccak256(abi.encode(ACCEPT, id, attempt, model, deadline));
        uint256 signatures = _requireSigned(goal.panel, quorum, 1, message);
        require(signatures >= quorum.m || msg.sender == goal.sponsor, NotSponsor(msg.sender));

        uint256 ends = block.timestamp + goal.runSeconds;
        _attempts[id][attempt] = Attempt({
            word: block.timestamp | block.number << BLOCK_AT | ends << DEADLINE_AT | REGISTERED << STATUS_AT,
            model: model
        });
        word += 1 << COUNT_AT | 1 << PENDING_AT;
        _goals[id] = (word & ~(TIME_MASK << REGISTERED_AT)) | block.timestamp << REGISTERED_AT;
        emit Registered(
            id, attempt, model, block.timestamp.toUint40(), block.number.toUint40(), ends.toUint40()
        );
    }

    /// @inheritdoc IGoals
    function seal(Goal calldata goal, uint16 attempt) external returns (uint96 seed) {
        (bytes32 id, uint256 word) = _attemptIn(goal, attempt, REGISTERED);
        require(goal.seedBlocks > 0 && word >> SEED_AT == 0, NoSeedDue());
        uint256 drawnBy = uint40(word >> BLOCK_AT) + uint256(goal.seedBlocks); // 40 bits
        require(block.number > drawnBy, SeedNotReady(drawnBy));
        bytes32 hash = blockhash(drawnBy);
        require(hash != 0, SeedLost());

        seed = uint96(uint256(keccak256(abi.encode(hash, id, uint256(attempt))))); // the low 96 bits

        _attempts[id][attempt].word = word | uint256(seed) << SEED_AT;
        emit Sealed(id, attempt, seed);
    }

    /// @inheritdoc IGoals
    function propose(Goal calldata goal, Result calldata result, Quorum calldata quorum) external {
        (bytes32 id, uint256 word) = _attemptIn(goal, result.attempt, REGISTERED);
        require(block.timestamp <= _deadline(word), TooLate(_deadline(word)));
        require(goal.seedBlocks == 0 || word >> SEED_AT != 0, NotSealed());
        bytes32 model = _attempts[id][result.attempt].model;
        require(result.model == model, WrongModel(model));
        require(result.samples == goal.samples, WrongSamples(result.samples, goal.samples));
        _requireSigned(goal.panel, quorum, quorum.m, _resultHash(id, result));

        uint256 fraction = _fractionDown(goal, result.x, result.y, result.guards);
        bool clears = _clearDemand(id, word);

        uint256 ends = block.timestamp + goal.challengeSeconds;
        word = _with(word, PROPOSED, fraction, ends) | SIGNED | (clears ? CLEARED_DEMAND : 0);
        _attempts[id][result.attempt].word = word;
        _emitProposed(id, result, quorum.signers, word);
    }

    /// @inheritdoc IGoals
    function expire(Goal calldata goal, uint16 attempt) external {
        (bytes32 id, uint256 word) = _attemptIn(goal, attempt, REGISTERED);
        require(block.timestamp > _deadline(word), NotYet(_deadline(word) + 1));

        uint256 ends = block.timestamp + goal.challengeSeconds;
        _attempts[id][attempt].word = _with(word, PROPOSED, 0, ends);
        emit Expired(id, attempt, ends.toUint40());
    }

    /// @inheritdoc IGoals
    function challenge(Goal calldata goal, uint16 attempt, bytes32 reason) external nonReentrant {
        (bytes32 id, uint256 word) = _attemptIn(goal, attempt, PROPOSED);
        require(block.timestamp <= _deadline(word), WindowClosed(_deadline(word)));

        uint256 ends = block.timestamp + goal.arbiterSeconds;
        _attempts[id][attempt].word = _with(word, CHALLENGED, _result(word), ends);
        _challenges[id][attempt] = Challenge(msg.sender, goal.bondToken, goal.bond);
        emit Challenged(id, attempt, msg.sender, reason, goal.bond, ends.toUint40());

        if (goal.bond > 0) _takeBond(IERC20(goal.bondToken), goal.bond);
    }

    /// @inheritdoc IGoals
    function resolve(Goal calldata goal, uint16 attempt, uint8 verdict, uint128 x, uint128 y, uint32 guards)
        external
        nonReentrant
    {
        (bytes32 id, uint256 word) = _attemptIn(goal, attempt, CHALLENGED);
        require(msg.sender == goal.arbiter, NotArbiter(msg.sender));
        require(block.timestamp <= _deadline(word), TooLate(_deadline(word)));
        require(verdict >= UPHELD && verdict <= VOIDED, WrongVerdict(verdict));

        Resolution memory made;
        (made.verdict, made.x, made.y, made.guards) = (verdict, x, y, guards);
        if (verdict == UPHELD) made.fraction = _result(word);
        else if (verdict == OVERTURNED) made.fraction = _fractionDown(goal, x, y, guards);
        else made.restoredDemand = _void(goal.maxVoids, id, word);

        uint256 status = verdict == VOIDED ? VOID : FINISHED;
        _attempts[id][attempt].word = _with(word, status, made.fraction, _deadline(word));
        _finish(id, made.fraction);
        _creditBond(goal, _challenges[id][attempt].challenger, made);
        _emitResolved(id, attempt, made);
    }

    /// @inheritdoc IGoals
    function finalize(bytes32 id, uint16 attempt) external {
        uint256 word = _attempts[id][attempt].word;
        uint256 status = _status(word);
        require(status == PROPOSED || status == CHALLENGED, WrongStatus(status));
        require(block.timestamp > _deadline(word), NotYet(_deadline(word) + 1));

        uint128 back;
        if (status == CHALLENGED) {
            Challenge memory made = _challenges[id][attempt];
            back = made.bond;
            bondOwed[made.token][made.challenger] += back;
        }
        _attempts[id][attempt].word = _with(word, FINISHED, _result(word), _deadline(word));
        uint32 best = _finish(id, _result(word));
        emit Finalized(id, attempt, _result(word), best, back);
    }

    // ------------------------------------------------------------------------------------------------- demand, end

    /// @inheritdoc IGoals
    function demand(Goal calldata goal, bytes32 model) external {
        (bytes32 id, uint256 word) = _open(goal);
        require(msg.sender == goal.sponsor, NotSponsor(msg.sender));
        require(word & DEMANDED == 0, AlreadyDemanded());
        require(block.timestamp + goal.runSeconds < _closes(word), TooLate(_closes(word)));
        require(
            _count(word) < uint256(goal.attempts) + uint8(word >> VOIDED_AT), NoAttemptsLeft(goal.attempts)
        );

        _goals[id] = (word & ~(TIME_MASK << DEMANDED_AT)) | DEMANDED | block.timestamp << DEMANDED_AT;
        emit Demanded(id, model, block.timestamp.toUint40());
    }

    /// @inheritdoc IGoals
    function refuse(Goal calldata goal) external {
        (bytes32 id, uint256 word) = _open(goal);
        require(msg.sender == goal.arbiter, NotArbiter(msg.sender));
        require(word & DEMANDED != 0, NotDemanded());

        _goals[id] = word & ~(DEMANDED | TIME_MASK << DEMANDED_AT);
        emit DemandRefused(id);
    }

    /// @inheritdoc IGoals
    function extend(Goal calldata goal, uint40 closes) external {
        (bytes32 id, uint256 word) = _open(goal);
        uint256 before = _closes(word);
        require(msg.sender == goal.arbiter, NotArbiter(msg.sender));
        require(word & EXTENDED == 0, AlreadyExtended());
        require(block.timestamp <= before, TooLate(before));
        require(closes > before, OutOfRange(closes, before));
        uint256 latest = 2 * before - goal.opens;
        require(closes <= latest, OutOfRange(closes, latest));

        _goals[id] = (word & ~(TIME_MASK << CLOSES_AT)) | EXTENDED | uint256(closes) << CLOSES_AT;
        emit Extended(id, closes);
    }

    /// @inheritdoc IGoals
    function close(Goal calldata goal) external {
        (bytes32 id, uint256 word) = _open(goal);
        uint256 pending = uint16(word >> PENDING_AT); // 16 bits
        bool over = block.timestamp > _closes(word) || word & FRACTION_MASK == ONE;
        require(pending == 0 && over, NotFinal(pending, _closes(word)));

        uint256 defaulted = word & DEMANDED != 0 ? goal.defaultPpb : 0;
        uint256 fraction = Math.max(word & FRACTION_MASK, defaulted);

        _goals[id] = (word & ~FRACTION_MASK) | fraction | FINAL | defaulted << DEFAULTED_AT;
        emit GoalClosed(id, uint32(fraction), uint32(defaulted)); // both at most 1e9
    }

    /// @inheritdoc IGoals
    function withdrawBond(address token) external nonReentrant returns (uint256 amount) {
        amount = bondOwed[token][msg.sender];
        require(amount > 0, NothingOwed());

        bondOwed[token][msg.sender] = 0;
        emit BondWithdrawn(token, msg.sender, amount);

        IERC20(token).safeTransfer(msg.sender, amount);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IGoals
    function goalId(Goal calldata goal) public view returns (bytes32) {
        return keccak256(abi.encode(CHAIN_ID, address(this), goal));
    }

    /// @inheritdoc IGoals
    function stateOf(bytes32 id) external view returns (uint256) {
        return _goals[id];
    }

    /// @inheritdoc IGoals
    function attemptOf(bytes32 id, uint16 attempt) external view returns (uint256, bytes32, address) {
        Attempt storage made = _attempts[id][attempt];
        return (made.word, made.model, _challenges[id][attempt].challenger);
    }

    /// @inheritdoc IGoals
    function fractionOf(bytes32 id)
        external
        view
        returns (uint32 fraction, bool isFinal, uint40 lastRegisteredAt)
    {
        uint256 word = _defined(id);
        // casts: fields of 32 and 40 bits
        return (uint32(word), word & FINAL != 0, uint40(word >> REGISTERED_AT));
    }

    /// @inheritdoc IGoals
    /// @dev At most 32 attempts.
    function fractionAt(bytes32 id, uint40 time) external view returns (uint32 fraction, bool pending) {
        uint256 word = _defined(id);
        if (word & DEMANDED != 0 && _demandedAt(word) <= time) {
            fraction = uint32(word >> DEFAULTED_AT); // 32 bits; 0 until FINAL
            pending = word & FINAL == 0;
        }
        uint256 count = _count(word);
        for (uint256 i; i < count; ++i) {
            uint256 attempt = _attempts[id][i].word;
            if (attempt & TIME_MASK > time) break; // attempts lie in the order of their registration
            if (_status(attempt) < FINISHED) pending = true;
            else if (_result(attempt) > fraction) fraction = _result(attempt);
        }
    }

    /// @inheritdoc IGoals
    function lowerBound(uint8 kind, uint16 bound, uint32 samples, uint128 x, uint128 y)
        external
        pure
        returns (int256)
    {
        require(kind <= Bounds.COUNT && samples > 0, BadGoal());
        require(Bounds.isPossible(kind, samples, x, y), WrongCount(x, y));
        return Bounds.lowerDown(kind, bound, samples, x, y);
    }

    /// @inheritdoc IGoals
    function payout(Goal calldata goal, int256 lower) external pure returns (uint32) {
        return uint32(Bounds.payoutDown(lower, goal.threshold, goal.stretch, goal.basePpb)); // at most 1e9
    }

    // ------------------------------------------------------------------------------------------------- goal words

    /// @dev The goal, if it can still change.
    function _open(Goal calldata goal) private view returns (bytes32 id, uint256 word) {
        id = goalId(goal);
        word = _defined(id);
        require(word & FINAL == 0, IsFinal(id));
    }

    function _defined(bytes32 id) private view returns (uint256 word) {
        word = _goals[id];
        require(word != 0, GoalNotDefined(id));
    }

    /// @dev A signed result answers a demand made before its attempt was registered.
    function _clearDemand(bytes32 id, uint256 attempt) private returns (bool clears) {
        uint256 word = _goals[id];
        clears = word & DEMANDED != 0 && attempt & TIME_MASK >= _demandedAt(word);
        if (clears) _goals[id] = word & ~DEMANDED;
    }

    /// @dev Gives an attempt back; a demand that it had answered stands again, unless it was refused since.
    function _void(uint256 maxVoids, bytes32 id, uint256 attempt) private returns (bool restored) {
        uint256 word = _goals[id];
        require(uint8(word >> VOIDED_AT) < maxVoids, NoVoidsLeft(maxVoids));
        restored = attempt & CLEARED_DEMAND != 0 && word & DEMANDED == 0 && _demandedAt(word) != 0;
        _goals[id] = (word + (1 << VOIDED_AT)) | (restored ? DEMANDED : 0);
    }

    /// @dev One attempt less is pending; the best counts.
    function _finish(bytes32 id, uint256 fraction) private returns (uint32 best) {
        uint256 word = _goals[id] - (1 << PENDING_AT);
        best = uint32(Math.max(word & FRACTION_MASK, fraction)); // at most 1e9
        _goals[id] = (word & ~FRACTION_MASK) | best;
    }

    function _count(uint256 word) private pure returns (uint16) {
        return uint16(word >> COUNT_AT); // 16 bits
    }

    function _closes(uint256 word) private pure returns (uint256) {
        return uint40(word >> CLOSES_AT); // 40 bits
    }

    function _demandedAt(uint256 word) private pure returns (uint256) {
        return uint40(word >> DEMANDED_AT); // 40 bits
    }

    // ------------------------------------------------------------------------------------------------- attempt words

    function _attemptIn(Goal calldata goal, uint256 attempt, uint256 status)
        private
        view
        returns (bytes32 id, uint256 word)
    {
        id = goalId(goal);
        word = _attempts[id][attempt].word;
        require(_status(word) == status, WrongStatus(_status(word)));
    }

    /// @dev The word with another state, result and deadline; the bits above the state stay.
    function _with(uint256 word, uint256 status, uint256 fraction, uint256 deadline)
        private
        pure
        returns (uint256)
    {
        uint256 cleared =
            word & ~(TIME_MASK << DEADLINE_AT | FRACTION_MASK << RESULT_AT | 0xf << STATUS_AT);
        return cleared | deadline << DEADLINE_AT | fraction << RESULT_AT | status << STATUS_AT;
    }

    function _status(uint256 word) private pure returns (uint256) {
        return (word >> STATUS_AT) & 0xf;
    }

    function _deadline(uint256 word) private pure returns (uint256) {
        return uint40(word >> DEADLINE_AT); // 40 bits
    }

    function _result(uint256 word) private pure returns (uint32) {
        return uint32(word >> RESULT_AT); // 32 bits
    }

    /// @dev What a result pays; nothing if a guard is not set.
    function _fractionDown(Goal calldata goal, uint256 x, uint256 y, uint32 guards)
        private
        pure
        returns (uint32)
    {
        require(Bounds.isPossible(goal.kind, goal.samples, x, y), WrongCount(x, y));
        if (guards & goal.guards != goal.guards) return 0;
        int256 lower = Bounds.lowerDown(goal.kind, goal.bound, goal.samples, x, y);
        return uint32(Bounds.payoutDown(lower, goal.threshold, goal.stretch, goal.basePpb)); // at most 1e9
    }

    // ------------------------------------------------------------------------------------------------- signatures

    /// @dev The message carries exactly as many signatures as bits, by these members, at least `least`.
    function _requireSigned(bytes32 panelHash, Quorum calldata quorum, uint256 least, bytes32 message)
        private
        view
        returns (uint256 signatures)
    {
        require(keccak256(abi.encode(uint256(quorum.m), quorum.panel)) == panelHash, BadPanel());
        require(quorum.signers >> quorum.panel.length == 0, BadPanel());
        bytes32 digest = _hashTypedDataV4(message);

        for (uint256 i; i < quorum.panel.length; ++i) {
            if (quorum.signers >> i & 1 == 0) continue; // at most 16 members, by definition
            uint256 offset = signatures * 65;
            ++signatures;
            require(quorum.signatures.length >= offset + 65, BadPanel());
            (address signer, ECDSA.RecoverError problem,) =
                ECDSA.tryRecoverCalldata(digest, quorum.signatures[offset:offset + 65]);
            require(problem == ECDSA.RecoverError.NoError && signer == quorum.panel[i], BadPanel());
        }
        require(signatures >= least && quorum.signatures.length == signatures * 65, BadPanel());
    }

    function _resultHash(bytes32 id, Result calldata result) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RESULT,
                id,
                result.attempt,
                result.model,
                result.x,
                result.y,
                result.samples,
                result.guards,
                result.evidence
            )
        );
    }

    // ------------------------------------------------------------------------------------------------- bonds

    function _takeBond(IERC20 token, uint256 bond) private {
        uint256 balance = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), bond);
        uint256 received = token.balanceOf(address(this)) - balance;
        require(received >= bond, BondNotReceived(received, bond));
    }

    /// @dev A challenge that failed pays the sponsor and nobody, so that no judge earns by his verdict.
    function _creditBond(Goal calldata goal, address challenger, Resolution memory made) private {
        if (goal.bond == 0) return;
        mapping(address to => uint256) storage owed = bondOwed[goal.bondToken];
        if (made.verdict != UPHELD) {
            made.toChallenger = goal.bond;
            owed[challenger] += goal.bond;
            return;
        }
        made.toSponsor = goal.bond / 2;
        made.toDead = goal.bond - made.toSponsor; // the odd unit is nobody's
        owed[goal.sponsor] += made.toSponsor;
        owed[DEAD] += made.toDead;
    }

    // ------------------------------------------------------------------------------------------------- wide events

    function _emitProposed(bytes32 id, Result calldata result, uint16 signers, uint256 word) private {
        emit Proposed(
            id,
            result.attempt,
            result.x,
            result.y,
            result.guards,
            result.evidence,
            signers,
            _result(word),
            uint40(word >> DEADLINE_AT), // 40 bits
            word & CLEARED_DEMAND != 0
        );
    }

    function _emitResolved(bytes32 id, uint16 attempt, Resolution memory made) private {
        emit Resolved(
            id,
            attempt,
            made.verdict,
            made.fraction,
            made.x,
            made.y,
            made.guards,
            made.toSponsor,
            made.toChallenger,
            made.toDead,
            made.restoredDemand
        );
    }
}
