// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A coin that misbehaves when told to.
contract OddCoin is ERC20 {
    enum Mood {
        Good,
        Fee, // one per cent is lost on the way
        Silent, // moves, returns nothing
        False, // moves nothing, returns false
        Garbage, // moves, returns 2
        Refusing, // reverts for the blocked account
        Bomb, // reverts with 100 kB
        Hungry, // burns all gas
        Costly, // spends 155,000 gas before it moves
        Calling // calls back before it moves
    }

    Mood public mood;
    address public blocked;
    address public target;
    bytes public data;
    bytes public answer;
    bool public answered;

    constructor() ERC20("Odd", "ODD") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setMood(Mood mood_, address blocked_) external {
        (mood, blocked) = (mood_, blocked_);
    }

    function setCall(address target_, bytes calldata data_) external {
        (mood, target, data) = (Mood.Calling, target_, data_);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        if (mood == Mood.Calling) (answered, answer) = target.call(data);
        if (mood == Mood.Costly) {
            for (uint256 before = gasleft(); before - gasleft() < 155_000;) {}
        }
        if (to == blocked) {
            if (mood == Mood.False) return false;
            if (mood == Mood.Refusing) revert ERC20InvalidReceiver(to);
            if (mood == Mood.Bomb) {
                assembly {
                    revert(0, 100000)
                }
            }
            if (mood == Mood.Hungry) {
                while (true) {}
            }
        }
        _transfer(from, to, mood == Mood.Fee ? amount - amount / 100 : amount);
        if (mood == Mood.Silent) {
            assembly {
                return(0, 0)
            }
        }
        if (mood == Mood.Garbage) {
            assembly {
                mstore(0, 2)
                return(0, 32)
            }
        }
        return true;
    }
}
