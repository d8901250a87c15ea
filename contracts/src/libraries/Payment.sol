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

        bytes4 selector = IERC20.transfer.selector;
        bool unclear;
        // Proof: writes the 68 bytes of transfer(to, amount) from the free pointer on, and the first scratch word;
        // allocates nothing. `to` is an address: its high 12 bytes are zero. `reason` is what came back, over a zero.
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, selector)
            mstore(add(data, 4), to)
            mstore(add(data, 36), amount)
            mstore(0, 0)
            let called := call(gasCap, token, 0, data, 68, 0, 32)
            reason := mload(0)
            let yes := or(iszero(returndatasize()), and(gt(returndatasize(), 31), eq(reason, 1)))
            paid := and(called, yes)
            unclear := and(called, iszero(yes))
        }
        if (unclear) require(token.balanceOf(address(this)) >= balance, IGrants.PaymentUnclear(to, amount));
    }
}
