// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Succession: who holds a grant, and what replaces it
/// @notice Three ways in which a grant changes hands or shape. `replace`: company and holder agree on up to 8 grants
/// in place of one (a new schedule, a divorce, an estate, a part for somebody else). `move`: the holder names another
/// account. Recovery: for a lost key the company names another account, in the open, and the holder has 30 days to
/// say no.
/// @dev One deployment per Grants; each names the other (`GRANTS`, `SUCCESSION`). Grants keeps the money, the words
/// and the holders; this contract keeps the recoveries. Terms are the packed bytes of IGrants; errors of Grants
/// (NotOpened, IsClosed, BadTerms, AlreadyOpened, VestedFalls, NotFreeEnough, ...) come through as they are.
///
/// EIP-712 domain: name "Guerdon Succession", version "1", chain id, this contract. Message (one line, no spaces):
///   Replace(bytes32 oldId,uint256 oldWord,Terms[] successors,uint256 deadline)
///   Gate(bytes32 goal,uint32 sharePpb,uint8 rule)
///   Segment(uint32 end,uint32 cumulative,uint16 steps)
///   Terms(address recipient,uint104 amount,uint40 start,uint16 powers,uint32 graceSeconds,uint32 backdateSeconds,
///     uint32 pauseMax,uint16 withholdBps,bytes32 document,Gate[] gates,uint40 unlockStart,Segment[] unlock,
///     Segment[] vesting)
/// `oldWord` is the grant's state word with `released` (its low 104 bits) set to 0: a payment in between leaves the
/// signature good; every other difference (a pause, an end, credit, withholding, a settlement, a first move, a
/// recovery under way) makes it worthless for as long as it lasts. Anybody may settle an ended grant: settle first,
/// then sign. It is good for the holder at the time of the call,
/// until `deadline`, and once, since a replaced grant is closed. The message says all that the packed terms say: no two
/// lists of terms have the same message.
///
/// What was paid counts for nobody but the holder: if anything was released, the first successor is the holder's, and
/// its amount is at least what was released. If nothing was, the first may be anybody's; but anybody may claim for the
/// holder between signature and call, and then Grants refuses (NotHolder). So the holder's own part should be the
/// first. To give all that is left to another: call `holdClaims`, so that nobody else claims; then sign a first
/// successor of the holder's own of exactly what was released, and one of the rest for the other.
///
/// A recovery: announced -> from 30 days after to 60 days after (both included) it can be executed -> then it has
/// lapsed, and anyone may clear it. `veto` at any time before its execution, or any `move` or `replace`, cancels it,
/// and for 90 days after that none can be announced for this grant (successors begin without any). While one is
/// announced only the holder's own call is paid (RECOVERING). Warning: a recipient that can never call `veto` gives its
/// grant away with the power RECOVER.
///
/// Replaying all events of this contract and of Grants yields every readable value. Block times stand for the times
/// that no event carries.
///
/// Roles (by the AccessManager named at deployment): issuer replaces, with the holder's signature; people announce and
/// execute recoveries, where the terms give the power RECOVER. `move` and `veto` are the holder's alone, `clearRecovery`
/// is anybody's; none of these is ever restricted.
///
/// Left out on purpose: replacing without the holder's signature; moving without MOVE, recovering without RECOVER in
/// the terms; a holder's heir or guardian by rule (a contract as recipient can have any); selling, lending or pledging
/// grants; merging grants; taking back a signature (let it run out, or change the grant by `holdClaims`). An id that
/// becomes a successor while it also waits unopened in a round is opened for good: opening it from the round then does
/// nothing, and the round's amount for it stays promised for ever. The builder checks new ids against all earlier ones.
interface ISuccession {
    // ------------------------------------------------------------------------------------------------- types

    /// @notice A recovery, in one slot. `to` and `announcedAt` stand while it is announced (and lapsed, until cleared);
    /// `cancelledAt` stands from a cancellation until the next announcement. Unix seconds.
    struct Recovery {
        address to;
        uint40 announcedAt;
        uint40 cancelledAt;
    }

    /// @notice A gate as the message shows it; meaning and units as in IGrants.
    struct Gate {
        bytes32 goal;
        uint32 sharePpb;
        uint8 rule;
    }

    /// @notice A segment of a schedule as the message shows it.
    struct Segment {
        uint32 end;
        uint32 cumulative;
        uint16 steps;
    }

    /// @notice The terms of a successor as the message shows them.
    struct Terms {
        address recipient;
        uint104 amount;
        uint40 start;
        uint16 powers;
        uint32 graceSeconds;
        uint32 backdateSeconds;
        uint32 pauseMax;
        uint16 withholdBps;
        bytes32 document;
        Gate[] gates;
        uint40 unlockStart; // 0 when there is no unlock clock
        Segment[] unlock;
        Segment[] vesting;
    }

    // ------------------------------------------------------------------------------------------------- errors

