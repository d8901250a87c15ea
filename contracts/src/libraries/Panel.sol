// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IGoals} from "../interfaces/IGoals.sol";

/// @notice Panels and their signatures.
library Panel {
    uint256 private constant MEMBERS_MAX = 16;
    uint256 private constant SIGNATURE = 65;

    /// @notice Whether `hash` names this panel: 1 to 16 members, strictly ascending, m of them a majority.
    function isPanel(bytes32 hash, uint256 m, address[] calldata panel) internal pure returns (bool) {
        if (m == 0 || m > panel.length || panel.length > MEMBERS_MAX || 2 * m <= panel.length) return false;
        address before;
        for (uint256 i; i < panel.length; ++i) {
            if (panel[i] <= before) return false;
            before = panel[i];
        }
        return keccak256(abi.encode(m, panel)) == hash;
    }

    /// @notice Counts signatures, which must be exactly as many as bits, by these members, and at least `least`.
    /// @dev `hash` is that of a defined goal: at most 16 members, none of them zero. Low s only, 65 bytes each.
    function requireSigned(IGoals.Quorum calldata quorum, bytes32 hash, uint256 least, bytes32 digest)
        internal
        pure
        returns (uint256 signatures)
    {
        address[] calldata panel = quorum.panel;
        require(keccak256(abi.encode(uint256(quorum.m), panel)) == hash, IGoals.BadPanel());
        require(quorum.signers >> panel.length == 0, IGoals.BadPanel());

        for (uint256 i; i < panel.length; ++i) {
            if (quorum.signers >> i & 1 == 0) continue;
            uint256 offset = signatures * SIGNATURE;
            ++signatures;
            require(quorum.signatures.length >= offset + SIGNATURE, IGoals.BadPanel());
            (address signer, ECDSA.RecoverError problem,) =
                ECDSA.tryRecoverCalldata(digest, quorum.signatures[offset:offset + SIGNATURE]);
            require(problem == ECDSA.RecoverError.NoError && signer == panel[i], IGoals.BadPanel());
        }
        require(signatures >= least && quorum.signatures.length == signatures * SIGNATURE, IGoals.BadPanel());
    }
}
