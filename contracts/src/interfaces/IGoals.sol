// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Goals: results that decide money
/// @notice A goal is its definition, its id the definition's hash. Attempts are registered before their run, their
/// results signed by a quorum of a panel, open to challenge for a while, and decided by a lower confidence bound on
/// exact counts. What is final never changes.
/// @dev Anyone may define a goal; what it decides stands in the terms of grants.
///
/// id = keccak256(abi.encode(chain id at deployment, address(this), Goal))
///
/// Goal word, first field lowest:
///   fraction u32 | count u16 | pending u16 | voided u8 | flags u8 | closes u40 | demandedAt u40 |
///   lastRegisteredAt u40 | defaulted u32 (the default that `close` applied)
///   flags 1 DEFINED | 2 DEMANDED | 4 EXTENDED | 8 FINAL
/// Attempt word, first field lowest:
///   registeredAt u40 | registeredBlock u40 | deadline u40 | fraction u32 | status u8 | seed u96
///   status low 4 bits 0 NONE 1 REGISTERED 2 PROPOSED 3 CHALLENGED 4 FINISHED 5 VOID; 0x10 SIGNED, 0x20 CLEARED_DEMAND
///   deadline with CLEARED_DEMAND: when the demand was made that the attempt answered
/// A seed of 0 means not drawn.
///
/// From when on a result counts, for grants that lapse at their end (`fractionAt`):
/// - A result counts from its attempt's registration on, however long its run, a challenge and the arbiter take.
/// - The sponsor's demand stands until the first signed result of an attempt registered since is finished, until the
///   arbiter refuses it, or for ever once the goal is FINAL: then the default counts from the demand on.
/// - That first result answers the demand: it counts from the demand on, even if it was registered later.
/// - An expired or void attempt answers nothing. A refused demand was never made.
/// - A void gives the attempt back to those still active: it is registered anew, which is after every earlier end.
/// - What was once not pending for a time that is over never changes for that time.
///
/// EIP-712 domain: name "Guerdon Goals", version "1", chain id, this contract. Messages:
///   Accept(bytes32 goal,uint16 attempt,bytes32 model,uint40 deadline)
///   Result(bytes32 goal,uint16 attempt,bytes32 model,uint128 x,uint128 y,uint32 samples,uint32 guards,bytes32 evidence)
///
/// Left out on purpose: roles, upgrades, pausing, voting weights, price feeds, results computed on chain, panels of
/// contracts (signatures are ECDSA), pushing bonds to anybody.
interface IGoals {
    // ------------------------------------------------------------------------------------------------- types

    /// @notice A goal. Times in unix seconds, fractions in parts per billion (ppb).
    struct Goal {
        uint8 kind; // 0 PROPORTION, 1 PAIRED, 2 MEASURE, 3 COUNT
        int64 threshold; // lower bound from which it pays; ppb, COUNT: units
        int64 stretch; // lower bound from which it pays in full
        uint32 basePpb; // payout at the threshold, linear to 1e9 at the stretch
        uint32 defaultPpb; // payout if nobody reports though asked
        uint16 bound; // 1000 z (kinds 0, 1), 1000 ln(1/alpha) (2), 0 (3)
        uint8 attempts;
        uint8 maxVoids; // attempts the arbiter may declare void; attempts + maxVoids <= 32
        uint32 samples; // exact; COUNT: 1
        uint32 pool; // items to choose from
        uint32 guards; // bits that must all be set in a result, or it pays nothing
        uint40 opens;
        uint40 closes;
        uint32 runSeconds;
        uint32 challengeSeconds;
        uint32 arbiterSeconds;
        uint16 seedBlocks; // > 0: the chain draws the items, see `seal`
        address sponsor; // the team's account
        bytes32 panel; // keccak256(abi.encode(uint256 m, address[] sorted))
        address arbiter;
        address bondToken;
        uint128 bond; // base units of bondToken; 0: none asked
        bytes32 data; // commitment to the items, or "public"
        bytes32 spec; // hash of the canonical specification
    }

    /// @notice The result of an attempt, as signed (with the goal's id).
    struct Result {
        uint16 attempt;
        bytes32 model;
        uint128 x; // PROPORTION, PAIRED: right or won; MEASURE: sum of scores in ppb; COUNT: the count
        uint128 y; // PAIRED: lost; else 0
        uint32 samples;
        uint32 guards;
        bytes32 evidence;
    }

    /// @notice A panel and signatures of some of its members.
    struct Quorum {
        uint8 m; // signatures needed
        address[] panel; // strictly ascending, at most 16
        uint16 signers; // bitmap over the panel
        bytes signatures; // 65 bytes each (r, s, v), as many as bits, in bitmap order
    }

    // ------------------------------------------------------------------------------------------------- errors

