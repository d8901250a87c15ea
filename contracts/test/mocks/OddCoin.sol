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
        Calling, // calls back before it moves
        Paused, // reverts for everybody
        Mute, // reverts for the blocked account, without a word
        Flood, // moves, returns 100 kB that begin with a yes
        Boasting, // moves half, says that all of it arrived
        Denying, // moves, says no for the blocked account
        Shrinking // moves, says that its holders have half
    }

    Mood public mood;
    address public blocked;
    address public target;
    bytes public data;
    bytes public answer;
    bool public answered;

    mapping(address => uint256) private boasts;

    constructor() ERC20("Odd", "ODD") {}

    function balanceOf(address account) public view override returns (uint256) {
        uint256 real = super.balanceOf(account);
        if (mood == Mood.Boasting) return real + boasts[account];
        return mood == Mood.Shrinking ? real / 2 : real;
    }

    /// @notice What an account has in truth.
    function realBalanceOf(address account) external view returns (uint256) {
        return super.balanceOf(account);
    }

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
            for (uint256 before = gasleft(); before - gasleft() < 165_000;) {}
        }
        if (mood == Mood.Paused) revert ERC20InvalidSender(from);
        if (to == blocked) {
            if (mood == Mood.False) return false;
            if (mood == Mood.Refusing) revert ERC20InvalidReceiver(to);
            if (mood == Mood.Bomb) {
                assembly {
                    revert(0, 100000)
                }
            }
            if (mood == Mood.Mute) {
                assembly {
                    revert(0, 0)
                }
            }
            if (mood == Mood.Hungry) {
                while (true) {}
            }
        }
        _transfer(from, to, arriving(amount));
        if (mood == Mood.Boasting) boasts[to] += amount / 2;
        if (mood == Mood.Silent) {
            assembly {
                return(0, 0)
            }
        }
        if (mood == Mood.Flood) {
            assembly {
                mstore(0, 1)
                return(0, 100000)
            }
        }
        if (mood == Mood.Garbage) {
            assembly {
                mstore(0, 2)
                return(0, 32)
            }
        }
        return mood != Mood.Denying || to != blocked;
    }

    function arriving(uint256 amount) private view returns (uint256) {
        if (mood == Mood.Fee) return amount - amount / 100;
        return mood == Mood.Boasting ? amount - amount / 2 : amount;
    }
}
