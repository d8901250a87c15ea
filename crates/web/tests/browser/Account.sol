// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice An account that is a contract: one key signs for it (ERC-1271) and sends through it.
contract Account {
    bytes4 private constant YES = 0x1626ba7e;
    bytes4 private constant NO = 0xffffffff;
    address public immutable owner;

    constructor(address owner_) {
        owner = owner_;
    }

    receive() external payable {}

    function execute(address to, uint256 value, bytes calldata call_) external {
        require(msg.sender == owner, "only the owner sends");
        (bool ok, bytes memory answer) = to.call{value: value}(call_);
        if (!ok) {
            assembly {
                revert(add(answer, 32), mload(answer))
            }
        }
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (signature.length != 65) return NO;
        bytes32 r = bytes32(signature[:32]);
        bytes32 s = bytes32(signature[32:64]);
        address signer = ecrecover(hash, uint8(signature[64]), r, s);
        return signer != address(0) && signer == owner ? YES : NO;
    }
}
