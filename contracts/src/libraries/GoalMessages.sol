// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../interfaces/IGoals.sol";

/// @notice Struct hashes (EIP-712) of what a panel signs. The types stand in IGoals.
library GoalMessages {
    bytes32 private constant ACCEPT =
        keccak256("Accept(bytes32 goal,uint16 attempt,bytes32 model,uint40 deadline)");
    bytes32 private constant RESULT = keccak256(
        "Result(bytes32 goal,uint16 attempt,bytes32 model,uint128 x,uint128 y,uint32 samples,uint32 guards,bytes32 evidence)"
    );

    function accept(bytes32 id, uint16 attempt, bytes32 model, uint40 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(ACCEPT, id, attempt, model, deadline));
    }

    /// @dev A Result is its message's fields in order, all of fixed size.
    function result(bytes32 id, IGoals.Result calldata signed) internal pure returns (bytes32) {
        return keccak256(abi.encode(RESULT, id, signed));
    }
}
