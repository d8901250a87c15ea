// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Grants: funded promises of one token, paid to their holders by anyone's call
/// @notice A company funds the pool, promises rounds of grants out of it, and every grant pays by its own terms:
/// what is earned by time, opened by results (Goals) and unlocked. A promise that is not funded cannot be made.
/// @dev One deployment per company and token. The terms of a grant are canonical packed bytes and travel with every
/// call; the contract hashes them and keeps one word of state. All fractions are parts per billion (ppb).
///
/// Terms (big-endian, packed):
///   0 recipient 20 | 20 amount 13 | 33 start 5 | 38 powers 2 | 40 graceSeconds 4 | 44 backdateSeconds 4 |
///   48 pauseMax 4 | 52 withholdBps 2 | 54 document 32 | 86 nGates 1 | 87 nUnlock 1 |
///   88 gates of 37 (goal 32, sharePpb 4, rule 1) | if nUnlock > 0: unlockStart 5, nUnlock segments of 10 |
///   the rest: 1 to 256 vesting segments of 10 (end 4, cumulative 4, steps 2)
///   id = keccak256(DOMAIN || terms)
///
/// State word, first field lowest:
///   active   released u104 | flags u16 | withholdBps u16 | since u16 | stopAt u40 | credit u32 | lost u32
///   settled  released u104 | flags u16 | withholdBps u16 | since u16 | value u104
///   flags    1 OPENED | 2 CLOSED | 4 PAUSED | 8 ENDED | 16 GRACED | 32 SETTLED | 64 MOVED | 128 HOLDER_ONLY |
///            256 RECOVERING
///
/// Replaying all events from the deployment yields every readable value. Block times stand for the times that no
/// event carries (`committedAt`).
///
/// Roles (by the AccessManager named at deployment): issuer commits and rescinds rounds; people end, pause, resume
/// and accelerate; payroll lowers withholding; treasury withdraws what is free. Opening, claiming, settling, waiving
/// and holding are never restricted. Delays of the manager bind the company's people, only the terms bind the company.
/// SUCCESSION replaces, moves and recovers grants by the rules in ISuccession; it never touches another grant's money.
///
/// Left out on purpose: pausing or upgrading the contract; fee-on-transfer accounting beyond the measured deposit;
/// rebasing tokens; NFTs; enumeration; unfunded promises; fees; clawback after payment (let the recipient be an
/// escrow); claims in another currency. Tokens sent without `fund` are lost. An id committed twice, or terms that
/// were lost, lock their amount for good.
interface IGrants {
    // ------------------------------------------------------------------------------------------------- types

    /// @notice A condition on a grant: `sharePpb` of it opens with the goal's fraction; a TRIGGER scales all of it.
    struct Gate {
        bytes32 goal; // id of a goal defined in GOALS
        uint32 sharePpb; // share of the grant behind this gate; 0 for a TRIGGER
        uint8 rule; // bits: 1 LAPSE (only results registered before an end count), 2 TRIGGER
    }

    /// @notice A piece of a schedule: reaches `cumulative` at `end`, in `steps` equal steps (0: every second).
    struct Segment {
        uint32 end; // seconds after the start
        uint32 cumulative; // ppb released at `end`
        uint16 steps;
    }

    /// @notice The terms of a grant, unpacked. Field order is that of the typed message; ISuccession decodes.
    struct Terms {
        address recipient;
        uint104 amount; // base units; the most this grant can ever pay
        uint40 start; // unix seconds
        uint16 powers; // bits: 1 END, 2 MOVE, 4 RECOVER
        uint32 graceSeconds; // vesting goes on so long after an end with grace
        uint32 backdateSeconds; // how far back an end may reach, at most 366 days
        uint32 pauseMax; // seconds the company may pause in all; 0: never
        uint16 withholdBps; // withheld for tax from each payment, basis points
        bytes32 document; // hash of the agreement
        Gate[] gates; // at most 8
        uint40 unlockStart; // unix seconds; 0 when there is no unlock clock
        Segment[] unlock; // at most 64; empty: everything vested may leave
        Segment[] vesting; // 1 to 256
    }

    // ------------------------------------------------------------------------------------------------- errors

