// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Grants} from "../../src/Grants.sol";
import {Base} from "../Base.t.sol";
import {Builders} from "../Builders.sol";
import {PlainCoin} from "../mocks/PlainCoin.sol";

/// @notice What operations cost as whole transactions: 21,000, calldata and cold storage included, refunds taken off.
/// @dev Of the committed bytecode, with a plain ERC-20, which is how others were measured. A pool is in use: it holds
/// tokens and other rounds. `forge test` compares with snapshots/gas.json, `cargo xtask bench gas --write` writes it.
contract GasTest is Base {
    PlainCoin private coin;
    uint256 private salt;

    function committed() internal pure override returns (bool) {
        return true;
    }

    function setUp() public override {
        super.setUp();
        coin = new PlainCoin();
        grants = newGrants(address(coin));
        coin.approve(address(grants), type(uint256).max);
        coin.transfer(company, 1_000_000e18);
        vm.prank(company);
        coin.approve(address(grants), type(uint256).max);
        grants.fund(100_000_000e18);
        promise_("another round", 1e18);
    }

    function record(string memory sentence, uint256 target) private {
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        if (target > 0) sentence = string.concat(sentence, " (target ", vm.toString(target), ")");
        vm.snapshotValue("gas", sentence, gas);
    }

    function someone() private returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("someone", ++salt)))));
    }

    function fresh(IGrants.Terms memory terms) private returns (bytes memory packed, bytes32 id) {
        terms.recipient = someone();
        terms.document = keccak256(abi.encode(salt));
        packed = Builders.pack(terms);
        id = grants.idOf(packed);
    }

    /// @dev Opened half way through, once paid.
    function running(IGrants.Terms memory terms) private returns (bytes memory packed) {
        bytes32 id;
        (packed, id) = fresh(terms);
        promise_(id, terms.amount);
        vm.warp(T0 + 2 * YEAR);
        grants.claimFirst(packed, id, 0, "");
        vm.warp(T0 + 3 * YEAR);
    }

    function test_Commit() public {
        vm.prank(company);
        grants.commit("a round", 1_000_000e18, "document", 0);
        record("commit a round of any number of grants, pool funded", 67_000);
    }

    function test_FundAndCommit() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IGrants.fund, (1000e18));
        calls[1] = abi.encodeCall(IGrants.commit, ("a round", 1000e18, "document", 0));
        vm.prank(company);
        grants.multicall(calls);
        record("fund and commit in one transaction", 88_000);
    }

    function test_Fund() public {
        vm.prank(company);
        grants.fund(1000e18);
        record("fund", 0);
    }

    function test_FirstClaim_RoundOfOne() public {
        (bytes memory packed, bytes32 id) = fresh(plain());
        promise_(id, AMOUNT);
        vm.warp(T0 + 2 * YEAR);
        grants.claimFirst(packed, id, 0, "");
        record("first claim, round of one, balance zero", 88_000);
    }

    function test_FirstClaim_ProofOf20() public {
        (bytes memory packed, bytes32 id) = fresh(plain());
        (bytes32 node, uint256 sum) = (id, AMOUNT);
        bytes memory proof;
        for (uint256 i; i < 20; ++i) {
            bytes32 sibling = keccak256(abi.encode("sibling", i));
            proof = abi.encodePacked(proof, sibling, uint128(1e18));
            node = (709_123 >> i) & 1 == 0
                ? Builders.node(node, sum, sibling, 1e18)
                : Builders.node(sibling, 1e18, node, sum);
            sum += 1e18;
        }
        promise_(node, sum);
        vm.warp(T0 + 2 * YEAR);
        grants.claimFirst(packed, node, 709_123, proof);
        record("first claim, proof of 20 levels, balance zero", 108_000);
    }

    function test_LaterClaim() public {
        bytes memory packed = running(plain());
        grants.claim(packed);
        record("later claim", 48_500);
    }

    function test_LaterClaim_48Segments() public {
        IGrants.Terms memory terms = plain();
        terms.vesting = new IGrants.Segment[](48);
        for (uint256 i; i < 48; ++i) {
            terms.vesting[i] = IGrants.Segment(uint32((i + 1) * 2_628_000), uint32(1e9 * (i + 1) / 48), 1);
        }
        bytes memory packed = running(terms);
        grants.claim(packed);
        record("later claim, 48 calendar segments", 56_500);
    }

    function test_LaterClaim_TwoGates() public {
        bytes32 first = defined(proportion());
        bytes32 second = defined(milestone());
        decided(proportion(), 428);
        IGrants.Terms memory terms = gated(first, 4e8, 0);
        IGrants.Gate[] memory gates = new IGrants.Gate[](2);
        (gates[0], gates[1]) = (terms.gates[0], IGrants.Gate(second, 2e8, 0));
        terms.gates = gates;
        bytes memory packed = running(terms);
        grants.claim(packed);
        record("later claim, two gates", 59_000);
    }

    function test_LaterClaim_WithheldShare() public {
        IGrants.Terms memory terms = plain();
        terms.withholdBps = 4000;
        bytes memory packed = running(terms);
        grants.claim(packed);
        record("later claim, a share withheld", 0);
    }

    function test_KeeperPays100() public {
        bytes[] memory packed = new bytes[](100);
        for (uint256 i; i < 100; ++i) {
            packed[i] = running(plain());
        }
        vm.prank(keeper);
        uint256 paid = grants.claimMany(packed);
        vm.snapshotValue(
            "gas", "keeper pays 100, each (target 20500)", uint256(vm.lastCallGas().gasTotalUsed) / 100
        );
        vm.assertEq(paid, 100);
    }

    function test_End() public {
        bytes memory packed = running(plain());
        vm.prank(company);
        grants.end(packed, uint40(block.timestamp), false);
        record("end", 56_000);
    }

    function test_Settle() public {
        bytes memory packed = running(plain());
        vm.warp(T0 + 5 * YEAR);
        grants.settle(packed);
        record("settle", 0);
    }

    function test_Goals() public {
        IGoals.Goal memory goal = proportion();
        bytes32 id = defined(goal);
        record("define a goal", 0);
        IGoals.Quorum memory quorum = signed(acceptHash(id, 0, "model", block.timestamp), 1);
        vm.prank(sponsor);
        goals.register(goal, "model", uint40(block.timestamp), quorum);
        record("register an attempt", 95_000);
        IGoals.Result memory made = resultOf(goal, 0, 428);
        goals.propose(goal, made, signed(resultHash(id, made), 7));
        record("propose a result, 3 signatures", 80_000);
        vm.warp(block.timestamp + goal.challengeSeconds + 1);
        goals.finalize(id, 0);
        record("finalize", 38_000);
    }
}