    /// @notice The definition breaks a rule.
    error BadGoal();
    /// @notice The goal was never defined here.
    error GoalNotDefined(bytes32 goal);
    /// @notice It was defined before.
    error AlreadyDefined(bytes32 goal);
    /// @notice The goal is FINAL: nothing about it changes any more.
    error IsFinal(bytes32 goal);
    /// @notice Registration is possible from `opens` to `closes` (unix seconds).
    error NotOpen(uint256 opens, uint256 closes);
    /// @notice Attempts can still change the outcome: `pending` unfinished, or registration open until `closes`.
    error NotFinal(uint256 pending, uint256 closes);
    /// @notice All attempts are used.
    error NoAttemptsLeft(uint256 attempts);
    /// @notice All voids are used.
    error NoVoidsLeft(uint256 maxVoids);
    /// @notice Only the sponsor may do this.
    error NotSponsor(address caller);
    /// @notice Only the arbiter may do this.
    error NotArbiter(address caller);
    /// @notice The panel is not the goal's, or the signatures are too few, too many, malformed or not by its members.
    error BadPanel();
    /// @notice The attempt is in another state; the low 4 bits of `status`.
    error WrongStatus(uint256 status);
    /// @notice The result is of another model than was registered.
    error WrongModel(bytes32 registered);
    /// @notice The number of samples must be exactly `samples`.
    error WrongSamples(uint256 given, uint256 samples);
    /// @notice x or y is impossible for this kind and number of samples.
    error WrongCount(uint256 x, uint256 y);
    /// @notice There is no such verdict.
    error WrongVerdict(uint256 verdict);
    /// @notice The seed can be drawn after block `readyBlock`.
    error SeedNotReady(uint256 readyBlock);
    /// @notice The block hash is gone; the seed is never drawn again.
    error SeedLost();
    /// @notice The seed was drawn, or this goal draws none.
    error NoSeedDue();
    /// @notice The items must be drawn by `seal` before a result counts.
    error NotSealed();
    /// @notice Too early: possible from `until` on (unix seconds).
    error NotYet(uint256 until);
    /// @notice Too late: it was possible up to `until` (unix seconds).
    error TooLate(uint256 until);
    /// @notice The challenge window closed at `until` (unix seconds).
    error WindowClosed(uint256 until);
    /// @notice A demand stands already.
    error AlreadyDemanded();
    /// @notice The default would pay no more than the fraction does now (ppb): nothing to demand.
    error NothingToDemand(uint256 defaultPpb, uint256 fraction);
    /// @notice No demand stands.
    error NotDemanded();
    /// @notice The window was extended before.
    error AlreadyExtended();
    /// @notice A value lies beyond its limit.
    error OutOfRange(uint256 value, uint256 limit);
    /// @notice The bond must arrive in full (base units).
    error BondNotReceived(uint256 received, uint256 bond);
    /// @notice The ledger owes the caller nothing in this token.
    error NothingOwed();

    // ------------------------------------------------------------------------------------------------- events

    /// @notice A goal exists: fraction 0, flags DEFINED, `closes` as defined.
    event GoalDefined(bytes32 indexed id, Goal goal, uint8 m, address[] panel);
    /// @notice Attempt `attempt` was registered: count and pending rise, lastRegisteredAt = registeredAt.
    event Registered(
        bytes32 indexed id,
        uint16 indexed attempt,
        bytes32 model,
        uint40 registeredAt,
        uint40 registeredBlock,
        uint40 deadline
    );
    /// @notice The chain drew the items of the attempt.
    event Sealed(bytes32 indexed id, uint16 indexed attempt, uint96 seed);
    /// @notice A signed result stands as PROPOSED and SIGNED until `deadline`, worth `fraction` if nobody objects.
    event Proposed(
        bytes32 indexed id,
        uint16 indexed attempt,
        uint128 x,
        uint128 y,
        uint32 guards,
        bytes32 evidence,
        uint16 signers,
        uint32 fraction,
        uint40 deadline
    );
    /// @notice Nobody reported in time: a PROPOSED zero, open to challenge until `deadline`.
    event Expired(bytes32 indexed id, uint16 indexed attempt, uint40 deadline);
    /// @notice Somebody objects and has paid the bond; the arbiter has until `deadline`.
    event Challenged(
        bytes32 indexed id,
        uint16 indexed attempt,
        address indexed challenger,
        bytes32 reason,
        uint128 bond,
        uint40 deadline
    );
    /// @notice The arbiter decided: FINISHED with `fraction`, or VOID (voided rises). Pending falls, the goal's
    /// fraction is the maximum. The bond ledger is credited as given. `clearedDemand`: as in Finalized.
    event Resolved(
        bytes32 indexed id,
        uint16 indexed attempt,
        uint8 verdict,
        uint32 fraction,
        uint128 x,
        uint128 y,
        uint32 guards,
        uint128 toSponsor,
        uint128 toChallenger,
        uint128 toDead,
        bool clearedDemand
    );
    /// @notice The proposal stands: FINISHED with `fraction`; `best` is the goal's fraction now. A bond goes back.
    /// @dev `clearedDemand`: it answered the demand. DEMANDED was cleared (demandedAt stays), the attempt is
    /// CLEARED_DEMAND and its deadline is that demandedAt.
    event Finalized(
        bytes32 indexed id,
        uint16 indexed attempt,
        uint32 fraction,
        uint32 best,
        uint128 toChallenger,
        bool clearedDemand
    );
    /// @notice The sponsor asked for a run of `model`: DEMANDED, demandedAt as given.
    event Demanded(bytes32 indexed id, bytes32 model, uint40 demandedAt);
    /// @notice The arbiter refused the demand: DEMANDED and demandedAt are cleared.
    event DemandRefused(bytes32 indexed id);
    /// @notice The arbiter extended the window: EXTENDED.
    event Extended(bytes32 indexed id, uint40 closes);
    /// @notice The goal is FINAL with `fraction`; `defaulted` is the default applied (0: none).
    event GoalClosed(bytes32 indexed id, uint32 fraction, uint32 defaulted);
    /// @notice The ledger paid out what it owed.
    event BondWithdrawn(address indexed token, address indexed to, uint256 amount);

