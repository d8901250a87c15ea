// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What must always hold, in the words of SECURITY.md, and what follows from it.
library Sentences {
    string internal constant FUNDED = "promises are funded";
    string internal constant COVERED = "payments are covered";
    string internal constant NOT_MORE = "nobody is paid more than granted";
    string internal constant VESTED_STAYS = "vested stays vested";
    string internal constant HOLDER_PAID = "only the holder is paid";
    string internal constant OPENS_ONCE = "a grant opens once";
    string internal constant COUNTS_ONCE = "a result counts once";
    string internal constant NO_JUDGE = "no judge earns by his verdict";
    string internal constant ISOLATED = "a failed recipient is isolated";
    string internal constant FORWARD = "no state goes backwards";
    string internal constant FINAL = "what is final never changes";
    string internal constant CONSERVED = "replace and move conserve";
    string internal constant EVENTS = "events rebuild the world";
    string internal constant NO_PANIC = "every refusal has a reason";
}
