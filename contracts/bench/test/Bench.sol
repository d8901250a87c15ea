// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice The cheatcodes of Foundry used here.
interface Vm {
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    function warp(uint256 time) external;
    function prank(address caller) external;
    function lastCallGas() external view returns (Gas memory);
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
    function readFile(string calldata path) external view returns (string memory);
    function parseJsonString(string calldata json, string calldata key) external pure returns (string memory);
    function parseBytes(string calldata text) external pure returns (bytes memory);
    function replace(string calldata input, string calldata from, string calldata to)
        external
        pure
        returns (string memory);
    function toString(address value) external pure returns (string memory);
    function toString(bytes32 value) external pure returns (string memory);
}

/// @notice OpenZeppelin's ERC-20 and nothing else.
contract Coin is ERC20("Plain", "PLN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @notice A grant of 48,000 tokens over four years with a one-year cliff, claimed half way and at three quarters.
/// @dev forge isolates every call from a test in a transaction of its own: each figure is what that transaction is
/// charged, with everything cold at its start and refunds taken off. An operation is named as our own table names it.
abstract contract Bench {
    bool public constant IS_TEST = true;
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    uint256 internal constant YEAR = 365 days;
    uint40 internal constant T0 = 1_782_864_000; // 2026-07-01, as in our own tests
    uint40 internal constant CLIFF = T0 + uint40(YEAR);
    uint40 internal constant END = T0 + uint40(4 * YEAR);
    uint128 internal constant AMOUNT = 48_000e18;

    address internal constant company = address(0xC0);
    address internal constant keeper = address(0xBE);

    Coin internal coin;
    uint256 private people;

    function setUp() public virtual {
        coin = new Coin();
        coin.mint(company, 1e12 * 1e18);
        vm.warp(T0 - 7 days);
    }

    /// @notice Whose figures these are, as the table shows it.
    function peer() internal pure virtual returns (string memory);

    /// @notice A new address, without tokens.
    function someone() internal returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("someone", ++people)))));
    }

    function some(uint256 count) internal returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i; i < count; ++i) {
            list[i] = someone();
        }
    }

    function send(address from, address to, bytes memory data) internal returns (bytes memory answer) {
        bool done;
        vm.prank(from);
        (done, answer) = to.call(data);
        if (done) return answer;
        assembly {
            revert(add(answer, 32), mload(answer))
        }
    }

    /// @notice Sends and writes down what the transaction cost, divided among so many grants.
    function measure(string memory operation, address from, address to, bytes memory data, uint256 among)
        internal
        returns (bytes memory answer)
    {
        answer = send(from, to, data);
        vm.snapshotValue(peer(), operation, uint256(vm.lastCallGas().gasTotalUsed) / among);
    }

    function measure(string memory operation, address from, address to, bytes memory data)
        internal
        returns (bytes memory)
    {
        return measure(operation, from, to, data, 1);
    }

    /// @notice A measured payment paid what was due, but for what a rate per second rounds off.
    function paid(address to, uint256 due) internal view {
        uint256 found = coin.balanceOf(to);
        require(found <= due + 1e12 && due <= found + 1e12, "another amount was paid");
    }

    function allow(address spender) internal {
        send(company, address(coin), abi.encodeCall(coin.approve, (spender, type(uint256).max)));
    }

    function create(bytes memory code) internal returns (address made) {
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
        require(made != address(0), "creation failed");
    }

    /// @notice Creation code as a package ships it, in hex; libraries may be open.
    function shipped(string memory path) internal view returns (string memory) {
        return vm.parseJsonString(vm.readFile(string.concat("node_modules/", path)), ".bytecode.object");
    }

    /// @notice Creation code in which a library's place is filled with its address.
    function linked(string memory code, string memory library_, address at)
        internal
        pure
        returns (string memory)
    {
        bytes memory hash = bytes(vm.toString(keccak256(bytes(library_))));
        bytes memory digits = bytes(vm.toString(at));
        bytes memory tag = new bytes(34);
        bytes memory place = new bytes(40);
        for (uint256 i; i < 40; ++i) {
            if (i < 34) tag[i] = hash[i + 2];
            place[i] = digits[i + 2];
        }
        return vm.replace(code, string.concat("__$", string(tag), "$__"), string(place));
    }
}
