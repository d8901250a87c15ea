// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {AccessToken} from "../src/AccessToken.sol";
import {Goals} from "../src/Goals.sol";
import {Grants} from "../src/Grants.sol";
import {Succession} from "../src/Succession.sol";
import {IGoals} from "../src/interfaces/IGoals.sol";
import {IGrants} from "../src/interfaces/IGrants.sol";
import {ISuccession} from "../src/interfaces/ISuccession.sol";
import {Builders} from "./Builders.sol";
import {Vm} from "./Vm.sol";

/// @notice A company with its token, goals and grants; a panel of three; words to build grants with.
/// @dev COMMITTED=true deploys the committed artifacts instead of what was compiled now.
abstract contract Base {
    bool public constant IS_TEST = true;
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    uint64 internal constant ISSUER = 1;
    uint64 internal constant PEOPLE = 2;
    uint64 internal constant PAYROLL = 3;
    uint64 internal constant TREASURY = 4;
    uint64 internal constant MINTER = 5;

    uint256 internal constant OPENED = 1 << 104;
    uint256 internal constant CLOSED = 2 << 104;
    uint256 internal constant PAUSED = 4 << 104;
    uint256 internal constant ENDED = 8 << 104;
    uint256 internal constant GRACED = 16 << 104;
    uint256 internal constant SETTLED = 32 << 104;
    uint256 internal constant MOVED = 64 << 104;
    uint256 internal constant HOLDER_ONLY = 128 << 104;
    uint256 internal constant RECOVERING = 256 << 104;

    uint256 internal constant YEAR = 365 days;
    uint40 internal constant T0 = 1_782_864_000; // 2026-07-01
    uint104 internal constant AMOUNT = 48_000e18;
    uint256 internal constant PAYMENT_GAS = 200_000;

    address internal immutable company = vm.addr(0xc0);
    address internal immutable holder = vm.addr(0xa1);
    address internal immutable keeper = vm.addr(0xbe);
    address internal immutable sponsor = vm.addr(0x5b0);
    address internal immutable arbiter = vm.addr(0xab1);
    address internal immutable stranger = vm.addr(0x57a);

    AccessManager internal manager;
    AccessToken internal token;
    AccessToken internal bondCoin;
    Goals internal goals;
    Grants internal grants;
    Succession internal succession;

    uint256[] internal keys; // of the panel, ascending by address
    address[] internal panel;

    function setUp() public virtual {
        vm.warp(T0);
        vm.roll(1000);
        manager = AccessManager(create("AccessManager", abi.encode(company)));
        token = AccessToken(
            create("AccessToken", abi.encode("Acme Compute", "ACC", 1e9 * 1e18, address(manager)))
        );
        address other = create("AccessManager", abi.encode(arbiter));
        bondCoin = AccessToken(create("AccessToken", abi.encode("Bond Coin", "BOND", 1e9 * 1e18, other)));
        goals = Goals(create("Goals", ""));
        grants = newGrants(address(token));
        succession = Succession(grants.SUCCESSION());
        vm.startPrank(company);
        manager.setTargetFunctionRole(address(token), selectors(AccessToken.mint.selector), MINTER);
        manager.grantRole(MINTER, company, 0);
        token.mint(company, 1_000_000_000e18);
        vm.stopPrank();
        vm.startPrank(arbiter);
        AccessManager(other)
            .setTargetFunctionRole(address(bondCoin), selectors(AccessToken.mint.selector), MINTER);
        AccessManager(other).grantRole(MINTER, arbiter, 0);
        bondCoin.mint(stranger, 1_000_000e18);
        vm.stopPrank();
        sortPanel();
    }

    // ------------------------------------------------------------------------------------------------- deployment

    function create(string memory name, bytes memory arguments) internal returns (address made) {
        bytes memory code = abi.encodePacked(codeOf(name), arguments);
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
        require(made != address(0), "creation failed");
    }

    function codeOf(string memory name) internal view returns (bytes memory) {
        if (!committed()) return vm.getCode(string.concat(name, ".sol:", name));
        return vm.parseJsonBytes(vm.readFile(string.concat("artifacts/", name, ".json")), ".bytecode");
    }

    function committed() internal view virtual returns (bool) {
        return vm.envOr("COMMITTED", false);
    }

    /// @notice Grants and its Succession, each made with the other's address.
    function newGrants(address coin) internal returns (Grants made) {
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        made = Grants(create("Grants", abi.encode(address(manager), coin, address(goals), next, PAYMENT_GAS)));
        Succession heir = Succession(create("Succession", abi.encode(address(manager), address(made))));
        require(made.SUCCESSION() == address(heir) && heir.GRANTS() == address(made), "not each other's");
        vm.startPrank(company);
        bytes4[] memory issuing = new bytes4[](2);
        (issuing[0], issuing[1]) = (IGrants.commit.selector, IGrants.rescind.selector);
        manager.setTargetFunctionRole(address(made), issuing, ISSUER);
        bytes4[] memory changing = new bytes4[](4);
        (changing[0], changing[1]) = (IGrants.end.selector, IGrants.pause.selector);
        (changing[2], changing[3]) = (IGrants.resume.selector, IGrants.accelerate.selector);
        manager.setTargetFunctionRole(address(made), changing, PEOPLE);
        manager.setTargetFunctionRole(address(made), selectors(IGrants.lowerWithholding.selector), PAYROLL);
        manager.setTargetFunctionRole(address(made), selectors(IGrants.withdrawFree.selector), TREASURY);
        manager.setTargetFunctionRole(address(heir), selectors(ISuccession.replace.selector), ISSUER);
        bytes4[] memory recovering = new bytes4[](2);
        (recovering[0], recovering[1]) =
        (ISuccession.announceRecovery.selector, ISuccession.executeRecovery.selector);
        manager.setTargetFunctionRole(address(heir), recovering, PEOPLE);
        for (uint64 role = ISSUER; role <= TREASURY; ++role) {
            manager.grantRole(role, company, 0);
        }
        vm.stopPrank();
    }

    function selectors(bytes4 one) internal pure returns (bytes4[] memory list) {
        list = new bytes4[](1);
        list[0] = one;
    }

    function sortPanel() private {
        keys = [uint256(0xe1), 0xe2, 0xe3];
        for (uint256 i; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (vm.addr(keys[j]) < vm.addr(keys[i])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
        }
        for (uint256 i; i < 3; ++i) {
            panel.push(vm.addr(keys[i]));
        }
    }

    // ------------------------------------------------------------------------------------------------- grants

    /// @notice Four years monthly with a one-year cliff.
    function fourYears() internal pure returns (IGrants.Segment[] memory vesting) {
        vesting = new IGrants.Segment[](2);
        vesting[0] = IGrants.Segment(uint32(YEAR), 250_000_000, 1);
        vesting[1] = IGrants.Segment(uint32(4 * YEAR), 1_000_000_000, 36);
    }

    function plain() internal view returns (IGrants.Terms memory terms) {
        terms.recipient = holder;
        terms.amount = AMOUNT;
        terms.start = T0;
        terms.powers = 7;
        terms.graceSeconds = 90 days;
        terms.backdateSeconds = 30 days;
        terms.pauseMax = 100 days;
        terms.document = keccak256("agreement");
        terms.vesting = fourYears();
    }

    function gated(bytes32 goal, uint32 share, uint8 rule)
        internal
        view
        returns (IGrants.Terms memory terms)
    {
        terms = plain();
        terms.gates = new IGrants.Gate[](1);
        terms.gates[0] = IGrants.Gate(goal, share, rule);
    }

    function pay(uint128 amount) internal {
        vm.startPrank(company);
        token.approve(address(grants), amount);
        grants.fund(amount);
        vm.stopPrank();
    }

    function promise_(bytes32 root, uint256 total) internal {
        vm.prank(company);
        grants.commit(root, uint128(total), keccak256("round"), 0);
    }

    /// @notice Funds, commits and opens one grant.
    function opened(IGrants.Terms memory terms) internal returns (bytes memory packed, bytes32 id) {
        packed = Builders.pack(terms);
        id = grants.idOf(packed);
        pay(terms.amount);
        promise_(id, terms.amount);
        grants.open(packed, id, 0, "");
    }

    function released(bytes32 id) internal view returns (uint256) {
        return uint104(grants.words(id));
    }

    function free() internal view returns (uint256) {
        return grants.funded() - grants.promised();
    }

    // ------------------------------------------------------------------------------------------------- goals

    function panelHash() internal view returns (bytes32) {
        return keccak256(abi.encode(uint256(2), panel));
    }

    /// @notice product_500@0.80..0.90: 500 of 500, threshold 0.8, stretch 0.9, calibrated bound.
    function proportion() internal view returns (IGoals.Goal memory goal) {
        goal.kind = 0;
        goal.threshold = 800_000_000;
        goal.stretch = 900_000_000;
        goal.basePpb = 500_000_000;
        goal.defaultPpb = 300_000_000;
        goal.bound = 1983;
        goal.attempts = 2;
        goal.maxVoids = 1;
        goal.samples = 500;
        goal.pool = 500;
        goal.guards = 1;
        goal.opens = T0;
        goal.closes = T0 + uint40(3 * YEAR);
        goal.runSeconds = 7 days;
        goal.challengeSeconds = 3 days;
        goal.arbiterSeconds = 14 days;
        goal.sponsor = sponsor;
        goal.panel = panelHash();
        goal.arbiter = arbiter;
        goal.bondToken = address(bondCoin);
        goal.bond = 101;
        goal.data = keccak256("hidden items");
        goal.spec = keccak256("specification");
    }

    /// @notice A milestone.
    function milestone() internal view returns (IGoals.Goal memory goal) {
        goal = proportion();
        (goal.kind, goal.threshold, goal.stretch, goal.bound) = (3, 1, 1, 0);
        (goal.samples, goal.pool, goal.guards) = (1, 1, 0);
        goal.spec = keccak256("release manifest");
    }

    function defined(IGoals.Goal memory goal) internal returns (bytes32) {
        return goals.defineGoal(goal, 2, panel);
    }

    function domainOf(string memory name, address contract_) internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                contract_
            )
        );
    }

    function digestOf(bytes32 message) internal view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", domainOf("Guerdon Goals", address(goals)), message));
    }

    function acceptHash(bytes32 id, uint256 attempt, bytes32 model, uint256 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                keccak256("Accept(bytes32 goal,uint16 attempt,bytes32 model,uint40 deadline)"),
                id,
                attempt,
                model,
                deadline
            )
        );
    }

    function resultHash(bytes32 id, IGoals.Result memory result) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "Result(bytes32 goal,uint16 attempt,bytes32 model,uint128 x,uint128 y,uint32 samples,uint32 guards,bytes32 evidence)"
                ),
                id,
                result
            )
        );
    }

    /// @notice Signatures of the panel members whose bits are set.
    function signed(bytes32 message, uint16 signers) internal view returns (IGoals.Quorum memory quorum) {
        quorum.m = 2;
        quorum.panel = panel;
        quorum.signers = signers;
        bytes32 digest = digestOf(message);
        for (uint256 i; i < keys.length; ++i) {
            if (signers >> i & 1 == 0) continue;
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[i], digest);
            quorum.signatures = abi.encodePacked(quorum.signatures, r, s, v);
        }
    }

    function registered(IGoals.Goal memory goal) internal returns (uint16 attempt) {
        bytes32 id = goals.goalId(goal);
        attempt = uint16(goals.stateOf(id) >> 32);
        uint40 deadline = uint40(block.timestamp);
        IGoals.Quorum memory quorum = signed(acceptHash(id, attempt, "model", deadline), 1);
        vm.prank(goal.sponsor);
        goals.register(goal, "model", deadline, quorum);
    }

    function resultOf(IGoals.Goal memory goal, uint16 attempt, uint128 x)
        internal
        pure
        returns (IGoals.Result memory)
    {
        return IGoals.Result(attempt, "model", x, 0, goal.samples, goal.guards, "evidence");
    }

    function proposed(IGoals.Goal memory goal, uint16 attempt, uint128 x) internal {
        IGoals.Result memory made = resultOf(goal, attempt, x);
        goals.propose(goal, made, signed(resultHash(goals.goalId(goal), made), 3));
    }

    /// @notice Registers, proposes and waits until the result stands.
    function decided(IGoals.Goal memory goal, uint128 x) internal {
        uint16 attempt = registered(goal);
        proposed(goal, attempt, x);
        vm.warp(block.timestamp + goal.challengeSeconds + 1);
        goals.finalize(goals.goalId(goal), attempt);
    }

    function attemptWord(bytes32 id, uint16 attempt) internal view returns (uint256 word) {
        (word,,) = goals.attemptOf(id, attempt);
    }

    // ------------------------------------------------------------------------------------------------- small words

    function within(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + value % (high - low + 1);
    }

    function rejects(bytes memory error_) internal {
        vm.expectRevert(error_);
    }
}
