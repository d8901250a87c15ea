// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Grants} from "../../src/Grants.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Base} from "../Base.t.sol";
import {PlainCoin} from "../mocks/PlainCoin.sol";
import {TableGoals} from "../mocks/TableGoals.sol";

/// @notice Reads tables of vectors, and puts Grants into the state that a row of them gives.
abstract contract VectorBase is Base {
    string internal json;
    TableGoals internal table;

    function read(string memory name) internal {
        json = vm.readFile(string.concat("../vectors/", name, ".json"));
    }

    function uints(string memory key) internal view returns (uint256[] memory) {
        return vm.parseJsonUintArray(json, key);
    }

    function bools(string memory key) internal view returns (bool[] memory) {
        return vm.parseJsonBoolArray(json, key);
    }

    function hashes(string memory key) internal view returns (bytes32[] memory) {
        return vm.parseJsonBytes32Array(json, key);
    }

    function blobs(string memory key) internal view returns (bytes[] memory) {
        return vm.parseJsonBytesArray(json, key);
    }

    /// @dev The contract, constructed at an address of the tables.
    function createAt(address target, string memory name, bytes memory arguments) internal {
        vm.etch(target, abi.encodePacked(codeOf(name), arguments));
        (bool ok, bytes memory code) = target.call("");
        require(ok);
        vm.etch(target, code);
    }

    /// @dev Grants at the address of a table, with a full pool, and goals that answer from a table.
    function grantsAt(address target, address coin, address heir) internal {
        table = new TableGoals();
        vm.etch(coin, address(new PlainCoin()).code);
        createAt(target, "Grants", abi.encode(address(manager), coin, address(table), heir, PAYMENT_GAS));
        grants = Grants(target);
        setPool(type(uint128).max, 0);
        vm.startPrank(company);
        manager.setTargetFunctionRole(target, selectors(IGrants.commit.selector), ISSUER);
        manager.setTargetFunctionRole(target, selectors(IGrants.withdrawFree.selector), TREASURY);
        vm.stopPrank();
    }

    function setPool(uint128 funded, uint128 promised) internal {
        vm.store(address(grants), bytes32(uint256(1)), bytes32(uint256(promised) << 128 | funded));
        require(grants.funded() == funded && grants.promised() == promised);
    }

    function setWord(bytes32 id, uint256 word) internal {
        vm.store(address(grants), keccak256(abi.encode(id, uint256(3))), bytes32(word));
        require(grants.words(id) == word);
    }
}
