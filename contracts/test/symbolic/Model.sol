// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Grants} from "../../src/Grants.sol";
import {GrantWord} from "../../src/libraries/GrantWord.sol";
import {TermsLib} from "../../src/libraries/TermsLib.sol";
import {Vm} from "../Vm.sol";

/// @notice The numbers of a grant, each of them any.
struct Numbers {
    uint104 amount;
    uint40 start;
    uint16 powers;
    uint32 graceSeconds;
    uint32 backdateSeconds;
    uint32 pauseMax;
    uint16 withholdBps;
    uint40 time; // of the block
    uint104 released;
    uint104 value; // if settled
    uint16 rate; // the word's withholdBps
    uint16 others; // the word's since
    uint40 stopAt;
    uint32 credit;
    uint32 lost;
}

/// @notice Grants whose words can be set, so that a proof begins in any state that its calls can lead to.
contract GrantsModel is Grants {
    using TermsLib for bytes;

    constructor(address strangers, address succession)
        Grants(strangers, strangers, strangers, succession, 1)
    {}

    function put(bytes calldata terms, uint256 word) external {
        require(terms.isValid(address(this), TOKEN));
        words[terms.id(DOMAIN)] = word;
    }

    function wordOf(bytes calldata terms) external view returns (uint256) {
        return words[terms.id(DOMAIN)];
    }
}

/// @notice All that Grants calls: a manager that allows everything, a token that is always paid, and goals whose
/// answers are any.
contract Strangers {
    uint32 private fraction;
    uint32 private stopFraction;

    function set(uint32 present, uint32 atStop) external {
        (fraction, stopFraction) = (present, atStop);
    }

    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    function transfer(address, uint256) external pure returns (bool) {
        return true;
    }

    function fractionOf(bytes32) external view returns (uint32, bool, uint40) {
        return (fraction, true, 0);
    }

    function fractionAt(bytes32, uint40) external view returns (uint32, bool) {
        return (stopFraction, false);
    }
}

/// @notice What proofs over one grant share. Comparisons are numbers, 1 or 0, joined by `&`: one path and one query in
/// place of a path for each.
abstract contract GrantProofs {
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    bytes32 private constant POOL_SLOT = bytes32(uint256(1));
    uint256 internal constant ACTIVE = 0;

    Strangers internal strangers;
    GrantsModel internal grants;

    /// @dev What `amounts` says.
    struct Amounts {
        uint256 timePpb;
        uint256 openPpb;
        uint256 vested;
        uint256 unlocked;
        uint256 released;
        uint256 held;
    }

    function setUp() public {
        strangers = new Strangers();
        grants = new GrantsModel(address(strangers), address(this));
    }

    /// @dev Terms without gates and unlock clock.
    function plain(Numbers memory n, bytes memory vesting) internal pure returns (bytes memory) {
        return abi.encodePacked(header(n), uint8(0), uint8(0), vesting);
    }

    function header(Numbers memory n) internal pure returns (bytes memory) {
        return abi.encodePacked(
            abi.encodePacked(address(0xB0B), n.amount, n.start, n.powers, n.graceSeconds, n.backdateSeconds),
            abi.encodePacked(n.pauseMax, n.withholdBps, bytes32(0))
        );
    }

    /// @dev Puts the grant into a state that its calls can lead to, or reverts. `flags` says which.
    function begin(bytes memory terms, Numbers memory n, uint256 flags) internal returns (Amounts memory) {
        vm.warp(n.time);
        uint256 sound = le(n.released, n.amount) & le(n.rate, 10_000);
        if (flags & GrantWord.SETTLED != 0) {
            sound &= le(n.released, n.value) & le(n.value, n.amount);
        } else {
            sound &= le(n.lost, n.pauseMax);
            if (flags & GrantWord.PAUSED != 0) sound &= le(n.stopAt, n.time);
        }
        vm.assume(sound == 1);
        grants.put(terms, wordIn(n, flags));
        return amountsOf(terms);
    }

    /// @dev The word that `flags` and the numbers make.
    function wordIn(Numbers memory n, uint256 flags) internal pure returns (uint256 word) {
        word = n.released | GrantWord.OPENED | flags | uint256(n.rate) << 120 | uint256(n.others) << 136;
        if (flags & GrantWord.SETTLED != 0) return word | uint256(n.value) << 152;
        if (flags & (GrantWord.PAUSED | GrantWord.ENDED) != 0) word |= uint256(n.stopAt) << 152;
        return word | uint256(n.credit) << 192 | uint256(n.lost) << 224;
    }

    function pool(uint128 funded, uint128 promised) internal {
        vm.store(address(grants), POOL_SLOT, bytes32(uint256(promised) << 128 | funded));
        assert(same(grants.funded(), funded) & same(grants.promised(), promised) == 1);
    }

    function amountsOf(bytes memory terms) internal view returns (Amounts memory a) {
        (a.timePpb, a.openPpb, a.vested, a.unlocked, a.released, a.held) = grants.amounts(terms);
    }

    function same(uint256 a, uint256 b) internal pure returns (uint256 yes) {
        assembly ("memory-safe") {
            yes := eq(a, b)
        }
    }

    function le(uint256 a, uint256 b) internal pure returns (uint256 yes) {
        assembly ("memory-safe") {
            yes := iszero(gt(a, b))
        }
    }
}