    /// @notice A constructor argument is not a contract, or Grants does not name this contract as its succession.
    error BadDeployment();
    /// @notice Only the holder may do this.
    error NotHolder(address caller, address holder);
    /// @notice The terms do not give this power (bit of `powers`).
    error NoPower(uint256 power);
    /// @notice Nobody can be paid there: the zero address, Grants, or the token.
    error NotPayable(address to);
    /// @notice Too late: it was possible until `until`, included (unix seconds).
    error TooLate(uint256 until);
    /// @notice Too early: possible from `until` on (unix seconds).
    error NotYet(uint256 until);
    /// @notice A recovery stands already; it lapses after `until` (unix seconds), then it must be cleared.
    error RecoveryOpen(uint256 until);
    /// @notice No recovery stands for this grant, or not for this account.
    error NoRecovery(bytes32 id);
    /// @notice The signature is not the holder's for exactly this message.
    error BadSignature(address holder);
    /// @notice A value lies beyond its limit: 1 to 8 successors.
    error OutOfRange(uint256 value, uint256 limit);

    // ------------------------------------------------------------------------------------------------- events

    /// @notice The grant was replaced by `count` others, with the signature of `holder`. What they are stands in the
    /// events Succeeded of Grants.
    event Replaced(bytes32 indexed oldId, address indexed holder, uint256 count);
    /// @notice The holder named `to` in his place.
    event Moved(bytes32 indexed id, address indexed from, address indexed to);
    /// @notice A recovery to `to` was announced: `announcedAt` is the block's time, `cancelledAt` is 0.
    event RecoveryAnnounced(bytes32 indexed id, address indexed to, uint40 announcedAt);
    /// @notice The recovery took place: `to` is the holder; all fields of the recovery are 0.
    event RecoveryExecuted(bytes32 indexed id, address indexed to);
    /// @notice The holder cancelled the recovery, by `veto`, `move` or `replace`: `to` and `announcedAt` are 0.
    event RecoveryVetoed(bytes32 indexed id, uint40 cancelledAt);
    /// @notice A lapsed recovery was cleared: all its fields are 0.
    event RecoveryLapsed(bytes32 indexed id);

    // ------------------------------------------------------------------------------------------------- replacing

    /// @notice Issuer: puts 1 to 8 grants in the place of one, with the holder's signature of Replace.
    /// @dev The old grant must be opened and not closed; settled, ended and paused ones can be replaced, too. What the
    /// successors must be, and what they inherit, stands at `succeed` in IGrants. A standing recovery is cancelled.
    /// The signature is tried as ECDSA first (65 bytes, low s), then, if the holder has code, by ERC-1271: so accounts
    /// with delegated code (EIP-7702) may use either. The holder's contract is called without the power to change
    /// anything; what it may burn is the caller's gas.
    /// @param old terms of the grant to be closed
    /// @param successors terms of the new ones, the first of which takes over what was released and is then the
    /// holder's
    /// @param deadline unix seconds, last second of validity
    function replace(
        bytes calldata old,
        bytes[] calldata successors,
        uint256 deadline,
        bytes calldata signature
    ) external;

    // ------------------------------------------------------------------------------------------------- holder

    /// @notice Holder: names `to` in his place, for good; needs the power MOVE. Cancels a standing recovery.
    /// @param to who is paid from now on; not the zero address, Grants or the token
    function move(bytes calldata terms, address to) external;

    /// @notice Holder: cancels the announced recovery.
    function veto(bytes calldata terms) external;

    // ------------------------------------------------------------------------------------------------- recovery

    /// @notice People: announces that `to` will hold the grant, for a lost key; needs the power RECOVER.
    /// @param to as in `move`
    function announceRecovery(bytes calldata terms, address to) external;

    /// @notice People: makes `to` the holder, 30 to 60 days after the announcement.
    /// @param to must be the account that was announced, so that a call scheduled for one announcement never carries
    /// out another
    function executeRecovery(bytes calldata terms, address to) external;

    /// @notice Anyone: clears a lapsed recovery.
    function clearRecovery(bytes calldata terms) external;

    // ------------------------------------------------------------------------------------------------- views

    /// @notice The Grants contract whose grants these are.
    function GRANTS() external view returns (address);

    /// @notice The recovery of a grant; all 0 if there never was one, or the last was executed or lapsed.
    function recoveries(bytes32 id) external view returns (address to, uint40 announcedAt, uint40 cancelledAt);

    /// @notice The digest that the holder signs for `replace`, by the state of the old grant in this block.
    function replaceDigest(bytes calldata old, bytes[] calldata successors, uint256 deadline)
        external
        view
        returns (bytes32);

    /// @notice Whether these are terms that Grants accepts in `open` and `succeed`, goals aside.
    function isValid(bytes calldata terms) external view returns (bool);

    /// @notice Packed terms as the message shows them. Reverts with BadTerms if they are not well formed.
    function decode(bytes calldata terms) external pure returns (Terms memory);
}
