//! The ABI, bound from the interface files for this test alone: it may send what no plan would.

#![expect(clippy::too_many_arguments, reason = "generated from the interfaces")]

use alloy::sol;

sol!("../../contracts/src/interfaces/IGrants.sol");
sol!("../../contracts/src/interfaces/IGoals.sol");
sol!("../../contracts/src/interfaces/ISuccession.sol");

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

    interface IAccessManaged {
        error AccessManagedUnauthorized(address caller);
    }
}

/// The message of Succession, as a wallet has it: its hash is made by another library than core's.
pub(crate) mod typed {
    alloy::sol! {
        #[derive(Debug, PartialEq)]
        struct Gate {
            bytes32 goal;
            uint32 sharePpb;
            uint8 rule;
        }
        #[derive(Debug, PartialEq)]
        struct Segment {
            uint32 end;
            uint32 cumulative;
            uint16 steps;
        }
        #[derive(Debug, PartialEq)]
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
            uint40 unlockStart;
            Segment[] unlock;
            Segment[] vesting;
        }
        #[derive(Debug, PartialEq)]
        struct Replace {
            bytes32 oldId;
            uint256 oldWord;
            Terms[] successors;
            uint256 deadline;
        }
    }
}
