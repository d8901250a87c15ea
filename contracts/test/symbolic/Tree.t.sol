// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SumTree} from "../../src/libraries/SumTree.sol";
import {TermsLib} from "../../src/libraries/TermsLib.sol";

/// @notice Soundness of the sum tree, keccak256 being a function without collisions. Nodes, sums, places, siblings and
/// totals are any. Two leaves proven to one root and total fit into the total together if their places differ, and are
/// one leaf with one amount if not: shown for one step (below), hence by induction for each depth at which a path is a
/// first step and the path of the rest, which is shown for two, three and four levels.
contract TreeProofs {
    using TermsLib for bytes;

    bytes32 private constant DOMAIN = bytes32(uint256(1));

    /// @custom:halmos --array-lengths p=48,q=48
    function check_one_step_is_sound(
        bytes32[2] calldata nodes,
        uint128[2] calldata sums,
        bytes calldata p,
        bytes calldata q,
        uint256 i,
        uint256 j,
        bytes32 root,
        uint256 total
    ) external pure {
        if (!leadsTo(p, i, nodes[0], sums[0], root, total)) return;
        assert(sums[0] <= total);

        if (!leadsTo(q, j, nodes[1], sums[1], root, total)) return;
        if (i == j) assert(nodes[0] == nodes[1] && sums[0] == sums[1]);
        else assert(uint256(sums[0]) + sums[1] == total);
    }

    /// @custom:halmos --array-lengths proof=96
    function check_path_of_2_levels_is_a_step_and_a_path(
        bytes32 node,
        uint128 sum,
        bytes calldata proof,
        uint256 index,
        bytes32 root,
        uint256 total
    ) external pure {
        requireStep(node, sum, proof, index, root, total);
    }

    /// @custom:halmos --array-lengths proof=144
    function check_path_of_3_levels_is_a_step_and_a_path(
        bytes32 node,
        uint128 sum,
        bytes calldata proof,
        uint256 index,
        bytes32 root,
        uint256 total
    ) external pure {
        requireStep(node, sum, proof, index, root, total);
    }

    /// @custom:halmos --array-lengths proof=192
    function check_path_of_4_levels_is_a_step_and_a_path(
        bytes32 node,
        uint128 sum,
        bytes calldata proof,
        uint256 index,
        bytes32 root,
        uint256 total
    ) external pure {
        requireStep(node, sum, proof, index, root, total);
    }

    /// @dev No leaf passes for a node: a leaf proven at depth one and another at depth two are never one below the other.
    /// @custom:halmos --array-lengths a=98,b=98,p=48,q=96
    function check_leaves_at_depths_1_and_2_fit_into_the_total(
        bytes calldata a,
        bytes calldata b,
        bytes calldata p,
        bytes calldata q,
        uint256 i,
        uint256 j,
        bytes32 root,
        uint256 total
    ) external pure {
        if (!leads(a, p, i, root, total) || !leads(b, q, j, root, total)) return;
        assert(a.amount() + b.amount() <= total);
    }

    /// @custom:halmos --array-lengths proof=192
    function check_no_place_lies_beyond_the_tree(
        bytes32 node,
        bytes calldata proof,
        uint256 index,
        uint256 total
    ) external pure {
        if (index < 16) return;
        assert(!SumTree.leadsTo(proof, index, node, 0, node, total));
    }

    function requireStep(
        bytes32 node,
        uint256 sum,
        bytes calldata proof,
        uint256 index,
        bytes32 root,
        uint256 total
    ) private pure {
        index = known(index, proof);
        if (!SumTree.leadsTo(proof, index, node, sum, root, total)) return;

        bytes memory own = abi.encodePacked(node, uint128(sum));
        bytes memory other = abi.encodePacked(bytes32(proof[:32]), bytes16(proof[32:48]));
        bytes32 above = keccak256(index & 1 == 0 ? bytes.concat(own, other) : bytes.concat(other, own));
        uint256 sumAbove = sum + uint128(bytes16(proof[32:48]));
        assert(sumAbove <= type(uint128).max);
        assert(SumTree.leadsTo(proof[:48], index & 1, node, sum, above, sumAbove));
        assert(SumTree.leadsTo(proof[48:], index >> 1, above, sumAbove, root, total));
    }

    function leads(bytes calldata terms, bytes calldata proof, uint256 index, bytes32 root, uint256 total)
        private
        pure
        returns (bool)
    {
        return leadsTo(proof, index, terms.id(DOMAIN), terms.amount(), root, total);
    }

    function leadsTo(
        bytes calldata proof,
        uint256 index,
        bytes32 node,
        uint256 sum,
        bytes32 root,
        uint256 total
    ) private pure returns (bool) {
        return SumTree.leadsTo(proof, known(index, proof), node, sum, root, total);
    }

    /// @dev The index, as a number that is known on each path: halmos writes memory at known places only. Places beyond
    /// the tree are left to the property above.
    function known(uint256 index, bytes calldata proof) private pure returns (uint256) {
        uint256 places = 1 << proof.length / 48;
        for (uint256 i; i < places; ++i) {
            if (index == i) return i;
        }
        revert();
    }
}
