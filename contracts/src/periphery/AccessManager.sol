// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Roles are kept by OpenZeppelin's own AccessManager, deployed as it is; this line makes its artifact.
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