    /// @notice A constructor argument is zero or not a contract.
    error BadDeployment();
    /// @notice The bytes are not terms: shorter than 98 bytes, or (for `succeed`) not valid, or (in SUCCESSION) not well
    /// formed.
    error BadTerms();
    /// @notice The proof does not lead from this leaf to the round's root and total.
    error BadProof();
    /// @notice A round of no value, or of the root zero, cannot be committed.
    error BadRound();
    /// @notice No round of this root was committed, or it was rescinded.
    error RoundNotFound(bytes32 root);
    /// @notice A root is committed once, ever.
    error RootUsed(bytes32 root);
    /// @notice Too early: possible from `until` on (unix seconds).
    error NotYet(uint256 until);
    /// @notice Too late: it was possible before `until` (unix seconds).
    error TooLate(uint256 until);
    /// @notice More is wanted than is funded and not promised (base units).
    error NotFreeEnough(uint256 wanted, uint256 free);
    /// @notice The deposit must raise the balance.
    error NothingReceived();
    /// @notice The pool cannot be paid from itself: nothing could ever take the money out again.
    error NotPayable(address to);
    /// @notice The token answered a payment of `amount` with neither yes nor a revert, and yet money left the pool.
    error PaymentUnclear(address to, uint256 amount);
    /// @notice Nothing to pay now. All in base units; the claimable amount is min(vested, unlocked) - released.
    error NothingClaimable(uint256 vested, uint256 unlocked, uint256 released);
    /// @notice A value lies beyond its limit.
    error OutOfRange(uint256 value, uint256 limit);
    /// @notice A lapsing end may not reach back before the last attempt registered for one of its goals, or before a
    /// demand that stands, if later.
    error ResultUnderWay(bytes32 goal, uint256 lastRegisteredAt);
    /// @notice The goal was never defined in GOALS.
    error GoalNotDefined(bytes32 goal);
    /// @notice The goal behind a gate can still change, so the grant cannot be settled.
    error GoalNotFinal(bytes32 goal);
    /// @notice Time is not up: only `timePpb` of the grant is vested.
    error NotFullyVested(uint256 timePpb);
    /// @notice The grant is not opened yet.
    error NotOpened(bytes32 id);
    /// @notice The grant is closed: its leaf was invalid, or it was replaced.
    error IsClosed(bytes32 id);
    /// @notice The state of the grant does not allow the call; `flags` are those of its word.
    error WrongState(bytes32 id, uint256 flags);
    /// @notice The terms do not give the company this power (bit of `powers`).
    error NoPower(uint256 power);
    /// @notice Only the holder may do this. In `succeed`: who takes over what was paid must be its holder.
    error NotHolder(address caller, address holder);
    /// @notice Only SUCCESSION may do this.
    error NotSuccession(address caller);
    /// @notice The successor's id has a word already: it was opened, closed, or named twice.
    error AlreadyOpened(bytes32 id);
    /// @notice The successors together have earned less than the grant that they replace, by more than rounding (base
    /// units).
    error VestedFalls(uint256 before, uint256 current);
    /// @notice The caller left too little gas to try a payment fairly.
    error NotEnoughGas(uint256 left, uint256 needed);

    // ------------------------------------------------------------------------------------------------- events

