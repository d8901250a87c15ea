//! The ABI, bound from the interface files for this test alone: it may send what no plan would.

#![expect(clippy::too_many_arguments, reason = "generated from the interfaces")]

use alloy::sol;

sol!("../../contracts/src/interfaces/IGrants.sol");
sol!("../../contracts/src/interfaces/IGoals.sol");

sol! {
    interface IAccessToken {
        function mint(address to, uint256 amount) external;
        function approve(address spender, uint256 value) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
    }

    interface IAccessManager {
        function grantRole(uint64 roleId, address account, uint32 executionDelay) external;
        function setTargetFunctionRole(address target, bytes4[] calldata selectors, uint64 roleId)
            external;
    }
}
