// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGoals} from "./interfaces/IGoals.sol";
import {AttemptWord} from "./libraries/AttemptWord.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {GoalMessages} from "./libraries/GoalMessages.sol";
import {GoalRules} from "./libraries/GoalRules.sol";
import {GoalWord} from "./libraries/GoalWord.sol";
import {Panel} from "./libraries/Panel.sol";

/// @notice Keeps goals, their attempts and the bonds of challenges. What each call means stands in IGoals.
/// @dev Only block times decide. Words (layouts in IGoals) are worked on raw: a copy in memory costs 8k gas.
contract Goals is IGoals, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using GoalWord for uint256;
    using AttemptWord for uint256;

    uint256 private constant UPHELD = 1;
    uint256 private constant OVERTURNED = 2;
    uint256 private constant VOIDED = 3;

    uint256 private constant ONE = 1e9;
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

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
        bool clearedDemand;
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
        require(GoalRules.isGoal(goal) && Panel.isPanel(goal.panel, m, panel), BadGoal());

        _goals[id] = GoalWord.defined(goal.closes);
        emit GoalDefined(id, goal, m, panel);
    }

    // ------------------------------------------------------------------------------------------------- attempts

    /// @inheritdoc IGoals
    function register(Goal calldata goal, bytes32 model, uint40 deadline, Quorum calldata quorum)
        external
        returns (uint16 attempt)
    {
        (bytes32 id, uint256 word) = _open(goal);
        uint256 closes = word.closes();
        require(block.timestamp >= goal.opens && block.timestamp <= closes, NotOpen(goal.opens, closes));
        require(_hasAttempts(goal, word), NoAttemptsLeft(goal.attempts));
        require(block.timestamp <= deadline, TooLate(deadline));
        attempt = word.count();
        bytes32 message = GoalMessages.accept(id, attempt, model, deadline);
        uint256 signatures = Panel.requireSigned(quorum, goal.panel, 1, _hashTypedDataV4(message));
        require(signatures >= quorum.m || msg.sender == goal.sponsor, NotSponsor(msg.sender));

        uint256 made =
            AttemptWord.registered(block.timestamp, block.number, block.timestamp + goal.runSeconds);
        _attempts[id][attempt] = Attempt(made, model);
        _goals[id] = word.withAttempt(block.timestamp);
        emit Registered(
            id, attempt, model, block.timestamp.toUint40(), block.number.toUint40(), made.deadline()
        );
    }

    /// @inheritdoc IGoals
    function seal(Goal calldata goal, uint16 attempt) external returns (uint96 seed) {
        (bytes32 id, uint256 word) = _attemptIn(goal, attempt, AttemptWord.REGISTERED);
        require(goal.seedBlocks > 0 && !word.isSealed(), NoSeedDue());
        uint256 drawnBy = word.registeredBlock() + goal.seedBlocks;
        require(block.number > drawnBy, SeedNotReady(drawnBy));
        bytes32 hash = blockhash(drawnBy);
        require(hash != 0, SeedLost());

        seed = uint96(uint256(keccak256(abi.encode(hash, id, uint256(attempt))))); // the low 96 bits

        _attempts[id][attempt].word = word.withSeed(seed);
        emit Sealed(id, attempt, seed);
    }

    /// @inheritdoc IGoals
    function propose(Goal calldata goal, Result calldata result, Quorum calldata quorum) external {
        (bytes32 id, uint256 word) = _attemptIn(goal, result.attempt, AttemptWord.REGISTERED);
        require(block.timestamp <= word.deadline(), TooLate(word.deadline()));
        require(goal.seedBlocks == 0 || word.isSealed(), NotSealed());
        bytes32 model = _attempts[id][result.attempt].model;
        require(result.model == model, WrongModel(model));
        require(result.samples == goal.samples, WrongSamples(result.samples, goal.samples));
        Panel.requireSigned(quorum, goal.panel, quorum.m, _hashTypedDataV4(GoalMessages.result(id, result)));

        uint256 fraction = _fractionDown(goal, result.x, result.y, result.guards);
        uint256 ends = block.timestamp + goal.challengeSeconds;

        word = word.with(AttemptWord.PROPOSED, fraction, ends) | AttemptWord.SIGNED;
        _attempts[id][result.attempt].word = word;
        _emitProposed(id, result, quorum.signers, word);
    }

    /// @inheritdoc IGoals
    function expire(Goal calldata goal, uint16 attempt) external {
        (bytes32 id, uint256 word) = _attemptIn(goal, attempt, AttemptWord.REGISTERED);
        require(block.timestamp > word.deadline(), NotYet(word.deadline() + 1));

        uint256 ends = block.timestamp + goal.challengeSeconds;
        _attempts[id][attempt].word = word.with(AttemptWord.PROPOSED, 0, ends);
        emit Expired(id, attempt, ends.toUint40());
    }

    /// @inheritdoc IGoals
    function challenge(Goal calldata goal, uint16 attempt, bytes32 reason) external nonReentrant {
        (bytes32 id, uint256 word) = _attemptIn(goal, attempt, AttemptWord.PROPOSED);
        require(block.timestamp <= word.deadline(), WindowClosed(word.deadline()));

        uint256 ends = block.timestamp + goal.arbiterSeconds;
        _attempts[id][attempt].word = word.with(AttemptWord.CHALLENGED, word.result(), ends);
        _challenges[id][attempt] = Challenge(msg.sender, goal.bondToken, goal.bond);
        emit Challenged(id, attempt, msg.sender, reason, goal.bond, ends.toUint40());

        if (goal.bond > 0) _takeBond(IERC20(goal.bondToken), goal.bond);
    }

    /// @inheritdoc IGoals
    function resolve(Goal calldata goal, uint16 attempt, uint8 verdict, uint128 x, uint128 y, uint32 guards)
        external
        nonReentrant
    {
        (bytes32 id, uint256 word) = _attemptIn(goal, attempt, AttemptWord.CHALLENGED);
        require(msg.sender == goal.arbiter, NotArbiter(msg.sender));
        require(block.timestamp <= word.deadline(), TooLate(word.deadline()));
        require(verdict >= UPHELD && verdict <= VOIDED, WrongVerdict(verdict));

        Resolution memory made;
        (made.verdict, made.x, made.y, made.guards) = (verdict, x, y, guards);
        if (verdict == UPHELD) made.fraction = word.result();
        if (verdict == OVERTURNED) made.fraction = _fractionDown(goal, x, y, guards);

        if (verdict == VOIDED) _void(goal.maxVoids, id, attempt, word);
        else (, made.clearedDemand) = _finish(id, attempt, word, made.fraction);
        _creditBond(goal, _challenges[id][attempt].challenger, made);
        _emitResolved(id, attempt, made);
    }

    /// @inheritdoc IGoals
    function finalize(bytes32 id, uint16 attempt) external {
        uint256 word = _attempts[id][attempt].word;
        uint256 status = word.status();
        require(status == AttemptWord.PROPOSED || status == AttemptWord.CHALLENGED, WrongStatus(status));
        require(block.timestamp > word.deadline(), NotYet(word.deadline() + 1));

        uint128 back;
        if (status == AttemptWord.CHALLENGED) {
            Challenge memory made = _challenges[id][attempt];
            back = made.bond;
            bondOwed[made.token][made.challenger] += back;
        }
        (uint32 best, bool clears) = _finish(id, attempt, word, word.result());
        emit Finalized(id, attempt, word.result(), best, back, clears);
    }

    // ------------------------------------------------------------------------------------------------- demand, end

    /// @inheritdoc IGoals
    function demand(Goal calldata goal, bytes32 model) external {
        (bytes32 id, uint256 word) = _open(goal);
        require(msg.sender == goal.sponsor, NotSponsor(msg.sender));
        require(word & GoalWord.DEMANDED == 0, AlreadyDemanded());
        uint256 best = word.fraction();
        require(goal.defaultPpb > best, NothingToDemand(goal.defaultPpb, best));
        require(block.timestamp + goal.runSeconds < word.closes(), TooLate(word.closes()));
        require(_hasAttempts(goal, word), NoAttemptsLeft(goal.attempts));

        _goals[id] = word.withDemand(block.timestamp);
        emit Demanded(id, model, block.timestamp.toUint40());
    }

    /// @inheritdoc IGoals
    function refuse(Goal calldata goal) external {
        (bytes32 id, uint256 word) = _open(goal);
        require(msg.sender == goal.arbiter, NotArbiter(msg.sender));
        require(word & GoalWord.DEMANDED != 0, NotDemanded());

        _goals[id] = word.withoutDemand();
        emit DemandRefused(id);
    }

    /// @inheritdoc IGoals
    function extend(Goal calldata goal, uint40 closes) external {
        (bytes32 id, uint256 word) = _open(goal);
        uint256 before = word.closes();
        require(msg.sender == goal.arbiter, NotArbiter(msg.sender));
        require(word & GoalWord.EXTENDED == 0, AlreadyExtended());
        require(block.timestamp <= before, TooLate(before));
        require(closes > before, OutOfRange(closes, before));
        uint256 latest = 2 * before - goal.opens;
        require(closes <= latest, OutOfRange(closes, latest));

        _goals[id] = word.withClose(closes);
        emit Extended(id, closes);
    }

    /// @inheritdoc IGoals
    function close(Goal calldata goal) external {
        (bytes32 id, uint256 word) = _open(goal);
        bool over = block.timestamp > word.closes() || word.fraction() == ONE;
        require(word.pending() == 0 && over, NotFinal(word.pending(), word.closes()));

        word = word.withFinal(word & GoalWord.DEMANDED != 0 ? goal.defaultPpb : 0);

        _goals[id] = word;
        emit GoalClosed(id, word.fraction(), word.defaulted());
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
        return (word.fraction(), word & GoalWord.FINAL != 0, word.lapsesFrom());
    }

    /// @inheritdoc IGoals
    /// @dev At most 32 attempts.
    function fractionAt(bytes32 id, uint40 time) external view returns (uint32 fraction, bool pending) {
        uint256 word = _defined(id);
        if (word & GoalWord.DEMANDED != 0 && word.demandedAt() <= time) {
            fraction = word.defaulted();
            pending = word & GoalWord.FINAL == 0;
        }
        uint256 count = word.count();
        for (uint256 i; i < count; ++i) {
            uint256 attempt = _attempts[id][i].word;
            if (attempt.countsFrom() > time) continue;
            if (attempt.status() < AttemptWord.FINISHED) pending = true;
            else if (attempt.result() > fraction) fraction = attempt.result();
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
        require(word & GoalWord.FINAL == 0, IsFinal(id));
    }

    function _defined(bytes32 id) private view returns (uint256 word) {
        word = _goals[id];
        require(word != 0, GoalNotDefined(id));
    }

    function _hasAttempts(Goal calldata goal, uint256 word) private pure returns (bool) {
        return word.count() < goal.attempts + word.voided();
    }

    /// @dev Gives an attempt back. It answers nothing: a demand stands until a result does.
    function _void(uint256 maxVoids, bytes32 id, uint256 attempt, uint256 made) private {
        uint256 word = _goals[id];
        require(word.voided() < maxVoids, NoVoidsLeft(maxVoids));
        _goals[id] = word.withResult(0).withVoid();
        _attempts[id][attempt].word = made.with(AttemptWord.VOID, 0, made.deadline());
    }

    /// @dev A signed result answers a demand that stood when its attempt was registered, and counts from the demand on.
    function _finish(bytes32 id, uint256 attempt, uint256 made, uint256 fraction)
        private
        returns (uint32 best, bool clears)
    {
        uint256 word = _goals[id].withResult(fraction);
        uint256 from = made.deadline();
        if (made & AttemptWord.SIGNED != 0 && word & GoalWord.DEMANDED != 0) {
            clears = made.registeredAt() >= word.demandedAt();
        }
        if (clears) {
            (word, from) = (word & ~GoalWord.DEMANDED, word.demandedAt());
            made |= AttemptWord.CLEARED_DEMAND;
        }
        best = word.fraction();
        _goals[id] = word;
        _attempts[id][attempt].word = made.with(AttemptWord.FINISHED, fraction, from);
    }

    // ------------------------------------------------------------------------------------------------- attempt words

    function _attemptIn(Goal calldata goal, uint256 attempt, uint256 status)
        private
        view
        returns (bytes32 id, uint256 word)
    {
        id = goalId(goal);
        word = _attempts[id][attempt].word;
        require(word.status() == status, WrongStatus(word.status()));
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
            word.result(),
            word.deadline()
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
            made.clearedDemand
        );
    }
}
