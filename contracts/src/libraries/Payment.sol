// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IGrants} from "../interfaces/IGrants.sol";

/// @notice A token transfer that cannot hurt its caller: capped in gas, at most 32 bytes read back.
/// @dev Assembly, because Solidity copies all that a call returns, however much that is.
library Payment {
    /// @dev Gas to hold back beside the cap: reaching the call, the cold token, and undoing it if it fails.
    uint256 private constant RESERVE = 20_000;

    /// @notice Tries to transfer. Needs a token with code.
    /// @dev A token that says no without a revert and moves the money all the same would be paid out again and again:
    /// then it is the caller that reverts.
    /// @param balance of this contract before
    /// @return paid the call succeeded and returned nothing or true; or there was nothing to send
    /// @return reason the first 32 bytes returned, zero-padded
    function tryPay(IERC20 token, address to, uint256 amount, uint256 gasCap, uint256 balance)
        internal
        returns (bool paid, bytes32 reason)
    {
        if (amount == 0) return (true, 0);
        // 63/64 of what is left reaches the token: without this a keeper could fake a failure
        uint256 needed = gasCap * 64 / 63 + RESERVE;
        require(gasleft() >= needed, IGrants.NotEnoughGas(gasleft(), needed));

        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        bool unclear;
        // Proof: reads `data`, writes only the first scratch word. `reason` is what was returned, over a zero.
        assembly ("memory-safe") {
            mstore(0, 0)
            let called := call(gasCap, token, 0, add(data, 32), mload(data), 0, 32)
            reason := mload(0)
            let yes := or(iszero(returndatasize()), and(gt(returndatasize(), 31), eq(reason, 1)))
            paid := and(called, yes)
            unclear := and(called, iszero(yes))
        }
        if (unclear) require(token.balanceOf(address(this)) >= balance, IGrants.PaymentUnclear(to, amount));
    }
}
