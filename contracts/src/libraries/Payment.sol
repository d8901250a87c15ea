// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice A token transfer that cannot hurt its caller: capped in gas, at most 32 bytes read back.
/// @dev Assembly, because Solidity copies all that a call returns, however much that is.
library Payment {
    /// @notice Gas to hold back beside the cap: reaching the call, the cold token, and undoing it if it fails.
    uint256 internal constant RESERVE = 20_000;

    /// @notice Tries to transfer. Needs a token with code.
    /// @return paid the call succeeded and returned nothing or true
    /// @return reason the first 32 bytes returned, zero-padded
    function tryPay(IERC20 token, address to, uint256 amount, uint256 gasCap)
        internal
        returns (bool paid, bytes32 reason)
    {
        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        // Proof: reads `data`, writes only the first scratch word. `reason` is what was returned, over a zero.
        assembly ("memory-safe") {
            mstore(0, 0)
            paid := call(gasCap, token, 0, add(data, 32), mload(data), 0, 32)
            reason := mload(0)
            if paid { paid := or(iszero(returndatasize()), and(gt(returndatasize(), 31), eq(reason, 1))) }
        }
    }
}
