// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A contract that holds grants and judges signatures (ERC-1271), well or badly.
/// @dev Its state lies in the account that runs it, so that it also serves as the code an account delegates to.
contract Wallet {
    enum Mood {
        Good, // the owner's signature
        Yes, // to everything
        Dirty, // the right four bytes, then others
        Short, // four bytes only
        Long, // yes, and 100 kB behind it
        Silent, // returns nothing
        No,
        Bomb, // reverts with 100 kB
        Hungry, // burns all gas
        Calling // yes, but calls back first
    }

    bytes4 private constant MAGIC = 0x1626ba7e;
    address public owner;
    Mood public mood;
    address public target;
    bytes public data;

    function set(address owner_, Mood mood_) external {
        (owner, mood) = (owner_, mood_);
    }

    function setCall(address target_, bytes calldata data_) external {
        (mood, target, data) = (Mood.Calling, target_, data_);
    }

    function run(address to, bytes calldata call_) external {
        (bool ok, bytes memory answer) = to.call(call_);
        if (!ok) {
            assembly {
                revert(add(answer, 32), mload(answer))
            }
        }
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external returns (bytes4) {
        if (mood == Mood.Good) {
            (address signer,,) = ECDSA.tryRecoverCalldata(hash, signature);
            return signer == owner ? MAGIC : bytes4(0xffffffff);
        }
        if (mood == Mood.Calling) {
            (bool ok,) = target.call(data);
            require(ok, "the call back failed");
        }
        if (mood == Mood.No) return 0;
        if (mood == Mood.Hungry) {
            while (true) {}
        }
        misbehave(mood);
        return MAGIC;
    }

    function misbehave(Mood how) private pure {
        bytes32 magic = MAGIC;
        if (how == Mood.Dirty) {
            assembly {
                mstore(0, or(magic, 1))
                return(0, 32)
            }
        }
        if (how == Mood.Short) {
            assembly {
                mstore(0, magic)
                return(0, 4)
            }
        }
        if (how == Mood.Long) {
            assembly {
                mstore(0, magic)
                return(0, 100000)
            }
        }
        if (how == Mood.Silent) {
            assembly {
                return(0, 0)
            }
        }
        if (how == Mood.Bomb) {
            assembly {
                revert(0, 100000)
            }
        }
    }
}