    // ------------------------------------------------------------------------------------------------- life of a goal

    /// @notice Anyone: defines a goal. The event publishes the whole definition and its panel.
    /// @return id the goal's id
    function defineGoal(Goal calldata goal, uint8 m, address[] calldata panel) external returns (bytes32 id);

    /// @notice Registers an attempt before its run: the sponsor with one panel member's Accept, or anyone with m.
    /// @param model hash of a manifest with a nonce
    /// @param deadline unix seconds until which the Accept signatures are good
    /// @return attempt its number, from 0
    function register(Goal calldata goal, bytes32 model, uint40 deadline, Quorum calldata quorum)
        external
        returns (uint16 attempt);

    /// @notice Anyone: draws the items of an attempt from the hash of block registeredBlock + seedBlocks.
    function seal(Goal calldata goal, uint16 attempt) external returns (uint96 seed);

    /// @notice Anyone: brings a result with m signatures, in time.
    function propose(Goal calldata goal, Result calldata result, Quorum calldata quorum) external;

    /// @notice Anyone: turns an attempt that nobody reported into a proposed zero.
    function expire(Goal calldata goal, uint16 attempt) external;

    /// @notice Anyone: objects to a proposal inside the window, for the bond; one per attempt.
    /// @param reason hash of what the challenger says
    function challenge(Goal calldata goal, uint16 attempt, bytes32 reason) external;

    /// @notice Arbiter: decides a challenge in time.
    /// @param verdict 1 UPHELD (half the bond to the sponsor, half to a dead address), 2 OVERTURNED with corrected
    /// x, y, guards (bond back), 3 VOID (bond back, the attempt is given back)
    function resolve(Goal calldata goal, uint16 attempt, uint8 verdict, uint128 x, uint128 y, uint32 guards)
        external;

    /// @notice Anyone: lets a proposal stand after its deadline, a challenged one if the arbiter stayed silent.
    function finalize(bytes32 goalId, uint16 attempt) external;

    /// @notice Sponsor: asks for a run, before closes - runSeconds, while the default is more than the fraction.
    /// Unless a signed result of an attempt registered since answers, `close` pays the default.
    function demand(Goal calldata goal, bytes32 model) external;

    /// @notice Arbiter: refuses a demand that stands, until the goal is final.
    function refuse(Goal calldata goal) external;

    /// @notice Arbiter: extends the window once, before it closes, at most doubling it.
    function extend(Goal calldata goal, uint40 closes) external;

    /// @notice Anyone: makes the goal final, when nothing is pending and it is over or pays in full.
    function close(Goal calldata goal) external;

    /// @notice Pays the caller what the bond ledger owes it.
    function withdrawBond(address token) external returns (uint256 amount);

    // ------------------------------------------------------------------------------------------------- views

    /// @notice The id of a definition in this contract.
    function goalId(Goal calldata goal) external view returns (bytes32);

    /// @notice The goal's word; 0 if never defined.
    function stateOf(bytes32 id) external view returns (uint256 word);

    /// @notice An attempt's word, model, and challenger (zero if none); zeros if never registered.
    function attemptOf(bytes32 id, uint16 attempt)
        external
        view
        returns (uint256 word, bytes32 model, address challenger);

    /// @notice The fraction now (ppb), whether it is for ever, and when the last attempt was registered or, if later,
    /// the demand made that stands: no lapsing end reaches back before that.
    function fractionOf(bytes32 id)
        external
        view
        returns (uint32 fraction, bool isFinal, uint40 lastRegisteredAt);

    /// @notice The maximum over finished attempts that count from `time` or earlier (ppb), a final default if demanded
    /// by then, and whether anything of that time is still pending: an unfinished attempt, or a demand that stands
    /// while the goal is not FINAL.
    function fractionAt(bytes32 id, uint40 time) external view returns (uint32 fraction, bool pending);

    /// @notice What the bond ledger owes `to` (base units of `token`).
    function bondOwed(address token, address to) external view returns (uint256);

    /// @notice The lower confidence bound that decides (ppb, floor; COUNT: x).
    function lowerBound(uint8 kind, uint16 bound, uint32 samples, uint128 x, uint128 y)
        external
        pure
        returns (int256);

    /// @notice What a lower bound pays by the definition (ppb): 0 below the threshold, 1e9 from the stretch on.
    function payout(Goal calldata goal, int256 lower) external pure returns (uint32);
}
