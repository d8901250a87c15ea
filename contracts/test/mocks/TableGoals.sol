// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Goals whose answers come from a table.
contract TableGoals {
    struct Answer {
        uint32 fraction;
        bool isFinal;
        uint40 lastRegisteredAt;
        uint32 stopFraction;
        bool stopPending;
    }

    mapping(bytes32 => Answer) private answers;

    function set(bytes32 goal, Answer calldata answer) external {
        answers[goal] = answer;
    }

    function fractionOf(bytes32 goal) external view returns (uint32, bool, uint40) {
        Answer memory a = answers[goal];
        return (a.fraction, a.isFinal, a.lastRegisteredAt);
    }

    function fractionAt(bytes32 goal, uint40) external view returns (uint32, bool) {
        Answer memory a = answers[goal];
        return (a.stopFraction, a.stopPending);
    }
}