    /// @notice The pool received `amount`; `funded` grows by it.
    event Funded(address indexed from, uint128 amount);
    /// @notice `amount` that was not promised left the pool; `funded` falls by it.
    event FreeWithdrawn(address indexed to, uint128 amount);
    /// @notice A round was promised; `promised` grows by `total`. `committedAt` is the block's time.
    event RoundCommitted(
        bytes32 indexed root, uint128 total, bytes32 document, uint40 bindingAt, uint16 since
    );
    /// @notice A round was taken back before it became binding; its total is now 0, `promised` falls by `freed`.
    event RoundRescinded(bytes32 indexed root, uint128 freed);
    /// @notice A grant has its word: flags OPENED, `withholdBps`, the round's `since`, all else 0.
    event Opened(
        bytes32 indexed id,
        bytes32 indexed root,
        uint32 index,
        address indexed recipient,
        uint128 amount,
        uint16 withholdBps
    );
    /// @notice A proven leaf was invalid in itself: its word is OPENED and CLOSED, `promised` falls by `freed`.
    event Invalid(bytes32 indexed id, bytes32 indexed root, uint32 index, uint128 freed);
    /// @notice `gross` was released: `gross - withheld` went to the holder, `withheld` became free (`funded` grows).
    event Claimed(bytes32 indexed id, address indexed to, uint128 gross, uint128 withheld);
    /// @notice A keeper's payment did not succeed; the word is as before. `reason`: the first 32 bytes returned.
    event ClaimFailed(bytes32 indexed id, address indexed to, uint128 gross, bytes32 reason);
    /// @notice The grant ends at `stopAt`: ENDED, GRACED if `grace`, PAUSED cleared, `lost` as given.
    /// `promised` falls by `freed` (rises if negative: an announced end moved to a later day).
    event Ended(bytes32 indexed id, uint40 stopAt, bool grace, int128 freed, uint32 lost);
    /// @notice An announced end was withdrawn: ENDED, GRACED and stopAt cleared; `freed` is 0 or negative.
    event EndWithdrawn(bytes32 indexed id, int128 freed);
    /// @notice The clock of the grant stands from `stopAt` on: PAUSED.
    event Paused(bytes32 indexed id, uint40 stopAt);
    /// @notice The clock runs again: PAUSED and stopAt cleared, `lost` is the total now.
    event Resumed(bytes32 indexed id, uint32 lost);
    /// @notice The clock was advanced; `credit` is the total now, `freed` is 0 or negative.
    event Accelerated(bytes32 indexed id, uint32 credit, int128 freed);
    /// @notice The final amount is `value`: SETTLED, PAUSED, ENDED and GRACED cleared, `promised` falls by `freed`.
    event Settled(bytes32 indexed id, uint128 value, uint128 freed);
    /// @notice The holder gave up all that was not vested; the word changes as by Settled.
    event Waived(bytes32 indexed id, uint128 value, uint128 freed);
    /// @notice The rate withheld from each payment is now `withholdBps`.
    event WithholdingLowered(bytes32 indexed id, uint16 withholdBps);
    /// @notice With `on`, only the holder may call for payment (HOLDER_ONLY).
    event ClaimsHeld(bytes32 indexed id, bool on);
    /// @notice `newId` took the place of `oldId`, as successor number `place`, with these terms. The word of the new:
    /// OPENED, the terms' `withholdBps`, the old `since`, and for place 0 the old `released`. The word of the old:
    /// OPENED and CLOSED, all else 0. `promised` falls by `freed`: at place 0 what the old held less the new amount, at
    /// later places minus the new amount; the sum over one call is what the call freed.
    event Succeeded(bytes32 indexed oldId, bytes32 indexed newId, uint8 place, bytes terms, int128 freed);
    /// @notice `holder` is paid from now on: MOVED, and RECOVERING cleared.
    event HolderChanged(bytes32 indexed id, address indexed holder);
    /// @notice With `on`, a recovery is under way and only the holder may call for payment (RECOVERING).
    event RecoveringSet(bytes32 indexed id, bool on);

    // ------------------------------------------------------------------------------------------------- money

    /// @notice Takes `amount` of the token from the caller and credits what really arrived.
    /// @param amount base units, as asked of the token
    /// @return received base units by which the balance rose
    function fund(uint128 amount) external returns (uint128 received);

    /// @notice Treasury: takes out what is funded and not promised.
    function withdrawFree(address to, uint128 amount) external;

    // ------------------------------------------------------------------------------------------------- rounds

    /// @notice Issuer: promises a round of grants, the leaves of a Merkle tree with sums.
    /// @param root of the tree; for one grant, its id
    /// @param total base units, the sum at the root; must be free
    /// @param document hash of what the round as a whole refers to; in the event only
    /// @param bindingAt unix seconds, at most 30 days ahead; until then nothing opens and `rescind` is possible
    function commit(bytes32 root, uint128 total, bytes32 document, uint40 bindingAt) external;

    /// @notice Issuer: takes back a round that is not binding yet. Its root stays used.
    function rescind(bytes32 root) external;

    // ------------------------------------------------------------------------------------------------- opening, paying

    /// @notice Proves a leaf of a round and creates its word. Opening again does nothing.
    /// @dev A proven leaf that is invalid in itself is closed and its amount freed, without a revert. A goal that is
    /// not defined reverts and closes nothing.
    /// @param index of the leaf, below 2^levels
    /// @param proof 48 bytes a level (sibling 32, its sum 16), at most 32 levels; empty for a round of one
    function open(bytes calldata terms, bytes32 root, uint32 index, bytes calldata proof) external;

    /// @notice Opens and pays in one call.
    /// @return gross base units released; 0 if the leaf is invalid or the grant is closed
    function claimFirst(bytes calldata terms, bytes32 root, uint32 index, bytes calldata proof)
        external
        returns (uint128 gross);

    /// @notice Pays the holder all that is claimable now, less the withheld share. Anyone may call, unless the
    /// holder holds claims or a recovery is under way: then only the holder.
    /// @return gross base units released
    function claim(bytes calldata terms) external returns (uint128 gross);

    /// @notice Pays many grants. What is unopened, closed, held, or has nothing claimable is skipped; a payment that
    /// fails is undone and reported by ClaimFailed. PaymentUnclear if the token denies a payment that it made.
    /// @return paid number of grants paid
    function claimMany(bytes[] calldata terms) external returns (uint256 paid);

    /// @notice Joins calls to this contract into one transaction, without value. Any revert undoes all.
    function multicall(bytes[] calldata calls) external returns (bytes[] memory results);

