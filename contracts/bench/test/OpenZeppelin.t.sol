// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {VestingWallet} from "@openzeppelin/contracts/finance/VestingWallet.sol";
import {VestingWalletCliff} from "@openzeppelin/contracts/finance/VestingWalletCliff.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {
    VestingWalletCliffUpgradeable
} from "@openzeppelin/contracts-upgradeable/finance/VestingWalletCliffUpgradeable.sol";
import {Bench, Coin} from "./Bench.sol";

contract Wallet is VestingWalletCliff {
    constructor(address to, uint64 start, uint64 length, uint64 cliff)
        VestingWallet(to, start, length)
        VestingWalletCliff(cliff)
    {}
}

contract Clone is VestingWalletCliffUpgradeable {
    function initialize(address to, uint64 start, uint64 length, uint64 cliff) external initializer {
        __VestingWallet_init(to, start, length);
        __VestingWalletCliff_init(cliff);
    }
}

/// @notice The least that makes and funds many wallets in one transaction: minimal proxies of one model.
contract Factory {
    address private immutable MODEL = address(new Clone());

    event Made(address indexed wallet, address indexed to);

    function make(Coin coin, address[] calldata to, uint256 amount, uint64 start, uint64 length, uint64 cliff)
        external
    {
        for (uint256 i; i < to.length; ++i) {
            address wallet = Clones.clone(MODEL);
            Clone(payable(wallet)).initialize(to[i], start, length, cliff);
            coin.transferFrom(msg.sender, wallet, amount);
            emit Made(wallet, to[i]);
        }
    }
}

abstract contract OpenZeppelin is Bench {
    function release(address wallet, address to) internal {
        bytes memory data = abi.encodeWithSignature("release(address)", address(coin));
        vm.warp(T0 + 2 * YEAR);
        measure("first claim one leaf", to, wallet, data);
        vm.warp(T0 + 3 * YEAR);
        measure("later claim", to, wallet, data);
        paid(to, AMOUNT / 4 * 3);
    }
}

contract OpenZeppelinWalletTest is OpenZeppelin {
    function peer() internal pure override returns (string memory) {
        return "OpenZeppelin 5.3 wallet";
    }

    function test_Claim() public {
        address to = someone();
        address wallet = address(new Wallet(to, T0, uint64(4 * YEAR), uint64(YEAR)));
        coin.mint(wallet, AMOUNT);
        release(wallet, to);
    }
}

contract OpenZeppelinCloneTest is OpenZeppelin {
    Factory private factory;

    function peer() internal pure override returns (string memory) {
        return "OpenZeppelin 5.3 wallet clone";
    }

    function setUp() public override {
        super.setUp();
        factory = new Factory();
        allow(address(factory));
    }

    function data(address[] memory to) private view returns (bytes memory) {
        return abi.encodeCall(Factory.make, (coin, to, AMOUNT, T0, uint64(4 * YEAR), uint64(YEAR)));
    }

    function test_Create() public {
        measure("fund and commit", company, address(factory), data(some(1)));
    }

    function test_CreateMany() public {
        measure("commit", company, address(factory), data(some(100)), 100);
    }

    function test_Claim() public {
        address[] memory to = some(1);
        send(company, address(factory), data(to));
        // the second contract that the factory made, after its model
        bytes32 made = keccak256(abi.encodePacked(bytes2(0xd694), address(factory), bytes1(0x02)));
        release(address(uint160(uint256(made))), to[0]);
    }
}
