// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Base} from "../Base.t.sol";
import {Builders} from "../Builders.sol";
import {Libraries} from "../mocks/Libraries.sol";

/// @notice The libraries against references that are written as the rules are: each assembly block has its test here.
contract LibrariesTest is Base {
    Libraries private lib;

    function setUp() public override {
        lib = Libraries(vm.deployCode("Libraries.sol:Libraries"));
    }

    /// @dev Segments out of a seed: ends strictly rise, shares never fall, the last is one.
    function drawn(uint256 seed, uint256 most) private pure returns (IGrants.Segment[] memory list) {
        uint256 count = within(seed, 1, most);
        list = new IGrants.Segment[](count);
        uint256 end_;
        uint256 share;
        for (uint256 i; i < count; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            end_ += within(seed, i == 0 ? 0 : 1, 10_000_000);
            share = i == count - 1 ? 1e9 : within(seed >> 64, share, 1e9);
            uint16 steps = seed >> 250 == 0 ? 0 : uint16(seed >> 128) >> uint16((seed >> 200) % 16);
            list[i] = IGrants.Segment(uint32(end_), uint32(share), steps);
        }
    }

    function test_Fraction_EqualsTheNaiveScan(uint256 seed, uint256 when) public view {
        IGrants.Segment[] memory list = drawn(seed, 256);
        bytes memory packed = Builders.pack(list);
        uint256 last = list[list.length - 1].end;
        uint256[5] memory times =
            [within(when, 0, last + 10), list[when % list.length].end, 0, last, type(uint64).max];
        for (uint256 i; i < times.length; ++i) {
            vm.assertEq(lib.fraction(packed, times[i]), Builders.naiveFraction(list, int256(times[i])));
        }
    }

    function test_Fraction_NeverFalls(uint256 seed, uint256 a, uint256 b) public view {
        IGrants.Segment[] memory list = drawn(seed, 40);
        uint256 last = list[list.length - 1].end;
        (a, b) = (within(a, 0, last + 1), within(b, 0, last + 1));
        if (a > b) (a, b) = (b, a);
        vm.assertLe(lib.fraction(Builders.pack(list), a), lib.fraction(Builders.pack(list), b));
        vm.assertLe(lib.fraction(Builders.pack(list), b), 1e9);
    }

    function test_SumTree_ProvesEveryLeafAndNothingElse(uint256 seed, uint256 change) public view {
        uint256 count = within(seed, 1, 33);
        (bytes32[] memory ids, uint256[] memory sums) = (new bytes32[](count), new uint256[](count));
        for (uint256 i; i < count; ++i) {
            ids[i] = keccak256(abi.encode(seed, i));
            sums[i] = uint104(uint256(keccak256(abi.encode(seed, i, "sum"))));
        }
        uint256 index = (seed >> 128) % count;
        (bytes32 id, uint256 sum) = (ids[index], sums[index]);
        (bytes32 root, uint256 total, bytes memory proof) = Builders.tree(ids, sums, index);
        vm.assertTrue(lib.leadsTo(proof, index, id, sum, root, total));
        vm.assertFalse(lib.leadsTo(proof, index, id, sum + 1, root, total));
        vm.assertFalse(lib.leadsTo(proof, index, id, sum, root, total + 1));
        vm.assertFalse(lib.leadsTo(proof, index, keccak256(abi.encode(id)), sum, root, total));
        vm.assertFalse(lib.leadsTo(proof, index + (1 << (proof.length / 48)), id, sum, root, total));
        if (proof.length == 0) return;
        vm.assertFalse(lib.leadsTo(proof, index ^ 1, id, sum, root, total));
        proof[change % proof.length] ^= bytes1(uint8(1 + change % 255));
        vm.assertFalse(lib.leadsTo(proof, index, id, sum, root, total));
    }

    function test_SumTree_RefusesSumsBeyond128Bits() public view {
        (bytes32 id, bytes32 sibling) = (keccak256("id"), keccak256("sibling"));
        uint128 most = type(uint128).max;
        bytes memory proof = abi.encodePacked(sibling, most);
        vm.assertTrue(lib.leadsTo(proof, 0, id, 0, Builders.node(id, 0, sibling, most), most));
        vm.assertFalse(lib.leadsTo(proof, 0, id, 1, Builders.node(id, 1, sibling, most), uint256(most) + 1));
        vm.assertFalse(lib.leadsTo(proof, 0, id, 1, Builders.node(id, 1, sibling, most), 0));
    }

    function test_SumTree_RefusesMoreThan32Levels() public view {
        bytes32 root = keccak256("id");
        bytes memory proof;
        for (uint256 level = 1; level <= 33; ++level) {
            root = Builders.node(root, 5, 0, 0);
            proof = abi.encodePacked(proof, bytes32(0), uint128(0));
            vm.assertTrue(lib.leadsTo(proof, 0, keccak256("id"), 5, root, 5) == (level <= 32));
        }
    }

    function test_Bounds_NeverFallAndStayBelowOne(uint256 seed, uint16 b) public view {
        uint256 n = within(seed, 100, type(uint32).max);
        uint256 k = within(seed >> 32, 0, n - 1);
        int256 wilson = lib.lowerDown(0, b, n, k, 0);
        vm.assertTrue(0 <= wilson && wilson <= lib.lowerDown(0, b, n, k + 1, 0));
        vm.assertTrue(lib.lowerDown(0, b, n, n, 0) <= 1e9);

        // beyond z = 3.1 a first win can widen the interval by more than it moves it; 32 attempts need 2.96
        uint256 z = b % 3001;
        uint256 y = within(seed >> 64, 0, n - k - 1);
        int256 paired = lib.lowerDown(1, z, n, k, y);
        vm.assertTrue(paired <= lib.lowerDown(1, z, n, k + 1, y));
        vm.assertTrue(lib.lowerDown(1, z, n, k, y + 1) <= paired && paired <= 1e9);

        uint256 x = within(seed >> 96, 0, n * 1e9 - 1);
        int256 measure = lib.lowerDown(2, b, n, x, 0);
        vm.assertTrue(measure <= lib.lowerDown(2, b, n, x + 1, 0) && measure <= 1e9);
    }

    function test_TermsId_HashesDomainAndTerms(bytes memory terms, bytes32 domain) public view {
        vm.assertEq(lib.termsId(terms, domain), keccak256(abi.encodePacked(domain, terms)));
    }

    function test_IsValid_NeverFailsOnAnyBytes(bytes memory terms, uint8 gates, uint8 unlock) public view {
        lib.isValid(terms, address(1), address(2));
        if (terms.length < 98) return;
        (terms[86], terms[87]) = (bytes1(gates % 10), bytes1(unlock % 70));
        lib.isValid(terms, address(1), address(2));
    }

    function test_IsValid_AcceptsWhatIsDrawn(uint256 seed) public view {
        IGrants.Terms memory terms = plain();
        terms.vesting = drawn(seed, 256);
        if (seed % 3 == 0) terms.unlock = drawn(seed >> 8, 64);
        vm.assertTrue(lib.isValid(Builders.pack(terms), address(1), address(2)));
        terms.vesting[terms.vesting.length - 1].cumulative -= 1;
        vm.assertFalse(lib.isValid(Builders.pack(terms), address(1), address(2)));
    }
}
