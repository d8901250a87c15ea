// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bench, Coin} from "./Bench.sol";

/// @notice The least that can be called the same operation: a grant in two slots, one event a call, no terms, no roles
/// but a sender, no guard, no check that a careful contract needs. Not for use: it shows what the chain itself charges.
contract Least {
    struct Grant {
        address holder; // slot 0
        uint96 amount;
        uint96 paid; // slot 1
        uint40 start;
        uint40 cliff;
        uint40 end;
        uint40 stop;
    }

    Coin private immutable COIN;
    address private immutable COMPANY;
    uint256 private _free = 1;
    mapping(uint256 id => Grant) private _grants;
    mapping(bytes32 root => uint256) private _totals;
    mapping(bytes32 leaf => uint256) private _paid;

    event Committed(bytes32 indexed root, uint256 total);
    event Paid(bytes32 indexed id, uint256 amount);
    event Stopped(uint256 indexed id, uint256 freed);

    constructor(Coin coin, address company) {
        (COIN, COMPANY) = (coin, company);
    }

    function fund(uint256 amount) external {
        _free += amount;
        COIN.transferFrom(msg.sender, address(this), amount);
    }

    function make(uint256 id, Grant calldata grant) external {
        _grants[id] = grant;
    }

    function commit(bytes32 root, uint256 total) external {
        require(msg.sender == COMPANY);
        _free -= total;
        _totals[root] = total;
        emit Committed(root, total);
    }

    function fundAndCommit(bytes32 root, uint256 total) external {
        _totals[root] = total;
        COIN.transferFrom(msg.sender, address(this), total);
        emit Committed(root, total);
    }

    function claim(uint256 id) external {
        pay(id);
    }

    function claimMany(uint256[] calldata ids) external {
        for (uint256 i; i < ids.length; ++i) {
            pay(ids[i]);
        }
    }

    function pay(uint256 id) private {
        unchecked {
            Grant memory grant = _grants[id];
            uint256 time = grant.stop == 0 ? block.timestamp : grant.stop;
            uint256 due = vested(grant.amount, grant.start, grant.cliff, grant.end, time) - grant.paid;
            _grants[id].paid = uint96(grant.paid + due);
            COIN.transfer(grant.holder, due);
            emit Paid(bytes32(id), due);
        }
    }

    /// @dev Vests out of the leaf: nothing is stored but what was paid.
    function claimLeaf(
        bytes32 root,
        uint256 amount,
        uint256 start,
        uint256 cliff,
        uint256 end,
        bytes32[] calldata proof
    ) external {
        unchecked {
            bytes32 leaf = keccak256(abi.encode(keccak256(abi.encode(msg.sender, amount, start, cliff, end))));
            bytes32 node = leaf;
            for (uint256 i; i < proof.length; ++i) {
                node = pair(node, proof[i]);
            }
            require(_totals[node] != 0 && node == root);
            uint256 paid = _paid[leaf];
            uint256 due = vested(amount, start, cliff, end, block.timestamp) - paid;
            _paid[leaf] = paid + due;
            COIN.transfer(msg.sender, due);
            emit Paid(leaf, due);
        }
    }

    function stop(uint256 id) external {
        unchecked {
            require(msg.sender == COMPANY);
            Grant memory grant = _grants[id];
            require(grant.stop == 0);
            _grants[id].stop = uint40(block.timestamp);
            uint256 freed =
                grant.amount - vested(grant.amount, grant.start, grant.cliff, grant.end, block.timestamp);
            COIN.transfer(COMPANY, freed);
            emit Stopped(id, freed);
        }
    }

    function pair(bytes32 a, bytes32 b) private pure returns (bytes32 node) {
        if (b < a) (a, b) = (b, a);
        assembly ("memory-safe") {
            mstore(0, a)
            mstore(32, b)
            node := keccak256(0, 64)
        }
    }

    function vested(uint256 amount, uint256 start, uint256 cliff, uint256 end, uint256 time)
        private
        pure
        returns (uint256)
    {
        unchecked {
            if (time < cliff) return 0;
            return time >= end ? amount : amount * (time - start) / (end - start);
        }
    }
}

contract FloorTest is Bench {
    Least private least;

    function peer() internal pure override returns (string memory) {
        return "floor";
    }

    function setUp() public override {
        super.setUp();
        least = new Least(coin, company);
        allow(address(least));
        send(company, address(least), abi.encodeCall(Least.fund, (1e9 * 1e18)));
    }

    function made(uint256 id) private returns (address to) {
        to = someone();
        least.make(id, Least.Grant(to, uint96(AMOUNT), 0, T0, CLIFF, END, 0));
    }

    function test_Commit() public {
        measure("commit", company, address(least), abi.encodeCall(Least.commit, ("round", 1e6 * 1e18)));
        bytes memory data = abi.encodeCall(Least.fundAndCommit, ("another", 1e6 * 1e18));
        measure("fund and commit", company, address(least), data);
    }

    function test_Claim() public {
        address to = made(1);
        vm.warp(T0 + 2 * YEAR);
        measure("first claim one leaf", to, address(least), abi.encodeCall(Least.claim, (1)));
        vm.warp(T0 + 3 * YEAR);
        measure("later claim", to, address(least), abi.encodeCall(Least.claim, (1)));
        paid(to, AMOUNT / 4 * 3);
        measure("end", company, address(least), abi.encodeCall(Least.stop, (1)));
    }

    function test_Claim_ProofOf20() public {
        address to = someone();
        bytes32 node = keccak256(
            abi.encode(keccak256(abi.encode(to, uint256(AMOUNT), uint256(T0), uint256(CLIFF), uint256(END))))
        );
        bytes32[] memory proof = new bytes32[](20);
        for (uint256 i; i < 20; ++i) {
            proof[i] = keccak256(abi.encode("sibling", i));
            node = node < proof[i]
                ? keccak256(abi.encode(node, proof[i]))
                : keccak256(abi.encode(proof[i], node));
        }
        send(company, address(least), abi.encodeCall(Least.commit, (node, 1e6 * 1e18)));
        vm.warp(T0 + 2 * YEAR);
        bytes memory data = abi.encodeCall(Least.claimLeaf, (node, AMOUNT, T0, CLIFF, END, proof));
        measure("first claim proof 20", to, address(least), data);
        paid(to, AMOUNT / 2);
    }

    function test_Keeper() public {
        uint256[] memory ids = new uint256[](100);
        for (uint256 i; i < 100; ++i) {
            ids[i] = i + 1;
            coin.mint(made(ids[i]), 1);
        }
        vm.warp(T0 + 2 * YEAR);
        measure("keeper of 100 each", keeper, address(least), abi.encodeCall(Least.claimMany, (ids)), 100);
    }
}