    // ------------------------------------------------------------------------------------------------- company

    /// @notice People: ends the grant's clock at `stopAt`; needs the power END.
    /// @param stopAt unix seconds, at most `backdateSeconds` back, or ahead (an announced end, which may be moved);
    /// 0 withdraws an announced end
    /// @param grace the terms' `graceSeconds` count as served from `stopAt` on
    function end(bytes calldata terms, uint40 stopAt, bool grace) external;

    /// @notice People: stops the clock, while `lost < pauseMax`. A pause that has used up pauseMax ends by itself.
    function pause(bytes calldata terms) external;

    /// @notice People: lets the clock run again.
    function resume(bytes calldata terms) external;

    /// @notice People: advances the clock by `by` seconds. What this adds to an ended grant must be free.
    /// @dev Anybody may settle an ended grant, and a settled one stays as it is: join `end` and `accelerate` by
    /// `multicall`.
    function accelerate(bytes calldata terms, uint32 by) external;

    /// @notice Payroll: lowers the rate withheld from each payment; it never rises.
    function lowerWithholding(bytes calldata terms, uint16 withholdBps) external;

    // ------------------------------------------------------------------------------------------------- holder, anyone

    /// @notice Holder: gives up all that is not vested now.
    function waive(bytes calldata terms) external;

    /// @notice Holder: with `on`, nobody else may call for payment.
    function holdClaims(bytes calldata terms, bool on) external;

    /// @notice Anyone: fixes the final amount once neither time nor results can change it, and frees the rest.
    /// An ended grant settles once the second of its end is over.
    function settle(bytes calldata terms) external;

    // ------------------------------------------------------------------------------------------------- succession

    /// @notice SUCCESSION: closes a grant and opens others in its place, in whatever state it is.
    /// @dev Every successor must have terms that `open` would accept (else BadTerms), its goals defined, and no word
    /// yet. The first amount covers what was released, which the first takes over; if anything was, its recipient is
    /// the old grant's holder (else NotHolder), since what was paid to one must not count for another. Together the new
    /// have earned what the old had, in this block, but for less than one base unit for each. They inherit `since` and
    /// nothing else: no pause, end, credit, holder, nor rate. What their amounts hold beyond what the old held must be
    /// free.
    /// @param successors 1 to 8, which SUCCESSION sees to
    function succeed(bytes calldata old, bytes[] calldata successors) external;

    /// @notice SUCCESSION: `to` is paid from now on.
    /// @param to SUCCESSION sees to it that it can be paid
    function setHolder(bytes calldata terms, address to) external;

    /// @notice SUCCESSION: with `on`, nobody but the holder may call for payment.
    function setRecovering(bytes calldata terms, bool on) external;

    // ------------------------------------------------------------------------------------------------- views

    /// @notice The token paid.
    function TOKEN() external view returns (address);

    /// @notice The Goals contract whose fractions open gates.
    function GOALS() external view returns (address);

    /// @notice The contract that may replace, move and recover grants; the zero address when there is none. Whoever
    /// relies on these grants checks its code, too.
    function SUCCESSION() external view returns (address);

    /// @notice Whether the token carries revenue; false for an access token.
    function REVENUE() external view returns (bool);

    /// @notice Gas each payment of `claimMany` may use.
    function PAYMENT_GAS() external view returns (uint256);

    /// @notice keccak256(abi.encode(keccak256("guerdon.grant.v1"), chain id at deployment, this contract)).
    function DOMAIN() external view returns (bytes32);

    /// @notice All that was deposited, less what was withdrawn, plus what was withheld (base units).
    function funded() external view returns (uint128);

    /// @notice What the grants hold: the sum of `held` of all opened and the amounts of all unopened (base units).
    function promised() external view returns (uint128);

    /// @notice A round; it exists when `committedAt` is not 0.
    function rounds(bytes32 root)
        external
        view
        returns (uint128 total, uint40 committedAt, uint40 bindingAt, uint16 since);

    /// @notice The state word of a grant.
    function words(bytes32 id) external view returns (uint256);

    /// @notice Who is paid instead of the recipient, while the flag MOVED stands.
    function holders(bytes32 id) external view returns (address);

    /// @notice Who is paid.
    function holderOf(bytes calldata terms) external view returns (address);

    /// @notice The id of terms in this contract.
    function idOf(bytes calldata terms) external view returns (bytes32);

    /// @notice What the grant amounts to in this block; its word must be opened.
    /// @return timePpb vested by time (ppb)
    /// @return openPpb let through by gates (ppb)
    /// @return vested base units earned
    /// @return unlocked base units that may leave
    /// @return released base units paid or withheld so far
    /// @return held base units promised to it
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
        );
}
